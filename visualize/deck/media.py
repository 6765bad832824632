"""The files that a post shows: pictures, which are measured, and scenes, which are read."""

import re
import warnings
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from visualize.deck.blocks import Film, Missing, Picture
from visualize.deck.post import Post
from visualize.errors import Mistake, SceneError
from visualize.scene.budget import Budget
from visualize.scene.scene import scene_of
from visualize.scene.source import (
    SUFFIXES,
    Document,
    Mark,
    document_of,
    read_document,
    text_in,
)
from visualize.storage.files import is_inside
from visualize.text import near_names

if TYPE_CHECKING:
    from PIL import Image

PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp", ".tif", ".tiff", ".avif", ".apng")
FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF", "AVIF")
"""That are read, whatever a file's name ends with: others start programs, or are slow."""
NO_PICTURES = {
    ".svg": "an SVG; save it as PNG",
    ".pdf": "a PDF; save it as PNG",
    ".eps": "an EPS; save it as PNG",
    ".mp4": "a video; save it as GIF",
    ".webm": "a video; save it as GIF",
    ".mov": "a video; save it as GIF",
}
"""What posts show that we cannot, by the ending of the file's name."""
TURNED = (5, 6, 7, 8)
"""Orientations (EXIF) in which a picture's width is its height."""
ORIENTATION = 0x0112
MOST_PIXELS = 50_000_000
"""Of a picture: one that is larger takes all memory."""
MOST_MOVING_PIXELS = 1_000_000_000
"""Of all pictures of a GIF: more take minutes."""
ELSEWHERE = re.compile(r"^(?:[a-zA-Z][a-zA-Z0-9+.-]+:|//)")


@dataclass(frozen=True)
class Allowed:
    """What the scenes of a post may cost and read."""

    budget: Budget
    outside: bool = False
    """Whether they, their recordings and data may lie outside of the post's folder."""
    download: bool = False


def picture_at(post: Post, source: str, mark: Mark, words: tuple[str, str]) -> Picture | Missing:
    """Return the picture that a post shows; `words` are its alternative text and its caption.

    One that is not here, and may be seen elsewhere, is replaced by its words, with a remark.
    """
    alternative, caption = words
    missing = Missing(alternative or caption)
    name = unquote(source.partition("#")[0].partition("?")[0]) if source else ""
    if ELSEWHERE.match(source):
        kind = "a picture in the text" if source.startswith("data:") else "a picture elsewhere"
        post.remark(mark, f"{kind} is not fetched; save it beside the post to show it")
        return missing
    if is_a := NO_PICTURES.get(Path(name).suffix.lower()):
        post.remark(mark, f"not shown: this is {is_a}")
        return missing
    path = _found(post.path.parent, name)
    if path is None:
        post.refuse(mark, _not_found(post.path.parent, name))
        return missing
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of Pillow, on sizes that are refused below
            with Image.open(path, formats=formats()) as opened:
                width, height = opened.size
                is_turned = opened.getexif().get(ORIENTATION) in TURNED
                size = (height, width) if is_turned else (width, height)
                opaque = not opened.has_transparency_data
                moves = False
                if width * height <= MOST_PIXELS:
                    opened.load()
                    moves = opened.format == "GIF" and _moves(opened)
    except Image.DecompressionBombError:
        post.refuse(mark, f"a picture may have {MOST_PIXELS // 10**6} million pixels at most")
        return missing
    except _TooLongError:
        words_of_it = f"a GIF may have {MOST_MOVING_PIXELS // 10**6} million pixels in all at most"
        post.refuse(mark, f"{words_of_it}; make it smaller, or shorter")
        return missing
    except Exception:  # whatever Pillow runs into in somebody's file
        words_of_it = "no picture that can be read"
        post.refuse(mark, f"{words_of_it}; write the name of a PNG, JPEG, WebP or GIF")
        return missing
    if size[0] * size[1] > MOST_PIXELS:
        words_of_it = f"a picture may have {MOST_PIXELS // 10**6} million pixels at most"
        post.refuse(mark, f"{words_of_it} (this has {size[0]} x {size[1]})")
        return missing
    return Picture(path, size, alternative, caption, moves, opaque)


