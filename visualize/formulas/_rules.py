"""The signs of a rule, `x ← x - η m̂ / (√v̂ + ε)`, and the tree that they make.

There is no sign between factors, a superscript is a power, and what has no space within holds
together more than what has: in s yᵀ / yᵀs all of yᵀs divides.
"""

import ast
import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from visualize.formulas._numbers import number

RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ᵗᵀⁿᵏᵖ", "0123456789+-tTnkp", strict=True))
"""Signs of a power, and what they are below."""
HIGH = "".join(RAISED)
SIGN = re.compile(
    rf"""
    (?P<space> \s+ )
    | (?P<number> \d+(?:\.\d+)?(?:[eE][-+]?\d+)? )
    | (?P<high> [{HIGH}]+ )
    | (?P<name>
        (?:[A-Za-z](?![A-Za-z])|[^\W\d_A-Za-z{HIGH}]|[∇∞]) \u0302?
        (?: \d+ | _\w+ | [₀-₉₊₋ₜᵢⱼₖₙ∞]+ )?
        (?: ' | \*(?=[\s,)]|$) | [⁺⁻](?![{HIGH}]) )?
      )
    | (?P<call> [A-Za-z]{{2,}}(?=\() | argmin(?=\s\w) )
    | (?P<word> [A-Za-z][A-Za-z]+(?:'s|_\w+)? )
    | (?P<dots> \.\.\.|… )
    | (?P<relation> ←|<-|≤|≥|<=|>=|≈|=|<|> )
    | (?P<sign> [-+/·*^(),‖|√] )
    """,
    re.VERBOSE,
)

COMPUTES = re.compile(r"[-+*/·√]\s*$")
COMPUTED = re.compile(r"\s*(?:[+*/·←^]|<-|-\s|=)")
"""What stands before and behind a name of several letters."""


class Sign(NamedTuple):
    """A sign of a rule, and where it stands."""

    kind: str
    text: str
    start: int
    end: int


def signs_of(line: str) -> list[Sign] | None:
    """Return what a line is made of, without its spaces; None if there is anything else in it."""
    signs, place = [], 0
    while place < len(line):
        found = SIGN.match(line, place)
        if not found:
            return None
        place = found.end()
        if found.lastgroup != "space":
            signs.append(Sign(f"{found.lastgroup}", found[0], found.start(), place))
    return [_name_or_word(it, line) for it in signs]


def _name_or_word(sign: Sign, line: str) -> Sign:
    """Return a word as a name where it is computed with: x - lr * g, but not: or -g."""
    computed = COMPUTES.search(line[: sign.start]) or COMPUTED.match(line, sign.end)
    return sign._replace(kind="name") if sign.kind == "word" and computed else sign


def decomposed(line: str) -> str:
    """Return a line in which hats are signs of their own, and there is one sign for minus."""
    return unicodedata.normalize("NFD", line.replace("\N{MINUS SIGN}", "-"))


