"""Texts that point at places in a panel, for some of its steps."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.path import Path
from matplotlib.transforms import Affine2D, Bbox, IdentityTransform

from visualize.arrays import Array
from visualize.film.arrangement import Cell
from visualize.film.motion import Motion, dense
from visualize.film.stamps import Stamp
from visualize.film.texts import in_lines, settle_formulas
from visualize.looks.lettering import lettered
from visualize.looks.style import Style
from visualize.panels.panel import Mover, Panel, View
from visualize.scene.annotation import Annotation
from visualize.scene.scene import Scene
from visualize.text import counted, shown

Where = Callable[[float], tuple[float, float]]
"""The place in the axes at a row of the history."""
DISTANCES = (1.0, 2.2, 3.8, 6.0)
"""Letters between a place and the text that points at it, the best first."""
DIRECTIONS = ((1, 1), (-1, 1), (1, -1), (-1, -1), (0, 1), (0, -1), (1, 0), (-1, 0))
ON_A_TRAIL, ON_A_TEXT, FARTHER = 1.0, 100.0, 5.0
"""What it costs to cover a letter's width of a trail, to lie on another text or on the place, and
to stand one distance farther off."""
EDGE = 1.0
"""Pixels beyond the axes at which a place counts as within them."""
WIDEST = 0.4
"""Of the axes."""


class Callout(Stamp):
    """A text in axes, a ring around the place that it is about, and a line between them."""

    def __init__(self, axes: Axes, text: str, annotation: Annotation, where: Where, style: Style):
        """It hangs at its place, and stands beside it as soon as axes are laid out."""
        theme = style.theme
        super().__init__(text, halo=style.halo or theme.background, color=theme.ink, zorder=14)
        self.set(fontsize=style.numbers, in_layout=False, transform=IdentityTransform())
        self.annotation = annotation
        self._panel = axes
        self._where = where
        self._radius = style.marker * 0.75
        self._width = style.line * 0.6
        self._place = where(0)
        self._offset = np.zeros(2)
        axes.add_artist(self)
        self.set_clip_box(axes.bbox)

    def is_seen_in(self, steps: int) -> bool:
        """Return whether its place is ever within the axes, which have theirs; go there first."""
        first, until = self.annotation.from_step, self.annotation.until_step
        for row in range(first, min(steps, steps if until is None else until) + 1):
            self._place = self._where(row)
            if self._is_inside():
                return True
        return first > steps  # that is another thing

    def _is_inside(self) -> bool:
        return bool(self._panel.bbox.padded(EDGE).contains(*self._at()))

    def stand_beside(self, motion: Motion | None, others: Sequence[Bbox]) -> Bbox:
        """Find where it covers little, and stand there; return where that is."""
        size = self.size()
        scale = self._scale()
        letter = float(self.get_fontsize()) * scale
        lines = [] if motion is None else [dense(it, letter) for it in motion.trails]
        trails = np.concatenate([np.zeros((0, 2)), *lines])
        place = self._at()
        boxes = [
            (box, FARTHER * index)
            for index, distance in enumerate(DISTANCES)
            for box in self._around(place, size, distance * letter)
        ]

        def cost(candidate: tuple[Bbox, float]) -> float:
            box, far = candidate
            near = box.padded(letter / 2)
            inside = ((trails > near.min) & (trails < near.max)).all(axis=1)
            on_texts = sum(near.overlaps(it) for it in others) + near.contains(*place)
            return far + ON_A_TRAIL * float(inside.sum()) + ON_A_TEXT * on_texts

        box, _ = min(boxes, key=cost)
        self._offset = (np.array([box.x0, box.y1]) - place) / scale
        return box

    def move(self, row: float) -> None:
        """Be where its place is at a row, if it is shown there."""
        until = self.annotation.until_step
        shown = row >= self.annotation.from_step and (until is None or row < until + 1)
        place = self._where(row)
        if place != self._place:
            self._place = place
            self.stale = True
        shown = shown and self._is_inside()
        if shown != self.get_visible():
            self.set_visible(shown)

    def size(self, renderer: Any = None) -> tuple[float, float]:
        """Return how wide and how high the text is, in pixels."""
        if isinstance(renderer, RendererAgg):
            return self._sides(renderer, self.get_text())
        extent = super().get_window_extent(renderer)
        return extent.width, extent.height

    def get_window_extent(self, renderer: Any = None, dpi: float | None = None) -> Bbox:
        """Return where it is, ring and line included."""
        del dpi
        around = Bbox([self._at(), self._at()]).padded((self._radius + self._width) * self._scale())
        return Bbox.union([self._box(renderer), around])

    def draw(self, renderer: RendererBase) -> None:
        """Draw ring, line and text."""
        if self.get_visible():
            self._draw_pointer(renderer)
            box = self._box(renderer)
            if isinstance(renderer, RendererAgg):
                self.put(renderer, self.get_text(), box.x0, box.y0)
            else:
                self._x, self._y = box.x0, box.y1
                super().draw(renderer)
        self.stale = False

    def _draw_pointer(self, renderer: RendererBase) -> None:
        place, box, radius = self._at(), self._box(renderer), self._radius * self._scale()
        context = renderer.new_gc()
        self._set_gc_clip(context)  # type: ignore[attr-defined]  # every artist has it
        context.set_foreground(self.get_color())
        context.set_linewidth(self._width * self._scale())
        ring = Affine2D().scale(radius).translate(*place)
        renderer.draw_path(context, Path.unit_circle(), ring)
        end = np.clip(place, box.min, box.max)
        way = end - place
        length = float(np.hypot(*way))
        if length > radius:
            line = Path([place + way * radius / length, end])
            renderer.draw_path(context, line, IdentityTransform())
        context.restore()

    def _around(self, place: Array, size: tuple[float, float], away: float) -> list[Bbox]:
        """Return where the text may stand, so far from a place, and within the axes."""
        low, high = self._panel.bbox.padded(-self._radius * self._scale()).get_points()
        boxes = []
        for direction in np.array(DIRECTIONS):
            corner = place + direction * away / np.hypot(*direction)
            corner = corner + (direction - 1) / 2 * size
            corner = np.clip(corner, low, np.maximum(high - size, low))
            boxes.append(Bbox.from_bounds(corner[0], corner[1], *size))
        return boxes

    def _box(self, renderer: Any = None) -> Bbox:
        """Return where the text is."""
        left, top = self._at() + self._offset * self._scale()
        width, height = self.size(renderer)
        return Bbox.from_bounds(left, top - height, width, height)

    def _at(self) -> Array:
        """Return where its place is, in pixels."""
        return np.asarray(self._panel.transData.transform(self._place))

    def _scale(self) -> float:
        """Return how many pixels a point has."""
        figure: Any = self.get_figure(root=True)
        return float(figure.dpi) / 72


def callouts_of(
    scene: Scene, cells: Sequence[Cell], panels: Sequence[Axes], views: Sequence[View], style: Style
) -> tuple[list[Callout], list[str]]:
    """Add the scene's annotations to the first panel that has their places.

    Returns them, and a sentence about each that is not to be seen.
    """
    callouts, remarks = [], []
    for annotation in () if style.is_small else scene.annotations:
        at = annotation.at
        told = f"the annotation {shown(annotation.text)}"
        places = (
            (partial(_place, cell.panel, view, at), axes)
            for cell, axes, view in zip(cells, panels, views, strict=True)
            if cell.panel.place_of(view, at, 0) is not None
        )
        where, axes = next(places, (None, None))
        if where is None or axes is None:
            words = "x alone is a place on a curve; write at: [x, y]"
            remarks.append(f"{told} has no place in the panels: {words}")
            continue
        callout = Callout(axes, lettered(annotation.text), annotation, where, style)
        settle_formulas([callout])
        callout.set_text(in_lines(callout, callout.get_text(), WIDEST * axes.bbox.width))
        callouts.append(callout)
        if annotation.from_step > scene.steps:
            remarks.append(f"{told} is never shown: there are {counted(scene.steps, 'step')}")
    return callouts, remarks


def _place(panel: Panel, view: View, at: tuple[float, ...], row: float) -> tuple[float, float]:
    return panel.place_of(view, at, row) or (np.nan, np.nan)


def movers_of(callouts: Sequence[Callout]) -> list[Mover]:
    """Return what shows the callouts at their steps."""
    return [Mover((callout,), callout.move, "artist") for callout in callouts]
