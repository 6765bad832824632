"""Random formulas at random points: their derivatives against differences, and against mpmath.

python benchmarks/fuzzing/expressions.py 100000

A formula's derivatives are first held against central differences in floats. Where those do not
agree, mpmath differentiates the same formula with 900 binary digits, and again with every operation
off by a rounding: a derivative that this moves by more than a thousandth is left out. One is wrong
if it is off by more than a millionth of itself, 1000 times what this moves it by, and 1e-10 of the
terms that it is a sum of.
"""

import random
import sys
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from benchmarks.fuzzing.figures import Figures
from tests.formulas.book import BOOK, MP
from visualize.errors import ExpressionError
from visualize.formulas.reading import read_expression

Number = Any
Tree = tuple[Any, ...]
"""A name or a number; or an operation and what it is of."""

SIGNS: dict[str, Callable[[Number, Number], Number]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "**": lambda a, b: a**b,
}
OF_TWO: dict[str, Callable[[Number, Number], Number]] = {
    "max": max,
    "min": min,
    "hypot": lambda a, b: MP.sqrt(a * a + b * b),
    "logsumexp": lambda a, b: MP.log(MP.exp(a) + MP.exp(b)),
    "atan2": MP.atan2,
    "mod": lambda a, b: a - b * MP.floor(a / b),
}
COORDINATES = [0.0, 1.0, -1.0, 0.5, 2.0, -2.0, 3.0, 1e-8, -1e-160, 20.0, -40.0, 800.0, -1e5, 1e200]
CONSTANTS = [0.0, 1.0, 2.0, 3.0, 0.5, -1.0, 0.1, 100.0]
POWERS = [2.0, 3.0, 0.5, -1.0, -2.0, 1.5, 4.0]


@dataclass
class Derivatives(Figures):
    """What came of formulas and their derivatives."""

    derivatives: int = 0
    asked: int = 0
    """How many derivatives mpmath was asked for."""
    wrong: list[tuple[str, tuple[float, float], str, float, float]] = field(default_factory=list)


def random_expressions(count: int, seed: int) -> Derivatives:
    """Make and differentiate so many formulas; the same seed makes the same ones."""
    chance = random.Random(seed)  # noqa: S311  # no secret
    figures = Derivatives()
    begun = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for _ in range(count):
            tree = _grown(chance, chance.randint(2, 7))
            point = (_coordinate(chance), _coordinate(chance))
            _held(tree, point, figures)
    figures.seconds = time.perf_counter() - begun
    return figures


def _grown(chance: random.Random, leaves: int) -> Tree:
    if leaves == 1:
        kind = chance.random()
        return (chance.choice("xy"),) if kind < 0.7 else (chance.choice(CONSTANTS),)
    kind = chance.random()
    if kind < 0.4:
        return (chance.choice([*BOOK]), _grown(chance, leaves - 1))
    if kind < 0.5:
        return ("**", _grown(chance, leaves - 1), (chance.choice(POWERS),))
    left = chance.randint(1, leaves - 1)
    name = chance.choice([*OF_TWO]) if kind < 0.62 else chance.choice("+-*/")
    if kind > 0.97:
        name = "**"
    return (name, _grown(chance, left), _grown(chance, leaves - left))


def _coordinate(chance: random.Random) -> float:
    return chance.choice(COORDINATES) if chance.random() < 0.15 else round(chance.gauss(0, 2), 4)


def _text(tree: Tree) -> str:
    match tree:
        case (str(name),):
            return name
        case (float(number),):
            return repr(number) if number >= 0 else f"({number!r})"
        case (str(name), one):
            return f"{name}({_text(one)})"
        case (str(name), one, two) if name in SIGNS:
            return f"({_text(one)} {name} {_text(two)})"
        case (str(name), one, two):
            return f"{name}({_text(one)}, {_text(two)})"
    raise TypeError(tree)


def _held(tree: Tree, point: tuple[float, float], figures: Derivatives) -> None:
    text, at = _text(tree), np.array([point])
    values, gradients, hessians = np.array([np.nan]), np.empty(0), np.empty(0)
    with figures.of(f"{text} at {point}"):
        try:
            expression = read_expression(text, ["x", "y"])
        except ExpressionError:
            return  # a part without variables has no value
        values, gradients = expression.value_and_gradient(at)
        hessians = expression.hessian(at)
        figures.sound += 1
    if not np.isfinite(values[0]):
        return
    steps = np.array([[1e-6, 0], [0, 1e-6]])
    for i in range(2):
        near = [expression.value_and_gradient(at + sign * steps[i]) for sign in (1, -1)]
        for j in range(-1, 2):
            (ahead, behind), computed = (
                ([v[0] for v, _ in near], gradients[0, i])
                if j < 0
                else ([g[0, j] for _, g in near], hessians[0, i, j])
            )
            figures.derivatives += 1
            with np.errstate(all="ignore"):
                difference = (ahead - behind) / 2e-6
                if abs(difference - computed) <= 1e-6 * (abs(computed) + abs(difference)):
                    continue
            figures.asked += 1
            along = [i] if j < 0 else [i, j]
            exact, uncertain = _exact(tree, point, along)
            if exact is None or not np.isfinite(float(exact)):
                continue
            if uncertain > 1e-3 * abs(exact) and np.isfinite(computed):
                continue  # no digit is certain
            if j >= 0 and not np.isfinite(gradients).all():
                continue  # what has no slope has no curvature
            least = _scale(values[0], gradients[0], point, along) * 1e-10 + 1e-290
            allowed = 1e-6 * abs(exact) + 1000 * uncertain + least
            if not abs(MP.mpf(float(computed)) - exact) <= allowed:
                name = "xy"[i] + ("" if j < 0 else "xy"[j])
                figures.wrong.append((text, point, name, float(computed), float(exact)))


