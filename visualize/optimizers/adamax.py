"""Adam with the largest gradient in place of the mean square."""

from typing import ClassVar, Literal

import numpy as np

from visualize.arrays import Array
from visualize.declare.settings import Fraction
from visualize.objectives.objective import Blocks
from visualize.optimizers._arithmetic import (
    blend,
    correction,
    decay,
    decay_formula,
    divide,
    steps_of,
    zeros,
)
from visualize.optimizers._fields import (
    DecoupledWeightDecay,
    Epsilon,
    MeanKept,
    WeightDecay,
)
from visualize.optimizers.optimizer import Conventions, Optimizer, State, Step


class Adamax(Optimizer):
    """Adamax: Adam with the largest gradient in place of the mean square.

    m ← β₁ m + (1 - β₁) g; u ← max(β₂ u, |g| + ε); x ← x - η m̂ / u

    with m̂ = m / (1 - β₁ᵗ). Keras adds ε outside: u ← max(β₂ u, |g|); x ← x - η m̂ / (u + ε).

    Source: Kingma and Ba 2015 (arXiv:1412.6980), section 7.1, where there is no ε.
    """

    conventions: ClassVar[Conventions] = {
        "torch": {"learning_rate": 0.002},
        "keras": {
            "learning_rate": 0.001,
            "epsilon": 1e-7,
            "epsilon_placement": "outside_max",
            "decoupled_weight_decay": True,
        },
        "optax": {},
        "paper": {"learning_rate": 0.002, "epsilon": 0.0},
    }

    name: Literal["adamax"] = "adamax"
    beta_1: MeanKept = 0.9
    beta_2: Fraction = 0.999
    """β₂: how much of the largest gradient is kept at each step."""
    epsilon: Epsilon = 1e-8
    epsilon_placement: Literal["inside_max", "outside_max"] = "inside_max"
    """Whether ε is added to the gradient's size, or to the largest."""
    weight_decay: WeightDecay = 0.0
    decoupled_weight_decay: DecoupledWeightDecay = False

    @property
    def formula(self) -> str:
        """The rule that these settings make."""
        inside = self.epsilon_placement == "inside_max"
        return steps_of(
            decay_formula(self.weight_decay, decoupled=self.decoupled_weight_decay),
            "m ← β₁ m + (1 - β₁) g",
            f"u ← max(β₂ u, |g|{' + ε' if inside else ''})",
            "m̂ = m / (1 - β₁ᵗ)",
            f"x ← x - η m̂ / {'u' if inside else '(u + ε)'}",
        )

    def init(self, points: Array, _: Blocks) -> State:
        """Return averages of 0."""
        return zeros(points, "mean", "largest")

    def update(self, gradients: Array, state: State, step: Step) -> tuple[Array, State]:
        """Return -η m̂ / u, and the averages."""
        gradients, shrinkage = decay(
            gradients, step, self.weight_decay, decoupled=self.decoupled_weight_decay
        )
        size = np.abs(gradients)
        if self.epsilon_placement == "inside_max":
            size = size + self.epsilon
        after = {
            "mean": blend(state["mean"], gradients, self.beta_1),
            "largest": np.maximum(self.beta_2 * state["largest"], size),
        }
        mean = after["mean"] / correction(self.beta_1, step)
        return shrinkage - step.learning_rate * divide(mean, self._denominator(after)), after

    def effective_learning_rate(self, state: State, step: Step) -> Array:
        """Return η / u."""
        return divide(step.learning_rate, self._denominator(state))

    def _denominator(self, state: State) -> Array:
        return state["largest"] + (self.epsilon if self.epsilon_placement == "outside_max" else 0.0)
