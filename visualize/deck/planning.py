"""From sections to slides: a layout is chosen by what there is, and all is laid out."""

import re
from collections.abc import Iterator, Sequence

from visualize.deck.blocks import (
    Block,
    Footnote,
    Inline,
    Missing,
    Paragraph,
    Section,
    Visual,
    Visuals,
    plain,
)
from visualize.deck.flow import Said
from visualize.deck.frame import Sheet, foot, heading
from visualize.deck.lines import EASTERN
from visualize.deck.marks import Place, Shown
from visualize.deck.picture_layouts import best_plan, picture_plans
from visualize.deck.plans import Plan, above_notes, noted, with_notes
from visualize.deck.running_text import inline_of
from visualize.deck.settings import DeckSettings
from visualize.deck.slide import Passage, Slide
from visualize.deck.text_layouts import text_plans
from visualize.deck.title_layout import large_title
from visualize.deck.visuals import timeline_of
from visualize.formats.format import Box

WORDS_PER_SECOND = 3.0
"""That are read from a slide, 180 a minute."""
LEAST_READING = 3.0
FOR_PICTURE = 3.0
"""Seconds for a picture, where a slide is timed by its words."""
MOST_NOTES = 0.4
"""Of the height, that footnotes take."""
MOST_TOGETHER = 4
"""Pictures on one slide."""


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
    plan = large_title((inline_of(settings.title),), below, sheet)
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
    plan = large_title([words], " ".join(plain(it.words) for it in texts), sheet, "heading")
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
    if noted(notes, place, sheet).height > MOST_NOTES * place.height:
        groups.append(([*notes], []))  # so much is no footnote any more
        notes = []
    if section.layout is None and (plan := _with_what_follows(groups, notes, place, sheet)):
        groups = groups[:-2]
        last = [plan]
        notes = []
    else:
        last = []
    for index, (text, visuals) in enumerate(groups):
        own = notes if index == len(groups) - 1 else []
        if visuals:
            plans += picture_plans(text, visuals, own, place, sheet, section.layout)
        else:
            plans += text_plans(text, own, place, sheet, section.layout)
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
    room = above_notes(notes, place, sheet)
    plan = best_plan(shown, [*before, *after], room, sheet, None)
    return with_notes(plan, noted(notes, place, sheet)) if plan else None


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
