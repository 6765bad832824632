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
