"""How a step is chosen: one optimizer a file, each a frozen set of hyper-parameters and a rule.

To add one, add a file here: its name is the optimizer's name in scenes, its one public class is
an `Optimizer`. Nothing else has to know. Others register theirs from outside.

A rule's `update` is written in operations on arrays: no branch depends on a number that a run
brings, nothing is written into, so that it can be traced, and so that settings may be a row for
each start. Rules that search along a line or solve equations are exempt: `_search`, `newton`.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Generic, NamedTuple, cast

import numpy as np
from pydantic import field_validator, model_validator
from typing_extensions import TypeVar

from visualize.arrays import Array
from visualize.declare.registry import Registry
from visualize.declare.settings import Color, Label, Settings, told
from visualize.formulas.reading import read_expression
from visualize.history.trajectory import Trajectory
from visualize.objectives._draws import Draws
from visualize.objectives.objective import Blocks, Objective
from visualize.optimizers._fields import LearningRate

if TYPE_CHECKING:
    from numpy.typing import NDArray

State = Mapping[str, Array]
"""What most optimizers remember between steps: named arrays, a row for each start."""
S = TypeVar("S", default=State)
"""What an optimizer remembers between steps."""

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


Conventions = Mapping[str, Mapping[str, Any]]


class Optimizer(Settings, ABC, Generic[S]):
    """An optimizer: its hyper-parameters are fields, its memory is passed and returned.

    Gradients and points have the shape `(starts, dimension)`, states begin with `starts`; every
    start is independent of the others.
    """

    conventions: ClassVar[Conventions]
    """The libraries and papers that have this optimizer, each with the settings that make ours
    theirs. The fields' defaults are those of the first, which does not name them again."""

    also_called: ClassVar[tuple[str, ...]] = ()
    """What people call it besides; what is merely spelt otherwise is found without."""
    needs_hessian: ClassVar[bool] = False
    """Whether the rule asks the objective for second derivatives."""
    synonyms: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "lr": ("learning_rate",),
        "rate": ("learning_rate",),
        "step_size": ("learning_rate",),
        "eps": ("epsilon",),
        "betas": ("beta_1", "beta_2"),
        "beta1": ("beta_1",),
        "beta2": ("beta_2",),
        "b1": ("beta_1",),
        "b2": ("beta_2",),
        "alpha": ("rho",),
        "decay": ("rho",),
        "l2": ("weight_decay",),
        "wd": ("weight_decay",),
        "eps_root": ("epsilon_root",),
        "initial_scale": ("initial_accumulator_value",),
    }

    beside = ("sweep",)

    name: str
    learning_rate: LearningRate
    label: Label | None = None
    """How the picture and the saved arrays call this run; default: the name."""
    color: Color | None = None
    """Its colour; default: the theme's next."""
    convention: str | None = None
    """Whose variant and defaults these are; what is given beside it wins."""

    @model_validator(mode="before")
    @classmethod
    def _follow_convention(cls, settings: Any) -> Any:
        if not isinstance(settings, Mapping) or not isinstance(settings.get("convention"), str):
            return settings
        # An unknown one is told; that it brings no learning rate need not be told as well.
        unknown = {"learning_rate": 1.0}
        return {**cls.conventions.get(settings["convention"], unknown), **settings}

    @field_validator("convention")
    @classmethod
    def _check_convention(cls, convention: str | None) -> str | None:
        if convention is not None and convention not in cls.conventions:
            name = cls.model_fields["name"].default
            there = "there is" if len(cls.conventions) == 1 else "there are"
            known = ", ".join(cls.conventions)
            raise told(f"{name} has no convention '{convention}'; {there} {known}")
        return convention

    @property
    @abstractmethod
    def formula(self) -> str:
        """The rule that these settings make, a line for each of its steps.

        x is the point, g the gradient there, η the learning rate.
        """

    @abstractmethod
    def init(self, points: Array, blocks: Blocks, /) -> S:
        """Return the state before the first step."""

    @abstractmethod
    def update(self, gradients: Array, state: S, step: Step) -> tuple[Array, S]:
        """Return what to add to the points, and the state after it."""

    def remembered(self, state: S) -> Mapping[str, Array]:
        """Return what the history may keep of a state: named arrays, a row for each start."""
        return cast("Mapping[str, Array]", state)

    def shown(self, points: Array, state: S) -> Array:
        """Return what the history keeps for where the run is: mostly, where it is."""
        del state
        return points

    def effective_learning_rate(self, state: S, step: Step) -> Array:
        """Return each coordinate's rate in the update that led to `state`.

        That is η divided by what the rule divides by: a column for each coordinate, or one.
        """
        del state
        return np.full_like(step.points, step.learning_rate)

    def learning_rates(self, steps: int) -> Array:
        """Return the learning rate of every update: `(steps,)`, or a row for each start in each."""
        if not isinstance(self.learning_rate, str):
            return np.broadcast_to(self.learning_rate, (steps, *np.shape(self.learning_rate)))
        times = np.arange(steps, dtype=float)[:, np.newaxis]
        return read_expression(self.learning_rate, ["t"]).value(times)

    def trace(self, problem: Problem) -> Trajectory:
        """Return where this optimizer goes.

        A start that reaches a point or value that is not finite has diverged: it stops, and its
        rows are NaN from then on. A library that has a loop of its own overrides this.
        """
        objective, steps = problem.objective, problem.steps
        here = shown = problem.starts
        rates = self.learning_rates(steps)
        each = rates.tolist() if rates.ndim == 1 else rates
        draws = Draws(problem.seed)
        points = np.full((steps + 1, *here.shape), np.nan)
        values = np.full((steps + 1, len(here)), np.nan)
        gradients = np.full_like(points, np.nan)
        state = self.init(here, objective.blocks)
        states = _States(self, state, problem)
        running = _Running(len(here))
        with np.errstate(all="ignore"):  # divergence shows in the arrays
            for number in range(steps + 1):
                last = number == steps
                seen = objective if last else objective.at(number, draws)
                if seen is objective and (last or shown is here):
                    value, gradient = objective.value_and_gradient(shown)
                else:  # the last row is the gradient itself, at what is shown
                    value, gradient = objective.value(shown), seen.gradient(shown if last else here)
                points[number] = running.masked(shown)
                values[number] = running.masked(value)
                running.stop_where_not_finite(here, value)
                gradients[number] = running.masked(gradient)
                if last or not running.any:
                    break
                step = Step(number, here, each[number], objective, seen)
                update, state = self.update(gradient, state, step)
                states.keep(state, step, running)
                here = running.masked(here + update)
                shown = self.shown(here, state)
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

    def __init__(self, optimizer: Optimizer[Any], state: Any, problem: Problem) -> None:
        """Make room for the arrays that the problem asks for."""
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


OPTIMIZERS: Registry[Optimizer[Any]] = Registry("visualize.optimizers", Optimizer)
