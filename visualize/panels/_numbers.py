"""Numbers beside an axis of steps: round ones, and the last."""

import numpy as np
from matplotlib.ticker import MaxNLocator

ROUND = (1, 2, 5, 10)
"""What numbers beside an axis go up by, and ten times, a hundred times as much."""
MOST = 6
"""Numbers beside an axis go up so many times at most."""
EVEN = ((1, 2, 5), (2.5,), (1.5, 3, 4, 6, 8))
"""What they may go up by where the last of all is met, the best first."""
FEWEST = 3
"""It is not met by fewer than so many."""
NEAR = 0.6
"""A number is left out that is nearer to the last, as a part of the distance of two."""


class StepNumbers(MaxNLocator):
    """Whole steps at even distances from 0 to the last, or else round ones, and the last."""

    def __init__(self, last: int) -> None:
        """Steps go from 0 to `last`."""
        self._last = last
        self._most = MOST
        super().__init__(nbins=MOST, steps=ROUND, integer=True)

    def set_params(self, **settings: object) -> None:
        """Remember also how many there may be."""
        most = settings.get("nbins")
        if isinstance(most, int):
            self._most = most
        super().set_params(**settings)

    def tick_values(self, vmin: float, vmax: float) -> list[float]:
        """Return the numbers; those outside of the steps are not among them."""
        last = self._last
        if distance := _even(last, self._most):
            return [float(number) for number in range(0, last + 1, distance)]
        numbers = [it for it in super().tick_values(vmin, vmax) if 0 <= it <= last]
        distance = np.diff(numbers).min() if len(numbers) > 1 else last
        return [*(it for it in numbers if last - it > NEAR * distance), float(last)]


def _even(last: int, most: int) -> int | None:
    """Return a roundish distance that leads from 0 to `last` in at most so many times."""
    distances = [last // it for it in range(most, min(FEWEST, most) - 1, -1) if last % it == 0]
    for leading in EVEN:
        for distance in distances:
            if float(f"{distance:e}".partition("e")[0]) in leading:
                return distance
    return None
