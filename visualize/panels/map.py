"""A number over two settings of an optimizer, or over where it starts, as an image."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

import numpy as np
from pydantic import BeforeValidator, Field, PlainValidator, field_serializer

from visualize.arrays import Array, length
from visualize.declare.settings import (
    ListToTuple,
    Positive,
    Range,
    Whole,
)
from visualize.errors import ArraysError
from visualize.history.history import History
from visualize.history.trajectory import Trajectory
from visualize.landscapes.limits import choose_limits
from visualize.landscapes.lowest import lowest_minima, may_have_minima
from visualize.looks.style import Style
from visualize.objectives.objective import Objective
from visualize.optimizers._many import (
    Goal,
    can_be_computed_at_once,
    converged_and_lost,
    outcomes_of,
)
from visualize.optimizers.optimizer import Optimizer, Problem
from visualize.panels._map.cells import Cells, draw_cells, draw_dots, settle_cells
from visualize.panels._map.varied import (
    Over,
    check_samples,
    middles,
    number_settings,
    places_of,
    proposal,
    read_over,
    refusal,
)
from visualize.panels._steps import Scale
from visualize.panels._trails import draw_runs
from visualize.panels.panel import Limits, Mover, Panel, Showable, Simulated, Surroundings
from visualize.text import counted, did_you_mean, listed, shortened, shown

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_STEPS = 10_000
WIDE = 100.0
"""A range whose end is this many times its beginning is shown on a logarithmic scale."""
LABEL = 30
"""Letters of a run's label in the caption, at most."""


