"""How the panels share the space that is left for them."""

import math
import warnings
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.transforms import Bbox

from visualize.arrays import Array
from visualize.looks.style import Style

PLACES = 9
"""Decimal places to which it is said where axes are, in parts of the figure."""
BEST_SHAPE = 1.2
"""A panel's place is best so many times as wide as high: names and numbers stand beside it."""
LEAST = 0.3
"""Of its part of the picture, that axes have at least, where what is beside them has no room."""
BESIDE, BELOW, HEAD = 4.6, 3.3, 4.4
"""What stands beside and below each of the axes, and above all, in letters, mostly."""
NARROW, LOW = 9.0, 4.0
"""Letters: less wide, or high, axes had better not be."""
UNEVEN = 0.5
"""Rows of different panels are as bad as a shape this much off, as a logarithm."""


def rows_of(count: int, shape: float, letters: float = math.inf) -> list[range]:
    """Return which of so many panels stand side by side, in a figure that is as wide as high
    times `shape`, and as wide as so many `letters`.

    Their places have good shapes, and none is empty; axes have room for numbers if they can.

    >>> rows_of(3, 16 / 9), rows_of(3, 1)
    ([range(0, 3)], [range(0, 2), range(2, 3)])
    >>> rows_of(8, 5), rows_of(8, 5, letters=98)
    ([range(0, 8)], [range(0, 4), range(4, 8)])
    """

    def badness(rows: list[range]) -> float:
        shapes = [(shape * len(rows) / len(row), len(row)) for row in rows]
        off = sum(abs(math.log(it / BEST_SHAPE)) * panels for it, panels in shapes) / count
        return off + UNEVEN * (len(set(map(len, rows))) > 1) + too_small(rows)

    def too_small(rows: list[range]) -> float:
        width = (letters - 1.5) / max(map(len, rows)) - BESIDE
        height = (letters / shape - HEAD) / len(rows) - BELOW
        pairs = ((NARROW, width), (LOW, height))
        return sum(math.log(least / max(it, 1.0)) for least, it in pairs if it < least)

    return min((_in_rows(count, columns) for columns in range(count, 0, -1)), key=badness)


def _in_rows(count: int, columns: int) -> list[range]:
    return [range(first, min(first + columns, count)) for first in range(0, count, columns)]


def lay_out(figure: Figure | SubFigure, panels: Sequence[Axes], area: Bbox, gap: float) -> bool:
    """Put panels into the cells of their grid so that all that stands beside them has its space.

    `area` is the grid's, and `gap` is shared out between its columns, and between its rows; both
    are parts of the figure. Whatever else is in the figure stays where it is. Axes without axis
    lines and numbers fill all that is free around them. Returns whether there is room for all.
    """
    has_all = _lay_out_in_lines(figure, panels, area, gap)
    if not has_all:
        has_all = _lay_out_each(figure, panels, area, gap)
    _fill(figure, [axes for axes in panels if not axes.axison], panels, area, gap)
    return has_all


def _lay_out_each(
    figure: Figure | SubFigure, panels: Sequence[Axes], area: Bbox, gap: float
) -> bool:
    """Put each panel into its part of an even grid, whatever those beside it need.

    What stands beside one that would be very small is left out; returns whether nothing is.
    """
    has_all = True
    for axes in panels:
        place = axes.get_subplotspec()
        if place is None:
            continue
        part = _part_of(place, area, gap)
        least = LEAST * np.asarray(part.size)
        for leave_out in (_leave_out_names, _leave_out_numbers, None):
            around = _around(figure, axes)
            low, high = part.min + around[0], part.max - around[1]
            short = np.maximum(least - (high - low), 0)
            if not short.any() or leave_out is None:
                break
            has_all = False
            leave_out(axes, short > 0)
        share = around / np.maximum(around.sum(axis=0), 1e-9)
        _put(axes, np.stack([low - short * share[0], high + short * share[1]]))
    return has_all


def _leave_out_names(axes: Axes, sides: Array) -> None:
    """Leave out the names of both axes, and those beside axes that would be too narrow: `(2,)`."""
    for axis in (axes.yaxis, axes.xaxis):
        axis.label.set_visible(False)
    for text in axes.texts if sides[0] else ():
        text.set_visible(text.get_visible() and text.get_clip_on())


def _leave_out_numbers(axes: Axes, sides: Array) -> None:
    """Leave out the numbers beside axes that would be too narrow, or below low ones: `(2,)`."""
    if sides[0]:
        axes.tick_params(axis="y", which="both", labelleft=False)
    if sides[1]:
        axes.tick_params(axis="x", which="both", labelbottom=False)


def _part_of(place: Any, area: Bbox, gap: float) -> Bbox:
    """Return which part of an area an even grid has there, without half a gap on inner sides."""
    grid = place.get_gridspec()
    across = np.array([place.colspan.start, place.colspan.stop]) / grid.ncols
    up = 1 - np.array([place.rowspan.stop, place.rowspan.start]) / grid.nrows
    parts = np.stack([across, up], axis=1)
    inner = (parts > 0) & (parts < 1)
    return Bbox(
        area.min
        + parts * np.asarray(area.size)
        + np.where(inner, [[gap / 2] * 2, [-gap / 2] * 2], 0)
    )


