"""How far to go along a direction: three line searches, for all starts at once.

Each returns the lengths, shape `(starts, 1)`: 0 where the direction does not lead down, or where
no length is found that does.
"""

import numpy as np

from visualize.objectives import Objective
from visualize.optimizers import Array

MOST_TRIALS = 80


def backtrack(
    objective: Objective,
    points: Array,
    directions: Array,
    *,
    first: float,
    shrink: float = 0.5,
    sufficient_decrease: float = 1e-4,
) -> Array:
    """Return the longest of first, first β, first β², ... after which the value is low enough.

    That is f(x + a p) ≤ f(x) + c a ∇f·p (Armijo), with the shrink factor β.
    """
    value, slope = objective.value(points), _slope(objective, points, directions)
    lengths = np.full(len(points), first)
    descends = slope < 0
    for _ in range(MOST_TRIALS):
        reached = objective.value(points + lengths[:, np.newaxis] * directions)
        low = reached <= value + sufficient_decrease * lengths * slope
        if (low | ~descends).all():
            break
        lengths = np.where(low, lengths, shrink * lengths)
    return np.where(descends & low, lengths, 0.0)[:, np.newaxis]


def bisect(
    objective: Objective,
    points: Array,
    directions: Array,
    *,
    first: float,
    sufficient_decrease: float = 1e-4,
    curvature: float = 0.9,
) -> Array:
    """Return lengths that satisfy the weak Wolfe conditions, found by doubling and halving.

    The value is low enough, as in `backtrack`, and the slope has become flatter:
    ∇f(x + a p)·p ≥ c₂ ∇f(x)·p. Source: Lewis and Overton 2013, algorithm 2.6.
    """
    value, slope = objective.value(points), _slope(objective, points, directions)
    low, high = np.zeros(len(points)), np.full(len(points), np.inf)
    lengths = np.full(len(points), first)
    done = ~(slope < 0)
    for _ in range(MOST_TRIALS):
        there = points + lengths[:, np.newaxis] * directions
        falls = objective.value(there) <= value + sufficient_decrease * lengths * slope
        flatter = _slope(objective, there, directions) >= curvature * slope
        done = done | (falls & flatter)
        if done.all():
            break
        high = np.where(done | falls, high, lengths)
        low = np.where(done | ~falls, low, lengths)
        following = np.where(np.isinf(high), 2 * lengths, (low + high) / 2)
        lengths = np.where(done, lengths, following)
    # A length that at least leads down serves where the bracket has shrunk to nothing.
    return np.where(slope < 0, np.where(done, lengths, low), 0.0)[:, np.newaxis]


def minimize(objective: Objective, points: Array, directions: Array, *, first: float) -> Array:
    """Return the lengths at which the slope along the direction is 0: the nearest minimum.

    The slope is bracketed by doubling `first`, and its root found by the Illinois method. Where
    the slope never rises the length is what the doubling has come to.
    """
    low, high = np.zeros(len(points)), np.full(len(points), first)
    low_slope = _slope(objective, points, directions)
    descends = low_slope < 0
    high_slope = _slope(objective, points + high[:, np.newaxis] * directions, directions)
    for _ in range(MOST_TRIALS):
        falls = descends & (high_slope < 0)
        if not falls.any():
            break
        low, low_slope = np.where(falls, high, low), np.where(falls, high_slope, low_slope)
        high = np.where(falls, 2 * high, high)
        slope = _slope(objective, points + high[:, np.newaxis] * directions, directions)
        high_slope = np.where(falls, slope, high_slope)
    lengths, open_ = high, descends & (high_slope > 0)
    last = np.zeros(len(points))
    for _ in range(MOST_TRIALS):
        if not open_.any():
            break
        trial = (low * high_slope - high * low_slope) / (high_slope - low_slope)
        # Where the function is not finite there is only the middle to try.
        trial = np.where(
            np.isfinite(trial) & (low < trial) & (trial < high), trial, (low + high) / 2
        )
        slope = _slope(objective, points + trial[:, np.newaxis] * directions, directions)
        rises = ~(slope < 0)
        # The end that stays a second time counts half (Illinois).
        low_slope = np.where(rises, np.where(last > 0, low_slope / 2, low_slope), slope)
        high_slope = np.where(rises, slope, np.where(last < 0, high_slope / 2, high_slope))
        moved = np.abs(trial - lengths) > 2 * np.spacing(trial)
        lengths = np.where(open_, trial, lengths)
        low, high = np.where(rises, low, trial), np.where(rises, trial, high)
        last = np.where(rises, 1.0, -1.0)
        open_ = open_ & moved & (slope != 0)
    return np.where(descends, lengths, 0.0)[:, np.newaxis]


def _slope(objective: Objective, points: Array, directions: Array) -> Array:
    slope: Array = np.sum(objective.gradient(points) * directions, axis=-1)
    return slope
