"""Where panels stand in the picture, as a scene draws it: rows of names."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from visualize.declare.checks import Mistakes
from visualize.declare.settings import custom_error, mistake_at
from visualize.panels.panel import Panel
from visualize.text import did_you_mean, in_yaml, listed, shown

EMPTY = "."
"""A cell in which nothing stands."""
MOST_ROWS = 9
NUMBERED = re.compile(r"(.+) \d+")
Layout = tuple[tuple[str, ...], ...]
"""Rows of cells, each with the name of the panel that takes it."""


@dataclass(frozen=True)
class Area:
    """Some rows and columns of a grid."""

    rows: range
    columns: range

    def times(self, down: int, across: int) -> "Area":
        """Return the same area of a grid with so many times as many rows and columns."""
        rows = range(self.rows.start * down, self.rows.stop * down)
        return Area(rows, range(self.columns.start * across, self.columns.stop * across))


def read_layout(value: Any) -> Layout:
    """Return the rows of a layout; raise where it has none, or they differ in length."""
    rows = list(value) if isinstance(value, list | tuple) else []
    if rows and all(isinstance(cell, str) for cell in rows):
        rows = [rows]
    is_right = rows and all(
        isinstance(row, list | tuple) and row and all(isinstance(cell, str) for cell in row)
        for row in rows
    )
    if not is_right:
        example = in_yaml([["contour", "values"], ["contour", "state"]])
        raise custom_error(f"must be rows of panels (got {shown(value)}); write layout: {example}")
    if len({len(row) for row in rows}) > 1:
        lengths = listed([str(len(row)) for row in rows])
        words = f"all rows have the same number of cells; here they have {lengths}"
        raise custom_error(f"{words}; a dot is an empty one")
    if max(len(rows), len(rows[0])) > MOST_ROWS:
        raise custom_error(f"has {MOST_ROWS} rows and {MOST_ROWS} columns at most")
    return tuple(tuple(cell.strip() for cell in row) for row in rows)


def names_in(layout: Layout) -> dict[str, tuple[int, int]]:
    """Return the names of a layout, and the first cell of each: its row and column."""
    cells: dict[str, tuple[int, int]] = {}
    for row, names in enumerate(layout):
        for column, name in enumerate(names):
            if name != EMPTY:
                cells.setdefault(name, (row, column))
    return cells


def names_of_panels(panels: Sequence[Any]) -> list[str]:
    """Return how a layout calls panels: by their kinds, numbered where two are alike."""
    kinds: list[str] = [panel.kind for panel in panels]
    counts, before = Counter(kinds), Counter[str]()
    names = []
    for kind in kinds:
        before[kind] += 1
        names.append(f"{kind} {before[kind]}" if counts[kind] > 1 else kind)
    return names


def areas_of(layout: Layout, panels: Sequence[Panel]) -> list[Area]:
    """Return the area that each panel takes."""
    return [_area(layout, name) for name in names_of_panels(panels)]


def _area(layout: Layout, name: str) -> Area:
    places = [
        (row, column)
        for row, cells in enumerate(layout)
        for column, cell in enumerate(cells)
        if cell == name
    ]
    rows, columns = zip(*places, strict=True)
    return Area(range(min(rows), max(rows) + 1), range(min(columns), max(columns) + 1))


def mistakes_in_layout(layout: Layout, panels: Sequence[Panel]) -> Mistakes:
    """Yield cells of panels that there are not, panels without one, and those in pieces."""
    names = names_of_panels(panels)
    for row, cells in enumerate(layout):
        for column, cell in enumerate(cells):
            if cell not in {EMPTY, *names}:
                hint = did_you_mean(cell, names) or f"; there are {listed(names)}"
                yield mistake_at(f"no panel is called {shown(cell)}{hint}", "layout", row, column)
    there = names_in(layout)
    for name in names:
        if name not in there:
            yield mistake_at(f"has no place for the panel {shown(name)}", "layout")
            continue
        area = _area(layout, name)
        block = {layout[row][column] for row in area.rows for column in area.columns}
        if block != {name}:
            yield mistake_at(f"the cells of {shown(name)} are no rectangle", "layout")


def panels_in(layout: Layout) -> list[tuple[tuple[int, int], str]]:
    """Return the kinds of panels that a layout shows where the scene lists none, each with a cell.

    >>> panels_in((("contour", "values 1"), ("contour", "values 2")))
    [((0, 0), 'contour'), ((0, 1), 'values'), ((1, 1), 'values')]
    """
    return [(cell, NUMBERED.sub(r"\1", name)) for name, cell in names_in(layout).items()]
