"""AdaGrad that forgets: the rate follows a moving average of squared gradients."""

from typing import Literal

import numpy as np

from visualize.optimizers import (
    Array,
    EpsilonPlacement,
    LearningRate,
    Optimizer,
    State,
    Step,
    divide,
    root,
)
from visualize.settings import Fraction, NotNegative


class Rmsprop(Optimizer):
    """RMSProp: AdaGrad that forgets, by a moving average of squared gradients.

    s ← ρ s + (1 - ρ) g²; v ← μ v + g / (√s + ε); x ← x - η v

    `centered` takes the square of the gradients' moving average from s, so that the root is their
    standard deviation. With `epsilon_placement: inside_sqrt` the denominator is √(s + ε).

    Source: Tieleman and Hinton 2012; centered: Graves 2013 (arXiv:1308.0850). The defaults are
    torch's; Keras has ρ = 0.9 and ε = 1e-7 inside the root.
    """

    name: Literal["rmsprop"] = "rmsprop"
    learning_rate: LearningRate
    """η, or a formula in t."""
    rho: Fraction = 0.99
    """ρ: how much of the average is kept at each step."""
    momentum: Fraction = 0.0
    """μ: how much of the velocity is kept."""
    epsilon: NotNegative = 1e-8
    """ε: keeps the denominator from 0."""
    epsilon_placement: EpsilonPlacement = "outside_sqrt"
    """Whether ε is added to the root or under it."""
    centered: bool = False
    """Divide by the gradients' standard deviation, not by their root mean square."""
    weight_decay: NotNegative = 0.0
    """λ: adds λ x to the gradient."""

    def init(self, points: Array) -> State:
        """Return averages and velocity of 0."""
        zeros = np.zeros_like(points)
        state = {"mean_square": zeros, "velocity": zeros}
        return state | {"mean": zeros} if self.centered else state

    def update(self, gradients: Array, state: State, step: Step) -> tuple[Array, State]:
        """Return -η v, the averages and the velocity."""
        gradients = gradients + self.weight_decay * step.points
        after = {"mean_square": self._average(state["mean_square"], gradients**2)}
        variance = after["mean_square"]
        if self.centered:
            after["mean"] = self._average(state["mean"], gradients)
            variance = np.maximum(variance - after["mean"] ** 2, 0)  # rounding may go below 0
        denominator = root(variance, self.epsilon, self.epsilon_placement)
        after["velocity"] = self.momentum * state["velocity"] + divide(gradients, denominator)
        return -step.learning_rate * after["velocity"], after

    def _average(self, average: Array, new: Array) -> Array:
        return self.rho * average + (1 - self.rho) * new
