"""What a post becomes: a deck of slides, planned and cheap to keep until they are drawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Literal

from visualize.deck.marks import Mark
from visualize.deck.settings import DeckSettings
from visualize.formats.format import Box, Timeline

PassageKind = Literal[
    "title",
    "heading",
    "paragraph",
    "item",
    "code",
    "quote",
    "table",
    "formula",
    "picture",
    "footnote",
]


@dataclass(frozen=True)
class Passage:
    """A piece of what a slide says, and where it stands."""

    kind: PassageKind
    text: str
    """Plain words; of a picture or a film its alternative text, of a formula its LaTeX."""
    box: Box
    level: int = 0
    """Of a heading or an item, from 1."""


@dataclass(frozen=True)
class Slide:
    """The plan of one slide: what it says and where, and how long it stays."""

    heading: str
    """Of the section that it belongs to, in plain words."""
    level: int
    """Of that heading, from 1; 0 for the title slide."""
    part: tuple[int, int]
    """(2, 3) for the second of three slides of one section; (1, 1) where there is one."""
    passages: tuple[Passage, ...]
    note: str
    """What the post says in `<!-- note: ... -->`."""
    seconds: float
    """That it stays at least."""
    number: int
    """Of the slide, from 1."""
    timelines: tuple[tuple[Timeline, int], ...] = ()
    """Of what moves in it, each with its number of pictures; all begin together."""
    marks: tuple[Mark, ...] = ()
    """What is drawn."""

    @property
    def lasts(self) -> Fraction:
        """Seconds that it stays: as long as all that moves in it with its hold, at least
        `seconds`.
        """
        ends = [timeline.end(count) for timeline, count in self.timelines]
        return max([Fraction(self.seconds).limit_denominator(1000), *ends])


@dataclass(frozen=True)
class Deck:
    """A post as slides."""

    path: Path
    """Of the post."""
    settings: DeckSettings
    slides: tuple[Slide, ...]
    fingerprint: str
    """What tells the pictures of this deck from others."""
    remarks: Sequence[str] = ()
    """What is not shown as the post has it, each with its place in the post."""
