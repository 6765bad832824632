"""What rules are made of: averages, roots, quotients, weight decay, and how they are written."""

import math

import numpy as np

from visualize.arrays import Array
from visualize.optimizers.optimizer import State, Step

Numbers = float | Array
"""A setting, or a row of it for each start: `(starts, 1)`."""


def zeros(points: Array, *names: str) -> State:
    """Return a state of arrays like `points`, all 0."""
    return dict.fromkeys(names, np.zeros_like(points))


def not_yet(points: Array) -> Array:
    """Return an array like `points` for what the first update will bring: NaN."""
    return np.full_like(points, np.nan)


def divide(numerator: Numbers, denominator: Array, epsilon: Numbers = 0.0) -> Array:
    """Return the quotient, where 0/0 is 0: a coordinate without a gradient stays where it is.

    There is no 0/0 where the denominator has an epsilon in it.
    """
    if isinstance(epsilon, float) and epsilon > 0:
        return numerator / denominator
    neither = (numerator == 0) & (denominator == 0)
    return np.where(neither, 0.0, numerator / np.where(neither, 1.0, denominator))


def root(squares: Array, epsilon: float, placement: str) -> Array:
    """Return the root of `squares`, kept from 0 by epsilon: √(s + ε) or √s + ε."""
    if placement == "inside_sqrt":
        return np.sqrt(squares + epsilon)
    return np.sqrt(squares) + epsilon


def power(base: Numbers, exponent: Numbers) -> Numbers:
    """Return a power of settings; each number of a row has the power that it has alone.

    NumPy's powers of many numbers may differ from those of one in the last digit.
    """
    if isinstance(base, np.ndarray) or isinstance(exponent, np.ndarray):
        return np.asarray(_POWERS(base, exponent), dtype=float)
    result: Numbers = base**exponent
    return result


def _power(base: float, exponent: float) -> float:
    try:
        power: float = base**exponent
    except OverflowError:  # a number of NumPy's, which raises nothing, takes three times as long
        return math.inf
    return power


_POWERS = np.frompyfunc(_power, 2, 1)


def blend(old: Array, new: Array, kept: Numbers) -> Array:
    """Return the moving average after `new`, of which the fraction `kept` stays."""
    return kept * old + (1 - kept) * new


def correction(kept: Numbers, step: Step) -> Numbers:
    """Return how far a moving average that began at 0 has come: 1 - βᵗ at the t-th update."""
    return 1 - power(kept, step.number + 1)


def trust_ratio(
    points: Array, directions: Array, coefficient: float = 1.0, epsilon: float = 0.0
) -> Array:
    """Return κ ‖x‖ / (‖u‖ + ε), or 1 where a length is 0: shape `(starts, 1)`."""
    size, length = norm(points), norm(directions)
    ratio = divide(coefficient * size, length + epsilon)
    return np.where((size == 0) | (length == 0), 1.0, ratio)


def norm(vectors: Array) -> Array:
    """Return the length of each start's vector: shape `(starts, 1)`."""
    length: Array = np.sqrt(np.sum(vectors**2, axis=-1, keepdims=True))
    return length


def decay(
    gradients: Array, step: Step, weight_decay: Numbers, *, decoupled: bool
) -> tuple[Array, Array | float]:
    """Return the gradients with g + λ x, or else what x shrinks by."""
    if isinstance(weight_decay, float) and weight_decay == 0:
        return gradients, 0.0
    if decoupled:
        return gradients, shrinkage(step, weight_decay)
    return gradients + weight_decay * step.points, 0.0


def shrinkage(step: Step, weight_decay: Numbers) -> Array:
    """Return what x shrinks by: -η λ x."""
    return -step.learning_rate * weight_decay * step.points


def decay_formula(weight_decay: float, *, decoupled: bool) -> str:
    """Return what `decay` does, as a formula; nothing without a weight decay."""
    if weight_decay == 0:
        return ""
    return "x ← x - η λ x" if decoupled else "g ← g + λ x"


def steps_of(*formulas: str) -> str:
    """Return the formulas that are not empty, a line each."""
    return "\n".join(formula for formula in formulas if formula)
