"""Where the optimizers went: arrays, in files and out of them."""

import io
import json
import math
import os
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from visualize.errors import ArraysError
from visualize.files import written_whole

Array = NDArray[np.float64]
FORMAT_VERSION = 1
DAMAGES = (
    *(ValueError, EOFError, KeyError, TypeError, MemoryError, NotImplementedError, RuntimeError),
    *(zipfile.BadZipFile, zlib.error, struct.error, AttributeError, IndexError),
)
"""What NumPy and zipfile raise for files that are not what they say they are."""
LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""The date of every entry, so that the same arrays make the same bytes."""


@dataclass(frozen=True)
class Trajectory:
    """Where one optimizer went from each start; row 0 is the start, the last row the end.

    After a start has diverged its rows are NaN. The arrays are read-only float64.
    """

    points: Array
    """Shape `(steps + 1, starts, dimension)`."""
    values: Array
    """The objective at each point: `(steps + 1, starts)`."""
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
        finite = np.isfinite(self.points).all(axis=-1) & np.isfinite(self.values)
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

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the arrays to an uncompressed `.npz` that any NumPy user reads with `np.load`.

        Entries: `labels`; for each label `<label>/points`, `/values`, `/gradients` and
        `/state/<name>`; `metadata`, JSON text. The same history gives the same bytes.
        """
        path = Path(path)
        with written_whole(path) as temporary, zipfile.ZipFile(temporary, "w") as archive:
            for name, array in self._entries().items():
                content = io.BytesIO()
                np.lib.format.write_array(content, array, allow_pickle=False)
                archive.writestr(zipfile.ZipInfo(f"{name}.npy", LONG_AGO), content.getvalue())
        return path

    def _entries(self) -> dict[str, NDArray[Any]]:
        entries: dict[str, NDArray[Any]] = {"labels": np.array(list(self), dtype=np.str_)}
        for label, trajectory in self.items():
            entries[f"{label}/points"] = trajectory.points
            entries[f"{label}/values"] = trajectory.values
            entries[f"{label}/gradients"] = trajectory.gradients
            for name, array in trajectory.states.items():
                entries[f"{label}/state/{name}"] = array
        metadata = {"format": FORMAT_VERSION, **self.metadata}
        entries["metadata"] = np.array(json.dumps(metadata, ensure_ascii=False, sort_keys=True))
        return entries

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> "History":
        """Read what `save` wrote. Raises `ArraysError` for a file that is not that."""
        try:
            # NumPy leaves a file open that it finds damaged.
            with Path(path).open("rb") as file, np.load(file, allow_pickle=False) as archive:
                entries = {name: archive[name] for name in archive.files}
            labels = [str(label) for label in entries["labels"]]
            metadata = json.loads(str(entries["metadata"]))
            if len(set(labels)) < len(labels) or not isinstance(metadata, dict):
                raise ValueError("labels or metadata are not what they should be")
            return cls({label: _trajectory(entries, label) for label in labels}, metadata)
        except OSError as error:
            reason = (error.strerror or "cannot be read").lower()
            raise ArraysError(f"{path}: {reason}") from None
        except DAMAGES as error:
            raise ArraysError(
                f"{path}: these are not the saved arrays of a scene ({error})"
            ) from None


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
