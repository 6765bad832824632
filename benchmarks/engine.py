"""The engine: updates with their history, beside NumPy by hand and, where it is installed, torch.

python benchmarks/engine.py

Seconds are the process's own, the least of some rounds in which all take turns; torch has one
thread. All keep points, values and gradients of every step.
"""

import time
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any, NamedTuple

import numpy as np

from visualize import Scene, simulate
from visualize.arrays import Array
from visualize.objectives.objective import read_objective
from visualize.optimizers._together import trace_together
from visualize.optimizers.optimizer import OPTIMIZERS, Problem

ROUNDS = 12
Columns = tuple[Any, Any]
Rule = Callable[[Array, int], Array]
"""What to add to the points, given gradients and the updates done so far."""


class Function(NamedTuple):
    """A function as people write it down: in a scene, and in NumPy or torch."""

    formula: str
    value: Callable[[Any, Any], Any]
    slopes: Callable[[Array, Array], Columns]


ROSENBROCK = Function(
    "rosenbrock",
    lambda x, y: (1 - x) ** 2 + 100 * (y - x**2) ** 2,
    lambda x, y: (-2 * (1 - x) - 400 * x * (y - x**2), 200 * (y - x**2)),
)
BOWL = Function(
    "x**2/20 + y**2",
    lambda x, y: x**2 / 20 + y**2,
    lambda x, y: (x / 10, 2 * y),
)


def adagrad_by_hand(rate: Any) -> Rule:
    """Return AdaGrad as one writes it down."""
    squares: Any = 0.0

    def update(gradients: Array, _: int) -> Array:
        nonlocal squares
        squares = squares + gradients**2
        step: Array = -rate * gradients / (np.sqrt(squares) + 1e-10)
        return step

    return update


def adam_by_hand(rate: Any) -> Rule:
    """Return Adam as one writes it down."""
    mean: Any = 0.0
    square: Any = 0.0

    def update(gradients: Array, number: int) -> Array:
        nonlocal mean, square
        mean = 0.9 * mean + 0.1 * gradients
        square = 0.999 * square + 0.001 * gradients**2
        root = np.sqrt(square / (1 - 0.999 ** (number + 1)))
        step: Array = -rate * (mean / (1 - 0.9 ** (number + 1))) / (root + 1e-8)
        return step

    return update


BY_HAND = {"adagrad": adagrad_by_hand, "adam": adam_by_hand}


def by_hand(function: Function, rule: Rule, starts: Array, steps: int) -> Array:
    """Return the points of a loop in NumPy."""
    points = np.empty((steps + 1, *starts.shape))
    values, gradients = np.empty(points.shape[:-1]), np.empty(points.shape)
    here = starts
    for number in range(steps + 1):
        x, y = here[:, 0], here[:, 1]
        points[number], values[number] = here, function.value(x, y)
        gradients[number, :, 0], gradients[number, :, 1] = function.slopes(x, y)
        if number < steps:
            here = here + rule(gradients[number], number)
    return points


def in_torch(function: Function, name: str, rate: float, starts: Array, steps: int) -> Array:
    """Return the points of a loop in torch, gradients by autograd."""
    import torch

    torch.set_num_threads(1)
    here = torch.tensor(starts, dtype=torch.float64, requires_grad=True)
    kind = {"adagrad": torch.optim.Adagrad, "adam": torch.optim.Adam}[name]
    optimizer = kind([here], lr=rate)
    points = np.empty((steps + 1, *starts.shape))
    values, gradients = np.empty(points.shape[:-1]), np.empty(points.shape)
    for number in range(steps + 1):
        optimizer.zero_grad()
        value = function.value(here[:, 0], here[:, 1])
        value.sum().backward()
        points[number], values[number] = here.detach().numpy(), value.detach().numpy()
        gradients[number] = here.grad.numpy()
        if number < steps:
            optimizer.step()
    return points


def row(what: str, unit: str, updates: float, *works: Callable[[], Array]) -> None:
    """Print what each takes for an update, with the ratio of the first two."""
    seconds = [float("inf")] * len(works)
    first = [work()[:20] for work in works]
    for points in first[1:]:
        np.testing.assert_allclose(points, first[0], rtol=1e-6, atol=1e-9)
    for _ in range(ROUNDS):
        for index, work in enumerate(works):
            begun = time.process_time()
            work()
            seconds[index] = min(seconds[index], time.process_time() - begun)
    times = " | ".join(f"{it / updates:.3g}" for it in seconds)
    none = " | -" * (3 - len(works))
    print(f"| {what} | {unit} | {times}{none} | {seconds[0] / seconds[1]:.2f} |", flush=True)


def of_scene(what: str, unit: str, updates: float, function: Function, **settings: Any) -> None:
    """Print what one optimizer of a scene takes, and what it takes elsewhere."""
    name, rate, steps = settings["name"], settings["learning_rate"], settings["steps"]
    optimizers = [{"name": name, "learning_rate": rate}]
    scene = Scene(
        objective=function.formula, start=settings["start"], steps=steps, optimizers=optimizers
    )
    starts = np.array(scene.starts)
    works = [
        lambda: simulate(scene)[name].points,
        lambda: by_hand(function, BY_HAND[name](rate), starts, steps),
    ]
    if find_spec("torch"):
        works.append(lambda: in_torch(function, name, rate, starts, steps))
    row(f"{what}: {name} on {function.formula}", unit, updates, *works)


def main() -> None:
    """Print the table of benchmarks/README.md."""
    print(
        "| what | unit | here | NumPy by hand | torch | here / by hand |\n|---|---|---|---|---|---|"
    )
    settings: dict[str, Any] = {"start": {"random": 10_000}, "steps": 200, "learning_rate": 0.01}
    many = "10 000 starts, 200 steps"
    of_scene(many, "ns a point", 2e6 * 1e-9, ROSENBROCK, name="adagrad", **settings)
    of_scene(many, "ns a point", 2e6 * 1e-9, ROSENBROCK, name="adam", **settings)
    settings = {"start": [-1.5, 2.0], "steps": 2000, "learning_rate": 0.01}
    for function in (ROSENBROCK, BOWL):
        for name in BY_HAND:
            of_scene("one start", "µs a step", 2000 * 1e-6, function, name=name, **settings)
    rates = np.geomspace(1e-3, 1, 64 * 64)
    kind, start = OPTIMIZERS.load("adam"), np.array([[-1.5, 2.0]])
    optimizers = [kind(learning_rate=float(rate)) for rate in rates]
    problem = Problem(read_objective("rosenbrock"), start, 100)
    starts = np.tile(start, (len(rates), 1))
    row(
        "64 x 64 runs of 100 steps at once: adam on rosenbrock",
        "s",
        1,
        lambda: np.concatenate([it.points for it in trace_together(optimizers, problem)], axis=1),
        lambda: by_hand(ROSENBROCK, adam_by_hand(rates[:, np.newaxis]), starts, 100),
    )


if __name__ == "__main__":
    main()
