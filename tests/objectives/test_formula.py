"""Objectives: the table of test functions, formulas and derivatives, the search for minima."""

import json
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.conftest import shared_data
from visualize import Scene
from visualize.arrays import Array
from visualize.landscapes.minima import find_minima
from visualize.objectives._test_functions import TEST_FUNCTIONS
from visualize.objectives.formula import Formula
from visualize.objectives.objective import Ranges

NO_GRADIENT = {"ackley", "bukin_6", "drop_wave"}
"""At the minima of these the gradient is undefined."""
ON_THE_EDGE = {"eggholder"}
"""The minimum of these lies on the edge of the domain, where the function still falls."""
KINKED = {"bukin_6", "cross_in_tray", "eggholder", "holder_table"}
"""These have kinks, on lines of their own."""

every_function = pytest.mark.parametrize("name", TEST_FUNCTIONS)


def formula(expression: str, **settings: Any) -> Formula:
    """Return the objective that a formula is."""
    return Formula.model_validate({"expression": expression, **settings})


def named(name: str, **settings: Any) -> Formula:
    """Return a test function."""
    return Formula.model_validate({"name": name, **settings})


def without_minima(name: str) -> Formula:
    """Return a test function that has forgotten where its minima are."""
    entry = TEST_FUNCTIONS[name]
    return formula(entry.expression, domain=entry.domain)


def inside(box: Ranges, count: int, seed: int = 0) -> Array:
    """Return random points of a box, the same each time."""
    low, high = np.array(box).T
    draws: Array = np.random.default_rng(seed).random((count, len(low)))
    return np.asarray(low + (high - low) * draws)


def differences(of: Callable[[Array], Array], points: Array, step: float) -> Array:
    """Return the derivatives by central differences of the fourth order, along a last axis."""
    derivatives = []
    for along in np.eye(points.shape[-1]) * step:
        near = of(points + along) - of(points - along)
        far = of(points + 2 * along) - of(points - 2 * along)
        derivatives.append((8 * near - far) / (12 * step))
    return np.stack(derivatives, axis=-1)


# The table


def entries() -> list[Any]:
    """Return the reference table, or nothing where this machine has none."""
    folder = shared_data()
    if folder is None:
        return []
    return list(json.loads((folder / "test_functions.json").read_text("utf-8")))


needs_data = pytest.mark.skipif(
    shared_data() is None, reason="VISUALIZE_DATA does not name a folder with test_functions.json"
)


@needs_data
def test_the_table_has_the_functions_of_the_reference() -> None:
    assert {entry["name"] for entry in entries()} <= TEST_FUNCTIONS.keys()
    assert len(entries()) == 41


@needs_data
@pytest.mark.parametrize(
    "entry", [pytest.param(entry, id=entry["name"]) for entry in entries()] or [None]
)
def test_a_function_is_that_of_the_reference(entry: dict[str, Any]) -> None:
    ours = named(entry["name"])
    theirs = formula(entry["expression"], variables=entry["variables"])
    assert ours.variables == tuple(entry["variables"])
    assert ours.domain is not None
    np.testing.assert_array_equal(np.array(ours.domain), np.array(entry["domain"]))
    points = inside(ours.domain, 500)
    np.testing.assert_allclose(ours.value(points), theirs.value(points), rtol=1e-13, atol=1e-13)
    minima = np.array(sorted(ours.minima or ())).reshape(-1, ours.dimension)
    expected = np.array(sorted(map(tuple, entry["minima"]))).reshape(-1, ours.dimension)
    np.testing.assert_allclose(minima, expected, rtol=0, atol=1e-12)
    if entry["minima"]:
        np.testing.assert_allclose(
            ours.value(minima), entry["minimum"], rtol=1e-12, atol=1e-12, equal_nan=False
        )


def test_there_are_as_many_functions_as_promised() -> None:
    assert len(TEST_FUNCTIONS) >= 41


