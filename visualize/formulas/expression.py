"""A formula's value, gradient and Hessian: computed with arrays or with duals."""

import ast
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from visualize.arrays import Array
from visualize.formulas._doubts import Doubts, Mask
from visualize.formulas._tree import Rule, rule_of
from visualize.formulas.dual import Dual, Term, number
from visualize.formulas.functions import OPERATIONS

if TYPE_CHECKING:
    from visualize.formulas._extended import Extended

Arrays = TypeVar("Arrays", bound=tuple[Array, ...])

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

        def compute(rule: Rule) -> tuple[Array]:
            values = np.empty(points.shape[:-1])
            values[...] = rule(self._columns(points))
            return (values,)

        return self._computed(compute, points, 0)[0]

    def gradient(self, points: Array) -> Array:
        """Return the gradient at each point, exact to rounding: shape `(..., variables)`."""
        return self.value_and_gradient(points)[1]

    def value_and_gradient(self, points: Array) -> tuple[Array, Array]:
        """Return both at each point; the numbers are those of `value` and `gradient`."""

        def compute(rule: Rule) -> tuple[Array, Array]:
            values, gradients = np.empty(points.shape[:-1]), np.zeros(points.shape)
            columns = enumerate(self._columns(points).items())
            worth = rule({name: Dual(column, {i: 1.0}) for i, (name, column) in columns})
            values[...] = worth.value if isinstance(worth, Dual) else worth
            for i, derivative in _parts(worth):
                gradients[..., i] = derivative
            return values, gradients

        return self._computed(compute, points, 1)

    def hessian(self, points: Array) -> Array:
        """Return the second derivatives, exact to rounding: `(..., variables, variables)`."""

        def compute(rule: Rule) -> tuple[Array, Array]:
            values = np.empty(points.shape[:-1])
            hessians = np.zeros((*points.shape, len(self.variables)))
            columns = enumerate(self._columns(points).items())
            worth = rule({n: Dual(Dual(at, {i: 1.0}), {i: 1.0}) for i, (n, at) in columns})
            values[...] = number(worth)
            for i, derivative in _parts(worth):
                for j, second in _parts(derivative):
                    hessians[..., i, j] = second
            return values, hessians

        return self._computed(compute, points, 2)[1]

    def _computed(self, compute: Callable[[Rule], Arrays], points: Array, order: int) -> Arrays:
        """Return what is computed with floats and, where those go astray, with more digits."""
        try:
            with np.errstate(all="raise"):
                return compute(self._rule)
        except FloatingPointError:
            pass  # it is computed again, and watched
        doubts = Doubts(points.shape[:-1])
        with np.errstate(all="ignore"):
            arrays = compute(rule_of(self._tree, doubts.watched))
        self._mend(arrays[-1], points, order, doubts.at(arrays[0]))
        if order == 1:
            arrays[0][...] = self.value(points)  # which may be sound where its slope is not
        return arrays

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

    def _columns(self, points: Array) -> dict[str, Array]:
        return {name: points[..., index] for index, name in enumerate(self.variables)}

    @cached_property
    def _rule(self) -> Rule:
        return rule_of(self._tree, OPERATIONS.__getitem__)

    @cached_property
    def _extended(self) -> "Extended":
        from visualize.formulas._extended import Extended  # mpmath takes 35 ms

        return Extended(self._tree, self.variables)


def _parts(worth: Term) -> Iterable[tuple[int, Term]]:
    return worth.parts.items() if isinstance(worth, Dual) else ()
