"""What the adapters' tests share: a problem, and libraries where they are installed."""

import importlib
import importlib.util
from collections.abc import Iterable
from typing import Any

import numpy as np
import pytest

from visualize import Scene
from visualize.arrays import Array
from visualize.history.trajectory import Trajectory
from visualize.objectives.objective import Blocks, Objective, read_objective
from visualize.optimizers._foreign import as_optimizer
from visualize.optimizers.optimizer import Problem

VALLEY = read_objective("(1 - x)**2/10 + (y - x**2)**2")
STARTS = np.array([[-1.2, 1.0], [0.5, -0.5], [2.0, 1.5]])
STEPS = 30


def installed(name: str) -> Any:
    """Return a library, or skip the tests of a module where it is not installed."""
    if importlib.util.find_spec(name.partition(".")[0]) is None:
        reason = f'{name} is not installed: pip install ".[oracle]"; the other tests use a stand-in'
        pytest.skip(reason, allow_module_level=True)
    return importlib.import_module(name)


def scene(**settings: Any) -> Scene:
    """Return a scene about the valley."""
    return Scene.model_validate({"objective": VALLEY, "start": [1, 2]} | settings)


def trace(rule: Any, objective: Objective = VALLEY, **settings: Any) -> Trajectory:
    """Return where an optimizer of another library goes, from all starts."""
    optimizer = as_optimizer(rule)
    assert optimizer is not None
    settings = {"starts": STARTS, "steps": STEPS, **settings}
    return optimizer.trace(Problem(objective, **settings))


def hold(run: Trajectory, by_hand: Iterable[Iterable[Array]]) -> None:
    """Hold each start's points against those of the library, run by hand."""
    expected = np.stack([np.stack([*path]) for path in by_hand], axis=1)
    assert np.isfinite(expected).all()
    assert np.ptp(expected, axis=0).min() > 1e-3
    np.testing.assert_allclose(run.points, expected, rtol=1e-12, atol=1e-13)


class InBlocks(Objective):
    """An objective whose point is a matrix and a number."""

    variables = ("a", "b", "c", "d", "e")
    domain = None
    minima = ()
    formula = "of blocks"

    @property
    def blocks(self) -> Blocks:
        return {"weights": (2, 2), "bias": ()}

    def value(self, points: Array) -> Array:
        total: Array = np.sum(np.arange(1, 6) * points**2, axis=-1)
        return total

    def gradient(self, points: Array) -> Array:
        gradient: Array = 2 * np.arange(1, 6) * points
        return gradient

    def hessian(self, points: Array) -> Array:
        return np.broadcast_to(np.diag(2.0 * np.arange(1, 6)), (*points.shape, 5))
