"""How runs are drawn: where each has been, and where it is."""

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
from pydantic import BeforeValidator, Discriminator, Field, Tag

from visualize.arrays import Array
from visualize.declare.settings import AsWhole, Settings, custom_error
from visualize.looks.style import MARKERS, LineStyle, Style
from visualize.panels.panel import Mover

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D

Marker = Literal["auto", "none", "+", "x", "o", "."]

FADE = 48
"""Rows of a trail that are strong, if the scene leaves it open; what is older is paler, where there
are more than twice as many."""
STRENGTHS = (1.0, 0.72, 0.5)
"""Of a trail, as it grows older by so many rows again: the rest is the background's colour."""
MOST_TRAILS = 20
"""Of more starts only the heads are drawn."""
MOST_DOTS = 61
"""Rows up to which a trail gets a dot at every step, if the scene leaves it open."""
PIECE = 64
"""Rows after which a trail goes on as another line: the one before need not be drawn again."""
FEW_RUNS = 2
"""Runs up to which it pays to find out where they are in each picture."""
MOST_PIECES = 100
"""Of a longer trail the pieces are longer."""
MOST_RINGS, MOST_RINGED = 6, 20_000
"""Runs, and rows of them, up to which heads that lie on each other become rings."""
RING = 0.42
"""How much wider a head is for each that covers it."""
HALO = 0.6
"""How wide a halo is on each side, as a part of a line."""
FAR = 1e4
"""How many widths of the view a line may leave it, so that pixels stay numbers."""


class Fade(Settings):
    """How a trail grows pale."""

    fade: Annotated[int, Field(ge=1, le=1_000_000), AsWhole] | None = FADE
    """Rows of it that are strong; what is older is paler. None: all."""


WHOLE = Fade(fade=None)
"""A trail that is strong all along."""


def _read_trail(trail: Any) -> Any:
    if isinstance(trail, bool | Mapping | Fade):
        return trail
    right = "true"
    if isinstance(trail, int | float):
        right = f"{{fade: {min(trail, 1_000_000):.0f}}}" if trail >= 1 else "false"
    raise custom_error(f"must be true, false or rows that stay strong; write trail: {right}")


Trail = Annotated[
    Annotated[bool, Tag("shown")] | Annotated[Fade, Tag("fading")],
    Discriminator(lambda trail: "shown" if isinstance(trail, bool) else "fading"),
    BeforeValidator(_read_trail),
    Field(examples=[{"fade": 30}]),
]
"""Whether a run shows where it has been, and for how many rows strongly."""


def fade_of(trail: bool | Fade, rows: int) -> int | None:
    """Return after how many rows a trail of so many is paler, if ever."""
    if isinstance(trail, Fade):
        return trail.fade if trail.fade is not None and rows > trail.fade + 1 else None
    return FADE if rows > 2 * FADE else None


