"""The fonts in which letters are looked for."""

import matplotlib
from matplotlib.figure import FigureBase
from matplotlib.font_manager import fontManager, get_font
from matplotlib.text import Text

EASTERN_FONTS = (
    *("Noto Sans CJK SC", "Noto Sans CJK JP", "Source Han Sans SC", "WenQuanYi Micro Hei"),
    *("PingFang SC", "Hiragino Sans", "Microsoft YaHei", "Yu Gothic", "Malgun Gothic"),
    *("Noto Sans Devanagari", "Noto Sans Thai", "Noto Sans Arabic", "Noto Sans Hebrew"),
)


def font_families() -> list[str]:
    """Return the fonts to look for letters in: DejaVu, which comes along, and those of the East."""
    there = set(fontManager.get_font_names())
    return ["DejaVu Sans", *(family for family in EASTERN_FONTS if family in there)]


def remarks_on(figure: FigureBase) -> tuple[str, ...]:
    """Return a sentence about letters that no font here can draw, if there are any."""
    fonts = [
        get_font(fontManager.findfont(family)) for family in matplotlib.rcParams["font.family"]
    ]
    written = "".join(text.get_text() for text in figure.findobj(Text))
    missing = {
        letter
        for letter in written
        if not letter.isspace() and not any(font.get_char_index(ord(letter)) for font in fonts)
    }
    if not missing:
        return ()
    return (f"no font on this machine can draw {' '.join(sorted(missing))}",)
