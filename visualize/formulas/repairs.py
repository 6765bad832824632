"""What is wrong with a text that is not a formula, and the formula that was meant.

The signs are mended one after the other; the formula that comes of it is shown only if it is one.
"""

import keyword
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from visualize.errors import ExpressionError
from visualize.formulas._forms import form_in
from visualize.formulas._latex import LATEX, out_of_latex
from visualize.formulas._tokens import Token, closing_of, end_of_argument, opening_of, tokens_of
from visualize.formulas.functions import CONSTANTS, NAMES, VARIABLE
from visualize.formulas.spellings import TAKEN, TOLD

MOST_REPAIRS = 40
LONGEST_MENDED = 400
LONGEST_SHOWN = 80
UNTOUCHED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f#'\"]")
"""Who writes these means no formula that could be guessed."""
KEYWORDS = frozenset(keyword.kwlist)


class Written(NamedTuple):
    """A text that is no formula, its tokens, and the variables that it may have, if only some."""

    text: str
    tokens: Sequence[Token]
    variables: frozenset[str]


class Repair(NamedTuple):
    """What is wrong, where, and the text without it, where that is sure."""

    words: str
    start: int
    end: int
    mended: str | None = None
    shown: str = ""
    """The part that is mended, where the whole is too long or still no formula."""


BEFORE_THE_FORMULA = re.compile(
    r"""\s*(?:
    (?: def\s+)? [A-Za-z]\w*\s*(?:\([\w\s,]*\))?\s* (?: :?= | : (?:\s*return\b)? ) (?![=:<])
    | (?:lambda|@)\s*\(?[\w\s,]*\)?\s*:? (?=\s*[-+\w(\[])
    | \(?[\w\s,]+\)?\s*(?:->|=>)
    | return\b
    | (?:min|minimi[sz]e|argmin) \s+ (?=[-+\w(])
    )""",
    re.VERBOSE,
)
MODULE = re.compile(
    r"(?<![\w.)])(?:np|numpy|math|Math|torch|jnp|jax|tf|K|cmath|scipy|sp|sympy|nn|F|std)"
    r"(?:\.|::)(?:(?:math|numpy|special|functional|nn)\.)?(?=[A-Za-z])"
)
INDEX = re.compile(r"\b([A-Za-z])\s*\[\s*([0-9]{1,4})\s*\]")


def explained(
    error: ExpressionError,
    text: str,
    variables: Sequence[str] | None,
    is_formula: Callable[[str], bool],
) -> ExpressionError:
    """Return an error that says what to write, where that can be told; else the error itself."""
    if len(text) > LONGEST_MENDED or UNTOUCHED.search(text):
        return error
    first: Repair | None = None
    mended = text
    for repair in _repairs(text, frozenset(variables or ())):
        first = first or repair
        if repair.mended is None:
            mended = ""
            break
        mended = repair.mended
    if first is None:
        return error
    words = first.words
    if mended and len(mended) <= LONGEST_SHOWN and is_formula(mended):
        words += f"; write {' '.join(mended.split())}"
    elif first.shown:
        words += f"; write {first.shown}"
    return ExpressionError(words, first.start, first.end - first.start)


def _repairs(text: str, variables: frozenset[str]) -> Iterator[Repair]:
    for _ in range(MOST_REPAIRS):
        given = Written(text, tuple(tokens_of(text)), variables)
        repair = next(filter(None, (detect(given) for detect in DETECTORS)), None)
        if repair is None:
            return
        yield repair
        if repair.mended is None or repair.mended == text:
            return
        text = repair.mended


def _latex(it: Written) -> Repair | None:
    """`\\frac{x^2}{20}` is LaTeX."""
    found = LATEX.search(it.text)
    if not found:
        return None
    plain = out_of_latex(it.text)
    shown = "for example x**2/20 + sqrt(y)"
    return Repair("this is LaTeX", found.start(), found.end(), plain, shown)


def _root(it: Written) -> Repair | None:
    """How far a root goes cannot be seen: `√2x`."""
    for token in it.tokens:
        if token.text in ("√", "∛"):
            name = "sqrt" if token.text == "√" else "cbrt"
            words = f"what '{token.text}' is of must stand in ( )"
            return Repair(words, token.start, token.end, None, f"{name}(...)")
    return None


