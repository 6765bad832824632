"""What the optimizers remember of each coordinate, or the rates that it comes to."""

from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from visualize.errors import ArraysError
from visualize.history import History
from visualize.objectives import Array, Objective
from visualize.optimizers import EFFECTIVE_RATE
from visualize.panels import Panel
from visualize.panels._steps import Scale, over_steps, scale_axes
from visualize.settings import Range
from visualize.themes import Style
from visualize.trails import LineStyle, Moving, draw_runs

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

LINES: tuple[LineStyle, ...] = ("-", "--", ":", "-.")
"""How the coordinates' lines are told apart."""


class State(Panel):
    """What the optimizers remember of each coordinate, or the rates that it comes to."""

    kind: Literal["state"] = "state"
    shows: ClassVar[range] = range(1, len(LINES) + 1)

    array: str = EFFECTIVE_RATE
    """Which: effective_learning_rate, accumulator, velocity, mean, mean_square, ..."""
    limits: Range | None = None
    """The range of values; default: those of the runs."""
    scale: Scale = "auto"
    """Of the values; `auto` is logarithmic where they are positive and span a hundredfold."""

    @property
    def needed_state(self) -> str:
        """The state array that it shows."""
        return self.array

    def draw(self, axes: "Axes", objective: Objective, history: History, style: Style) -> Moving:
        """Draw axes and grid; every coordinate of every run has a line that grows."""
        arrays = {
            label: _finite(run.states[self.array])
            for label, run in history.items()
            if self.array in run.states
        }
        if not arrays:
            raise ArraysError(
                f"the history has no state '{self.array}' to show; "
                "simulate(scene, state=True) keeps what the optimizers remember"
            )
        lowest = scale_axes(axes, list(arrays.values()), history.steps, self.limits, self.scale)
        axes.set_ylabel(self.array.replace("_", " "))
        moves = []
        for index, (variable, line) in enumerate(zip(objective.variables, LINES, strict=False)):
            series = {
                label: over_steps(np.maximum(array[..., min(index, array.shape[-1] - 1)], lowest))
                for label, array in arrays.items()
            }
            moves.append(draw_runs(axes, series, style, trail=True, marker="none", line=line))
            if objective.dimension > 1:
                axes.plot([], [], line, color=style.theme.quiet, label=variable)
        return _together(moves)


def _finite(array: Array) -> Array:
    """Return the array with infinite rates, those of coordinates never moved, left out."""
    return np.where(np.isfinite(array), array, np.nan)


def _together(moves: list[Moving]) -> Moving:
    def move(row: float) -> "list[Artist]":
        return [artist for one in moves for artist in one(row)]

    return move
