"""Where runs are in the picture, and where there is room beside them."""

from collections.abc import Iterable, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.transforms import Bbox
from numpy.typing import NDArray

from visualize.arrays import Array
from visualize.panels._steps import OverSteps
from visualize.panels._trails import drawable
from visualize.panels.panel import View

PART = 40
"""Bytes of a GIF's box around nothing, about."""
CHEAP = 0.18
"""Of the bytes of a GIF without step counter, what it may cost."""
ENOUGH = 20
"""Pictures by which is found what a place costs."""


class Motion:
    """The runs of one panel, in the figure's pixels."""

    def __init__(self, axes: Axes, view: View) -> None:
        """The axes have the limits of the view that is drawn in them."""
        self.axes = axes
        self.is_over_steps = isinstance(view, OverSteps)
        self._parts = view.parts
        self.taken: list[Array] = []
        """Places of texts that stand in the axes, in pixels: `(places, 2)` each."""
        self.places: dict[str, Array] = {}
        self._nearby = view.nearby
        self.moves = view.moves
        self.has_run_colors = view.has_run_colors
        for label, places in view.series.items():
            rows = np.moveaxis(places, -3, 0)
            seen = drawable(rows.reshape(len(rows), -1, 2), axes)
            # What is seen later only waits where it will be seen first.
            later = drawable(seen[::-1], axes)[::-1]
            if np.isfinite(later).all():
                self.places[label] = later

    def heads(self, rows: Sequence[float] | Array) -> Array:
        """Return where all heads are at some rows: `(rows, heads, 2)`."""
        places = np.asarray(rows) * self._parts
        data = np.concatenate([_at_rows(run, places) for run in self._runs], axis=1)
        pixels: Array = self.axes.transData.transform(data.reshape(-1, 2))
        low, high = self.axes.bbox.get_points()
        return np.clip(pixels.reshape(data.shape), low, high)

    @property
    def trails(self) -> list[Array]:
        """Where the runs go, each as a line: `(rows, 2)`."""
        lines = [run[:, start] for run in self._runs for start in range(run.shape[1])]
        return [self.axes.transData.transform(line) for line in lines]

    @property
    def marks(self) -> Array:
        """Where stars, texts and other single places are: `(marks, 2)`."""
        lines = (np.asarray(line.get_xydata()) for line in self.axes.lines)
        marks = np.concatenate([np.zeros((0, 2)), *(line for line in lines if len(line) == 1)])
        return np.concatenate([self.axes.transData.transform(marks), *self.taken])

    def take(self, box: Bbox) -> None:
        """Let names stay off a box, in which something stands."""
        across, up = np.linspace(box.x0, box.x1, 9), np.linspace(box.y0, box.y1, 3)
        self.taken.append(np.stack(np.meshgrid(across, up), axis=-1).reshape(-1, 2))

    def are_outside(self, rows: Sequence[float] | Array) -> NDArray[np.bool_]:
        """Return which heads are not in the axes at some rows: `(rows, heads)`."""
        data = np.concatenate([_at_rows(run, np.asarray(rows)) for run in self._runs], axis=1)
        pixels = self.axes.transData.transform(data.reshape(-1, 2)).reshape(data.shape)
        low, high = self.axes.bbox.get_points()
        return np.asarray(((pixels < low) | (pixels > high)).any(axis=-1))

    def nearby(self, rows: Sequence[float] | Array) -> Array:
        """Return where else something moves at some rows: `(rows, places, 2)`."""
        data = _at_rows(self._nearby, np.asarray(rows))
        pixels: Array = self.axes.transData.transform(data.reshape(-1, 2))
        return pixels.reshape(data.shape)

    @property
    def _runs(self) -> list[Array]:
        return list(self.places.values())


def _at_rows(places: Array, rows: Array) -> Array:
    """Return where runs are at rows, `(rows, starts, 2)`; one that is shorter stays at its end."""
    last = len(places) - 1
    rows = np.minimum(rows, last)
    before = rows.astype(int)
    after = np.minimum(before + 1, last)
    part = (rows - before)[:, np.newaxis, np.newaxis]
    between: Array = places[before] + part * (places[after] - places[before])
    return between


