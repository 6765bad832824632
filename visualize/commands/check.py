"""`visualize check`: every mistake in scenes."""

import sys
from pathlib import Path

import click

from visualize.commands._options import (
    MISUSED,
    Allowed,
    budget_option,
    scenes_argument,
)
from visualize.commands._reading import read_places


@click.command()
@scenes_argument
@budget_option
def check(places: tuple[Path, ...], budget: Allowed) -> None:
    """Report every mistake in scenes; draw nothing.

    \b
    visualize check scenes
    """
    scenes, failed = read_places(places, budget)
    for file in scenes:
        click.echo(f"{file}: ok", err=True)
    sys.exit(MISUSED if failed else 0)
