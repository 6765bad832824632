"""`visualize cache`: what is kept so that it need not be made again."""

from typing import TYPE_CHECKING

import click

from visualize.commands._results import in_bytes
from visualize.text import counted

if TYPE_CHECKING:
    from visualize.storage.cache import Cache


@click.group()
def cache() -> None:
    """Show or clear what is kept: runs and films, so that they need not be made again.

    It is in your own folder of caches, or in the one that VISUALIZE_CACHE names. What was not used
    for the longest time goes first, once it is full.

    \b
    visualize cache info
    visualize cache clear
    """


@cache.command()
def info() -> None:
    """Show where it is, how much is in it, and how much may be.

    \b
    visualize cache info
    """
    kept = _cache()
    usage = kept.usage()
    click.echo(f"{kept.folder}")
    size = in_bytes(usage.bytes) or "0 B"
    click.echo(f"{counted(usage.entries, 'file')}, {size} of {in_bytes(kept.limit)}")


@cache.command()
def clear() -> None:
    """Remove all that is in it.

    \b
    visualize cache clear
    """
    removed = _cache().clear()
    size = in_bytes(removed.bytes) or "0 B"
    click.echo(f"{counted(removed.entries, 'file')} removed, {size}", err=True)


@cache.command()
def path() -> None:
    """Print the folder that it is in.

    \b
    visualize cache path
    """
    click.echo(str(_cache().folder))


def _cache() -> "Cache":
    from visualize.storage.cache import Cache, usual_folder

    return Cache(usual_folder())
