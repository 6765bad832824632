"""Animated WebP: every pixel exact, smaller than APNG."""

import io
import os
import struct
import warnings
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO

import numpy as np

from visualize.formats._boxes import Change, ExactFormat, Time
from visualize.formats.format import LONGEST_COMMENT

LONGEST = 0xFFFFFF
"""Milliseconds that a box can stay."""
EFFORT = 3
"""Of 0 to 6; more makes files hardly smaller."""
THOROUGHNESS = 50
"""Of 0 to 100: the compression effort; pixels are exact with any."""
ANIMATION, EXIF, TRANSPARENCY = 0x02, 0x08, 0x10
BLEND, REPLACE = b"\0", b"\2"
"""Where a box is transparent, what was there is still seen; or it replaces that."""
RIFF_HEAD, CHUNK_HEAD = "<4sI4s", "<4sI"


class Webp(ExactFormat):
    """Writes each picture as it comes, without loss, and of each only what changed.

    Pillow packs each box and has them all in memory before it writes a film, so the film's own
    chunks are written here. Delays are whole milliseconds, rounded so that their sum is right.
    Browsers slow down where pictures come faster than 90 a second.
    """

    def write_head(self, width: int, height: int) -> None:
        """Write size and loop; how long the file will be is not known yet."""
        self._file.write(struct.pack(RIFF_HEAD, b"RIFF", 0, b"WEBP"))
        flags = ANIMATION | EXIF | TRANSPARENCY
        self._file.write(_chunk(b"VP8X", struct.pack("<I", flags) + _three(width - 1, height - 1)))
        self._file.write(_chunk(b"ANIM", struct.pack("<IH", 0, self.timeline.loop)))

    def sayable(self, delay: Time) -> Fraction:
        """Return the delay in whole milliseconds."""
        return Fraction(min(round(1000 * delay), LONGEST), 1000)

    def write(self, part: Change, delay: Time) -> None:
        """Write a box; its corner must be even, so there may be something transparent around."""
        from PIL import Image

        pixels = np.pad(part.pixels, ((part.top % 2, 0), (part.left % 2, 0), (0, 0)))
        height, width = pixels.shape[:2]
        corner = part.left // 2, part.top // 2
        numbers = _three(*corner, width - 1, height - 1, int(1000 * delay))
        packed = io.BytesIO()
        Image.fromarray(pixels).save(
            packed, "WEBP", lossless=True, exact=True, quality=THOROUGHNESS, method=EFFORT
        )
        box = packed.getvalue()[struct.calcsize(RIFF_HEAD) :]
        self._file.write(_chunk(b"ANMF", numbers + (REPLACE if part.replaces else BLEND) + box))

    def write_foot(self) -> None:
        """Write the comment, and how long the file is."""
        from PIL import ExifTags, Image

        exif = Image.Exif()
        exif[ExifTags.Base.ImageDescription] = self.comment
        self._file.write(_chunk(b"EXIF", exif.tobytes().removeprefix(b"Exif\0\0")))
        length = self._file.tell() - struct.calcsize(CHUNK_HEAD)
        self._file.seek(len(b"RIFF"))
        self._file.write(struct.pack("<I", length))

    @classmethod
    def encoder(cls) -> str:
        """Return Pillow's version."""
        import PIL

        return f"Pillow {PIL.__version__}"

    @classmethod
    def comment_in(cls, path: Path) -> str:
        """Return the comment, which stands behind the pictures: they are skipped."""
        from PIL import ExifTags, Image

        with path.open("rb", buffering=0) as file:
            content = _exif_in(file)
        exif = Image.Exif()
        with warnings.catch_warnings(), suppress(SyntaxError, struct.error):
            warnings.simplefilter("ignore")  # it need not be what is written here
            exif.load(content)
        return str(exif.get(ExifTags.Base.ImageDescription, ""))


def _exif_in(file: BinaryIO) -> bytes:
    """Return the content of a file's EXIF chunk; nothing where it is not as long as it says."""
    end = file.seek(0, os.SEEK_END)
    file.seek(0)
    head = file.read(struct.calcsize(RIFF_HEAD))
    whole = struct.pack(RIFF_HEAD, b"RIFF", (end - 8) % 2**32, b"WEBP")
    if head != whole:
        return b""
    while len(head := file.read(struct.calcsize(CHUNK_HEAD))) == struct.calcsize(CHUNK_HEAD):
        kind, length = struct.unpack(CHUNK_HEAD, head)
        if kind == b"EXIF" and length <= 2 * LONGEST_COMMENT:
            return file.read(length)
        file.seek(length + length % 2, os.SEEK_CUR)
    return b""


def _chunk(kind: bytes, content: bytes) -> bytes:
    """Return a part of the file: what it is, its length and its content, to an even length."""
    return struct.pack(CHUNK_HEAD, kind, len(content)) + content + bytes(len(content) % 2)


def _three(*numbers: int) -> bytes:
    """Return numbers as three bytes each."""
    return b"".join(number.to_bytes(3, "little") for number in numbers)
