"""Gradient descent whose average is the answer."""

from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import model_validator

from visualize.arrays import Array
from visualize.declare.settings import NotNegative
from visualize.objectives.objective import Blocks
from visualize.optimizers._arithmetic import decay_formula, not_yet, power, steps_of
from visualize.optimizers._fields import WeightDecay
from visualize.optimizers.optimizer import Conventions, Optimizer, State, Step


class Asgd(Optimizer):
    """ASGD: gradient descent whose average is the answer.

    x ← x - ηₜ (κ x + g); a ← a + (x - a) / max(1, t - 1 - t0)

    with η₁ = η and ηₜ = η / (1 + κ η (t - 1))^α at the t-th update, η being that of the update
    before. The average a is kept in the state; with `average` it is what is shown, while gradients
    are those at x.

    Source: Polyak and Juditsky 1992; the rule is that of torch.optim.ASGD.
    """

    conventions: ClassVar[Conventions] = {"torch": {"learning_rate": 0.01}}
    also_called = ("averaged_sgd", "polyak_averaging")

    name: Literal["asgd"] = "asgd"
    lambd: NotNegative = 1e-4
    """κ: pulls towards 0, and makes the rate fall."""
    alpha: NotNegative = 0.75
    """α: the power with which the rate falls."""
    t0: NotNegative = 1e6
    """t0: how many updates pass before averaging begins; with `average` the default is 0."""
    weight_decay: WeightDecay = 0.0
    average: bool = False
    """Show where the average goes, not the points themselves."""

    @model_validator(mode="before")
    @classmethod
    def _average_at_once(cls, settings: Any) -> Any:
        if isinstance(settings, dict) and settings.get("average") is True:
            return {"t0": 0.0, **settings}
        return settings

    @property
    def formula(self) -> str:
        """The rule that these settings make."""
        return steps_of(
            decay_formula(self.weight_decay, decoupled=False),
            "x ← x - ηₜ (κ x + g) with ηₜ = η / (1 + κ η (t - 1))^α",
            "a ← a + (x - a) / max(1, t - 1 - t0)",
            "a is shown" if self.average else "",
        )

    def init(self, points: Array, _: Blocks) -> State:
        """Return the average of the start; there are no rates yet."""
        rate = not_yet(points[:, :1])
        return {"average": points, "rate": rate, "following_rate": rate}

    def update(self, gradients: Array, state: State, step: Step) -> tuple[Array, State]:
        """Return -ηₜ (κ x + g), the average, ηₜ and the rate of the next update."""
        start = np.full_like(state["rate"], step.learning_rate)
        rate = np.where(step.number == 0, start, state["following_rate"])
        gradients = gradients + self.weight_decay * step.points
        update = -rate * (self.lambd * step.points + gradients)
        average, weight = state["average"], 1 / np.maximum(1, step.number - self.t0)
        falling = np.add(1.0, self.lambd * step.learning_rate * (step.number + 1))
        fall = power(falling, self.alpha)
        return update, {
            "average": average + weight * (step.points + update - average),
            "rate": rate,
            "following_rate": start / fall,
        }

    def shown(self, points: Array, state: State) -> Array:
        """Return the average, if that is wanted."""
        return state["average"] if self.average else points

    def effective_learning_rate(self, state: State, step: Step) -> Array:
        """Return ηₜ."""
        del step
        return state["rate"]
