"""`visualize list`: what there is."""

import sys

import click

from visualize.commands._options import is_terminal


@click.command("list")
@click.argument("kind", required=False)
@click.argument("names", metavar="[NAME]...", nargs=-1)
def list_(kind: str | None, names: tuple[str, ...]) -> None:
    """Show what there is; of each NAME settings, defaults and formulas.

    \b
    visualize list                          all kinds of things there are
    visualize list optimizers               all of a kind
    visualize list optimizers adam sgd      everything about two of them
    visualize list settings frames          settings of a scene's frames
    """
    from visualize.commands import _listing

    if kind is None:
        click.echo(_listing.kinds())
        return
    if kind not in _listing.LISTS:
        raise click.UsageError(f"there is no list of '{kind}'{_listing.hint_of_kind(kind)}")
    for name in names:
        if not _listing.is_known(kind, name):
            raise click.UsageError(f"no '{name}' among the {kind}{_listing.hint(kind, name)}")
    if names:
        click.echo("\n\n".join(_listing.description(kind, name) for name in names))
    else:
        click.echo(_listing.overview(kind))
        for words in _listing.left_out(kind):
            click.echo(f"left out: {words}", err=True)
        if is_terminal(sys.stdout):
            click.echo(f"\n'visualize list {kind} NAME' shows all of one.", err=True)
