"""Lines of equal value of an objective, with the runs between them."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, PlainValidator

from visualize.arrays import Array
from visualize.declare.settings import Color, ListToTuple, Range, custom_error
from visualize.history.history import History
from visualize.landscapes.grid import grid
from visualize.landscapes.levels import (
    height_of_runs,
    levels_above,
    levels_beside,
    parted_at_poles,
    spread_levels,
)
from visualize.landscapes.limits import (
    choose_limits,
    cover,
    filling,
    minima_inside,
    widen,
)
from visualize.landscapes.minima import Minimum
from visualize.landscapes.poles import range_without_poles
from visualize.landscapes.projection import Cut, coordinate_plane, last_point, principal_plane
from visualize.landscapes.saddle import saddle_height
from visualize.looks.style import Style
from visualize.objectives.objective import Objective, Ranges
from visualize.panels._edges import cut_at_edges, draw_arrows
from visualize.panels._trails import MOST_TRAILS, Marker, Trail, draw_runs
from visualize.panels.panel import Limits, Mover, Panel, Showable, Surroundings, View
from visualize.text import did_you_mean, listed, shortened, shown

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Colormaps = Literal[
    "binary", "gray", "viridis", "plasma", "inferno", "magma", "cividis", "Blues", "Greens",
    "Greys", "Oranges", "Purples", "Reds", "YlGnBu", "YlOrRd", "GnBu", "PuBu", "bone", "terrain",
    "coolwarm", "RdBu", "Spectral",
]  # fmt: skip
LINES = 14
LINES_AN_AREA = 3
"""Areas are few, so that neighbours can be told apart though none is too dark for the runs."""
SPARE = 0.12
"""Beyond the limits that are chosen the landscape is known on every side: a part of the width."""
LOW = 0.4
"""Of the lines over areas, those that have the colour of the highest area."""
MOST_LEVELS = 200
MANY_MINIMA = 8
"""Of more the marks of local ones are smaller, so that they do not lie on each other."""
MOST_LOCAL_MINIMA = 200
"""Of more none is marked: they are everywhere."""
MOST_UNEQUAL = 500.0
"""Widths of limits in equal scales: of the smaller one more would be no pixel."""
LABEL_IN_CAPTION = 20
"""Letters of a run's label in the caption, at most."""
ROUNDING = 1e-15
"""Values that differ by less, as a part of themselves, are one."""
LONGEST_LEVEL = 8
"""Letters of a name that is written horizontally beside the axis; longer ones are turned."""


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


def _check_plane(plane: Any) -> Literal["principal"] | tuple[str, str] | None:
    match plane:
        case None:
            return None
        case "principal":
            return "principal"
        case [str(one), str(other)] if one != other:
            return one, other
    raise custom_error("must be principal or two different variables: [x1, x3]")


@dataclass(frozen=True, eq=False)
class _Landscape(View):
    """An objective over a plane, with the runs in it."""

    caption: str
    """Which plane it is, where that has to be said; else empty."""
    emptiness: str
    """Why there is no landscape to see, though the objective is known; else empty."""
    x: Array
    y: Array
    """Where the objective was computed: `(samples,)` each."""
    values: Array
    """There: `(samples, samples)`, x first; NaN where there is none."""
    levels: Array
    """The values of the lines, rising."""
    edges: Array
    """The values between which areas are coloured, rising: one more than there are areas."""
    minima: Array
    """`(minima, 2)`, the lowest first."""
    minima_are_global: NDArray[np.bool_]