def boxes_of(motion: Motion, rows: Sequence[float], margin: float) -> Array:
    """Return the box around what moves between one row and the next: `(rows - 1, 4)`."""
    heads = motion.heads(rows)
    low, high = heads.min(axis=1) - margin, heads.max(axis=1) + margin
    # What has not moved is not drawn again; of several heads some always do.
    return np.concatenate([np.minimum(low[:-1], low[1:]), np.maximum(high[:-1], high[1:])], axis=1)


def bytes_of(boxes: Array) -> float:
    """Return what boxes cost in a GIF, about: one of n pixels has some √(2n) codes."""
    sides = boxes[:, 2:] - boxes[:, :2]
    return float(np.sum(PART + np.sqrt(2 * sides.prod(axis=1))))


def with_box(boxes: Array, box: Bbox) -> Array:
    """Return the boxes around each of the boxes and another one."""
    return np.concatenate(
        [np.minimum(boxes[:, :2], box.min), np.maximum(boxes[:, 2:], box.max)], axis=1
    )


def place_near(
    boxes: Array, size: tuple[float, float], motion: Motion, taken: Iterable[Array], gap: float
) -> Bbox | None:
    """Return where in the axes something of a size is cheapest, and covers no line nor `taken`.

    `taken` are places as near to each other as half a gap.
    """
    left, bottom, right, top = motion.axes.bbox.padded(-gap).extents
    width, height = size
    cell = gap / 2
    if right - left < width + 2 * gap or top - bottom < height + 2 * gap:
        return None
    grid = np.zeros((int((right - left) / cell) + 1, int((top - bottom) / cell) + 1), dtype=int)
    lines = [line.get_transform().transform(line.get_xydata()) for line in motion.axes.lines]
    ways = [dense(line, cell) for line in (*lines, *motion.trails)]
    # It is not to be taken for one of the numbers beside an edge.
    words = (it.get_window_extent() for it in motion.axes.texts)
    boxes_of_words = [box.padded(box.height) for box in words]
    others = [
        _filled(box, cell)
        for box in (*boxes_of_words, *(it.get_window_extent() for it in motion.axes.images))
    ]
    for line in (*ways, *others, *taken):
        places = (line - (left, bottom)) / cell
        inside = places[((places >= 0) & (places < grid.shape)).all(axis=1)].astype(int)
        grid[inside[:, 0], inside[:, 1]] = 1
    sums = np.zeros(np.add(grid.shape, 1), dtype=int)
    sums[1:, 1:] = grid.cumsum(axis=0).cumsum(axis=1)
    across, up = (int(np.ceil((side + 2 * gap) / cell)) for side in size)
    if across >= grid.shape[0] or up >= grid.shape[1]:
        return None
    covered = sums[across:, up:] - sums[:-across, up:] - sums[across:, :-up] + sums[:-across, :-up]
    free = np.argwhere(covered == 0)
    if not len(free):
        return None
    lows = free * cell + np.array([left + gap, bottom + gap])
    left, bottom = lows[int(np.argmin(_costs(boxes, lows, size)))]
    return Bbox.from_bounds(left, bottom, width, height)


def _filled(box: Bbox, step: float) -> Array:
    """Return places in a box that are no farther apart than a step: `(places, 2)`."""
    sides = (np.arange(low, high + step, step) for low, high in box.get_points().T)
    return np.stack(np.meshgrid(*sides), axis=-1).reshape(-1, 2)


def _costs(boxes: Array, lows: Array, size: tuple[float, float]) -> Array:
    """Return what each place costs: `(places,)`."""
    boxes = boxes[:: -(-len(boxes) // ENOUGH)]
    low = np.minimum(boxes[:, np.newaxis, :2], lows)
    high = np.maximum(boxes[:, np.newaxis, 2:], lows + size)
    costs: Array = np.sqrt((high - low).prod(axis=2)).sum(axis=0)
    return costs


def dense(line: Array, step: float) -> NDArray[np.float64]:
    """Return places on a line that are no farther apart than a step."""
    line = line[np.isfinite(line).all(axis=1)]
    if len(line) < 2:
        return line
    lengths = np.hypot(*np.diff(line, axis=0).T)
    along = np.concatenate([[0.0], np.cumsum(lengths)])
    wanted = np.linspace(0, along[-1], min(max(int(along[-1] / step) * 2, 2), 50_000))
    return np.stack([np.interp(wanted, along, line[:, index]) for index in (0, 1)], axis=1)
