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

from visualize.formats.format import Box, Picture
from visualize.looks.style import DOTS_PER_INCH

FEW = 4
"""Moving artists up to which it pays to find out where they are; more are everywhere."""
MARGIN = 4
"""Pixels around an artist, as wide as its lines are, that it may draw on."""
Pixels = tuple[slice, slice]
"""Rows and columns."""
NOWHERE: Pixels = (slice(0, 0), slice(0, 0))


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
    _damage: Pixels | None = None
    """Outside of it the pixels are as they were when it was taken last, if that is known."""
    _blank: Any = None
    """Without anything that moves."""
    _still: Any = None
    """With the first `_added` of what moves."""
    _inside: Pixels
    """Around all axes: what moves in them is clipped to it."""
    _drawn: Pixels
    """Around what has been drawn over it."""
    _texts: dict[Text, Pixels]
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
            self._drawn, self._texts = NOWHERE, {}
        changed = (index for index, artist in enumerate(self.moving) if artist.stale)
        unchanged = next(changed, len(self.moving))
        boxes = []
        if not self._current or unchanged < len(self.moving):
            boxes.append(self._draw_changed(unchanged))
        texts = [text for text in self.aside if text.stale or text not in self._texts]
        boxes += [self._draw_aside(text) for text in texts]
        if texts and self._overlap():
            self.moving, self.aside = [*self.moving, *self.aside], ()
            self._inside = self._pixels_in(Bbox(self.figure.bbox))
            self._forget()
            self.draw()
            return
        if not self._current:
            self._damage = None
        elif self._damage is not None:
            self._damage = _around([self._damage, *boxes])
        self._current = True

    def damage(self) -> Box | None:
        """Return where something may have changed since this was called last; None: anywhere."""
        damage, self._damage = self._damage, NOWHERE
        if damage is None:
            return None
        rows, columns = damage
        return Box(rows.start, rows.stop, columns.start, columns.stop)

    def _draw_changed(self, unchanged: int) -> Pixels:
        """Draw what moves in axes anew; return a box around all that may have changed."""
        if unchanged < self._added:
            self._still, self._added, self._drawn = self._blank, 0, self._inside
        steady = min(unchanged, self._unchanged)
        if steady > self._added:
            self._restore(self._inside)
            self._draw_moving(self._added, steady)
            if self._still is self._blank:
                self._still = self._still.copy()
            self._still[self._inside] = self._pixels()[self._inside]
            self._added = steady
        before, self._drawn = self._drawn, self._extent(self.moving[self._added :])
        box = _around([before, self._drawn])
        self._restore(box)
        self._draw_moving(self._added, len(self.moving))
        self._unchanged = unchanged
        return box

    def _draw_aside(self, text: Text) -> Pixels:
        """Draw a text anew; return a box around where it was and is."""
        now = self._pixels_in(text.get_window_extent(self.get_renderer()).padded(MARGIN))
        box = _around([self._texts.get(text, now), now])
        self._restore(box)
        text.draw(self.get_renderer())
        text.stale = False
        self._texts[text] = now
        return box

    def _overlap(self) -> bool:
        """Whether texts are not aside of the axes, or of each other."""
        boxes = [*self._texts.values(), self._inside]
        return any(
            _around([_shared(one, other)]) != NOWHERE
            for one, other in itertools.combinations(boxes, 2)
        )

    def _restore(self, box: Pixels) -> None:
        """Let what stands still be seen in a box."""
        self._pixels()[box] = self._still[box]

    def _pixels(self) -> Picture:
        # After savefig with another resolution the renderer is another one.
        return np.asarray(self.get_renderer().buffer_rgba())

    def _draw_blank(self) -> None:
        everything = [*self.moving, *self.aside]
        visible = [artist for artist in everything if artist.get_visible()]
        for artist in visible:
            artist.set_visible(False)
        try:
            super().draw()
        finally:
            for artist in visible:
                artist.set_visible(True)
        self._blank = self._still = self._pixels().copy()
        axes = Bbox.union([axes.bbox.padded(1) for axes in self.figure.axes])
        self._inside = self._drawn = self._pixels_in(axes)

    def _extent(self, artists: Sequence[Artist]) -> Pixels:
        """Return a box around all that artists will draw in their axes."""
        visible = [artist for artist in artists if artist.get_visible()]
        if len(visible) > FEW:
            return self._inside
        boxes = []
        for artist in visible:
            # matplotlib's extent of a line is that of its middle.
            line = artist.get_linewidth() if isinstance(artist, Line2D) else 0
            around = MARGIN + line * DOTS_PER_INCH / 72
            extent = artist.get_window_extent(self.get_renderer()).padded(around)
            if not np.isfinite(extent.extents).all():
                return self._inside
            boxes.append(self._pixels_in(extent))
        return _shared(_around(boxes), self._inside)

    def _pixels_in(self, box: Bbox) -> Pixels:
        """Return the rows and columns of the picture that a box lies on."""
        width, height = self.get_width_height()
        left, bottom, right, top = box.extents
        rows = slice(max(math.floor(height - top), 0), min(math.ceil(height - bottom), height))
        columns = slice(max(math.floor(left), 0), min(math.ceil(right), width))
        return rows, columns

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
        self._current = False

    def draw_idle(self, *_args: Any, **_kwargs: Any) -> None:
        """Do nothing: FuncAnimation asks for a draw that the writer does itself."""


def _around(boxes: Sequence[Pixels]) -> Pixels:
    """Return the smallest box around all of the boxes that are not empty."""
    full = [box for box in boxes if all(part.start < part.stop for part in box)]
    if not full:
        return NOWHERE
    rows, columns = (
        slice(min(part.start for part in parts), max(part.stop for part in parts))
        for parts in zip(*full, strict=True)
    )
    return rows, columns


def _shared(one: Pixels, other: Pixels) -> Pixels:
    """Return the box that both boxes have in common."""
    rows, columns = (
        slice(max(a.start, b.start), min(a.stop, b.stop)) for a, b in zip(one, other, strict=True)
    )
    return rows, columns
