"""From low points of a grid down to the minima beside them, many at once."""

import numpy as np
from numpy.typing import NDArray

from visualize.arrays import Array
from visualize.objectives.objective import Objective

Flags = NDArray[np.bool_]
NEWTON_STEPS = 100
HALVES = 0.25 ** np.arange(14)
"""Parts of a step that are tried."""
CALM = 1e-6
"""A Newton step this short, as a part of a cell, stays where it is: the gradient vanishes."""
SINGULAR = 1e-9
"""A curvature this small, as a part of the largest, may be none."""
CIRCLE_STEPS = 80
MOST_KINKS = 40
"""Low points, the lowest first, that are followed without derivatives."""
SMALLEST_CIRCLE = 1e-8
DIRECTIONS = 48
ARCS = 3
"""Lowest parts of a circle that are looked at closely."""
ZOOM = np.linspace(-1, 1, 9)
ZOOMS = 24
CIRCLES = (0.5, 0.1, 0.02)
"""Around a minimum there is one, of these radii in cells, on which everything is higher."""
FLAT = 1e-12
"""A rise this small, as a part of the steepest around, is none."""
POLE = 0.95
"""A minimum is less deep seen from half as far, by more than this factor; a pole is not."""


def minima_near(objective: Objective, starts: Array, cell: Array) -> Array:
    """Return the isolated minima that low points lead to, each once: `(minima, dimension)`.

    Where the function is smooth that is where the gradient vanishes and curvature is upward; at
    kinks, where all on a circle around is higher however closely it is looked at. The floor of a
    valley, a plain and a pole are none. `cell` is the size of the grid's cells, below which two
    minima are one.
    """
    with np.errstate(all="ignore"):
        points, calm = _by_newton(objective, starts, cell)
        kinked = np.flatnonzero(~calm & _is_near(points, starts, 2 * cell))
        kinked = kinked[np.argsort(_values(objective, points[kinked]), kind="stable")][:MOST_KINKS]
        by_circles = _by_circles(objective, points[kinked], cell)
        both = np.concatenate([points[calm], by_circles])
        curved = np.arange(len(both)) < np.count_nonzero(calm)
        chosen = _distinct(both, _values(objective, both), cell)
        both, curved = both[chosen], curved[chosen]
        minima: Array = both[_are_isolated(objective, both, cell, curved)]
        return minima


def _by_newton(objective: Objective, starts: Array, cell: Array) -> tuple[Array, Flags]:
    """Follow a damped Newton's method; return its ends, and where they are smooth minima."""
    points, values = starts.copy(), _values(objective, starts)
    calm = np.zeros(len(points), dtype=bool)
    moving = np.arange(len(points))
    for _ in range(NEWTON_STEPS):
        steps, curved = _newton_steps(objective, points[moving])
        short = (np.abs(steps) <= CALM * cell).all(axis=1)
        calm[moving] = short & curved
        steps /= np.maximum(np.abs(steps / cell).max(axis=1, keepdims=True), 1)
        still = (np.abs(steps) <= 1e-15 * np.abs(points[moving]) + 1e-13 * cell).all(axis=1)
        moving, steps = moving[~still], steps[~still]
        if not moving.size:
            break
        tried = points[moving, np.newaxis] + HALVES[:, np.newaxis] * steps[:, np.newaxis]
        reached = _values(objective, tried)
        lower = reached <= values[moving, np.newaxis]
        part = np.argmax(lower, axis=1)
        rows = np.flatnonzero(lower.any(axis=1) & np.isfinite(steps).all(axis=1))
        moving, part = moving[rows], part[rows]
        points[moving], values[moving] = tried[rows, part], reached[rows, part]
    return points, calm


def _newton_steps(objective: Objective, points: Array) -> tuple[Array, Flags]:
    """Return Newton's steps, and where the function is curved upward in every direction.

    Uphill curvature would lead to a saddle: its sign is dropped, so every step goes down. Where
    there are no derivatives, the step is NaN.
    """
    gradients, hessians = objective.gradient(points), objective.hessian(points)
    largest = np.abs(hessians).max(axis=(1, 2))
    known = np.isfinite(gradients).all(axis=1) & np.isfinite(largest)
    unit = np.where(largest > 0, largest, 1.0)
    scaled = np.where(known[:, np.newaxis, np.newaxis], hessians / unit[:, None, None], 0.0)
    sizes, directions = np.linalg.eigh(scaled)
    along = np.einsum("nji,nj->ni", directions, gradients / unit[:, np.newaxis])
    lengths = -along / np.maximum(np.abs(sizes), 1e-12)
    steps = np.einsum("nij,nj->ni", directions, lengths)
    steps[~known] = np.nan
    return steps, known & (sizes[:, 0] > SINGULAR * sizes[:, -1])


