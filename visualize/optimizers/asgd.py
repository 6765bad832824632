"""Gradient descent whose average is the answer."""

import math
from typing import ClassVar, Literal

import numpy as np

from visualize.optimizers import Array, Conventions, Optimizer, State, Step
from visualize.optimizers._arithmetic import decay, decay_formula, steps_of
from visualize.optimizers._fields import LearningRate, WeightDecay
from visualize.settings import NotNegative


class Asgd(Optimizer):
    """ASGD: gradient descent whose average is the answer.

    x ← x - ηₜ (λ x + g); a ← a + (x - a) / max(1, t - 1 - t0)

    with ηₜ = η / (1 + λ η (t - 1))^α at the t-th update. The average a is kept in the state, and
    with `average` it is what is shown.

    Source: Polyak and Juditsky 1992; the rule is that of torch.optim.ASGD.
    """

    conventions: ClassVar[Conventions] = {"torch": {"learning_rate": 0.01}}

    name: Literal["asgd"] = "asgd"
    learning_rate: LearningRate
    lambd: NotNegative = 1e-4
    """λ: pulls towards 0, and makes the rate fall."""
    alpha: NotNegative = 0.75
    """α: the power with which the rate falls."""
    t0: NotNegative = 1e6
    """The update at which averaging begins."""
    weight_decay: WeightDecay = 0.0
    average: bool = False
    """Show where the average goes, not the points themselves."""

    @property
    def formula(self) -> str:
        """The rule that these settings make."""
        return steps_of(
            decay_formula(self.weight_decay, decoupled=False),
            "ηₜ = η / (1 + λ η (t - 1))^α",
            "x ← x - ηₜ (λ x + g)",
            "a ← a + (x - a) / max(1, t - 1 - t0)",
        )

    def init(self, points: Array) -> State:
        """Return the average of the start."""
        return {"average": points}

    def update(self, gradients: Array, state: State, step: Step) -> tuple[Array, State]:
        """Return -ηₜ (λ x + g), and the average."""
        gradients, _ = decay(gradients, step, self.weight_decay, decoupled=False)
        update = -self._rate(step) * (self.lambd * step.points + gradients)
        average, weight = state["average"], 1 / max(1, step.number - self.t0)
        return update, {"average": average + weight * (step.points + update - average)}

    def shown(self, points: Array, state: State) -> Array:
        """Return the average, if that is wanted."""
        return state["average"] if self.average else points

    def effective_learning_rate(self, state: State, step: Step) -> Array:
        """Return ηₜ."""
        del state
        return np.full_like(step.points, self._rate(step))

    def _rate(self, step: Step) -> float:
        rate = step.learning_rate
        return rate / math.pow(1 + self.lambd * rate * step.number, self.alpha)