def _preamble(it: Written) -> Repair | None:
    """`f(x) = x**2` has more than the formula."""
    found = BEFORE_THE_FORMULA.match(it.text)
    if not found or not it.text[found.end() :].strip():
        return None
    if found[0].strip() in NAMES and it.text[found.end()] == "(":
        return None
    start = found.end() - len(found[0].lstrip())
    rest = it.text[found.end() :].strip()
    words = f"only the formula is wanted, without '{it.text[start : found.end()].strip()}'"
    return Repair(words, start, found.end(), rest)


def _form(it: Written) -> Repair | None:
    """`x > 0 ? x : -x` is a choice in another language."""
    found = form_in(it.text)
    return Repair(*found) if found else None


def _brackets(it: Written) -> Repair | None:
    """`(x + 1` has a parenthesis that is not closed."""
    closing = {")": "(", "]": "[", "}": "{"}
    waiting: list[Token] = []
    for token in it.tokens:
        if token.text in closing.values():
            waiting.append(token)
        elif token.text in closing:
            if not waiting:
                words = f"this '{token.text}' closes nothing"
                return Repair(words, token.start, token.end)
            opening = waiting.pop()
            if opening.text != closing[token.text]:
                words = f"'{opening.text}' is closed by '{token.text}'"
                return Repair(words, opening.start, opening.end)
    if waiting:
        token = waiting[-1]
        return Repair(f"this '{token.text}' is not closed", token.start, token.end)
    return None


def _square_brackets(it: Written) -> Repair | None:
    """`2*[x + 1]` needs parentheses, `max([x, y])` needs none of its own."""
    for i, token in enumerate(it.tokens):
        if token.text not in ("[", "{"):
            continue
        last = closing_of(it.tokens, i)
        before = it.tokens[i - 1] if i else None
        called = before is not None and before.kind == "name"
        if last is None or (called and before and before.text not in NAMES):
            continue  # the element of an array
        if {one.text for one in it.tokens[i:last]} & {*KEYWORDS, ":"}:
            continue
        inside = it.text[token.end : it.tokens[last].start]
        following = it.tokens[last + 1].text if last + 1 < len(it.tokens) else ""
        is_list = before is not None and before.text == "(" and following == ")"
        inner = inside if is_list else f"({inside})"
        mended = it.text[: token.start] + inner + it.text[it.tokens[last].end :]
        words = "only parentheses ( ) may group"
        return Repair(words, token.start, token.end, mended)
    return None


def _module(it: Written) -> Repair | None:
    """`np.sin(x)` needs no module."""
    found = MODULE.search(it.text)
    if not found:
        return None
    mended = it.text[: found.start()] + it.text[found.end() :]
    words = "a dot is not allowed in a formula, functions have no module"
    return Repair(words, found.start(), found.end(), mended)


def _elementwise(it: Written) -> Repair | None:
    """`x.^2` needs no dot."""
    found = re.search(r"(?<=[\w)\]])\s*\.(?=\*|/|\^)", it.text)
    if not found or re.search(r"\d\.$", it.text[: found.end()]):
        return None
    mended = it.text[: found.start()] + it.text[found.end() :]
    words = "operations need no dot here"
    return Repair(words, found.end() - 1, found.end() + 1, mended)


def _power(it: Written) -> Repair | None:
    """`x^2` is `x**2`."""
    for token in it.tokens:
        if token.text == "^":
            tidy = re.sub(r"(?<=[\w)])\s*\^\s*(?=[-+\w(])", "**", it.text).replace("^", "**")
            return Repair("'^' is not a power here; use **", token.start, token.end, tidy)
    return None


def _logic(it: Written) -> Repair | None:
    """`&&` is `and`."""
    for token in it.tokens:
        if token.text == "&&":
            mended = f"{it.text[: token.start]} and {it.text[token.end :]}"
            return Repair("'&&' is written and", token.start, token.end, " ".join(mended.split()))
    return None


def _bars(it: Written) -> Repair | None:
    """`|x|` is `abs(x)`."""
    bars = [token for token in it.tokens if token.text == "|"]
    norms = [token for token in it.tokens if token.text == "||"]
    if norms and len(norms) % 2 == 0:
        words = "'||' is not allowed in a formula"
        return Repair(words, norms[0].start, norms[0].end, None, "norm(x, y), or abs(x) for one")
    if not bars or len(bars) % 2:
        return None
    opening, closing = bars[0], bars[1]
    inside = it.text[opening.end : closing.start].strip()
    before = it.text[: opening.start].rstrip()
    if not inside or ((before and (before[-1].isalnum() or before[-1] == ")")) and len(bars) > 2):
        return None
    mended = f"{it.text[: opening.start]}abs({inside}){it.text[closing.end :]}"
    return Repair("|...| is written abs(...)", opening.start, closing.end, mended, f"abs({inside})")


