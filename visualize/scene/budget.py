"""What a scene may cost: memory and time, estimated before anything is computed.

The estimates are of a machine of 2020, measured and rounded up: they are there to refuse what
would take hours or all memory, not to foretell.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from visualize.formats.format import FORMATS
from visualize.objectives.objective import Objective
from visualize.optimizers.optimizer import Optimizer

GIB = 2**30
NUMBER = 8
"""Bytes of a number."""
COPIES = 3
"""How often the arrays of a run are there while it is made and drawn."""
EVALUATIONS = 60
"""Of the objective, in an update that searches."""
BYTES_PER_PIXEL = 40
"""Of a picture, while it is drawn and encoded."""
MOST_COUNTED = 10**18
"""Numbers beyond are as good as this."""


@dataclass(frozen=True)
class Budget:
    """What a scene may cost before it is refused.

    >>> Budget(seconds=3600).memory == 4 * 2**30
    True
    """

    memory: float = 4 * GIB
    """Bytes."""
    seconds: float = 600
    """For the runs, and once more for the film."""
    updates: int | None = None
    """In place of the time of the runs: steps x starts x optimizers."""
    films: bool = False
    """Whether also a film counts of whose frames the scene says nothing; it may never be made."""
    formats: tuple[str, ...] = ()
    """What films will be written as, in place of what their scenes say."""


BEYOND_ALL = Budget(memory=64 * GIB, seconds=1e8)
"""Of scenes that were not read from a file: they may be those that a larger budget has let pass."""


@dataclass(frozen=True)
class Cost:
    """What something takes."""

    seconds: float
    memory: float
    """Bytes."""
    updates: float = 0

    def excess(self, budget: Budget) -> float:
        """Return how many times the budget that is: above 1 it is too much."""
        return max(self.memory / budget.memory, self._excess_of_time(budget))

    def _excess_of_time(self, budget: Budget) -> float:
        if budget.updates is not None and self.updates:
            return self.updates / budget.updates
        return self.seconds / budget.seconds

    def in_words(self, budget: Budget) -> str:
        """Return what is too much, how large the budget is, and what raises it."""
        if self._excess_of_time(budget) < self.memory / budget.memory:
            return (
                f"would need about {_size(self.memory)} of memory; the budget is "
                f"{_size(budget.memory)}, --max-memory raises it"
            )
        if budget.updates is not None and self.updates:
            return f"are more than the budget of {budget.updates} updates; --budget raises it"
        return (
            f"would take about {_duration(self.seconds)}; the budget is "
            f"{_duration(budget.seconds)}, --max-seconds raises it"
        )


def cost_of_runs(
    objective: Objective,
    steps: int,
    starts: int,
    optimizers: Sequence[Optimizer],
    shown_states: Iterable[str],
) -> Cost:
    """Return what the runs of an experiment take."""
    steps, starts = (min(number, MOST_COUNTED) for number in (steps, starts))
    dimension, states = objective.dimension, set(shown_states)
    drawn = sum(array.nbytes for name, array in objective.drawn.items() if name in states)
    one = np.zeros((1, dimension))
    evaluation = objective.seconds(starts)
    seconds, memory, working = 0.0, 0.0, 0.0
    for optimizer in optimizers:
        update = 3e-5 + 2e-8 * starts * dimension
        update += evaluation * (EVALUATIONS if optimizer.searches else 1)
        remembered = optimizer.remembered(optimizer.init(one, objective.blocks))
        state = sum(array.nbytes for array in remembered.values())
        if optimizer.needs_hessian:
            state += NUMBER * dimension**2
            update += evaluation * (1 + dimension / 4) + starts * (3e-7 + 1e-8 * dimension**3)
        kept = drawn + sum(it.nbytes for name, it in remembered.items() if name in states)
        seconds += max(steps, 1) * update
        memory += COPIES * (steps + 1) * starts * (NUMBER * (2 * dimension + 1) + kept)
        working = max(working, 8.0 * starts * (state + NUMBER * dimension) + 40 * steps)
    updates = float(max(steps, 1) * starts * len(optimizers))
    return Cost(seconds, memory + working, updates)


def cost_of_film(formats: Sequence[str], frames: int, size: tuple[int, int]) -> Cost:
    """Return what it takes to draw and encode a film in all its formats."""
    pixels = size[0] * size[1]
    pictures = sum(1 if FORMATS.load(name).still else min(frames, MOST_COUNTED) for name in formats)
    return Cost(pictures * (5e-3 + 2e-8 * pixels), BYTES_PER_PIXEL * pixels)


def _duration(seconds: float) -> str:
    for unit, length in (("years", 31_557_600), ("days", 86_400), ("hours", 3600), ("minutes", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.3g} {unit}"
    return f"{seconds:.3g} seconds"


def _size(bytes_: float) -> str:
    unit, name = (GIB, "GiB") if bytes_ >= GIB else (2**20, "MiB")
    return f"{bytes_ / unit:.3g} {name}"
