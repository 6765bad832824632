"""A formula's value, gradient and Hessian: computed with arrays, with more digits if need be."""

import ast
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property, partial
from typing import TYPE_CHECKING, Any

import numpy as np

from visualize.arrays import Array
from visualize.formulas._doubts import Doubts, Mask, harmless_within
from visualize.formulas._program import Program
from visualize.formulas._tree import Rule, rule_of
from visualize.formulas.dual import Dual, Term, number
from visualize.formulas.functions import OPERATIONS

if TYPE_CHECKING:
    from types import EllipsisType

    from visualize.formulas._extended import Extended

Index = tuple[int, ...]
Terms = Mapping[Index, Term]
"""A value, by (), and its derivatives by the variables along which they are: (0,), or (0, 1)."""

MOST_POINTS = (1000, 100, 100)
"""So many points get a value, a gradient, a Hessian with more digits at once: those of runs, and a
line across a picture."""
MOST_AT_ONCE = 40_000
"""So many operations with more digits are done at once, which takes a second or two."""
MOST_IN_ALL = 50 * MOST_AT_ONCE
"""So many are done of one formula; what would need more is left as floats have it."""


@dataclass(frozen=True)
class Expression:
    """A formula in some variables; made by `reading.read_expression`.

    Points have the shape `(..., len(variables))`. Where the formula has no finite value the
    result holds infinity or NaN; nothing is raised.
    """

    text: str
    variables: tuple[str, ...]
    _tree: ast.expr = field(repr=False, compare=False)

    def __reduce__(self) -> tuple[type["Expression"], tuple[str, tuple[str, ...], ast.expr]]:
        return Expression, (self.text, self.variables, self._tree)  # functions are not pickled

    @property
    def is_constant(self) -> bool:
        """Whether no variable is left in it."""
        return isinstance(self._tree, ast.Constant)

    @cached_property
    def parts(self) -> int:
        """How many numbers, variables and operations it is made of, sums written out."""
        return sum(isinstance(node, ast.expr) for node in ast.walk(self._tree))

    def value(self, points: Array) -> Array:
        """Return f at each point: shape `(...)`."""
        return self._computed(points, 0)[0]

    def gradient(self, points: Array) -> Array:
        """Return the gradient at each point, exact to rounding: shape `(..., variables)`."""
        return self._computed(points, 1)[1]

    def value_and_gradient(self, points: Array) -> tuple[Array, Array]:
        """Return both at each point; the numbers are those of `value` and `gradient`."""
        return self._computed(points, 1)

    def hessian(self, points: Array) -> Array:
        """Return the second derivatives, exact to rounding: `(..., variables, variables)`."""
        return self._computed(points, 2)[1]

    def _computed(self, points: Array, order: int) -> tuple[Array, Array]:
        """Return values and derivatives; with more digits where floats go astray.

        The derivatives of order 0 are the values.
        """
        vanished: list[str] = []
        try:
            with np.errstate(all="raise", under="call", call=lambda what, _: vanished.append(what)):
                arrays = _filled(self._terms(_columns(points), order), points, order)
            if not vanished or (order < 2 and self._is_harmless(points)):
                return arrays
        except FloatingPointError:
            pass  # it is computed again, and watched
        doubts = Doubts(points.shape[:-1])
        with np.errstate(all="ignore"):
            terms = self._walked(rule_of(self._tree, doubts.watched), order, _columns(points))
        values, derivatives = _filled(terms, points, order)
        self._mend(derivatives, points, order, doubts.at(values))
        if order == 1:
            values = self.value(points)  # which may be sound where its slope is not
        return values, derivatives

    def _is_harmless(self, points: Array) -> bool:
        """Return whether nothing that vanishes at points counts again, as near 0 as they are."""
        return not np.count_nonzero(np.abs(points) > self._harmless_within)

    @cached_property
    def _harmless_within(self) -> float:
        return harmless_within(self._tree)

    def _terms(self, columns: Sequence[Array], order: int) -> Terms:
        """Return the value and the derivatives of an order."""
        if order < 2:
            return self._program(order)(columns)
        return self._walked(self._rule, order, columns)  # a program might have millions of steps

    def _walked(self, rule: Rule, order: int, columns: Sequence[Any]) -> Terms:
        """Return what comes of walking the tree with duals."""
        seeds = [_seed(column, index, order) for index, column in enumerate(columns)]
        worth = rule(dict(zip(self.variables, seeds, strict=True)))
        terms: Terms = {(): worth}
        for _ in range(order):
            terms = {(*at, i): part for at, term in terms.items() for i, part in _parts(term)}
        return {(): number(worth), **terms}

    def _mend(self, array: Array, points: Array, order: int, doubted: Mask) -> None:
        """Put finite numbers, computed with more digits, in the place of those in doubt."""
        doubted &= np.isfinite(points).all(axis=-1)
        if not doubted.any():
            return
        places = [tuple(place) for place in np.argwhere(doubted)]
        extended = self._extended
        work = len(places) * extended.work(order)
        enough = min(MOST_AT_ONCE, MOST_IN_ALL - extended.spent)
        if len(places) > MOST_POINTS[order] or work > enough:
            return
        for place in places:
            better = extended.derivatives(tuple(points[place].tolist()), order)
            array[place] = np.where(np.isfinite(better), better, array[place])

    @cached_property
    def _rule(self) -> Rule:
        return rule_of(self._tree, OPERATIONS.__getitem__)

    @cached_property
    def _program(self) -> Callable[[int], Program]:
        def program(order: int) -> Program:
            return Program(partial(self._walked, self._rule, order), len(self.variables))

        return cache(program)

    @cached_property
    def _extended(self) -> "Extended":
        from visualize.formulas._extended import Extended  # mpmath takes 35 ms

        return Extended(self._tree, self.variables)


def _columns(points: Array) -> list[Array]:
    return [points[..., index] for index in range(points.shape[-1])]


def _seed(column: Any, index: int, order: int) -> Term:
    """Return a variable that carries its derivatives of an order."""
    return Dual(_seed(column, index, order - 1), {index: 1.0}) if order else column


def _filled(terms: Terms, points: Array, order: int) -> tuple[Array, Array]:
    """Return arrays of values and derivatives; those of order 0 are the values."""
    values = np.empty(points.shape[:-1])
    values[...] = terms[()]
    if order == 0:
        return values, values
    derivatives = np.zeros((*points.shape, *points.shape[-1:] * (order - 1)))
    for index, term in terms.items():
        along: tuple[EllipsisType | int, ...] = (..., *index)
        if index:
            derivatives[along] = term
    return values, derivatives


def _parts(worth: Term) -> Iterable[tuple[int, Term]]:
    return worth.parts.items() if isinstance(worth, Dual) else ()
