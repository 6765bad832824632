"""The tree of a formula -> its mathematics, from the leaves up."""

import ast
import re
from collections.abc import Callable, Mapping, Sequence

from visualize.formulas._names import named
from visualize.formulas._numbers import in_digits
from visualize.formulas._parts import (
    Level,
    Part,
    after_a_sign,
    applied,
    between,
    bracketed,
    divided,
    held,
    indexed,
    multiplied,
    raised,
    rooted,
    script,
    summed,
)
from visualize.formulas._terms import is_negative, is_product, quotients_of, terms_of

WORDS = {
    **{name: rf"\{name}" for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh", "exp")},
    "asin": r"\arcsin",
    "acos": r"\arccos",
    "atan": r"\arctan",
    "log": r"\ln",
    "log2": r"\log_2",
    "log10": r"\log_{10}",
}
"""Functions that need no brackets around one letter, and may be raised: sin x, sin^2 x."""
SPELLED = {
    "asinh": "arsinh",
    "acosh": "arcosh",
    "atanh": "artanh",
    "round": "round",
    "sign": "sign",
    "sigmoid": "sigmoid",
    "sinc": "sinc",
    "clip": "clip",
    "atan2": "atan2",
}
"""Functions in upright words, always with brackets."""
RELATIONS: Mapping[type[ast.cmpop], str] = {
    ast.Lt: "<",
    ast.LtE: r"\leq",
    ast.Gt: ">",
    ast.GtE: r"\geq",
    ast.Eq: "=",
    ast.NotEq: r"\neq",
}
SHORT = 10
"""What has no more parts than that may stand above e; of the rest it is exp."""
FLAT = (ast.Constant, ast.Name, ast.UnaryOp, ast.BinOp)
BARE = re.compile(r"[\w.]|\\(?!left|Vert)")
"""What sin may stand before without brackets."""
ONE = ast.Constant(1)


def part_of(node: ast.expr, *, inline: bool = False) -> Part:
    """Return a tree as mathematics; `inline` where fractions are written with a slash."""
    match node:
        case ast.Constant(value=str(words)):
            return Part(words, Level.ATOM)
        case ast.Constant(value=int() | float() as value):
            return in_digits(getattr(node, "written", repr(value)))
        case ast.Name(id=name):
            return named(name)
        case ast.Tuple(elts=words):
            inside = r"\ ".join(part_of(it).text for it in words)
            return Part(f"({inside})", Level.ATOM)
        case ast.Subscript(value=ast.Name(id=name), slice=index):
            return Part(indexed(named(name).text, part_of(index, inline=True).text), Level.ATOM)
        case ast.BinOp(op=ast.Pow(), left=base, right=exponent):
            return _power(base, exponent, inline=inline)
        case ast.BinOp(op=ast.Mod(), left=left, right=right):
            return _rest(left, right, inline=inline)
        case ast.BinOp(op=ast.MatMult(), left=left, right=right):
            return _dotted(left, right, inline=inline)
        case ast.BinOp(op=ast.Mult() | ast.Div()):
            return _signed(node, inline=inline)
        case ast.BinOp(op=ast.Add() | ast.Sub()) | ast.UnaryOp(op=ast.USub() | ast.UAdd()):
            return _sum(node, inline=inline)
        case ast.Call(func=ast.Name(id=name), args=arguments):
            return _call(name, arguments, inline=inline)
        case ast.IfExp(test=test, body=body, orelse=orelse):
            return _cases(test, body, orelse, inline=inline)
        case ast.Compare() | ast.BoolOp() | ast.UnaryOp(op=ast.Not()):
            return Part(bracketed(_condition(node), "[]"), Level.ATOM)
    raise TypeError(f"no part of a formula: {ast.dump(node)}")


def signed_terms(node: ast.expr) -> tuple[str, ...]:
    """Return the terms of a whole formula, each with its sign."""
    terms = terms_of(node)
    if len(terms) == 1:
        return (part_of(node).text,)
    first, *others = (
        (it, held(_unsigned(term, inline=False), Level.PRODUCT)) for it, term in terms
    )
    signed = (f"{'-' if negative else '+'} {text}" for negative, text in others)
    return (f"-{first[1]}" if first[0] else first[1], *signed)


def _sum(node: ast.expr, *, inline: bool) -> Part:
    return summed([(it, _unsigned(term, inline=inline)) for it, term in terms_of(node)])


def _signed(node: ast.expr, *, inline: bool) -> Part:
    """Return a product with its sign."""
    part = _unsigned(node, inline=inline)
    return summed([(True, part)]) if is_negative(node) else part


def _unsigned(node: ast.expr, *, inline: bool) -> Part:
    """Return a term without its sign."""
    if not is_product(node):
        return part_of(node, inline=inline)
    _, quotients = quotients_of(node)
    return multiplied([_quotient(*it, inline=inline) for it in quotients])


def _quotient(above: list[ast.expr], below: list[ast.expr], *, inline: bool) -> Part:
    small = inline or bool(below)
    numerator = multiplied([part_of(it, inline=small) for it in above])
    if not below:
        return numerator
    denominator = multiplied([part_of(it, inline=small) for it in below])
    return divided(numerator, denominator, inline=inline)


def _power(base: ast.expr, exponent: ast.expr, *, inline: bool) -> Part:
    match base, exponent:
        case ast.Name(id="e"), _:
            return _exp(exponent, inline=inline)
        case ast.Call(func=ast.Name(id=name), args=[one]), ast.Constant(value=int(count)) if (
            name in WORDS and name != "exp" and count > 1
        ):
            return _function(f"{WORDS[name]}^{script(str(count))}", one, inline=inline)
    return raised(part_of(base, inline=inline), part_of(exponent, inline=True))


def _exp(exponent: ast.expr, *, inline: bool) -> Part:
    if not _is_short(exponent):
        return _function(r"\exp", exponent, inline=inline)
    return raised(Part("e", Level.ATOM), part_of(exponent, inline=True))


def _is_short(node: ast.expr) -> bool:
    """Whether something is small and flat enough to stand above e."""
    parts = [it for it in ast.walk(node) if isinstance(it, ast.expr)]
    if len(parts) > SHORT or not all(isinstance(it, FLAT) for it in parts):
        return False
    powers = (it for it in parts if isinstance(it, ast.BinOp) and isinstance(it.op, ast.Pow))
    return all(isinstance(it.right, ast.Constant) for it in powers)


def _function(head: str, argument: ast.expr, *, inline: bool) -> Part:
    part = part_of(argument, inline=inline)
    letter = part.level == Level.ATOM and BARE.match(part.text)
    tall = part.level == Level.APPLIED and part.text.startswith((r"\dfrac", r"\sqrt"))
    return applied(head, [part], bare=bool(letter or (tall and head != r"\exp")))


def _rest(left: ast.expr, right: ast.expr, *, inline: bool) -> Part:
    sides = [held(part_of(it, inline=inline), Level.POWER) for it in (left, right)]
    return Part(rf"{sides[0]}\ \mathrm{{mod}}\ {sides[1]}", Level.CHOICE)


def _dotted(left: ast.expr, right: ast.expr, *, inline: bool) -> Part:
    sides = [held(part_of(it, inline=inline), Level.POWER) for it in (left, right)]
    part = Part(rf"{sides[0]} \cdot {sides[1]}", Level.PRODUCT)
    return part._replace(closed=bracketed(part))


def _call(name: str, arguments: Sequence[ast.expr], *, inline: bool) -> Part:
    match arguments:
        case [ast.GeneratorExp() as terms]:
            return _over_an_index(rf"\{name}", terms)
        case [_, _, *_] if name in ("sum", "prod"):
            tree = _call_of(name, *arguments)
            return (_sum if name == "sum" else _signed)(tree, inline=inline)
        case [one] if name in ("sum", "prod"):
            return part_of(one, inline=inline)
    if name in FORMS:
        return FORMS[name](*arguments, inline=inline)
    if name in WORDS:
        return _function(WORDS[name], arguments[0], inline=inline)
    parts = [part_of(it, inline=inline) for it in arguments]
    if name in ("min", "max"):
        return applied(rf"\{name}", parts)
    head = named(SPELLED.get(name, name)).text
    return applied(head, parts)


def _over_an_index(sign: str, terms: ast.GeneratorExp) -> Part:
    [over] = terms.generators
    first, last = _bounds(over.iter)
    body = held(part_of(terms.elt), Level.PRODUCT)
    below = f"{part_of(over.target).text}={part_of(first, inline=True).text}"
    text = rf"{sign}_{{{below}}}^{{{part_of(last, inline=True).text}}} {body}"
    part = Part(text, Level.APPLIED)
    return part._replace(closed=bracketed(part))


def _bounds(over: ast.expr) -> tuple[ast.expr, ast.expr]:
    match over:
        case ast.BinOp(op=ast.RShift(), left=first, right=last):
            return first, last
    raise TypeError(f"no bounds: {ast.dump(over)}")


def _cases(*arguments: ast.expr, inline: bool) -> Part:
    """Return a choice in a line: x^2 if x > 0, 1 if x < -1, else 0."""
    text = ""
    while len(arguments) == 3:
        test, one, other = arguments
        value = held(part_of(one, inline=inline), Level.SUM)
        value = after_a_sign(value) if text else value
        text += rf"{value}\ \mathrm{{if}}\ {_condition(test).text},\ "
        match other:
            case ast.IfExp(test=test, body=body, orelse=orelse):
                arguments = (test, body, orelse)
            case ast.Call(func=ast.Name(id="where"), args=inner):
                arguments = tuple(inner)
            case _:
                break
    last = after_a_sign(held(part_of(other, inline=inline), Level.SUM))
    return Part(rf"{text}\mathrm{{else}}\ {last}", Level.CHOICE)


def _condition(node: ast.expr) -> Part:
    """Return what holds or does not, without the brackets that make it a number."""
    match node:
        case ast.Compare(left=left, ops=signs, comparators=others):
            text = held(part_of(left, inline=True), Level.SUM)
            for sign, other in zip(signs, others, strict=True):
                side = after_a_sign(held(part_of(other, inline=True), Level.SUM))
                text += f" {RELATIONS[type(sign)]} {side}"
            return Part(text, Level.PRODUCT)
        case ast.BoolOp(op=joint, values=values):
            word = rf"\ \mathrm{{{'and' if isinstance(joint, ast.And) else 'or'}}}\ "
            return Part(word.join(held(_condition(it), Level.PRODUCT) for it in values), Level.SUM)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return Part(rf"\mathrm{{not}}\ {bracketed(_condition(operand))}", Level.PRODUCT)
    return part_of(node, inline=True)


def _call_of(name: str, *arguments: ast.expr) -> ast.Call:
    return ast.Call(ast.Name(name), list(arguments), [])


def _plus(*terms: ast.expr) -> ast.expr:
    return _call_of("sum", *terms)


def _squared(node: ast.expr) -> ast.expr:
    return ast.BinOp(node, ast.Pow(), ast.Constant(2))


def _sized(node: ast.expr, opening: str, closing: str, *, inline: bool) -> Part:
    return between(part_of(node, inline=inline), opening, closing)


def _norm(*nodes: ast.expr, inline: bool) -> Part:
    inside = ", ".join(after_a_sign(part_of(it, inline=inline).text) for it in nodes)
    part = Part(inside, Level.SUM)
    vector = part if len(nodes) == 1 else Part(bracketed(part), Level.ATOM)
    return between(vector, r"\Vert", r"\Vert")


FORMS: Mapping[str, Callable[..., Part]] = {
    "abs": lambda x, inline: _sized(x, "|", "|", inline=inline),
    "floor": lambda x, inline: _sized(x, r"\lfloor", r"\rfloor", inline=inline),
    "ceil": lambda x, inline: _sized(x, r"\lceil", r"\rceil", inline=inline),
    "norm": _norm,
    "hypot": lambda *them, inline: rooted(part_of(_plus(*map(_squared, them)), inline=inline)),
    "sqrt": lambda x, inline: rooted(part_of(x, inline=inline)),
    "cbrt": lambda x, inline: rooted(part_of(x, inline=inline), "3"),
    "exp": _exp,
    "exp2": lambda x, inline: part_of(ast.BinOp(ast.Constant(2), ast.Pow(), x), inline=inline),
    "expm1": lambda x, inline: part_of(
        ast.BinOp(_call_of("exp", x), ast.Sub(), ONE), inline=inline
    ),
    "log1p": lambda x, inline: part_of(_call_of("log", _plus(ONE, x)), inline=inline),
    "softplus": lambda x, inline: part_of(
        _call_of("log", _plus(ONE, _call_of("exp", x))), inline=inline
    ),
    "logsumexp": lambda *them, inline: part_of(
        _call_of("log", _plus(*[_call_of("exp", it) for it in them])), inline=inline
    ),
    "mod": _rest,
    "where": _cases,
}
"""Functions that mathematicians write in a way of their own."""
