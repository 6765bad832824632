"""Optimizers of Keras, on the backend that it runs with."""

import inspect
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from visualize.arrays import Array
from visualize.declare.identity import identity_of
from visualize.declare.library import library
from visualize.objectives.objective import Blocks
from visualize.optimizers.adapters._blocks import joined, split
from visualize.optimizers.optimizer import Step


def from_keras(optimizer: Any, *, label: str | None = None) -> Any:
    """Return a rule that is an optimizer of Keras: `keras.optimizers.Adam(0.1)`.

    Every start has an optimizer of its own, made from the configuration of the one given, which
    is not touched; every block of the point is a variable. All of it is float64: `floatx` is that
    for as long as Keras works. What was rounded before stays so: Keras keeps a learning rate in
    the `floatx` that was in force when the optimizer was made, float32 unless somebody has said
    `keras.config.set_floatx("float64")`.

    In a scene's list of optimizers the optimizer itself is the same, without a label.
    """
    if not (hasattr(optimizer, "get_config") and hasattr(optimizer, "from_config")):
        words = "from_keras needs an optimizer of Keras, such as keras.optimizers.Adam(0.1)"
        raise TypeError(f"{words} (got {optimizer!r})")
    made = optimizer() if inspect.isclass(optimizer) else optimizer
    return KerasRule(made, label, type(made).__name__.lower())


@dataclass(frozen=True)
class KerasRule:
    """A rule of Keras."""

    optimizer: Any
    label: str | None
    name: str

    @property
    def python(self) -> str:
        """Which class it is."""
        return f"keras: {type(self.optimizer).__name__}"

    @property
    def identity(self) -> str:
        """What tells it from others: its class and configuration."""
        # Keras numbers names: adam, adam_1, ...
        settings = {name: it for name, it in self._settings().items() if name != "name"}
        return identity_of(("keras", type(self.optimizer), settings))

    def init(self, points: Array, blocks: Blocks) -> list["_Start"]:
        """Return an optimizer for each start."""
        with _float64() as keras:
            kind = type(self.optimizer)
            return [
                _Start(keras, kind.from_config(self._settings()), point, blocks) for point in points
            ]

    def update(
        self, gradients: Array, state: list["_Start"], step: Step
    ) -> tuple[Array, list["_Start"]]:
        """Return how far each start's optimizer goes; one that has ended goes nowhere."""
        updates = np.zeros_like(gradients)
        with _float64():
            for index in np.flatnonzero(np.isfinite(step.points).all(axis=-1)):
                updates[index] = state[index].step(step.points[index], gradients[index])
        return updates, state

    def _settings(self) -> dict[str, Any]:
        settings: dict[str, Any] = self.optimizer.get_config()
        return settings


class _Start:
    """One start's variables and its optimizer."""

    def __init__(self, keras: Any, optimizer: Any, point: Array, blocks: Blocks) -> None:
        self._keras, self._optimizer, self._blocks = keras, optimizer, blocks
        self._variables = [
            keras.Variable(it, dtype="float64", name=name)
            for name, it in zip(blocks, split(point, blocks), strict=True)
        ]
        optimizer.build(self._variables)

    def step(self, point: Array, gradient: Array) -> Array:
        """Return the optimizer's update from a point."""
        ops = self._keras.ops
        for variable, array in zip(self._variables, split(point, self._blocks), strict=True):
            variable.assign(ops.convert_to_tensor(array, dtype="float64"))
        tensors = [
            ops.convert_to_tensor(it, dtype="float64") for it in split(gradient, self._blocks)
        ]
        self._optimizer.apply(tensors, self._variables)
        return joined([ops.convert_to_numpy(it) for it in self._variables]) - point


@contextmanager
def _float64() -> Iterator[Any]:
    """Let Keras, and JAX under it, work in float64 for a while."""
    keras = library("keras", "keras", "an optimizer of Keras")
    with ExitStack() as around:
        if keras.config.backend() == "jax":
            around.enter_context(library("jax", "jax", "Keras on JAX").enable_x64(True))
        around.callback(keras.config.set_floatx, keras.config.floatx())
        keras.config.set_floatx("float64")
        yield keras
