"""A formula's value, gradient and Hessian: computed with arrays or with duals."""

import ast
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from operator import itemgetter

import numpy as np

from visualize.arrays import Array
from visualize.formulas.dual import Dual, Term
from visualize.formulas.functions import OPERATORS, call

Rule = Callable[[Mapping[str, Term]], Term]
"""What computes a part of a formula from the variables by name, numbers, arrays or duals."""


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

    def value(self, points: Array) -> Array:
        """Return f at each point: shape `(...)`."""
        values = np.empty(points.shape[:-1])
        with np.errstate(all="ignore"):
            values[...] = self._rule(self._columns(points))
        return values

    def gradient(self, points: Array) -> Array:
        """Return the gradient at each point, exact to rounding: shape `(..., variables)`."""
        return self.value_and_gradient(points)[1]

    def value_and_gradient(self, points: Array) -> tuple[Array, Array]:
        """Return both at each point; the numbers are those of `value` and `gradient`."""
        values, gradients = np.empty(points.shape[:-1]), np.zeros(points.shape)
        with np.errstate(all="ignore"):
            columns = enumerate(self._columns(points).items())
            worth = self._rule({name: Dual(column, {i: 1.0}) for i, (name, column) in columns})
            values[...] = worth.value if isinstance(worth, Dual) else worth
            for i, derivative in _parts(worth):
                gradients[..., i] = derivative
        return values, gradients

    def hessian(self, points: Array) -> Array:
        """Return the second derivatives, exact to rounding: `(..., variables, variables)`."""
        hessians = np.zeros((*points.shape, len(self.variables)))
        with np.errstate(all="ignore"):
            columns = enumerate(self._columns(points).items())
            variables = {
                name: Dual(Dual(column, {i: 1.0}), {i: 1.0}) for i, (name, column) in columns
            }
            for i, derivative in _parts(self._rule(variables)):
                for j, second in _parts(derivative):
                    hessians[..., i, j] = second
        return hessians

    def _columns(self, points: Array) -> dict[str, Array]:
        return {name: points[..., index] for index, name in enumerate(self.variables)}

    @cached_property
    def _rule(self) -> Rule:
        return _rule_of(self._tree)


def _rule_of(node: ast.expr) -> Rule:
    """Return what computes a tree: a function of functions, so that the tree is read only once."""
    match node:
        case ast.Constant(value=value):
            return lambda _: value
        case ast.Name(id=name):
            return itemgetter(name)
        case ast.UnaryOp(op=op, operand=operand):
            operator, inner = OPERATORS[type(op)], _rule_of(operand)
            return lambda variables: operator(inner(variables))
        case ast.BinOp(op=op, left=left, right=right):
            operator, first, second = OPERATORS[type(op)], _rule_of(left), _rule_of(right)
            return lambda variables: operator(first(variables), second(variables))
        case ast.Call(func=ast.Name(id=name), args=arguments):
            inners = [_rule_of(argument) for argument in arguments]
            return lambda variables: call(name, *[inner(variables) for inner in inners])
    raise TypeError(f"an unchecked tree: {ast.dump(node)}")


def _parts(worth: Term) -> Iterable[tuple[int, Term]]:
    return worth.parts.items() if isinstance(worth, Dual) else ()
