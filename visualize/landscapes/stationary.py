"""Saddle points and maxima: where the gradient vanishes, and it is no minimum."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from visualize.arrays import Array
from visualize.landscapes.grid import grid
from visualize.objectives.objective import Objective, Ranges

SAMPLES = {1: 2001, 2: 121}
NEWTON_STEPS = 60
LONGEST = 2.0
"""Of a step, in cells: one that leads far away leads to another place, or nowhere."""
CALM = 1e-6
"""A Newton step this short, as a part of a cell, has arrived."""
SINGULAR = 1e-7
"""A curvature this small, as a part of the largest, may be none: then nothing is said."""
MOST = 2000
"""Places of the grid that are tried: of more, not all would be found."""


@dataclass(frozen=True)
class Stationary:
    """Where the gradient vanishes and the curvature is not upward everywhere."""

    point: tuple[float, ...]
    value: float
    kind: Literal["saddle", "maximum"]


def find_stationary(objective: Objective, limits: Ranges) -> tuple[Stationary, ...] | None:
    """Return the saddle points and the maxima within limits, the lowest first; None: too many.

    Newton's method looks for them, ∇f = 0, from the places of a grid at which the gradient is
    shorter than all around; curvature, the eigenvalues of the Hessian, tells them apart. Where it
    vanishes in some direction, as on a ridge or at a monkey saddle, nothing is said. In one or two
    dimensions, and of functions with second derivatives; of others none are found.
    """
    if objective.dimension not in SAMPLES or not (objective.is_known and objective.has_hessian):
        return ()
    samples = SAMPLES[objective.dimension]
    low, high = np.transpose(limits)
    cell = (high - low) / (samples - 1)
    with np.errstate(all="ignore"):
        flattest = _flattest(objective, limits, samples, cell)
        if len(flattest) > MOST:
            return None
        points = _by_newton(objective, flattest, cell)
        points = points[((points >= low) & (points <= high)).all(axis=1)]
        points = points[_distinct(points, cell)]
        sizes = np.linalg.eigvalsh(objective.hessian(points) * np.outer(cell, cell))
        values = objective.value(points)
    clear = np.abs(sizes).min(axis=1, initial=np.inf) > SINGULAR * np.abs(sizes).max(
        axis=1, initial=0
    )
    wanted = np.flatnonzero(clear & (sizes[:, 0] < 0) & np.isfinite(values))
    return tuple(
        Stationary(
            tuple(map(float, points[index])),
            float(values[index]),
            "saddle" if sizes[index, -1] > 0 else "maximum",
        )
        for index in wanted[np.argsort(values[wanted], kind="stable")]
    )


def _flattest(objective: Objective, limits: Ranges, samples: int, cell: Array) -> Array:
    """Return the places of a grid at which the slope is less than all around, but no plateau."""
    # One cell more on every side: a place near the edge has neighbours on all sides.
    wider = tuple((low - it, high + it) for (low, high), it in zip(limits, cell, strict=True))
    points = np.stack(grid(wider, samples + 2), axis=-1)
    slopes = np.square(objective.gradient(points) * cell).sum(axis=-1)
    slopes = np.where(np.isfinite(slopes), slopes, np.inf)
    low = np.isfinite(slopes)
    even = np.ones_like(low)
    for axis in range(slopes.ndim):
        for shift in (1, -1):
            beside = np.roll(slopes, shift, axis)
            low &= slopes <= beside
            even &= slopes == beside
    low &= ~even
    order = np.argsort(slopes[low], kind="stable")
    flattest: Array = points[low][order]
    return flattest


def _by_newton(objective: Objective, points: Array, cell: Array) -> Array:
    """Return where Newton's method leads, of those places from which it arrives."""
    arrived = np.zeros(len(points), dtype=bool)
    for _ in range(NEWTON_STEPS):
        gradients, hessians = objective.gradient(points) * cell, objective.hessian(points)
        hessians = hessians * np.outer(cell, cell)
        known = np.isfinite(gradients).all(axis=1) & np.isfinite(hessians).all(axis=(1, 2))
        largest = np.abs(hessians).max(axis=(1, 2), initial=0)
        known &= largest > 0
        points, arrived = points[known], arrived[known]
        sizes, directions = np.linalg.eigh(hessians[known] / largest[known, None, None])
        sizes = np.where(np.abs(sizes) < SINGULAR, SINGULAR, sizes)
        along = np.einsum("nji,nj->ni", directions, gradients[known] / largest[known, None])
        steps = -np.einsum("nij,nj->ni", directions, along / sizes)
        arrived = (np.abs(steps) <= CALM).all(axis=1)
        steps /= np.maximum(np.abs(steps).max(axis=1, keepdims=True) / LONGEST, 1.0)
        points = points + steps * cell
    reached: Array = points[arrived]
    return reached


def _distinct(points: Array, cell: Array) -> list[int]:
    """Return which places are left where of those within a cell one counts."""
    chosen: list[int] = []
    for index, point in enumerate(points):
        if not (np.abs(points[chosen] - point) < cell).all(axis=-1).any():
            chosen.append(index)
    return chosen
