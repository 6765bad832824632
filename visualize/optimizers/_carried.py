"""What of each step is carried over from those before, and what its own gradient adds."""

from typing import Any

import numpy as np

from visualize.arrays import Array
from visualize.history.trajectory import Trajectory
from visualize.objectives.objective import Objective
from visualize.optimizers._foreign import Foreign
from visualize.optimizers.optimizer import Optimizer, Step


def can_be_parted(optimizer: Optimizer[Any]) -> bool:
    """Return whether steps of an optimizer can be asked for once more: it is a rule of ours that
    does not search.
    """
    return not (optimizer.searches or isinstance(optimizer, Foreign))


def steps_and_carried(
    optimizer: Optimizer[Any], run: Trajectory, objective: Objective
) -> tuple[Array, Array]:
    """Return the step from each row of a run, that which would be next included, and what of it
    is carried over: the step that the rule would have made had its gradient been 0 there.

    That is what momentum keeps of the steps before, whatever the convention: the rest of a step
    is what the gradient adds. Both are `(rows, starts, dimension)`; what is carried over is 0 for
    a rule without such a memory, and where a start rests. The next step is made at the last
    learning rate.
    """
    steps, carried = np.zeros_like(run.points), np.zeros_like(run.points)
    rates = optimizer.learning_rates(run.steps)
    here = run.points[0]
    state = optimizer.init(here, objective.blocks)
    with np.errstate(all="ignore"):  # of a run that diverges
        for number, gradients in enumerate(run.gradients):
            rate = rates[min(number, run.steps - 1)]
            rate = rate if rates.ndim > 1 else float(rate)
            step = Step(number, here, rate, objective, objective)
            taken = optimizer.taken(gradients)
            carried[number] = optimizer.update(np.zeros_like(taken), state, step)[0]
            steps[number], state = optimizer.update(taken, state, step)
            here = here + steps[number]
        steps[:-1] = np.diff(run.points, axis=0)  # what is shown may be an average
        resting = np.zeros(run.points.shape[:2], dtype=bool)
        resting[:-1] = (steps[:-1] == 0).all(axis=-1)
        resting[-1] = resting[-2]
    steps[resting] = carried[resting] = 0.0
    return steps, carried
