"""Animated WebP: every pixel exact, smaller than APNG."""

import io
import struct
from fractions import Fraction

import numpy as np
from PIL import ExifTags, Image

from visualize.formats._changes import ChangesWriter
from visualize.formats._pixels import Picture

LONGEST = 0xFFFFFF
"""Milliseconds that a box can stay."""
EFFORT = 3
"""Of 0 to 6; more makes files hardly smaller."""
THOROUGHNESS = 50
"""Of 0 to 100: how hard it is searched for what packs well; pixels are exact with any."""
ANIMATION, EXIF, TRANSPARENCY = 0x02, 0x08, 0x10
BLEND, REPLACE = b"\0", b"\2"
"""Where a box is transparent, what was there is still seen; or it replaces that."""


class WebpWriter(ChangesWriter):
    """Writes each picture as it comes, without loss, and of each only what changed.

    Pillow packs each box and has them all in memory before it writes a film, so the film's own
    chunks are written here. Delays are whole milliseconds, rounded so that their sum is right.
    Browsers slow down where pictures come faster than 90 a second.
    """

    def begin(self, width: int, height: int) -> None:
        """Write size and loop; how long the file will be is not known yet."""
        self._file.write(b"RIFF\0\0\0\0WEBP")
        flags = ANIMATION | EXIF | TRANSPARENCY
        self._file.write(_chunk(b"VP8X", struct.pack("<I", flags) + _three(width - 1, height - 1)))
        self._file.write(_chunk(b"ANIM", struct.pack("<IH", 0, self._loop)))

    def sayable(self, delay: Fraction) -> Fraction:
        """Return the delay in whole milliseconds."""
        return Fraction(min(round(1000 * delay), LONGEST), 1000)

    def write(
        self, pixels: Picture, corner: tuple[int, int], delay: Fraction, *, replaces: bool
    ) -> None:
        """Write a box; its corner must be even, so there may be something transparent around."""
        top, left = corner
        pixels = np.pad(pixels, ((top % 2, 0), (left % 2, 0), (0, 0)))
        height, width = pixels.shape[:2]
        numbers = _three(left // 2, top // 2, width - 1, height - 1, int(1000 * delay))
        packed = io.BytesIO()
        Image.fromarray(pixels).save(
            packed, "WEBP", lossless=True, exact=True, quality=THOROUGHNESS, method=EFFORT
        )
        box = packed.getvalue()[len(b"RIFF....WEBP") :]
        self._file.write(_chunk(b"ANMF", numbers + (REPLACE if replaces else BLEND) + box))

    def end(self) -> None:
        """Write the comment, and how long the file is."""
        exif = Image.Exif()
        exif[ExifTags.Base.ImageDescription] = self._comment
        self._file.write(_chunk(b"EXIF", exif.tobytes().removeprefix(b"Exif\0\0")))
        length = self._file.tell() - len(b"RIFF....")
        self._file.seek(len(b"RIFF"))
        self._file.write(struct.pack("<I", length))


def _chunk(kind: bytes, content: bytes) -> bytes:
    """Return a part of the file: what it is, its length and its content, to an even length."""
    return kind + struct.pack("<I", len(content)) + content + bytes(len(content) % 2)


def _three(*numbers: int) -> bytes:
    """Return numbers as three bytes each."""
    return b"".join(number.to_bytes(3, "little") for number in numbers)
