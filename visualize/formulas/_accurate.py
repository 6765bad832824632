"""Functions that NumPy lacks, or computes less exactly than it could, and their derivatives."""

from itertools import accumulate
from typing import Any

import numpy as np

Array = Any
"""An array of floats, or one float."""


def sigmoid(x: Array) -> Array:
    """Return 1 / (1 + exp(-x)), without overflow."""
    small = np.exp(-np.abs(x))
    return np.where(x >= 0, 1.0, small) / (1 + small)


def sigmoid_slope(x: Array) -> Array:
    """Return the derivative of `sigmoid`."""
    small = np.exp(-np.abs(x))
    return small / (1 + small) / (1 + small)


def sigmoid_curvature(x: Array) -> Array:
    """Return the second derivative of `sigmoid`."""
    return -sigmoid_slope(x) * np.tanh(x / 2)


def softplus(x: Array) -> Array:
    """Return log(1 + exp(x)), without overflow."""
    return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))


SINC = list(
    accumulate(range(1, 14), lambda c, k: -c / (2 * k * (2 * k + 1)), initial=np.longdouble(1))
)
"""The power series of sin(z) / z, in even powers of z."""
SLOPE = [2 * k * SINC[k] for k in range(1, len(SINC))]
"""That of its derivative, divided by z."""
CURVATURE = [2 * k * (2 * k - 1) * SINC[k] for k in range(1, len(SINC))]
"""That of its second derivative."""
NEAR = 0.65
"""Up to here series are taken; beyond, closed forms lose little to cancellation."""
PI = 4 * np.arctan(np.longdouble(1))


def sinc(x: Array) -> Array:
    """Return sin(pi x) / (pi x), which is 1 at 0, and 0 at every other whole number."""
    return _rounded(_sinc(np.longdouble(x)))


def sinc_slope(x: Array) -> Array:
    """Return the derivative of `sinc`."""
    return _rounded(_sinc_slope(np.longdouble(x)))


def sinc_curvature(x: Array) -> Array:
    """Return the second derivative of `sinc`."""
    x = np.longdouble(x)
    far = -(PI**2) * _sinc(x) - 2 * _sinc_slope(x) / _apart(x)
    return _rounded(np.where(np.abs(x) < NEAR, PI**2 * _series(x, CURVATURE), far))


def _sinc(x: Array) -> Array:
    whole = np.round(x)
    sine = np.where(whole % 2 == 0, 1, -1) * np.sin(PI * (x - whole))
    return np.where(x == 0, 1, sine / PI / np.where(x == 0, 1, x))


def _sinc_slope(x: Array) -> Array:
    whole = np.round(x)
    cosine = np.where(whole % 2 == 0, 1, -1) * np.sin(PI * (0.5 - np.abs(x - whole)))
    near = PI**2 * x * _series(x, SLOPE)
    return np.where(np.abs(x) < NEAR, near, (cosine - _sinc(x)) / _apart(x))


def _series(x: Array, coefficients: list[Any]) -> Array:
    return np.polynomial.polynomial.polyval(
        np.minimum(np.abs(PI * x), PI * NEAR) ** 2, coefficients
    )


def _apart(x: Array) -> Array:
    return np.where(np.abs(x) < NEAR, NEAR, x)


def _rounded(x: Array) -> Array:
    """Return floats of what was computed with the longest ones that there are.

    Where those are no longer, derivatives lose some digits next to their zeros.
    """
    return x.astype(float)


def log_sum_exp(*terms: Array) -> Array:
    """Return log(exp(a) + exp(b) + ...), without overflow, and exact where it is next to 0."""
    every = np.stack(np.broadcast_arrays(*terms))
    first = np.argmax(every, axis=0)[np.newaxis]
    largest = np.take_along_axis(every, first, axis=0)
    with np.errstate(invalid="ignore"):  # of equal infinities
        powers = np.exp(np.where(every == largest, 0.0, every - largest))
    np.put_along_axis(powers, first, 0.0, axis=0)
    return largest[0] + np.log1p(powers.sum(axis=0))


def soft_max(*terms: Array) -> list[Array]:
    """Return each term's share of the sum of exponentials."""
    largest = _largest(*terms)
    powers = [np.exp(term - largest) for term in terms]
    whole = sum(powers)
    return [power / whole for power in powers]


def soft_max_slopes(*terms: Array) -> list[list[Array]]:
    """Return how each share changes with each term."""
    shares = soft_max(*terms)
    return [
        [shares[i] * (_without(shares, i) if i == j else -shares[j]) for j in range(len(shares))]
        for i in range(len(shares))
    ]


def _largest(*terms: Array) -> Any:
    largest = terms[0]
    for term in terms[1:]:
        largest = np.maximum(largest, term)
    return np.where(np.isfinite(largest), largest, 0.0)


def _without(parts: list[Array], index: int) -> Any:
    return sum(part for i, part in enumerate(parts) if i != index)


def norm(*terms: Array) -> Array:
    """Return the Euclidean length of some coordinates, without overflow."""
    length = np.abs(terms[0])
    for term in terms[1:]:
        length = np.hypot(length, term)
    return length


def norm_slopes(*terms: Array) -> list[Array]:
    """Return the direction of the coordinates; 0 at the origin, midway between all slopes there."""
    length = norm(*terms)
    unit = np.where(length == 0, 1.0, length)
    return [term / unit for term in terms]


def norm_curvatures(*terms: Array) -> list[list[Array]]:
    """Return how each part of the direction changes with each coordinate."""
    length, unit = norm(*terms), norm_slopes(*terms)
    squares = [part * part for part in unit]
    return [
        [
            (_without(squares, i) if i == j else -unit[i] * unit[j]) / length
            for j in range(len(unit))
        ]
        for i in range(len(unit))
    ]


def angle_slopes(y: Array, x: Array) -> list[Array]:
    """Return the derivatives of atan2(y, x)."""
    length = np.hypot(x, y)
    return [x / length / length, -y / length / length]


def angle_curvatures(y: Array, x: Array) -> list[list[Array]]:
    """Return the second derivatives of atan2(y, x)."""
    length = np.hypot(x, y)
    along, across = x / length, y / length
    pure = 2 * along * across / length / length
    mixed = (across - along) * (across + along) / length / length
    return [[-pure, mixed], [mixed, pure]]
