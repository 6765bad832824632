"""Tables of a run, a row for each step: which columns are steps, values, gradients, coordinates."""

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from visualize.formulas.functions import VARIABLE
from visualize.storage.table import Table
from visualize.text import in_yaml

VALUES = ("values", "value", "losses", "loss", "cost", "costs", "objective", "f", "f(x)", "fval")
"""What the values of the objective are called."""
STEPS = ("step", "steps", "iteration", "iterations", "iter", "global_step", "index", "unnamed: 0")
"""What counts the rows, and is passed over; so is a first column without a name."""
EPOCHS = ("epoch", "epochs")
"""These count the rows too; beside another count several rows may be of one epoch."""
SLOPES = ("grad_", "gradient_")
"""What comes before a coordinate's name where the column is the gradient along it."""
TIMES = ("time", "times", "seconds", "elapsed", "elapsed_time", "wall_time", "wall time")
"""What the time is called at which a row was recorded."""
TIME = "time"
"""What histories call it, among the states."""
ELSEWHERE = ("timestamp", "lr", "learning_rate")
MEASURES = ("loss", "accuracy", "_acc")
"""What people log beside a run, and is none of the above; and what such names end with."""
COUNTERS = ("k", "i", "n", "t", "it", "no", "nr", "row")
"""A first column of such a name may be a coordinate or count the rows."""
TENSORBOARD = "these are TensorBoard's scalars: wall time, step and value, without points"
WALL_TIMES = (1e9, 1e11)
"""Seconds since 1970 of all recordings that there are."""
FEW_ROWS, MANY_COLUMNS = 3, 10
"""A table of so few rows and so many columns is likely to lie on its side."""


@dataclass(frozen=True)
class Columns:
    """What the columns of a table are."""

    arrays: dict[str, NDArray[Any]]
    """`points`, and `values`, `gradients` and `state/time` where there are any."""
    names: tuple[str, ...] | None
    """Of the coordinates."""


def columns_of(table: Table, variables: Collection[str] = ()) -> Columns:
    """Return points, values and gradients. Raises `ValueError` where it is not sure which is which.

    What is called as one of the `variables` is a coordinate.

    >>> columns = columns_of(Table(np.array([[0.0, 3, 1, 9], [1, 2, 1, 5]]), ("step", *"xy", "f")))
    >>> columns.arrays["points"].tolist(), columns.arrays["values"].tolist(), columns.names
    ([[3.0, 1.0], [2.0, 1.0]], [9.0, 5.0], ('x', 'y'))
    """
    if not table.numbers.size:
        raise ValueError("an empty table")
    if table.names is None:
        _refuse_steps_without_a_name(table)
        refuse_gaps(table, range(table.numbers.shape[1]))
        return Columns({"points": table.numbers}, None)
    names = table.names
    lowered = [name.lower() for name in names]
    _refuse_doubtful_names(names, lowered)
    steps = [
        i for i, name in enumerate(lowered) if name in {*STEPS, *EPOCHS} or (not name and not i)
    ]
    times = [i for i, name in enumerate(lowered) if name in TIMES and names[i] not in variables]
    if not steps and names[0] not in variables and 0 not in times:
        _refuse_an_unknown_counter(table, names)
    _refuse_uneven_steps(table, steps)
    values = [i for i, name in enumerate(lowered) if name in VALUES]
    others = [i for i in range(len(names)) if i not in {*steps, *values, *times}]
    slopes = {names[i]: i for i in others if lowered[i].startswith(SLOPES)}
    places = [i for i in others if i not in slopes.values()]
    gradients = _gradient_columns([names[i] for i in places], slopes)
    arrays = {"points": table.numbers[:, places]}
    if values:
        arrays["values"] = table.numbers[:, values[0]]
    if gradients:
        arrays["gradients"] = table.numbers[:, gradients]
    if times:
        arrays[f"state/{TIME}"] = _rising(table, times)
    refuse_gaps(table, [*places, *values])
    if not places:
        arrays.pop("points")
    called = tuple(names[i] for i in places)
    counted = all(map(str.isdecimal, called))  # pandas calls by number what has no name
    return Columns(arrays, None if counted else called)


def is_tensorboard(numbers: NDArray[Any]) -> bool:
    """Whether these are rows of wall time, step and value."""
    if numbers.ndim != 2 or numbers.shape[1] != 3 or not len(numbers):
        return False
    times, steps = numbers[:, 0], numbers[:, 1]
    low, high = WALL_TIMES
    return bool(
        np.all((times > low) & (times < high)) and np.all((steps >= 0) & (steps == np.floor(steps)))
    )


def lies_on_its_side(shape: tuple[int, ...]) -> bool:
    """Whether an array has so few rows and so many columns that they are likely to be swapped."""
    return len(shape) == 2 and shape[0] <= FEW_ROWS and shape[1] >= MANY_COLUMNS


