"""Adam with steps in proportion to the point's size."""

from typing import ClassVar, Literal

import numpy as np

from visualize.arrays import Array
from visualize.objectives.objective import Blocks
from visualize.optimizers._arithmetic import (
    blend,
    correction,
    decay_formula,
    divide,
    not_yet,
    steps_of,
    trust_ratio,
)
from visualize.optimizers._fields import (
    DecoupledWeightDecay,
    Epsilon,
    MeanKept,
    SquareKept,
    WeightDecay,
)
from visualize.optimizers.optimizer import Conventions, Optimizer, State, Step


class Lamb(Optimizer):
    """LAMB: Adam with steps in proportion to how far the point is from 0.

    m ← β₁ m + (1 - β₁) g; v ← β₂ v + (1 - β₂) g²; u = m̂ / (√v̂ + ε) + λ x;
    x ← x - η ‖x‖ / ‖u‖ u

    with m̂ = m / (1 - β₁ᵗ), v̂ = v / (1 - β₂ᵗ). Where a length is 0 the ratio is 1. In Keras λ
    shrinks x before the step.

    Source: You et al. 2020 (arXiv:1904.00962), without its bounds of ‖x‖, as in optax.lamb.
    """

    conventions: ClassVar[Conventions] = {
        "optax": {},
        "keras": {"learning_rate": 0.001, "epsilon": 1e-7, "decoupled_weight_decay": True},
    }

    name: Literal["lamb"] = "lamb"
    beta_1: MeanKept = 0.9
    beta_2: SquareKept = 0.999
    epsilon: Epsilon = 1e-6
    weight_decay: WeightDecay = 0.0
    decoupled_weight_decay: DecoupledWeightDecay = False

    @property
    def formula(self) -> str:
        """The rule that these settings make."""
        joined = self.weight_decay and not self.decoupled_weight_decay
        return steps_of(
            decay_formula(self.weight_decay, decoupled=True) if not joined else "",
            "m ← β₁ m + (1 - β₁) g",
            "v ← β₂ v + (1 - β₂) g²",
            "m̂ = m / (1 - β₁ᵗ), v̂ = v / (1 - β₂ᵗ)",
            f"u = m̂ / (√v̂ + ε){' + λ x' if joined else ''}",
            "x ← x - η ‖x‖ / ‖u‖ u",
        )

    def init(self, points: Array, _: Blocks) -> State:
        """Return averages of 0."""
        zeros = np.zeros_like(points)
        return {"mean": zeros, "mean_square": zeros, "trust_ratio": not_yet(points[:, :1])}

    def update(self, gradients: Array, state: State, step: Step) -> tuple[Array, State]:
        """Return -η ‖x‖ / ‖u‖ u, the averages and the ratio."""
        mean = blend(state["mean"], gradients, self.beta_1)
        square = blend(state["mean_square"], gradients**2, self.beta_2)
        after = {"mean": mean, "mean_square": square}
        mean = mean / correction(self.beta_1, step)
        direction = divide(mean, self._denominator(after, step), self.epsilon)
        points, pull = step.points, self.weight_decay * step.points
        if self.decoupled_weight_decay:
            points = points - step.learning_rate * pull
        else:
            direction = direction + pull
        ratio = trust_ratio(points, direction)
        update = points - step.points - step.learning_rate * (ratio * direction)
        return update, after | {"trust_ratio": ratio}

    def effective_learning_rate(self, state: State, step: Step) -> Array:
        """Return η ‖x‖ / ‖u‖ / (√v̂ + ε)."""
        denominator = self._denominator(state, step)
        return divide(step.learning_rate * state["trust_ratio"], denominator, self.epsilon)

    def _denominator(self, state: State, step: Step) -> Array:
        return np.sqrt(state["mean_square"] / correction(self.beta_2, step)) + self.epsilon
