"""Momentum of gradients scaled by their own length."""

from typing import ClassVar, Literal

import numpy as np

from visualize.arrays import Array
from visualize.declare.settings import Fraction
from visualize.objectives.objective import Blocks
from visualize.optimizers._arithmetic import blend, divide, norm, steps_of
from visualize.optimizers._fields import Epsilon, MeanKept, WeightDecay
from visualize.optimizers.optimizer import Conventions, Optimizer, State, Step


class Novograd(Optimizer):
    """NovoGrad: momentum of gradients that are scaled by their own length.

    v ← β₂ v + (1 - β₂) ‖g‖², and v = ‖g‖² at the first step;
    m ← β₁ m + g / (√v + ε) + λ x; x ← x - η m

    Source: Ginsburg et al. 2019 (arXiv:1905.11286), with ε as in its authors' program;
    optax.novograd.
    """

    conventions: ClassVar[Conventions] = {
        "optax": {},
        "paper": {"learning_rate": 0.01, "beta_1": 0.95, "beta_2": 0.98, "epsilon": 1e-8},
    }

    name: Literal["novograd"] = "novograd"
    beta_1: MeanKept = 0.9
    beta_2: Fraction = 0.25
    """β₂: how much of the mean squared length is kept at each step."""
    epsilon: Epsilon = 1e-6
    weight_decay: WeightDecay = 0.0

    @property
    def formula(self) -> str:
        """The rule that these settings make."""
        pull = " + λ x" if self.weight_decay else ""
        return steps_of(
            "v ← β₂ v + (1 - β₂) ‖g‖², at first v = ‖g‖²",
            f"m ← β₁ m + g / (√v + ε){pull}",
            "x ← x - η m",
        )

    def init(self, points: Array, _: Blocks) -> State:
        """Return averages of 0; the length has one number for each start."""
        return {"mean": np.zeros_like(points), "mean_square": np.zeros((len(points), 1))}

    def update(self, gradients: Array, state: State, step: Step) -> tuple[Array, State]:
        """Return -η m, and the averages."""
        fresh = norm(gradients) ** 2
        blended = blend(state["mean_square"], fresh, self.beta_2)
        square = np.where(step.number == 0, fresh, blended)
        scaled = divide(gradients, self._denominator(square), self.epsilon)
        scaled = scaled + self.weight_decay * step.points
        mean = self.beta_1 * state["mean"] + scaled
        return -step.learning_rate * mean, {"mean": mean, "mean_square": square}

    def effective_learning_rate(self, state: State, step: Step) -> Array:
        """Return η / (√v + ε)."""
        return divide(step.learning_rate, self._denominator(state["mean_square"]), self.epsilon)

    def _denominator(self, square: Array) -> Array:
        return np.sqrt(square) + self.epsilon
