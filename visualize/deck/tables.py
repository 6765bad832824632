"""Tables: columns as wide as they need, cells in lines, one strip a row."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from visualize.deck.blocks import Inline, Table, plain
from visualize.deck.flow import BETWEEN_PARAGRAPHS, Said, Setting, Strip, stacked
from visualize.deck.lines import Hand, Word, broken, least_width, natural_width, set_line, words_of
from visualize.deck.marks import Area, Place

CELL_GAP = 1.1
"""Between columns, in the size of the letters."""
CELL_PAD = 0.22
TABLE = 0.86
"""How large a table's letters are, as a part of those of text."""


def table_strips(block: Table, setting: Setting) -> Iterator[Strip]:
    """Yield a strip for each row; the names of columns are repeated where a slide begins.

    What is too wide in any case comes in several tables, each with the first column.
    """
    for index, part in enumerate(narrowed(block, setting)):
        for number, strip in enumerate(_rows(part, setting)):
            above = 1.4 if index else BETWEEN_PARAGRAPHS
            yield replace(strip, above=above * setting.size) if number == 0 else strip


def least_table_width(block: Table, size: float, setting: Setting) -> float:
    """Return how wide a table is at least whose letters are among text of a size."""
    small = replace(setting, size=size * TABLE)
    widths = [_widest(least_width, column, small) for column in _columns(block)]
    return sum(widths) + CELL_GAP * size * TABLE * (len(widths) - 1)


def _widest(
    measure: Callable[[Sequence[Word]], float], column: Sequence[Inline], setting: Setting
) -> float:
    """Return the width of the widest of a column's cells; its name is in bold letters."""
    hands = [replace(setting.hand, strong=True), *[setting.hand] * (len(column) - 1)]
    pairs = zip(column, hands, strict=False)
    return max((measure(words_of(cell, hand)) for cell, hand in pairs), default=0.0) + 1


def narrowed(block: Table, setting: Setting) -> list[Table]:
    """Return a table, or several with some of its columns each, that are not too wide."""
    count = len(block.alignments)
    if count <= 2 or least_table_width(block, setting.size, setting) <= setting.edge - setting.left:
        return [block]
    parts = []
    columns = [0]
    for column in range(1, count):
        if len(columns) > 1:
            wider = _only(block, [*columns, column])
            if least_table_width(wider, setting.size, setting) > setting.edge - setting.left:
                parts.append(_only(block, columns))
                columns = [0]
        columns.append(column)
    return [*parts, _only(block, columns)]


def _only(block: Table, columns: Sequence[int]) -> Table:
    rows = tuple(tuple(row[it] if it < len(row) else () for it in columns) for row in block.rows)
    return Table(rows, tuple(block.alignments[it] for it in columns))


def _columns(block: Table) -> list[list[Inline]]:
    count = len(block.alignments)
    return [[row[it] for row in block.rows if it < len(row)] for it in range(count)]


def _rows(block: Table, setting: Setting) -> Iterator[Strip]:
    setting = replace(setting, size=setting.size * TABLE)
    hand = setting.hand
    bold = replace(hand, strong=True)
    widths = column_widths(block, setting)
    total = sum(widths) + CELL_GAP * setting.size * (len(widths) - 1)
    right = setting.left + total
    line = max(round(setting.size / 22), 1)
    rule = setting.palette.rule
    head: Strip | None = None
    last = len(block.rows) - 1
    for number, row in enumerate(block.rows):
        strip = _row(row, block, widths, bold if number == 0 else hand, setting)
        color = setting.palette.theme.axes if number == 0 else rule
        place = Place(setting.left, strip.height - line, right, strip.height)
        if number != last:
            strip = replace(strip, marks=(*strip.marks, Area(place, color)))
        if number == 0:
            if not any(plain(cell) for cell in row):
                continue
            head = strip = replace(strip, keeps_next=True)
            yield strip
        else:
            yield replace(strip, head=head)


def column_widths(block: Table, setting: Setting) -> list[float]:
    """Return how wide the columns are: as they need, or shared so that few cells break."""
    columns = _columns(block)
    natural = [_widest(natural_width, column, setting) for column in columns]
    room = setting.edge - setting.left - CELL_GAP * setting.size * (len(columns) - 1)
    if sum(natural) <= room:
        return natural
    least = [_widest(least_width, column, setting) for column in columns]
    if sum(least) > room:  # some words are broken: those of the widest columns
        return _shared(least, [0.0] * len(columns), room)
    return _shared(natural, least, room)


def _shared(wanted: Sequence[float], least: Sequence[float], room: float) -> list[float]:
    """Return widths that fill a room: who wants less than a fair share has what it wants."""
    widths = [0.0] * len(wanted)
    left = sorted(range(len(wanted)), key=wanted.__getitem__)
    while left:
        fair = max(room, 0.0) / len(left)
        tight = next((it for it in left if least[it] > fair), None)
        number = tight if tight is not None else left[0]
        widths[number] = least[number] if tight is not None else min(wanted[number], fair)
        room -= widths[number]
        left.remove(number)
    return widths


def _row(
    row: Sequence[Inline],
    block: Table,
    widths: Sequence[float],
    hand: Hand,
    setting: Setting,
) -> Strip:
    across = setting.left
    right = across
    parts: list[list[Strip]] = []
    """What of each cell stands in the row's first line, its second, ..."""
    for cell, side, width in zip(row, block.alignments, widths, strict=False):
        lines = [set_line(it, hand) for it in broken(words_of(cell, hand), max(width, 1.0))]
        for number, line in enumerate(lines):
            shift = {"left": 0.0, "center": (width - line.width) / 2, "right": width - line.width}
            marks = tuple(it.moved(across + shift[side], 0) for it in line.marks)
            if number == len(parts):
                parts.append([])
            place = Place(across, 0, across + line.width, line.height)
            parts[number].append(Strip(line.height, marks, (Said("table", line.text, place),), 0.0))
        right = across + width
        across = right + CELL_GAP * setting.size
    rows = [_beside(it, setting.left, right) for it in parts]
    pad = CELL_PAD * setting.size
    text = " | ".join(plain(cell) for cell in row)
    whole = stacked(rows)
    height = whole.height or setting.size
    said = Said("table", text, Place(setting.left, 0, right, height + 2 * pad))
    moved = tuple(it.moved(0, pad) for it in whole.marks)
    cuts = tuple(rows) if len(rows) > 1 else ()
    return Strip(height + 2 * pad, moved, (said,), 0.0, setting.frames, lines=cuts)


def _beside(cells: Sequence[Strip], left: float, right: float) -> Strip:
    """Return lines of several cells as one."""
    height = max(it.height for it in cells)
    text = " | ".join(said.text for it in cells for said in it.said)
    marks = tuple(mark for it in cells for mark in it.marks)
    return Strip(height, marks, (Said("table", text, Place(left, 0, right, height)),), 0.0)
