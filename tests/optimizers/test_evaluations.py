"""How often runs ask for values and gradients."""

from typing import Any

import numpy as np
import pytest

from visualize.arrays import Array
from visualize.objectives._wrapper import Wrapper
from visualize.objectives.objective import Objective, read_objective
from visualize.optimizers.optimizer import EVALUATIONS, OPTIMIZERS, Optimizer, Problem, Stop

STARTS = np.array([[-1.5, 2.0], [3.0, -1.0], [0.2, 0.1]])
SEARCHING = [
    {"name": "linesearch"},
    {"name": "linesearch", "search": "exact"},
    {"name": "bfgs"},
    {"name": "conjugategradient"},
]


def make(name: str, **settings: Any) -> Optimizer:
    return OPTIMIZERS.load(name).model_validate({"learning_rate": 1.0, **settings})


def counted(optimizer: Optimizer, starts: Array = STARTS, **more: Any) -> Array:
    problem = Problem(read_objective("rosenbrock"), starts, 12, states={EVALUATIONS}, **more)
    return optimizer.trace(problem).states[EVALUATIONS]


@pytest.mark.parametrize("name", ["sgd", "adam", "adagrad", "asgd", "lion"])
def test_who_takes_a_gradient_a_step_needs_one_a_step(name: str) -> None:
    np.testing.assert_array_equal(counted(make(name, learning_rate=1e-3))[:, 0], np.arange(13))


def test_newton_needs_second_derivatives_too() -> None:
    assert (np.diff(counted(make("newton", learning_rate=0.5)), axis=0) == 3).all()


@pytest.mark.parametrize("settings", SEARCHING, ids=lambda it: "-".join(it.values()))
def test_each_start_counts_for_itself(settings: dict[str, Any]) -> None:
    together = counted(make(**settings))
    assert (np.diff(together, axis=0) >= 1).all()
    assert (together[-1] > 12).all()
    for index in range(len(STARTS)):
        alone = counted(make(**settings), STARTS[[index]])
        np.testing.assert_array_equal(together[:, index], alone[:, 0])


class Asked(Wrapper):
    """An objective that remembers what it was asked for."""

    def __init__(self, inside: Objective) -> None:
        super().__init__(inside)
        self.points: list[tuple[float, ...]] = []

    def value(self, points: Array) -> Array:
        self.points += map(tuple, points)
        return super().value(points)


def test_a_line_search_is_as_many_as_the_lengths_it_tries() -> None:
    asked = Asked(read_objective("x**2 + y**2"))
    optimizer = make("linesearch", learning_rate=4.0)
    run = optimizer.trace(Problem(asked, np.array([[1.0, 1.0]]), 1, states={EVALUATIONS}))
    assert run.states[EVALUATIONS].ravel().tolist() == [0, len({*asked.points})]


def test_nothing_is_counted_where_nobody_asks() -> None:
    problem = Problem(read_objective("x**2"), np.ones((1, 1)), 2, states=None)
    assert EVALUATIONS not in make("sgd").trace(problem).states


def test_a_run_that_has_stopped_asks_for_nothing() -> None:
    stopping = counted(make("newton", learning_rate=1.0), stop=Stop(gradient=1e-3))[:, 2]
    assert stopping[-1] == stopping[-4]


def test_counting_changes_no_number() -> None:
    problem = Problem(read_objective("rosenbrock"), STARTS, 12)
    for settings in SEARCHING:
        plain = make(**settings).trace(problem)
        watched = make(**settings).trace(
            Problem(problem.objective, STARTS, 12, states={EVALUATIONS})
        )
        np.testing.assert_array_equal(plain.points, watched.points)
