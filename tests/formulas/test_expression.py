"""Formulas: what they are worth, and their derivatives."""

import math
import pickle
import re
import sys
from collections.abc import Callable
from fractions import Fraction
from functools import partial
from types import FrameType
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from visualize.arrays import Array
from visualize.errors import ExpressionError
from visualize.formulas.expression import Expression
from visualize.formulas.functions import CONSTANTS, FUNCTIONS
from visualize.formulas.reading import read_expression

MOST_CALLS = 300_000

IMPOSSIBLE = [
    ("log(x)", -1.0),
    ("log(x)", 0.0),
    ("log10(x)", -1.0),
    ("sqrt(x)", -1.0),
    ("sqrt(-1 - x**2)", 1.0),
    ("asin(x)", 2.0),
    ("acos(2 + x**2)", 2.0),
    ("x**0.5", -1.0),
    ("x**-1", 0.0),
    ("1/x", 0.0),
    ("x**x", -0.5),
    ("0**x", 0.5),
    ("(-1)**x", 0.5),
    ("(-8)**(x/3)", 0.7),
    ("(-0.5)**(x**2)", 0.7),
    ("1/(x - x)", 1.0),
    ("atan(x/(x - x))", 1.0),
    ("log(x - x)", 1.0),
    ("exp(exp(exp(x)))", 10.0),
    ("x**4000", 10.0),
    ("x**-4000", 0.1),
    ("tan(1/x)", 0.0),
    ("x", math.inf),
    ("sin(x)", math.inf),
    ("x - x**3", math.nan),
    ("max(log(x), x)", -1.0),
    ("max(log(-1 - x**2), x)", 1.0),
    ("sign(x)", math.nan),
    ("abs(sqrt(x))", -1.0),
    ("log(sign(x))", -1.0),
]
"""Formulas and places where something has no finite value."""


def at(*coordinates: float) -> Array:
    return np.array([coordinates], dtype=float)


def with_little_work(compute: Callable[[], Any], most: int = MOST_CALLS) -> Any:
    """Return what is computed; fail after so many calls that it might never end."""
    calls = 0

    def count(frame: FrameType, event: str, _: object) -> None:
        nonlocal calls
        calls += 1
        if calls > most:
            sys.setprofile(None)
            pytest.fail(f"more than {most} calls, in {frame.f_code.co_name} by {event}")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        return compute()
    finally:
        sys.setprofile(before)


def central_difference(expression: Expression, points: Array, step: float) -> Array:
    """Return the gradient as (f(x + h) - f(x - h)) / 2h."""
    sides = np.eye(len(expression.variables)) * step
    columns = [
        (expression.value(points + side) - expression.value(points - side)) / (2 * step)
        for side in sides
    ]
    return np.stack(columns, axis=-1)


# Values and derivatives


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("x + 2*y", 2 + 2 * 3.0),
        ("x - y - x", -3.0),
        ("x/y/2", 2 / 3 / 2),
        ("-x**2", -4.0),
        ("(-x)**2", 4.0),
        ("x**y**2", 2.0**9),
        ("2**-x", 0.25),
        ("+x - -y", 5.0),
        ("x**3 - y**2", -1.0),
        ("x\n  + y", 5.0),
        ("  x + y\t", 5.0),
        ("1e-3*x + .5*y + 2.*x", 0.002 + 1.5 + 4.0),
        ("pi*x + e*y", math.pi * 2 + math.e * 3),
        ("max(x, y, 2.5) + min(x, y, 2.5)", 5.0),
        ("sin(x)**2 + cos(x)**2 + 0*y", 1.0),
        ("x*(x + 1)*(y - 1)", 12.0),
    ],
)
def test_arithmetic_is_read_as_it_is_written(text: str, value: float) -> None:
    expression = read_expression(text, ["x", "y"])
    assert expression.value(at(2, 3))[0] == pytest.approx(value, rel=1e-15)


def test_a_hessian_is_symmetric_and_mixed() -> None:
    expression = read_expression("x**3*y + x*y**2 + exp(x*y)")
    x, y = 0.3, -1.2
    mixed = 3 * x**2 + 2 * y + (1 + x * y) * math.exp(x * y)
    np.testing.assert_allclose(
        expression.hessian(at(x, y))[0],
        [
            [6 * x * y + y**2 * math.exp(x * y), mixed],
            [mixed, 2 * x + x**2 * math.exp(x * y)],
        ],
        rtol=1e-14,
    )


