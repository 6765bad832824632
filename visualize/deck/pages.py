"""Strips on slides: as many as there is room for, and the others on the next."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, takewhile

from visualize.deck.flow import Frame, Said, Strip
from visualize.deck.marks import Area, Mark, Place

NEARLY = 0.5
"""Pixels that do not matter."""


@dataclass(frozen=True)
class Page:
    """What stands in a part of a slide."""

    marks: tuple[Mark, ...]
    said: tuple[Said, ...]
    height: float


def height_of(strips: Sequence[Strip]) -> float:
    """Return how high strips are, one below the other."""
    *_, height = (0.0, *_heights(strips))
    return height


def _heights(strips: Iterable[Strip]) -> Iterator[float]:
    """Yield how high the first of some strips are, one below the other: one, two, three, ..."""
    down = 0.0
    before: tuple[Frame, ...] | None = None
    for strip in strips:
        if before is not None:
            down += sum(it.pad for it in before if it not in strip.frames) + strip.above
        down += sum(it.pad for it in strip.frames if it not in (before or ()))
        down += strip.height
        before = strip.frames
        yield down + sum(it.pad for it in strip.frames)


def stack(strips: Sequence[Strip], top: float) -> Page:
    """Return strips one below the other, from `top` on."""
    return _Stack(strips).page(top)


class _Stack:
    """Strips one below the other, with the frames around them."""

    def __init__(self, strips: Sequence[Strip]) -> None:
        self.strips = strips
        self.tops: list[float] = []
        self.frames: list[tuple[Frame, float, float]] = []
        begun: dict[int, tuple[Frame, float]] = {}
        down = 0.0
        before: tuple[Frame, ...] = ()
        for index, strip in enumerate(strips):
            for frame in reversed([it for it in before if it not in strip.frames]):
                down += frame.pad
                self.frames.append((*begun.pop(id(frame)), down))
            if index:
                down += strip.above
            for frame in strip.frames:
                if frame not in before:
                    begun[id(frame)] = (frame, down)
                    down += frame.pad
            self.tops.append(down)
            down += strip.height
            before = strip.frames
        for frame in reversed(before):
            down += frame.pad
            self.frames.append((*begun.pop(id(frame)), down))
        self.height = down

    def page(self, top: float) -> Page:
        marks: list[Mark] = []
        for frame, begin, end in reversed(self.frames):
            place = Place(frame.left, top + begin, frame.right, top + end)
            if frame.color:
                marks.append(Area(place, frame.color, frame.radius))
            if frame.bar:
                bar = Place(place.left, place.top, place.left + frame.bar_width, place.bottom)
                marks.append(Area(bar, frame.bar))
        said: list[Said] = []
        for strip, down in zip(self.strips, self.tops, strict=True):
            marks += (it.moved(0, top + down) for it in strip.marks)
            whole = next((it for it in strip.frames if it.said), None)
            moved = [replace(it, place=it.place.moved(0, top + down)) for it in strip.said]
            if whole is not None and said and said[-1].kind == "code" and moved:
                last = said[-1]
                same = any(whole in it.frames for it in self._before(strip))
                if same:
                    said[-1] = replace(
                        last,
                        text=f"{last.text}\n{moved[0].text}",
                        place=_around(last.place, moved[0].place),
                    )
                    continue
            said += moved
        return Page(tuple(marks), tuple(said), self.height)

    def _before(self, strip: Strip) -> list[Strip]:
        index = next(number for number, it in enumerate(self.strips) if it is strip)
        return [self.strips[index - 1]] if index else []


def _around(one: Place, other: Place) -> Place:
    return Place(
        min(one.left, other.left),
        min(one.top, other.top),
        max(one.right, other.right),
        max(one.bottom, other.bottom),
    )


def paged(strips: Sequence[Strip], height: float) -> list[list[Strip]]:
    """Return strips as they stand on slides of a height, the slides filled alike."""
    fitting = [part for strip in strips for part in _cut(strip, height)]
    pages = _filled(fitting, height)
    if any(it.blank for it in fitting):
        between = _filled(fitting, height, at_blanks=True)
        if len(between) == len(pages):
            return between
    low, high = height / 4, height
    for _ in range(12):  # the least height for as many slides fills them alike
        middle = (low + high) / 2
        tried = _filled(fitting, middle)
        if len(tried) > len(pages) or any(height_of(it) > middle + NEARLY for it in tried):
            low = middle
        else:
            high = middle
    return _filled(fitting, high)


def _cut(strip: Strip, height: float) -> Iterator[Strip]:
    """Yield a strip, or where it is too high for a slide the lines of it."""
    around = sum(2 * it.pad for it in strip.frames)
    if strip.height + around <= height + NEARLY or not strip.lines:
        yield strip
        return
    for number, line in enumerate(strip.lines):
        keeps = number < 1 or number == len(strip.lines) - 2
        yield replace(
            line,
            frames=strip.frames,
            above=strip.above if not number else 0.0,
            keeps_next=keeps,
            head=strip.head,
        )


MOSTLY = 0.55
"""How full a slide is at least that ends where code is best cut."""


def _filled(
    strips: Sequence[Strip], height: float, *, at_blanks: bool = False
) -> list[list[Strip]]:
    """Return strips on slides, each as full as it may be; code is cut between its parts."""
    pages: list[list[Strip]] = []
    start = 0
    while start < len(strips):
        if start and strips[start].blank:
            start += 1
            continue
        begun = _begun(strips, start)
        heights = _heights([*begun, *islice(strips, start, None)])
        fitting = takewhile(lambda it: it <= height + NEARLY, islice(heights, len(begun), None))
        end = start + max(sum(1 for _ in fitting), 1)
        cut = end
        if at_blanks and end < len(strips):
            least = start + MOSTLY * (end - start)
            cut = next((it for it in range(end, int(least), -1) if strips[it].blank), end)
        while end < len(strips) and cut > start + 1 and strips[cut - 1].keeps_next:
            cut -= 1
        if end < len(strips) and strips[cut - 1].keeps_next:
            cut = end  # all of them belong together
        pages.append([*begun, *strips[start:cut]])
        start = cut
    return pages


def _begun(strips: Sequence[Strip], start: int) -> list[Strip]:
    """Return what is repeated at the beginning of a slide."""
    head = strips[start].head
    return [head] if head is not None and start and strips[start - 1] is not head else []


def is_within(pages: Sequence[Sequence[Strip]], height: float) -> bool:
    """Whether all slides have room for what is on them."""
    return all(height_of(it) <= height + NEARLY for it in pages)
