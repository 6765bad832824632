"""What animated pictures share: each is written as it comes, and of it only what changed."""

import math
from abc import abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any, Self

import numpy as np
from matplotlib.animation import AbstractMovieWriter
from matplotlib.figure import Figure

from visualize.formats._pixels import Picture, changed_box, is_opaque, picture_of, touched


class ChangesWriter(AbstractMovieWriter):
    """Writes each picture as it comes, exactly: a box over the one before, where they differ.

    What does not change in the box is transparent; where what changes is so itself, the box
    replaces all that was there. Equal pictures are one that stays longer. A format adds how a box
    is written, and what stands before and after them.
    """

    most_per_second = math.inf
    transparent = True

    def __init__(self, *, fps: float, hold: float = 0.0, loop: int = 0, comment: str = "") -> None:
        super().__init__(fps=fps)  # type: ignore[arg-type]  # the stubs say int; any number is
        self._hold = Fraction(hold).limit_denominator(100_000)
        self._loop = loop
        self._comment = comment

    @abstractmethod
    def begin(self, width: int, height: int) -> None:
        """Write what stands before the boxes."""

    @abstractmethod
    def sayable(self, delay: Fraction) -> Fraction:
        """Return the seconds nearest to `delay` that the format can say, or a part of them."""

    @abstractmethod
    def write(
        self, pixels: Picture, corner: tuple[int, int], delay: Fraction, *, replaces: bool
    ) -> None:
        """Write a box whose upper left pixel is at `corner`, row and column, for a time.

        It lies over what is there, or replaces it; then its corner is even.
        """

    @abstractmethod
    def end(self) -> None:
        """Write what stands after the boxes."""

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
        self._since = Fraction(0)
        self._rate = Fraction(self.fps).limit_denominator(100_000)

    def grab_frame(self, **_savefig_kwargs: Any) -> None:
        """Take the figure's picture."""
        picture = picture_of(self.fig)
        start = self._count / self._rate
        self._count += 1
        if self._count == 1:
            self._shown = picture.copy()
            self.begin(picture.shape[1], picture.shape[0])
            self._waiting = picture.copy(), (0, 0), True
        elif box := changed_box(self._shown, picture, touched(self.fig)):
            self._write_waiting(start)
            now, before = (part[box].view(np.uint32)[..., 0] for part in (picture, self._shown))
            changed = now != before
            replaces = not is_opaque(picture[box][changed])
            if replaces:
                box = _from_even(box[0]), _from_even(box[1])
                pixels = picture[box].copy()
            else:
                pixels = np.where(changed[..., np.newaxis], picture[box], np.uint8(0))
            self._waiting = pixels, (box[0].start, box[1].start), replaces
            self._shown[box] = picture[box]

    def finish(self) -> None:
        """Write the last picture, with its hold."""
        if self._count:
            self._write_waiting(self._count / self._rate + self._hold)
            self.end()

    def _write_waiting(self, until: Fraction) -> None:
        """Write the box that waits until it is known how long it stays."""
        pixels, corner, replaces = self._waiting
        while True:
            delay = self.sayable(until - self._since)
            self.write(pixels, corner, delay, replaces=replaces)
            self._since += delay
            if not self.sayable(until - self._since):
                break
            # What is shown stays.
            pixels, corner, replaces = np.zeros((1, 1, 4), dtype=np.uint8), (0, 0), False


def _from_even(part: slice) -> slice:
    return slice(part.start // 2 * 2, part.stop)
