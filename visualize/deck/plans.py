"""What a slide says below its heading, and at its foot the notes of the section."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from visualize.deck.blocks import Footnote
from visualize.deck.fitting import BODY, setting_at
from visualize.deck.flow import Said, strips_of
from visualize.deck.frame import Sheet
from visualize.deck.marks import Mark, Place
from visualize.deck.pages import Page, height_of, stack


@dataclass(frozen=True)
class Plan:
    """What a slide says below its heading, before it is known how many there are."""

    layout: str
    marks: tuple[Mark, ...]
    said: tuple[Said, ...]


def noted(notes: Sequence[Footnote], place: Place, sheet: Sheet) -> Page:
    """Return footnotes at the foot of a place."""
    setting = setting_at(1.0, place, sheet.unit, sheet.palette)
    strips = strips_of(notes, replace(setting, right=place.right))
    return stack(strips, place.bottom - height_of(strips))


def above_notes(notes: Sequence[Footnote], place: Place, sheet: Sheet) -> Place:
    """Return what footnotes leave of a place."""
    high = noted(notes, place, sheet).height
    gap = 0.5 * BODY * sheet.unit if notes else 0.0
    return place._replace(bottom=place.bottom - high - gap)


def with_notes(plan: Plan, notes: Page) -> Plan:
    """Return a plan with footnotes below it."""
    return replace(plan, marks=(*plan.marks, *notes.marks), said=(*plan.said, *notes.said))
