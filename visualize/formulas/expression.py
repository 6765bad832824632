"""A formula's value, gradient and Hessian: its tree is walked, with arrays or with duals."""

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from visualize.arrays import Array
from visualize.formulas.dual import Dual
from visualize.formulas.functions import OPERATORS, call


@dataclass(frozen=True)
class Expression:
    """A formula in some variables; made by `reading.read_expression`.

    Points have the shape `(..., len(variables))`. Where the formula has no finite value the
    result holds infinity or NaN; nothing is raised.
    """

    text: str
    variables: tuple[str, ...]
    _tree: ast.expr = field(repr=False, compare=False)

    @property
    def is_constant(self) -> bool:
        """Whether no variable is left in it."""
        return isinstance(self._tree, ast.Constant)

    def value(self, points: Array) -> Array:
        """Return f at each point: shape `(...)`."""
        values = np.empty(points.shape[:-1])
        with np.errstate(all="ignore"):
            values[...] = _walk(self._tree, self._columns(points))
        return values

    def gradient(self, points: Array) -> Array:
        """Return the gradient at each point, exact to rounding: shape `(..., variables)`."""
        gradients = np.zeros(points.shape)
        with np.errstate(all="ignore"):
            columns = enumerate(self._columns(points).items())
            variables = {name: Dual(column, {i: 1.0}) for i, (name, column) in columns}
            for i, derivative in _parts(_walk(self._tree, variables)):
                gradients[..., i] = derivative
        return gradients

    def hessian(self, points: Array) -> Array:
        """Return the second derivatives, exact to rounding: `(..., variables, variables)`."""
        hessians = np.zeros((*points.shape, len(self.variables)))
        with np.errstate(all="ignore"):
            columns = enumerate(self._columns(points).items())
            variables = {
                name: Dual(Dual(column, {i: 1.0}), {i: 1.0}) for i, (name, column) in columns
            }
            for i, derivative in _parts(_walk(self._tree, variables)):
                for j, second in _parts(derivative):
                    hessians[..., i, j] = second
        return hessians

    def _columns(self, points: Array) -> dict[str, Array]:
        return {name: points[..., index] for index, name in enumerate(self.variables)}


def _walk(node: ast.expr, variables: Mapping[str, Any]) -> Any:
    """Return what the tree is worth: an array or, where variables are duals, a dual."""
    match node:
        case ast.Constant(value=value):
            return value
        case ast.Name(id=name):
            return variables[name]
        case ast.UnaryOp(op=op, operand=operand):
            return OPERATORS[type(op)](_walk(operand, variables))
        case ast.BinOp(op=op, left=left, right=right):
            return OPERATORS[type(op)](_walk(left, variables), _walk(right, variables))
        case ast.Call(func=ast.Name(id=name), args=arguments):
            return call(name, *(_walk(argument, variables) for argument in arguments))
    raise TypeError(f"an unchecked tree: {ast.dump(node)}")


def _parts(worth: Any) -> Iterable[tuple[int, Any]]:
    return worth.parts.items() if isinstance(worth, Dual) else ()
