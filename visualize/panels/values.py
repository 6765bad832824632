"""The objective's value at every step: which run is lower, and when."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from visualize.declare.settings import Range
from visualize.history.history import History
from visualize.landscapes.view import cover
from visualize.looks.style import Style
from visualize.objectives.objective import Objective
from visualize.panels._steps import Scale, over_steps, scale_axes
from visualize.panels._trails import Moving, draw_runs
from visualize.panels.panel import Panel, Showable

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class Values(Panel):
    """The objective's value at every step: which run is lower, and when."""

    kind: Literal["values"] = "values"
    shows: ClassVar[range] = range(1, 1_000_000)

    limits: Range | None = None
    """The range of values; default: those of the runs."""
    scale: Scale = "auto"
    """Of the values; `auto` is logarithmic where they are positive and span a hundredfold."""

    def misfits(self, showable: Showable) -> Iterator[tuple[str, str]]:
        """Yield that there is nothing to show."""
        if not showable.has_values:
            yield "kind", "the recorded runs have no values; record them, or give the objective"

    def draw(self, axes: "Axes", objective: Objective, history: History, style: Style) -> Moving:
        """Draw axes and grid; every run's line grows with its steps."""
        del objective
        values = {
            label: run.values for label, run in history.items() if not np.isnan(run.values).all()
        }
        every = list(values.values())
        lowest = scale_axes(axes, every, cover(every), history.steps, self.limits, self.scale)
        axes.set_ylabel("value")
        series = {label: over_steps(np.maximum(array, lowest)) for label, array in values.items()}
        return draw_runs(axes, series, style, trail=True, marker="none")
