"""Names at the heads of runs: beside them, in their colours, and never on each other."""

from bisect import bisect_right
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.path import Path
from matplotlib.transforms import Bbox, IdentityTransform, TransformedBbox
from numpy.typing import NDArray

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
"""Lines of text beside where it belongs from which on a line leads from a name to its head."""
LINE_HEIGHT = 1.2
"""Of letters."""


class Name(Stamp):
    """The name of a run in one panel; it follows the run's head."""

    def __init__(self, motion: Motion, label: str, text: str, style: Style, halo: str) -> None:
        color = style.name_color_of(label) if motion.has_run_colors else style.theme.ink
        super().__init__(text, halo=halo, color=color, zorder=15)
        self.set(fontsize=style.font_size, transform=IdentityTransform(), in_layout=False)
        self.label = label
        self.motion = motion
        """Of the panel that it stands in."""
        self._rows, self._ways = np.zeros(1), np.zeros((1, 2, 2))
        self._leads: NDArray[np.bool_] = np.zeros(1, dtype=bool)
        self.gone: NDArray[np.bool_] = np.zeros(1, dtype=bool)
        """At which of the rows where it moves its head is out of sight, and so is it."""
        self._at = 0
        self._away = style.marker * 0.5 + style.font_size * 0.3
        self._room = 0.0
        self._line = style.line * 0.75
        motion.axes.add_artist(self)
        self._clip()

    @property
    def away(self) -> float:
        """How far beside its head it belongs, in points."""
        return self._away

    def make_room(self, width: float) -> None:
        """Let it reach beyond the right end of the axes, by so many pixels of the figure."""
        self._room = width
        self._clip()
        self.set_in_layout(True)

    def settle(self, rows: Array, ways: Array, leads: NDArray[np.bool_]) -> None:
        """Take where its middle and its head are from some rows on: `(rows, 2, 2)`.

        Both are in parts of the axes, which have their place. `leads` says whether a line leads
        from one to the other.
        """
        self._rows, self._ways, self._leads = rows, ways, leads
        self._clip()

    def _clip(self) -> None:
        """Let nothing of it be seen beyond the axes and its room beside them."""
        axes = self.motion.axes
        area = Bbox.from_extents(0, 0, 1 + self._room / axes.bbox.width, 1)
        self.set_clip_box(TransformedBbox(area, axes.transAxes) if self._room else axes.bbox)

    def move(self, row: float) -> None:
        """Stand at the head of a row."""
        at = max(bisect_right(self._rows, row) - 1, 0)
        if at != self._at:
            self._at = at
            self.stale = True
            self.set_visible(not self.gone[min(at, len(self.gone) - 1)])

    def get_tightbbox(self, renderer: RendererBase | None = None) -> Bbox | None:
        """Return the room beside the axes that it needs; in them it needs none."""
        del renderer
        box = self.motion.axes.bbox
        return Bbox.from_extents(box.x1, box.y0, box.x1 + self._room, box.y1)

    def get_window_extent(self, renderer: Any = None, dpi: float | None = None) -> Bbox:
        """Return where it is, with the line that leads to it."""
        box, line = self._placed(renderer, dpi)
        return box if line is None else Bbox.union([box, Bbox([line.min(0), line.max(0)])])

    def draw(self, renderer: RendererBase) -> None:
        """Draw it, and a line to its head where it stands far off."""
        box, line = self._placed(renderer)
        if line is not None and self.get_visible():
            context = renderer.new_gc()
            self._set_gc_clip(context)  # type: ignore[attr-defined]  # every artist has it
            context.set_foreground(self.get_color())
            context.set_linewidth(self._line)
            renderer.draw_path(context, Path(line), IdentityTransform())
            context.restore()
        if isinstance(renderer, RendererAgg) and self.get_visible():
            self.put(renderer, self.get_text(), box.x0, box.y0)
            self.stale = False
        else:
            super().draw(renderer)

    def size(self, renderer: Any = None, dpi: float | None = None) -> tuple[float, float]:
        """Return how wide and how high the text is, in pixels."""
        if isinstance(renderer, RendererAgg):
            return self._sides(renderer, self.get_text())
        extent = super().get_window_extent(renderer, dpi)
        return extent.width, extent.height

    def box(self, renderer: Any = None) -> Bbox:
        """Return where the text is."""
        return self._placed(renderer)[0]

    def everywhere(self, step: float) -> NDArray[Any]:
        """Return places no farther apart than a step wherever it ever is: `(places, 2)`."""
        middles = self.motion.axes.transAxes.transform(np.unique(self._ways[:, 0], axis=0))
        across, up = (
            np.linspace(-side / 2, side / 2, int(2 * side / step) + 2) for side in self.size()
        )
        inside = np.stack(np.meshgrid(across, up), axis=-1).reshape(-1, 2)
        return (middles[:, np.newaxis] + inside).reshape(-1, 2)

    def _placed(
        self, renderer: Any = None, dpi: float | None = None
    ) -> tuple[Bbox, NDArray[Any] | None]:
        """Put the text where it belongs; return where that is, and the line to its head, if any."""
        (x, y), head = self.motion.axes.transAxes.transform(self._ways[self._at])
        width, height = self.size(renderer, dpi)
        box = Bbox.from_bounds(x - width / 2, y - height / 2, width, height)
        self._x, self._y = box.x0, box.y1
        if not self._leads[self._at]:
            return box, None
        return box, np.stack([head, np.clip(head, box.min, box.max)])

    def area(self) -> Bbox:
        """Return where it may stand."""
        box = self.motion.axes.bbox
        inside = Bbox.from_extents(box.x0, box.y0, box.x1 + self._room, box.y1)
        return inside.padded(-2 * self._scale())

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
    heads = motion.heads(shown)
    figure: Any = names[0].get_figure(root=True)
    scale = figure.dpi / 72
    away = names[0].away * scale
    sizes = np.array([name.size() for name in names])
    places = find_places(
        heads,
        stays.astype(float),
        np.isin(shown, told),
        sizes,
        names[0].area(),
        away,
        motion.marks,
        motion.nearby(shown),
        glide=max(round(GLIDE * per_second), 1),
    )
    off = np.maximum(
        np.abs(places[:, :, np.newaxis] - heads[:, np.newaxis]) - sizes[:, np.newaxis] / 2, 0
    )
    distances = np.hypot(*np.moveaxis(off, -1, 0))
    own = np.diagonal(distances, axis1=1, axis2=2)
    line = LINE_HEIGHT * float(names[0].get_fontsize()) * scale
    # Also where it stands nearer to another head.
    leads = (own > away + DISPLACED * line) | (own > np.maximum(distances.min(axis=2), away))
    ways = np.stack([places, heads], axis=2)
    inside = motion.axes.transAxes.inverted()
    for index, name in enumerate(names):
        parts = inside.transform(ways[:, index].reshape(-1, 2)).reshape(-1, 2, 2)
        name.settle(shown, parts, leads[:, index])
    if motion.moves:
        for name, gone in zip(names, motion.are_outside(shown).T, strict=True):
            name.gone = gone


def movers_of(names: Sequence[Name]) -> list[Mover]:
    """Return what moves the names."""
    return [Mover((name,), name.move, "axes") for name in names]
