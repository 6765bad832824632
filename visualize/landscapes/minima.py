"""Search for the minima of an objective that a picture shows, and tell local from global."""

from dataclasses import dataclass

import numpy as np

from visualize.arrays import Array
from visualize.landscapes.descent import minima_near
from visualize.landscapes.grid import grid
from visualize.landscapes.jumps import are_taken
from visualize.objectives.objective import Objective, Ranges

SAMPLES = {1: 2001, 2: 161}
MOST_CANDIDATES = 400
"""Low points of the grid, the lowest first, from which a minimum is looked for."""
SAME = 0.01
"""Of the ranges' width: a minimum that is found as near to one that is named is that one."""
SHALLOW = 1e-9
"""Of the depth of the lowest: a hollow of less is none."""


@dataclass(frozen=True)
class Minimum:
    """A minimum: where it is, its value, and whether nothing lower was found."""

    point: tuple[float, ...]
    value: float
    is_global: bool


def find_minima(
    objective: Objective, ranges: Ranges, *, local: bool = False
) -> tuple[Minimum, ...]:
    """Return the minima in `ranges`, the lowest first.

    Those the objective names are taken as they are; others are searched for where it names none,
    or with `local`, since it names global ones only. That is in one or two dimensions: from every
    low point of a grid by a damped Newton's method, kept where the gradient vanishes and everything
    around is higher. A minimum is global where nothing lower is seen in the objective's domain or,
    without one, ten times as far as `ranges`; the word is about what was looked at, not a proof.
    """
    if objective.dimension not in SAMPLES and objective.minima is None:
        return ()
    named = np.array(objective.minima or (), dtype=float).reshape(-1, objective.dimension)
    if objective.minima is None:
        points = _search(objective, ranges)
    elif local and len(named) and objective.dimension in SAMPLES:
        points = _with_others(named, _search(objective, ranges), ranges)
    else:
        points = named
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


def _with_others(named: Array, found: Array, ranges: Ranges) -> Array:
    """Return minima that are named, and those that were found elsewhere."""
    low, high = np.transpose(ranges)
    apart = np.abs(found[:, np.newaxis] - named) / (high - low)
    others = (apart.max(axis=-1) > SAME).all(axis=-1)
    return np.concatenate([named, found[others]])


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
    samples = SAMPLES[objective.dimension]
    cell = np.array([(high - low) / (samples - 1) for low, high in ranges])
    # One cell more on every side: a minimum near the edge has neighbours on all sides.
    wider = tuple((low - size, high + size) for (low, high), size in zip(ranges, cell, strict=True))
    coordinates = np.stack(grid(wider, samples + 2), axis=-1)
    values = objective.value(coordinates)
    values = np.where(np.isfinite(values), values, np.inf)
    low = np.isfinite(values)
    for axis in range(values.ndim):
        for shift in (1, -1):
            edge = np.roll(values, shift, axis)
            np.moveaxis(edge, axis, 0)[0 if shift == 1 else -1] = -np.inf  # the rim never counts
            low &= values <= edge
    candidates = coordinates[low][np.argsort(values[low], kind="stable")][:MOST_CANDIDATES]
    found: Array = minima_near(objective, candidates, cell)
    lowest, highest = np.transpose(ranges)
    found = found[((found >= lowest) & (found <= highest)).all(axis=1)]
    found = found[are_taken(objective, found, cell)]
    if len(found):
        # A hollow that is as high as most of what is around is seen by nobody.
        plain = np.median(values[np.isfinite(values)])
        depths = np.abs(objective.value(found) - plain)
        found = found[depths > SHALLOW * np.max(depths)]
    return found
