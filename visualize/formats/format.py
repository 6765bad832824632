"""What a film is saved as: pictures become a file, and each format is a file of this folder.

To add one, add a file here: its one public class is a `Format`, and the file's name is the suffix.
What a format can do stands in class attributes, and what encodes is imported inside methods: so
whoever only asks what there is need not wait for Pillow or ffmpeg.

A format that is made from data instead of pictures, as a page that plays a history, belongs here
too: what it shares with the others is what a `Format` has besides `take`, and `save` is where it
gets what it wants.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from typing import ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from visualize.declare.registry import Registry
from visualize.errors import PluginError
from visualize.formats._tracks import Tracks

LONGEST_COMMENT = 2**17
"""Bytes: a longer comment in a file is no comment of ours, and not read."""
Picture = NDArray[np.uint8]
"""Pixels: `(height, width, 4)`, red, green, blue and opacity."""


@dataclass(frozen=True, slots=True)
class Box:
    """Pixels of a picture: rows from `top` to before `bottom`, columns `left` to before `right`."""

    top: int
    bottom: int
    left: int
    right: int

    @classmethod
    def around(cls, picture: Picture) -> Self:
        """Return the box of all pixels of a picture."""
        height, width = picture.shape[:2]
        return cls(0, height, 0, width)

    @property
    def is_empty(self) -> bool:
        """Whether there is no pixel in it."""
        return self.top >= self.bottom or self.left >= self.right

    @property
    def slices(self) -> tuple[slice, slice]:
        """Rows and columns: `picture[box.slices]` are the pixels in it."""
        return slice(self.top, self.bottom), slice(self.left, self.right)

    def union(self, other: "Box") -> "Box":
        """Return the smallest box around both; an empty one does not count."""
        if self.is_empty:
            return other
        if other.is_empty:
            return self
        return Box(
            min(self.top, other.top),
            max(self.bottom, other.bottom),
            min(self.left, other.left),
            max(self.right, other.right),
        )

    def intersection(self, other: "Box") -> "Box":
        """Return the box of the pixels that are in both; it may be empty."""
        return Box(
            max(self.top, other.top),
            min(self.bottom, other.bottom),
            max(self.left, other.left),
            min(self.right, other.right),
        )


@dataclass(frozen=True)
class Timeline:
    """When each picture of a film shows, exactly; the film may be of any length.

    >>> slides = Timeline(rate=Fraction(2), ticks=(3, 1, 4), hold=Fraction(1, 4))
    >>> [str(slides.start(picture)) for picture in range(3)], str(slides.end(3))
    (['0', '3/2', '2'], '17/4')
    """

    rate: Fraction
    """Ticks a second."""
    ticks: tuple[int, ...] = ()
    """How many ticks each picture stays; one, where nothing is said."""
    hold: Fraction = Fraction(0)
    """Seconds that the last picture stays longer."""
    loop: int = 0
    """How often the film is shown; 0: for ever."""
    beginnings: tuple[int, ...] = ()
    """Pictures (from 0) with which something new begins: there one may want to begin to play."""
    passing: frozenset[int] = frozenset()
    """Pictures (from 0) that are gone at once, like those of a fade: they may be coarse."""

    def __post_init__(self) -> None:
        if self.rate <= 0 or self.hold < 0 or min(self.ticks, default=1) < 1:
            raise ValueError("there is a tick now and then, and every picture stays one at least")

    @classmethod
    def constant(cls, per_second: float, *, hold: float = 0, loop: int = 0) -> Self:
        """Return a timeline of so many pictures a second: 29.97 is 2997/100 exactly."""
        rate, longer = (Fraction(it).limit_denominator(100_000) for it in (per_second, hold))
        return cls(rate or Fraction(per_second), hold=longer, loop=loop)

    def ticks_of(self, picture: int) -> int:
        """Return how many ticks a picture (from 0) stays; the hold is not counted."""
        return self.ticks[picture] if picture < len(self.ticks) else 1

    def start(self, picture: int) -> Fraction:
        """Return the second at which a picture (from 0) first shows."""
        given = min(picture, len(self.ticks))
        return (self._before[given] + picture - given) / self.rate

    def end(self, count: int) -> Fraction:
        """Return the second at which a film of so many pictures ends."""
        return self.start(count) + self.hold

    @cached_property
    def _before(self) -> tuple[int, ...]:
        """How many ticks there are before each picture of `ticks`, and after the last."""
        return tuple(accumulate(self.ticks, initial=0))


class Format(ABC):
    """Takes pictures one by one, and writes each to a file as it comes.

    `with FORMATS.load("gif")(timeline).writing(path) as gif:`, and then `gif.take(picture)` for
    each. One object may write one film after the other.
    """

    most_per_second: ClassVar[float] = math.inf
    """Pictures a second that it can show."""
    transparent: ClassVar[bool] = False
    """Whether a picture can leave the background out."""
    still: ClassVar[bool] = False
    """Whether it is a single picture: only that one of a film is drawn."""
    has_tracks: ClassVar[bool] = False
    """Whether sound, chapters and captions can go with the pictures."""
    looks_ahead: ClassVar[int] = 0
    """How many pictures, from the first to the last, it does better for having seen before."""

    palettes: ClassVar[tuple[int, ...]] = ()
    """With how many colours at most it can do, to be smaller: falling."""
    coarsest: ClassVar[int] = 0
    """How much coarser than usual it can be, to be smaller, as it counts that itself."""

    tracks: Tracks = Tracks()
    """What goes with the pictures, where it can."""
    colors: int | None = None
    """How many it is to do with, one of `palettes`; None: with as many as it has."""
    coarser: int = 0
    """How much coarser than usual it is to be."""

    def __init__(self, timeline: Timeline, *, comment: str = "") -> None:
        self.timeline = timeline
        self.comment = comment

    def look_ahead(self, pictures: Iterable[Picture]) -> None:
        """See some pictures of a film that is to come; the next may overwrite the last."""
        raise NotImplementedError("for those only that say how many pictures they want to see")

    @contextmanager
    def writing(self, path: Path, *, transparent: bool = False) -> Iterator[Self]:
        """Write a film to a new file, or into a folder that is there; it is whole at the end.

        What is broken off is not finished. Pictures may be `transparent` where the format can.
        """
        self.path = path
        self.has_opacity = transparent and self.transparent
        self.count = 0
        with ExitStack() as self.resources:
            yield self
            if self.count:
                self.end()

    def take(self, picture: Picture, box: Box | None = None) -> None:
        """Write the next picture, whose pixels outside the box are as in the one before.

        Without a box any may differ. The pixels are the caller's, who may overwrite them.
        """
        if self.count:
            self.follow(picture, Box.around(picture) if box is None else box)
        else:
            self.start(picture)
        self.count += 1

    # What a format adds. `self.count` pictures have been taken before; what it opens goes into
    # `self.resources`, and is closed at the end.

    @abstractmethod
    def start(self, picture: Picture) -> None:
        """Open the file and take the first picture."""

    @abstractmethod
    def follow(self, picture: Picture, box: Box) -> None:
        """Take a picture whose pixels outside the box are as in the one before."""

    @abstractmethod
    def end(self) -> None:
        """Write what stands behind the pictures."""

    @classmethod
    def encoder(cls) -> str:
        """Return who packs the pictures, and in what version: another one makes other bytes."""
        return ""

    @classmethod
    def comment_in(cls, path: Path) -> str:
        """Return the comment that a whole file carries, reading only small parts of it.

        Nothing where there is none, or one too long, or the file is cut off or no such file. A
        format whose files cannot say makes each anew. Raises `OSError` where it cannot be read.
        """
        del path
        return ""


class FolderFormat(Format):
    """A format whose pictures are files in a folder, which is made for it."""

    @classmethod
    @abstractmethod
    def strangers(cls, folder: Path) -> Iterator[str]:
        """Yield the names of what in a folder is no such file: it is not to be replaced."""

    @classmethod
    @abstractmethod
    def count_in(cls, folder: Path) -> int:
        """Return how many pictures a folder holds."""


FORMATS: Registry[Format] = Registry("visualize.formats", Format)


def cannot_show(names: Sequence[str], *, transparent: bool) -> str:
    """Return why some formats cannot show what is asked of them; an empty text if all can."""
    if not transparent:
        return ""
    able = [name for name in FORMATS.names() if _can(name, "transparent")]
    unable = [name for name in names if name not in able]
    if not unable:
        return ""
    return f"{', '.join(unable)} cannot have a transparent background; {', '.join(able)} can"


def _can(name: str, what: str) -> bool:
    try:
        return bool(getattr(FORMATS.load(name), what))
    except PluginError:
        return False


def cannot_carry(name: str, tracks: Tracks) -> str:
    """Return why a format cannot have what goes with the pictures; an empty text if it can."""
    if not tracks.names or FORMATS.load(name).has_tracks:
        return ""
    able = [name for name in FORMATS.names() if _can(name, "has_tracks")]
    return f"{name} cannot have {' or '.join(tracks.names)}; {', '.join(able)} can"
