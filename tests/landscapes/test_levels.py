"""Levels: rising, within the values, and spread so that flat and steep places stay clear."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from visualize.arrays import Array
from visualize.landscapes.levels import parted_at_poles, spread_levels

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
