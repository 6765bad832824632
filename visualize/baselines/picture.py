"""The picture of a run that is not as its baseline: where they part, and how far they get."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from visualize.arrays import Array
from visualize.baselines.verify import Check
from visualize.history.comparison import Arrays, Difference, Place
from visualize.history.recording import RecordedRun
from visualize.history.trajectory import Trajectory
from visualize.landscapes.limits import cover, widen
from visualize.looks.themes import THEMES
from visualize.objectives.objective import Objective
from visualize.scene.runs import Appearance, Run
from visualize.scene.scene import Scene
from visualize.simulation.simulate import simulate
from visualize.text import shortened

LONGEST_NAME = 24
"""Letters of an array's name beside an axis."""


def draw_parting(check: Check, difference: Difference, path: Path) -> Path | None:
    """Write a PNG of both paths, the step where they part, and their distance at each step.

    Of several starts it shows the one where they part first. Returns the path, or None where
    there are no two paths of numbers to draw.
    """
    from visualize.film.compose import compose
    from visualize.film.save import save

    if difference.first is None or check.baseline.saved is None:
        return None
    run, first = difference.run, difference.first
    last = None if check.tolerance.until is None else check.tolerance.until + 1
    arrays = [
        {name: np.atleast_1d(array)[:last] for name, array in saved.arrays.items()}
        for saved in (check.baseline.saved, check.now)
    ]
    differing = [_of_start(one, run, first, first.array) for one in arrays]
    if any(array.dtype.kind not in "fiub" for array in differing):
        return None
    with np.errstate(all="ignore"):  # of runs that have left
        apart = np.linalg.norm(differing[1].astype(float) - differing[0], axis=1)
    what = shortened(first.array or run, LONGEST_NAME)
    paths = [_path(one, run, first) for one in arrays]
    objective = _objective_of(check, paths)
    columns = None
    panel: dict[str, Any] = {"kind": "contour" if paths[0].shape[1] > 1 else "curve"}
    if paths[0].shape[1] == 1 and objective is None:
        paths = [np.column_stack([np.arange(len(path)), path]) for path in paths]
        columns = ("step", what)
        sides = (cover([path[:, i : i + 1] for path in paths]) for i in range(2))
        panel = {"kind": "contour", "limits": [list(widen(side, 0.06)) for side in sides]}
    panel["trail"] = {"fade": None}  # both are seen as wholes
    old, new = paths
    name = f"difference in {what}"
    theme = THEMES["light"]
    runs = [
        _recorded("baseline", theme.series[1], old, columns),
        _recorded("now", theme.series[0], new, columns, {name: apart[:, np.newaxis, np.newaxis]}),
    ]
    for path_there in (old, new):
        here = path_there[first.step : first.step + 1]
        if np.isfinite(here).all() and len(runs) == 2:
            runs.append(_recorded(f"step {first.step}", theme.ink, here, columns))
    settings: dict[str, Any] = {
        "title": f"{run} differs from its baseline from step {first.step} on",
        "trajectories": runs,
        "panels": [panel, {"kind": "state", "array": name}],
        "counter": False,
        "legend": "top",
        "frames": {"steps_per_frame": len(old)},
        **({"objective": objective} if objective else {}),
    }
    scene = Scene.model_validate(settings)
    return save(compose(scene, simulate(scene)), path)


def _objective_of(check: Check, paths: list[Array]) -> Objective | None:
    """Return the objective, if it is known and both paths begin where it has a value."""
    objective = check.objective
    if objective is None or any(path.shape[1] != objective.dimension for path in paths):
        return None
    begins = np.array([path[0] for path in paths])
    return objective if np.isfinite(objective.value(begins)).all() else None


def _path(arrays: Arrays, run: str, first: Place) -> Array:
    """Return where a run went from the start that differs: `(rows, dimension)`."""
    part = "points" if _starts(arrays, run) else first.array
    return np.asarray(_of_start(arrays, run, first, part), dtype=float)


def _of_start(arrays: Arrays, run: str, first: Place, part: str) -> NDArray[Any]:
    """Return an array's numbers, those of the start that differs first: `(rows, numbers)`."""
    array = arrays[f"{run}/{part}" if part else run]
    starts = _starts(arrays, run) or (array.shape[1] if array.ndim > 2 else 0)
    if starts and array.ndim > 1 and array.shape[1] == starts:
        differing = arrays[f"{run}/{first.array}" if first.array else run]
        has_starts = differing.ndim > 1 and differing.shape[1] == starts
        array = array[:, first.index[0] if has_starts else 0]
    return array.reshape(len(array), -1)


def _starts(arrays: Arrays, run: str) -> int:
    """Return how many starts a run has, if its arrays have a row for each as ours have."""
    points = arrays.get(f"{run}/points")
    return points.shape[1] if points is not None and points.ndim == 3 else 0


def _recorded(
    label: str,
    color: str,
    path: Array,
    columns: tuple[str, ...] | None,
    states: dict[str, Array] | None = None,
) -> Run[RecordedRun]:
    unknown = np.full(path.shape, np.nan)
    trajectory = Trajectory(
        path[:, np.newaxis].copy(), unknown[:, :1], unknown[:, np.newaxis], states or {}
    )
    look = Appearance(label=label, color=color)
    return Run(RecordedRun.of(trajectory, label, columns=columns), look)
