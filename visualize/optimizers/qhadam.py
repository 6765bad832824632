"""Adam whose averages are mixed with what is new."""

from collections.abc import Mapping
from typing import ClassVar, Literal

import numpy as np

from visualize.arrays import Array
from visualize.objectives.objective import Blocks
from visualize.optimizers._arithmetic import blend, correction, divide, not_yet, steps_of, zeros
from visualize.optimizers._fields import Epsilon, MeanKept, Portion, SquareKept
from visualize.optimizers.optimizer import Conventions, Optimizer, State, Step


class Qhadam(Optimizer):
    """QHAdam: Adam whose averages are mixed with what is new (quasi-hyperbolic).

    m ← β₁ m + (1 - β₁) g; v ← β₂ v + (1 - β₂) g²;
    x ← x - η ((1 - ν₁) g + ν₁ m̂) / (√((1 - ν₂) g² + ν₂ v̂) + ε)

    with m̂ = m / (1 - β₁ᵗ), v̂ = v / (1 - β₂ᵗ) at the t-th update; ν₁ = ν₂ = 1 is Adam.

    Source: Ma and Yarats 2019 (arXiv:1810.06801), with the defaults that it advises.
    """

    conventions: ClassVar[Conventions] = {"paper": {"learning_rate": 0.001}}
    synonyms: ClassVar[Mapping[str, tuple[str, ...]]] = {"nus": ("nu_1", "nu_2")}

    name: Literal["qhadam"] = "qhadam"
    beta_1: MeanKept = 0.995
    beta_2: SquareKept = 0.999
    nu_1: Portion = 0.7
    """ν₁: how much of the step is the average."""
    nu_2: Portion = 1.0
    """ν₂: how much of the square is the average."""
    epsilon: Epsilon = 1e-8

    @property
    def formula(self) -> str:
        """The rule that these settings make."""
        return steps_of(
            "m ← β₁ m + (1 - β₁) g",
            "v ← β₂ v + (1 - β₂) g²",
            "m̂ = m / (1 - β₁ᵗ), v̂ = v / (1 - β₂ᵗ)",
            "x ← x - η ((1 - ν₁) g + ν₁ m̂) / (√((1 - ν₂) g² + ν₂ v̂) + ε)",
        )

    def init(self, points: Array, _: Blocks) -> State:
        """Return averages of 0; nothing is mixed yet."""
        return {**zeros(points, "mean", "mean_square"), "mixed_square": not_yet(points)}

    def update(self, gradients: Array, state: State, step: Step) -> tuple[Array, State]:
        """Return the mixed step, and the averages."""
        mean = blend(state["mean"], gradients, self.beta_1)
        square = blend(state["mean_square"], gradients**2, self.beta_2)
        mixed = blend(mean / correction(self.beta_1, step), gradients, self.nu_1)
        mixed_square = blend(square / correction(self.beta_2, step), gradients**2, self.nu_2)
        after = {"mean": mean, "mean_square": square, "mixed_square": mixed_square}
        return -step.learning_rate * divide(mixed, self._denominator(after), self.epsilon), after

    def effective_learning_rate(self, state: State, step: Step) -> Array:
        """Return η / (√((1 - ν₂) g² + ν₂ v̂) + ε)."""
        return divide(step.learning_rate, self._denominator(state), self.epsilon)

    def _denominator(self, state: State) -> Array:
        return np.sqrt(state["mixed_square"]) + self.epsilon
