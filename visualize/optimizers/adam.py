"""Momentum and RMSProp together, both corrected for their start at 0."""

from typing import Literal

import numpy as np

from visualize.optimizers import Array, LearningRate, Optimizer, State, Step, divide, root
from visualize.settings import Fraction, NotNegative


class Adam(Optimizer):
    """Adam: momentum and RMSProp together, both corrected for their start at 0.

    m ← β₁ m + (1 - β₁) g; v ← β₂ v + (1 - β₂) g²; x ← x - η m̂ / (√v̂ + ε)

    with m̂ = m / (1 - β₁ᵗ), v̂ = v / (1 - β₂ᵗ) at the t-th update. `epsilon_placement` moves ε:
    `inside_sqrt` divides by √(v̂ + ε); `epsilon_hat` is the paper's faster form
    x ← x - η √(1 - β₂ᵗ) / (1 - β₁ᵗ) · m / (√v + ε), whose ε weighs more in the first steps.
    `amsgrad` uses the largest v so far.

    Source: Kingma and Ba 2015 (arXiv:1412.6980); AMSGrad: Reddi et al. 2018. The defaults are
    torch's; Keras has epsilon_hat with ε = 1e-7.
    """

    name: Literal["adam"] = "adam"
    learning_rate: LearningRate
    """η, or a formula in t."""
    beta_1: Fraction = 0.9
    """β₁: how much of the mean gradient is kept at each step."""
    beta_2: Fraction = 0.999
    """β₂: how much of the mean square is kept at each step."""
    epsilon: NotNegative = 1e-8
    """ε: keeps the denominator from 0."""
    epsilon_placement: Literal["outside_sqrt", "inside_sqrt", "epsilon_hat"] = "outside_sqrt"
    """Where ε is added."""
    amsgrad: bool = False
    """Never let the denominator shrink."""
    weight_decay: NotNegative = 0.0
    """λ: adds λ x to the gradient (L2; AdamW decouples it)."""

    def init(self, points: Array) -> State:
        """Return averages of 0."""
        zeros = np.zeros_like(points)
        state = {"mean": zeros, "mean_square": zeros}
        return state | {"largest_mean_square": zeros} if self.amsgrad else state

    def update(self, gradients: Array, state: State, step: Step) -> tuple[Array, State]:
        """Return -η m̂ / (√v̂ + ε), and the averages."""
        gradients = gradients + self.weight_decay * step.points
        mean = self.beta_1 * state["mean"] + (1 - self.beta_1) * gradients
        square = self.beta_2 * state["mean_square"] + (1 - self.beta_2) * gradients**2
        after = {"mean": mean, "mean_square": square}
        if self.amsgrad:
            square = np.maximum(state["largest_mean_square"], square)
            after["largest_mean_square"] = square
        mean_correction = 1 - self.beta_1 ** (step.number + 1)
        square_correction = 1 - self.beta_2 ** (step.number + 1)
        if self.epsilon_placement == "epsilon_hat":
            denominator = (np.sqrt(square) + self.epsilon) / np.sqrt(square_correction)
        else:
            denominator = root(square / square_correction, self.epsilon, self.epsilon_placement)
        return -step.learning_rate * divide(mean / mean_correction, denominator), after
