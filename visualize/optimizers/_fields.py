"""Settings that many optimizers have: their bounds and what they mean, said once."""

import math
import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import Field, PlainValidator, SerializeAsAny
from pydantic_core import PydanticKnownError

from visualize.declare.settings import (
    Fraction,
    NotNegative,
    Number,
    custom_error,
    declared_in,
    error_at,
    in_our_words,
)
from visualize.errors import ExpressionError
from visualize.formulas.reading import read_expression
from visualize.optimizers._schedules import SCHEDULES, AnySchedule, Schedule, instead
from visualize.text import in_yaml

TIMES = re.compile(
    r"\b(?:epochs?|steps?|global_step|iterations?|iter|it|updates?|count|time|T|k|n|i|s)\b"
)
"""What others call the updates done so far."""
EXAMPLE = {"schedule": "cosine", "initial_learning_rate": 0.1}
"""A learning rate by a schedule."""


def _in_t(rate: str) -> str:
    """Return what to say of a formula that is one in t but for the name; else nothing."""
    ours = TIMES.sub("t", rate)
    try:
        read_expression(ours, ["t"])
    except ExpressionError:
        return ""
    return f"the updates done so far are called t; write {ours}"


def _by_steps(rates: Mapping[Any, Any]) -> str:
    """Return the formula of rates by the step that they begin at: {0: 0.1, 10: 0.01}."""
    by_step = {str(step): rate for step, rate in rates.items()}
    if not all(step.isdecimal() for step in by_step):
        return ""
    if not all(type(rate) in (int, float) for rate in by_step.values()):
        return ""
    steps = sorted(by_step, key=int)
    if steps[:1] != ["0"]:
        return ""
    before = [f"{by_step[one]} if t < {other} else " for one, other in pairwise(steps)]
    return "".join([*before, f"{by_step[steps[-1]]}"])


def _check_rate(rate: Any) -> float | str | Schedule:
    if isinstance(rate, Schedule):
        return rate
    if isinstance(rate, str):
        return _formula(rate)
    if isinstance(rate, Mapping) and "schedule" in rate:
        return _schedule(rate)
    if isinstance(rate, bool) or not isinstance(rate, int | float):
        words = "must be a number, a formula in t, the number of updates done so far, or a schedule"
        if isinstance(rate, list | tuple) and rate:
            words += f"; for a run each write sweep: {{learning_rate: {in_yaml(rate)}}}"
        if isinstance(rate, Mapping):
            ours = in_our_words(SCHEDULES, "schedule", rate)
            words += f"; write {_by_steps(rate) or in_yaml(ours or EXAMPLE)}"
        raise custom_error(words)
    if not math.isfinite(rate):
        raise PydanticKnownError("finite_number")
    if rate <= 0:
        raise PydanticKnownError("greater_than", {"gt": 0.0})
    return float(rate)


def _formula(rate: str) -> str:
    try:
        read_expression(rate, ["t"])
    except ExpressionError as error:
        place = {"column": error.column, "length": error.length}
        words = _in_a_mapping(rate.strip()) or _in_t(rate) or error.message
        raise custom_error(words, **place) from None
    return rate


def _in_a_mapping(name: str) -> str:
    """Return what to say to somebody who gives a schedule's name alone; else nothing."""
    if words := instead(name):
        return words
    known = [name] if name in SCHEDULES else SCHEDULES.meant(name) if name.isidentifier() else []
    if len(known) != 1:
        return ""
    ours = in_our_words(SCHEDULES, "schedule", known[0])
    return f"a schedule has settings; write learning_rate: {in_yaml(ours)}"


def _schedule(settings: Mapping[str, Any]) -> Schedule:
    name = settings["schedule"]
    if isinstance(name, str) and (words := instead(name)):
        raise error_at(words, "schedule")
    return declared_in(SCHEDULES, Schedule, "schedule", settings)


LearningRate = Annotated[
    float | str | SerializeAsAny[Schedule],
    PlainValidator(_check_rate, json_schema_input_type=float | str | AnySchedule),
    Field(
        description="η: a number, a formula in t, the updates done so far (0 at the first), or a "
        "schedule.",
        examples=[0.1],
    ),
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
RootEpsilon = Annotated[NotNegative, Field(description="ε_root: added under the root as well.")]
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
