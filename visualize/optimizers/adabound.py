"""Adam whose rates close in on gradient descent's."""

from collections.abc import Mapping
from functools import cached_property
from typing import ClassVar, Literal

import numpy as np

from visualize.arrays import Array
from visualize.declare.settings import Positive
from visualize.objectives.objective import Blocks
from visualize.optimizers._arithmetic import (
    Numbers,
    blend,
    correction,
    decay_formula,
    divide,
    steps_of,
    zeros,
)
from visualize.optimizers._fields import Epsilon, MeanKept, SquareKept, WeightDecay
from visualize.optimizers.optimizer import Conventions, Optimizer, State, Step


class Adabound(Optimizer):
    """AdaBound: Adam whose rates close in on gradient descent's.

    m ← β₁ m + (1 - β₁) g; v ← β₂ v + (1 - β₂) g²;
    x ← x - clip(η √(1 - β₂ᵗ) / (1 - β₁ᵗ) / (√v + ε), lₜ, uₜ) m

    with lₜ = η* (1 - 1 / (γ t + 1)) and uₜ = η* (1 + 1 / (γ t)); η* is the final learning rate,
    and shrinks with η where that is a formula. `amsgrad` (AMSBound) uses the largest v so far.

    Source: Luo et al. 2019 (arXiv:1902.09843), as in its authors' program.
    """

    conventions: ClassVar[Conventions] = {"paper": {"learning_rate": 0.001}}
    divides_by_rate = True
    synonyms: ClassVar[Mapping[str, tuple[str, ...]]] = {"final_lr": ("final_learning_rate",)}

    name: Literal["adabound"] = "adabound"
    final_learning_rate: Positive = 0.1
    """η*: the rate at the end."""
    gamma: Positive = 0.001
    """γ: how fast the bounds close in."""
    beta_1: MeanKept = 0.9
    beta_2: SquareKept = 0.999
    epsilon: Epsilon = 1e-8
    amsgrad: bool = False
    """Never let the denominator shrink."""
    weight_decay: WeightDecay = 0.0

    @cached_property
    def _first_rate(self) -> Numbers:
        first: Numbers = self.learning_rates(1)[0]
        return first

    @property
    def formula(self) -> str:
        """The rule that these settings make."""
        below = "(√u + ε)" if self.amsgrad else "(√v + ε)"
        return steps_of(
            decay_formula(self.weight_decay, decoupled=False),
            "m ← β₁ m + (1 - β₁) g",
            "v ← β₂ v + (1 - β₂) g²",
            "u ← max(u, v)" if self.amsgrad else "",
            f"r = η √(1 - β₂ᵗ) / (1 - β₁ᵗ) / {below}",
            "x ← x - clip(r, η* (1 - 1 / (γ t + 1)), η* (1 + 1 / (γ t))) m",
        )

    def init(self, points: Array, _: Blocks) -> State:
        """Return averages of 0."""
        names = ("mean", "mean_square", "largest_mean_square")
        return zeros(points, *(names if self.amsgrad else names[:2]))

    def update(self, gradients: Array, state: State, step: Step) -> tuple[Array, State]:
        """Return the bounded rate times -m, and the averages."""
        gradients = gradients + self.weight_decay * step.points
        square = blend(state["mean_square"], gradients**2, self.beta_2)
        after = {"mean": blend(state["mean"], gradients, self.beta_1), "mean_square": square}
        if self.amsgrad:
            after["largest_mean_square"] = np.maximum(state["largest_mean_square"], square)
        return -self.effective_learning_rate(after, step) * after["mean"], after

    def effective_learning_rate(self, state: State, step: Step) -> Array:
        """Return the bounded rate."""
        square = state["largest_mean_square" if self.amsgrad else "mean_square"]
        grown = np.sqrt(correction(self.beta_2, step)) / correction(self.beta_1, step)
        rate = divide(step.learning_rate * grown, np.sqrt(square) + self.epsilon)
        final = self.final_learning_rate * step.learning_rate / self._first_rate
        closing = self.gamma * (step.number + 1)
        return np.clip(rate, final * (1 - 1 / (closing + 1)), final * (1 + 1 / closing))
