"""Text -> formula: what is not on a short list is refused, with its column.

A formula is read with Python's own parser into a syntax tree, and every node must be on a short
list: numbers, variables, + - * / **, and the functions and constants of the table. Nothing of the
text is ever run as code. What has no variable is folded into one number.
"""

import ast
import math
import re
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from visualize.errors import ExpressionError
from visualize.formulas import repairs, spellings
from visualize.formulas.expression import Expression
from visualize.formulas.functions import CONSTANTS, NAMES, OF_SEVERAL, OPERATORS, call_with_numbers

LONGEST = 10_000
MOST_NODES = 2_000
MOST_TERMS = 300
DEEPEST = 60
EXACT = 2**53
"""Up to here a whole number is a float without rounding."""


VARIABLE = re.compile(r"[xyz]|[A-Za-z][0-9]{1,9}")
"""What a variable is called where none are given."""
IN_WORDS = {
    ast.Attribute: "a dot",
    ast.Subscript: "brackets",
    ast.Lambda: "lambda",
    ast.Compare: "a comparison",
    ast.IfExp: "if",
    ast.BoolOp: "and, or",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Tuple: "a comma",
    ast.BitXor: "^",
}


def read_expression(text: str, variables: Sequence[str] | None = None) -> Expression:
    """Return the formula in `text`.

    Without `variables` a variable is x, y, z or a letter with digits, in natural order (x, y;
    x1, x2, ..., x10). Raises `ExpressionError` with the column of what is not a formula.
    """
    if len(text) > LONGEST:
        raise ExpressionError(f"a formula may have at most {LONGEST} characters", 0, 1)
    plain, columns = spellings.in_our_characters(text)
    try:
        return replace(_read(plain, variables), text=text)
    except ExpressionError as error:
        told = repairs.explained(error, plain, variables, _is_formula)
        first, last = told.column, min(told.column + told.length, len(plain)) - 1
        length = columns[max(first, last)] + 1 - columns[first]
        raise ExpressionError(told.message, columns[first], length) from None


def _is_formula(text: str) -> bool:
    """Whether a text is a formula, whatever its variables are called."""
    names = set(re.findall(r"[A-Za-z_]\w*", text)) - {*NAMES, *CONSTANTS}
    try:
        _read(text, sorted(names))
    except ExpressionError:
        return False
    return bool(names)


def _read(text: str, variables: Sequence[str] | None) -> Expression:
    tree = _parse(text)
    nodes = list(_checked(tree))
    if len(nodes) > MOST_NODES:
        raise ExpressionError(f"a formula may have at most {MOST_NODES} parts", 0, len(text))
    called = {id(node.func) for node in nodes if isinstance(node, ast.Call)}
    names = [node for node in nodes if isinstance(node, ast.Name) and id(node) not in called]
    found = {node.id for node in names} - CONSTANTS.keys()
    if variables is None:
        known = tuple(sorted(filter(VARIABLE.fullmatch, found), key=_natural))
    else:
        known = tuple(variables)
    others = ""
    if variables is None:
        others = spellings.of_variables(text, [it.id for it in names])
    for node in names:
        _check_name(node, known, others)
    return Expression(text, known, _fold(tree))


def _parse(text: str) -> ast.expr:
    if not text.strip():
        raise ExpressionError("an empty formula")
    for column, character in enumerate(text):
        if character == "^":
            raise ExpressionError("'^' is not a power here; use **", column)
        if character == "#" or not (
            character.isascii() and (character.isprintable() or character.isspace())
        ):
            hint = spellings.of_character(character)
            raise ExpressionError(f"{character!r} is not allowed in a formula{hint}", column)
    indent = len(text) - len(text.lstrip())
    line = re.sub(r"\s", " ", text).strip()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Python's hints are about programs
            whole = ast.parse(line, mode="eval")
    except SyntaxError as error:
        column = indent + ((error.offset or len(line) + 1) - 1)
        column = min(column, max(len(text.rstrip()) - 1, 0))
        raise ExpressionError("this is not a formula", column) from None
    except (ValueError, MemoryError, RecursionError):
        raise ExpressionError("nested too deep", 0, len(text)) from None
    if spellings.TAKEN.keys() & re.findall(r"\w+", line):
        spellings.in_our_words(whole)
    tree = whole.body
    for node in ast.walk(tree):
        if hasattr(node, "col_offset"):
            node.col_offset += indent
            node.end_col_offset = (node.end_col_offset or 0) + indent  # type: ignore[attr-defined]  # every node with a start has an end
    return tree


