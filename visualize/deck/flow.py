"""Blocks at a size, one below the other: strips, between which a slide may end."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from visualize.deck.blocks import (
    Block,
    Code,
    Display,
    Footnote,
    Inline,
    Item,
    Listing,
    Paragraph,
    Quote,
    Table,
    Words,
    plain,
)
from visualize.deck.formulas import formula_ink, formula_lines
from visualize.deck.ink import ASCENT, written
from visualize.deck.lines import FORMULA, LEADING, Hand, Line, broken, set_line, words_of
from visualize.deck.marks import Area, Letters, Mark, Place
from visualize.deck.palette import Palette
from visualize.deck.slide import PassageKind

BETWEEN_PARAGRAPHS = 0.62
BETWEEN_ITEMS = 0.3
AROUND_BOXES = 0.75
"""Space between blocks, in the size of the letters."""
INDENT = 1.25
"""Of a list, for its bullets."""
MOST_INDENTED = 0.45
"""Of the width, that lists in lists are moved to the right."""
BULLETS = ("•", "\u2013", "◦")
"""By depth: a dot, a dash, a circle."""
NOTE = 0.62
"""How large a footnote is."""


@dataclass(frozen=True)
class Said:
    """What a strip says, for those who do not see it."""

    kind: PassageKind
    text: str
    place: Place
    level: int = 0


@dataclass(frozen=True, eq=False)
class Frame:
    """What is around several strips: a box of code, the bar beside a quotation."""

    left: float
    right: float
    pad: float
    """Above the first and below the last of them on a slide."""
    color: str
    bar: str = ""
    """The colour of a bar at its left, if there is one."""
    bar_width: float = 0.0
    radius: float = 0.0
    said: tuple[PassageKind, str] | None = None
    """What all of it says together, where that is one passage."""


@dataclass(frozen=True, eq=False)
class Strip:
    """What is never cut: some lines, an item, the row of a table, a line of code."""

    height: float
    marks: tuple[Mark, ...]
    said: tuple[Said, ...]
    above: float
    """Space above it, where something stands there."""
    frames: tuple[Frame, ...] = ()
    keeps_next: bool = False
    """Whether a slide should not end below it."""
    head: "Strip | None" = None
    """What is repeated above it where a slide begins with it: names of columns."""
    blank: bool = False
    """Whether it is an empty line of code, where it is best cut, and none begins a slide."""
    lines: "tuple[Strip, ...]" = ()
    """Smaller ones that it may be cut into if it is too high for a slide."""


@dataclass(frozen=True)
class Setting:
    """How blocks are set: the size of the letters, and from where to where."""

    size: float
    left: float
    right: float
    palette: Palette
    color: str = ""
    frames: tuple[Frame, ...] = ()
    depth: int = 0
    centered: bool = False
    edge: float = 0.0
    """How far to the right code and tables may go, whose lines are not read like text."""
    least: float = 0.0
    """The size below which no letters go, of those of this text."""
    kind: PassageKind = "paragraph"
    strong: bool = False
    tallest: float = float("inf")
    """The room from top to bottom, which a formula never leaves."""

    @property
    def width(self) -> float:
        """Of the lines."""
        return self.right - self.left

    @property
    def hand(self) -> Hand:
        """How its text is written."""
        return Hand(self.size, self.palette, self.color or self.palette.theme.ink, self.strong)


NARROWEST = 9.0
"""Letters: what is in other lists and quotes is indented no farther than that so much is left."""


def strips_of(blocks: Sequence[Block], setting: Setting) -> list[Strip]:
    """Return blocks, one below the other, as strips."""
    strips: list[Strip] = []
    for index, block in enumerate(blocks):
        more = list(_strips(block, setting))
        following = blocks[index + 1] if index + 1 < len(blocks) else None
        if more and isinstance(block, Paragraph) and _introduces(block, following):
            more[-1] = replace(more[-1], keeps_next=True)
        strips += more
    return strips


def _introduces(block: Paragraph, following: Block | None) -> bool:
    if isinstance(following, Display):
        return not plain(block.words).endswith(".")
    if isinstance(following, Code | Listing | Table):
        return plain(block.words).endswith((":", "\uff1a", ","))
    return False


def _strips(block: Block, setting: Setting) -> Iterator[Strip]:
    match block:
        case Paragraph():
            yield paragraph(block.words, setting)
        case Listing():
            yield from _listing(block, setting)
        case Quote():
            yield from _quote(block, setting)
        case Code():
            from visualize.deck.programs import code_strips

            yield from code_strips(block, setting)
        case Table():
            from visualize.deck.tables import table_strips

            yield from table_strips(block, setting)
        case Display():
            yield _display(block, setting)
        case Footnote():
            yield _footnote(block, setting)


def paragraph(words: Inline, setting: Setting, above: float = BETWEEN_PARAGRAPHS) -> Strip:
    """Return a paragraph as a strip."""
    hand = setting.hand
    lines = [set_line(it, hand) for it in broken(words_of(words, hand), setting.width)]
    return lines_as_strip(lines, plain(words), setting, above * setting.size)


def lines_as_strip(lines: Sequence[Line], text: str, setting: Setting, above: float) -> Strip:
    """Return lines of text, one below the other, as a strip that can be cut between them."""
    parts = []
    for line in lines:
        across = setting.left
        if setting.centered:
            across += (setting.width - line.width) / 2
        place = Place(across, 0, across + line.width, line.height)
        marks = tuple(it.moved(across, 0) for it in line.marks)
        parts.append(Strip(line.height, marks, (Said(setting.kind, line.text, place),), 0.0))
    whole = stacked(parts)
    widest = max((it.width for it in lines), default=0.0)
    left = min((it.said[0].place.left for it in parts), default=setting.left)
    place = Place(left, 0, left + widest, whole.height)
    level = setting.depth if setting.kind == "item" else 0
    return replace(
        whole,
        said=(Said(setting.kind, text, place, level),),
        above=above,
        frames=setting.frames,
        lines=tuple(parts) if len(parts) > 1 else (),
    )


def stacked(strips: Sequence[Strip], between: float = 0.0) -> Strip:
    """Return strips one below the other as one that is not cut."""
    marks: list[Mark] = []
    said: list[Said] = []
    down = 0.0
    for index, strip in enumerate(strips):
        down += between if index else 0.0
        marks += (it.moved(0, down) for it in strip.marks)
        said += (replace(it, place=it.place.moved(0, down)) for it in strip.said)
        down += strip.height
    return Strip(down, tuple(marks), tuple(said), 0.0)


def _listing(block: Listing, setting: Setting) -> Iterator[Strip]:
    depth = setting.depth + 1
    size = setting.size
    widest = max((written(it.mark, "text").width for it in block.items), default=0.0)
    indent = max(INDENT, widest + 0.45) * size
    most = MOST_INDENTED * (setting.right - setting.left + setting.depth * INDENT * size)
    left = setting.left + indent if depth * indent <= most else setting.left + 0.6 * size
    left = max(min(left, setting.right - NARROWEST * size), setting.left)
    inner = replace(setting, left=left, depth=depth, kind="item")
    for number, item in enumerate(block.items):
        space = BETWEEN_PARAGRAPHS if block.loose and depth == 1 else BETWEEN_ITEMS
        if number == 0:
            space = BETWEEN_ITEMS if depth > 1 else BETWEEN_PARAGRAPHS * 0.8
        strips = strips_of(item.blocks, inner) or [paragraph((Words(" "),), inner)]
        first = replace(strips[0], above=space * size)
        yield _marked(first, item, inner, block.ordered, left)
        yield from strips[1:]


def _marked(strip: Strip, item: Item, setting: Setting, ordered: bool, left: float) -> Strip:
    """Return the first strip of an item with its bullet, number or box before it."""
    size, palette = setting.size, setting.palette
    baseline = (LEADING - 1.21) / 2 * size + ASCENT * size
    letters = [it for it in strip.marks if isinstance(it, Letters)]
    if letters:
        baseline = letters[0].baseline
    gap = 0.45 * size
    marks: list[Mark] = []
    if item.checked is not None:
        marks += _box(left - gap, baseline, size, palette, item.checked)
    else:
        mark = item.mark if ordered else BULLETS[min(setting.depth, len(BULLETS)) - 1]
        ink = written(mark, "text")
        color = palette.theme.quiet if not ordered else setting.hand.color
        marks.append(Letters(ink, left - gap - ink.width * size, baseline, size, color))
    lines = strip.lines
    if lines:  # where it is cut, the first line has it
        lines = (replace(lines[0], marks=(*marks, *lines[0].marks)), *lines[1:])
    return replace(strip, marks=(*marks, *strip.marks), lines=lines)


def _box(
    right: float, baseline: float, size: float, palette: Palette, checked: bool
) -> Iterator[Mark]:
    """Yield the box of a task, with a tick where it is done."""
    side, line = 0.68 * size, max(size / 16, 1)
    left, top = right - side, baseline - side
    color = palette.link if checked else palette.theme.quiet
    yield Area(Place(left, top, right, baseline), color, 0.12 * size)
    if checked:
        ink = written("✓", "text")
        yield Letters(
            ink,
            left + (side - ink.width * size * 0.8) / 2,
            baseline - 0.08 * size,
            size * 0.8,
            palette.theme.background,
        )
    else:
        inner = Place(left + line, top + line, right - line, baseline - line)
        yield Area(inner, palette.theme.background, 0.08 * size)


def _quote(block: Quote, setting: Setting) -> Iterator[Strip]:
    size, palette = setting.size, setting.palette
    bar = max(0.14 * size, 2)
    frame = Frame(
        setting.left,
        setting.right,
        0.55 * size if block.title else 0.1 * size,
        palette.note if block.title else "",
        palette.link if block.title else palette.rule,
        bar,
        0.1 * size if block.title else 0.0,
    )
    inset = max(min(0.9 * size, (setting.width - NARROWEST * size) / 2), 0.0)
    inner = replace(
        setting,
        left=setting.left + inset,
        right=setting.right - (inset if block.title else 0),
        edge=setting.right - (inset if block.title else 0),
        frames=(*setting.frames, frame),
        kind="quote",
        depth=0,
        color=setting.color if block.title else palette.theme.quiet,
    )
    strips = []
    if block.title:
        titled = replace(inner, strong=True, color=palette.link)
        strips.append(replace(paragraph((Words(block.title),), titled), keeps_next=True))
    strips += strips_of(block.blocks, inner)
    for index, strip in enumerate(strips):
        yield replace(strip, above=AROUND_BOXES * size) if index == 0 else strip


def _display(block: Display, setting: Setting) -> Strip:
    """Return a formula on a line of its own; one that is too wide goes on on the next."""
    size = setting.size * FORMULA
    room = setting.width
    lines = formula_lines(block.formula.latex, room / size)
    widest = max(it.width for it in lines) * size
    if widest > room:
        size *= room / widest
    gap = 0.2 * setting.size
    between = 0.45 * setting.size
    around = 2 * gap + between * (len(lines) - 1)
    high = sum(ink.ascent + ink.descent for ink in lines) * size
    if high + around > setting.tallest:
        size *= max(setting.tallest - around, 0.1 * setting.tallest) / high
    down = gap
    letters: list[Mark] = []
    left, right = setting.right, setting.left
    for ink in lines:
        start = setting.left + (room - ink.width * size) / 2
        letters.append(Letters(ink, start, down + ink.ascent * size, size, setting.hand.color))
        down += (ink.ascent + ink.descent) * size + between
        left, right = min(left, start), max(right, start + ink.width * size)
    down += gap - between
    place = Place(left, gap, right, down - gap)
    said = Said("formula", block.formula.latex, place)
    space = BETWEEN_PARAGRAPHS * setting.size * 0.6
    return Strip(down, tuple(letters), (said,), space, setting.frames)


def formula_width(block: Display, size: float) -> float:
    """Return how wide a displayed formula is among letters of a size."""
    return formula_ink(block.formula.latex, display=True).width * size * FORMULA


def broken_width(block: Display, size: float, room: float) -> float:
    """Return how wide it is where it goes on on the next line, if it does not fit in a room."""
    lines = formula_lines(block.formula.latex, room / size / FORMULA)
    return max(it.width for it in lines) * size * FORMULA


def _footnote(block: Footnote, setting: Setting) -> Strip:
    small = replace(
        setting,
        size=max(setting.size * NOTE, setting.least),
        kind="footnote",
        color=setting.palette.theme.quiet,
    )
    words = (Words(block.number, raised=True), Words(" "), *block.words)
    return paragraph(words, small, above=0.4)
