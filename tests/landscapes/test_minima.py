"""The search for minima."""

from functools import cache
from typing import Any

import numpy as np
import pytest

from tests.objectives.test_formula import formula, named
from tests.objectives.test_test_functions import entries
from visualize.arrays import Array
from visualize.landscapes.minima import Minimum, find_minima
from visualize.objectives._test_functions import TEST_FUNCTIONS
from visualize.objectives.formula import Formula
from visualize.objectives.objective import Ranges


def without_minima(name: str) -> Formula:
    """Return a test function that has forgotten where its minima are."""
    entry = TEST_FUNCTIONS[name]
    return formula(entry.expression, domain=entry.domain)


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


@cache
def found_in(name: str) -> tuple[Minimum, ...]:
    """Return what is found where a test function is usually looked at."""
    objective = without_minima(name)
    assert objective.domain is not None
    return find_minima(objective, objective.domain)


@pytest.mark.parametrize("name", SMOOTH)
def test_the_known_minima_are_found_without_being_told(name: str) -> None:
    known, found = named(name), found_in(name)
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
    objective, found = without_minima(name), found_in(name)
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
    assert find_minima(objective, objective.domain) == found_in("rastrigin")


TYPED = {entry["name"]: entry for entry in entries()}
"""The reference's functions, as somebody types them."""
FALLING_AT_ITS_EDGE = {"eggholder"}
OTHERS: dict[str, tuple[str, Any, list[Any]]] = {
    "a long bent valley": ("(1 - x)**2 + 100*(y - x**2)**2", ((-10, 10), (-10, 10)), [[1, 1]]),
    "leon": ("100*(y - x**3)**2 + (1 - x)**2", ((-10, 10), (-10, 10)), [[1, 1]]),
    "cube": ("100*(y - x**3)**2 + (1 - x)**2", ((-1.2, 1.2), (-1.2, 1.2)), [[1, 1]]),
    "a sharp valley": ("abs(x - y) + 0.01*abs(x)", ((-1, 1.1), (-1, 1.1)), [[0, 0]]),
    "a cone": ("sqrt(x**2 + y**2)", ((-3, 3.5), (-3, 3.5)), [[0, 0]]),
    "a cusp": ("(x**2)**0.25 + (y**2)**0.25", ((-1, 1.3), (-1, 1.3)), [[0, 0]]),
    "steep in one direction": ("x**2 + 1e6*y**2", ((-1, 1.3), (-1, 1.3)), [[0, 0]]),
    "poles": ("1/x + x + 1/y + y", ((-4, 4), (-4, 4)), [[1, 1]]),
    "a pole in one": ("1/x + x", ((-4, 4),), [[1]]),
    "kinks in one": ("abs(x**2 - 1)", ((-2, 2),), [[-1], [1]]),
    "far from 0": (
        "(1000000 + x)**2 + y**2",
        ((-1000000.002, -999999.999), (-0.001, 0.001)),
        [[-1000000, 0]],
    ),
    "tiny": ("x**2 + y**2", ((-1e-9, 2e-9), (-1e-9, 2e-9)), [[0, 0]]),
    "huge": ("x**2 + y**2", ((-1e60, 2e60), (-1e60, 2e60)), [[0, 0]]),
    "near the edge": ("x**2 + y**2", ((-1e-4, 1), (-1, 1e-4)), [[0, 0]]),
    "a ring": ("(x**2 + y**2 - 1)**2", ((-2, 2), (-2, 2)), []),
    "a plain": ("max(x**2 + y**2 - 100, 0)", ((-3, 3), (-3, 3)), []),
    "a floor between walls": ("max(abs(x) - 0.5, 0)**2 + y**2", ((-2, 2.1), (-2, 2.1)), []),
    "a ridge with a dent at 0": ("x**2 + y**2 - 0.5*abs(x)", ((-1, 1.1), (-1, 1)), [[0.25, 0]]),
}


def lower_nearby(objective: Formula, point: Array, view: Array) -> float:
    """Return how far away, as a part of the view, a random search from a point gets downhill."""
    random = np.random.default_rng(1)
    now, value, reach = point, float(objective.value(point)), 1e-3
    while reach > 1e-12:
        directions = random.normal(size=(64, len(view)))
        tried = now + reach * view * directions / np.linalg.norm(directions, axis=1, keepdims=True)
        values = objective.value(tried)
        if np.nanmin(values) < value - 1e-13 * abs(value):
            now, value = tried[np.nanargmin(values)], float(np.nanmin(values))
        else:
            reach /= 2
    return float(np.max(np.abs(now - point) / view))


@pytest.mark.parametrize("name", [*TYPED, *OTHERS])
def test_what_is_found_in_a_typed_formula_are_its_minima(name: str) -> None:
    if name in TYPED:
        entry = TYPED[name]
        expression, box, known = entry["expression"], entry["domain"], entry["minima"]
    else:
        expression, box, known = OTHERS[name]
    objective = formula(expression, domain=box)
    found = find_minima(objective, tuple((float(low), float(high)) for low, high in box))
    view = np.array([high - low for low, high in box])
    points = np.array([minimum.point for minimum in found]).reshape(-1, len(view))
    for point in points:
        assert lower_nearby(objective, point, view) < 1e-3
    for minimum in known if name not in FALLING_AT_ITS_EDGE else ():
        assert np.max(np.abs(points - minimum) / view, axis=1).min() < 1e-3
    if name in OTHERS and not known:
        assert not found


def test_schaffer_4_has_its_minima_on_the_axes_only() -> None:
    points = np.array([minimum.point for minimum in found_in("schaffer_4")])
    assert len(points) >= 20
    assert (np.abs(points) < 1e-6).any(axis=1).all()


def test_all_wells_of_ackley_and_rastrigin_are_found() -> None:
    assert len(find_minima(without_minima("ackley"), ((-5, 5), (-5, 5)))) == 121
    assert len(find_minima(without_minima("rastrigin"), ((-5.12, 5.12), (-5.12, 5.12)))) == 121


def test_hollows_of_a_plain_that_nobody_sees_are_none() -> None:
    rippled = "-exp(-x**2 - y**2) + 1e-14*cos(9*x)*cos(9*y)"
    (minimum,) = find_minima(formula(rippled), ((-15, 15), (-15, 15)))
    np.testing.assert_allclose(minimum.point, [0, 0], rtol=0, atol=1e-6)


@pytest.mark.parametrize(
    "box", [((-1e100, 1e100), (-1e100, 1e100)), ((0, 1e-320), (0, 1)), ((1, 1 + 1e-15), (0, 1))]
)
@pytest.mark.parametrize("expression", ["x**2 + y**2", "exp(x*y)", "1/(x*y)", "log(-1 - x**2) + y"])
def test_in_a_view_of_any_size_nothing_is_raised_or_warned_of(expression: str, box: Ranges) -> None:
    for minimum in find_minima(formula(expression), box):
        assert np.isfinite(minimum.point).all()
