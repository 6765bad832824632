"""AdaGrad that minds all gradients, and can hold 0."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field

from visualize.arrays import Array
from visualize.declare.settings import NotNegative, Number
from visualize.objectives.objective import Blocks
from visualize.optimizers._arithmetic import decay_formula, divide, shrinkage, steps_of
from visualize.optimizers._fields import WeightDecay
from visualize.optimizers.optimizer import Conventions, Optimizer, State, Step


class Ftrl(Optimizer):
    """FTRL: AdaGrad that minds all gradients at once, and can hold coordinates at 0.

    n' = n + g²; z ← z + g - x (n'^p - n^p) / η; n ← n';
    x ← (clip(z, -λ₁, λ₁) - z) / ((β + n^p) / η + 2 λ₂)

    with p = 1/2 ("follow the regularized leader, proximal"). The first step does not know the
    start: it pulls x towards 0, the more the smaller the initial accumulator is.

    Source: McMahan et al. 2013 (Ad Click Prediction), as in keras.optimizers.Ftrl.
    """

    conventions: ClassVar[Conventions] = {"keras": {"learning_rate": 0.001}}
    divides_by_rate = True
    solves_anew = True
    synonyms: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "l1": ("l1_regularization_strength",),
        "l2": ("l2_regularization_strength",),
    }

    name: Literal["ftrl"] = "ftrl"
    learning_rate_power: Annotated[Number, Field(le=0)] = -0.5
    """-p: how the rate falls with the accumulator."""
    initial_accumulator_value: NotNegative = 0.1
    """n before the first step."""
    beta: NotNegative = 0.0
    """β: keeps the denominator from 0."""
    l1_regularization_strength: NotNegative = 0.0
    """λ₁: holds small coordinates at 0."""
    l2_regularization_strength: NotNegative = 0.0
    """λ₂: pulls every coordinate towards 0."""
    weight_decay: WeightDecay = 0.0

    @property
    def formula(self) -> str:
        """The rule that these settings make."""
        p = f"{-self.learning_rate_power:g}"
        return steps_of(
            decay_formula(self.weight_decay, decoupled=True),
            f"z ← z + g - x ((n + g²)^{p} - n^{p}) / η",
            "n ← n + g²",
            f"x ← (clip(z, -λ₁, λ₁) - z) / ((β + n^{p}) / η + 2 λ₂)",
        )

    def init(self, points: Array, _: Blocks) -> State:
        """Return the accumulator before the first gradient, and a z of 0."""
        return {
            "accumulator": np.full_like(points, self.initial_accumulator_value),
            "linear": np.zeros_like(points),
        }

    def update(self, gradients: Array, state: State, step: Step) -> tuple[Array, State]:
        """Return the way to the new x, the accumulator and z."""
        shrink = shrinkage(step, self.weight_decay)
        points, power = step.points + shrink, -self.learning_rate_power
        accumulator = state["accumulator"] + gradients**2
        weight = (accumulator**power - state["accumulator"] ** power) / step.learning_rate
        linear = state["linear"] + gradients - weight * points
        after = {"accumulator": accumulator, "linear": linear}
        strength = self.l1_regularization_strength
        free = np.clip(linear, -strength, strength) - linear
        stiffness = self._stiffness(after, step)
        # Without any gradient there is no leader to follow.
        reached = np.where(stiffness == 0, points, divide(free, stiffness))
        return reached - step.points, after

    def effective_learning_rate(self, state: State, step: Step) -> Array:
        """Return 1 / ((β + n^p) / η + 2 λ₂)."""
        return divide(1.0, self._stiffness(state, step))

    def _stiffness(self, state: State, step: Step) -> Array:
        power: Array = state["accumulator"] ** -self.learning_rate_power
        return (self.beta + power) / step.learning_rate + 2 * self.l2_regularization_strength
