"""Stand-ins for libraries that are not installed here: the little of them that an adapter uses.

They know nothing of those libraries' rules. What the adapters do with them is tested: that every
start has its own, in which shapes, when a closure is called. That their numbers are the
libraries' is tested with the libraries themselves, `test_*_itself`.
"""

import contextlib
import sys
import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pytest

from visualize.arrays import Array


class Tensor:
    """Numbers, as torch and Keras hold them."""

    def __init__(self, array: Any, **_: Any) -> None:
        self.array = np.array(getattr(array, "array", array), dtype=float)
        self.grad: Any = None
        self.shape = self.array.shape

    def detach(self) -> "Tensor":
        return self

    def numpy(self) -> Array:
        return self.array

    def copy_(self, other: "Tensor") -> None:
        self.array[...] = other.array

    assign = copy_


class TorchOptimizer:
    """The class that all of torch's optimizers are of."""

    def __init__(self, parameters: Sequence[Tensor], lr: float) -> None:
        self.parameters, self.lr = parameters, lr

    def lengths(self) -> float:
        return float(np.sqrt(sum(np.sum(it.grad.array**2) for it in self.parameters)))

    def step(self, closure: Callable[[], Tensor]) -> None:
        closure()
        for parameter in self.parameters:
            parameter.array -= self.lr * parameter.grad.array


class Unit(TorchOptimizer):
    """Steps of length `lr`: its parameters are not independent of each other."""

    def step(self, closure: Callable[[], Tensor]) -> None:
        closure()
        size = self.lengths()
        for parameter in self.parameters:
            parameter.array -= self.lr * parameter.grad.array / size


class Twice(TorchOptimizer):
    """Looks a second time, where the first step leads, and takes the gradient there."""

    def step(self, closure: Callable[[], Tensor]) -> None:
        before = [it.array.copy() for it in self.parameters]
        super().step(closure)
        self.losses = [float(closure().array)]
        for parameter, array in zip(self.parameters, before, strict=True):
            parameter.array[...] = array - self.lr * parameter.grad.array


