"""Many runs of one optimizer, with settings of their own, as one computation."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from visualize.arrays import Array
from visualize.history.trajectory import Trajectory
from visualize.objectives._draws import Draws
from visualize.objectives._wrapper import Wrapper
from visualize.objectives.objective import Objective
from visualize.optimizers._rows import stacked
from visualize.optimizers.optimizer import Optimizer, Problem


def trace_together(
    optimizers: Sequence[Optimizer[Any]], problem: Problem
) -> tuple[Trajectory, ...]:
    """Return where each of several optimizers of one kind goes, computed at once.

    The trajectories are those that `optimizer.trace(problem)` gives one by one, thousands of them
    in the time of a few. Optimizers may differ in numbers only; otherwise `ValueError` is raised.

    >>> rates = [OPTIMIZERS.load("sgd")(learning_rate=rate) for rate in (0.1, 0.4)]
    >>> problem = Problem(read_objective("x**2"), np.array([[1.0]]), steps=1)
    >>> [float(run.points[-1, 0, 0].round(6)) for run in trace_together(rates, problem)]
    [0.8, 0.2]
    """
    count, starts = len(optimizers), len(problem.starts)
    everybody = replace(
        problem,
        objective=Copies(problem.objective, count),
        starts=np.tile(problem.starts, (count, 1)),
    )
    run = stacked(optimizers, starts).trace(everybody)
    return tuple(
        Trajectory(
            run.points[:, part],
            run.values[:, part],
            run.gradients[:, part],
            {name: rows[:, part] for name, rows in run.states.items()},
            run.evaluate_every,
        )
        for part in (slice(index * starts, (index + 1) * starts) for index in range(count))
    )


class Copies(Wrapper):
    """An objective that shows the starts of several runs what it shows those of one."""

    def __init__(self, inside: Objective, count: int) -> None:
        super().__init__(inside)
        self._count = count

    def at(self, step: int, draws: Draws) -> Objective:
        """Return what the runs see at a step: each the same."""
        seen = self.inside.at(step, draws)
        return self if seen is self.inside else Copies(seen, self._count)

    def gradient(self, points: Array) -> Array:
        """Return the gradient at each point, `(runs * starts, dimension)`."""
        runs = points.reshape(self._count, -1, points.shape[-1])
        return self.inside.gradient(runs).reshape(points.shape)

    def value_and_gradient(self, points: Array) -> tuple[Array, Array]:
        """Return both at each point."""
        return self.inside.value_and_gradient(points)
