"""Functions and their derivatives as books have them, in mpmath: what formulas are held against."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from mpmath.ctx_mp import MPContext

MP = MPContext()
"""A precision of its own, whatever the code under test does with another."""

Number = Any


class Entry(NamedTuple):
    """A function of one argument with its derivatives, and where it jumps or has a kink."""

    value: Callable[[Number], Number]
    first: Callable[[Number], Number]
    second: Callable[[Number], Number]
    breaks: Callable[[Number], bool] = lambda _: False


def zero(_: Number) -> Number:
    return MP.mpf(0)


def is_whole(x: Number) -> bool:
    return bool(MP.isint(x))


def is_half(x: Number) -> bool:
    return bool(MP.isint(2 * x))


def root3(x: Number) -> Number:
    return MP.sign(x) * MP.cbrt(abs(x))


def bell(x: Number) -> Number:
    return 1 / (2 + MP.exp(x) + MP.exp(-x))


def sinc1(x: Number) -> Number:
    return (MP.cospi(x) - MP.sincpi(x)) / x if x else MP.mpf(0)


BOOK: dict[str, Entry] = {
    "sin": Entry(MP.sin, MP.cos, lambda x: -MP.sin(x)),
    "cos": Entry(MP.cos, lambda x: -MP.sin(x), lambda x: -MP.cos(x)),
    "tan": Entry(MP.tan, lambda x: MP.sec(x) ** 2, lambda x: 2 * MP.tan(x) * MP.sec(x) ** 2),
    "asin": Entry(MP.asin, lambda x: 1 / MP.sqrt(1 - x * x), lambda x: x / MP.sqrt(1 - x * x) ** 3),
    "acos": Entry(
        MP.acos, lambda x: -1 / MP.sqrt(1 - x * x), lambda x: -x / MP.sqrt(1 - x * x) ** 3
    ),
    "atan": Entry(MP.atan, lambda x: 1 / (1 + x * x), lambda x: -2 * x / (1 + x * x) ** 2),
    "sinh": Entry(MP.sinh, MP.cosh, MP.sinh),
    "cosh": Entry(MP.cosh, MP.sinh, MP.cosh),
    "tanh": Entry(MP.tanh, lambda x: MP.sech(x) ** 2, lambda x: -2 * MP.tanh(x) * MP.sech(x) ** 2),
    "asinh": Entry(
        MP.asinh, lambda x: 1 / MP.sqrt(1 + x * x), lambda x: -x / MP.sqrt(1 + x * x) ** 3
    ),
    "acosh": Entry(
        MP.acosh, lambda x: 1 / MP.sqrt(x * x - 1), lambda x: -x / MP.sqrt(x * x - 1) ** 3
    ),
    "atanh": Entry(MP.atanh, lambda x: 1 / (1 - x * x), lambda x: 2 * x / (1 - x * x) ** 2),
    "exp": Entry(MP.exp, MP.exp, MP.exp),
    "exp2": Entry(
        lambda x: MP.mpf(2) ** x,
        lambda x: MP.ln2 * MP.mpf(2) ** x,
        lambda x: MP.ln2**2 * MP.mpf(2) ** x,
    ),
    "expm1": Entry(MP.expm1, MP.exp, MP.exp),
    "log": Entry(MP.log, lambda x: 1 / x, lambda x: -1 / x**2),
    "log2": Entry(
        lambda x: MP.log(x) / MP.ln2, lambda x: 1 / x / MP.ln2, lambda x: -1 / x**2 / MP.ln2
    ),
    "log10": Entry(MP.log10, lambda x: 1 / x / MP.ln10, lambda x: -1 / x**2 / MP.ln10),
    "log1p": Entry(MP.log1p, lambda x: 1 / (1 + x), lambda x: -1 / (1 + x) ** 2),
    "sqrt": Entry(MP.sqrt, lambda x: 1 / MP.sqrt(x) / 2, lambda x: -1 / MP.sqrt(x) ** 3 / 4),
    "cbrt": Entry(root3, lambda x: 1 / root3(x) ** 2 / 3, lambda x: -2 / root3(x) ** 5 / 9),
    "sigmoid": Entry(
        lambda x: 1 / (1 + MP.exp(-x)),
        bell,
        lambda x: (MP.exp(-x) - 1) * MP.exp(-x) / (1 + MP.exp(-x)) ** 3,
    ),
    "softplus": Entry(lambda x: MP.log1p(MP.exp(x)), lambda x: 1 / (1 + MP.exp(-x)), bell),
    "sinc": Entry(
        MP.sincpi,
        sinc1,
        lambda x: -(MP.pi**2) * MP.sincpi(x) - 2 * sinc1(x) / x if x else -(MP.pi**2) / 3,
    ),
    "abs": Entry(abs, MP.sign, zero, lambda x: not x),
    "sign": Entry(MP.sign, zero, zero, lambda x: not x),
    "floor": Entry(MP.floor, zero, zero, is_whole),
    "ceil": Entry(MP.ceil, zero, zero, is_whole),
    "round": Entry(MP.nint, zero, zero, is_half),
}
"""Every function of one argument."""

PLACES = [
    *(0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -2.0, 1.5, 3.0, -3.5, 5.0, 10.0, -10.0),
    *(np.pi, -np.pi / 2, 0.9999999999, -0.9999999999, 1.0000000001, 0.25, -0.75, 0.1, -2.9),
    *(1e-8, -1e-8, 1e-17, 1e-160, -1e-160, 1e-300, -1e-300, 5e-324, 2.2e-308),
    *(15.0, 20.0, -20.0, 36.0, -40.0, 100.0, -100.0, 300.0, -300.0, 700.0, -700.0, 709.5),
    *(-720.0, 720.0, -745.0, 1000.0, -1000.0, 1e5, -1e5, 1e10, -1e17, 1e100, -1e155, 1e300),
    *(-1e300, 1.7e308),
]
"""Special points, edges of domains, and far out."""


def real(function: Callable[[Number], Number], x: Number) -> Number:
    """Return a function's finite real value; None if there is none."""
    try:
        value = function(x)
    except (ValueError, ZeroDivisionError):
        return None
    if isinstance(value, MP.mpc) or not MP.isfinite(value):
        return None
    return value


def last_places(computed: float, exact: Number, uncertain: Number = 0) -> float:
    """Return how far off a float is, in units of its last place and of what is uncertain of it."""
    nearest = float(exact)
    if not np.isfinite(nearest):
        return 0.0  # beyond the floats
    if not np.isfinite(computed):
        return float("inf")
    unit = MP.mpf(float(np.spacing(abs(nearest)))) + uncertain * MP.mpf(2) ** -52
    return float(abs(MP.mpf(float(computed)) - exact) / unit)
