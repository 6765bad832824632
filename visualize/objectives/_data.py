"""The rows that a model is fitted to: read from a table, checked, standardised."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from visualize.arrays import Array
from visualize.declare.settings import error_at
from visualize.storage.delimited import read_table
from visualize.storage.room import Room
from visualize.storage.table import Table
from visualize.text import counted, did_you_mean, listed


@dataclass(frozen=True)
class Sample:
    """Rows of features, and what is to be said of each; equal where the numbers are."""

    digest: str
    """Of the numbers that were read, and their names."""
    features: Array = field(compare=False, repr=False)
    """Shape `(rows, features)`."""
    targets: Array = field(compare=False, repr=False)
    """Shape `(rows,)`."""
    names: tuple[str, ...] = field(compare=False)
    """Of the features."""
    target: str = field(compare=False)
    """The name of the target."""

    def __len__(self) -> int:
        return len(self.targets)


class ColumnError(Exception):
    """A column that is asked for and is not there, and by which setting."""

    def __init__(self, words: str, *setting: str | int) -> None:
        super().__init__(words)
        self.setting = setting


@dataclass(frozen=True)
class Chosen:
    """Which columns of a table are wanted, by name, or by number (from 1) where none has one."""

    features: tuple[str, ...] | None
    """None: all but the target."""
    target: str | None
    """None: the last column."""

    def columns(self, names: Sequence[str]) -> list[int]:
        """Return the places of the features, and at the end that of the target.

        Raises `ColumnError` for a name that there is not.
        """
        target = len(names) - 1 if self.target is None else _place(names, self.target, "target")
        if self.features is None:
            places = [place for place in range(len(names)) if place != target]
        else:
            places = [
                _place(names, name, "features", index) for index, name in enumerate(self.features)
            ]
        if target in places:
            words = f"'{names[target]}' is the target"
            raise ColumnError(words, "features", places.index(target))
        if not places:
            raise ColumnError("has one column; a feature and a target are needed", "data")
        return [*places, target]


def _place(names: Sequence[str], name: str, *setting: str | int) -> int:
    if names.count(name) > 1:
        raise ColumnError(f"there are {names.count(name)} columns '{name}'", *setting)
    if name not in names:
        hint = did_you_mean(name, names) or f"; there are {listed(tuple(names))}"
        raise ColumnError(f"there is no column '{name}'{hint}", *setting)
    return names.index(name)


def read_sample(
    file: Path, chosen: Chosen, room: Room, names: tuple[str, ...] | None = None
) -> Sample:
    """Return the wanted columns of a table, all its rows, with a number in every cell.

    The columns are called by `names`, by the first line, or by their numbers from 1. Raises
    `ValueError` with line and column where there is no number, and `ColumnError`.
    """

    def called(found: Sequence[str] | None, width: int) -> tuple[str, ...]:
        return names or tuple(found or map(str, range(1, width + 1)))

    def wanted(found: Sequence[str] | None, width: int) -> Collection[int]:
        return chosen.columns(called(found, width))

    table = read_table(file, room, wanted)
    every = called(table.names, table.numbers.shape[1])
    places = chosen.columns(every)
    numbers = table.numbers[:, places]
    _refuse_what_is_no_number(table, places, every)
    digest = hashlib.sha256("\n".join(every[it] for it in places).encode())
    digest.update(np.ascontiguousarray(numbers).tobytes())
    return Sample(
        digest.hexdigest()[:32],
        numbers[:, :-1],
        numbers[:, -1],
        tuple(every[it] for it in places[:-1]),
        every[places[-1]],
    )


def _refuse_what_is_no_number(table: Table, places: Sequence[int], names: Sequence[str]) -> None:
    rows, columns = np.nonzero(~np.isfinite(table.numbers[:, places]))
    if rows.size:
        column = places[columns[0]]
        number = table.numbers[rows[0], column]
        what = "no number" if np.isnan(number) else "an infinite number"
        words = f"{table.cell(rows[0], column)}: {what} in '{names[column]}'"
        raise ValueError(f"{words}; leave the row or the column out")


def standardised(sample: Sample, *, targets: bool) -> Sample:
    """Return the sample with every feature, or the targets too, of mean 0 and deviation 1.

    The deviation is that of the population: the root of the mean square. Raises a mistake where a
    column is the same in all rows.
    """
    columns = dict(zip(sample.names, sample.features.T, strict=True))
    if targets:
        columns[sample.target] = sample.targets
    for name, column in columns.items():
        if column.min() == column.max():
            words = f"'{name}' is {column[0]:g} in {_all_of(len(column))}"
            raise error_at(f"{words}; leave it out, or set standardise: false", "standardise")
    return Sample(
        sample.digest,
        _scaled(sample.features),
        _scaled(sample.targets) if targets else sample.targets,
        sample.names,
        sample.target,
    )


def _all_of(rows: int) -> str:
    return f"all {counted(rows, 'row')}" if rows > 1 else "the only row"


def _scaled(columns: Array) -> Array:
    scaled: Array = (columns - columns.mean(axis=0)) / columns.std(axis=0)
    return scaled


def first_rows(sample: Sample, rows: int) -> Sample:
    """Return the sample cut to its first rows."""
    return Sample(
        sample.digest, sample.features[:rows], sample.targets[:rows], sample.names, sample.target
    )