def _put(axes: Axes, place: Array) -> None:
    is_laid_out = axes.get_in_layout()
    # The solver's last digits differ from one layout to the next.
    axes.set_position(Bbox(np.round(place, PLACES)), which="original")
    axes.set_in_layout(is_laid_out)


def _around(figure: Figure | SubFigure, axes: Axes) -> Array:
    """Return how much stands to the left of axes and below, and beyond, as parts of the figure."""
    box, outer = axes.bbox, axes.get_tightbbox() or axes.bbox
    corners, beyond = np.asarray(box.get_points()), np.asarray(outer.get_points())
    around = np.stack([corners[0] - beyond[0], beyond[1] - corners[1]])
    sides = np.array([figure.bbox.width, figure.bbox.height])
    return np.asarray(np.maximum(around, 0) / sides)


def _fill(
    figure: Figure | SubFigure,
    growing: Sequence[Axes],
    panels: Sequence[Axes],
    area: Bbox,
    gap: float,
) -> None:
    """Let axes grow in their part of the picture as far as others, and what is theirs, allow."""
    places = {axes: axes.get_position(original=True) for axes in panels}
    around = {axes: _around(figure, axes) for axes in (panels if growing else ())}
    for axes in growing:
        box = places[axes]
        low, high = area.min + around[axes][0], area.max - around[axes][1]
        for other, its in places.items():
            # Two that grow meet in the middle.
            share = 0.5 if other in growing else 1.0
            before, beyond = around[other]
            for side in (0, 1):
                along = 1 - side
                if its.min[along] >= box.max[along] or its.max[along] <= box.min[along]:
                    continue
                if its.min[side] >= box.max[side]:
                    free = its.min[side] - before[side] - gap - around[axes][1, side]
                    reach = box.max[side] + max(free - box.max[side], 0) * share
                    high[side] = min(high[side], reach)
                elif its.max[side] <= box.min[side]:
                    free = its.max[side] + beyond[side] + gap + around[axes][0, side]
                    reach = box.min[side] - max(box.min[side] - free, 0) * share
                    low[side] = max(low[side], reach)
        _put(axes, np.stack([np.minimum(low, box.min), np.maximum(high, box.max)]))


def _lay_out_in_lines(
    figure: Figure | SubFigure, panels: Sequence[Axes], area: Bbox, gap: float
) -> bool:
    """Lay panels out so that they begin and end in lines; return whether there is room for it."""
    whole: Any = figure
    if isinstance(figure, SubFigure) or figure.axes != panels:
        whole = _Whole(figure, panels)
        for axes in panels:
            axes.set_in_layout(True)
    root = figure.get_figure(root=True)
    room = (figure.transSubfigure - figure.transFigure).transform_bbox(area)
    cells = [axes.get_subplotspec() for axes in panels]
    grids: set[Any] = {cell.get_gridspec() for cell in cells if cell is not None}
    # The engine shares out gaps between all columns of a grid; a panel may have several.
    columns = max((grid.ncols for grid in grids), default=1)
    beside = max(Counter(cell.rowspan.start for cell in cells if cell is not None).values())
    engine = ConstrainedLayoutEngine(
        rect=room.bounds,
        w_pad=0,
        h_pad=0,
        wspace=gap * columns / beside * figure.bbox.width / root.bbox.width,
        hspace=gap * figure.bbox.height / root.bbox.height,
    )
    for grid in grids:
        grid.figure = whole
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", UserWarning)  # a thumbnail has no space for labels
        engine.execute(whole)
    for grid in grids:
        grid.figure = figure
    for axes in panels:
        axes.set_in_layout(True)
        _put(axes, axes.get_position(original=True).get_points())
    if whole is not figure:
        for axes in panels:
            axes.set_in_layout(False)  # the engine of the figure, if it has one, leaves them alone
    return not any("collapsed" in str(it.message) for it in caught)


class _Whole:
    """A part of a figure, with some of the axes in it, as the engine sees a figure."""

    subfigs = legends = ()
    _suptitle = _supxlabel = _supylabel = None

    def __init__(self, figure: Figure | SubFigure, panels: Sequence[Axes]) -> None:
        root = figure.get_figure(root=True)
        self.axes = self._localaxes = list(panels)
        self.transFigure = figure.transFigure
        self.transSubfigure = figure.transSubfigure
        self.get_size_inches = root.get_size_inches
        self._get_renderer = root._get_renderer  # type: ignore[attr-defined]  # noqa: SLF001

    def get_axes(self) -> list[Axes]:
        return self.axes


def expected_shape(axes: Axes, style: Style) -> float:
    """Return about how wide axes will be as a part of their height, before they are laid out."""
    figure: Any = axes.get_figure()
    place = axes.get_subplotspec()
    letter = style.font_size / 72 * figure.dpi
    columns = rows = 1.0
    if place is not None:
        grid = place.get_gridspec()
        columns, rows = grid.ncols / len(place.colspan), grid.nrows / len(place.rowspan)
    width = (figure.bbox.width - 1.5 * letter) / columns - BESIDE * letter
    height = (figure.bbox.height - HEAD * letter) / rows - BELOW * letter
    return float(min(max(max(width, letter) / max(height, letter), 0.1), 10.0))
