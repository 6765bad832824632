"""Basins of attraction: from where an optimizer reaches which minimum."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from visualize.arrays import Array
from visualize.landscapes.limits import LARGEST
from visualize.objectives.objective import Objective, Ranges
from visualize.optimizers._schedules import Schedule
from visualize.optimizers.optimizer import Optimizer, Problem

NOWHERE = -1
"""In place of a minimum's number: none is reached."""
NEAR = 0.02
"""How near to a minimum a run ends that has reached it, as a part of the picture's width."""
ACROSS = 160
"""Starts in a row of the grid; the scene's shape says how many rows there are."""
FEWEST = 40
"""They are so many at least where a step takes long."""
ENOUGH = 400
"""Steps that a run of a constant rate takes, if the scene has fewer: what creeps arrives, too."""
AT_ONCE = 2**20
"""Points that are kept of runs at once, so that they take little memory."""
SECONDS = 4.0
"""For which grids are made coarser."""
EVALUATIONS = 20
"""Of the objective, in a step that searches, or takes second derivatives."""


def minima_reached(ends: Array, minima: Array, limits: Ranges) -> NDArray[np.int16]:
    """Return for each end of a run, `(..., 2)`, which minimum it is at: -1 for none of them.

    It is the nearest, no farther than a fiftieth of the picture, and less than half as far as
    another minimum is from that.

    >>> ends = np.array([[0.01, 0.0], [5.0, 0.0]])
    >>> minima_reached(ends, np.zeros((1, 2)), ((-1, 1), (-1, 1)))
    array([ 0, -1], dtype=int16)
    """
    if not len(minima):
        return np.full(ends.shape[:-1], NOWHERE, dtype=np.int16)
    low, high = np.transpose(limits)
    with np.errstate(all="ignore"):
        away = np.abs((ends[..., np.newaxis, :] - minima) / (high - low)).max(axis=-1)
    away = np.where(np.isfinite(away), away, np.inf)
    nearest = np.argmin(away, axis=-1)
    apart = np.abs((minima[:, np.newaxis] - minima) / (high - low)).max(axis=-1)
    np.fill_diagonal(apart, np.inf)
    reach = np.minimum(NEAR, apart.min(axis=-1) / 2)
    near = np.take_along_axis(away, nearest[..., np.newaxis], axis=-1)[..., 0]
    return np.where(near <= reach[nearest], nearest, NOWHERE).astype(np.int16)


def find_basins(
    optimizer: Optimizer[Any],
    objective: Objective,
    problem: Problem,
    minima: Array,
    limits: Ranges,
    shape: float,
) -> NDArray[np.int16]:
    """Return for a grid of starts which minimum an optimizer reaches from each: `(across, up)`.

    Starts are the middles of cells; -1 where none is reached. It makes as many steps as the
    `problem`, and a rule of a constant learning rate some hundreds, so that what creeps arrives.
    There is no noise. `shape` is how many times as wide as high the picture is.
    """
    is_constant = not isinstance(optimizer.learning_rate, str | Schedule)
    steps = max(problem.steps, ENOUGH) if is_constant else problem.steps
    across = _cells(optimizer, objective, steps, shape)
    up = max(round(across / shape), 8)
    middles = [
        low + (high - low) * (np.arange(count) + 0.5) / count
        for (low, high), count in zip(limits, (across, up), strict=True)
    ]
    starts = np.stack(np.meshgrid(*middles, indexing="ij"), axis=-1).reshape(-1, 2)
    block = max(AT_ONCE // (steps + 1), 1)
    ends = [
        _ends(optimizer, Problem(objective, starts[first : first + block], steps, problem.seed))
        for first in range(0, len(starts), block)
    ]
    return minima_reached(np.concatenate(ends), minima, limits).reshape(across, up)


def _cells(optimizer: Optimizer[Any], objective: Objective, steps: int, shape: float) -> int:
    """Return how many starts there are in a row: fewer where they take long."""
    dear = optimizer.searches or optimizer.needs_hessian
    evaluations = steps * (EVALUATIONS if dear else 1)
    seconds = evaluations * objective.seconds(round(ACROSS**2 / shape))
    part = float(min(1.0, (SECONDS / seconds) ** 0.5))
    return max(round(ACROSS * part), FEWEST)


def _ends(optimizer: Optimizer[Any], problem: Problem) -> Array:
    run = optimizer.trace(problem)
    ends = run.points[-1]
    return np.where(np.abs(ends) < LARGEST, ends, np.nan)
