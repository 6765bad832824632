"""The numbers, names and signs of a text that may not be a formula."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple


class Token(NamedTuple):
    """A number, a name or a sign, and where it stands."""

    kind: str
    text: str
    start: int
    end: int


TOKEN = re.compile(
    r"""
    (?P<number> 0[xXoObB]\w+ | (?:\d[\d_]*\.?\d* | \.\d+) (?:[eE][-+]?\d+)? (?:[jJ](?!\w))? )
    | (?P<name> [A-Za-z_]\w* )
    | (?P<sign> \*\* | // | <= | >= | == | != | && | \|\| | -> | => | \S )
    """,
    re.VERBOSE,
)


def tokens_of(text: str) -> Iterator[Token]:
    """Yield what a text is made of."""
    for found in TOKEN.finditer(text):
        yield Token(str(found.lastgroup), found[0], found.start(), found.end())


def closing_of(tokens: Sequence[Token], index: int) -> int | None:
    """Return where what is opened at `index` is closed."""
    depth = 0
    for i in range(index, len(tokens)):
        depth += (tokens[i].text in "([{") - (tokens[i].text in ")]}")
        if depth == 0:
            return i
    return None


def opening_of(tokens: Sequence[Token], index: int) -> int:
    """Return where what is closed at `index` is opened."""
    depth = 0
    for i in range(index, -1, -1):
        depth += (tokens[i].text in ")]}") - (tokens[i].text in "([{")
        if depth == 0:
            return i
    return index


def end_of_argument(tokens: Sequence[Token], index: int) -> int:
    """Return where an argument without parentheses ends: `2x` of `sin 2x + 1`."""
    last = index
    while last < len(tokens):
        token = tokens[last]
        if token.text == "(":
            last = closing_of(tokens, last) or last
        adjacent = last + 1 < len(tokens) and tokens[last + 1].start == token.end
        if token.text == ")" or not adjacent or token.text == "(":
            break
        following = tokens[last + 1]
        if following.kind == "sign" and following.text not in ("(", "**"):
            break
        last += 1
    return tokens[min(last, len(tokens) - 1)].end
