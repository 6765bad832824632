"""A run: what it is about, what a rule sees of it, and the loop that most optimizers share."""

from collections.abc import Callable, Container
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from visualize.arrays import Array
from visualize.history.trajectory import Trajectory
from visualize.objectives._draws import Draws
from visualize.objectives.objective import Blocks, Objective

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from visualize.optimizers.optimizer import Optimizer

EFFECTIVE_RATE = "effective_learning_rate"
"""What histories call the rates of each coordinate, beside the states."""


class Step(NamedTuple):
    """Where a run stands when its rule is asked for the next update."""

    number: int
    """Updates done so far: 0 at the first."""
    points: Array
    """Where every start is now: `(starts, dimension)`."""
    learning_rate: float | Array
    """The learning rate of this update; a row for each start, `(starts, 1)`, in a sweep that is
    computed at once."""
    objective: Objective
    """The function itself, without noise: for line searches and Hessians."""
    seen: Objective | None = None
    """What is seen at this step, noise included; the gradients are this one's."""

    @property
    def blocks(self) -> Blocks:
        """The named arrays that a point is made of, and their shapes."""
        return self.objective.blocks


def _quiet(done: int) -> None:
    """Report nothing."""


@dataclass(frozen=True, eq=False)
class Problem:
    """What a run is about: an objective, where to begin, and for how many updates.

    >>> Problem(read_objective("x**2 + y**2"), np.array([[3.0, 4.0]]), steps=10).seed
    0
    """

    objective: Objective
    starts: Array
    """Where runs begin: `(starts, dimension)`."""
    steps: int
    """The number of updates."""
    seed: int = 0
    """Of everything random that the objective shows."""
    states: Container[str] | None = ()
    """The names of the states that the trajectory is to keep; None: all."""
    report: Callable[[int], object] = _quiet
    """Called with the number of updates done, now and then and at the end."""

    def keeps(self, state: str) -> bool:
        """Whether the trajectory is to have a state of that name."""
        return self.states is None or state in self.states


def follow(optimizer: "Optimizer[Any]", problem: Problem) -> Trajectory:
    """Return where an optimizer goes, update by update."""
    objective, steps = problem.objective, problem.steps
    here = shown = problem.starts
    rates = optimizer.learning_rates(steps)
    each = rates.tolist() if rates.ndim == 1 else rates
    draws = Draws(problem.seed)
    points = np.full((steps + 1, *here.shape), np.nan)
    values = np.full((steps + 1, len(here)), np.nan)
    gradients = np.full_like(points, np.nan)
    state = optimizer.init(here, objective.blocks)
    states = _States(optimizer, state, problem)
    running = _Running(len(here))
    with np.errstate(all="ignore"):  # divergence shows in the arrays
        for number in range(steps + 1):
            last = number == steps
            seen = objective if last else objective.at(number, draws)
            # The gradient of the last row is exact, and that of the point that is shown.
            if last or (seen is objective and shown is here):
                value, gradient = objective.value_and_gradient(shown)
            else:
                value, gradient = objective.value(shown), seen.gradient(here)
            points[number] = running.masked(shown)
            values[number] = running.masked(value)
            running.stop_where_not_finite(here, value)
            gradients[number] = running.masked(gradient)
            if last or not running.any:
                break
            step = Step(number, here, each[number], objective, seen)
            update, state = optimizer.update(gradient, state, step)
            states.keep(state, step, running)
            here = running.masked(here + update)
            shown = optimizer.shown(here, state)
            if number % 256 == 0:
                problem.report(number)
    problem.report(steps)
    return Trajectory(points, values, gradients, states.arrays)


class _Running:
    """Which starts have not diverged; as long as all run, nothing is masked."""

    def __init__(self, starts: int) -> None:
        self._mask: NDArray[np.bool_] | None = None
        self._starts = starts

    @property
    def any(self) -> bool:
        """Whether a start is left."""
        return self._mask is None or bool(self._mask.any())

    def masked(self, array: Array) -> Array:
        """Return the array with NaN for the starts that have stopped."""
        if self._mask is None:
            return array
        mask = self._mask.reshape(-1, *(1,) * (array.ndim - 1))
        return np.where(mask, array, np.nan)

    def fill(self, rows: Array, array: Array) -> None:
        """Write what belongs to the starts that are left."""
        kept = ... if self._mask is None else self._mask
        rows[kept] = array[kept]

    def stop_where_not_finite(self, points: Array, values: Array) -> None:
        """Stop the starts whose point or value is not finite."""
        if self._mask is None:
            if np.isfinite(values).all() and np.isfinite(points).all():
                return
            self._mask = np.ones(self._starts, dtype=bool)
        self._mask = self._mask & np.isfinite(points).all(axis=-1) & np.isfinite(values)


class _States:
    """What an optimizer remembers, and the rates it comes to, row by row."""

    def __init__(self, optimizer: "Optimizer[Any]", state: Any, problem: Problem) -> None:
        """Allocate the arrays that the problem asks for."""
        self._optimizer = optimizer
        self.arrays: dict[str, Array] = {}
        rates = np.full_like(problem.starts, np.nan)
        for name, first in {**optimizer.remembered(state), EFFECTIVE_RATE: rates}.items():
            if problem.keeps(name):
                self.arrays[name] = np.full((problem.steps + 1, *first.shape), np.nan)
                self.arrays[name][0] = first

    def keep(self, state: Any, step: Step, running: _Running) -> None:
        """Fill the row that the update made; a start that has stopped keeps none."""
        if not self.arrays:
            return
        remembered = self._optimizer.remembered(state)
        for name, rows in self.arrays.items():
            if name == EFFECTIVE_RATE:
                array = self._optimizer.effective_learning_rate(state, step)
            else:
                array = remembered[name]
            running.fill(rows[step.number + 1], np.broadcast_to(array, rows.shape[1:]))
