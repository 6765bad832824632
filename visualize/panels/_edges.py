"""What is seen of runs that leave the picture: they end at its edge, with an arrow."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from visualize.arrays import Array
from visualize.declare.settings import Range
from visualize.looks.style import Style
from visualize.panels._trails import MOST_TRAILS
from visualize.panels.panel import Mover

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D

INSIDE = np.array([0.03, 0.06])
"""How far from the edge a run ends, as a part of the width and height: the arrow has its place."""
FARTHEST = 1e6
"""Widths of the picture that a step out of it is followed at most, so that its way is a number."""
BASE, TIP, HALF_WIDTH = 0.36, 1.0, 0.42
"""Of the arrow, as parts of its size, beside the middle of the head that it goes on from."""
SIZE = 2.9
"""Of the arrow and its way from the middle of the head, as heads are wide."""


@dataclass(frozen=True)
class Exit:
    """Where a start of a run leaves the picture for good."""

    label: str
    row: int
    """From which on it is gone."""
    place: Array
    """Where it is seen last, and stays: `(2,)`."""
    way: Array
    """From there to where it is at that row: `(2,)`."""


def cut_at_edges(
    series: Mapping[str, Array], limits: tuple[Range, Range]
) -> tuple[dict[str, Array], list[Exit]]:
    """Return runs, `(rows, starts, 2)`, that stay at the edge where they leave, and the exits.

    That is for those that do not come back: their steps, from far on one side to far on the other,
    would go all over the picture. Of many starts only heads are seen, which are left alone.
    """
    low, high = np.transpose(limits)
    cut, exits = {}, []
    for label, places in series.items():
        seen = places.copy()
        for start in range(places.shape[1] if places.shape[1] <= MOST_TRAILS else 0):
            found = _exit(label, places[:, start], low, high)
            if found is not None:
                seen[found.row :, start] = found.place
                exits.append(found)
        cut[label] = seen
    return cut, exits


def draw_arrows(axes: "Axes", exits: list[Exit], style: Style) -> list[Mover]:
    """Draw an arrow where each run has left, pointing to where it went, and return its mover."""
    return [Mover((arrow.line,), arrow.move, "artist") for arrow in _arrows(axes, exits, style)]


def _arrows(axes: "Axes", exits: list[Exit], style: Style) -> "list[_Arrow]":
    from matplotlib.lines import Line2D

    arrows = []
    for found in exits:
        line = Line2D(
            *found.place[:, np.newaxis],
            color=style.colors[found.label],
            linestyle="",
            markersize=style.marker * SIZE,
            markeredgewidth=0,
            visible=False,
            zorder=13,
        )
        axes.add_line(line)
        arrows.append(_Arrow(axes, line, found))
    return arrows


class _Arrow:
    """An arrow at the edge of axes, seen from a row on."""

    def __init__(self, axes: "Axes", line: "Line2D", found: Exit) -> None:
        """It points nowhere yet: how wide axes are is known when they are laid out."""
        self.line = line
        self._axes = axes
        self._exit = found
        self._angle: float | None = None

    def move(self, row: float) -> None:
        """Show it from the row on at which the run is gone."""
        gone = row >= self._exit.row
        if gone != self.line.get_visible():
            self.line.set_visible(gone)
        to_pixels = self._axes.transData.transform
        x, y = to_pixels(self._exit.place + self._exit.way) - to_pixels(self._exit.place)
        angle = float(np.arctan2(y, x))
        if gone and angle != self._angle:
            self._angle = angle
            self.line.set_marker(arrow_head(angle))


def arrow_head(angle: float) -> Any:
    """Return the marker that is an arrow's head: beside the middle, in a direction."""
    from matplotlib.markers import MarkerStyle
    from matplotlib.path import Path
    from matplotlib.transforms import Affine2D

    corners = [(TIP, 0), (BASE, HALF_WIDTH), (BASE, -HALF_WIDTH), (TIP, 0)]
    return MarkerStyle(Path(corners, closed=True), transform=Affine2D().rotate(angle))


def _exit(label: str, path: Array, low: Array, high: Array) -> Exit | None:
    """Return where a path `(rows, 2)` leaves a box for good, if it does."""
    width = high - low
    with np.errstate(all="ignore"):
        near = np.clip(path, low - FARTHEST * width, high + FARTHEST * width)
        within = ((path >= low) & (path <= high)).all(axis=1)
    known = np.flatnonzero(~np.isnan(path).any(axis=1))
    if not within.any() or not len(known):
        return None
    last = int(np.flatnonzero(within)[-1])
    if known[-1] <= last:
        return None  # it ends inside, or is lost there
    after = int(known[np.searchsorted(known, last + 1)])
    here, way = near[last], near[after] - near[last]
    # How far along the way each side is met, a little inside of the edge.
    edges = np.where(way > 0, high - INSIDE * width, low + INSIDE * width) - here
    with np.errstate(over="ignore"):  # across a way that hardly leads there a side is never met
        parts = np.where(way != 0, edges / np.where(way != 0, way, 1.0), np.inf)
    place = here + max(0.0, min(1.0, float(parts.min()))) * way
    return Exit(label, after, place, near[after] - place)
