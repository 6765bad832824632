"""The objective's value at every step: which run is lower, and when."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from visualize.arrays import Array
from visualize.history.history import History
from visualize.landscapes.limits import choose_limits, cover
from visualize.looks.style import Style
from visualize.objectives.objective import Objective
from visualize.panels._steps import (
    OverSteps,
    Scale,
    draw_axes,
    needs_positive,
    over_steps,
    some_are_negative,
)
from visualize.panels._trails import draw_runs
from visualize.panels.panel import Limits, Mover, Panel, Showable

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class Values(Panel):
    """The objective's value at every step: which run is lower, and when."""

    kind: Literal["values"] = "values"
    shows: ClassVar[range] = range(1, 1_000_000)

    limits: Limits | None = None
    """The range of values; default: those of the runs."""
    scale: Scale = "auto"
    """Of the values; `auto` is logarithmic where they are positive and span a hundredfold.

    `log` shows negative values by how far they are above the minimum, or the lowest seen."""

    def misfits(self, showable: Showable) -> Iterator[tuple[str, str]]:
        """Yield that there is nothing to show."""
        if not showable.has_values:
            yield "kind", "the recorded runs have no values; record them, or give the objective"

        yield from needs_positive(self.scale, self.limits)

    def look(self, objective: Objective, history: History) -> OverSteps:
        """Return the values of the runs at their steps, and the scale for them."""
        values = {
            label: run.values for label, run in history.items() if not np.isnan(run.values).all()
        }
        name = "value"
        if self.scale == "log" and some_are_negative(values):
            name, values = _above_lowest(objective, history, values)
        covered = cover(list(values.values()))
        return over_steps(name, values, covered, history.steps, self.limits, self.scale)

    def draw(self, axes: "Axes", view: OverSteps, style: Style) -> list[Mover]:
        """Draw axes and grid; every run's line grows with its steps."""
        draw_axes(axes, view)
        axes.set_ylabel(view.names[1])
        return draw_runs(axes, view.series, style, trail=True, marker="none")


def _above_lowest(
    objective: Objective, history: History, values: dict[str, Array]
) -> tuple[str, dict[str, Array]]:
    """Return how far values are above the minimum, where there is one, or the lowest of them."""
    seen = "lowest seen"
    lowest = min(float(np.nanmin(it)) for it in values.values())
    minima = choose_limits(objective, history, beyond=1.0)[1] if objective.is_known else ()
    least = minima[0].value if minima and minima[0].is_global else np.inf
    if least <= lowest + 1e-9 * abs(lowest):
        seen, lowest = "minimum", min(least, lowest)
    return f"value \N{MINUS SIGN} {seen}", {label: it - lowest for label, it in values.items()}
