"""Chapters: by the headings of a post, in the video; and as a list that video sites take."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from visualize.deck.captions import timed, words_of
from visualize.deck.slide import Deck, Slide
from visualize.formats._tracks import Chapter

FEWEST, SHORTEST = 3, 10
"""Chapters, and seconds of each, without which video sites take none."""
LONGEST_TITLE = 250
"""Bytes: an MP4 says in one how many a title has."""
ANGLES = str.maketrans("<>", "\u2039\u203a")


@dataclass(frozen=True)
class _Place:
    """A slide at which a chapter might begin."""

    start: Fraction
    title: str
    level: int
    """Of its heading, from 0; what begins no section is below all headings."""


CONTINUED = 7
"""The level of a slide that goes on with its section: below HTML's six headings."""


def chapters_of(deck: Deck) -> tuple[Chapter, ...]:
    """Return a chapter for each section of a post."""
    places = [it for it in _places(deck) if it.level < CONTINUED or not it.start]
    return tuple(Chapter(it.start, it.title) for it in places)


def listed_chapters(deck: Deck) -> tuple[Chapter, ...]:
    """Return chapters of ten seconds or more, the first at 0:00; none where there were under three.

    Short sections are joined: where two would begin too near to each other, the one with the
    higher heading does, and of equal ones the earlier. Where that leaves too few, time alone
    decides, and at last slides within a section count.
    """
    places = _places(deck)
    whole = sum((slide.lasts for slide in deck.slides), Fraction(0))
    headings = [it for it in places if it.level < CONTINUED or not it.start]
    for order in (
        sorted(headings, key=lambda it: (bool(it.start), it.level, it.start)),
        headings,
        places,
    ):
        chosen = _apart(order, whole)
        if len(chosen) >= FEWEST:
            return tuple(Chapter(it.start, it.title) for it in chosen)
    return ()


def chapter_list(chapters: Sequence[Chapter]) -> str:
    """Return chapters as the description of a video has them, a line each: `1:05 Momentum`.

    Video sites refuse < and > there: single angle quotation marks stand for them.
    """
    return "".join(f"{_moment(it.start)} {it.title.translate(ANGLES)}\n" for it in chapters)


def _places(deck: Deck) -> list[_Place]:
    found: list[_Place] = []
    before: Slide | None = None
    for slide, start, _ in timed(deck):
        continues = before is not None and (
            slide.part[0] > 1 or (slide.heading, slide.level) == (before.heading, before.level)
        )
        title = _title(slide, deck)
        if continues and slide.part[0] > 1:
            title = f"{title} ({slide.part[0]}/{slide.part[1]})"
        found.append(_Place(start, title, CONTINUED if continues else slide.level))
        before = slide
    return found


def _title(slide: Slide, deck: Deck) -> str:
    words = slide.heading or words_of(slide).partition("\n")[0] or deck.settings.title
    words = " ".join(words.split()) or f"Slide {slide.number}"
    if len(words.encode()) <= LONGEST_TITLE:
        return words
    cut = words.encode()[: LONGEST_TITLE - len("…".encode())].decode(errors="ignore")
    return cut.rstrip() + "…"


def _apart(places: Iterable[_Place], whole: Fraction) -> list[_Place]:
    """Return those of some places, taken in order, that leave each other ten seconds."""
    chosen: list[_Place] = []
    for place in places:
        others = [whole, *(it.start for it in chosen)]
        if all(abs(place.start - other) >= SHORTEST for other in others):
            chosen.append(place)
    return sorted(chosen, key=lambda it: it.start)


def _moment(time: Fraction | float) -> str:
    minutes, seconds = divmod(int(time), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
