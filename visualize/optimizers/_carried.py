"""What of each step is carried over from those before, and what its own gradient adds."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from visualize.arrays import Array
from visualize.history.trajectory import Trajectory
from visualize.objectives.objective import Objective
from visualize.optimizers._foreign import Foreign
from visualize.optimizers.optimizer import Optimizer, Step

DECAYS = ("weight_decay", "lambd")
"""The settings that pull towards 0 whatever the gradient is."""


def can_be_parted(optimizer: Optimizer[Any]) -> bool:
    """Return whether steps of an optimizer can be asked for once more: it is a rule of ours that
    neither searches nor solves for the points themselves.
    """
    return not (optimizer.searches or optimizer.solves_anew or isinstance(optimizer, Foreign))


@dataclass(frozen=True, eq=False)
class Parts:
    """Steps, and what of them is not their gradient's: `(rows, starts, dimension)` each."""

    steps: Array
    """From each row, that which would be next included."""
    carried: Array
    """What the rule makes of the gradients before."""
    decay: Array
    """What it would do without any gradient at all."""


def parts_of_steps(optimizer: Optimizer[Any], run: Trajectory, objective: Objective) -> Parts:
    """Return the step from each row of a run, and its parts; the rest is what the gradient adds.

    What is carried over is the step that the rule without its decay would make had the gradient
    been 0 there, beyond that which it would make had all gradients been 0: what momentum keeps of
    the steps before, whatever the convention. It is 0 at the first step, for a rule without such a
    memory, and where a start rests. Decay is what else a gradient of 0 leaves. The next step is
    made at the last learning rate.
    """
    steps, carried, decay = (np.zeros_like(run.points) for _ in range(3))
    rates = optimizer.learning_rates(run.steps)
    here = run.points[0]
    none = np.zeros_like(here)
    decays = {name: 0.0 for name in DECAYS if getattr(optimizer, name, 0.0)}
    undecayed = optimizer.model_copy(update=decays)
    state = untouched = optimizer.init(here, objective.blocks)
    with np.errstate(all="ignore"):  # of a run that diverges
        for number, gradients in enumerate(run.gradients):
            rate = rates[min(number, run.steps - 1)]
            rate = rate if rates.ndim > 1 else float(rate)
            step = Step(number, here, rate, objective, objective)
            rolling = undecayed.update(none, state, step)[0]
            starting, untouched = undecayed.update(none, untouched, step)
            held = optimizer.update(none, state, step)[0] if decays else rolling
            carried[number] = rolling - starting
            decay[number] = held - carried[number]
            steps[number], state = optimizer.update(optimizer.taken(gradients), state, step)
            here = here + steps[number]
        steps[:-1] = np.diff(run.points, axis=0)  # what is shown may be an average
        resting = np.zeros(run.points.shape[:2], dtype=bool)
        resting[:-1] = (steps[:-1] == 0).all(axis=-1)
        resting[-1] = resting[-2]
    for it in (steps, carried, decay):
        it[resting] = 0.0
    return Parts(steps, carried, decay)