def _refuse_doubtful_names(names: Sequence[str], lowered: Sequence[str]) -> None:
    """Raise `ValueError` where names do not say what their columns are."""
    if {"wall time", "step", "value"} <= {*lowered}:
        raise ValueError(TENSORBOARD)
    for index, name in enumerate(names):
        if not name and index:
            raise ValueError(f"column {index + 1} has no name")
    for name, times in Counter(names).items():
        if times > 1:
            raise ValueError(f"{times} columns are called '{name}'")
    if len(values := [names[i] for i, name in enumerate(lowered) if name in VALUES]) > 1:
        both = " and ".join(f"'{name}'" for name in values)
        raise ValueError(f"{both} are both values; leave one out")
    if "f" in lowered and {"e", "g"} & {*lowered}:
        raise ValueError("is 'f' a value or a coordinate? Call it value, or otherwise")
    for name in lowered:
        if name in ELSEWHERE or (name.endswith(MEASURES) and name not in VALUES):
            hint = ", or call it loss" if name.endswith("loss") else ""
            raise ValueError(f"'{name}' is no coordinate; leave that column out{hint}")


def _refuse_uneven_steps(table: Table, steps: Sequence[int]) -> None:
    """Raise `ValueError` where what counts the rows does not."""
    names = table.names or ()
    for index in steps:
        several = names[index].lower() in EPOCHS and len(steps) > 1
        goes_on = np.isin(np.diff(table.numbers[:, index]), (0, 1) if several else (1,))
        wrong = np.flatnonzero(~goes_on)
        if wrong.size:
            where = table.row(int(wrong[0]) + 1)
            if not names[index]:
                raise ValueError(f"column {index + 1} has no name, and does not count the rows")
            raise ValueError(
                f"{where}: the steps do not go up by 1 ('{names[index]}'); every row is a step "
                "here: leave that column out, and they are counted"
            )


def _refuse_an_unknown_counter(table: Table, names: Sequence[str]) -> None:
    """Raise `ValueError` where the first column may be the steps under a name that is not known.

    A letter, and a letter with digits, are what coordinates are called; not those of `COUNTERS`.
    """
    first = names[0]
    is_counter = first.lower() in COUNTERS
    if not is_counter and (len(first) == 1 or VARIABLE.fullmatch(first) or first.lower() in VALUES):
        return
    if _counts(table) or (is_counter and _rises_evenly(table)):
        raise ValueError(
            f"does '{first}' count the rows? Then call it step; if it is a coordinate, the scene's "
            f"objective names it: {{variables: [{in_yaml(first)}, ...]}}"
        )


def _refuse_steps_without_a_name(table: Table) -> None:
    """Raise `ValueError` where the first of several columns without names counts the rows."""
    if _counts(table):
        raise ValueError(
            "the first column counts the rows: is it the step? Name the columns in a first line: "
            "step, ... where it is, else x, ..."
        )


def _counts(table: Table) -> bool:
    """Whether the first of several columns counts at least three rows, from 0 or 1."""
    rows, columns = table.numbers.shape
    first = table.numbers[:, 0]
    counting = first[0] in {0.0, 1.0} and np.array_equal(first - first[0], np.arange(float(rows)))
    return rows >= 3 and columns >= 2 and counting


def _rises_evenly(table: Table) -> bool:
    """Whether the first of several columns is a time: from 0, by the same at each step."""
    first = table.numbers[:, 0]
    rises = np.diff(first)
    return bool(
        min(table.numbers.shape) >= 2
        and len(first) >= 3
        and first[0] == 0
        and rises[0] > 0
        and np.allclose(rises, rises[0])
    )


def _rising(table: Table, times: Sequence[int]) -> NDArray[Any]:
    """Return the times of the rows, `(rows, 1)`. Raises `ValueError` where they are none."""
    names = table.names or ()
    if len(times) > 1:
        both = " and ".join(f"'{names[it]}'" for it in times)
        raise ValueError(f"{both} are both times; leave one out")
    numbers = table.numbers[:, times]
    back = np.flatnonzero(~(np.diff(numbers[:, 0]) >= 0))
    if back.size:
        where = table.row(int(back[0]) + 1)
        raise ValueError(f"{where}: '{names[times[0]]}' does not go on; a time never goes back")
    return numbers


def _gradient_columns(places: Sequence[str], slopes: dict[str, int]) -> list[int]:
    """Return which column is the gradient along each coordinate; none, or one of each."""
    of = {re.sub(f"^({'|'.join(SLOPES)})", "", name, flags=re.I): name for name in slopes}
    for coordinate, name in of.items():
        if coordinate not in places:
            raise ValueError(f"'{name}' is the gradient along no coordinate; leave it out")
    if slopes and (without := [name for name in places if name not in of]):
        raise ValueError(f"the gradient along '{without[0]}' is missing")
    return [slopes[of[name]] for name in places] if slopes else []


def refuse_gaps(table: Table, places: Sequence[int]) -> None:
    """Raise `ValueError` where numbers are missing, and there are some again after that.

    A run that left has none until its end; what comes after infinity is of no interest.
    """
    numbers = table.numbers[:, places]
    lost = np.flatnonzero(np.isinf(numbers).any(axis=1))
    numbers = numbers[: lost[0]] if lost.size else numbers
    missing: NDArray[np.bool_] = np.isnan(numbers)
    none = np.asarray(missing.any(axis=1))
    if not none.any():
        return
    first = int(np.argmax(none))
    again = np.flatnonzero(~none[first:])
    if again.size:
        where = table.cell(first, places[int(np.argmax(missing[first]))])
        back = table.row(first + int(again[0]))
        raise ValueError(f"{where}: no number, and from {back} on there are again")
