"""Arcs in place of chords, by which steps to and fro across a valley are told apart."""

import numpy as np
from numpy.typing import NDArray

from visualize.arrays import Array
from visualize.declare.settings import Range

PARTS = 12
"""Of an arc."""
RISE = 0.2, 0.11
"""How high an arc to the right is, and one to the left, for each width, in heights of the view."""
LONG = 0.05
"""Steps that go back and forth are hops where they are this part of the width, or more."""
BACK = 0.3
"""A step goes back that is at least this part of the one before."""


def hops(places: Array, width: float) -> NDArray[np.bool_]:
    """Return which steps of runs, `(rows, starts, 2)`, lie over others: `(rows - 1, starts)`.

    They are long, and the step before or the next one goes the other way."""
    steps = np.diff(places[..., 0], axis=0)
    one, other = np.abs(steps[:-1]), np.abs(steps[1:])
    with np.errstate(invalid="ignore"):
        turns = (steps[:-1] * steps[1:] < 0) & (
            np.minimum(one, other) > BACK * np.maximum(one, other)
        )
    found = np.zeros(steps.shape, dtype=bool)
    found[:-1] |= turns
    found[1:] |= turns
    return found & (np.abs(steps) > LONG * width)


def arcs(places: Array, limits: tuple[Range, Range], bent: NDArray[np.bool_]) -> Array:
    """Return `PARTS` places for each step of runs, `(1 + PARTS * (rows - 1), starts, 2)`.

    Those that are bent go along an arc upwards, to the right a higher one; others are straight.
    """
    (left, right), (bottom, top) = limits
    part = np.arange(PARTS)[:, np.newaxis] / PARTS
    steps = np.diff(places, axis=0)[:, np.newaxis]
    fine = places[:-1, np.newaxis] + part[..., np.newaxis] * steps
    rise = (
        np.where(steps[..., 0] > 0, *RISE) * np.abs(steps[..., 0]) * (top - bottom) / (right - left)
    )
    fine[..., 1] += np.where(bent[:, np.newaxis], 4 * part * (1 - part) * rise, 0)
    return np.concatenate([fine.reshape(-1, *places.shape[1:]), places[-1:]])
