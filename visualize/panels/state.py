"""What the optimizers remember of each coordinate, or the rates that it comes to."""

import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from visualize.arrays import Array
from visualize.declare.settings import Range
from visualize.errors import ArraysError
from visualize.history.history import History
from visualize.landscapes.limits import LARGEST
from visualize.looks.marks import LineStyle
from visualize.looks.style import Style
from visualize.objectives.objective import Objective
from visualize.optimizers.optimizer import EFFECTIVE_RATE
from visualize.panels._steps import (
    OverSteps,
    Scale,
    draw_axes,
    epoch_of,
    needs_positive,
    over_steps,
    some_are_negative,
)
from visualize.panels._trails import WHOLE, draw_runs
from visualize.panels.panel import Limits, Mover, Panel, Showable
from visualize.text import did_you_mean

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LINES: tuple[LineStyle, ...] = ("-", "--", ":", "-.")
"""Of the coordinates, in their order."""


class State(Panel):
    """What the optimizers remember of each coordinate, or the rates that it comes to."""

    also_called: ClassVar = ("states", "rates", "memory")
    kind: Literal["state"] = "state"
    shows: ClassVar[range] = range(1, 1_000_000)
    has_heads: ClassVar[bool] = True

    array: str = EFFECTIVE_RATE
    """Which: effective_learning_rate, accumulator, velocity, mean, mean_square, ..."""
    limits: Limits | None = None
    """The range of values; default: those of the runs."""
    scale: Scale = "auto"
    """Of the values; `auto` is logarithmic where they are positive and span a hundredfold.

    `log` shows negative values by their size."""

    @property
    def needed_state(self) -> str:
        """The state array that it shows."""
        return self.array

    def misfits(self, showable: Showable) -> Iterator[tuple[str, str]]:
        """Yield that no run has the array, or that it cannot be shown by lines."""
        yield from needs_positive(self.scale, self.limits)
        states = showable.states
        if states is None:
            return
        rows = [name for name, shape in states.items() if len(shape) == 1]
        if self.array not in states:
            known = f"; there are {', '.join(rows)}" if rows else ""
            hint = did_you_mean(self.array, rows) or known
            yield "array", f"no run here keeps '{self.array}'{hint}"
        elif self.array not in rows:
            yield "array", f"'{self.array}' is no number for each coordinate"
        elif states[self.array][0] > len(LINES):
            words = f"'{self.array}' has {states[self.array][0]} coordinates"
            yield "array", f"{words}; at most {len(LINES)} can be shown"

    def look(self, objective: Objective, history: History) -> OverSteps:
        """Return the array's numbers at every step: for each run one line a coordinate.

        Raises `ArraysError` where the history does not have the array.
        """
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
        name = self.array.replace("_", " ")
        if self.scale == "log" and some_are_negative(arrays):
            name, arrays = f"|{name}|", {label: np.abs(it) for label, it in arrays.items()}
        count = max(array.shape[-1] for array in arrays.values())
        alike = count == objective.dimension
        names = objective.variables if alike else tuple(f"[{index}]" for index in range(count))
        return over_steps(
            name,
            {label: np.moveaxis(array, -1, 0) for label, array in arrays.items()},
            _span(list(arrays.values())),
            history.steps,
            self.limits,
            self.scale,
            coordinates=names if count > 1 else (),
            epoch=epoch_of(objective, history),
        )

    def draw(self, axes: "Axes", view: OverSteps, style: Style) -> list[Mover]:
        """Draw axes and grid; every coordinate of every run has a line that grows."""
        draw_axes(axes, view)
        axes.set_ylabel(textwrap.fill(view.names[1], 20), parse_math=False)
        movers: list[Mover] = []
        several = max(map(len, view.series.values()))
        for index, line in enumerate(LINES[:several]):
            series = {
                label: places[index] for label, places in view.series.items() if index < len(places)
            }
            own = line if several > 1 else None  # else they tell the runs apart
            movers += draw_runs(axes, series, style, trail=WHOLE, marker="none", line=own)
            if view.coordinates:
                name = view.coordinates[index]
                axes.plot([], [], line, color=style.theme.quiet, label=name)
        return movers


def _span(arrays: list[Array]) -> Range:
    """Return the range of all of them: coordinates of any size belong into the picture."""
    known = np.concatenate([array[np.abs(array) < LARGEST] for array in arrays])
    return (float(known.min()), float(known.max())) if known.size else (0.0, 1.0)


def _finite(array: Array) -> Array:
    """Return the array with infinite rates, those of coordinates never moved, left out."""
    return np.where(np.isfinite(array), array, np.nan)
