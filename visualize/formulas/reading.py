"""Text -> formula: what is not on a short list is refused, with its column.

A formula is read with Python's own parser into a syntax tree, and every node must be on a short
list: numbers, variables, + - * / ** %, comparisons, and the functions and constants of the table.
Nothing of the text is ever run as code. What has no variable is folded into one number, and sums
over an index are written out.
"""

import ast
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from functools import lru_cache, partial

from visualize.errors import ExpressionError
from visualize.formulas import repairs, spellings
from visualize.formulas._folding import folded, worth
from visualize.formulas._tree import misplaced
from visualize.formulas.expression import Expression
from visualize.formulas.functions import (
    CONDITIONS,
    CONSTANTS,
    FUNCTIONS,
    NAMES,
    OPERATIONS,
    OPERATORS,
    VARIABLE,
)
from visualize.text import listed

LONGEST = 10_000
MOST_NODES = 2_000
MOST_TERMS = 300
DEEPEST = 60


OVER_AN_INDEX = ("sum", "prod")
"""Functions that also take terms with an index."""
NUMBERS = ("no", "one", "two", "three")
IN_WORDS = {
    ast.Attribute: "a dot",
    ast.Subscript: "brackets",
    ast.Lambda: "lambda",
    ast.FloorDiv: "//",
    ast.RShift: ".. or >>",
    ast.Tuple: "a comma",
    ast.BitXor: "^",
}


def read_expression(
    text: str,
    variables: Sequence[str] | None = None,
    constants: Mapping[str, float] | None = None,
) -> Expression:
    """Return the formula in `text`.

    Without `variables` a variable is x, y, z or a letter with digits, in natural order (x, y;
    x1, x2, ..., x10). `constants` are names of numbers, beside pi and e. Raises `ExpressionError`
    with the column of what is not a formula.
    """
    if len(text) > LONGEST:
        raise ExpressionError(f"a formula may have at most {LONGEST} characters", 0, 1)
    named = CONSTANTS | dict(constants or {})
    plain, columns = spellings.in_our_characters(text)
    try:
        return replace(
            _read(plain, variables and tuple(variables), tuple(named.items())), text=text
        )
    except ExpressionError as error:
        told = repairs.explained(error, plain, variables, partial(_is_formula, constants=named))
        first, last = told.column, min(told.column + told.length, len(plain)) - 1
        length = columns[max(first, last)] + 1 - columns[first]
        raise ExpressionError(told.message, columns[first], length) from None


def parsed(text: str) -> ast.expr:
    """Return the tree of a text as it is written: nothing is checked, folded or written out.

    Signs must be ours: `spellings.in_our_characters`. Raises `ExpressionError`.
    """
    return _parse(text)


def _is_formula(text: str, constants: Mapping[str, float]) -> bool:
    """Whether a text is a formula, whatever its variables are called."""
    names = set(re.findall(r"[A-Za-z_]\w*", text)) - {*NAMES, *constants}
    for variables in (tuple(sorted(names)), None):  # those of a sum are not in the text
        try:
            _read(text, variables, tuple(constants.items()))
        except ExpressionError:
            continue
        return bool(names)
    return False


@lru_cache(128)  # a scene asks several times for the same
def _read(
    text: str, variables: tuple[str, ...] | None, constants: tuple[tuple[str, float], ...]
) -> Expression:
    named = dict(constants)
    tree = _parse(text)
    nodes = list(_counted(tree, named))
    if _is_condition(tree):
        raise misplaced("a comparison is no number; write where(x < y, a, b)", tree)
    names = [node for node in nodes if isinstance(node, ast.Name)]
    found = {node.id for node in names} - named.keys()
    if variables is None:
        known = tuple(sorted(filter(VARIABLE.fullmatch, found), key=_natural))
    else:
        known = tuple(variables)
    others = ""
    if variables is None:
        others = spellings.of_variables(text, [it.id for it in names if it.id not in named])
    for node in names:
        _check_name(node, known, named, others)
    return Expression(text, known, folded(tree, named))


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
    line = re.sub(r"(?<!\.)\.\.(?!\.)", ">>", line)  # 1..10 is not Python's
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


def _counted(tree: ast.expr, constants: Mapping[str, float]) -> Iterator[ast.expr]:
    """Yield all parts of a formula; raise at the first that is not allowed, or one too many."""
    for count, node in enumerate(_checked(tree, constants), start=1):
        if count > MOST_NODES:
            raise misplaced(f"a formula may have at most {MOST_NODES} parts", tree)
        yield node


def _checked(
    node: ast.expr, constants: Mapping[str, float], depth: int = 0, nesting: int = 0
) -> Iterator[ast.expr]:
    """Yield `node` and all below it; raise at the first that is not allowed."""
    if depth > MOST_TERMS:
        raise misplaced(f"more than {MOST_TERMS} terms in a row", node)
    if nesting > DEEPEST:
        raise misplaced("nested too deep", node)
    yield node
    # A long sum is a deep tree to the left, yet it is not nested.
    left, others = _operands(node, constants)
    if left is not None:
        yield from _checked(left, constants, depth + 1, nesting)
    for operand in others:
        yield from _checked(operand, constants, depth + 1, nesting + 1)


