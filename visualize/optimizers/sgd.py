"""Gradient descent, with momentum if wanted."""

from typing import Literal

import numpy as np
from pydantic import model_validator

from visualize.optimizers import Array, LearningRate, Optimizer, State, Step
from visualize.settings import Fraction, NotNegative, told


class Sgd(Optimizer):
    """Gradient descent, with momentum if wanted.

    v ← μ v + (1 - δ) g, and v = g at the first step; x ← x - η v

    with learning rate η, momentum μ and dampening δ. Nesterov's form moves by g + μ v instead of
    v. Weight decay λ adds λ x to the gradient.

    Source: Polyak 1964; Sutskever et al. 2013 (Nesterov); the rule is that of torch.optim.SGD.
    """

    name: Literal["sgd"] = "sgd"
    learning_rate: LearningRate
    """η, or a formula in t."""
    momentum: Fraction = 0.0
    """μ: how much of the velocity is kept."""
    dampening: Fraction = 0.0
    """δ: how much of the gradient is kept out of the velocity."""
    nesterov: bool = False
    """Look ahead along the velocity."""
    weight_decay: NotNegative = 0.0
    """λ: pulls every coordinate towards 0, through the gradient."""

    @model_validator(mode="after")
    def _check_nesterov(self) -> "Sgd":
        if self.nesterov and (self.momentum == 0 or self.dampening != 0):
            raise told("nesterov needs a momentum, and no dampening")
        return self

    def init(self, points: Array) -> State:
        """Return a velocity of 0."""
        return {"velocity": np.zeros_like(points)}

    def update(self, gradients: Array, state: State, step: Step) -> tuple[Array, State]:
        """Return -η v, and the velocity."""
        gradients = gradients + self.weight_decay * step.points
        fresh = gradients if step.number == 0 else (1 - self.dampening) * gradients
        velocity = self.momentum * state["velocity"] + fresh
        direction = gradients + self.momentum * velocity if self.nesterov else velocity
        return -step.learning_rate * direction, {"velocity": velocity}
