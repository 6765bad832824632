"""Names at the heads of runs: beside them, in their colours, and never on each other."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.path import Path
from matplotlib.transforms import Bbox, IdentityTransform, TransformedBbox

from visualize.arrays import Array
from visualize.film.motion import Motion
from visualize.film.places import find_places
from visualize.film.stamps import Stamp
from visualize.looks.style import Style
from visualize.panels.panel import Mover

WIDEST_NAME = 0.4
"""Of the panel's width."""
GLIDE = 0.15
"""Seconds that a name takes for a quarter of its way to another side of its head."""
DISPLACED = 1.2
"""Heights beside where it belongs from which on a line leads from a name to its head."""


class Name(Stamp):
    """The name of a run in one panel; it follows the run's head."""

    def __init__(self, motion: Motion, label: str, text: str, style: Style, halo: str) -> None:
        super().__init__(text, halo=halo, color=style.colors[label], zorder=15)
        self.set(fontsize=style.font_size, transform=IdentityTransform(), in_layout=False)
        self.label = label
        self._motion = motion
        self._rows: Array = np.zeros(1)
        self._places: Array | None = None
        self._row = 0.0
        self._away = style.marker * 0.5 + style.font_size * 0.3
        self._margin_right = 0.0
        self._line = style.line * 0.6
        motion.axes.add_artist(self)
        self.set_clip_box(motion.axes.bbox)

    @property
    def away(self) -> float:
        """How far beside its head it belongs, in points."""
        return self._away

    @property
    def head(self) -> Array:
        """Where its head is, in pixels."""
        return self._motion.head(self.label, self._row)

    def make_room(self, width: float) -> None:
        """Let it reach beyond the right end of the axes, by a part of their width."""
        axes = self._motion.axes
        self._margin_right = width
        area = Bbox.from_extents(0, 0, 1 + width, 1)
        self.set_clip_box(TransformedBbox(area, axes.transAxes))
        self.set_in_layout(True)

    def settle(self, rows: Array, places: Array) -> None:
        """Take the places of its middle from some rows on, in parts of the axes: `(rows, 2)`."""
        self._rows, self._places = rows, places

    def move(self, row: float) -> None:
        """Stand at the head of a row."""
        if row != self._row:
            self._row = row
            self.stale = True

    def get_tightbbox(self, renderer: RendererBase | None = None) -> Bbox | None:
        """Return the room beside the axes that it needs; in them it needs none."""
        del renderer
        box = self._motion.axes.bbox
        return Bbox.from_extents(box.x1, box.y0, box.x1 + self._margin_right * box.width, box.y1)

    def get_window_extent(self, renderer: Any = None, dpi: float | None = None) -> Bbox:
        """Return where it is, with the line that leads to it."""
        box = self.box(renderer, dpi)
        line = self._leading(box)
        return box if line is None else Bbox.union([box, Bbox([line.min(0), line.max(0)])])

    def draw(self, renderer: RendererBase) -> None:
        """Draw it, and a line to its head where it stands far off."""
        box = self.box(renderer)
        line = self._leading(box)
        if line is not None and self.get_visible():
            context = renderer.new_gc()
            self._set_gc_clip(context)  # type: ignore[attr-defined]  # every artist has it
            context.set_foreground(self.get_color())
            width: Any = renderer.points_to_pixels(self._line)
            context.set_linewidth(width)
            renderer.draw_path(context, Path(line), IdentityTransform())
            context.restore()
        if isinstance(renderer, RendererAgg) and self.get_visible():
            self.put(renderer, self.get_text(), box.x0, box.y0)
            self.stale = False
        else:
            super().draw(renderer)

    def box(self, renderer: Any = None, dpi: float | None = None) -> Bbox:
        """Return where the text is, and put it there."""
        sides: Any
        if isinstance(renderer, RendererAgg):
            sides = self._sides(renderer, self.get_text())
        else:
            sides = Stamp.get_window_extent(self, renderer, dpi).size
        half, area = np.array(sides) / 2, self.area()
        middle = self.head
        if self._places is not None:
            at = max(int(np.searchsorted(self._rows, self._row, side="right")) - 1, 0)
            middle = self._motion.axes.transAxes.transform(self._places[at])
        low, high = area.min + half, area.max - half
        middle = np.maximum(np.minimum(middle, high), low)
        self._x, self._y = middle[0] - half[0], middle[1] + half[1]
        return Bbox([middle - half, middle + half])

    def area(self) -> Bbox:
        """Return where it may stand."""
        box = self._motion.axes.bbox
        inside = Bbox.from_extents(box.x0, box.y0, box.x1 + self._margin_right * box.width, box.y1)
        return inside.padded(-2 * self._scale())

    def _leading(self, box: Bbox) -> Array | None:
        """Return the ends of the line from the head to the text, where it stands far off."""
        head = self.head
        nearest = np.minimum(np.maximum(head, box.min), box.max)
        distance = float(np.hypot(*(nearest - head)))
        if distance < self._away * self._scale() + DISPLACED * box.height:
            return None
        return np.stack([head, nearest])

    def _scale(self) -> float:
        """Return how many pixels a point has."""
        figure: Any = self.get_figure(root=True)
        return float(figure.dpi) / 72


def settle_names(
    names: Sequence[Name],
    motion: Motion,
    rows: Sequence[float],
    told: Sequence[float],
    per_second: float,
) -> None:
    """Find places for the names of one panel at all frames, which show these rows.

    Names move at the rows that are `told`, as the step counter does: each change costs a GIF, which
    has one box a picture, all that lies between it and what else moves.
    """
    shown, stays = np.unique(rows, return_counts=True)
    heads = np.stack([[motion.head(name.label, row) for name in names] for row in shown])
    figure: Any = names[0].get_figure(root=True)
    scale = figure.dpi / 72
    sizes = np.array([Stamp.get_window_extent(name).size for name in names])
    places = find_places(
        heads,
        stays.astype(float),
        np.isin(shown, told),
        sizes,
        names[0].area(),
        names[0].away * scale,
        motion.marks,
        glide=max(round(GLIDE * per_second), 1),
    )
    inside = motion.axes.transAxes.inverted()
    for index, name in enumerate(names):
        name.settle(shown, inside.transform(places[:, index]))


def movers_of(names: Sequence[Name]) -> list[Mover]:
    """Return what moves the names."""
    return [Mover((name,), name.move, "axes") for name in names]
