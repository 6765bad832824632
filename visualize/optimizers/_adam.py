"""What Adam and AdamW share: all but the weight decay."""

from abc import ABC
from typing import Literal

import numpy as np

from visualize.arrays import Array
from visualize.objectives.objective import Blocks
from visualize.optimizers._arithmetic import blend, correction, divide, root, steps_of, zeros
from visualize.optimizers._fields import Epsilon, MeanKept, RootEpsilon, SquareKept
from visualize.optimizers.optimizer import Optimizer, State, Step


class AdamRule(Optimizer, ABC):
    """Adam's settings, averages and step; its children say how weights decay."""

    beta_1: MeanKept = 0.9
    beta_2: SquareKept = 0.999
    epsilon: Epsilon = 1e-8
    epsilon_placement: Literal["outside_sqrt", "inside_sqrt", "epsilon_hat"] = "outside_sqrt"
    """Whether ε is added to the root of v̂, under it, or to the root of v."""
    epsilon_root: RootEpsilon = 0.0
    amsgrad: bool = False
    """Never let the denominator shrink."""
    amsgrad_corrected: bool = False
    """With amsgrad, keep the largest v̂, not the largest v."""

    def init(self, points: Array, _: Blocks) -> State:
        """Return averages of 0."""
        names = ("mean", "mean_square", "largest_mean_square")
        return zeros(points, *(names if self.amsgrad else names[:2]))

    def effective_learning_rate(self, state: State, step: Step) -> Array:
        """Return η / (√v̂ + ε)."""
        return divide(step.learning_rate, self._denominator(state, step), self.epsilon)

    def adam_step(self, gradients: Array, state: State, step: Step) -> tuple[Array, State]:
        """Return -η m̂ / (√v̂ + ε), and the averages."""
        square = blend(state["mean_square"], gradients**2, self.beta_2)
        after = {"mean": blend(state["mean"], gradients, self.beta_1), "mean_square": square}
        if self.amsgrad:
            if self.amsgrad_corrected:
                square = square / correction(self.beta_2, step)
            after["largest_mean_square"] = np.maximum(state["largest_mean_square"], square)
        mean = after["mean"] / correction(self.beta_1, step)
        ratio = divide(mean, self._denominator(after, step), self.epsilon)
        return -step.learning_rate * ratio, after

    def adam_formula(self) -> str:
        """Return the rule, weight decay left out."""
        hat = self.epsilon_placement == "epsilon_hat"
        raw = self.amsgrad and not self.amsgrad_corrected
        corrected = self.amsgrad and self.amsgrad_corrected
        if corrected:
            under = "u (1 - β₂ᵗ)" if hat else "u"
        else:
            under = ("u" if raw else "v") + ("" if hat else "\u0302")
        if self.epsilon_root:
            under += " + ε_root"
        if self.epsilon_placement == "inside_sqrt":
            below = f"√({under} + ε)"
        else:
            below = f"(√({under}) + ε)" if " " in under else f"(√{under} + ε)"
        return steps_of(
            "m ← β₁ m + (1 - β₁) g",
            "v ← β₂ v + (1 - β₂) g²",
            "u ← max(u, v)" if raw else "",
            "" if hat else "m̂ = m / (1 - β₁ᵗ)",
            "û = u / (1 - β₂ᵗ)" if raw and not hat else "",
            "v̂ = v / (1 - β₂ᵗ)" if corrected or not (hat or raw) else "",
            "u ← max(u, v̂)" if corrected else "",
            f"x ← x - η {'√(1 - β₂ᵗ) / (1 - β₁ᵗ) m' if hat else 'm̂'} / {below}",
        )

    def _denominator(self, state: State, step: Step) -> Array:
        square = state["largest_mean_square" if self.amsgrad else "mean_square"]
        grown = correction(self.beta_2, step)
        if self.amsgrad and self.amsgrad_corrected:
            square = square * grown
        if self.epsilon_placement == "epsilon_hat":
            return (np.sqrt(square + self.epsilon_root) + self.epsilon) / np.sqrt(grown)
        return root(square / grown + self.epsilon_root, self.epsilon, self.epsilon_placement)
