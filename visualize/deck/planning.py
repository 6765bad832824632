"""From sections to slides: a layout is chosen by what there is, and all is laid out."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from visualize.deck.blocks import (
    Block,
    Display,
    Footnote,
    Inline,
    Listing,
    Missing,
    Paragraph,
    Picture,
    Quote,
    Section,
    Visual,
    Visuals,
    Words,
    plain,
)
from visualize.deck.fitting import BODY, FLOOR, Fit, fitted, setting_at
from visualize.deck.flow import Said, paragraph, strips_of
from visualize.deck.frame import Sheet, foot, heading
from visualize.deck.lines import EASTERN, Hand, balanced, broken, set_line, words_of
from visualize.deck.marks import Mark, Place, Shown
from visualize.deck.pages import Page, height_of, stack
from visualize.deck.sections import LONGEST_CAPTION
from visualize.deck.settings import DeckSettings
from visualize.deck.slide import Passage, Slide
from visualize.deck.visuals import beside_each_other, placed, timeline_of
from visualize.formats.format import Box
from visualize.text import shortened

WORDS_PER_SECOND = 3.0
"""That are read from a slide, 180 a minute."""
LEAST_READING = 3.0
FOR_PICTURE = 3.0
"""Seconds for a picture, where a slide is timed by its words."""
OPTICAL = 0.42
"""How much of the free room is above a title, or a picture's text."""
LIFTED = 0.25
"""The same above text below a heading, to which it belongs."""
BESIDE = 0.42
"""Of the width that text takes beside a picture."""
GAP = 0.045
"""Between them."""
MOST_ON_TOP = 0.45
"""Of the height that text takes above a picture."""
MOST_TOGETHER = 4
"""Pictures on one slide."""
LONG_LIST = 7
"""Items that may be in two columns."""


@dataclass(frozen=True)
class Plan:
    """What a slide says below its heading, before it is known how many there are."""

    layout: str
    marks: tuple[Mark, ...]
    said: tuple[Said, ...]


def slides_of(sections: Sequence[Section], settings: DeckSettings, sheet: Sheet) -> list[Slide]:
    """Return the slides of a post's sections, the title slide first if there is a title."""
    slides: list[Slide] = []
    sections = list(sections)
    if settings.title:
        first = sections[0] if sections else None
        if first and first.heading and not first.blocks and _same(first, settings.title):
            sections = sections[1:]
        slides.append(_title_slide(settings, sheet, first))
    for section in sections:
        slides += _slides_of(section, settings, sheet, len(slides))
    return slides


def _same(section: Section, title: str) -> bool:
    found = plain(section.heading.words) if section.heading else ""
    return re.sub(r"\W", "", found).casefold() == re.sub(r"\W", "", title).casefold()


def _title_slide(settings: DeckSettings, sheet: Sheet, first: Section | None) -> Slide:
    below = " · ".join(filter(None, (settings.author, settings.date)))
    plan = _large(((Words(settings.title),),), below, sheet)
    seconds = first.seconds if first and first.seconds and not first.blocks else None
    note = first.note if first and not first.blocks else ""
    return Slide(
        settings.title,
        0,
        (1, 1),
        tuple(map(_passage, plan.said)),
        note,
        _seconds(seconds, settings, plan.said),
        1,
        marks=plan.marks,
    )


def _large(texts: Sequence[Inline], below: str, sheet: Sheet, kind: str = "title") -> Plan:
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


def _slides_of(
    section: Section, settings: DeckSettings, sheet: Sheet, before: int
) -> Iterator[Slide]:
    """Yield the slides of a section, with the heading on each."""
    above = section.heading.words if section.heading else ()
    words = above if section.own else ()
    level = section.heading.level if section.heading else 1
    if large := _as_title(section, words, sheet):
        plans = [large]
    else:
        plans = _plans(section, words, level, sheet, many=False)
        if len(plans) > 1:
            plans = _plans(section, words, level, sheet, many=True)
    for index, plan in enumerate(plans):
        part = (index + 1, len(plans))
        marks, said = plan.marks, plan.said
        if plan.layout != "title":
            headed = heading(words, level, sheet, part)
            marks, said = (*headed.marks, *marks), (*headed.said, *said)
        number = before + index + 1
        within = (section.within if section.own else plain(above)) or settings.title
        marks = (*marks, *foot("" if plan.layout == "title" else within, number, sheet))
        shown = [it.visual for it in marks if isinstance(it, Shown)]
        seconds = _seconds(section.seconds, settings, said)
        yield Slide(
            plain(above) or settings.title,
            level,
            part,
            tuple(map(_passage, said)),
            section.note if index == 0 else "",
            seconds,
            number,
            tuple(timeline for it in shown if (timeline := timeline_of(it, seconds))),
            marks,
        )


