"""How a function of somebody's is called: point by point, and what it returns is looked at."""

import functools
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from visualize.arrays import Array
from visualize.errors import ForeignError

OUTSIDE = re.compile(r"math domain error|expected a .+, got ")
"""What Python's `math` says of arguments for which a function has no value."""


def name_of(function: Any) -> str:
    """Return what a function is called, or an object that is one."""
    while isinstance(function, functools.partial):
        function = function.func
    return str(getattr(function, "__name__", None) or type(function).__name__)


class Calls(ABC):
    """The values and derivatives of a function at rows of points, `(points, dimension)`."""

    def __init__(self, function: Callable[..., Any], *, vectorized: bool) -> None:
        self._function, self._vectorized = function, vectorized

    @abstractmethod
    def values(self, rows: Array) -> Array:
        """Return the value at each point: `(points,)`."""

    @abstractmethod
    def gradients(self, rows: Array) -> Array:
        """Return the gradient at each point: `(points, dimension)`."""

    @abstractmethod
    def both(self, rows: Array) -> tuple[Array, Array]:
        """Return values and gradients."""

    @abstractmethod
    def hessians(self, rows: Array) -> Array:
        """Return the second derivatives at each point: `(points, dimension, dimension)`."""


def called(function: Callable[..., Any], argument: Array, expected: tuple[int, ...]) -> Any:
    """Return what a function returns for an argument: a number, or an array as it is expected.

    NaN where it raises an `ArithmeticError`. Raises `ForeignError` for what else it raises, and
    where it returns something else.
    """
    try:
        result = function(argument)
    except Exception as error:
        if says_no_value(error):
            return np.full(expected, np.nan)
        raise _told(error, function, argument, "an array") from error
    if isinstance(result, float) and not expected:  # as most do
        return result
    return checked(result, function, argument.shape, expected)


def says_no_value(error: BaseException | None) -> bool:
    """Whether a function raises because it has no value there."""
    outside = isinstance(error, ValueError) and OUTSIDE.match(str(error))
    return bool(outside) or isinstance(error, ArithmeticError)


@contextmanager
def telling(function: Any, argument: Any, kind: str) -> Iterator[None]:
    """Tell what was called, with what, where it raises; its own words and traceback stay."""
    try:
        yield
    except Exception as error:
        raise _told(error, function, argument, kind) from error


def traced(function: Callable[..., Any], points: Any, kind: str) -> Any:
    """Return what a function makes of a tensor of another library, for its derivatives.

    Where it has no value that is NaN, and so are the derivatives.
    """
    try:
        with telling(function, points, kind):
            return function(points)
    except ForeignError as error:
        if not says_no_value(error.__cause__):
            raise
        return (np.nan * points**2).sum(-1)


def _told(error: Exception, function: Any, argument: Any, kind: str) -> ForeignError:
    words = f"{type(error).__name__}: {error}".rstrip(": ")
    shape = tuple(argument.shape)
    return ForeignError(f"{name_of(function)} raised {words}; it was given {kind} of shape {shape}")


def checked(result: Any, function: Any, given: tuple[int, ...], expected: tuple[int, ...]) -> Array:
    """Return a result as float64 in the expected shape, a single number being what it is."""
    array = _as_numbers(result)
    if isinstance(array, str):
        what = array
    elif array.shape == expected or (expected in ((), (1,)) and array.size == 1):
        numbers: Array = array.reshape(expected).astype(float, copy=False)
        return numbers
    else:
        what = f"an array of shape {array.shape}"
    wanted = f"an array of shape {expected}" if expected else "a number"
    raise ForeignError(
        f"{name_of(function)} returned {what} for an array of shape {tuple(given)}; "
        f"{wanted} is needed{_hint(array, given, expected)}"
    )


def _as_numbers(result: Any) -> Any:
    """Return a result as an array of real numbers, or what it is instead, in words."""
    if result is None:
        return "None"
    try:
        array = np.asarray(result)
    except Exception:  # ragged lists, tensors on other devices, ...
        return f"something of the type {type(result).__name__}"
    if array.dtype.kind == "c":
        return "a complex number" if array.size == 1 else "complex numbers"
    if array.dtype.kind == "b":
        return f"{array.item()}" if array.size == 1 else "truth values"
    if array.dtype.kind not in "fiu":
        return f"something of the type {type(result).__name__}"
    return array


def _hint(array: Any, given: tuple[int, ...], expected: tuple[int, ...]) -> str:
    """Return what may have been meant."""
    if isinstance(array, str) and array == "None":
        return "; is there a `return` in it?"
    if isinstance(array, str) or array.shape != tuple(given) or len(expected) != len(given) - 1:
        return ""
    return "; is a sum over the coordinates missing?"
