"""`visualize list`: what there is."""

import sys

import click


@click.command("list")
@click.argument("kind", type=click.Choice(["optimizers", "objectives", "panels", "formats"]))
@click.argument("names", metavar="[NAME]...", nargs=-1)
def list_(kind: str, names: tuple[str, ...]) -> None:
    """Show what there is; of each NAME settings, defaults and formulas."""
    from visualize.commands import _listing

    known = _listing.summaries(kind)
    for name in names:
        if name not in known:
            raise click.UsageError(f"no '{name}' among the {kind}{_listing.hint(kind, name)}")
    if names:
        click.echo("\n\n".join(_listing.description(kind, name) for name in names))
    else:
        click.echo(_listing.overview(kind))
        if sys.stdout.isatty():
            click.echo(f"\n'visualize list {kind} NAME' shows all of one.", err=True)
