"""The terms of a sum and the factors of a product, in their order, with their signs."""

import ast
from collections.abc import Iterator

Quotient = tuple[list[ast.expr], list[ast.expr]]
"""What is multiplied, and what that is divided by."""


def terms_of(node: ast.expr) -> list[tuple[bool, ast.expr]]:
    """Return the terms of a sum, each with whether it is taken away, in their order."""
    terms: list[tuple[bool, ast.expr]] = []
    waiting = [(False, node)]
    while waiting:
        negative, node = waiting.pop()
        match node:
            case ast.UnaryOp(op=ast.UAdd(), operand=operand):
                waiting.append((negative, operand))
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                waiting.append((not negative, operand))
            case ast.BinOp(op=ast.Add(), left=left, right=right) if not negative:
                waiting += [(False, right), (False, left)]
            case ast.BinOp(op=ast.Sub(), left=left, right=right) if not negative:
                waiting += [(True, right), (False, left)]
            case ast.Call(func=ast.Name(id="sum"), args=[_, _, *_] as several) if not negative:
                waiting += [(False, it) for it in reversed(several)]
            case _:
                terms.append((negative ^ (is_product(node) and is_negative(node)), node))
    return terms


def is_product(node: ast.expr) -> bool:
    """Whether something is a product or a fraction."""
    match node:
        case ast.BinOp(op=ast.Mult() | ast.Div()):
            return True
        case ast.Call(func=ast.Name(id="prod"), args=[_, _, *_]):
            return True
    return False


def is_negative(node: ast.expr) -> bool:
    """Whether the signs of the factors make a product negative."""
    return quotients_of(node)[0]


def quotients_of(node: ast.expr) -> tuple[bool, list[Quotient]]:
    """Return whether a product is negative, and its fractions, one after the other.

    A divisor divides what has been multiplied since the last one: a*b/c*d/e is ab/c times d/e.
    """
    negative, quotients = False, list[Quotient]()
    for divides, factor in _factors(node):
        while isinstance(factor, ast.UnaryOp) and isinstance(factor.op, ast.USub | ast.UAdd):
            negative ^= isinstance(factor.op, ast.USub)
            factor = factor.operand
        inner = quotients_of(factor) if is_product(factor) else (False, [([factor], [])])
        negative ^= inner[0]
        if not divides:
            _multiply(quotients, inner[1])
        elif len(inner[1]) == 1 and not inner[1][0][1]:
            quotients[-1][1].extend(inner[1][0][0])
        else:
            quotients[-1][1].append(factor)
            negative ^= inner[0]  # which stays with it
    return negative, quotients


def _multiply(quotients: list[Quotient], others: list[Quotient]) -> None:
    for above, below in others:
        if quotients and not quotients[-1][1] and not below:
            quotients[-1][0].extend(above)
        else:
            quotients.append((list(above), list(below)))


def _factors(node: ast.expr) -> Iterator[tuple[bool, ast.expr]]:
    """Yield what a product is made of from the left, each with whether it divides."""
    if isinstance(node, ast.Call):
        yield from ((False, it) for it in node.args)
        return
    found = list[tuple[bool, ast.expr]]()
    while isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Div):
        found.append((isinstance(node.op, ast.Div), node.right))
        node = node.left
    yield False, node
    yield from reversed(found)
