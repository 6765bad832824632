"""From a scene to the arrays: every optimizer runs from every start."""

from collections.abc import Callable, Iterator, Sequence, Set
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from visualize.errors import ForeignError
from visualize.history.history import History
from visualize.history.recording import RecordedRun
from visualize.history.trajectory import Trajectory, stopped
from visualize.optimizers.optimizer import EVALUATIONS
from visualize.scene.scene import Scene
from visualize.simulation.kept import kept_run, run_keys
from visualize.storage.cache import Store
from visualize.version import __version__


def simulate(
    scene: Scene,
    *,
    objective: Any = None,
    optimizers: Sequence[Any] | None = None,
    state: bool | None = None,
    store: Store | None = None,
    progress: Callable[[int, int], object] | None = None,
) -> History:
    """Return where every optimizer of the scene goes: NumPy only, float64, deterministic.

    A start that reaches a point, a value or a gradient that is not finite ends there: its rows are
    NaN from then on. Where the scene's `stop` is met its point stays. With `state` the optimizers'
    memories are kept too; if nothing is said, then if a panel shows one. Runs that a `store` has
    are not computed again, and those that it lacks are put into it. `progress` is called with the
    updates done and all there are.

    `objective` and `optimizers` take the places of the scene's: functions, objects and optimizers
    of other libraries too. That is `simulate(scene.replaced(objective=..., optimizers=...))`, and
    that scene is the one to draw: `compose(scene.replaced(...), history)`.

    >>> sgd = {"name": "sgd", "learning_rate": 0.25}
    >>> history = simulate(Scene(objective="x**2", start=4, steps=3, optimizers=[sgd]))
    >>> history["sgd"].points.ravel()
    array([4. , 2. , 1. , 0.5])
    """
    given = {"objective": objective, "optimizers": optimizers}
    if given := {name: it for name, it in given.items() if it is not None}:
        scene = scene.replaced(**given)
    needed = {it.needed_state for it in scene.panels if it.needed_state}
    keep: Set[str] | None = needed
    if state is not None:
        keep = None if state else set()
    total = scene.steps * len(scene.optimizers)
    counted = state is not False and EVALUATIONS in needed
    problem = replace(scene.problem, states=keep, counted=counted)
    keys = {} if store is None else run_keys(scene)
    trajectories = {}
    for index, run in enumerate(scene.runs):
        if isinstance(run.source, RecordedRun):
            trajectories[run.label] = _played(run.source.trajectory, scene, keep)
            continue

        def report(step: int, before: int = index * scene.steps) -> None:
            if progress is not None:
                progress(before + step, total)

        compute = partial(run.source.trace, replace(problem, report=report))
        with _telling(run.label):
            trajectories[run.label] = (
                compute()
                if store is None
                else kept_run(store, keys[run.label], keep, compute, counted=counted)
            )
        report(scene.steps)
    versions = {"visualize": __version__, "numpy": np.__version__}
    metadata: dict[str, Any] = {"scene": scene.portable(), "versions": versions}
    return History(trajectories, metadata)


@contextmanager
def _telling(label: str) -> Iterator[None]:
    """Tell in whose run something given in Python has failed."""
    try:
        yield
    except ForeignError as error:
        raise ForeignError(f"run '{label}': {error}") from error.__cause__


def _played(run: Trajectory, scene: Scene, keep: Set[str] | None) -> Trajectory:
    """Return a recorded run with what was not recorded, as far as the objective knows it."""
    states = {name: array for name, array in run.states.items() if keep is None or name in keep}
    if not scene.objective.is_known:
        return replace(run, states=states)
    with np.errstate(all="ignore"):
        values, gradients = scene.objective.value_and_gradient(run.points)
    computed: dict[str, Any] = {}
    if np.isnan(run.values).all():
        computed |= {"values": values, "evaluate_every": 1}
    if np.isnan(run.gradients).all():
        computed["gradients"] = gradients
    return stopped(replace(run, states=states, **computed))