@every_function
def test_names_are_snake_case(name: str) -> None:
    assert re.fullmatch(r"[a-z]+(_[a-z0-9]+)*", name)


@every_function
def test_an_entry_is_a_formula_with_a_domain(name: str) -> None:
    objective = named(name)
    assert objective.formula == name
    assert objective.domain is not None
    assert len(objective.domain) == objective.dimension == len(objective.variables)
    assert all(low < high for low, high in objective.domain)
    assert np.isfinite(objective.value(inside(objective.domain, 100))).all()


@every_function
def test_a_scene_takes_it_by_its_name(name: str) -> None:
    optimizers = [{"name": "sgd", "learning_rate": 0.1}]
    start = [list(inside(named(name).domain or (), 1)[0])]
    scene = Scene.model_validate({"objective": name, "start": start, "optimizers": optimizers})
    assert scene.objective == named(name)


@every_function
def test_nothing_in_the_domain_is_below_the_minima(name: str) -> None:
    objective = named(name)
    if not objective.minima:
        assert TEST_FUNCTIONS[name].note.startswith("no minimum")
        return
    assert objective.domain is not None
    minima = np.array(objective.minima, dtype=float)
    low, high = np.array(objective.domain).T
    assert ((low <= minima) & (minima <= high)).all()
    values = objective.value(minima)
    if "local" in TEST_FUNCTIONS[name].note and "only" in TEST_FUNCTIONS[name].note:
        around = tuple((x - 0.5, x + 0.5) for x in minima[0])
        assert objective.value(inside(around, 10_000)).min() >= values[0]
        return
    lowest = objective.value(inside(objective.domain, 10_000)).min()
    # What is printed with 16 digits need not be the last bit's best.
    assert (values <= lowest + 1e-12 * max(1.0, abs(lowest))).all()
    np.testing.assert_allclose(values, values[0], rtol=1e-9, atol=1e-12)


@every_function
def test_the_gradient_vanishes_at_the_minima(name: str) -> None:
    if name in NO_GRADIENT | ON_THE_EDGE:
        return
    objective = named(name)
    minima = np.array(objective.minima or (), dtype=float).reshape(-1, objective.dimension)
    gradients = objective.gradient(minima)
    scale = np.abs(objective.hessian(minima)).max(axis=(-1, -2), initial=1.0)
    assert (np.abs(gradients).max(axis=-1, initial=0) <= 1e-7 * scale).all()


@pytest.mark.parametrize("name", sorted(NO_GRADIENT))
def test_a_minimum_without_gradient_is_a_cone_or_a_kink(name: str) -> None:
    objective = named(name)
    minima = np.array(objective.minima, dtype=float)
    assert not (np.abs(objective.gradient(minima)) < 1e-7).all()
    np.testing.assert_array_less(
        objective.value(minima), objective.value(minima + 1e-3 * np.array([0.6, 0.8]))
    )


def test_eggholder_still_falls_at_the_edge_where_its_minimum_is() -> None:
    objective = named("eggholder")
    assert objective.domain is not None
    (minimum,) = np.array(objective.minima, dtype=float)
    assert minimum[0] == objective.domain[0][1]
    slope = objective.gradient(minimum)
    assert slope[0] < -1
    assert abs(slope[1]) < 1e-6
    assert objective.value(minimum + np.array([1.0, 0.0])) < objective.value(minimum)


@every_function
def test_the_gradient_is_that_of_the_central_difference(name: str) -> None:
    objective = named(name)
    assert objective.domain is not None
    points = inside(objective.domain, 200, seed=1)
    step = 1e-6 * max(high - low for low, high in objective.domain)
    found = objective.gradient(points)
    assert np.isfinite(found).all()
    wrong = np.abs(found - differences(objective.value, points, step)).max(axis=1)
    scale = np.abs(found).max() + np.abs(objective.value(points)).max()
    # A difference across a kink is no derivative; few points are so near to one.
    assert (wrong > 1e-8 * scale).mean() <= (0.02 if name in KINKED else 0)


