"""Text on slides: as it is, a quotation in larger letters, lists in columns."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from visualize.deck.blocks import Block, Display, Footnote, Listing, Paragraph, Quote, plain
from visualize.deck.fitting import BODY, FLOOR, fitted, setting_at
from visualize.deck.flow import Strip, strips_of
from visualize.deck.frame import Sheet
from visualize.deck.marks import Place
from visualize.deck.pages import height_of, stack
from visualize.deck.plans import Plan, above_notes, noted, with_notes

LIFTED = 0.25
"""How much of the free room is above text: it belongs to its heading."""
FEW = 0.36
"""Of the height: text that takes no more is set in larger letters."""
GAP = 0.045
"""Between columns, of the width."""
LONG_LIST = 7
"""Items that may be in two columns."""


def text_plans(
    blocks: Sequence[Block],
    notes: Sequence[Footnote],
    place: Place,
    sheet: Sheet,
    layout: str | None,
) -> list[Plan]:
    """Return text on as many slides as it needs, in the layout that suits it."""
    room = above_notes(notes, place, sheet)
    foot_notes = noted(notes, place, sheet)
    if layout in (None, "columns") and (plans := _columns(blocks, room, sheet, layout)):
        return [*plans[:-1], with_notes(plans[-1], foot_notes)]
    is_quote = layout == "quote" or _is_one_quote(blocks)
    if is_quote and (plan := _quoted(blocks, room, sheet)):
        return [with_notes(plan, foot_notes)]
    if blocks and (plan := _enlarged(blocks, room, sheet)):
        return [with_notes(plan, foot_notes)]
    fit = fitted(blocks, room, sheet.unit, sheet.palette)
    pages = fit.pages if fit else []
    plans = [text_plan(it, room) for it in pages]
    if plans:
        plans[-1] = with_notes(plans[-1], foot_notes)
    return plans


def _enlarged(blocks: Sequence[Block], place: Place, sheet: Sheet) -> Plan | None:
    """Return a few words in larger letters; nothing where there are more than a few."""
    if not all(isinstance(it, Paragraph | Listing | Display) for it in blocks):
        return None
    for part in (1.3, 1.15):
        strips = strips_of(blocks, setting_at(part, place, sheet.unit, sheet.palette))
        if height_of(strips) <= FEW * place.height:
            return text_plan(strips, place)
    return None


def text_plan(strips: Sequence[Strip], place: Place) -> Plan:
    """Return text on one slide, not far below its heading."""
    free = max(place.height - height_of(strips), 0)
    down = LIFTED * max(free - 0.2 * place.height, 0)
    page = stack(strips, place.top + down)
    return Plan("text", page.marks, page.said)


def _is_one_quote(blocks: Sequence[Block]) -> bool:
    if len(blocks) != 1 or not isinstance(blocks[0], Quote) or blocks[0].title:
        return False
    return all(isinstance(it, Paragraph) for it in blocks[0].blocks)


def _quoted(blocks: Sequence[Block], place: Place, sheet: Sheet) -> Plan | None:
    """Return a quotation in larger letters, if it is short enough."""
    for part in (1.4, 1.25, 1.1):
        setting = setting_at(part, place, sheet.unit, sheet.palette)
        setting = replace(setting, right=min(setting.right, place.right))
        strips = strips_of(blocks, setting)
        if height_of(strips) <= 0.75 * place.height:
            return text_plan(strips, place)
    return None


def _columns(blocks: Sequence[Block], place: Place, sheet: Sheet, layout: str | None) -> list[Plan]:
    """Return lists in columns, on as many slides as a long one takes; none where they do not suit.

    The slides of one list have about as many items each.
    """
    if plan := _in_columns(blocks, place, sheet, layout):
        return [plan]
    *before, last = blocks or [Paragraph(())]
    if not isinstance(last, Listing) or _is_nested([last]) or not _are_short([last]):
        return []
    for count in range(2, len(last.items) // LONG_LIST + 1):
        bounds = [len(last.items) * number // count for number in range(count + 1)]
        parts = [replace(last, items=last.items[a:b]) for a, b in pairwise(bounds)]
        heads = [before, *[[]] * (count - 1)]
        plans = [
            _in_columns([*head, part], place, sheet, layout)
            for head, part in zip(heads, parts, strict=True)
        ]
        found = [plan for plan in plans if plan is not None]
        if len(found) == count:
            return found
    return []


def _in_columns(
    blocks: Sequence[Block], place: Place, sheet: Sheet, layout: str | None
) -> Plan | None:
    """Return two lists, or a long one of short items, in two columns."""
    *before, last = blocks or [Paragraph(())]
    lists = [it for it in blocks if isinstance(it, Listing)]
    columns: list[list[Block]]
    if len(lists) == 2 and len(blocks) in (2, 4) and not _is_nested(lists):
        half = len(blocks) // 2
        if len(blocks) == 4 and not (blocks[1] in lists and blocks[3] in lists):
            return None
        columns, before = [list(blocks[:half]), list(blocks[half:])], []
    elif isinstance(last, Listing) and len(lists) == 1 and not _is_nested(lists):
        if len(last.items) < LONG_LIST and layout != "columns":
            return None
        half = (len(last.items) + 1) // 2
        columns = [
            [replace(last, items=last.items[:half])],
            [replace(last, items=last.items[half:])],
        ]
    else:
        return None
    if layout != "columns" and not _are_short(lists):
        return None
    if place.width < 1.2 * place.height:
        return None
    return _columned(before, columns, place, sheet)


def _columned(
    before: Sequence[Block], columns: Sequence[Sequence[Block]], place: Place, sheet: Sheet
) -> Plan | None:
    gap = GAP * sheet.width
    width = (place.width - gap) / 2
    for part in (1.0, 0.9, 0.8, FLOOR):
        top = strips_of(before, setting_at(part, place, sheet.unit, sheet.palette))
        high = height_of(top) + (0.6 * BODY * sheet.unit * part if top else 0.0)
        halves = []
        for index, blocks in enumerate(columns):
            left = place.left + index * (width + gap)
            half = Place(left, place.top, left + width, place.bottom)
            halves.append(strips_of(blocks, setting_at(part, half, sheet.unit, sheet.palette)))
        tallest = max(map(height_of, halves))
        if high + tallest <= place.height:
            free = place.height - high - tallest
            down = place.top + LIFTED * max(free - 0.2 * place.height, 0)
            pages = [stack(top, down), *(stack(it, down + high) for it in halves)]
            marks = tuple(mark for page in pages for mark in page.marks)
            said = tuple(it for page in pages for it in page.said)
            return Plan("columns", marks, said)
    return None


def _is_nested(lists: Sequence[Listing]) -> bool:
    return any(
        not all(isinstance(it, Paragraph) for it in item.blocks) or len(item.blocks) > 1
        for listing in lists
        for item in listing.items
    )


def _are_short(lists: Sequence[Listing]) -> bool:
    lengths = [
        len(plain(it.words))
        for listing in lists
        for item in listing.items
        for it in item.blocks
        if isinstance(it, Paragraph)
    ]
    return bool(lengths) and max(lengths) <= 60
