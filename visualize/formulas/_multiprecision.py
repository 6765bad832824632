"""What formulas compute with, with as many digits as are asked for: mpmath's functions.

They differ from mpmath's where a real function has no complex values, where numbers are too large
for it to come back in time, and where 0 is divided by 0: that is NaN.
"""

import ast
import operator
from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any

from mpmath.ctx_mp import MPContext

from visualize.formulas._tree import Key
from visualize.formulas.functions import FUNCTIONS, OPERATORS

Number = Any
"""A number of mpmath."""
CONTEXT = MPContext()
"""Ours alone: its precision is no setting of anybody else."""
LARGEST = 4000
"""Numbers of more binary digits before the point are not put into functions."""


class OutsideError(ArithmeticError):
    """There is no real value here."""


def _measured(function: Callable[..., Number]) -> Callable[..., Number]:
    """Return a function that has no value of numbers whose digits cannot be counted."""

    def measured(*terms: Number) -> Number:
        if any(CONTEXT.isfinite(term) and term and CONTEXT.mag(term) > LARGEST for term in terms):
            return CONTEXT.nan
        return function(*terms)

    return measured


def _real(function: Callable[..., Number]) -> Callable[..., Number]:
    """Return a function that has no complex values."""

    def real(*terms: Number) -> Number:
        value = function(*terms)
        if isinstance(value, CONTEXT.mpc):
            raise OutsideError
        return value

    return real


def _quotient(a: Number, b: Number) -> Number:
    return a / b if b else CONTEXT.nan  # the side from which b comes to 0 is not known


def _power(base: Number, exponent: Number) -> Number:
    if not base:
        return CONTEXT.nan if exponent < 0 else CONTEXT.mpf(not exponent)
    if abs(exponent) < LARGEST or not CONTEXT.isfinite(exponent):
        return _real(operator.pow)(base, exponent)
    if base < 0 and not CONTEXT.isint(exponent):
        raise OutsideError
    if CONTEXT.mag(exponent) > LARGEST:
        return CONTEXT.nan if base < 0 else _exponential(exponent * (base - 1))
    with CONTEXT.extraprec(max(CONTEXT.mag(exponent), 0) + 20):
        sign = -1 if base < 0 and CONTEXT.isint((exponent + 1) / 2) else 1
        return sign * _exponential(exponent * CONTEXT.log(abs(base)))


def _exponential(x: Number) -> Number:
    """Return exp(x), also of numbers for which mpmath would take long."""
    if not CONTEXT.isfinite(x) or abs(x) < LARGEST:
        return CONTEXT.exp(x)
    size = CONTEXT.mag(x)
    if size > LARGEST:
        return CONTEXT.inf if x > 0 else CONTEXT.zero
    with CONTEXT.extraprec(size + 20):
        power = int(CONTEXT.nint(x / CONTEXT.ln2))
        rest = x - power * CONTEXT.ln2
    return CONTEXT.ldexp(CONTEXT.exp(rest), power)


def _saturated(function: Callable[[Number], Number]) -> Callable[[Number], Number]:
    """Return a function that is 1 or -1 far out."""
    return lambda x: CONTEXT.sign(x) if abs(x) > 2**20 else function(x)


def _hyperbolic_arc(function: Callable[[Number], Number], x: Number) -> Number:
    """Return the inverse of a hyperbolic function, log(2 x) far out."""
    return CONTEXT.log(2 * x) if x > 2**20 and CONTEXT.mag(x) > LARGEST else function(x)


def _cube_root(x: Number) -> Number:
    return CONTEXT.sign(x) * CONTEXT.cbrt(abs(x))


def _modulo(x: Number, y: Number) -> Number:
    if not y:
        raise OutsideError
    return x - y * CONTEXT.floor(x / y)


def _norm(*terms: Number) -> Number:
    return CONTEXT.sqrt(reduce(operator.add, [term * term for term in terms]))


def chosen(condition: Number, a: Callable[[], Number], b: Callable[[], Number]) -> Number:
    return a() if condition else b()


def _log_sum_exp(*terms: Number) -> Number:
    return CONTEXT.log(reduce(operator.add, map(_exponential, terms)))


OPERATIONS: Mapping[Key, Callable[..., Number]] = {
    **{name: _measured(getattr(CONTEXT, name)) for name in ("sin", "cos", "tan", "floor", "ceil")},
    **{
        name: _real(getattr(CONTEXT, name))
        for name in ("asin", "acos", "atan", "atan2", "atanh", "log", "log10", "log1p", "sqrt")
    },
    "asinh": lambda x: CONTEXT.sign(x) * _hyperbolic_arc(CONTEXT.asinh, abs(x)),
    "acosh": lambda x: _hyperbolic_arc(_real(CONTEXT.acosh), x),
    "exp": _exponential,
    "exp2": lambda x: _exponential(x * CONTEXT.ln2),
    "expm1": lambda x: CONTEXT.expm1(x) if abs(x) < 1 else _exponential(x) - 1,
    "sinh": lambda x: CONTEXT.sinh(x) if abs(x) < 1 else (_exponential(x) - _exponential(-x)) / 2,
    "cosh": lambda x: (_exponential(x) + _exponential(-x)) / 2,
    "tanh": _saturated(CONTEXT.tanh),
    "log2": _real(lambda x: CONTEXT.log(x) / CONTEXT.ln2),
    "cbrt": _cube_root,
    "sigmoid": lambda x: 1 / (1 + _exponential(-x)),
    "softplus": lambda x: CONTEXT.log1p(_exponential(x)),
    "sinc": _measured(CONTEXT.sincpi),
    "logsumexp": _log_sum_exp,
    "abs": abs,
    "sign": CONTEXT.sign,
    "round": _measured(CONTEXT.nint),
    "mod": _measured(_modulo),
    "hypot": _norm,
    "norm": _norm,
    "min": min,
    "max": max,
    "clip": lambda x, low, high: min(max(x, low), high),
    "sum": FUNCTIONS["sum"].of,
    "prod": FUNCTIONS["prod"].of,
    **OPERATORS,
    ast.Div: _quotient,
    ast.Pow: _power,
    ast.Lt: lambda a, b: CONTEXT.mpf(a < b),
    ast.LtE: lambda a, b: CONTEXT.mpf(a <= b),
    ast.Gt: lambda a, b: CONTEXT.mpf(a > b),
    ast.GtE: lambda a, b: CONTEXT.mpf(a >= b),
    ast.Eq: lambda a, b: CONTEXT.mpf(a == b),
    ast.NotEq: lambda a, b: CONTEXT.mpf(a != b),
    ast.And: lambda *terms: CONTEXT.mpf(all(terms)),
    ast.Or: lambda *terms: CONTEXT.mpf(any(terms)),
    ast.Not: lambda term: CONTEXT.mpf(not term),
}
