"""Each coordinate has a step; only the sign counts."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field, model_validator

from visualize.arrays import Array
from visualize.declare.settings import NotNegative, Number, Positive, custom_error
from visualize.objectives.objective import Blocks
from visualize.optimizers._arithmetic import not_yet, steps_of, zeros
from visualize.optimizers._fields import LearningRate
from visualize.optimizers.optimizer import Conventions, Optimizer, State, Step


class Rprop(Optimizer):
    """Rprop: every coordinate has a step of its own, and only the gradient's sign counts.

    While the sign stays, the step Δ grows by η⁺; where it flips, Δ shrinks by η⁻ and that
    coordinate rests for once (iRprop⁻). Δ begins at the learning rate; x ← x - Δ sign(g).

    Source: Riedmiller and Braun 1993; Igel and Hüsken 2003; the rule is that of
    torch.optim.Rprop. A learning rate that changes counts at the first step only.
    """

    conventions: ClassVar[Conventions] = {"torch": {}}
    synonyms: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "etas": ("decrease", "increase"),
        "step_sizes": ("minimum_step", "maximum_step"),
    }

    name: Literal["rprop"] = "rprop"
    learning_rate: LearningRate = 0.01
    decrease: Annotated[Number, Field(gt=0, lt=1)] = 0.5
    """η⁻: what a step shrinks by when the sign has flipped."""
    increase: Annotated[Number, Field(gt=1)] = 1.2
    """η⁺: what a step grows by while the sign stays."""
    minimum_step: NotNegative = 1e-6
    """The shortest step."""
    maximum_step: Positive = 50.0
    """The longest step."""

    @model_validator(mode="after")
    def _check_steps(self) -> "Rprop":
        if self.minimum_step > self.maximum_step:
            raise custom_error("minimum_step must not be above maximum_step")
        return self

    @property
    def formula(self) -> str:
        """The rule that these settings make."""
        return steps_of(
            "Δ ← η⁺ Δ where g keeps its sign, η⁻ Δ where it flips",
            "g ← 0 where it flips",
            "x ← x - Δ sign(g)",
        )

    def init(self, points: Array, _: Blocks) -> State:
        """Return no gradient; there are no steps yet."""
        return {**zeros(points, "gradient"), "step_size": not_yet(points)}

    def update(self, gradients: Array, state: State, step: Step) -> tuple[Array, State]:
        """Return -Δ sign(g), the gradient that counted and Δ."""
        agreement = gradients * state["gradient"]
        factor = np.where(agreement > 0, self.increase, np.where(agreement < 0, self.decrease, 1.0))
        before = np.where(step.number == 0, step.learning_rate, state["step_size"])
        length = np.clip(before * factor, self.minimum_step, self.maximum_step)
        counted = np.where(agreement < 0, 0.0, gradients)
        return -np.sign(counted) * length, {"gradient": counted, "step_size": length}

    def effective_learning_rate(self, state: State, step: Step) -> Array:
        """Return Δ."""
        del step
        return state["step_size"]
