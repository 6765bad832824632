"""The objective's value at every step: which run is lower, and when."""

from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from visualize.history import History
from visualize.objectives import Array, Objective
from visualize.panels import Panel
from visualize.settings import Range
from visualize.themes import Style
from visualize.trails import Moving, draw_runs
from visualize.view import cover, widen

if TYPE_CHECKING:
    from matplotlib.axes import Axes

STEEP = 100.0
"""A largest value this many times the smallest is shown on a logarithmic scale."""


class Values(Panel):
    """The objective's value at every step: which run is lower, and when."""

    kind: Literal["values"] = "values"
    shows: ClassVar[range] = range(1, 1_000_000)

    limits: Range | None = None
    """The range of values; default: those of the runs."""
    scale: Literal["auto", "linear", "log"] = "auto"
    """Of the values; `auto` is logarithmic where they are positive and span a hundredfold."""

    def draw(self, axes: "Axes", objective: Objective, history: History, style: Style) -> Moving:
        """Draw axes and grid; every run's line grows with its steps."""
        from matplotlib.ticker import MaxNLocator

        del objective
        series = {}
        for label, run in history.items():
            steps = np.broadcast_to(np.arange(len(run.values))[:, np.newaxis], run.values.shape)
            series[label] = np.stack([steps, run.values], axis=-1)
        low, high = self.limits or cover([run.values for run in history.values()])
        smallest = min(_smallest(run.values) for run in history.values())
        logarithmic = self.scale == "log" or (
            self.scale == "auto"
            and self.limits is None
            and smallest > 0
            and high > STEEP * smallest
        )
        if logarithmic and high > 0:
            low = max(low if low > 0 else smallest, high * 1e-16)
            margin = 1.0 if self.limits else (high / low) ** 0.05
            axes.set_yscale("log")
            axes.set_ylim(low / margin, high * margin)
            for places in series.values():
                places[..., 1] = np.maximum(places[..., 1], low / 1e3)
        else:
            axes.set_ylim(self.limits or widen((low, high), 0.06))
        axes.set_xlim(widen((0, history.steps), 0.02) if history.steps else (-0.5, 0.5))
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.set(xlabel="step", ylabel="value")
        axes.grid(True)
        return draw_runs(axes, series, style, trail=True, marker="none")


def _smallest(values: Array) -> float:
    return float(np.min(values, initial=np.inf, where=np.isfinite(values)))
