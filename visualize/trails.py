"""How runs are drawn: where each has been, and where it is."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np

from visualize.objectives import Array
from visualize.themes import Style

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

Moving = Callable[[float], "Sequence[Artist]"]
"""Puts the moving artists where they are at a row (between two rows for smooth motion)."""
LineStyle = Literal["-", "--", ":", "-."]
Marker = Literal["auto", "none", "+", "x", "o", "."]

MOST_TRAILS = 20
"""Of more starts only the heads are drawn."""
MOST_DOTS = 61
"""Rows up to which a trail gets a dot at every step, if the scene leaves it open."""
FAR = 1e4
"""How many widths of the view a line may leave it, so that pixels stay numbers."""


def draw_runs(
    axes: "Axes",
    series: Mapping[str, Array],
    style: Style,
    *,
    trail: bool,
    marker: Marker,
    line: LineStyle = "-",
) -> Moving:
    """Draw runs into axes whose limits are set, and return what moves them.

    `series` has for each label the places in the axes, `(rows, starts, 2)`. A run that has
    diverged stays where it was seen last.
    """
    from matplotlib.lines import Line2D

    runs = []
    for index, (label, places) in enumerate(series.items()):
        places = _drawable(places, axes)
        color = style.colors[label]
        many = places.shape[1] > MOST_TRAILS
        dots = marker if marker != "auto" else "o" if len(places) <= MOST_DOTS else "none"
        path = Line2D(
            [],
            [],
            color=color,
            linestyle=line,
            linewidth=style.line * 1.15,
            marker="" if dots == "none" else dots,
            markersize=style.marker * (0.55 if marker == "auto" else 0.95),
            markeredgewidth=style.line if dots in "+x" else 0,
            solid_joinstyle="round",
            zorder=10 + index / 1000,
        )
        head = Line2D(
            [],
            [],
            color=color,
            linestyle="",
            marker="o",
            markersize=style.marker * (0.55 if many else 1.0),
            markeredgewidth=0,
            zorder=12 + index / 1000,
        )
        axes.add_line(head)
        if trail and not many:
            axes.add_line(path)
        runs.append((places, path if trail and not many else None, head))
        if index == 0 and not many:
            _draw_starts(axes, places[0], style)

    def move(row: float) -> "list[Artist]":
        moved: list[Artist] = []
        for places, path, head in runs:
            now = _at(places, row)
            head.set_data(now[:, 0], now[:, 1])
            if path is not None:
                been = np.concatenate([places[: int(row) + 1], now[np.newaxis]])
                path.set_data(*_joined(been))
                moved.append(path)
            moved.append(head)
        return moved

    return move


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


def _drawable(places: Array, axes: "Axes") -> Array:
    """Return places that pixels can be computed for; a lost run stays where it was seen last."""
    lost = ~np.isfinite(places).all(axis=-1)
    rows = np.where(lost, 0, np.arange(len(places))[:, np.newaxis])
    seen = np.take_along_axis(places, np.maximum.accumulate(rows)[..., np.newaxis], axis=0)
    for index, (low, high) in enumerate((axes.get_xlim(), axes.get_ylim())):
        reach = FAR * (high - low)
        seen[..., index] = np.clip(seen[..., index], low - reach, high + reach)
    return seen


def _at(places: Array, row: float) -> Array:
    before = int(row)
    after = min(before + 1, len(places) - 1)
    now: Array = places[before] + (row - before) * (places[after] - places[before])
    return now


def _joined(places: Array) -> tuple[Array, Array]:
    """Return x and y of the trails of all starts as one line with gaps: `(rows, starts, 2)`."""
    if places.shape[1] > 1:
        places = np.concatenate([places, np.full_like(places[:1], np.nan)])
    x, y = np.moveaxis(places, -1, 0)
    return x.ravel(order="F"), y.ravel(order="F")
