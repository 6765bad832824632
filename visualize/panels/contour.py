"""Lines of equal value of an objective, with the runs between them."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

import numpy as np
from pydantic import Field, PlainValidator

from visualize.declare.settings import Color, ListToTuple, custom_error
from visualize.history.history import History
from visualize.landscapes.basins import coarsest_grid
from visualize.landscapes.limits import SHAPE, filling
from visualize.looks.style import Style
from visualize.objectives.objective import Objective
from visualize.optimizers.optimizer import Optimizer
from visualize.panels._contour.arrows import Arrows
from visualize.panels._contour.by_minimum import Basins, whose_basins
from visualize.panels._contour.camera import Camera, steps_nearer, through_the_window
from visualize.panels._contour.checks import unmet, unseen
from visualize.panels._contour.drawing import draw_landscape
from visualize.panels._contour.ground import Colormaps, Shading
from visualize.panels._contour.inset import InsetOrNone
from visualize.panels._contour.landscape import Landscape
from visualize.panels._contour.scenery import SPARE, look_around
from visualize.panels._edges import cut_at_edges
from visualize.panels._marks import settle_words
from visualize.panels._trails import Marker, Trail
from visualize.panels.panel import Limits, Mover, Panel, Showable, Simulated, Surroundings
from visualize.text import did_you_mean, listed, shown

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_LEVELS = 200
MOST_UNEQUAL = 500.0
"""Widths of limits in equal scales: of the smaller one more would be no pixel."""


def _check_levels(levels: Any) -> int | tuple[float, ...] | None:
    match levels:
        case None:
            return None
        case bool():
            pass
        case int() if 1 <= levels <= MOST_LEVELS:
            return levels
        case list() | tuple() if 1 <= len(levels) <= MOST_LEVELS and all(
            isinstance(level, int | float) and not isinstance(level, bool) and math.isfinite(level)
            for level in levels
        ):
            return tuple(sorted({float(level) for level in levels}))
    raise custom_error(f"must be a list of numbers, or how many levels (1 to {MOST_LEVELS})")


def check_plane(plane: Any) -> Literal["principal"] | tuple[str, str] | None:
    """Return which plane is meant; raise where none can be."""
    match plane:
        case None:
            return None
        case "principal":
            return "principal"
        case [str(one), str(other)] if one != other:
            return one, other
    raise custom_error("must be principal or two different variables: [x1, x3]")


class Contour(Panel):
    """Lines of equal value of an objective, with the runs between them.

    Of more than two variables a plane through the end of the first run is shown; the runs are
    projected onto it.
    """

    also_called: ClassVar = ("heatmap", "contourf", "landscape")
    kind: Literal["contour"] = "contour"
    shows: ClassVar[range] = range(2, 1_000_000)
    share: ClassVar[int] = 3  # two variables in equal scales, mostly a wide valley
    has_heads: ClassVar[bool] = True

    plane: Annotated[
        Literal["principal"] | tuple[str, str] | None,
        PlainValidator(
            check_plane, json_schema_input_type=Literal["principal"] | tuple[str, str] | None
        ),
    ] = None
    """Which plane is shown: two variables, [x1, x3], or `principal`, where the runs spread most,
    which is the default for more than two variables."""
    limits: Annotated[tuple[Limits, Limits], ListToTuple] | None = Field(
        None, examples=[[[-5, 5], [-5, 5]]]
    )
    """The ranges of both variables: [[-10, 10], [-5, 5]]; default: around the runs and the minima
    that they go to, in equal scales while the ranges are within 4:1."""
    levels: Annotated[
        int | tuple[float, ...] | None,
        PlainValidator(_check_levels, json_schema_input_type=int | list[float]),
    ] = None
    """The values that get a line, or how many; default: some that show valleys and walls."""
    filled: bool | None = None
    """Colour the areas between the lines; default: yes, unless levels or colours of lines are
    given."""
    lines: bool | None = None
    """Draw lines, also between areas; default: yes."""
    colormap: Colormaps | None = None
    """matplotlib's, from low to high; default: the theme's."""
    color: Color | None = None
    """One colour for all lines, in place of a colormap."""
    aspect: Literal["auto", "equal"] = "auto"
    """`equal`: both variables in the same scale, also within given limits."""
    trail: Trail = True
    """Show where each run has been (never of more than 20 starts); older parts are paler.

    `{fade: 30}`: those of more than 30 rows ago."""
    marker: Marker = "auto"
    """At every step of a trail; default: small dots where there are few."""
    minimum: Literal["star", "dot", "none"] = "star"
    """How minima are shown."""
    minimum_values: bool = False
    """Write the value beside each minimum, local ones too."""
    saddles: bool = False
    """Mark saddle points, and maxima, too."""
    arrows: Arrows = False
    """At each head what the gradient asks, -η∇f, and the step that the rule makes of it; `parts`:
    what the step carries over from those before, what decay adds, and what its gradient adds."""
    field: bool = False
    """A field of small arrows down, in the direction of -∇f; long ones are shortened the most."""
    colorbar: bool = False
    """Say beside the landscape which values its colours and lines have."""
    color_by: Literal["run", "minimum"] = "run"
    """`minimum`: each start in the colour of the minimum that it ends in, grey where that is none;
    of one run the legend says how many do."""
    basins: Basins = False
    """Colour the areas from which the first run's optimizer reaches each minimum, or that of the
    run that is named; they are computed from a grid of starts, without noise."""
    camera: Camera = Field(None, examples=["follow", {"zoom": [[0, 1], [60, 8]]}])
    """How the view moves: `follow` keeps the heads in it, as near always; `{zoom: [[0, 1],
    [60, 8]]}` comes nearer to where the first run ends, 8 times at step 60."""
    inset: InsetOrNone = Field(None, examples=[{"at": [0, 0], "zoom": 8}])
    """A small picture in a corner of what is around a point, so many times as large; `true`: around
    the end of the first run, 8 times."""
    samples: Annotated[int, Field(ge=2, le=2000)] = 301
    """Points along each variable at which the objective is computed."""

    @property
    def is_filled(self) -> bool:
        """Whether areas are coloured."""
        given = self.levels is not None or self.color is not None or self.colormap is not None
        return not (given or self.basins) if self.filled is None else self.filled

    def misfits(self, showable: Showable) -> Iterator[tuple[str, str]]:
        """Yield that `plane` names a variable that there is not, or that nothing would be seen."""
        widths = [high - low for low, high in self.limits or showable.objective.domain or ()]
        if self.aspect == "equal" and max(widths, default=0) > MOST_UNEQUAL * min(
            widths, default=0
        ):
            yield "aspect", "the limits in equal scales would be a line; use auto, or other limits"
        yield from unmet(self, showable)
        variables = showable.objective.variables
        for name in self.plane if isinstance(self.plane, tuple) else ():
            if name not in variables:
                hint = did_you_mean(name, variables) or f"; there are {listed(variables)}"
                yield "plane", f"the objective has no variable {shown(name)}{hint}"

    def simulated(
        self,
        steps: int,
        optimizers: Mapping[str, Optimizer[Any]],
        groups: Sequence[Sequence[str]] = (),
    ) -> Iterator[Simulated]:
        """Yield the runs from the coarsest grids of starts that basins are computed from."""
        for label in whose_basins(self.basins, [*optimizers], groups):
            if label in optimizers:
                grid = coarsest_grid(optimizers[label], steps, SHAPE)
                yield Simulated(optimizers[label], grid.steps, grid.across * grid.up, "basins")

    def look(self, objective: Objective, history: History) -> Landscape:
        """Return the objective over the plane, its levels and minima, and where the runs are."""
        return self.look_for(objective, history, Surroundings())

    def look_for(self, objective: Objective, history: History, around: Surroundings) -> Landscape:
        """Return the same where no limits are given with equal scales in axes of their shape."""
        return look_around(self, objective, history, around)

    def remarks(self, view: Landscape) -> Iterator[str]:
        """Yield also that there is no landscape to see, or none of the levels, and more."""
        yield from super().remarks(view)
        if view.emptiness:
            yield f"the landscape in the picture: {view.emptiness}"
        elif isinstance(self.levels, tuple) and not np.isnan(view.values).all():
            low, high = np.nanmin(view.values), np.nanmax(view.values)
            if not any(low <= level <= high for level in self.levels):
                yield f"none of the levels is in the picture: its values are {low:g} to {high:g}"
        yield from unseen(self, view)

    def draw(self, axes: "Axes", view: Landscape, style: Style) -> list[Mover]:
        """Draw the landscape, its minima and the starts; the runs move over it."""
        return draw_landscape(self, axes, view, style)

    def settle(self, axes: "Axes") -> None:
        """Make scales that are nearly equal quite so: the place of axes is known only now."""
        if not self.limits and self.aspect != "equal":
            place, limits = axes.get_window_extent(), (axes.get_xlim(), axes.get_ylim())
            widths = [high - low for low, high in limits]
            has_room = min(place.width, place.height) > 0
            unequal = (widths[0] / place.width) / (widths[1] / place.height) if has_room else np.inf
            if 1 / (1 + SPARE) < unequal < 1 + SPARE:
                across, up = filling(limits, place.width / place.height)
                axes.set(xlim=across, ylim=up)
        settle_words(axes)

    def seen(self, view: Any) -> Any:
        """Return the view with runs that stay at the edge where they leave, as a camera sees it."""
        series = cut_at_edges(view.series, view.limits)[0]
        if len(view.windows):
            series = through_the_window(series, view.windows, view.middle)
        return replace(view, series=series)

    def pacing(self, view: Any) -> Any:
        """Return the view by what moves in the picture, where the view itself does."""
        if self.camera in {None, "follow"}:
            return view
        nearness = steps_nearer(view.windows, view.limits)
        return replace(view, series={**self.seen(view).series, **nearness})

    @property
    def shading(self) -> Shading:
        """How the landscape is coloured."""
        return Shading(
            filled=self.is_filled,
            areas_asked_for=self.filled is True,
            lines=self.lines is not False,
            colormap=self.colormap,
            color=self.color,
            over_basins=bool(self.basins),
        )
