"""A checked tree is made small: what has no variable becomes a number, and all is operations."""

import ast
import math
from collections.abc import Callable, Mapping
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np

from visualize.formulas._tree import misplaced, parted
from visualize.formulas.functions import OPERATIONS

EXACT = 2**53
"""Up to here a whole number is a float without rounding."""


def folded(node: ast.expr, constants: Mapping[str, float]) -> ast.expr:
    """Return the tree of operations on two or more parts each; what has no variable is a number."""
    match node:
        case ast.Constant(value=value):
            return ast.copy_location(ast.Constant(_number(node, lambda: value)), node)
        case ast.Name(id=name):
            return ast.Constant(constants[name]) if name in constants else node
    node = _spelled_out(node)
    key, operands = parted(node)
    parts = [folded(operand, constants) for operand in operands]
    if key is ast.Div and worth(parts[1]) == 0:
        raise misplaced("division by zero", node)
    numbers = [number for number in map(worth, parts) if number is not None]
    if len(numbers) < len(parts):
        return _with_operands(node, parts)
    operation = _power if key is ast.Pow else OPERATIONS[key]
    number = _number(node, partial(operation, *numbers))
    return ast.copy_location(ast.Constant(number), node)


def worth(node: ast.expr) -> float | None:
    """Return the number that a part of a formula is, if it is one."""
    return node.value if isinstance(node, ast.Constant) else None  # type: ignore[return-value]  # others are refused


def _spelled_out(node: ast.expr) -> ast.expr:
    """Return a way to write it that `parted` knows."""
    match node:
        case ast.IfExp(test=test, body=body, orelse=orelse):
            written: ast.expr = _call("where", [test, body, orelse])
        case ast.BinOp(left=left, op=ast.Mod(), right=right):
            written = _call("mod", [left, right])
        case ast.Compare(left=left, ops=ops, comparators=others) if len(ops) > 1:
            pairs = zip(pairwise([left, *others]), ops, strict=True)
            comparisons = [ast.Compare(a, [op], [b]) for (a, b), op in pairs]
            written = ast.BoolOp(
                ast.And(), [ast.copy_location(comparison, node) for comparison in comparisons]
            )
        case _:
            return node
    return ast.copy_location(written, node)


def _call(name: str, arguments: list[ast.expr]) -> ast.Call:
    return ast.Call(ast.Name(name, ast.Load()), arguments, [])


def _with_operands(node: ast.expr, parts: list[ast.expr]) -> ast.expr:
    match node:
        case ast.UnaryOp():
            node.operand = parts[0]
        case ast.BinOp():
            node.left, node.right = parts
        case ast.Compare():
            node.left, node.comparators = parts[0], parts[1:]
        case ast.BoolOp():
            node.values = parts
        case ast.Call():
            node.args = parts
    return node


def _power(base: float, exponent: float) -> Any:
    whole = isinstance(base, int) and isinstance(exponent, int)
    if whole and int(base).bit_length() * abs(exponent) <= EXACT.bit_length():
        return base**exponent
    # As a whole number it might have endless digits.
    return float(base) ** float(exponent)


def _number(node: ast.expr, compute: Callable[[], Any]) -> float:
    try:
        with np.errstate(divide="raise", over="raise", invalid="raise"):
            number = compute()
        if isinstance(number, complex) or math.isnan(number):
            raise misplaced("this has no real value", node)
        if math.isinf(number):
            raise misplaced("too large a number", node)
        return number if isinstance(number, int) and abs(number) <= EXACT else float(number)
    except ZeroDivisionError:
        raise misplaced("division by zero", node) from None
    except OverflowError:
        raise misplaced("too large a number", node) from None
    except FloatingPointError as error:
        too_large = "overflow" in str(error)
        words = "too large a number" if too_large else "this has no real value"
        raise misplaced(words, node) from None
