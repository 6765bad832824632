"""The tree of a formula, walked: each part becomes a function of the variables by name."""

import ast
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from operator import itemgetter
from typing import Any

from visualize.errors import ExpressionError

Key = str | type[ast.AST]
"""What an operation is found by: a function's name, or the class of a sign."""
Rule = Callable[[Mapping[str, Any]], Any]
"""What computes a part of a formula from the variables by name."""


def rule_of(
    node: ast.expr,
    operation_of: Callable[[Key], Callable[..., Any]],
    choice: Callable[..., Any] | None = None,
    constant: Callable[[Any], Any] = lambda value: value,
) -> Rule:
    """Return what computes a tree, given what its operations are computed with.

    `constant` makes the numbers that are computed with of those that are written. A `choice`, if
    given, computes `where`: from its condition, and rules for the two others, so that what is not
    chosen need not have a value.
    """
    match node:
        case ast.Constant(value=value):
            number = constant(value)
            return lambda _: number
        case ast.Name(id=name):
            return itemgetter(name)
    key, operands = parted(node)
    rules = [rule_of(operand, operation_of, choice, constant) for operand in operands]
    if choice and key == "where":
        return lambda variables: choice(
            rules[0](variables), *[partial(rule, variables) for rule in rules[1:]]
        )
    operation = operation_of(key)
    match rules:
        case [one]:
            return lambda variables: operation(one(variables))
        case [one, two]:
            return lambda variables: operation(one(variables), two(variables))
        case _:
            return lambda variables: operation(*[rule(variables) for rule in rules])


def parted(node: ast.expr) -> tuple[Key, Sequence[ast.expr]]:
    """Return an operation and what it is of."""
    match node:
        case ast.UnaryOp(op=op, operand=operand):
            return type(op), [operand]
        case ast.BinOp(op=op, left=left, right=right):
            return type(op), [left, right]
        case ast.Compare(ops=[op], left=left, comparators=[right]):
            return type(op), [left, right]
        case ast.BoolOp(op=op, values=values):
            return type(op), values
        case ast.Call(func=ast.Name(id=name), args=arguments):
            return name, arguments
    raise TypeError(f"an unchecked tree: {ast.dump(node)}")


def misplaced(message: str, node: ast.expr) -> ExpressionError:
    """Return the error that something is wrong with a part of a formula."""
    return ExpressionError(message, node.col_offset, (node.end_col_offset or 0) - node.col_offset)
