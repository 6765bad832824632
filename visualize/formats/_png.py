"""What PNGs share: chunks, and pixels without loss."""

import os
import struct
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from visualize.formats._pixels import is_opaque

SIGNATURE = b"\x89PNG\r\n\x1a\n"
MOST_EFFORT = 9
"""zlib's."""


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
    return chunk(b"tEXt", b"Comment\0" + comment.encode("latin-1", "replace"))


def has_comment(path: Path, comment: str) -> bool:
    """Whether a file has a comment, as `write` gives it one, that begins so."""
    with path.open("rb") as file:
        return comment_chunk(comment)[4:-4] in file.read(256)


def is_whole(path: Path) -> bool:
    """Whether a file has its end."""
    with path.open("rb") as file:
        file.seek(-len(END), os.SEEK_END)
        return file.read() == END


def write(path: Path, pixels: NDArray[np.uint8], comment: str, effort: int = MOST_EFFORT) -> None:
    """Write a picture to a file; without opacity where it hides all that is behind."""
    pixels = pixels[..., :3] if is_opaque(pixels) else pixels
    height, width, channels = pixels.shape
    with path.open("wb") as file:
        file.write(header(width, height, channels))
        file.write(comment_chunk(comment))
        file.write(chunk(b"IDAT", packed(pixels, effort)))
        file.write(END)


def packed(pixels: NDArray[np.uint8], effort: int = MOST_EFFORT) -> bytes:
    """Return pixels as PNGs hold them.

    Without a filter: lines and flat areas repeat, and differences of neighbours repeat less.
    """
    height, width, channels = pixels.shape
    rows = np.zeros((height, 1 + width * channels), dtype=np.uint8)
    rows[:, 1:] = pixels.reshape(height, -1)
    return zlib.compress(rows.data, effort)
