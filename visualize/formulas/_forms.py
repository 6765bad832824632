"""Whole forms of other languages, in ours: choices, sums over an index, conditions.

Each is a function from a text to what is wrong in it, which `repairs` tells: the words, from where
to where, the text in our form where that is sure, and else what to write, for example.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

CHOICE = "for example x**2 if x > 0 else -x"
SUM = "for example sum(x[i]**2 for i in 1..3)"
OPENING, CLOSING = "([{", ")]}"


class Form(NamedTuple):
    """What is wrong, where, and the text without it, where that is sure; else an example."""

    words: str
    start: int
    end: int
    mended: str | None = None
    shown: str = ""


def form_in(text: str) -> Form | None:
    """Return the first form of another language in a text."""
    return next(filter(None, (find(text) for find in FORMS)), None)


IF_THEN = re.compile(
    r"\s*if\b(?P<test>.*?)(?:\bthen\b|:)(?P<one>.*?)[;,]?\s*"
    r"\b(?:else\b|el(?=s?e?if))\s*:?(?P<other>.*)"
)


def _if_then(text: str) -> Form | None:
    """`if x > 0 then x**2 else -x` is `x**2 if x > 0 else -x`."""
    found = IF_THEN.match(text)
    if not found:
        return None
    test, one, other = (part.strip() for part in found.groups())
    other = re.sub(r"^s?e?if\b", "if", other)
    inner = _if_then(other)
    other = inner.mended or other if inner else other
    start = text.index("if")
    mended = f"{one} if {test} else {other}"
    return Form("a choice is written a if ... else b", start, start + 2, mended, CHOICE)


def _without_else(text: str) -> Form | None:
    """`0.1 if t < 5` does not say what is otherwise."""
    found = re.search(r"\bif\b(?!\s*\()", text)
    if not found or re.search(r"\b(else|for)\b", text) or not text[: found.start()].strip():
        return None
    shown = f"{' '.join(text.split())} else ..."
    return Form("'else' is missing: what is it otherwise?", found.start(), found.end(), None, shown)


def _question(text: str) -> Form | None:
    """`x > 0 ? x : -x` is `where(x > 0, x, -x)`."""
    at = text.find("?")
    if at < 0:
        return None
    first, last = _around(text, at)
    colon = _colon(text, at + 1, last)
    mended = None
    if colon is not None:
        parts = (text[first:at], text[at + 1 : colon], text[colon + 1 : last])
        test, one, other = (part.strip() for part in parts)
        before = text[:first] + (" " if text[first:at].startswith(" ") else "")
        mended = f"{before}where({test}, {one}, {other}){text[last:]}"
    return Form("a choice is written where(x < 0, a, b)", at, at + 1, mended, CHOICE)


def _choice(text: str) -> Form | None:
    """`IF(x > 0; x; y)` is `where(x > 0, x, y)`; so are pieces."""
    for found in re.finditer(r"\b(if|iif|cond|piecewise|cases)\s*\(", text, re.IGNORECASE):
        last = _partner(text, found.end() - 1)
        if last is None:
            continue
        arguments = _split(text[found.end() : last])
        mended = None
        if ours := _pieces(arguments):
            mended = f"{text[: found.start()]}{ours}{text[last + 1 :]}"
        words = f"'{found[1]}' is written where(x < 0, a, b)"
        return Form(words, found.start(), found.end(1), mended, CHOICE)
    return None


def _pieces(arguments: Sequence[str]) -> str:
    """Return a choice of pairs of a value and its condition, in either order, and the rest."""
    pairs = [_split(it[1:-1]) for it in arguments if it.startswith("(") and it.endswith(")")]
    if len(pairs) == len(arguments):  # SymPy's
        arguments = [part for pair in pairs for part in pair]
        if len(arguments) % 2 == 0 and arguments and arguments[-1] == "True":
            arguments = arguments[:-1]
    if len(arguments) < 3 or len(arguments) % 2 == 0:
        return ""
    *firsts, rest = arguments
    for one, other in reversed([*zip(firsts[::2], firsts[1::2], strict=True)]):
        if _is_condition(one) == _is_condition(other):
            return ""
        test, value = (one, other) if _is_condition(one) else (other, one)
        rest = f"where({test}, {value}, {rest})"
    return rest


def _is_condition(text: str) -> bool:
    return bool(re.search(r"[<>≤≥≠]|[=!]=", text))


def _sum(text: str) -> Form | None:
    """`sum(x[i]**2, i=1..3)` is `sum(x[i]**2 for i in 1..3)`."""
    for found in re.finditer(r"\b(sum|prod|product|summation)\s*\(", text, re.IGNORECASE):
        last = _partner(text, found.end() - 1)
        term, *over = _split(text[found.end() : last]) if last else [""]
        if last is None or not over:
            continue
        if len(over) == 1 and over[0].startswith("(") and over[0].endswith(")"):
            over = _split(over[0][1:-1])
        if len(over) == 3:
            over = [f"{over[0]} in {over[1]}..{over[2]}"]
        elif len(over) == 2:
            over = [f"{over[0]} in {over[1]}"]
        named = re.fullmatch(r"([A-Za-z]\w*)\s*(?:=|\bin\b)\s*(.+)", over[0])
        if len(over) != 1 or not named:
            continue
        name = "prod" if found[1].lower().startswith("prod") else "sum"
        ours = f"{name}({term} for {named[1]} in {named[2]})"
        mended = f"{text[: found.start()]}{ours}{text[last + 1 :]}"
        return Form(f"{name} has its index behind for", found.start(), found.end(1), mended, SUM)
    return None


BOUNDS = re.compile(
    r"\bfor\s+(?P<index>[A-Za-z]\w*)\s*(?P<sign>=|\bin\b|\bfrom\b)\s*"
    r"(?:range\s*\((?P<range>[^()]*)\)|(?P<low>[\w+*-]+)\s*(?P<to>:|\.{2,3}|\bto\b)\s*(?P<high>[\w+*-]+))"
)


def _bounds(text: str) -> Form | None:
    """`for i in range(1, 4)` is `for i in 1..3`."""
    for found in BOUNDS.finditer(text):
        if found["sign"] == "in" and found["to"] == "..":
            continue
        low, high = found["low"], found["high"]
        if found["range"] is not None:
            bounds = _split(found["range"])
            if not 1 <= len(bounds) <= 2 or not all(bounds):
                continue
            low, end = bounds if len(bounds) == 2 else ("0", bounds[0])
            high = str(int(end) - 1) if end.isdecimal() else f"{end} - 1"
        ours = f"for {found['index']} in {low}..{high}"
        mended = f"{text[: found.start()]}{ours}{text[found.end() :]}"
        words = "an index goes from the first to the last, 1..3"
        return Form(words, found.start(), found.end(), mended, SUM)
    return None


def _index(text: str) -> Form | None:
    """`x_i` is `x[i]` in a sum over i."""
    for over in re.finditer(r"\bfor\s+([A-Za-z])\s+in\b", text):
        if found := re.search(rf"\b([A-Za-z])_{{?{over[1]}\b}}?", text):
            mended = re.sub(rf"\b([A-Za-z])_{{?{over[1]}\b}}?", rf"\1[{over[1]}]", text)
            return Form("an index stands in [ ]", found.start(), found.end(), mended)
    return None


SIGNS = (
    (r"=<(?!=)", "<=", ""),
    (r"=>(?!=)", ">=", ""),
    (r"(?<!&)&(?!&)", "and", " "),
    (r"\bAND\b", "and", " "),
    (r"\bOR\b", "or", " "),
    (r"\bNOT\b", "not", " "),
    (r"<>", "!=", ""),
    (r"===", "==", ""),
)
"""Signs between conditions, ours, and what must stand around those."""


def _condition(text: str) -> Form | None:
    """`x =< y` is `x <= y`."""
    for pattern, ours, around in SIGNS:
        if found := re.search(pattern, text):
            parts = (text[: found.start()], ours, text[found.end() :])
            mended = around.join(parts)
            mended = " ".join(mended.split()) if around else mended
            return Form(f"'{found[0]}' is written {ours}", found.start(), found.end(), mended)
    if found := re.search(r"\bxor\b", text, re.IGNORECASE):
        shown = "(a and not b) or (b and not a)"
        return Form(f"there is no {found[0]} here", found.start(), found.end(), None, shown)
    # Bars are also those of a norm; where numbers are compared they are not.
    if _is_condition(text) and (found := re.search(r"(?<=[\w)])\s*(\|\|?)(?=\s*[\w(])", text)):
        mended = f"{text[: found.start()]} or {text[found.end() :].lstrip()}"
        start, end = found.span(1)
        return Form(f"'{found[1]}' is written or", start, end, mended)
    return None


def _semicolon(text: str) -> Form | None:
    """`max(x; y)` is `max(x, y)`."""
    depth = 0
    for at, letter in enumerate(text):
        depth += (letter in OPENING) - (letter in CLOSING)
        if letter == ";" and depth > 0:
            mended = text.replace(";", ",")
            return Form("arguments stand between commas", at, at + 1, mended)
    return None


def _split(text: str) -> list[str]:
    """Return the arguments in a text, between commas or semicolons."""
    parts, depth, first = [], 0, 0
    for at, letter in enumerate(text):
        depth += (letter in OPENING) - (letter in CLOSING)
        if letter in ",;" and depth == 0:
            parts.append(text[first:at].strip())
            first = at + 1
    return [*parts, text[first:].strip()]


def _partner(text: str, opening: int) -> int | None:
    """Return where what is opened is closed."""
    return next((at for at, depth in _depths(text, opening) if depth == 0), None)


def _depths(text: str, first: int) -> Iterator[tuple[int, int]]:
    depth = 0
    for at in range(first, len(text)):
        depth += (text[at] in OPENING) - (text[at] in CLOSING)
        yield at, depth


def _around(text: str, at: int) -> tuple[int, int]:
    """Return from where to where the argument goes, or the whole, that a place is in."""
    first, depth = at, 0
    while first > 0:
        letter = text[first - 1]
        depth += (letter in CLOSING) - (letter in OPENING)
        if depth < 0 or (depth == 0 and letter in ",;"):
            break
        first -= 1
    last, depth = at, 0
    while last < len(text):
        depth += (text[last] in OPENING) - (text[last] in CLOSING)
        if depth < 0 or (depth == 0 and text[last] in ",;"):
            break
        last += 1
    return first, last


def _colon(text: str, first: int, last: int) -> int | None:
    """Return the colon of a `?`; those of others inside are passed over."""
    depth = waiting = 0
    for at in range(first, last):
        depth += (text[at] in OPENING) - (text[at] in CLOSING)
        if depth == 0 and text[at] == "?":
            waiting += 1
        elif depth == 0 and text[at] == ":":
            if not waiting:
                return at
            waiting -= 1
    return None


FORMS: Sequence[Callable[[str], Form | None]] = (
    _if_then,
    _choice,
    _question,
    _without_else,
    _sum,
    _bounds,
    _index,
    _condition,
    _semicolon,
)
"""In this order: what is inside a form is mended after it."""
