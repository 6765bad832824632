"""Where runs begin: points, a grid of them, or random ones."""

import math
import re
import sys
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import numpy as np

from visualize.arrays import Array
from visualize.declare.settings import (
    ListToTuple,
    Place,
    Settings,
    Whole,
    custom_error,
    error_of,
    mistake_at,
    unknown_setting,
)
from visualize.errors import ExpressionError
from visualize.formulas.reading import read_expression
from visualize.objectives.formula import Point
from visualize.objectives.objective import Objective
from visualize.text import counted, did_you_mean, in_yaml, listed, shown

WIDEST = sys.float_info.max / 4
"""A domain that goes no farther can be computed with as it is."""


class Grid(Settings):
    """Starts on a regular grid over the objective's domain."""

    grid: Annotated[tuple[Whole, ...], ListToTuple]
    """How many along each coordinate: [20, 20]."""


class Random(Settings):
    """Starts drawn evenly from the objective's domain, from the scene's seed."""

    random: Whole
    """How many."""


NUMBERS = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
LONGEST_VARIABLE = 2
"""Letters of a name that is a coordinate's, and no setting."""
DOMAIN_NEEDED = "a grid and random starts need the objective's domain"
FORMS = {"random": "{random: 10}", "grid": "{grid: [5, 5]}"}

Start = tuple[Point, ...] | Grid | Random


def read_start(value: Any) -> Any:
    """Return the starts that a scene's `start` declares; raises its mistakes."""
    if isinstance(value, Grid | Random):
        return value
    if isinstance(value, np.ndarray | np.generic):
        value = value.tolist()
    if isinstance(value, Mapping):
        if "grid" not in value and "random" not in value:
            if not value:
                raise custom_error("must be {grid: [...]} or {random: ...} where it is a mapping")
            name = str(next(iter(value)))
            if all(len(str(it)) <= LONGEST_VARIABLE for it in value):
                raise custom_error(f"must be a point; write start: {in_yaml([*value.values()])}")
            hint = did_you_mean(name, ("grid", "random")) or "; known are grid, random"
            raise error_of([unknown_setting(f"unknown setting{hint}", name)])
        return (Grid if "grid" in value else Random).model_validate(value)
    if isinstance(value, str):
        raise custom_error(f"must be a number or a point (got {shown(value)}){_as_point(value)}")
    points = value if isinstance(value, list | tuple) else [value]
    if not points:
        raise custom_error("must be a number, a point or a list of points")
    points = [it.tolist() if isinstance(it, np.ndarray | np.generic) else it for it in points]
    several = all(isinstance(point, list | tuple) for point in points)
    starts = points if several else [points]
    mistakes = []
    for i, point in enumerate(starts):
        for j, number in enumerate(point):
            place = (i, j) if several else (j,)
            if isinstance(number, bool) or not isinstance(number, int | float):
                hint = _as_part(number, len(point)) if isinstance(number, str) else ""
                words = f"must be a number (got {shown(number)}){hint}"
                mistakes.append(mistake_at(words, *place))
            elif not abs(number) <= sys.float_info.max:
                words = f"must be a finite number (got {shown(number)})"
                mistakes.append(mistake_at(words, *place))
    if mistakes:
        raise error_of(mistakes)
    return tuple(tuple(map(float, point)) for point in starts)


def _as_part(text: str, parts: int) -> str:
    """Return how a text is written that is one of so many parts of a point or a list."""
    if parts == 1 and (written := _as_point(text)):
        return written
    numbers = NUMBERS.findall(text)
    if numbers and not NUMBERS.sub("", text).strip(" ,;()[]{}<>"):
        point = ", ".join(numbers)
        return f"; write {f'[{point}]' if len(numbers) > 1 else point}, without quotes"
    return f"; write {worth:.15g}" if (worth := _worth(text)) is not None else ""


def _worth(text: str) -> float | None:
    """Return the number that a formula without variables is, if it is one: `pi`, `1/3`."""
    try:
        formula = read_expression(text, ["x"])
    except ExpressionError:
        return None
    return float(formula.value(np.zeros(1))) if formula.is_constant else None


def _as_point(text: str) -> str:
    """Return how a text with the numbers of a point in it is written, or other starts."""
    if (worth := _worth(text)) is not None:
        return f"; write start: {worth:.15g}"
    if text.strip() in FORMS:
        return f"; write start: {FORMS[text.strip()]}"
    numbers = NUMBERS.findall(text)
    if not numbers or NUMBERS.sub("", text).strip(" ,;()[]{}<>xyz=:"):
        return ""
    point = ", ".join(numbers)
    return f"; write start: {f'[{point}]' if len(numbers) > 1 else point}"


def misfits_of(start: Start, objective: Objective) -> Iterator[tuple[Place, str]]:
    """Yield what keeps runs of an objective from beginning there, and where that stands."""
    if isinstance(start, Grid | Random):
        if objective.domain is None:
            yield (), DOMAIN_NEEDED
        elif isinstance(start, Grid) and len(start.grid) != objective.dimension:
            yield (
                (),
                f"the grid has {counted(len(start.grid), 'direction')}; "
                f"the objective has {coordinates_of(objective)}",
            )
        return
    for index, point in enumerate(start):
        if words := unfit(point, objective):
            yield (index,) if len(start) > 1 else (), words


def count_of(start: Start) -> int:
    """Return how many starts there are."""
    if isinstance(start, Random):
        return start.random
    return math.prod(start.grid) if isinstance(start, Grid) else len(start)


def points_of(start: Start, objective: Objective, seed: int) -> Array:
    """Return where every run begins: shape `(starts, dimension)`."""
    if isinstance(start, tuple):
        return np.array(start, dtype=float)
    # A domain may be wider than the largest number: a quarter of it is not.
    domain = np.array(objective.domain)
    scale = 4.0 if np.abs(domain).max() > WIDEST else 1.0
    low, high = domain.T / scale
    if isinstance(start, Random):
        generator = np.random.default_rng([seed, 0])
        return scale * generator.uniform(low, high, (start.random, len(low)))
    axes = [
        np.linspace(*ends, count) if count > 1 else np.array([sum(ends) / 2])
        for ends, count in zip(zip(low, high, strict=True), start.grid, strict=True)
    ]
    return scale * np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, len(axes))


def unfit(point: tuple[float, ...], objective: Objective) -> str:
    """Return why a run of this objective cannot begin at `point`, or nothing."""
    if len(point) != objective.dimension:
        hint = "; several starts are written [[1], [2]]" if objective.dimension == 1 else ""
        return (
            f"the point has {counted(len(point), 'coordinate')}; "
            f"the objective has {coordinates_of(objective)}{hint}"
        )
    value = float(objective.value(np.array(point)))
    if not math.isfinite(value):
        place = ", ".join(f"{number:g}" for number in point)
        return f"the objective has no finite value at the start ({place}): it is {value}"
    return ""


def coordinates_of(objective: Objective) -> str:
    """Return how many coordinates there are, and which."""
    return f"{counted(objective.dimension, 'coordinate')} ({listed(objective.variables)})"
