"""Animated GIF: plays everywhere; 255 colours a picture, and only what changes is stored."""

import os
import struct
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any, BinaryIO, ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from visualize.formats._boxes import BoxesFormat, Time
from visualize.formats._palette import (
    MOST_COLORS,
    Colors,
    Runs,
    choose_palette,
    colors_of,
    counts_of,
    distances,
    nearest_in,
    numbers_of,
    runs_of,
)
from visualize.formats._pixels import box_of, places_in
from visualize.formats.format import LONGEST_COMMENT, Box, Picture

NOTICEABLE = 16
"""How far a colour may be off, in 255ths, before a picture brings a palette of its own; `WORST`
where the film's palette does not hold better what it was chosen by."""
WORST = 32
STEADY = 8
"""How far a pixel that changes a little, and is no flat area, may be off what is shown already."""
AREA = 256
"""Pixels from which on a colour must be exact: more of them are a flat area; half as many, where it
is off by two."""
SHORTEST_DELAY = 2
"""Hundredths of a second, as all times here: browsers slow down below this."""
LONGEST_DELAY = 65_535
LOOKAHEAD = 2
EXTENSION, COMMENT, APPLICATION, CONTROL, IMAGE, END = b"!", b"\xfe", b"\xff", b"\xf9", b",", b";"
"""How the parts of a file begin."""


class _Part(NamedTuple):
    """A box of entries of a palette; the entry after its last stands for what does not change."""

    pixels: NDArray[np.uint8]
    palette: Colors
    top: int
    left: int


