"""What moves in a figure, taken apart into layers that can be drawn without one another."""

import itertools
import math
from collections.abc import Collection as Set
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from operator import attrgetter

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.collections import Collection
from matplotlib.figure import Figure, SubFigure
from matplotlib.image import AxesImage
from matplotlib.layout_engine import PlaceHolderLayoutEngine
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.spines import Spine
from matplotlib.text import Text
from matplotlib.transforms import BboxBase, TransformedPath

from visualize.film.stamps import Stamp
from visualize.formats._pixels import box_of
from visualize.formats.format import Box
from visualize.panels.panel import Mover

MARGIN = 4
"""Pixels around an artist's extent that it may draw on, too."""
NOWHERE = Box(0, 0, 0, 0)


@dataclass(eq=False)
class Unit:
    """An artist that is drawn as a whole: a line, a text, or axes with all that is in them."""

    order: int
    """Its place in the order in which `savefig` draws."""
    artist: Artist
    bounds: Box | None
    """What it never draws beyond; None: it may go anywhere."""
    box: Box
    """Where it is drawn."""
    is_measured: bool
    """Whether it says where it is; else it may be everywhere within its bounds."""
    is_announced: bool
    """Whether it says when it changes; else it may look different in every picture."""

    @property
    def has_changed(self) -> bool:
        """Whether it may look different from when it was drawn last."""
        return bool(self.artist.stale) or not self.is_announced

    def measure(self, renderer: RendererAgg) -> None:
        """Find out where it will be drawn."""
        visible = self.artist.get_visible()
        self.box = _extent(self.artist, renderer, self.bounds) if visible else NOWHERE


@dataclass(eq=False)
class Layer:
    """Artists that may lie over each other: they are drawn together, in their order."""

    units: Sequence[Unit]
    above: list[Box] = field(default_factory=list)
    """Where there is something apart from it that stands still and lies above it."""
    added: int = 0
    """How many of the first units have been added to what stands still."""
    kept: int = 0
    """How many of these are kept where later ones change."""
    keeps: bool = False
    """Whether those that are added next are kept."""
    unchanged: int = 0
    """How many of the first units had not changed when it was drawn last."""
    drawn: Box = NOWHERE
    """Around the other units, as they were drawn last."""

    def __post_init__(self) -> None:
        self._bounds = around(unit.bounds for unit in self.units if unit.bounds is not None)
        self._is_measured = any(unit.is_measured for unit in self.units)
        self._free = [unit for unit in self.units if unit.bounds is None]

    @property
    def boxes(self) -> list[Box]:
        """Where its units may be drawn, as they are now."""
        return [self._bounds, *(unit.box for unit in self._free)]

    def meets(self, boxes: Iterable[Box]) -> bool:
        """Whether it may be drawn over one of the boxes."""
        return any(_meet(one, other) for other in boxes for one in self.boxes)

    def strays(self, layers: Iterable["Layer"]) -> bool:
        """Whether what may go anywhere has met something else: another layer, or what is above."""
        if not self._free:
            return False
        elsewhere = [*self.above, *(box for it in layers if it is not self for box in it.boxes)]
        return any(_meet(unit.box, box) for unit in self._free for box in elsewhere)

    def first_changed(self) -> int:
        """Return the index of the first unit that has changed; without any, their number."""
        changed = (index for index, unit in enumerate(self.units) if unit.has_changed)
        return next(changed, len(self.units))

    def measure(self, renderer: RendererAgg) -> None:
        """Find out where the units will be drawn that have not been added."""
        for unit in self.units[self.added :] if self._is_measured else ():
            if unit.is_measured:
                unit.measure(renderer)

    def around_units(self) -> Box:
        """Return the box around the units that have not been added."""
        if not self._is_measured:
            return self._bounds
        return around(unit.box for unit in self.units[self.added :])


def take_apart(
    figure: Figure, movers: Iterable[Mover], renderer: RendererAgg
) -> list[Layer] | None:
    """Return the layers of a figure: what moves, and what has to be drawn anew with it.

    All else may be drawn before them, once. No two layers meet. None where a layout engine is at
    work: whatever moves may then move everything. The renderer's pixels are lost.
    """
    if not isinstance(figure.get_layout_engine(), PlaceHolderLayoutEngine | None):
        return None
    for axes in figure.axes:  # Figure.draw begins with it
        locator = axes.get_axes_locator()
        axes.apply_aspect(None if locator is None else locator(axes, renderer))
    apart = _Apart({it: mover.reach for mover in movers for it in mover.artists}, figure, renderer)
    layers: list[Layer] = []
    for item in apart.items:
        units = apart.moving_in(item)
        if layers and not any(unit.artist is item for unit in units):
            still = _drawn(item, renderer)
            if any(layer.meets([still]) for layer in layers):
                units = [apart.whole(item, moves=bool(units), box=still)]
            else:
                for layer in layers:
                    layer.above.append(still)
        if units:
            layers = _joined(layers, Layer(units))
    return layers