@pytest.mark.parametrize(
    "text",
    [
        "(1 - x)**2 + 100*(y - x**2)**2",
        "sin(x + y) + (x - y)**2 - 1.5*x + 2.5*y + 1",
        "-20*exp(-0.2*sqrt((x**2 + y**2)/2)) - exp((cos(2*pi*x) + cos(2*pi*y))/2) + e + 20",
        "x**y + y**x",
        "log(x*y)/log10(x + y)",
        "tanh(x)*atan(y) - sinh(y)/cosh(x)",
        "abs(x - 2*y)*max(x, y**2)",
        "sqrt(x**2) + (y**2)**0.5",
        "log(x**2) + log(y**4)",
        "abs(sin(x)*cos(y)*exp(abs(1 - sqrt(x**2 + y**2)/pi)))",
        "abs(sqrt(x))*y",
        "abs(log(x)) + y**2",
        "abs(asin(x/2)) + y",
        "abs(x**0.5 - y)",
        "abs(x**y - 1)",
        "sign(log(x))*y + x",
        "max(sqrt(x), log(y))",
        "min(x, y)*max(log(x), asin(y/3))",
        "max(x, y, x*y, x**2, sin(x))",
        "max(abs(x), abs(y), abs(x + y))",
        "(abs(x) + abs(y))**1.5",
        "abs(log(abs(x - 3)))*y",
        "log(abs(log(x))) + y",
        "atan(x/y) + acos(x/4)",
    ],
)
def test_derivatives_are_those_of_the_values(text: str) -> None:
    expression, step = read_expression(text), 1e-5
    points = np.array([[0.7, 1.3], [1.7, 0.4]])
    gradient = expression.gradient(points)
    expected = central_difference(expression, points, step)
    np.testing.assert_allclose(gradient, expected, rtol=1e-7, atol=1e-7)
    columns = [
        expression.gradient(points + side) - expression.gradient(points - side)
        for side in np.eye(2) * step
    ]
    np.testing.assert_allclose(
        expression.hessian(points),
        np.stack(columns, axis=-1) / (2 * step),
        rtol=1e-6,
        atol=1e-6,
    )


@pytest.mark.parametrize("point", [(-0.7, -1.3), (-1.7, 0.4)])
@pytest.mark.parametrize("text", ["sqrt(x**2) + y", "(x**2)**0.5*y", "log(x**2)", "x**2*abs(x)"])
def test_derivatives_are_right_left_of_zero_too(text: str, point: tuple[float, float]) -> None:
    expression = read_expression(text, ["x", "y"])
    expected = central_difference(expression, at(*point), 1e-5)
    np.testing.assert_allclose(expression.gradient(at(*point)), expected, rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize(
    ("text", "point", "gradient"),
    [
        ("abs(x)", (0,), [0]),
        ("abs(x) + y", (0, 1), [0, 1]),
        ("sign(x)", (0,), [0]),
        ("sign(x)*y", (0, 1), [0, 0]),
        ("max(x, y)", (1, 1), [0.5, 0.5]),
        ("min(x, y)", (1, 1), [0.5, 0.5]),
        ("max(x, y)", (2, 1), [1, 0]),
        ("min(x, y)", (2, 1), [0, 1]),
        ("max(x, y)", (1, 2), [0, 1]),
        ("max(x, 0)", (0,), [0.5]),
        ("x**2*sign(x)", (0,), [0]),
    ],
)
def test_at_a_kink_the_gradient_is_midway(
    text: str, point: tuple[float, ...], gradient: list[float]
) -> None:
    expression = read_expression(text)
    np.testing.assert_array_equal(expression.gradient(at(*point))[0], gradient)


@pytest.mark.parametrize("text", ["max(1, sqrt(x))", "max(1, log(x))", "min(2, 1/x)"])
def test_what_is_not_chosen_lends_no_slope(text: str) -> None:
    assert read_expression(text).gradient(at(0)).tolist() == [[0]]


@pytest.mark.parametrize("text", ["abs(x)", "max(x, 0)", "min(0, x)", "sign(x)"])
def test_a_kink_has_no_curvature(text: str) -> None:
    points = np.array([[-1.0], [0.0], [1.0]])
    assert not read_expression(text).hessian(points).any()


# Exactness


@pytest.mark.parametrize("x", [1.0, -5.0, 0.3, 7.0, -0.1, 1e-300, 123456.789])
def test_the_gradient_of_a_decimal_is_exact_to_rounding(x: float) -> None:
    expression = read_expression("0.1*x**2")
    assert expression.gradient(at(x))[0, 0] == pytest.approx(float(Fraction(x) / 5), rel=2.3e-16)
    assert expression.hessian(at(x))[0, 0, 0] == 0.2


@pytest.mark.parametrize(
    ("text", "slope"),
    [
        ("0.1*x**2 + 0.2*x**2", "6/10"),
        ("x**2/20", "1/10"),
        ("x**2/10 + 2*x**2", "42/10"),
        ("1/3*3*x", "1"),
        ("(0.1*0.1 + 0.1)*x", "11/100"),
        ("x*1.1**2", "121/100"),
        ("x**7/7", "1"),
        ("(x + 1)**10", "5120"),
    ],
)
def test_slopes_are_exact_to_a_few_roundings(text: str, slope: str) -> None:
    exact = float(Fraction(slope))
    assert read_expression(text).gradient(at(1))[0, 0] == pytest.approx(exact, rel=5e-16)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.1*x", 0.1),
        ("x*1/3", 1 / 3),
        ("x*(1/3)", 1 / 3),
        ("pi*x", math.pi),
        ("2*pi*x", 2 * math.pi),
        ("e*x", math.e),
        ("sqrt(2)*x", math.sqrt(2)),
        ("-0.1*x", -0.1),
        ("max(1/3, 0.3)*x", 1 / 3),
        ("x*2**53", 2.0**53),
        ("x*2**1000", 2.0**1000),
        ("x*10**22", 1e22),
        ("x*7**18", 7.0**18),
        ("x*1e-320", 1e-320),
    ],
)
def test_a_constant_is_the_nearest_number(text: str, value: float) -> None:
    assert read_expression(text).value(at(1))[0] == value