def _scale(value: float, gradient: Any, point: tuple[float, float], along: list[int]) -> float:
    """Return the size of terms that derivatives are a sum of, where they cancel."""
    sizes = [max(abs(coordinate), 1e-300) for coordinate in point]
    with np.errstate(all="ignore"):
        if len(along) == 1:
            return float(max(abs(value), 1) / sizes[along[0]])
        i, j = along
        parts = [abs(value) / sizes[i] / sizes[j], abs(gradient[i]) / sizes[j]]
        return float(np.nansum([*parts, abs(gradient[j]) / sizes[i]]))


class _NoneError(ArithmeticError):
    """There is no value."""


def _value(tree: Tree, where: dict[str, Number], off: list[Number] | None) -> Number:
    """Return a formula's value; with every operation off by a little, if numbers say by what."""
    match tree:
        case (str(name),):
            return where[name]
        case (float(number),):
            return MP.mpf(number)
    operands = [_value(part, where, off) for part in tree[1:]]
    if any(abs(MP.mag(it)) > 5000 for it in operands if it):
        raise _NoneError
    if tree[0] == "**" and (not operands[0] and operands[1] <= 0):
        raise _NoneError
    if tree[0] in {"floor", "ceil", "round"} and abs(operands[0]) > 2**40:
        raise _NoneError  # every number is whole
    if tree[0] in {"sin", "cos", "tan", "sinc", "mod"} and abs(operands[0]) > 2**40 * abs(
        operands[-1] if tree[0] == "mod" else 1
    ):
        raise _NoneError  # a rounding of what is inside moves it by whole turns
    operation = BOOK[tree[0]].value if len(operands) == 1 else {**SIGNS, **OF_TWO}[tree[0]]
    value = operation(*operands)
    if isinstance(value, MP.mpc) or not MP.isfinite(value):
        raise _NoneError
    return value if off is None else value * (1 + off[(id(tree) >> 4) % len(off)])


def _exact(
    tree: Tree, point: tuple[float, float], along: list[int]
) -> tuple[Number | None, Number]:
    """Return a derivative, if both sides agree on it, and how much a rounding moves it."""
    largest = max(0, *(int(np.frexp(coordinate)[1]) for coordinate in point))
    with MP.workprec(900 + 3 * largest):
        step = MP.ldexp(1, -180)
        try:
            first = _quotient(tree, point, along, step, None)
            second = _quotient(tree, point, along, step / 2**40, None)
            shifted = [_quotient(tree, point, along, step, off) for off in OFF]
        except (_NoneError, ValueError, ZeroDivisionError, OverflowError):
            return None, 0
        if abs(first - second) > MP.mpf(2) ** -30 * abs(first) + MP.mpf(2) ** -100:
            return None, 0
        return second, max(abs(it - first) for it in shifted)


OFF = [
    [MP.ldexp(sign, -53) for sign in signs]
    for signs in ([1, -1, 1, 1, -1], [-1, -1, 1, -1, 1, 1, 1], [1, 1, -1])
]


def _quotient(
    tree: Tree, point: tuple[float, float], along: list[int], step: Number, off: list[Number] | None
) -> Number:
    """Return a one-sided difference quotient, the same from both sides where there is a slope."""

    def value(*moves: int) -> Number:
        where = {"x": MP.mpf(point[0]) + moves[0] * step, "y": MP.mpf(point[1]) + moves[1] * step}
        return _value(tree, where, off)

    unit = [[int(i == k) for k in range(2)] for i in along]
    if len(along) == 1:
        ahead, behind = value(*unit[0]), value(*[-m for m in unit[0]])
        here = value(0, 0)
        right, left = (ahead - here) / step, (here - behind) / step
        if abs(right - left) > MP.mpf(2) ** -30 * (abs(right) + abs(left)):
            raise _NoneError
        return (right + left) / 2
    for i in {*along}:
        _quotient(tree, point, [i], step, off)  # at a kink there is no curvature
    both = [a + b for a, b in zip(*unit, strict=True)]
    corners = value(*both) - value(*unit[0]) - value(*unit[1]) + value(0, 0)
    others = (
        value(*[-m for m in both])
        - value(*[-m for m in unit[0]])
        - value(*[-m for m in unit[1]])
        + value(0, 0)
    )
    right, left = corners / step**2, others / step**2
    if abs(right - left) > MP.mpf(2) ** -20 * (abs(right) + abs(left)) + MP.mpf(2) ** -60:
        raise _NoneError
    return (right + left) / 2


def main() -> None:
    """Say what came of so many formulas."""
    count, seed = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0
    figures = random_expressions(count, seed)
    figures.report("formulas")
    print(f"{figures.derivatives} derivatives, of which mpmath was asked for {figures.asked}")
    print(f"wrong derivatives: {len(figures.wrong)}")
    for wrong in figures.wrong[:20]:
        print("  ", *wrong)


if __name__ == "__main__":
    main()
