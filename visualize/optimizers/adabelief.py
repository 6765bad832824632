"""Adam that takes long steps where the gradient is as expected."""

from typing import ClassVar, Literal

import numpy as np

from visualize.arrays import Array
from visualize.declare.settings import Fraction, NotNegative
from visualize.objectives.objective import Blocks
from visualize.optimizers._arithmetic import blend, correction, divide, steps_of, zeros
from visualize.optimizers._fields import Epsilon, MeanKept
from visualize.optimizers.optimizer import Conventions, Optimizer, State, Step


class Adabelief(Optimizer):
    """AdaBelief: Adam that takes long steps where the gradient is as expected.

    m ← β₁ m + (1 - β₁) g; s ← β₂ s + (1 - β₂) (g - m)² + ε_root; x ← x - η m̂ / (√ŝ + ε)

    with m̂ = m / (1 - β₁ᵗ), ŝ = s / (1 - β₂ᵗ) at the t-th update.

    Source: Zhuang et al. 2020 (arXiv:2010.07468), where both ε are 1e-8.
    """

    conventions: ClassVar[Conventions] = {
        "optax": {},
        "paper": {"learning_rate": 0.001, "epsilon": 1e-8, "epsilon_root": 1e-8},
    }

    name: Literal["adabelief"] = "adabelief"
    beta_1: MeanKept = 0.9
    beta_2: Fraction = 0.999
    """β₂: how much of the variance is kept at each step."""
    epsilon: Epsilon = 1e-16
    epsilon_root: NotNegative = 1e-16
    """ε_root: added to s at each step."""

    @property
    def formula(self) -> str:
        """The rule that these settings make."""
        return steps_of(
            "m ← β₁ m + (1 - β₁) g",
            "s ← β₂ s + (1 - β₂) (g - m)² + ε_root",
            "m̂ = m / (1 - β₁ᵗ), ŝ = s / (1 - β₂ᵗ)",
            "x ← x - η m̂ / (√ŝ + ε)",
        )

    def init(self, points: Array, _: Blocks) -> State:
        """Return averages of 0."""
        return zeros(points, "mean", "variance")

    def update(self, gradients: Array, state: State, step: Step) -> tuple[Array, State]:
        """Return -η m̂ / (√ŝ + ε), and the averages."""
        mean = blend(state["mean"], gradients, self.beta_1)
        surprise = blend(state["variance"], (gradients - mean) ** 2, self.beta_2)
        after = {"mean": mean, "variance": surprise + self.epsilon_root}
        mean = mean / correction(self.beta_1, step)
        ratio = divide(mean, self._denominator(after, step), self.epsilon)
        return -step.learning_rate * ratio, after

    def effective_learning_rate(self, state: State, step: Step) -> Array:
        """Return η / (√ŝ + ε)."""
        return divide(step.learning_rate, self._denominator(state, step), self.epsilon)

    def _denominator(self, state: State, step: Step) -> Array:
        return np.sqrt(state["variance"] / correction(self.beta_2, step)) + self.epsilon
