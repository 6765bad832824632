"""A title in the middle of a slide."""

from collections.abc import Sequence

from visualize.deck.blocks import Inline, Words, plain
from visualize.deck.flow import Said
from visualize.deck.frame import Sheet
from visualize.deck.lines import Hand, balanced, broken, set_line, words_of
from visualize.deck.marks import Mark, Place
from visualize.deck.plans import Plan

OPTICAL = 0.42
"""How much of the free room is above a title."""


def large_title(texts: Sequence[Inline], below: str, sheet: Sheet, kind: str = "title") -> Plan:
    """Return a title in the middle of a slide, and what stands below it."""
    inner, unit, theme = sheet.inner, sheet.unit, sheet.palette.theme
    for size in (96, 84, 72, 62, 52, 44, 36):
        hand = Hand(size * unit, sheet.palette, theme.ink, strong=True)
        lines = [
            set_line(it, hand)
            for text in texts
            for it in balanced(words_of(text, hand), inner.width * 0.9)
        ]
        if len(lines) <= 3 and sum(it.height for it in lines) <= 0.6 * inner.height:
            break
    small = Hand(40 * unit, sheet.palette, theme.quiet)
    under = [
        set_line(it, small) for it in broken(words_of((Words(below),), small), inner.width * 0.9)
    ]
    gap = 0.5 * size * unit if below else 0.0
    tight = 0.88
    high = sum(it.height * tight for it in lines) + gap + sum(it.height for it in under)
    down = inner.top + max((inner.height - high) * OPTICAL, 0)
    marks: list[Mark] = []
    said: list[Said] = []
    top = down
    for line in lines:
        marks += (it.moved(inner.left, down) for it in line.marks)
        down += line.height * tight
    widest = max((it.width for it in lines), default=0.0)
    place = Place(inner.left, top, inner.left + widest, down)
    said.append(
        Said("title" if kind == "title" else "heading", " ".join(map(plain, texts)), place, 1)
    )
    top = down = down + gap
    for line in under:
        marks += (it.moved(inner.left, down) for it in line.marks)
        down += line.height
    if below:
        widest = max(it.width for it in under)
        said.append(Said("paragraph", below, Place(inner.left, top, inner.left + widest, down)))
    return Plan("title", tuple(marks), tuple(said))
