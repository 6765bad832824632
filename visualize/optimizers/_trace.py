"""A run: what it is about, what a rule sees of it, and the loop that most optimizers share."""

from collections.abc import Callable, Container
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import numpy as np
from pydantic import Field

from visualize.arrays import Array, length
from visualize.declare.settings import Positive, Settings, Synonyms, each, told
from visualize.errors import ForeignError
from visualize.history.trajectory import Trajectory
from visualize.objectives._draws import Draws
from visualize.objectives._wrapper import Wrapper
from visualize.objectives.objective import Blocks, Objective
from visualize.optimizers._evaluations import EVALUATIONS, Counting

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
    """The function itself, without noise: for line searches and Hessians. Where a run climbs, it
    is turned round, as the gradients are."""
    seen: Objective | None = None
    """What is seen at this step, noise included; the gradients are this one's, before they are
    clipped."""

    @property
    def blocks(self) -> Blocks:
        """The named arrays that a point is made of, and their shapes."""
        return self.objective.blocks


class Stop(Settings):
    """When runs stop before their last step: each start by itself, and its point stays."""

    synonyms: ClassVar[Synonyms] = {
        **each("tolerance tol gtol grad_tol atol eps epsilon norm gradient_norm", "gradient"),
        **each("threshold gradient_tolerance tolerance_grad pgtol", "gradient"),
        **told(
            "max_iter max_iters max_iterations maxiter iterations steps step max_steps epochs",
            "write steps: 100 in the scene, not in its stop",
        ),
        **told(
            "value loss objective f ftol xtol rtol patience point distance delta min_delta",
            "only the gradient can stop a run; write stop: {gradient: 1e-6}",
        ),
    }

    gradient: Positive = Field(examples=[1e-6])
    """Where the gradient that is seen is no longer than this: ‖g‖ ≤ 1e-8, for example."""


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
    stop: Stop | None = None
    """When runs stop before their last step."""
    counted: bool = False
    """Whether the trajectory is to have evaluations where it is to have all states."""

    def keeps(self, state: str) -> bool:
        """Whether the trajectory is to have a state of that name."""
        return self.states is None or state in self.states

    @property
    def counts(self) -> bool:
        """Whether it is to have evaluations, which are counted where somebody asks for them."""
        return self.counted or (self.states is not None and EVALUATIONS in self.states)


def follow(optimizer: "Optimizer[Any]", problem: Problem) -> Trajectory:
    """Return where an optimizer goes, update by update."""
    _let_memory_be_kept()
    objective, steps = problem.objective, problem.steps
    turned = _TurnedRound if optimizer.maximize else _as_it_is
    counting = Counting(objective, len(problem.starts)) if problem.counts else None
    lowered = turned(counting or objective)
    here = shown = problem.starts
    rates = optimizer.learning_rates(steps)
    each = rates.tolist() if rates.ndim == 1 else rates
    draws = Draws(problem.seed)
    every = objective.steps_per_value
    points = np.empty((steps + 1, *here.shape))
    values = np.empty((steps + 1, len(here)))
    gradients = np.empty_like(points)
    state = optimizer.init(here, objective.blocks)
    states = _States(optimizer, state, problem, counting)
    running = _Running(len(here), problem.stop)
    with np.errstate(all="ignore"):  # divergence shows in the arrays
        for number in range(steps + 1):
            last = number == steps
            seen = objective if last else objective.at(number, draws)
            evaluated = last or number % every == 0
            # The gradient of the last row is exact, and that of the point that is shown.
            if last or (seen is objective and shown is here and evaluated):
                value, gradient = objective.value_and_gradient(shown)
            else:
                value = objective.value(shown) if evaluated else np.zeros(len(here))
                gradient = seen.gradient(here)
            if number == 0:
                _refuse_other_shapes(objective, value, gradient, here.shape)
            points[number] = running.masked(shown)
            values[number] = running.masked(value) if evaluated else np.nan
            running.end_where_not_finite(here, value)
            gradient = running.kept(gradients[number - 1], gradient)
            gradients[number] = running.masked(gradient)
            running.end_where_not_finite(gradient)
            running.rest_where_flat(gradient)
            if last or not running.any:
                if not evaluated:
                    values[number] = running.masked(objective.value(shown))
                break
            if counting is not None:
                counting.begin(here)
            step = Step(number, here, each[number], lowered, turned(seen))
            made = optimizer.update(optimizer.taken(gradient), state, step)
            update, state = _fitting(optimizer, made, here.shape)
            states.keep(state, seen, step, running)
            here = running.masked(running.kept(here, here + update))
            following = optimizer.shown(here, state)
            shown = here if following is here else running.kept(shown, following)
            if number % 256 == 0:
                problem.report(number)
    for rows in (points, values, gradients, *states.arrays.values()):
        running.fill_up(rows, number)
        rows.flags.writeable = False  # so that it need not be copied
    problem.report(steps)
    return Trajectory(points, values, gradients, states.arrays, every)


def _let_memory_be_kept() -> None:
    """Let the arrays of a step lie where those of the step before lay.

    The memory of large arrays goes back to the system, and comes from there cleared, page by page:
    two thirds of the time of a run. glibc begins to keep it when so large an array is freed.
    """
    np.empty(4_000_000)


def _fitting(optimizer: "Optimizer[Any]", made: Any, shape: tuple[int, ...]) -> tuple[Array, Any]:
    """Return what a rule has made; a package's may have made something else."""
    if isinstance(made, tuple) and len(made) == 2 and getattr(made[0], "shape", None) == shape:
        return made
    what = f"{type(made).__name__}"
    if isinstance(made, tuple) and len(made) == 2:
        what = f"an update of shape {np.shape(made[0])}"
    raise ForeignError(
        f"update of {optimizer.name} returned {what}; it returns a tuple: what to add to the "
        f"points, an array of shape {shape}, and the state"
    )


