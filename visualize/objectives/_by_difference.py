"""A function of arrays with its gradient given, or by differences."""

from collections.abc import Callable
from typing import Any

import numpy as np

from visualize.arrays import Array
from visualize.objectives._calls import Calls, called

EPSILON = float(np.finfo(float).eps)
FIRST = EPSILON ** (1 / 3)
"""h of a central difference, as a part of a coordinate: there errors of rounding and of the
formula are equally small, about ten digits are right."""
SECOND = EPSILON ** (1 / 4)
"""h of a second difference: about seven digits."""


class DifferenceCalls(Calls):
    """Values by the function; derivatives by the function given for them, or by differences.

    (f(x + h) - f(x - h)) / 2h, where h is 6e-6 of max(1, |x|), for each coordinate.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        derivative: Callable[..., Any] | None,
        *,
        vectorized: bool,
    ) -> None:
        super().__init__(function, vectorized=vectorized)
        self._derivative = derivative

    def values(self, rows: Array) -> Array:
        """Return the value at each point: a call for each, or one for all."""
        return self._all(self._function, rows, ())

    def gradients(self, rows: Array) -> Array:
        """Return the gradient at each point."""
        if self._derivative is not None:
            return self._all(self._derivative, rows, rows.shape[1:])
        return self._differences(self.values, rows, FIRST)

    def both(self, rows: Array) -> tuple[Array, Array]:
        """Return values and gradients."""
        return self.values(rows.copy()), self.gradients(rows)

    def hessians(self, rows: Array) -> Array:
        """Return differences of the gradient that is given, or second ones of the values."""
        if self._derivative is not None:
            hessians = self._differences(self.gradients, rows, FIRST)
            return (hessians + np.swapaxes(hessians, -1, -2)) / 2
        with np.errstate(all="ignore"):
            return self._second_differences(rows)

    def _all(self, function: Callable[..., Any], rows: Array, shape: tuple[int, ...]) -> Array:
        if not len(rows):
            return np.empty((0, *shape))
        with np.errstate(all="ignore"):  # values that are not finite end a run
            return self._numbers(function, rows, shape)

    def _numbers(self, function: Callable[..., Any], rows: Array, shape: tuple[int, ...]) -> Array:
        if not self._vectorized:
            return np.array([called(function, row, shape) for row in rows], dtype=float)
        count = len(rows)
        if count == rows.shape[1]:
            # Who takes (dimension, points) by mistake shows it: the axes differ in length.
            rows = np.concatenate([rows, rows[-1:]])
        found: Array = called(function, rows, (len(rows), *shape))[:count]
        return found

    def _differences(
        self, numbers: Callable[[Array], Array], rows: Array, relative: float
    ) -> Array:
        """Return central differences of numbers along every coordinate, which is the last axis."""
        columns = []
        with np.errstate(all="ignore"):
            for index in range(rows.shape[1]):
                above, below, width = self._beside(rows, index, relative)
                change = numbers(above) - numbers(below)
                columns.append(change / width.reshape(-1, *(1,) * (change.ndim - 1)))
        return np.stack(columns, axis=-1)

    def _second_differences(self, rows: Array) -> Array:
        count, dimension = rows.shape
        hessians = np.empty((count, dimension, dimension))
        middle = self.values(rows.copy())
        for i in range(dimension):
            above, below, width = self._beside(rows, i, SECOND)
            outer = self.values(above.copy()) - 2 * middle + self.values(below.copy())
            hessians[:, i, i] = outer / (width / 2) ** 2
            for j in range(i):
                corners = [self._beside(it, j, SECOND) for it in (above, below)]
                (a, b, across), (c, d, _) = corners
                mixed = self.values(a) - self.values(b) - self.values(c) + self.values(d)
                hessians[:, i, j] = hessians[:, j, i] = mixed / (width * across)
        return hessians

    @staticmethod
    def _beside(rows: Array, index: int, relative: float) -> tuple[Array, Array, Array]:
        """Return the points on both sides along a coordinate, and how far they are apart."""
        above, below = rows.copy(), rows.copy()
        step = relative * np.maximum(1.0, np.abs(rows[:, index]))
        above[:, index] += step
        below[:, index] -= step
        return above, below, above[:, index] - below[:, index]
