"""Points as the arrays that they are made of: what other libraries call parameters."""

import math
from collections.abc import Sequence

import numpy as np

from visualize.arrays import Array
from visualize.objectives.objective import Blocks


def split(points: Array, blocks: Blocks) -> list[Array]:
    """Return the blocks of points `(..., dimension)`, each `(..., *shape)`, as copies."""
    ends = np.cumsum([math.prod(shape) for shape in blocks.values()])[:-1]
    parts = np.split(points, ends, axis=-1)
    front = points.shape[:-1]
    return [
        np.array(part.reshape((*front, *shape)))
        for part, shape in zip(parts, blocks.values(), strict=True)
    ]


def joined(arrays: Sequence[Array], front: tuple[int, ...] = ()) -> Array:
    """Return points `(*front, dimension)` of their blocks."""
    return np.concatenate(
        [np.asarray(it, dtype=float).reshape((*front, -1)) for it in arrays], axis=-1
    )
