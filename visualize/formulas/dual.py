"""Numbers that carry their derivatives: forward-mode differentiation, exact to rounding.

A `Dual` is a value with its derivative along each variable (a part that is not there is 0). What
is computed with duals computes the derivatives beside the values, by the chain rule. A dual whose
value and parts are duals carries second derivatives.

Source: Griewank and Walther, Evaluating Derivatives, 2nd edition, 2008, chapter 3.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

Term = Any
"""What rules compute with: a number, an array, or a dual."""


class Dual:
    """A value, and its derivative along each variable that it depends on."""

    __array_ufunc__ = None  # NumPy leaves operations with a dual to the dual

    def __init__(self, value: Term, parts: Mapping[int, Term]) -> None:
        self.value = value
        self.parts = parts

    def __pos__(self) -> "Dual":
        return self

    def __neg__(self) -> "Dual":
        return self.chain(-self.value, -1.0)

    def __add__(self, other: Term) -> "Dual":
        if isinstance(other, Dual):
            return _combine(self.value + other.value, self, 1.0, other, 1.0)
        return Dual(self.value + other, self.parts)

    __radd__ = __add__

    def __sub__(self, other: Term) -> "Dual":
        if isinstance(other, Dual):
            return _combine(self.value - other.value, self, 1.0, other, -1.0)
        return Dual(self.value - other, self.parts)

    def __rsub__(self, other: Term) -> "Dual":
        return self.chain(other - self.value, -1.0)

    def __mul__(self, other: Term) -> "Dual":
        if isinstance(other, Dual):
            return _combine(self.value * other.value, self, other.value, other, self.value)
        return self.chain(self.value * other, other)

    __rmul__ = __mul__

    def __truediv__(self, other: Term) -> "Dual":
        if isinstance(other, Dual):
            quotient = self.value / other.value
            return _combine(quotient, self, 1 / other.value, other, -quotient / other.value)
        return self.chain(self.value / other, 1 / other)

    def __rtruediv__(self, other: Term) -> "Dual":
        quotient = other / self.value
        return self.chain(quotient, -quotient / self.value)

    def __pow__(self, other: Term) -> "Dual":
        base = self.value
        if isinstance(other, Dual):
            power = base**other.value
            slope = other.value * base ** (other.value - 1)
            return _combine(power, self, slope, other, power * _log(base))
        return self.chain(base**other, other * base ** (other - 1) if other else 0.0)

    def __rpow__(self, other: Term) -> "Dual":
        power = other**self.value
        return self.chain(power, power * np.log(other))

    def chain(self, value: Term, slope: Term) -> "Dual":
        """Return a function of this, given its value and its slope here."""
        return Dual(value, {index: slope * part for index, part in self.parts.items()})


def _combine(value: Term, a: Dual, slope_a: Term, b: Dual, slope_b: Term) -> Dual:
    return Dual(value, _sum(a.chain(value, slope_a).parts, b.chain(value, slope_b).parts))


def _sum(a: Mapping[int, Term], b: Mapping[int, Term]) -> dict[int, Term]:
    common = {index: a[index] + b[index] for index in a.keys() & b.keys()}
    return {**a, **b, **common}


def larger(a: Term, b: Term) -> Term:
    """Return the larger of two; where they are equal, the slope is the mean of both."""
    if not (isinstance(a, Dual) or isinstance(b, Dual)):
        return np.maximum(a, b)
    of_a, of_b = (term if isinstance(term, Dual) else Dual(term, {}) for term in (a, b))
    share = (1 + np.sign(_number(a) - _number(b))) / 2
    parts_a = {index: _weighted(share, part) for index, part in of_a.parts.items()}
    parts_b = {index: _weighted(1 - share, part) for index, part in of_b.parts.items()}
    return Dual(larger(of_a.value, of_b.value), _sum(parts_a, parts_b))


def _number(term: Term) -> Any:
    return _number(term.value) if isinstance(term, Dual) else term


def _weighted(share: Any, term: Term) -> Term:
    """Return a share of a slope; of none nothing comes, not even where the slope is infinite."""
    if isinstance(term, Dual):
        parts = {index: _weighted(share, part) for index, part in term.parts.items()}
        return Dual(_weighted(share, term.value), parts)
    return np.where(share == 0, 0.0, share * term)


def _log(term: Term) -> Term:
    if isinstance(term, Dual):
        return term.chain(_log(term.value), 1 / term.value)
    return np.log(term)