@pytest.mark.parametrize(
    "text", ["3", "pi", "2*pi + 1", "sin(1)", "max(1, 2)", "-(1 - 1)", "1/3", "2**0.5", "10**-400"]
)
def test_what_has_no_variable_is_constant(text: str) -> None:
    expression = read_expression(text, ["x"])
    assert expression.is_constant
    assert not read_expression(f"x + {text}").is_constant
    assert not expression.gradient(at(1)).any()


def test_value_and_gradient_at_once_are_the_two_to_the_bit() -> None:
    points = np.random.default_rng(1).normal(size=(50, 1))
    for name in SMOOTH:
        expression = read_expression(f"{name}(x)")
        values, gradients = expression.value_and_gradient(points)
        assert values.tobytes() == expression.value(points).tobytes(), name
        assert gradients.tobytes() == expression.gradient(points).tobytes(), name


def test_a_formula_that_was_used_can_be_sent_to_another_process() -> None:
    expression = read_expression("x**2 + sin(y)")
    before = expression.value(at(2, 3))
    again = pickle.loads(pickle.dumps(expression))  # noqa: S301  # we wrote it
    assert again == expression
    assert again.value(at(2, 3)) == before


# Shapes


@pytest.mark.parametrize("shape", [(), (5,), (3, 4), (0,), (2, 1, 3)])
def test_shapes_follow_the_points(shape: tuple[int, ...]) -> None:
    points = np.random.default_rng(0).normal(size=(*shape, 2))
    for text in ("x*y", "x + y", "2*x", "sin(x)*y**2", "max(x, 1)"):
        expression = read_expression(text, ["x", "y"])
        for array, more in (
            (expression.value(points), ()),
            (expression.gradient(points), (2,)),
            (expression.hessian(points), (2, 2)),
        ):
            assert array.shape == (*shape, *more), text
            assert array.dtype == np.float64, text


def test_a_constant_derivative_fills_the_grid() -> None:
    expression = read_expression("x + y")
    points = np.random.default_rng(0).normal(size=(3, 4, 2))
    np.testing.assert_array_equal(expression.gradient(points), np.ones((3, 4, 2)))
    np.testing.assert_array_equal(expression.hessian(points), np.zeros((3, 4, 2, 2)))


def test_a_constant_value_fills_the_grid() -> None:
    expression = read_expression("3", ["x", "y"])
    np.testing.assert_array_equal(expression.value(np.zeros((3, 4, 2))), np.full((3, 4), 3.0))


def test_points_are_left_as_they_were() -> None:
    points = np.arange(6.0).reshape(3, 2)
    points.flags.writeable = False
    expression = read_expression("x**2 + y")
    expression.value(points), expression.gradient(points), expression.hessian(points)
    np.testing.assert_array_equal(points, np.arange(6.0).reshape(3, 2))


def test_a_value_is_not_the_points_own_memory() -> None:
    points = np.array([[1.0], [2.0]])
    read_expression("x").value(points)[:] = 7
    assert points.tolist() == [[1.0], [2.0]]


