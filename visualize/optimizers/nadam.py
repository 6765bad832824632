"""Adam with Nesterov's look ahead."""

from typing import ClassVar, Literal

import numpy as np

from visualize.arrays import Array
from visualize.declare.settings import NotNegative
from visualize.objectives.objective import Blocks
from visualize.optimizers._arithmetic import (
    Numbers,
    blend,
    correction,
    decay,
    decay_formula,
    divide,
    power,
    steps_of,
)
from visualize.optimizers._fields import (
    DecoupledWeightDecay,
    Epsilon,
    MeanKept,
    SquareKept,
    WeightDecay,
)
from visualize.optimizers.optimizer import Conventions, Optimizer, State, Step


class Nadam(Optimizer):
    """NAdam: Adam with Nesterov's look ahead.

    m ← β₁ m + (1 - β₁) g; v ← β₂ v + (1 - β₂) g²;
    x ← x - η (μₜ₊₁ m / (1 - Πₜ₊₁) + (1 - μₜ) g / (1 - Πₜ)) / (√v̂ + ε)

    with μₜ = β₁ (1 - 0.96^(ψ t) / 2), Πₜ = μ₁ ... μₜ and v̂ = v / (1 - β₂ᵗ) at the t-th update.
    ψ is the momentum decay, 1 in Keras. Without `momentum_schedule` μₜ is β₁, as in optax.

    Source: Dozat 2016 (Incorporating Nesterov Momentum into Adam), as in torch.optim.NAdam.
    """

    conventions: ClassVar[Conventions] = {
        "torch": {"learning_rate": 0.002},
        "keras": {
            "learning_rate": 0.001,
            "epsilon": 1e-7,
            "momentum_decay": 1.0,
            "decoupled_weight_decay": True,
        },
        "optax": {"momentum_schedule": False},
    }

    name: Literal["nadam"] = "nadam"
    beta_1: MeanKept = 0.9
    beta_2: SquareKept = 0.999
    epsilon: Epsilon = 1e-8
    momentum_schedule: bool = True
    """Let the momentum grow to β₁, from half of it."""
    momentum_decay: NotNegative = 0.004
    """ψ: how fast it grows."""
    weight_decay: WeightDecay = 0.0
    decoupled_weight_decay: DecoupledWeightDecay = False

    @property
    def formula(self) -> str:
        """The rule that these settings make."""
        if self.momentum_schedule:
            momentum = "μₜ = β₁ (1 - 0.96^(ψ t) / 2)"
            ahead = "μₜ₊₁ m / (1 - μ₁ ... μₜ₊₁) + (1 - μₜ) g / (1 - μ₁ ... μₜ)"
        else:
            momentum, ahead = "", "β₁ m / (1 - β₁ᵗ⁺¹) + (1 - β₁) g / (1 - β₁ᵗ)"
        return steps_of(
            decay_formula(self.weight_decay, decoupled=self.decoupled_weight_decay),
            "m ← β₁ m + (1 - β₁) g",
            "v ← β₂ v + (1 - β₂) g²",
            momentum,
            "v̂ = v / (1 - β₂ᵗ)",
            f"x ← x - η ({ahead}) / (√v̂ + ε)",
        )

    def init(self, points: Array, _: Blocks) -> State:
        """Return averages of 0, and the product of no momenta."""
        zeros = np.zeros_like(points)
        return {
            "mean": zeros,
            "mean_square": zeros,
            "momentum_product": np.ones((len(points), 1)),
        }

    def update(self, gradients: Array, state: State, step: Step) -> tuple[Array, State]:
        """Return -η m̂ / (√v̂ + ε), the averages and the momenta's product."""
        gradients, shrinkage = decay(
            gradients, step, self.weight_decay, decoupled=self.decoupled_weight_decay
        )
        now, following = self._momentum(step.number + 1), self._momentum(step.number + 2)
        product = state["momentum_product"] * now
        after = {
            "mean": blend(state["mean"], gradients, self.beta_1),
            "mean_square": blend(state["mean_square"], gradients**2, self.beta_2),
            "momentum_product": product,
        }
        ahead = following * after["mean"] / (1 - product * following)
        ahead = ahead + (1 - now) * gradients / (1 - product)
        ratio = divide(ahead, self._denominator(after, step), self.epsilon)
        return shrinkage - step.learning_rate * ratio, after

    def effective_learning_rate(self, state: State, step: Step) -> Array:
        """Return η / (√v̂ + ε)."""
        return divide(step.learning_rate, self._denominator(state, step), self.epsilon)

    def _momentum(self, t: int) -> Numbers:
        if not self.momentum_schedule:
            return self.beta_1
        return self.beta_1 * (1 - 0.5 * power(0.96, self.momentum_decay * t))

    def _denominator(self, state: State, step: Step) -> Array:
        return np.sqrt(state["mean_square"] / correction(self.beta_2, step)) + self.epsilon
