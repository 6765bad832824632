"""The levels at which contour lines tell flat and steep places apart."""

import numpy as np

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