def _found(folder: Path, name: str) -> Path | None:
    """Return a file by its name as a post has it; /assets/a.png is below some folder above."""
    try:
        if not name.startswith("/"):
            path = folder / name
            return path if path.is_file() else None
        for above in (folder, *folder.resolve().parents):
            if (path := above / name.lstrip("/")).is_file():
                return path
    except (OSError, ValueError):  # a NUL in the name, or one that is too long
        pass
    return None


class _TooLongError(Exception):
    """A GIF of too many pictures for their size."""


def _moves(opened: "Image.Image") -> bool:
    """Whether a GIF has several pictures; all of them are read."""
    width, height = opened.size
    count = 1
    while True:
        try:
            opened.seek(count)
        except EOFError:
            return count > 1
        count += 1
        if count * width * height > MOST_MOVING_PIXELS:
            raise _TooLongError
        opened.load()


def formats() -> list[str]:
    """Return the formats that pictures are read of, as Pillow here has them."""
    from PIL import Image

    Image.init()
    return [it for it in FORMATS if it in Image.OPEN]


def _not_found(folder: Path, name: str) -> str:
    """Return why there is no picture of a name."""
    if not name.strip():
        return "no picture is named; write ![what it shows](picture.png)"
    try:
        if (folder / name).is_dir():
            return "a folder, and no picture; write the name of a file in it"
    except (OSError, ValueError):  # a NUL in the name, or one that is too long
        pass
    return f"no such picture{_near(folder / name)}"


def _near(path: Path) -> str:
    try:
        names = [it.name for it in path.parent.iterdir() if it.suffix.lower() in PICTURES]
    except (OSError, ValueError):
        return ""
    stems = {Path(name).stem: name for name in names}
    near = [stems[it] for it in near_names(path.stem, stems)]
    return f"; did you mean {' or '.join(map(repr, near))}?" if near else ""


def is_scene(source: str) -> bool:
    """Whether a post that shows a file means a scene."""
    return Path(source).suffix in SUFFIXES and not ELSEWHERE.match(source)


def film_of_file(
    post: Post, source: str, alternative: str, mark: Mark, allowed: Allowed
) -> Film | Missing:
    """Return the scene in a file beside a post; its mistakes stand in it, and are told."""
    path = post.path.parent / unquote(source)
    if not path.is_file():
        try:
            text_in(path)
        except SceneError as error:
            words = "; ".join(it.message for it in error.mistakes)
            post.refuse(mark, f"no scene {source}: {words}")
        return Missing(alternative)
    if not allowed.outside and not is_inside(path, post.path.parent):
        words = "lies outside the post's folder; --allow-outside reads it"
        post.refuse(mark, f"the scene {source} {words}")
        return Missing(alternative)
    try:
        document = read_document(path)
        film = _film(document, path.parent, alternative, allowed)
        return replace(film, file=unquote(source))
    except SceneError as error:
        post.refuse(mark, f"the scene {source} has {_counted(error)}, told here at its own lines")
        post.mistakes.extend(error.mistakes)
        return Missing(alternative)


def film_of_lines(
    post: Post, first: int, lines: list[str], alternative: str, allowed: Allowed
) -> Film | Missing:
    """Return the scene in some lines of a post, from `first` (from 0), told at these lines."""
    try:
        document = document_of("\n" * first + "\n".join(lines), str(post.path))
        return _film(document, post.path.parent, alternative, allowed)
    except SceneError as error:
        fence = Mark(first, 1, len(post.lines[first - 1]))
        for mistake in error.mistakes:
            if mistake.line <= first:
                post.refuse(fence, mistake.message)
            else:
                post.refuse(Mark(mistake.line, mistake.column, mistake.length), _told(mistake))
        return Missing(alternative)


def _told(mistake: Mistake) -> str:
    return f"{mistake.setting}: {mistake.message}" if mistake.setting else mistake.message


def _counted(error: SceneError) -> str:
    count = len(error.mistakes)
    return "a mistake" if count == 1 else f"{count} mistakes"


def _film(document: Document, folder: Path, alternative: str, allowed: Allowed) -> Film:
    scene = scene_of(
        document,
        folder,
        budget=allowed.budget,
        allow_outside=allowed.outside,
        download=allowed.download,
    )
    return Film(scene, alternative, frozenset(document.value))
