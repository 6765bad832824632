"""Heights of values in a box: even, or so that valleys are seen beside walls."""

import numpy as np
import pytest

from visualize.arrays import Array
from visualize.landscapes.grid import grid
from visualize.landscapes.heights import Heights, choose_heights
from visualize.objectives._test_functions import TEST_FUNCTIONS
from visualize.objectives.formula import Formula


def values_of(formula: str, side: float = 2.0) -> Array:
    x, y = grid(((-side, side), (-side, side)), 101)
    return Formula(expression=formula).value(np.stack([x, y], axis=-1))


@pytest.mark.parametrize("formula", ["x**2 + y**2", "x**2/20 + y**2", "x**2 - y**2", "sin(x) + y"])
def test_heights_are_even_where_nothing_is_steep(formula: str) -> None:
    values = values_of(formula)
    heights = choose_heights(values, float(values.max()), "auto")
    assert heights.knee == np.inf
    assert (heights.low, heights.high) == (values.min(), values.max())
    np.testing.assert_allclose(heights.of(np.array([heights.low, heights.high])), [0, 1])


@pytest.mark.parametrize("name", ["rosenbrock", "beale", "himmelblau", "goldstein_price"])
def test_half_of_a_steep_landscape_is_below_half_of_the_height(name: str) -> None:
    function = TEST_FUNCTIONS[name]
    points = np.stack(grid(function.domain, 101), axis=-1)
    values = Formula(expression=function.expression).value(points)
    heights = choose_heights(values, 10.0, "auto")
    assert np.isfinite(heights.knee)
    assert np.median(heights.of(values)) == pytest.approx(0.5)
    even = choose_heights(values, 10.0, "linear")
    assert even.knee == np.inf
    assert even.high < values.max()  # the walls are cut off


def test_a_pole_does_not_make_all_else_flat() -> None:
    values = values_of("1/(x**2 + y**2 + 1e-9)")
    assert choose_heights(values, 1.0, "auto").high < 1e4 < values.max()
    values = -values
    assert choose_heights(values, 1.0, "auto").low > -1e4


def test_round_values_are_named_and_stand_apart() -> None:
    logarithmic = Heights(low=1e-4, high=3600.0, knee=6.0).round_values(0.15)
    assert 0 in logarithmic  # the grid hardly meets the minimum
    assert {100, 1000} <= set(logarithmic)
    even = Heights(low=-4.1, high=7.9, knee=np.inf).round_values(0.15)
    np.testing.assert_allclose(even, [-4, -2, 0, 2, 4, 6])
    for heights in (Heights(-5.0, 1e6, 0.1), Heights(3.0, 3.5, np.inf), Heights(2.0, 2.0, np.inf)):
        numbers = heights.round_values(0.15)
        assert len(numbers)
        assert (np.diff(heights.of(numbers)) > 0.149).all()


def test_what_has_no_values_has_heights_too() -> None:
    assert choose_heights(np.full((3, 3), np.nan), -np.inf, "auto").of(0.0) == 0
