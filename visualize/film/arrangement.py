"""Which panels a picture has, where they stand, and whose runs each shows."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from visualize.film.layout import BELOW, BESIDE, HEAD, rows_of
from visualize.film.wording import names_of
from visualize.panels.panel import Panel
from visualize.scene.placing import Area, areas_of
from visualize.scene.scene import Scene
from visualize.scene.sweeps import groups_of

EVERYWHERE = Area(range(1), range(1))
"""The area of what has no place yet."""


@dataclass(frozen=True)
class Cell:
    """A panel in the picture, or one of the small multiples that it comes to."""

    panel: Panel
    number: int
    """Its place in the scene's list; small multiples of one panel have the same."""
    area: Area
    """The rows and columns of the grid that it takes."""
    labels: tuple[str, ...] | None = None
    """Whose runs it shows; None: all."""
    title: str = ""


@dataclass(frozen=True)
class Arrangement:
    """Panels in a grid."""

    rows: int
    columns: int
    cells: tuple[Cell, ...]
    names: Mapping[str, str]
    """By label what the picture calls each run beside the titles of panels: those of one name are
    never in one panel, and look alike. Empty: the titles say it all."""


ROOMY = 9.0
"""Letters: a panel's side that is long enough for letters to be as large as in other pictures."""
SMALLER = 0.95, 0.9, 0.85, 0.8, 0.75, 0.7
LEAST = 8.6
"""Points: smaller letters are not read, and are only made where the picture asks for them."""


def font_size_for(arrangement: Arrangement, size: tuple[float, float], points: float) -> float:
    """Return how large letters are: `points`, or less where panels would have no room beside them.

    `size` is the picture's, in points.
    """
    least = min(points, LEAST)
    sizes = [points, *(max(points * smaller, least) for smaller in SMALLER)]
    return next((it for it in sizes if _room(arrangement, size, it) >= ROOMY), sizes[-1])


def _room(arrangement: Arrangement, size: tuple[float, float], points: float) -> float:
    """Return about how many letters the sides of the smallest panel have, as their mean."""
    width, height = (side / points for side in size)
    sides = (
        (
            (width - 1.5) * len(cell.area.columns) / arrangement.columns - BESIDE,
            (height - HEAD) * len(cell.area.rows) / arrangement.rows - BELOW,
        )
        for cell in arrangement.cells
    )
    return min(math.sqrt(max(across, 0) * max(up, 0)) for across, up in sides)


def arrange(scene: Scene, shape: float, letters: float = math.inf) -> Arrangement:
    """Return where the scene's panels stand in a picture that is as wide as high times `shape`.

    It is as wide as so many `letters`.
    """
    several = [list(_multiples(scene, number)) for number in range(len(scene.panels))]
    names = _names(scene, [cell for cells in several for cell in cells])
    if scene.layout is None:
        return _in_rows([cell for cells in several for cell in cells], names, shape, letters)
    areas = areas_of(scene.layout, scene.panels)
    height, width = len(scene.layout), len(scene.layout[0])
    divided = [
        rows_of(
            len(cells),
            shape * height / width * len(area.columns) / len(area.rows),
            letters * len(area.columns) / width,
        )
        for cells, area in zip(several, areas, strict=True)
    ]
    down = math.lcm(*(len(rows) for rows in divided))
    across = math.lcm(*(len(rows[0]) for rows in divided))
    cells = [
        replace(cell, area=part)
        for cells, area, rows in zip(several, areas, divided, strict=True)
        for cell, part in zip(cells, _parts(area.times(down, across), rows), strict=True)
    ]
    return Arrangement(height * down, width * across, tuple(cells), names)


def _multiples(scene: Scene, number: int) -> Iterator[Cell]:
    """Yield a panel, or its small multiples."""
    panel = scene.panels[number]
    if panel.each is None:
        yield Cell(panel, number, EVERYWHERE)
        return
    groups = groups_of(scene.runs, panel.each)
    names = names_of(scene.runs)
    alone = all(len(labels) == 1 for labels in groups.values())
    for title, labels in groups.items():
        yield Cell(panel, number, EVERYWHERE, tuple(labels), names[labels[0]] if alone else title)


def _names(scene: Scene, cells: Sequence[Cell]) -> Mapping[str, str]:
    """Return what the runs are called beside the titles of their panels."""
    names, groups = names_of(scene.runs), {run.label: run.group for run in scene.runs}
    together = [[groups[label] for label in cell.labels or groups] for cell in cells]
    if all(len(labels) == 1 for labels in together):
        return {}
    is_told = all(len(set(labels)) == len(labels) for labels in together)
    return groups if is_told and len({*groups.values()}) < len(groups) else names


def _in_rows(
    cells: Sequence[Cell], names: Mapping[str, str], shape: float, letters: float
) -> Arrangement:
    """Return panels side by side, in as many rows as give their places good shapes."""
    rows = rows_of(len(cells), shape, letters)
    # In several rows columns stand below each other.
    alone = len(rows) == 1
    shares = [[cells[number].panel.share if alone else 1 for number in row] for row in rows]
    shares = [[share // math.gcd(*row) for share in row] for row in shares]
    width = math.lcm(*map(sum, shares))
    areas = [
        Area(
            range(index, index + 1),
            range(width * before // sum(row), width * (before + share) // sum(row)),
        )
        for index, row in enumerate(shares)
        for before, share in zip(accumulate(row, initial=0), row, strict=False)
    ]
    placed = (replace(cell, area=area) for cell, area in zip(cells, areas, strict=True))
    return Arrangement(len(rows), width, tuple(placed), names)


def _parts(area: Area, rows: Sequence[range]) -> Iterator[Area]:
    """Yield the parts of an area that is divided into rows of panels, the last maybe not full."""
    high, wide = len(area.rows) // len(rows), len(area.columns) // len(rows[0])
    for index, row in enumerate(rows):
        top = area.rows.start + index * high
        for place in range(len(row)):
            left = area.columns.start + place * wide
            yield Area(range(top, top + high), range(left, left + wide))


def hides(cell: Cell, cells: Sequence[Cell]) -> tuple[bool, bool]:
    """Return whether a small multiple leaves what stands below and beside it to its like there."""
    alike = [it.area for it in cells if it.number == cell.number]
    below = any(
        it.columns == cell.area.columns and it.rows.start >= cell.area.rows.stop for it in alike
    )
    beside = any(
        it.rows == cell.area.rows and it.columns.stop <= cell.area.columns.start for it in alike
    )
    return below, beside
