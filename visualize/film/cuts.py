"""Less than a film: some of its pictures, or a few of them side by side."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from visualize.film.film import Clip, Film
from visualize.film.fingerprint import Cut, fingerprint
from visualize.film.sheet import Sheet

DRAFT_RATE = 10
"""Pictures a second of a draft."""
MOST_DRAFTED = 60
"""Pictures of a draft."""


def cut_of(film: Film, cut: Cut) -> Clip:
    """Return what is made of a film's pictures."""
    if cut == "film":
        return film
    own = fingerprint(film.scene, cut)
    if cut == "sheet":
        return Sheet(film, own)
    every = max(round(film.timeline.rate / DRAFT_RATE), -(-film.frames // MOST_DRAFTED), 1)
    return replace(thinned(film, every), fingerprint=own)


def thinned(film: Film, every: int) -> Film:
    """Return a film with some of the pictures, the first and the last among them, at their times.

    >>> from visualize import Scene, compose, simulate
    >>> sgd = {"name": "sgd", "learning_rate": 0.1}
    >>> frames = {"size": [64, 48], "pace": "even"}
    >>> scene = Scene(objective="x**2", start=3, steps=8, optimizers=[sgd], frames=frames)
    >>> film = thinned(compose(scene, simulate(scene)), every=3)
    >>> [film.row(frame) for frame in range(film.frames)], film.timeline.ticks
    ([0.0, 3.0, 6.0, 8.0], (3, 3, 2, 1))
    """
    if every == 1:
        return film
    kept = pictures_kept(film.frames, every)
    line = film.timeline
    before = [(line.start(frame) * line.rate).numerator for frame in (*kept, film.frames)]
    ticks = tuple(after - since for since, after in pairwise(before))
    return replace(
        film,
        frames=len(kept),
        timeline=replace(line, ticks=ticks),
        poster=max(bisect_right(kept, film.poster) - 1, 0),
        row=lambda frame: film.row(kept[min(frame, len(kept) - 1)]),
    )


def pictures_kept(frames: int, every: int) -> Sequence[int]:
    """Return which of so many pictures are kept: every second, third, ... and the last."""
    return [*range(0, frames - 1, every), frames - 1]
