"""From the plan of a slide to pictures of it."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from visualize.deck.slide import Deck, Slide
from visualize.film.canvas import Canvas
from visualize.film.film import settled
from visualize.film.movie_writer import damage_of, picture_of
from visualize.formats.format import Box, Timeline
from visualize.looks.fonts import font_families
from visualize.looks.style import DOTS_PER_INCH
from visualize.looks.themes import THEMES


@dataclass(frozen=True)
class DrawnSlide:
    """A slide that has been drawn: its pictures, one where nothing moves in it."""

    figure: Figure
    timeline: Timeline
    """When each of its pictures shows, from the slide's beginning."""
    frames: int
    """How many pictures."""
    poster: int
    """The frame (from 0) that a still shows."""
    remarks: tuple[str, ...]
    """What the slide cannot show as the post says it."""

    def picture(self, frame: int = 0) -> NDArray[np.uint8]:
        """Return the pixels of a frame (from 0): `(height, width, 4)`; the next overwrite them."""
        del frame
        with settled():
            return picture_of(self.figure)

    def damage(self) -> Box | None:
        """Return where pictures may differ from when this was asked last; None: anywhere."""
        return damage_of(self.figure)


def draw(slide: Slide, deck: Deck) -> DrawnSlide:
    """Draw a slide: what stands still now, what moves when a picture is asked for."""
    width, height = deck.settings.size
    theme = THEMES[deck.settings.theme]
    with settled({"font.family": font_families()}):
        figure = Figure(figsize=(width / DOTS_PER_INCH, height / DOTS_PER_INCH), dpi=DOTS_PER_INCH)
        figure.set_facecolor(theme.background)
        Canvas(figure)
        for passage in slide.passages:
            size = 45 if passage.kind == "heading" else 30
            figure.text(
                passage.box.left / width,
                1 - passage.box.top / height,
                passage.text,
                va="top",
                color=theme.ink,
                fontsize=size * 0.72,
                parse_math=False,
            )
    return DrawnSlide(figure, Timeline(Fraction(25)), 1, 0, ())