def torch(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Put a stand-in in torch's place."""
    module: Any = types.ModuleType("torch")
    default = ["float32"]
    module.float64 = "float64"
    module.get_default_dtype = lambda: default[0]
    module.set_default_dtype = lambda dtype: default.__setitem__(0, dtype)
    module.no_grad = contextlib.nullcontext
    module.from_numpy = module.tensor = Tensor
    module.nn = types.SimpleNamespace(Parameter=Tensor)
    module.optim = types.SimpleNamespace(Optimizer=TorchOptimizer, Unit=Unit, Twice=Twice)
    monkeypatch.setitem(sys.modules, "torch", module)
    return module


class GradientTransformation(NamedTuple):
    """What optax's optimizers are."""

    init: Callable[..., Any]
    update: Callable[..., Any]


class WithExtraArguments(GradientTransformation):
    """One that may ask for more."""


class CustomVjp:
    """A function with a derivative of its own."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function

    def defvjp(self, forward: Callable[..., Any], backward: Callable[..., Any]) -> None:
        self.forward, self.backward = forward, backward

    def __call__(self, *arguments: Any) -> Any:
        return self.function(*arguments)

    def gradient(self, *arguments: Any) -> Any:
        _, kept = self.forward(*arguments)
        return self.backward(kept, 1.0)[0]


def mapped(function: Callable[..., Any], *trees: Any) -> Any:
    """Return what a function makes of the leaves of trees, mappings in alphabetical order."""
    first = trees[0]
    if isinstance(first, Mapping):
        return {name: mapped(function, *(it[name] for it in trees)) for name in sorted(first)}
    if isinstance(first, tuple | list):
        return type(first)(mapped(function, *them) for them in zip(*trees, strict=True))
    return function(*trees)


def vmap(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function of many, one after the other."""

    def of_many(*trees: Any) -> Any:
        found: list[Any] = []
        mapped(lambda it: found.append(len(it)), list(trees))
        each = [function(*mapped(lambda it, i=i: it[i], list(trees))) for i in range(found[0])]
        return mapped(lambda *them: np.stack(them), *each)

    return of_many


def elsewhere(array: Array) -> Array:
    """Return an array as another thread gets it, where float64 is not enabled."""
    return array.astype("float32") if array.dtype == "float64" else array


def bits(array: Array, dtype: str) -> Array:
    """Return the halves of each number along a last axis, or the numbers of those."""
    if dtype == "uint32":
        return np.array(array, order="C")[..., np.newaxis].view(dtype)
    return np.array(array, order="C").view(dtype)[..., 0]


def optax(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Put stand-ins in optax's and JAX's places."""
    jax: Any = types.ModuleType("jax")
    jax.enabled = False

    @contextlib.contextmanager
    def enable_x64(new: bool) -> Iterator[None]:
        jax.enabled, before = new, jax.enabled
        yield
        jax.enabled = before

    jax.enable_x64, jax.vmap, jax.jit = enable_x64, vmap, lambda function: function
    jax.ShapeDtypeStruct = lambda shape, dtype: np.empty(shape, dtype)
    jax.pure_callback = lambda function, _, *leaves, **__: function(*map(elsewhere, leaves))
    jax.lax = types.SimpleNamespace(bitcast_convert_type=bits)
    jax.tree = types.SimpleNamespace(map=mapped)
    jax.custom_vjp = CustomVjp
    module: Any = types.ModuleType("optax")
    module.GradientTransformation = GradientTransformation
    module.GradientTransformationExtraArgs = WithExtraArguments
    modules = sys.modules
    monkeypatch.setitem(modules, "jax", jax)
    monkeypatch.setitem(modules, "optax", module)
    return module


class KerasOptimizer:
    """The class that all of Keras's optimizers are of."""

    made: list["KerasOptimizer"]

    def __init__(self, learning_rate: float = 0.5, name: str = "mine") -> None:
        self.settings = {"learning_rate": learning_rate, "name": name}
        self.built: Any = None
        self.steps = 0

    def get_config(self) -> dict[str, Any]:
        return dict(self.settings)

    @classmethod
    def from_config(cls, settings: dict[str, Any]) -> "KerasOptimizer":
        return cls(**settings)

    def build(self, variables: Sequence[Tensor]) -> None:
        self.built = variables

    def apply(self, gradients: Sequence[Tensor], variables: Sequence[Tensor]) -> None:
        assert variables == self.built
        self.steps += 1
        for gradient, variable in zip(gradients, variables, strict=True):
            variable.array -= self.settings["learning_rate"] * gradient.array / self.steps


def keras(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Put a stand-in in Keras's place."""
    module: Any = types.ModuleType("keras")
    floatx = ["float32"]
    module.config = types.SimpleNamespace(
        backend=lambda: "torch",
        floatx=lambda: floatx[0],
        set_floatx=lambda name: floatx.__setitem__(0, name),
    )
    module.Variable = Tensor
    module.ops = types.SimpleNamespace(
        convert_to_tensor=Tensor, convert_to_numpy=lambda it: it.array
    )
    module.optimizers = types.SimpleNamespace(Optimizer=KerasOptimizer)
    monkeypatch.setitem(sys.modules, "keras", module)
    return module


def scipy(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Put a stand-in in scipy's place: `minimize` goes down the gradient until it is short."""
    module: Any = types.ModuleType("scipy.optimize")
    calls: list[dict[str, Any]] = []

    def minimize(
        fun: Callable[[Array], float],
        x0: Array,
        *,
        callback: Callable[[Array], object],
        options: Mapping[str, float],
        **more: Any,
    ) -> None:
        calls.append({"fun": fun(x0), "options": dict(options), **more})
        x = x0.copy()
        for _ in range(1000):
            gradient = more["jac"](x)
            if np.abs(gradient).max() <= options.get("gtol", 0.1):
                return
            x -= 0.1 * gradient
            callback(x)

    module.minimize, module.calls = minimize, calls
    parent: Any = types.ModuleType("scipy")
    parent.optimize = module
    modules = sys.modules
    monkeypatch.setitem(modules, "scipy", parent)
    monkeypatch.setitem(modules, "scipy.optimize", module)
    return module
