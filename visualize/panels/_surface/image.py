"""A relief as matplotlib draws it: pixels of what is seen from a side."""

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.image import AxesImage
from matplotlib.transforms import Bbox
from numpy.typing import NDArray

from visualize.arrays import Array
from visualize.landscapes.raster import raster_of
from visualize.landscapes.relief import Camera, Relief, Sight, between
from visualize.panels._surface.box import has_room

if TYPE_CHECKING:
    from collections.abc import Callable

STILL, TURNING = (2, 2), (2, 1)
"""Rows and columns to a pixel, whose mean it is: so edges are smooth."""
SAMPLES, MOST_SAMPLES = 1.25, 500
"""Samples from near to far for each point of the relief, and at most."""
DARKEST, BRIGHTEST = 0.82, 1.02
"""What colours are multiplied by where no light falls, and where it falls at right angles."""
BELOW = 0.2
"""How much of another colour is in the relief where it is seen from below."""


class ReliefImage(AxesImage):
    """A relief in axes whose data are places in a camera's picture; it is seen from there."""

    def __init__(
        self,
        axes: Axes,
        relief: Relief,
        colors: Array,
        lit: Array,
        camera: Camera,
        *,
        below: Array,
        turns: bool,
    ) -> None:
        """`colors` are those of heights, from the lowest to the top: `(n, 3)`, from 0 to 1.

        `lit` is how much light falls on each point of the relief's grid; what is seen from `below`
        has some of that colour. One that turns is drawn
        in every picture, and faster."""
        super().__init__(axes, interpolation="nearest")
        self.set_data(relief.heights)  # so that it is not taken for empty
        self.set_zorder(1)
        self._relief, self._colors, self._lit, self._below = relief, colors, lit, below
        self.camera = camera
        self._finer = TURNING if turns else STILL
        self.settle: Callable[[], None] = lambda: None
        """Lets what is drawn with it fill the axes."""
        self._made: tuple[Any, ...] | None = None

    def look_from(self, camera: Camera) -> None:
        """Show it as it is seen from somewhere else."""
        if camera != self.camera:
            self.camera = camera
            self.stale = True

    def get_window_extent(self, renderer: Any = None) -> Bbox:
        """Return where it may be seen; with what stands around one that turns anywhere."""
        del renderer
        if self._finer == TURNING:
            return Bbox(self.axes.bbox.get_points())
        left, bottom, right, top = self._pixels()
        return Bbox.from_extents(left, bottom, max(right, left), max(top, bottom))

    def make_image(
        self, renderer: Any, magnification: float = 1.0, unsampled: bool = False
    ) -> tuple[Any, float, float, Any]:
        """Return the pixels around the relief, and where their lower left corner is."""
        del renderer, unsampled
        left, bottom, right, top = self._pixels()
        if right <= left or top <= bottom or not has_room(self.axes):
            return None, 0, 0, None
        key = (self.camera, left, bottom, right, top, *self.axes.viewLim.extents)
        if self._made is None or self._made[0] != key:
            self._made = key, self._drawn(left, bottom, right, top)
        return self._made[1], left * magnification, bottom * magnification, None

    def _pixels(self) -> tuple[int, int, int, int]:
        """Return the pixels that it may be seen in: left, bottom, right, top."""
        corners = self._relief.corners()
        places = [(*corner, height) for corner in corners for height in (0, self._relief.top)]
        seen = self.axes.transData.transform(self.camera.seen(np.array(places)))
        low = np.maximum(np.floor(seen.min(axis=0)), np.floor(self.axes.bbox.min))
        high = np.minimum(np.ceil(seen.max(axis=0)), np.ceil(self.axes.bbox.max))
        return int(low[0]), int(low[1]), int(high[0]), int(high[1])

    def _drawn(self, left: int, bottom: int, right: int, top: int) -> NDArray[np.uint8]:
        to_data = self.axes.transData.inverted()
        (low, down), (high, up) = to_data.transform([(left, bottom), (right, top)])
        rows, columns = (top - bottom) * self._finer[0], (right - left) * self._finer[1]
        edges = np.linspace(low, high, 2 * columns + 1)
        samples = min(int(SAMPLES * max(self._relief.heights.shape)), MOST_SAMPLES)
        sight = Sight(self._relief, self.camera, edges[1::2], samples)
        raster = raster_of(sight, down, up, rows)
        last = len(self._colors) - 1
        height = raster.of(np.nan_to_num(sight.heights)) * (last / self._relief.top)
        light = np.clip(raster.of(between(self._lit, *sight.grid)), 0, 1)
        shade = DARKEST + (BRIGHTEST - DARKEST) * light
        colors = self._colors[np.clip(np.rint(height), 0, last).astype(np.intp)]
        colors *= shade[:, np.newaxis]
        below = raster.is_below
        colors[below] += BELOW * (self._below - colors[below])
        pixels = np.zeros((rows * columns, 4), dtype=np.uint16)
        pixels[raster.pixels, :3] = np.minimum(255 * colors, 255)
        pixels[raster.pixels, 3] = 255
        return _mean(pixels.reshape(rows, columns, 4), *self._finer)


def _mean(pixels: NDArray[np.uint16], rows: int, columns: int) -> NDArray[np.uint8]:
    """Return pixels, each of so many rows and columns of finer ones, from the bottom up.

    Colours are mixed as far as there are any."""
    count = rows * columns
    total = np.zeros_like(pixels[::rows, ::columns])
    for row in range(rows):
        for column in range(columns):
            total += pixels[row::rows, column::columns]
    there = total[..., 3] // 255
    edge = (there > 0) & (there < count)
    mean = (total + count // 2) // count
    parts = there[edge][:, np.newaxis]
    mean[edge, :3] = (total[edge, :3] + parts // 2) // parts
    return np.asarray(mean).astype(np.uint8)[::-1]
