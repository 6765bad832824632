"""A relief with a floor below it, and from where it is seen at each row of a history."""

from functools import lru_cache

import numpy as np

from visualize.arrays import Array
from visualize.landscapes.relief import Camera, Relief, Sight

COLUMNS, SAMPLES = 361, 241
"""In which it is found out what is hidden."""
FINE = 0.02
"""How far apart places on a way are at most: a step follows the relief up and down."""
MOST_PARTS = 60
"""Of a step."""


class Stage:
    """What stands on it may be hidden, and is seen from elsewhere as the film goes on."""

    def __init__(self, relief: Relief, floor: float, rows: Array, azimuths: Array, tilt: float):
        """`azimuths` are those at some `rows`, which rise."""
        self.relief, self.floor = relief, floor
        self._rows, self._azimuths, self._tilt = rows, azimuths, tilt
        reach = float(np.hypot(*relief.half))
        columns = np.linspace(-reach, reach, COLUMNS)
        self.sight = lru_cache(maxsize=1)(lambda camera: Sight(relief, camera, columns, SAMPLES))
        """What is seen by a camera."""

    @property
    def turns(self) -> bool:
        """Whether it is seen from more than one side."""
        return bool(np.ptp(self._azimuths) > 0)

    def camera(self, row: float) -> Camera:
        """Return from where it is seen at a row."""
        return Camera(float(np.interp(row, self._rows, self._azimuths)), self._tilt)

    def cameras(self, count: int = 25) -> list[Camera]:
        """Return some of the cameras that see it, or the one."""
        if not self.turns:
            return [self.camera(0)]
        low, high = float(self._azimuths.min()), float(self._azimuths.max())
        return [Camera(float(it), self._tilt) for it in np.linspace(low, high, count)]

    def on_relief(self, ground: Array) -> Array:
        """Return places on the relief `(..., 3)`; NaN where there is nothing of it."""
        inside = (np.abs(ground) <= self.relief.half * (1 + 1e-9)).all(axis=-1)
        heights = self.relief.at(np.where(np.isfinite(ground), ground, 0.0))
        heights = np.where(inside, np.minimum(heights, self.relief.top), np.nan)
        return np.concatenate([ground, heights[..., np.newaxis]], axis=-1)

    def on_floor(self, ground: Array) -> Array:
        """Return places on the floor `(..., 3)`."""
        inside = (np.abs(ground) <= self.relief.half * (1 + 1e-9)).all(axis=-1, keepdims=True)
        return np.concatenate([ground, np.where(inside, self.floor, np.nan)], axis=-1)


class Way:
    """The way of one start over the ground, so fine that it follows a relief."""

    def __init__(self, ground: Array) -> None:
        """`ground` is where it is at each row: `(rows, 2)`."""
        lengths = np.hypot(*np.diff(ground, axis=0).T)
        parts = np.clip(np.ceil(np.nan_to_num(lengths, nan=1.0) / FINE), 1, MOST_PARTS).astype(int)
        first = np.repeat(np.cumsum(parts) - parts, parts)
        within = (np.arange(len(first)) - first) / np.repeat(parts, parts)
        last = len(ground) - 1
        self.rows = np.append(np.repeat(np.arange(last), parts) + within, last)
        """At which it is at each of its places, rising from 0: `(n,)`."""
        every = np.arange(last + 1)
        self.ground = np.stack([np.interp(self.rows, every, it) for it in ground.T], axis=1)
        """Those: `(n, 2)`."""
