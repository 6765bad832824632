"""What is alike on all slides: margins, the heading, the foot."""

from dataclasses import dataclass

from visualize.deck.blocks import Inline, Words, plain
from visualize.deck.flow import Said
from visualize.deck.ink import ASCENT, written
from visualize.deck.lines import Hand, balanced, set_line, words_of
from visualize.deck.marks import Letters, Mark, Place
from visualize.deck.palette import Palette

HEADINGS = (62, 62, 56, 52)
"""Pixels of headings by their level, on a slide that is 1080 high."""
FOOT = 26
PART = 34
"""Of "2/3" beside a heading."""
SIDE, TOP, BOTTOM = 0.0625, 78, 96
"""Margins: of the width, and pixels of a slide that is 1080 high."""
SMALLER = ((1.0, 1), (0.92, 1), (0.92, 2), (0.8, 2), (0.8, 3), (0.7, 3), (0.6, 4), (0.5, 5))
"""How much smaller a long heading is, and in how many lines it then may be."""
MOST_OF_HEIGHT = 0.3
"""That a heading takes."""


@dataclass(frozen=True)
class Sheet:
    """An empty slide: its size and its colours."""

    width: int
    height: int
    palette: Palette

    @property
    def unit(self) -> float:
        """Pixels of this slide for one of a slide that is 1080 high, or wide if it is upright."""
        return min(self.width, self.height) / 1080

    @property
    def side(self) -> float:
        """The margin at the left and at the right."""
        return SIDE * self.width

    @property
    def inner(self) -> Place:
        """All but the margins."""
        return Place(
            self.side,
            TOP * self.unit,
            self.width - self.side,
            self.height - BOTTOM * self.unit,
        )


@dataclass(frozen=True)
class Headed:
    """The heading of a slide, and the place that is left below it."""

    marks: tuple[Mark, ...]
    said: tuple[Said, ...]
    below: Place


def heading(words: Inline, level: int, sheet: Sheet, part: tuple[int, int]) -> Headed:
    """Return a heading in its place; its letters are smaller where it is long."""
    inner, unit = sheet.inner, sheet.unit
    if not plain(words):
        return Headed((), (), inner)
    counter = f"{part[0]}/{part[1]}" if part[1] > 1 else ""
    room = inner.width - (4 * PART * unit if counter else 0)
    size = HEADINGS[min(level, len(HEADINGS)) - 1] * unit
    for smaller, most in SMALLER:
        hand = Hand(size * smaller, sheet.palette, sheet.palette.theme.ink, strong=True)
        lines = [set_line(it, hand) for it in balanced(words_of(words, hand), room)]
        height = sum(it.height for it in lines) * TIGHT
        if len(lines) <= most and height <= MOST_OF_HEIGHT * inner.height:
            break
    marks: list[Mark] = []
    down = inner.top
    widest = max(it.width for it in lines)
    for line in lines:
        marks += (it.moved(inner.left, down) for it in line.marks)
        down += line.height * TIGHT
    place = Place(inner.left, inner.top, inner.left + widest, down)
    said = [Said("heading", plain(words), place, level)]
    if counter:
        first = next(it for it in marks if isinstance(it, Letters))
        ink = written(counter, "text")
        left = inner.right - ink.width * PART * unit
        color = sheet.palette.theme.quiet
        marks.append(Letters(ink, left, first.baseline, PART * unit, color))
    below = Place(inner.left, down + 0.5 * size, inner.right, inner.bottom)
    return Headed(tuple(marks), tuple(said), below)


TIGHT = 0.9
"""How near the lines of a heading are, as a part of those of text."""


def foot(within: str, number: int, sheet: Sheet) -> tuple[Mark, ...]:
    """Return the title of the section, shortened if it must be, and the number of the slide."""
    size, color = FOOT * sheet.unit, sheet.palette.theme.quiet
    baseline = sheet.height - 0.42 * BOTTOM * sheet.unit
    ink = written(f"{number}", "text")
    right = sheet.inner.right - ink.width * size
    marks: list[Mark] = [Letters(ink, right, baseline, size, color)]
    hand = Hand(size, sheet.palette, color)
    text = within
    while text:
        line = set_line(words_of((Words(text),), hand), hand)
        if line.width <= right - sheet.inner.left - 2 * size:
            down = baseline - (ASCENT + (1.42 - 1.21) / 2) * size
            marks += (it.moved(sheet.inner.left, down) for it in line.marks)
            break
        text = text[: int(len(text) * 0.9) - 1].rstrip() + "…" if len(text) > 4 else ""
    return tuple(marks)
