"""What the tests of decks share: decks that are made here, and slides drawn in an instant."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from visualize.deck.settings import DeckSettings
from visualize.deck.slide import Deck, Passage, Slide
from visualize.formats.format import Box, Picture, Timeline

SIZE = (64, 48)
STILL = Timeline(Fraction(25))


def a_slide(
    heading: str = "Heading",
    *,
    level: int = 1,
    part: tuple[int, int] = (1, 1),
    seconds: float = 3,
    words: Iterable[tuple[str, str]] = (),
    moves: tuple[tuple[Timeline, int], ...] = (),
    note: str = "",
) -> Slide:
    box = Box(2, 10, 4, 60)
    passages = (
        Passage("heading", heading, box, level),
        *(Passage(kind, text, box) for kind, text in words),  # type: ignore[arg-type]  # a word
    )
    return Slide(heading, level, part, passages, note, seconds, 1, timelines=moves)


def a_deck(*slides: Slide, path: Path = Path("post.md"), **settings: Any) -> Deck:
    told = DeckSettings.model_validate({"size": list(SIZE), **settings})
    return Deck(path, told, slides or (a_slide(),), "0123456789abcdef")


@dataclass
class Drawn:
    """A slide of one colour, in which a dark dot moves on by a pixel a frame."""

    number: int
    frames: int
    remarks: tuple[str, ...] = ()
    asked: list[int] = field(default_factory=list)
    is_forgotten: bool = False

    def picture(self, frame: int = 0) -> Picture:
        self.asked.append(frame)
        picture = np.full((SIZE[1], SIZE[0], 4), 255, dtype=np.uint8)
        picture[..., :3] = color(self.number)
        picture[10:12, frame : frame + 2, :3] = 0
        return picture

    def still(self) -> Picture:
        return self.picture(self.frames - 1)

    def damage(self) -> Box | None:
        return None

    def forget(self) -> None:
        self.is_forgotten = True


def color(number: int) -> tuple[int, int, int]:
    """Return the colour of a slide, from 0."""
    return 250 - 40 * number % 200, 200, 40 * number % 200


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[Drawn]:
    """Let slides be drawn in an instant; return those that were, in turn."""
    every: list[Drawn] = []

    def draw(slide: Slide, deck: Deck, *_: object) -> Drawn:
        count = max((count for _, count in slide.timelines), default=1)
        number = next(at for at, it in enumerate(deck.slides) if it is slide)
        every.append(Drawn(number, count, (slide.note,) if slide.note else ()))
        return every[-1]

    monkeypatch.setattr("visualize.deck.clip.draw", draw)
    return every
