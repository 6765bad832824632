"""Animated GIF: plays everywhere; 255 colours a picture, and only what changes is stored."""

import struct
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import numpy as np
from matplotlib.animation import PillowWriter
from matplotlib.figure import Figure
from numpy.typing import NDArray
from PIL import Image
from PIL.GifImagePlugin import getheader

from visualize.formats._pixels import (
    Box,
    Picture,
    box_of,
    everywhere,
    picture_of,
    places_in,
    touched,
)

MOST_COLORS = 255
"""Of a palette's 256; the one after them stands for what does not change."""
EXACT_COLORS = 32
"""The commonest ones, which fill the flat areas: they are kept as they are."""
ROUNDS = 8
EVENNESS = 0.8
"""How much the commonness of a colour counts against its error; 0: the largest error is least."""
NEAR = 5
"""How far colours may be apart, as red, green and blue together, for one to stand for the other."""
NOTICEABLE = 16
"""How far a colour may be off, in 255ths, before a picture brings a palette of its own; or as far
as in the pictures that the film's palette was chosen by, but not farther than `WORST`."""
WORST = 32
STEADY = 8
"""How far a pixel that changes a little, and is no flat area, may be off what is shown already."""
AREA = 32
"""Pixels from which on a colour must be exact: more of them are a flat area."""
SHORTEST_DELAY = 2
"""Hundredths of a second: browsers slow down below this."""
LONGEST_DELAY = 65_535
LOOKAHEAD = 2

Colors = NDArray[np.uint8]
"""Red, green and blue: `(colours, 3)`."""
Runs = tuple[NDArray[np.uint32], NDArray[np.intp], NDArray[np.intp]]
"""Colours; and for each run of equal neighbours which it is, and its length. Neighbours are mostly
alike: runs are sorted, and counted, faster than pixels."""