def _as_title(section: Section, words: Inline, sheet: Sheet) -> Plan | None:
    """Return a section as a title, if there is but a heading, or its author wants it so."""
    texts = [it for it in section.blocks if isinstance(it, Paragraph)]
    wanted = section.layout == "title" and len(texts) == len(section.blocks) and bool(words)
    if section.blocks and not wanted:
        return None
    plan = _large([words], " ".join(plain(it.words) for it in texts), sheet, "heading")
    fits = all(it.place.bottom <= sheet.inner.bottom + 1 for it in plan.said)
    return plan if fits or not section.blocks else None


def _seconds(own: float | None, settings: DeckSettings, said: Sequence[Said]) -> float:
    if own is not None:
        return own
    if settings.seconds_per_slide != "reading":
        return settings.seconds_per_slide
    words = sum(_count(it.text) for it in said if it.kind != "picture")
    pictures = sum(it.kind == "picture" for it in said)
    return round(max(words / WORDS_PER_SECOND + FOR_PICTURE * pictures, LEAST_READING), 1)


def _count(text: str) -> float:
    """Return how many words a text has; two Chinese letters are one."""
    eastern = len(re.findall(f"[{EASTERN}]", text))
    return len(re.sub(f"[{EASTERN}]", " ", text).split()) + eastern / 2


def _passage(said: Said) -> Passage:
    left, top, right, bottom = (round(it) for it in said.place)
    return Passage(said.kind, said.text, Box(top, bottom, left, right), said.level)


def _plans(section: Section, words: Inline, level: int, sheet: Sheet, *, many: bool) -> list[Plan]:
    """Return what a section's slides say, each with its room below the heading."""
    place = heading(words, level, sheet, (1, 2) if many else (1, 1)).below
    notes = [it for it in section.blocks if isinstance(it, Footnote)]
    plans: list[Plan] = []
    blocks = [it for it in section.blocks if not isinstance(it, Footnote)]
    groups = list(_groups(blocks))
    if section.layout is None and (plan := _with_what_follows(groups, notes, place, sheet)):
        groups = groups[:-2]
        last = [plan]
        notes = []
    else:
        last = []
    for index, (text, visuals) in enumerate(groups):
        own = notes if index == len(groups) - 1 else []
        if visuals:
            plans += _with_visuals(text, visuals, own, place, sheet, section.layout)
        else:
            plans += _with_text(text, own, place, sheet, section.layout)
    return [*plans, *last]


def _with_what_follows(
    groups: Sequence[tuple[list[Block], list[Visual | Missing]]],
    notes: Sequence[Footnote],
    place: Place,
    sheet: Sheet,
) -> Plan | None:
    """Return the last pictures with the text before and after them, if all of it fits."""
    if len(groups) < 2 or groups[-1][1]:
        return None
    (before, visuals), (after, _) = groups[-2:]
    shown: list[Visual] = [it for it in visuals if not isinstance(it, Missing)]
    if len(shown) != len(visuals):
        return None
    room = _above_notes(notes, place, sheet)
    plan = _best(shown, [*before, *after], room, sheet, None)
    return _with_notes(plan, _noted(notes, place, sheet)) if plan else None


