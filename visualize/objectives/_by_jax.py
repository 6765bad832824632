"""A function of JAX arrays, with JAX's derivatives."""

from collections.abc import Callable
from typing import Any

import numpy as np

from visualize.arrays import Array
from visualize.declare.library import library
from visualize.objectives._calls import Calls, checked, traced

KIND = "a jax.Array of float64"


class JaxCalls(Calls):
    """Values and derivatives by JAX in float64, compiled for many points at once.

    Where a function cannot be compiled, as it looks at its numbers (`if x[0] > 0`), it is called
    point by point.
    """

    def __init__(self, function: Callable[..., Any], *, vectorized: bool) -> None:
        super().__init__(function, vectorized=vectorized)
        self._jax = library("jax", "jax", 'gradient="jax"')
        self._compiled: dict[str, Any] = {}

    def values(self, rows: Array) -> Array:
        """Return the value at each point."""
        values: Array = self._all("values", self._number, rows)
        return values

    def gradients(self, rows: Array) -> Array:
        """Return the gradient at each point."""
        return self.both(rows)[1]

    def both(self, rows: Array) -> tuple[Array, Array]:
        """Return values and gradients."""
        if not len(rows):
            return np.empty(0), np.empty_like(rows)
        found: tuple[Array, Array] = self._all("both", self._jax.value_and_grad(self._number), rows)
        return found

    def hessians(self, rows: Array) -> Array:
        """Return the second derivatives at each point."""
        hessians: Array = self._all("hessians", self._jax.hessian(self._number), rows)
        return hessians.reshape(*rows.shape, rows.shape[1])

    def _number(self, point: Any) -> Any:
        """Return the function's number at a point, looked at: its shape is known while tracing."""
        points = point[None] if self._vectorized else point
        result = traced(self._function, points, KIND)
        expected = (1,) if self._vectorized else ()
        shape, kind = getattr(result, "shape", None), getattr(result, "dtype", np.dtype("O")).kind
        if shape != expected or kind not in "fiu":
            plain = np.zeros(shape, result.dtype) if shape is not None else result
            checked(plain, self._function, tuple(points.shape), expected)
        number = self._jax.numpy.reshape(result, expected).astype("float64")
        return number[0] if self._vectorized else number

    def _all(self, name: str, transform: Callable[..., Any], rows: Array) -> Any:
        """Return what a transform of the function gives at all points."""
        if not len(rows):
            return np.empty(0)
        jax = self._jax
        with jax.enable_x64(True):
            compiled = self._compiled.setdefault(name, jax.jit(jax.vmap(transform)))
            if compiled is not None:
                try:
                    found = compiled(_padded(rows))
                    return jax.tree.map(lambda it: np.array(it)[: len(rows)], found)
                except Exception as error:  # which it is, its cause says
                    if not _looks_at_numbers(jax, error):
                        raise
                    self._compiled[name] = None
            each = [jax.tree.map(np.asarray, transform(jax.numpy.asarray(row))) for row in rows]
            return jax.tree.map(lambda *them: np.stack(them), *each)


def _padded(rows: Array) -> Array:
    """Return the points, the last repeated up to a power of two: few sizes are compiled."""
    missing = (1 << (len(rows) - 1).bit_length()) - len(rows)
    return np.concatenate([rows, np.repeat(rows[-1:], missing, axis=0)]) if missing else rows


def _looks_at_numbers(jax: Any, error: BaseException) -> bool:
    """Whether a function could not be compiled only because it wants to see its numbers."""
    unknown = (
        jax.errors.ConcretizationTypeError,
        jax.errors.TracerArrayConversionError,
        jax.errors.TracerIntegerConversionError,
    )
    return isinstance(error, unknown) or isinstance(error.__cause__, unknown)