class _Apart:
    """The artists of a figure in the order of `savefig`, and how far each that moves reaches."""

    def __init__(self, reaches: dict[Artist, str], figure: Figure, renderer: RendererAgg) -> None:
        self.items = list(_in_order(figure, reaches))
        self._reaches = reaches
        self._renderer = renderer
        self._everywhere = pixels_in(figure.bbox, renderer)
        self._order = itertools.count()
        known = {child for item in self.items for child in (item, *item.get_children())}
        self._deeper = {artist for artist in reaches if artist not in known}

    def moving_in(self, item: Artist) -> list[Unit]:
        """Return what moves in an item: itself, or some of the artists in axes."""
        if item in self._reaches:
            return [self._moving(item)]
        if self._deeper and not self._deeper.isdisjoint(item.findobj()):
            return [self.whole(item)]
        if not isinstance(item, Axes):
            return []
        drawn = [it for it in item.get_children() if it.get_visible() or it in self._reaches]
        drawn.sort(key=attrgetter("zorder"))
        lowest = next((at for at, artist in enumerate(drawn) if artist in self._reaches), None)
        if lowest is None:
            return []
        # What stands still above is drawn again with what moves, if that is known to be enough.
        above = drawn[lowest:]
        are_known = all(artist in self._reaches or _is_plain(artist) for artist in above)
        # Where a legend looks for the best place it may itself move.
        separable = type(item).draw is Axes.draw and item.get_legend() is None
        if separable and are_known and item.patch not in self._reaches:
            return [self._moving(it) if it in self._reaches else self._resting(it) for it in above]
        return [self.whole(item)]

    def whole(self, item: Artist, *, moves: bool = True, box: Box = NOWHERE) -> Unit:
        """Return an item as one unit; one that does not move is drawn in a box."""
        bounds = self._everywhere if moves else box
        return Unit(
            next(self._order), item, bounds, bounds, is_measured=False, is_announced=not moves
        )

    def _moving(self, artist: Artist) -> Unit:
        reach = self._reaches[artist]
        if isinstance(artist, Axes) and reach == "axes":
            # What is seen in them moves, and they stay where they are.
            inside = pixels_in(artist.bbox.padded(MARGIN), self._renderer)
            box = around([inside, _drawn(artist, self._renderer)])
            return replace(self.whole(artist), bounds=box, box=box)
        clip, plain = _clip(artist, self._renderer), _is_plain(artist)
        measured = plain and (reach == "artist" or (reach == "axes" and clip is None))
        bounds = clip if reach != "figure" and (clip or measured) else self._everywhere
        unit = Unit(next(self._order), artist, bounds, bounds or NOWHERE, measured, plain)
        if measured:
            unit.measure(self._renderer)
        return unit

    def _resting(self, artist: Artist) -> Unit:
        """Return what stands still above what moves; it never goes beyond where it is."""
        bounds = _extent(artist, self._renderer, _clip(artist, self._renderer))
        edge = artist.get_markeredgewidth() if isinstance(artist, Line2D) else 0
        whole = artist.get_window_extent(self._renderer).padded(1 + edge * self._renderer.dpi / 36)
        inside = artist.axes.bbox if artist.axes is not None else whole
        # The bounds are generous, and a marker that is all within the axes does not leave them.
        if inside.contains(whole.x0, whole.y0) and inside.contains(whole.x1, whole.y1):
            bounds = bounds.intersection(pixels_in(inside, self._renderer))
        return Unit(next(self._order), artist, bounds, bounds, is_measured=False, is_announced=True)


def _in_order(figure: Figure | SubFigure, moving: Set[Artist]) -> Iterator[Artist]:
    """Yield axes and all else that a figure draws, in its order, and of subfigures the same."""
    yield figure.patch
    for child in sorted(figure.get_children(), key=attrgetter("zorder")):
        if child is figure.patch or child.get_animated():
            continue
        if isinstance(child, SubFigure) and child.get_visible() and child not in moving:
            yield from _in_order(child, moving)
        elif child.get_visible() or child in moving:
            yield child


