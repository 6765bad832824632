"""A formula computed with more digits, and a wider range, than floats have.

Floats lose a formula where something on the way overflows, vanishes or divides 0 by 0, though the
result is finite: the value of `log(1 + exp(x))` at 800, the slope of `sqrt(x**2 + y**2)` at the
origin. There mpmath computes it. Its derivatives are limits of difference quotients, with steps so
small and so many digits that what is left out is less than a rounding of float64. At a kink the
slope is midway between its sides, at the edge of a domain it is that from inside, and where a
formula divides 0 by 0 its value is the limit, if it is the same from everywhere.
"""

import ast
import math
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache, partial, reduce
from itertools import product
from typing import NamedTuple

import numpy as np

from visualize.arrays import Array
from visualize.formulas._multiprecision import CONTEXT, OPERATIONS, Number, chosen
from visualize.formulas._tree import rule_of


class Steps(NamedTuple):
    """A small step along each variable."""

    sizes: Sequence[Number]
    deep: bool
    """Whether they are small beside every float, not only beside the point."""


GUARD = 100
"""So many of the last binary digits may be rounding."""
SAME = CONTEXT.ldexp(1, -60)
"""Up to so much, relatively, two numbers of a sequence are its limit."""
LEAST = CONTEXT.ldexp(1, -1100)
"""What is smaller is 0 as a float."""
REMEMBERED = 4096
"""How many points are remembered: runs rest, and grids are looked at again."""


class Extended:
    """A formula as a function of points, each a tuple of floats; NaN where there is no value."""

    def __init__(self, tree: ast.expr, variables: Sequence[str]) -> None:
        self._variables = variables
        self._rule = rule_of(tree, OPERATIONS.__getitem__, chosen, CONTEXT.mpf)
        self.derivatives = lru_cache(REMEMBERED)(self._derivatives)
        self._here = lru_cache(1)(partial(self._around, deep=True))
        self._center = lru_cache(2)(self._value_with)
        self._length = sum(1 for _ in ast.walk(tree))
        self.spent = 0
        """Operations done so far, about."""

    def _derivatives(self, point: tuple[float, ...], order: int) -> Array:
        """Return the value, the gradient or the Hessian: the derivatives of that order."""
        self.spent += self.work(order)
        if order == 0:
            return np.array(self._value(point))
        indices = range(len(point))
        gradient = np.array([self._slope(point, i) for i in indices])
        if order == 1:
            return gradient
        upper = {(i, j): self._second(point, i, j) for j in indices for i in range(j + 1)}
        hessian = np.array([[upper[min(i, j), max(i, j)] for j in indices] for i in indices])
        # What has no slope has no curvature, even where differences on both sides cancel.
        known = np.isfinite(gradient)
        return np.where(known & known[:, np.newaxis], hessian, np.nan)

    def work(self, order: int) -> int:
        """Return about how many operations the derivatives of an order take at a point."""
        count = len(self._variables)
        return self._length * (1, 6 * count, 12 * count**2)[order]

    def _value(self, point: tuple[float, ...]) -> float:
        for digits in (200, _digits(point, 0, deep=True)):
            with CONTEXT.workprec(digits):
                try:
                    value = self._at(point)
                except ArithmeticError:  # outside the domain, or beyond mpmath
                    return math.nan
                if CONTEXT.isfinite(value):
                    return float(value)
        return float(self._around(point, deep=False) if CONTEXT.isnan(value) else value)

    def _slope(self, point: tuple[float, ...], i: int) -> float:
        """Return the mean of the slopes on both sides along a variable, or that of one side."""
        slopes = []
        for side in (-1, 1):

            def quotient(steps: Steps, side: int = side) -> Number:
                beside, here = (self._moved(point, {i: move}, steps) for move in (side, 0))
                return _difference([beside, -here], deep=steps.deep) / (side * steps.sizes[i])

            if self._is_known(point, {i: side}):
                slopes.append(float(_limit(quotient, point, 1)))
        if not slopes:
            return math.nan
        # Halves of subnormal numbers would be rounded.
        return slopes[0] if len({*slopes}) == 1 else sum(slope / 2 for slope in slopes)

    def _is_known(self, point: tuple[float, ...], moves: Mapping[int, int]) -> bool:
        """Return whether there are values on one side of a point."""
        for deep in (False, True):
            with CONTEXT.workprec(_digits(point, 1, deep=deep)):
                steps = next(iter(_shrinking(point, deep=deep)))
                if CONTEXT.isfinite(self._moved(point, moves, steps)):
                    return True
        return False

    def _second(self, point: tuple[float, ...], i: int, j: int) -> float:
        """Return the second derivative along one variable, or two."""
        return float(
            _limit(partial(self._curvature if i == j else self._twist, point, i, j), point, 2)
        )

    def _twist(self, point: tuple[float, ...], i: int, j: int, steps: Steps) -> Number:
        """Return the difference quotient along both of two variables."""
        (left, right), (low, high) = (self._sides(point, k, steps) for k in (i, j))
        corners = [
            sign * self._moved(point, {i: across, j: up}, steps)
            for sign, across, up in (
                (1, left, low),
                (-1, left, high),
                (-1, right, low),
                (1, right, high),
            )
        ]
        return (
            _difference(corners, deep=steps.deep)
            / (steps.sizes[i] * (right - left))
            / (steps.sizes[j] * (high - low))
        )

    def _sides(self, point: tuple[float, ...], i: int, steps: Steps) -> tuple[int, int]:
        """Return between which of -1, 0 and 1 steps along a variable there are values."""
        below, above = (CONTEXT.isfinite(self._moved(point, {i: side}, steps)) for side in (-1, 1))
        return (0 if above and not below else -1), (0 if below and not above else 1)

    def _curvature(self, point: tuple[float, ...], i: int, _: int, steps: Steps) -> Number:
        """Return the second difference quotient along a variable."""
        quotient = CONTEXT.nan
        for moves in ((-1, 0, 1), (0, 1, 2), (-2, -1, 0)):
            left, middle, right = (self._moved(point, {i: move}, steps) for move in moves)
            quotient = (
                _difference([left, -2 * middle, right], deep=steps.deep) / steps.sizes[i] ** 2
            )
            if CONTEXT.isfinite(quotient):
                break
        return quotient

    def _moved(self, point: tuple[float, ...], moves: Mapping[int, int], steps: Steps) -> Number:
        """Return the value so many steps from a point; NaN where it is not finite."""
        if not any(moves.values()):
            return self._center(point, CONTEXT.prec)
        try:
            value = self._at([at + moves.get(i, 0) * steps.sizes[i] for i, at in enumerate(point)])
        except ArithmeticError:  # outside the domain, or beyond mpmath
            return CONTEXT.nan
        return value if CONTEXT.isfinite(value) else CONTEXT.nan

    def _value_with(self, point: tuple[float, ...], digits: int) -> Number:
        """Return the value at a point, computed with so many digits; NaN where it is not finite."""
        with CONTEXT.workprec(digits):
            try:
                value = self._at(point)
            except ArithmeticError:  # outside the domain, or beyond mpmath
                return CONTEXT.nan
            if CONTEXT.isnan(value):
                return self._here(point)
            return value if CONTEXT.isfinite(value) else CONTEXT.nan

    def _around(self, point: tuple[float, ...], *, deep: bool) -> Number:
        """Return the limit of the values towards a point; NaN if it is not the same from all sides.

        Sides where there are no values do not count.
        """
        count = len(point)
        axes = [[int(i == j) for j in range(count)] for i in range(count)]
        between = [[1 + j for j in range(count)], [(-1) ** j * 3 for j in range(count)]]
        limit = CONTEXT.nan
        with CONTEXT.workprec(_digits(point, 1, deep=deep)):
            for direction, side in product([*axes, *between], (-1, 1)):
                moves = {i: side * move for i, move in enumerate(direction)}
                values = [
                    self._moved(point, moves, steps) for steps in _shrinking(point, deep=deep)
                ]
                if not any(map(CONTEXT.isfinite, values)):
                    continue
                there = _settled(values)
                if not CONTEXT.isfinite(there) or abs(there - limit) > SAME * abs(there):
                    return CONTEXT.nan
                limit = there
        return limit

    def _at(self, coordinates: Iterable[Number]) -> Number:
        """Return the value at a place, NaN where it is 0/0 or the like."""
        numbers = map(CONTEXT.mpf, coordinates)
        return CONTEXT.mpf(self._rule(dict(zip(self._variables, numbers, strict=True))))


