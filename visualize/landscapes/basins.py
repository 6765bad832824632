"""Basins of attraction: from where an optimizer reaches which minimum."""

from collections.abc import Iterator
from typing import Any, NamedTuple

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
FEWEST, LEAST = 40, 16
"""They are so many at least where runs take long; and where also fewer steps do."""
ENOUGH = 400
"""Steps that a run of a constant rate takes, if the scene has fewer: what creeps arrives, too.
Where runs take long they are not more than that."""
STEPS_TRIED = 30
"""Numbers of steps between those."""
AT_ONCE = 2**20
"""Points that are kept of runs at once, so that they take little memory."""
SECONDS = 4.0
"""That all the basins of a picture take, about."""
UPDATE = 2e-5
"""Seconds that an update takes however few the starts are, beside the objective."""
EVALUATIONS = 20
"""Of the objective, in a step that searches, or takes second derivatives."""


class Grid(NamedTuple):
    """Starts from which basins are computed."""

    steps: int
    """Of the run from each of them."""
    across: int
    up: int
    """How many there are."""


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
    grid: Grid,
) -> NDArray[np.int16]:
    """Return for a grid of starts which minimum an optimizer reaches from each: `(across, up)`.

    Starts are the middles of cells; -1 where none is reached. The `grid` says how many steps
    are made. There is no noise.
    """
    steps = grid.steps
    middles = [
        low + (high - low) * (np.arange(count) + 0.5) / count
        for (low, high), count in zip(limits, (grid.across, grid.up), strict=True)
    ]
    starts = np.stack(np.meshgrid(*middles, indexing="ij"), axis=-1).reshape(-1, 2)
    block = _block(steps)
    ends = [
        _ends(optimizer, Problem(objective, starts[first : first + block], steps, problem.seed))
        for first in range(0, len(starts), block)
    ]
    return minima_reached(np.concatenate(ends), minima, limits).reshape(grid.across, grid.up)


def grid_of_starts(
    optimizer: Optimizer[Any],
    objective: Objective,
    steps: int,
    shape: float,
    seconds: float = SECONDS,
) -> Grid:
    """Return how many starts there are, and steps of each, so that they take about so long.

    Where they would take longer there are fewer starts, then fewer steps, and then starts again;
    but never fewer than in the `coarsest_grid`.
    """
    grids = _finest_first(optimizer, steps, shape)
    fits = (it for it in grids if _seconds(optimizer, objective, it) <= seconds)
    return next(fits, coarsest_grid(optimizer, steps, shape))


def coarsest_grid(optimizer: Optimizer[Any], steps: int, shape: float) -> Grid:
    """Return the grid of starts that there is at least, however long it takes."""
    return Grid(min(_wanted(optimizer, steps), ENOUGH), LEAST, _rows(LEAST, shape))


def _finest_first(optimizer: Optimizer[Any], steps: int, shape: float) -> Iterator[Grid]:
    wanted = _wanted(optimizer, steps)
    least = min(wanted, ENOUGH)
    for across in range(ACROSS, FEWEST - 1, -1):
        yield Grid(wanted, across, _rows(across, shape))
    fewer = np.geomspace(wanted, least, STEPS_TRIED) if least else ()
    for number in fewer:
        yield Grid(round(number), FEWEST, _rows(FEWEST, shape))
    for across in range(FEWEST, LEAST - 1, -1):
        yield Grid(least, across, _rows(across, shape))


def _wanted(optimizer: Optimizer[Any], steps: int) -> int:
    is_constant = not isinstance(optimizer.learning_rate, str | Schedule)
    return max(steps, ENOUGH) if is_constant else steps


def _rows(across: int, shape: float) -> int:
    return max(round(across / shape), 8)


def _block(steps: int) -> int:
    """Return how many starts are computed at once."""
    return max(AT_ONCE // (steps + 1), 1)


def _seconds(optimizer: Optimizer[Any], objective: Objective, grid: Grid) -> float:
    """Return how long all steps from a grid of starts take, about."""
    dear = optimizer.searches or optimizer.needs_hessian
    block = min(grid.across * grid.up, _block(grid.steps))
    blocks = -(-grid.across * grid.up // block)
    update = UPDATE + objective.seconds(block)
    return blocks * grid.steps * update * (EVALUATIONS if dear else 1)


def _ends(optimizer: Optimizer[Any], problem: Problem) -> Array:
    run = optimizer.trace(problem)
    ends = run.points[-1]
    return np.where(np.abs(ends) < LARGEST, ends, np.nan)
