"""The graph of an objective of one variable, with the runs on it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, PlainValidator

from visualize.arrays import Array
from visualize.declare.settings import ListToTuple, Range, custom_error
from visualize.history.history import History
from visualize.landscapes.graph import graph
from visualize.landscapes.limits import choose_limits, cover, widen
from visualize.landscapes.minima import Minimum, find_minima
from visualize.landscapes.poles import range_without_poles
from visualize.looks.style import Style
from visualize.objectives.objective import Objective
from visualize.panels._curve.hops import PARTS, arcs, hops
from visualize.panels._curve.tangents import draw_tangents
from visualize.panels._edges import cut_at_edges, draw_arrows
from visualize.panels._marks import MARKS, stands_inside, words_in
from visualize.panels._trails import FAR, MOST_TRAILS, Trail, draw_runs
from visualize.panels.panel import Limits, Mover, Panel, Showable, View
from visualize.text import did_you_mean, shown

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MANY_MINIMA = 8
"""Of more no value is written."""
BELOW = 0.1
"""The part of the height that is free below the lowest value where values are written there."""
CONTEXT = 0.5
"""How far the values shown go beyond those of the runs, as a part of their span."""


def _check_minimum(minimum: Any) -> Literal["star", "dot", "none"] | bool:
    if isinstance(minimum, bool):
        return minimum
    for known in ("star", "dot", "none"):
        if minimum == known:
            return known
    hint = did_you_mean(minimum, ("star", "dot", "none")) if isinstance(minimum, str) else ""
    raise custom_error(f"must be star, dot or none, or true: a line (got {shown(minimum)}){hint}")


@dataclass(frozen=True, eq=False)
class _Graph(View):
    """The graph of an objective, with the runs on it."""

    x: Array
    y: Array
    """Points of the graph: `(points,)` each, more than the samples where it is broken.

    y is NaN where there is no value, and between the ends at a jump or a pole."""
    minima: Array
    """x and y of each: `(minima, 2)`, the lowest first."""
    minima_are_global: NDArray[np.bool_]


class Curve(Panel):
    """The graph of an objective of one variable, with the runs on it."""

    also_called: ClassVar = ("graph", "function", "line", "plot", "1d")
    kind: Literal["curve"] = "curve"
    shows: ClassVar[range] = range(1, 2)
    share: ClassVar[int] = 3
    has_heads: ClassVar[bool] = True

    limits: Annotated[tuple[Limits, Limits], ListToTuple] | None = Field(
        None, examples=[[[-5, 5], [-5, 5]]]
    )
    """The ranges of x and of the value: [[-5, 5], [-5, 5]]; default: around the runs."""
    trail: Trail = True
    """Show where each run has been (never of more than 20 starts); older parts are paler.

    `{fade: 30}`: those of more than 30 rows ago."""
    path: Literal["auto", "arcs", "chords"] = "auto"
    """From step to step: a straight chord, or an arc; `auto`: arcs where a run jumps to and fro
    across a valley, so that its chords would lie on each other."""
    tangent: bool = False
    """At each head the tangent to the graph, which is what the gradient knows (never of more than
    20 starts)."""
    minimum: Annotated[
        Literal["star", "dot", "none"] | bool,
        PlainValidator(
            _check_minimum, json_schema_input_type=Literal["star", "dot", "none"] | bool
        ),
    ] = True
    """A dashed line at the value of the lowest minimum; `star` or `dot`: a mark at each minimum,
    local ones hollow."""
    minimum_values: bool = False
    """Write the value below each minimum, local ones too, of at most eight."""
    grid: bool = True
    """Faint lines at the ticks."""
    samples: Annotated[int, Field(ge=2, le=100_000)] = 10_000
    """Points of the graph, evenly spaced over the range of x."""

    def misfits(self, showable: Showable) -> Iterator[tuple[str, str]]:
        """Yield that there is no curve."""
        if not showable.objective.is_known:
            yield "kind", "the curve of an objective that is not given cannot be shown"

    def look(self, objective: Objective, history: History) -> _Graph:
        """Return the graph, its minima, and where the runs are on it."""
        if self.limits:
            minima = find_minima(objective, self.limits[:1])
            across = self.limits[0]
        else:
            (across, *_), minima = choose_limits(objective, history, beyond=1.0)
            across = widen(across, 0.15) if objective.domain is None else across
        x = np.linspace(*across, self.samples)
        y = objective.value(x[:, np.newaxis])
        up = self.limits[1] if self.limits else _reach(objective, x, y, history, minima)
        if self.minimum_values and not self.limits:
            up = up[0] - BELOW * (up[1] - up[0]), up[1]
        x, y = graph(lambda at: objective.value(at[..., np.newaxis]), x, y)
        name = objective.variables[0]
        return _Graph(
            names=(name, "y" if name == "x" else "f"),
            limits=(across, up),
            scales=("linear", "linear"),
            series={
                label: np.stack([run.points[..., 0], run.values], axis=-1)
                for label, run in history.items()
            },
            x=x,
            y=y,
            minima=np.array([(*it.point, it.value) for it in minima]).reshape(-1, 2),
            minima_are_global=np.array([it.is_global for it in minima], dtype=bool),
        )

    def draw(self, axes: "Axes", view: _Graph, style: Style) -> list[Mover]:
        """Draw the graph and the line at its minimum; the runs move on it."""
        across, up = view.names
        axes.set(xlim=view.limits[0], xlabel=across)
        axes.set_ylabel(up, rotation=0, ha="right")
        axes.grid(self.grid)
        low, high = view.limits[1]
        reach = FAR * (high - low)
        y = np.clip(view.y, low - reach, high + reach)
        axes.plot(view.x, y, color=style.theme.curve, linewidth=style.line * 1.2, zorder=2)
        if len(view.minima) and self.minimum is True:
            axes.axhline(
                view.minima[0, 1],
                color=style.theme.minimum,
                alpha=0.6,
                linestyle=(0, (6, 4)),
                linewidth=style.line * 0.8,
                zorder=1.9,
                label="minimum" if view.minima_are_global[0] else "local minimum",
            )
        axes.set_ylim(view.limits[1])
        self._mark_minima(axes, view, style)
        _, exits = cut_at_edges(view.series, view.limits)
        seen = self.seen(view)
        runs = draw_runs(
            axes, seen.series, style, trail=self.trail, marker="auto", parts=seen.parts
        )
        tangents = draw_tangents(axes, view.series, (view.x, view.y), style) if self.tangent else []
        return [*tangents, *runs, *draw_arrows(axes, exits, style)]

    def _bent(self, places: Array, view: View) -> NDArray[np.bool_]:
        """Return which steps go along an arc: `(rows - 1, starts)`."""
        (left, right), _ = view.limits
        if self.path == "auto" and places.shape[1] <= MOST_TRAILS:
            return hops(places, right - left)
        return np.full((len(places) - 1, places.shape[1]), self.path == "arcs")

    def _mark_minima(self, axes: "Axes", view: _Graph, style: Style) -> None:
        """Mark few minima, and write their values below them."""
        few = len(view.minima) <= MANY_MINIMA
        inside, outside = style.theme.minimum, style.theme.background
        star = self.minimum == "star"
        size = style.marker * (2.0 if star else 1.3)
        for (x, y), is_global in zip(view.minima, view.minima_are_global, strict=True):
            if self.minimum in {"star", "dot"}:
                (mark,) = axes.plot([x], [y], linestyle="", marker="*" if star else "o")
                mark.set(
                    color=inside if is_global else outside,
                    markeredgecolor=outside if is_global else inside,
                    markersize=size,
                    markeredgewidth=style.line * 0.6,
                    zorder=11.5,
                    clip_on=False,
                    label="minimum" if is_global else "local minimum",
                )
            if self.minimum_values and few:
                words = axes.annotate(
                    f"{y + 0.0:.4g}".replace("-", "\N{MINUS SIGN}"),
                    (x, y),
                    xytext=(0, -0.8 * size),
                    textcoords="offset points",
                    gid=MARKS,
                )
                words.set(ha="center", va="top", color=inside, fontsize=style.numbers, zorder=5)

    def settle(self, axes: "Axes") -> None:
        """Put the values of minima above them where there is no room below, or leave them out."""
        for words in words_in(axes):
            fits = (
                stands_inside(words, *it) for it in product((-1, 1), ("center", "left", "right"))
            )
            words.set_visible(any(fits))

    def place_of(self, view: Any, at: tuple[float, ...], row: float) -> tuple[float, float] | None:
        """Return a point, or where the graph is at x alone."""
        if len(at) == 1:
            return at[0], float(np.interp(at[0], view.x, view.y))
        return super().place_of(view, at, row)

    def seen(self, view: View) -> View:
        """Return the view with runs that stay at the edge where they leave, and go along arcs."""
        series, _ = cut_at_edges(view.series, view.limits)
        bent = {label: self._bent(places, view) for label, places in series.items()}
        if not any(it.any() for it in bent.values()):
            return replace(view, series=series)
        arched = {label: arcs(it, view.limits, bent[label]) for label, it in series.items()}
        return replace(view, series=arched, parts=PARTS)


def _reach(
    objective: Objective, x: Array, y: Array, history: History, minima: tuple[Minimum, ...]
) -> Range:
    """Return the range of values to show: those of the runs, and what is near to them."""
    low, high = cover([run.values for run in history.values()])
    for run in history.values():
        inside = (run.points[..., 0] >= x[0]) & (run.points[..., 0] <= x[-1])
        if not inside.all() or any(row is not None for row in run.growing_since):
            # As high as where it leaves on a side.
            high = max(high, float(np.max(run.values, where=inside, initial=high)))
    low = min(low, minima[0].value) if minima else low
    beyond = CONTEXT * (high - low) or np.inf
    points = x[:, np.newaxis]
    bottom, top = range_without_poles(
        objective.value, points, y, points[1] - points[0], (low, high)
    )
    low, high = max(low - beyond, min(low, bottom)), min(high + beyond, max(high, top))
    return widen((float(low), float(high)), 0.06)
