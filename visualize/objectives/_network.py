"""A small network: layers of sums, with an activation between them."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Annotated, ClassVar, Literal, NamedTuple

import numpy as np
from pydantic import Field

from visualize.arrays import Array
from visualize.declare.settings import ListToTuple, Settings, Synonyms, Whole, each
from visualize.objectives._models import Model, sigmoid
from visualize.objectives.objective import Blocks


class Mlp(Settings):
    """The layers of a network: small on purpose, each of its weights is a coordinate."""

    synonyms: ClassVar[Synonyms] = each("layers hidden_sizes hidden_layers units sizes", "hidden")

    hidden: Annotated[
        tuple[Whole, ...],
        ListToTuple,
        Field(min_length=1, json_schema_extra={"minItems": 1}, examples=[[8]]),
    ] = (8,)
    """How many numbers each hidden layer gives to the next."""
    activation: Literal["tanh", "relu", "sigmoid"] = "tanh"
    """What stands between the layers."""


class Activation(NamedTuple):
    """A function between layers, and its slope by what it gives."""

    value: Callable[[Array], Array]
    slope: Callable[[Array], Array]


ACTIVATIONS = {
    "tanh": Activation(np.tanh, lambda given: 1 - given**2),
    "relu": Activation(lambda z: np.maximum(z, 0.0), lambda given: np.sign(given)),
    "sigmoid": Activation(sigmoid, lambda given: given * (1 - given)),
}


class Network(Model):
    """Layers of sums and activations: W₂ φ(W₁ x + b₁) + b₂."""

    def __init__(self, features: int, hidden: Sequence[int], activation: str) -> None:
        self._sizes = [features, *hidden, 1]
        self._activation = ACTIVATIONS[activation]

    @property
    def blocks(self) -> Blocks:
        """Weights and biases, layer by layer, as torch has them: a row for each output."""
        blocks: dict[str, tuple[int, ...]] = {}
        for layer, (before, after) in enumerate(pairwise(self._sizes), 1):
            blocks[f"weights_{layer}"] = (after, before)
            blocks[f"bias_{layer}"] = (after,)
        return blocks

    @property
    def width(self) -> int:
        """How many numbers are computed for a row."""
        return sum(self._sizes)

    def _layers(self, points: Array) -> list[tuple[Array, Array]]:
        """Return weights `(points, after, before)` and biases `(points, after)` of each layer."""
        layers, first = [], 0
        for before, after in pairwise(self._sizes):
            middle, last = first + before * after, first + (before + 1) * after
            weights = points[:, first:middle].reshape(-1, after, before)
            layers.append((weights, points[:, middle:last]))
            first = last
        return layers

    def _activations(self, points: Array, features: Array) -> list[Array]:
        """Return what each layer gives to the next: `(points, size, rows)`; the features first."""
        given = [np.broadcast_to(features.T, (len(points), *features.T.shape))]
        *hidden, last = self._layers(points)
        for weights, biases in hidden:
            given.append(self._activation.value(weights @ given[-1] + biases[..., np.newaxis]))
        weights, biases = last
        given.append(weights @ given[-1] + biases[..., np.newaxis])
        return given

    def outputs(self, points: Array, features: Array) -> Array:
        """Return the output for each row."""
        return self._activations(points, features)[-1][:, 0]

    def pulled_back(self, points: Array, features: Array, slopes: Array) -> Array:
        """Return the gradients by all weights and biases, from the last layer to the first."""
        *given, _ = self._activations(points, features)
        backward = slopes[:, np.newaxis]
        parts: list[Array] = []
        for (weights, _), before in zip(
            reversed(self._layers(points)), reversed(given), strict=True
        ):
            by_weight = backward @ np.swapaxes(before, -1, -2)
            parts = [by_weight.reshape(len(points), -1), backward.sum(axis=-1), *parts]
            if before is not given[0]:
                backward = np.swapaxes(weights, -1, -2) @ backward * self._activation.slope(before)
        return np.concatenate(parts, axis=-1)
