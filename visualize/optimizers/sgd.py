"""Gradient descent, with momentum if wanted."""

from typing import ClassVar, Literal

import numpy as np
from pydantic import model_validator

from visualize.arrays import Array
from visualize.declare.settings import Fraction, custom_error
from visualize.objectives.objective import Blocks
from visualize.optimizers._arithmetic import decay, decay_formula, steps_of, zeros
from visualize.optimizers._fields import (
    DecoupledWeightDecay,
    Momentum,
    Nesterov,
    RateInVelocity,
    WeightDecay,
)
from visualize.optimizers.optimizer import Conventions, Optimizer, State, Step


class Sgd(Optimizer):
    """Gradient descent, with momentum if wanted.

    v ← μ v + (1 - δ) g, and v = g at the first step; x ← x - η v

    with learning rate η, momentum μ and dampening δ. Nesterov's form moves by g + μ v instead of
    v. Keras keeps η in the velocity: v ← μ v + η g; x ← x - v, which differs when η changes.

    Source: Polyak 1964; Sutskever et al. 2013 (Nesterov); the rule is that of torch.optim.SGD.
    """

    conventions: ClassVar[Conventions] = {
        "torch": {"learning_rate": 0.001},
        "keras": {
            "learning_rate": 0.01,
            "learning_rate_in_velocity": True,
            "decoupled_weight_decay": True,
        },
        "optax": {},
    }
    also_called = ("gradient_descent", "gd", "momentum", "heavy_ball", "nesterov", "nag")

    name: Literal["sgd"] = "sgd"
    momentum: Momentum = 0.0
    dampening: Fraction = 0.0
    """δ: how much of the gradient is kept out of the velocity."""
    nesterov: Nesterov = False
    learning_rate_in_velocity: RateInVelocity = False
    weight_decay: WeightDecay = 0.0
    decoupled_weight_decay: DecoupledWeightDecay = False

    @model_validator(mode="after")
    def _check_nesterov(self) -> "Sgd":
        if self.nesterov and (self.momentum == 0 or self.dampening != 0):
            raise custom_error("nesterov needs a momentum, and no dampening")
        return self

    @property
    def formula(self) -> str:
        """The rule that these settings make."""
        rate, outside = ("η ", "") if self.learning_rate_in_velocity else ("", "η ")
        dampened = f"(1 - δ) {rate}g, at first v = {rate}g"
        fresh = dampened if self.dampening and self.momentum else f"{rate}g"
        move = f"({rate}g + μ v)" if self.nesterov else "v" if self.momentum else f"{rate}g"
        return steps_of(
            decay_formula(self.weight_decay, decoupled=self.decoupled_weight_decay),
            f"v ← μ v + {fresh}" if self.momentum else "",
            f"x ← x - {outside}{move}",
        )

    def init(self, points: Array, _: Blocks) -> State:
        """Return a velocity of 0."""
        return zeros(points, "velocity")

    def update(self, gradients: Array, state: State, step: Step) -> tuple[Array, State]:
        """Return -η v, and the velocity."""
        gradients, shrinkage = decay(
            gradients, step, self.weight_decay, decoupled=self.decoupled_weight_decay
        )
        rate = step.learning_rate
        if self.learning_rate_in_velocity:
            gradients, rate = rate * gradients, 1.0
        # Without momentum torch keeps no velocity, and dampens nothing.
        whole = (step.number == 0) | (self.momentum == 0)
        fresh = np.where(whole, 1.0, 1 - self.dampening) * gradients
        velocity = self.momentum * state["velocity"] + fresh
        direction = gradients + self.momentum * velocity if self.nesterov else velocity
        return shrinkage - rate * direction, {"velocity": velocity}
