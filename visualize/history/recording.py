"""Points recorded elsewhere (a run of torch, of JAX, a paper's table), as trajectories."""

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from visualize.errors import ArraysError
from visualize.formulas.functions import VARIABLE
from visualize.history.history import LABELS, MOST_RUNS, rows_between_values
from visualize.history.json_file import read_json
from visualize.history.table import (
    STEPS,
    TENSORBOARD,
    TIMES,
    VALUES,
    Columns,
    columns_of,
    is_tensorboard,
    lies_on_its_side,
)
from visualize.history.trajectory import Trajectory, stopped
from visualize.storage.delimited import TABLES, read_table
from visualize.storage.npz import METADATA, read_array, read_arrays, trusted
from visualize.storage.room import Room
from visualize.storage.table import Table
from visualize.text import counted

MEMORY = 2**29
"""Bytes that reading a recording may take where nobody says more."""
PARTS = {
    "points": "points",
    **dict.fromkeys(VALUES, "values"),
    "gradients": "gradients",
    "gradient": "gradients",
}
"""What the arrays of a run are called, and what they are."""
NO_POINTS = "these are no recorded points"
ROWS_AT_ONCE = 1000
"""Rows of which a checksum is taken in one piece."""

Named = Mapping[str, NDArray[Any] | Columns]
"""Arrays as `run`, `part` or `run/part`; a table brings the names of its columns."""


@dataclass(frozen=True)
class RecordedRun:
    """One run in a file of recorded points; equal where its numbers are."""

    file: str = field(compare=False)
    """Where it was read."""
    name: str
    """What the file calls it; where that says nothing, the file's own name."""
    digest: str
    """Of its numbers."""
    columns: tuple[str, ...] | None = None
    """What a table calls the coordinates."""
    trajectory: Trajectory = field(kw_only=True, compare=False, repr=False)

    @property
    def dimension(self) -> int:
        """The number of coordinates of a point."""
        dimension: int = self.trajectory.points.shape[2]
        return dimension

    @classmethod
    def of(
        cls,
        trajectory: Trajectory,
        name: str,
        file: str = "",
        columns: tuple[str, ...] | None = None,
    ) -> "RecordedRun":
        """Return a trajectory as a recorded run."""
        return cls(file, name, _digest(trajectory), columns, trajectory=trajectory)


def read_recording(
    path: Path, room: Room | None = None, variables: Collection[str] = ()
) -> tuple[RecordedRun, ...]:
    """Return the runs in a file of recorded points: .npy, .npz, .json, or a table as text.

    A column that is called as one of the `variables` is a coordinate.

    Raises `ArraysError` for a file that cannot be read, holds no points, or more than there is room
    for.
    """
    with trusted(path, NO_POINTS):
        columns, metadata = _read(path, room or Room(MEMORY), variables)
        return tuple(
            RecordedRun.of(
                _trajectory(run, its, rows_between_values(metadata, run)), run, str(path), its.names
            )
            for run, its in columns.items()
        )


def _digest(run: Trajectory) -> str:
    digest = hashlib.sha256()
    for name, array in sorted(run.arrays.items()):
        digest.update(f"{name}{array.shape}".encode())
        for row in range(0, len(array), ROWS_AT_ONCE):
            digest.update(array[row : row + ROWS_AT_ONCE].tobytes())
    return digest.hexdigest()[:32]


def _read(
    path: Path, room: Room, variables: Collection[str]
) -> tuple[dict[str, Columns], Mapping[str, Any]]:
    """Return the arrays of each run in a file, by what they are; and the metadata of our own."""
    metadata: Mapping[str, Any] = {}
    match path.suffix.lower():
        case ".npz":
            arrays = read_arrays(path, room)
            runs, metadata = _by_run(arrays, path.stem, variables), _metadata_in(arrays)
        case ".npy":
            runs = _by_run({"points": read_array(path, room)}, path.stem, variables)
        case ".json":
            runs = _by_run(read_json(path, room, variables), path.stem, variables)
        case suffix if suffix in TABLES:
            runs = {path.stem: columns_of(read_table(path, room), variables)}
        case suffix:
            raise ArraysError(
                f"{path}: points are read from .npy, .npz, .json and {', '.join(TABLES)}, not from "
                f"{suffix or 'what has no suffix'}"
            )
    if not runs:
        raise ValueError("there are none")
    if len(runs) > MOST_RUNS:
        raise ValueError(f"there are {len(runs)} runs, {MOST_RUNS} are the most")
    return runs, metadata


def _metadata_in(arrays: Named) -> Mapping[str, Any]:
    """Return what our own files say of their runs; those of others say nothing."""
    saved = arrays.get(METADATA)
    if LABELS in arrays and isinstance(saved, np.ndarray) and saved.dtype.kind == "U":
        metadata = json.loads(str(saved))
        return metadata if isinstance(metadata, Mapping) else {}
    return {}


def _by_run(arrays: Named, name: str, variables: Collection[str]) -> dict[str, Columns]:
    """Return the arrays of each run; those that only say what they are belong to one run."""
    runs: dict[str, dict[str, NDArray[Any] | Columns]] = {}
    ours = (LABELS, METADATA) if LABELS in arrays else ()
    own = {key: it for key, it in arrays.items() if "/" not in key and key not in ours}
    _refuse_uneven_columns(own)
    one = _are_columns(own)
    for key, array in arrays.items():
        run, _, part = key.partition("/")
        if key in own:
            run, part = (name, key) if one or key.lower() in PARTS else (key, "points")
        if key not in ours and (one or key.lower() not in STEPS):
            parts = runs.setdefault(run, {})
            part = part if one else PARTS.get(part.lower(), part)
            if part in parts:
                raise ValueError(f"two arrays are both the {part} of '{run}'")
            parts[part] = array
    return {run: _columns(parts, variables) for run, parts in runs.items()}


