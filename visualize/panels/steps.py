"""How long each step of each run is."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from visualize.history.history import History
from visualize.looks.style import Style
from visualize.objectives.objective import Objective
from visualize.panels._steps import (
    OverSteps,
    Scale,
    covered_by,
    draw_axes,
    epoch_of,
    make_room_for_heads,
    needs_positive,
    over_steps,
)
from visualize.panels._trails import WHOLE, draw_runs
from visualize.panels.panel import Limits, Mover, Panel, Showable

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class Steps(Panel):
    """How long each step of each run is: how far it went from one point to the next, ‖Δx‖."""

    also_called: ClassVar = ("step_lengths", "step_length", "step_size", "step_sizes", "updates")
    kind: Literal["steps"] = "steps"
    shows: ClassVar[range] = range(1, 1_000_000)
    has_heads: ClassVar[bool] = True

    limits: Limits | None = None
    """The range of lengths; default: those of the runs."""
    scale: Scale = "auto"
    """Of the lengths; `auto` is logarithmic where they span a hundredfold."""

    def misfits(self, showable: Showable) -> Iterator[tuple[str, str]]:
        """Yield that no length is in the limits."""
        del showable
        yield from needs_positive(self.scale, self.limits)

    def look(self, objective: Objective, history: History) -> OverSteps:
        """Return the length of the step that led to each row; the first row has none."""
        lengths = {}
        for label, run in history.items():
            none_yet = np.full((1, run.points.shape[1]), np.nan)
            lengths[label] = np.concatenate([none_yet, run.step_lengths])
        return over_steps(
            "step length",
            lengths,
            covered_by(history, lengths),
            history.steps,
            self.limits,
            self.scale,
            epoch=epoch_of(objective, history),
        )

    def draw(self, axes: "Axes", view: OverSteps, style: Style) -> list[Mover]:
        """Draw axes and grid; every run's line grows with its steps."""
        draw_axes(axes, view)
        axes.set_ylabel(view.names[1])
        return draw_runs(axes, view.series, style, trail=WHOLE, marker="none")

    def settle(self, axes: "Axes") -> None:
        """Leave room for heads at the edges."""
        make_room_for_heads(axes, limits_are_given=self.limits is not None)
