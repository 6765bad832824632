"""Adam that waits until its mean square can be trusted."""

from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field

from visualize.arrays import Array
from visualize.declare.settings import Number
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
    SquareKept,
    WeightDecay,
)
from visualize.optimizers.optimizer import Conventions, Optimizer, State, Step


class Radam(Optimizer):
    """RAdam: Adam that waits until its mean square can be trusted.

    m ← β₁ m + (1 - β₁) g; v ← β₂ v + (1 - β₂) g²;
    x ← x - η m̂ r √(1 - β₂ᵗ) / (√v + ε) where ρₜ > the threshold, else x ← x - η m̂

    with m̂ = m / (1 - β₁ᵗ), ρ∞ = 2 / (1 - β₂) - 1, ρₜ = ρ∞ - 2 t β₂ᵗ / (1 - β₂ᵗ) and
    r² = (ρₜ - 4) (ρₜ - 2) ρ∞ / ((ρ∞ - 4) (ρ∞ - 2) ρₜ). optax adds ε to √v̂.

    Source: Liu et al. 2020 (arXiv:1908.03265), where the threshold is 4 and there is no ε.
    """

    conventions: ClassVar[Conventions] = {
        "torch": {"learning_rate": 0.001},
        "optax": {"epsilon_placement": "outside_sqrt"},
        "paper": {"epsilon": 0.0, "threshold": 4.0},
    }

    name: Literal["radam"] = "radam"
    beta_1: MeanKept = 0.9
    beta_2: SquareKept = 0.999
    epsilon: Epsilon = 1e-8
    epsilon_placement: Literal["epsilon_hat", "outside_sqrt"] = "epsilon_hat"
    """Whether ε is added to the root of v, or of v̂."""
    threshold: Annotated[Number, Field(ge=4)] = 5.0
    """The ρₜ above which the mean square is used."""
    weight_decay: WeightDecay = 0.0
    decoupled_weight_decay: DecoupledWeightDecay = False

    @property
    def formula(self) -> str:
        """The rule that these settings make."""
        hat = self.epsilon_placement == "epsilon_hat"
        trusted = "√(1 - β₂ᵗ) / (√v + ε)" if hat else "/ (√v̂ + ε)"
        return steps_of(
            decay_formula(self.weight_decay, decoupled=self.decoupled_weight_decay),
            "m ← β₁ m + (1 - β₁) g",
            "v ← β₂ v + (1 - β₂) g²",
            "ρₜ = ρ∞ - 2 t β₂ᵗ / (1 - β₂ᵗ), ρ∞ = 2 / (1 - β₂) - 1",
            "r² = (ρₜ - 4) (ρₜ - 2) ρ∞ / ((ρ∞ - 4) (ρ∞ - 2) ρₜ)",
            "m̂ = m / (1 - β₁ᵗ)" if hat else "m̂ = m / (1 - β₁ᵗ), v̂ = v / (1 - β₂ᵗ)",
            f"x ← x - η m̂ r {trusted} where ρₜ > {self.threshold:g}, else x ← x - η m̂",
        )

    def init(self, points: Array, _: Blocks) -> State:
        """Return averages of 0."""
        return zeros(points, "mean", "mean_square")

    def update(self, gradients: Array, state: State, step: Step) -> tuple[Array, State]:
        """Return -η m̂, over √v̂ + ε once that can be trusted, and the averages."""
        gradients, shrinkage = decay(
            gradients, step, self.weight_decay, decoupled=self.decoupled_weight_decay
        )
        after = {
            "mean": blend(state["mean"], gradients, self.beta_1),
            "mean_square": blend(state["mean_square"], gradients**2, self.beta_2),
        }
        mean = after["mean"] / correction(self.beta_1, step)
        return shrinkage - step.learning_rate * divide(mean, self._denominator(after, step)), after

    def effective_learning_rate(self, state: State, step: Step) -> Array:
        """Return η r / (√v̂ + ε), or η."""
        return divide(step.learning_rate, self._denominator(state, step))

    def _denominator(self, state: State, step: Step) -> Array:
        grown = correction(self.beta_2, step)
        longest = 2 / (1 - self.beta_2) - 1
        length = longest - 2 * (step.number + 1) * (1 - grown) / grown
        trusted = length > self.threshold
        # Where it is not trusted the numbers do not count, but must exist: r is 1.
        now, end = np.where(trusted, length, 6.0), np.where(trusted, longest, 6.0)
        rectified = np.sqrt(((now - 4) * (now - 2) * end) / ((end - 4) * (end - 2) * now))
        square = state["mean_square"]
        if self.epsilon_placement == "epsilon_hat":
            root = (np.sqrt(square) + self.epsilon) / (rectified * np.sqrt(grown))
        else:
            root = (np.sqrt(square / grown) + self.epsilon) / rectified
        return np.where(trusted, root, 1.0)
