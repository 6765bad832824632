"""The scenes that a command is given: read, and their mistakes reported."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from visualize.errors import SceneError

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
) -> "tuple[dict[Path, Scene], list[SceneError]]":
    """Return the sound scenes, and the mistakes of the others, which are told.

    With `films` a scene is refused as well whose film would cost too much, in `formats` if there
    are any, else in its own.
    """
    from visualize.batch.scenes import find_scenes, read_scenes

    budget = budget_of(allowed, films=films, formats=formats)
    posts = tuple(place for place in places if is_post(place))
    files, missing = find_scenes([place for place in places if place not in posts])
    scenes, wrong = read_scenes(
        files, budget, allow_outside=allowed.outside, download=allowed.download
    )
    more, also_wrong = _of_posts(posts, budget, allowed)
    known = {file.resolve() for file in scenes}
    scenes |= {file: scene for file, scene in more.items() if file.resolve() not in known}
    errors = [*missing, *wrong, *also_wrong]
    for error in errors:
        click.echo(str(error), err=True)
    return scenes, errors


def is_post(place: Path) -> bool:
    """Whether somebody means a Markdown post, whose scenes are then meant."""
    from visualize.scene.source import POST_SUFFIXES

    return place.suffix.lower() in POST_SUFFIXES and not place.is_dir()


def _of_posts(
    posts: tuple[Path, ...], budget: "Budget", allowed: "Allowed"
) -> "tuple[dict[Path, Scene], list[SceneError]]":
    """Return the scenes of posts, and the mistakes of those that are not sound."""
    scenes: dict[Path, Scene] = {}
    errors = []
    for post in posts:
        from visualize.deck.scenes import read_scenes_of
        from visualize.declare.packages import blamed

        try:
            with blamed():
                scenes |= read_scenes_of(
                    post, budget, allow_outside=allowed.outside, download=allowed.download
                )
        except SceneError as error:
            errors.append(error)
    return scenes, errors


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
