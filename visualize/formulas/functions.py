"""The one table of what formulas may contain: functions, constants, operators and comparisons.

`_multiprecision` has the same by the same names; a test holds the two together.
"""

import ast
import math
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from typing import Any, NamedTuple

import numpy as np

from visualize.formulas import _accurate
from visualize.formulas._program import each_noted, noted
from visualize.formulas._tree import Key
from visualize.formulas.dual import Dual, Term, applied, chosen, either, number

VARIABLE = re.compile(r"[xyz]|[A-Za-z][0-9]{1,9}")
"""What a variable is called where none are given."""


class Function(NamedTuple):
    """A function that formulas can call."""

    meaning: str
    """What it is, for people."""
    of: Callable[..., Term]
    """Its value, with derivatives where an argument carries them."""
    fewest: int = 1
    """How many arguments it takes at least."""
    most: float = 1
    """How many arguments it takes at most."""


def _smooth(
    meaning: str,
    value: Callable[[Any], Any],
    slope: Callable[[Any], Any],
    curvature: Callable[[Any], Any],
) -> Function:
    """Return a function of one argument, given its value and two derivatives, of arrays."""
    value, slope = noted(value), noted(slope)

    def of(term: Term) -> Term:
        if not isinstance(term, Dual):
            return value(term)
        inner = term.value
        if isinstance(inner, Dual):
            return term.chain(of(inner), inner.chain(slope(inner.value), curvature(inner.value)))
        return term.chain(value(inner), slope(inner))

    return Function(meaning, of)


def _of_several(
    meaning: str,
    value: Callable[..., Any],
    slopes: Callable[..., Sequence[Any]],
    curvatures: Callable[..., Sequence[Sequence[Any]]],
    fewest: int,
    most: float = math.inf,
) -> Function:
    """Return a function of several arguments, given its value and two derivatives, of arrays."""
    value, slopes = noted(value), each_noted(slopes)
    return Function(meaning, lambda *terms: applied(value, slopes, curvatures, terms), fewest, most)


def _maximum(*terms: Term) -> Term:
    """Return the largest; the slope where several are is the mean of theirs."""
    if not any(isinstance(term, Dual) for term in terms):
        return _largest(*terms)
    return chosen(_shares(*map(number, terms)), terms)


@noted
def _largest(*arrays: Any) -> Any:
    return reduce(np.maximum, arrays)


@each_noted
def _shares(*arrays: Any) -> Sequence[Any]:
    """Return how much each array has of being the largest: halves where two are."""
    largest = reduce(np.maximum, arrays)
    with np.errstate(invalid="ignore"):  # NaN has no largest
        ties: Any = sum(there == largest for there in arrays)
        return [np.true_divide(there == largest, ties) for there in arrays]


def _minimum(*terms: Term) -> Term:
    return -_maximum(*[-term for term in terms])


def _zero(x: Any) -> Any:
    return np.zeros(np.shape(x))


def _arc(x: Any) -> Any:
    """Return 1 / sqrt(1 - x**2); neither 1 - x nor 1 + x loses what the root needs."""
    return 1 / np.sqrt((1 - x) * (1 + x))


def _hyperbolic_arc(x: Any) -> Any:
    """Return 1 / sqrt(x**2 - 1), without overflow: from 1e8 on that is 1 / x to the last digit."""
    return np.where(x < 1e8, 1 / np.sqrt((x - 1) * (x + 1)), 1 / x)


def _hyperbolic_bend(x: Any) -> Any:
    """Return -x / sqrt(x**2 - 1)**3, without overflow."""
    squares = (x - 1) * (x + 1)
    return np.where(x < 1e8, -x / (squares * np.sqrt(squares)), -((1 / x) ** 2))


def _wide(x: Any) -> Any:
    """Return 1 / sqrt(1 + x**2), without overflow."""
    return 1 / np.hypot(1, x)


