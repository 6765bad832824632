"""Animated PNG: every pixel exact; plays in every browser."""

import struct
from fractions import Fraction
from pathlib import Path

from visualize.formats._boxes import Change, ExactFormat
from visualize.formats._png import (
    END,
    chunk,
    comment_chunk,
    comment_of,
    header,
    is_whole,
    packed,
    zlib_used,
)

MOST = 65_535
"""The largest part of a delay, which is a fraction of a second."""
SOURCE, OVER = 0, 1
"""A box replaces what was there; or where it is transparent, that is still seen."""


class Apng(ExactFormat):
    """Writes each picture as it comes, without loss, and of each only what changed.

    Delays are exact fractions of a second. Browsers slow down where pictures come faster than 90
    a second.
    """

    def write_head(self, width: int, height: int) -> None:
        """Write size and comment; how many boxes there will be is not known yet."""
        self._boxes = self._chunks = 0
        self._file.write(header(width, height, 4))
        self._counted_at = self._file.tell()
        self._file.write(self._how_many())
        self._file.write(comment_chunk(self.comment))

    def sayable(self, delay: Fraction) -> Fraction:
        """Return the delay, or where it has too many digits its whole seconds or what is near."""
        if max(delay.numerator, delay.denominator) <= MOST:
            return delay
        return Fraction(min(int(delay), MOST)) if delay > 1 else delay.limit_denominator(MOST)

    def write(self, part: Change, delay: Fraction) -> None:
        """Write a box."""
        height, width = part.pixels.shape[:2]
        place = width, height, part.left, part.top
        numbers = self._number(), *place, *delay.as_integer_ratio(), 0
        blend = SOURCE if part.replaces else OVER
        self._file.write(chunk(b"fcTL", struct.pack(">IIIIIHHBB", *numbers, blend)))
        if self._boxes:
            number = struct.pack(">I", self._number())
            self._file.write(chunk(b"fdAT", number + packed(part.pixels)))
        else:  # it is also what programs show that know still pictures only
            self._file.write(chunk(b"IDAT", packed(part.pixels)))
        self._boxes += 1

    def write_foot(self) -> None:
        """Write the end, and how many boxes there are."""
        self._file.write(END)
        self._file.seek(self._counted_at)
        self._file.write(self._how_many())

    def _how_many(self) -> bytes:
        return chunk(b"acTL", struct.pack(">II", self._boxes, self.timeline.loop))

    def _number(self) -> int:
        self._chunks += 1
        return self._chunks - 1

    @classmethod
    def encoder(cls) -> str:
        """Return zlib's version."""
        return zlib_used()

    @classmethod
    def comment_in(cls, path: Path) -> str:
        """Return the comment, which stands before the pictures."""
        return comment_of(path) if is_whole(path) else ""
