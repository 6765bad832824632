"""A number of each run at every step: the objective's value, or how far there is to go."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from visualize.arrays import Array
from visualize.errors import ArraysError
from visualize.history.history import History
from visualize.history.table import TIME
from visualize.landscapes.lowest import lowest_minima
from visualize.looks.style import Style
from visualize.objectives.objective import Objective
from visualize.optimizers.optimizer import EVALUATIONS
from visualize.panels._measures import Measure, measure_misfits, measure_name, measured
from visualize.panels._steps import (
    OverSteps,
    Past,
    Scale,
    covered_by,
    draw_axes,
    epoch_of,
    make_room_for_heads,
    needs_positive,
    over_steps,
    some_are_negative,
)
from visualize.panels._trails import WHOLE, draw_runs
from visualize.panels.panel import Limits, Mover, Panel, Showable

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Over = Literal["steps", "epochs", "evaluations", "time"]
STATES: dict[Over | None, str] = {"evaluations": EVALUATIONS, "time": TIME}
"""What a history keeps for it."""


class Values(Panel):
    """The objective's value at every step, or how far there is to go: which run is lower, and when.

    `measure: gradient_norm` shows the length of the gradients that the optimizers saw, `distance`
    how far it is to the minimum: the nearest of those that are global.
    """

    also_called: ClassVar = ("loss", "losses", "convergence", "history", "error", "cost")
    kind: Literal["values"] = "values"
    shows: ClassVar[range] = range(1, 1_000_000)
    has_heads: ClassVar[bool] = True

    measure: Measure = "value"
    """What is shown at every step."""
    over: Over | None = None
    """What counts: steps; epochs, the default of data; evaluations, of which a line search takes
    several a step; or the time, of runs that were recorded with it."""
    limits: Limits | None = None
    """The range of what is shown; default: that of the runs."""
    scale: Scale = "auto"
    """Of the values; `auto` is logarithmic where they are positive and span a hundredfold.

    `log` shows negative values by how far they are above the minimum, or the lowest seen."""

    @property
    def needed_state(self) -> str | None:
        """The evaluations, or the time, where they are shown."""
        return STATES.get(self.over)

    def misfits(self, showable: Showable) -> Iterator[tuple[str, str]]:
        """Yield that there is nothing to show, or nothing to show it over."""
        yield from self._misfits_over(showable)
        yield from measure_misfits(self.measure, showable)
        yield from needs_positive(self.scale, self.limits)

    def _misfits_over(self, showable: Showable) -> Iterator[tuple[str, str]]:
        optimizers, states = showable.optimizers, showable.states
        if optimizers is None or states is None:
            return
        if self.over == "epochs" and not (optimizers and showable.objective.steps_per_epoch):
            yield "over", "epochs are of objectives made of data; write over: steps"
        if self.over == "time" and TIME not in states:
            if optimizers:
                words = "computed runs have no time that is the same on every machine"
                yield "over", f"{words}; write over: evaluations, or play recorded runs"
            else:
                yield "over", "the recorded runs have no times; a table has them in a column time"
        if self.over == "evaluations":
            own = [label for label, it in optimizers.items() if it.has_own_loop]
            if not optimizers and EVALUATIONS not in states:
                words = "the recorded runs do not say how often they asked"
                yield "over", f"{words}; write over: steps" + (" or time" if TIME in states else "")
            elif own:
                words = "goes its own way, in which evaluations are not counted"
                yield "over", f"'{own[0]}' {words}; write over: steps"

    def _past(self, history: History) -> Past | None:
        """Return what has passed at each row, where that is not a number of steps."""
        if self.over is None or self.needed_state is None:
            return None
        by_label = {
            label: run.states[self.needed_state]
            for label, run in history.items()
            if self.needed_state in run.states
        }
        if by_label.keys() != {*history}:
            raise ArraysError(
                f"the history has no {self.over} of '{next(iter({*history} - {*by_label}))}'; "
                "simulate(scene) keeps what the panels of the scene show"
            )
        by_label = {label: it - it[0] for label, it in by_label.items()}
        return Past(self.over, by_label, float(max(map(np.nanmax, by_label.values()))))

    def look(self, objective: Objective, history: History) -> OverSteps:
        """Return what is measured of the runs at their steps, and the scale for it.

        Raises `ArraysError` where a distance is asked for and no minimum is found.
        """
        numbers = measured(self.measure, objective, history)
        known = {label: array for label, array in numbers.items() if not np.isnan(array).all()}
        shown = known or numbers
        name = measure_name(self.measure, objective)
        if self.measure == "value" and self.scale == "log" and some_are_negative(shown):
            name, shown = _above_lowest(objective, history, shown)
        epoch = epoch_of(objective, history)
        if self.over in ("steps", "epochs"):
            epoch = objective.steps_per_epoch if self.over == "epochs" else 1
        return over_steps(
            name,
            shown,
            covered_by(history, shown),
            history.steps,
            self.limits,
            self.scale,
            epoch=epoch,
            past=self._past(history),
        )

    def draw(self, axes: "Axes", view: OverSteps, style: Style) -> list[Mover]:
        """Draw axes and grid; every run's line grows with its steps."""
        draw_axes(axes, view)
        axes.set_ylabel(view.names[1])
        return draw_runs(axes, view.series, style, trail=WHOLE, marker="none")

    def settle(self, axes: "Axes") -> None:
        """Leave room for heads at the edges."""
        make_room_for_heads(axes, limits_are_given=self.limits is not None)


def _above_lowest(
    objective: Objective, history: History, values: dict[str, Array]
) -> tuple[str, dict[str, Array]]:
    """Return how far values are above the minimum, where there is one, or the lowest of them."""
    seen = "lowest seen"
    lowest = min(float(np.nanmin(it)) for it in values.values())
    minima = lowest_minima(objective, history) if objective.is_known else np.empty((0, 0))
    least = float(np.min(objective.value(minima))) if len(minima) else np.inf
    if least <= lowest + 1e-9 * abs(lowest):
        seen, lowest = "minimum", min(least, lowest)
    name = f"{objective.value_name} \N{MINUS SIGN} {seen}"
    return name, {label: it - lowest for label, it in values.items()}
