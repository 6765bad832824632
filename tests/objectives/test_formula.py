"""Objectives that are formulas: settings, derivatives, differences."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from visualize.arrays import Array
from visualize.objectives._test_functions import TEST_FUNCTIONS
from visualize.objectives.formula import Formula
from visualize.objectives.objective import Ranges


def formula(expression: str, **settings: Any) -> Formula:
    """Return the objective that a formula is."""
    return Formula.model_validate({"expression": expression, **settings})


def named(name: str, **settings: Any) -> Formula:
    """Return a test function."""
    return Formula.model_validate({"name": name, **settings})


def inside(box: Ranges, count: int, seed: int = 0) -> Array:
    """Return random points of a box, the same each time."""
    low, high = np.array(box).T
    draws: Array = np.random.default_rng(seed).random((count, len(low)))
    return np.asarray(low + (high - low) * draws)


@pytest.mark.parametrize("shape", [(), (1,), (7,), (3, 4), (0,), (2, 0, 3)])
def test_points_may_have_any_shape_before_their_coordinates(shape: tuple[int, ...]) -> None:
    objective = formula("x**2 + x*y")
    points = np.random.default_rng(0).random((*shape, 2))
    assert objective.value(points).shape == shape
    assert objective.gradient(points).shape == (*shape, 2)
    assert objective.hessian(points).shape == (*shape, 2, 2)
    assert formula("x + y", gradient="central_difference").gradient(points).shape == (*shape, 2)


def test_a_constant_derivative_keeps_the_shape() -> None:
    objective = formula("3*x - 2*y")
    points = np.zeros((5, 2))
    np.testing.assert_array_equal(objective.gradient(points), np.tile([3.0, -2.0], (5, 1)))
    np.testing.assert_array_equal(objective.hessian(points), np.zeros((5, 2, 2)))


def test_derivatives_by_hand() -> None:
    objective = formula("x**2*y + sin(y)")
    x, y = 1.5, -0.5
    point = np.array([x, y])
    np.testing.assert_allclose(objective.value(point), x * x * y + np.sin(y), rtol=1e-15)
    np.testing.assert_allclose(objective.gradient(point), [2 * x * y, x * x + np.cos(y)], 1e-15)
    np.testing.assert_allclose(
        objective.hessian(point), [[2 * y, 2 * x], [2 * x, -np.sin(y)]], rtol=1e-15
    )


@given(
    st.sampled_from(["x**2/20 + y**2", "exp(x)*cos(y)", "x**3 - 3*x*y**2", "sqrt(abs(x)) + y"]),
    st.tuples(st.floats(-50, 50), st.floats(-50, 50)),
    st.sampled_from([1e-4, 1e-3, 0.5]),
)
def test_a_central_difference_is_exactly_that(
    expression: str, place: tuple[float, float], step: float
) -> None:
    objective = formula(expression, gradient="central_difference", difference_step=step)
    x, y = place

    def f(x: float, y: float) -> float:
        return float(objective.value(np.array([x, y])))

    expected = [
        (f(x + step, y) - f(x - step, y)) / (2 * step),
        (f(x, y + step) - f(x, y - step)) / (2 * step),
    ]
    np.testing.assert_array_equal(objective.gradient(np.array([x, y])), expected)


def test_a_central_difference_does_not_change_value_and_hessian() -> None:
    exact, quotient = formula("x**2*y"), formula("x**2*y", gradient="central_difference")
    points = inside(((-5, 5), (-5, 5)), 20)
    np.testing.assert_array_equal(exact.value(points), quotient.value(points))
    np.testing.assert_array_equal(exact.hessian(points), quotient.hessian(points))
    assert (exact.gradient(points) != quotient.gradient(points)).any()


def test_the_step_of_the_difference_is_a_ten_thousandth_unless_told() -> None:
    assert formula("x**2", gradient="central_difference").difference_step == 1e-4


@pytest.mark.parametrize(
    ("expression", "variables"),
    [
        ("y*x", ("x", "y")),
        ("x10 + x2 + x1", ("x1", "x2", "x10")),
        ("z + y**2", ("y", "z")),
        ("w0*x", ("w0", "x")),
    ],
)
def test_variables_come_in_natural_order(expression: str, variables: tuple[str, ...]) -> None:
    assert formula(expression).variables == variables


def test_variables_may_be_named_and_put_in_order() -> None:
    objective = formula("speed**2 + mass", variables=["speed", "mass"])
    assert objective.value(np.array([3.0, 1.0])) == 10


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("rosenbrok", "rosenbrock"),
        ("himelblau", "himmelblau"),
        ("Sphere", "sphere"),
        ("three_hump_camle", "three_hump_camel"),
    ],
)
def test_an_unknown_name_is_answered_with_the_nearest(written: str, meant: str) -> None:
    with pytest.raises(ValidationError, match=f"did you mean '{meant}'"):
        named(written)


def test_an_entry_may_be_looked_at_elsewhere() -> None:
    objective = named("rosenbrock", domain=[[-1, 2], [0, 1]])
    assert objective.domain == ((-1, 2), (0, 1))
    assert objective.minima == TEST_FUNCTIONS["rosenbrock"].minima


@pytest.mark.parametrize(
    "settings",
    [
        {"name": "sphere", "expression": "x**4"},
        {"expression": "3"},
        {"expression": "x", "domain": [[0, 1], [0, 1]]},
        {"expression": "x", "domain": [[1, 0]]},
        {"expression": "x*y", "minima": [[0]]},
        {"expression": "x", "variables": ["x", "x"]},
        {"expression": "x", "variables": ["sin"]},
        {"expression": "x", "variables": []},
        {"expression": "x", "gradient": "forward_difference"},
        {"expression": "x", "difference_step": 0},
        {"name": "sphere", "nme": "sphere"},
        {},
    ],
)
def test_settings_that_contradict_each_other_are_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Formula.model_validate(settings)


# Names of numbers


def test_constants_are_numbers_with_a_name() -> None:
    objective = formula("(a - x)**2 + b*(y - x**2)**2", constants={"a": 1, "b": 100})
    same = formula("(1 - x)**2 + 100*(y - x**2)**2")
    points = np.array([[-1.0, 2.0], [0.3, 0.7]])
    assert objective.variables == ("x", "y")
    np.testing.assert_array_equal(objective.value(points), same.value(points))
    np.testing.assert_array_equal(objective.gradient(points), same.gradient(points))
    np.testing.assert_array_equal(objective.hessian(points), same.hessian(points))
    again = Formula.model_validate(objective.model_dump(by_alias=True, exclude_none=True))
    assert {objective, again} == {again}
    assert objective != formula("(a - x)**2 + b*(y - x**2)**2", constants={"a": 2, "b": 100})


@pytest.mark.parametrize(
    ("constants", "words"),
    [
        ({"a": 1, "x": 3}, "'x' is a variable"),
        ({"a": 1, "b": 2}, "'b' is not in the formula; leave it out"),
        ({"a": "1"}, "a valid number"),
        ({"pi": 3, "a": 1}, "'pi' has a meaning in formulas"),
        ({"1a": 3}, "a name is a letter"),
        (None, "unknown name 'a'"),
        (["a"], "dictionary"),
    ],
)
def test_a_constant_that_is_none_is_told(constants: object, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        formula("a*x**2", variables=["x"], constants=constants)


def test_a_constant_may_be_the_bound_of_a_sum() -> None:
    assert formula("sum(x[i]**2 for i in 1..n)", constants={"n": 3}).variables == ("x1", "x2", "x3")


def test_a_test_function_has_no_constants() -> None:
    words = "rosenbrock has no constants; write a formula .* expression: \\(1 - x\\)"
    with pytest.raises(ValidationError, match=words):
        named("rosenbrock", constants={"a": 1, "b": 10})
