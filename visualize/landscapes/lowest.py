"""Where the lowest minima are that runs may go to."""

import numpy as np

from visualize.arrays import Array
from visualize.declare.settings import Range
from visualize.history.history import History
from visualize.landscapes.limits import LARGEST, cover
from visualize.landscapes.minima import Minimum, find_minima
from visualize.objectives.objective import Objective

REACHES = (1.0, 4.0, 16.0, 64.0, 256.0)
"""How many times as far as the runs go, or as they are from 0, minima are searched for."""
USUAL = (-10.0, 10.0)
SEARCHED = range(1, 3)
"""The dimensions in which minima are searched for where the objective does not name them."""


def may_have_minima(objective: Objective) -> bool:
    """Whether minima are known, or may be found."""
    if objective.minima is not None:
        return bool(objective.minima)
    return objective.is_known and objective.dimension in SEARCHED


def lowest_minima(objective: Objective, history: History) -> Array:
    """Return the global minima that the objective names or that are found: `(minima, dimension)`.

    They are searched for in the objective's domain, or farther and farther from where the runs
    are; where none is global, it is the lowest.
    """
    coordinates = range(objective.dimension)
    around = [cover([run.points[..., i] for run in history.values()]) for i in coordinates]
    areas = [tuple(_widened(covered, reach) for covered in around) for reach in REACHES]
    areas.append((USUAL,) * objective.dimension)  # where runs that began far out do not see it
    found: list[Minimum] = []
    for area in areas if objective.domain is None else [objective.domain]:
        found += find_minima(objective, area)
        lowest = [minimum.point for minimum in found if minimum.is_global]
        if lowest:
            return np.array(lowest)
    found.sort(key=lambda minimum: minimum.value)
    return np.array([minimum.point for minimum in found[:1]]).reshape(-1, objective.dimension)


def _widened(covered: Range, reach: float) -> Range:
    low, high = covered
    margin = reach * (max(high - low, abs(low), abs(high)) or 1.0)
    return max(low - margin, -LARGEST), min(high + margin, LARGEST)
