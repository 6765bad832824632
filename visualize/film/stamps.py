"""Texts that are drawn once, and then put as pixels wherever they stand."""

from functools import cache
from typing import Any

import numpy as np
from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.colors import to_rgb, to_rgba
from matplotlib.figure import Figure, SubFigure
from matplotlib.text import Text
from matplotlib.transforms import Bbox, IdentityTransform
from numpy.typing import NDArray

from visualize.formats.format import Picture

SHADES = 3
"""How many opacities a letter's edge has: few are cheap in files, and look as smooth."""
MARGIN = 2
"""Pixels around a text's extent that its letters may reach into."""
DIGITS = "0123456789"
HALO = 0.14
"""How far a halo reaches, as a part of the font's size."""


class Stamp(Text):
    """A text of one font and colour whose pixels are drawn once for each resolution.

    Its place is its upper left corner. With a `halo`, a colour, it can be read over lines. A
    renderer that makes no pixels draws it as any other text.
    """

    def __init__(self, text: str = "", *, halo: str | None = None, **properties: Any) -> None:
        super().__init__(0, 0, text, va="top", **properties)
        self.halo = halo
        """The colour around the letters; to be set before it is drawn."""
        self._printed: dict[tuple[str, float], Picture] = {}
        self._measured: dict[tuple[str, float], tuple[float, float]] = {}

    def draw(self, renderer: RendererBase) -> None:
        """Put the pixels where the text stands."""
        if not isinstance(renderer, RendererAgg):
            super().draw(renderer)
        elif self.get_visible() and self.get_text():
            box = self.get_window_extent(renderer)
            self.put(renderer, self.get_text(), box.x0, box.y0)
        self.stale = False

    def get_window_extent(self, renderer: Any = None, dpi: float | None = None) -> Bbox:
        """Return where it is; a text is measured once for each resolution."""
        words = self.get_text()
        if not self.get_visible() or not words or not isinstance(renderer, RendererAgg):
            return super().get_window_extent(renderer, dpi)
        left, top = self.get_transform().transform(self.get_position())
        width, height = self._sides(renderer, words)
        return Bbox.from_bounds(left, top - height, width, height)

    def put(self, renderer: RendererAgg, text: str, left: float, bottom: float) -> None:
        """Put a text down."""
        pixels, margin = self._pixels(renderer, text), self._margin(renderer)
        context = renderer.new_gc()
        self._set_gc_clip(context)  # type: ignore[attr-defined]  # every artist has it
        renderer.draw_image(context, round(left) - margin, round(bottom) - margin, pixels)
        context.restore()

    def _pixels(self, renderer: RendererAgg, text: str) -> Picture:
        """Return the pixels of a text, the lowest row first, and a margin around it."""
        key = text, float(renderer.dpi)
        if key not in self._printed:
            levels = self._letters(renderer, text)
            letters, has_halo = levels
            shades = _shades(str(self.get_color()), self.halo or "none")
            self._printed[key] = shades[has_halo, letters]
        return self._printed[key]

    def _margin(self, renderer: RendererAgg) -> int:
        reach = HALO * float(self.get_fontsize()) * renderer.dpi / 72
        return MARGIN + (max(round(reach), 1) if self.halo else 0)

    def _letters(self, renderer: RendererAgg, text: str) -> NDArray[np.uint8]:
        """Return how opaque letters are, up to `SHADES`, and where their halo is: `(2, h, w)`."""
        margin = self._margin(renderer)
        letters = self._written(text)
        letters.set_position((margin, margin))
        sides = letters.get_window_extent(renderer).size
        width, height = (int(np.ceil(side)) + 2 * margin for side in sides)
        scratch = RendererAgg(width, height, renderer.dpi)
        letters.draw(scratch)
        opacity = np.asarray(scratch.buffer_rgba())[::-1, :, 3] / 255
        levels = np.round(opacity * SHADES).astype(np.uint8)
        # A halo with smooth edges would have a colour of its own over each that it lies on.
        has_halo = _widened(levels, margin - MARGIN) > SHADES / 2
        return np.stack([levels, has_halo.astype(np.uint8)])

    def _sides(self, renderer: RendererAgg, text: str) -> tuple[float, float]:
        """Return how wide and how high a text is."""
        key = text, float(renderer.dpi)
        if key not in self._measured:
            extent = self._written(text).get_window_extent(renderer)
            self._measured[key] = extent.width, extent.height
        return self._measured[key]

    def _written(self, words: str) -> Text:
        """Return a black text of the same font."""
        text = Text(0, 0, words, va="bottom")
        text.set(font=self.get_fontproperties(), parse_math=self.get_parse_math())
        text.set(color="black", transform=IdentityTransform())
        figure: Any = self.get_figure(root=True)
        text.set_figure(figure)
        return text