class GifWriter(PillowWriter):
    """Writes each picture as it comes, and of each only what changed.

    What does not change is transparent and never stored again: it cannot flicker. The first
    picture, most of which stands still, has a palette of its own. All others share one, chosen by
    what changed in the pictures that were looked at before; one with colours that it does not hold
    brings its own. Delays are whole hundredths of a second, rounded so that their sum is right;
    pictures that come too fast for a browser (more than 50 a second) are left out, the last one
    never.
    """

    most_per_second = 100 / SHORTEST_DELAY
    transparent = False
    probes = 12

    def __init__(self, *, fps: float, hold: float = 0.0, loop: int = 0, comment: str = "") -> None:
        super().__init__(fps=fps)  # type: ignore[arg-type]  # the stubs say int; any number is
        self._hold = hold
        self._loop = loop
        self._comment = comment
        self._ahead: Colors | None = None
        self._allowed = NOTICEABLE
        self._first: Runs | None = None

    def look_ahead(self, pictures: Iterable[Picture]) -> None:
        """Choose the palette of what moves by some pictures of the film."""
        remaining = iter(pictures)
        first = next(remaining).copy()
        before = first.view(np.uint32)[..., 0]
        self._first = _colors(before.ravel())
        self._last = first
        moved = np.zeros(before.shape, dtype=bool)
        found = []
        for picture in remaining:
            now = picture.view(np.uint32)[..., 0]
            changed = now != before
            moved |= changed
            if changed.any():
                found.append(_colors(now[changed]))
        box = box_of(moved)
        if box is None:
            return
        found.append(_colors(before[box].ravel()))  # is seen again where something has passed
        every = np.concatenate([values for values, _, _ in found])
        weights = np.concatenate([_counts(index, lengths) for _, index, lengths in found])
        values, index = np.unique(every, return_inverse=True)
        colors = _rgb(values)
        self._ahead = _choose_palette(colors, np.bincount(index, weights=weights))
        off = _off(colors, self._ahead[_nearest(colors, self._ahead)])
        self._allowed = min(max(NOTICEABLE, int(off.max())), WORST)

    @contextmanager
    def saving(self, *args: Any, **keywords: Any) -> Iterator[Self]:
        """Set up, let the frames come, and finish; what was broken off is not finished."""
        self.setup(*args, **keywords)
        with self._file:
            yield self
            self.finish()

    def setup(self, fig: Figure, outfile: Any, dpi: float | None = None) -> None:
        """Open the file."""
        super().setup(fig, outfile, dpi=dpi)
        self._file = Path(outfile).open("wb")  # noqa: SIM115  # closed by saving
        self._count = 0
        # Pictures that come too fast wait until it is sure that the last one has its time.
        self._queue: list[tuple[int, Picture]] = []
        self._left_out: tuple[int, Picture] | None = None

    def grab_frame(self, **_savefig_kwargs: Any) -> None:
        """Take the figure's picture."""
        picture = picture_of(self.fig)
        start = round(100 * self._count / self.fps)
        self._count += 1
        if self._count == 1:
            self._begin(picture)
        elif self.fps <= self.most_per_second:
            self._follow(start, picture, touched(self.fig))
        elif start - (self._queue[-1][0] if self._queue else self._since) < SHORTEST_DELAY:
            self._left_out = start, picture.copy()
        else:
            self._left_out = None
            self._queue.append((start, picture.copy()))
            if len(self._queue) > LOOKAHEAD:
                self._follow(*self._queue.pop(0))

    def finish(self) -> None:
        """Write the last picture, with its hold."""
        if self._count:
            end = round(100 * (self._count / self.fps + self._hold))
            self._empty_queue(end)
            self._write_waiting(max(end, self._since + 1))
            self._file.write(b";")

    def _empty_queue(self, end: int) -> None:
        """Let the last picture follow, and before it those that leave it enough time."""
        last = self._left_out or (self._queue.pop() if self._queue else None)
        if last is None:
            return
        start = min(last[0], end - SHORTEST_DELAY)
        for earlier, picture in self._queue:
            if earlier + SHORTEST_DELAY <= start:
                self._follow(earlier, picture)
        if self._since + SHORTEST_DELAY <= start:
            self._follow(start, last[1])
        else:  # a film too short for two pictures
            self._file.seek(0)
            self._file.truncate()
            self._begin(last[1])

    def _begin(self, picture: Picture) -> None:
        if self._first is None or not np.array_equal(picture, self._last):
            self._first = _colors(picture.view(np.uint32).ravel())
        values, index, lengths = self._first
        palette = _choose_palette(_rgb(values), _counts(index, lengths))
        self._palette = palette if self._ahead is None else self._ahead
        chosen = _nearest(_rgb(values), palette)[index]
        pixels = np.repeat(chosen, lengths).reshape(picture.shape[:2])
        info: dict[str, Any] = {"comment": self._comment}
        if self._loop != 1:
            info["loop"] = max(self._loop - 1, 0)  # the file says how often it is shown AGAIN
        screen = Image.new("P", picture.shape[1::-1])
        screen.putpalette(_table(self._palette))
        self._file.writelines(getheader(screen, info=info)[0])
        self._waiting = pixels, palette, (0, 0)
        self._last = picture.copy()
        self._shown = np.repeat(_whole(palette)[chosen], lengths).reshape(pixels.shape)
        self._since = 0

    def _follow(self, start: int, picture: Picture, within: Box | None = None) -> None:
        """Let a picture follow what is shown, if it differs within a box."""
        box = within or everywhere(picture)
        now, before = (part[box].view(np.uint32)[..., 0] for part in (picture, self._last))
        rows, columns = places_in(now != before)
        if not rows.size:
            return
        before[rows, columns] = changed = now[rows, columns]
        values, index, lengths = _colors(changed)
        colors, index = _rgb(values), np.repeat(index, lengths)
        palette, chosen = self._stand_ins(colors, np.bincount(index))
        # A flat area gets its colour; elsewhere what is shown may be near enough.
        flat = (palette[chosen] == colors).all(axis=1)
        shown = self._shown[box]
        off = _off(colors[index], _rgb(shown[rows, columns]))
        stale = off > np.where(flat[index], 0, STEADY)
        if not stale.any():
            return
        rows, columns, chosen = rows[stale], columns[stale], chosen[index[stale]]
        shown[rows, columns] = _whole(palette)[chosen]
        top, left = rows.min(), columns.min()
        size = rows.max() - top + 1, columns.max() - left + 1
        pixels = np.full(size, len(palette), dtype=np.uint8)
        pixels[rows - top, columns - left] = chosen
        self._write_waiting(start)
        self._waiting = pixels, palette, (box[1].start + left, box[0].start + top)

    def _stand_ins(
        self, colors: Colors, counts: NDArray[np.intp]
    ) -> tuple[Colors, NDArray[np.uint8]]:
        """Return a palette, and its entry for each colour."""
        chosen = _nearest(colors, self._palette)
        off = _off(colors, self._palette[chosen])
        if np.all(off <= self._allowed) and not np.any(off[counts > AREA]):
            return self._palette, chosen
        # What the shared palette has is mostly flat areas: it stays exact.
        palette = _choose_palette(colors, counts + counts.sum() * (off == 0))
        return palette, _nearest(colors, palette)

    def _write_waiting(self, until: int) -> None:
        pixels, palette, corner = self._waiting
        delay, self._since = until - self._since, until
        while delay > LONGEST_DELAY:
            self._write(pixels, palette, corner, LONGEST_DELAY)
            palette, corner = self._palette, (0, 0)
            pixels = np.full((1, 1), len(palette), dtype=np.uint8)  # what is shown stays
            delay -= LONGEST_DELAY
        self._write(pixels, palette, corner, delay)

    def _write(
        self, pixels: NDArray[np.uint8], palette: Colors, corner: tuple[int, int], delay: int
    ) -> None:
        bits = _bits(palette)
        stays = 1 << 2 | 1  # what is shown, and pixels of the entry that the palette does not have
        self._file.write(struct.pack("<3sBHBB", b"!\xf9\x04", stays, delay, len(palette), 0))
        own = palette is not self._palette
        table = 1 << 7 | bits - 1 if own else 0
        self._file.write(struct.pack("<cHHHHB", b",", *corner, *pixels.shape[::-1], table))
        if own:
            self._file.write(_table(palette))
        data = Image.fromarray(pixels).tobytes("gif", "L", bits, 0)  # 0: row by row
        self._file.write(bytes([bits]) + data + b"\0")