def _joined(layers: list[Layer], layer: Layer) -> list[Layer]:
    """Return layers with another, made one with those that it meets."""
    met = [it for it in layers if it.meets(layer.boxes)]
    if not met:
        return [*layers, layer]
    units = sorted((unit for it in (*met, layer) for unit in it.units), key=attrgetter("order"))
    above = [box for it in met for box in it.above]
    return _joined([it for it in layers if it not in met], Layer(units, above))


# Where artists are


def around(boxes: Iterable[Box]) -> Box:
    """Return the smallest box around all of the boxes."""
    whole = NOWHERE
    for box in boxes:
        whole = whole.union(box)
    return whole


def pixels_in(extent: BboxBase, renderer: RendererAgg) -> Box:
    """Return the pixels that an extent, in matplotlib's display coordinates, lies on."""
    width, height = int(renderer.width), int(renderer.height)
    left, bottom, right, top = extent.extents
    return Box(
        max(math.floor(height - top), 0),
        min(math.ceil(height - bottom), height),
        max(math.floor(left), 0),
        min(math.ceil(right), width),
    )


def _meet(one: Box, other: Box) -> bool:
    return not one.intersection(other).is_empty


def _is_plain(artist: Artist) -> bool:
    """Whether matplotlib knows where an artist is, and whenever it changes.

    The extents of others leave out wide lines, arrows and more, and parts of them change
    unnoticed.
    """
    if artist.get_path_effects() or artist.get_sketch_params():
        return False
    if type(artist) is Text or isinstance(artist, Stamp):
        return artist.get_bbox_patch() is None
    return type(artist) is Line2D


def _extent(artist: Artist, renderer: RendererAgg, clip: Box | None) -> Box:
    """Return the pixels that a plain artist draws on."""
    margin = float(MARGIN)
    if isinstance(artist, Line2D):
        # matplotlib's extent is that of the line's middle and of half a marker. Corners may be
        # twice as far out as the line's edge, and markers twice as large as they say.
        edges = artist.get_linewidth() + artist.get_markeredgewidth() + artist.get_markersize() / 2
        margin += edges * renderer.dpi / 72
    extent = artist.get_window_extent(renderer).padded(margin)
    if not np.isfinite(extent.extents).all():
        return clip or Box(0, int(renderer.height), 0, int(renderer.width))
    box = pixels_in(extent, renderer)
    return box.intersection(clip) if clip else box


def _clip(artist: Artist, renderer: RendererAgg) -> Box | None:
    """Return the pixels to which all that an artist draws is clipped, if it is."""
    kinds = (Line2D, Patch, Collection, AxesImage)
    if not artist.get_clip_on() or not (isinstance(artist, kinds) or _is_plain(artist)):
        return None
    extents: list[BboxBase | None] = [artist.get_clip_box()]
    if isinstance(path := artist.get_clip_path(), TransformedPath):
        extents.append(path.get_fully_transformed_path().get_extents())
    boxes = [pixels_in(extent.padded(1), renderer) for extent in extents if extent is not None]
    if not boxes:
        return None
    return boxes[0].intersection(boxes[-1])


def _drawn(artist: Artist, renderer: RendererAgg) -> Box:
    """Return the pixels on which an artist that stands still draws, by drawing it where needed.

    The renderer's own pixels are lost.
    """
    if not artist.get_visible():
        return NOWHERE
    if _is_plain(artist):
        return _extent(artist, renderer, _clip(artist, renderer))
    if isinstance(artist, Axes) and type(artist).draw is Axes.draw:
        # Their ticks, labels and frame are texts and lines; so may be what is not clipped to them.
        loose = [
            child
            for child in artist.get_children()
            if child.get_visible()
            and not isinstance(child, Axis | Spine)
            and child is not artist.patch
            and _clip(child, renderer) is None
        ]
        tight = artist.get_tightbbox(renderer)
        if tight is not None and all(map(_is_plain, loose)):
            boxes = [_extent(child, renderer, None) for child in loose]
            return around([pixels_in(tight.padded(1), renderer), *boxes])
    renderer.clear()
    pixels = np.asarray(renderer.buffer_rgba()).view(np.uint32)[..., 0]
    clear = pixels[0, 0].copy()
    artist.draw(renderer)
    return box_of(pixels != clear) or NOWHERE
