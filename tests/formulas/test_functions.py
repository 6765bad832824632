"""Every function, and every pair of nested functions, held against mpmath."""

import math
from functools import cache

import numpy as np
import pytest

from tests.formulas.book import BOOK, MP, PLACES, Entry, Number, last_places, real
from visualize.arrays import Array
from visualize.formulas._multiprecision import OPERATIONS as EXTENDED
from visualize.formulas.expression import Expression
from visualize.formulas.functions import FUNCTIONS, NAMES, OPERATIONS
from visualize.formulas.reading import read_expression

MOST = 4.0
"""Units in the last place."""
SAMPLES = np.random.default_rng(20261128)
ELSEWHERE = [
    *SAMPLES.normal(0, 3, 12),
    *SAMPLES.uniform(-1, 1, 8),
    *10 ** SAMPLES.uniform(-9, 9, 8),
]
OF_SEVERAL = {
    *("atan2", "logsumexp", "mod", "hypot", "norm", "min", "max", "clip", "where", "sum", "prod")
}


def at(*coordinates: float) -> Array:
    return np.array([coordinates], dtype=float)


def computed(expression: Expression, x: float) -> tuple[float, float, float]:
    point = at(x)
    return (
        float(expression.value(point)[0]),
        float(expression.gradient(point)[0, 0]),
        float(expression.hessian(point)[0, 0, 0]),
    )


def test_every_function_is_held_against_the_book() -> None:
    assert BOOK.keys() | OF_SEVERAL == {*NAMES}
    assert all(function.meaning for function in FUNCTIONS.values())
    assert OPERATIONS.keys() == EXTENDED.keys() | {"where"}


@pytest.mark.parametrize("name", BOOK)
def test_a_function_is_right_to_the_last_places(name: str) -> None:
    expression, entry = read_expression(f"{name}(x)"), BOOK[name]
    seen = 0
    with MP.workprec(2600):
        for x in [*PLACES, *ELSEWHERE[::2]]:
            exact = MP.mpf(float(x))
            if real(entry.value, exact) is None or entry.breaks(exact):
                continue
            for order, (function, number) in enumerate(
                zip(entry[:3], computed(expression, float(x)), strict=True)
            ):
                there = real(function, exact)
                if there is not None:
                    seen += 1
                    assert last_places(number, there) <= MOST, (x, order)
    assert seen > 40


@cache
def inner_at(name: str, x: float) -> list[Number]:
    """Return value and derivatives of a function that stands inside of all others."""
    return [real(function, MP.mpf(x)) for function in BOOK[name][:3]]


def uncertainty(outer: Entry, inner: str, x: float) -> tuple[list[Number], list[Number]] | None:
    """Return value and derivatives of outer(inner(x)), and what a rounding of inner(x) moves.

    The latter are absolute condition numbers: of the value |f'(g) g|, and so on.
    """
    g, *of_inner = inner_at(inner, x)
    if (
        g is None
        or outer.breaks(MP.mpf(float(g)))
        or BOOK[inner].breaks(MP.mpf(x))
        or abs(MP.mag(g) if g else 0) > 1100
    ):
        return None
    of_outer = [real(function, g) for function in outer[:3]]
    if None in of_inner or None in of_outer:
        return None
    (g1, g2), (f0, f1, f2) = of_inner, of_outer
    small = abs(g) * MP.mpf(2) ** -800
    beside = [real(outer.second, g + side * small) for side in (-1, 1)]
    f3 = 0 if None in beside or not small else (beside[1] - beside[0]) / (2 * small)
    exact = [f0, f1 * g1, f2 * g1**2 + f1 * g2]
    moved = [
        abs(f1 * g),
        abs(f2 * g * g1) + abs(f1 * g1),
        abs(f3 * g * g1**2) + abs(f2 * g1**2) + abs(f1 * g2) + abs(f2 * g * g2),
    ]
    return exact, moved


@pytest.mark.parametrize("outer", BOOK)
def test_two_nested_functions_are_as_right_as_their_condition_allows(outer: str) -> None:
    seen = 0
    with MP.workprec(2600):
        for turn, inner in enumerate(BOOK):
            expression = read_expression(f"{outer}({inner}(x))")
            for x in [*PLACES, *ELSEWHERE][turn % 24 :: 24]:
                known = uncertainty(BOOK[outer], inner, float(x))
                if known is None or not np.isfinite(float(known[0][0])):
                    continue
                numbers = computed(expression, float(x))
                for order, (number, exact, moved) in enumerate(zip(numbers, *known, strict=True)):
                    if moved > abs(exact) * 2**50:
                        continue  # no digit is certain
                    seen += 1
                    assert last_places(number, exact, moved) <= MOST, (inner, x, order)
    assert seen > 60


