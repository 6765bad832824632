"""A surface in a box, as numbers: its heights, the runs over its ground, who looks at it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from visualize.arrays import Array
from visualize.declare.settings import Range
from visualize.landscapes.relief import Relief
from visualize.panels._edges import Exit, cut_at_edges
from visualize.panels._surface.stage import Stage
from visualize.panels.panel import View

GAP = 0.32
"""Below the lowest value to the floor, as a part of the ground's mean side."""
FINE, MOST_PARTS = 0.1, 8
"""How long parts of a step are at most, as sides of the ground are about 1, and how many."""


@dataclass(frozen=True, eq=False)
class SurfaceView(View):
    """A surface in a box, the runs above its ground, and from where it is seen."""

    caption: str
    """Which plane it is, where that has to be said; else empty."""
    emptiness: str
    """Why there is no surface to see; else empty."""
    ranges: tuple[Range, Range]
    """Of both variables, along the sides of the ground."""
    size: tuple[float, float, float]
    """Of the ground, and how high the box is above the lowest value."""
    values: Array
    """On a regular grid over the ground: `(nx, ny)`, x first; NaN where there is none."""
    heights: Array
    """How high the surface is there, in the box: from 0; NaN where it has a hole."""
    levels: Array
    """The values of the lines, rising."""
    level_heights: Array
    """How high they are in the box."""
    ticks: Array
    """Round values, and how high they are: `(n, 2)`."""
    minima: Array
    """Where they are in the box: `(minima, 3)`, the lowest first."""
    minima_are_global: NDArray[np.bool_]
    points: Mapping[str, Array]
    """By label where the runs are, in both variables: `(rows, starts, 2)`."""
    elevation: float
    rows: Array
    azimuths: Array
    """From where it is seen at some rows, in degrees; between them evenly: `(n,)` each."""

    @property
    def top(self) -> float:
        """How high the box is above the lowest value."""
        return float(self.size[2])

    @cached_property
    def stage(self) -> Stage:
        """The surface, and from where it is seen at each row."""
        relief = Relief(self.heights, (self.size[0], self.size[1]), self.size[2] * (1 + 1e-9))
        floor = -GAP * float(np.sqrt(self.size[0] * self.size[1]))
        return Stage(relief, floor, self.rows, self.azimuths, self.elevation)

    def height_of(self, value: float) -> float:
        """Return how high a value is in the box, by those that have a height there."""
        order = np.argsort(self.values, axis=None)
        order = order[np.isfinite(self.values.ravel()[order])]
        return float(np.interp(value, self.values.ravel()[order], self.heights.ravel()[order]))

    def in_box(self, places: Array) -> Array:
        """Return where places `(..., 2)` of both variables are on the ground."""
        low, high = np.transpose(self.ranges)
        return np.asarray((places - (low + high) / 2) / (high - low) * np.array(self.size[:2]))

    def ways(self) -> tuple[dict[str, Array], list[Exit]]:
        """Return where runs are on the ground, by label, and where some leave it for good.

        A run that is lost stays where it was seen last."""
        # Of small multiples each has runs of its own.
        shown = {label: self.points[label] for label in self.series or self.points}
        cut, exits = cut_at_edges(shown, self.ranges)
        scale = np.array(self.size[:2]) / np.diff(np.array(self.ranges), axis=1)[:, 0]
        gone = [replace(it, place=self.in_box(it.place), way=it.way * scale) for it in exits]
        return {label: _kept(self.in_box(places)) for label, places in cut.items()}, gone


def projected(view: SurfaceView) -> SurfaceView:
    """Return the view with its runs, and its limits, where they are in the picture."""
    stage = view.stage
    corners = np.concatenate(
        [np.insert(stage.relief.corners(), 2, it, axis=1) for it in (stage.floor, view.top)]
    )
    seen = np.concatenate([camera.seen(corners) for camera in stage.cameras()])
    low, high = seen.min(axis=0), seen.max(axis=0)
    limits: tuple[Range, Range] = (
        (float(low[0]), float(high[0])),
        (float(low[1]), float(high[1])),
    )
    return replace(view, series=_series(view, 1), limits=limits)


def turned(view: Any, rows: Array, angles: Array) -> SurfaceView:
    """Return the view as it is seen where one has gone around it, by so much at some rows."""
    return projected(replace(view, rows=rows, azimuths=view.azimuths[0] + angles))


def in_parts(view: SurfaceView) -> SurfaceView:
    """Return the view with places on the ways between two rows, if steps are long."""
    ways, _ = view.ways()
    longest = max(float(np.nanmax(np.abs(np.diff(it, axis=0)), initial=0)) for it in ways.values())
    parts = int(np.clip(np.ceil(longest / FINE), 1, MOST_PARTS))
    return replace(view, series=_series(view, parts), parts=parts)


def _series(view: SurfaceView, parts: int) -> dict[str, Array]:
    """Return where runs are in the picture, with so many places for each step."""
    stage, series = view.stage, {}
    for label, ground in view.ways()[0].items():
        last = len(ground) - 1
        rows = np.linspace(0, last, 1 + last * parts)
        before = np.minimum(rows.astype(int), max(last - 1, 0))
        after = np.minimum(before + 1, last)
        part = (rows - before)[:, np.newaxis, np.newaxis]
        places = stage.on_relief(ground[before] + part * (ground[after] - ground[before]))
        if stage.turns:
            seen = [stage.camera(row).seen(it) for row, it in zip(rows, places, strict=True)]
            series[label] = np.stack(seen)
        else:
            series[label] = stage.camera(0).seen(places)
    return series


def _kept(places: Array) -> Array:
    """Return places over rows, of which those that are no numbers are as before."""
    lost = ~np.isfinite(places).all(axis=-1)
    rows = np.where(lost, 0, np.arange(len(places))[:, np.newaxis])
    kept: Array = np.take_along_axis(places, np.maximum.accumulate(rows)[..., np.newaxis], axis=0)
    return kept