class Gif(BoxesFormat[_Part]):
    """Writes each picture as it comes, and of each only what changed.

    What does not change is transparent and never stored again: it cannot flicker. The first
    picture, most of which stands still, has a palette of its own. All others share one, chosen by
    what changed in the pictures that were looked at before; one with colours that it does not hold
    brings its own. Delays are whole hundredths of a second, rounded so that their sum is right;
    pictures that come too fast for a browser (more than 50 a second) are left out, the last one
    never.
    """

    most_per_second: ClassVar[float] = 100 / SHORTEST_DELAY
    looks_ahead: ClassVar[int] = 6
    palettes: ClassVar[tuple[int, ...]] = (128, 64, 32, 16)

    _ahead: Colors | None = None
    _allowed = NOTICEABLE
    _first: Runs | None = None

    def look_ahead(self, pictures: Iterable[Picture]) -> None:
        """Choose the palette of what moves by some pictures of the film."""
        remaining = iter(pictures)
        first = next(remaining).copy()
        before = first.view(np.uint32)[..., 0]
        self._first = runs_of(before.ravel())
        self._last = first
        moved = np.zeros(before.shape, dtype=bool)
        found = []
        for picture in remaining:
            now = picture.view(np.uint32)[..., 0]
            changed = now != before
            moved |= changed
            if changed.any():
                found.append(runs_of(now[changed]))
        box = box_of(moved)
        if box is None:
            return
        # What was there before is seen again where something has passed; with few colours all have
        # one palette, so that this leaves no trace.
        found.append(self._first if self.colors else runs_of(before[box.slices].ravel()))
        every = np.concatenate([values for values, _, _ in found])
        weights = np.concatenate([counts_of(index, lengths) for _, index, lengths in found])
        values, index = np.unique(every, return_inverse=True)
        colors = colors_of(values)
        self._ahead = choose_palette(colors, np.bincount(index, weights=weights), self._most)
        off = distances(colors, self._ahead[nearest_in(self._ahead, colors)])
        self._allowed = WORST if off.max() > NOTICEABLE else NOTICEABLE

    def start(self, picture: Picture) -> None:
        """Write the header, and let the first picture wait."""
        # Pictures that come too fast wait until it is sure that the last one has its time.
        self._queue: list[tuple[int, Picture]] = []
        self._left_out: tuple[int, Picture] | None = None
        self._too_fast = self.timeline.rate > self.most_per_second
        if self._first is None or not np.array_equal(picture, self._last):
            self._first = runs_of(picture.view(np.uint32).ravel())
        values, index, lengths = self._first
        if self.colors and self._ahead is not None:
            palette = self._ahead
        else:
            palette = choose_palette(colors_of(values), counts_of(index, lengths), self._most)
        self._palette = palette if self._ahead is None else self._ahead
        chosen = nearest_in(palette, colors_of(values))[index]
        pixels = np.repeat(chosen, lengths).reshape(picture.shape[:2])
        self._last = picture.copy()
        self._shown = np.repeat(numbers_of(palette)[chosen], lengths).reshape(pixels.shape)
        self.wait(_Part(pixels, palette, 0, 0))
        self._write_header(picture.shape[1], picture.shape[0])

    def follow(self, picture: Picture, box: Box) -> None:
        """Let a picture follow when its time has come."""
        if not self._too_fast:
            self._show(None, picture, box)
            return
        start = self._now()
        if start - (self._queue[-1][0] if self._queue else self._since) < SHORTEST_DELAY:
            self._left_out = start, picture.copy()
        else:
            self._left_out = None
            self._queue.append((start, picture.copy()))
            if len(self._queue) > LOOKAHEAD:
                self._show(*self._queue.pop(0), Box.around(picture))

    def end(self) -> None:
        """Write the last picture, with its hold."""
        end = _hundredths(self.timeline.end(self.count))
        self._empty_queue(end)
        self.write_waiting(max(end, self._since + 1))
        self._file.write(END)

    def _empty_queue(self, end: int) -> None:
        """Let the last picture follow, and before it those that leave it enough time."""
        last = self._left_out or (self._queue.pop() if self._queue else None)
        if last is None:
            return
        start = min(last[0], end - SHORTEST_DELAY)
        everywhere = Box.around(last[1])
        for earlier, picture in self._queue:
            if earlier + SHORTEST_DELAY <= start:
                self._show(earlier, picture, everywhere)
        if self._since + SHORTEST_DELAY <= start:
            self._show(start, last[1], everywhere)
        else:  # a film too short for two pictures
            self._file.close()
            self.start(last[1])

    def _now(self) -> int:
        """Return when the picture that comes now is first seen."""
        return _hundredths(self.timeline.start(self.count))

    def _show(self, start: int | None, picture: Picture, box: Box) -> None:
        """Let a picture follow what is shown, if it differs within a box; None: now."""
        part = self._part(picture, box)
        if part is not None:
            self.replace(part, self._now() if start is None else start)

    def _part(self, picture: Picture, box: Box) -> _Part | None:
        """Return what is to be laid over what is shown, if a picture differs within a box."""
        inside = box.slices
        now, before = (part[inside].view(np.uint32)[..., 0] for part in (picture, self._last))
        rows, columns = places_in(now != before)
        if not rows.size:
            return None
        before[rows, columns] = changed = now[rows, columns]
        values, index, lengths = runs_of(changed)
        colors, index = colors_of(values), np.repeat(index, lengths)
        palette, chosen = self._stand_ins(colors, np.bincount(index))
        # A flat area gets its colour; elsewhere what is shown may be near enough.
        flat = (palette[chosen] == colors).all(axis=1)
        shown = self._shown[inside]
        off = distances(colors[index], colors_of(shown[rows, columns]))
        stale = off > np.where(flat[index], 0, STEADY)
        if not stale.any():
            return None
        rows, columns, chosen = rows[stale], columns[stale], chosen[index[stale]]
        shown[rows, columns] = numbers_of(palette)[chosen]
        top, left = rows.min(), columns.min()
        size = rows.max() - top + 1, columns.max() - left + 1
        pixels = np.full(size, len(palette), dtype=np.uint8)
        pixels[rows - top, columns - left] = chosen
        return _Part(pixels, palette, box.top + top, box.left + left)

    def _stand_ins(
        self, colors: Colors, counts: NDArray[np.intp]
    ) -> tuple[Colors, NDArray[np.uint8]]:
        """Return a palette, and its entry for each colour."""
        chosen = nearest_in(self._palette, colors)
        off = distances(colors, self._palette[chosen])
        if self.colors or (np.all(off <= self._allowed) and not np.any(off * counts > AREA)):
            return self._palette, chosen
        # What the shared palette has is mostly flat areas: it stays exact.
        palette = choose_palette(colors, counts + counts.sum() * (off == 0))
        return palette, nearest_in(palette, colors)

    @property
    def _most(self) -> int:
        return self.colors or MOST_COLORS

    # The file

    def sayable(self, delay: Time) -> Time:
        """Return the delay, if it is not too long."""
        return min(delay, LONGEST_DELAY)

    def unchanged(self) -> _Part:
        """Return a transparent pixel."""
        pixels = np.full((1, 1), len(self._palette), dtype=np.uint8)
        return _Part(pixels, self._palette, 0, 0)

    def _write_header(self, width: int, height: int) -> None:
        from PIL import Image
        from PIL.GifImagePlugin import getheader

        info: dict[str, Any] = {"comment": self.comment}
        if self.timeline.loop != 1:
            info["loop"] = max(self.timeline.loop - 1, 0)  # how often it is shown AGAIN
        screen = Image.new("P", (width, height))
        screen.putpalette(_table(self._palette))
        self._file.writelines(getheader(screen, info=info)[0])

    def write(self, part: _Part, delay: Time) -> None:
        """Write a box."""
        from PIL import Image

        pixels, palette, top, left = part
        bits = _bits(palette)
        stays = 1 << 2 | 1  # what is shown, and pixels of the entry that the palette does not have
        control = struct.pack("<BHBB", stays, delay, len(palette), 0)
        self._file.write(EXTENSION + CONTROL + bytes([len(control) - 1]) + control)
        own = palette is not self._palette
        table = 1 << 7 | bits - 1 if own else 0
        self._file.write(struct.pack("<cHHHHB", IMAGE, left, top, *pixels.shape[::-1], table))
        if own:
            self._file.write(_table(palette))
        data = Image.fromarray(pixels).tobytes("gif", "L", bits, 0)  # 0: row by row
        self._file.write(bytes([bits]) + data + b"\0")

    @classmethod
    def encoder(cls) -> str:
        """Return Pillow's version."""
        import PIL

        return f"Pillow {PIL.__version__}"

    @classmethod
    def comment_in(cls, path: Path) -> str:
        """Return the comment, which stands before the pictures."""
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(size - 2, 0))
            if file.read() != b"\0" + END:
                return ""
            file.seek(0)
            return _comment_before_pictures(file)


def _comment_before_pictures(file: BinaryIO) -> str:
    head = file.read(13)
    if head[:3] != b"GIF":
        return ""
    if head[10] & 1 << 7:  # a palette
        file.seek(3 << (head[10] & 7) + 1, os.SEEK_CUR)
    while (start := file.read(2)) in {EXTENSION + APPLICATION, EXTENSION + COMMENT}:
        content = b""
        while (length := int.from_bytes(file.read(1))) and len(content) <= LONGEST_COMMENT:
            content += file.read(length)
        if length:
            break
        if start == EXTENSION + COMMENT:
            return content.decode(errors="replace")
    return ""


def _hundredths(seconds: Fraction) -> int:
    return round(100 * seconds)


def _bits(palette: Colors) -> int:
    """Return how many bits a pixel needs: one entry more stands for what does not change."""
    return max(len(palette).bit_length(), 2)


def _table(palette: Colors) -> bytes:
    """Return a palette as the file holds it: as many entries as its bits can say."""
    return palette.tobytes().ljust(3 << _bits(palette), b"\0")
