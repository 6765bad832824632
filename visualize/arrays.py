"""What points, values and gradients are: arrays of float64."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