# Where there is no finite value


def test_no_value_is_infinity_or_nan_and_no_warning() -> None:
    for text, x in IMPOSSIBLE:
        expression = read_expression(text)
        assert expression.value(at(x)).shape == (1,), text
        assert expression.gradient(at(x)).shape == (1, 1), text
        assert expression.hessian(at(x)).shape == (1, 1, 1), text


@pytest.mark.parametrize(
    ("text", "x", "value"),
    [
        ("log(x)", 0, -math.inf),
        ("1/x", 0, math.inf),
        ("log(x)", -1, math.nan),
        ("sqrt(x)", -1, math.nan),
        ("x**0.5", -1, math.nan),
        ("exp(x)", 1000, math.inf),
        ("asin(x)", 2, math.nan),
        ("(-1)**x", 0.5, math.nan),
    ],
)
def test_where_there_is_no_finite_value_it_says_so(text: str, x: float, value: float) -> None:
    np.testing.assert_equal(read_expression(text).value(at(x))[0], value)


@pytest.mark.parametrize(
    ("text", "x"),
    [("log(x)", -1), ("sqrt(x)", -1), ("asin(x)", 2), ("(-1)**x", 0.5), ("1/x", 0)],
)
def test_there_is_no_slope_where_there_is_no_value(text: str, x: float) -> None:
    expression = read_expression(text)
    if text != "log(x)":  # 1/x is finite left of 0, too
        assert not np.isfinite(expression.gradient(at(x))).any()


@pytest.mark.parametrize(
    "text",
    [
        "max(" + ", ".join(f"abs(x{i})" for i in range(8)) + ")",
        "*".join(f"sin({i}*x)" for i in range(1, 60)),
        "min(max(x, y), max(y, z), max(x, z))**2 + max(x*y, y*z, z*x, x)",
    ],
    ids=["maximum norm", "product", "nested"],
)
def test_derivatives_of_an_allowed_formula_are_no_endless_work(text: str) -> None:
    expression = read_expression(text)
    points = np.linspace(0.1, 0.9, len(expression.variables))[np.newaxis]
    assert np.isfinite(with_little_work(lambda: expression.gradient(points))).all()
    assert np.isfinite(with_little_work(lambda: expression.hessian(points))).all()


# Whatever is written


NUMBERS = st.sampled_from(["1", "2", "3", "0.1", "0.5", "1.5", "7", "1e-2", "pi", "e"])
VARIABLES = st.sampled_from(["x", "y", "x", "y", "x2"])
KINKS = ["abs", "sign", "floor", "ceil", "round"]
SMOOTH = sorted(name for name, entry in FUNCTIONS.items() if entry.most == 1 and name not in KINKS)


def formulas(*, kinks: bool) -> st.SearchStrategy[str]:
    """Return formulas built by the grammar."""

    def larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        sums = st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda it: f"({' '.join(it)})")
        powers = st.tuples(inner, st.sampled_from(["2", "3", "0.5", "-1", "-2", "(1/3)", "x"]))
        calls = st.tuples(st.sampled_from([*SMOOTH, *(KINKS if kinks else [])]), inner)
        pairs = st.tuples(st.sampled_from(["min", "max"]), inner, inner)
        return st.one_of(
            sums,
            sums,
            powers.map(lambda it: f"({it[0]})**{it[1]}"),
            calls.map(lambda it: f"{it[0]}({it[1]})"),
            inner.map(lambda it: f"(-{it})"),
            *([pairs.map(lambda it: f"{it[0]}({it[1]}, {it[2]})")] if kinks else []),
        )

    return st.recursive(VARIABLES | NUMBERS, larger, max_leaves=6)


def check_gradient(text: str, coordinates: tuple[float, float, float]) -> None:
    """Hold the gradient against central differences, where two of those agree."""
    assume(not re.search(r"\((\w+) [-/] \1\)", text))  # on the edge of acos, sqrt, ... everywhere
    try:
        expression = read_expression(text, ["x", "y", "x2"])
    except ExpressionError:
        return  # a constant part of it has no value
    points = at(*coordinates)
    gradient = expression.gradient(points)
    assert gradient.shape == points.shape
    with np.errstate(all="ignore"):
        wide, near = (central_difference(expression, points, step) for step in (2e-4, 1e-4))
        better = (4 * near - wide) / 3
        value = expression.value(points)[:, np.newaxis]
        scale = 1 + np.abs(better) + np.abs(value)
        smooth = np.isfinite(value) & (np.abs(wide - near) < 1e-6 * scale)
    assume(smooth.any())
    difference = np.abs(gradient - better)
    assert (difference[smooth] < 1e-5 * scale[smooth]).all()


