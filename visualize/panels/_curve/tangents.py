"""The tangent to a graph at the head of each run."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from visualize.arrays import Array
from visualize.looks.style import Style
from visualize.panels._trails import MOST_TRAILS, at_row
from visualize.panels.panel import Mover

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D

LENGTH = 0.22
"""Of a tangent, as a part of the diagonal of the axes."""
MOST_ROWS = 100
"""At which it is said beforehand where they will be."""
NEAR = 1e-4
"""How far to both sides the graph tells its slope, as a part of the width."""


def draw_tangents(
    axes: "Axes", series: Mapping[str, Array], graph: tuple[Array, Array], style: Style
) -> list[Mover]:
    """Draw the tangents of runs, `(rows, starts, 2)`, to a graph, and return what moves them."""
    from matplotlib.lines import Line2D

    tangents = []
    for label, places in series.items():
        if places.shape[1] > MOST_TRAILS:
            continue
        line = Line2D([], [], color=style.colors[label], linewidth=style.line * 0.9, zorder=9.5)
        line.set(alpha=0.6, solid_capstyle="round")
        axes.add_line(line)
        tangent = _Tangent(axes, line, places, graph)
        every = -(-len(places) // MOST_ROWS)
        # Where it will be, for what looks for a place where nothing is.
        line.set_data(
            *np.concatenate([tangent.ends(row) for row in range(0, len(places), every)]).T
        )
        tangents.append(tangent)
    return [Mover((it.line,), it.move, "artist") for it in tangents]


class _Tangent:
    """Tangents of all starts of a run, each of one length in the picture."""

    def __init__(
        self, axes: "Axes", line: "Line2D", places: Array, graph: tuple[Array, Array]
    ) -> None:
        self.line = line
        self._axes, self._places, self._graph = axes, places, graph

    def move(self, row: float) -> None:
        """Touch the graph where the heads are at a row."""
        self.line.set_data(*self.ends(row).T)

    def ends(self, row: float) -> Array:
        """Return both ends, and a gap, for each start; those outside of the view have none."""
        low, high = self._axes.get_xlim()
        bottom, top = self._axes.get_ylim()
        x = at_row(self._places, row)[:, 0]
        near = NEAR * (high - low)
        before, y, after = (np.interp(it, *self._graph) for it in (x - near, x, x + near))
        # In parts of the picture's diagonal, to the right and up.
        width, height = self._axes.bbox.width, self._axes.bbox.height
        scale = np.array([width / (high - low), height / (top - bottom)]) / np.hypot(width, height)
        way = np.stack([np.full_like(x, 2 * near), after - before], axis=1)
        length = np.hypot(*(way * scale).T)
        half = way * (LENGTH / 2 / length)[:, np.newaxis]
        places = np.stack([x, y], axis=1)
        inside = (x >= low) & (x <= high) & (y >= bottom) & (y <= top)
        places[~inside] = np.nan
        ends = np.stack([places - half, places + half, np.full_like(places, np.nan)], axis=1)
        return ends.reshape(-1, 2)