def _shrinking(point: tuple[float, ...], *, deep: bool) -> Iterable[Steps]:
    """Return three steps, each much smaller than the last.

    The first are small beside the coordinates and 1, the deep ones beside every float.
    """
    sizes = [math.frexp(coordinate)[1] for coordinate in point]
    least = min(
        [size for size, coordinate in zip(sizes, point, strict=True) if coordinate], default=0
    )
    for number in range(3):
        if deep:
            exponents = [-1200 - 64 * number] * len(point)
        else:
            whole = [size if at else least for size, at in zip(sizes, point, strict=True)]
            exponents = [min(size, 0) - 100 - 40 * number for size in whole]
        yield Steps([CONTEXT.ldexp(1, exponent) for exponent in exponents], deep)


def _digits(point: tuple[float, ...], order: int, *, deep: bool) -> int:
    """Return the binary digits that tell points so near to each other apart."""
    largest = max(0, *(math.frexp(coordinate)[1] for coordinate in point))
    return GUARD + (1500 + order * (largest + 1400) if deep else 200 + order * (largest + 200))


def _difference(terms: Sequence[Number], *, deep: bool) -> Number:
    """Return a sum of terms that nearly cancel.

    Where only roundings may be left of it: NaN; of deep steps 0, since there are no deeper ones.
    """
    total = reduce(operator.add, terms)
    largest = max(map(abs, terms))
    if largest and abs(total) < CONTEXT.ldexp(largest, GUARD - CONTEXT.prec):
        return CONTEXT.zero if deep else CONTEXT.nan
    return total


def _limit(quotient: Callable[[Steps], Number], point: tuple[float, ...], order: int) -> Number:
    """Return what a difference quotient comes to; NaN if it does not."""
    for deep in (False, True):
        with CONTEXT.workprec(_digits(point, order, deep=deep)):
            limit = _settled([quotient(steps) for steps in _shrinking(point, deep=deep)])
            if CONTEXT.isfinite(limit):
                return limit
    return CONTEXT.nan


def _settled(sequence: Sequence[Number]) -> Number:
    """Return what three numbers come to; NaN if they do not."""
    first, second, third = sequence
    if max(map(abs, sequence)) < LEAST:
        return CONTEXT.zero
    if abs(third - second) <= SAME * abs(third):
        return third
    if abs(second) <= abs(first) / 256 and abs(third) <= abs(second) / 256:
        return CONTEXT.zero
    return CONTEXT.nan
