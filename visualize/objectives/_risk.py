"""How wrong a model is over some rows, with its derivatives."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from visualize.arrays import Array
from visualize.objectives._models import Loss, Model

AT_ONCE = 2**21
"""Numbers that are computed together: more take memory, and no less time."""
MOST_ITERATIONS = 100
FLAT = 1e-12
"""A gradient at which a minimum is reached."""
SHALLOW = 1e-9
"""The least curvature of a minimum beside that at 0: with less, it is rather at infinity."""


@dataclass(frozen=True, eq=False)
class Risk:
    """How wrong a model is over some rows: the mean of the loss, and l2/2 · ‖weights‖²."""

    model: Model
    loss: Loss
    features: Array
    targets: Array
    l2: float

    def value(self, points: Array) -> Array:
        """Return the value at each point: `(...)`."""
        return self._in_parts(self._value, points, ())

    def gradient(self, points: Array) -> Array:
        """Return the gradient at each point: `(..., dimension)`."""
        return self._in_parts(self._gradient, points, points.shape[-1:])

    def hessian(self, points: Array) -> Array:
        """Return the second derivatives of a linear model: `(..., dimension, dimension)`."""
        return self._in_parts(self._hessian, points, 2 * points.shape[-1:])

    def _in_parts(
        self, compute: Callable[[Array], Array], points: Array, shape: tuple[int, ...]
    ) -> Array:
        """Return what is computed for points of any shape, some at a time."""
        flat = points.reshape(-1, points.shape[-1])
        size = max(AT_ONCE // (len(self.targets) * self.model.width), 1)
        with np.errstate(all="ignore"):  # of a run that leaves
            parts = [compute(flat[first : first + size]) for first in range(0, len(flat), size)]
        every = parts[0] if len(parts) == 1 else np.concatenate([np.empty((0, *shape)), *parts])
        return every.reshape((*points.shape[:-1], *shape))

    def _value(self, points: Array) -> Array:
        outputs = self.model.outputs(points, self.features)
        values: Array = self.loss.cost(outputs, self.targets).mean(axis=-1)
        if not self.l2:
            return values
        values += self.l2 / 2 * (points**2 * self.model.is_weight).sum(axis=-1)
        return values

    def _gradient(self, points: Array) -> Array:
        outputs = self.model.outputs(points, self.features)
        slopes = self.loss.slope(outputs, self.targets) / len(self.targets)
        gradients = self.model.pulled_back(points, self.features, slopes)
        return gradients + self.l2 * points * self.model.is_weight if self.l2 else gradients

    def _hessian(self, points: Array) -> Array:
        outputs = self.model.outputs(points, self.features)
        weights = self.loss.curvature(outputs) / len(self.targets)
        columns = with_ones(self.features)
        hessians: Array = (columns.T * weights[:, np.newaxis]) @ columns
        return hessians + np.diag(self.l2 * self.model.is_weight)


class LeastSquares(Risk):
    """That of a linear model with squares, in a form that does not grow with the rows.

    With QR = [X 1] and the least squares w*: ‖R (w - w*)‖² / 2n and what is left at w*. Nothing
    is lost in it to cancellation. An l2 counts as more rows: √(n l2) times the weights, to be 0.
    """

    @cached_property
    def _rows(self) -> tuple[Array, Array]:
        columns, targets = with_ones(self.features), self.targets
        if self.l2:
            pull = np.sqrt(len(targets) * self.l2) * np.diag(self.model.is_weight)[:-1]
            columns = np.concatenate([columns, pull])
            targets = np.concatenate([targets, np.zeros(len(pull))])
        return columns, targets

    @cached_property
    def best(self) -> Array:
        """The point of the least value; the shortest, where there are many."""
        best, *_ = np.linalg.lstsq(*self._rows, rcond=None)
        return np.asarray(best, dtype=np.float64)

    @cached_property
    def is_unique(self) -> bool:
        """Whether no other point has the same value."""
        return bool(np.linalg.matrix_rank(self._triangle) == self.model.dimension)

    @cached_property
    def _triangle(self) -> Array:
        """R / √n."""
        triangle: Array = np.linalg.qr(self._rows[0]).R / len(self.targets) ** 0.5
        return triangle

    @cached_property
    def _least(self) -> float:
        columns, targets = self._rows
        return float(np.sum((columns @ self.best - targets) ** 2) / (2 * len(self.targets)))

    def value(self, points: Array) -> Array:
        """Return the value at each point: `(...)`."""
        with np.errstate(all="ignore"):  # of a run that leaves
            ways = (points - self.best) @ self._triangle.T
            values: Array = (ways**2).sum(axis=-1) / 2 + self._least
            return values

    def gradient(self, points: Array) -> Array:
        """Return the gradient at each point: `(..., dimension)`."""
        with np.errstate(all="ignore"):
            gradients: Array = (points - self.best) @ self._triangle.T @ self._triangle
            return gradients

    def hessian(self, points: Array) -> Array:
        """Return the second derivatives, which are the same everywhere."""
        hessian = self._triangle.T @ self._triangle
        return np.broadcast_to(hessian, (*points.shape[:-1], *hessian.shape)).copy()


def with_ones(features: Array) -> Array:
    """Return the features with a column of ones behind them."""
    return np.concatenate([features, np.ones((len(features), 1))], axis=1)


def lowest(risk: Risk) -> Array | None:
    """Return the minimum of a convex function, by Newton's method; None where there is none."""
    point = np.zeros(risk.model.dimension)
    usual = np.linalg.eigvalsh(risk.hessian(point))[-1]
    for _ in range(MOST_ITERATIONS):
        gradient = risk.gradient(point)
        hessian = risk.hessian(point)
        if np.abs(gradient).max() < FLAT:
            return point if np.linalg.eigvalsh(hessian)[0] > SHALLOW * usual else None
        step = np.linalg.lstsq(hessian, gradient, rcond=None)[0]
        while risk.value(point - step) > risk.value(point) and np.abs(step).max() > FLAT:
            step = step / 2
        point = point - step
    return None
