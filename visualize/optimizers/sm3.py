"""AdaGrad that would save memory, with momentum."""

from typing import ClassVar, Literal

import numpy as np

from visualize.arrays import Array
from visualize.objectives.objective import Blocks
from visualize.optimizers._arithmetic import blend, divide, steps_of, zeros
from visualize.optimizers._fields import Epsilon, Momentum
from visualize.optimizers.optimizer import Conventions, Optimizer, State, Step


class Sm3(Optimizer):
    """SM3: AdaGrad that would save memory, with momentum.

    s ← s + g²; m ← μ m + (1 - μ) g / √(s + ε); x ← x - η m

    Matrices share their accumulators by row and column; of a vector every coordinate has its own,
    and that is what there is here.

    Source: Anil et al. 2019 (arXiv:1901.11150), as in optax.sm3.
    """

    conventions: ClassVar[Conventions] = {"optax": {}}

    name: Literal["sm3"] = "sm3"
    momentum: Momentum = 0.9
    epsilon: Epsilon = 1e-8

    @property
    def formula(self) -> str:
        """The rule that these settings make."""
        return steps_of("s ← s + g²", "m ← μ m + (1 - μ) g / √(s + ε)", "x ← x - η m")

    def init(self, points: Array, _: Blocks) -> State:
        """Return an accumulator and a mean of 0."""
        return zeros(points, "accumulator", "mean")

    def update(self, gradients: Array, state: State, step: Step) -> tuple[Array, State]:
        """Return -η m, the accumulator and the mean."""
        after = {"accumulator": state["accumulator"] + gradients**2}
        scaled = divide(gradients, self._denominator(after), self.epsilon)
        after["mean"] = blend(state["mean"], scaled, self.momentum)
        return -step.learning_rate * after["mean"], after

    def effective_learning_rate(self, state: State, step: Step) -> Array:
        """Return η / √(s + ε)."""
        return divide(step.learning_rate, self._denominator(state), self.epsilon)

    def _denominator(self, state: State) -> Array:
        return np.sqrt(state["accumulator"] + self.epsilon)
