"""Regular grids over some ranges."""

import numpy as np

from visualize.arrays import Array
from visualize.objectives.objective import Ranges


def grid(ranges: Ranges, samples: int) -> list[Array]:
    """Return the coordinates of a regular grid over `ranges`, one array a variable."""
    axes = [
        np.linspace(low, high, samples)
        if np.isfinite(high - low)
        else 2 * np.linspace(low / 2, high / 2, samples)
        for low, high in ranges
    ]
    return list(np.meshgrid(*axes, indexing="ij"))
