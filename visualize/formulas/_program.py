"""A formula as a list of operations on arrays: its tree is walked once, with symbols.

A symbol stands for an array that there will be. What is done with symbols is noted, in its order:
once where it is the same, and not at all where it changes nothing (x * 1, x**1). Arrays then meet
just these operations, so that the numbers are those of a walk with arrays, to the last bit.
"""

import operator
from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import wraps
from itertools import count
from operator import itemgetter
from typing import Any

import numpy as np

from visualize.arrays import Array

Operation = Callable[..., Any]
ARITHMETIC = {operator.add, operator.sub, operator.mul, operator.truediv}


class Symbol:
    """What an array will be: operations with it are noted."""

    __array_ufunc__ = None  # NumPy leaves operations with a symbol to the symbol

    def __init__(self, notes: "_Notes", number: int) -> None:
        self.notes, self.number = notes, number

    def __pos__(self) -> "Symbol":
        return self

    def __neg__(self) -> "Symbol":
        return self.notes.of(operator.neg, self)

    def __add__(self, other: Any) -> Any:
        return self._with(operator.add, other)

    def __radd__(self, other: Any) -> "Symbol":
        return self.notes.of(operator.add, other, self)

    def __sub__(self, other: Any) -> Any:
        return self._with(operator.sub, other)

    def __rsub__(self, other: Any) -> "Symbol":
        return self.notes.of(operator.sub, other, self)

    def __mul__(self, other: Any) -> Any:
        return self if _is_one(other) else self._with(operator.mul, other)

    def __rmul__(self, other: Any) -> "Symbol":
        return self if _is_one(other) else self.notes.of(operator.mul, other, self)

    def __truediv__(self, other: Any) -> Any:
        return self._with(operator.truediv, other)

    def __rtruediv__(self, other: Any) -> "Symbol":
        return self.notes.of(operator.truediv, other, self)

    def __pow__(self, other: Any) -> Any:
        return self if _is_one(other) else self._with(operator.pow, other)

    def __rpow__(self, other: Any) -> "Symbol":
        return self.notes.of(operator.pow, other, self)

    def _with(self, operation: Operation, other: Any) -> Any:
        if isinstance(other, Symbol | int | float | np.generic | np.ndarray):
            return self.notes.of(operation, self, other)
        return NotImplemented  # that of a dual is the dual's


def noted(function: Operation) -> Operation:
    """Return a function of arrays that is noted as a whole where it is given symbols."""

    @wraps(function)
    def note_or_compute(*terms: Any) -> Any:
        notes = _notes_of(terms)
        return function(*terms) if notes is None else notes.of(function, *terms)

    return note_or_compute


def each_noted(function: Callable[..., Sequence[Any]]) -> Callable[..., Sequence[Any]]:
    """Return the same of a function that has a result for each of its arguments."""

    @wraps(function)
    def note_or_compute(*terms: Any) -> Sequence[Any]:
        notes = _notes_of(terms)
        if notes is None:
            return function(*terms)
        results = notes.of(function, *terms)
        return [notes.of(operator.getitem, results, index) for index in range(len(terms))]

    return note_or_compute


class Program:
    """What a function of some arrays does, done again without that function.

    >>> twice = Program(lambda arrays: {"twice": arrays[0] + arrays[0]}, 1)
    >>> twice([np.array([1.0, 2.0])])
    {'twice': array([2., 4.])}
    """

    def __init__(
        self, function: Callable[[Sequence[Any]], Mapping[Any, Any]], arguments: int
    ) -> None:
        """Note what the function does with so many arrays to arrive at its results."""
        notes = _Notes()
        symbols = [notes.new() for _ in range(arguments)]
        results = {name: notes.number_of(it) for name, it in function(symbols).items()}
        places = _placed(notes, {*results.values()})
        self._steps = [
            (operation, _getter([places[it] for it in operands]), places[number])
            for number, (operation, operands) in notes.steps.items()
        ]
        self._results = {name: places[number] for name, number in results.items()}
        empty = len({*places.values()}) - arguments - len(notes.constants)
        self._behind = [*notes.constants.values(), *[None] * empty]

    def __call__(self, arrays: Sequence[Array]) -> dict[Any, Any]:
        """Return the results for some arrays."""
        places = [*arrays, *self._behind]
        for operation, operands, place in self._steps:
            places[place] = operation(*operands(places))
        return {name: places[place] for name, place in self._results.items()}


class _Notes:
    """What was done with symbols: operations, and the numbers of what they are of."""

    def __init__(self) -> None:
        self.constants: dict[int, Any] = {}
        self.steps: dict[int, tuple[Operation, tuple[int, ...]]] = {}
        self._known: dict[Hashable, int] = {}
        self.count = 0

    def new(self) -> Symbol:
        """Return a symbol for what is not computed from others."""
        self.count += 1
        return Symbol(self, self.count - 1)

    def of(self, operation: Operation, *terms: Any) -> Symbol:
        """Return the symbol of what an operation makes of symbols and constants."""
        if operation in ARITHMETIC:  # twice as fast with arrays, of one number, as with numbers
            terms = tuple(it if isinstance(it, Symbol) else np.asarray(it, float) for it in terms)
        operands = tuple(map(self.number_of, terms))
        number = self._known.setdefault((operation, operands), self.count)
        if number == self.count:
            self.steps[self.new().number] = operation, operands
        return Symbol(self, number)

    def number_of(self, term: Any) -> int:
        """Return the number of a symbol, or that of a constant."""
        if isinstance(term, Symbol):
            return term.number
        key = type(term), np.shape(term), np.asarray(term).tobytes()
        number = self._known.setdefault(key, self.count)
        if number == self.count:
            self.constants[self.new().number] = term
        return number


def _placed(notes: _Notes, results: set[int]) -> dict[int, int]:
    """Return a place for every number: first arguments, then constants, then what is computed.

    What is no result gives way where it is used for the last time, so that few arrays are in use.
    """
    given = [number for number in range(notes.count) if number not in notes.steps]
    places = {number: place for place, number in enumerate(given)}
    last = {it: number for number, (_, operands) in notes.steps.items() for it in operands}
    passing = notes.steps.keys() - results
    free, fresh = [], count(len(given))
    for number, (_, operands) in notes.steps.items():
        free += [places[it] for it in passing & {*operands} if last[it] == number]
        places[number] = free.pop() if free else next(fresh)
    return places


def _notes_of(terms: Sequence[Any]) -> _Notes | None:
    return next((term.notes for term in terms if isinstance(term, Symbol)), None)


def _is_one(term: Any) -> bool:
    return isinstance(term, int | float) and term == 1


def _getter(places: Sequence[int]) -> Callable[[list[Any]], Sequence[Any]]:
    """Return what takes the operands, one or more, out of a list."""
    return itemgetter(slice(places[0], places[0] + 1)) if len(places) == 1 else itemgetter(*places)
