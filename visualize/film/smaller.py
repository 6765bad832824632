"""A film with fewer pictures, or with smaller ones."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import pairwise

from visualize.film.film import Film


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


@contextmanager
def scaled(film: Film, scale: float) -> Iterator[None]:
    """Let a film's pictures be so many times as wide, all in them drawn anew, for a while."""
    if scale == 1:
        yield
        return
    figure, width = film.figure, film.size[0]
    dpi = figure.dpi
    figure.dpi = dpi * max(round(scale * width), 1) / width
    try:
        yield
    finally:
        figure.dpi = dpi
