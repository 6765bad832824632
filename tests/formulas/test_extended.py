"""Where floats go astray on the way, the value and the derivatives are still right."""

import math
import time

import numpy as np
import pytest

from tests.formulas.test_functions import at
from visualize.formulas.reading import read_expression

NAN = math.nan
ACKLEY = "-20*exp(-0.2*sqrt(0.5*(x**2 + y**2))) - exp(0.5*(cos(2*pi*x) + cos(2*pi*y))) + 20 + e"


@pytest.mark.parametrize(
    ("text", "point", "value", "gradient"),
    [
        # corners
        ("sqrt(x**2 + y**2)", (0, 0), 0, (0, 0)),
        ("sqrt(x**4 + y**4)", (0, 0), 0, (0, 0)),
        ("(x**2 + y**2)**0.5", (0, 0), 0, (0, 0)),
        ("sqrt((x - 1)**2 + (y + 2)**2)", (1, -2), 0, (0, 0)),
        ("x + sqrt(x**2) + 0*y", (0, 1), 0, (1, 0)),
        ("cbrt(x**3) + y", (0, 0), 0, (1, 1)),
        ("max(0, x, y)", (0, 0), 0, (1 / 3, 1 / 3)),
        ("max(x, 0, y)", (0, 0), 0, (1 / 3, 1 / 3)),
        ("max(y, x, 0)", (0, 0), 0, (1 / 3, 1 / 3)),
        ("min(0, x, y)", (0, 0), 0, (1 / 3, 1 / 3)),
        # what overflows
        ("1/(1 + exp(-x)) + 0*y", (-720, 0), 2.0322308024e-313, (2.0322308024e-313, 0)),
        ("log(1 + exp(x)) + y", (800, 0), 800, (1, 1)),
        ("log(cosh(x)) + y", (1000, 0), 1000 - math.log(2), (1, 1)),
        ("log(exp(x) + exp(y))", (1000, 1000), 1000 + math.log(2), (0.5, 0.5)),
        ("exp(x)/exp(y)", (1000, 999), math.e, (math.e, -math.e)),
        ("sqrt(x**2 + y**2)", (3e200, 4e200), 5e200, (0.6, 0.8)),
        ("x**2*exp(-x**2) + y", (1e200, 1), 1, (0, 1)),
        ("tanh(exp(exp(x))) + y", (10, 0), 1, (0, 1)),
        (
            "max(x, 100)**max(y, 200.5)/max(x, 100)**(y + 300)",
            (-8, 0),
            1e-199,
            (0, -math.log(100) * 1e-199),
        ),
        ("log(max(x, 1e300)*max(y, 1e300)) + 0*x", (8, 1), 600 * math.log(10), (0, 0)),
        ("((x > 0) + (y > 0) + 1)/(1 + 2*(exp(x) > 0)) + 0*exp(x)", (800, 1), 1, (0, 0)),
        # what vanishes
        ("log(exp(x)) + y", (-800, 0), -800, (1, 1)),
        ("sqrt(x**2 + y**2)", (3e-200, 4e-200), 5e-200, (0.6, 0.8)),
        ("sqrt(exp(x)) + y", (-800, 0), math.exp(-400), (math.exp(-400) / 2, 1)),
        ("tanh(log(x)) + y", (1e-160, 5), 4, (4e-160, 1)),
        ("where(exp(x) > 0, x, -x) + y", (-800, 0), -800, (1, 1)),
        # what divides 0 by 0
        ("sin(x)/x + y", (0, 0), 1, (0, 1)),
        ("(exp(x) - 1)/x + y", (0, 0), 1, (0.5, 1)),
        ("exp(-1/x**2) + y", (0, 0), 0, (0, 1)),
        ("(x**2 - y**2)/(x - y)", (1, 1), 2, (1, 1)),
        # what is not chosen, and edges of domains
        ("x**2 + sqrt(max(0, x)) + y", (-1, 0), 1, (-2, 1)),
        ("acos(y**0) + x", (1, 2), 1, (1, 0)),
        ("x + 0**y", (1, 2), 1, (1, 0)),
        ("sqrt(x)*x + y", (0, 0), 0, (0, 1)),
        (ACKLEY, (0, 0), 0, (0, 0)),
    ],
)
def test_a_finite_result_is_found(
    text: str, point: tuple[float, float], value: float, gradient: tuple[float, float]
) -> None:
    values, gradients = read_expression(text, ["x", "y"]).value_and_gradient(at(*point))
    np.testing.assert_allclose(values, [value], rtol=1e-15, atol=1e-15)
    np.testing.assert_allclose(gradients, [gradient], rtol=1e-15, atol=0)
    assert read_expression(text, ["x", "y"]).value(at(*point)) == values


