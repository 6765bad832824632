"""AdaGrad that forgets, by a moving average."""

from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field

from visualize.arrays import Array
from visualize.declare.settings import Fraction
from visualize.objectives.objective import Blocks
from visualize.optimizers._arithmetic import (
    blend,
    correction,
    decay,
    decay_formula,
    divide,
    root,
    steps_of,
)
from visualize.optimizers._fields import (
    DecoupledWeightDecay,
    Epsilon,
    EpsilonPlacement,
    InitialAccumulator,
    Momentum,
    RateInVelocity,
    WeightDecay,
)
from visualize.optimizers.optimizer import Conventions, Optimizer, State, Step


class Rmsprop(Optimizer):
    """RMSProp: AdaGrad that forgets, by a moving average of squared gradients.

    s ← ρ s + (1 - ρ) g²; v ← μ v + g / (√s + ε); x ← x - η v

    `centered` takes the square of the gradients' moving average from s, so that the root is their
    standard deviation. With `epsilon_placement: inside_sqrt` the denominator is √(s + ε).
    `bias_correction` divides the averages by 1 - ρᵗ at the t-th update.

    Source: Tieleman and Hinton 2012 (lecture 6e); centered: Graves 2013
    (arXiv:1308.0850), with ε under the root and η in the velocity.
    """

    conventions: ClassVar[Conventions] = {
        "torch": {"learning_rate": 0.01},
        "keras": {
            "learning_rate": 0.001,
            "rho": 0.9,
            "epsilon": 1e-7,
            "epsilon_placement": "inside_sqrt",
            "learning_rate_in_velocity": True,
            "decoupled_weight_decay": True,
        },
        "optax": {
            "rho": 0.9,
            "epsilon_placement": "inside_sqrt",
            "learning_rate_in_velocity": True,
        },
        "paper": {"rho": 0.9, "epsilon": 0.0},
    }

    name: Literal["rmsprop"] = "rmsprop"
    rho: Annotated[Fraction, Field(description="ρ: how much of the average is kept.")] = 0.99
    momentum: Momentum = 0.0
    epsilon: Epsilon = 1e-8
    epsilon_placement: EpsilonPlacement = "outside_sqrt"
    centered: bool = False
    """Divide by the gradients' standard deviation, not by their root mean square."""
    bias_correction: bool = False
    """Make up for averages that begin at 0."""
    initial_accumulator_value: InitialAccumulator = 0.0
    learning_rate_in_velocity: RateInVelocity = False
    weight_decay: WeightDecay = 0.0
    decoupled_weight_decay: DecoupledWeightDecay = False

    @property
    def formula(self) -> str:
        """The rule that these settings make."""
        s = "ŝ" if self.bias_correction else "s"
        m = "m̂" if self.bias_correction else "m"
        under = f"{s} - {m}²" if self.centered else s
        if self.epsilon_placement == "inside_sqrt":
            below = f"√({under} + ε)"
        else:
            below = f"(√({under}) + ε)" if self.centered else f"(√{s} + ε)"
        inside, outside = ("η ", "") if self.learning_rate_in_velocity else ("", "η ")
        return steps_of(
            decay_formula(self.weight_decay, decoupled=self.decoupled_weight_decay),
            "s ← ρ s + (1 - ρ) g²",
            "m ← ρ m + (1 - ρ) g" if self.centered else "",
            f"{s} = s / (1 - ρᵗ)" if self.bias_correction else "",
            f"{m} = m / (1 - ρᵗ)" if self.bias_correction and self.centered else "",
            f"v ← μ v + {inside}g / {below}" if self.momentum else "",
            f"x ← x - {outside}v" if self.momentum else f"x ← x - η g / {below}",
        )

    def init(self, points: Array, _: Blocks) -> State:
        """Return the averages and the velocity before the first gradient."""
        zeros = np.zeros_like(points)
        squares = np.full_like(points, self.initial_accumulator_value)
        state = {"mean_square": squares, "velocity": zeros}
        return state | {"mean": zeros} if self.centered else state

    def update(self, gradients: Array, state: State, step: Step) -> tuple[Array, State]:
        """Return -η v, the averages and the velocity."""
        gradients, shrinkage = decay(
            gradients, step, self.weight_decay, decoupled=self.decoupled_weight_decay
        )
        after = {"mean_square": blend(state["mean_square"], gradients**2, self.rho)}
        if self.centered:
            after["mean"] = blend(state["mean"], gradients, self.rho)
        inside, outside = step.learning_rate, 1.0
        if not self.learning_rate_in_velocity:
            inside, outside = outside, inside
        fresh = inside * divide(gradients, self._denominator(after, step), self.epsilon)
        after["velocity"] = self.momentum * state["velocity"] + fresh
        return shrinkage - outside * after["velocity"], after

    def effective_learning_rate(self, state: State, step: Step) -> Array:
        """Return η / (√s + ε)."""
        return divide(step.learning_rate, self._denominator(state, step), self.epsilon)

    def _denominator(self, state: State, step: Step) -> Array:
        grown = correction(self.rho, step) if self.bias_correction else 1.0
        variance = state["mean_square"] / grown
        if self.centered:
            # Rounding may go below 0.
            variance = np.maximum(variance - (state["mean"] / grown) ** 2, 0)
        return root(variance, self.epsilon, self.epsilon_placement)
