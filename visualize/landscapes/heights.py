"""How high a value stands in a box: evenly, or so that steep walls leave valleys to be seen."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from visualize.arrays import Array
from visualize.landscapes.limits import LARGEST

Scale = Literal["auto", "linear", "log"]

STEEP = 0.2
"""Where half of the picture is in this part of the height, or less, heights are logarithmic."""
WALLS = 2.0
"""Linear heights are cut off where the highest is this many times as high as most, or more."""
MOST = 0.95
"""Of the picture, that is not cut off."""
NEAR = 0.05
"""Of the knee, by which a round value may be below the lowest to be named there."""
POWERS = 10.0 ** np.arange(100, -16, -1)
ROUND = np.concatenate(
    [[0.0], *([digit * POWERS, -digit * POWERS] for digit in (1, 2, 5))], axis=None
)
"""Values that are named on a logarithmic height, the roundest first."""
NO_TIP, TIP = 0.999, 10.0
"""What is so many times as high as this part of the picture is a pole."""
LARGE = 1e15
"""Heights above the lowest, in those of the valley, of which logarithms tell nothing more."""


@dataclass(frozen=True)
class Heights:
    """Which height, from 0 to 1, a value has: log(1 + (f - low)/knee), or even."""

    low: float
    high: float
    knee: float
    """Up to about so much above the lowest value heights are even; infinite: all are."""

    def of(self, values: Any) -> Array:
        """Return how high values are; what is below the lowest is at the ground."""
        above = np.maximum(values - self.low, 0)
        whole = self.high - self.low or 1.0
        if np.isinf(self.knee):
            return np.asarray(above / whole)
        return np.asarray(np.log1p(above / self.knee) / np.log1p(whole / self.knee))

    def round_values(self, apart: float) -> Array:
        """Return round values whose heights are at least so far apart, rising."""
        if np.isinf(self.knee):
            return _even(self.low, self.high, apart)
        chosen = np.empty(0)
        low = self.low - NEAR * self.knee  # a grid hardly meets a minimum
        for value in ROUND[(low <= ROUND) & (self.high >= ROUND)]:
            if (np.abs(self.of(chosen) - self.of(value)) >= apart).all():
                chosen = np.append(chosen, value)
        return np.sort(chosen)


def choose_heights(values: Array, visited: float, scale: Scale) -> Heights:
    """Return how high values on a grid are to stand, of which runs go up to `visited`."""
    there = values[np.isfinite(values) & (np.abs(values) < LARGEST)]
    if not there.size:
        return Heights(0.0, 1.0, np.inf)
    low, least, middle, most, tip, high = (
        float(it) for it in np.quantile(there, [0, 1 - MOST, 0.5, MOST, NO_TIP, 1])
    )
    if least - low > TIP * (tip - least):
        low = least  # a pole downwards
    if high - low > TIP * (tip - low):
        high = tip
    steep = middle - low <= STEEP * (high - low)
    if scale == "log" or (scale == "auto" and steep):
        return Heights(low, high, _knee(middle - low, high - low))
    most = max(most, min(visited, high))
    if high - low > WALLS * (most - low) > 0:
        high = most
    return Heights(low, high, np.inf)


def _knee(middle: float, high: float) -> float:
    """Return the knee for which a value stands at half of the height of the highest."""
    if not 0 < middle < high / 2:
        return high / 10 or 1.0
    return max(middle**2 / (high - 2 * middle), high / LARGE)


def _even(low: float, high: float, apart: float) -> Array:
    """Return multiples of a round number between two others."""
    step = (high - low) * apart
    if not step > 0:
        return np.array([low])
    power = 10.0 ** np.floor(np.log10(step))
    distance = power * next(it for it in (1, 2, 5, 10) if it * power >= step * (1 - 1e-9))
    first, last = np.ceil(low / distance - 1e-9), np.floor(high / distance + 1e-9)
    return np.asarray(np.arange(first, last + 1) * distance)