def _are_columns(arrays: Named) -> bool:
    """Whether arrays are the columns of one table, and not a run each.

    Those are of one axis and equally long; among them are values, or they are called as variables
    are: x, y, z or a letter with digits.
    """
    shapes = {np.shape(array) for array in arrays.values() if not isinstance(array, Columns)}
    if any(isinstance(array, Columns) for array in arrays.values()) or "points" in arrays:
        return False
    if len(shapes) != 1 or len(next(iter(shapes))) != 1:
        return False
    named = {name.lower() for name in arrays}
    variables = [name for name in arrays if VARIABLE.fullmatch(name)]
    others = named - {*STEPS} - {*TIMES} - {name.lower() for name in variables}
    return len(named) > 1 and (bool(named & {*VALUES}) or (len(variables) > 1 and not others))


def _refuse_uneven_columns(arrays: Named) -> None:
    """Raise `ValueError` where arrays that are called as columns are, x and y, differ in length."""
    if not _are_columns({name: np.zeros(1) for name in arrays}):
        return
    lengths = {
        name: len(it) for name, it in arrays.items() if not isinstance(it, Columns) and it.ndim == 1
    }
    if len(lengths) == len(arrays) and len({*lengths.values()}) > 1:
        (one, first), *others = lengths.items()
        other, length = next(it for it in others if it[1] != first)
        raise ValueError(f"{one} has {counted(first, 'row')}, {other} has {length}")


def _columns(parts: Mapping[str, NDArray[Any] | Columns], variables: Collection[str]) -> Columns:
    """Return what the arrays of a run are: by their names, or as the columns of a table."""
    table = parts.get("points")
    arrays = {name: it for name, it in parts.items() if not isinstance(it, Columns)}
    if isinstance(table, Columns):
        if both := table.arrays.keys() & arrays.keys():
            raise ValueError(f"there are two {both.pop()}")
        return Columns(table.arrays | arrays, table.names)
    if not _are_columns(arrays):
        return Columns(arrays, None)
    numbers = [_numbers(array, name) for name, array in arrays.items()]
    return columns_of(Table(np.stack(numbers, axis=1), tuple(arrays)), variables)


def _trajectory(label: str, columns: Columns, every: int) -> Trajectory:
    arrays = columns.arrays
    if "points" not in arrays:
        raise ValueError(f"{label}: {', '.join(arrays)} without points")
    points = _numbers(arrays["points"], f"{label}: points")
    if columns.names is None:
        _refuse_no_points(points, label)
    if 1 <= points.ndim <= 2 and points.size:
        points = points.reshape(len(points), 1, -1)
    if points.ndim != 3 or 0 in points.shape:
        raise ValueError(
            f"{label}: points of shape {points.shape}; it must be (steps + 1, dimension) "
            "or (steps + 1, starts, dimension)"
        )
    shape = points.shape
    values = _fitting(arrays.get("values"), f"{label}: values", shape[:2])
    gradients = _fitting(arrays.get("gradients"), f"{label}: gradients", shape)
    states = {
        name.removeprefix("state/"): _fitting(array, f"{label}: {name}", np.shape(array))
        for name, array in arrays.items()
        if name.startswith("state/") and np.shape(array)[:2] == shape[:2]
    }
    if not np.isfinite(points[0]).all():
        raise ValueError(f"{label}: the first point is not finite")
    run = stopped(Trajectory(points, values, gradients, states, every))
    if 0 in run.diverged_at:
        raise ValueError(f"{label}: the first value is not finite")
    return run


def _refuse_no_points(points: NDArray[np.float64], label: str) -> None:
    """Raise `ValueError` for what is likely to be something else, or to lie on its side."""
    if is_tensorboard(points):
        raise ValueError(TENSORBOARD)
    if lies_on_its_side(points.shape):
        rows, columns = points.shape
        raise ValueError(
            f"{label}: points of shape {points.shape} are {counted(rows - 1, 'step')} in "
            f"{columns} coordinates; transposed? If not, name the columns, or write the shape "
            f"({rows}, 1, {columns})"
        )


def _numbers(array: NDArray[Any], name: str) -> NDArray[np.float64]:
    """Return real numbers as float64 that nobody else writes into, without a copy if they are."""
    if array.dtype.kind not in "fiu":
        raise TypeError(f"{name} are no real numbers but {array.dtype}")
    with np.errstate(over="ignore"):  # of more than float64 holds
        numbers = array.astype(np.float64, copy=False).view()
    numbers.flags.writeable = False
    return numbers


def _fitting(array: NDArray[Any] | None, name: str, shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Return numbers in a shape, all NaN if there are none."""
    if array is None:
        return np.broadcast_to(np.nan, shape)  # which takes no memory
    numbers = _numbers(array, name)
    if numbers.size != np.prod(shape) or len(numbers) != shape[0]:
        raise ValueError(f"{name} of shape {numbers.shape} do not fit points; {shape} would")
    return numbers.reshape(shape)
