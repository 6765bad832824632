"""Basins of attraction: who ends where."""

import numpy as np
import pytest

from visualize.landscapes import basins
from visualize.landscapes.basins import (
    coarsest_grid,
    find_basins,
    grid_of_starts,
    minima_reached,
)
from visualize.objectives.objective import read_objective
from visualize.optimizers.optimizer import OPTIMIZERS, Optimizer, Problem

WELLS = read_objective("(x**2 - 1)**2 + y**2")
MINIMA = np.array([[-1.0, 0.0], [1.0, 0.0]])
LIMITS = ((-2.0, 2.0), (-1.0, 1.0))


def sgd(rate: float, **settings: object) -> Optimizer:
    return OPTIMIZERS.load("sgd").model_validate({"learning_rate": rate, **settings})


def basins_of(optimizer: Optimizer, steps: int = 50) -> np.ndarray:
    problem = Problem(WELLS, np.zeros((1, 2)), steps)
    grid = grid_of_starts(optimizer, WELLS, steps, 2.0)
    return find_basins(optimizer, WELLS, problem, MINIMA, LIMITS, grid)


@pytest.fixture(autouse=True)
def _few_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(basins, "ACROSS", 40)


def test_gradient_descent_goes_to_the_well_on_its_side() -> None:
    reached = basins_of(sgd(0.05))
    half = len(reached) // 2
    assert reached.shape[0] == 2 * reached.shape[1]
    np.testing.assert_array_equal(reached[:half], 0)
    np.testing.assert_array_equal(reached[half:], 1)


def test_who_rolls_on_crosses_over() -> None:
    reached = basins_of(sgd(0.02, momentum=0.9))
    assert (reached[: len(reached) // 2] == 1).any()


def test_who_leaves_reaches_nothing() -> None:
    assert (basins_of(sgd(3.0)) == -1).mean() > 0.9


def test_a_schedule_ends_with_the_scene() -> None:
    fading = sgd(0.05).model_copy(update={"learning_rate": "0.05/(1 + 10*t)"})
    assert (basins_of(fading, steps=3) == -1).any()


@pytest.mark.parametrize(
    ("end", "reached"),
    [
        ((0.99, 0.0), 1),
        ((-1.0, 0.03), 0),
        ((0.0, 0.0), -1),
        ((np.nan, np.nan), -1),
        ((np.inf, 0.0), -1),
        ((1.0, 0.5), -1),
    ],
)
def test_an_end_belongs_to_the_minimum_that_it_is_at(
    end: tuple[float, float], reached: int
) -> None:
    assert minima_reached(np.array([end]), MINIMA, LIMITS).tolist() == [reached]


def test_without_minima_nothing_is_reached() -> None:
    assert minima_reached(np.zeros((3, 2)), np.zeros((0, 2)), LIMITS).tolist() == [-1] * 3


@pytest.mark.parametrize("steps", [10, 400, 60_000, 1_000_000])
@pytest.mark.parametrize("name", ["sgd", "linesearch", "newton"])
def test_they_take_some_seconds_however_many_steps_there_are(
    name: str, steps: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(basins, "ACROSS", 160)
    optimizer = OPTIMIZERS.load(name).model_validate({"learning_rate": 0.1})
    grid = grid_of_starts(optimizer, WELLS, steps, 1.5)
    assert basins._seconds(optimizer, WELLS, grid) <= basins.SECONDS  # noqa: SLF001  # its estimate
    assert grid.steps >= 400
    assert grid.across >= 16
    if name == "sgd" and steps <= 400:
        assert grid == (400, 160, 107)
    assert grid_of_starts(optimizer, WELLS, steps, 1.5, 1e-9) == coarsest_grid(
        optimizer, steps, 1.5
    )
