"""Pictures and films on slides, with the text that belongs to them."""

from collections.abc import Sequence
from dataclasses import replace

from visualize.deck.blocks import Block, Footnote, Missing, Paragraph, Picture, Visual, Words
from visualize.deck.fitting import BODY, FLOOR, Fit, fitted, setting_at
from visualize.deck.flow import Said, paragraph
from visualize.deck.frame import Sheet
from visualize.deck.marks import Mark, Place, Shown
from visualize.deck.pages import height_of, stack
from visualize.deck.plans import Plan, above_notes, noted, with_notes
from visualize.deck.sections import LONGEST_CAPTION
from visualize.deck.text_layouts import GAP, text_plans
from visualize.deck.visuals import beside_each_other, placed
from visualize.text import shortened

BESIDE = 0.42
"""Of the width that text takes beside a picture."""
MOST_ON_TOP = 0.45
"""Of the height that text takes above a picture."""


def picture_plans(
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
        return text_plans([*blocks, *words], notes, place, sheet, layout) if blocks or words else []
    room = above_notes(notes, place, sheet)
    foot_notes = noted(notes, place, sheet)
    if layout == "picture":
        plans = [_pictured(shown, room, sheet)]
        return plans + (text_plans(blocks, notes, place, sheet, None) if blocks else [])
    for first in range(len(blocks) + 1):
        beside = blocks[first:]
        plan = best_plan(shown, beside, room, sheet, layout)
        if plan:
            plan = with_notes(plan, foot_notes)
            return [*(text_plans(blocks[:first], [], place, sheet, None) if first else []), plan]
    return []


def best_plan(
    shown: Sequence[Visual],
    blocks: Sequence[Block],
    place: Place,
    sheet: Sheet,
    layout: str | None,
) -> Plan | None:
    """Return pictures beside or below text, whichever shows them larger; nothing if none fits."""
    if not blocks:
        return _pictured(shown, place, sheet)
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
            picture = _pictured(shown, rest, sheet)
            area = _area(picture) / (place.width * place.height)
            marks = (*page.marks, *picture.marks)
            said = (*page.said, *picture.said)
            candidates.append((area + 0.35 * fit.part, Plan("below", marks, said)))
    return max(candidates, key=lambda it: it[0])[1] if candidates else None


def _beside(
    fit: Fit, text_place: Place, shown: Sequence[Visual], rest: Place, sheet: Sheet
) -> tuple[Plan, float]:
    strips = fit.pages[0]
    picture = _pictured(shown, rest, sheet)
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


def _pictured(shown: Sequence[Visual], place: Place, sheet: Sheet) -> Plan:
    """Return pictures beside each other in a place, each with its caption below."""
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
