"""The fonts in which letters are looked for."""

import atexit
import hashlib
import io
import re
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import replace
from functools import cache
from pathlib import Path

import matplotlib
from matplotlib.figure import FigureBase
from matplotlib.font_manager import FontEntry, fontManager, get_font, ttfFontProperty, weight_dict
from matplotlib.ft2font import FT2Font
from matplotlib.text import Text

from visualize.storage.files import scratch_folder
from visualize.text import listed

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
WITH_MATPLOTLIB = "DejaVu "
"""How families begin that come along with it: its version tells them."""
BOLD = 700
STAND_INS = ("Last Resort", "STIXNonUnicode", "STIXSize", "cm")
"""Families of signs, in which nobody writes."""
EMOJI = range(0x1F000, 0x20000)
DINGBATS = range(0x2600, 0x27C0)
EASTERN = (
    *(range(0x2E80, 0xA4D0), range(0xAC00, 0xD7B0), range(0xF900, 0xFB00)),
    *(range(0xFE30, 0xFFF0), range(0x20000, 0x32000)),
)
"""Signs of China, Japan and Korea."""


def font_families(title: bool = False, own: str | None = None) -> list[str]:
    """Return the fonts to look for letters in: what comes along, then others that are here.

    The user's `own` stands before them all.
    """
    entries = _entries()
    ours = [TITLE_FONT if title else TEXT_FONT, MATHEMATICS]
    others = (family for family in OTHER_FONTS if family in entries)
    first = [_bold(own) if title else own] if own else []
    return [*dict.fromkeys([*first, *ours, *others])]


def _bold(family: str) -> str:
    """Return a name by which matplotlib finds the bold face of a family, where there is one.

    To ask for the weight would have it warn of all fonts that come after and have none.
    """
    name = f"{family} in bold"
    known = [it for it in fontManager.ttflist if it.name in (family, name)]
    faces = [it for it in known if it.style == "normal" and _weight(it) == BOLD]
    if not faces:
        return family
    if all(it.name != name for it in known):
        fontManager.ttflist.append(replace(faces[0], name=name, weight=400))
    return name


def _weight(entry: FontEntry) -> int:
    return weight_dict[entry.weight] if isinstance(entry.weight, str) else int(entry.weight)


def installed() -> list[str]:
    """Return the families that there are on this machine, those that come along included."""
    return sorted(family for family in _entries() if not family.startswith((".", *STAND_INS)))


def is_font(content: bytes) -> bool:
    """Whether bytes are those of a font's file."""
    try:
        return bool(FT2Font(io.BytesIO(content)).get_charmap())
    except (RuntimeError, OSError, ValueError):
        return False


def registered(content: bytes, digest: str) -> str:
    """Return the family by which matplotlib finds a font of these bytes, and no other.

    They are written where they stay as long as this process: the file they come from may go.
    """
    path = _folder() / f"{digest}.ttf"
    if not path.exists():
        path.write_bytes(content)
    known = {entry.fname: entry.name for entry in fontManager.ttflist}
    if str(path) not in known:
        entry = ttfFontProperty(get_font(path))
        entry = replace(entry, name=f"{entry.name} {digest}", weight=400, style="normal")
        fontManager.ttflist.append(entry)
        return str(entry.name)
    return known[str(path)]


@cache
def _folder() -> Path:
    resources = ExitStack()
    atexit.register(resources.close)
    return resources.enter_context(scratch_folder())


def remarks_on(figure: FigureBase) -> tuple[str, ...]:
    """Return a sentence about letters that no font here can draw, if there are any."""
    written = "".join(text.get_text() for text in figure.findobj(Text))
    families = [family for family in matplotlib.rcParams["font.family"] if family in _entries()]
    drawn_by = _drawn_by(written, families)
    remarks = []
    own = families[0]
    others = {it for it, family in drawn_by.items() if family not in (None, own)}
    if own != TEXT_FONT and others:
        called = own.rsplit(" ", 1)[0] if _is_own(own) else own
        helpers = listed(sorted({str(drawn_by[it]) for it in others}))
        letters = listed(sorted(others))
        remarks.append(f"the font {called} has no {letters}; drawn by {helpers} instead")
    missing = {letter for letter, family in drawn_by.items() if not family}
    if missing:
        wanted = " and ".join(sorted({font_for(letter) for letter in missing}))
        letters = " ".join(sorted(missing))
        remarks.append(
            f"no font on this machine can draw {letters}; install {wanted}, or write other words"
        )
    return tuple(remarks)


def _is_own(family: str) -> bool:
    """Whether a font is of a file of the user's."""
    return bool(re.search(" [0-9a-f]{32}$", family))


def others_needed(written: str, own: str | None = None) -> list[str]:
    """Return the fonts, and what tells their files from others, that do not come along."""
    entries = _entries()
    used = {*_drawn_by(written, font_families(own=own)).values(), own} - {None, TEXT_FONT}
    return sorted(
        f"{family} {hashlib.sha256(Path(entries[family].fname).read_bytes()).hexdigest()}"
        for family in used
        if family and not family.startswith(WITH_MATPLOTLIB) and not _is_own(family)
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
