"""Numbers of each coordinate over the steps, for panels that show what optimizers remember."""

import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from visualize.arrays import Array
from visualize.declare.settings import Range
from visualize.errors import ArraysError
from visualize.history.history import History
from visualize.landscapes.limits import LARGEST
from visualize.looks.style import LineStyle, Style
from visualize.objectives.objective import Objective
from visualize.optimizers.optimizer import EFFECTIVE_RATE
from visualize.panels._ends import End, has_room, name_ends
from visualize.panels._steps import (
    OverSteps,
    Scale,
    draw_axes,
    epoch_of,
    over_steps,
    some_are_negative,
)
from visualize.panels._trails import WHOLE, draw_runs
from visualize.panels.panel import Mover, Showable
from visualize.text import did_you_mean

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LINES: tuple[LineStyle, ...] = ("-", "--", ":", "-.")
"""Of the coordinates, in their order."""


def misfits_of(array: str, showable: Showable) -> Iterator[str]:
    """Yield that no run has an array, or that it cannot be shown by lines."""
    states = showable.states
    if states is None:
        return
    rows = [name for name, shape in states.items() if len(shape) == 1]
    if array not in states:
        known = f"; there are {', '.join(rows)}" if rows else ""
        hint = did_you_mean(array, rows) or known
        yield f"no run here keeps '{array}'{hint}"
    elif array not in rows:
        yield f"'{array}' is no number for each coordinate"
    elif states[array][0] > len(LINES):
        yield f"'{array}' has {states[array][0]} coordinates; at most {len(LINES)} can be shown"


def look_at(
    array: str, objective: Objective, history: History, limits: Range | None, scale: Scale
) -> OverSteps:
    """Return an array's numbers at every step: for each run one line a coordinate.

    Raises `ArraysError` where the history does not have the array.
    """
    arrays = {
        label: _finite(run.states[array]) for label, run in history.items() if array in run.states
    }
    if not arrays:
        raise ArraysError(
            f"the history has no state '{array}' to show; "
            "simulate(scene, state=True) keeps what the optimizers remember"
        )
    name = "effective rate" if array == EFFECTIVE_RATE else array.replace("_", " ")
    if scale == "log" and some_are_negative(arrays):
        name, arrays = f"|{name}|", {label: np.abs(it) for label, it in arrays.items()}
    count = max(array.shape[-1] for array in arrays.values())
    alike = count == objective.dimension
    names = objective.variables if alike else tuple(f"[{index}]" for index in range(count))
    return over_steps(
        name,
        {label: np.moveaxis(array, -1, 0) for label, array in arrays.items()},
        _span(list(arrays.values())),
        history.steps,
        limits,
        scale,
        coordinates=names if count > 1 else (),
        epoch=epoch_of(objective, history),
    )


def draw_coordinates(axes: "Axes", view: OverSteps, style: Style) -> list[Mover]:
    """Draw axes and grid; every coordinate of every run has a line that grows, named at its end.

    Where names have no room there, a legend says how coordinates are dashed.
    """
    draw_axes(axes, view)
    axes.set_ylabel(textwrap.fill(view.names[1], 20), parse_math=False)
    movers: list[Mover] = []
    ends: list[End] = []
    for index, line in enumerate(LINES[: max(map(len, view.series.values()), default=0)]):
        series = {
            label: places[index] for label, places in view.series.items() if index < len(places)
        }
        movers += draw_runs(axes, series, style, trail=WHOLE, marker="none", line=line)
        for label, places in series.items() if view.coordinates else ():
            name = view.coordinates[index]
            words = name if len(view.series) == 1 else f"{label} {name}"
            ends.append(End(words, places[:, 0, 1], style.colors[label]))
    if has_room(axes, ends, style):
        name_ends(axes, ends, style)
    else:
        for name, line in zip(view.coordinates, LINES, strict=False):
            axes.plot([], [], line, color=style.theme.quiet, label=name)
    return movers


def _span(arrays: list[Array]) -> Range:
    """Return the range of all of them: coordinates of any size belong into the picture."""
    known = np.concatenate([array[np.abs(array) < LARGEST] for array in arrays])
    return (float(known.min()), float(known.max())) if known.size else (0.0, 1.0)


def _finite(array: Array) -> Array:
    """Return the array with infinite rates, those of coordinates never moved, left out."""
    return np.where(np.isfinite(array), array, np.nan)
