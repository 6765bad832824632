"""A small picture of a neighbourhood in a corner of axes: the same landscape, many times nearer."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from pydantic import BeforeValidator, Field

from visualize.arrays import Array
from visualize.declare.settings import ListToTuple, Number, Settings, custom_error
from visualize.looks.style import Style
from visualize.objectives.objective import Ranges
from visualize.text import shown

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SIDE = 0.36
"""Of the width and height of the axes, that an inset takes."""
AWAY = 0.025
"""How far it is from the edges, as a part of the width; up as much, in pixels."""
CORNERS = ((1, 1), (0, 1), (1, 0), (0, 0))
"""Where it may be, the best first: at the right, at the top."""
ON_WHAT_IT_LOOKS_AT = 1e6
"""How bad it is to cover that, in places of a trail."""
DEFAULT_ZOOM = 8.0


class Inset(Settings):
    """A second picture of a neighbourhood."""

    at: Annotated[tuple[Number, Number], ListToTuple] | None = Field(None, examples=[[0, 0]])
    """The middle of what it shows, in the panel's variables; default: the end of the first run."""
    zoom: Annotated[Number, Field(gt=1, le=1e6)] = DEFAULT_ZOOM
    """How many times as large as in the panel it shows things."""


def _read_inset(inset: Any) -> Any:
    if inset is True:
        return Inset()
    if inset is False:
        return None
    if inset is None or isinstance(inset, Inset | Mapping):
        return inset
    words = f"must be true, or where and how many times (got {shown(inset)})"
    if isinstance(inset, int | float) and inset > 1:
        raise custom_error(f"{words}; write inset: {{zoom: {inset:g}}}")
    if isinstance(inset, list | tuple) and len(inset) == 2:
        raise custom_error(f"{words}; write inset: {{at: [{inset[0]}, {inset[1]}]}}")
    raise custom_error(f"{words}; write inset: {{at: [0, 0], zoom: 8}}")


InsetOrNone = Annotated[
    Inset | None, BeforeValidator(_read_inset, json_schema_input_type=bool | Inset | None)
]
"""Whether there is one."""


def window_of(inset: Inset, at: Array, limits: Ranges) -> Ranges:
    """Return the limits of what an inset shows, with the scales of the view."""
    widths = [(high - low) * SIDE / inset.zoom for low, high in limits]
    return tuple((float(x) - it / 2, float(x) + it / 2) for x, it in zip(at, widths, strict=True))


def free_corner(
    limits: Ranges, window: Ranges, trails: Mapping[str, Array], marks: Array
) -> tuple[int, int]:
    """Return the corner in which the least is: runs, marks and what the inset looks at."""
    low, high = np.transpose(limits)
    seen = [_dense(path) for run in trails.values() for path in np.moveaxis(run, 1, 0)]
    points = (np.concatenate([marks, *seen]) - low) / (high - low)
    looked_at = (np.transpose(window) - low) / (high - low)

    def badness(corner: tuple[int, int]) -> float:
        inner = np.where(corner, 1 - SIDE - 2 * AWAY, 0)
        outer = inner + SIDE + 2 * AWAY
        covered = ((points >= inner) & (points <= outer)).all(axis=1).sum()
        meets = (looked_at[0] <= outer).all() and (looked_at[1] >= inner).all()
        return float(covered) + ON_WHAT_IT_LOOKS_AT * float(meets)

    return min(CORNERS, key=badness)


def _dense(path: Array) -> Array:
    """Return places along a path, those between two rows included."""
    path = path[np.isfinite(path).all(axis=1)]
    parts = np.linspace(0, 1, 8, endpoint=False)[:, np.newaxis, np.newaxis]
    between = path[:-1] + parts * np.diff(path, axis=0)
    return np.concatenate([between.reshape(-1, 2), path[-1:]])


def places_in(corner: Array, limits: Ranges) -> Array:
    """Return places all over an inset, in the panel's variables: `(places, 2)`."""
    low, high = np.transpose(limits)
    parts = np.linspace(AWAY, AWAY + SIDE, 25)
    across, up = (parts + it * (1 - SIDE - 2 * AWAY) for it in corner)
    inside = np.stack(np.meshgrid(across, up), axis=-1).reshape(-1, 2)
    places: Array = low + inside * (high - low)
    return places


def add_inset(axes: "Axes", window: Ranges, corner: Array, times: float, style: Style) -> "Axes":
    """Add axes for an inset in a corner, and a frame around what it shows."""
    figure: Any = axes.get_figure()
    (left, right), (bottom, top) = window
    inset: Axes = figure.add_axes((0, 0, 0.1, 0.1), label="inset", zorder=axes.get_zorder() + 0.5)
    inset.set_axes_locator(_Corner(axes, corner))
    inset.set(xlim=(left, right), ylim=(bottom, top), xticks=[], yticks=[])
    inset.set_in_layout(False)
    for spine in inset.spines.values():
        spine.set(visible=True, color=style.theme.quiet, linewidth=style.line * 0.8)
    if not style.is_small:
        inset.text(
            0.97,
            0.04,
            f"{times:g}\N{MULTIPLICATION SIGN}",
            transform=inset.transAxes,
            ha="right",
            va="bottom",
            fontsize=style.numbers,
            color=style.theme.quiet,
            zorder=9,
        )
    axes.plot(
        [left, right, right, left, left],
        [bottom, bottom, top, top, bottom],
        color=style.theme.quiet,
        linewidth=style.line * 0.8,
        solid_joinstyle="miter",
        zorder=9,
    )
    return inset


class _Corner:
    """Puts axes into a corner of others, wherever these are."""

    def __init__(self, axes: "Axes", corner: Array) -> None:
        self._axes = axes
        self._corner = corner

    def __call__(self, inset: Any, _: Any) -> Any:
        from matplotlib.transforms import Bbox

        figure = inset.get_figure()
        outer = self._axes.bbox.transformed(figure.transSubfigure.inverted())
        away = np.array([AWAY, AWAY * self._axes.bbox.width / self._axes.bbox.height])
        x, y = outer.min + np.where(self._corner, 1 - away - SIDE, away) * outer.size
        return Bbox.from_bounds(x, y, SIDE * outer.width, SIDE * outer.height)
