r"""Parts of formulas as matplotlib's mathtext: what they are made of decides where brackets stand.

mathtext is a subset of LaTeX; nothing here is drawn.
"""

import re
from collections.abc import Sequence
from enum import IntEnum
from itertools import pairwise
from typing import NamedTuple

TALL = re.compile(r"\\(?:dfrac|sqrt|sum|prod|left)")
"""What brackets must grow for."""
DIGIT = re.compile(r"[\d.]")
NUMBER = re.compile(r"(?:^|\\cdot |\\,)([\d.]+)$")
"""A number at the end of a product."""
TIGHT = re.compile(r"[A-Za-z(|]|\\(?!mathrm|dfrac|\w+hat)")
"""What may follow a whole number at once: 2x."""
SLANTED = re.compile(r"[A-Za-z]")
FUNCTION = re.compile(r"\\(?:arc)?(?:sin|cos|tan|log|ln|exp)")


class Level(IntEnum):
    """How tightly a part holds together, from what is bracketed everywhere to what never is."""

    CHOICE = 0
    SUM = 1
    PRODUCT = 2
    APPLIED = 3
    """A fraction, a root, a function of something: a factor, but nothing to be raised."""
    POWER = 4
    ATOM = 5


class Part(NamedTuple):
    """A part of a formula, as mathtext."""

    text: str
    level: Level
    closed: str = ""
    """How it is written before other factors, which would otherwise be taken into it."""


def bracketed(part: Part, brackets: str = "()") -> str:
    """Return a part in brackets as tall as it is."""
    opening, closing = brackets[0], brackets[1]
    if TALL.search(part.text):
        return rf"\left{opening}{part.text}\right{closing}"
    return f"{opening}{part.text}{closing}"


def held(part: Part, level: Level) -> str:
    """Return a part, in brackets if it holds together less than that."""
    return part.text if part.level >= level else bracketed(part)


def summed(terms: Sequence[tuple[bool, Part]]) -> Part:
    """Return a sum of terms, each with whether it is taken away."""
    text = ""
    for negative, part in terms:
        sign = "-" if negative else "+" if text else ""
        text += f" {sign} " if text else sign
        # A sum that is added comes apart before it gets here.
        text += held(part, Level.PRODUCT)
    if len(terms) == 1 and not terms[0][0]:
        return terms[0][1]
    return Part(text, Level.SUM)


def multiplied(factors: Sequence[Part]) -> Part:
    """Return a product, as far as can be without signs."""
    if len(factors) == 1:
        return factors[0]
    written = [
        # sin x cos y is sin(x) cos(y)
        part.text if _is_function(part) and _is_function(after) else _closed(part)
        for part, after in pairwise(factors)
    ]
    last = held(factors[-1], Level.PRODUCT)
    begun = "".join(
        before + _between(before, after) for before, after in pairwise([*written, last])
    )
    closed = begun + _closed(factors[-1]) if factors[-1].closed else ""
    return Part(begun + last, Level.PRODUCT, closed)


def _is_function(part: Part) -> bool:
    return part.level == Level.APPLIED and FUNCTION.match(part.text) is not None


def _closed(part: Part) -> str:
    """Return a factor that others may follow."""
    return part.closed or held(part, Level.PRODUCT)


def _between(before: str, after: str) -> str:
    """Return what stands between two factors: a dot where digits would run together."""
    number = NUMBER.search(before)
    if DIGIT.match(after) or (number and re.match(r"\\dfrac\{[\d.]", after)):
        return r" \cdot "
    if number and "." not in number[1] and TIGHT.match(after) and not FUNCTION.match(after):
        return ""
    return " " if before == r"\pi" and SLANTED.match(after) else r"\,"


def divided(numerator: Part, denominator: Part, *, inline: bool) -> Part:
    """Return a fraction; `inline` with a slash, as in exponents."""
    if not inline:
        return Part(rf"\dfrac{{{numerator.text}}}{{{denominator.text}}}", Level.APPLIED)
    below = denominator.closed or denominator.text
    below = held(Part(below, denominator.level), Level.APPLIED)
    above = _closed(numerator)
    part = Part(f"{above}/{below}", Level.PRODUCT)
    return part._replace(closed=bracketed(part))


def raised(base: Part, exponent: Part) -> Part:
    """Return a power."""
    return Part(f"{held(base, Level.ATOM)}^{script(exponent.text)}", Level.POWER)


def rooted(part: Part, index: str = "") -> Part:
    """Return a root: the square root if no index says which."""
    which = f"[{index}]" if index else ""
    return Part(rf"\sqrt{which}{{{part.text}}}", Level.APPLIED)


def between(part: Part, opening: str, closing: str) -> Part:
    """Return a part between signs of its own, as of a size."""
    # mathtext makes a double bar smaller where it is to grow.
    if opening != r"\Vert" and (TALL.search(part.text) or opening in part.text):
        opening, closing = rf"\left{opening}", rf"\right{closing}"
    space = " " if opening[-1].isalpha() and part.text[0].isalpha() else ""
    return Part(f"{opening}{space}{part.text}{closing}", Level.ATOM)


def applied(head: str, arguments: Sequence[Part], *, bare: bool = False) -> Part:
    """Return a function of something, in brackets unless it is to be `bare`: sin x."""
    first, *others = (it.text for it in arguments)
    inside = Part(", ".join([first, *map(after_a_sign, others)]), Level.SUM)
    whole = head + bracketed(inside)
    if not bare:
        return Part(whole, Level.APPLIED)
    return Part(f"{head} {inside.text}", Level.APPLIED, whole)


def after_a_sign(text: str) -> str:
    """Return a part for behind a comma or a relation, where its own minus is none between terms."""
    return f"{{-}}{text[1:]}" if text.startswith("-") else text


def script(text: str) -> str:
    """Return what stands above or below, in braces if it is more than a sign."""
    return text if re.fullmatch(r"[A-Za-z0-9]", text) else f"{{{text}}}"


def indexed(name: str, index: str) -> str:
    """Return a name with an index below it."""
    return f"{name}_{script(index)}"


def in_words(text: str) -> str:
    r"""Return a text as it is, for between the dollar signs of a formula: `\text{...}`."""
    plain = re.sub(r"[\\{}$]", " ", text)
    return rf"\text{{{plain}}}"
