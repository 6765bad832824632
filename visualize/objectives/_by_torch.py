"""A function of torch tensors, with torch's derivatives."""

from collections.abc import Callable
from typing import Any

import numpy as np

from visualize.arrays import Array
from visualize.declare.library import library
from visualize.errors import ForeignError
from visualize.objectives._calls import Calls, checked, name_of, telling, traced

MANY = 256
"""Points from which they are computed together, where torch can do that for the function."""
KIND = "a torch.float64 tensor"


class TorchCalls(Calls):
    """Values and derivatives by torch, point by point; of a landscape's many points by `vmap`.

    `vmap` raises where a function looks at its numbers (`if x[0] > 0`, `.item()`): then these are
    computed point by point as well.
    """

    def __init__(self, function: Callable[..., Any], *, vectorized: bool) -> None:
        super().__init__(function, vectorized=vectorized)
        self._torch = library("torch", "torch", 'gradient="torch"')
        self._can_map = True

    def values(self, rows: Array) -> Array:
        """Return the value at each point."""
        if self._vectorized and len(rows):
            points = self._tensor(self._padded(rows))
            with self._torch.no_grad():
                found: Array = self._result(points, (len(points),)).numpy()
            return found[: len(rows)]
        if (mapped := self._mapped(lambda it: it, rows)) is not None:
            return mapped
        with self._torch.no_grad():
            return np.array([self._result(self._tensor(row)).item() for row in rows])

    def gradients(self, rows: Array) -> Array:
        """Return the gradient at each point."""
        if not self._vectorized:
            mapped = self._mapped(self._torch.func.grad, rows)
            if mapped is not None:
                return mapped
        return self.both(rows)[1]

    def both(self, rows: Array) -> tuple[Array, Array]:
        """Return values and gradients."""
        if not len(rows):
            return np.empty(0), np.empty_like(rows)
        if self._vectorized:
            points = self._tensor(self._padded(rows)).requires_grad_()
            values = self._result(points, (len(points),))
            gradients = self._gradient(values.sum(), points)
            return values.detach().numpy()[: len(rows)], gradients[: len(rows)]
        values, gradients = np.empty(len(rows)), np.empty_like(rows)
        for index, row in enumerate(rows):
            point = self._tensor(row).requires_grad_()
            value = self._result(point)
            values[index], gradients[index] = value.item(), self._gradient(value, point)
        return values, gradients

    def hessians(self, rows: Array) -> Array:
        """Return the second derivatives at each point, by differentiating twice."""

        def number(point: Any) -> Any:
            return self._result(point[None], (1,))[0] if self._vectorized else self._result(point)

        hessian = self._torch.autograd.functional.hessian
        found = [hessian(number, self._tensor(row)).numpy() for row in rows]
        return np.array(found).reshape(*rows.shape, rows.shape[1])

    def _tensor(self, row: Array) -> Any:
        return self._torch.tensor(row, dtype=self._torch.float64)

    def _padded(self, rows: Array) -> Array:
        """Return the points, not as many as coordinates: who confuses the axes shows it."""
        return np.concatenate([rows, rows[-1:]]) if len(rows) == rows.shape[1] else rows

    def _result(self, points: Any, expected: tuple[int, ...] = ()) -> Any:
        """Return what the function returns, a tensor of the expected shape."""
        result = traced(self._function, points, KIND)
        if not isinstance(result, self._torch.Tensor):
            name = f"{name_of(self._function)} returned"
            raise ForeignError(f"{name} {_in_words(result)}; a tensor of torch is needed")
        if not result.dtype.is_floating_point:
            checked(result.detach().numpy(), self._function, tuple(points.shape), expected)
        if tuple(result.shape) != expected:
            checked(result.detach().numpy(), self._function, tuple(points.shape), expected)
            result = result.reshape(expected)
        return result.to(self._torch.float64)

    def _gradient(self, value: Any, points: Any) -> Array:
        if not value.requires_grad:
            raise ForeignError(
                f"{name_of(self._function)} returned a tensor that torch cannot differentiate: it "
                "does not depend on the point by torch's operations alone (.item(), .numpy() and "
                ".detach() leave them)"
            )
        with telling(self._function, points, KIND):
            (gradient,) = self._torch.autograd.grad(value, points, allow_unused=True)
        if gradient is None:
            return np.zeros(tuple(points.shape))
        found: Array = gradient.numpy()
        return found

    def _mapped(self, transform: Callable[..., Any], rows: Array) -> Array | None:
        """Return what a transform of the function gives at many points; None where it cannot."""
        if len(rows) < MANY or not self._can_map:
            return None
        vmap = self._torch.func.vmap
        try:
            with self._torch.no_grad():
                found = vmap(transform(self._result))(self._tensor(rows)).numpy()
        except Exception:  # point by point it is told, if it is the function's
            self._can_map = False
            return None
        return np.asarray(found, dtype=float)


def _in_words(result: Any) -> str:
    return "None" if result is None else f"something of the type {type(result).__name__}"
