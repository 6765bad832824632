"""The graph of an objective of one variable, with the runs on it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field

from visualize.declare.settings import ListToTuple, Range
from visualize.history.history import History
from visualize.landscapes.minima import find_minima
from visualize.landscapes.view import choose_view, cover, widen
from visualize.looks.style import Style
from visualize.objectives.objective import Objective
from visualize.panels._trails import Moving, draw_runs
from visualize.panels.panel import Panel, Showable

if TYPE_CHECKING:
    from matplotlib.axes import Axes

CONTEXT = 1.0
"""How far the values shown go beyond those of the runs, as a part of their span."""


class Curve(Panel):
    """The graph of an objective of one variable, with the runs on it."""

    kind: Literal["curve"] = "curve"
    shows: ClassVar[range] = range(1, 2)

    limits: Annotated[tuple[Range, Range], ListToTuple] | None = None
    """The ranges of x and of the value: [[-5, 5], [-5, 5]]; default: around the runs."""
    trail: bool = True
    """Show where each run has been (never of more than 20 starts)."""
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

    def draw(self, axes: "Axes", objective: Objective, history: History, style: Style) -> Moving:
        """Draw the graph and the line at its minimum; the runs move on it."""
        if self.limits:
            minima = find_minima(objective, self.limits[:1])
            view = self.limits[0]
        else:
            box, minima = choose_view(objective, history, beyond=1.0)
            view = widen(box[0], 0.15) if objective.domain is None else box[0]
        x = np.linspace(*view, self.samples)
        y = objective.value(x[:, np.newaxis])
        y[~np.isfinite(y)] = np.nan
        axes.set(xlim=view, xlabel=objective.variables[0])
        axes.set_ylabel("y" if objective.variables[0] == "x" else "f", rotation=0, ha="right")
        axes.grid(self.grid)
        axes.plot(x, y, color=style.theme.curve, linewidth=style.line * 1.2, zorder=2)
        lowest = minima[0] if minima else None
        if lowest and self.minimum:
            axes.axhline(
                lowest.value,
                color=style.theme.minimum,
                alpha=0.6,
                linestyle=(0, (6, 4)),
                linewidth=style.line * 0.8,
                zorder=1.9,
                label="minimum" if lowest.is_global else "local minimum",
            )
        if self.limits:
            axes.set_ylim(self.limits[1])
        else:
            low, high = cover([run.values for run in history.values()])
            low = min(low, lowest.value) if lowest else low
            reach = CONTEXT * (high - low) or np.inf
            low, high = max(low - reach, np.nanmin(y)), min(high + reach, np.nanmax(y))
            axes.set_ylim(widen((float(low), float(high)), 0.06))
        series = {
            label: np.stack([run.points[..., 0], run.values], axis=-1)
            for label, run in history.items()
        }
        return draw_runs(axes, series, style, trail=self.trail, marker="auto")
