"""How a contour panel is drawn: the landscape, what is marked in it, and the runs over it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from visualize.arrays import Array
from visualize.looks.style import MARKERS, Style
from visualize.objectives.objective import Ranges
from visualize.panels._contour.arrows_drawn import draw_head_arrows
from visualize.panels._contour.by_minimum import (
    by_minimum,
    colors_of,
    draw_basins,
    minimum_color,
    minimum_marker,
    shares_in_words,
)
from visualize.panels._contour.camera import Way, Zoom, draw_camera
from visualize.panels._contour.color_bar import draw_color_bar
from visualize.panels._contour.downhill import draw_downhill
from visualize.panels._contour.ground import draw_ground
from visualize.panels._contour.inset import add_inset
from visualize.panels._contour.landscape import Landscape, ground_in
from visualize.panels._edges import cut_at_edges, draw_arrows
from visualize.panels._marks import (
    Mark,
    draw_minima,
    draw_others,
    in_few_digits,
    places_in_words,
    write_beside,
)
from visualize.panels._trails import MOST_TRAILS, draw_runs
from visualize.panels.panel import Mover

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from visualize.panels.contour import Contour

MOST_TOLD = 8
"""Minima of which the legend says how many starts end in each; of more colours come again."""
LONGEST_LEVEL = 8
"""Letters of a name that is written horizontally beside the axis; longer ones are turned."""


def draw_landscape(panel: "Contour", axes: "Axes", view: Landscape, style: Style) -> list[Mover]:
    """Draw the landscape, its minima and the starts, and return what moves over it."""
    if view.caption and not style.is_small:
        text = axes.set_title(view.caption, loc="left", fontsize=style.font_size * 0.85)
        text.set(color=style.theme.quiet, parse_math=False)
    grounds: list[Sequence[Any]] = []
    if np.isnan(view.values).all():
        axes.grid(True)
    else:
        grounds.append(draw_ground(axes, view.ground, style, panel.shading))
    if view.emptiness:
        words = axes.text(0.5, 0.95, view.emptiness, transform=axes.transAxes)
        words.set(ha="center", va="top", color=style.theme.quiet, zorder=5)
    axes.spines[:].set_visible(True)  # a landscape ends on every side
    across, up = view.names
    (left, right), (bottom, top) = view.limits
    if view.basins:
        extent = np.array([view.x[[0, -1]], view.y[[0, -1]]])
        whose = next((it for it in view.series if it in view.basins), next(iter(view.basins)))
        draw_basins(axes, view.basins[whose], extent, style, _taken(view))
    axes.set(xlim=(left, right), ylim=(bottom, top), xlabel=across, ylabel=up)
    axes.set_aspect(panel.aspect)
    if len(up) <= LONGEST_LEVEL:
        axes.yaxis.label.set(rotation=0, ha="right", va="center")
    for text in (axes.xaxis.label, axes.yaxis.label):
        text.set_parse_math(False)  # a table's columns may be called anything
    if view.downhill.size:
        draw_downhill(axes, view.downhill, style)
    if panel.colorbar and len(view.levels) and not style.is_small:
        draw_color_bar(axes, view.ground, style, panel.shading)
    minima = _draw_marks(panel, axes, view, style)
    series, exits = cut_at_edges(view.series, view.limits)
    heads, their_style = series, style
    if view.reached:
        heads, their_style = by_minimum(series, view.reached, style)
    swarm = any(places.shape[1] > MOST_TRAILS for places in series.values())
    looks: Any = {
        "trail": panel.trail,
        "marker": panel.marker,
        "swarm": swarm and bool(view.reached),
    }
    movers = draw_runs(axes, heads, their_style, **looks)
    movers += draw_arrows(axes, exits, style)
    arrows = {label: it for label, it in view.arrows.items() if label in series}
    movers += draw_head_arrows(axes, series, arrows, style)
    if view.inset:
        window = view.inset["window"]
        times = panel.inset.zoom if panel.inset else 1.0
        small = add_inset(axes, _ranges(window), view.inset["corner"], times, style)
        draw_ground(small, ground_in(view.inset), style, panel.shading)
        _draw_minima(panel, small, minima, view, style, is_clipped=True)
        movers += draw_runs(small, heads, their_style, **looks)
    if len(view.windows):
        way = Way(
            view.windows,
            panel.camera if isinstance(panel.camera, Zoom) else None,
            view.middle,
            view.focus,
        )
        count = len({name.partition("/")[0] for name in view.nearer})
        for number in range(1, count + 1):
            ground = ground_in(view.nearer, f"{number}/")
            grounds.append(draw_ground(axes, ground, style, panel.shading))
        movers = [draw_camera(axes, way, grounds, style), *movers]
    return movers


def _ranges(window: Array) -> Ranges:
    return tuple((float(low), float(high)) for low, high in window)


def _taken(view: Landscape) -> int:
    """Return how many colours runs have that are not those of minima."""
    return 0 if view.reached else len(view.series)


def _draw_marks(panel: "Contour", axes: "Axes", view: Landscape, style: Style) -> list[Mark]:
    """Draw minima, saddle points and maxima, write beside them, and return the minima."""
    by_color = bool(view.reached) or bool(view.basins)
    star = panel.minimum == "star"
    reached = {label: it for label, it in view.reached.items() if label in view.series}
    shares = shares_in_words(reached, len(view.minima)) if reached else []
    there = view.values[np.isfinite(view.values)]
    whole = float(np.ptp(there)) if there.size else 0.0
    minima = []
    for number, point in enumerate(view.minima):
        is_global = bool(view.minima_are_global[number])
        words = ""
        if panel.minimum_values:
            words = f"f = {in_few_digits(float(view.minima_values[number]), whole)}"
        minima.append(
            Mark(
                point,
                is_global=is_global,
                color=minimum_color(number, style, _taken(view))
                if by_color
                else style.theme.minimum,
                words=words,
                name="" if by_color else "minimum" if is_global else "local minimum",
                marker="*" if star else "o",
            )
        )
    _draw_minima(panel, axes, minima, view, style, is_clipped=bool(len(view.windows)))
    others = [
        Mark(
            point,
            is_global=True,
            color=style.theme.ink,
            name="maximum" if is_maximum else "saddle",
            marker="^" if is_maximum else "D",
        )
        for point, is_maximum in zip(view.saddles, view.saddles_are_maxima, strict=True)
    ]
    draw_others(axes, others, style)
    write_beside(axes, minima, view.series, style, above=13.5 if _is_swarm(view) else 8)
    _tell_shares(axes, minima, shares, style)
    return minima


def _tell_shares(axes: "Axes", minima: Sequence[Mark], shares: Sequence[str], style: Style) -> None:
    """Let the legend say how many starts end in each of few minima, and in none.

    Of several runs it names the minima, whose colours are the same in all panels.
    """
    names = list(shares[: len(minima)])
    is_alone = len(style.colors) == 1
    if names and (len({*names}) < len(names) or not is_alone):
        places = places_in_words([mark.point for mark in minima])
        names = [
            f"{place}  {share}" if is_alone else place
            for place, share in zip(places, names, strict=True)
        ]
    told = [(mark.marker, mark.color, name) for mark, name in zip(minima, names, strict=False)]
    if len(told) > len(colors_of(style)):  # shapes tell them apart
        signs = (MARKERS[minimum_marker(number, style)][0] for number in range(len(told)))
        told = [(sign, color, name) for sign, (_, color, name) in zip(signs, told, strict=True)]
    if len(told) > MOST_TOLD:
        told = []
    if shares and shares[-1][0] != "0":
        words = f"elsewhere: {shares[-1]}" if is_alone else "elsewhere"
        told.append(("o", style.theme.quiet, words))
    for marker, color, share in told:
        (line,) = axes.plot([], [], linestyle="", marker=marker, color=color, label=share)
        size = style.marker * (2 if marker == "*" else 1)
        line.set(markersize=size, markeredgecolor=style.theme.background)


def _draw_minima(
    panel: "Contour",
    axes: "Axes",
    minima: Sequence[Mark],
    view: Landscape,
    style: Style,
    *,
    is_clipped: bool,
) -> None:
    if panel.minimum == "none":
        return
    above = 13 if _is_swarm(view) else 11.5
    draw_minima(axes, minima, style, above=above, is_clipped=is_clipped)


def _is_swarm(view: Landscape) -> bool:
    return any(places.shape[1] > MOST_TRAILS for places in view.series.values())