FUNCTIONS: Mapping[str, Function] = {
    "sin": _smooth("sine, of radians", np.sin, np.cos, lambda x: -np.sin(x)),
    "cos": _smooth("cosine, of radians", np.cos, lambda x: -np.sin(x), lambda x: -np.cos(x)),
    "tan": _smooth(
        "tangent, of radians",
        np.tan,
        lambda x: 1 + np.tan(x) ** 2,
        lambda x: 2 * np.tan(x) * (1 + np.tan(x) ** 2),
    ),
    "asin": _smooth("inverse sine", np.arcsin, _arc, lambda x: x * _arc(x) ** 3),
    "acos": _smooth("inverse cosine", np.arccos, lambda x: -_arc(x), lambda x: -x * _arc(x) ** 3),
    "atan": _smooth(
        "inverse tangent",
        np.arctan,
        lambda x: _wide(x) ** 2,
        lambda x: -2 * (x / (1 + x * x)) / (1 + x * x),
    ),
    "atan2": _of_several(
        "atan2(y, x): angle of the point (x, y)",
        np.arctan2,
        _accurate.angle_slopes,
        _accurate.angle_curvatures,
        fewest=2,
        most=2,
    ),
    "sinh": _smooth("hyperbolic sine", np.sinh, np.cosh, np.sinh),
    "cosh": _smooth("hyperbolic cosine", np.cosh, np.sinh, np.cosh),
    "tanh": _smooth(
        "hyperbolic tangent",
        np.tanh,
        lambda x: (1 / np.cosh(x)) ** 2,
        lambda x: -2 * np.tanh(x) * (1 / np.cosh(x)) ** 2,
    ),
    "asinh": _smooth(
        "inverse hyperbolic sine", np.arcsinh, _wide, lambda x: -(x * _wide(x)) * _wide(x) ** 2
    ),
    "acosh": _smooth(
        "inverse hyperbolic cosine",
        np.arccosh,
        _hyperbolic_arc,
        _hyperbolic_bend,
    ),
    "atanh": _smooth(
        "inverse hyperbolic tangent",
        np.arctanh,
        lambda x: 1 / ((1 - x) * (1 + x)),
        lambda x: 2 * x / ((1 - x) * (1 + x)) ** 2,
    ),
    "exp": _smooth("e to the power of x", np.exp, np.exp, np.exp),
    "exp2": _smooth(
        "2 to the power of x",
        np.exp2,
        lambda x: math.log(2) * np.exp2(x),
        lambda x: math.log(2) ** 2 * np.exp2(x),
    ),
    "expm1": _smooth("exp(x) - 1, exact near 0", np.expm1, np.exp, np.exp),
    "log": _smooth("natural logarithm", np.log, lambda x: 1 / x, lambda x: -((1 / x) ** 2)),
    "log2": _smooth(
        "logarithm to base 2",
        np.log2,
        lambda x: 1 / math.log(2) / x,
        lambda x: -1 / math.log(2) / x / x,
    ),
    "log10": _smooth(
        "logarithm to base 10",
        np.log10,
        lambda x: 1 / math.log(10) / x,
        lambda x: -1 / math.log(10) / x / x,
    ),
    "log1p": _smooth(
        "log(1 + x), exact near 0",
        np.log1p,
        lambda x: 1 / (1 + x),
        lambda x: -((1 / (1 + x)) ** 2),
    ),
    "sqrt": _smooth(
        "square root",
        np.sqrt,
        lambda x: 0.5 / np.sqrt(x),
        lambda x: -0.25 / np.sqrt(x) / x,
    ),
    "cbrt": _smooth(
        "cube root, of negative numbers too",
        np.cbrt,
        lambda x: 1 / (3 * np.cbrt(x) ** 2),
        lambda x: -2 / 9 / np.cbrt(x) ** 2 / x,
    ),
    "sigmoid": _smooth(
        "1 / (1 + exp(-x))",
        _accurate.sigmoid,
        _accurate.sigmoid_slope,
        _accurate.sigmoid_curvature,
    ),
    "softplus": _smooth(
        "log(1 + exp(x))", _accurate.softplus, _accurate.sigmoid, _accurate.sigmoid_slope
    ),
    "logsumexp": _of_several(
        "logsumexp(a, b, ...): log(exp(a) + exp(b) + ...)",
        _accurate.log_sum_exp,
        _accurate.soft_max,
        _accurate.soft_max_slopes,
        fewest=1,
    ),
    "sinc": _smooth(
        "sin(pi*x) / (pi*x), 1 at 0",
        _accurate.sinc,
        _accurate.sinc_slope,
        _accurate.sinc_curvature,
    ),
    "abs": _smooth("absolute value", np.abs, np.sign, _zero),
    "sign": _smooth("-1, 0 or 1", np.sign, _zero, _zero),
    "floor": _smooth("the next whole number below", np.floor, _zero, _zero),
    "ceil": _smooth("the next whole number above", np.ceil, _zero, _zero),
    "round": _smooth("the nearest whole number, halves to the even one", np.round, _zero, _zero),
    "mod": _of_several(
        "mod(x, y), also x % y: the rest of x / y, with the sign of y",
        np.mod,
        lambda x, y: [np.ones(np.shape(x)), -np.floor(x / y)],
        lambda x, y: [[_zero(x), _zero(y)], [_zero(x), _zero(y)]],
        fewest=2,
        most=2,
    ),
    "hypot": _of_several(
        "hypot(x, y, ...): sqrt(x**2 + y**2 + ...)",
        _accurate.norm,
        _accurate.norm_slopes,
        _accurate.norm_curvatures,
        fewest=2,
    ),
    "norm": _of_several(
        "norm(x, y, ...): the same as hypot",
        _accurate.norm,
        _accurate.norm_slopes,
        _accurate.norm_curvatures,
        fewest=1,
    ),
    "min": Function("min(a, b, ...): the smallest", _minimum, 2, math.inf),
    "max": Function("max(a, b, ...): the largest", _maximum, 2, math.inf),
    "clip": Function(
        "clip(x, low, high): x, kept between two bounds",
        lambda x, low, high: _minimum(_maximum(x, low), high),
        3,
        3,
    ),
    "where": Function(
        "where(x > 0, a, b), also a if x > 0 else b: a where the condition holds, else b",
        lambda condition, a, b: either(number(condition), a, b),
        3,
        3,
    ),
    "sum": Function(
        "sum(x[i]**2 for i in 1..10): the sum of x1**2 to x10**2; also sum(a, b, ...)",
        lambda *terms: reduce(operator.add, terms),
        2,
        math.inf,
    ),
    "prod": Function(
        "prod(x[i] for i in 1..10): the product of x1 to x10; also prod(a, b, ...)",
        lambda *terms: reduce(operator.mul, terms),
        2,
        math.inf,
    ),
}
"""What can be called by name. At a kink the slope is midway between those beside it."""


