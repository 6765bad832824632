"""Gradient descent and momentum, mixed."""

from typing import ClassVar, Literal

from visualize.arrays import Array
from visualize.objectives.objective import Blocks
from visualize.optimizers._arithmetic import blend, steps_of, zeros
from visualize.optimizers._fields import Momentum, Portion
from visualize.optimizers.optimizer import Conventions, Optimizer, State, Step


class Qhm(Optimizer):
    """QHM: gradient descent and momentum, mixed (quasi-hyperbolic momentum).

    v ← μ v + (1 - μ) g; x ← x - η ((1 - ν) g + ν v)

    ν = 0 is gradient descent, ν = 1 a momentum whose gradients are averaged.

    Source: Ma and Yarats 2019 (arXiv:1810.06801), with the defaults that it advises.
    """

    conventions: ClassVar[Conventions] = {"paper": {}}

    name: Literal["qhm"] = "qhm"
    momentum: Momentum = 0.999
    nu: Portion = 0.7
    """ν: how much of the step is momentum."""

    @property
    def formula(self) -> str:
        """The rule that these settings make."""
        return steps_of("v ← μ v + (1 - μ) g", "x ← x - η ((1 - ν) g + ν v)")

    def init(self, points: Array, _: Blocks) -> State:
        """Return a velocity of 0."""
        return zeros(points, "velocity")

    def update(self, gradients: Array, state: State, step: Step) -> tuple[Array, State]:
        """Return -η ((1 - ν) g + ν v), and the velocity."""
        velocity = blend(state["velocity"], gradients, self.momentum)
        direction = blend(velocity, gradients, self.nu)
        return -step.learning_rate * direction, {"velocity": velocity}
