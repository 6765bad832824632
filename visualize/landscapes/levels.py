"""The levels at which contour lines tell flat and steep places apart."""

import numpy as np
from numpy.typing import NDArray

from visualize.arrays import Array
from visualize.landscapes.limits import LARGEST

TIP = 1000.0
"""What is this many times as high as 99.9 % of the picture is a pole."""


def spread_levels(values: Array, count: int) -> Array:
    """Return levels for values so that both flat and steep places stay clear.

    They are evenly spaced in a power of the height above the lowest value, chosen so that half of
    the values lies below the middle level. NaN and infinity do not count; where all values are
    the same, there are no levels.
    """
    finite = values[np.abs(values) < LARGEST]
    if not finite.size:
        return np.array([])
    low, middle, most, high = np.quantile(finite, [0, 0.5, 0.999, 1])
    if high - low > TIP * (most - low):
        high = most  # a pole: its tip is not worth the levels
    if not high > low:
        return np.array([])
    share = np.clip((middle - low) / (high - low), 1e-3, 0.5)
    power = np.log(share) / np.log(0.5)
    levels: Array = low + (high - low) * (np.arange(1, count + 1) / (count + 1)) ** power
    return levels


def parted_at_poles(values: Array, levels: Array) -> Array:
    """Return the values on a grid, without those between which no line of a level belongs.

    A square with corners far below all levels and others far above holds a pole, at which a
    function comes back from the other end. Its corners out there become NaN.
    """
    if len(levels) < 2:
        return values
    far = levels[-1] - levels[0]
    below, above = values < levels[0] - far, values > levels[-1] + far
    torn = _in_square(below) & _in_square(above)
    corners = np.zeros(values.shape, dtype=bool)
    for rows in (slice(None, -1), slice(1, None)):
        for columns in (slice(None, -1), slice(1, None)):
            corners[rows, columns] |= torn
    return np.where(corners & (below | above), np.nan, values)


def _in_square(points: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which squares have such a point at a corner."""
    rows = points[:-1] | points[1:]
    return rows[:, :-1] | rows[:, 1:]
