"""From a scene to the arrays: every optimizer runs from every start."""

from collections.abc import Callable, Container

import numpy as np
from numpy.typing import NDArray

from visualize.arrays import Array
from visualize.history.history import History
from visualize.history.recording import RecordedRun
from visualize.history.trajectory import Trajectory, stopped
from visualize.optimizers.optimizer import EFFECTIVE_RATE, Optimizer, State, Step
from visualize.scene.scene import Scene
from visualize.version import __version__


def simulate(
    scene: Scene,
    *,
    state: bool | None = None,
    progress: Callable[[int, int], object] | None = None,
) -> History:
    """Return where every optimizer of the scene goes: NumPy only, float64, deterministic.

    A start that reaches a point or value that is not finite has diverged: it stops, and its rows
    are NaN from then on. With `state` the optimizers' memories are kept too; if nothing is said,
    then if a panel shows one. `progress` is called with the updates done and all there are.
    """
    keep: Container[str | None] | None = {panel.needed_state for panel in scene.panels}
    if state is not None:
        keep = None if state else ()
    total = scene.steps * len(scene.optimizers)
    trajectories = {}
    for index, run in enumerate(scene.runs):
        if isinstance(run.source, RecordedRun):
            trajectories[run.label] = _played(run.source.trajectory, scene, keep)
            continue

        def report(step: int, before: int = index * scene.steps) -> None:
            if progress is not None:
                progress(before + step, total)

        trajectories[run.label] = _run(scene, run.source, keep, report)
    versions = {"visualize": __version__, "numpy": np.__version__}
    return History(trajectories, {"scene": scene.portable(), "versions": versions})


def _played(run: Trajectory, scene: Scene, keep: Container[str | None] | None) -> Trajectory:
    """Return a recorded run with what was not recorded, as far as the objective knows it."""
    with np.errstate(all="ignore"):
        values = scene.objective.value(run.points)
        gradients = scene.objective.gradient(run.points)
    states = {name: array for name, array in run.states.items() if keep is None or name in keep}
    return stopped(
        Trajectory(
            run.points,
            values if np.isnan(run.values).all() else run.values,
            gradients if np.isnan(run.gradients).all() else run.gradients,
            states,
        )
    )


def _run(
    scene: Scene,
    optimizer: Optimizer,
    keep: Container[str | None] | None,
    report: Callable[[int], None],
) -> Trajectory:
    objective, steps = scene.objective, scene.steps
    here = scene.starts
    rates = optimizer.learning_rates(steps)
    # Every optimizer draws the same numbers in the same order: all meet the same noise.
    noise = np.random.default_rng([scene.seed, 1])
    points = np.full((steps + 1, *here.shape), np.nan)
    values = np.full((steps + 1, len(here)), np.nan)
    gradients = np.full_like(points, np.nan)
    points[0], values[0] = here, objective.value(here)
    state = optimizer.init(here)
    states = _States(optimizer, state, here, steps, keep)
    running = np.isfinite(values[0])
    with np.errstate(all="ignore"):  # a run that leaves is told by its arrays
        for step in range(steps + 1):
            # The last row is the gradient itself, at what is shown.
            seen = objective.gradient(here if step < steps else points[step])
            if scene.noise and step < steps:
                seen = seen + scene.noise.standard_deviation * noise.standard_normal(here.shape)
            gradients[step] = np.where(running[:, np.newaxis], seen, np.nan)
            if step == steps or not running.any():
                break
            now = Step(step, here, float(rates[step]), objective)
            update, state = optimizer.update(seen, state, now)
            states.keep(state, now, running)
            here = np.where(running[:, np.newaxis], here + update, np.nan)
            shown = optimizer.shown(here, state)
            value = objective.value(shown)
            points[step + 1] = np.where(running[:, np.newaxis], shown, np.nan)
            values[step + 1] = np.where(running, value, np.nan)
            running = running & np.isfinite(here).all(axis=-1) & np.isfinite(value)
            if step % 256 == 0:
                report(step)
    report(steps)
    return Trajectory(points, values, gradients, states.arrays)


class _States:
    """What an optimizer remembers, and the rates it comes to, row by row."""

    def __init__(
        self,
        optimizer: Optimizer,
        state: State,
        start: Array,
        steps: int,
        kept: Container[str | None] | None,
    ) -> None:
        """Make room for the arrays in `kept`, or for all."""
        self._optimizer = optimizer
        self.arrays = {}
        for name, first in {**state, EFFECTIVE_RATE: np.full_like(start, np.nan)}.items():
            if kept is None or name in kept:
                self.arrays[name] = np.full((steps + 1, *first.shape), np.nan)
                self.arrays[name][0] = first

    def keep(self, state: State, step: Step, running: NDArray[np.bool_]) -> None:
        """Fill the row that the update made; a start that has stopped keeps none."""
        for name, rows in self.arrays.items():
            if name == EFFECTIVE_RATE:
                array = self._optimizer.effective_learning_rate(state, step)
            else:
                array = state[name]
            rows[step.number + 1, running] = array[running]
