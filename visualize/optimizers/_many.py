"""Thousands of runs of one optimizer, of which only the outcomes are kept."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from visualize.arrays import Array, joined, length
from visualize.errors import ForeignError
from visualize.history.trajectory import Trajectory
from visualize.optimizers._together import Copies
from visualize.optimizers.optimizer import OPTIMIZERS, Optimizer, Problem

NUMBERS_AT_ONCE = 2**23
"""Of the runs that are computed together: what they take while they are looked at is bounded."""
RUNS_AT_ONCE = 8192
"""Of these the arrays of a step stay near the processor."""
MOST_KEPT = 2**23
"""Values that are kept; of more runs those of fewer rows."""


@dataclass(frozen=True)
class Goal:
    """What a run has to come down to, and stay at, to have converged."""

    value: float | None = None
    """A value; None: what counts is the gradient."""
    gradient: float = 0.0
    """The length of a gradient."""


@dataclass(frozen=True, eq=False)
class Outcomes:
    """What became of many runs."""

    converged_at: Array
    """The row from which on each is at the goal: `(runs,)`; NaN where it is not in the end."""
    lost_at: Array
    """The row from which on it shows that a run does not end well; NaN of the others."""
    rows: Array
    """Of which the values are kept: rising, from 0 to the last."""
    values: Array
    """There: `(rows, runs)`."""


def can_be_computed_at_once(optimizer: Optimizer[Any]) -> bool:
    """Whether its settings may be a row for each run: not where it is an object of Python."""
    return not optimizer.has_own_loop and OPTIMIZERS.name_of(type(optimizer)) is not None


def varied(optimizer: Optimizer[Any], settings: Mapping[str, Array]) -> Optimizer[Any]:
    """Return an optimizer of whose settings some are a number for each run: `(runs,)`."""
    rows = {name: numbers[:, np.newaxis] for name, numbers in settings.items()}
    return type(optimizer).model_construct(**{**dict(optimizer), **rows})


def outcomes_of(
    optimizer: Optimizer[Any], settings: Mapping[str, Array], problem: Problem, goal: Goal
) -> Outcomes:
    """Return what becomes of runs from many starts, with settings of their own.

    The problem has a start for each run; settings are numbers, `(runs,)` each. What is random is
    the same for all of them. Runs are computed some thousands at a time, each as it would be alone.
    """
    count, steps = len(problem.starts), problem.steps
    size = NUMBERS_AT_ONCE // ((steps + 1) * (2 * problem.objective.dimension + 1))
    size = min(max(size, 1), RUNS_AT_ONCE)
    kept = min(steps + 1, max(MOST_KEPT // count, 2))
    rows = np.unique(np.linspace(0, steps, kept).round().astype(int))
    parts = [
        _outcomes(
            varied(optimizer, {name: numbers[part] for name, numbers in settings.items()}),
            replace(
                problem,
                objective=Copies(problem.objective, len(problem.starts[part])),
                starts=problem.starts[part],
                states=(),
            ),
            goal,
            rows,
        )
        for part in (slice(first, first + size) for first in range(0, count, size))
    ]
    converged, lost, values = (np.concatenate(it, axis=-1) for it in zip(*parts, strict=True))
    return Outcomes(converged, lost, rows.astype(float), values)


def _outcomes(
    optimizer: Optimizer[Any], problem: Problem, goal: Goal, rows: Array
) -> tuple[Array, Array, Array]:
    run = _trace(optimizer, problem)
    return *converged_and_lost(run, goal), joined(run.values, run.evaluate_every)[rows]


def converged_and_lost(run: Trajectory, goal: Goal) -> tuple[Array, Array]:
    """Return from which row on each start is at a goal, and since when one shows not to end well.

    Both are NaN where that is not so: `(starts,)`.
    """
    values = joined(run.values, run.evaluate_every)
    with np.errstate(invalid="ignore"):
        there = (
            length(run.gradients) <= goal.gradient if goal.value is None else values <= goal.value
        )
    since = zip(run.fates, run.growing_since, strict=True)
    lost = [np.nan if fate is None else fate.step if row is None else row for fate, row in since]
    return _since(there), np.array(lost, dtype=float)


def _trace(optimizer: Optimizer[Any], problem: Problem) -> Trajectory:
    if not OPTIMIZERS.maker_of(type(optimizer)):
        return optimizer.trace(problem)
    try:
        return optimizer.trace(problem)
    except Exception as error:  # a package's rule may not have been written for it
        words = f"{optimizer.name} cannot be computed with settings that are a row for each run"
        raise ForeignError(f"{words}: {error}") from error


def _since(there: "np.ndarray[Any, np.dtype[np.bool_]]") -> Array:
    """Return the row from which on each column is true to its end; NaN where that is not."""
    away = ~there[::-1]
    last = np.where(away.any(axis=0), away.argmax(axis=0), len(there))
    return np.where(last > 0, len(there) - last, np.nan)