def _bits(palette: Colors) -> int:
    """Return how many bits a pixel needs: one entry more stands for what does not change."""
    return max(len(palette).bit_length(), 2)


def _table(palette: Colors) -> bytes:
    """Return a palette as the file holds it: as many entries as its bits can say."""
    return palette.tobytes().ljust(3 << _bits(palette), b"\0")


def _colors(pixels: NDArray[np.uint32]) -> Runs:
    """Return the colours in a row of pixels; and for each run of a colour which, and how long."""
    starts = np.flatnonzero(np.concatenate(([True], pixels[1:] != pixels[:-1])))
    values, index = np.unique(pixels[starts], return_inverse=True)
    return values, index, np.diff(starts, append=len(pixels))


def _counts(index: NDArray[np.intp], lengths: NDArray[np.intp]) -> NDArray[Any]:
    """Return how many pixels each colour has."""
    return np.bincount(index, weights=lengths)


def _whole(colors: Colors) -> NDArray[np.uint32]:
    """Return colours as whole numbers, as in pictures."""
    opaque = np.full((len(colors), 1), 255, dtype=np.uint8)
    return np.concatenate([colors, opaque], axis=1).view(np.uint32)[:, 0]


def _rgb(values: NDArray[np.uint32]) -> Colors:
    """Return colours as red, green and blue."""
    return values.view(np.uint8).reshape(-1, 4)[:, :3]


def _off(colors: Colors, others: Colors) -> NDArray[np.int16]:
    """Return how far colours are apart: the largest of red, green and blue."""
    apart: NDArray[np.int16] = np.abs(colors.astype(np.int16) - others).max(axis=1)
    return apart


def _choose_palette(colors: Colors, counts: NDArray[Any]) -> Colors:
    """Return up to 255 colours that stand for `colors`, which occur so often.

    The commonest are kept; the others begin where the error is largest, as long as there is one,
    and are then moved to the middle of what they stand for (weighted k-means).
    """
    if len(colors) <= MOST_COLORS:
        return colors
    order = np.argsort(-counts, kind="stable")
    points, weights = colors[order].astype(np.float32), counts[order].astype(np.float32)
    palette = points[:MOST_COLORS].copy()
    importance = weights**EVENNESS
    distances = np.full(len(points), np.inf, dtype=np.float32)
    for count in range(MOST_COLORS):
        if count >= EXACT_COLORS:
            palette[count] = points[np.argmax(distances * importance)]
            if distances.max() <= NEAR**2:
                palette = palette[:count]
                break
        np.minimum(distances, ((points - palette[count]) ** 2).sum(axis=1), out=distances)
    for _ in range(ROUNDS):
        nearest = _nearest(points, palette)
        share = np.bincount(nearest, weights, minlength=len(palette))
        for channel in range(3):
            mean = np.bincount(nearest, weights * points[:, channel], minlength=len(palette))
            np.divide(mean, share, out=mean, where=share > 0)
            palette[EXACT_COLORS:, channel] = np.where(share > 0, mean, palette[:, channel])[
                EXACT_COLORS:
            ]
    return np.rint(palette).astype(np.uint8)


def _nearest(colors: NDArray[Any], palette: NDArray[Any]) -> NDArray[np.uint8]:
    """Return the nearest palette entry of each colour."""
    chosen = np.empty(len(colors), dtype=np.uint8)
    wanted, offered = colors.astype(np.float32), palette.astype(np.float32)
    for first in range(0, len(colors), 4096):
        part = slice(first, first + 4096)
        # |a - b|² less |a|², which is the same for every b.
        distance = (offered**2).sum(axis=1) - 2 * wanted[part] @ offered.T
        chosen[part] = np.argmin(distance, axis=1)
    return chosen
