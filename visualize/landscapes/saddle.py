"""Whether a picture without a minimum has a saddle, and how high that is."""

import numpy as np

from visualize.landscapes.grid import grid
from visualize.objectives.objective import Objective, Ranges

SAMPLES = 41
NEWTON_STEPS = 20
CALM = 1e-6
"""A last step this short, as a part of the picture, has arrived."""


def saddle_height(objective: Objective, limits: Ranges) -> float | None:
    """Return the value at a saddle within limits: the gradient vanishes, curvature is both ways.

    Newton's method goes there from the place of a grid at which the gradient is the shortest for
    its size around. Where it ends elsewhere, or outside, there is none.
    """
    points = np.stack(grid(limits, SAMPLES), axis=-1).reshape(-1, objective.dimension)
    low, high = np.transpose(limits)
    width = high - low
    with np.errstate(all="ignore"):
        slopes = np.abs(objective.gradient(points) * width).max(axis=-1)
        if not np.isfinite(slopes).any():
            return None
        point = points[np.nanargmin(np.where(np.isfinite(slopes), slopes, np.nan))]
        step = width
        for _ in range(NEWTON_STEPS):
            gradient = objective.gradient(point[np.newaxis])[0]
            hessian = objective.hessian(point[np.newaxis])[0]
            if not (np.isfinite(gradient).all() and np.isfinite(hessian).all()):
                return None
            sizes, directions = np.linalg.eigh(hessian * np.outer(width, width))
            if not sizes[0] < 0 < sizes[-1]:
                return None
            along = directions.T @ (gradient * width)
            step = -width * (directions @ (along / sizes))
            point = point + step
        value = float(objective.value(point[np.newaxis])[0])
    arrived = (np.abs(step) < CALM * width).all() and ((point >= low) & (point <= high)).all()
    return value if arrived and np.isfinite(value) else None