def _groups(blocks: Sequence[Block]) -> Iterator[tuple[list[Block], list[Visual | Missing]]]:
    """Yield text, and the pictures that it stands beside."""
    groups: list[tuple[list[Block], list[Visual | Missing]]] = []
    text: list[Block] = []
    for block in blocks:
        if isinstance(block, Visuals):
            slides = -(-len(block.of) // MOST_TOGETHER)
            for number in range(slides):
                first, end = (len(block.of) * it // slides for it in (number, number + 1))
                groups.append((text, list(block.of[first:end])))
                text = []
        else:
            text.append(block)
    yield from groups
    if text or not groups:
        yield text, []


# Text


def _with_text(
    blocks: Sequence[Block],
    notes: Sequence[Footnote],
    place: Place,
    sheet: Sheet,
    layout: str | None,
) -> list[Plan]:
    room = _above_notes(notes, place, sheet)
    foot_notes = _noted(notes, place, sheet)
    if layout in (None, "columns") and (plan := _in_columns(blocks, room, sheet, layout)):
        return [_with_notes(plan, foot_notes)]
    is_quote = layout == "quote" or _is_one_quote(blocks)
    if is_quote and (plan := _quoted(blocks, room, sheet)):
        return [_with_notes(plan, foot_notes)]
    if blocks and (plan := _enlarged(blocks, room, sheet)):
        return [_with_notes(plan, foot_notes)]
    fit = fitted(blocks, room, sheet.unit, sheet.palette)
    pages = fit.pages if fit else []
    plans = [_text_plan(it, room) for it in pages]
    if plans:
        plans[-1] = _with_notes(plans[-1], foot_notes)
    return plans


def _enlarged(blocks: Sequence[Block], place: Place, sheet: Sheet) -> Plan | None:
    """Return a few words in larger letters; nothing where there are more than a few."""
    if not all(isinstance(it, Paragraph | Listing | Display) for it in blocks):
        return None
    for part in (1.3, 1.15):
        strips = strips_of(blocks, setting_at(part, place, sheet.unit, sheet.palette))
        if height_of(strips) <= FEW * place.height:
            return _text_plan(strips, place)
    return None


FEW = 0.36
"""Of the height: text that takes no more is set in larger letters."""


def _text_plan(strips: Sequence[object], place: Place) -> Plan:
    from visualize.deck.flow import Strip

    kept = [it for it in strips if isinstance(it, Strip)]
    free = max(place.height - height_of(kept), 0)
    down = LIFTED * max(free - 0.2 * place.height, 0)
    page = stack(kept, place.top + down)
    return Plan("text", page.marks, page.said)


def _noted(notes: Sequence[Footnote], place: Place, sheet: Sheet) -> Page:
    setting = setting_at(1.0, place, sheet.unit, sheet.palette)
    strips = strips_of(notes, replace(setting, right=place.right))
    high = height_of(strips)
    return stack(strips, place.bottom - min(high, 0.4 * place.height))


def _above_notes(notes: Sequence[Footnote], place: Place, sheet: Sheet) -> Place:
    high = min(_noted(notes, place, sheet).height, 0.4 * place.height)
    gap = 0.5 * BODY * sheet.unit if notes else 0.0
    return place._replace(bottom=place.bottom - high - gap)


def _with_notes(plan: Plan, notes: Page) -> Plan:
    return replace(plan, marks=(*plan.marks, *notes.marks), said=(*plan.said, *notes.said))


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
            return _text_plan(strips, place)
    return None


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


# Pictures


def _with_visuals(
    blocks: Sequence[Block],
    visuals: Sequence[Visual | Missing],
    notes: Sequence[Footnote],
    place: Place,
    sheet: Sheet,
    layout: str | None,
) -> list[Plan]:
    """Return pictures with the text that belongs to them, and before it what has no room there."""
    shown: list[Visual] = [it for it in visuals if not isinstance(it, Missing)]
    if not shown:
        words = [
            Paragraph((Words(it.alternative, italic=True),))
            for it in visuals
            if isinstance(it, Missing) and it.alternative
        ]
        return _with_text([*blocks, *words], notes, place, sheet, layout) if blocks or words else []
    room = _above_notes(notes, place, sheet)
    foot_notes = _noted(notes, place, sheet)
    if layout == "picture":
        plans = [_pictured(shown, [], room, sheet)]
        return plans + (_with_text(blocks, notes, place, sheet, None) if blocks else [])
    for first in range(len(blocks) + 1):
        beside = blocks[first:]
        plan = _best(shown, beside, room, sheet, layout)
        if plan:
            plan = _with_notes(plan, foot_notes)
            return [*(_with_text(blocks[:first], [], place, sheet, None) if first else []), plan]
    return []


def _best(
    shown: Sequence[Visual],
    blocks: Sequence[Block],
    place: Place,
    sheet: Sheet,
    layout: str | None,
) -> Plan | None:
    """Return pictures beside or below text, whichever shows them larger; nothing if none fits."""
    if not blocks:
        return _pictured(shown, [], place, sheet)
    candidates: list[tuple[float, Plan]] = []
    if place.width > 1.1 * place.height or layout == "beside":
        gap = GAP * sheet.width
        text_place = place._replace(right=place.left + (place.width - gap) * BESIDE)
        fit = fitted(blocks, text_place, sheet.unit, sheet.palette, most=1, least=0.8)
        if fit:
            rest = place._replace(left=text_place.right + gap)
            plan, area = _beside(fit, text_place, shown, rest, sheet)
            candidates.append((area + 0.35 * fit.part, plan))
    if layout != "beside":
        top = place._replace(bottom=place.top + MOST_ON_TOP * place.height)
        fit = fitted(blocks, top, sheet.unit, sheet.palette, most=1, least=0.8)
        if fit:
            page = stack(fit.pages[0], place.top)
            rest = place._replace(top=place.top + page.height + 0.6 * BODY * sheet.unit)
            picture = _pictured(shown, page.said, rest, sheet)
            area = _area(picture) / (place.width * place.height)
            marks = (*page.marks, *picture.marks)
            said = (*page.said, *picture.said)
            candidates.append((area + 0.35 * fit.part, Plan("below", marks, said)))
    return max(candidates, key=lambda it: it[0])[1] if candidates else None


def _beside(
    fit: Fit, text_place: Place, shown: Sequence[Visual], rest: Place, sheet: Sheet
) -> tuple[Plan, float]:
    strips = fit.pages[0]
    picture = _pictured(shown, [], rest, sheet)
    shapes = [it.place for it in picture.marks if isinstance(it, Shown)]
    top = min(it.top for it in shapes)
    bottom = max(it.bottom for it in shapes)
    free = text_place.height - height_of(strips)
    # Text stands where the picture does, beside its middle.
    middle = (top + bottom) / 2 - height_of(strips) / 2
    down = min(max(middle, text_place.top), text_place.top + max(free, 0))
    page = stack(strips, down)
    area = _area(picture) / (text_place.height * (rest.right - text_place.left))
    marks, said = (*page.marks, *picture.marks), (*page.said, *picture.said)
    return Plan("beside", marks, said), area


def _area(plan: Plan) -> float:
    return sum(it.place.width * it.place.height for it in plan.marks if isinstance(it, Shown))


def _pictured(shown: Sequence[Visual], said: Sequence[Said], place: Place, sheet: Sheet) -> Plan:
    """Return pictures beside each other in a place, each with its caption below."""
    del said
    marks: list[Mark] = []
    told: list[Said] = []
    for visual, cell in zip(
        shown, beside_each_other(shown, place, GAP * sheet.width / 2), strict=True
    ):
        caption = visual.caption if isinstance(visual, Picture) else ""
        caption = shortened(caption, LONGEST_CAPTION)
        below = None
        room = cell
        if caption:
            setting = setting_at(FLOOR, cell, sheet.unit, sheet.palette)
            setting = replace(
                setting,
                right=cell.right,
                centered=True,
                color=sheet.palette.theme.quiet,
            )
            below = paragraph((Words(caption),), setting)
            room = cell._replace(bottom=cell.bottom - below.height - 0.2 * setting.size)
        where = placed(visual, room, sheet.unit)
        marks.append(Shown(visual, where))
        told.append(Said("picture", visual.alternative, where))
        if below:
            page = stack([below], where.bottom + 0.2 * BODY * sheet.unit)
            marks += page.marks
            told += page.said
    return Plan("picture", tuple(marks), tuple(told))
