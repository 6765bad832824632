"""The pixels of a picture at the size at which a slide shows it."""

import io
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from visualize.deck.blocks import Picture
from visualize.deck.media import formats
from visualize.looks.colors import contrast
from visualize.looks.themes import Theme

PAPER = "#ffffff"
"""Behind a picture with holes on dark slides: most are drawn for white pages."""


def still_picture(picture: Picture, size: tuple[int, int], theme: Theme) -> NDArray[np.uint8]:
    """Return the pixels of a picture, or of the first of several: `(height, width, 3)`."""
    with Image.open(picture.file, formats=formats()) as opened:
        opened.draft("RGB", (2 * size[0], 2 * size[1]))
        ImageOps.exif_transpose(opened, in_place=True)
        return _pixels(opened, size, theme)


def picture_frames(
    picture: Picture, size: tuple[int, int], theme: Theme
) -> Callable[[int], NDArray[np.uint8]]:
    """Return what gives the pixels of a GIF's pictures, from 0."""
    content = io.BytesIO(picture.file.read_bytes())  # no file stays open
    opened = Image.open(content, formats=formats())
    count = getattr(opened, "n_frames", 1)

    def pixels_of(frame: int) -> NDArray[np.uint8]:
        opened.seek(frame % count)
        return _pixels(opened, size, theme)

    return pixels_of


def _pixels(image: Image.Image, size: tuple[int, int], theme: Theme) -> NDArray[np.uint8]:
    if image.mode.startswith("I") or image.mode == "F":  # 16 bits, or more
        values = np.asarray(image, dtype=float)
        most = 65535 if values.max() > 255 else 255
        image = Image.fromarray((values * 255 / most).clip(0, 255).astype(np.uint8))
    has_holes = image.has_transparency_data
    mode = "RGBA" if has_holes else "RGB"
    whole = image if image.mode == mode else image.convert(mode)  # a copy takes memory
    shown = whole.resize(size, _filter(whole.size, size))
    if has_holes:
        color = theme.background if contrast(theme.background, PAPER) < 2 else PAPER
        paper = Image.new("RGBA", size, color)
        shown = Image.alpha_composite(paper, shown)
    return np.asarray(shown.convert("RGB"))


def _filter(old: tuple[int, int], new: tuple[int, int]) -> Image.Resampling:
    """Return how a picture is resized: tiny ones that are much enlarged keep their pixels."""
    enlarged = new[0] / max(old[0], 1)
    return Image.Resampling.NEAREST if enlarged >= 4 else Image.Resampling.LANCZOS
