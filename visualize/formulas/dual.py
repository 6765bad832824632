"""Numbers that carry their derivatives: forward-mode differentiation, exact to rounding.

A `Dual` is a value with its derivative along each variable (a part that is not there is 0). What
is computed with duals computes the derivatives beside the values, by the chain rule. A dual whose
value and parts are duals carries second derivatives.

Source: Griewank and Walther, Evaluating Derivatives, 2nd edition, 2008, chapter 3.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from typing import Any

import numpy as np

from visualize.formulas._program import noted

Term = Any
"""What rules compute with: a number, an array or its symbol, or a dual."""


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
        if isinstance(other, int | float):
            return self.chain(base**other, other * base ** (other - 1) if other else 0.0)
        return self.chain(base**other, either(other, other * base ** (other - 1), 0.0))

    def __rpow__(self, other: Term) -> "Dual":
        power = other**self.value
        return self.chain(power, power * _log(other))

    def chain(self, value: Term, slope: Term) -> "Dual":
        """Return a function of this, given its value and its slope here."""
        return Dual(value, {index: slope * part for index, part in self.parts.items()})


def applied(
    value: Callable[..., Any],
    first: Callable[..., Sequence[Any]],
    second: Callable[..., Sequence[Sequence[Any]]],
    terms: Sequence[Term],
) -> Term:
    """Return a function of terms, given its value and derivatives as functions of arrays.

    `first` returns its slope along each argument, `second` the slopes of those.
    """
    if not any(isinstance(term, Dual) for term in terms):
        return value(*terms)
    inner = [_value(term) for term in terms]
    if any(isinstance(term, Dual) for term in inner):
        arrays = [_value(term) for term in inner]
        slopes = [
            _chained(slope, curvatures, inner)
            for slope, curvatures in zip(first(*arrays), second(*arrays), strict=True)
        ]
    else:
        slopes = list(first(*inner))
    return _chained(applied(value, first, second, inner), slopes, terms)


def chosen(shares: Sequence[Any], terms: Sequence[Term]) -> Term:
    """Return the one term that has a share above 0, or that of equal terms which have a share each.

    Slopes are mixed by the shares. Of a term without one nothing comes, not even where it or its
    slope is not finite; where no term has a share there is no value.
    """
    if not any(isinstance(term, Dual) for term in terms):
        value: Any = np.nan
        for share, term in zip(shares, terms, strict=True):
            value = _preferred(share, term, value)
        return value
    moved = [
        {index: _weighted(share, part) for index, part in term.parts.items()}
        for share, term in zip(shares, terms, strict=True)
        if isinstance(term, Dual)
    ]
    return Dual(chosen(shares, [_value(term) for term in terms]), reduce(_sum, moved))


def either(condition: Any, a: Term, b: Term) -> Term:
    """Return one term where a condition is not 0, the other elsewhere."""
    return chosen([_holds(condition), _fails(condition)], [a, b])


def number(term: Term) -> Any:
    """Return the value without its derivatives."""
    return number(term.value) if isinstance(term, Dual) else term


def _value(term: Term) -> Term:
    return term.value if isinstance(term, Dual) else term


def _chained(value: Term, slopes: Sequence[Term], terms: Sequence[Term]) -> Term:
    moved = [
        term.chain(value, slope).parts
        for slope, term in zip(slopes, terms, strict=True)
        if isinstance(term, Dual)
    ]
    return Dual(value, reduce(_sum, moved)) if moved else value


def _combine(value: Term, a: Dual, slope_a: Term, b: Dual, slope_b: Term) -> Dual:
    return Dual(value, _sum(a.chain(value, slope_a).parts, b.chain(value, slope_b).parts))


def _sum(a: Mapping[int, Term], b: Mapping[int, Term]) -> dict[int, Term]:
    common = {index: a[index] + b[index] for index in a.keys() & b.keys()}
    return {**a, **b, **common}


def _weighted(share: Any, term: Term) -> Term:
    if isinstance(term, Dual):
        parts = {index: _weighted(share, part) for index, part in term.parts.items()}
        return Dual(_weighted(share, term.value), parts)
    return _shared(share, term)


def _log(term: Term) -> Term:
    if isinstance(term, Dual):
        return term.chain(_log(term.value), 1 / term.value)
    return _logarithm(term)


_logarithm = noted(np.log)
_holds = noted(lambda condition: condition != 0)
_fails = noted(np.logical_not)


@noted
def _preferred(share: Any, array: Any, other: Any) -> Any:
    """Return the array where it has a share, else the other."""
    return np.where(share > 0, array, other)


@noted
def _shared(share: Any, array: Any) -> Any:
    """Return the array's share of a mixture: 0 without one, whatever the array is."""
    return np.where(share == 0, 0.0, share * array)
