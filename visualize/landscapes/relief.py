"""A function of two variables as a relief in a box, and the side from which it is seen."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from visualize.arrays import Array


@dataclass(frozen=True)
class Camera:
    """Where one looks from, far away, so that nothing is smaller for being farther off.

    Places are in the box: two over the ground around its middle, and the height.
    """

    azimuth: float
    """Degrees around the box: 0 looks from where x is large, -90 from where y is small."""
    elevation: float
    """Degrees above the ground, between 0 and 90."""

    @property
    def right(self) -> Array:
        """The direction on the ground that points to the right in the picture: `(2,)`."""
        turned = np.radians(self.azimuth)
        return np.array([-np.sin(turned), np.cos(turned)])

    @property
    def away(self) -> Array:
        """The direction on the ground that leads away from who looks: `(2,)`."""
        turned = np.radians(self.azimuth)
        return -np.array([np.cos(turned), np.sin(turned)])

    @property
    def rise(self) -> tuple[float, float]:
        """How far up in the picture a step away leads, and a step up."""
        tilt = np.radians(self.elevation)
        return float(np.sin(tilt)), float(np.cos(tilt))

    def seen(self, places: Array) -> Array:
        """Return where places `(..., 3)` are in the picture: `(..., 2)`, to the right and up."""
        away, up = self.rise
        ground = places[..., :2]
        return np.stack(
            [ground @ self.right, ground @ self.away * away + places[..., 2] * up], axis=-1
        )


@dataclass(frozen=True, eq=False)
class Relief:
    """Heights over a rectangle of ground whose middle is 0."""

    heights: Array
    """On a regular grid, `(nx, ny)`; NaN where there is nothing."""
    sides: tuple[float, float]
    """Of the rectangle."""
    top: float
    """What is higher is cut away."""

    @property
    def half(self) -> Array:
        """Half of the sides: `(2,)`."""
        return np.array(self.sides) / 2

    def at(self, ground: Array) -> Array:
        """Return the height at places on the ground `(..., 2)`; NaN outside and in holes."""
        return between(self.heights, *np.moveaxis(self.in_grid(ground), -1, 0))

    def in_grid(self, ground: Array) -> Array:
        """Return the place in the grid of places on the ground, `(..., 2)`; at its edge outside."""
        last = np.array(self.heights.shape) - 1
        places: Array = np.clip((ground / np.array(self.sides) + 0.5) * last, 0, last)
        return places

    def corners(self) -> Array:
        """Return the corners of the rectangle, one after the other: `(4, 2)`."""
        return np.asarray(np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * self.half)

    def light(self, towards: Array) -> Array:
        """Return how directly each point of the grid faces a direction `(3,)`: at most 1.

        Beside a hole it is by the points on the other side."""
        nx, ny = self.heights.shape
        across, up = self.sides[0] / max(nx - 1, 1), self.sides[1] / max(ny - 1, 1)
        slopes = [
            _on_one_side(self.heights, slope, width, axis)
            for axis, (slope, width) in enumerate(
                zip(np.gradient(self.heights, across, up), (across, up), strict=True)
            )
        ]
        length = np.sqrt(slopes[0] ** 2 + slopes[1] ** 2 + 1)
        faces = towards[2] - towards[0] * slopes[0] - towards[1] * slopes[1]
        lit: Array = faces / (length * np.sqrt(np.sum(towards**2)))
        return lit


def _on_one_side(heights: Array, slopes: Array, width: float, axis: int) -> Array:
    """Return slopes along an axis, those beside a hole by their neighbour on the other side."""
    unknown = np.isnan(slopes)
    if not unknown.any():
        return slopes
    steps = np.diff(heights, axis=axis) / width
    missing = np.full_like(steps.take([0], axis=axis), np.nan)
    behind = np.concatenate([missing, steps], axis=axis)
    ahead = np.concatenate([steps, missing], axis=axis)
    known = np.nan_to_num(np.where(np.isnan(behind), ahead, behind))
    return np.where(unknown, known, slopes)


def between(numbers: Array, across: Array, up: Array) -> Array:
    """Return numbers of a grid at places between its points: bilinear."""
    nx, ny = numbers.shape
    i = np.minimum(across.astype(np.intp), nx - 2)
    j = np.minimum(up.astype(np.intp), ny - 2)
    across, up = across - i, up - j
    first = i * ny
    first += j
    flat = numbers.ravel()
    low, high = flat[first], flat[first + ny]
    low += up * (flat[first + 1] - low)
    high += up * (flat[first + ny + 1] - high)
    high -= low
    high *= across
    high += low
    return np.asarray(high)


class Sight:
    """A relief as it is seen: along each of many columns of the picture, from near to far.

    A ray of sight comes down into the box. It meets the relief from above, where that faces who
    looks, or from below, where it has come in under its edge.
    """

    def __init__(self, relief: Relief, camera: Camera, columns: Array, samples: int) -> None:
        """`columns` are places from left to right, `(columns,)`."""
        self.relief, self.camera, self._columns = relief, camera, columns
        self._near, far = _crossed(columns, camera, relief.half)
        self._step = (far - self._near) / (samples - 1)
        away = self._near[:, np.newaxis] + self._step[:, np.newaxis] * np.arange(samples)
        ends = np.stack([self._near, far], axis=1)[..., np.newaxis] * camera.away
        ends += (columns[:, np.newaxis] * camera.right)[:, np.newaxis]
        first, last = np.moveaxis(relief.in_grid(ends), 1, 0)
        parts = np.linspace(0, 1, samples)
        self.grid = tuple(
            first[:, axis, np.newaxis] + (last - first)[:, axis, np.newaxis] * parts
            for axis in (0, 1)
        )
        """Where each sample is in the relief's grid: `(columns, samples)` each."""
        heights = between(relief.heights, *self.grid)
        heights[heights > relief.top] = np.nan
        self.heights = heights
        """Of the relief there; NaN where there is nothing of it."""
        inward, up = camera.rise
        self.up = away * inward + heights * up
        """How far up in the picture it is there."""

    def hides(self, places: Array, *, ground: bool = False) -> NDArray[np.bool_]:
        """Return which places `(..., 3)` on the relief, or on the ground, it hides.

        What is no place, or one far beyond all, is not hidden.
        """
        is_place = np.asarray((np.abs(places) < BEYOND).all(axis=-1))
        places = np.where(is_place[..., np.newaxis], places, 0.0)
        seen = self.camera.seen(places)
        width = self._columns[-1] - self._columns[0]
        column = (seen[..., 0] - self._columns[0]) / (width or 1.0) * (len(self._columns) - 1)
        index = np.clip(np.rint(column), 0, len(self._columns) - 1).astype(np.intp)
        step = np.where(self._step[index] > 0, self._step[index], 1.0)
        away = (places[..., :2] @ self.camera.away - self._near[index]) / step
        # Of the relief itself what is next to a place is no reason.
        last = np.floor(away - (0 if ground else APART)).astype(np.intp)
        walls = self._lowest if ground else self._highest
        wall = walls[index, np.clip(last, 0, self.up.shape[1] - 1)]
        hidden = wall < seen[..., 1] if ground else wall > seen[..., 1] + SLACK
        return np.asarray(hidden & (last >= 0) & is_place)

    @cached_property
    def _highest(self) -> Array:
        return np.fmax.accumulate(np.where(np.isnan(self.up), -np.inf, self.up), axis=1)

    @cached_property
    def _lowest(self) -> Array:
        return np.fmin.accumulate(np.where(np.isnan(self.up), np.inf, self.up), axis=1)


BEYOND = 1e6
"""Farther off than so many sides of its ground nothing is beside a relief."""
APART = 1.5
"""Samples in front of a place on a relief that do not hide it."""
SLACK = 2e-3
"""How much higher in the picture something is that hides a place."""


def _crossed(columns: Array, camera: Camera, half: Array) -> tuple[Array, Array]:
    """Return from where to where each column crosses a rectangle around 0, looking away."""
    near, far = np.full(len(columns), -np.inf), np.full(len(columns), np.inf)
    for side, right, away in zip(half, camera.right, camera.away, strict=True):
        if abs(away) < 1e-9:
            continue
        ends = np.stack([(-side - columns * right) / away, (side - columns * right) / away])
        near, far = np.maximum(near, ends.min(axis=0)), np.minimum(far, ends.max(axis=0))
    middle = (near + far) / 2
    return np.minimum(near, middle), np.maximum(far, middle)
