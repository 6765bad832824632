"""The scenes that a command is given: read, and their mistakes reported."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from visualize.scene.scene import Scene


def read_places(places: tuple[Path, ...], budget: int | None) -> "tuple[dict[Path, Scene], bool]":
    """Return the sound scenes; tell the mistakes of the others, and whether there are any."""
    from visualize.batch.jobs import find_scenes, read_scenes
    from visualize.scene.checks import BUDGET

    files, missing = find_scenes(places)
    scenes, wrong = read_scenes(files, budget or BUDGET)
    for error in missing + wrong:
        click.echo(str(error), err=True)
    return scenes, bool(missing + wrong)
