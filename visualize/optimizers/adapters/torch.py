"""Optimizers of torch, and of packages that build on `torch.optim.Optimizer`."""

import functools
import inspect
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from visualize.arrays import Array
from visualize.declare.identity import identity_of
from visualize.declare.library import library
from visualize.errors import ForeignError
from visualize.objectives.objective import Blocks
from visualize.optimizers.adapters._blocks import joined, split
from visualize.optimizers.optimizer import Step


def from_torch(factory: Callable[..., Any], *, label: str | None = None, **settings: Any) -> Any:
    """Return a rule that is an optimizer of torch: a class with its settings, or a function.

    The function takes the list of parameters and returns an optimizer, or an optimizer and a
    scheduler, whose `step` follows each of the optimizer's. Every start has an optimizer of its
    own, and every block of the point is a parameter, float64; the default dtype is float64 while
    torch works, in which some keep their scalars. All get a closure, as LBFGS needs one.

    In a scene's list of optimizers `functools.partial(torch.optim.Adam, lr=0.1)` is the same as
    `from_torch(torch.optim.Adam, lr=0.1)`.
    """
    if not callable(factory):
        words = "from_torch needs a class of torch.optim, or a function that makes an optimizer"
        raise TypeError(f"{words} (got {factory!r})")
    made = functools.partial(factory, **settings) if settings else factory
    return TorchRule(made, label, _class_name(made))


@dataclass(frozen=True)
class TorchRule:
    """A rule of torch, for as many starts as there are."""

    factory: Callable[..., Any]
    label: str | None
    class_name: str

    @property
    def name(self) -> str:
        """What a run is called."""
        return self.class_name.lower()

    @property
    def python(self) -> str:
        """What makes the optimizer."""
        return f"torch: {self.class_name}"

    @property
    def identity(self) -> str:
        """What tells it from others: its class and settings, or the function's code."""
        return identity_of(("torch", self.factory))

    def init(self, points: Array, blocks: Blocks) -> list["_Start"]:
        """Return an optimizer for each start."""
        with _float64() as torch:
            return [_Start(torch, self.factory, self.class_name, point, blocks) for point in points]

    def update(
        self, gradients: Array, state: list["_Start"], step: Step
    ) -> tuple[Array, list["_Start"]]:
        """Return how far each start's optimizer goes; one that has ended goes nowhere."""
        updates = np.zeros_like(gradients)
        values = (step.seen or step.objective).value(step.points)
        with _float64():
            for index in np.flatnonzero(np.isfinite(step.points).all(axis=-1)):
                here = values[index], gradients[index]
                updates[index] = state[index].step(int(index), here, step)
        return updates, state


class _Start:
    """One start's parameters and its optimizer."""

    def __init__(
        self, torch: Any, factory: Callable[..., Any], name: str, point: Array, blocks: Blocks
    ) -> None:
        self._torch, self._blocks = torch, blocks
        self._parameters = [torch.nn.Parameter(it) for it in self._tensors(point)]
        made = factory(list(self._parameters))
        pair: tuple[Any, Any] = made if isinstance(made, tuple) and len(made) == 2 else (made, None)
        self._optimizer, self._scheduler = pair
        if not isinstance(self._optimizer, torch.optim.Optimizer):
            words = f"{name} returned {type(made).__name__} for a list of parameters"
            raise ForeignError(f"{words}; it returns an optimizer of torch, or with its scheduler")

    def step(self, index: int, seen: tuple[Any, Array], step: Step) -> Array:
        """Return the optimizer's update from where the start is, with value and gradient there."""
        point = step.points[index]
        with self._torch.no_grad():
            for parameter, tensor in zip(self._parameters, self._tensors(point), strict=True):
                parameter.copy_(tensor)
        self._show(seen[1])

        def closure() -> Any:
            here = self._point()
            value, gradient = seen if np.array_equal(here, point) else _seen(here, index, step)
            self._show(gradient)
            return self._torch.tensor(float(value), dtype=self._torch.float64)

        self._optimizer.step(closure)
        if self._scheduler is not None:
            self._scheduler.step()
        update: Array = self._point() - point
        return update

    def _show(self, gradient: Array) -> None:
        for parameter, tensor in zip(self._parameters, self._tensors(gradient), strict=True):
            parameter.grad = tensor

    def _point(self) -> Array:
        return joined([it.detach().numpy() for it in self._parameters])

    def _tensors(self, point: Array) -> Sequence[Any]:
        return [self._torch.from_numpy(it) for it in split(point, self._blocks)]


def _seen(point: Array, index: int, step: Step) -> tuple[Array, Array]:
    """Return value and gradient at another point of one start, as they are seen at this step."""
    if step.seen is None or step.seen is step.objective:
        values, gradients = step.objective.value_and_gradient(point[np.newaxis])
        return values[0], gradients[0]
    points = step.points.copy()  # what is drawn for a start is known by its place among all
    points[index] = point
    values, gradients = step.seen.value_and_gradient(points)
    return values[index], gradients[index]


@contextmanager
def _float64() -> Iterator[Any]:
    """Let torch's default be float64 for a while: some optimizers keep their scalars in it."""
    torch = library("torch", "torch", "an optimizer of torch")
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    try:
        yield torch
    finally:
        torch.set_default_dtype(before)


def _class_name(factory: Any) -> str:
    """Return the class of the optimizers that a factory makes, as far as that can be told."""
    while isinstance(factory, functools.partial):
        factory = factory.func
    if inspect.isclass(factory):
        return factory.__name__
    if (name := str(getattr(factory, "__name__", ""))).isidentifier():
        return name
    try:
        with _float64() as torch:
            made = factory([torch.nn.Parameter(torch.from_numpy(np.zeros(1)))])
    except Exception:  # which is told when it is to make one for a run
        return "torch"
    return type(made[0] if isinstance(made, tuple) else made).__name__
