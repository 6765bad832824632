"""The one table of what formulas may contain: functions, constants and operators."""

import ast
import math
import operator
from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any, NamedTuple

import numpy as np

from visualize.formulas.dual import Dual, Term, larger


class Function(NamedTuple):
    """A function of one argument, in the ways in which it is computed."""

    number: Callable[..., float]
    """Of one number; raises where there is no value."""
    array: Callable[..., Any]
    """Of many numbers."""
    derivative: Callable[[Term], Term]
    """Its slope; a kink has the slope between its sides."""


FUNCTIONS: Mapping[str, Function] = {
    "sin": Function(math.sin, np.sin, lambda x: call("cos", x)),
    "cos": Function(math.cos, np.cos, lambda x: -call("sin", x)),
    "tan": Function(math.tan, np.tan, lambda x: 1 + call("tan", x) ** 2),
    "asin": Function(math.asin, np.arcsin, lambda x: 1 / call("sqrt", 1 - x**2)),
    "acos": Function(math.acos, np.arccos, lambda x: -1 / call("sqrt", 1 - x**2)),
    "atan": Function(math.atan, np.arctan, lambda x: 1 / (1 + x**2)),
    "sinh": Function(math.sinh, np.sinh, lambda x: call("cosh", x)),
    "cosh": Function(math.cosh, np.cosh, lambda x: call("sinh", x)),
    "tanh": Function(math.tanh, np.tanh, lambda x: 1 - call("tanh", x) ** 2),
    "exp": Function(math.exp, np.exp, lambda x: call("exp", x)),
    "log": Function(math.log, np.log, lambda x: 1 / x),
    "log10": Function(math.log10, np.log10, lambda x: 1 / (math.log(10) * x)),
    "sqrt": Function(math.sqrt, np.sqrt, lambda x: 0.5 / call("sqrt", x)),
    "abs": Function(abs, np.abs, lambda x: call("sign", x)),
    "sign": Function(lambda number: float((number > 0) - (number < 0)), np.sign, lambda x: 0.0 * x),
}
OF_SEVERAL: Mapping[str, Callable[..., float]] = {"min": min, "max": max}
"""Functions of two arguments or more."""
CONSTANTS = {"pi": math.pi, "e": math.e}
OPERATORS: Mapping[type[ast.AST], Callable[..., Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.UAdd: operator.pos,
    ast.USub: operator.neg,
}
NAMES = (*FUNCTIONS, *OF_SEVERAL)
"""What can be called."""


def call(name: str, *arguments: Term) -> Term:
    """Return a function's value, with derivatives where an argument carries them."""
    if name == "max":
        return reduce(larger, arguments)
    if name == "min":
        return -reduce(larger, [-argument for argument in arguments])
    [argument] = arguments
    function = FUNCTIONS[name]
    if isinstance(argument, Dual):
        return argument.chain(call(name, argument.value), function.derivative(argument.value))
    return function.array(argument)


def call_with_numbers(name: str, *numbers: float) -> float:
    """Return a function's value of plain numbers; raises where there is none."""
    return (OF_SEVERAL[name] if name in OF_SEVERAL else FUNCTIONS[name].number)(*numbers)