def _by_circles(objective: Objective, points: Array, cell: Array) -> Array:
    """Go to the lowest point of a circle around, or make it smaller; return where that ends.

    Unlike derivatives or fixed directions, it finds the way along a bent and sharp valley.
    """
    points, values = points.copy(), _values(objective, points)
    radii = np.ones(len(points))
    for _ in range(CIRCLE_STEPS):
        moving = np.flatnonzero(radii > SMALLEST_CIRCLE)
        if not moving.size:
            break
        places, lowest, _ = _circles(objective, points[moving], radii[moving], cell)
        lower = lowest < values[moving]
        points[moving[lower]], values[moving[lower]] = places[lower], lowest[lower]
        radii[moving[~lower]] /= 4
    return points[radii <= SMALLEST_CIRCLE]


def _circles(
    objective: Objective, points: Array, radii: Array, cell: Array
) -> tuple[Array, Array, Array]:
    """Return the lowest point of a circle around each point, its value, and the highest value."""
    if points.shape[1] == 1:
        sides = points[:, np.newaxis] + radii[:, None, None] * cell * np.array([[1.0], [-1.0]])
        values = _values(objective, sides)
        best = np.argmin(values, axis=1)
        rows = np.arange(len(points))
        return sides[rows, best], values[rows, best], _highest(values)

    def places(angles: Array) -> Array:
        extra = (np.newaxis,) * (angles.ndim - 1)
        around = np.stack([np.cos(angles), np.sin(angles)], axis=-1) * cell
        return points[:, *extra] + radii[:, *extra, np.newaxis] * around

    angles = np.linspace(0, 2 * np.pi, DIRECTIONS, endpoint=False)
    values = _values(objective, places(np.broadcast_to(angles, (len(points), DIRECTIONS))))
    is_low = (values <= np.roll(values, 1, axis=1)) & (values <= np.roll(values, -1, axis=1))
    order = np.argsort(np.where(is_low, values, np.inf), axis=1, kind="stable")
    middle, width = angles[order[:, :ARCS]], angles[1]
    lowest = np.take_along_axis(values, order[:, :ARCS], axis=1)
    for _ in range(ZOOMS):
        closer = middle[..., np.newaxis] + width * ZOOM
        seen = _values(objective, places(closer))
        best = np.argmin(seen, axis=-1)[..., np.newaxis]
        middle = np.take_along_axis(closer, best, axis=-1)[..., 0]
        lowest = np.take_along_axis(seen, best, axis=-1)[..., 0]
        width /= 4
        if np.all(np.ptp(seen, axis=-1) <= 1e-16 * np.abs(lowest)):
            break
    best = np.argmin(lowest, axis=1)
    rows = np.arange(len(points))
    return places(middle)[rows, best], lowest[rows, best], _highest(values)


def _are_isolated(objective: Objective, points: Array, cell: Array, curved: Flags) -> Flags:
    """Return which points have a circle around them on which everything is higher.

    Where derivatives say already that it is a minimum, nothing on it need be clearly higher.
    """
    values = _values(objective, points)
    noise = 8 * np.finfo(float).eps * np.abs(values)
    isolated = np.zeros(len(points), dtype=bool)
    for radius in CIRCLES:
        rows = np.flatnonzero(~isolated & np.isfinite(values))
        if not rows.size:
            break
        of = points[rows]
        _, far, highest = _circles(objective, of, np.full(len(rows), radius), cell)
        _, near, _ = _circles(objective, of, np.full(len(rows), radius / 2), cell)
        far, near, highest = (it - values[rows] for it in (far, near, highest))
        clear = (near > FLAT * highest) & (near > noise[rows]) & (near < POLE * far)
        isolated[rows] = clear | (curved[rows] & (np.minimum(near, far) >= -noise[rows]))
    return isolated


def _distinct(points: Array, values: Array, cell: Array) -> list[int]:
    """Return which points are left where of those within a cell only the lowest counts."""
    chosen: list[int] = []
    for index in np.argsort(values, kind="stable"):
        if not _is_near(points[chosen], points[index], cell).any():
            chosen.append(int(index))
    return chosen


def _is_near(points: Array, others: Array, reach: Array) -> Flags:
    return np.array((np.abs(points - others) < reach).all(axis=-1))


def _values(objective: Objective, points: Array) -> Array:
    values = objective.value(points)
    return np.where(np.isnan(values), np.inf, values)


def _highest(values: Array) -> Array:
    highest: Array = np.max(values, axis=1, initial=-np.inf, where=np.isfinite(values))
    return highest
