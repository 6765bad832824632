"""The font that a scene asks for: a family of this machine, or a file beside the scene."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import PrivateAttr, SerializationInfo, field_serializer

from visualize.declare.settings import FileName, Settings, custom_error, error_at
from visualize.storage.files import is_inside
from visualize.text import did_you_mean, listed, shown

SUFFIXES = (".ttf", ".otf")
LARGEST = 2**25
"""Bytes of a font's file."""
GENERIC = {
    "sans": "DejaVu Sans",
    "serif": "DejaVu Serif",
    "mono": "DejaVu Sans Mono",
    "sans-serif": "DejaVu Sans",
    "monospace": "DejaVu Sans Mono",
}
"""Families that come along with matplotlib, and are the same everywhere."""
EVERYWHERE = "sans, serif and mono are everywhere, or name a file: font: mine.ttf"


class OwnFont(Settings):
    """A font in a file of the user's."""

    file: FileName
    """A .ttf or .otf file in the scene's folder."""
    digest: str | None = None
    """The checksum of the file that must be there; default: any."""

    _content: bytes = PrivateAttr(b"")

    @property
    def content(self) -> bytes:
        """What is in the file."""
        return self._content

    @field_serializer("file")
    def _name_file(self, file: str, info: SerializationInfo) -> str:
        return Path(file).name if (info.context or {}).get("portable") else file


FontGiven = str | OwnFont
"""A family by its name, or a file."""


def family_of(font: FontGiven | None) -> str | None:
    """Return the family by which matplotlib finds a font; None: what comes along."""
    if isinstance(font, OwnFont):
        from visualize.looks.fonts import registered

        return registered(font.content, font.digest or "")
    return None if font is None else GENERIC.get(font, font)


@dataclass
class FontReader:
    """Reads the font of a scene, and notes the file that it is in."""

    folder: Path
    anywhere: bool
    """Whether files outside of the folder may be read."""
    files: list[Path] = field(default_factory=list)

    def read(self, value: Any) -> FontGiven | None:
        """Return the font, with what is in its file; raises where there is none such."""
        if value is None or (isinstance(value, OwnFont) and value.content):
            return value
        if isinstance(value, str) and Path(value).suffix.lower() in SUFFIXES:
            return self._in_file(OwnFont(file=value), ())
        if isinstance(value, Mapping | OwnFont):
            return self._in_file(OwnFont.model_validate(value), ("file",))
        if not isinstance(value, str):
            raise custom_error(f"must be text (got {shown(value)}); write font: serif")
        _refuse_unknown(value)
        return value

    def _in_file(self, font: OwnFont, place: tuple[str, ...]) -> OwnFont:
        path = self.folder / font.file
        if not self.anywhere and not is_inside(path, self.folder):
            raise error_at("lies outside the scene's folder; --allow-outside reads it", *place)
        self.files.append(path)
        content = _content_of(path, font.file, place)
        digest = hashlib.sha256(content).hexdigest()[:32]
        if font.digest not in (None, digest):
            raise error_at(f"the file holds another font now ({digest})", "digest")
        found = OwnFont(file=str(path), digest=digest)
        found._content = content  # noqa: SLF001  # its module's
        return found


def _content_of(path: Path, name: str, place: tuple[str, ...]) -> bytes:
    """Return what is in a font's file. Raises where it cannot be read, or is none."""
    try:
        if path.exists() and not path.is_file():
            raise error_at(f"{name}: not a file", *place)
        if path.is_file() and path.stat().st_size > LARGEST:
            raise error_at(f"{name}: a font's file may have {LARGEST >> 20} MiB at most", *place)
        content = path.read_bytes()
    except OSError as error:
        words = (error.strerror or "cannot be read").lower()
        raise error_at(f"{name}: {words}{_near(path)}", *place) from None
    from visualize.looks.fonts import is_font

    if not is_font(content):
        raise error_at(f"{name}: no font that can be read", *place)
    return content


def _near(path: Path) -> str:
    """Return the fonts beside one that is not there whose names are near."""
    try:
        names = [it.name for it in path.parent.iterdir() if it.suffix.lower() in SUFFIXES]
    except OSError:
        return ""
    return did_you_mean(path.name, names)


def _refuse_unknown(name: str) -> None:
    if name in GENERIC:
        return
    from visualize.looks.fonts import installed

    known = installed()
    if name in known:
        return
    hint = did_you_mean(name, [*known, *GENERIC])
    words = hint or f"; there are {listed(known)}; {EVERYWHERE}"
    raise custom_error(f"no font '{name}' on this machine{words}")
