"""The graph of a function of one variable: whole where it is continuous, broken where it jumps."""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from visualize.arrays import Array

Function = Callable[[Array], Array]
HALVINGS = 80
"""Of an interval, until there is no number between its ends; near 0 there always is one."""
UNEVEN = 0.6
PARTS = np.linspace(0, 1, 9)
"""Of an interval, the steepest of which, and those beside it, is the next."""
ROUNDS = 60
FINEST = 1e-18
"""An interval is small enough: as a part of all of them."""
CONTINUOUS = 0.05
"""A difference that shrinks to this part of itself as its interval shrinks is no jump."""
SETTLED, JUMP = 16, 0.5
"""Through so many rounds a jump keeps its height, by about this part; a steep root does not."""
VISIBLE = 1e-6
NOISE = 1e-12
"""A jump is looked for that is higher than this part of what is seen, and of the values."""
MOST_BREAKS = 0.1
"""As a part of the samples: of what jumps more often nothing would be left."""


def graph(function: Function, x: Array, y: Array) -> tuple[Array, Array]:
    """Return x and y of points of a graph: evenly spaced samples, and more where it is broken.

    At a jump and at a pole the line ends on both sides, as near as numbers can be, and y is NaN
    between; it begins and ends where the function begins and ends to have finite values.
    """

    def finite(x: Array) -> Array:
        return _finite(function(x))

    y = _finite(y)
    with np.errstate(all="ignore"):
        points = [*_at_jumps(finite, x, y), *_at_edges(finite, x, y)]
        more_x, more_y = (np.concatenate([it[i] for it in points]) for i in (0, 1))
    if np.count_nonzero(np.isnan(more_y)) > MOST_BREAKS * len(x) + 1:
        return x, y
    x, y = np.concatenate([x, more_x]), np.concatenate([y, more_y])
    order = np.argsort(x, kind="stable")
    return x[order], y[order]


def _finite(y: Array) -> Array:
    return np.where(np.isfinite(y), y, np.nan)


def _at_edges(function: Function, x: Array, y: Array) -> Iterator[tuple[Array, Array]]:
    """Yield the last points with values beside samples that have none."""
    has = np.isfinite(y)
    for inner, outer in ((has[:-1] & ~has[1:], (0, 1)), (has[1:] & ~has[:-1], (1, 0))):
        rows = np.flatnonzero(inner)
        yield _last(function, x[rows + outer[0]], x[rows + outer[1]])


def _at_jumps(function: Function, x: Array, y: Array) -> Iterator[tuple[Array, Array]]:
    """Yield points on both sides of jumps and of poles, and one without a value between."""
    rows = _uneven(function, x, y)
    least, most = np.nanquantile(y, [0.01, 0.99]) if rows.size else (0.0, 0.0)
    visible = VISIBLE * (most - least) + NOISE * max(abs(least), abs(most))
    a, b, first = x[rows], x[rows + 1], np.abs(y[rows + 1] - y[rows])
    finest = FINEST * (x[-1] - x[0])
    recent: list[Array] = []
    """The largest differences between neighbours, in the rounds before."""
    for _ in range(ROUNDS):
        if not a.size:
            return
        seen = a[:, np.newaxis] + (b - a)[:, np.newaxis] * PARTS
        values = function(seen)
        differences = np.abs(np.diff(values, axis=1))
        lost = np.isnan(differences.sum(axis=1))  # a pole was met exactly
        yield from _around_nothing(function, seen[lost].ravel(), values[lost].ravel())
        differences = np.where(lost[:, np.newaxis], 0, differences)
        steepest = np.argmax(differences, axis=1)
        difference = np.max(differences, axis=1)
        recent = [*recent[1 - SETTLED :], difference]
        high = difference > np.maximum(CONTINUOUS * first, visible)
        ended = b - a <= np.maximum(
            2 * len(PARTS) * np.spacing(np.maximum(np.abs(a), np.abs(b))), finest
        )
        jumps = np.flatnonzero(high & ended & (difference > JUMP * np.median(recent, axis=0)))
        left = jumps, steepest[jumps]
        right = jumps, steepest[jumps] + 1
        yield seen[left], values[left]
        yield (seen[left] + seen[right]) / 2, np.full(len(jumps), np.nan)
        yield seen[right], values[right]
        kept = np.flatnonzero(high & ~ended)
        # The pole of a peak may be on the other side of the highest point.
        a = seen[kept, np.maximum(steepest[kept] - 1, 0)]
        b = seen[kept, np.minimum(steepest[kept] + 2, len(PARTS) - 1)]
        first, *recent = (it[kept] for it in (first, *recent))


def _uneven(function: Function, x: Array, y: Array) -> NDArray[np.intp]:
    """Return the samples after which there may be a jump or a pole.

    The value in the middle to the next is not between theirs, or near to one; or one is a peak.
    """
    middle, rises = function(x[:-1] + np.diff(x) / 2), np.diff(y)
    farthest = np.maximum(np.abs(middle - y[:-1]), np.abs(y[1:] - middle))
    uneven = np.ones(len(rises), dtype=bool)
    uneven[farthest <= UNEVEN * np.abs(rises)] = False
    peaks = rises[:-1] * rises[1:] < 0
    uneven[:-1] |= peaks
    uneven[1:] |= peaks
    return np.flatnonzero(uneven & np.isfinite(rises))


def _around_nothing(function: Function, x: Array, y: Array) -> Iterator[tuple[Array, Array]]:
    """Yield samples without values, and the last points that have some on both sides."""
    yield x[np.isnan(y)], y[np.isnan(y)]
    yield from _at_edges(function, x, y)


def _last(function: Function, inner: Array, outer: Array) -> tuple[Array, Array]:
    """Return the last points with values on the way from where there are some to where not."""
    for _ in range(HALVINGS if inner.size else 0):
        middle = inner + (outer - inner) / 2
        has = np.isfinite(function(middle))
        inner, outer = np.where(has, middle, inner), np.where(has, outer, middle)
    return inner, function(inner)