def _operands(
    node: ast.expr, constants: Mapping[str, float]
) -> tuple[ast.expr | None, Sequence[ast.expr]]:
    match node:
        case ast.Constant(value=value):
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise misplaced(f"{value!r} is not a number", node)
            return None, ()
        case ast.Name():
            return None, ()
        case ast.UnaryOp(op=op, operand=operand) if type(op) in OPERATIONS:
            return None, (operand,)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in {*OPERATORS, ast.Mod}:
            return left, (right,)
        case ast.Compare(left=left, ops=ops, comparators=others):
            if not all(type(sign) in CONDITIONS for sign in ops):
                raise misplaced("only numbers can be compared: < <= > >= == !=", node)
            return left, others
        case ast.BoolOp(values=values):
            return None, values
        case ast.IfExp(test=test, body=body, orelse=orelse):
            return None, (test, body, orelse)
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
            if name not in FUNCTIONS:
                if name in CONSTANTS or VARIABLE.fullmatch(name):
                    raise misplaced(f"'{name}' is not a function; write {name}*(...)", node.func)
                hint = spellings.of_function(name, arguments)
                known = f"; there are {', '.join(NAMES)}"
                raise misplaced(f"unknown function '{name[:40]}'{hint or known}", node.func)
            if name in OVER_AN_INDEX and len(arguments) == 1:
                node.args = _written_out(name, arguments[0], constants)
            elif not FUNCTIONS[name].fewest <= len(arguments) <= FUNCTIONS[name].most:
                hint = spellings.of_function(name, arguments)
                raise misplaced(f"{_number_of_arguments(name)}{hint}", node)
            return None, node.args
        case _:
            refused = node.op if isinstance(node, ast.BinOp | ast.UnaryOp) else node
            words = IN_WORDS.get(type(refused), "this")
            raise misplaced(f"{words} is not allowed in a formula", node)


def _number_of_arguments(name: str) -> str:
    fewest, most = FUNCTIONS[name].fewest, FUNCTIONS[name].most
    words = f"{name} takes {NUMBERS[fewest]} argument{'s' * (fewest > 1)}"
    return words if fewest == most else f"{words} or more"


def _written_out(name: str, over: ast.expr, constants: Mapping[str, float]) -> list[ast.expr]:
    """Return the terms of `... for i in 1..10`, each with its number in the place of the index."""
    match over:
        case ast.GeneratorExp(
            elt=term,
            generators=[
                ast.comprehension(
                    target=ast.Name(id=index),
                    iter=ast.BinOp(left=first, op=ast.RShift(), right=last),
                    ifs=[],
                )
            ],
        ):
            low, high = (_whole(bound, constants) for bound in (first, last))
        case _:
            raise misplaced(f"{name} is written {name}(x[i]**2 for i in 1..10)", over)
    if high < low:
        raise misplaced(f"there is nothing from {low} to {high}", over)
    parts = sum(isinstance(part, ast.expr) for part in ast.walk(term))
    if (high - low + 1) * parts > MOST_NODES:
        raise misplaced(f"a formula may have at most {MOST_NODES} parts", over)
    return [
        _Indexed(index, number, constants).visit(deepcopy(term)) for number in range(low, high + 1)
    ]


class _Indexed(ast.NodeTransformer):
    """Puts a number in the place of an index, and `x3` in that of `x[3]`."""

    def __init__(self, index: str, number: int, constants: Mapping[str, float]) -> None:
        self._index, self._number, self._constants = index, number, constants

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id != self._index:
            return node
        return ast.copy_location(ast.Constant(self._number), node)

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        node.slice = self.visit(node.slice)
        inner = any(isinstance(part, ast.Name) for part in ast.walk(node.slice))
        if inner or not isinstance(node.value, ast.Name):
            return node  # of an index of a sum inside this one, if it is one
        number = _whole(node.slice, self._constants)
        if number < 0:
            raise misplaced(f"there is no {node.value.id}[{number}]", node)
        return ast.copy_location(ast.Name(f"{node.value.id}{number}", ast.Load()), node)


def _whole(node: ast.expr, constants: Mapping[str, float]) -> int:
    """Return the whole number that an index or a bound is."""
    for part in _counted(node, constants):
        if isinstance(part, ast.Name) and part.id not in constants:
            raise misplaced(f"'{part.id[:40]}' must be a whole number here, as in 1..10", part)
    number = worth(folded(node, constants))
    if number is None or number != int(number):
        raise misplaced("an index must be a whole number", node)
    return int(number)


def _is_condition(node: ast.expr) -> bool:
    return isinstance(node, ast.Compare | ast.BoolOp) or (
        isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)
    )


def _check_name(
    node: ast.Name, known: Sequence[str], constants: Mapping[str, float], others: str
) -> None:
    name = node.id
    if name in known or name in constants:
        return
    if name in NAMES:
        raise misplaced(f"'{name}' is a function; write {name}(...)", node)
    hint = spellings.of_name(name, [*known, *("xyz" if others else "")])
    raise misplaced(f"unknown name '{name[:40]}'{hint or _known_variables(known) + others}", node)


def _known_variables(known: Sequence[str]) -> str:
    return f"; the variables are {listed(known)}" if known else "; variables are x, y, z, x1, ..."


def _natural(name: str) -> tuple[str, int, str]:
    return name[0], int(name[1:] or -1), name
