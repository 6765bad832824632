"""The picture of a run that is not as its baseline: where they part, and how far they get."""

from pathlib import Path
from typing import Any

import numpy as np

from visualize.baselines import Check
from visualize.comparison import Arrays, Difference, Place
from visualize.engine import simulate
from visualize.history import Trajectory
from visualize.objectives import Array
from visualize.recording import RecordedRun
from visualize.scene import Scene
from visualize.themes import THEMES
from visualize.view import cover, widen


def draw_parting(check: Check, difference: Difference, path: Path) -> Path | None:
    """Write a PNG of both paths, the step where they part, and their distance at each step.

    Of several starts it shows the one where they part first. Returns the path, or None where
    there are no two paths of numbers to draw.
    """
    from visualize.film import compose, save

    if difference.first is None or check.baseline.saved is None:
        return None
    run, first, objective = difference.run, difference.first, check.objective
    last = None if check.tolerance.until is None else check.tolerance.until + 1
    arrays = [
        {name: array[:last] for name, array in saved.arrays.items() if array.ndim}
        for saved in (check.baseline.saved, check.now)
    ]
    if any(_differing(run, first, one).dtype.kind not in "fiub" for one in arrays):
        return None
    old, new = (_path(run, first, one) for one in arrays)
    apart = np.linalg.norm(
        np.subtract(*(_differing(run, first, one).astype(float) for one in arrays)), axis=1
    )
    columns = None
    panel: dict[str, Any] = {"kind": "contour" if old.shape[1] > 1 else "curve"}
    name = f"difference in {first.array or run}"
    known = objective is not None and objective.dimension == old.shape[1]
    if old.shape[1] == 1 and not known:
        old, new = (np.column_stack([np.arange(len(path)), path]) for path in (old, new))
        columns = ("step", first.array or run)
        sides = (cover([path[:, i : i + 1] for path in (old, new)]) for i in range(2))
        panel = {"kind": "contour", "limits": [list(widen(side, 0.06)) for side in sides]}
    theme = THEMES["light"]
    runs = [
        _recorded("baseline", theme.quiet, old, columns),
        _recorded("now", theme.series[0], new, columns, {name: apart[:, np.newaxis, np.newaxis]}),
    ]
    if np.isfinite(old[first.step]).all():
        here = old[first.step : first.step + 1]
        runs.append(_recorded(f"step {first.step}", theme.minimum, here, columns))
    settings: dict[str, Any] = {
        "title": f"{run} differs from its baseline from step {first.step} on",
        "trajectories": runs,
        "panels": [panel, {"kind": "state", "array": name}],
        "counter": False,
        "frames": {"steps_per_frame": len(old)},
    }
    scene = Scene.model_validate(settings | ({"objective": objective} if known else {}))
    return save(compose(scene, simulate(scene)), path)


def _path(run: str, first: Place, arrays: Arrays) -> Array:
    """Return where a run went from the start that differs: `(rows, dimension)`."""
    points = _points(run, arrays)
    path = _differing(run, first, arrays) if points is None else points[:, first.index[0]]
    return np.asarray(path, dtype=float)


def _differing(run: str, first: Place, arrays: Arrays) -> Any:
    """Return the array that differs, of the start where it does first: `(rows, numbers)`."""
    array = arrays[f"{run}/{first.array}" if first.array else run]
    has_starts = array.ndim > 2 or _points(run, arrays) is not None
    one = array[:, first.index[0]] if has_starts and first.index else array
    return one.reshape(len(one), -1)


def _points(run: str, arrays: Arrays) -> Any:
    """Return the points of a run whose arrays have a row for each start, as ours have."""
    points = arrays.get(f"{run}/points")
    return points if points is not None and points.ndim == 3 else None


def _recorded(
    label: str,
    color: str,
    path: Array,
    columns: tuple[str, ...] | None,
    states: dict[str, Array] | None = None,
) -> RecordedRun:
    unknown = np.full(path.shape, np.nan)
    trajectory = Trajectory(
        path[:, np.newaxis].copy(), unknown[:, :1], unknown[:, np.newaxis], states or {}
    )
    return RecordedRun(
        label=label, color=color, file="", digest="", columns=columns, trajectory=trajectory
    )
