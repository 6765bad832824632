"""What cannot be drawn of a post: formulas that nothing sets, letters that no font has."""

import unicodedata
from collections.abc import Iterator, Sequence

from visualize.deck._latex import UnsettableError
from visualize.deck.blocks import (
    Block,
    Code,
    Display,
    Footnote,
    Formula,
    Heading,
    Inline,
    Listing,
    Paragraph,
    Quote,
    Section,
    Table,
    Words,
)
from visualize.deck.formulas import formula_ink
from visualize.deck.ink import Face, has_letter
from visualize.deck.post import Post
from visualize.deck.running_text import inline_of
from visualize.deck.settings import DeckSettings
from visualize.looks.fonts import font_for
from visualize.scene.source import Mark
from visualize.text import shortened

NOBODYS = ("Co", "Cn", "Cs")
"""Kinds of letters (Unicode): for private use, and not assigned."""
FROM_THE_RIGHT = ("R", "AL")
"""How letters run (Unicode): Hebrew and Arabic."""
CONTROLS = "\x0b\x0c\x1c\x1d\x1e\x1f\x85"
"""Control characters that count as spaces."""
INVISIBLE = frozenset("\u200b\u200c\u200d\u2060\ufeff\ufe0e\ufe0f\u00ad\u200e\u200f\u2028\u2029")
"""Letters that are not drawn: joiners, marks of direction, variants."""


def check_formulas(post: Post, sections: Sequence[Section], title: str) -> None:
    """Note a mistake for each formula that cannot be set, at the command that is in the way."""
    everywhere = post.finder(0, len(post.lines))
    of_title = [
        (Formula(it.latex, everywhere.find(it.latex)), False)
        for it in inline_of(title)
        if isinstance(it, Formula)
    ]
    for formulas in (of_title, *map(_formulas, sections)):
        for formula, display in formulas:
            try:
                formula_ink(formula.latex, display)
            except UnsettableError as error:
                mark = _command_at(post, formula, error.command)
                what = f"{error.command} {error.reason}" if error.command else error.reason
                if not what:
                    what = f"nothing sets {shortened(formula.latex, 60)}"
                post.refuse(mark, f"a formula that cannot be set: {what}")


def _command_at(post: Post, formula: Formula, command: str) -> Mark:
    """Return where a command stands in a formula, or the formula."""
    before, found, _ = formula.latex.partition(command) if command else ("", "", "")
    if not found:
        return formula.mark
    down = before.count("\n")
    line = formula.mark.line + down
    source = post.lines[line - 1] if line <= len(post.lines) else ""
    column = source.find(command, 0 if down else formula.mark.column - 1)
    return Mark(line, column + 1, len(command)) if column >= 0 else formula.mark


def _formulas(section: Section) -> Iterator[tuple[Formula, bool]]:
    blocks = [*([section.heading] if section.heading else []), *section.blocks]
    for block in _all(blocks):
        if isinstance(block, Display):
            yield block.formula, True
        for inline in _inline(block):
            yield from ((it, False) for it in inline if isinstance(it, Formula))


def _all(blocks: Sequence[Block]) -> Iterator[Block]:
    for block in blocks:
        yield block
        if isinstance(block, Quote):
            yield from _all(block.blocks)
        elif isinstance(block, Listing):
            for item in block.items:
                yield from _all(item.blocks)


def _inline(block: Block) -> Iterator[Inline]:
    match block:
        case Heading(words=words) | Paragraph(words=words) | Footnote(words=words):
            yield words
        case Table(rows=rows):
            for row in rows:
                yield from row


def check_letters(post: Post, sections: Sequence[Section], settings: DeckSettings) -> None:
    """Note a mistake for each font that is missing, at the first letter that needs it."""
    written = {(it, face) for text, face in _written(sections, settings) for it in text}
    missing: dict[str, list[str]] = {}
    for letter, face in sorted(written):
        why = _why_not(letter, face)
        if why and letter not in missing.setdefault(why, []):
            missing[why].append(letter)
    for why, letters in missing.items():
        letters.sort(key=lambda it: post.text.find(it))
        few = " ".join(map(_named, letters[:8])) + (" …" if len(letters) > 8 else "")
        post.refuse(_first(post, letters), why.replace(LETTERS, few))


LETTERS = "{letters}"


def _why_not(letter: str, face: Face) -> str:
    """Return why a letter cannot be drawn, and what to do; nothing where it can."""
    if (letter.isspace() and letter not in CONTROLS) or letter in INVISIBLE:
        return ""
    kind = unicodedata.category(letter)
    if kind == "Cc":
        return f"the control characters {LETTERS} cannot be drawn; delete them"
    if unicodedata.bidirectional(letter) in FROM_THE_RIGHT:
        return f"{LETTERS} are written from right to left, which slides cannot do yet"
    if ord(letter) < 0x250 or has_letter(letter, face):
        return ""
    if kind in NOBODYS:
        return f"{LETTERS} stand for nothing that fonts agree upon; write other words"
    return (
        f"no font on this machine can draw {LETTERS}; install {font_for(letter)}, "
        "or write other words"
    )


def _named(letter: str) -> str:
    """Return a letter, or its number where it shows nothing."""
    is_seen = unicodedata.category(letter) not in (*NOBODYS, "Cc")
    return letter if is_seen else f"U+{ord(letter):04X}"


def _first(post: Post, letters: Sequence[str]) -> Mark:
    for number, line in enumerate(post.lines, 1):
        places = [line.find(it) for it in letters if it in line]
        if places:
            return Mark(number, min(places) + 1, 1)
    return Mark(1, 1, 1)


def _written(sections: Sequence[Section], settings: DeckSettings) -> Iterator[tuple[str, Face]]:
    for text in (settings.title, settings.author, settings.date):
        yield text, "text"
    for section in sections:
        blocks = [*([section.heading] if section.heading else []), *section.blocks]
        for block in _all(blocks):
            if isinstance(block, Code):
                yield block.text, "code"
            if isinstance(block, Quote):
                yield block.title, "text"
            for inline in _inline(block):
                for part in inline:
                    if isinstance(part, Words):
                        yield part.text, "code" if part.code else "text"