def _condition(compare: Callable[..., Any]) -> Callable[..., Term]:
    """Return a condition, worth 1 where it holds and 0 elsewhere."""
    holds = noted(lambda *arrays: np.where(compare(*arrays), 1.0, 0.0))
    return lambda *terms: holds(*map(number, terms))


CONDITIONS: Mapping[Key, Callable[..., Term]] = {
    ast.Lt: _condition(np.less),
    ast.LtE: _condition(np.less_equal),
    ast.Gt: _condition(np.greater),
    ast.GtE: _condition(np.greater_equal),
    ast.Eq: _condition(np.equal),
    ast.NotEq: _condition(np.not_equal),
    ast.And: _condition(lambda *terms: reduce(np.logical_and, terms)),
    ast.Or: _condition(lambda *terms: reduce(np.logical_or, terms)),
    ast.Not: _condition(np.logical_not),
}
"""What compares, and what joins comparisons."""
CONSTANTS = {"pi": math.pi, "e": math.e}
OPERATORS: Mapping[Key, Callable[..., Term]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.UAdd: operator.pos,
    ast.USub: operator.neg,
}
OPERATIONS: Mapping[Key, Callable[..., Term]] = {
    **OPERATORS,
    **CONDITIONS,
    **{name: function.of for name, function in FUNCTIONS.items()},
}
"""All that formulas compute with."""
NAMES = tuple(FUNCTIONS)
"""What can be called."""
