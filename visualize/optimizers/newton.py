"""To the lowest point of the parabola that fits."""

from typing import ClassVar, Literal

import numpy as np

from visualize.arrays import Array
from visualize.declare.settings import NotNegative
from visualize.objectives.objective import Blocks
from visualize.optimizers._fields import LearningRate
from visualize.optimizers.optimizer import Conventions, Optimizer, State, Step


class Newton(Optimizer):
    """Newton's method: to the lowest point of the parabola that fits value, slope and curvature.

    x ← x - η (H + λ I)⁻¹ g

    with the Hessian H and damping λ. Where H does not curve upwards it goes to a saddle or a
    maximum; a direction in which H + λ I is flat is left alone.

    Source: Nocedal and Wright 2006 (Numerical Optimization), chapter 3; damping: Levenberg 1944.
    """

    conventions: ClassVar[Conventions] = {"paper": {}}
    needs_hessian = True
    also_called = ("levenberg_marquardt",)

    name: Literal["newton"] = "newton"
    learning_rate: LearningRate = 1.0
    damping: NotNegative = 0.0
    """λ: added to every curvature."""

    @property
    def formula(self) -> str:
        """The rule that these settings make."""
        return f"x ← x - η {'(H + λ I)⁻¹' if self.damping else 'H⁻¹'} g"

    def init(self, _points: Array, _blocks: Blocks) -> State:
        """Return nothing: there is no memory."""
        return {}

    def update(self, gradients: Array, state: State, step: Step) -> tuple[Array, State]:
        """Return -η (H + λ I)⁻¹ g."""
        hessians = step.objective.hessian(step.points)
        identity = np.eye(step.points.shape[-1])
        hessians = hessians + np.asarray(self.damping)[..., np.newaxis] * identity
        finite = np.isfinite(hessians).all(axis=-1) & np.isfinite(gradients)
        known = np.all(finite, axis=-1, keepdims=True)
        inverses = _inverses(np.where(known[..., np.newaxis], hessians, identity))
        solved = (inverses @ gradients[..., np.newaxis])[..., 0]
        return np.where(known, -step.learning_rate * solved, np.nan), state

    def effective_learning_rate(self, state: State, step: Step) -> Array:
        """Return NaN: no coordinate has a rate of its own."""
        del state
        return np.full_like(step.points, np.nan)


def _inverses(hessians: Array) -> Array:
    """Return the inverses, or where there is none the pseudo-inverses.

    Coordinates are scaled to a curvature of 1 before: what is flat shall not depend on units.
    """
    curvatures = np.abs(np.diagonal(hessians, axis1=-2, axis2=-1))
    scale = 1 / np.sqrt(np.where(curvatures > 0, curvatures, 1.0))
    both = scale[..., :, np.newaxis] * scale[..., np.newaxis, :]
    inverses: Array = both * np.linalg.pinv(both * hessians, hermitian=True)
    return inverses
