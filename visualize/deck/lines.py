"""Running text in lines: broken where the raggedness is least, and no last line is a short word."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby
from operator import itemgetter

from visualize.deck._latex import UnsettableError
from visualize.deck.blocks import Break, Formula, Inline, Picture, Words
from visualize.deck.formulas import formula_ink, formula_lines
from visualize.deck.ink import ASCENT, DESCENT, Face, Ink, is_leftwards, written
from visualize.deck.marks import Area, Letters, Mark, Place, Shown
from visualize.deck.palette import Palette

EASTERN = (
    "\u1100-\u11ff\u2e80-\u303f\u3040-\u30ff\u3130-\u318f\u31f0-\u31ff\u3400-\u4dbf"
    "\u4e00-\u9fff\ua960-\ua97f\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U00020000-\U0003ffff"
)
"""Letters between which a line may end: Chinese and Japanese."""
TOKEN = re.compile(rf"(?P<space>[ \t\n]+)|[{EASTERN}]|[^ \t\n{EASTERN}]+")
IS_EASTERN = re.compile(f"[{EASTERN}]")
NOT_FIRST = frozenset(
    "\u3001\u3002\uff0c\uff0e\u30fb\uff1a\uff1b\uff1f\uff01\uff09\u300d\u300f\u3011\u3015\u3009\u300b"
    "\u201d\u2019\u2026\u30fc\u3005\u3063\u3083\u3085\u3087\u30c3\u30e3\u30e5\u30e7)]},.;:!?%"
)
"""Letters that no line begins with."""
NOT_LAST = frozenset("\uff08\u300c\u300e\u3010\u3014\u3008\u300a\u201c\u2018([{")
"""Letters that no line ends with."""
MEASURE = 75
"""Letters of a line of text, at most."""
LETTER = 0.5
"""How wide a letter is on average, in its size."""
LEADING = 1.42
"""From line to line, in the size of the letters."""
MONO = 0.9
"""How large code is among words, as a part of their size."""
RAISED, RAISED_BY, LOWERED_BY = 0.68, 0.38, 0.16
SHORT_END = 0.24
"""A last line that is shorter, as a part of the width, is a widow."""
GOOD_ENDS = "/._-=&?,:;)]}"
"""Behind which what is wider than a line is best broken."""


@dataclass(frozen=True)
class Piece:
    """What is never broken: a word in one style, a formula, a small picture."""

    ink: Ink | None
    size: float
    color: str
    width: float
    ascent: float
    descent: float
    rise: float = 0.0
    behind: str = ""
    """The colour behind it, of code."""
    line: str = ""
    """Whether it is `struck` or `underlined`."""
    picture: Picture | None = None
    text: str = ""
    face: Face = "text"
    is_formula: bool = False


@dataclass(frozen=True)
class Word:
    """Pieces between which no line ends."""

    pieces: tuple[Piece, ...]
    space: float
    """Before it, where it does not begin a line."""
    forced: bool = False
    """Whether a line ends before it in any case."""

    @cached_property
    def width(self) -> float:
        """Of its pieces."""
        return sum(piece.width for piece in self.pieces)

    @cached_property
    def letters(self) -> float:
        """How many letters it is as wide as, or has, with the space before it."""
        own = (
            it.width / (LETTER * it.size) if it.is_formula or it.picture else len(it.text)
            for it in self.pieces
        )
        return sum(own) + (1 if self.space else 0)


@dataclass(frozen=True)
class Line:
    """A line of text, its marks downwards from its upper left corner."""

    marks: tuple[Mark, ...]
    width: float
    height: float
    text: str
    """What it says, in plain words."""


@dataclass(frozen=True)
class Hand:
    """How text is written: the size of its letters, and its colours."""

    size: float
    palette: Palette
    color: str
    strong: bool = False


def words_of(text: Inline, hand: Hand) -> list[Word]:
    """Return running text as words, measured."""
    return list(_words(text, hand))


def _words(text: Inline, hand: Hand) -> Iterator[Word]:
    pieces: list[Piece] = []
    space = 0.0
    forced = False
    for piece, is_space, glued in _pieces(text, hand):
        if piece is None:
            if pieces:
                yield Word(tuple(pieces), space, forced)
            pieces, space = [], 0.0
            forced = not is_space
            continue
        if is_space or (pieces and not glued):
            if pieces:
                yield Word(tuple(pieces), space, forced)
                forced = False
            pieces = []
            space = piece.width if is_space else 0.0
            if is_space:
                continue
        pieces.append(piece)
    if pieces:
        yield Word(tuple(pieces), space, forced)


def _pieces(text: Inline, hand: Hand) -> Iterator[tuple[Piece | None, bool, bool]]:
    """Yield pieces, whether each is a space, and whether it sticks to the one before.

    Nothing in place of a piece ends a line.
    """
    before = ""
    for part in text:
        match part:
            case Break():
                yield None, False, False
                before = ""
            case Formula():
                yield _formula(part, hand), False, not (before and IS_EASTERN.match(before))
                before = "x"
            case Picture():
                yield _icon(part, hand), False, True
                before = "x"
            case Words():
                for token in TOKEN.finditer(part.text):
                    piece = _piece(token[0], part, hand)
                    is_space = token["space"] is not None
                    yield piece, is_space, _sticks(before, token[0])
                    before = "" if is_space else token[0][-1]


def _sticks(before: str, token: str) -> bool:
    eastern = IS_EASTERN.match(token) or (before and IS_EASTERN.match(before))
    return not eastern or token[0] in NOT_FIRST or before in NOT_LAST


def _piece(text: str, style: Words, hand: Hand) -> Piece:
    palette = hand.palette
    strong = hand.strong or style.bold
    face: Face = (
        ("strong code" if strong else "code") if style.code else "strong" if strong else "text"
    )
    size = (
        hand.size * (MONO if style.code else 1) * (RAISED if style.raised or style.lowered else 1)
    )
    if text.isspace():
        text = " "
    ink = written(text, face, style.italic)
    color = palette.link if style.link else hand.color
    return Piece(
        ink,
        size,
        color,
        ink.width * size,
        ASCENT * size,
        DESCENT * size,
        rise=(RAISED_BY * style.raised - LOWERED_BY * style.lowered) * hand.size,
        behind=palette.code if style.code else "",
        line="struck" if style.struck else "",
        text=text,
        face=face,
    )


def _formula(formula: Formula, hand: Hand) -> Piece:
    ink = formula_ink(formula.latex)
    size = hand.size * FORMULA
    return Piece(
        ink,
        size,
        hand.color,
        ink.width * size,
        ink.ascent * size,
        ink.descent * size,
        text=formula.latex,
        is_formula=True,
    )


FORMULA = 1.12
"""How large a formula is in text: its small letters are then as high as those of the text."""


def _icon(picture: Picture, hand: Hand) -> Piece:
    high = min(hand.size, picture.size[1] * hand.size / 20)
    wide = high * picture.size[0] / picture.size[1]
    return Piece(None, hand.size, hand.color, wide, high * 0.85, high * 0.15, picture=picture)


def natural_width(words: Sequence[Word]) -> float:
    """Return how wide words are in one line; of several lines the widest."""
    widest = width = 0.0
    for index, word in enumerate(words):
        width = word.width if word.forced or not index else width + word.space + word.width
        widest = max(widest, width)
    return widest


def least_width(words: Sequence[Word]) -> float:
    """Return the width of the widest word."""
    return max((word.width for word in words), default=0.0)


def broken(words: Sequence[Word], width: float) -> list[list[Word]]:
    """Return words in lines of a width; what is wider than a line ends anywhere."""
    fitting = [part for word in words for part in _fitting(word, width)]
    lines: list[list[Word]] = []
    for paragraph in _between_forced(fitting):
        lines += _least_ragged(paragraph, width)
    return lines


def balanced(words: Sequence[Word], width: float) -> list[list[Word]]:
    """Return words in as few lines as a width needs, all of them about as long: for titles."""
    lines = broken(words, width)
    if len(lines) < 2:
        return lines
    low, high = width / len(lines) / 2, width
    for _ in range(10):
        middle = (low + high) / 2
        if len(broken(words, middle)) > len(lines) or least_width(words) > middle:
            low = middle
        else:
            high = middle
    return broken(words, high)


def _between_forced(words: Sequence[Word]) -> Iterator[list[Word]]:
    part: list[Word] = []
    for word in words:
        if word.forced and part:
            yield part
            part = []
        part.append(word)
    if part:
        yield part


def _fitting(word: Word, width: float) -> Iterator[Word]:
    """Yield a word, or the parts of one that is wider than a line."""
    if word.width <= width:
        yield word
        return
    first = True
    row: list[Piece] = []
    for piece in word.pieces:
        for part in _cut(piece, width):
            if row and sum(it.width for it in row) + part.width > width:
                yield Word(tuple(row), word.space if first else 0.0, word.forced and first)
                first, row = False, []
            row.append(part)
    yield Word(tuple(row), word.space if first else 0.0, word.forced and first)


def _cut(piece: Piece, width: float) -> Iterator[Piece]:
    """Yield parts of a piece that is wider than a line, small ones, cut at good places."""
    if piece.width <= width:
        yield piece
    elif piece.is_formula:
        yield from _cut_formula(piece, width)
    elif piece.ink is None or len(piece.text) < 2 or width <= 0:
        yield _shrunk(piece, width)
    else:
        letters = max(int(len(piece.text) * width / piece.width * 0.9), 1)
        text = piece.text
        while text:
            part = text[:letters]
            if len(text) > letters:
                good = max(part.rfind(it) for it in GOOD_ENDS)
                if good > letters // 3:
                    part = part[: good + 1]
            text = text[len(part) :]
            ink = written(part, piece.face)
            shorter = replace(piece, ink=ink, width=ink.width * piece.size, text=part)
            yield shorter if shorter.width <= width else _shrunk(shorter, width)


def _cut_formula(piece: Piece, width: float) -> Iterator[Piece]:
    """Yield a formula in parts that begin with relations or signs."""
    try:
        inks = formula_lines(piece.text, width / piece.size, display=False)
    except UnsettableError:
        inks = (formula_ink(piece.text),)
    for ink in inks:
        part = replace(
            piece,
            ink=ink,
            width=ink.width * piece.size,
            ascent=ink.ascent * piece.size,
            descent=ink.descent * piece.size,
        )
        yield part if part.width <= width else _shrunk(part, width)


def _shrunk(piece: Piece, width: float) -> Piece:
    part = width / piece.width
    return replace(
        piece,
        size=piece.size * part,
        width=width,
        ascent=piece.ascent * part,
        descent=piece.descent * part,
    )


def _least_ragged(words: list[Word], width: float) -> list[list[Word]]:
    """Return words in lines so that these end as evenly as they can."""
    count = len(words)
    best = [0.0] + [float("inf")] * count
    begun = [0] * (count + 1)
    for end in range(1, count + 1):
        length = letters = 0.0
        for start in range(end - 1, -1, -1):
            length += words[start].width + (words[start + 1].space if start + 1 < end else 0.0)
            letters += words[start].letters
            if (length > width + 0.01 or letters > MEASURE + 1) and start < end - 1:
                break
            slack = max(width - length, 0.0) / width
            if end == count:
                cost = 0.0 if start == 0 or slack < 1 - SHORT_END else 0.6
                cost += 0.02
            else:
                cost = slack**2 + 0.02
            if best[start] + cost < best[end]:
                best[end], begun[end] = best[start] + cost, start
    lines = []
    end = count
    while end:
        lines.append(words[begun[end] : end])
        end = begun[end]
    return lines[::-1]


def set_line(words: Sequence[Word], hand: Hand) -> Line:
    """Return words set in a line."""
    pieces: list[tuple[Piece, float]] = []
    across = 0.0
    for index, word in enumerate(_as_seen(words)):
        across += word.space if index else 0.0
        for piece in word.pieces:
            pieces.append((piece, across))
            across += piece.width
    leading = (LEADING - ASCENT - DESCENT) / 2 * hand.size
    up = max(
        [ASCENT * hand.size + leading, *(it.ascent + it.rise + leading / 2 for it, _ in pieces)]
    )
    down = max(
        [DESCENT * hand.size + leading, *(it.descent - it.rise + leading / 2 for it, _ in pieces)]
    )
    marks: list[Mark] = [*_behind(pieces, up)]
    for piece, left in pieces:
        if piece.picture is not None:
            top = up - piece.ascent
            place = Place(left, top, left + piece.width, top + piece.ascent + piece.descent)
            marks.append(Shown(piece.picture, place))
        elif piece.ink is not None:
            marks.append(Letters(piece.ink, left, up - piece.rise, piece.size, piece.color))
        if piece.line == "struck":
            middle, thick = up - 0.3 * piece.size, max(piece.size / 16, 1)
            place = Place(left, middle - thick / 2, left + piece.width, middle + thick / 2)
            marks.append(Area(place, piece.color))
    return Line(tuple(marks), across, up + down, _said(words))


def _as_seen(words: Sequence[Word]) -> Sequence[Word]:
    """Return the words of a line from left to right.

    Words that are read the other way stand in that order; where the first of them is such, so does
    the whole line.
    """
    leftwards = [any(is_leftwards(it.text) for it in word.pieces) for word in words]
    if not any(leftwards):
        return words
    known = [
        leftward or any(letter.isalpha() for it in word.pieces for letter in it.text)
        for word, leftward in zip(words, leftwards, strict=True)
    ]
    space = max(word.space for word in words)
    words = [replace(words[0], space=space), *words[1:]]  # it need no longer be the first
    runs = _runs(words, leftwards)
    is_whole = leftwards[known.index(True)]
    return [word for run in (runs[::-1] if is_whole else runs) for word in run]


def _runs(words: Sequence[Word], leftwards: Sequence[bool]) -> list[list[Word]]:
    """Return neighbours that are read one way, in the order in which they are seen."""
    runs: list[list[Word]] = []
    for leftward, group in groupby(zip(leftwards, words, strict=True), key=itemgetter(0)):
        run = [word for _, word in group]
        runs.append(run[::-1] if leftward else run)
    return runs


def _said(words: Sequence[Word]) -> str:
    """Return what words say, with a space where there is one between them."""
    parts = []
    for word in words:
        parts += [" " if word.space else ""]
        parts += (it.picture.alternative if it.picture else it.text for it in word.pieces)
    return "".join(parts).strip()


def _behind(pieces: Sequence[tuple[Piece, float]], up: float) -> Iterator[Area]:
    """Yield what lies behind code, as one area where several words of it stand together."""
    begun: tuple[float, float, Piece] | None = None
    for piece, left in pieces:
        if piece.behind and begun and left - begun[1] < piece.size * 0.7:
            begun = (begun[0], left + piece.width, piece)
        else:
            if begun:
                yield _chip(begun, up)
            begun = (left, left + piece.width, piece) if piece.behind else None
    if begun:
        yield _chip(begun, up)


def _chip(part: tuple[float, float, Piece], up: float) -> Area:
    left, right, piece = part
    pad = piece.size * 0.12
    place = Place(left - pad, up - piece.size * 0.95, right + pad, up + piece.size * 0.3)
    return Area(place, piece.behind, piece.size * 0.15)