class RuleReader:
    """Reads a sum of products; raises `ValueError` where there is none."""

    def __init__(self, signs: Sequence[Sign]) -> None:
        self._signs = [*signs, Sign("end", "", -1, -1)]
        self._place = 0
        self._open: tuple[str, ...] = ()  # the bars that are open: the next one ends them

    def whole(self) -> ast.expr:
        """Return the tree of all signs."""
        tree = self._sum()
        if self._next.kind != "end":
            raise ValueError(f"unexpected {self._next.text}")
        return tree

    @property
    def _next(self) -> Sign:
        return self._signs[self._place]

    def _take(self, *texts: str) -> str:
        """Return the next sign, and go on, if it is one of some."""
        if self._next.kind == "sign" and self._next.text in texts:
            self._place += 1
            return self._signs[self._place - 1].text
        return ""

    def _sum(self) -> ast.expr:
        sign = self._take("-", "+")
        tree = self._product()
        if sign == "-":
            tree = ast.UnaryOp(ast.USub(), tree)
        while sign := self._take("-", "+"):
            tree = ast.BinOp(tree, ast.Add() if sign == "+" else ast.Sub(), self._product())
        return tree

    def _product(self) -> ast.expr:
        tree = self._factor()
        while True:
            if self._take("/"):
                tree = ast.BinOp(tree, ast.Div(), self._factor())
            elif self._take("*") or self._begins():
                tree = ast.BinOp(tree, ast.Mult(), self._factor())
            else:
                return tree

    def _begins(self) -> bool:
        """Whether a factor begins here."""
        kind, text = self._next.kind, self._next.text
        if kind == "sign" and text in "‖|":
            return text not in self._open
        return kind in {"number", "name", "call", "dots"} or text in {"(", "√"}

    def _factor(self) -> ast.expr:
        """Return what holds together: yᵀs, g·g."""
        tree = self._power()
        while True:
            if self._take("·"):
                tree = ast.BinOp(tree, ast.MatMult(), self._power())
            elif self._begins() and self._signs[self._place - 1].end == self._next.start:
                tree = ast.BinOp(tree, ast.Mult(), self._power())
            else:
                return tree

    def _power(self) -> ast.expr:
        tree = self._atom()
        if self._next.kind == "high":
            if self._next.text == "ᵀ":
                self._place += 1
                return ast.BinOp(tree, ast.Pow(), ast.Constant(r"\mathrm{T}"))
            below = self._next.text.translate({ord(one): it for one, it in RAISED.items()})
            self._place += 1
            exponent = RuleReader(signs_of(below) or ()).whole()
            return ast.BinOp(tree, ast.Pow(), exponent)
        if self._take("^"):
            negative = self._take("-")
            exponent = self._atom()
            exponent = ast.UnaryOp(ast.USub(), exponent) if negative else exponent
            return ast.BinOp(tree, ast.Pow(), exponent)
        return tree

    def _atom(self) -> ast.expr:
        sign = self._next
        self._place += sign.kind != "end"
        match sign.kind, sign.text:
            case "number", text:
                return number(text)
            case "name", text:
                called = self._next.text == "(" and self._next.start == sign.end
                return self._call(text) if called else ast.Name(text)
            case "call", text:
                return self._call(text)
            case "dots", _:
                alone = len(self._signs) == 2
                return ast.Constant(r"\ldots" if alone else r"\cdots")
            case "sign", "(":
                return self._group()
            case "sign", "√":
                return ast.Call(ast.Name("sqrt"), [self._atom()], [])
            case "sign", ("‖" | "|") as bar:
                return ast.Call(ast.Name("norm" if bar == "‖" else "abs"), [self._barred(bar)], [])
        raise ValueError(f"unexpected {sign.text}")

    def _call(self, name: str) -> ast.expr:
        if name == "argmin" and self._next.text != "(":
            return ast.BinOp(ast.Name(name), ast.Mult(), self._power())
        self._take("(")
        arguments = [self._inside()]
        while self._take(","):
            arguments.append(self._inside())
        self._closed(")")
        return ast.Call(ast.Name(name), arguments, [])

    def _inside(self) -> ast.expr:
        before, self._open = self._open, ()
        tree = self._sum()
        self._open = before
        return tree

    def _barred(self, bar: str) -> ast.expr:
        before, self._open = self._open, (*self._open, bar)
        tree = self._sum()
        self._open = before
        self._closed(bar)
        return tree

    def _group(self) -> ast.expr:
        """Return what stands in parentheses; with words among it they stay: (g before)."""
        inside = list(self._until_closed())
        if not any(sign.kind == "word" for sign in inside):
            tree = self._inside()
            self._closed(")")
            return tree
        self._place += len(inside) + 1
        return ast.Tuple([ast.Name(sign.text) for sign in inside])

    def _until_closed(self) -> Iterator[Sign]:
        depth = 0
        for sign in self._signs[self._place :]:
            depth += (sign.text == "(") - (sign.text == ")")
            if depth < 0:
                return
            if sign.kind == "end":
                raise ValueError("a parenthesis is not closed")
            yield sign

    def _closed(self, sign: str) -> None:
        if not self._take(sign):
            raise ValueError(f"{sign} is missing")
