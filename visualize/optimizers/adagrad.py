"""Every coordinate's rate shrinks with the gradients it has seen."""

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
from visualize.settings import NotNegative


class Adagrad(Optimizer):
    """AdaGrad: every coordinate's rate shrinks with the gradients it has seen.

    s ← s + g²; x ← x - η g / (√s + ε)

    With `epsilon_placement: inside_sqrt` the denominator is √(s + ε).

    Source: Duchi, Hazan and Singer 2011. The defaults are torch's; Keras and optax begin with
    s = 0.1 and put ε = 1e-7 inside the root.
    """

    name: Literal["adagrad"] = "adagrad"
    learning_rate: LearningRate
    """η, or a formula in t."""
    epsilon: NotNegative = 1e-10
    """ε: keeps the denominator from 0."""
    epsilon_placement: EpsilonPlacement = "outside_sqrt"
    """Whether ε is added to the root or under it."""
    initial_accumulator_value: NotNegative = 0.0
    """s before the first step."""
    weight_decay: NotNegative = 0.0
    """λ: adds λ x to the gradient."""

    def init(self, points: Array) -> State:
        """Return the accumulator before the first gradient."""
        return {"accumulator": np.full_like(points, self.initial_accumulator_value)}

    def update(self, gradients: Array, state: State, step: Step) -> tuple[Array, State]:
        """Return -η g / (√s + ε), and the accumulator."""
        gradients = gradients + self.weight_decay * step.points
        accumulator = state["accumulator"] + gradients**2
        denominator = root(accumulator, self.epsilon, self.epsilon_placement)
        # In this order the articles' numbers come out to the last bit.
        update = divide(-step.learning_rate * gradients, denominator)
        return update, {"accumulator": accumulator}