def _refuse_other_shapes(
    objective: Objective, value: Any, gradient: Any, shape: tuple[int, ...]
) -> None:
    """Raise `ForeignError` where a package's objective returns arrays of other shapes."""
    for name, array, wanted in (("value", value, shape[:1]), ("gradient", gradient, shape)):
        if getattr(array, "shape", None) != wanted:
            raise ForeignError(
                f"{name} of the objective '{objective.formula}' has the shape {np.shape(array)} "
                f"for points of shape {shape}; it must be {wanted}"
            )


def _as_it_is(objective: Objective) -> Objective:
    """Return an objective that is to be minimised."""
    return objective


class _TurnedRound(Wrapper):
    """What is to be maximised, for rules that minimise: -f."""

    def value(self, points: Array) -> Array:
        """Return -f at each point."""
        return -self.inside.value(points)

    def gradient(self, points: Array) -> Array:
        """Return -∇f at each point."""
        return -self.inside.gradient(points)

    def hessian(self, points: Array) -> Array:
        """Return the second derivatives of -f at each point."""
        return -self.inside.hessian(points)


class _Running:
    """Which starts have not ended and do not rest; as long as all run, nothing is masked."""

    def __init__(self, starts: int, stop: Stop | None) -> None:
        """All run."""
        self._there: NDArray[np.bool_] | None = None
        self._gone: NDArray[np.intp] = np.empty(0, dtype=np.intp)
        self._resting: NDArray[np.bool_] | None = None
        self._starts, self._stop = starts, stop

    @property
    def any(self) -> bool:
        """Whether a start is left that moves."""
        if self._there is None and self._resting is None:
            return True
        there = np.True_ if self._there is None else self._there
        return bool(np.any(there if self._resting is None else there & ~self._resting))

    def masked(self, array: Array) -> Array:
        """Return the array with NaN for the starts that have ended."""
        if self._there is None:
            return array
        masked = np.array(array, dtype=float)
        masked[self._gone] = np.nan
        return masked

    def kept(self, before: Array, array: Array) -> Array:
        """Return the array, with what was there before for the starts that rest."""
        if self._resting is None:
            return array
        return np.where(_along(self._resting, array), before, array)

    def fill_up(self, rows: Array, row: int) -> None:
        """Write all rows after `row`: of the starts that rest the same, of the others NaN."""
        rows[row + 1 :] = np.nan
        if self._resting is not None:
            rows[row + 1 :, self._resting] = rows[row, self._resting]

    def end_where_not_finite(self, *arrays: Array) -> None:
        """End the starts of which a number is not finite."""
        if all(map(_is_finite, arrays)):
            return
        # Along rows of few numbers `all` takes fifty times as long as along columns.
        columns = [np.isfinite(array).reshape(self._starts, -1).T.copy() for array in arrays]
        whole = np.all(np.concatenate(columns), axis=0)
        there = whole if self._there is None else self._there & whole
        self._there, self._gone = there, np.flatnonzero(~there)
        if self._resting is not None:
            self._resting &= there

    def rest_where_flat(self, gradients: Array) -> None:
        """Let the starts rest whose gradient is as short as the scene asks for."""
        if self._stop is None:
            return
        flat = length(gradients) <= self._stop.gradient
        if flat.any():
            self._resting = flat if self._resting is None else self._resting | flat


def _is_finite(array: Array) -> bool:
    """Return whether all numbers are finite; of few numbers in half the time of `all`."""
    finite = np.isfinite(array)
    return bool(np.count_nonzero(finite) == finite.size)


def _along(mask: "NDArray[np.bool_]", array: Array) -> "NDArray[np.bool_]":
    """Return a mask of starts for an array that begins with them."""
    return mask.reshape(-1, *(1,) * (array.ndim - 1))


class _States:
    """What an optimizer remembers, and the rates it comes to, row by row."""

    def __init__(
        self, optimizer: "Optimizer[Any]", state: Any, problem: Problem, counting: Counting | None
    ) -> None:
        """Allocate the arrays that the problem asks for."""
        self._optimizer, self._counting = optimizer, counting
        self.arrays: dict[str, Array] = {}
        rates = np.full_like(problem.starts, np.nan)
        shape = (len(rates),)
        drawn = {
            name: np.broadcast_to(it, shape + it.shape)
            for name, it in problem.objective.drawn.items()
        }
        remembered = {**optimizer.remembered(state), EFFECTIVE_RATE: rates, **drawn}
        for name, first in remembered.items():
            if problem.keeps(name):
                self.arrays[name] = np.empty((problem.steps + 1, *first.shape))
                self.arrays[name][0] = first
        if counting is not None:
            self.arrays[EVALUATIONS] = np.zeros((problem.steps + 1, len(problem.starts)))

    def keep(self, state: Any, seen: Objective, step: Step, running: _Running) -> None:
        """Fill the row that the update made; a start that has stopped keeps none."""
        if not self.arrays:
            return
        remembered = {**self._optimizer.remembered(state), **seen.drawn}
        for name, rows in self.arrays.items():
            if name == EFFECTIVE_RATE:
                array = self._optimizer.effective_learning_rate(state, step)
            elif name == EVALUATIONS and self._counting is not None:
                array = self._counting.end()
            else:
                array = remembered[name]
            row, array = step.number + 1, np.broadcast_to(array, rows.shape[1:])
            rows[row] = running.masked(running.kept(rows[row - 1], array))