def _checked(node: ast.expr, depth: int = 0, nesting: int = 0) -> Iterator[ast.expr]:
    """Yield `node` and all below it; raise at the first that is not allowed."""
    if depth > MOST_TERMS:
        raise _error(f"more than {MOST_TERMS} terms in a row", node)
    if nesting > DEEPEST:
        raise _error("nested too deep", node)
    yield node
    # A long sum is a deep tree to the left, yet it is not nested.
    left, others = _operands(node)
    if left is not None:
        yield from _checked(left, depth + 1, nesting)
    for operand in others:
        yield from _checked(operand, depth + 1, nesting + 1)


def _operands(node: ast.expr) -> tuple[ast.expr | None, Sequence[ast.expr]]:
    match node:
        case ast.Constant(value=value):
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise _error(f"{value!r} is not a number", node)
            return None, ()
        case ast.Name():
            return None, ()
        case ast.UnaryOp(op=op, operand=operand) if type(op) in OPERATORS:
            return None, (operand,)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS:
            return left, (right,)
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
            if name not in NAMES:
                if name in CONSTANTS or VARIABLE.fullmatch(name):
                    raise _error(f"'{name}' is not a function; write {name}*(...)", node.func)
                hint = spellings.of_function(name, arguments)
                known = f"; there are {', '.join(NAMES)}"
                raise _error(f"unknown function '{name[:40]}'{hint or known}", node.func)
            if name in OF_SEVERAL:
                if len(arguments) < 2:
                    raise _error(f"{name} takes two arguments or more", node)
            elif len(arguments) != 1:
                hint = spellings.of_function(name, arguments)
                raise _error(f"{name} takes one argument{hint}", node)
            return None, arguments
        case _:
            refused = node.op if isinstance(node, ast.BinOp | ast.UnaryOp) else node
            words = IN_WORDS.get(type(refused), "this")
            raise _error(f"{words} is not allowed in a formula", node)


def _check_name(node: ast.Name, known: Sequence[str], others: str) -> None:
    name = node.id
    if name in known or name in CONSTANTS:
        return
    if name in NAMES:
        raise _error(f"'{name}' is a function; write {name}(...)", node)
    hint = spellings.of_name(name, [*known, *("xyz" if others else "")])
    raise _error(f"unknown name '{name[:40]}'{hint or _known_variables(known) + others}", node)


def _known_variables(known: Sequence[str]) -> str:
    return (
        f"; the variables are {', '.join(known)}" if known else "; variables are x, y, z, x1, ..."
    )


def _natural(name: str) -> tuple[str, int, str]:
    return name[0], int(name[1:] or -1), name


def _error(message: str, node: ast.expr) -> ExpressionError:
    return ExpressionError(message, node.col_offset, (node.end_col_offset or 0) - node.col_offset)


def _fold(node: Any) -> Any:
    """Return the tree with what has no variable replaced by its number."""
    parts: list[Any] = []
    match node:
        case ast.Constant(value=value):
            return ast.copy_location(ast.Constant(_number(node, lambda: value)), node)
        case ast.Name(id=name):
            return node if name not in CONSTANTS else ast.Constant(CONSTANTS[name])
        case ast.UnaryOp(op=op):
            node.operand = _fold(node.operand)
            parts, function = [node.operand], OPERATORS[type(op)]
        case ast.BinOp(op=op):
            node.left, node.right = _fold(node.left), _fold(node.right)
            parts = [node.left, node.right]
            if (
                isinstance(op, ast.Div)
                and isinstance(node.right, ast.Constant)
                and not node.right.value
            ):
                raise _error("division by zero", node)
            function = _power if isinstance(op, ast.Pow) else OPERATORS[type(op)]
        case ast.Call(func=ast.Name(id=name)):
            node.args = [_fold(argument) for argument in node.args]
            parts, function = node.args, partial(call_with_numbers, name)
    if not all(isinstance(part, ast.Constant) for part in parts):
        return node
    number = _number(node, lambda: function(*(part.value for part in parts)))
    return ast.copy_location(ast.Constant(number), node)


def _power(base: float, exponent: float) -> Any:
    whole = isinstance(base, int) and isinstance(exponent, int)
    if whole and int(base).bit_length() * abs(exponent) <= EXACT.bit_length():
        return base**exponent
    # As a whole number it might have endless digits.
    return float(base) ** float(exponent)


def _number(node: ast.expr, compute: Callable[[], Any]) -> float:
    try:
        number = compute()
        if isinstance(number, complex) or math.isnan(number):
            raise _error("this has no real value", node)
        if math.isinf(number):
            raise _error("too large a number", node)
        return number if isinstance(number, int) and abs(number) <= EXACT else float(number)
    except ZeroDivisionError:
        raise _error("division by zero", node) from None
    except OverflowError:
        raise _error("too large a number", node) from None
    except ValueError:
        raise _error("this has no real value", node) from None
