"""What is drawn on a slide, and where: all in pixels, downwards from its upper left corner."""

from dataclasses import dataclass, replace
from typing import NamedTuple

from visualize.deck.blocks import Film, Picture
from visualize.deck.ink import Ink


class Place(NamedTuple):
    """A part of a slide."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """From left to right."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """From top to bottom."""
        return self.bottom - self.top

    def moved(self, across: float, down: float) -> "Place":
        """Return it somewhere else."""
        return Place(self.left + across, self.top + down, self.right + across, self.bottom + down)


@dataclass(frozen=True)
class Letters:
    """A word or a formula."""

    ink: Ink
    left: float
    baseline: float
    size: float
    color: str

    def moved(self, across: float, down: float) -> "Letters":
        """Return it somewhere else."""
        return replace(self, left=self.left + across, baseline=self.baseline + down)


@dataclass(frozen=True)
class Area:
    """A plain area, its corners rounded."""

    place: Place
    color: str
    radius: float = 0.0

    def moved(self, across: float, down: float) -> "Area":
        """Return it somewhere else."""
        return replace(self, place=self.place.moved(across, down))


@dataclass(frozen=True)
class Shown:
    """A picture or a film."""

    visual: Picture | Film
    place: Place

    def moved(self, across: float, down: float) -> "Shown":
        """Return it somewhere else."""
        return replace(self, place=self.place.moved(across, down))


Mark = Letters | Area | Shown
