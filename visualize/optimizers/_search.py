"""How far to go along a direction: three line searches, for all starts at once.

They see the function itself, without a scene's noise. They go on until every start is done, so
they cannot be traced as the rules without a search can.

Each returns the lengths, shape `(starts, 1)`: 0 where the direction does not lead down, or where
no length is found that does.
"""

import numpy as np
from numpy.typing import NDArray

from visualize.arrays import Array
from visualize.objectives.objective import Objective
from visualize.optimizers._arithmetic import Numbers

MOST_TRIALS = 80


def backtrack(
    objective: Objective,
    points: Array,
    directions: Array,
    *,
    first: Numbers,
    shrink: Numbers,
    sufficient_decrease: Numbers,
) -> Array:
    """Return the longest of first, first β, first β², ... after which the value is low enough.

    That is f(x + a p) ≤ f(x) + c a ∇f·p (Armijo), with the shrink factor β.
    """
    value, slope = objective.value(points), _slope(objective, points, directions)
    lengths, shrink, promised = (_each(it, points) for it in (first, shrink, sufficient_decrease))
    searching, trials = slope < 0, 0
    while searching.any():
        trials += 1
        if trials == MOST_TRIALS:
            shrink = np.minimum(shrink, 0.5)  # from here on it is far too long
        there = _at(points, directions, lengths)
        low = _is_below(objective.value(there), value + promised * lengths * slope)
        still = (there == points).all(axis=-1) | (lengths == 0)
        lengths = np.where(searching & ~low, shrink * lengths, lengths)
        lengths = np.where(searching & still, 0.0, lengths)
        searching = searching & ~low & ~still
    return np.where(slope < 0, lengths, 0.0)[:, np.newaxis]


def bisect(
    objective: Objective,
    points: Array,
    directions: Array,
    *,
    first: Numbers,
    sufficient_decrease: float = 1e-4,
    curvature: float = 0.9,
) -> Array:
    """Return lengths that satisfy the weak Wolfe conditions, found by doubling and halving.

    The value is low enough, as in `backtrack`, and the slope has become flatter:
    ∇f(x + a p)·p ≥ c₂ ∇f(x)·p. Source: Lewis and Overton 2013, algorithm 2.6.
    """
    value, slope = objective.value(points), _slope(objective, points, directions)
    low, high = np.zeros(len(points)), np.full(len(points), np.inf)
    lengths = _each(first, points)
    searching = slope < 0
    for _ in range(MOST_TRIALS):
        if not searching.any():
            break
        there = _at(points, directions, lengths)
        falls = _is_below(objective.value(there), value + sufficient_decrease * lengths * slope)
        asked = (searching & falls)[:, np.newaxis]
        flatter = _slope(objective, np.where(asked, there, np.nan), directions) >= curvature * slope
        still = (there == points).all(axis=-1)
        searching = searching & ~(falls & flatter) & ~still
        high = np.where(searching & ~falls, lengths, high)
        low = np.where(searching & falls, lengths, low)
        following = np.where(np.isinf(high), 2 * lengths, (low + high) / 2)
        lengths = np.where(searching, following, lengths)
    # A length that at least leads down serves where the bracket has shrunk to nothing.
    return np.where(slope < 0, np.where(searching, low, lengths), 0.0)[:, np.newaxis]


def minimize(objective: Objective, points: Array, directions: Array, *, first: Numbers) -> Array:
    """Return the lengths of minima along the directions, none of them higher than the start.

    `first` is doubled for as long as the function falls; the root of the slope between the last
    two lengths is found by the Illinois method. Where it falls for ever the length is what the
    doubling has come to; where it ends (a domain, a jump), the last before that.
    """
    value, low_slope = objective.value(points), _slope(objective, points, directions)
    ceiling = value + 4 * np.spacing(np.abs(value))

    def look(lengths: Array) -> tuple[Array, NDArray[np.bool_]]:
        there = _at(points, directions, lengths)
        values = objective.value(there)
        asked = np.isfinite(values)[:, np.newaxis]  # far out a slope can take milliseconds
        slope = _slope(objective, np.where(asked, there, np.nan), directions)
        return slope, (slope < 0) & _is_below(values, ceiling)

    descends = low_slope < 0
    low, high = np.zeros(len(points)), _each(first, points)
    high_slope, falls = look(high)
    for _ in range(MOST_TRIALS):
        farther = descends & falls
        if not farther.any():
            break
        low, low_slope = np.where(farther, high, low), np.where(farther, high_slope, low_slope)
        high = np.where(farther, 2 * high, high)
        high_slope, falls = look(high)
    lengths, searching, side = high, descends & ~falls, np.zeros(len(points))
    for _ in range(2 * MOST_TRIALS):
        if not searching.any():
            break
        secant = (low * high_slope - high * low_slope) / (high_slope - low_slope)
        inside = (high_slope > 0) & (low < secant) & (secant < high)
        trial = np.where(inside, secant, (low + high) / 2)
        trial = np.where(searching, trial, lengths)  # who is done asks for nothing more
        slope, falls = look(trial)
        # The end that stays for a second time counts half.
        low_slope = np.where(falls, slope, np.where(side > 0, low_slope / 2, low_slope))
        high_slope = np.where(falls, np.where(side < 0, high_slope / 2, high_slope), slope)
        side = np.where(falls, -1.0, 1.0)
        moved = np.abs(trial - lengths) > 2 * np.spacing(trial)
        low = np.where(searching & falls, trial, low)
        high = np.where(searching & ~falls, trial, high)
        lengths = np.where(searching, trial, lengths)
        searching = searching & moved & (slope != 0)
    good = _is_below(objective.value(_at(points, directions, lengths)), ceiling)
    return np.where(descends, np.where(good, lengths, low), 0.0)[:, np.newaxis]


def _each(setting: Numbers, points: Array) -> Array:
    """Return a setting's number for each start: shape `(starts,)`."""
    return np.broadcast_to(np.ravel(setting), len(points))


def _is_below(values: Array, ceiling: Array) -> NDArray[np.bool_]:
    """Whether a value is low enough; one that is not finite is none."""
    return np.isfinite(values) & (values <= ceiling)


def _at(points: Array, directions: Array, lengths: Array) -> Array:
    there: Array = points + lengths[:, np.newaxis] * directions
    return there


def _slope(objective: Objective, points: Array, directions: Array) -> Array:
    slope: Array = np.sum(objective.gradient(points) * directions, axis=-1)
    return slope
