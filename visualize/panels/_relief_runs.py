"""Runs on a relief: their ways over it, their shadows on the floor, and what of them is hidden."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.transforms import ScaledTranslation

from visualize.arrays import Array
from visualize.looks.style import Style
from visualize.panels._edges import SIZE, Exit, arrow_head
from visualize.panels._stage import Stage, Way
from visualize.panels._trails import (
    HALO,
    MOST_DOTS,
    MOST_TRAILS,
    Fade,
    at_row,
    fade_of,
    paler,
)
from visualize.panels.panel import Mover

SHADOW, HIDDEN = 0.38, 0.55
"""How strong a shadow is, and what is hidden, beside the background."""
FEW_RUNS = 2
GLOSS = 0.26, 0.17
"""How wide the light on a ball is, and how far from its middle, in widths of the ball."""


def draw_on_relief(
    axes: Axes,
    stage: Stage,
    ways: dict[str, Array],
    exits: Sequence[Exit],
    style: Style,
    *,
    trail: bool | Fade,
    has_shadows: bool,
) -> list[Mover]:
    """Draw runs, whose places on the ground `ways` has, `(rows, starts, 2)`; return the movers."""
    longest = max(map(len, ways.values()))
    fade = fade_of(trail, longest) if trail else None
    runs = [
        _Run(axes, stage, index, label, ground, style, fade=fade, dots=longest <= MOST_DOTS,
             has_trail=bool(trail), has_shadows=has_shadows)
        for index, (label, ground) in enumerate(ways.items())
    ]
    reach: Any = "artist" if len(runs) <= FEW_RUNS and not stage.turns else "axes"
    arrows = [_Arrow(axes, stage, it, style) for it in exits]
    return [
        *(Mover(run.artists, run.move, reach) for run in runs),
        *(Mover((arrow.line,), arrow.move, "artist") for arrow in arrows),
    ]


class _Run:
    """A run on a relief: trails, shadow, and heads."""

    def __init__(
        self,
        axes: Axes,
        stage: Stage,
        index: int,
        label: str,
        ground: Array,
        style: Style,
        *,
        fade: int | None,
        dots: bool,
        has_trail: bool,
        has_shadows: bool,
    ) -> None:
        """Nothing is moved yet."""
        self._stage, self._ground, self._fade = stage, ground, fade or math.inf
        many = ground.shape[1] > MOST_TRAILS
        self._ways = [] if many or not has_trail else [
            Way(stage, path) for path in np.moveaxis(ground, 1, 0)
        ]
        self._seen: tuple[Any, list[tuple[Array, Any, Array, Any]]] = (None, [])
        color, back = style.colors[label], style.theme.background
        size = style.marker * (0.6 if many else 1.1)
        width = style.line * 1.2
        order = index / 1000

        def line(zorder: float, **properties: Any) -> Line2D:
            made = Line2D([], [], color=color, zorder=zorder + order, **properties)
            made.set(solid_joinstyle="round", solid_capstyle="round")
            axes.add_line(made)
            return made

        def heads(zorder: float, face: str, edge: str, across: float, rim: float) -> Line2D:
            made = line(zorder, linestyle="", marker="o", markersize=across)
            made.set(markerfacecolor=face, markeredgecolor=edge, markeredgewidth=rim)
            return made

        pale = paler(color, back, SHADOW)
        self._shadow = line(10.0, linewidth=width * 0.8) if has_shadows and self._ways else None
        self._shade = heads(10.01, pale, pale, size * 0.6, 0) if has_shadows else None
        for it in (self._shadow,):
            if it is not None:
                it.set_color(pale)
        dashed = (0, (2.2, 1.6))
        self._hidden = line(10.1, linewidth=width * 0.62, linestyle=dashed) if self._ways else None
        if self._hidden is not None:
            self._hidden.set_color(paler(color, back, HIDDEN))
        strengths = [1.0] if fade is None else [1.0, 0.72, 0.5]
        self._trails = [
            line(10.3 - age / 100, linewidth=width) for age in range(len(strengths) if self._ways else 0)
        ]
        for trail, strength in zip(self._trails, strengths, strict=False):
            trail.set_color(paler(color, back, strength))
        self._dots = None
        if dots and self._ways:
            self._dots = line(10.4, linestyle="", marker="o", markersize=size * 0.5)
            self._dots.set_markeredgewidth(0)
        rim = style.line * HALO * (not many)
        self._rings = heads(11.9, back, color, size * 0.8, style.line * 0.9)
        self._heads = heads(12.0, color, back, size, rim)
        self._gloss = heads(12.0005, back, back, size * GLOSS[0], 0)
        self._gloss.set_alpha(0.75)
        up = size * GLOSS[1] / 72
        figure: Any = axes.get_figure(root=True)
        self._gloss.set_transform(
            axes.transData + ScaledTranslation(-up, up, figure.dpi_scale_trans)
        )
        every = (self._shadow, self._shade, self._hidden, *self._trails[::-1], self._dots,
                 self._rings, self._heads, self._gloss)
        self.artists = tuple(it for it in every if it is not None)

    def move(self, row: float) -> None:
        """Show where it is at a row, and where it has been."""
        camera = self._stage.camera(row)
        sight = self._stage.sight(camera)
        ground = at_row(self._ground, row)
        now, below = self._stage.on_relief(ground), self._stage.on_floor(ground)
        seen, hidden = camera.seen(now), sight.hides(now)
        _put(self._heads, seen[~hidden])
        _put(self._gloss, seen[~hidden])
        _put(self._rings, seen[hidden])
        if self._shade is not None:
            _put(self._shade, camera.seen(below)[~sight.hides(below, ground=True)])
        if not self._ways:
            return
        if self._seen[0] != camera:
            self._seen = camera, [
                (
                    camera.seen(way.places),
                    sight.hides(way.places),
                    camera.seen(way.below),
                    sight.hides(way.below, ground=True),
                )
                for way in self._ways
            ]
        self._draw_trails(row, seen, hidden, camera.seen(below), sight.hides(below, ground=True))

    def _draw_trails(self, row: float, now: Array, hidden: Any, below: Array, lost: Any) -> None:
        trails: list[list[Array]] = [[] for _ in self._trails]
        secret, shadow, dots = [], [], []
        for start, (way, found) in enumerate(zip(self._ways, self._seen[1], strict=True)):
            until = int(np.searchsorted(way.rows, row, side="right"))
            places = np.concatenate([found[0][:until], now[start : start + 1]])
            behind = np.append(found[1][:until], hidden[start])
            visible = np.where(behind[:, np.newaxis], np.nan, places)
            rows = np.append(way.rows[:until], row)
            ends = [len(rows)]
            for age in range(1, len(trails)):
                ends.append(int(np.searchsorted(rows, row - age * self._fade)))
            ends.append(0)
            for trail, end, begin in zip(trails, ends[:-1], ends[1:], strict=True):
                trail.append(visible[max(begin - 1, 0) : end])
            secret.append(np.where(_widened(behind)[:, np.newaxis], places, np.nan))
            if self._shadow is not None:
                under = np.concatenate([found[2][:until], below[start : start + 1]])
                away = np.append(found[3][:until], lost[start])
                shadow.append(np.where(away[:, np.newaxis], np.nan, under))
            if self._dots is not None:
                dots.append(visible[np.flatnonzero(rows == np.floor(rows))])
        for line, pieces in zip(self._trails, trails, strict=True):
            _put(line, _joined(pieces))
        for other, pieces in (
            (self._hidden, secret), (self._shadow, shadow), (self._dots, dots)
        ):
            if other is not None:
                _put(other, _joined(pieces))


class _Arrow:
    """Where a run leaves the ground, seen from a row on."""

    def __init__(self, axes: Axes, stage: Stage, found: Exit, style: Style) -> None:
        self._stage, self._exit, self._axes = stage, found, axes
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
        place = self._stage.on_relief(self._exit.place[np.newaxis])
        _put(self.line, camera.seen(place))
        x, y = camera.seen(np.append(self._exit.way, 0.0))
        angle = float(np.arctan2(y, x))
        if angle != self._angle:
            self._angle = angle
            self.line.set_marker(arrow_head(angle))


def _widened(flags: Any) -> Any:
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


def _put(line: Line2D, places: Array) -> None:
    """Give a line its places, if it has others: one that is left alone need not be drawn again."""
    x, y = places[:, 0], places[:, 1]
    before = line.get_data()
    if not all(map(np.array_equal, before, (x, y), (True, True))):
        line.set_data(x, y)
