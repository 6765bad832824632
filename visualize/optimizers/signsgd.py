"""Only the gradient's sign counts."""

from typing import ClassVar, Literal

import numpy as np

from visualize.arrays import Array
from visualize.objectives.objective import Blocks
from visualize.optimizers.optimizer import Conventions, Optimizer, State, Step


class Signsgd(Optimizer):
    """signSGD: only the gradient's sign counts; all steps have the same length.

    x ← x - η sign(g)

    Source: Bernstein et al. 2018 (arXiv:1802.04434); optax.sign_sgd.
    """

    conventions: ClassVar[Conventions] = {"optax": {}, "paper": {}}
    also_called = ("signum",)

    name: Literal["signsgd"] = "signsgd"

    @property
    def formula(self) -> str:
        """The rule that these settings make."""
        return "x ← x - η sign(g)"

    def init(self, _points: Array, _blocks: Blocks) -> State:
        """Return nothing: there is no memory."""
        return {}

    def update(self, gradients: Array, state: State, step: Step) -> tuple[Array, State]:
        """Return -η sign(g)."""
        return -step.learning_rate * np.sign(gradients), state
