"""The objective's value at every step: which run is lower, and when."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from visualize.declare.settings import Range
from visualize.history.history import History
from visualize.landscapes.limits import cover
from visualize.looks.style import Style
from visualize.objectives.objective import Objective
from visualize.panels._steps import OverSteps, Scale, draw_axes, over_steps
from visualize.panels._trails import draw_runs
from visualize.panels.panel import Mover, Panel, Showable

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class Values(Panel):
    """The objective's value at every step: which run is lower, and when."""

    also_called: ClassVar = ("loss", "losses", "convergence", "history", "error", "cost")
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

    def look(self, objective: Objective, history: History) -> OverSteps:
        """Return the values of the runs at their steps, and the scale for them."""
        del objective
        values = {
            label: run.values for label, run in history.items() if not np.isnan(run.values).all()
        }
        covered = cover(list(values.values()))
        return over_steps("value", values, covered, history.steps, self.limits, self.scale)

    def draw(self, axes: "Axes", view: OverSteps, style: Style) -> list[Mover]:
        """Draw axes and grid; every run's line grows with its steps."""
        draw_axes(axes, view)
        axes.set_ylabel(view.names[1])
        return draw_runs(axes, view.series, style, trail=True, marker="none")
