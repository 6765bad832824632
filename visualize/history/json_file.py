"""Arrays in JSON, as people and pandas write them."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from visualize.history.listed import as_array
from visualize.history.table import Columns, columns_of, refuse_gaps
from visualize.storage.delimited import NO_TEXT, encoding_of
from visualize.storage.room import Room
from visualize.storage.table import Table

OF_A_THING = 64
"""Bytes that a number, a list or a mapping takes in Python, with its place in another."""
THINGS = ",:[{"
"""There is at most one more than there are of these signs."""


def read_json(
    path: Path, room: Room, variables: Collection[str] = ()
) -> dict[str, NDArray[Any] | Columns]:
    """Return the arrays in a file by name, mappings as `run/part`; tables as their columns.

    Raises `ValueError` or `TypeError` where there are none. What Python makes of the text is held
    against the room before it does.
    """
    size = path.stat().st_size
    room.check(size)
    try:
        text = path.read_text(encoding_of(path))
    except UnicodeError:
        raise ValueError(NO_TEXT) from None
    room.check(2 * size + OF_A_THING * sum(map(text.count, THINGS)))
    arrays = dict(_named(json.loads(text, object_pairs_hook=_without_twins), variables))
    room.take(sum(_size(array) for array in arrays.values()))
    return arrays


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    mapping = dict(pairs)
    if len(mapping) < len(pairs):
        raise ValueError("a name stands twice in a mapping")
    return mapping


def _named(
    value: Any, variables: Collection[str], name: str = ""
) -> Iterator[tuple[str, NDArray[Any] | Columns]]:
    """Yield the arrays by name."""
    table = _table(value)
    if table is not None:
        yield name or "points", columns_of(table, variables)
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _named(inner, variables, f"{name}/{key}" if name else key)
    elif isinstance(value, list):
        yield name or "points", _array(value, name or "points")
    else:
        raise TypeError(f"a list of points is needed, not {type(value).__name__}")


def _array(value: list[Any], name: str) -> NDArray[Any]:
    try:
        array = as_array(value, name, gaps=True)
    except TypeError:
        as_array(value, "a list", gaps=True)  # what is no table is not called by name
        raise
    if array.ndim in {1, 2} and _has_gaps(value):
        rows = array.reshape(len(array), -1)
        refuse_gaps(Table(rows.astype(np.float64)), range(rows.shape[1]))
    return array


def _has_gaps(value: list[Any]) -> bool:
    return any(None in row if isinstance(row, list) else row is None for row in value)


def _table(value: Any) -> Table | None:
    """Return a table in one of the forms that pandas and others write, or None.

    Those are a list of records, and `to_json` with any `orient`.
    """
    if isinstance(value, list) and value and all(isinstance(one, Mapping) for one in value):
        return _of_records(value)
    if not isinstance(value, Mapping) or not value:
        return None
    if {"schema", "data"} == value.keys():
        return _table(value["data"])
    if {"columns", "data"} <= value.keys() <= {"columns", "index", "data"}:
        if not isinstance(value["columns"], list):
            raise TypeError("the columns of a table are a list of names")
        return _of_rows([str(name) for name in value["columns"]], value["data"], value.get("index"))
    if all(isinstance(one, Mapping) and one and _is_flat(one) for one in value.values()):
        return _of_mappings(value)
    return None


def _is_flat(mapping: Mapping[str, Any]) -> bool:
    return not any(isinstance(one, Mapping | list) for one in mapping.values())


def _of_records(records: Sequence[Mapping[str, Any]]) -> Table:
    names = [*records[0]]
    for index, record in enumerate(records):
        if record.keys() != records[0].keys():
            raise ValueError(f"row {index} has other names than row 0")
    return _of_rows(names, [[record[name] for name in names] for record in records], None)


def _of_mappings(columns: Mapping[str, Mapping[str, Any]]) -> Table:
    """Return a table of columns by name, each a mapping from rows to numbers; or the reverse."""
    outer, inner = [*columns], [*next(iter(columns.values()))]
    if any([*column] != inner for column in columns.values()):
        raise ValueError("the columns have different rows")
    cells = [[*column.values()] for column in columns.values()]
    if all(map(str.isdecimal, outer)) and not all(map(str.isdecimal, inner)):
        return _of_rows(inner, cells, outer)
    return _of_rows(outer, [list(row) for row in zip(*cells, strict=True)], inner)


def _of_rows(names: list[str], rows: Any, index: Any) -> Table:
    """Return a table of rows; numbers that name the rows are its first column."""
    numbers = as_array(rows, "the table", gaps=True)
    if numbers.ndim != 2 or numbers.shape[1] != len(names):
        raise ValueError(f"a table of shape {numbers.shape} with {len(names)} names")
    if isinstance(index, list) and len(index) == len(numbers):
        counts = [str(name) for name in index]
        if all(map(str.isdecimal, counts)):
            steps = np.array(counts, dtype=np.float64)
            names, numbers = ["", *names], np.column_stack([steps, numbers])
    return Table(numbers.astype(np.float64), tuple(names))


def _size(array: NDArray[Any] | Columns) -> int:
    """Return the bytes that arrays have as float64."""
    parts = array.arrays.values() if isinstance(array, Columns) else [array]
    return sum(part.size for part in parts) * np.dtype(np.float64).itemsize
