"""The canvas of a film: what stands still is drawn once, and what moves over it."""

import itertools
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.lines import Line2D
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from visualize.formats import Box, Picture
from visualize.themes import DOTS_PER_INCH

FEW = 4
"""Moving artists up to which it pays to find out where they are; more are everywhere."""
MARGIN = 4
"""Pixels around an artist, as wide as its lines are, that it may draw on."""


class Canvas(FigureCanvasAgg):
    """Draws what stands still once, and over a copy of it what moves.

    What moves in axes is drawn in its order; the first of it that have not changed for two
    pictures, like the finished pieces of a trail, are added to what stands still. What stands
    aside of all axes is drawn only where it changes.
    """

    moving: Sequence[Artist] = ()
    """In the order of their zorder."""
    aside: Sequence[Text] = ()
    """Above all others, and apart from them."""
    touched: Box | None = None
    """Rows and columns outside of which the last picture is as the one before, if that is known."""
    _blank: Any = None
    """Without anything that moves."""
    _still: Any = None
    """With the first `_added` of what moves."""
    _drawn: Bbox | None = None
    """A box around what has been drawn over it, in pixels, if that is known."""
    _texts: dict[Text, Bbox]
    """Where each text aside has been drawn."""
    _added = 0
    _unchanged = 0
    """How many of the first did not change in the last picture."""
    _current = False
    """Whether the pixels are those of the last picture."""

    def draw(self) -> None:
        """Bring the pixels up to date; they are those that `savefig` would make."""
        if self._blank is None:
            self._draw_blank()
        if not self._current:
            self._pixels()[:] = self._still
            self._texts = {}
        changed = (index for index, artist in enumerate(self.moving) if artist.stale)
        unchanged = next(changed, len(self.moving))
        boxes = []
        if not self._current or unchanged < len(self.moving):
            boxes += self._draw_changed(unchanged)
        for text in self.aside:
            if text.stale or text not in self._texts:
                boxes += self._draw_aside(text)
        if self._overlap():
            self.moving, self.aside = [*self.moving, *self.aside], ()
            self._forget()
            self.draw()
            return
        self.touched = self._around(boxes) if self._current else None
        self._current = True

    def _draw_changed(self, unchanged: int) -> list[Bbox]:
        """Draw what moves in axes anew; return boxes around all that may have changed."""
        if unchanged < self._added:
            self._still, self._added, self._drawn = self._blank, 0, None
        steady = min(unchanged, self._unchanged)
        if steady > self._added:
            box = self._restore([self._axes()])
            self._draw_moving(self._added, steady)
            self._still = self._still.copy()
            self._still[box] = self._pixels()[box]
            self._added = steady
        before, self._drawn = self._drawn, self._extent(self.moving[self._added :])
        inside = self._axes()
        parts = [Bbox.intersection(box or inside, inside) for box in (before, self._drawn)]
        boxes = [box for box in parts if box is not None]
        self._restore(boxes)
        self._draw_moving(self._added, len(self.moving))
        self._unchanged = unchanged
        return boxes

    def _draw_aside(self, text: Text) -> list[Bbox]:
        """Draw a text anew; return boxes around where it was and is."""
        now = text.get_window_extent(self.get_renderer()).padded(MARGIN)
        boxes = [self._texts.get(text, now), now]
        self._restore(boxes)
        text.draw(self.get_renderer())
        text.stale = False
        self._texts[text] = now
        return boxes

    def _overlap(self) -> bool:
        """Whether texts are not aside of the axes, or of each other."""
        boxes = [*self._texts.values(), *([self._axes()] if self._texts else [])]
        return any(one.overlaps(other) for one, other in itertools.combinations(boxes, 2))

    def _axes(self) -> Bbox:
        """Return a box around all axes: what moves in them is clipped to it."""
        if any(artist.axes is None for artist in self.moving):
            return Bbox(self.figure.bbox)
        return Bbox.union([axes.bbox.padded(1) for axes in self.figure.axes])

    def _restore(self, boxes: Sequence[Bbox]) -> Box:
        """Let what stands still be seen in a box around the boxes, and return it."""
        box = self._around(boxes)
        self._pixels()[box] = self._still[box]
        return box

    def _pixels(self) -> Picture:
        return np.asarray(self.buffer_rgba())

    def _draw_blank(self) -> None:
        everything = [*self.moving, *self.aside]
        visible = [artist for artist in everything if artist.get_visible()]
        for artist in visible:
            artist.set_visible(False)
        super().draw()
        for artist in visible:
            artist.set_visible(True)
        self._blank = self._still = self._pixels().copy()

    def _extent(self, artists: Sequence[Artist]) -> Bbox | None:
        """Return a box around all that artists will draw, in pixels; None if that is not known."""
        visible = [artist for artist in artists if artist.get_visible()]
        if len(visible) > FEW:
            return None
        boxes = []
        for artist in visible:
            # matplotlib's extent of a line is that of its middle.
            line = artist.get_linewidth() if isinstance(artist, Line2D) else 0
            around = MARGIN + line * DOTS_PER_INCH / 72
            boxes.append(artist.get_window_extent(self.get_renderer()).padded(around))
        together = Bbox.union(boxes) if boxes else Bbox.null()
        return together if np.isfinite(together.extents).all() else None

    def _around(self, boxes: Sequence[Bbox]) -> Box:
        """Return the rows and columns of the boxes together."""
        if not boxes:
            return slice(0, 0), slice(0, 0)
        height = self.get_width_height()[1]
        left, bottom, right, top = Bbox.union(boxes).extents
        rows = slice(max(math.floor(height - top), 0), max(math.ceil(height - bottom), 0))
        return rows, slice(max(math.floor(left), 0), max(math.ceil(right), 0))

    def _draw_moving(self, first: int, last: int) -> None:
        renderer = self.get_renderer()
        for artist in self.moving[first:last]:
            artist.draw(renderer)
            artist.stale = False  # an invisible one does not say so itself

    def print_figure(self, *args: Any, **keywords: Any) -> Any:
        """Save the figure, all of it; that draws it, and nothing is known to be unchanged."""
        try:
            return super().print_figure(*args, **keywords)
        finally:
            self._forget()

    def _forget(self) -> None:
        self._still, self._added, self._unchanged = self._blank, 0, 0
        self._drawn, self._current = None, False

    def draw_idle(self, *_args: Any, **_kwargs: Any) -> None:
        """Do nothing: FuncAnimation asks for a draw that the writer does itself."""
