"""Where the optimizers went: arrays, in files and out of them."""

import math
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from visualize.history.comparison import Difference, Tolerance, compare
from visualize.history.fate import growth_in_words, in_words
from visualize.history.trajectory import Trajectory
from visualize.storage.npz import SavedArrays, trusted

LABELS = "labels"
EVALUATE_EVERY = "evaluate_every"
"""In a file's metadata: rows from one value to the next, where that is not 1; of each run by its
label, where runs differ."""
MOST_RUNS = 10_000
"""Runs of a scene or of a file."""


@dataclass(frozen=True, eq=False)
class History(Mapping[str, Trajectory]):
    """The trajectories of a scene, in its order, by label.

    >>> points = np.array([[[1.0]], [[0.5]]])
    >>> history = History({"sgd": Trajectory(points, points[..., 0] ** 2, 2 * points)})
    >>> history.steps, list(history.arrays)
    (1, ['sgd/points', 'sgd/values', 'sgd/gradients'])
    """

    trajectories: Mapping[str, Trajectory]
    metadata: Mapping[str, Any] = field(default_factory=dict)
    """The scene in canonical form, and the versions that computed it."""

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, History):
            return NotImplemented
        same_order = list(self) == list(other)
        return same_order and dict(self) == dict(other) and self.metadata == other.metadata

    def __hash__(self) -> int:
        return hash(tuple(self.items()))

    def __getitem__(self, label: str) -> Trajectory:
        if label not in self.trajectories:
            there = ", ".join(self.trajectories)
            raise KeyError(f"no run is called {label!r}; there are {there}")
        return self.trajectories[label]

    def __repr__(self) -> str:
        return "\n".join(f"{label}: {run}" for label, run in self.items())

    def __iter__(self) -> Iterator[str]:
        return iter(self.trajectories)

    def __len__(self) -> int:
        return len(self.trajectories)

    @property
    def steps(self) -> int:
        """The number of updates of the longest run."""
        return max(trajectory.steps for trajectory in self.values())

    def divergences(self, row: float = math.inf) -> list[str]:
        """Return what happened by `row`, a sentence for each run that does not end well.

        Of one that is going to grow until its end, or beyond all bounds, that it is growing.
        """
        told = (
            in_words(label, run.fates, row) or growth_in_words(label, run.growing_since, row)
            for label, run in self.items()
        )
        return [sentence for sentence in told if sentence]

    def until(self, row: int) -> "History":
        """Return the history up to and including `row`."""
        return History({label: self[label].until(row) for label in self}, self.metadata)

    @property
    def arrays(self) -> dict[str, NDArray[Any]]:
        """Every array by the name it is saved under: `<label>/points`, `<label>/values`, ..."""
        return {
            f"{label}/{name}": array
            for label, trajectory in self.items()
            for name, array in trajectory.arrays.items()
        }

    @property
    def saved(self) -> SavedArrays:
        """What its file holds: the labels, the arrays and the metadata."""
        labels = np.array(list(self), dtype=np.str_)
        return SavedArrays({LABELS: labels, **self.arrays}, {**self.metadata, **self._every})

    @property
    def _every(self) -> dict[str, Any]:
        """What the metadata say of the rows from one value to the next."""
        every = {label: run.evaluate_every for label, run in self.items()}
        differ = len({*every.values()}) > 1
        number = next(iter(every.values()), 1)
        return {EVALUATE_EVERY: every if differ else number} if differ or number > 1 else {}

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the arrays to an uncompressed `.npz` that any NumPy user reads with `np.load`.

        Entries: `labels`; for each label `<label>/points`, `/values`, `/gradients` and
        `/state/<name>`; `metadata`, JSON text. The same history gives the same bytes.
        """
        return self.saved.save(path)

    def compare(
        self, baseline: "History", tolerance: Tolerance | None = None
    ) -> tuple[Difference, ...]:
        """Return how the runs differ from those of a baseline; nothing if they do not.

        Numbers may be as far apart as the tolerance says; by default that is
        |now - baseline| ≤ 1e-12 + 1e-9 · |baseline|.
        """
        return compare(baseline.arrays, self.arrays, tolerance or Tolerance(), self.variables)

    @property
    def variables(self) -> tuple[str, ...]:
        """The names of the coordinates, as far as the metadata have them."""
        try:
            return tuple(map(str, self.metadata["scene"]["objective"]["variables"]))
        except (LookupError, TypeError):  # they may come from anybody's file
            return ()

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> "History":
        """Read what `save` wrote. Raises `ArraysError` for a file that is not that."""
        saved = SavedArrays.load(path)
        with trusted(path):
            return cls.of(saved)

    @classmethod
    def of(cls, saved: SavedArrays) -> "History":
        """Return what was saved. Raises one of the `DAMAGES` where that is no history."""
        labels = [str(label) for label in saved.arrays[LABELS]]
        if len(set(labels)) < len(labels):
            raise ValueError("two runs have one label")
        states: dict[str, dict[str, NDArray[Any]]] = {label: {} for label in labels}
        for name, array in saved.arrays.items():
            label, _, state = name.partition("/state/")
            if state:
                states.get(label, {})[state] = array
        every = {label: rows_between_values(saved.metadata, label) for label in labels}
        runs = {
            label: _trajectory(saved.arrays, label, states[label], every[label]) for label in labels
        }
        others = (name for name in saved.metadata if name != EVALUATE_EVERY)
        return cls(runs, {name: saved.metadata[name] for name in others})


def rows_between_values(metadata: Mapping[str, Any], label: str) -> int:
    """Return how many rows there are from one value of a run to the next, as a file says."""
    every = metadata.get(EVALUATE_EVERY, 1)
    rows = every.get(label, 1) if isinstance(every, Mapping) else every
    if not isinstance(rows, int) or rows < 1:
        raise ValueError(f"{EVALUATE_EVERY} is no number of rows")
    return rows


def _trajectory(
    entries: Mapping[str, NDArray[Any]],
    label: str,
    states: Mapping[str, NDArray[Any]],
    evaluate_every: int,
) -> Trajectory:
    points, values, gradients = (
        entries[f"{label}/{name}"] for name in ("points", "values", "gradients")
    )
    shape = points.shape
    fits = len(shape) == 3 and values.shape == shape[:2] and gradients.shape == shape
    if not fits or any(array.shape[:2] != shape[:2] for array in states.values()):
        raise ValueError(f"the shapes of '{label}' do not fit each other")
    if any(array.dtype != np.float64 for array in (points, values, gradients, *states.values())):
        raise ValueError(f"'{label}' holds something else than float64")
    return Trajectory(points, values, gradients, states, evaluate_every)
