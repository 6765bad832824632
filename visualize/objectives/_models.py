"""Models that are fitted to data, and what a row costs: with their derivatives."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import cached_property
from math import prod
from typing import NamedTuple

import numpy as np

from visualize.arrays import Array
from visualize.objectives.objective import Blocks


class Loss(NamedTuple):
    """What a row costs by the model's output z and the target y, and its derivatives by z."""

    cost: Callable[[Array, Array], Array]
    slope: Callable[[Array, Array], Array]
    curvature: Callable[[Array], Array]
    prediction: Callable[[Array], Array]
    """What the output says of the target."""


def sigmoid(outputs: Array) -> Array:
    """Return 1 / (1 + exp -z)."""
    # exp of what is never positive: it does not overflow.
    small = np.exp(-np.abs(outputs))
    probabilities: Array = np.where(outputs >= 0, 1.0, small) / (1 + small)
    return probabilities


SQUARES = Loss(
    cost=lambda outputs, targets: (outputs - targets) ** 2 / 2,
    slope=lambda outputs, targets: outputs - targets,
    curvature=np.ones_like,
    prediction=lambda outputs: outputs,
)
"""(z - y)² / 2"""
CROSS_ENTROPY = Loss(
    cost=lambda outputs, targets: np.logaddexp(0, outputs) - targets * outputs,
    slope=lambda outputs, targets: sigmoid(outputs) - targets,
    curvature=lambda outputs: sigmoid(outputs) * sigmoid(-outputs),
    prediction=sigmoid,
)
"""log(1 + exp z) - y z: that y, 0 or 1, was drawn with the probability 1 / (1 + exp -z)."""


class Model(ABC):
    """What says a number of every row of features, by the weights that a point is."""

    @property
    @abstractmethod
    def blocks(self) -> Blocks:
        """The arrays that a point is made of; what begins with `bias` is not drawn to 0."""

    @property
    @abstractmethod
    def width(self) -> int:
        """How many numbers are computed for a row."""

    @abstractmethod
    def outputs(self, points: Array, features: Array) -> Array:
        """Return the output for each row: `(points, rows)`."""

    @abstractmethod
    def pulled_back(self, points: Array, features: Array, slopes: Array) -> Array:
        """Return the gradients of Σ slope · output over the rows: `(points, dimension)`."""

    @cached_property
    def dimension(self) -> int:
        """The number of coordinates of a point."""
        return sum(map(prod, self.blocks.values()))

    @cached_property
    def is_weight(self) -> Array:
        """1 for each coordinate that is a weight, and 0 for one that is a bias."""
        return np.concatenate(
            [
                np.full(prod(shape), 0.0 if name.startswith("bias") else 1.0)
                for name, shape in self.blocks.items()
            ]
        )


class Linear(Model):
    """w · x + b"""

    def __init__(self, features: int) -> None:
        self._features = features

    @property
    def blocks(self) -> Blocks:
        """The weights and the bias."""
        return {"weights": (self._features,), "bias": (1,)}

    @property
    def width(self) -> int:
        """How many numbers are computed for a row."""
        return self._features + 1

    def outputs(self, points: Array, features: Array) -> Array:
        """Return w · x + b for each row."""
        outputs: Array = points[:, :-1] @ features.T + points[:, -1:]
        return outputs

    def pulled_back(self, points: Array, features: Array, slopes: Array) -> Array:
        """Return Σ slope · x, and Σ slope."""
        del points
        return np.concatenate([slopes @ features, slopes.sum(axis=-1, keepdims=True)], axis=-1)