class Contour(Panel):
    """Lines of equal value of an objective, with the runs between them.

    Of more than two variables a plane through the end of the first run is shown; the runs are
    projected onto it.
    """

    also_called: ClassVar = ("surface", "heatmap", "contourf", "landscape", "map", "3d")
    kind: Literal["contour"] = "contour"
    shows: ClassVar[range] = range(2, 1_000_000)
    share: ClassVar[int] = 3  # two variables in equal scales, mostly a wide valley
    has_heads: ClassVar[bool] = True

    plane: Annotated[
        Literal["principal"] | tuple[str, str] | None,
        PlainValidator(
            _check_plane, json_schema_input_type=Literal["principal"] | tuple[str, str] | None
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
    samples: Annotated[int, Field(ge=2, le=2000)] = 301
    """Points along each variable at which the objective is computed."""

    @property
    def is_filled(self) -> bool:
        """Whether areas are coloured."""
        given = self.levels is not None or self.color is not None or self.colormap is not None
        return not given if self.filled is None else self.filled

    def misfits(self, showable: Showable) -> Iterator[tuple[str, str]]:
        """Yield that `plane` names a variable that there is not, or that nothing would be seen."""
        widths = [high - low for low, high in self.limits or showable.objective.domain or ()]
        if self.aspect == "equal" and max(widths, default=0) > MOST_UNEQUAL * min(
            widths, default=0
        ):
            yield "aspect", "the limits in equal scales would be a line; use auto, or other limits"
        variables = showable.objective.variables
        for name in self.plane if isinstance(self.plane, tuple) else ():
            if name not in variables:
                hint = did_you_mean(name, variables) or f"; there are {listed(variables)}"
                yield "plane", f"the objective has no variable {shown(name)}{hint}"

    def look(self, objective: Objective, history: History) -> _Landscape:
        """Return the objective over the plane, its levels and minima, and where the runs are."""
        return self.look_for(objective, history, Surroundings())

    def look_for(self, objective: Objective, history: History, around: Surroundings) -> _Landscape:
        """Return the same where no limits are given with equal scales in axes of their shape."""
        caption, is_known = "", objective.is_known
        if self.plane or objective.dimension > 2:
            objective, history, caption = self._in_plane(objective, history)
        if self.limits:
            (across, up), minima = self.limits, minima_inside(objective, self.limits)
        else:
            (across, up), minima = choose_limits(objective, history, 0.5, around.shape)
        # What is chosen may become somewhat wider when the axes have their place.
        x, y = grid(
            (across, up) if self.limits else tuple(widen(it, SPARE) for it in (across, up)),
            self.samples,
        )
        values = objective.value(np.stack([x, y], axis=-1))
        values[~np.isfinite(values)] = np.nan
        emptiness = _emptiness(values) if is_known else ""
        levels, edges, middle = np.array([]), np.array([]), None
        if isinstance(self.levels, tuple) and not emptiness:
            levels = np.array(self.levels)
        elif not emptiness and is_known:
            if not minima and objective.has_hessian:
                middle = saddle_height(objective, (across, up))
            seen = _worth_levels(objective, np.stack([x, y], axis=-1), values, history, minima)
            levels = self._levels(np.clip(values, *seen), history, minima, middle, (across, up))
            levels = levels[(levels > np.nanmin(values)) & (levels < np.nanmax(values))]
            values = parted_at_poles(values, levels)
        if len(levels) and not np.isnan(values).all():
            low, high = np.nanmin(values), np.nanmax(values)
            if self.is_filled:
                levels = levels[(levels > low) & (levels < high)]
                every = 1 if self.levels else LINES_AN_AREA
                first = every - 1 if middle is None else np.searchsorted(levels, middle) % every
                edges = np.concatenate(([low], levels[first::every], [high]))
            elif middle is not None:
                edges = np.array([low, middle])  # valleys, beside hills, which stay white
        return _Landscape(
            names=(objective.variables[0], objective.variables[1]),
            limits=(across, up),
            scales=("linear", "linear"),
            series={label: run.points for label, run in history.items()},
            caption=caption,
            emptiness=emptiness,
            x=x[:, 0],
            y=y[0],
            values=values,
            levels=levels,
            edges=edges,
            minima=np.array([minimum.point for minimum in minima]).reshape(-1, 2),
            minima_are_global=np.array([minimum.is_global for minimum in minima], dtype=bool),
        )

    def _levels(
        self,
        values: Array,
        history: History,
        minima: tuple[Minimum, ...],
        middle: float | None,
        limits: Ranges,
    ) -> Array:
        """Return the values that get a line, where the scene does not list them."""
        count = self.levels if isinstance(self.levels, int) else LINES
        if middle is not None:
            return levels_beside(values, middle, count)
        if not minima:
            return np.unique(spread_levels(values, count))
        runs = ((run.points, run.values) for run in history.values())
        lowest = min(minima[0].value, float(np.nanmin(values)))
        return np.unique(levels_above(values, lowest, height_of_runs(runs, limits), count))

    def remarks(self, view: _Landscape) -> Iterator[str]:
        """Yield also that there is no landscape to see, or none of the levels."""
        yield from super().remarks(view)
        if view.emptiness:
            yield f"the landscape in the picture: {view.emptiness}"
        elif isinstance(self.levels, tuple) and not np.isnan(view.values).all():
            low, high = np.nanmin(view.values), np.nanmax(view.values)
            if not any(low <= level <= high for level in self.levels):
                yield f"none of the levels is in the picture: its values are {low:g} to {high:g}"

    def _in_plane(self, objective: Objective, history: History) -> tuple[Objective, History, str]:
        """Return objective and runs as they are seen in a plane, and the words for it."""
        label, end = last_point(history)
        if isinstance(self.plane, tuple):
            plane = coordinate_plane(self.plane, objective.variables, end)
        else:
            plane = principal_plane(history, end)
        where = "projected" if isinstance(self.plane, tuple) else "in their principal plane"
        caption = f"{objective.dimension} coordinates, {where}"
        if objective.is_known:
            caption += f",\nlandscape through the end of {shortened(label, LABEL_IN_CAPTION)}"
        return Cut(objective, plane), plane.seen(history), caption

    def draw(self, axes: "Axes", view: _Landscape, style: Style) -> list[Mover]:
        """Draw the landscape, its minima and the starts; the runs move over it."""
        if view.caption:
            text = axes.set_title(view.caption, loc="left", fontsize=style.font_size * 0.85)
            text.set(color=style.theme.quiet, parse_math=False)
        if np.isnan(view.values).all():
            axes.grid(True)
        else:
            self._draw_landscape(axes, view, style)
        if view.emptiness:
            words = axes.text(0.5, 0.95, view.emptiness, transform=axes.transAxes)
            words.set(ha="center", va="top", color=style.theme.quiet, zorder=5)
        axes.spines[:].set_visible(True)  # a landscape ends on every side
        across, up = view.names
        (left, right), (bottom, top) = view.limits
        axes.set(xlim=(left, right), ylim=(bottom, top), xlabel=across, ylabel=up)
        axes.set_aspect(self.aspect)
        if len(up) <= LONGEST_LEVEL:
            axes.yaxis.label.set(rotation=0, ha="right", va="center")
        for text in (axes.xaxis.label, axes.yaxis.label):
            text.set_parse_math(False)  # a table's columns may be called anything
        self._draw_minima(axes, view, style)
        series, exits = cut_at_edges(view.series, view.limits)
        runs = draw_runs(
            axes,
            series,
            style,
            trail=self.trail,
            marker=self.marker,
        )
        return [*runs, *draw_arrows(axes, exits, style)]

    def settle(self, axes: "Axes") -> None:
        """Make scales that are nearly equal quite so: the place of axes is known only now."""
        if self.limits or self.aspect == "equal":
            return
        place, limits = axes.get_window_extent(), (axes.get_xlim(), axes.get_ylim())
        widths = [high - low for low, high in limits]
        unequal = (widths[0] / place.width) / (widths[1] / place.height)
        if 1 / (1 + SPARE) < unequal < 1 + SPARE:
            across, up = filling(limits, place.width / place.height)
            axes.set(xlim=across, ylim=up)

    def seen(self, view: View) -> View:
        """Return the view with runs that stay at the edge where they leave."""
        return replace(view, series=cut_at_edges(view.series, view.limits)[0])

    def _draw_landscape(self, axes: "Axes", view: _Landscape, style: Style) -> None:
        x, y = np.meshgrid(view.x, view.y, indexing="ij")
        # What is behind a transparent picture is to be seen, unless areas are asked for.
        may_be = style.halo is None and style.theme.filled
        is_filled = self.is_filled and (may_be or self.filled is True)
        if len(view.edges) and is_filled == self.is_filled:
            count = len(view.edges) - 1
            if not is_filled:  # the valleys of a saddle
                areas = [style.theme.areas[1]]
            elif self.colormap:
                areas = self._shades(style.theme.areas, count)
            else:
                areas = _in_bands(style.theme.areas, count)
            axes.contourf(x, y, view.values, view.edges, colors=areas, zorder=1)
        if not len(view.levels) or self.lines is False:
            return
        # As matplotlib does: the lowest level has the lowest colour, the highest the highest.
        count = len(view.levels)
        if is_filled:
            # Over the lowest areas, which are pale, the colour of the highest, and the other way.
            highest, pale = style.theme.areas[-1], style.theme.background
            shades = [highest if level < LOW * count else pale for level in range(count)]
        else:
            shades = self._shades(style.theme.lines, count)
        lines = axes.contour(
            x,
            y,
            view.values,
            view.levels,
            colors=[self.color] if self.color else shades,
            linestyles="solid",
        )
        lines.set(
            linewidth=style.line * (0.5 if is_filled or not style.theme.filled else 0.8),
            alpha=0.7 if is_filled else 1.0,
            zorder=1.1,
        )

    def _shades(self, ramp: tuple[str, ...], count: int) -> list[Any]:
        from matplotlib import colormaps
        from matplotlib.colors import LinearSegmentedColormap

        colormap = (
            colormaps[self.colormap]
            if self.colormap
            else LinearSegmentedColormap.from_list("theme", list(ramp))
        )
        return list(colormap(np.linspace(0, 1, count)))

    def _draw_minima(self, axes: "Axes", view: _Landscape, style: Style) -> None:
        """Draw few minima above the trails; above the heads, too, where these are a swarm."""
        if self.minimum == "none":
            return
        star = self.minimum == "star"
        inside, outside = style.theme.minimum, style.theme.background
        local = np.count_nonzero(~view.minima_are_global)
        smaller = max(1.0, (len(view.minima) / MANY_MINIMA) ** 0.5)
        swarm = any(places.shape[1] > MOST_TRAILS for places in view.series.values())
        above = 13 if swarm else 11.5
        few = len(view.minima) - local <= MANY_MINIMA, len(view.minima) <= MANY_MINIMA
        for (x, y), is_global in zip(view.minima, view.minima_are_global, strict=True):
            if local > MOST_LOCAL_MINIMA and not is_global:
                continue
            axes.plot(
                [x],
                [y],
                linestyle="",
                marker="*" if star else "o",
                markersize=style.marker * (2.0 if star else 1.3) / (1 if is_global else smaller),
                color=inside if is_global else outside,
                markeredgecolor=outside if is_global else inside,
                markeredgewidth=style.line * 0.6,
                zorder=above if few[0 if is_global else 1] else 7,
                clip_on=False,  # a minimum may lie on the edge
                label="minimum" if is_global else "local minimum",
            )


def _in_bands(colors: tuple[str, ...], count: int) -> list[str]:
    """Return one of few colours for each of many areas."""
    last = len(colors) - 1
    if count <= len(colors):
        return [colors[round(it)] for it in np.linspace(0, last, count)]
    return [colors[it * len(colors) // count] for it in range(count)]


def _emptiness(values: Array) -> str:
    """Return why values make no landscape: there are none, or they differ by rounding at most."""
    there = values[np.isfinite(values)]
    if not there.size:
        return "f has no value here"
    low, high = float(there.min()), float(there.max())
    if high - low <= ROUNDING * max(abs(low), abs(high)):
        return f"flat here: f = {low:g}"
    return ""


def _worth_levels(
    objective: Objective,
    points: Array,
    values: Array,
    history: History,
    minima: tuple[Minimum, ...],
) -> Range:
    """Return the range of values between which levels tell something: not those of poles."""
    known = [run.values for run in history.values() if np.isfinite(run.values).any()]
    low, high = cover(known) if known else (np.inf, -np.inf)
    low = min([low, *(minimum.value for minimum in minima)])
    kept = (low, max(low, high)) if np.isfinite(low) else (0.0, 0.0)
    return range_without_poles(objective.value, points, values, points[1, 1] - points[0, 0], kept)
