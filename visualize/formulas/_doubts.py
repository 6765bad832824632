"""Where floats are not to be trusted: on the way to a result something overflowed or vanished."""

import ast
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from visualize.arrays import Array
from visualize.formulas._folding import worth
from visualize.formulas._tree import Key, parted
from visualize.formulas.dual import Dual, Term, number
from visualize.formulas.functions import CONDITIONS, OPERATIONS

Mask = NDArray[np.bool_]

TINY = 2.0**-960
"""What is smaller may have lost digits to underflow."""
LARGE = 2.0**60
"""What lost its digits counts again when it is multiplied by this much."""
MOST_PLACES = 200
"""So many places are looked at one by one; of more all are doubted."""
NEAR_ZERO = {"log", "log2", "log10", "sqrt", "cbrt", "sign"}
"""Functions that tell numbers next to 0 apart."""
SUMS: set[Key] = {ast.Add, ast.Sub, ast.UAdd, ast.USub, "sum"}
PRODUCTS: set[Key] = {ast.Mult, "prod"}
CALM = {"sin", "cos", "tanh", "atan", "sigmoid", "abs"}
"""Functions that are 1 at most at 0, and no steeper anywhere."""
COMPARISONS = CONDITIONS.keys() - {ast.And, ast.Or, ast.Not}


class Doubts:
    """Watches a formula being computed, and notes the points where its floats went astray."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        self._astray = np.zeros(shape, dtype=bool)
        self._outside = np.zeros(shape, dtype=bool)

    def watched(self, key: Key) -> Callable[..., Term]:
        """Return an operation that is watched."""
        operation = OPERATIONS[key]

        def watched(*terms: Term) -> Term:
            try:
                with np.errstate(over="raise", under="raise"):
                    result = operation(*terms)
            except FloatingPointError:
                result = operation(*terms)
                self._astray |= self._vanished(operation, terms)
            sound = np.logical_and.reduce(np.broadcast_arrays(*map(_is_finite, terms)))
            no_value = np.isnan(number(result)) & (key is not ast.Div)
            self._outside |= sound & no_value
            self._astray |= sound & ~no_value & ~_is_finite(result)
            self._astray |= sound & _revives(key, [np.abs(number(term)) for term in terms])
            return result

        return watched

    def _vanished(self, operation: Callable[..., Term], terms: Sequence[Term]) -> Mask:
        """Return where something overflowed or vanished beside what it may be multiplied by."""
        shape = self._astray.shape
        astray = np.zeros(shape, dtype=bool)
        for term in terms:
            astray |= _size(term) > LARGE
        if np.count_nonzero(astray) > MOST_PLACES:
            return astray
        for place in map(tuple, np.argwhere(astray)):  # each is what it is by itself
            try:
                with np.errstate(over="raise", under="raise"):
                    operation(*[_at(term, place, shape) for term in terms])
            except FloatingPointError:
                continue
            astray[place] = False
        return astray

    def at(self, values: Array) -> Mask:
        """Return the points in doubt, given the formula's values.

        Where a function had no value, since its argument was outside its domain, and the formula
        has none therefore, there is nothing to doubt.
        """
        return self._astray & ~(self._outside & np.isnan(values))


def harmless_within(tree: ast.expr) -> float:
    """Return how far from 0 variables may be so that what vanishes on the way does no harm; or -1.

    There no operation makes much of small numbers, and no number is large, not even a slope:
    values and gradients are those that `Doubts` would find nothing in.
    """
    # Bounds are convex: at twice the distance, 1 or more, they are bounds on slopes as well.
    distances = (2.0**power for power in range(60, -1, -4))
    return next((it for it in distances if _bound(tree, 2 * it) <= LARGE), -1.0)


def _bound(node: ast.expr, distance: float) -> float:
    """Return what no part of a formula exceeds so near to 0; infinity for more than LARGE."""
    bound = math.inf
    match node:
        case ast.Constant(value=int() | float() as value):
            bound = abs(value)
        case ast.Name():
            bound = distance
        case _:
            key, operands = parted(node)
            bounds = [_bound(operand, distance) for operand in operands]
            number = worth(operands[-1])
            if key in SUMS:
                bound = sum(bounds)
            elif key in PRODUCTS:
                bound = math.prod(bounds)
            elif key in CALM:
                bound = 1 + bounds[0]
            elif key is ast.Div and number and bounds[1] >= 1 / LARGE:
                bound = bounds[0] / bounds[1]
            elif key is ast.Pow and number and number >= 1 and bounds[0] <= LARGE ** (1 / number):
                bound = bounds[0] ** number
    return bound if bound <= LARGE else math.inf


def _is_finite(term: Term) -> Any:
    if isinstance(term, Dual):
        finite = _is_finite(term.value)
        for part in term.parts.values():
            finite = finite & _is_finite(part)
        return finite
    return np.isfinite(term)


def _at(term: Term, place: tuple[Any, ...], shape: tuple[int, ...]) -> Term:
    if isinstance(term, Dual):
        parts = {index: _at(part, place, shape) for index, part in term.parts.items()}
        return Dual(_at(term.value, place, shape), parts)
    return np.broadcast_to(term, shape)[place][np.newaxis]


def _size(term: Term) -> Any:
    """Return the largest of a value and its derivatives."""
    if isinstance(term, Dual):
        size = _size(term.value)
        for part in term.parts.values():
            size = np.fmax(size, _size(part))
        return size
    return np.abs(term)


def _revives(key: Key, sizes: list[Any]) -> Any:
    """Return where an operation makes much of a number that may have lost its digits."""
    if key in NEAR_ZERO:
        return sizes[0] < TINY
    if key is ast.Div:
        return (sizes[1] < TINY) | ((sizes[0] < TINY) & (sizes[1] < 1 / LARGE))
    if key is ast.Pow:
        return (sizes[0] < TINY) & (sizes[1] < 1)
    if key in COMPARISONS:
        return np.maximum(*sizes) < TINY
    if key is ast.Mult:
        return (np.minimum(*sizes) < TINY) & (np.maximum(*sizes) > LARGE)
    return False
