"""What animated pictures share: a film is boxes, each laid over what was there before."""

from abc import abstractmethod
from fractions import Fraction
from typing import BinaryIO, ClassVar, Generic, NamedTuple, TypeVar

import numpy as np

from visualize.formats._pixels import changed_box, is_opaque
from visualize.formats.format import Box, Format, Picture

Part = TypeVar("Part")


class BoxesFormat(Format, Generic[Part]):
    """Writes a film part by part: each is written when it is known how long it stays.

    A format adds what its parts are, how one is written, and what delays it can say.
    """

    _file: BinaryIO
    _waiting: Part

    @abstractmethod
    def sayable(self, delay: Fraction) -> Fraction:
        """Return the seconds nearest to `delay` that the format can say, or a part of them."""

    @abstractmethod
    def write(self, part: Part, delay: Fraction) -> None:
        """Write a part that stays for so many seconds."""

    @abstractmethod
    def unchanged(self) -> Part:
        """Return a part that changes nothing."""

    def wait(self, part: Part) -> None:
        """Open the file, and let the first part wait."""
        self._file = self.resources.enter_context(self.path.open("wb"))
        self._waiting, self._since = part, Fraction(0)

    def replace(self, part: Part, start: Fraction) -> None:
        """Write the part that waits, which stays until `start`, and let another one wait."""
        self.write_waiting(start)
        self._waiting = part

    def write_waiting(self, until: Fraction) -> None:
        """Write the part that waits; where the format cannot say its time, what it shows stays."""
        part = self._waiting
        while True:
            delay = self.sayable(until - self._since)
            self.write(part, delay)
            self._since += delay
            if not self.sayable(until - self._since):
                return
            part = self.unchanged()


class Change(NamedTuple):
    """Pixels over those that are there, where theirs are transparent; or instead of them."""

    pixels: Picture
    top: int
    left: int
    replaces: bool
    """Then both `top` and `left` are even."""


class ExactFormat(BoxesFormat[Change]):
    """Writes every picture without loss, and of it only a box around what changed.

    What does not change in the box is transparent; where what changes is so itself, the box
    replaces all that was there. Equal pictures are one that stays longer.
    """

    transparent: ClassVar[bool] = True

    @abstractmethod
    def write_head(self, width: int, height: int) -> None:
        """Write what stands before the boxes."""

    @abstractmethod
    def write_foot(self) -> None:
        """Write what stands after the boxes."""

    def start(self, picture: Picture) -> None:
        """Open the file, and let the first picture wait."""
        self._shown = picture.copy()
        self.wait(Change(picture.copy(), 0, 0, replaces=True))
        self.write_head(picture.shape[1], picture.shape[0])

    def follow(self, picture: Picture, box: Box) -> None:
        """Let what changed wait."""
        changed = changed_box(self._shown, picture, box)
        if changed is not None:
            self.replace(self._change(picture, changed), self.timeline.start(self.count))
            self._shown[changed.slices] = picture[changed.slices]

    def end(self) -> None:
        """Write the last change, with its hold."""
        self.write_waiting(self.timeline.end(self.count))
        self.write_foot()

    def unchanged(self) -> Change:
        """Return a transparent pixel."""
        return Change(np.zeros((1, 1, 4), dtype=np.uint8), 0, 0, replaces=False)

    def _change(self, picture: Picture, box: Box) -> Change:
        now, before = (it[box.slices].view(np.uint32)[..., 0] for it in (picture, self._shown))
        changed = now != before
        if is_opaque(picture[box.slices][changed]):
            pixels = np.where(changed[..., np.newaxis], picture[box.slices], np.uint8(0))
            return Change(pixels, box.top, box.left, replaces=False)
        top, left = box.top // 2 * 2, box.left // 2 * 2
        return Change(picture[top : box.bottom, left : box.right].copy(), top, left, replaces=True)
