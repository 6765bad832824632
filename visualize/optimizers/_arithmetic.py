"""What rules are made of: averages, roots, quotients, weight decay, and how they are written."""

import numpy as np

from visualize.arrays import Array
from visualize.optimizers.optimizer import State, Step


def zeros(points: Array, *names: str) -> State:
    """Return a state of arrays like `points`, all 0."""
    return dict.fromkeys(names, np.zeros_like(points))


def not_yet(points: Array) -> Array:
    """Return an array like `points` for what the first update will bring: NaN."""
    return np.full_like(points, np.nan)


def divide(numerator: Array | float, denominator: Array) -> Array:
    """Return the quotient, where 0/0 is 0: a coordinate without a gradient stays where it is."""
    return np.divide(
        numerator,
        denominator,
        out=np.zeros(np.broadcast_shapes(np.shape(numerator), denominator.shape)),
        where=(numerator != 0) | (denominator != 0),
    )


def root(squares: Array, epsilon: float, placement: str) -> Array:
    """Return the root of `squares`, kept from 0 by epsilon: √(s + ε) or √s + ε."""
    if placement == "inside_sqrt":
        return np.sqrt(squares + epsilon)
    return np.sqrt(squares) + epsilon


def blend(old: Array, new: Array, kept: float) -> Array:
    """Return the moving average after `new`, of which the fraction `kept` stays."""
    return kept * old + (1 - kept) * new


def correction(kept: float, step: Step) -> float:
    """Return how far a moving average that began at 0 has come: 1 - βᵗ at the t-th update."""
    return 1 - kept ** (step.number + 1)


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
    gradients: Array, step: Step, weight_decay: float, *, decoupled: bool
) -> tuple[Array, Array | float]:
    """Return the gradients with g + λ x, or else what x shrinks by."""
    if decoupled:
        return gradients, shrinkage(step, weight_decay)
    return gradients + weight_decay * step.points, 0.0


def shrinkage(step: Step, weight_decay: float) -> Array:
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
