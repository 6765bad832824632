"""Levels: rising, within the values, and spread so that flat and steep places stay clear."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from visualize.arrays import Array
from visualize.landscapes.levels import (
    height_of_runs,
    levels_above,
    levels_beside,
    parted_at_poles,
    spread_levels,
)
from visualize.landscapes.saddle import saddle_height
from visualize.objectives.formula import Formula

some_values = st.lists(st.floats(-1e9, 1e9), min_size=2, max_size=20)


@given(some_values, st.integers(1, 30))
def test_levels_rise_between_the_lowest_and_the_highest_value(
    values: list[float], count: int
) -> None:
    levels = spread_levels(np.array(values), count)
    if len(levels):
        assert len(levels) == count
        assert (np.diff(levels) >= 0).all()
        assert min(values) <= levels[0]
        assert levels[-1] <= max(values)
    else:
        assert max(values) - min(values) < 1e-9 * max(map(abs, values), default=0) or (
            np.ptp(values) == 0
        )


def test_half_of_the_values_lie_below_the_middle_level() -> None:
    values = np.linspace(0, 1, 10_001) ** 4
    levels = spread_levels(values, 21)
    assert np.mean(values < levels[10]) == pytest.approx(0.5, abs=1e-3)
    np.testing.assert_allclose(spread_levels(np.linspace(0, 1, 1001), 9), np.arange(1, 10) / 10)


@pytest.mark.parametrize("values", [[], [np.nan, np.inf], [2.0, 2.0, np.nan]])
def test_where_nothing_rises_there_are_no_levels(values: list[float]) -> None:
    assert spread_levels(np.array(values), 5).size == 0


def test_the_tip_of_a_pole_gets_no_levels() -> None:
    values = np.append(np.linspace(0, 1, 5000), 1e9)
    assert spread_levels(values, 10).max() < 1.1


def test_what_has_no_value_does_not_count() -> None:
    values = np.linspace(0, 3, 100)
    with_holes = np.concatenate([values, [np.nan, np.inf, -np.inf]])
    np.testing.assert_array_equal(spread_levels(with_holes, 7), spread_levels(values, 7))


# Valleys and walls


def rosenbrock(samples: int = 201) -> Array:
    x, y = np.meshgrid(np.linspace(-2, 2, samples), np.linspace(-1, 3, samples), indexing="ij")
    return np.array((1 - x) ** 2 + 100 * (y - x**2) ** 2)


def test_a_valley_that_runs_follow_has_as_many_lines_as_the_walls() -> None:
    levels = levels_above(rosenbrock(), 0.0, 1.5, 14)
    assert np.count_nonzero(levels < 10) >= 4
    assert np.count_nonzero(levels > 40) >= 4
    assert levels[-1] < 2501


def test_lines_of_a_bowl_are_about_evenly_apart() -> None:
    radii = np.sqrt(levels_above(np.linspace(0, 1, 1001) ** 2, 0.0, 0.5, 14))
    apart = np.diff(radii, prepend=0)
    assert apart.max() < 2 * apart.min()


@given(some_values, st.integers(1, 30), st.floats(-1e9, 1e9) | st.just(np.nan))
def test_levels_above_a_minimum_rise_up_to_the_highest_value(
    values: list[float], count: int, visited: float
) -> None:
    levels = levels_above(np.array(values), min(values), visited, count)
    assert len(levels) == (count if max(values) > min(values) else 0)
    assert (np.diff(levels) >= 0).all()
    if len(levels):
        slack = 1e-9 * max(map(abs, values))
        assert min(values) <= levels[0]
        assert levels[-1] <= max(values) + slack


def test_levels_of_what_can_hardly_be_told_from_0_are_there() -> None:
    assert levels_above(np.array([0.0, 5e-324]), 0.0, np.nan, 1).tolist() in ([0.0], [5e-324])


def test_levels_beside_a_saddle_have_its_own_among_them() -> None:
    x, y = np.meshgrid(np.linspace(-2, 2, 81), np.linspace(-1, 1, 81), indexing="ij")
    levels = levels_beside(3 + x**2 - y**2, 3.0, 14)
    assert 3.0 in levels
    assert 12 <= len(levels) <= 15
    assert np.count_nonzero(levels < 3) >= 4
    assert np.count_nonzero(levels > 3) >= 8
    assert levels_beside(np.full(5, 2.0), 2.0, 14).size == 0


def test_the_height_of_runs_is_where_they_go_a_third_of_their_way() -> None:
    x = np.linspace(3, 0, 301)
    points = np.stack([x, np.zeros(301)], axis=-1)[:, np.newaxis]
    box = ((-1.0, 4.0), (-1.0, 1.0))
    assert height_of_runs([(points, points[..., 0])], box) == pytest.approx(1, abs=0.02)
    assert np.isnan(height_of_runs([(points + 99, points[..., 0])], box))
    assert np.isfinite(height_of_runs([(points[:1], points[:1, :, 0])], box))


@pytest.mark.parametrize(
    ("expression", "height"),
    [("x**2 - y**2", 0.0), ("3 + x*y + x**3", 3.0), ("x**2 + y**2", None), ("x + y", None)],
)
def test_a_saddle_is_found_where_there_is_one(expression: str, height: float | None) -> None:
    objective = Formula.model_validate({"expression": expression})
    found = saddle_height(objective, ((-1.7, 1.1), (-0.6, 0.7)))
    assert found == (None if height is None else pytest.approx(height, abs=1e-9))
    assert saddle_height(objective, ((5, 7), (5, 7))) is None


# Poles


def test_no_line_belongs_where_a_pole_parts_values() -> None:
    x = np.linspace(-1, 1, 40)
    values = (1 / x)[:, np.newaxis] + np.zeros(5)
    parted = parted_at_poles(values, np.array([-2.0, 0, 2]))
    assert np.isnan(parted[19:21]).all()  # on both sides of 0
    kept = np.r_[0:19, 21:40]
    np.testing.assert_array_equal(parted[kept], values[kept])


@pytest.mark.parametrize(
    "values",
    [
        np.array([[-3.0, -3], [3, 3]]),  # a cliff, as high as the levels
        np.array([[0.0, 0], [900, 900]]),  # upward alone
        np.array([[-900.0, -900], [-800, -800]]),
    ],
)
def test_a_cliff_keeps_its_lines(values: Array) -> None:
    np.testing.assert_array_equal(parted_at_poles(values, np.array([-2.0, 0, 2])), values)
    np.testing.assert_array_equal(parted_at_poles(values, np.array([0.0])), values)