class Counter(Stamp):
    """A number after words; each digit is drawn once, and all are equally wide."""

    def __init__(self, text: str = "", **properties: Any) -> None:
        super().__init__(text, **properties)
        self._strip: dict[tuple[str, float], NDArray[np.uint8]] = {}

    def _pixels(self, renderer: RendererAgg, text: str) -> Picture:
        if (text, float(renderer.dpi)) not in self._printed:
            self._printed.clear()  # it does not come back
        return super()._pixels(renderer, text)

    def _letters(self, renderer: RendererAgg, text: str) -> NDArray[np.uint8]:
        """Return the words, and each digit after them."""
        words, digits = _parted(text)
        margin = self._margin(renderer)
        width, height = self._sides(renderer, text)
        sides = (int(np.ceil(side)) + 2 * margin + 1 for side in (height, width))
        letters = np.zeros((2, *sides), dtype=np.uint8)
        digit_width, before = self._widths(renderer, words)
        places = [0.0, *(before + place * digit_width for place in range(len(digits)))]
        for part, left in zip((words, *digits), places, strict=True):
            drawn = self._drawn_once(renderer, part)
            there = letters[:, : drawn.shape[1], round(left) : round(left) + drawn.shape[2]]
            np.maximum(there, drawn[..., : there.shape[2]], out=there)
        return letters

    def _drawn_once(self, renderer: RendererAgg, part: str) -> NDArray[np.uint8]:
        key = part, float(renderer.dpi)
        if key not in self._strip:
            self._strip[key] = super()._letters(renderer, part)
        return self._strip[key]

    def _sides(self, renderer: RendererAgg, text: str) -> tuple[float, float]:
        words, digits = _parted(text)
        digit_width, before = self._widths(renderer, words)
        return before + len(digits) * digit_width, super()._sides(renderer, words)[1]

    def _widths(self, renderer: RendererAgg, words: str) -> tuple[float, float]:
        """Return how wide a digit is, and all that stands before the first."""
        digit = super()._sides(renderer, DIGITS)[0] / len(DIGITS)
        return digit, super()._sides(renderer, f"{words}0")[0] - digit


def _parted(text: str) -> tuple[str, str]:
    words = text.rstrip(DIGITS)
    return words, text.removeprefix(words)


def add_to(figure: Figure | SubFigure, stamp: Stamp) -> None:
    """Add a stamp to a figure as the figure itself adds texts."""
    stamp.set_transform(figure.transSubfigure)
    stamp.set_figure(figure)
    figure.texts.append(stamp)


@cache
def _shades(color: str, halo: str) -> Picture:
    """Return the pixels of letters of each opacity: `(2, opacities, 4)`, the second over a halo.

    `none`: there is no halo.
    """
    letter, around = np.array(to_rgb(color)), np.array(to_rgba(halo))
    opacity = np.arange(SHADES + 1)[:, np.newaxis] / SHADES
    bare = np.concatenate([np.broadcast_to(letter, (SHADES + 1, 3)), opacity], axis=1)
    mixed = opacity * letter + (1 - opacity) * around[:3]
    over_halo = np.concatenate([mixed, np.ones_like(opacity)], axis=1)
    shades = np.stack([bare, bare if halo == "none" else over_halo])
    return np.round(shades * 255).astype(np.uint8)


def _widened(levels: NDArray[np.uint8], reach: int) -> NDArray[np.uint8]:
    """Return the opacity of what is as far as `reach` pixels around letters."""
    widened = levels.copy()
    steps = range(-reach, reach + 1)
    for down, across in ((y, x) for y in steps for x in steps if 0 < x * x + y * y <= reach**2 + 1):
        np.maximum(widened, np.roll(levels, (down, across), (0, 1)), out=widened)
    return widened
