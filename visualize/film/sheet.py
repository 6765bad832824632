"""Some pictures of a film in one: what happens in it, to be looked over or printed."""

import math
from dataclasses import dataclass

import numpy as np
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from visualize.film.canvas import Canvas
from visualize.film.film import Film, settled
from visualize.film.movie_writer import picture_of
from visualize.formats.format import Box, Timeline
from visualize.looks.colors import mixed
from visualize.looks.fonts import font_families
from visualize.looks.style import DOTS_PER_INCH
from visualize.scene.fonts import family_of

SHOWN = 6
"""Pictures."""
ACROSS, ACROSS_TALL = 3, 6
"""In a row; of those that are higher than wide."""
WIDEST = 640
"""Pixels of a picture in it."""
GAP, CAPTION, LETTERS = 0.035, 0.065, 0.033
"""Around each picture, below it, and the size of what is written there, by its width."""
SMALLEST = 10
"""Pixels of letters."""
GROUND, RULE = 0.07, 0.2
"""How much of the ink is in what is behind the pictures, and in the line around them."""


@dataclass(frozen=True)
class Sheet:
    """A contact sheet: pictures of a film side by side, each with its step and its second."""

    film: Film
    fingerprint: str
    frames: int = 1
    poster: int = 0
    transparent: bool = False

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        height, width = self.picture(0).shape[:2]
        return width, height

    @property
    def timeline(self) -> Timeline:
        """A single picture shows as long as one of the film's."""
        return Timeline(self.film.timeline.rate)

    def damage(self) -> Box | None:
        """Return None: there is one picture."""
        return None

    def picture(self, frame: int) -> NDArray[np.uint8]:
        """Return the pixels: `(height, width, 3)`."""
        del frame
        film, theme = self.film, self.film.scene.look
        background, ink, quiet = map(to_hex, (theme.background, theme.ink, theme.quiet))
        shown = _frames_of(film)
        pictures = [_small(film, it, background) for it in shown]
        height, width = pictures[0].shape[:2]
        gap = max(round(GAP * width), 4)
        letters = max(LETTERS * width, SMALLEST)
        caption = round(max(CAPTION * width, 2 * letters))
        across = min(ACROSS if width >= height else ACROSS_TALL, len(shown))
        down = -(-len(shown) // across)
        wide = across * (width + gap) + gap
        high = down * (height + caption + gap) + gap
        inches = [math.nextafter(side / DOTS_PER_INCH, math.inf) for side in (wide, high)]
        with settled({"font.family": font_families(own=family_of(film.scene.font))}):
            figure = Figure(figsize=(inches[0], inches[1]), dpi=DOTS_PER_INCH)
            figure.set_facecolor(mixed(background, ink, GROUND))
            Canvas(figure)
            for number, (at, picture) in enumerate(zip(shown, pictures, strict=True)):
                row, column = divmod(number, across)
                left, top = gap + column * (width + gap), gap + row * (height + caption + gap)
                bottom = high - top - height
                figure.figimage(picture, left, bottom, origin="upper")
                around = Rectangle(
                    ((left - 1) / wide, (bottom - 1) / high),
                    (width + 2) / wide,
                    (height + 2) / high,
                    transform=figure.transFigure,
                    facecolor=mixed(background, ink, RULE),
                    linewidth=0,
                    zorder=-1,  # below the picture, all but its border
                )
                figure.add_artist(around)
                middle = (bottom - caption / 2) / high
                step = f"step {math.floor(film.row(at) + 1e-9)}"
                second = f"{float(film.timeline.start(at)):.1f} s"
                points = letters * 72 / DOTS_PER_INCH
                places = ((left, "left", step, ink), (left + width, "right", second, quiet))
                for place, side, words, color in places:
                    text = figure.text(place / wide, middle, words, fontsize=points, color=color)
                    text.set(ha=side, va="center")
            return picture_of(figure)[..., :3].copy()


def _frames_of(film: Film) -> list[int]:
    """Return the pictures that are shown: spread over the time in which it moves, or each step."""
    rows = np.array([film.row(frame) for frame in range(film.frames)])
    if rows[-1] - rows[0] < SHOWN:
        steps = np.arange(np.floor(rows[0]), np.floor(rows[-1]) + 1)
        return [*map(int, np.unique(np.searchsorted(rows, steps)))]
    begun = int(np.flatnonzero(rows == rows[0])[-1]) if rows[-1] != rows[0] else 0
    done = int(np.flatnonzero(rows == rows[-1])[0])
    spread = np.linspace(begun, max(done, begun), SHOWN).round().astype(int)
    return [0, *np.unique(spread)[1:].tolist()]


def _small(film: Film, frame: int, background: str) -> NDArray[np.uint8]:
    """Return a picture of a film as it stands in the sheet."""
    from PIL import Image

    pixels = film.picture(frame)
    if film.transparent:
        opacity = pixels[..., 3:] / 255
        behind = 255 * np.array(to_rgb(background))
        pixels = np.rint(pixels[..., :3] * opacity + behind * (1 - opacity)).astype(np.uint8)
    height, width = pixels.shape[:2]
    if width <= WIDEST:
        return pixels
    size = WIDEST, max(round(WIDEST * height / width), 1)
    small = Image.fromarray(pixels).resize(size, Image.Resampling.LANCZOS)
    return np.asarray(small)
