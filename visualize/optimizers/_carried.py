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


def carried_over(optimizer: Optimizer[Any], run: Trajectory, objective: Objective) -> Array:
    """Return the steps that a rule would have made had each step's own gradient been 0.

    That is what momentum keeps of the steps before, whatever the convention: the rest of a step
    is what the gradient adds. `(steps, starts, dimension)`; 0 for a rule without such a memory, and
    where a start rests.
    """
    carried = np.zeros_like(run.points[1:])
    rates = optimizer.learning_rates(run.steps)
    here = run.points[0]
    state = optimizer.init(here, objective.blocks)
    with np.errstate(all="ignore"):  # of a run that diverges
        for number, gradients in enumerate(run.gradients[:-1]):
            rate = rates[number] if rates.ndim > 1 else float(rates[number])
            step = Step(number, here, rate, objective, objective)
            taken = optimizer.taken(gradients)
            carried[number] = optimizer.update(np.zeros_like(taken), state, step)[0]
            update, state = optimizer.update(taken, state, step)
            here = here + update
        resting = (run.points[1:] == run.points[:-1]).all(axis=-1)
    carried[resting] = 0.0
    return carried
