"""What a picture of a landscape shows, as numbers: the heights, what is marked, how one looks."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from visualize.arrays import Array
from visualize.landscapes.grid import grid
from visualize.landscapes.levels import refined
from visualize.landscapes.limits import widen
from visualize.objectives.objective import Objective, Ranges
from visualize.panels._contour.ground import LINES_AN_AREA, LOW, Ground
from visualize.panels._contour.inset import places_in
from visualize.panels.panel import View

ENOUGH_LINES = 9
"""In what is seen from nearer: of fewer there are others between them."""
NAMES = ("x", "y", "values", "levels", "edges")
"""Of the arrays of a landscape."""
ALONG = (0.4, 0.7, 1.0)
"""Of an arrow, places that names had better not cover."""
NEARER_SAMPLES = 201
BEYOND = 0.15
"""What is seen from nearer is known a little beyond it, too: a part of its width."""


def _none(*shape: int) -> Array:
    return np.zeros(shape)


@dataclass(frozen=True, eq=False)
class Landscape(View):
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
    minima_values: Array = field(default_factory=lambda: _none(0))
    saddles: Array = field(default_factory=lambda: _none(0, 2))
    """Saddle points and maxima: `(marked, 2)`."""
    saddles_are_maxima: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, dtype=bool))
    has_many_saddles: bool = False
    """Whether there are so many that none is marked."""
    arrows: Mapping[str, Array] = field(default_factory=dict)
    """By label what the gradients ask, the steps, what these carry over and that with decay, as
    they are drawn: `(2 or 4, rows, starts, 2)`."""
    downhill: Array = field(default_factory=lambda: _none(0, 0, 4))
    """Places of a grid, and from each an arrow the way down: `(across, up, 4)`."""
    reached: Mapping[str, NDArray[np.int16]] = field(default_factory=dict)
    """By label the number of the minimum that each start ends in; -1 for none: `(starts,)`."""
    basins: Mapping[str, NDArray[np.int16]] = field(default_factory=dict)
    """By the label of a run the same for a grid of starts of its optimizer, over all that is known:
    `(across, up)`."""
    basin_steps: Mapping[str, Array] = field(default_factory=dict)
    """By the label of a run of how many steps its basins are, where its own might change them."""
    windows: Array = field(default_factory=lambda: _none(0, 3))
    """Where the view is at each row: its middle, and how many times as near; without rows, it
    stands still."""
    focus: Array = field(default_factory=lambda: _none(2))
    """Where a view that comes nearer looks at last."""
    nearer: Mapping[str, Array] = field(default_factory=dict)
    """The landscape as it is seen from nearer and nearer: `1/x`, `1/values`, `2/x` and so on."""
    inset: Mapping[str, Array] = field(default_factory=dict)
    """The same of an inset, with its `window`, `(2, 2)`, and the `corner` that it is in: `(2,)`."""

    @property
    def ground(self) -> Ground:
        """What is known of the heights."""
        return Ground(self.x, self.y, self.values, self.levels, self.edges)

    @property
    def nearby(self) -> Array:
        """Where arrows are, and minima that a moving view sees elsewhere: `(rows, places, 2)`."""
        rows = max(map(len, self.series.values()), default=1)
        times = np.ones((rows, 1, 1))
        places = [np.zeros((rows, 0, 2))]
        if len(self.windows):
            views = self.windows[np.minimum(np.arange(rows), len(self.windows) - 1), np.newaxis]
            times = views[..., 2:]
            places.append(self.middle + (self.minima - views[..., :2]) * times)
        if self.inset:
            inside = places_in(self.inset["corner"], self.limits)
            places.append(np.repeat(inside[np.newaxis], rows, axis=0))
        for label, arrows in self.arrows.items():
            if label in self.series and len(self.series[label]) == rows:
                heads = self.series[label]
                places += [heads + part * times * way for way in arrows for part in ALONG]
        return np.concatenate(places, axis=1)

    @property
    def moves(self) -> bool:
        """Whether what is seen moves."""
        return bool(len(self.windows))

    @property
    def has_run_colors(self) -> bool:
        """Whether runs have their own colours, not those of the minima that they end in."""
        return not self.reached

    @property
    def middle(self) -> Array:
        """The middle of the limits: `(2,)`."""
        middle: Array = np.mean(self.limits, axis=1)
        return middle


def ground_in(arrays: Mapping[str, Array], prefix: str = "") -> Ground:
    """Return a landscape that a view holds in several arrays."""
    x, y, values, levels, edges = (arrays[prefix + name] for name in NAMES)
    return Ground(x, y, values, levels, edges)


def arrays_of(ground: Ground, prefix: str = "") -> dict[str, Array]:
    """Return a landscape as the arrays that a view holds."""
    return {prefix + name: getattr(ground, name) for name in NAMES}


def from_nearer(
    objective: Objective,
    whole: Ground,
    window: Ranges,
    lowest: float,
    *,
    are_given: bool,
    own_areas: bool,
) -> Ground:
    """Return what is seen of a landscape in a window: with the same lines, and others between them.

    Where they are given there are no others. Areas are the same, or have edges of its own.
    """
    x, y = grid(tuple(widen(it, BEYOND) for it in window), NEARER_SAMPLES)
    values = objective.value(np.stack([x, y], axis=-1))
    values[~np.isfinite(values)] = np.nan
    levels, edges = whole.levels, whole.edges
    if np.isnan(values).all() or not len(levels):
        return Ground(x[:, 0], y[0], values, levels, edges)
    seen = float(np.nanmin(values)), float(np.nanmax(values))
    if not are_given:
        levels = refined(levels, lowest, seen, ENOUGH_LINES)
    if len(edges) and own_areas:
        inner = levels[LINES_AN_AREA - 1 :: LINES_AN_AREA]
        edges = np.unique([seen[0], *inner, seen[1]])
    elif len(edges):
        edges = np.unique([min(seen[0], edges[0]), *edges[1:-1], max(seen[1], edges[-1])])
    turn = whole.levels[min(int(np.ceil(LOW * len(whole.levels))), len(whole.levels) - 1)]
    return Ground(x[:, 0], y[0], values, levels, edges, None if own_areas else float(turn))
