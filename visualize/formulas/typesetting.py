r"""Formula -> mathematics: `x**2/20 + y**2` as a mathematician sets it, `\dfrac{x^2}{20} + y^2`.

What comes out is matplotlib's mathtext, to stand between dollar signs. The tree is the one that
was written, not the one that is computed: numbers and sums over an index stand as they were typed.
"""

import ast
import re

from visualize.errors import ExpressionError
from visualize.formulas._numbers import keep_as_written
from visualize.formulas._parts import in_words
from visualize.formulas._setting import signed_terms
from visualize.formulas.reading import parsed
from visualize.formulas.spellings import in_our_characters

DECIMAL = re.compile(r"[\d_]*\.?[\d_]*(?:[eE][-+]?\d+)?")
DEEPEST = 12
"""So many braces in braces mathtext is asked to set; it calls itself for each."""


def in_mathematics(expression: str) -> str:
    r"""Return a formula as mathtext, without dollar signs.

    What is no formula, or is nested too deep to be set, is returned as the text that it is.

    >>> in_mathematics("x**2/20 + sin(2*pi*x1)**2")
    '\\dfrac{x^2}{20} + \\sin^2(2\\pi x_1)'
    """
    return " ".join(terms_in_mathematics(expression))


def terms_in_mathematics(expression: str) -> tuple[str, ...]:
    r"""Return the terms of a formula, between which a line may end, each with its sign.

    >>> terms_in_mathematics("x**2 - 2*y**2")
    ('x^2', '- 2y^2')
    """
    plain, _ = in_our_characters(expression)
    try:
        tree = parsed(plain)
        _keep_numbers(tree, plain)
        terms = signed_terms(tree)
    except (ExpressionError, LookupError, TypeError, ValueError, RecursionError):
        return (in_words(expression),)  # a tree that is not checked has anything in it
    return terms if max(map(_depth, terms)) <= DEEPEST else (in_words(expression),)


def _keep_numbers(tree: ast.expr, text: str) -> None:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
            written = text[node.col_offset : node.end_col_offset]
            if DECIMAL.fullmatch(written) and written.strip("_."):
                keep_as_written(node, written)


def _depth(text: str) -> int:
    depth = deepest = 0
    for sign in re.findall(r"\\left|\\right|\\.|[{}]", text):
        depth += (sign in ("{", r"\left")) - (sign in ("}", r"\right"))
        deepest = max(deepest, depth)
    return deepest
