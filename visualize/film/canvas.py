"""The canvas of a film: what stands still is drawn once, and over it what moves."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg

from visualize.film.layers import NOWHERE, Layer, Unit, around, take_apart
from visualize.formats.format import Box, Picture
from visualize.panels.panel import Mover


class Canvas(FigureCanvasAgg):
    """The pixels that `savefig` would make of a figure in which only some artists move.

    Set `movers`, move their artists, and `draw`. What stands still is drawn once, and again only
    where matplotlib calls it stale. What moves is drawn over it, in the order of `savefig`; of
    that the first artists which do not change for two pictures, like the finished pieces of a
    trail, are added to what stands still. What stands apart from the rest, as a counter does, is
    drawn only where it changes.

    Lines and texts that stand still above what moves in the same axes are drawn again with it.
    Where other things do, or in axes that draw in a way of their own, as 3-D axes do, these axes
    are drawn as a whole; so is what lies above something that moves. Where that does not help (a
    layout engine is at work, or what may go anywhere meets something else), the whole figure is
    drawn.
    """

    _movers: tuple[Mover, ...] = ()
    _callbacks: Sequence[tuple[Artist, Any]] = ()
    """The artists of the movers, and whom they notified of changes before."""
    _layers: Sequence[Layer] | None = None
    """What moves; None: the figure cannot be taken apart."""
    _blank: Any = None
    """The pixels of what stands still."""
    _still: Any = None
    """The same, with what has been added to it."""
    _kept: Any = None
    """What stands still, with what has been kept of what was added when later things changed."""
    _is_apart = False
    """Whether what moves has been separated from what stands still, as the figure is now."""
    _current = False
    """Whether the pixels are those of the last picture."""
    _damage: Box | None = None

    @property
    def movers(self) -> tuple[Mover, ...]:
        """What moves; everything else stands still."""
        return self._movers

    @movers.setter
    def movers(self, movers: Iterable[Mover]) -> None:
        for artist, callback in self._callbacks:
            artist.stale_callback = callback
        self._movers = tuple(movers)
        artists = {artist for mover in self._movers for artist in mover.artists}
        self._callbacks = [(artist, artist.stale_callback) for artist in artists]
        unheard: Any = None
        for artist in artists:  # so that the figure is stale only where something else changes
            artist.stale_callback = unheard
        self._is_apart = False

    def draw(self) -> None:
        """Bring the pixels up to date; they are those that `savefig` would make."""
        if not self._is_apart or self.figure.stale:
            self._draw_still()
        was_current, self._current = self._current, False
        if self._layers is None or not self._draw_layers(self._layers, anew=not was_current):
            super().draw()
            self._forget()
            return
        self.figure.stale = False  # axes that are drawn as a whole make it so
        self._current = True

    def damage(self) -> Box | None:
        """Return a box outside of which the pixels are as they were when this was asked last.

        None: they may differ anywhere.
        """
        damage, self._damage = self._damage, NOWHERE
        return damage

    def is_saving(self) -> bool:
        """Return True: what is `animated` belongs into the picture, as it does in a file."""
        return True

    def print_figure(self, *args: Any, **keywords: Any) -> Any:
        """Save the figure, all of it; that draws it, and nothing is known to be unchanged."""
        was_stale = self.figure.stale
        try:
            return super().print_figure(*args, **keywords)
        finally:
            self._forget()
            self.figure.stale = was_stale  # what is changed for it is put back

    def draw_idle(self, *_args: Any, **_kwargs: Any) -> None:
        """Do nothing: FuncAnimation asks for a draw that the writer does itself."""

    def _draw_still(self) -> None:
        self._is_apart = False
        self._layers = take_apart(self.figure, self._movers, self.get_renderer())
        artists = [unit.artist for layer in self._layers or () for unit in layer.units]
        visible = [artist for artist in artists if artist.get_visible()]
        for artist in visible:
            artist.set_visible(False)
        try:
            super().draw()
        finally:
            for artist in visible:
                artist.set_visible(True)
        self.figure.stale = False
        self._blank = self._pixels().copy()
        self._forget()
        self._is_apart = True

    def _forget(self) -> None:
        """Know nothing of the pixels, nor of what was drawn last."""
        self._still, self._current, self._damage = self._blank, False, None
        self._kept = self._blank
        for layer in self._layers or ():
            layer.added, layer.kept, layer.unchanged, layer.drawn = 0, 0, 0, NOWHERE

    def _draw_layers(self, layers: Sequence[Layer], *, anew: bool) -> bool:
        """Draw those layers that have changed. False: what may go anywhere meets something."""
        if anew:
            self._pixels()[:] = self._still
        firsts = [(layer, layer.first_changed()) for layer in layers]
        changed = [(layer, first) for layer, first in firsts if anew or first < len(layer.units)]
        boxes = []
        for layer, first in changed:
            if first < layer.added:
                self._take_out(layer, first)
            layer.measure(self.get_renderer())
            boxes.append(layer.drawn)
        if any(layer.strays(layers) for layer, _ in changed):
            return False
        for layer, first in changed:
            self._clear(layer, first)
        for layer, _ in changed:
            self._draw_units(layer.units[layer.added :])
            boxes.append(layer.drawn)
        if anew:
            self._damage = None
        elif self._damage is not None:
            self._damage = around([self._damage, *boxes])
        return True

    def _take_out(self, layer: Layer, first: int) -> None:
        """Take what has been added of a layer out of what stands still, from `first` on at least.

        What has been kept stays: else each change of a long trail's colours would draw all of it.
        """
        box = around(unit.box for unit in layer.units[: layer.added])
        if first < layer.kept:
            self._kept[box.slices] = self._blank[box.slices]
            layer.kept = 0
        self._still[box.slices] = self._kept[box.slices]
        layer.drawn = layer.drawn.union(box)
        layer.added, layer.keeps = layer.kept, True

    def _clear(self, layer: Layer, first: int) -> None:
        """Let what stands still be seen where a layer was and will be; `first` has changed."""
        self._restore(layer.drawn)
        cleared, steady = layer.drawn, min(first, layer.unchanged)
        if steady > layer.added:
            units = layer.units[layer.added : steady]
            box = around(unit.box for unit in units)
            self._restore(box)
            self._draw_units(units)
            if self._still is self._blank:
                self._still = self._blank.copy()
            self._still[box.slices] = self._pixels()[box.slices]
            layer.added, cleared = steady, NOWHERE
            if layer.keeps:
                if self._kept is self._blank:
                    self._kept = self._blank.copy()
                self._kept[box.slices] = self._still[box.slices]
                layer.kept = steady
        layer.keeps = False
        layer.unchanged, layer.drawn = first, layer.around_units()
        if layer.drawn != cleared:
            self._restore(layer.drawn)

    def _restore(self, box: Box) -> None:
        self._pixels()[box.slices] = self._still[box.slices]

    def _draw_units(self, units: Iterable[Unit]) -> None:
        renderer = self.get_renderer()
        for unit in units:
            unit.artist.draw(renderer)
            unit.artist.stale = False  # an invisible one does not say so itself

    def _pixels(self) -> Picture:
        # After savefig with another resolution the renderer is another one.
        return np.asarray(self.get_renderer().buffer_rgba())
