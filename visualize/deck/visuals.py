"""Pictures and films on a slide: where they stand, and when what moves in them shows."""

import math
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from visualize.deck.blocks import Film, Picture, Visual
from visualize.deck.marks import Place
from visualize.deck.media import formats
from visualize.formats.format import Timeline

MOST_ENLARGED = 2.5
"""How many times its own pixels a picture is shown, on a slide that is 1080 high."""
FILM_SHAPE = (1.0, 1.9)
"""Width by height between which a film adapts to its place."""
SHORTEST = 20
"""Milliseconds: a GIF says less where it means a tenth of a second."""


def shape_of(visual: Visual) -> float:
    """Return the width of a picture by its height."""
    width, height = visual.size if isinstance(visual, Picture) else visual.scene.frames.size
    return float(width) / float(height)


def beside_each_other(visuals: Sequence[Visual], place: Place, gap: float) -> list[Place]:
    """Return a place for each, in rows and columns that show them large."""

    def seen(columns: int) -> float:
        cells = _cells(len(visuals), columns, place, gap)
        pairs = zip(visuals, cells, strict=True)
        return sum(math.sqrt(_fitted(shape_of(it), cell)[0]) for it, cell in pairs)

    best = max(range(1, len(visuals) + 1), key=seen)
    return _cells(len(visuals), best, place, gap)


def _cells(count: int, columns: int, place: Place, gap: float) -> list[Place]:
    rows = math.ceil(count / columns)
    width = (place.width - (columns - 1) * gap) / columns
    height = (place.height - (rows - 1) * gap) / rows
    cells = []
    for index in range(count):
        row, column = divmod(index, columns)
        left, top = place.left + column * (width + gap), place.top + row * (height + gap)
        cells.append(Place(left, top, left + width, top + height))
    return cells


def _fitted(shape: float, place: Place) -> tuple[float, float, float]:
    """Return the area, the width and the height of what fits in a place."""
    width = min(place.width, place.height * shape)
    return width * width / shape, width, width / shape


def placed(visual: Visual, place: Place, unit: float) -> Place:
    """Return where a picture stands in a place: in its middle, on whole pixels."""
    if isinstance(visual, Film):
        low, high = FILM_SHAPE
        width = min(place.width, place.height * high)
        height = min(place.height, place.width / low)
    else:
        _, width, height = _fitted(shape_of(visual), place)
        most = MOST_ENLARGED * max(unit, 0.2) * visual.size[0]
        if width > most:
            width, height = most, most / shape_of(visual)
    width, height = max(round(width), 1), max(round(height), 1)
    left = round(place.left + (place.width - width) / 2)
    top = round(place.top + (place.height - height) / 2)
    return Place(left, top, left + width, top + height)


def timeline_of(visual: Visual, seconds: float) -> tuple[Timeline, int] | None:
    """Return when the pictures of a film or a GIF show, and how many there are.

    A GIF that loops does so for the seconds of its slide.
    """
    if isinstance(visual, Film):
        return replace(visual.scene.frames.timeline, loop=1), visual.scene.frame_count
    if not visual.moves:
        return None
    once, loops = durations(visual)
    ticks = list(once)
    left = round(1000 * seconds) - sum(ticks)
    while loops and left > 0:
        for shown in once:
            if left > 0:
                ticks.append(min(shown, left))
                left -= shown
    return Timeline(Fraction(1000), tuple(ticks), loop=1), len(ticks)


def durations(picture: Picture) -> tuple[tuple[int, ...], bool]:
    """Return for how many milliseconds each picture of a GIF shows, and whether it loops."""
    from PIL import Image

    shown = []
    with Image.open(picture.file, formats=formats()) as opened:
        loops = "loop" in opened.info
        for frame in range(getattr(opened, "n_frames", 1)):
            opened.seek(frame)
            milliseconds = int(opened.info.get("duration", 100))
            shown.append(milliseconds if milliseconds >= SHORTEST else 100)
    return tuple(shown), loops
