"""Search for the minima of an objective that a picture shows, and tell local from global."""

from dataclasses import dataclass

import numpy as np

from visualize.arrays import Array
from visualize.landscapes.grid import grid
from visualize.objectives.objective import Objective, Ranges

SAMPLES = {1: 2001, 2: 161}
MOST_CANDIDATES = 40
NEWTON_STEPS = 60
FLAT = 1e-12
"""A rise this small, as a part of the steepest around, is none."""


@dataclass(frozen=True)
class Minimum:
    """A minimum: where it is, its value, and whether nothing lower was found."""

    point: tuple[float, ...]
    value: float
    is_global: bool


def find_minima(objective: Objective, ranges: Ranges) -> tuple[Minimum, ...]:
    """Return the minima in `ranges`, the lowest first.

    Those the objective names are taken as they are; others are searched for, in one or two
    dimensions: from every low point of a grid by a damped Newton's method, kept where the
    gradient vanishes and everything around is higher. A minimum is global where nothing lower is
    seen in the objective's domain or, without one, ten times as far as `ranges`; the word is about
    what was looked at, not a proof.
    """
    if objective.dimension not in SAMPLES and objective.minima is None:
        return ()
    if objective.minima is not None:
        points = np.array(objective.minima, dtype=float).reshape(-1, objective.dimension)
    else:
        points = _search(objective, ranges)
    if not len(points):
        return ()
    values = objective.value(points)
    lowest = min(_lowest_seen(objective, ranges), float(np.min(values)))
    slack = 1e-9 * max(1.0, abs(lowest))
    order = np.argsort(values, kind="stable")
    return tuple(
        Minimum(tuple(map(float, points[i])), float(values[i]), bool(values[i] <= lowest + slack))
        for i in order
    )


def _lowest_seen(objective: Objective, ranges: Ranges) -> float:
    if objective.dimension not in SAMPLES:
        return np.inf
    if objective.domain is not None:
        far: Ranges = objective.domain
    else:
        far = tuple((low - 4.5 * (high - low), high + 4.5 * (high - low)) for low, high in ranges)
    values = objective.value(np.stack(grid(far, SAMPLES[objective.dimension]), axis=-1))
    return float(np.min(values, initial=np.inf, where=~np.isnan(values)))


def _search(objective: Objective, ranges: Ranges) -> Array:
    coordinates = np.stack(grid(ranges, SAMPLES[objective.dimension]), axis=-1)
    values = objective.value(coordinates)
    values = np.where(np.isfinite(values), values, np.inf)
    low = np.isfinite(values)
    for axis in range(values.ndim):
        for shift in (1, -1):
            edge = np.roll(values, shift, axis)
            np.moveaxis(edge, axis, 0)[0 if shift == 1 else -1] = -np.inf  # the rim never counts
            low &= values <= edge
    candidates = coordinates[low][np.argsort(values[low], kind="stable")][:MOST_CANDIDATES]
    spacing = np.array([(high - low) / SAMPLES[objective.dimension] for low, high in ranges])
    found: list[Array] = []
    for start in candidates:
        point = _descend(objective, start, spacing)
        if point is None or any(np.all(abs(point - known) < spacing) for known in found):
            continue
        if all(low <= x <= high for x, (low, high) in zip(point, ranges, strict=True)):
            found.append(point)
    if (
        len(found) == len(candidates) == MOST_CANDIDATES
        and np.ptp(objective.value(np.array(found))) < FLAT
    ):
        return np.empty((0, objective.dimension))  # not points, but a curve of them
    return np.array(found).reshape(-1, objective.dimension)


def _descend(objective: Objective, start: Array, reach: Array) -> Array | None:
    """Follow Newton's method from a low point of the grid; None where no minimum is near."""
    point = start.copy()
    for _ in range(NEWTON_STEPS):
        gradient, hessian = objective.gradient(point), objective.hessian(point)
        if not (np.all(np.isfinite(gradient)) and np.all(np.isfinite(hessian))):
            break
        sizes, directions = np.linalg.eigh(hessian)
        along = directions.T @ gradient
        # Uphill curvature would lead to a saddle: its sign is dropped, so every step goes down.
        scale = np.maximum(np.abs(sizes), 1e-12)
        step = directions @ (-along / scale)
        step = np.clip(step, -reach, reach)
        while np.any(step) and not objective.value(point + step) <= objective.value(point):
            step = np.where(np.abs(step) > 1e-17, step / 2, 0.0)
        if np.all(np.abs(step) <= 1e-15 * np.maximum(np.abs(point), 1e-3)):
            break
        point = point + step
    else:
        if np.any(np.abs(point - start) > 2 * reach):
            return None
    return point if _is_minimum(objective, point, reach) else None


def _is_minimum(objective: Objective, point: Array, reach: Array) -> bool:
    """Whether everything at a small distance is clearly higher, and less so at half of it.

    A valley's floor is not (some of what is around is as low), nor is a pole (as deep from near).
    """
    angles = np.pi * (np.arange(16) / 8 if len(point) == 2 else np.arange(2))
    circle = 0.2 * reach * np.stack([np.cos(angles), np.sin(angles)][: len(point)], axis=-1)
    far, near = (
        objective.value(point + part * circle) - objective.value(point) for part in (1.0, 0.5)
    )
    return bool(np.min(far) > FLAT * np.max(far) and np.mean(near) < 0.95 * np.mean(far))