@every_function
def test_the_hessian_is_symmetric_and_that_of_the_central_difference(name: str) -> None:
    objective = named(name)
    assert objective.domain is not None
    points = inside(objective.domain, 200, seed=2)
    found = objective.hessian(points)
    assert found.shape == (200, objective.dimension, objective.dimension)
    assert np.isfinite(found).all()
    size = np.abs(found).max(axis=(-1, -2), keepdims=True)
    assert (np.abs(found - np.swapaxes(found, -1, -2)) <= 1e-12 * size).all()
    step = 1e-6 * max(high - low for low, high in objective.domain)
    wrong = np.abs(found - differences(objective.gradient, points, step)).max(axis=(-1, -2))
    scale = np.abs(found).max() + np.abs(objective.gradient(points)).max()
    assert (wrong > 1e-7 * scale).mean() <= (0.02 if name in KINKED else 0)


# Formulas


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


# The search for minima

SMOOTH = [
    "sphere",
    "elongated_bowl",
    "tilted_bowl",
    "rosenbrock",
    "himmelblau",
    "beale",
    "booth",
    "matyas",
    "three_hump_camel",
    "six_hump_camel",
    "goldstein_price",
    "mccormick",
    "rastrigin",
    "griewank",
    "levy_13",
    "levy",
    "styblinski_tang",
    "dixon_price",
    "trid",
    "rotated_hyper_ellipsoid",
    "square",
    "cosh",
]


@pytest.mark.parametrize("name", SMOOTH)
def test_the_known_minima_are_found_without_being_told(name: str) -> None:
    known = named(name)
    assert known.domain is not None
    found = find_minima(without_minima(name), known.domain)
    lowest = np.array(sorted(minimum.point for minimum in found if minimum.is_global))
    expected = np.array(sorted(known.minima or ()), dtype=float)
    assert lowest.shape == expected.shape
    np.testing.assert_allclose(lowest, expected, rtol=0, atol=1e-6)
    np.testing.assert_allclose(
        [minimum.value for minimum in found if minimum.is_global],
        known.value(expected),
        rtol=0,
        atol=1e-10,
    )


@pytest.mark.parametrize("name", SMOOTH)
def test_whatever_is_found_is_a_minimum_and_the_lowest_comes_first(name: str) -> None:
    objective = without_minima(name)
    assert objective.domain is not None
    found = find_minima(objective, objective.domain)
    assert found
    values = [minimum.value for minimum in found]
    assert values == sorted(values)
    for minimum in found:
        point = np.array(minimum.point)
        assert np.linalg.eigvalsh(objective.hessian(point)).min() > -1e-6
        scale = max(1.0, float(np.abs(objective.hessian(point)).max()))
        assert np.abs(objective.gradient(point)).max() < 1e-6 * scale


def test_himmelblau_has_four_minima_and_no_more() -> None:
    found = find_minima(without_minima("himmelblau"), ((-5, 5), (-5, 5)))
    assert len(found) == 4
    assert all(minimum.is_global for minimum in found)


def test_six_hump_camel_has_two_global_and_four_local_minima() -> None:
    found = find_minima(without_minima("six_hump_camel"), ((-3, 3), (-2, 2)))
    assert [minimum.is_global for minimum in found] == [True] * 2 + [False] * 4


def test_minima_that_are_named_are_taken_as_they_are() -> None:
    objective = formula("x**2 + y**2", minima=[[0.5, 0.5]], domain=[[-1, 1], [-1, 1]])
    (minimum,) = find_minima(objective, ((-1, 1), (-1, 1)))
    assert minimum.point == (0.5, 0.5)
    assert minimum.value == 0.5
    assert not minimum.is_global


