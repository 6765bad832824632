"""What points, values and gradients are: arrays of float64, and how long vectors are."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def length(vectors: Array) -> Array:
    """Return the length of each vector, the last axis, however large or small it is: `(...)`.

    All lengths come from here: another formula would round otherwise, and runs that stop where the
    gradient is short would not be those that have converged.

    >>> length(np.array([[3e200, 4e200]]))
    array([5.e+200])
    """
    with np.errstate(all="ignore"):  # of runs that have left
        largest = np.max(np.abs(vectors), axis=-1, keepdims=True)
        scale = np.where((largest > 0) & np.isfinite(largest), largest, 1.0)
        # In which order numbers are added depends on how they lie in memory.
        parts = np.divide(vectors, scale, order="C")
        lengths: Array = scale[..., 0] * np.sqrt(np.sum(parts**2, axis=-1))
    return lengths


def joined(values: Array, every: int) -> Array:
    """Return values `(rows, ...)` of which every so many rows have one, and the last, without gaps.

    The others lie on straight lines between them.

    >>> joined(np.array([[0.0], [np.nan], [4.0], [5.0]]), 2).ravel()
    array([0., 2., 4., 5.])
    """
    if every == 1:
        return values
    rows = np.arange(len(values))
    before = rows // every * every
    after = np.minimum(before + every, len(values) - 1)
    share = ((rows - before) / np.maximum(after - before, 1)).reshape(-1, *(1,) * (values.ndim - 1))
    with np.errstate(all="ignore"):  # of runs that have left
        between = values[before] + share * (values[after] - values[before])
    return np.where(share > 0, between, values[before])
