"""Gradient transformations of optax."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

import numpy as np

from visualize.arrays import Array
from visualize.declare.identity import identity_of
from visualize.declare.library import library
from visualize.objectives.objective import Blocks, Objective
from visualize.optimizers.adapters._blocks import joined, split
from visualize.optimizers.optimizer import Step


def from_optax(transformation: Any, *, label: str | None = None) -> Any:
    """Return a rule that is a gradient transformation of optax: `optax.adam(0.1)`.

    Every start has a state of its own (`jax.vmap` over the starts), parameters are float64 by
    `jax.enable_x64` for as long as optax works, and the update is compiled. A point is one array,
    or a mapping of its blocks. Transformations that ask for more get `value`, `grad` and
    `value_fn`, the objective without noise, as line searches do.

    In a scene's list of optimizers `optax.adam(0.1)` itself is the same, without a label.
    """
    if not (hasattr(transformation, "init") and hasattr(transformation, "update")):
        words = "from_optax needs a transformation, such as optax.adam(0.1)"
        raise TypeError(f"{words} (got {transformation!r})")
    return OptaxRule(transformation, label)


@dataclass(frozen=True)
class OptaxRule:
    """A rule of optax."""

    transformation: Any
    label: str | None
    name: str = "optax"
    python: str = "optax"

    @property
    def identity(self) -> str:
        """What tells it from others: optax's functions and what they were made with."""
        return identity_of(("optax", tuple(self.transformation)))

    def init(self, points: Array, blocks: Blocks) -> "_Running":
        """Return optax's state for each start."""
        jax = library("jax", "jax", "an optimizer of optax")
        optax = library("optax", "optax", "an optimizer of optax")
        extra = isinstance(self.transformation, optax.GradientTransformationExtraArgs)
        with jax.enable_x64(True):
            state = jax.vmap(self.transformation.init)(_tree(points, blocks))
        return _Running(jax, self.transformation, extra, blocks, state)

    def update(self, gradients: Array, state: "_Running", step: Step) -> tuple[Array, "_Running"]:
        """Return optax's updates of all starts."""
        return state.step(gradients, step), state


class _Running:
    """optax's state in a run, and its update, compiled at the first step."""

    def __init__(
        self, jax: Any, transformation: Any, extra: bool, blocks: Blocks, state: Any
    ) -> None:
        self._jax, self._transformation, self._extra = jax, transformation, extra
        self._blocks, self._state = blocks, state
        self._compiled: Callable[..., Any] | None = None

    def step(self, gradients: Array, step: Step) -> Array:
        """Return the updates, and keep the state after them."""
        jax = self._jax
        with jax.enable_x64(True):
            if self._compiled is None:
                self._compiled = jax.jit(jax.vmap(self._update(step.objective)))
            trees = (_tree(it, self._blocks) for it in (gradients, step.points))
            updates, self._state = self._compiled(next(trees), self._state, next(trees))
            leaves = [np.asarray(it) for it in _leaves(updates, self._blocks)]
        return joined(leaves, (len(gradients),))

    def _update(self, objective: Objective) -> Callable[..., Any]:
        """Return the update of one start, which may ask the objective for more."""
        if not self._extra:
            return lambda gradients, state, params: self._transformation.update(
                gradients, state, params
            )
        value_fn = _callback(self._jax, objective, self._blocks)

        def update(gradients: Any, state: Any, params: Any) -> Any:
            # Where nobody asks for the value, JAX leaves it out.
            more = {"value": value_fn(params), "grad": gradients, "value_fn": value_fn}
            return self._transformation.update(gradients, state, params, **more)

        return update


def _callback(jax: Any, objective: Objective, blocks: Blocks) -> Callable[[Any], Any]:
    """Return the objective as a function that JAX can call and differentiate."""
    parts = [_bits_of(jax, shape) for shape in blocks.values()]
    number = _bits_of(jax, ())

    def points_of(leaves: Any) -> Array:
        arrays = [_as_numbers(it) for it in leaves]
        rank = len(next(iter(blocks.values())))
        return joined(arrays, arrays[0].shape[: arrays[0].ndim - rank])

    def values(*leaves: Any) -> Any:
        return _as_bits(objective.value(points_of(leaves)))

    def both(*leaves: Any) -> tuple[Any, list[Any]]:
        value, gradient = objective.value_and_gradient(points_of(leaves))
        return _as_bits(value), [_as_bits(it) for it in split(gradient, blocks)]

    def call(function: Any, shape: Any, params: Any) -> Any:
        leaves = [jax.lax.bitcast_convert_type(it, "uint32") for it in _leaves(params, blocks)]
        found = jax.pure_callback(function, shape, *leaves, vmap_method="broadcast_all")
        return jax.tree.map(lambda it: jax.lax.bitcast_convert_type(it, "float64"), found)

    def forward(params: Any) -> Any:
        return call(both, (number, parts), params)

    def backward(leaves: Any, change: Any) -> Any:
        scaled = [change * it for it in leaves]
        return (scaled[0] if len(blocks) == 1 else dict(zip(blocks, scaled, strict=True)),)

    value_fn: Any = jax.custom_vjp(lambda params: call(values, number, params))
    value_fn.defvjp(forward, backward)
    return cast("Callable[[Any], Any]", value_fn)


def _bits_of(jax: Any, shape: tuple[int, ...]) -> Any:
    """Return how the bits of float64 numbers go to a callback and back.

    JAX may call it in another thread, where `enable_x64` is not in force: there float64 would be
    rounded to float32, on the way in and on the way out.
    """
    return jax.ShapeDtypeStruct((*shape, 2), np.uint32)


def _as_bits(numbers: Array) -> Any:
    """Return the two halves of each number, along a last axis."""
    return np.array(numbers, order="C")[..., np.newaxis].view(np.uint32)


def _as_numbers(bits: Any) -> Array:
    """Return the numbers of which these are the halves."""
    numbers: Array = np.array(bits, order="C").view(np.float64)[..., 0]
    return numbers


def _tree(points: Array, blocks: Blocks) -> Any:
    """Return points as optax's parameters: an array, or a mapping of several."""
    parts = split(points, blocks)
    return parts[0] if len(parts) == 1 else dict(zip(blocks, parts, strict=True))


def _leaves(params: Any, blocks: Blocks) -> list[Any]:
    """Return the blocks in their order: JAX's mappings are in alphabetical order."""
    return [params[name] for name in blocks] if isinstance(params, dict) else [params]
