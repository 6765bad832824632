"""Momentum with steps in proportion to the point's size."""

from typing import ClassVar, Literal

import numpy as np
from pydantic import model_validator

from visualize.arrays import Array
from visualize.declare.settings import Positive, custom_error
from visualize.objectives.objective import Blocks
from visualize.optimizers._arithmetic import decay_formula, not_yet, steps_of, trust_ratio
from visualize.optimizers._fields import Epsilon, Momentum, Nesterov, WeightDecay
from visualize.optimizers.optimizer import Conventions, Optimizer, State, Step


class Lars(Optimizer):
    """LARS: momentum with steps in proportion to how far the point is from 0.

    g ← g + λ x; v ← μ v + η κ ‖x‖ / (‖g‖ + ε) g; x ← x - v

    with the trust coefficient κ. Where a length is 0 the gradient is taken as it is. Nesterov's
    form moves by u + μ v in place of v, u being what v has just gained.

    Source: You, Gitman and Ginsburg 2017 (arXiv:1708.03888), as in optax.lars.
    """

    conventions: ClassVar[Conventions] = {"optax": {}}

    name: Literal["lars"] = "lars"
    trust_coefficient: Positive = 0.001
    """κ: the length of a step, as a part of ‖x‖."""
    momentum: Momentum = 0.9
    nesterov: Nesterov = False
    epsilon: Epsilon = 0.0
    weight_decay: WeightDecay = 0.0

    @model_validator(mode="after")
    def _check_nesterov(self) -> "Lars":
        if self.nesterov and self.momentum == 0:
            raise custom_error("nesterov needs a momentum")
        return self

    @property
    def formula(self) -> str:
        """The rule that these settings make."""
        return steps_of(
            decay_formula(self.weight_decay, decoupled=False),
            "u = η κ ‖x‖ / (‖g‖ + ε) g",
            "v ← μ v + u",
            "x ← x - (u + μ v)" if self.nesterov else "x ← x - v",
        )

    def init(self, points: Array, _: Blocks) -> State:
        """Return a velocity of 0."""
        return {"velocity": np.zeros_like(points), "trust_ratio": not_yet(points[:, :1])}

    def update(self, gradients: Array, state: State, step: Step) -> tuple[Array, State]:
        """Return -v, the velocity and the ratio."""
        gradients = gradients + self.weight_decay * step.points
        ratio = trust_ratio(step.points, gradients, self.trust_coefficient, self.epsilon)
        fresh = step.learning_rate * ratio * gradients
        velocity = self.momentum * state["velocity"] + fresh
        move = fresh + self.momentum * velocity if self.nesterov else velocity
        return -move, {"velocity": velocity, "trust_ratio": ratio}

    def effective_learning_rate(self, state: State, step: Step) -> Array:
        """Return η κ ‖x‖ / (‖g‖ + ε)."""
        return step.learning_rate * state["trust_ratio"]
