"""A deck as a clip: each slide is drawn once, when its time comes, and may fade in."""

from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from math import lcm

import numpy as np

from visualize.deck.captions import timed
from visualize.deck.drawing import DrawnSlide, draw
from visualize.deck.slide import Deck, Slide
from visualize.formats.format import Box, Picture, Timeline
from visualize.storage.cache import Store

FADE, LONGEST_FADE = Fraction(8, 25), Fraction(1, 3)
"""Seconds that a slide takes to come where it fades in; and of its own time at most this part."""
STEPS = 25.0
"""Pictures a second of a fade, where the post does not say."""
NOWHERE = Box(0, 0, 0, 0)


@dataclass(frozen=True)
class _Moment:
    """A picture of the clip."""

    start: Fraction
    """Seconds from the beginning of the clip."""
    slide: int
    """Of the deck, from 0."""
    frame: int
    """Of the slide, from 0."""
    seen: Fraction
    """How much there is of it already, over the slide before: 1 is all."""


class DeckClip:
    """The slides of a post, one after the other, as `save` takes them.

    What moves in a slide begins with it, and its last picture stays until the slide goes.
    `on_poster` is handed each slide's number (from 0) and poster when it is first drawn; then
    `remarks` have what it cannot show. Runs that a `store` has are not computed again.
    """

    transparent = False

    def __init__(
        self,
        deck: Deck,
        on_poster: Callable[[int, Picture], object] | None = None,
        store: Store | None = None,
    ):
        self._deck = deck
        self._store = store
        self._on_poster = on_poster
        self._posters: set[int] = set()
        self.remarks: list[str] = []
        self._drawn: tuple[int, DrawnSlide] | None = None
        self._last: tuple[int, Picture] | None = None
        self._shown: tuple[int, bool] | None = None
        """Which slide the last picture was of, and whether all of it."""
        self._damage: Box | None = None

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self._deck.settings.size

    @property
    def frames(self) -> int:
        """How many pictures."""
        return len(self._moments)

    @property
    def poster(self) -> int:
        """The picture (from 0) that a still shows: the first slide as it is in the end."""
        return max(frame for frame, it in enumerate(self._moments) if not it.slide)

    @property
    def fingerprint(self) -> str:
        """What tells these pictures from others."""
        return self._deck.fingerprint

    @cached_property
    def timeline(self) -> Timeline:
        """When each picture shows, exactly."""
        whole = sum((slide.lasts for slide in self._deck.slides), Fraction(0))
        times = [*(moment.start for moment in self._moments), whole]
        rate = lcm(*{time.denominator for time in times})
        ticks = tuple(int((after - start) * rate) for start, after in pairwise(times))
        passing = frozenset(it for it, moment in enumerate(self._moments) if moment.seen < 1)
        return Timeline(Fraction(rate), ticks, beginnings=self._beginnings, passing=passing)

    @property
    def _beginnings(self) -> tuple[int, ...]:
        """The first picture of each slide that shows all of it."""
        first: dict[int, int] = {}
        for frame, moment in enumerate(self._moments):
            if moment.seen == 1:
                first.setdefault(moment.slide, frame)
        return tuple(first.values())

    @cached_property
    def _moments(self) -> tuple[_Moment, ...]:
        return tuple(_moments(self._deck))

    def picture(self, frame: int) -> Picture:
        """Return the pixels of a picture (from 0); the next may overwrite them."""
        moment = self._moments[frame]
        before = None if moment.seen == 1 else self._last_of(moment.slide - 1)
        drawn = self._turn_to(moment.slide)
        picture = drawn.picture(moment.frame)
        shown = moment.slide, before is None
        damage = drawn.damage() if shown == self._shown and before is None else None
        self._shown = shown
        self._damage = damage and self._damage and self._damage.union(damage)
        return picture if before is None else _mixed(before, picture, moment.seen)

    def damage(self) -> Box | None:
        """Return where pictures may differ from when this was asked last; None: anywhere."""
        damage, self._damage = self._damage, NOWHERE
        return damage

    def show_poster(self, number: int) -> None:
        """Draw a slide (from 0), so that its poster is handed on."""
        self._turn_to(number)

    def forget(self) -> None:
        """Let what is drawn go: it is large, and drawn again where it is wanted."""
        if self._drawn is not None:
            self._drawn[1].forget()
        self._drawn = self._shown = None

    def _turn_to(self, number: int) -> DrawnSlide:
        """Draw a slide if it is not the one that is drawn: there is one at a time."""
        if self._drawn is None or self._drawn[0] != number:
            self.forget()
            drawn = draw(self._deck.slides[number], self._deck, self._store)
            self._drawn = number, drawn
            if self._on_poster is not None and number not in self._posters:
                self._posters.add(number)
                self._on_poster(number, drawn.still())
            self.remarks += (it for it in drawn.remarks if it not in self.remarks)
        return self._drawn[1]

    def _last_of(self, number: int) -> Picture:
        """Return the last picture of a slide."""
        if self._last is None or self._last[0] != number:
            drawn = self._turn_to(number)
            self._last = number, drawn.picture(drawn.frames - 1).copy()
        return self._last[1]


def starts_of(slide: Slide) -> list[Fraction]:
    """Return when each picture of a slide shows, in seconds from its beginning.

    Where several things move that is each time that one of them does.
    """
    moves = (line.start(frame) for line, count in slide.timelines for frame in range(count))
    return sorted({Fraction(0), *moves})


def _moments(deck: Deck) -> Iterator[_Moment]:
    step = 1 / Fraction(deck.settings.fps or STEPS).limit_denominator(100_000)
    for number, (slide, begin, _) in enumerate(timed(deck)):
        starts = _thinned(starts_of(slide), deck.settings.fps)
        fades = number > 0 and deck.settings.transition == "fade"
        steps = int(min(FADE, slide.lasts * LONGEST_FADE) / step) if fades else 0
        for start in sorted({*starts, *(step * count for count in range(steps + 1))}):
            seen = min((start / step + 1) / (steps + 1), Fraction(1))
            yield _Moment(begin + start, number, bisect_right(starts, start) - 1, seen)


def _thinned(starts: list[Fraction], fps: float | None) -> list[Fraction]:
    """Return no more times than `fps` a second; the last stays."""
    if fps is None:
        return starts
    rate = Fraction(fps).limit_denominator(100_000)
    kept = {int(start * rate): start for start in reversed(starts[:-1])}
    *_, end = starts
    return sorted(
        {it for it in kept.values() if int(it * rate) < int(end * rate)} | {end, starts[0]}
    )


def _mixed(before: Picture, after: Picture, seen: Fraction) -> Picture:
    """Return two pictures over each other; only where they differ there is anything to do."""
    one, other = (picture.reshape(-1, 4).view(np.uint32)[:, 0] for picture in (before, after))
    places = np.flatnonzero(one != other)
    parts = round(256 * seen)
    pixels = [picture.reshape(-1, 4)[places].astype(np.uint16) for picture in (before, after)]
    mixed = after.copy()
    mixed.reshape(-1, 4)[places] = (pixels[0] * (256 - parts) + pixels[1] * parts + 128) >> 8
    return mixed
