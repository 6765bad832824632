"""Every coordinate's rate shrinks with its gradients."""

from collections.abc import Mapping
from typing import ClassVar, Literal

import numpy as np

from visualize.arrays import Array
from visualize.declare.settings import NotNegative
from visualize.objectives.objective import Blocks
from visualize.optimizers._arithmetic import Numbers, decay, decay_formula, divide, root, steps_of
from visualize.optimizers._fields import (
    DecoupledWeightDecay,
    Epsilon,
    EpsilonPlacement,
    InitialAccumulator,
    WeightDecay,
)
from visualize.optimizers.optimizer import Conventions, Optimizer, State, Step


class Adagrad(Optimizer):
    """AdaGrad: every coordinate's rate shrinks with the gradients it has seen.

    s ← s + g²; x ← x - η g / (√s + ε)

    With `epsilon_placement: inside_sqrt` the denominator is √(s + ε). The learning rate decay γ
    makes η / (1 + γ (t - 1)) of η at the t-th update.

    Source: Duchi, Hazan and Singer 2011 (JMLR 12), where ε is called δ and may be 0.
    """

    conventions: ClassVar[Conventions] = {
        "torch": {"learning_rate": 0.01},
        "keras": {
            "learning_rate": 0.001,
            "epsilon": 1e-7,
            "epsilon_placement": "inside_sqrt",
            "initial_accumulator_value": 0.1,
            "decoupled_weight_decay": True,
        },
        "optax": {
            "epsilon": 1e-7,
            "epsilon_placement": "inside_sqrt",
            "initial_accumulator_value": 0.1,
        },
        "paper": {"epsilon": 0.0},
    }
    synonyms: ClassVar[Mapping[str, tuple[str, ...]]] = {"lr_decay": ("learning_rate_decay",)}

    name: Literal["adagrad"] = "adagrad"
    learning_rate_decay: NotNegative = 0.0
    """γ: how fast η falls beside the accumulator."""
    epsilon: Epsilon = 1e-10
    epsilon_placement: EpsilonPlacement = "outside_sqrt"
    initial_accumulator_value: InitialAccumulator = 0.0
    weight_decay: WeightDecay = 0.0
    decoupled_weight_decay: DecoupledWeightDecay = False

    @property
    def formula(self) -> str:
        """The rule that these settings make."""
        below = "√(s + ε)" if self.epsilon_placement == "inside_sqrt" else "(√s + ε)"
        falling = self.learning_rate_decay > 0
        return steps_of(
            decay_formula(self.weight_decay, decoupled=self.decoupled_weight_decay),
            "s ← s + g²",
            "ηₜ = η / (1 + γ (t - 1))" if falling else "",
            f"x ← x - {'ηₜ' if falling else 'η'} g / {below}",
        )

    def init(self, points: Array, _: Blocks) -> State:
        """Return the accumulator before the first gradient."""
        return {"accumulator": np.full_like(points, self.initial_accumulator_value)}

    def update(self, gradients: Array, state: State, step: Step) -> tuple[Array, State]:
        """Return -η g / (√s + ε), and the accumulator."""
        gradients, shrinkage = decay(
            gradients, step, self.weight_decay, decoupled=self.decoupled_weight_decay
        )
        after = {"accumulator": state["accumulator"] + gradients**2}
        # In this order the articles' numbers come out to the last bit.
        update = divide(-self._rate(step) * gradients, self._denominator(after), self.epsilon)
        return shrinkage + update, after

    def effective_learning_rate(self, state: State, step: Step) -> Array:
        """Return η / (√s + ε)."""
        return divide(self._rate(step), self._denominator(state), self.epsilon)

    def _rate(self, step: Step) -> Numbers:
        return step.learning_rate / (1 + self.learning_rate_decay * step.number)

    def _denominator(self, state: State) -> Array:
        return root(state["accumulator"], self.epsilon, self.epsilon_placement)
