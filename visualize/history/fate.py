"""What became of a run: whether it left, where its numbers ended, or that it is growing.

One place decides, from a run's arrays alone, so that a run that was just computed, one that was
loaded and one that was recorded elsewhere are told alike, in the log, the picture and `verify`.
"""

from collections.abc import Sequence
from enum import Enum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from visualize.arrays import Array, joined, length

FAR_OUT, HIGH = 1e25, 1e100
"""A coordinate and a value at which what has no value has more likely overflowed than ended."""
PARTS = 6
"""Of the last two thirds of a run; in each the steps must be longer than before, if it grows."""
GROWTH = 1.2
"""How many times as long steps become over those parts, at least."""
VISIBLE = 0.1
"""How far what is to be lowered must have risen over them, as a part of its whole range."""
SLACKENING = 0.8
"""Growth that ends is slower in the second half of the parts by more than this."""


class Ending(Enum):
    """How a run ends that does not end well: in words of one start, and of several."""

    LEFT = ("left the domain", "left the domain")
    GREW = ("grew beyond all bounds", "grew beyond all bounds")
    NO_GRADIENT = (
        "ended where the gradient has no value",
        "ended where the gradient has no value",
    )
    NO_NUMBER = ("became NaN", "became NaN")
    GROWING = ("is still growing", "are still growing")


class Fate(NamedTuple):
    """What became of a start, and the step at which that shows."""

    ending: Ending
    step: int


def fates_of(
    points: Array, values: Array, gradients: Array, every: int = 1
) -> tuple[Fate | None, ...]:
    """Return for each start how it ended, if it did not end well.

    Where the point is finite and the objective has no value there, the start left the domain;
    where one of them is infinite it grew beyond all bounds, unless the point has been as far out
    before: that is a pole. A start whose last row is finite is still growing where, over the last
    two thirds of its steps, both the steps and what they are to lower have grown all the time, and
    geometrically: noise, momentum and runs that oscillate within bounds do not.
    """
    ends = _first_rows_not_finite(points, values, every)
    growing = _growing(points, joined(values, every), gradients)
    known = np.isfinite(gradients).all(axis=-1).any(axis=0)
    last = len(points) - 1
    lost_at_last = known & ~np.isfinite(gradients[last]).all(axis=-1)
    fates: list[Fate | None] = []
    for start, end in enumerate(ends):
        if end is not None:
            fates.append(_fate(points[:, start], values[:, start], gradients[:, start], end))
        elif lost_at_last[start]:
            ending = _without_gradient(points[last, start], values[last, start])
            fates.append(Fate(ending, last))
        else:
            fates.append(Fate(Ending.GROWING, last) if growing[start] else None)
    return tuple(fates)


def diverged_at(points: Array, values: Array, every: int = 1) -> tuple[int | None, ...]:
    """Return for each start the first row without a finite point and value, if there is one.

    Where there are values in every so many rows only, those between are no ends.
    """
    return tuple(_first_rows_not_finite(points, values, every))


def in_words(label: str, fates: Sequence[Fate | None], row: float = np.inf) -> str:
    """Return a sentence about the starts of a run that have not ended well by `row`, if any.

    >>> in_words("sgd", [Fate(Ending.LEFT, 1)])
    'sgd left the domain at step 1'
    >>> in_words("sgd", [None, Fate(Ending.GREW, 7), Fate(Ending.GREW, 3)])
    'sgd: 2 of 3 starts grew beyond all bounds, the first at step 3'
    """
    told = [fate for fate in fates if fate is not None and fate.step <= row]
    if len(fates) == 1:
        return f"{label} {told[0].ending.value[0]} at step {told[0].step}" if told else ""
    clauses: list[str] = []
    for ending in Ending:
        steps = sorted(fate.step for fate in told if fate.ending is ending)
        if steps:
            of_all = "" if clauses else f" of {len(fates)} starts"
            words = ending.value[len(steps) > 1]
            first = "" if steps[0] == steps[-1] else ", the first"
            clauses.append(f"{len(steps)}{of_all} {words}{first} at step {steps[0]}")
    return f"{label}: {'; '.join(clauses)}" if clauses else ""


def _first_rows_not_finite(points: Array, values: Array, every: int) -> list[int | None]:
    unknown = np.isnan(values).all()  # a start alone without values began where there is none
    there = np.isfinite(points).all(axis=-1)
    between = np.arange(len(values))[:, np.newaxis] % every > 0
    finite = there & (np.isfinite(values) | unknown | (np.isnan(values) & between))
    rows = np.where(finite.all(axis=0), -1, finite.argmin(axis=0))
    return [None if row < 0 else row for row in rows.tolist()]


def _fate(points: Array, values: Array, gradients: Array, end: int) -> Fate:
    """Return what became of a start whose row `end` is the first that is not finite."""
    point, value = points[end], values[end]
    if np.isinf(point).any():
        return Fate(Ending.GREW, end)
    if np.isnan(point).any():
        before = end - 1
        if before >= 0 and not np.isfinite(gradients[before]).all():
            # Gradients of which none is a number are not known, but at the start.
            first = before == 0 and np.isfinite(values[0])
            if first or np.isfinite(gradients).all(axis=-1).any():
                return Fate(_without_gradient(points[before], values[before]), before)
        beyond = before >= 0 and _is_immense(points[before], values[before])
        return Fate(Ending.GREW if beyond else Ending.NO_NUMBER, end)
    if np.isinf(value):
        has_been_there = not end or np.abs(point).max() <= np.abs(points[:end]).max()
        return Fate(Ending.LEFT if has_been_there else Ending.GREW, end)
    beyond = _is_immense(point, values[end - 1] if end else 0.0)
    return Fate(Ending.GREW if beyond else Ending.LEFT, end)


def _without_gradient(point: Array, value: float) -> Ending:
    """Return what it means that the gradient is not finite at a point where the value is."""
    return Ending.GREW if _is_immense(point, value) else Ending.NO_GRADIENT


def _is_immense(point: Array, value: float) -> bool:
    """Whether what is not finite here, or next, has rather overflowed."""
    return bool(np.abs(point).max() > FAR_OUT or abs(value) > HIGH)


def _growing(points: Array, values: Array, gradients: Array) -> NDArray[np.bool_]:
    """Whether each start's steps, and what they are to lower, have grown and go on growing."""
    size = max(2 * (len(points) - 1) // 3 // PARTS, 1)
    first = len(points) - 1 - PARTS * size
    if first < PARTS // 2:
        return np.zeros(points.shape[1], dtype=bool)
    with np.errstate(all="ignore"):  # of runs that have left
        updates = np.diff(points, axis=0)
        lengths = length(updates)
        # A run that climbs on purpose goes along its gradients, not against them.
        along = np.sign(np.sum(gradients[:-1] * updates, axis=-1))
        climbs = np.nansum(along, axis=0) > 0
        worth = np.where(climbs, -values, values)
        steps, heights = (
            it.reshape(PARTS, size, -1).max(axis=1) for it in (lengths[first:], worth[first + 1 :])
        )
        rises = np.all([np.diff(steps, axis=0) > 0, np.diff(heights, axis=0) > 0], axis=(0, 1))
        whole = worth.max(axis=0) - worth.min(axis=0)
        rises &= heights[-1] - heights[0] > VISIBLE * whole
        longest = steps[-1] > lengths[:first].max(axis=0, initial=0)
        early, late = (half[-1] / half[0] for half in np.split(steps, 2))
        goes_on = np.log(late) >= SLACKENING * np.log(early)
        grown: NDArray[np.bool_] = rises & longest & goes_on & (steps[-1] >= GROWTH * steps[0])
    return grown
