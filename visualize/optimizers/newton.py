"""The lowest point of the parabola that fits value, slope and curvature."""

from typing import ClassVar, Literal

import numpy as np

from visualize.optimizers import Array, Conventions, Optimizer, State, Step
from visualize.optimizers._fields import LearningRate
from visualize.settings import NotNegative


class Newton(Optimizer):
    """Newton's method: to the lowest point of the parabola that fits value, slope and curvature.

    x ← x - η (H + λ I)⁻¹ g

    with the Hessian H and damping λ. Where H does not curve upwards it goes to a saddle or a
    maximum; a direction in which H + λ I is flat is left alone.

    Source: Nocedal and Wright 2006 (Numerical Optimization), chapter 3; damping: Levenberg 1944.
    """

    conventions: ClassVar[Conventions] = {"paper": {}}
    needs_hessian = True

    name: Literal["newton"] = "newton"
    learning_rate: LearningRate = 1.0
    damping: NotNegative = 0.0
    """λ: added to every curvature."""

    @property
    def formula(self) -> str:
        """The rule that these settings make."""
        return f"x ← x - η {'(H + λ I)⁻¹' if self.damping else 'H⁻¹'} g"

    def init(self, points: Array) -> State:
        """Return nothing: there is no memory."""
        del points
        return {}

    def update(self, gradients: Array, state: State, step: Step) -> tuple[Array, State]:
        """Return -η (H + λ I)⁻¹ g."""
        hessians = step.objective.hessian(step.points)
        hessians = hessians + self.damping * np.eye(step.points.shape[-1])
        known = np.isfinite(hessians).all(axis=(-2, -1)) & np.isfinite(gradients).all(axis=-1)
        update = np.full_like(gradients, np.nan)
        inverses = np.linalg.pinv(hessians[known], hermitian=True)
        update[known] = -step.learning_rate * (inverses @ gradients[known][..., np.newaxis])[..., 0]
        return update, state
