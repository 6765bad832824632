"""Text made to fit: smaller down to a floor, then continued on the next slide."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from visualize.deck.blocks import Block, Code, Display, Listing, Quote, Table
from visualize.deck.flow import INDENT, Setting, Strip, broken_width, formula_width, strips_of
from visualize.deck.lines import LETTER, MEASURE
from visualize.deck.marks import Place
from visualize.deck.pages import height_of, is_within, paged
from visualize.deck.palette import Palette

BODY = 46
"""Pixels of a text's letters on a slide that is 1080 high (or wide, if it is upright)."""
FLOOR = 0.7
"""How small letters become at least, as a part of their size: then a slide is continued."""
STEPS = (1.0, 0.95, 0.9, 0.85, 0.8, 0.75, FLOOR)
ALONE = 0.85
"""A formula that asks for more is made smaller by itself, not with all that is around it."""


@dataclass(frozen=True)
class Fit:
    """Text that fits: how large it is, and what stands on each slide."""

    part: float
    """Of the size of the letters."""
    pages: list[list[Strip]]


def setting_at(part: float, place: Place, unit: float, palette: Palette) -> Setting:
    """Return how text is set in a place, at a part of its size."""
    size = BODY * unit * part
    width = min(place.width, MEASURE * LETTER * size)
    least = BODY * unit * FLOOR * 0.8
    return Setting(
        size,
        place.left,
        place.left + width,
        palette,
        edge=place.right,
        least=least,
        tallest=place.height,
    )


def fitted(
    blocks: Sequence[Block],
    place: Place,
    unit: float,
    palette: Palette,
    *,
    most: int = 10**6,
    least: float = FLOOR,
) -> Fit | None:
    """Return text that fits in a place on as few slides as may be, as large as it then may be.

    Nothing where it takes more than `most` slides, or must be smaller than `least`.
    """
    parts = [it for it in STEPS if least <= it <= _widest_part(blocks, place, unit, palette)]
    if most == 1 and _is_too_wide(blocks, place, unit * least, palette):
        return None
    parts = parts or [FLOOR]
    tried: dict[float, list[list[Strip]]] = {}

    def pages_at(part: float) -> list[list[Strip]]:
        if part not in tried:
            setting = setting_at(part, place, unit, palette)
            tried[part] = paged(strips_of(blocks, setting), place.height)
        return tried[part]

    fewest = len(pages_at(parts[-1]))
    for part in parts:
        pages = pages_at(part)
        if len(pages) <= min(fewest, most) and is_within(pages, place.height):
            return Fit(part, pages)
    if fewest > most:
        return None
    return Fit(parts[-1], pages_at(parts[-1])) if most > 1 else None


def _is_too_wide(blocks: Sequence[Block], place: Place, unit: float, palette: Palette) -> bool:
    """Whether something that does not break in lines has no room, and may have it elsewhere."""
    setting = setting_at(1.0, place, unit, palette)
    for block, indent in _unbroken(blocks):
        room = place.width - indent * setting.size
        if isinstance(block, Display):
            needed = broken_width(block, setting.size, room)
        else:
            needed = _needed(block, setting)
        if needed > room:
            return True
    return False


def fits(strips: Sequence[Strip], height: float) -> bool:
    """Whether strips have room in a height."""
    return height_of(strips) <= height


def _widest_part(blocks: Sequence[Block], place: Place, unit: float, palette: Palette) -> float:
    """Return at which part of its size what does not break in lines has the room it needs.

    Where even the floor is not small enough, that is no reason to be small.
    """
    most = 1.0
    size = BODY * unit
    for block, indent in _unbroken(blocks):
        needed = _needed(block, setting_at(1.0, place, unit, palette)) + indent * size
        part = place.width / needed if needed else 1.0
        if part >= (ALONE if isinstance(block, Display) else FLOOR):
            most = min(most, part)
    return next((it for it in STEPS if it <= most + 1e-9), FLOOR)


def _needed(block: Block, setting: Setting) -> float:
    from visualize.deck.programs import CELL, CODE, inset, widest_line
    from visualize.deck.tables import least_table_width

    match block:
        case Code():
            return widest_line(block) * CELL * CODE * setting.size + 2 * inset(setting.size) + 2
        case Display():
            return formula_width(block, setting.size)
        case Table():
            return least_table_width(block, setting.size, setting)
        case _:
            return 0.0


def _unbroken(blocks: Sequence[Block], indent: float = 0.0) -> Iterator[tuple[Block, float]]:
    """Yield code, formulas and tables, wherever they are, and how far to the right."""
    for block in blocks:
        match block:
            case Code() | Display() | Table():
                yield block, indent
            case Quote(blocks=inner):
                yield from _unbroken(inner, indent + 1.8)
            case Listing(items=items):
                for item in items:
                    yield from _unbroken(item.blocks, indent + INDENT)