def draw_runs(
    axes: "Axes",
    series: Mapping[str, Array],
    style: Style,
    *,
    trail: bool | Fade,
    marker: Marker,
    line: LineStyle | None = None,
    parts: int = 1,
    swarm: bool = False,
) -> list[Mover]:
    """Draw runs into axes whose limits are set, and return a mover for each.

    `series` has for each label the places in the axes, `(rows, starts, 2)`, or so many `parts` of
    each step: `(1 + parts * (rows - 1), starts, 2)`. A run that has diverged stays where it was
    last. `line` is how all are dashed, in place of how each is. In a `swarm` there are heads only,
    as of many starts.
    """
    runs: list[_Run] = []
    starts = []
    longest = 1 + (max(map(len, series.values())) - 1) // parts
    fade = fade_of(trail, longest)
    has_dots = marker != "none" and (marker != "auto" or longest <= MOST_DOTS)
    for index, (label, places) in enumerate(series.items()):
        places = drawable(places, axes)
        many = swarm or places.shape[1] > MOST_TRAILS
        size = 0.55 if many else 1.0
        head = _add_line(
            axes,
            color=style.colors[label],
            linestyle="",
            **head_of(label, style, size),
            markeredgewidth=style.line * HALO * (not many or bool(style.halo)),
            markeredgecolor=style.theme.background,
            zorder=12 + index / 1000,
        )
        pieces = []
        dash = line or style.dashes[label]
        # Dots would hide how a line is dashed, unless they have the shapes that tell it as well.
        dotted = has_dots and (dash == "-" or marker != "auto" or style.has_shapes)
        dot = MARKERS[style.markers[label]][0] if style.has_shapes else "o"
        dot = (dot if marker == "auto" else marker) if dotted else ""
        length = max(PIECE if fade is None else -(-fade // 2), -(-longest // MOST_PIECES)) * parts
        background = style.theme.background
        colors = [paler(style.colors[label], background, it) for it in STRENGTHS if fade]
        if dash != "-":  # dashes would begin anew
            length = len(places)
        firsts = range(0, max(len(places) - 1, 1), length) if trail and not many else ()
        for number, first in enumerate(firsts):
            path = _add_line(
                axes,
                color=style.colors[label],
                linestyle=dash,
                linewidth=style.line * 1.15 * style.widths[label],
                marker=dot,
                markersize=style.marker * (0.55 if marker == "auto" else 0.95),
                markeredgewidth=style.line if dot and dot in "+x" else 0,
                markevery=parts if parts > 1 else None,
                solid_joinstyle="round",
                solid_capstyle="round",
                # Earlier pieces of all runs lie below later ones: what is done is done for good.
                zorder=10 + number / 1000 + index / 1e6,
            )
            shown = places[first : first + length + 1]
            pieces.append(_Piece(path, shown, first, colors, (fade or math.inf) * parts, parts))
        if style.halo and pieces:
            around = _add_line(
                axes,
                color=style.halo,
                linewidth=style.line * (1.15 * style.widths[label] + 2 * HALO),
                solid_joinstyle="round",
                solid_capstyle="round",
                zorder=9.9,
            )
            pieces.append(_Piece(around, places, 0, (), math.inf, parts))
        runs.append(_Run(places, pieces, head, parts))
        if not many:
            starts.append(places[0])
    if starts:
        _draw_starts(axes, np.unique(np.concatenate(starts), axis=0), style)
    _widen_where_they_meet(axes, runs, style)
    # Several runs are all over the axes: it takes longer to find out where.
    reach: Literal["artist", "axes"] = "artist" if len(runs) <= FEW_RUNS else "axes"
    return [Mover(run.artists, run.move, reach) for run in runs]


def head_of(label: str, style: Style, size: float = 1.0) -> dict[str, Any]:
    """Return matplotlib's settings of the marker at a run's head."""
    sign, larger = MARKERS[style.markers[label]]
    return {"marker": sign, "markersize": style.marker * larger * size}


def _widen_where_they_meet(axes: "Axes", runs: Sequence["_Run"], style: Style) -> None:
    """Let each head be wider by a ring for each one that covers it, so that all can be counted."""
    places = [run.places for run in runs]
    if not 1 < len(runs) <= MOST_RINGS or any(it.shape[1] > 1 for it in places):
        return
    rows = max(map(len, places))
    if rows > MOST_RINGED:
        return
    whole = [np.concatenate([it, np.repeat(it[-1:], rows - len(it), axis=0)]) for it in places]
    seen = axes.transData.transform(np.concatenate(whole, axis=1).reshape(-1, 2))
    figure: Any = axes.get_figure(root=True)
    seen = seen.reshape(rows, len(runs), 2) / (style.marker / 72 * figure.dpi)
    for index, run in enumerate(runs[:-1]):
        apart = np.hypot(*np.moveaxis(seen[:, index + 1 :] - seen[:, index : index + 1], -1, 0))
        run.widths = 1 + RING * np.clip(1.5 - apart, 0, 1).sum(axis=1)


class _Run:
    """A run in axes: the pieces of its trail, and its head."""

    def __init__(self, places: Array, pieces: list["_Piece"], head: "Line2D", parts: int) -> None:
        """Nothing is moved yet. Each step has so many parts."""
        self.places, self._parts = places, parts
        self._pieces = pieces
        self._head = head
        self._size = float(head.get_markersize())
        self.widths = np.ones(1)
        """Of the head at each row, as a part of its usual one."""
        self.artists = (*(piece.path for piece in pieces), head)

    def move(self, row: float) -> None:
        """Show where it is at a row, and where it has been."""
        row *= self._parts
        now = at_row(self.places, row)
        _set_data(self._head, now[:, 0], now[:, 1])
        width = self._size * float(at_row(self.widths, row))
        if width != self._head.get_markersize():
            self._head.set_markersize(width)
        for piece in self._pieces:
            piece.grow(row, now)


def _add_line(axes: "Axes", **properties: Any) -> "Line2D":
    from matplotlib.lines import Line2D

    line = Line2D([], [], **properties)
    axes.add_line(line)
    return line


class _Piece:
    """A part of a trail, from one row to another."""

    def __init__(
        self,
        path: "Line2D",
        places: Array,
        first: int,
        colors: Sequence[str],
        fade: float,
        parts: int,
    ) -> None:
        """Its places begin at row `first`; the last is the next piece's first.

        It has the next of the colours for each `fade` rows that it has been gone. Of so many
        `parts` each first one may have a marker.
        """
        self.path = path
        self._places = places
        self._first = first
        self._colors = colors
        self._fade = fade
        self._parts = parts
        self._shown: tuple[bool, bool] | None = None
        self._age = 0

    def grow(self, row: float, now: Array) -> None:
        """Show as much of it as has been gone at a row, where the runs are `now`."""
        gone = row - self._first
        begun = gone > 0 or self._first == 0
        whole = gone >= len(self._places) - 1
        self._grow_older(gone - (len(self._places) - 1))
        if (begun, whole) == self._shown and (whole or not begun):
            return
        self._shown = begun, whole
        if begun != self.path.get_visible():
            self.path.set_visible(begun)
        if whole:
            self.path.set_data(*_joined(self._places, self._parts))
        elif begun:
            places = np.concatenate([self._places[: int(gone) + 1], now[None]])
            _set_data(self.path, *_joined(places, self._parts))

    def _grow_older(self, since: float) -> None:
        """Take the colour of a piece that has been gone since so many rows."""
        age = int(np.clip(since // self._fade, 0, max(len(self._colors) - 1, 0)))
        if age != self._age:
            self._age = age
            self.path.set_color(self._colors[age])


def paler(color: str, background: str, strength: float) -> str:
    """Return a colour of which so much is left, beside a background: all of it is 1."""
    from matplotlib.colors import to_hex, to_rgb

    strong, weak = np.array(to_rgb(color)), np.array(to_rgb(background))
    return to_hex(tuple(strength * strong + (1 - strength) * weak))


def _set_data(line: "Line2D", x: Array, y: Array) -> None:
    """Give a line its data, if it has others: one that is left alone need not be drawn again."""
    before = line.get_data()
    if not all(map(np.array_equal, before, (x, y), (True, True))):
        line.set_data(x, y)


def _draw_starts(axes: "Axes", places: Array, style: Style) -> None:
    axes.plot(
        places[:, 0],
        places[:, 1],
        linestyle="",
        marker="o",
        markersize=style.marker * 1.1,
        markerfacecolor=style.theme.background,
        markeredgecolor=style.theme.quiet,
        markeredgewidth=style.line * 0.8,
        zorder=6,
    )


def drawable(places: Array, axes: "Axes") -> Array:
    """Return places that pixels can be computed for; a lost run stays where it was seen last."""
    lost = ~np.isfinite(places).all(axis=-1)
    rows = np.where(lost, 0, np.arange(len(places))[:, np.newaxis])
    seen = np.take_along_axis(places, np.maximum.accumulate(rows)[..., np.newaxis], axis=0)
    for index, (low, high) in enumerate((axes.get_xlim(), axes.get_ylim())):
        reach = FAR * (high - low)
        seen[..., index] = np.clip(seen[..., index], low - reach, high + reach)
    return seen


def at_row(places: Array, row: float) -> Array:
    """Return where runs are at a row: `(starts, 2)`, or whatever there is for each row."""
    row = min(row, len(places) - 1)  # a shorter run stays where it ended
    before = int(row)
    after = min(before + 1, len(places) - 1)
    now: Array = places[before] + (row - before) * (places[after] - places[before])
    return now


def _joined(places: Array, parts: int) -> tuple[Array, Array]:
    """Return x and y of the trails of all starts as one line with gaps: `(rows, starts, 2)`.

    Each begins at a multiple of `parts`."""
    if places.shape[1] > 1:
        gap = parts - len(places) % parts
        places = np.concatenate([places, np.full((gap, *places.shape[1:]), np.nan)])
    x, y = np.moveaxis(places, -1, 0)
    return x.ravel(order="F"), y.ravel(order="F")
