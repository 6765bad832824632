"""What letters and formulas are drawn with: outlines, measured in the size of the letters."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal
from unicodedata import bidirectional

import numpy as np
from matplotlib.font_manager import FontProperties, fontManager, get_font
from matplotlib.ft2font import FT2Font
from matplotlib.textpath import text_to_path
from numpy.typing import NDArray

from visualize.looks.fonts import font_families

Face = Literal["text", "strong", "code", "strong code"]
SCALE = text_to_path.FONT_SCALE
SLANT = 0.18
"""How far a slanted letter leans, as a part of its height: about ten degrees, as italics do."""
SENTINEL = "|"
"""Where it stands behind a word says how far the word goes on."""
UNSEEN = dict.fromkeys((0xFE0E, 0xFE0F, 0x20E3))
"""What says how the letter before it is drawn: in colours, or as a key."""
LEFT_TO_RIGHT = "\u200e"
TYPE = Path(__file__).parent / "type"
SHIPPED = {
    "Visualize Emoji": "VisualizeEmoji.ttf",
    "Visualize Eastern": "VisualizeEastern.ttf",
    "Visualize Japanese": "VisualizeJapanese.ttf",
    "Visualize Traditional": "VisualizeTraditional.ttf",
    "Visualize Korean": "VisualizeKorean.ttf",
}
"""Come along, with their licence: what the fonts of films do not have."""
CODE_FONT = "DejaVu Sans Mono"
"""Comes along with matplotlib."""


@dataclass(frozen=True, eq=False)
class Ink:
    """Outlines, upwards from the baseline, in the size of the letters; and the room they take."""

    vertices: NDArray[np.float64]
    codes: NDArray[np.uint8]
    width: float
    ascent: float
    descent: float

    def slanted(self) -> "Ink":
        """Return it leaning, as in italics."""
        leaning = self.vertices.copy()
        leaning[:, 0] += SLANT * leaning[:, 1]
        return Ink(leaning, self.codes, self.width, self.ascent, self.descent)


EMPTY = Ink(np.empty((0, 2)), np.empty(0, dtype=np.uint8), 0.0, 0.0, 0.0)
ASCENT, DESCENT = 0.97, 0.24
"""Of a line of text, in the size of its letters."""


@lru_cache(maxsize=8)
def files_of(face: Face) -> tuple[str, ...]:
    """Return the files in which the letters of a face are looked for, in this order."""
    families = font_families(title=face == "strong")
    if "code" in face:
        families.insert(0, CODE_FONT)
    weights = {CODE_FONT: "bold"} if face == "strong code" else {}
    found = [
        fontManager.findfont(FontProperties(family=[it], weight=weights.get(it, "normal")))
        for it in families
    ]
    names = [f"{it}" for it in found]
    own = [f"{TYPE / file}" for file in SHIPPED.values()]
    return tuple(dict.fromkeys([*names[:2], *own, *names[2:]]))


def _font(face: Face) -> FT2Font:
    font = get_font(list(files_of(face)))
    font.set_size(SCALE, text_to_path.DPI)
    return font


@lru_cache(maxsize=4096)
def written(text: str, face: Face, italic: bool = False) -> Ink:
    """Return the outlines of a word, and how far it goes on."""
    if italic:
        return written(text, face).slanted()
    text = text.translate(UNSEEN)
    # Behind a mark, the line is one from left to right, also of a word that is not.
    begun = LEFT_TO_RIGHT if not text.isascii() and is_leftwards(text) else ""
    glyphs, outlines, _ = text_to_path.get_glyphs_with_font(_font(face), f"{begun}{text}{SENTINEL}")
    vertices, codes = [], []
    for name, across, up, scale in glyphs[:-1]:
        points, kinds = outlines[name]
        if len(points):
            vertices.append(np.asarray(points) * scale + [across, up])
            codes.append(np.asarray(kinds))
    width = glyphs[-1][1] / SCALE
    if not vertices:
        return Ink(EMPTY.vertices, EMPTY.codes, width, ASCENT, DESCENT)
    return Ink(
        np.concatenate(vertices) / SCALE,
        np.concatenate(codes).astype(np.uint8),
        width,
        ASCENT,
        DESCENT,
    )


def is_leftwards(text: str) -> bool:
    """Whether a text has letters that are read from right to left."""
    return any(bidirectional(letter) in {"R", "AL"} for letter in text)


@lru_cache(maxsize=4096)
def has_letter(letter: str, face: Face) -> bool:
    """Whether a font on this machine draws a letter."""
    return any(get_font(file).get_char_index(ord(letter)) for file in files_of(face))
