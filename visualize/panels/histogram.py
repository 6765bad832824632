"""How many starts of each run are where: bars that move as the swarm does."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field

from visualize.arrays import Array
from visualize.declare.settings import Range
from visualize.history.history import History
from visualize.landscapes.limits import cover, widen
from visualize.looks.style import Style
from visualize.objectives.objective import Objective
from visualize.panels._measures import NAMES, measure_misfits, measure_name, measured
from visualize.panels._steps import STEEP, Scale, digits_of, name_numbers, needs_positive
from visualize.panels.panel import Limits, Mover, Panel, Showable, View
from visualize.text import did_you_mean, listed, shown

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D

MOST_BESIDE = 3
"""Runs whose bars stand side by side; of more they are outlines that lie on each other."""
FILLED = 0.86
"""Of the width of a bin, what its bars take."""
LEAST = 1e-12
"""Of the highest number, the lowest that has a bar of its own on a logarithmic scale."""


@dataclass(frozen=True, eq=False)
class _Bars(View):
    """How many starts are in each bin."""

    edges: Array
    """Between bins, rising: one more than there are bins."""
    counts: Mapping[str, Array]
    """By label, at each row: `(rows, bins)`."""


class Histogram(Panel):
    """How many starts of each run are where: bars that move as the swarm does.

    What lies beyond the range is counted in the first or last bar; starts that have diverged are
    in none.
    """

    also_called: ClassVar = ("hist", "distribution", "bars", "bar", "ends", "density")
    kind: Literal["histogram"] = "histogram"
    shows: ClassVar[range] = range(1, 1_000_000)

    measure: str = Field("value", examples=["distance"])
    """What is counted: `value`, `gradient_norm`, `distance` to the minimum, or a coordinate by its
    name."""
    bins: Annotated[int, Field(ge=2, le=500)] = 30
    """How many bars a run has, all equally wide."""
    limits: Limits | None = None
    """The range of what is counted; default: that of the runs."""
    scale: Scale = "auto"
    """Of what is counted; `auto` is logarithmic where it is positive and spans a hundredfold."""

    def misfits(self, showable: Showable) -> Iterator[tuple[str, str]]:
        """Yield that there is nothing to count."""
        variables = showable.objective.variables
        known = ("value", *NAMES, *variables)
        if self.measure not in known:
            hint = did_you_mean(self.measure, known) or f"; there are {listed(known)}"
            yield "measure", f"there is no {shown(self.measure)} to count{hint}"
        if self.measure not in variables:
            yield from measure_misfits(self.measure, showable)
        if showable.starts == 1:
            yield "kind", "bars are of many starts, and there is one: write start: {random: 200}"
        yield from needs_positive(self.scale, self.limits)
        if self.scale == "log" and self.limits is not None and self.limits[0] <= 0 < self.limits[1]:
            yield "limits", "a logarithmic scale begins above 0"

    def look(self, objective: Objective, history: History) -> _Bars:
        """Return how many starts are in each bin at every row.

        Raises `ArraysError` where a distance is asked for and no minimum is found.
        """
        if self.measure in objective.variables:
            axis = objective.variables.index(self.measure)
            numbers = {label: run.points[..., axis] for label, run in history.items()}
            name = self.measure
        else:
            numbers = measured(self.measure, objective, history)
            name = measure_name(self.measure, objective)
        across, scale = self._range(numbers)
        along = np.log if scale == "log" else np.asarray
        first, last = along(across)
        edges = np.linspace(float(first), float(last), self.bins + 1)
        with np.errstate(all="ignore"):
            places = {
                label: np.where(np.isnan(it), np.nan, along(np.clip(it, *across)))
                for label, it in numbers.items()
            }
        counts = {label: _counted(it, edges) for label, it in places.items()}
        most = max(float(it.max()) for it in counts.values())
        back = np.exp if scale == "log" else np.asarray
        series = {
            label: np.stack([back(it), np.zeros_like(it)], axis=-1) for label, it in places.items()
        }
        return _Bars(
            names=(name, "starts"),
            limits=(across, (0.0, 1.06 * max(most, 1.0))),
            scales=(scale, "linear"),
            series=series,
            edges=back(edges),
            counts=counts,
        )

    def _range(self, numbers: Mapping[str, Array]) -> tuple[Range, Literal["linear", "log"]]:
        """Return the range of the bins, and its scale."""
        low, high = self.limits or cover(list(numbers.values()))
        positive = [float(np.min(it, initial=np.inf, where=it > 0)) for it in numbers.values()]
        smallest = max(min(positive), high * LEAST)
        steep = self.limits is None and low >= 0 and high > STEEP * smallest
        if high > 0 and (self.scale == "log" or (self.scale == "auto" and steep)):
            low = low if low > 0 and self.limits else smallest
            return (low, high if high > low else 2 * low), "log"
        return (low, high) if self.limits else widen((low, high), 0.02), "linear"

    def draw(self, axes: "Axes", view: _Bars, style: Style) -> list[Mover]:
        """Draw axes; the bars of every run rise and fall."""
        from matplotlib.patches import Polygon
        from matplotlib.ticker import MaxNLocator

        from visualize.panels._numbers import MOST, ROUND

        (left, right), up = view.limits
        if view.scales[0] == "log":
            axes.set_xscale("log")
            name_numbers(axes.xaxis, digits_of(right / left))
        axes.set(xlim=(left, right), ylim=up)
        axes.set_xlabel(view.names[0], parse_math=False)
        axes.set_ylabel(view.names[1])
        axes.yaxis.set_major_locator(MaxNLocator(MOST, steps=ROUND, integer=True))
        axes.yaxis.grid(True)
        beside = len(view.counts) <= MOST_BESIDE
        movers = []
        for index, (label, counts) in enumerate(view.counts.items()):
            color = style.colors[label]
            bars = Polygon([(left, 0)], zorder=10 + index / 1000)
            bars.set(facecolor=color, alpha=0.9 if beside else 0.3, linewidth=0)
            axes.add_patch(bars)
            sides = _beside(view, index) if beside else (view.edges[:-1], view.edges[1:])
            movers.append(Mover((bars,), _Heights(bars.set_xy, counts, *sides).move, "axes"))
            if not beside:
                [line] = axes.plot([], [], color=color, linewidth=style.line, zorder=11)
                outline = _Heights(partial(_set_corners, line), counts, *sides)
                movers.append(Mover((line,), outline.move, "axes"))
        return movers


def _counted(places: Array, edges: Array) -> Array:
    """Return how many places, `(rows, starts)`, lie between each two edges: `(rows, bins)`."""
    bins = len(edges) - 1
    there = ~np.isnan(places)
    share = (np.where(there, places, edges[0]) - edges[0]) / (edges[-1] - edges[0])
    bar = np.clip((share * bins).astype(int), 0, bins - 1)
    row = np.arange(len(places))[:, np.newaxis] * bins
    counts = np.bincount((row + bar)[there], minlength=len(places) * bins)
    return counts.reshape(-1, bins).astype(float)


def _beside(view: _Bars, index: int) -> tuple[Array, Array]:
    """Return where the bars of one run begin and end, beside those of the others."""
    along, back = (np.log, np.exp) if view.scales[0] == "log" else (np.asarray, np.asarray)
    edges = along(view.edges)
    width = (edges[1] - edges[0]) * FILLED / len(view.counts)
    begin = edges[:-1] + (edges[1] - edges[0]) * (1 - FILLED) / 2 + index * width
    return back(begin), back(begin + width)


class _Heights:
    """Bars that are as high as there are starts in them: a shape, or the line around it."""

    def __init__(
        self, draw: Callable[[Array], object], counts: Array, left: Array, right: Array
    ) -> None:
        """They stand on 0, and go back to it between them; `draw` takes their corners, `(n, 2)`."""
        self._draw, self._counts = draw, counts
        self._across = np.repeat(np.stack([left, right], axis=-1).ravel(), 2)

    def move(self, row: float) -> None:
        """Show how many there are at a row; on the way to the next they grow evenly."""
        before = min(int(row), len(self._counts) - 1)
        after = min(before + 1, len(self._counts) - 1)
        share = min(row, len(self._counts) - 1) - before
        heights = self._counts[before] + share * (self._counts[after] - self._counts[before])
        up = np.zeros((len(heights), 4))
        up[:, 1:3] = heights[:, np.newaxis]
        self._draw(np.stack([self._across, up.ravel()], axis=-1))


def _set_corners(line: "Line2D", corners: Array) -> None:
    line.set_data(*corners.T)
