"""Arrays held against saved ones: what `verify` and the pytest plugin share."""

import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from visualize.errors import ArraysError
from visualize.history.comparison import Difference, Tolerance, changes, compare, run_of
from visualize.history.fate import fates_of, in_words
from visualize.history.history import LABELS, History
from visualize.objectives.objective import Objective
from visualize.scene.scene import Scene
from visualize.simulation.simulate import simulate
from visualize.storage.npz import FORMAT_VERSION, SavedArrays
from visualize.text import counted

MOST_CHANGES = 8
"""Of what changed in scene and versions, how much is shown."""


@dataclass(frozen=True)
class Baseline:
    """A file of arrays as they should be."""

    path: Path
    saved: SavedArrays | None
    """What it holds, if it is there and sound."""
    damage: str
    """What is wrong with it, if something is."""

    @classmethod
    def read(cls, path: Path) -> "Baseline":
        """Read a file, which need not be there."""
        try:
            return cls(path, SavedArrays.load(path) if path.exists() else None, "")
        except ArraysError as error:
            return cls(path, None, str(error))

    @property
    def is_missing(self) -> bool:
        """Whether there is no such file."""
        return self.saved is None and not self.damage

    @property
    def arrays(self) -> dict[str, NDArray[Any]]:
        """Its arrays by name, as far as it has any."""
        return _without_labels(self.saved) if self.saved else {}


@dataclass(frozen=True)
class Check:
    """Arrays beside their baseline, and how they differ."""

    baseline: Baseline
    now: SavedArrays
    differences: tuple[Difference, ...]
    tolerance: Tolerance
    objective: Objective | None
    only: str | None = None
    """The one run that was looked at, if not all were."""

    @property
    def passed(self) -> bool:
        """Whether there is a baseline, and nothing differs."""
        return self.baseline.saved is not None and not self.differences

    @property
    def is_new(self) -> bool:
        """Whether nothing differs but that there is no baseline yet, of one run or all."""
        new = not self.baseline.saved or {one.kind for one in self.differences} == {"extra"}
        return new and not self.baseline.damage

    @property
    def changes(self) -> list[str]:
        """What is not as it was in the scene and the versions, a line each."""
        if self.baseline.saved is None:
            return []
        return changes(
            dict(self.baseline.saved.metadata), {"format": FORMAT_VERSION, **self.now.metadata}
        )

    def accept(self, run: str | None = None) -> Path:
        """Make the arrays the baseline; with `run` only those of that run."""
        run = run or self.only
        if run is None:
            return self.now.save(self.baseline.path)
        former = {run, *(one.former for one in self.differences if one.run == run)}
        now, old = _without_labels(self.now), self.baseline.arrays
        kept = {name: array for name, array in old.items() if run_of(name) not in former}
        arrays = {
            name: array
            for label in dict.fromkeys(map(run_of, [*now, *kept]))
            for name, array in (now if label == run else kept).items()
            if run_of(name) == label
        }
        # The metadata stay until all is accepted: they are to say what has changed since.
        done = not (self.only or compare(arrays, now, self.tolerance))
        described = self.now if done else self.baseline.saved or self.now
        labels = np.array(list(dict.fromkeys(map(run_of, arrays))), dtype=np.str_)
        accepted = SavedArrays({LABELS: labels, **arrays}, described.metadata)
        return accepted.save(self.baseline.path)

    def __str__(self) -> str:
        if self.baseline.damage:
            return self.baseline.damage
        if self.baseline.saved is None:
            return f"there is no baseline {self.baseline.path} yet"
        changed = self.changes
        more = len(changed) - MOST_CHANGES
        return "\n".join(
            [
                *map(str, self.differences),
                *self._endings(),
                *(["what else has changed since:"] if changed else []),
                *(f"    {line}" for line in changed[:MOST_CHANGES]),
                *([f"    and {counted(more, 'change')} more"] if more > 0 else []),
            ]
        )

    def _endings(self) -> list[str]:
        """Return how runs that differ ended, where that is not as it was."""
        lines = []
        for run in {one.run: None for one in self.differences}:
            old, new = (_ending(arrays, run) for arrays in (self.baseline.arrays, self.now.arrays))
            if old != new:
                lines += [f"    now {new}"] if new else []
                lines += [f"    in the baseline {old}"] if old else []
        return lines

    def plain(self) -> dict[str, Any]:
        """Return all that there is to tell, as the plain values of JSON."""
        return {
            "baseline": str(self.baseline.path),
            "outcome": "same" if self.passed else "new" if self.is_new else "different",
            "damage": self.baseline.damage or None,
            "differences": [_plain(asdict(difference)) for difference in self.differences],
            "changes": self.changes,
        }


def check(
    baseline: Baseline,
    now: SavedArrays,
    tolerance: Tolerance,
    objective: Objective | None = None,
    but: Collection[str] = (),
) -> Check:
    """Hold arrays against their baseline, `but` for some of its runs."""
    before = {name: it for name, it in baseline.arrays.items() if run_of(name) not in but}
    variables = objective.variables if objective else ()
    differences = (
        compare(before, _without_labels(now), tolerance, variables) if baseline.saved else ()
    )
    return Check(baseline, now, differences, tolerance, objective)


def check_scene(
    scene: Scene,
    path: Path,
    only: str | None = None,
    *,
    tolerance: Tolerance | None = None,
    progress: Callable[[int, int], object] | None = None,
) -> Check:
    """Simulate a scene, or `only` one of its runs, and hold it against its baseline."""
    baseline = Baseline.read(path)
    part = scene.only([only]) if only is not None else scene
    # Memories are held against what the baseline has of them; new baselines go without.
    state = any("/state/" in name for name in baseline.arrays)
    history = simulate(part, state=state, progress=progress)
    now = History(history, {**history.metadata, "scene": scene.portable()}).saved
    others = {run.label for run in scene.runs} - {only} if only else ()
    found = check(baseline, now, tolerance or scene.tolerance, scene.objective, others)
    if only is None:
        return found
    differences = tuple(one for one in found.differences if one.run == only)
    return replace(found, differences=differences, only=only)


def _ending(arrays: Mapping[str, NDArray[Any]], run: str) -> str:
    """Return how a run ended that did not end well, if it is one as ours are."""
    parts = [arrays.get(f"{run}/{name}") for name in ("points", "values", "gradients")]
    if any(part is None or part.dtype != np.float64 for part in parts):
        return ""
    points, values, gradients = (part for part in parts if part is not None)
    if points.ndim != 3 or values.shape != points.shape[:2] or gradients.shape != points.shape:
        return ""
    return in_words(run, fates_of(points, values, gradients))


def _without_labels(saved: SavedArrays) -> dict[str, NDArray[Any]]:
    return {name: array for name, array in saved.arrays.items() if name != LABELS}


def _plain(value: Any) -> Any:
    """Return what JSON can hold; it has no NaN, no infinity and no complex numbers."""
    match value:
        case dict():
            return {name: _plain(inner) for name, inner in value.items()}
        case list() | tuple():
            return [_plain(inner) for inner in value]
        case None | bool() | str() | int():
            return value
        case np.bool():
            return bool(value)
        case np.integer():
            return int(value)
        case float() | np.floating() if math.isfinite(value):
            return float(value)
    return str(value)
