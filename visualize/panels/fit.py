"""The data of a model of one feature, and what runs make of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from visualize.arrays import Array
from visualize.declare.settings import ListToTuple
from visualize.errors import ArraysError
from visualize.history.history import History
from visualize.landscapes.limits import widen
from visualize.looks.style import Style
from visualize.objectives.objective import Objective
from visualize.objectives.regression import BATCH, Regression
from visualize.panels._trails import FAR
from visualize.panels.panel import Limits, Mover, Panel, Showable, View
from visualize.text import listed

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.collections import PolyCollection
    from matplotlib.lines import Line2D

SAMPLES = 200
"""Points of a curve; a line has two."""
MOST_LINES = 20
"""Starts of a run whose lines are drawn."""
CROWDED = 200
"""Rows from which on their dots are smaller."""


@dataclass(frozen=True, eq=False)
class _Fitted(View):
    """Rows of data, and the line or curve of each run: `(samples, rows, starts, 2)`."""

    data: Array
    """Feature and target of each row: `(data, 2)`."""
    best: Array
    """The line or curve at the minimum: `(samples, 2)`; no samples where none is known."""
    best_name: str
    batches: Array
    """Which rows of the data the update before each row of the history saw: `(rows, batch)`.

    NaN where there are fewer, and at the start; without batches there is none."""


class Fit(Panel):
    """The data of a model of one feature, and the line or curve that each run makes of them.

    Dark dots are the batch that the last update saw. The faint line is the least squares, or the
    most likely one.
    """

    also_called: ClassVar = ("regression", "data", "scatter", "prediction", "predictions", "model")
    kind: Literal["fit"] = "fit"
    shows: ClassVar[range] = range(1, 1_000_000)
    share: ClassVar[int] = 3

    limits: Annotated[tuple[Limits, Limits], ListToTuple] | None = Field(
        None, examples=[[[-2, 2], [-3, 3]]]
    )
    """The ranges of the feature and of the target; default: those of the data."""
    residuals: bool = False
    """Show how far off the first run is, as squares: their mean is twice the loss."""
    best: bool = True
    """Show the line or curve at the minimum, faintly."""
    grid: bool = True
    """Faint lines at the ticks."""

    @property
    def needed_state(self) -> str:
        """The rows of each batch."""
        return BATCH

    def misfits(self, showable: Showable) -> Iterator[tuple[str, str]]:
        """Yield that there are no data, or that they have no place in a plane."""
        objective = showable.objective
        if not isinstance(objective, Regression):
            yield "kind", "there are no data to fit; a fit panel shows objective: {regression: ...}"
        elif len(names := objective.sample.names) > 1:
            words = f"shows a model of one feature; there are {len(names)}: {listed(names)}"
            yield "kind", f"{words}; choose one with objective: {{regression: {{features: [...]}}}}"
        elif self.residuals and objective.model == "logistic":
            yield "residuals", "are of linear and mlp, whose loss is made of squares"

    def look(self, objective: Objective, history: History) -> _Fitted:
        """Return the data, and what each run makes of them at every step."""
        if not isinstance(objective, Regression):
            raise ArraysError("there are no data to fit")
        sample = objective.sample
        feature = sample.features[:, 0]
        across, up = self.limits or (
            widen((float(feature.min()), float(feature.max())), 0.06),
            widen((float(sample.targets.min()), float(sample.targets.max())), 0.08),
        )
        at = np.linspace(*across, 2 if objective.model == "linear" else SAMPLES)
        series = {}
        for label, run in history.items():
            points = run.points[:, :MOST_LINES]
            lines = objective.predictions(
                points.reshape(-1, points.shape[-1]), at[:, np.newaxis]
            ).reshape(*points.shape[:2], -1)
            lines = np.moveaxis(lines, -1, 0)
            there = np.broadcast_to(at[:, np.newaxis, np.newaxis], lines.shape)
            series[label] = np.stack([there, lines], axis=-1)
        return _Fitted(
            names=_axis_names(objective),
            limits=(across, up),
            scales=("linear", "linear"),
            series=series,
            data=np.stack([feature, sample.targets], axis=-1),
            best=_best(objective, at) if self.best else np.empty((0, 2)),
            best_name="least squares" if objective.model == "linear" else "best fit",
            batches=_batches(history),
        )

    def remarks(self, view: _Fitted) -> Iterator[str]:
        """Yield nothing: lines go beyond any picture."""
        del view
        yield from ()

    def draw(self, axes: "Axes", view: _Fitted, style: Style) -> list[Mover]:
        """Draw data and the best line; the lines of the runs move, and the marked batch."""
        across, up = view.names
        axes.set(xlim=view.limits[0], ylim=view.limits[1], xlabel=across, ylabel=up)
        axes.grid(self.grid)
        few = len(view.data) < CROWDED
        size = style.marker * (0.9 if few else 0.6)
        x, y = view.data.T
        dots: dict[str, Any] = {"linestyle": "", "marker": "o", "markeredgewidth": 0}
        strength = 0.45 if view.batches.size else 0.8
        axes.plot(x, y, color=style.theme.quiet, alpha=strength, markersize=size, zorder=4, **dots)
        if len(view.best):
            axes.plot(
                *view.best.T,
                color=style.theme.quiet,
                linestyle=(0, (6, 4)),
                linewidth=style.line,
                zorder=5,
                label=view.best_name,
            )
        movers = []
        if self.residuals:
            movers.append(_squares(axes, view, style))
        if view.batches.size:
            movers.append(_marked(axes, view, {"markersize": size * 1.1, **dots}, style))
        return movers + _lines(axes, view.series, style)


def _axis_names(objective: Regression) -> tuple[str, str]:
    [across], up = objective.sample.names, objective.sample.target
    if not objective.standardise:
        return across, up
    scaled = " (standardised)"
    return across + scaled, up if objective.model == "logistic" else up + scaled


def _best(objective: Regression, at: Array) -> Array:
    points = np.array(objective.minima or []).reshape(-1, objective.dimension)
    lines = objective.predictions(points[:1], at[:, np.newaxis])
    return np.stack([at, lines[0]], axis=-1) if len(points) else np.empty((0, 2))


def _batches(history: History) -> Array:
    """Return the rows of each batch, which are the same for all runs."""
    known = [run.states[BATCH][:, 0] for run in history.values() if BATCH in run.states]
    return known[0] if known else np.empty((0, 0))


def _lines(axes: "Axes", series: Mapping[str, Array], style: Style) -> list[Mover]:
    """Draw the line or curve of each run, and return what moves them."""
    movers = []
    for index, (label, places) in enumerate(series.items()):
        [line] = axes.plot(
            [],
            [],
            color=style.colors[label],
            linestyle=style.dashes[label],
            linewidth=style.line * 1.6,
            solid_capstyle="butt",
            zorder=12 + index / 1000,
        )
        x, y = np.moveaxis(places, -1, 0)
        shown = _last_seen(_drawable(y, axes))

        def move(row: float, line: "Line2D" = line, x: Array = x[:, 0], y: Array = shown) -> None:
            now = _between(y, row, axis=1)
            gap = np.full((1, now.shape[1]), np.nan)
            line.set_data(
                np.concatenate([x, gap]).ravel(order="F"),
                np.concatenate([now, gap]).ravel(order="F"),
            )

        movers.append(Mover((line,), move, "axes"))
    return movers


def _drawable(numbers: Array, axes: "Axes") -> Array:
    """Return numbers that pixels can be computed for."""
    low, high = axes.get_ylim()
    reach = FAR * (high - low)
    return np.clip(numbers, low - reach, high + reach)


def _last_seen(numbers: Array) -> Array:
    """Return numbers `(samples, rows, starts)` in which a lost run stays where it was last."""
    lost = ~np.isfinite(numbers).all(axis=0)
    rows = np.where(lost, 0, np.arange(numbers.shape[1])[:, np.newaxis])
    return np.take_along_axis(numbers, np.maximum.accumulate(rows)[np.newaxis], axis=1)


def _between(numbers: Array, row: float, axis: int) -> Array:
    """Return the numbers at a row of the history, or on the way to the next."""
    last = numbers.shape[axis] - 1
    before = min(int(row), last)
    now, then = (numbers.take(it, axis=axis) for it in (before, min(before + 1, last)))
    between: Array = now + (min(row, last) - before) * (then - now)
    return between


def _marked(axes: "Axes", view: _Fitted, dots: Mapping[str, Any], style: Style) -> Mover:
    """Return what marks the rows that an update saw, while and after it is made."""
    [marks] = axes.plot([], [], color=style.theme.ink, zorder=11, label="batch", **dots)

    def move(row: float) -> None:
        rows = view.batches[min(int(np.ceil(row)), len(view.batches) - 1)]
        marks.set_data(*view.data[rows[~np.isnan(rows)].astype(int)].T)

    return Mover((marks,), move, "axes")


def _squares(axes: "Axes", view: _Fitted, style: Style) -> Mover:
    """Return squares between the first run's line and each row of the data."""
    from matplotlib.collections import PolyCollection
    from matplotlib.colors import to_rgba

    color = next(iter(style.colors.values()))
    # Of many rows the squares lie on each other: each is paler, so that dense places stand out.
    strength = min(0.2, 4 / len(view.data))
    squares = PolyCollection(
        [],
        facecolors=to_rgba(color, strength),
        edgecolors=to_rgba(color, min(2.5 * strength, 1)),
        linewidths=style.line * 0.5,
        zorder=10,
    )
    axes.add_collection(squares, autolim=False)
    x, y = view.data.T
    places = next(iter(view.series.values()))[:, :, :1]
    at, lines = places[:, 0, 0, 0], _last_seen(_drawable(places[..., 1], axes))

    def move(row: float, squares: "PolyCollection" = squares) -> None:
        line = np.interp(x, at, _between(lines, row, axis=1)[:, 0])
        off = y - line
        # As wide as they are high in the picture, and on the side where the line is not.
        (left, bottom), (right, top) = axes.transData.transform([(0, 0), (1, 1)])
        slope = np.sign(line[np.argmax(x)] - line[np.argmin(x)])
        aside = x - off * slope * (top - bottom) / (right - left)
        corners = [(x, line), (x, y), (aside, y), (aside, line)]
        squares.set_verts([*np.stack([np.stack(it, axis=-1) for it in corners], axis=1)])

    return Mover((squares,), move, "axes")
