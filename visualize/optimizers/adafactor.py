"""RMSProp with steps in proportion to the point's size."""

import sys
from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field

from visualize.arrays import Array
from visualize.declare.settings import NotNegative, Number, Positive
from visualize.objectives.objective import Blocks
from visualize.optimizers._arithmetic import (
    Numbers,
    blend,
    decay_formula,
    divide,
    not_yet,
    power,
    steps_of,
    zeros,
)
from visualize.optimizers._fields import LearningRate, WeightDecay
from visualize.optimizers.optimizer import Conventions, Optimizer, State, Step


class Adafactor(Optimizer):
    """Adafactor: RMSProp with steps in proportion to how far the point is from 0.

    v ← (1 - t^c) v + t^c (g² + ε₁); u = g / √v; u ← u / max(1, RMS(u) / d);
    x ← x - max(ε₂, RMS(x)) min(η, 1/√t) u

    with the decay c = -0.8 and the clip threshold d. torch adds no ε₁ to g², and divides by
    max(√v, ε₁). Without `relative_step` η is not bounded by 1/√t, as in optax. Matrices share
    their squares by row and column; of a vector every coordinate has its own, as here.

    Source: Shazeer and Stern 2018 (arXiv:1804.04235).
    """

    conventions: ClassVar[Conventions] = {
        "torch": {},
        "keras": {
            "learning_rate": 0.001,
            "epsilon_1": 1e-30,
            "epsilon_placement": "inside_square",
            "decay_placement": "before_size",
        },
        "optax": {
            "learning_rate": 1.0,
            "epsilon_1": 1e-30,
            "epsilon_placement": "inside_square",
            "relative_step": False,
            "decay_placement": "without_rate",
        },
        "paper": {"epsilon_1": 1e-30, "epsilon_placement": "inside_square"},
    }
    synonyms: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "d": ("clip_threshold",),
        "eps": ("epsilon_1", "epsilon_2"),
    }

    name: Literal["adafactor"] = "adafactor"
    learning_rate: LearningRate = 0.01
    beta_2_decay: Annotated[Number, Field(lt=0)] = -0.8
    """c: at the t-th update the new square weighs t^c."""
    epsilon_1: NotNegative = sys.float_info.epsilon
    """ε₁: keeps the denominator from 0."""
    epsilon_placement: Literal["floor", "inside_square"] = "floor"
    """Whether ε₁ is the least denominator, or added to g²."""
    epsilon_2: NotNegative = 0.001
    """ε₂: the least size of x that counts."""
    clip_threshold: Positive = 1.0
    """d: the largest RMS of a step, before it is scaled."""
    relative_step: bool = True
    """Let 1/√t bound the learning rate."""
    weight_decay: WeightDecay = 0.0
    decay_placement: Literal["after_size", "before_size", "without_rate"] = "after_size"
    """Whether λ shrinks x by η λ x, after or before RMS(x) is taken, or by λ x."""

    @property
    def formula(self) -> str:
        """The rule that these settings make."""
        floor = self.epsilon_placement == "floor"
        size, shrinking = "r = max(ε₂, RMS(x))", self._decay_formula()
        return steps_of(
            *((shrinking, size) if self.decay_placement == "before_size" else (size, shrinking)),
            f"v ← (1 - t^c) v + t^c {'g²' if floor else '(g² + ε₁)'}",
            f"u = g / {'max(√v, ε₁)' if floor else '√v'}",
            f"x ← x - {'min(η, 1/√t)' if self.relative_step else 'η'} r u / max(1, RMS(u) / d)",
        )

    def init(self, points: Array, _: Blocks) -> State:
        """Return a mean square of 0."""
        return {**zeros(points, "mean_square"), "scale": not_yet(points[:, :1])}

    def update(self, gradients: Array, state: State, step: Step) -> tuple[Array, State]:
        """Return the scaled step, the mean square and the scale."""
        rate = 1.0 if self.decay_placement == "without_rate" else step.learning_rate
        shrinkage = -rate * self.weight_decay * step.points
        kept = 1 - power(step.number + 1, self.beta_2_decay)
        floor = self.epsilon_placement == "floor"
        fresh = gradients**2 if floor else gradients**2 + self.epsilon_1
        square = blend(state["mean_square"], fresh, kept)
        direction = divide(gradients, self._denominator(square))
        decayed = self.decay_placement == "before_size"
        size = _rms(step.points + shrinkage if decayed else step.points)
        scale = np.maximum(self.epsilon_2, size) / np.maximum(
            1, _rms(direction) / self.clip_threshold
        )
        update = -self._rate(step) * scale * direction
        return shrinkage + update, {"mean_square": square, "scale": scale}

    def effective_learning_rate(self, state: State, step: Step) -> Array:
        """Return what g is multiplied by."""
        return divide(self._rate(step) * state["scale"], self._denominator(state["mean_square"]))

    def _decay_formula(self) -> str:
        if self.decay_placement == "without_rate" and self.weight_decay:
            return "x ← x - λ x"
        return decay_formula(self.weight_decay, decoupled=True)

    def _rate(self, step: Step) -> Numbers:
        if not self.relative_step:
            return step.learning_rate
        bounded: Numbers = np.minimum(step.learning_rate, 1 / np.sqrt(step.number + 1))
        return bounded

    def _denominator(self, square: Array) -> Array:
        floor = self.epsilon_1 if self.epsilon_placement == "floor" else 0.0
        return np.maximum(np.sqrt(square), floor)


def _rms(vectors: Array) -> Array:
    size: Array = np.sqrt(np.mean(vectors**2, axis=-1, keepdims=True))
    return size
