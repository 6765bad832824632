"""Text -> value, gradient and Hessian, safely.

A formula is read with Python's own parser into a syntax tree, and every node must be on a short
list: numbers, variables, + - * / **, and the functions and constants below. Nothing of the text
is ever run as code. What has no variable is folded into one number, exactly where it is a
fraction; the rest is walked with NumPy arrays for the value, and with SymPy for the derivatives,
which are compiled with their common parts computed once.
"""

import ast
import math
import operator
import re
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property, reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from visualize.errors import ExpressionError, did_you_mean

Array = NDArray[np.float64]

LONGEST = 10_000
MOST_NODES = 2_000
MOST_TERMS = 300
DEEPEST = 60
MOST_BITS = 4_096
"""Of a constant that is kept exactly; so no formula can ask for an endless number."""

VARIABLE = re.compile(r"[xyz]|[A-Za-z][0-9]+")
CONSTANTS = {"pi": math.pi, "e": math.e}
FUNCTIONS: Mapping[str, Callable[..., float]] = {
    "sin": math.sin,
    "cos": math.cos,
    "tan": math.tan,
    "asin": math.asin,
    "acos": math.acos,
    "atan": math.atan,
    "sinh": math.sinh,
    "cosh": math.cosh,
    "tanh": math.tanh,
    "exp": math.exp,
    "log": math.log,
    "log10": math.log10,
    "sqrt": math.sqrt,
    "abs": abs,
    "sign": lambda number: float((number > 0) - (number < 0)),
    "min": min,
    "max": max,
}
OF_SEVERAL = {"min", "max"}
OPERATORS: Mapping[type[ast.AST], Callable[..., Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.UAdd: operator.pos,
    ast.USub: operator.neg,
}
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


@dataclass(frozen=True)
class Expression:
    """A formula in some variables; made by `read_expression`.

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
            values[...] = _walk(self._tree, self._columns(points), IN_NUMPY, _numpy_number)
        return values

    def gradient(self, points: Array) -> Array:
        """Return the exact gradient at each point: shape `(..., variables)`."""
        gradients = np.empty(points.shape)
        with np.errstate(all="ignore"):
            for index, derivative in enumerate(self._first(*self._columns(points).values())):
                gradients[..., index] = derivative
        return gradients

    def hessian(self, points: Array) -> Array:
        """Return the exact second derivatives: shape `(..., variables, variables)`."""
        count = len(self.variables)
        hessians = np.empty((*points.shape, count))
        pairs = [(i, j) for i in range(count) for j in range(i, count)]
        with np.errstate(all="ignore"):
            derivatives = self._second(*self._columns(points).values())
            for (i, j), derivative in zip(pairs, derivatives, strict=True):
                hessians[..., i, j] = hessians[..., j, i] = derivative
        return hessians

    def _columns(self, points: Array) -> dict[str, Array]:
        return {name: points[..., index] for index, name in enumerate(self.variables)}

    @cached_property
    def _symbolic(self) -> tuple[Any, list[Any]]:
        import sympy

        # Names of ours, not the user's: they end up in the source that lambdify compiles.
        symbols = [sympy.Symbol(f"v{i}", real=True) for i in range(len(self.variables))]
        return _in_sympy(self._tree, dict(zip(self.variables, symbols, strict=True))), symbols

    @cached_property
    def _first(self) -> Callable[..., Sequence[Any]]:
        formula, symbols = self._symbolic
        return _compile(symbols, [formula.diff(symbol) for symbol in symbols])

    @cached_property
    def _second(self) -> Callable[..., Sequence[Any]]:
        formula, symbols = self._symbolic
        count = len(symbols)
        first = [formula.diff(symbol) for symbol in symbols]
        return _compile(
            symbols, [first[i].diff(symbols[j]) for i in range(count) for j in range(i, count)]
        )


def read_expression(text: str, variables: Sequence[str] | None = None) -> Expression:
    """Return the formula in `text`.

    Without `variables` a variable is x, y, z or a letter with digits, in natural order (x, y;
    x1, x2, ..., x10). Raises `ExpressionError` with the column of what is not a formula.
    """
    tree = _parse(text)
    nodes = list(_checked(tree))
    if len(nodes) > MOST_NODES:
        raise ExpressionError(f"a formula may have {MOST_NODES} parts at most", 0, len(text))
    called = {id(node.func) for node in nodes if isinstance(node, ast.Call)}
    names = [node for node in nodes if isinstance(node, ast.Name) and id(node) not in called]
    found = {node.id for node in names} - CONSTANTS.keys()
    if variables is None:
        known = tuple(sorted(filter(VARIABLE.fullmatch, found), key=_natural))
    else:
        known = tuple(variables)
    for node in names:
        _check_name(node, known)
    return Expression(text, known, _fold(tree)[0])


def _parse(text: str) -> ast.expr:
    if len(text) > LONGEST:
        raise ExpressionError(f"a formula may have {LONGEST} characters at most", 0, 1)
    if not text.strip():
        raise ExpressionError("an empty formula")
    for column, character in enumerate(text):
        if character == "^":
            raise ExpressionError("'^' is not a power here; use **", column)
        if not (character.isascii() and (character.isprintable() or character.isspace())):
            raise ExpressionError(f"{character!r} may not stand in a formula", column)
    indent = len(text) - len(text.lstrip())
    line = re.sub(r"\s", " ", text).strip()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Python's hints are about programs
            tree = ast.parse(line, mode="eval").body
    except SyntaxError as error:
        column = indent + max((error.offset or 1) - 1, 0)
        column = min(column, max(len(text.rstrip()) - 1, 0))
        if re.match(r"[0-9.]+[A-Za-z(]", text[max(column - 1, 0) :]):
            raise ExpressionError("a product needs its sign; write 2*x", column) from None
        raise ExpressionError("this is not a formula", column) from None
    except (ValueError, MemoryError, RecursionError):
        raise ExpressionError("nested too deep", 0, len(text)) from None
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
        case ast.Call(func=ast.Constant()):
            raise _error("a product needs its sign; write 2*(...)", node)
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
            if name not in FUNCTIONS:
                if name in CONSTANTS or VARIABLE.fullmatch(name):
                    raise _error(f"'{name}' is not a function; write {name}*(...)", node.func)
                raise _error(f"unknown function '{name}'{did_you_mean(name, FUNCTIONS)}", node.func)
            if name in OF_SEVERAL:
                if len(arguments) < 2:
                    raise _error(f"{name} takes two arguments or more", node)
            elif len(arguments) != 1:
                raise _error(f"{name} takes one argument", node)
            return None, arguments
        case _:
            refused = node.op if isinstance(node, ast.BinOp | ast.UnaryOp) else node
            words = IN_WORDS.get(type(refused), "this")
            raise _error(f"{words} may not stand in a formula", node)


def _check_name(node: ast.Name, known: Sequence[str]) -> None:
    name = node.id
    if name in known or name in CONSTANTS:
        return
    if name in FUNCTIONS:
        raise _error(f"'{name}' is a function; write {name}(...)", node)
    hint = did_you_mean(name, [*known, *CONSTANTS, *FUNCTIONS])
    raise _error(f"unknown name '{name}'{hint or _known_variables(known)}", node)


def _known_variables(known: Sequence[str]) -> str:
    return (
        f"; the variables are {', '.join(known)}" if known else "; variables are x, y, z, x1, ..."
    )


def _natural(name: str) -> tuple[str, int]:
    return name[0], int(name[1:] or -1)


def _error(message: str, node: ast.expr) -> ExpressionError:
    return ExpressionError(message, node.col_offset, (node.end_col_offset or 0) - node.col_offset)


def _fold(node: Any) -> tuple[Any, int]:
    """Return the tree with what has no variable replaced by its number, as exactly as can be.

    With it comes how many bits of constants can meet in one number when SymPy multiplies it out.
    """
    bits = 0
    match node:
        case ast.Constant():
            node.value = _number(node, lambda: Fraction(repr(node.value)))  # type: ignore[assignment]  # from here on constants may be fractions
        case ast.UnaryOp():
            node.operand, bits = _fold(node.operand)
        case ast.BinOp(op=op):
            node.left, bits = _fold(node.left)
            node.right, more = _fold(node.right)
            if not isinstance(op, ast.Pow):
                bits = bits + more if isinstance(op, ast.Mult | ast.Div) else max(bits, more)
            elif isinstance(node.right, ast.Constant):
                power: Any = node.right.value
                bits = int(max(bits, 1) * max(abs(power), 1))
        case ast.Call():
            folded = [_fold(argument) for argument in node.args]
            node.args, bits = [part for part, _ in folded], max(more for _, more in folded)
    node = _folded(node)
    if isinstance(node, ast.Constant):
        bits = _bits(node)
    if bits > MOST_BITS:
        raise _error("too large a number", node)
    return node, bits


def _folded(node: Any) -> Any:
    """Return the constant that a node with folded operands is, or the node."""
    match node:
        case ast.Name(id=name) if name in CONSTANTS:
            value: Any = CONSTANTS[name]
        case ast.UnaryOp(op=op, operand=ast.Constant()):
            value = OPERATORS[type(op)](_worth(node.operand))
        case ast.BinOp(op=op, left=ast.Constant(), right=ast.Constant()):
            value = _number(node, lambda: _operate(op, _worth(node.left), _worth(node.right)))
        case ast.Call(func=ast.Name(id=name), args=arguments) if all(
            isinstance(argument, ast.Constant) for argument in arguments
        ):
            value = _number(node, lambda: FUNCTIONS[name](*map(_worth, arguments)))
        case _:
            return node
    return ast.copy_location(ast.Constant(value), node)


def _worth(constant: Any) -> Any:
    return constant.value


def _operate(op: ast.operator, left: Fraction | float, right: Fraction | float) -> Any:
    function = OPERATORS[type(op)]
    if not (isinstance(left, Fraction) and isinstance(right, Fraction)):
        return function(float(left), float(right))
    whole = right.denominator == 1 and abs(right) * _size(left) <= MOST_BITS
    if isinstance(op, ast.Pow) and not whole:
        return function(float(left), float(right))
    return function(left, right)


def _number(node: ast.expr, compute: Callable[[], Any]) -> Fraction | float:
    try:
        number = compute()
        if isinstance(number, complex) or not math.isfinite(number):
            raise ValueError
        float(number)
    except ZeroDivisionError:
        raise _error("division by zero", node) from None
    except OverflowError:
        raise _error("too large a number", node) from None
    except ValueError:
        raise _error("this has no real value", node) from None
    return number if isinstance(number, Fraction) and _size(number) <= MOST_BITS else float(number)


def _size(number: Fraction) -> int:
    return max(number.numerator.bit_length(), number.denominator.bit_length())


def _bits(constant: Any) -> int:
    return _size(constant.value) if isinstance(constant.value, Fraction) else 1


def _walk(
    node: ast.expr,
    names: Mapping[str, Any],
    functions: Mapping[str, Callable[..., Any]],
    number: Callable[[Any], Any],
) -> Any:
    """Return what the tree is worth, given what names, functions and numbers are worth."""

    def worth(part: ast.expr) -> Any:
        return _walk(part, names, functions, number)

    match node:
        case ast.Constant(value=value):
            return number(value)
        case ast.Name(id=name):
            return names[name]
        case ast.UnaryOp(op=op, operand=operand):
            return OPERATORS[type(op)](worth(operand))
        case ast.BinOp(left=left, op=op, right=right):
            return OPERATORS[type(op)](worth(left), worth(right))
        case ast.Call(func=ast.Name(id=name), args=arguments):
            return functions[name](*map(worth, arguments))
    raise TypeError(f"an unchecked tree: {ast.dump(node)}")


def _several(function: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    return lambda *arguments: reduce(function, arguments)


IN_NUMPY: Mapping[str, Callable[..., Any]] = {
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "asin": np.arcsin,
    "acos": np.arccos,
    "atan": np.arctan,
    "sinh": np.sinh,
    "cosh": np.cosh,
    "tanh": np.tanh,
    "exp": np.exp,
    "log": np.log,
    "log10": np.log10,
    "sqrt": np.sqrt,
    "abs": np.abs,
    "sign": np.sign,
    "min": _several(np.minimum),
    "max": _several(np.maximum),
}


def _numpy_number(value: Fraction | float) -> float:
    if isinstance(value, Fraction) and value.denominator == 1 and abs(value) < 2**31:
        return int(value)  # NumPy squares faster than it takes x to the power of 2.0
    return float(value)


def _in_sympy(tree: ast.expr, symbols: Mapping[str, Any]) -> Any:
    import sympy

    functions = {name: getattr(sympy, name) for name in FUNCTIONS if hasattr(sympy, name)} | {
        "log10": lambda argument: sympy.log(argument, 10),
        "abs": sympy.Abs,
        "min": sympy.Min,
        "max": sympy.Max,
    }

    def number(value: Fraction | float) -> Any:
        if isinstance(value, Fraction):
            return sympy.Rational(value.numerator, value.denominator)
        return sympy.Float(value, 17)  # digits enough to be read back as the same float

    return sympy.sympify(_walk(tree, symbols, functions, number))


def _compile(symbols: Sequence[Any], formulas: Sequence[Any]) -> Callable[..., Sequence[Any]]:
    import sympy

    # A kink has no second derivative; beside it the derivative is right, and a spike on it is
    # nothing that a floating-point number can meet.
    smooth = [
        formula.replace(sympy.DiracDelta, lambda *_: sympy.Integer(0)) for formula in formulas
    ]
    compiled: Callable[..., Sequence[Any]] = sympy.lambdify(
        symbols, smooth, modules="numpy", cse=True
    )
    return compiled