def test_slopes_are_right_where_the_value_cancels() -> None:
    expression = read_expression("x/(x/y) - (x + y)")
    assert expression.gradient(at(-0.7158, 1e200)).tolist() == [[-1, 0]]
    assert expression.hessian(at(-0.7158, 1e200)).tolist() == [[[0, 0], [0, 0]]]


@pytest.mark.parametrize(
    ("text", "point", "hessian"),
    [
        ("sqrt(x**4 + y**4)", (0, 0), [[2, 0], [0, 2]]),
        ("sqrt(x**2 + y**2)", (1e-200, 0), [[0, 0], [0, 1e200]]),
        ("x**2 + max(0, x)**1.5 + y", (-1, 0), [[2, 0], [0, 0]]),
        ("sin(x)/x + y**2", (0, 0), [[-1 / 3, 0], [0, 2]]),
        ("sinh(asinh(x)) + y", (1e200, 0), [[0, 0], [0, 0]]),
        ("log(exp(x) + exp(y))", (1000, 1000), [[0.25, -0.25], [-0.25, 0.25]]),
    ],
)
def test_a_finite_curvature_is_found(
    text: str, point: tuple[float, float], hessian: list[list[float]]
) -> None:
    actual = read_expression(text, ["x", "y"]).hessian(at(*point))[0]
    np.testing.assert_allclose(actual, hessian, rtol=1e-15, atol=0)


@pytest.mark.parametrize(
    ("text", "x", "value"),
    [
        ("sqrt(abs(x))", 0, 0),
        ("sqrt(x)", 0, 0),
        ("cbrt(x)", 0, 0),
        ("abs(x)/x", 0, NAN),
        ("1/x", 0, math.inf),
        ("x/(x - x)", 1, math.inf),
        ("log(x)/log(x)", -1, NAN),
        ("log(x)", 0, -math.inf),
        ("exp(exp(exp(x)))", 10, math.inf),
        ("x*log(x)", 0, 0),
    ],
)
def test_what_is_not_finite_is_not_made_finite(text: str, x: float, value: float) -> None:
    values, gradients = read_expression(text).value_and_gradient(at(x))
    np.testing.assert_array_equal(values, [value])
    assert not np.isfinite(gradients).any()


def test_a_value_that_hangs_on_the_direction_is_none() -> None:
    values, gradients = read_expression("x*y/(x**2 + y**2)").value_and_gradient(at(0, 0))
    assert np.isnan(values).all()
    assert np.isnan(gradients).all()


def test_points_are_mended_each_by_itself() -> None:
    expression = read_expression("log(1 + exp(x))")
    x = np.array([-900.0, -5, 0, 5, 800, 1e5, math.inf, NAN])
    together = expression.value_and_gradient(x[:, np.newaxis])
    for row, number in enumerate(x):
        alone = expression.value_and_gradient(at(number))
        np.testing.assert_array_equal(together[0][row], alone[0][0])
        np.testing.assert_array_equal(together[1][row], alone[1][0])


def test_one_point_without_an_axis_of_points_is_mended() -> None:
    values, gradients = read_expression("sqrt(x**2 + 1e-300*y)").value_and_gradient(
        np.array([1e-200, 0.0])
    )
    assert values == 1e-200
    assert gradients.tolist() == [1, 5e-101]


@pytest.mark.parametrize(
    "text",
    [
        "exp(-1/x**2)",
        "exp(exp(exp(exp(x))))",
        "sin(exp(exp(x)))",
        "x**(x**(1e5*x))",
        "log2(0**(cosh(x) + x))",
    ],
)
@pytest.mark.parametrize("x", [0.0, 50.0, 1e300])
def test_numbers_beyond_all_measure_are_little_work(text: str, x: float) -> None:
    expression, begin = read_expression(text), time.process_time()
    expression.value_and_gradient(at(x))
    expression.hessian(at(x))
    assert time.process_time() - begin < 2


def test_many_points_in_doubt_over_many_steps_do_not_take_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("visualize.formulas.expression.MOST_IN_ALL", 2000)
    expression = read_expression("log(1 + exp(x))")
    seen = [np.isfinite(expression.value(at(800.0 + number))).all() for number in range(400)]
    assert seen[0]
    assert not seen[-1]


def test_a_grid_in_doubt_is_left_as_floats_have_it_rather_than_taking_long() -> None:
    expression, begin = read_expression("log(1 + exp(x + y))"), time.process_time()
    values = expression.value(np.full((300, 300, 2), 500.0))
    assert time.process_time() - begin < 2
    assert np.isinf(values).all()
