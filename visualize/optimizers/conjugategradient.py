"""Directions that do not undo each other."""

from typing import ClassVar, Literal

import numpy as np

from visualize.arrays import Array
from visualize.objectives.objective import Blocks
from visualize.optimizers._arithmetic import divide, not_yet, steps_of, zeros
from visualize.optimizers._fields import LearningRate
from visualize.optimizers._search import minimize
from visualize.optimizers.optimizer import Conventions, Optimizer, State, Step


class Conjugategradient(Optimizer):
    """Conjugate gradient: directions that do not undo each other, each to its lowest point.

    p ← -g + b p; x ← x + a p

    with b = g·(g - g') / g'·g', at least 0 (Polak and Ribière), or b = g·g / g'·g' (Fletcher and
    Reeves), g' the gradient before, and a the minimum along p. It begins anew with p = -g
    where p does not lead down. On a quadratic it is done after as many steps as coordinates.

    Source: Nocedal and Wright 2006 (Numerical Optimization), chapter 5.
    """

    conventions: ClassVar[Conventions] = {"paper": {}}
    searches = True
    also_called = ("cg", "fletcher_reeves", "polak_ribiere")

    name: Literal["conjugategradient"] = "conjugategradient"
    learning_rate: LearningRate = 1.0
    """The first length that the search tries."""
    method: Literal["polak_ribiere", "fletcher_reeves"] = "polak_ribiere"
    """How much of the last direction is kept."""

    @property
    def formula(self) -> str:
        """The rule that these settings make."""
        polak = self.method == "polak_ribiere"
        kept = "max(0, g·(g - g') / g'·g')" if polak else "g·g / g'·g'"
        return steps_of(
            f"p ← -g + {kept} p, or -g where that does not lead down",
            "a = argmin f(x + a p)",
            "x ← x + a p",
        )

    def init(self, points: Array, _: Blocks) -> State:
        """Return no gradient and no direction yet."""
        return {**zeros(points, "gradient", "direction"), "length": not_yet(points[:, :1])}

    def update(self, gradients: Array, state: State, step: Step) -> tuple[Array, State]:
        """Return a p, the gradient, p and a."""
        before = state["gradient"]
        change = gradients - before if self.method == "polak_ribiere" else gradients
        kept = divide(_dot(gradients, change), _dot(before, before)) if step.number else 0.0
        direction = np.maximum(kept, 0) * state["direction"] - gradients
        direction = np.where(_dot(gradients, direction) < 0, direction, -gradients)
        length = minimize(step.objective, step.points, direction, first=step.learning_rate)
        after = {"gradient": gradients, "direction": direction, "length": length}
        return length * direction, after

    def effective_learning_rate(self, state: State, step: Step) -> Array:
        """Return a: how far along p the step went."""
        del step
        return state["length"]


def _dot(one: Array, other: Array) -> Array:
    product: Array = np.sum(one * other, axis=-1, keepdims=True)
    return product
