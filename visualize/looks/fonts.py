"""The fonts in which letters are looked for."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

import matplotlib
from matplotlib.figure import FigureBase
from matplotlib.font_manager import FontEntry, fontManager, get_font
from matplotlib.text import Text

TYPE = Path(__file__).parent / "type"
"""Where the fonts are that come along, with their licence."""
TEXT_FONT, TITLE_FONT = "Visualize Sans", "Visualize Sans Title"
SHIPPED = {TEXT_FONT: "VisualizeSans.ttf", TITLE_FONT: "VisualizeSansTitle.ttf"}
MATHEMATICS = "DejaVu Sans"
"""Comes along with matplotlib; for signs that ours does not have, and what is set as a formula."""
OTHER_FONTS = (
    *("Noto Sans CJK SC", "Noto Sans CJK JP", "Source Han Sans SC", "WenQuanYi Micro Hei"),
    *("PingFang SC", "Hiragino Sans", "Microsoft YaHei", "Yu Gothic", "Malgun Gothic"),
    *("Noto Sans Devanagari", "Noto Sans Thai", "Noto Sans Arabic", "Noto Sans Hebrew"),
    *("Noto Emoji", "Segoe UI Emoji"),
)
"""Looked for on this machine, in this order."""
EMOJI = range(0x1F000, 0x20000)
DINGBATS = range(0x2600, 0x27C0)
EASTERN = (
    *(range(0x2E80, 0xA4D0), range(0xAC00, 0xD7B0), range(0xF900, 0xFB00)),
    *(range(0xFE30, 0xFFF0), range(0x20000, 0x32000)),
)
"""Signs of China, Japan and Korea."""


def font_families(title: bool = False) -> list[str]:
    """Return the fonts to look for letters in: what comes along, then others that are here."""
    entries = _entries()
    return [
        TITLE_FONT if title else TEXT_FONT,
        MATHEMATICS,
        *(family for family in OTHER_FONTS if family in entries),
    ]


def remarks_on(figure: FigureBase) -> tuple[str, ...]:
    """Return a sentence about letters that no font here can draw, if there are any."""
    written = "".join(text.get_text() for text in figure.findobj(Text))
    families = [family for family in matplotlib.rcParams["font.family"] if family in _entries()]
    missing = {letter for letter, family in _drawn_by(written, families).items() if not family}
    if not missing:
        return ()
    wanted = " and ".join(sorted({font_for(letter) for letter in missing}))
    letters = " ".join(sorted(missing))
    return (f"no font on this machine can draw {letters}; install {wanted}, or write other words",)


def others_needed(written: str) -> list[str]:
    """Return the fonts, and what tells their files from others, that do not come along."""
    entries = _entries()
    used = {*_drawn_by(written, font_families()).values()} - {None, TEXT_FONT, MATHEMATICS}
    return sorted(
        f"{family} {hashlib.sha256(Path(entries[family].fname).read_bytes()).hexdigest()}"
        for family in used
        if family
    )


def _entries() -> dict[str, FontEntry]:
    """Return the fonts by family; those that come along are made known to matplotlib first."""
    known = {entry.name for entry in fontManager.ttflist}
    for family, file in SHIPPED.items():
        if family not in known:
            fontManager.addfont(TYPE / file)
    return {entry.name: entry for entry in reversed(fontManager.ttflist)}


def _drawn_by(written: str, families: Iterable[str]) -> dict[str, str | None]:
    """Return for each letter the family that draws it."""
    entries = _entries()
    found: dict[str, str | None] = {it: None for it in written if not it.isspace()}
    for family in families:
        left = [letter for letter, family in found.items() if family is None]
        if not left:
            break
        font = get_font(entries[family].fname)
        found |= {letter: family for letter in left if font.get_char_index(ord(letter))}
    return found


def font_for(letter: str) -> str:
    """Return the name of a font that has a letter, for those who have none that does."""
    code = ord(letter)
    if code in EMOJI or code in DINGBATS:
        return "Noto Emoji"
    return "Noto Sans CJK SC" if any(code in it for it in EASTERN) else "Noto Sans"