class Map(Panel):
    """A number over two settings of an optimizer, or over where it starts, as an image.

    Every cell is a run. It has converged from the step on at which its value stays within
    `tolerance` of the way from the scene's start down to the minimum: f - f* ≤ tolerance (f₀ - f*);
    where no minimum is known, when its gradient stays shorter than `tolerance` times that at the
    start. As steps go on the image fills; a run that diverges leaves a hatched cell. Dots are the
    runs of the scene with these settings.
    """

    also_called: ClassVar = ("grid", "grid_search", "sweep", "imshow", "image")
    kind: Literal["map"] = "map"
    shows: ClassVar[range] = range(1, 1_000_000)
    share: ClassVar[int] = 3
    has_heads: ClassVar[bool] = True

    over: Annotated[
        Over,
        BeforeValidator(
            read_over, json_schema_input_type=Literal["starts"] | dict[str, tuple[float, float]]
        ),
        Field(examples=[{"learning_rate": [0.001, 1], "momentum": [0, 0.99]}]),
    ] = "starts"
    """Two settings and their ranges, the first from left to right; or `starts`, the points of a
    plane."""
    of: str | None = Field(None, examples=["sgd"])
    """The label of the run whose optimizer it is; default: the first."""
    what: Annotated[Literal["steps", "value", "diverged"], Field(alias="shows")] = "steps"
    """What a cell says: the steps to converge (until the gradient is small, where no minimum is
    known), the value, or only whether the run diverged."""
    samples: Annotated[
        int | tuple[int, int],
        PlainValidator(check_samples, json_schema_input_type=int | tuple[int, int]),
    ] = 64
    """Cells in each direction: 64, or [64, 48]."""
    steps: Annotated[Whole, Field(le=MOST_STEPS)] | None = None
    """Of each run; default: the scene's."""
    tolerance: Positive = 0.001
    """What part of the way down may be left where a run has converged; where no minimum is known,
    as of formulas of three variables, what part of the gradient at the start."""
    scale: Scale | Annotated[tuple[Scale, Scale], ListToTuple] = "auto"
    """Of both axes, or of each; `auto` is logarithmic where a range spans a hundredfold."""
    limits: Annotated[tuple[Limits, Limits], ListToTuple] | None = Field(
        None, examples=[[[-5, 5], [-5, 5]]]
    )
    """Of starts the ranges of both variables; default: around the runs."""

    @field_serializer("over")
    def _in_order(self, over: Over) -> Any:
        """Return settings as a list: the first is that from left to right, and stays so."""
        return over if isinstance(over, str) else [{name: list(range_)} for name, range_ in over]

    def misfits(self, showable: Showable) -> Iterator[tuple[str, str]]:
        """Yield that there is nothing to compute, or no such setting, or no such number of it."""
        optimizers = showable.optimizers
        if optimizers is None:
            return
        if not optimizers:
            yield "kind", "runs optimizers of its own; recorded runs have none"
            return
        if self.each is not None:
            yield "each", "a map is of one optimizer; list several maps, each with of: its run"
        if self.of is not None and self.of not in optimizers:
            hint = did_you_mean(self.of, optimizers) or f"; there are {listed([*optimizers])}"
            yield "of", f"no run here is called {shown(self.of)}{hint}"
            return
        optimizer = optimizers[self._run_of(optimizers)]
        if not can_be_computed_at_once(optimizer):
            known = [label for label, it in optimizers.items() if can_be_computed_at_once(it)]
            can = (
                f"; {listed(known)} can" if known else ", as those that `visualize list` shows can"
            )
            words = f"{optimizer.name} goes its own way, and not from many starts at once{can}"
            yield "of" if self.of else "kind", words
        elif isinstance(self.over, str):
            if showable.objective.dimension != 2:
                written = proposal(optimizer)
                can = (
                    f"; {written}"
                    if written
                    else f", and {optimizer.name} has no two settings to vary"
                )
                yield "over", f"starts fill a plane of two variables{can}"
            lowest = [low for low, _ in self.limits or ((-1.0, 0.0),) * 2]
            if any(
                it == "log" and low <= 0 for it, low in zip(self._given_scales, lowest, strict=True)
            ):
                yield "scale", "a logarithmic scale begins above 0; give limits that do"
        else:
            yield from self._misfits_of(optimizer, self.over)
        if self.limits is not None and self.over != "starts":
            yield "limits", "are of starts; settings have their ranges in over"

    def _misfits_of(
        self, optimizer: Optimizer[Any], over: Sequence[tuple[str, Range]]
    ) -> Iterator[tuple[str, str]]:
        known = number_settings(optimizer)
        if unknown := [name for name, _ in over if name not in known]:
            name = unknown[0]
            there = name in type(optimizer).model_fields
            hint = did_you_mean(name, known) or f"; there are {listed(known)}"
            words = "is not one number" if there else "is none of its settings"
            meant = type(optimizer).meant(name)
            if len(meant) == 1 and meant[0] in known:
                hint = f"; did you mean '{meant[0]}'?"
            yield "over", f"{shown(name)} {words}: {optimizer.name}{hint}"
            return
        if over[0][0] == over[1][0]:
            yield "over", f"{over[0][0]} is there twice"
            return
        for (name, range_), scale in zip(over, self._given_scales, strict=True):
            if scale == "log" and range_[0] <= 0:
                words = f"a logarithmic scale begins above 0 ({name} begins at {range_[0]:g})"
                yield "scale", words
                return
        ends = [(name, (float(at[0]), float(at[-1]))) for name, at in self._cells(over).items()]
        if refused := refusal(optimizer, ends):
            yield "over", f"{refused[0]}: {refused[1]}"

    def _run_of(self, optimizers: Mapping[str, Any]) -> str:
        return self.of if self.of is not None else next(iter(optimizers))

    @property
    def _given_scales(self) -> tuple[Scale, Scale]:
        return (self.scale, self.scale) if isinstance(self.scale, str) else self.scale

    def _scales(self, ranges: Sequence[Range]) -> list[Literal["linear", "log"]]:
        return [
            "log" if it == "log" or (it == "auto" and 0 < WIDE * low <= high) else "linear"
            for it, (low, high) in zip(self._given_scales, ranges, strict=True)
        ]

    def _cells(self, over: Sequence[tuple[str, Range]]) -> dict[str, Array]:
        """Return the numbers in the middle of each column, and of each row."""
        ranges = [range_ for _, range_ in over]
        counts = (self.samples,) * 2 if isinstance(self.samples, int) else self.samples
        return {
            name: middles(range_, count, logarithmic=scale == "log")
            for (name, range_), count, scale in zip(over, counts, self._scales(ranges), strict=True)
        }

    def simulated(
        self,
        steps: int,
        optimizers: Mapping[str, Optimizer[Any]],
        groups: Sequence[Sequence[str]] = (),
    ) -> Iterator[Simulated]:
        """Yield the runs of all cells."""
        del groups
        counts = (self.samples,) * 2 if isinstance(self.samples, int) else self.samples
        if maker := optimizers.get(self._run_of(optimizers)):
            yield Simulated(maker, self.steps or steps, counts[0] * counts[1])

    def look(self, objective: Objective, history: History) -> Cells:
        """Raise `ArraysError`: it has runs of its own, whose optimizer no history knows."""
        return self.look_for(objective, history, Surroundings())

    def look_for(self, objective: Objective, history: History, around: Surroundings) -> Cells:
        """Return what became of the runs of all cells, and where the scene's are among them."""
        if around.problem is None or not around.optimizers:
            raise ArraysError("a map runs optimizers of its own; these runs were recorded")
        of = self._run_of(around.optimizers)
        over = self.over
        if isinstance(over, str):
            over = self._plane(objective, history, around)
        cells = self._cells(over)
        across, up = (it.ravel() for it in np.meshgrid(*cells.values()))
        settings, starts = {}, np.stack([across, up], axis=-1)
        series = {of: history[of].points}
        if self.over != "starts":
            settings = dict(zip(cells, (across, up), strict=True))
            starts = np.repeat(around.problem.starts[:1], across.size, axis=0)
            places = places_of({**around.optimizers}, of, [*cells])
            series = {label: np.tile(it, (history.steps + 1, 1, 1)) for label, it in places}
        steps = self.steps or around.problem.steps
        goal = _goal(objective, history, around.problem, around.optimizers[of], self.tolerance)
        found = outcomes_of(
            around.optimizers[of],
            settings,
            replace(around.problem, steps=steps, starts=starts),
            goal,
        )
        (first, second), (one, other) = over, self._scales([range_ for _, range_ in over])
        shape = tuple(map(len, reversed(cells.values())))
        # Its own steps pass as those of the film do, though there may be more of them.
        pace = around.problem.steps / max(steps, 1)
        values = found.values.reshape(-1, *shape)
        return Cells(
            names=(first[0].replace("_", " "), second[0].replace("_", " ")),
            limits=(first[1], second[1]),
            scales=(one, other),
            series=series,
            what=self.what,
            caption="" if {*series} == {*history} else f"runs of {shortened(of, LABEL)}",
            steps=steps,
            converged=found.converged_at.reshape(shape),
            converged_at=found.converged_at.reshape(shape) * pace,
            lost_at=found.lost_at.reshape(shape) * pace,
            rows=found.rows * pace,
            values=values if self.what == "value" else values[-1:],
            ends={label: _end(history[label], goal) for label in series},
            by_gradient=goal.value is None,
        )

    def _plane(
        self, objective: Objective, history: History, around: Surroundings
    ) -> tuple[tuple[str, Range], tuple[str, Range]]:
        """Return the variables, and the ranges of them in which runs start."""
        ranges = self.limits or choose_limits(objective, history, 0.5, around.shape)[0]
        (one, other), (across, up) = objective.variables, ranges
        return (one, across), (other, up)

    def pacing(self, view: Any) -> Any:
        """Return the view with a place that goes across it as the image fills."""
        known = np.sort(np.fmin(view.converged_at, view.lost_at).ravel())
        rows = np.arange(max(map(len, view.series.values())))
        filled = np.searchsorted(known[np.isfinite(known)], rows, side="right") / known.size
        way = [
            low * (high / low) ** filled if scale == "log" else low + (high - low) * filled
            for (low, high), scale in zip(view.limits, view.scales, strict=True)
        ]
        return replace(view, series={**view.series, "": np.stack(way, axis=-1)[:, np.newaxis]})

    def remarks(self, view: Cells) -> Iterator[str]:
        """Yield also that no run has converged, where the image says when."""
        yield from super().remarks(view)
        if self.what == "steps" and np.isnan(view.converged).all():
            what = "has a small gradient" if view.by_gradient else "has converged"
            yield f"no run of the map {what} in {counted(view.steps, 'step')}"

    def draw(self, axes: "Axes", view: Cells, style: Style) -> list[Mover]:
        """Draw the image, which fills as steps go on, and over it the runs of the scene."""
        movers = [draw_cells(axes, view, style)]
        if self.over == "starts":
            above = replace(style, halo=style.theme.background)  # of any colour is what they cross
            return movers + draw_runs(axes, view.series, above, trail=True, marker="auto")
        return movers + draw_dots(axes, view, style)

    def settle(self, axes: "Axes") -> None:
        """Fit the words at the colour bar, and clip dots to where they may reach."""
        settle_cells(axes)


def _goal(
    objective: Objective,
    history: History,
    problem: Problem,
    optimizer: Optimizer[Any],
    tolerance: float,
) -> Goal:
    """Return what it is to have converged: a value near the minimum's, or a short gradient."""
    start = problem.starts[:1]
    minima = np.empty((0, 0))
    if may_have_minima(objective) and not optimizer.maximize:
        minima = lowest_minima(objective, history)
    with np.errstate(all="ignore"):
        if len(minima):
            least = float(np.min(objective.value(minima)))
            way = float(objective.value(start)[0]) - least
            return Goal(value=least + tolerance * (way if 0 < way < np.inf else 1.0))
        steepness = float(length(objective.gradient(start))[0])
    return Goal(gradient=tolerance * (steepness if 0 < steepness < np.inf else 1.0))


def _end(run: Trajectory, goal: Goal) -> Array:
    """Return when a run has converged, and when it shows that it does not end well: `(2,)`."""
    converged, lost = converged_and_lost(run, goal)
    return np.array([converged[0], lost[0]])
