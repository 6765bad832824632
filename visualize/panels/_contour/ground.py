"""A landscape of two variables: the heights that are shown of it, and how they are drawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from visualize.arrays import Array
from visualize.declare.settings import Range
from visualize.history.history import History
from visualize.landscapes.levels import (
    height_of_runs,
    levels_above,
    levels_beside,
    parted_at_poles,
    spread_levels,
)
from visualize.landscapes.limits import cover
from visualize.landscapes.minima import Minimum
from visualize.landscapes.poles import range_without_poles
from visualize.landscapes.saddle import saddle_height
from visualize.looks.style import Style
from visualize.objectives.objective import Objective, Ranges

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
LOW = 0.4
"""Of the lines over areas, those that have the colour of the highest area."""
ROUNDING = 1e-15
"""Values that differ by less, as a part of themselves, are one."""


class Ground(NamedTuple):
    """Values over a grid, the levels that get a line and those between which areas are coloured."""

    x: Array
    y: Array
    """Where the objective was computed: `(samples,)` each."""
    values: Array
    """There: `(samples, samples)`, x first; NaN where there is none."""
    levels: Array
    """The values of the lines, rising."""
    edges: Array
    """The values between which areas are coloured, rising: one more than there are areas."""
    turn: float | None = None
    """The value from which on lines over areas are pale; None: that of some of the levels."""


@dataclass(frozen=True)
class Shading:
    """How a landscape is coloured."""

    filled: bool
    """Whether areas are coloured."""
    areas_asked_for: bool
    """Whether that was said, so that they are there in a transparent picture, too."""
    lines: bool
    colormap: Colormaps | None
    color: str | None
    """Of all lines."""
    over_basins: bool = False
    """Whether lines lie over areas that say something else."""


def look_at(
    objective: Objective,
    history: History,
    minima: tuple[Minimum, ...],
    limits: Ranges,
    points: Sequence[Array],
    *,
    levels: int | tuple[float, ...] | None,
    filled: bool,
    is_known: bool,
) -> tuple[Ground, str]:
    """Return a landscape at the points of a grid, and why it is empty, if it is.

    `limits` are those of the picture, and `levels` those that are asked for, or how many.
    """
    x, y = points
    values = objective.value(np.stack([x, y], axis=-1))
    values[~np.isfinite(values)] = np.nan
    emptiness = _emptiness(values) if is_known else ""
    lines, edges, middle = np.array([]), np.array([]), None
    if isinstance(levels, tuple) and not emptiness:
        lines = np.array(levels)
    elif not emptiness and is_known:
        if not minima and objective.has_hessian:
            middle = saddle_height(objective, limits)
        seen = _worth_levels(objective, np.stack([x, y], axis=-1), values, history, minima)
        count = levels if isinstance(levels, int) else LINES
        lines = _chosen(np.clip(values, *seen), history, minima, middle, limits, count)
        lines = lines[(lines > np.nanmin(values)) & (lines < np.nanmax(values))]
        values = parted_at_poles(values, lines)
    if len(lines) and not np.isnan(values).all():
        low, high = np.nanmin(values), np.nanmax(values)
        if filled:
            lines = lines[(lines > low) & (lines < high)]
            every = 1 if levels else LINES_AN_AREA
            first = every - 1 if middle is None else np.searchsorted(lines, middle) % every
            edges = np.concatenate(([low], lines[first::every], [high]))
        elif middle is not None:
            edges = np.array([low, middle])  # valleys, beside hills, which stay white
    return Ground(x[:, 0], y[0], values, lines, edges), emptiness


def _chosen(
    values: Array,
    history: History,
    minima: tuple[Minimum, ...],
    middle: float | None,
    limits: Ranges,
    count: int,
) -> Array:
    """Return the values that get a line, where the scene does not list them."""
    if middle is not None:
        return levels_beside(values, middle, count)
    if not minima:
        return np.unique(spread_levels(values, count))
    runs = ((run.points, run.values) for run in history.values())
    lowest = min(minima[0].value, float(np.nanmin(values)))
    return np.unique(levels_above(values, lowest, height_of_runs(runs, limits), count))


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


def draw_ground(axes: "Axes", ground: Ground, style: Style, shading: Shading) -> list[Any]:
    """Draw areas and lines of equal value into axes, and return them."""
    x, y = np.meshgrid(ground.x, ground.y, indexing="ij")
    drawn: list[Any] = []
    is_filled = has_areas(style, shading)
    if len(ground.edges) and is_filled == shading.filled:
        colors = area_colors(ground, style, shading)
        areas = axes.contourf(x, y, ground.values, ground.edges, colors=colors, zorder=1)
        drawn.append(areas)
    if not len(ground.levels) or not shading.lines:
        return drawn
    lines = axes.contour(
        x,
        y,
        ground.values,
        ground.levels,
        colors=line_colors(ground, style, shading),
        linestyles="solid",
    )
    lines.set(
        linewidth=style.line * (0.5 if is_filled or not style.theme.filled else 0.8),
        alpha=0.35 if shading.over_basins else 0.7 if is_filled else 1.0,
        zorder=1.1,
    )
    return [*drawn, lines]


def has_areas(style: Style, shading: Shading) -> bool:
    """Return whether areas are coloured: what is behind a transparent picture is to be seen,
    unless they are asked for.
    """
    may_be = style.halo is None and style.theme.filled
    return shading.filled and (may_be or shading.areas_asked_for)


def area_colors(ground: Ground, style: Style, shading: Shading) -> list[Any]:
    """Return a colour for each area, from low to high."""
    count = len(ground.edges) - 1
    if not has_areas(style, shading):  # the valleys of a saddle
        return [style.theme.areas[1]]
    if shading.colormap:
        return _shades(shading.colormap, style.theme.areas, count)
    return _in_bands(style.theme.areas, count)


def line_colors(ground: Ground, style: Style, shading: Shading) -> list[Any]:
    """Return the colours of lines: one for all, or one for each, from low to high."""
    count = len(ground.levels)
    if shading.color:
        return [shading.color]
    if shading.over_basins and not shading.colormap:
        return [style.theme.quiet]
    if not has_areas(style, shading):
        return _shades(shading.colormap, style.theme.lines, count)
    # Over the lowest areas, which are pale, the colour of the highest, and the other way.
    highest, pale = style.theme.areas[-1], style.theme.background
    if ground.turn is not None:
        return [highest if level < ground.turn else pale for level in ground.levels]
    return [highest if level < LOW * count else pale for level in range(count)]


def _shades(colormap: Colormaps | None, ramp: tuple[str, ...], count: int) -> list[Any]:
    # As matplotlib does: the lowest level has the lowest colour, the highest the highest.
    from matplotlib import colormaps
    from matplotlib.colors import LinearSegmentedColormap

    colors = (
        colormaps[colormap] if colormap else LinearSegmentedColormap.from_list("theme", list(ramp))
    )
    return list(colors(np.linspace(0, 1, count)))


def _in_bands(colors: tuple[str, ...], count: int) -> list[str]:
    """Return one of few colours for each of many areas."""
    last = len(colors) - 1
    if count <= len(colors):
        return [colors[round(it)] for it in np.linspace(0, last, count)]
    return [colors[it * len(colors) // count] for it in range(count)]
