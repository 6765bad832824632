"""How a step is chosen: one optimizer a file, each a frozen set of hyper-parameters and a rule.

To add one, add a file here: its name is the optimizer's name in scenes, its one public class is
an `Optimizer`. Nothing else has to know.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import field_validator, model_validator

from visualize.declare.registry import Registry
from visualize.declare.settings import Settings, told
from visualize.formulas.reading import read_expression
from visualize.objectives.objective import Objective
from visualize.optimizers._fields import LearningRate

Array = NDArray[np.float64]
State = Mapping[str, Array]
"""What an optimizer remembers between steps: named arrays, a row for each start."""

EFFECTIVE_RATE = "effective_learning_rate"
"""What histories call the rates of each coordinate, beside the states."""


class Step(NamedTuple):
    """Where a run stands when its rule is asked for the next update."""

    number: int
    """Updates done so far: 0 at the first."""
    points: Array
    """Where every start is now: `(starts, dimension)`."""
    learning_rate: float
    """The learning rate of this update."""
    objective: Objective
    """For rules that need more than a gradient."""


Conventions = Mapping[str, Mapping[str, Any]]


class Optimizer(Settings, ABC):
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

    beside = ("sweep", "label", "color")

    name: str
    learning_rate: LearningRate
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
    def init(self, points: Array) -> State:
        """Return the state before the first step."""

    @abstractmethod
    def update(self, gradients: Array, state: State, step: Step) -> tuple[Array, State]:
        """Return what to add to the points, and the state after it."""

    def shown(self, points: Array, state: State) -> Array:
        """Return what the history keeps for where the run is: mostly, where it is."""
        del state
        return points

    def effective_learning_rate(self, state: State, step: Step) -> Array:
        """Return each coordinate's rate in the update that led to `state`.

        That is η divided by what the rule divides by: a column for each coordinate, or one.
        """
        del state
        return np.full_like(step.points, step.learning_rate)

    def learning_rates(self, steps: int) -> Array:
        """Return the learning rate of every update: shape `(steps,)`."""
        if not isinstance(self.learning_rate, str):
            return np.full(steps, self.learning_rate)
        times = np.arange(steps, dtype=float)[:, np.newaxis]
        return read_expression(self.learning_rate, ["t"]).value(times)


OPTIMIZERS: Registry[Optimizer] = Registry("visualize.optimizers", Optimizer)
