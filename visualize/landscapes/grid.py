"""Regular grids over a box."""

import numpy as np

from visualize.arrays import Array
from visualize.objectives.objective import Box


def grid(box: Box, samples: int) -> list[Array]:
    """Return the coordinates of a regular grid over `box`, one array a variable."""
    axes = [np.linspace(low, high, samples) for low, high in box]
    return list(np.meshgrid(*axes, indexing="ij"))
