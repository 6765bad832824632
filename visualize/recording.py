"""Points recorded elsewhere (a run of torch, of JAX, a paper's table), as trajectories."""

import csv
import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, InstanceOf, ValidationError, ValidationInfo

from visualize.arrays import array_of, read_arrays, trusted
from visualize.errors import ArraysError
from visualize.history import LABELS, Trajectory
from visualize.settings import (
    Color,
    Label,
    Settings,
    error_at,
    error_of,
    mistakes_of,
    told,
)
from visualize.wording import counted

LARGEST_TEXT = 2**28
"""Bytes of a table that is read."""
PARTS = {
    "points": "points",
    "values": "values",
    "value": "values",
    "losses": "values",
    "loss": "values",
    "gradients": "gradients",
}
"""What the arrays of a run are called, and what they are."""

Named = Mapping[str, NDArray[Any]]


class Recording(Settings):
    """A file of recorded points, played in place of optimizers."""

    file: str = Field(min_length=1)
    """A .npy, .npz, .csv or .json file; its path is seen from the scene's folder."""
    label: Label | None = None
    """How the picture calls its run; default: its name in the file, or the file's."""
    color: Color | None = None
    """Its colour; default: the theme's next."""


class RecordedRun(Settings):
    """One run in such a file."""

    label: str
    color: str | None
    file: str
    digest: str
    """Of its numbers."""
    columns: tuple[str, ...] | None = Field(exclude=True)
    """What a table calls the coordinates."""
    trajectory: InstanceOf[Trajectory] = Field(exclude=True)


def recorded_runs(value: Any, info: ValidationInfo) -> tuple[RecordedRun, ...]:
    """Return the runs that `trajectories` in a scene names, each with its arrays."""
    folder = Path((info.context or {}).get("folder", ""))
    entries = [value] if isinstance(value, Mapping) else value
    if not isinstance(entries, list | tuple) or not entries:
        raise told("must be a mapping with the file, or a list of them")
    runs: list[RecordedRun] = []
    mistakes = []
    for index, entry in enumerate(entries):
        place = () if isinstance(value, Mapping) else (index,)
        if isinstance(entry, RecordedRun):
            runs.append(entry)
            continue
        try:
            runs += _runs_in(Recording.model_validate(entry), folder)
        except ValidationError as error:
            mistakes += mistakes_of(error, *place)
    if mistakes:
        raise error_of(mistakes)
    dimensions = {run.trajectory.points.shape[2]: run for run in runs}
    if len(dimensions) > 1:
        words = (f"{run.label} has {size}" for size, run in sorted(dimensions.items()))
        raise told(f"the runs differ in their number of coordinates: {', '.join(words)}")
    labels = [run.label for run in runs]
    for label in labels:
        if labels.count(label) > 1:
            raise told(f"two runs are called '{label}'")
    return tuple(runs)


def _runs_in(recording: Recording, folder: Path) -> Iterator[RecordedRun]:
    path = folder / recording.file
    try:
        named, columns = read_recording(path)
        with trusted(path):
            runs = {label: _trajectory(arrays) for label, arrays in named.items()}
    except ArraysError as error:
        raise error_at(str(error), "file") from None
    for setting in ("label", "color"):
        if getattr(recording, setting) is not None and len(runs) > 1:
            raise error_at(f"the file has {counted(len(runs), 'run')}: {', '.join(runs)}", setting)
    for label, trajectory in runs.items():
        digest = hashlib.sha256()
        for array in (trajectory.points, trajectory.values, trajectory.gradients):
            digest.update(array.tobytes())
        yield RecordedRun(
            label=recording.label or label,
            color=recording.color,
            file=recording.file,
            digest=digest.hexdigest()[:32],
            columns=columns,
            trajectory=trajectory,
        )


def read_recording(path: Path) -> tuple[dict[str, dict[str, Any]], tuple[str, ...] | None]:
    """Return the arrays of each run in a file, by what they are, and the coordinates' names.

    Raises `ArraysError`.
    """
    columns = None
    with trusted(path):
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
                    f"{path}: points are read from .npy, .npz, .csv and .json, not '{suffix}'"
                )
        return _by_run(arrays, path.stem), columns


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
        elif not (ours and key in {LABELS, "metadata"}):
            runs.setdefault(key, {})["points"] = array
    return runs


def _trajectory(arrays: Mapping[str, Any]) -> Trajectory:
    if "points" not in arrays:
        raise ValueError(f"{', '.join(arrays)} without points")
    points = _numbers(arrays["points"], "points")
    if points.ndim == 1:
        points = points[:, np.newaxis]
    if points.ndim == 2:
        points = points[:, np.newaxis]
    if points.ndim != 3 or 0 in points.shape:
        raise ValueError(
            f"points of shape {points.shape}; it must be (steps + 1, dimension) "
            "or (steps + 1, starts, dimension)"
        )
    shape = points.shape
    values = _fitting(arrays.get("values"), "values", shape[:2])
    gradients = _fitting(arrays.get("gradients"), "gradients", shape)
    states = {
        name.removeprefix("state/"): _fitting(array, name, np.shape(array))
        for name, array in arrays.items()
        if name.startswith("state/") and np.shape(array)[:2] == shape[:2]
    }
    known = ~np.isnan(values).all(axis=0)
    lost = ~np.isfinite(points).all(axis=-1) | (known & ~np.isfinite(values))
    if lost[0].any():
        raise ValueError("the first point is not finite")
    gone = np.zeros_like(lost)
    gone[1:] = np.logical_or.accumulate(lost, axis=0)[:-1]
    for array in (points, values, gradients):
        array[gone] = np.nan
    return Trajectory(points, values, gradients, states)


def _numbers(array: Any, name: str) -> NDArray[np.float64]:
    array = np.asarray(array)
    if array.dtype.kind not in "fiu":
        raise TypeError(f"{name} are no real numbers but {array.dtype}")
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
        yield name or "points", np.array(value, dtype=np.float64)
    else:
        raise TypeError(f"a list of points is needed, not {type(value).__name__}")


def _table(path: Path) -> tuple[dict[str, NDArray[Any]], tuple[str, ...] | None]:
    """Return points, and values if a column is called so; the first line may name the columns."""
    lines = [line for line in csv.reader(_text(path).splitlines()) if any(map(str.strip, line))]
    if not lines:
        raise ValueError("an empty table")
    header = None
    if not all(map(_is_number, lines[0])):
        header, *lines = lines
        header = [name.strip() for name in header]
    for number, line in enumerate(lines, 2 if header else 1):
        if len(line) != len(lines[0]) or (header and len(line) != len(header)):
            raise ValueError(f"row {number} has {counted(len(line), 'column')}")
        for cell in line:
            if not _is_number(cell):
                raise ValueError(f"row {number} has {cell.strip()[:20]!r}, which is no number")
    numbers = np.array(lines, dtype=np.float64)
    if header is None:
        return {"points": numbers}, None
    arrays = {
        PARTS[name.lower()]: numbers[:, index]
        for index, name in enumerate(header)
        if name.lower() in PARTS
    }
    coordinates = [i for i, name in enumerate(header) if name.lower() not in {"step", *PARTS}]
    return (
        {**arrays, "points": numbers[:, coordinates]},
        tuple(header[index] for index in coordinates),
    )


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
