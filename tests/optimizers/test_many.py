"""Thousands of runs at once: their outcomes are those that each would have alone."""

from typing import Any

import numpy as np
import pytest

from visualize.objectives._noise import Noise, Noisy
from visualize.objectives.objective import read_objective
from visualize.optimizers import _many
from visualize.optimizers._many import Goal, converged_and_lost, outcomes_of, varied
from visualize.optimizers.optimizer import OPTIMIZERS, Optimizer, Problem

VALLEY = read_objective("x**2/20 + y**2")
START = np.array([[-7.0, 2.0]])
RATES = np.array([0.01, 0.3, 0.9, 1.2, 3.0, 1e200])
MOMENTA = np.array([0.0, 0.9, 0.0, 0.1, 0.99, 0.5])


def make(name: str = "sgd", **settings: Any) -> Optimizer:
    return OPTIMIZERS.load(name).model_validate({"learning_rate": 0.1, **settings})


def problem(steps: int = 40, objective: Any = VALLEY) -> Problem:
    return Problem(objective, np.repeat(START, len(RATES), axis=0), steps, seed=3)


def same(one: Any, other: Any) -> None:
    np.testing.assert_array_equal(np.nan_to_num(one, nan=-1), np.nan_to_num(other, nan=-1))


@pytest.mark.parametrize("objective", [VALLEY, Noisy(VALLEY, Noise(standard_deviation=0.1))])
@pytest.mark.parametrize("goal", [Goal(value=0.2), Goal(gradient=0.3)])
def test_each_ends_as_it_would_alone(objective: Any, goal: Goal) -> None:
    settings = {"learning_rate": RATES, "momentum": MOMENTA}
    found = outcomes_of(make(), settings, problem(objective=objective), goal)
    for index, (rate, momentum) in enumerate(zip(RATES, MOMENTA, strict=True)):
        alone = make(learning_rate=rate, momentum=momentum).trace(
            Problem(objective, START, 40, seed=3)
        )
        converged, lost = converged_and_lost(alone, goal)
        same(found.converged_at[index], converged[0])
        same(found.lost_at[index], lost[0])
        same(found.values[:, index], alone.values[:, 0])


def test_how_many_are_computed_at_once_makes_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = {"learning_rate": RATES}
    whole = outcomes_of(make(momentum=0.5), settings, problem(), Goal(value=0.1))
    monkeypatch.setattr(_many, "RUNS_AT_ONCE", 2)
    parts = outcomes_of(make(momentum=0.5), settings, problem(), Goal(value=0.1))
    same(parts.converged_at, whole.converged_at)
    same(parts.lost_at, whole.lost_at)
    same(parts.values, whole.values)


def test_of_very_many_the_values_of_fewer_rows_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_many, "MOST_KEPT", 3 * len(RATES))
    found = outcomes_of(make(), {"learning_rate": RATES}, problem(), Goal(value=0.1))
    assert found.rows.tolist() == [0, 20, 40]
    assert found.values.shape == (3, len(RATES))


def test_it_has_converged_only_where_it_stays() -> None:
    run = make(learning_rate=0.05, momentum=0.95).trace(Problem(VALLEY, START, 100))
    values = run.values[:, 0]
    [row], _ = converged_and_lost(run, Goal(value=0.1))
    first = int(np.argmax(values <= 0.1))
    assert first < row
    assert (values[int(row) :] <= 0.1).all()
    assert values[int(row) - 1] > 0.1


def test_the_best_rate_and_momentum_are_those_of_theory() -> None:
    """Polyak 1964: x**2/20 + y**2 curves by 0.1 and 2."""
    rates, momenta = np.linspace(0.02, 3, 75), np.linspace(0, 0.98, 50)
    rate, momentum = (it.ravel() for it in np.meshgrid(rates, momenta))
    starts = np.repeat(START, rate.size, axis=0)
    found = outcomes_of(
        make(),
        {"learning_rate": rate, "momentum": momentum},
        Problem(VALLEY, starts, 150),
        Goal(value=1e-10),
    )
    beyond = rate > 2 * (1 + momentum) / 2  # of the curvature along y
    assert np.isnan(found.converged_at[beyond]).all()
    assert np.isfinite(found.lost_at[rate > 1.1 * (1 + momentum)]).all()
    assert np.isnan(found.lost_at[rate < 0.98 * (1 + momentum)]).all()
    best = int(np.nanargmin(found.converged_at))
    slow, fast = np.sqrt([0.1, 2])
    assert momentum[best] == pytest.approx(((fast - slow) / (fast + slow)) ** 2, abs=0.06)
    assert rate[best] == pytest.approx(4 / (fast + slow) ** 2, abs=0.12)


def test_settings_are_a_row_for_each_run_and_the_others_stay() -> None:
    many: Any = varied(make("adam", beta_2=0.5), {"beta_1": np.array([0.1, 0.2])})
    assert np.shape(many.beta_1) == (2, 1)
    assert many.beta_2 == 0.5
