"""How a step is chosen: one optimizer a file, each a frozen set of hyper-parameters and a rule.

To add one, add a file here: its name is the optimizer's name in scenes, its one public class is
an `Optimizer`. Nothing else has to know. Others register theirs from outside.

A rule's `update` is written in operations on arrays: no branch depends on a number that a run
brings, nothing is written into, so that it can be traced, and so that settings may be a row for
each start. Rules that search along a line or solve equations are exempt: `_search`, `newton`.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Generic, cast

import numpy as np
from pydantic import field_validator, model_validator
from typing_extensions import TypeVar

from visualize.arrays import Array, length
from visualize.declare.registry import Registry
from visualize.declare.settings import Positive, Settings, Synonyms, custom_error
from visualize.formulas.reading import read_expression
from visualize.history.trajectory import Trajectory
from visualize.objectives.objective import Blocks
from visualize.optimizers._evaluations import EVALUATIONS as EVALUATIONS
from visualize.optimizers._fields import LearningRate
from visualize.optimizers._schedules import Schedule
from visualize.optimizers._spellings import OPTIMIZERS as SPELLINGS
from visualize.optimizers._trace import EFFECTIVE_RATE as EFFECTIVE_RATE
from visualize.optimizers._trace import Problem as Problem
from visualize.optimizers._trace import Step as Step
from visualize.optimizers._trace import Stop as Stop
from visualize.optimizers._trace import follow
from visualize.text import shown

State = Mapping[str, Array]
"""What most optimizers remember between steps: named arrays, a row for each start."""
S = TypeVar("S", default=State)
"""What an optimizer remembers between steps."""

Conventions = Mapping[str, Mapping[str, Any]]


class Optimizer(Settings, ABC, Generic[S]):
    """An optimizer: its hyper-parameters are fields, its memory is passed and returned.

    Gradients and points have the shape `(starts, dimension)`, states begin with `starts`; every
    start is independent of the others.
    """

    conventions: ClassVar[Conventions] = {}
    """The libraries and papers that have this optimizer, each with the settings that make ours
    theirs. The fields' defaults are those of the first, which does not name them again."""

    also_called: ClassVar[tuple[str, ...]] = ()
    """Other names that people use; misspellings are recognised anyway."""
    needs_hessian: ClassVar[bool] = False
    """Whether the rule asks the objective for second derivatives."""
    divides_by_rate: ClassVar[bool] = False
    """Whether a learning rate of 0, which others may pass through, has no meaning for the rule."""
    searches: ClassVar[bool] = False
    """Whether the rule searches along lines: it needs gradients as they are, not clipped."""
    solves_anew: ClassVar[bool] = False
    """Whether the rule solves for the points themselves: then its first step forgets the start."""
    synonyms: ClassVar[Synonyms] = SPELLINGS

    beside = ("sweep", "label", "color")

    name: str
    learning_rate: LearningRate
    convention: str | None = None
    """Whose variant and defaults these are; what is given beside it wins."""
    clip_norm: Positive | None = None
    """c: where ‖g‖ is larger, take c g / ‖g‖ for g; not in rules that search along lines."""
    maximize: bool = False
    """Climb: take -g for g."""

    @model_validator(mode="before")
    @classmethod
    def _follow_convention(cls, settings: Any) -> Any:
        if not isinstance(settings, Mapping) or not isinstance(settings.get("convention"), str):
            return settings
        # An unknown one is reported; the learning rate that it does not bring need not be.
        unknown = {"learning_rate": 1.0}
        return {**cls.conventions.get(settings["convention"], unknown), **settings}

    @field_validator("convention")
    @classmethod
    def _check_convention(cls, convention: str | None) -> str | None:
        if convention is not None and convention not in cls.conventions:
            name = cls.model_fields["name"].default
            there = "there is" if len(cls.conventions) == 1 else "there are"
            known = ", ".join(cls.conventions)
            raise custom_error(f"{name} has no convention {shown(convention)}; {there} {known}")
        return convention

    @field_validator("clip_norm")
    @classmethod
    def _check_clipping(cls, clip_norm: float | None) -> float | None:
        if clip_norm is not None and cls.searches:
            name = cls.model_fields["name"].default
            raise custom_error(f"{name} finds its lengths by the gradient as it is; leave it out")
        return clip_norm

    @property
    def has_own_loop(self) -> bool:
        """Whether a library goes its own way from start to end, `trace`, and no step is ours."""
        return type(self).trace is not Optimizer.trace

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
        """Return what the history keeps as the position of a run: by default the points."""
        del state
        return points

    def effective_learning_rate(self, state: S, step: Step) -> Array:
        """Return each coordinate's rate in the update that led to `state`.

        That is η divided by what the rule divides by: a column for each coordinate, or one.
        """
        del state
        return np.full_like(step.points, step.learning_rate)

    def learning_rates(self, steps: int, first: int = 0, last: int | None = None) -> Array:
        """Return the learning rate of every update of a run of so many steps.

        Or of those from `first` until before `last`. The shape is `(last - first,)`, or there is a
        row for each start in each.
        """
        times = np.arange(first, steps if last is None else last, dtype=float)
        if isinstance(self.learning_rate, str):
            return read_expression(self.learning_rate, ["t"]).value(times[:, np.newaxis])
        if isinstance(self.learning_rate, Schedule):
            with np.errstate(all="ignore"):  # one that grows beyond numbers shows in them
                return self.learning_rate.rates(times, steps)
        return np.broadcast_to(self.learning_rate, (*times.shape, *np.shape(self.learning_rate)))

    def taken(self, gradients: Array) -> Array:
        """Return what the rule takes for the gradients: no longer than wanted, and the way it goes.

        optax and Keras clip like this; torch divides by ‖g‖ + 1e-6, which is a hair shorter.
        """
        if self.clip_norm is not None:
            lengths = length(gradients)[..., np.newaxis]
            gradients = gradients * (self.clip_norm / np.maximum(lengths, self.clip_norm))
        return -gradients if self.maximize else gradients

    def trace(self, problem: Problem) -> Trajectory:
        """Return where this optimizer goes.

        A start that reaches a point, a value or a gradient that is not finite ends there: its
        rows are NaN from then on. One that is to stop stays where it is: its rows are the same
        from then on. A library that has a loop of its own overrides this.
        """
        return follow(self, problem)


OPTIMIZERS: Registry[Optimizer[Any]] = Registry("visualize.optimizers", Optimizer, key="name")
