"""Lists of numbers as arrays; where one is ragged or mixed, that is told in words."""

from collections.abc import Mapping
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

REAL = "fiub"
"""Kinds of NumPy's types that are real numbers, or yes and no."""


def as_array(value: Any, name: str, *, kinds: str = REAL, gaps: bool = False) -> NDArray[Any]:
    """Return the array that lists of numbers are; an array is taken as it is.

    With `gaps` None stands for a number that is not there, NaN. Raises `ValueError` where lists are
    ragged, `TypeError` where not all in them are numbers.

    >>> as_array([[1, 2], [2, 3, 4]], "points")
    Traceback (most recent call last):
    ValueError: points: row 1 has 3 numbers, row 0 has 2
    >>> as_array([[1, 2], [2, "a"]], "points")
    Traceback (most recent call last):
    TypeError: points: text in row 1, column 1, not a number
    """
    try:
        array = np.asarray(value)
    except ValueError:  # NumPy's words name its own shapes
        array = np.array(None)
    if array.dtype.kind in kinds:
        return array
    if isinstance(value, list | tuple):
        _refuse_odd(value, _lengths(value), name, (), gaps)
        if array.dtype == object:  # there are gaps, or whole numbers beyond those of NumPy
            try:
                return np.array(value, dtype=np.float64)
            except OverflowError:
                raise ValueError(f"{name}: a number is too large") from None
    raise TypeError(f"{name} holds no numbers but {array.dtype}")


def _lengths(value: Any) -> list[int]:
    """Return the shape that lists would have by their first items."""
    lengths = []
    while _is_list(value):
        lengths.append(len(value))
        value = value[0] if len(value) else None
    return lengths


def _refuse_odd(
    value: Any, lengths: list[int], name: str, place: tuple[int, ...], gaps: bool
) -> None:
    """Raise for the first thing in lists that is not as those before it."""
    for index, inner in enumerate(value):
        here = (*place, index)
        expected = lengths[1] if len(lengths) > 1 else None
        if not _is_list(inner):
            if not (isinstance(inner, Real | complex) or (gaps and inner is None)):
                raise TypeError(f"{name}: {_called(inner)} in {_row(here)}, not a number")
            if expected is not None:
                raise ValueError(f"{name}: a number in {_row(here)}, where others are lists")
        elif expected is None:
            raise ValueError(f"{name}: a list in {_row(here)}, where others are numbers")
        elif len(inner) != expected:
            things = "lists" if len(lengths) > 2 else "numbers"
            words = f"{len(inner)} {things if len(inner) != 1 else things[:-1]}"
            first = _row((0,) * len(here))
            raise ValueError(f"{name}: {_row(here)} has {words}, {first} has {expected}")
        else:
            _refuse_odd(inner, lengths[1:], name, here, gaps)


def _is_list(value: Any) -> bool:
    sized = hasattr(value, "__len__") and hasattr(value, "__getitem__")
    return sized and not isinstance(value, str | bytes | Mapping)


def _row(place: tuple[int, ...]) -> str:
    """Return where something stands, counted from 0."""
    row, *more = place
    return f"row {row}" + "".join(f", column {index}" for index in more)


def _called(value: Any) -> str:
    match value:
        case None:
            return "nothing"
        case str() | bytes():
            return "text"
        case Mapping():
            return "a mapping"
    return type(value).__name__
