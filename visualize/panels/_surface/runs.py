"""Runs on a relief: their ways over it, their shadows on the floor, and what of them is hidden."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.transforms import ScaledTranslation
from numpy.typing import NDArray

from visualize.arrays import Array
from visualize.landscapes.relief import Camera
from visualize.looks.style import Style
from visualize.panels._edges import SIZE, Exit, arrow_head
from visualize.panels._surface.stage import Stage, Way
from visualize.panels._trails import (
    FEW_RUNS,
    HALO,
    MOST_DOTS,
    MOST_TRAILS,
    STRENGTHS,
    Fade,
    at_row,
    fade_of,
    head_of,
    paler,
)
from visualize.panels.panel import Mover

SHADOW, HIDDEN = 0.38, 0.55
"""How strong a shadow is, and what is hidden, beside the background."""
DASHED = (0, (2.2, 1.6))
"""How the line of what is hidden is dashed."""
GLOSS = 0.26, 0.17
"""How wide the light on a ball is, and how far from its middle, in widths of the ball."""


def draw_on_relief(
    axes: Axes,
    stage: Stage,
    ways: Mapping[str, Array],
    exits: Sequence[Exit],
    style: Style,
    *,
    trail: bool | Fade,
    has_shadows: bool,
) -> list[Mover]:
    """Draw runs, whose places on the ground `ways` has, `(rows, starts, 2)`; return the movers."""
    longest = max(map(len, ways.values()))
    fade = fade_of(trail, longest)
    runs = []
    for index, (label, ground) in enumerate(ways.items()):
        many = ground.shape[1] > MOST_TRAILS
        pen = _Pen(axes, style, label, index / 1000, has_shadows=has_shadows)
        dots = longest <= MOST_DOTS and style.dashes[label] == "-"
        trails = _Trails(pen, stage, ground, fade, dots=dots) if trail and not many else None
        runs.append(_Run(stage, ground, _Heads(pen, many=many), trails))
    reach: Literal["artist", "axes"]
    reach = "artist" if len(runs) <= FEW_RUNS and not stage.turns else "axes"
    arrows = [_Arrow(axes, stage, it, style) for it in exits]
    return [
        *(Mover(run.artists, run.move, reach) for run in runs),
        *(Mover((arrow.line,), arrow.move, "artist") for arrow in arrows),
    ]


@dataclass(frozen=True)
class _Pen:
    """What a run is drawn with."""

    axes: Axes
    style: Style
    label: str
    order: float
    """Among the runs."""
    has_shadows: bool

    def line(self, zorder: float, strength: float, **properties: Any) -> Line2D:
        """Add a line, so strong beside the background."""
        color = paler(self.style.colors[self.label], self.style.theme.background, strength)
        line = Line2D([], [], color=color, zorder=zorder + self.order, **properties)
        line.set(solid_joinstyle="round", solid_capstyle="round")
        self.axes.add_line(line)
        return line

    @property
    def width(self) -> float:
        """Of a trail."""
        return self.style.line * 1.2 * self.style.widths[self.label]


class _Run:
    """A run on a relief: its heads, and its trails."""

    def __init__(
        self, stage: Stage, ground: Array, heads: "_Heads", trails: "_Trails | None"
    ) -> None:
        """Nothing is moved yet."""
        self._stage, self._ground, self._heads, self._trails = stage, ground, heads, trails
        self.artists = (*(trails.artists if trails else ()), *heads.artists)

    def move(self, row: float) -> None:
        """Show where it is at a row, and where it has been."""
        now = _seen(self._stage, self._stage.camera(row), at_row(self._ground, row))
        self._heads.show(now)
        if self._trails is not None:
            self._trails.show(row, now)


@dataclass(frozen=True)
class _Seen:
    """Where places on the ground are seen, on the relief and on the floor: `(n, 2)` each."""

    places: Array
    hidden: NDArray[np.bool_]
    below: Array
    """NaN where it is hidden."""

    def until(self, end: int, then: "_Seen", start: int) -> "_Seen":
        """Return the first ones, and one of some others."""
        pairs = (
            (self.places, then.places),
            (self.hidden, then.hidden),
            (self.below, then.below),
        )
        return _Seen(*(np.concatenate([one[:end], it[start : start + 1]]) for one, it in pairs))


def _seen(stage: Stage, camera: Camera, ground: Array) -> _Seen:
    sight = stage.sight(camera)
    on, under = stage.on_relief(ground), stage.on_floor(ground)
    below = camera.seen(under)
    below[sight.hides(under, ground=True)] = np.nan
    return _Seen(camera.seen(on), sight.hides(on), below)


class _Heads:
    """Where a run is: a ball, or a ring behind the relief, and a shadow."""

    def __init__(self, pen: _Pen, *, many: bool) -> None:
        style, back = pen.style, pen.style.theme.background
        size = 0.6 if many else 1.1
        shape = head_of(pen.label, style, size)
        across = shape["markersize"]

        def line(zorder: float, strength: float, edge: str | None, width: float) -> Line2D:
            made = pen.line(zorder, strength, linestyle="", **shape, markeredgewidth=width)
            if edge:
                made.set_markeredgecolor(edge)
            return made

        self._shadows = line(10.01, SHADOW, None, 0) if pen.has_shadows else None
        if self._shadows is not None:
            self._shadows.set_markersize(across * 0.6)
        self._rings = line(11.9, 1, None, style.line * 0.9)
        self._rings.set(markersize=across * 0.8, markerfacecolor=back)
        self._balls = line(12, 1, back, style.line * HALO * (not many))
        self._gloss = None
        if style.markers[pen.label] == "circle":
            self._gloss = line(12.0005, 1, None, 0)
            self._gloss.set(color="white", markersize=across * GLOSS[0], alpha=0.75)
            figure: Any = pen.axes.get_figure(root=True)
            away = across * GLOSS[1] / 72
            beside = ScaledTranslation(-away, away, figure.dpi_scale_trans)
            self._gloss.set_transform(pen.axes.transData + beside)
        lines = (self._shadows, self._rings, self._balls, self._gloss)
        self.artists = tuple(it for it in lines if it is not None)

    def show(self, now: _Seen) -> None:
        """Show where heads are now."""
        _put(self._rings, now.places[now.hidden])
        for line in (self._balls, self._gloss):
            _put(line, now.places[~now.hidden])
        _put(self._shadows, now.below)


class _Trails:
    """Where a run has been: the strong part and paler ones, what is hidden, and shadows."""

    def __init__(
        self, pen: _Pen, stage: Stage, ground: Array, fade: int | None, *, dots: bool
    ) -> None:
        self._ways = [Way(path) for path in np.moveaxis(ground, 1, 0)]
        self._fade = fade or math.inf
        self._seen = lru_cache(maxsize=1)(
            lambda camera: [_seen(stage, camera, way.ground) for way in self._ways]
        )
        self._camera = stage.camera
        width = pen.width
        self._shadow = pen.line(10, SHADOW, linewidth=width * 0.8) if pen.has_shadows else None
        self._behind = pen.line(10.1, HIDDEN, linewidth=width * 0.62, linestyle=DASHED)
        self._ages = [
            pen.line(10.3 - age / 100, strength, linewidth=width)
            for age, strength in enumerate(STRENGTHS if fade else STRENGTHS[:1])
        ]
        for line in self._ages:
            line.set_linestyle(pen.style.dashes[pen.label])
        self._dots = None
        if dots:
            size = pen.style.marker * 0.55
            self._dots = pen.line(10.4, 1, linestyle="", marker="o", markersize=size)
            self._dots.set_markeredgewidth(0)
        lines = (self._shadow, self._behind, *self._ages[::-1], self._dots)
        self.artists = tuple(it for it in lines if it is not None)

    def show(self, row: float, now: _Seen) -> None:
        """Show the trails up to a row, where all starts are `now`."""
        ages: list[list[Array]] = [[] for _ in self._ages]
        behind, shadow, dots = [], [], []
        for start, (way, all_of_it) in enumerate(
            zip(self._ways, self._seen(self._camera(row)), strict=True)
        ):
            end = int(np.searchsorted(way.rows, row, side="right"))
            seen = all_of_it.until(end, now, start)
            rows = np.append(way.rows[:end], row)
            visible = np.where(seen.hidden[:, np.newaxis], np.nan, seen.places)
            limits = np.searchsorted(rows, row - self._fade * np.arange(1, len(ages)))
            ends = [len(rows), *limits, 0]
            for pieces, last, first in zip(ages, ends[:-1], ends[1:], strict=True):
                pieces.append(visible[max(first - 1, 0) : last])
            near = _with_neighbours(seen.hidden)[:, np.newaxis]
            behind.append(np.where(near, seen.places, np.nan))
            shadow.append(seen.below)
            dots.append(visible[rows == np.floor(rows)])
        for line, pieces in zip(self._ages, ages, strict=True):
            _put(line, _joined(pieces))
        _put(self._behind, _joined(behind))
        _put(self._shadow, _joined(shadow))
        _put(self._dots, _joined(dots))


class _Arrow:
    """Where a run leaves the ground, seen from a row on."""

    def __init__(self, axes: Axes, stage: Stage, found: Exit, style: Style) -> None:
        self._stage, self._exit = stage, found
        self.line = Line2D([], [], color=style.colors[found.label], linestyle="", visible=False)
        self.line.set(markersize=style.marker * SIZE, markeredgewidth=0, zorder=13)
        axes.add_line(self.line)
        self._angle: float | None = None

    def move(self, row: float) -> None:
        """Show it from the row on at which the run is gone."""
        gone = row >= self._exit.row
        if gone != self.line.get_visible():
            self.line.set_visible(gone)
        if not gone:
            return
        camera = self._stage.camera(row)
        _put(self.line, camera.seen(self._stage.on_relief(self._exit.place[np.newaxis])))
        x, y = camera.seen(np.append(self._exit.way, 0.0))
        angle = float(np.arctan2(y, x))
        if angle != self._angle:
            self._angle = angle
            self.line.set_marker(arrow_head(angle))


def _with_neighbours(flags: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return flags that are also set beside those that are."""
    wide = flags.copy()
    wide[1:] |= flags[:-1]
    wide[:-1] |= flags[1:]
    return wide


def _joined(pieces: list[Array]) -> Array:
    """Return several lines as one with gaps."""
    if len(pieces) == 1:
        return pieces[0]
    gap = np.full((1, 2), np.nan)
    return np.concatenate([it for piece in pieces for it in (piece, gap)])


def _put(line: Line2D | None, places: Array) -> None:
    """Give a line its places, if it has others: one that is left alone need not be drawn again."""
    if line is None:
        return
    x, y = places[:, 0], places[:, 1]
    before = line.get_data()
    if not all(map(np.array_equal, before, (x, y), (True, True))):
        line.set_data(x, y)