# Functions of several arguments


@pytest.mark.parametrize(
    ("text", "same", "point"),
    [
        ("atan2(y, x)", "atan(y/x)", (1.3, 0.7)),
        ("atan2(y, x)", "atan(y/x) - pi", (-1.3, -0.7)),
        ("atan2(y, x)", "-atan(x/y) + pi/2", (-1.3, 0.7)),
        ("hypot(x, y)", "sqrt(x**2 + y**2)", (1.3, -0.7)),
        ("norm(x, y, x*y)", "sqrt(x**2 + y**2 + x**2*y**2)", (1.3, -0.7)),
        ("norm(x)*y", "abs(x)*y", (-1.3, -0.7)),
        ("logsumexp(x, y, 1)", "log(exp(x) + exp(y) + exp(1))", (1.3, -0.7)),
        ("logsumexp(x)*y", "x*y", (1.3, -0.7)),
        ("mod(x, y)", "x - 3*y", (2.5, 0.7)),
        ("mod(-x, y)", "-x + 4*y", (2.5, 0.7)),
        ("x % y", "x - 3*y", (2.5, 0.7)),
        ("clip(x*y, -1, 2)", "x*y", (1.3, -0.7)),
        ("clip(x*y, -0.5, 2) + x", "x - 0.5 + 0*y", (1.3, -0.7)),
        ("where(x > y, x**2, y)", "x**2 + 0*y", (1.3, -0.7)),
        ("where(x < y, x**2, y**3)", "0*x + y**3", (1.3, -0.7)),
        ("sum(x, y, x*y)", "x + y + x*y", (1.3, -0.7)),
        ("prod(x, y, x)", "x**2*y", (1.3, -0.7)),
        ("max(x, y, x*y)", "x + 0*y", (1.3, -0.7)),
        ("min(x, y, x*y)", "x*y", (1.3, -0.7)),
    ],
)
def test_a_function_of_several_is_what_is_written_out(
    text: str, same: str, point: tuple[float, float]
) -> None:
    one, other = read_expression(text, ["x", "y"]), read_expression(same, ["x", "y"])
    for what in ("value", "gradient", "hessian"):
        np.testing.assert_allclose(
            getattr(one, what)(at(*point)), getattr(other, what)(at(*point)), rtol=1e-13, atol=1e-14
        )


@pytest.mark.parametrize(
    ("text", "point", "value", "gradient"),
    [
        ("hypot(x, y)", (3e200, 4e200), 5e200, (0.6, 0.8)),
        ("hypot(x, y)", (3e-200, 4e-200), 5e-200, (0.6, 0.8)),
        ("hypot(x, y)", (0, 0), 0, (0, 0)),
        ("logsumexp(x, y)", (1000, 1000), 1000 + math.log(2), (0.5, 0.5)),
        ("logsumexp(x, y)", (-1000, -2000), -1000, (1, 0)),
        ("logsumexp(x, y)", (0, -50), math.exp(-50), (1, math.exp(-50))),
    ],
)
def test_a_function_of_several_is_right_far_out(
    text: str, point: tuple[float, float], value: float, gradient: tuple[float, float]
) -> None:
    values, gradients = read_expression(text).value_and_gradient(at(*point))
    np.testing.assert_allclose(values, [value], rtol=1e-15)
    np.testing.assert_allclose(gradients, [gradient], rtol=1e-15)


# Conditions


@pytest.mark.parametrize(
    ("text", "x", "value", "slope"),
    [
        ("x**2 if x > 0 else -x", -3, 3, -1),
        ("x**2 if x > 0 else -x", 3, 9, 6),
        ("x if 0 < x <= 2 else 5*x", 2, 2, 1),
        ("x if 0 < x <= 2 else 5*x", 3, 15, 5),
        ("where(x > 1 and x < 3, x, 0)", 2, 2, 1),
        ("where(x < 1 or x > 3, x, 0)", 2, 0, 0),
        ("where(not x > 1, x, 0)", 2, 0, 0),
        ("where(x == 2, 7*x, x)", 2, 14, 7),
        ("where(x != 2, 7*x, x)", 2, 2, 1),
        ("where(x >= 2, 7*x, x)", 2, 14, 7),
        ("(x > 1)*x**2", 2, 4, 4),
        ("(x > 1)*x**2", 0.5, 0, 0),
        ("where(x > 0, log(x), 0)", -1, 0, 0),
        ("where(x > 0, sqrt(x), 0)", 0, 0, 0),
        ("where(x, 1/x, 3*x)", 0, 0, 3),
    ],
)
def test_a_condition_chooses(text: str, x: float, value: float, slope: float) -> None:
    expression = read_expression(text)
    assert computed(expression, x)[:2] == (value, slope)
