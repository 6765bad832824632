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
FLAT = 1e-24
"""By how much the value may still fall at a minimum."""
SHALLOW = 1e-9
"""The least curvature of a minimum beside that at 0, and of one direction beside others: with
less, it is rather at infinity, or everywhere along a line."""


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

    With QR = [X 1] that is ‖R w - Qᵀy‖² / 2n and what is left of y. An l2 counts as more rows:
    √(n l2) times the weights, to be 0.
    """

    @cached_property
    def _scales(self) -> Array:
        """The length of each column, so that none is lost beside a longer one."""
        lengths = np.linalg.norm(self._rows[0] / self._largest, axis=0) * self._largest
        return np.where(lengths > 0, lengths, 1.0)

    @cached_property
    def _largest(self) -> Array:
        largest = np.abs(self._rows[0]).max(axis=0)
        return np.where(largest > 0, largest, 1.0)

    @cached_property
    def _rows(self) -> tuple[Array, Array]:
        columns, targets = with_ones(self.features), self.targets
        if self.l2:
            pull = np.sqrt(len(targets) * self.l2) * np.diag(self.model.is_weight)[:-1]
            columns = np.concatenate([columns, pull])
            targets = np.concatenate([targets, np.zeros(len(pull))])
        return columns, targets

    @cached_property
    def _parted(self) -> tuple[Array, Array, float]:
        """R of the columns, each of length 1, and Qᵀy, over √n; and the least value."""
        columns, targets = self._rows
        q, r = np.linalg.qr(columns / self._scales)
        along = targets @ q
        root = len(self.targets) ** 0.5
        least = float(np.sum(((targets - q @ along) / root) ** 2) / 2)
        return r / root, along / root, least

    @cached_property
    def best(self) -> Array:
        """The point of the least value; the shortest, where there are many."""
        r, along, _ = self._parted
        best, *_ = np.linalg.lstsq(r, along, rcond=None)
        return np.asarray(best / self._scales, dtype=np.float64)

    @cached_property
    def is_unique(self) -> bool:
        """Whether no other point has the same value."""
        return bool(np.linalg.matrix_rank(self._parted[0]) == self.model.dimension)

    def _off(self, points: Array) -> Array:
        r, along, _ = self._parted
        off: Array = (points * self._scales) @ r.T - along
        return off

    def value(self, points: Array) -> Array:
        """Return the value at each point: `(...)`."""
        with np.errstate(all="ignore"):  # of a run that leaves
            values: Array = (self._off(points) ** 2).sum(axis=-1) / 2 + self._parted[2]
            return values

    def gradient(self, points: Array) -> Array:
        """Return the gradient at each point: `(..., dimension)`."""
        with np.errstate(all="ignore"):
            gradients: Array = (self._off(points) @ self._parted[0]) * self._scales
            return gradients

    def hessian(self, points: Array) -> Array:
        """Return the second derivatives, which are the same everywhere."""
        with np.errstate(all="ignore"):
            triangle = self._parted[0] * self._scales
            hessian = triangle.T @ triangle
        return np.broadcast_to(hessian, (*points.shape[:-1], *hessian.shape)).copy()


def with_ones(features: Array) -> Array:
    """Return the features with a column of ones behind them."""
    return np.concatenate([features, np.ones((len(features), 1))], axis=1)


def lowest(risk: Risk) -> Array | None:
    """Return the minimum of a convex function, by Newton's method; None where there is none.

    It is found however large the features are: steps are measured by how much they lower the value.
    """
    point = np.zeros(risk.model.dimension)
    usual = np.diag(risk.hessian(point))
    for _ in range(MOST_ITERATIONS):
        gradient, hessian = risk.gradient(point), risk.hessian(point)
        scale = np.sqrt(np.diag(hessian))
        if not (np.isfinite(hessian).all() and scale.all()):
            return None
        even = hessian / scale / scale[:, np.newaxis]
        step = np.linalg.lstsq(even, gradient / scale, rcond=None)[0] / scale
        if gradient @ step < FLAT:
            well = np.linalg.eigvalsh(even)[0] > SHALLOW and (scale**2 > SHALLOW * usual).all()
            return point - step if well else None
        while risk.value(point - step) > risk.value(point) and gradient @ step > FLAT:
            step = step / 2
        point = point - step
    return None
