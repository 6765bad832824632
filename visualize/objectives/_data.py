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


Setting = tuple[str | int, ...]
FEWEST = 2
"""Columns that a table has at least: a feature and the target."""


class ColumnError(Exception):
    """Columns that are asked for and are not there: words, and the setting that asks."""

    def __init__(self, *wrong: tuple[str, Setting]) -> None:
        super().__init__(*wrong)
        self.wrong = wrong


@dataclass(frozen=True)
class Chosen:
    """Which columns of a table are wanted, by name, or by number (from 1) where none has one."""

    features: tuple[str, ...] | None
    """None: all but the target."""
    target: str | None
    """None: the last column."""

    def columns(self, names: Sequence[str]) -> list[int]:
        """Return the places of the features, and at the end that of the target.

        Raises `ColumnError` for what is not there.
        """
        if len(names) < FEWEST:
            raise ColumnError(("has one column; a feature and a target are needed", ("data",)))
        target = names[-1] if self.target is None else self.target
        features = self.features
        if features is None:
            # pandas and R name rows in a first column, which has no name itself.
            first = 1 if len(names) > FEWEST and not names[0] else 0
            features = tuple(dict.fromkeys(name for name in names[first:] if name != target))
        wrong: list[tuple[str, Setting]] = [(_unfit(target, names), ("target",))]
        for index, name in enumerate(features):
            words = f"'{name}' is given twice" if name in features[:index] else ""
            words = words or (f"'{name}' is the target" if name == target else "")
            place: Setting = ("data",) if self.features is None else ("features", index)
            wrong.append((words or _unfit(name, names), place))
        if told := [it for it in wrong if it[0]]:
            raise ColumnError(*told)
        return [names.index(name) for name in (*features, target)]


def _unfit(name: str, names: Sequence[str]) -> str:
    """Return what is wrong with the name of a column, or nothing."""
    if name not in names:
        hint = did_you_mean(name, names) or f"; there are {listed(tuple(names))}"
        return f"there is no column '{name}'{hint}"
    return f"there are {names.count(name)} columns '{name}'" if names.count(name) > 1 else ""


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
    # By a power of two, which changes no digit, so that the squares of no number are too large.
    columns = np.ldexp(columns, -np.frexp(np.abs(columns).max(axis=0))[1])
    scaled: Array = (columns - columns.mean(axis=0)) / columns.std(axis=0)
    return scaled


def first_rows(sample: Sample, rows: int) -> Sample:
    """Return the sample cut to its first rows."""
    return Sample(
        sample.digest, sample.features[:rows], sample.targets[:rows], sample.names, sample.target
    )
