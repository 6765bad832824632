"""Where the optimizers went: arrays, in files and out of them."""

import math
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from visualize.arrays import SavedArrays, trusted
from visualize.comparison import Difference, Tolerance, compare

Array = NDArray[np.float64]
LABELS = "labels"


@dataclass(frozen=True)
class Trajectory:
    """Where one optimizer went from each start; row 0 is the start, the last row the end.

    After a start has diverged its rows are NaN. The arrays are read-only float64.
    """

    points: Array
    """Shape `(steps + 1, starts, dimension)`."""
    values: Array
    """The objective at each point: `(steps + 1, starts)`; NaN in all rows where it is not known."""
    gradients: Array
    """What the optimizer saw at each point, noise included; the last row is the gradient itself.

    Where an average is shown (ASGD), it is what was seen at the points behind it."""
    states: Mapping[str, Array] = field(default_factory=dict)
    """What it remembered at each row, by name, and its `effective_learning_rate` in the update
    before; empty unless asked for."""

    def __post_init__(self) -> None:
        for array in (self.points, self.values, self.gradients, *self.states.values()):
            array.flags.writeable = False

    @property
    def steps(self) -> int:
        """The number of updates."""
        return len(self.points) - 1

    @cached_property
    def diverged_at(self) -> tuple[int | None, ...]:
        """For each start the first row without a finite point and value, if there is one."""
        unknown = np.isnan(self.values).all(axis=0)
        finite = np.isfinite(self.points).all(axis=-1) & (np.isfinite(self.values) | unknown)
        return tuple(
            None if good.all() else int(np.argmin(good)) for good in np.moveaxis(finite, 0, -1)
        )

    def converged_at(self, tolerance: float) -> tuple[int | None, ...]:
        """Return for each start the first row from which on the gradient stays that small.

        That is ‖∇f‖ ≤ tolerance in this row and all after it, in `gradients`; None where the last
        row is not.
        """
        small = np.linalg.norm(self.gradients, axis=-1) <= tolerance
        rows = [
            int(np.argmin(column[::-1])) if not column.all() else len(column) for column in small.T
        ]
        return tuple(len(small) - quiet if quiet else None for quiet in rows)

    @cached_property
    def step_lengths(self) -> Array:
        """How far each update went: `(steps, starts)`; NaN from a divergence on."""
        with np.errstate(all="ignore"):  # a run that leaves goes beyond the largest number
            lengths: Array = np.hypot.reduce(np.abs(np.diff(self.points, axis=0)), axis=-1)
        lengths.flags.writeable = False
        return lengths

    @cached_property
    def path_length(self) -> Array:
        """How far each start went in all, until it diverged: `(starts,)`."""
        finite = np.isfinite(self.step_lengths)
        length: Array = np.sum(self.step_lengths, axis=0, where=finite)
        length.flags.writeable = False
        return length

    def until(self, row: int) -> "Trajectory":
        """Return the trajectory up to and including `row`."""
        cut = slice(0, row + 1)
        states = {name: array[cut] for name, array in self.states.items()}
        return Trajectory(self.points[cut], self.values[cut], self.gradients[cut], states)


@dataclass(frozen=True)
class History(Mapping[str, Trajectory]):
    """The trajectories of a scene, in its order, by label."""

    trajectories: Mapping[str, Trajectory]
    metadata: Mapping[str, Any] = field(default_factory=dict)
    """The scene in canonical form, and the versions that computed it."""

    def __getitem__(self, label: str) -> Trajectory:
        return self.trajectories[label]

    def __iter__(self) -> Iterator[str]:
        return iter(self.trajectories)

    def __len__(self) -> int:
        return len(self.trajectories)

    @property
    def steps(self) -> int:
        """The number of updates of the longest run."""
        return max(trajectory.steps for trajectory in self.values())

    def divergences(self, row: float = math.inf) -> list[str]:
        """Return a sentence for each run that has diverged by `row`."""
        told = []
        for label, run in self.items():
            steps = [step for step in run.diverged_at if step is not None and step <= row]
            if steps and len(run.diverged_at) == 1:
                told.append(f"{label} diverged at step {steps[0]}")
            elif steps:
                told.append(f"{label}: {len(steps)} of {len(run.diverged_at)} starts diverged")
        return told

    def until(self, row: int) -> "History":
        """Return the history up to and including `row`."""
        return History({label: self[label].until(row) for label in self}, self.metadata)

    @property
    def arrays(self) -> dict[str, NDArray[Any]]:
        """Every array by the name it is saved under: `<label>/points`, `<label>/values`, ..."""
        arrays: dict[str, NDArray[Any]] = {}
        for label, trajectory in self.items():
            arrays[f"{label}/points"] = trajectory.points
            arrays[f"{label}/values"] = trajectory.values
            arrays[f"{label}/gradients"] = trajectory.gradients
            for name, array in trajectory.states.items():
                arrays[f"{label}/state/{name}"] = array
        return arrays

    @property
    def saved(self) -> SavedArrays:
        """What its file holds: the labels, the arrays and the metadata."""
        labels = np.array(list(self), dtype=np.str_)
        return SavedArrays({LABELS: labels, **self.arrays}, self.metadata)

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
            labels = [str(label) for label in saved.arrays[LABELS]]
            if len(set(labels)) < len(labels):
                raise ValueError("two runs have one label")
            return cls(
                {label: _trajectory(saved.arrays, label) for label in labels}, saved.metadata
            )


def _trajectory(entries: Mapping[str, NDArray[Any]], label: str) -> Trajectory:
    prefix = f"{label}/state/"
    states = {
        name.removeprefix(prefix): array
        for name, array in entries.items()
        if name.startswith(prefix)
    }
    points, values, gradients = (
        entries[f"{label}/{name}"] for name in ("points", "values", "gradients")
    )
    shape = points.shape
    fits = len(shape) == 3 and values.shape == shape[:2] and gradients.shape == shape
    if not fits or any(array.shape[:2] != shape[:2] for array in states.values()):
        raise ValueError(f"the shapes of '{label}' do not fit each other")
    if any(array.dtype != np.float64 for array in (points, values, gradients, *states.values())):
        raise ValueError(f"'{label}' holds something else than float64")
    return Trajectory(points, values, gradients, states)
