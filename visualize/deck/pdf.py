"""A deck as pages: still slides, under words that are not seen but can be read and searched."""

import json
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

from visualize.deck import ink
from visualize.deck.slide import Deck, Passage
from visualize.formats._png import pixels_in, write
from visualize.looks.fonts import MATHEMATICS, TYPE, font_families
from visualize.storage.files import written_whole
from visualize.version import __version__

PAGES = Path(__file__).parent / "pages.typ"
POINT = 0.5
"""Points that a pixel is: a slide of 1920 pixels is as wide as those of others, 13⅓ inches."""
NOTHING = "nothing.png"
"""What stands, unseen, where a picture has words of its own."""
CELLS = " | "
"""What stands between the cells of a table."""
DEEPEST = 6
"""Of PDF's headings."""


def write_pdf(deck: Deck, posters: Sequence[Path], path: Path) -> None:
    """Write a deck as a tagged PDF (PDF/UA-1), a page for each slide's poster, which are PNGs.

    The same deck makes the same bytes. Raises `OutputError` where the file cannot be written.
    """
    import pypdf

    with written_whole(path) as temporary:
        pages = pypdf.PdfWriter(clone_from=BytesIO(_words(_described(deck))))
        for page, poster in zip(pages.pages, posters, strict=True):
            _lay_under(page, poster, pages)
        pages.write(temporary)


def _lay_under(page: Any, poster: Path, pages: Any) -> None:
    """Let a PNG fill a page behind what is there; no tag has it, since words say the same.

    The pixels are packed in PDF as they are in PNG, so that nothing is unpacked.
    """
    from pypdf.generic import (
        ArrayObject,
        DictionaryObject,
        NameObject,
        NumberObject,
        StreamObject,
    )

    width, height, pixels = pixels_in(poster)
    picture = StreamObject()
    picture.set_data(pixels)
    numbers = {"Columns": width, "Colors": 3, "BitsPerComponent": 8, "Predictor": 15}
    how = DictionaryObject({NameObject(f"/{it}"): NumberObject(n) for it, n in numbers.items()})
    names = {"Type": "XObject", "Subtype": "Image", "ColorSpace": "DeviceRGB"}
    names["Filter"] = "FlateDecode"
    picture.update({NameObject(f"/{it}"): NameObject(f"/{name}") for it, name in names.items()})
    for name, number in (("Width", width), ("Height", height), ("BitsPerComponent", 8)):
        picture[NameObject(f"/{name}")] = NumberObject(number)
    picture[NameObject("/DecodeParms")] = how
    shown = StreamObject()
    across, up = page.mediabox.width, page.mediabox.height
    shown.set_data(f"/Artifact BMC q {across} 0 0 {up} 0 0 cm /Slide Do Q EMC\n".encode())
    resources = page["/Resources"].get_object()
    pictures = resources.setdefault(NameObject("/XObject"), DictionaryObject()).get_object()
    pictures[NameObject("/Slide")] = _added(pages, picture)
    before = page.get("/Contents", ArrayObject()).get_object()
    rest = before if isinstance(before, ArrayObject) else [page.raw_get("/Contents")]
    page[NameObject("/Contents")] = ArrayObject([_added(pages, shown), *rest])


def _added(pages: Any, part: Any) -> Any:
    return pages._add_object(part)  # noqa: SLF001  # pypdf has no other way to make a reference


def pdf_is_of(path: Path, deck: Deck) -> bool:
    """Whether a file has the pages of a deck already, whole."""
    if not path.is_file():
        return False
    content = path.read_bytes()
    return _mark(deck).encode() in content and content.rstrip().endswith(b"%%EOF")


def _mark(deck: Deck) -> str:
    return f"visualize {__version__} {deck.fingerprint}"


def _words(description: str) -> bytes:
    """Return the pages without their pictures.

    Where a letter has no font they are tagged all the same, but no PDF/UA-1.
    """
    import matplotlib
    import typst

    ours = {TYPE, ink.TYPE, Path(matplotlib.get_data_path()) / "fonts" / "ttf"}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copy(PAGES, folder)
        write(folder / NOTHING, np.zeros((1, 1, 4), dtype=np.uint8), "")
        settings: dict[str, Any] = {
            "root": folder,
            "sys_inputs": {"deck": description},
            "font_paths": sorted(map(str, ours)),
            "ignore_system_fonts": len(font_families()) == len(OURS),
            "format": "pdf",
        }
        try:
            pages: Any = typst.compile(folder / PAGES.name, **settings, pdf_standards="ua-1")
        except typst.TypstError as error:
            if "could not be displayed with font" not in error.message:
                raise
            pages = typst.compile(folder / PAGES.name, **settings)
    return bytes(pages)


OURS = (MATHEMATICS, "STIXGeneral")
"""Fonts that come along: what is not seen need not be in the font that is."""


def _described(deck: Deck) -> str:
    """Return all that the pages say."""
    width, height = deck.settings.size
    return json.dumps(
        {
            "title": deck.settings.title or deck.path.stem,
            "author": [deck.settings.author] if deck.settings.author else [],
            "mark": _mark(deck),
            "width": width * POINT,
            "height": height * POINT,
            "fonts": [*OURS, *ink.SHIPPED, *font_families()[2:]],
            "slides": [*_pages(deck)],
        }
    )


def _pages(deck: Deck) -> Iterator[list[dict[str, Any]]]:
    depth = 0
    for slide in deck.slides:
        said = []
        for passage in slide.passages:
            if not passage.text.strip():
                continue
            if passage.kind in {"title", "heading"}:  # no level may be left out
                depth = min(max(passage.level, 1), depth + 1, DEEPEST)
            said.append(_placed(passage, depth))
        yield said


def _placed(passage: Passage, depth: int) -> dict[str, Any]:
    box, kind = passage.box, str(passage.kind)
    rows = [line.split(CELLS) for line in passage.text.splitlines()]
    if kind == "table" and len({len(row) for row in rows}) > 1:
        kind = "paragraph"  # the sign stands in a cell, too
    return {
        "kind": kind,
        "text": passage.text,
        "rows": rows,
        "level": depth,
        "left": box.left * POINT,
        "top": box.top * POINT,
        "width": (box.right - box.left) * POINT,
        "height": (box.bottom - box.top) * POINT,
    }
