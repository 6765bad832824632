"""All slides of a deck in one picture, small, to be looked over."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from visualize.deck.slide import Deck
from visualize.formats._png import write
from visualize.storage.files import written_whole

ACROSS = 4
"""Slides in a row."""
WIDTH, GAP = 480, 16
"""Pixels: of a slide, and around it."""
EFFORT = 6
"""zlib's."""
BETWEEN = 128, 128, 128
"""The colour: neither that of light slides nor of dark ones."""


def write_sheet(deck: Deck, posters: Sequence[Path], path: Path, comment: str) -> None:
    """Write a contact sheet of posters, which are PNGs; raises `OutputError` where it cannot."""
    from PIL import Image

    width, height = deck.settings.size
    across = min(ACROSS, len(posters))
    size = WIDTH, max(round(WIDTH * height / width), 1)
    step = WIDTH + GAP, size[1] + GAP
    down = -(-len(posters) // across)
    sheet = Image.new("RGB", (across * step[0] + GAP, down * step[1] + GAP), BETWEEN)
    for number, poster in enumerate(posters):
        row, column = divmod(number, across)
        with Image.open(poster) as opened:
            small = opened.convert("RGB").resize(size, Image.Resampling.BOX)
        sheet.paste(small, (GAP + column * step[0], GAP + row * step[1]))
    with written_whole(path) as temporary:
        write(temporary, np.asarray(sheet), comment, EFFORT)
