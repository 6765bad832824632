"""The sign of a momentum; all steps have the same length."""

from typing import ClassVar, Literal

import numpy as np

from visualize.arrays import Array
from visualize.declare.settings import Fraction
from visualize.objectives.objective import Blocks
from visualize.optimizers._arithmetic import blend, decay_formula, shrinkage, steps_of, zeros
from visualize.optimizers._fields import MeanKept, WeightDecay
from visualize.optimizers.optimizer import Conventions, Optimizer, State, Step


class Lion(Optimizer):
    """Lion: the sign of a momentum decides, and all steps have the same length.

    x ← x - η (sign(β₁ m + (1 - β₁) g) + λ x); m ← β₂ m + (1 - β₂) g

    Source: Chen et al. 2023 (arXiv:2302.06675).
    """

    conventions: ClassVar[Conventions] = {
        "optax": {},
        "keras": {"learning_rate": 0.001, "weight_decay": 0.0},
        "paper": {"learning_rate": 0.0001, "weight_decay": 0.0},
    }

    name: Literal["lion"] = "lion"
    beta_1: MeanKept = 0.9
    beta_2: Fraction = 0.99
    """β₂: how much of the momentum is remembered."""
    weight_decay: WeightDecay = 0.001

    @property
    def formula(self) -> str:
        """The rule that these settings make."""
        return steps_of(
            decay_formula(self.weight_decay, decoupled=True),
            "x ← x - η sign(β₁ m + (1 - β₁) g)",
            "m ← β₂ m + (1 - β₂) g",
        )

    def init(self, points: Array, _: Blocks) -> State:
        """Return a momentum of 0."""
        return zeros(points, "mean")

    def update(self, gradients: Array, state: State, step: Step) -> tuple[Array, State]:
        """Return -η sign(β₁ m + (1 - β₁) g), and the momentum."""
        shrink = shrinkage(step, self.weight_decay)
        direction = np.sign(blend(state["mean"], gradients, self.beta_1))
        after = {"mean": blend(state["mean"], gradients, self.beta_2)}
        return shrink - step.learning_rate * direction, after
