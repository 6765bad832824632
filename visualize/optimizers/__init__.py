"""How a step is chosen: one optimizer a file, each a frozen set of hyper-parameters and a rule.

To add one, add a file here: its name is the optimizer's name in scenes, its one public class is
an `Optimizer`. Nothing else has to know.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import (
    AfterValidator,
    Field,
    PlainValidator,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticKnownError

from visualize.catalogue import Catalogue
from visualize.errors import ExpressionError
from visualize.expression import read_expression
from visualize.objectives import Objective
from visualize.settings import Color, Fraction, NotNegative, Number, Settings, told

Array = NDArray[np.float64]
State = Mapping[str, Array]
"""What an optimizer remembers between steps: named arrays, a row for each start."""


LONGEST_LABEL = 80
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


def _check_rate(rate: Any) -> float | str:
    if isinstance(rate, str):
        try:
            read_expression(rate, ["t"])
        except ExpressionError as error:
            raise told(error.message, column=error.column, length=error.length) from None
        return rate
    if isinstance(rate, bool) or not isinstance(rate, int | float):
        raise told("must be a number, or a formula in t, the number of updates done so far")
    if not math.isfinite(rate):
        raise PydanticKnownError("finite_number")
    if rate <= 0:
        raise PydanticKnownError("greater_than", {"gt": 0.0})
    return float(rate)


def _check_label(label: str) -> str:
    if "/" in label or not label.isprintable() or not label.strip() or label[0] == "_":
        raise told("must be plain text without '/', and not begin with '_'")
    return label


LearningRate = Annotated[
    float | str,
    PlainValidator(_check_rate, json_schema_input_type=float | str),
    Field(description="η, or a formula in t."),
]
Portion = Annotated[Number, Field(ge=0, le=1)]
Momentum = Annotated[Fraction, Field(description="μ: how much of the velocity is kept.")]
Nesterov = Annotated[bool, Field(description="Look ahead along the velocity.")]
MeanKept = Annotated[
    Fraction, Field(description="β₁: how much of the mean gradient is kept at each step.")
]
SquareKept = Annotated[
    Fraction, Field(description="β₂: how much of the mean square is kept at each step.")
]
Epsilon = Annotated[NotNegative, Field(description="ε: keeps the denominator from 0.")]
RootEpsilon = Annotated[NotNegative, Field(description="ε under the root as well.")]
EpsilonPlacement = Annotated[
    Literal["outside_sqrt", "inside_sqrt"],
    Field(description="Whether ε is added to the root or under it."),
]
InitialAccumulator = Annotated[NotNegative, Field(description="s before the first step.")]
WeightDecay = Annotated[NotNegative, Field(description="λ: pulls every coordinate towards 0.")]
DecoupledWeightDecay = Annotated[
    bool, Field(description="Let λ shrink x by η λ x, and keep it out of the gradient.")
]
RateInVelocity = Annotated[
    bool, Field(description="Keep η g in the velocity, not g: for rates that change in time.")
]

Conventions = Mapping[str, Mapping[str, Any]]


class Optimizer(Settings, ABC):
    """An optimizer: its hyper-parameters are fields, its memory is passed and returned.

    Gradients and points have the shape `(starts, dimension)`, states begin with `starts`; every
    start is independent of the others.
    """

    conventions: ClassVar[Conventions]
    """The libraries and papers that have this optimizer, each with the settings that make ours
    theirs. The fields' defaults are those of the first, which does not name them again."""

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
    }

    beside = ("sweep",)

    name: str
    label: Annotated[str, Field(max_length=LONGEST_LABEL), AfterValidator(_check_label)] | None = (
        None
    )
    """How the picture and the saved arrays call this run; default: the name."""
    color: Color | None = None
    """Its colour; default: the theme's next."""
    convention: str | None = None
    """Whose variant and defaults these are; what is given beside it wins."""

    @model_validator(mode="before")
    @classmethod
    def _follow_convention(cls, settings: Any) -> Any:
        if not isinstance(settings, Mapping):
            return settings
        return {**cls._convention(settings.get("convention")), **settings}

    @classmethod
    def _convention(cls, name: Any) -> Mapping[str, Any]:
        return cls.conventions.get(name, {}) if isinstance(name, str) else {}

    @field_validator("convention")
    @classmethod
    def _check_convention(cls, convention: str | None) -> str | None:
        if convention is not None and convention not in cls.conventions:
            name = cls.model_fields["name"].default
            known = ", ".join(cls.conventions)
            raise told(f"{name} has no convention '{convention}'; there are {known}")
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
        rate = getattr(self, "learning_rate", 1.0)
        if not isinstance(rate, str):
            return np.full(steps, rate)
        return read_expression(rate, ["t"]).value(np.arange(steps, dtype=float)[:, np.newaxis])


def divide(numerator: Array | float, denominator: Array) -> Array:
    """Return the quotient, where 0/0 is 0: a coordinate without a gradient stays where it is."""
    return np.divide(
        numerator,
        denominator,
        out=np.zeros(np.broadcast_shapes(np.shape(numerator), denominator.shape)),
        where=(numerator != 0) | (denominator != 0),
    )


def root(squares: Array, epsilon: float, placement: str) -> Array:
    """Return the root of `squares`, kept from 0 by epsilon: √(s + ε) or √s + ε."""
    if placement == "inside_sqrt":
        return np.sqrt(squares + epsilon)
    return np.sqrt(squares) + epsilon


def blend(old: Array, new: Array, kept: float) -> Array:
    """Return the moving average after `new`, of which the fraction `kept` stays."""
    return kept * old + (1 - kept) * new


def correction(kept: float, step: Step) -> float:
    """Return how far a moving average that began at 0 has come: 1 - βᵗ at the t-th update."""
    return 1 - kept ** (step.number + 1)


def trust_ratio(
    points: Array, directions: Array, coefficient: float = 1.0, epsilon: float = 0.0
) -> Array:
    """Return κ ‖x‖ / (‖u‖ + ε), or 1 where a length is 0: shape `(starts, 1)`."""
    size, length = norm(points), norm(directions)
    ratio = divide(coefficient * size, length + epsilon)
    return np.where((size == 0) | (length == 0), 1.0, ratio)


def norm(vectors: Array) -> Array:
    """Return the length of each start's vector: shape `(starts, 1)`."""
    length: Array = np.sqrt(np.sum(vectors**2, axis=-1, keepdims=True))
    return length


def decay(
    gradients: Array, step: Step, weight_decay: float, *, decoupled: bool
) -> tuple[Array, Array | float]:
    """Return the gradients with g + λ x, or else what x shrinks by: -η λ x."""
    if weight_decay == 0:
        return gradients, 0.0
    pull = weight_decay * step.points
    return (gradients, -step.learning_rate * pull) if decoupled else (gradients + pull, 0.0)


def decay_formula(weight_decay: float, *, decoupled: bool) -> str:
    """Return what `decay` does, as a formula; nothing without a weight decay."""
    if weight_decay == 0:
        return ""
    return "x ← x - η λ x" if decoupled else "g ← g + λ x"


def steps_of(*formulas: str) -> str:
    """Return the formulas that are not empty, a line each."""
    return "\n".join(formula for formula in formulas if formula)


OPTIMIZERS: Catalogue[Optimizer] = Catalogue(__name__, __path__)
