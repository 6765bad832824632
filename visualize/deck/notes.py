"""Notes that are set apart: a title, and what stands below it."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from visualize.deck.blocks import (
    Block,
    Break,
    Heading,
    Inline,
    Paragraph,
    Quote,
    Rule,
    Words,
    plain,
)

ALERT = re.compile(r"\[!(?P<kind>\w[\w-]*)[^\]]*\][+-]?\s*(?P<title>.*)")
"""GitHub's > [!NOTE], and Obsidian's > [!tip]- Title."""
LONGEST_TITLE = 100
"""Letters of a note's title: what has more is its text."""


def note_of(blocks: Sequence[Block]) -> tuple[Sequence[Block], str]:
    """Return what a quotation says and, where it is a note, its title: > [!tip]- Title."""
    first = blocks[0] if blocks else None
    if not isinstance(first, Paragraph):
        return blocks, ""
    ends = next((at for at, it in enumerate(first.words) if it == Break()), len(first.words))
    begun, rest = first.words[:ends], first.words[ends + 1 :]
    found = ALERT.fullmatch(plain(begun))
    if not found:
        return blocks, ""
    kind, title = found["kind"].capitalize(), found["title"]
    if len(title) > LONGEST_TITLE:
        title, rest = "", (*_after_alert(begun), *rest)
    return [*([Paragraph(rest)] if rest else []), *blocks[1:]], title or kind


def _after_alert(words: Inline) -> Inline:
    """Return the words behind the mark of a note."""
    first, *others = words
    if not isinstance(first, Words):
        return words
    return (replace(first, text=re.sub(r"^\[!.*?\][+-]?\s*", "", first.text)), *others)


def set_apart(blocks: Iterable[Block], title: str) -> Iterator[Block]:
    """Yield a note, or a quotation; one that says nothing but its title is that."""
    kept = tuple(it for it in blocks if not isinstance(it, Heading | Rule))
    if kept:
        yield Quote(kept, title)
    elif title:
        yield Quote((Paragraph((Words(title, bold=True),)),))
