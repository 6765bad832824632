"""Names at the heads of runs: beside them, in their colours, and never on each other."""

from collections.abc import Sequence
from itertools import combinations
from typing import Any

import numpy as np
from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.path import Path
from matplotlib.transforms import Bbox, IdentityTransform, TransformedBbox
from numpy.typing import NDArray

from visualize.arrays import Array
from visualize.film.motion import Motion
from visualize.film.stamps import Stamp
from visualize.looks.style import Style
from visualize.panels.panel import Mover

WIDEST_NAME = 0.4
"""Of the panel's width."""
SAMPLES = 240
"""Times of a film for which places are looked for, about: those of its frames, and between them."""
MOST_SAMPLES = 1000
"""Of a longer film; between them places are interpolated."""
ROUNDS = 40
"""How often names that lie on each other are pushed apart; so often their ways are smoothed."""
LAST_ROUNDS = 20
"""How often they are pushed apart in the end."""
FORESIGHT = 4
"""Of these times so many before they begin to be pushed."""
PULL = 0.12
"""How far a name goes back to where it belongs in each round, as a part of the way."""
DISPLACED = 1.2
"""Heights from where it belongs from which on a line leads from a name to its head."""
NEAR = 3.0
"""Heights from each other at which heads decide whose name stands above."""


class Name(Stamp):
    """The name of a run in one panel; it follows the run's head."""

    def __init__(self, motion: Motion, label: str, text: str, style: Style, halo: str) -> None:
        super().__init__(text, halo=halo, color=style.colors[label], zorder=15)
        self.set(fontsize=style.font_size, transform=IdentityTransform(), in_layout=False)
        self.label = label
        self._motion = motion
        self._rows: Array = np.zeros(1)
        self._offsets: Array = np.zeros((1, 2))
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

    def settle(self, rows: Array, offsets: Array) -> None:
        """Take the places of its middle beside the head at some rows, in points: `(rows, 2)`."""
        self._rows, self._offsets = rows, offsets

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
        half, scale, area = np.array(sides) / 2, self._scale(), self.area()
        offset = [scale * np.interp(self._row, self._rows, it) for it in self._offsets.T]
        middle = self.head + offset
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


def settle_names(names: Sequence[Name], motion: Motion, rows: Sequence[float]) -> None:
    """Find places for the names of one panel at all rows of a film."""
    last = len(rows) - 1
    times = np.linspace(0, last, min(last * max(SAMPLES // len(rows), 1), MOST_SAMPLES) + 1)
    sampled = np.unique(np.interp(times, range(len(rows)), rows))
    heads = np.stack([[motion.head(name.label, row) for name in names] for row in sampled])
    figure: Any = names[0].get_figure(root=True)
    scale = figure.dpi / 72
    sizes = np.array([Stamp.get_window_extent(name).size for name in names])
    offsets = find_places(heads, sizes, names[0].area(), names[0].away * scale)
    for index, name in enumerate(names):
        name.settle(sampled, offsets[:, index] / scale)


def find_places(heads: Array, sizes: Array, area: Bbox, away: float) -> Array:
    """Return where the middles of names stand beside their heads: `(rows, names, 2)`, in pixels.

    `heads` has the same shape, `sizes` is `(names, 2)`; `away` is how far from a head its name
    begins. Where names would lie on each other they are pushed apart, up and down, in an order
    that stays the same; the ways of all of them are smooth.
    """
    half = sizes / 2
    above = _above(heads, sizes)
    low, high = area.min + half, np.maximum(area.max - half, area.min + half)
    wanted = np.clip(heads + np.stack([away + half[:, 0], 0 * half[:, 0]], axis=1), low, high)
    places = wanted.copy()
    for _ in range(ROUNDS):
        places += PULL * (wanted - places)
        _push_apart(places, half, above, away, foresight=FORESIGHT)
        _avoid_heads(places, heads, half, above, away / 2)
        places = np.clip(heads + _smoothed(places - heads), low, high)
    for _ in range(LAST_ROUNDS):
        _push_apart(places, half, above, away)
        places = np.clip(places, low, high)
    return np.asarray(places - heads)


def _push_apart(
    places: Array, half: Array, above: NDArray[np.bool_], away: float, foresight: int = 0
) -> None:
    """Push names that lie on each other up and down, the farther the more they do.

    With `foresight` so many times before they would, and after.
    """
    for one, other in combinations(range(len(half)), 2):
        sign = 1.0 if above[one, other] else -1.0
        across, up = (places[:, one] - places[:, other]).T
        # The nearer they are side by side, the more they are pushed: none begins suddenly.
        beneath = half[one, 0] + half[other, 0] + away / 2 - np.abs(across)
        height = half[one, 1] + half[other, 1]
        push = np.where(np.abs(up) < height, (height - sign * up) / 2, 0)
        push *= np.clip(beneath / (away / 2), 0, 1)
        push = sign * _widest(push, foresight)
        places[:, one, 1] += push
        places[:, other, 1] -= push


def _avoid_heads(
    places: Array, heads: Array, half: Array, above: NDArray[np.bool_], radius: float
) -> None:
    """Push names off heads, their own and others, up or down."""
    for index, size in enumerate(half):
        apart = places[:, index, np.newaxis] - heads
        beneath = np.clip((size[0] + radius - np.abs(apart[..., 0])) / radius, 0, 1)
        sign = np.where(above[index], 1.0, -1.0)
        need = size[1] + radius - sign * apart[..., 1]
        lies = np.abs(apart[..., 1]) < size[1] + radius
        push = np.where(lies, need, 0) * beneath * sign
        places[:, index, 1] += 0.5 * push[np.arange(len(push)), np.abs(push).argmax(axis=1)]


def _above(heads: Array, sizes: Array) -> NDArray[np.bool_]:
    """Return whose name stands above whose, `(names, names)`: as their heads are when near."""
    apart = heads[:, :, np.newaxis] - heads[:, np.newaxis]
    width, height = sizes.max(axis=0)
    near = (np.abs(apart[..., 0]) < width) & (np.abs(apart[..., 1]) < NEAR * height)
    wins = np.sign(np.where(near, apart[..., 1], 0).sum(axis=0)).sum(axis=1)
    rank = np.empty(len(wins), dtype=int)
    rank[np.argsort(-wins, kind="stable")] = np.arange(len(wins))
    return rank[:, np.newaxis] <= rank


def _widest(push: Array, reach: int) -> Array:
    """Return the largest of so many numbers before and after each."""
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(push, reach), 2 * reach + 1)
    widest: Array = windows.max(axis=1)
    return widest


def _smoothed(ways: Array) -> Array:
    """Return ways, `(rows, ...)`, in which each place is drawn towards those before and after."""
    padded = np.concatenate([ways[:1], ways, ways[-1:]])
    smooth: Array = (padded[:-2] + 2 * ways + padded[2:]) / 4
    return smooth


def movers_of(names: Sequence[Name]) -> list[Mover]:
    """Return what moves the names."""
    return [Mover((name,), name.move, "axes") for name in names]
