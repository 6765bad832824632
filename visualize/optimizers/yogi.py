"""Adam whose mean square changes by small steps."""

from typing import ClassVar, Literal

import numpy as np

from visualize.arrays import Array
from visualize.declare.settings import Fraction, NotNegative
from visualize.objectives.objective import Blocks
from visualize.optimizers._arithmetic import blend, correction, divide, steps_of
from visualize.optimizers._fields import Epsilon, MeanKept
from visualize.optimizers.optimizer import Conventions, Optimizer, State, Step


class Yogi(Optimizer):
    """Yogi: Adam whose mean square changes by steps of g², however far off it is.

    m ← β₁ m + (1 - β₁) g; v ← v - (1 - β₂) sign(v - g²) g²; x ← x - η m̂ / (√v̂ + ε)

    with m̂ = m / (1 - β₁ᵗ), v̂ = v / (1 - β₂ᵗ). Both averages begin at the initial accumulator
    value, as in optax; at 0 in Dive into Deep Learning.

    Source: Zaheer et al. 2018 (Adaptive Methods for Nonconvex Optimization), as in optax.yogi.
    """

    conventions: ClassVar[Conventions] = {"optax": {}}

    name: Literal["yogi"] = "yogi"
    beta_1: MeanKept = 0.9
    beta_2: Fraction = 0.999
    """β₂: how slowly v follows g²."""
    epsilon: Epsilon = 1e-3
    initial_accumulator_value: NotNegative = 1e-6
    """m and v before the first step."""

    @property
    def formula(self) -> str:
        """The rule that these settings make."""
        return steps_of(
            "m ← β₁ m + (1 - β₁) g",
            "v ← v - (1 - β₂) sign(v - g²) g²",
            "m̂ = m / (1 - β₁ᵗ), v̂ = v / (1 - β₂ᵗ)",
            "x ← x - η m̂ / (√v̂ + ε)",
        )

    def init(self, points: Array, _: Blocks) -> State:
        """Return the averages before the first gradient."""
        initial = np.full_like(points, self.initial_accumulator_value)
        return {"mean": initial, "mean_square": initial}

    def update(self, gradients: Array, state: State, step: Step) -> tuple[Array, State]:
        """Return -η m̂ / (√v̂ + ε), and the averages."""
        square, fresh = state["mean_square"], gradients**2
        after = {
            "mean": blend(state["mean"], gradients, self.beta_1),
            "mean_square": square - (1 - self.beta_2) * np.sign(square - fresh) * fresh,
        }
        mean = after["mean"] / correction(self.beta_1, step)
        ratio = divide(mean, self._denominator(after, step), self.epsilon)
        return -step.learning_rate * ratio, after

    def effective_learning_rate(self, state: State, step: Step) -> Array:
        """Return η / (√v̂ + ε)."""
        return divide(step.learning_rate, self._denominator(state, step), self.epsilon)

    def _denominator(self, state: State, step: Step) -> Array:
        return np.sqrt(state["mean_square"] / correction(self.beta_2, step)) + self.epsilon
