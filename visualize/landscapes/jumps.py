"""Whether the value of a minimum beside a jump is taken, or only come near to."""

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from visualize.arrays import Array
from visualize.objectives.objective import Objective

ASIDE = 0.01
"""How far beside a minimum a jump is looked for, in cells."""
HALVINGS = 60
SHEER = 0.25
"""Of a rise, at least, what is left over so short a way where it is a jump."""
SLIGHT = 1e-9
"""A rise this small, as a part of the value, may be rounding."""
LARGEST_DENOMINATOR = 10**6
"""A jump lies at a fraction that people write, or nobody knows on which side its place is."""


def are_taken(objective: Objective, points: Array, cell: Array) -> NDArray[np.bool_]:
    """Return which of some minima, `(minima, dimension)`, have their value somewhere.

    Beside a jump that is so where the function has the lower value at the jump itself: `floor(x)`
    comes near to 0 below 1 and is 1 there, `ceil(x)` is 0 at 0.
    """
    taken = np.ones(len(points), dtype=bool)
    with np.errstate(all="ignore"):
        for axis, size in enumerate(cell):
            for aside in (ASIDE * size, -ASIDE * size):
                taken &= _are_taken_along(objective, points, axis, aside)
    return taken


def _are_taken_along(
    objective: Objective, points: Array, axis: int, aside: float
) -> NDArray[np.bool_]:
    """Look along one coordinate, in one direction, from minima to a jump beside each."""
    low, high = points.copy(), points.copy()
    high[:, axis] += aside
    before, after = _values(objective, low), _values(objective, high)
    level = np.where(np.isinf(after), np.finfo(float).max, before / 2 + after / 2)
    for _ in range(HALVINGS):
        middle = low / 2 + high / 2
        is_high = _values(objective, middle) > level
        high[is_high], low[~is_high] = middle[is_high], middle[~is_high]
    lowest = _values(objective, low)
    rise = _values(objective, high) - lowest
    jumps = (rise >= SHEER * (after - before)) & (after - before > SLIGHT * np.abs(before))
    taken = ~jumps
    for index in np.flatnonzero(jumps):
        ends = sorted((float(low[index, axis]), float(high[index, axis])))
        place = _fraction_between(*ends)
        if place is None:
            taken[index] = np.isinf(after[index])  # the edge of where there are values, mostly
        else:
            at = points[index].copy()
            at[axis] = place
            taken[index] = _values(objective, at) - lowest[index] < SHEER * rise[index]
    return taken


def _fraction_between(low: float, high: float) -> float | None:
    """Return the number between two that is a simple fraction, if there is one."""
    for end in (low, high):
        place = float(Fraction(end).limit_denominator(LARGEST_DENOMINATOR))
        if low <= place <= high:
            return place
    return None


def _values(objective: Objective, points: Array) -> Array:
    values = objective.value(points)
    return np.where(np.isnan(values), np.inf, values)
