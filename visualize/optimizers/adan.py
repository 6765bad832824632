"""Adam with a look ahead, by differences of gradients."""

from collections.abc import Mapping
from typing import ClassVar, Literal

import numpy as np

from visualize.arrays import Array
from visualize.declare.settings import Fraction
from visualize.objectives.objective import Blocks
from visualize.optimizers._arithmetic import (
    blend,
    correction,
    decay_formula,
    divide,
    shrinkage,
    steps_of,
)
from visualize.optimizers._fields import Epsilon, MeanKept, RootEpsilon, WeightDecay
from visualize.optimizers.optimizer import Conventions, Optimizer, State, Step


class Adan(Optimizer):
    """Adan: Adam with Nesterov's look ahead, by differences of gradients.

    d = g - (g before), 0 at the first step; m ← β₁ m + (1 - β₁) g; v ← β₂ v + (1 - β₂) d;
    n ← β₃ n + (1 - β₃) (g + (1 - β₂) d)²;
    x ← x - η ((m̂ + (1 - β₂) v̂) / (√(n̂ + ε_root) + ε) + λ x)

    with m̂ = m / (1 - β₁ᵗ) and so on. The paper writes 1 - β for β.

    Source: Xie et al. 2024 (arXiv:2208.06677), as in optax.adan.
    """

    conventions: ClassVar[Conventions] = {"optax": {}}
    synonyms: ClassVar[Mapping[str, tuple[str, ...]]] = {"b3": ("beta_3",), "beta3": ("beta_3",)}

    name: Literal["adan"] = "adan"
    beta_1: MeanKept = 0.98
    beta_2: Fraction = 0.92
    """β₂: how much of the mean difference is kept at each step."""
    beta_3: Fraction = 0.99
    """β₃: how much of the mean square is kept at each step."""
    epsilon: Epsilon = 1e-8
    epsilon_root: RootEpsilon = 1e-8
    weight_decay: WeightDecay = 0.0

    @property
    def formula(self) -> str:
        """The rule that these settings make."""
        return steps_of(
            decay_formula(self.weight_decay, decoupled=True),
            "d = g - (g before)",
            "m ← β₁ m + (1 - β₁) g",
            "v ← β₂ v + (1 - β₂) d",
            "n ← β₃ n + (1 - β₃) (g + (1 - β₂) d)²",
            "m̂ = m / (1 - β₁ᵗ), v̂ = v / (1 - β₂ᵗ), n̂ = n / (1 - β₃ᵗ)",
            "x ← x - η (m̂ + (1 - β₂) v̂) / (√(n̂ + ε_root) + ε)",
        )

    def init(self, points: Array, _: Blocks) -> State:
        """Return averages and a gradient of 0."""
        return dict.fromkeys(
            ("mean", "mean_difference", "mean_square", "gradient"), np.zeros_like(points)
        )

    def update(self, gradients: Array, state: State, step: Step) -> tuple[Array, State]:
        """Return the step ahead, the averages and the gradient."""
        shrink = shrinkage(step, self.weight_decay)
        difference = np.where(step.number == 0, 0.0, gradients - state["gradient"])
        ahead = gradients + (1 - self.beta_2) * difference
        after = {
            "mean": blend(state["mean"], gradients, self.beta_1),
            "mean_difference": blend(state["mean_difference"], difference, self.beta_2),
            "mean_square": blend(state["mean_square"], ahead**2, self.beta_3),
            "gradient": gradients,
        }
        direction = after["mean"] / correction(self.beta_1, step)
        change = after["mean_difference"] / correction(self.beta_2, step)
        direction = direction + (1 - self.beta_2) * change
        scaled = divide(direction, self._denominator(after, step), self.epsilon)
        return shrink - step.learning_rate * scaled, after

    def effective_learning_rate(self, state: State, step: Step) -> Array:
        """Return η / (√(n̂ + ε_root) + ε)."""
        return divide(step.learning_rate, self._denominator(state, step), self.epsilon)

    def _denominator(self, state: State, step: Step) -> Array:
        square = state["mean_square"] / correction(self.beta_3, step)
        return np.sqrt(square + self.epsilon_root) + self.epsilon
