"""Animated PNG: every pixel exact; plays in every browser."""

import struct
from fractions import Fraction

from visualize.formats._changes import ChangesWriter
from visualize.formats._pixels import Picture
from visualize.formats._png import END, chunk, comment_chunk, header, packed

MOST = 65_535
"""The largest part of a delay, which is a fraction of a second."""
SOURCE, OVER = 0, 1
"""A box replaces what was there; or where it is transparent, that is still seen."""


class ApngWriter(ChangesWriter):
    """Writes each picture as it comes, without loss, and of each only what changed.

    Delays are exact fractions of a second. Browsers slow down where pictures come faster than 90
    a second.
    """

    def begin(self, width: int, height: int) -> None:
        """Write size and comment; how many boxes there will be is not known yet."""
        self._boxes = self._chunks = 0
        self._file.write(header(width, height, 4))
        self._counted_at = self._file.tell()
        self._file.write(self._how_many())
        self._file.write(comment_chunk(self._comment))

    def sayable(self, delay: Fraction) -> Fraction:
        """Return the delay, or where it has too many digits its whole seconds or what is near."""
        if max(delay.numerator, delay.denominator) <= MOST:
            return delay
        return Fraction(min(int(delay), MOST)) if delay > 1 else delay.limit_denominator(MOST)

    def write(
        self, pixels: Picture, corner: tuple[int, int], delay: Fraction, *, replaces: bool
    ) -> None:
        """Write a box."""
        height, width = pixels.shape[:2]
        top, left = corner
        numbers = self._number(), width, height, left, top, *delay.as_integer_ratio(), 0
        blend = SOURCE if replaces else OVER
        self._file.write(chunk(b"fcTL", struct.pack(">IIIIIHHBB", *numbers, blend)))
        if self._boxes:
            self._file.write(chunk(b"fdAT", struct.pack(">I", self._number()) + packed(pixels)))
        else:  # it is also what programs show that know still pictures only
            self._file.write(chunk(b"IDAT", packed(pixels)))
        self._boxes += 1

    def end(self) -> None:
        """Write the end, and how many boxes there are."""
        self._file.write(END)
        self._file.seek(self._counted_at)
        self._file.write(self._how_many())

    def _how_many(self) -> bytes:
        return chunk(b"acTL", struct.pack(">II", self._boxes, self._loop))

    def _number(self) -> int:
        self._chunks += 1
        return self._chunks - 1