def _index(it: Written) -> Repair | None:
    """`x[0]` is `x0`, outside of a sum."""
    found = INDEX.search(it.text)
    if not found or any(token.text == "for" for token in it.tokens):
        return None
    words = "brackets are not allowed in a formula, numbers stand behind the letter"
    return Repair(words, found.start(), found.end(), INDEX.sub(r"\1\2", it.text))


def _whole_division(it: Written) -> Repair | None:
    """`x // y` is `floor(x/y)`."""
    for i, token in enumerate(it.tokens[1:-1], 1):
        if token.text == "//":
            one, other = it.tokens[i - 1], it.tokens[i + 1]
            mended = None
            if one.kind != "sign" and other.kind != "sign":
                quotient = f"floor({one.text}/{other.text})"
                mended = it.text[: one.start] + quotient + it.text[other.end :]
            words = "// is not allowed in a formula"
            return Repair(words, token.start, token.end, mended, "floor(x/y)")
    return None


def _power_of_a_function(it: Written) -> Repair | None:
    """`sin**2(x)` is `sin(x)**2`, `exp**x` is `exp(x)`."""
    for i, (name, sign, power) in enumerate(
        zip(it.tokens, it.tokens[1:], it.tokens[2:], strict=False)
    ):
        if not (name.text in _FUNCTIONS and sign.text == "**"):
            continue
        argument = it.tokens[i + 3] if i + 3 < len(it.tokens) else None
        if power.kind != "number" or argument is None:
            if name.text == "exp" and power.kind in ("name", "number"):
                mended = f"{it.text[: name.end]}({power.text}){it.text[power.end :]}"
                words = "'exp' is a function"
                return Repair(words, name.start, name.end, mended)
            return None
        end = end_of_argument(it.tokens, i + 3)
        inner = it.text[argument.start : end]
        inner = inner if inner.startswith("(") else f"({inner})"
        mended = f"{it.text[: name.end]}{inner}**{power.text}{it.text[end:]}"
        words = "a power of a function stands behind its argument"
        return Repair(words, name.start, power.end, mended)
    return None


def _argument(it: Written) -> Repair | None:
    """`sin x` is `sin(x)`."""
    for i, (name, argument) in enumerate(pairwise(it.tokens)):
        if name.text not in _FUNCTIONS or argument.kind not in ("name", "number"):
            continue
        if argument.text in KEYWORDS:
            continue
        end = end_of_argument(it.tokens, i + 1)
        mended = f"{it.text[: name.end]}({it.text[argument.start : end]}){it.text[end:]}"
        words = f"'{name.text}' is a function, its argument stands in ( )"
        return Repair(words, name.start, end, mended)
    return None


def _decimal(it: Written) -> Repair | None:
    """`1,5` is `1.5`; a number has one decimal point."""
    depth = 0
    for i, token in enumerate(it.tokens):
        depth += (token.text == "(") - (token.text == ")")
        if token.text != "," or depth or not 0 < i < len(it.tokens) - 1:
            continue
        before, after = it.tokens[i - 1], it.tokens[i + 1]
        joined = before.end == token.start and token.end == after.start
        if joined and before.kind == after.kind == "number" and before.text.isdigit():
            mended = f"{it.text[: token.start]}.{it.text[token.end :]}"
            words = "decimals stand behind a point, not a comma"
            return Repair(words, before.start, after.end, mended)
    for one, other in pairwise(it.tokens):
        if one.kind != "number" or one.end != other.start or one.text[-1] == ".":
            continue  # 1..10 is a range
        if other.kind == "number" and "." in one.text and other.text.startswith("."):
            return Repair("a number has one decimal point", one.start, other.end)
        if other.text == "." and "." in one.text:
            mended = it.text[: other.start] + it.text[other.end :]
            return Repair("a number has one decimal point", one.start, other.end, mended)
    return None