coordinates = st.tuples(*[st.floats(-2, 2).map(lambda x: round(x, 3))] * 3).map(
    lambda it: (it[0] + 0.00012, it[1] + 0.00034, it[2] + 0.00056)  # never two alike
)


@settings(deadline=None, derandomize=True, max_examples=40)
@given(text=formulas(kinks=False), point=coordinates)
def test_gradients_of_smooth_formulas_are_those_of_the_values(
    text: str, point: tuple[float, float, float]
) -> None:
    check_gradient(text, point)


@settings(deadline=None, derandomize=True, max_examples=60)
@given(text=formulas(kinks=True), point=coordinates)
def test_gradients_of_formulas_with_kinks_are_those_of_the_values(
    text: str, point: tuple[float, float, float]
) -> None:
    check_gradient(text, point)


def of_real_numbers(function: Callable[..., float]) -> Callable[..., float]:
    def checked(*arguments: float) -> float:
        if any(isinstance(argument, complex) for argument in arguments):
            raise TypeError("a complex number")
        with np.errstate(all="ignore"):
            number = float(function(*arguments))
        if not math.isfinite(number):
            raise ValueError("no finite number")
        return number

    return checked


@settings(deadline=None, derandomize=True, max_examples=200)
@given(text=formulas(kinks=True))
def test_a_formula_by_the_grammar_is_worth_what_python_says(text: str) -> None:
    names = {"x": 0.7, "y": -1.3, "x2": 2.1}
    try:
        expression = read_expression(text, list(names))
    except ExpressionError:
        return
    functions = {name: of_real_numbers(entry.of) for name, entry in FUNCTIONS.items()}
    known: dict[str, object] = CONSTANTS | names | functions | {"__builtins__": {}}
    try:
        expected = eval(text, known)  # noqa: S307  # the grammar's own text
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return  # a complex number, or none
    assume(not isinstance(expected, complex))
    actual = expression.value(at(*names.values()))[0]
    assert actual == pytest.approx(expected, rel=1e-9, abs=1e-9, nan_ok=True)


@pytest.mark.parametrize("text", ["x**(y > 0)", "x**where(y > 0, 2, 3)", "2*x**(1 - (y > 1))"])
def test_an_exponent_may_depend_on_a_condition(text: str) -> None:
    expression = read_expression(text, ["x", "y"])
    points = np.array([[1.5, 2.0], [3.0, -4.0], [0.5, 0.7]])
    expected = central_difference(expression, points, 1e-6)
    np.testing.assert_allclose(expression.gradient(points), expected, atol=1e-8)
    assert np.isfinite(expression.hessian(points)).all()


def test_a_gradient_is_no_more_work_than_its_terms_in_many_variables() -> None:
    expression = read_expression("sum(x[i]**2 + x[i] for i in 1..200)")
    points = np.ones((1, 200))
    expression.gradient(points)
    with_little_work(lambda: expression.gradient(points), most=200 * 20)


@pytest.mark.parametrize(
    ("text", "far"),
    [
        ("x**2/20 + y**2", 1e8),
        ("20 + x**2 - 10*cos(2*pi*x) + y**2 - 10*cos(2*pi*y)", 1e8),
        ("x**2*y + sum(x, y**1.5)", 1e4),
    ],
)
def test_next_to_0_a_formula_is_no_more_work_than_elsewhere(text: str, far: float) -> None:
    expression = read_expression(text)
    for point in (at(1e-170, 5e-324), at(-1e-200, far)):
        expression.value_and_gradient(point)
        with_little_work(partial(expression.value_and_gradient, point), most=150)


@pytest.mark.parametrize(
    ("text", "point", "gradient"),
    [
        ("1e300*x**2 + y", (1e-170, 1.0), [2e130, 1.0]),
        ("(x*y)**2", (1e-200, 1e200), [2e200, 2e-200]),
        ("sqrt(x**2) + y", (1e-170, 1.0), [1.0, 1.0]),
        ("x**2/1e-300 + y", (1e-200, 1.0), [2e100, 1.0]),
    ],
)
def test_what_vanishes_counts_where_it_is_made_much_of(
    text: str, point: tuple[float, ...], gradient: list[float]
) -> None:
    np.testing.assert_allclose(read_expression(text).gradient(at(*point))[0], gradient, rtol=1e-14)
