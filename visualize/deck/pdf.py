"""A deck as pages: still slides, under words that are not seen but can be read and searched."""

import json
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from visualize.deck.slide import Deck, Passage
from visualize.formats._png import write
from visualize.looks.fonts import MATHEMATICS, TYPE, font_families
from visualize.storage.files import written_whole
from visualize.version import __version__

PAGES = Path(__file__).parent / "pages.typ"
POINT = 0.5
"""Points that a pixel is: a slide of 1920 pixels is as wide as those of others, 13⅓ inches."""
NOTHING = "nothing.png"
"""What stands, unseen, where a picture has words of its own."""
DEEPEST = 6
"""Of PDF's headings."""


def write_pdf(deck: Deck, posters: Sequence[Path], path: Path) -> None:
    """Write a deck as a tagged PDF (PDF/UA-1), a page for each slide's poster, which are PNGs.

    The posters are in one folder, in which something is put beside them. The same deck makes the
    same bytes. Raises `OutputError` where the file cannot be written.
    """
    folder = posters[0].parent
    shutil.copy(PAGES, folder / PAGES.name)
    write(folder / NOTHING, np.zeros((1, 1, 4), dtype=np.uint8), "")
    with written_whole(path) as temporary:
        temporary.write_bytes(_compiled(folder, _described(deck, posters)))


def pdf_is_of(path: Path, deck: Deck) -> bool:
    """Whether a file has the pages of a deck already, whole."""
    if not path.is_file():
        return False
    content = path.read_bytes()
    return _mark(deck).encode() in content and content.rstrip().endswith(b"%%EOF")


def _mark(deck: Deck) -> str:
    return f"visualize {__version__} {deck.fingerprint}"


def _compiled(folder: Path, description: str) -> bytes:
    """Return the PDF; where a letter has no font it is tagged all the same, but no PDF/UA-1."""
    import matplotlib
    import typst

    ours = {TYPE, Path(matplotlib.get_data_path()) / "fonts" / "ttf"}
    settings: dict[str, Any] = {
        "root": folder,
        "sys_inputs": {"deck": description},
        "font_paths": sorted(map(str, ours)),
        "ignore_system_fonts": len(font_families()) == len(OURS),
        "format": "pdf",
    }
    try:
        pages = typst.compile(folder / PAGES.name, **settings, pdf_standards="ua-1")
    except typst.TypstError as error:
        if "could not be displayed with font" not in error.message:
            raise
        pages = typst.compile(folder / PAGES.name, **settings)
    return bytes(pages)


OURS = (MATHEMATICS, "STIXGeneral")
"""Fonts that come along: what is not seen need not be in the font that is."""


def _described(deck: Deck, posters: Sequence[Path]) -> str:
    """Return all that the pages say."""
    width, height = deck.settings.size
    return json.dumps(
        {
            "title": deck.settings.title or deck.path.stem,
            "author": [deck.settings.author] if deck.settings.author else [],
            "mark": _mark(deck),
            "width": width * POINT,
            "height": height * POINT,
            "fonts": [*OURS, *font_families()[2:]],
            "slides": [*_pages(deck, posters)],
        }
    )


def _pages(deck: Deck, posters: Sequence[Path]) -> Iterator[dict[str, Any]]:
    depth = 0
    for slide, poster in zip(deck.slides, posters, strict=True):
        said = []
        for passage in slide.passages:
            if not passage.text.strip():
                continue
            if passage.kind in {"title", "heading"}:  # no level may be left out
                depth = min(max(passage.level, 1), depth + 1, DEEPEST)
            said.append(_placed(passage, depth))
        yield {"picture": poster.name, "passages": said}


def _placed(passage: Passage, depth: int) -> dict[str, Any]:
    box = passage.box
    return {
        "kind": passage.kind,
        "text": passage.text,
        "level": depth,
        "left": box.left * POINT,
        "top": box.top * POINT,
        "width": (box.right - box.left) * POINT,
        "height": (box.bottom - box.top) * POINT,
    }
