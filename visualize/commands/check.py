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
from visualize.commands._reading import budget_of, is_post, read_places
from visualize.errors import SceneError


@click.command()
@scenes_argument
@budget_option
def check(places: tuple[Path, ...], budget: Allowed) -> None:
    """Report every mistake in scenes, and in posts with scenes; draw nothing.

    \b
    visualize check scenes
    """
    posts = tuple(filter(is_post, places))
    scenes, errors = read_places(tuple(it for it in places if it not in posts), budget)
    for file in scenes:
        click.echo(f"{file}: ok", err=True)
    sound = [_is_sound(post, budget) for post in posts]
    sys.exit(MISUSED if errors or not all(sound) else 0)


def _is_sound(post: Path, allowed: Allowed) -> bool:
    """Tell the mistakes of a post, all that it would not show, or that it is sound."""
    from visualize.deck.reading import read_deck
    from visualize.declare.packages import blamed

    budget = budget_of(allowed, films=True, formats=("mp4",))
    try:
        with blamed():
            deck = read_deck(
                post, budget=budget, allow_outside=allowed.outside, download=allowed.download
            )
    except SceneError as error:
        click.echo(str(error), err=True)
        return False
    for remark in deck.remarks:
        click.echo(remark, err=True)
    click.echo(f"{post}: ok", err=True)
    return True
