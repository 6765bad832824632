"""What is marked on a landscape: minima, saddle points and maxima, and what is written beside."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from visualize.arrays import Array
from visualize.looks.style import Style
from visualize.panels._trails import MOST_TRAILS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Annotation

MANY_MINIMA = 8
"""Of more the marks of local ones are smaller, so that they do not lie on each other."""
MOST_LOCAL_MINIMA = 200
"""Of more none is marked: they are everywhere."""
MOST_SADDLES = 60
"""Of saddle points and maxima, of more none is marked either."""
AWAY = 0.45
"""How far from a mark what is written beside it stands, as a part of the letters' height."""
SIDES = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1))
"""Where it may stand, the best first."""
MARKS, TRAILS = "words beside marks", "where runs go"
"""The names by which axes find the words again, and what they are not to cover."""
ON_A_MARK, ON_WORDS, OUTSIDE, LATER = 30.0, 60.0, 200.0, 0.5
"""How bad that is, in places of a trail that are covered."""


class Mark(NamedTuple):
    """A place that is marked."""

    point: Array
    is_global: bool
    color: str
    words: str = ""
    """What is written beside it."""
    name: str = ""
    """What the legend calls it; empty: nothing."""
    marker: str = "*"


def draw_minima(
    axes: "Axes", minima: Sequence[Mark], style: Style, *, above: float, is_clipped: bool
) -> None:
    """Draw few minima `above` all that moves but heads; many of them below the trails."""
    local = sum(not mark.is_global for mark in minima)
    smaller = max(1.0, (len(minima) / MANY_MINIMA) ** 0.5)
    few = len(minima) - local <= MANY_MINIMA, len(minima) <= MANY_MINIMA
    for mark in minima:
        if local > MOST_LOCAL_MINIMA and not mark.is_global:
            continue
        size = style.marker * (2.0 if mark.marker == "*" else 1.3)
        outside = style.theme.background
        _draw(
            axes,
            mark,
            markersize=size / (1 if mark.is_global else smaller),
            color=mark.color if mark.is_global else outside,
            markeredgecolor=outside if mark.is_global else mark.color,
            markeredgewidth=style.line * 0.6,
            zorder=above if few[0 if mark.is_global else 1] else 7,
            clip_on=is_clipped,  # a minimum may lie on the edge
        )


def draw_others(axes: "Axes", marks: Sequence[Mark], style: Style) -> None:
    """Draw saddle points and maxima below the trails: open, and in the colour of text."""
    for mark in marks:
        _draw(
            axes,
            mark,
            markersize=style.marker * 1.15,
            color=style.theme.background,
            markeredgecolor=mark.color,
            markeredgewidth=style.line * 0.8,
            zorder=6.5,
        )


def _draw(axes: "Axes", mark: Mark, **looks: Any) -> None:
    x, y = mark.point
    axes.plot([x], [y], linestyle="", marker=mark.marker, label=mark.name or None, **looks)


def write_beside(
    axes: "Axes",
    marks: Iterable[Mark],
    trails: Mapping[str, Array],
    style: Style,
    *,
    above: float,
) -> None:
    """Write what belongs to marks beside them, `above` what moves or below it.

    `settle_words` finds the places. `trails` are where runs of few starts go, by label:
    `(rows, starts, 2)`.
    """
    from matplotlib.patheffects import withStroke

    gone = [it.reshape(-1, 2) for it in trails.values() if it.shape[1] <= MOST_TRAILS]
    for it in gone:
        seen = it[np.isfinite(it).all(axis=1)]
        axes.plot(*seen.T, visible=False, gid=TRAILS)  # so that they are known where it is laid out
    around = style.halo or style.theme.background
    for mark in marks:
        if not mark.words or style.is_small:
            continue
        text = axes.annotate(
            mark.words,
            tuple(mark.point),
            (0, 0),
            textcoords="offset points",
            fontsize=style.numbers,
            color=mark.color if mark.color != style.theme.minimum else style.theme.ink,
            ha="center",
            va="center",
            linespacing=1.05,
            zorder=above,
            gid=MARKS,
            parse_math=False,
            annotation_clip=True,
        )
        text.set_path_effects([withStroke(linewidth=style.line * 2.2, foreground=around)])
        text.set(in_layout=False, clip_on=True)


def words_in(axes: "Axes") -> list[Any]:
    """Return the texts beside marks."""
    return [text for text in axes.texts if text.get_gid() == MARKS]


def stands_inside(words: "Annotation", side: int, edge: str) -> bool:
    """Put words below their mark (-1), or above it (1), at one of their edges.

    Return whether they are within the axes there."""
    words.xyann = (0, side * abs(words.xyann[1]))
    words.set(va="top" if side < 0 else "bottom", ha=edge)
    axes: Any = words.axes
    corners = words.get_window_extent().get_points()
    return all(axes.bbox.contains(*corner) for corner in corners)


def settle_words(axes: "Axes") -> None:
    """Put the words beside their marks where they cover each other, marks and trails the least.

    The axes have their place.
    """
    words = words_in(axes)
    if not words:
        return
    to_pixels = axes.transData.transform
    lines = [np.asarray(line.get_xydata()) for line in axes.lines]
    marks = to_pixels(np.concatenate([np.zeros((0, 2)), *(it for it in lines if len(it) == 1)]))
    trails = [np.asarray(it.get_xydata()) for it in axes.lines if it.get_gid() == TRAILS]
    gone = to_pixels(np.concatenate([np.zeros((0, 2)), *trails]))
    taken: list[Array] = []
    for text in words:
        size = np.array(text.get_window_extent().size)
        mark = to_pixels(text.xy)
        figure: Any = axes.get_figure(root=True)
        scale = figure.dpi / 72
        away = size / 2 + float(text.get_fontsize()) * scale * (0.35 + AWAY)
        places = mark + np.array(SIDES) * away
        costs = [
            _cost(it, size, axes, marks, gone, taken) + LATER * number
            for number, it in enumerate(places)
        ]
        best = int(np.argmin(costs))
        text.set_position((places[best] - mark) / scale)
        taken.append(np.concatenate([places[best] - size / 2, places[best] + size / 2]))


def _cost(
    place: Array, size: Array, axes: "Axes", marks: Array, gone: Array, taken: Sequence[Array]
) -> float:
    """Return how bad a place is: what it covers there."""
    low, high = place - size / 2, place + size / 2

    def covered(points: Array) -> int:
        return int(((points > low) & (points < high)).all(axis=1).sum())

    inside = axes.bbox.contains(*low) and axes.bbox.contains(*high)
    on_words = sum(bool((low < box[2:]).all() and (box[:2] < high).all()) for box in taken)
    cost = ON_A_MARK * covered(marks) + min(covered(gone), 20) + ON_WORDS * on_words
    return cost + (0.0 if inside else OUTSIDE)


def places_in_words(points: Sequence[Array]) -> list[str]:
    """Return points in as few digits as tell them apart: (-2.8, 3.1)."""
    for digits in range(2, 7):
        words = [f"({', '.join(_rounded(float(it), digits) for it in point)})" for point in points]
        if len({*words}) == len(words):
            break
    return words


def _rounded(value: float, digits: int) -> str:
    return f"{float(f'{value:.{digits}g}'):g}".replace("-", "\N{MINUS SIGN}")


def in_few_digits(value: float, whole: float) -> str:
    """Return a value as it is written beside its mark; `whole` is the range of all there are."""
    if abs(value) < 1e-9 * whole:
        return "0"
    return f"{value:.3g}".replace("-", "\N{MINUS SIGN}")
