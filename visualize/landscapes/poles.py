"""Whether a function falls without end somewhere, and what of its values is worth showing then."""

from collections.abc import Callable

import numpy as np

from visualize.arrays import Array
from visualize.declare.settings import Range

CLOSER = 0.9 * np.linspace(-1, 1, 10) + 0.017
"""Where it is looked at around a place, but not there: it may be just that of a pole."""
ROUNDS = 5
ENDLESS = 0.25
"""To a pole it falls on by more than this part; to a kink by less."""
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
    """Return whether a function falls as much, or more, the nearer its lowest place is seen."""
    around = np.stack(np.meshgrid(*[CLOSER] * len(cell), indexing="ij"), axis=-1)
    around = around.reshape(-1, len(cell))
    size, lows = cell, []
    with np.errstate(all="ignore"):
        for _ in range(2 * ROUNDS + 1):
            points = lowest + size * around
            values = function(points)
            values = np.where(np.isnan(values), np.inf, values)
            best = int(np.argmin(values))
            if np.isneginf(values[best]):
                return True
            lowest, size = points[best], size / 5
            lows.append(float(values[best]))
    first, then = lows[0] - lows[ROUNDS], lows[ROUNDS] - lows[-1]
    return then > ENDLESS * first and then > 1e-9 * abs(lows[-1])
