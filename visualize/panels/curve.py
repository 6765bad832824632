"""The graph of an objective of one variable, with the runs on it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from visualize.arrays import Array
from visualize.declare.settings import ListToTuple, Range
from visualize.history.history import History
from visualize.landscapes.graph import graph
from visualize.landscapes.limits import choose_limits, cover, widen
from visualize.landscapes.minima import Minimum, find_minima
from visualize.landscapes.poles import range_without_poles
from visualize.looks.style import Style
from visualize.objectives.objective import Objective
from visualize.panels._edges import cut_at_edges, draw_arrows
from visualize.panels._trails import FAR, Trail, draw_runs
from visualize.panels.panel import Limits, Mover, Panel, Showable, View

if TYPE_CHECKING:
    from matplotlib.axes import Axes

CONTEXT = 0.5
"""How far the values shown go beyond those of the runs, as a part of their span."""


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
    minimum: bool = True
    """A dashed line at the value of the lowest minimum."""
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
        if len(view.minima) and self.minimum:
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
        series, exits = cut_at_edges(view.series, view.limits)
        runs = draw_runs(
            axes,
            series,
            style,
            trail=self.trail,
            marker="auto",
        )
        return [*runs, *draw_arrows(axes, exits, style)]

    def place_of(self, view: Any, at: tuple[float, ...], row: float) -> tuple[float, float] | None:
        """Return a point, or where the graph is at x alone."""
        if len(at) == 1:
            return at[0], float(np.interp(at[0], view.x, view.y))
        return super().place_of(view, at, row)

    def seen(self, view: View) -> View:
        """Return the view with runs that stay at the edge where they leave."""
        return replace(view, series=cut_at_edges(view.series, view.limits)[0])


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