@pytest.mark.parametrize("told", [True, False])
@pytest.mark.parametrize("domain", [None, [[-5, 5]]])
@pytest.mark.parametrize("far", [0.9, 1.2])  # within 0.9 nothing is lower
@pytest.mark.parametrize("side", [1, -1])
def test_the_minimum_of_a_falling_cubic_is_called_local(
    told: bool, domain: Any, far: float, side: int
) -> None:
    minima = {"minima": [[-side / np.sqrt(3)]]} if told else {}
    objective = formula("x - x**3" if side == 1 else "x**3 - x", domain=domain, **minima)
    box = ((-1.1, far),) if side == 1 else ((-far, 1.1),)
    (minimum,) = find_minima(objective, box)
    np.testing.assert_allclose(minimum.point, [-side / np.sqrt(3)], rtol=0, atol=1e-12)
    np.testing.assert_allclose(minimum.value, -0.3849001794597505, rtol=1e-15)
    assert not minimum.is_global


def test_a_cosine_that_grows_has_a_local_and_a_global_minimum() -> None:
    found = find_minima(without_minima("x_cosine"), ((-10, 10),))
    assert [minimum.is_global for minimum in found] == [True, False]
    np.testing.assert_allclose(found[0].point, [7.269388146311475], rtol=0, atol=1e-9)
    np.testing.assert_allclose(found[1].point, [-1.83], rtol=0, atol=0.005)


@pytest.mark.parametrize(
    "expression",
    [
        "x**2 - y**2",
        "x**3 - 3*x*y**2",
        "x*y",
        "x**3 + y**2",
        "x + y",
        "-(x**2 + y**2)",
    ],
)
@pytest.mark.parametrize("box", [((-1, 1), (-1, 1)), ((-0.7, 1.3), (-2.1, 0.4))])
def test_a_saddle_a_slope_and_a_hill_have_no_minimum(expression: str, box: Ranges) -> None:
    assert find_minima(formula(expression), box) == ()


@pytest.mark.parametrize("expression", ["x**2*y**2", "x**2 + 0*y", "(x - y)**2", "(x*y)**4"])
@pytest.mark.parametrize("box", [((-1, 1), (-1, 1)), ((-0.7, 1.3), (-2.1, 0.4))])
def test_a_flat_valley_has_no_minimum(expression: str, box: Ranges) -> None:
    assert find_minima(formula(expression), box) == ()


@pytest.mark.parametrize("expression", ["x**3", "exp(x)", "-x**2", "x - x**3 + 9*x", "1/x"])
def test_in_one_dimension_what_only_falls_or_rises_has_no_minimum(expression: str) -> None:
    assert find_minima(formula(expression), ((-1, 1),)) == ()


def test_a_minimum_outside_the_box_is_not_found() -> None:
    assert find_minima(formula("(x - 3)**2"), ((-1, 1),)) == ()


def test_a_minimum_at_a_kink_is_found() -> None:
    (minimum,) = find_minima(formula("abs(x - 0.3) + abs(y)"), ((-1, 1), (-1, 1)))
    np.testing.assert_allclose(minimum.point, [0.3, 0], rtol=0, atol=0.02)


def test_a_minimum_of_the_fourth_order_is_found() -> None:
    (minimum,) = find_minima(formula("x**4 + y**4"), ((-1.3, 1), (-1, 1.7)))
    np.testing.assert_allclose(minimum.point, [0, 0], rtol=0, atol=0.02)
    assert minimum.is_global


def test_above_two_dimensions_only_named_minima_are_told() -> None:
    box = ((-1.0, 1.0),) * 3
    assert find_minima(formula("x**2 + y**2 + z**2"), box) == ()
    (minimum,) = find_minima(formula("x**2 + y**2 + z**2", minima=[[0, 0, 0]]), box)
    assert minimum.value == 0


def test_the_search_says_the_same_twice() -> None:
    objective = without_minima("rastrigin")
    assert objective.domain is not None
    first = find_minima(objective, objective.domain)
    assert first == find_minima(without_minima("rastrigin"), objective.domain)
