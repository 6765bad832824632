"""Points recorded elsewhere (a run of torch, of JAX, a paper's table), as trajectories."""

import csv
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from visualize.errors import ArraysError
from visualize.history.history import LABELS
from visualize.history.trajectory import Trajectory, stopped
from visualize.storage.npz import METADATA, array_of, read_arrays, trusted
from visualize.text import counted

LARGEST_TEXT = 2**28
"""Bytes of a table that is read."""
PARTS = {
    "points": "points",
    "values": "values",
    "value": "values",
    "losses": "values",
    "loss": "values",
    "gradients": "gradients",
    "gradient": "gradients",
}
"""What the arrays of a run are called, and what they are."""
STEP = "step"
"""A column or array of this name counts the rows."""
NO_POINTS = "these are no recorded points"

Named = Mapping[str, NDArray[Any]]


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


def read_recording(path: Path) -> tuple[RecordedRun, ...]:
    """Return the runs in a file of recorded points: .npy, .npz, .csv or .json.

    Raises `ArraysError` for a file that cannot be read, or holds no points.
    """
    with trusted(path, NO_POINTS):
        named, columns = _read(path)
        return tuple(
            RecordedRun.of(_trajectory(run, arrays), run, str(path), columns)
            for run, arrays in named.items()
        )


def _digest(run: Trajectory) -> str:
    digest = hashlib.sha256()
    for name, array in sorted(run.arrays.items()):
        digest.update(f"{name}{array.shape}".encode())
        digest.update(array.tobytes())
    return digest.hexdigest()[:32]


def _read(path: Path) -> tuple[dict[str, dict[str, Any]], tuple[str, ...] | None]:
    """Return the arrays of each run in a file, by what they are, and the coordinates' names."""
    columns = None
    match path.suffix.lower():
        case ".npz":
            arrays = read_arrays(path)
        case ".npy":
            arrays = {"points": array_of(path.read_bytes())}
        case ".csv":
            arrays, columns = _table(path)
        case ".json":
            arrays = dict(_flat(json.loads(_text(path))))
        case suffix:
            raise ArraysError(
                f"{path}: points are read from .npy, .npz, .csv and .json, not from "
                f"{suffix or 'what has no suffix'}"
            )
    runs = _by_run(arrays, path.stem)
    if not runs:
        raise ValueError("there are none")
    return runs, columns


def _by_run(arrays: Named, name: str) -> dict[str, dict[str, Any]]:
    """Return the arrays of each run; those that only say what they are belong to one run."""
    runs: dict[str, dict[str, Any]] = {}
    ours = LABELS in arrays
    for key, array in arrays.items():
        run, _, part = key.partition("/")
        if part:
            runs.setdefault(run, {})[PARTS.get(part, part)] = array
        elif key in PARTS:
            runs.setdefault(name, {})[PARTS[key]] = array
        elif key != STEP and not (ours and key in {LABELS, METADATA}):
            runs.setdefault(key, {})["points"] = array
    return runs


def _trajectory(label: str, arrays: Mapping[str, Any]) -> Trajectory:
    if "points" not in arrays:
        raise ValueError(f"{label}: {', '.join(arrays)} without points")
    points = _numbers(arrays["points"], f"{label}: points")
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
    run = stopped(Trajectory(points, values, gradients, states))
    if 0 in run.diverged_at:
        raise ValueError(f"{label}: the first value is not finite")
    return run


def _numbers(array: Any, name: str) -> NDArray[np.float64]:
    array = np.asarray(array)
    if array.dtype.kind not in "fiu":
        raise TypeError(f"{name} are no real numbers but {array.dtype}")
    with np.errstate(over="ignore"):  # of more than float64 holds
        return np.array(array, dtype=np.float64)


def _fitting(array: Any, name: str, shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Return numbers in a shape, all NaN if there are none."""
    if array is None:
        return np.full(shape, np.nan)
    numbers = _numbers(array, name)
    if numbers.size != np.prod(shape) or len(numbers) != shape[0]:
        raise ValueError(f"{name} of shape {numbers.shape} do not fit points; {shape} would")
    return numbers.reshape(shape)


def _text(path: Path) -> str:
    if path.stat().st_size > LARGEST_TEXT:
        raise ValueError(f"a table may have {LARGEST_TEXT >> 20} MiB; take .npy")
    return path.read_text("utf-8-sig")


def _flat(value: Any, name: str = "") -> Iterator[tuple[str, NDArray[Any]]]:
    """Yield the arrays in JSON by name, mappings as `run/part`."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _flat(inner, f"{name}/{key}" if name else str(key))
    elif isinstance(value, list):
        yield name or "points", np.array(value)
    else:
        raise TypeError(f"a list of points is needed, not {type(value).__name__}")


def _table(path: Path) -> tuple[dict[str, NDArray[Any]], tuple[str, ...] | None]:
    """Return points, and values if a column is called so; the first line may name the columns."""
    reader = csv.reader(_text(path).splitlines())
    try:
        lines = [(reader.line_num, line) for line in reader if any(map(str.strip, line))]
    except csv.Error as error:
        raise ValueError(str(error)) from None
    header = None
    if lines and not all(map(_is_number, lines[0][1])):
        header = [name.strip() for name in lines.pop(0)[1]]
    if not lines:
        raise ValueError("an empty table")
    for number, line in lines:
        if len(line) != len(header or lines[0][1]):
            raise ValueError(f"line {number} has {counted(len(line), 'column')}")
        for cell in line:
            if not _is_number(cell):
                raise ValueError(f"line {number} has {cell.strip()[:20]!r}, which is no number")
    numbers = np.array([line for _, line in lines], dtype=np.float64)
    if header is None:
        return {"points": numbers}, None
    known = {name: numbers[:, index] for index, name in enumerate(map(str.lower, header))}
    if STEP in known and not np.all(np.diff(known[STEP]) == 1):
        raise ValueError("the steps do not go up by 1; every row is a step here")
    places = [i for i, name in enumerate(header) if name.lower() not in {STEP, *PARTS}]
    arrays = {PARTS[name]: column for name, column in known.items() if name in PARTS}
    return {**arrays, "points": numbers[:, places]}, tuple(header[index] for index in places)


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
