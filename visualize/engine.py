"""From a scene to the arrays: every optimizer runs from every start."""

from collections.abc import Callable

import numpy as np

from visualize import __version__
from visualize.history import History, Trajectory
from visualize.optimizers import Optimizer, Step
from visualize.scene import Scene


def simulate(
    scene: Scene, *, state: bool = False, progress: Callable[[int, int], object] | None = None
) -> History:
    """Return where every optimizer of the scene goes: NumPy only, float64, deterministic.

    A start that reaches a point or value that is not finite has diverged: it stops, and its rows
    are NaN from then on. With `state` the optimizers' memories are kept too. `progress` is called
    with the updates done and all there are.
    """
    total = scene.steps * len(scene.optimizers)
    trajectories = {}
    for index, optimizer in enumerate(scene.optimizers):

        def report(step: int, before: int = index * scene.steps) -> None:
            if progress is not None:
                progress(before + step, total)

        trajectories[str(optimizer.label)] = _run(scene, optimizer, state, report)
    versions = {"visualize": __version__, "numpy": np.__version__}
    return History(trajectories, {"scene": scene.canonical(), "versions": versions})


def _run(
    scene: Scene, optimizer: Optimizer, keep_state: bool, report: Callable[[int], None]
) -> Trajectory:
    objective, steps = scene.objective, scene.steps
    start = scene.starts
    rates = optimizer.learning_rates(steps)
    # Every optimizer draws the same numbers in the same order: all meet the same noise.
    noise = np.random.default_rng([scene.seed, 1])
    points = np.full((steps + 1, *start.shape), np.nan)
    values = np.full((steps + 1, len(start)), np.nan)
    gradients = np.full_like(points, np.nan)
    points[0], values[0] = start, objective.value(start)
    state = optimizer.init(start)
    states = {name: np.full((steps + 1, *array.shape), np.nan) for name, array in state.items()}
    reached = running = np.isfinite(values[0])
    with np.errstate(all="ignore"):  # a run that leaves is told by its arrays
        for step in range(steps + 1):
            seen = objective.gradient(points[step])
            if scene.noise and step < steps:
                seen = seen + scene.noise.standard_deviation * noise.standard_normal(start.shape)
            gradients[step] = np.where(running[:, np.newaxis], seen, np.nan)
            for name, array in state.items() if keep_state else ():
                states[name][step] = np.where(reached[:, np.newaxis], array, np.nan)
            if step == steps or not running.any():
                break
            now = Step(step, points[step], float(rates[step]), objective)
            update, state = optimizer.update(seen, state, now)
            after = points[step] + update
            value = objective.value(after)
            points[step + 1] = np.where(running[:, np.newaxis], after, np.nan)
            values[step + 1] = np.where(running, value, np.nan)
            reached = running
            running = running & np.isfinite(after).all(axis=-1) & np.isfinite(value)
            if step % 256 == 0:
                report(step)
    report(steps)
    return Trajectory(points, values, gradients, states if keep_state else {})