def _run_together(it: Written) -> Repair | None:
    """`xy` is `x*y`, `xsin(y)` is `x*sin(y)`."""
    letters = "".join(sorted(filter(lambda name: len(name) == 1, it.variables or "xyz")))
    if not letters:
        return None
    for i, token in enumerate(it.tokens):
        known = token.text in it.variables or token.text in _FUNCTIONS or token.text in CONSTANTS
        if token.kind != "name" or known or token.text in KEYWORDS:
            continue
        called = i + 1 < len(it.tokens) and it.tokens[i + 1].text == "("
        last = "|".join(sorted(_FUNCTIONS, key=len, reverse=True)) if called else "pi|e"
        optional = "" if called else "?"
        found = re.fullmatch(rf"([{letters}]+|pi)({last}){optional}", token.text)
        if not found or (len(token.text) < 2):
            continue
        parts = ["pi"] if found[1] == "pi" else list(found[1])
        product = "*".join([*parts, *filter(None, [found[2]])])
        if product == token.text:
            continue
        mended = it.text[: token.start] + product + it.text[token.end :]
        shown = product + ("(...)" if called else "")
        return Repair("a product needs its sign", token.start, token.end, mended, shown)
    return None


def _product(it: Written) -> Repair | None:
    """`2x` is `2*x`, `(x - 1)(y + 2)` is `(x - 1)*(y + 2)`."""
    for i, (one, other) in enumerate(pairwise(it.tokens)):
        ends = one.kind in ("name", "number") or one.text == ")"
        begins = other.kind in ("name", "number") or other.text == "("
        if not (ends and begins) or {one.text, other.text} & KEYWORDS:
            continue
        if other.text == "(" and one.kind == "name" and not _is_factor(one.text, it.variables):
            continue
        if one.kind == other.kind == "number" and one.end == other.start:
            continue  # 1.2.3 is no product
        first = one.text if one.text != ")" else "(...)"
        second = other.text if other.text != "(" else "(...)"
        if other.text in _FUNCTIONS:
            second += "(...)"
        start = it.tokens[opening_of(it.tokens, i)].start if one.text == ")" else one.start
        words = "a product needs its sign"
        if ways := _ways_to_read(it.tokens, i, second):
            return Repair(words, start, other.end, None, ways)
        mended = f"{it.text[: one.end]}*{it.text[other.start :]}"
        return Repair(words, start, other.end, mended, f"{first}*{second}")
    return None


def _ways_to_read(tokens: Sequence[Token], i: int, second: str) -> str:
    """Return how a product behind a sign that binds as much could be meant: `1/2x`, `e**2x`."""
    if i < 2 or tokens[i].kind == "sign" or tokens[i - 1].text not in ("/", "**", "%"):
        return ""
    base, sign, first = (token.text for token in tokens[i - 2 : i + 1])
    is_power_of_variable = sign == "**" and tokens[i - 2].kind == "name" and base not in CONSTANTS
    if is_power_of_variable and tokens[i].kind == "number":
        return ""  # x²y
    base = base if base != ")" else "(...)"
    return f"{base}{sign}({first}*{second}) or ({base}{sign}{first})*{second}"


def _is_factor(name: str, variables: frozenset[str]) -> bool:
    if name in _FUNCTIONS:
        return False
    return name in variables or name in CONSTANTS or bool(VARIABLE.fullmatch(name))


def _dangling(it: Written) -> Repair | None:
    """`x +` and `x + * y` lack something."""
    signs = {"+", "-", "*", "/", "**", "//", "%"}
    for i, token in enumerate(it.tokens):
        after = it.tokens[i + 1] if i + 1 < len(it.tokens) else None
        if token.text in signs and (after is None or after.text in {*signs, ")", ","} - {"+", "-"}):
            return Repair(f"something is missing behind '{token.text}'", token.start, token.end)
        if token.text in signs - {"+", "-"} and (i == 0 or it.tokens[i - 1].text in ("(", ",")):
            return Repair(f"something is missing before '{token.text}'", token.start, token.end)
        if token.text == "!" and i:
            words = "there is no factorial here; write the product, 1*2*3"
            return Repair(words, token.start, token.end)
    return None


_FUNCTIONS = frozenset((*NAMES, *TAKEN, *TOLD))
DETECTORS = (
    _root,
    _latex,
    _preamble,
    _form,
    _brackets,
    _module,
    _elementwise,
    _power,
    _logic,
    _bars,
    _index,
    _square_brackets,
    _whole_division,
    _power_of_a_function,
    _argument,
    _decimal,
    _run_together,
    _product,
    _dangling,
)
"""In this order: each may rely on what those before it have mended."""
