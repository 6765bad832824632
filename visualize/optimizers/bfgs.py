"""Newton's method that learns the curvature as it goes."""

from typing import ClassVar, Literal

import numpy as np

from visualize.arrays import Array
from visualize.objectives.objective import Blocks
from visualize.optimizers._arithmetic import not_yet, steps_of, zeros
from visualize.optimizers._fields import LearningRate
from visualize.optimizers._search import bisect
from visualize.optimizers.optimizer import Conventions, Optimizer, State, Step


class Bfgs(Optimizer):
    """BFGS: Newton's method that learns the curvature from the gradients it meets.

    p = -B g; x ← x + a p; s = a p; y = g after - g before;
    B ← (I - s yᵀ / yᵀs) B (I - y sᵀ / yᵀs) + s sᵀ / yᵀs

    B begins as I, scaled by yᵀs / yᵀy at the first change, and is kept where yᵀs ≤ 0. The length a
    satisfies the weak Wolfe conditions; η is the first that is tried.

    Source: Nocedal and Wright 2006 (Numerical Optimization), algorithm 6.1 and (6.20).
    """

    conventions: ClassVar[Conventions] = {"paper": {}}
    searches = True

    name: Literal["bfgs"] = "bfgs"
    learning_rate: LearningRate = 1.0
    """η: the first length that the search tries."""

    @property
    def formula(self) -> str:
        """The rule that these settings make."""
        return steps_of(
            "s = -a B g with a as long as Wolfe's conditions ask",
            "x ← x + s",
            "y = the change of g",
            "B ← (I - s yᵀ / yᵀs) B (I - y sᵀ / yᵀs) + s sᵀ / yᵀs",
        )

    def init(self, points: Array, _: Blocks) -> State:
        """Return no gradient and no update yet, and B as I."""
        inverse = np.broadcast_to(np.eye(points.shape[-1]), (*points.shape, points.shape[-1]))
        return {
            **zeros(points, "gradient", "update"),
            "length": not_yet(points[:, :1]),
            "inverse_hessian": inverse,
        }

    def update(self, gradients: Array, state: State, step: Step) -> tuple[Array, State]:
        """Return a p, the gradient, a p again, a and B."""
        inverse = state["inverse_hessian"]
        if step.number:
            change = gradients - state["gradient"]
            inverse = _learned(inverse, state["update"], change)
        direction = -_product(inverse, gradients[..., np.newaxis])[..., 0]
        length = bisect(step.objective, step.points, direction, first=step.learning_rate)
        update = length * direction
        return update, {
            "gradient": gradients,
            "update": update,
            "length": length,
            "inverse_hessian": inverse,
        }

    def effective_learning_rate(self, state: State, step: Step) -> Array:
        """Return a: how far along -B g the step went."""
        del step
        return state["length"]


def _learned(inverse: Array, step: Array, change: Array) -> Array:
    """Return the inverse Hessian that also maps the gradient's change to the step."""
    s, y = step[..., np.newaxis], change[..., np.newaxis]
    across, scale = _product(_turned(y), s), _product(_turned(y), y)
    identity = np.eye(step.shape[-1])
    untaught = (inverse == identity).all(axis=(-2, -1), keepdims=True)
    before = np.where(untaught, across / scale * identity, inverse)
    shear = identity - _product(s, _turned(y)) / across
    learned = _product(_product(shear, before), _turned(shear)) + _product(s, _turned(s)) / across
    return np.where(across > 0, learned, inverse)


def _product(one: Array, other: Array) -> Array:
    """Return matrix products that do not depend on the processor, as those of a BLAS do.

    The search along the direction makes much of a last digit.
    """
    product: Array = np.einsum("...ij,...jk->...ik", one, other)
    return product


def _turned(matrices: Array) -> Array:
    return np.swapaxes(matrices, -1, -2)
