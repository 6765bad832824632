"""The cache of a command, and the option that does without."""

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from visualize.storage.cache import Forgiving

cache_option = click.option(
    "--no-cache", is_flag=True, help="Neither take from the cache nor keep anything in it."
)


def store_of(no_cache: bool) -> "Forgiving | None":
    """Return where a command keeps what it has made, if it does."""
    if no_cache:
        return None
    from visualize.storage.cache import Cache, Forgiving, usual_folder

    return Forgiving(Cache(usual_folder()), lambda words: click.echo(f"warning: {words}", err=True))
