"""AdaGrad that forgets, with steps like the last ones."""

from typing import ClassVar, Literal

import numpy as np

from visualize.arrays import Array
from visualize.declare.settings import Fraction
from visualize.objectives.objective import Blocks
from visualize.optimizers._arithmetic import (
    blend,
    decay,
    decay_formula,
    divide,
    not_yet,
    steps_of,
    zeros,
)
from visualize.optimizers._fields import DecoupledWeightDecay, Epsilon, LearningRate, WeightDecay
from visualize.optimizers.optimizer import Conventions, Optimizer, State, Step


class Adadelta(Optimizer):
    """Adadelta: AdaGrad that forgets, with steps as long as the last ones.

    s ← ρ s + (1 - ρ) g²; u = √(d + ε) / √(s + ε) g; d ← ρ d + (1 - ρ) u²; x ← x - η u

    The paper has no η; Keras's default of 0.001 makes it very slow.

    Source: Zeiler 2012 (arXiv:1212.5701).
    """

    conventions: ClassVar[Conventions] = {
        "torch": {},
        "keras": {
            "learning_rate": 0.001,
            "rho": 0.95,
            "epsilon": 1e-7,
            "decoupled_weight_decay": True,
        },
        "optax": {},
        "paper": {"rho": 0.95},
    }

    name: Literal["adadelta"] = "adadelta"
    learning_rate: LearningRate = 1.0
    rho: Fraction = 0.9
    """ρ: how much of the averages is kept at each step."""
    epsilon: Epsilon = 1e-6
    weight_decay: WeightDecay = 0.0
    decoupled_weight_decay: DecoupledWeightDecay = False

    @property
    def formula(self) -> str:
        """The rule that these settings make."""
        return steps_of(
            decay_formula(self.weight_decay, decoupled=self.decoupled_weight_decay),
            "s ← ρ s + (1 - ρ) g²",
            "u = √(d + ε) / √(s + ε) g",
            "d ← ρ d + (1 - ρ) u²",
            "x ← x - η u",
        )

    def init(self, points: Array, _: Blocks) -> State:
        """Return averages of 0; there is no scale yet."""
        return {**zeros(points, "mean_square", "mean_square_update"), "scale": not_yet(points)}

    def update(self, gradients: Array, state: State, step: Step) -> tuple[Array, State]:
        """Return -η u, and the averages."""
        gradients, shrinkage = decay(
            gradients, step, self.weight_decay, decoupled=self.decoupled_weight_decay
        )
        square = blend(state["mean_square"], gradients**2, self.rho)
        scale = divide(
            np.sqrt(state["mean_square_update"] + self.epsilon), np.sqrt(square + self.epsilon)
        )
        update = scale * gradients
        after = {
            "mean_square": square,
            "mean_square_update": blend(state["mean_square_update"], update**2, self.rho),
            "scale": scale,
        }
        return shrinkage - step.learning_rate * update, after

    def effective_learning_rate(self, state: State, step: Step) -> Array:
        """Return η √(d + ε) / √(s + ε)."""
        return step.learning_rate * state["scale"]
