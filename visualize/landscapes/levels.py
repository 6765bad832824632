"""The levels at which contour lines tell flat and steep places apart."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from visualize.arrays import Array
from visualize.landscapes.limits import LARGEST
from visualize.objectives.objective import Ranges

KNEES = 1e-7, 0.5
"""How low, and how high at most, the levels end to be evenly spaced, as parts of the whole."""
STEPS, AREA = 2001, 0.7
"""Heights that levels are chosen of, and how much areas count for their spacing, beside them."""
MOST = 0.98
"""Of the picture is below the highest level: corners may be far higher."""
LOWER = 1 / 3
"""Of the way that runs go: so much is below the height up to which levels are evenly spaced."""
MOST_HALVINGS = 60
"""Of the distance of two levels; between two numbers as near as that there is no other."""
TIP = 1000.0
"""What is this many times as high as 99.9 % of the picture is a pole."""


def spread_levels(values: Array, count: int) -> Array:
    """Return levels for values so that both flat and steep places stay clear.

    They are evenly spaced in a power of the height above the lowest value, chosen so that half of
    the values lies below the middle level. NaN and infinity do not count; where all values are
    the same, there are no levels.
    """
    finite = values[np.abs(values) < LARGEST]
    if not finite.size:
        return np.array([])
    low, middle, most, high = np.quantile(finite, [0, 0.5, 0.999, 1])
    if high - low > TIP * (most - low):
        high = most  # a pole: its tip is not worth the levels
    if not high > low:
        return np.array([])
    share = np.clip((middle - low) / (high - low), 1e-3, 0.5)
    power = np.log(share) / np.log(0.5)
    levels: Array = low + (high - low) * (np.arange(1, count + 1) / (count + 1)) ** power
    return levels


def levels_above(values: Array, lowest: float, visited: float, count: int) -> Array:
    """Return levels above a minimum that show its valley as well as the walls around.

    One half of their spacing: up to about the height at which the runs are mostly, `visited`, they
    rise with the square of their number, as heights do along a way through a bowl, so that lines
    are evenly apart; above it by equal factors: knee * sinh(number * spacing)**2. The other half:
    between any two lies as much of the picture.
    """
    finite = values[np.abs(values) < LARGEST]
    if not (finite > lowest).any():
        return np.array([])
    middle, height = (float(it) - lowest for it in np.quantile(finite, [0.5, MOST]))
    if not height > 0:
        height = float(np.max(finite)) - lowest
    knee = visited - lowest if visited > lowest else middle
    knee = min(max(min(knee, middle), KNEES[0] * height), KNEES[1] * height)
    knee = knee or height  # a part of it may be less than any number
    top = np.arcsinh(np.sqrt(height / knee))
    parts = np.linspace(0, 1, STEPS)
    heights = knee * np.sinh(parts * top) ** 2
    shares = np.searchsorted(np.sort(finite), lowest + heights) / (MOST * len(finite))
    spread = (parts + AREA * np.minimum(shares, 1)) / (1 + AREA)
    levels: Array = lowest + np.interp(np.arange(1, count + 1) / (count + 1), spread, heights)
    return levels


def levels_beside(values: Array, middle: float, count: int) -> Array:
    """Return levels below and above a saddle, and its own, evenly apart on the way through it."""
    finite = values[np.abs(values) < LARGEST]
    down, up = (
        float(np.sqrt(max(it, 0.0)))
        for it in (middle - np.min(finite, initial=middle), np.max(finite, initial=middle) - middle)
    )
    spacing = (down + up) / count
    if not spacing > 0:
        return np.array([])
    below = -np.arange(1, int(down / spacing) + 1)[::-1]
    numbers = np.concatenate([below, np.arange(int(up / spacing) + 1)]) * spacing
    levels: Array = middle + np.sign(numbers) * numbers**2
    return levels


def height_of_runs(runs: Iterable[tuple[Array, Array]], limits: Ranges) -> float:
    """Return the value below which runs, as points and values, go a third of their way in limits.

    NaN where nothing of them is there.
    """
    low, high = np.transpose(limits)
    heights, ways = [np.empty(0)], [np.empty(0)]
    for points, values in runs:
        near = (points - low) / (high - low)
        inside = ((near >= 0) & (near <= 1)).all(axis=-1) & np.isfinite(values)
        with np.errstate(all="ignore"):
            steps = np.sqrt(np.sum(np.diff(near, axis=0, prepend=near[:1]) ** 2, axis=-1))
        heights.append(values[inside])
        ways.append(np.minimum(np.nan_to_num(steps[inside], nan=0.0, posinf=1.0), 1.0))
    height, way = np.concatenate(heights), np.concatenate(ways)
    if not len(height):
        return np.nan
    order = np.argsort(height, kind="stable")
    gone = np.cumsum(way[order])
    return float(height[order][np.searchsorted(gone, gone[-1] * LOWER)])


def parted_at_poles(values: Array, levels: Array) -> Array:
    """Return the values on a grid, without those between which no line of a level belongs.

    A square with corners far below all levels and others far above holds a pole, at which a
    function comes back from the other end. Its corners out there become NaN.
    """
    if len(levels) < 2:
        return values
    far = levels[-1] - levels[0]
    below, above = values < levels[0] - far, values > levels[-1] + far
    torn = _in_square(below) & _in_square(above)
    corners = np.zeros(values.shape, dtype=bool)
    for rows in (slice(None, -1), slice(1, None)):
        for columns in (slice(None, -1), slice(1, None)):
            corners[rows, columns] |= torn
    return np.where(corners & (below | above), np.nan, values)


def _in_square(points: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which squares have such a point at a corner."""
    rows = points[:-1] | points[1:]
    return rows[:, :-1] | rows[:, 1:]


def refined(levels: Array, lowest: float, seen: tuple[float, float], fewest: int) -> Array:
    """Return levels of which enough are among the values that are seen: all there were, and others.

    Between any two comes another where there are too few, in the middle of the square roots of
    their heights above `lowest`, so that they stay evenly apart on the way into a bowl. Those that
    are beyond all that is seen are left out.
    """
    low, high = seen
    heights = np.unique(levels) - lowest
    roots = np.sign(heights) * np.sqrt(np.abs(heights))
    if len(roots) and roots[0] > 0:
        roots = np.append(0.0, roots)
    for _ in range(MOST_HALVINGS):
        values = lowest + np.sign(roots) * roots**2
        inside = (values > low) & (values < high)
        if not high > low or len(roots) < 2 or np.count_nonzero(inside) >= fewest:
            break
        # One on each side of what is seen is kept: the next may come between.
        first = max(int(np.searchsorted(values, low)) - 1, 0)
        roots = roots[first : int(np.searchsorted(values, high)) + 1]
        roots = np.unique(np.concatenate([roots, (roots[1:] + roots[:-1]) / 2]))
    chosen: Array = np.unique(lowest + np.sign(roots) * roots**2)
    return chosen[(chosen > low) & (chosen < high)]
