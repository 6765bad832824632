"""Code in a box: coloured, one strip a line; a line that goes on is marked."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from visualize.deck.blocks import Code
from visualize.deck.flow import AROUND_BOXES, Frame, Said, Setting, Strip
from visualize.deck.ink import Face, written
from visualize.deck.marks import Letters, Mark, Place
from visualize.deck.palette import Palette

CODE = 0.78
"""How large code is, as a part of the size of text."""
LEADING = 1.38
TAB = 4
CELL = written("0", "code").width
"""How wide a letter is, in its size: all are alike."""
GOES_ON = "↪"
MOST_LETTERS = 400
"""Of a line: what is beyond is left out."""


@dataclass(frozen=True)
class Token:
    """A piece of a program in one colour."""

    text: str
    color: str
    strong: bool = False
    italic: bool = False


def widest_line(block: Code) -> int:
    """Return how many letters its longest line has."""
    return max((len(it.expandtabs(TAB)) for it in block.text.split("\n")), default=0)


def inset(size: float) -> float:
    """Return how far code is from the edge of its box."""
    return 0.6 * size


def code_strips(block: Code, setting: Setting) -> Iterator[Strip]:
    """Yield a strip for each line of a program."""
    size = max(setting.size * CODE, setting.least * CODE)
    palette = setting.palette
    edge = inset(setting.size)
    frame = Frame(
        setting.left,
        setting.edge,
        0.45 * setting.size,
        palette.code,
        radius=0.18 * setting.size,
        said=("code", block.text),
    )
    columns = max(int((setting.edge - setting.left - 2 * edge) / (CELL * size)), 8)
    height = LEADING * size
    first = True
    for tokens in coloured(block, palette):
        rows = list(_wrapped(tokens, columns))
        for number, row in enumerate(rows):
            left = setting.left + edge
            marks: list[Mark] = []
            across = left
            if number:
                marks.append(
                    Letters(
                        written(GOES_ON, "code"), left, height * 0.74, size, palette.theme.quiet
                    )
                )
                across += 2 * CELL * size
            for token in row:
                face: Face = "strong code" if token.strong else "code"
                ink = written(token.text, face, token.italic)
                if token.text.strip():
                    marks.append(Letters(ink, across, height * 0.74, size, token.color))
                across += ink.width * size
            text = "".join(it.text for it in row)
            place = Place(left, 0, max(across, left + size), height)
            above = AROUND_BOXES * setting.size if first else 0.0
            said = (Said("code", text, place),)
            yield Strip(
                height,
                tuple(marks),
                said,
                above,
                (*setting.frames, frame),
                keeps_next=first or number + 1 < len(rows),
                blank=not text.strip() and not first,
            )
            first = False


def _wrapped(tokens: Sequence[Token], columns: int) -> Iterator[list[Token]]:
    """Yield the parts of a line that are no wider than so many letters."""
    row: list[Token] = []
    room = columns
    for token in tokens:
        text = token.text
        while _cells(text) > room:
            part = _cut(text, room, bool(row))
            if part:
                row.append(Token(part, token.color, token.strong, token.italic))
            yield row
            text, row, room = text[len(part) :], [], columns - 2
        if text:
            row.append(Token(text, token.color, token.strong, token.italic))
            room -= _cells(text)
    yield row


GOOD_CUT = re.compile(r"[ ,;(\[{/]|(?<!\d)\.|\.(?!\d)")
"""Behind which a line that is too long is best cut; never inside of a number."""


def _cut(text: str, room: int, may_wait: bool) -> str:
    """Return how much of a text still stands in a line."""
    part = text[: max(room, 0)]
    while _cells(part) > room:
        part = part[:-1]
    good = max((it.start() for it in GOOD_CUT.finditer(part)), default=0)
    if good > 0:
        return part[: good + 1]
    if may_wait and len(text) <= 24:
        return ""
    return part or text[:1]


def _cells(text: str) -> int:
    return round(written(text, "code").width / CELL) if text and not text.isascii() else len(text)


def coloured(block: Code, palette: Palette) -> Iterator[list[Token]]:
    """Yield the lines of a program as pieces in their colours; of no language in one."""
    colors = _colors(palette)
    line: list[Token] = []
    for kind, text in _lexed(block.text.expandtabs(TAB), block.language.lower()):
        color, strong, italic = _style(kind, colors)
        for index, part in enumerate(text.split("\n")):
            if index:
                yield line
                line = []
            left = MOST_LETTERS - sum(len(it.text) for it in line)
            if part and left > 0:
                shown = part if len(part) <= left else f"{part[: left - 1]}…"
                line.append(Token(shown, color, strong, italic))
    yield line


def _lexed(text: str, language: str) -> list[tuple[Any, str]]:
    from pygments.lexers import get_lexer_by_name
    from pygments.lexers.special import TextLexer
    from pygments.token import Token as Kind
    from pygments.util import ClassNotFound

    options = {"stripnl": False, "ensurenl": False}
    try:
        lexer = get_lexer_by_name(language, **options) if language else TextLexer(**options)
    except ClassNotFound:
        lexer = TextLexer(**options)
    tokens = list(lexer.get_tokens(f"{text}\n"))  # some lose a line that is not ended
    if "".join(it for _, it in tokens) != f"{text}\n":
        return [(Kind, text)]
    kind, last = tokens.pop()
    return [*tokens, (kind, last.removesuffix("\n"))]


@lru_cache
def _colors(palette: Palette) -> tuple[tuple[Any, tuple[str, bool, bool]], ...]:
    """Return the colours of kinds of tokens; the first that fits counts."""
    from pygments.token import Token as Kind

    ink = palette.theme.ink
    return (
        (Kind.Comment, (palette.comment, False, True)),
        (Kind.Keyword, (palette.keyword, False, False)),
        (Kind.Literal.String, (palette.string, False, False)),
        (Kind.Literal.Number, (palette.number, False, False)),
        (Kind.Name.Function, (palette.name, False, False)),
        (Kind.Name.Class, (palette.name, False, False)),
        (Kind.Name.Decorator, (palette.name, False, False)),
        (Kind.Name.Builtin, (palette.added, False, False)),
        (Kind.Name.Tag, (palette.keyword, False, False)),
        (Kind.Name.Attribute, (palette.name, False, False)),
        (Kind.Operator.Word, (palette.keyword, False, False)),
        (Kind.Generic.Inserted, (palette.string, False, False)),
        (Kind.Generic.Deleted, (palette.removed, False, False)),
        (Kind.Generic.Heading, (palette.keyword, True, False)),
        (Kind.Generic.Prompt, (palette.comment, False, False)),
        (Kind.Generic.Output, (palette.comment, False, False)),
        (Kind, (ink, False, False)),
    )


def _style(
    kind: Any, colors: Sequence[tuple[Any, tuple[str, bool, bool]]]
) -> tuple[str, bool, bool]:
    return next(style for parent, style in colors if kind in parent)
