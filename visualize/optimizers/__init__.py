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
from pydantic import AfterValidator, Field, PlainValidator
from pydantic_core import PydanticKnownError

from visualize.catalogue import Catalogue
from visualize.errors import ExpressionError
from visualize.expression import read_expression
from visualize.objectives import Objective
from visualize.settings import Color, Settings, told

Array = NDArray[np.float64]
State = Mapping[str, Array]
"""What an optimizer remembers between steps: named arrays of shape `(starts, dimension)`."""


LONGEST_LABEL = 80


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
    float | str, PlainValidator(_check_rate, json_schema_input_type=float | str)
]
EpsilonPlacement = Literal["outside_sqrt", "inside_sqrt"]


class Optimizer(Settings, ABC):
    """An optimizer: its hyper-parameters are fields, its memory is passed and returned.

    Gradients, points and states have the shape `(starts, dimension)`; every start is
    independent of the others.
    """

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

    @abstractmethod
    def init(self, points: Array) -> State:
        """Return the state before the first step."""

    @abstractmethod
    def update(self, gradients: Array, state: State, step: Step) -> tuple[Array, State]:
        """Return what to add to the points, and the state after it."""

    def learning_rates(self, steps: int) -> Array:
        """Return the learning rate of every update: shape `(steps,)`."""
        rate = getattr(self, "learning_rate", 1.0)
        if not isinstance(rate, str):
            return np.full(steps, rate)
        return read_expression(rate, ["t"]).value(np.arange(steps, dtype=float)[:, np.newaxis])


def divide(numerator: Array, denominator: Array) -> Array:
    """Return the quotient, where 0/0 is 0: a coordinate without a gradient stays where it is."""
    return np.divide(
        numerator,
        denominator,
        out=np.zeros_like(numerator),
        where=(numerator != 0) | (denominator != 0),
    )


def root(squares: Array, epsilon: float, placement: EpsilonPlacement) -> Array:
    """Return the root of `squares`, kept from 0 by epsilon: √(s + ε) or √s + ε."""
    if placement == "inside_sqrt":
        return np.sqrt(squares + epsilon)
    return np.sqrt(squares) + epsilon


OPTIMIZERS: Catalogue[Optimizer] = Catalogue(__name__, __path__)
