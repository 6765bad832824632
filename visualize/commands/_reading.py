"""The scenes that a command is given: read, and their mistakes reported."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from visualize.commands._options import Allowed
    from visualize.scene.budget import Budget
    from visualize.scene.scene import Scene


def read_places(
    places: tuple[Path, ...],
    allowed: "Allowed",
    *,
    films: bool = False,
    formats: tuple[str, ...] = (),
) -> "tuple[dict[Path, Scene], bool]":
    """Return the sound scenes; tell the mistakes of the others, and whether there are any.

    With `films` a scene is refused as well whose film would cost too much, in `formats` if there
    are any, else in its own.
    """
    from visualize.batch.jobs import find_scenes, read_scenes

    budget = budget_of(allowed, films=films, formats=formats)
    files, missing = find_scenes(places)
    scenes, wrong = read_scenes(
        files, budget, allow_outside=allowed.outside, download=allowed.download
    )
    for error in missing + wrong:
        click.echo(str(error), err=True)
    return scenes, bool(missing + wrong)


def budget_of(
    allowed: "Allowed", *, films: bool = False, formats: tuple[str, ...] = ()
) -> "Budget":
    """Return what a scene may cost: what the command line says, and else what is usual."""
    from visualize.scene.budget import GIB, Budget

    usual = Budget()
    return Budget(
        allowed.memory * GIB if allowed.memory else usual.memory,
        allowed.seconds or usual.seconds,
        allowed.updates,
        films,
        formats,
    )
