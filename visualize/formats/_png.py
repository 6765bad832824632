"""What PNGs share: chunks, comments, and pixels without loss."""

import os
import struct
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from visualize.formats._pixels import is_opaque
from visualize.formats.format import LONGEST_COMMENT

SIGNATURE = b"\x89PNG\r\n\x1a\n"
KEYWORD = b"Comment"
EFFORT = 8
"""zlib's; with 9 the files are a hundredth smaller and take twice as long."""


def chunk(kind: bytes, content: bytes) -> bytes:
    """Return a part of the file: its length, what it is, its content and a checksum."""
    body = kind + content
    return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))


END = chunk(b"IEND", b"")


def header(width: int, height: int, channels: int) -> bytes:
    """Return the beginning of a file with 3 channels (colours) or 4 (opacity as well)."""
    numbers = width, height, 8, {3: 2, 4: 6}[channels], 0, 0, 0
    return SIGNATURE + chunk(b"IHDR", struct.pack(">IIBBBBB", *numbers))


def comment_chunk(comment: str) -> bytes:
    """Return a comment."""
    return chunk(b"tEXt", KEYWORD + b"\0" + comment.encode("latin-1", "replace"))


def is_whole(path: Path) -> bool:
    """Whether a file has its end."""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(size - len(END), 0))
        return file.read() == END


def comment_of(path: Path) -> str:
    """Return a file's comment, as `comment_chunk` writes it: it stands before the pixels."""
    with path.open("rb") as file:
        file.seek(len(SIGNATURE))
        while len(head := file.read(8)) == 8:
            length, kind = struct.unpack(">I4s", head)
            if kind == b"tEXt" and length <= LONGEST_COMMENT:
                keyword, _, comment = file.read(length).partition(b"\0")
                if keyword == KEYWORD:
                    return comment.decode("latin-1")
                length = 0
            elif kind in {b"IDAT", b"IEND"}:
                break
            file.seek(length + 4, os.SEEK_CUR)
    return ""


def zlib_used() -> str:
    """Return zlib's version: others may pack the same pixels otherwise."""
    return f"zlib {zlib.ZLIB_RUNTIME_VERSION}"


def write(path: Path, pixels: NDArray[np.uint8], comment: str, effort: int = EFFORT) -> None:
    """Write a picture to a file; without opacity where it hides all that is behind."""
    if pixels.shape[2] == 4 and is_opaque(pixels):
        pixels = pixels[..., :3]
    height, width, channels = pixels.shape
    with path.open("wb") as file:
        file.write(header(width, height, channels))
        file.write(comment_chunk(comment))
        file.write(chunk(b"IDAT", packed(pixels, effort)))
        file.write(END)


def write_indexed(path: Path, pixels: NDArray[np.uint8], comment: str) -> None:
    """Write an opaque picture of 256 colours at most to a file: a byte for each pixel."""
    height, width, _ = pixels.shape
    colors, index = np.unique(pixels[..., :3].reshape(-1, 3), axis=0, return_inverse=True)
    numbers = width, height, 8, 3, 0, 0, 0
    with path.open("wb") as file:
        file.write(SIGNATURE + chunk(b"IHDR", struct.pack(">IIBBBBB", *numbers)))
        file.write(comment_chunk(comment))
        file.write(chunk(b"PLTE", colors.tobytes()))
        file.write(chunk(b"IDAT", packed(index.reshape(height, width, 1).astype(np.uint8))))
        file.write(END)


def pixels_in(path: Path) -> tuple[int, int, bytes]:
    """Return width, height and the packed pixels of a file that `write` has made."""
    content = path.read_bytes()
    width, height = struct.unpack(">II", content[16:24])
    place = len(SIGNATURE)
    while content[place + 4 : place + 8] != b"IDAT":
        place += 12 + int.from_bytes(content[place : place + 4])
    return (
        width,
        height,
        content[place + 8 : place + 8 + int.from_bytes(content[place : place + 4])],
    )


def packed(pixels: NDArray[np.uint8], effort: int = EFFORT) -> bytes:
    """Return pixels as PNGs hold them.

    Without a filter: lines and flat areas repeat, and differences of neighbours repeat less.
    """
    height, width, channels = pixels.shape
    rows = np.zeros((height, 1 + width * channels), dtype=np.uint8)
    rows[:, 1:] = pixels.reshape(height, -1)
    return zlib.compress(rows.data, effort)
