"""The search for minima."""

from functools import cache
from typing import Any

import numpy as np
import pytest

from tests.objectives.test_formula import formula, named
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
