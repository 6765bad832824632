"""Whether a function falls without end somewhere, and what of its values is worth showing then."""

from collections.abc import Callable

import numpy as np

from visualize.arrays import Array
from visualize.declare.settings import Range

CLOSER = np.linspace(-1, 1, 11)
ROUNDS = 4
ENDLESS = 0.5
"""It falls on by this part of what it fell, seen from five times as near; a kink falls less."""
TAIL = 0.02
"""The part of the values that a pole takes with it, on each side."""


def range_without_poles(
    function: Callable[[Array], Array], points: Array, values: Array, cell: Array, kept: Range
) -> Range:
    """Return the range of values at points, without the tails of poles.

    Upward a pole is cut off where few values are higher, downward, where one looks for minima,
    also as far below the range that is to be `kept` as that is wide. Points are
    `(..., dimension)`, in cells of a size.
    """
    there = np.isfinite(values)
    if not there.any():
        return kept
    points, values = points[there], values[there]
    low, high = float(values.min()), float(values.max())
    least, most = np.quantile(values, [TAIL, 1 - TAIL])
    if _falls_without_end(function, points[np.argmin(values)], cell):
        below = kept[0] - (kept[1] - kept[0] or np.inf)
        low = max(low, min(max(float(least), below), kept[0]))
    if _falls_without_end(lambda at: -function(at), points[np.argmax(values)], cell):
        high = min(high, max(float(most), kept[1]))
    return low, high


def _falls_without_end(function: Callable[[Array], Array], lowest: Array, cell: Array) -> bool:
    """Return whether a function falls ever more, or as much, the nearer the lowest is looked at."""
    around = np.stack(np.meshgrid(*[CLOSER] * len(cell), indexing="ij"), axis=-1)
    around = around.reshape(-1, len(cell))
    value, size, fell = float(function(lowest)), cell, np.inf
    with np.errstate(all="ignore"):
        for _ in range(ROUNDS):
            points = lowest + size * around
            values = function(points)
            values = np.where(np.isnan(values), np.inf, values)
            best = int(np.argmin(values))
            before, fell = fell, value - float(values[best])
            if not np.isfinite(fell):
                return fell > 0
            lowest, value, size = points[best], float(values[best]), size / 5
    return bool(fell > ENDLESS * before and fell > 1e-9 * abs(value))
