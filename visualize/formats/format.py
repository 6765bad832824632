"""What a film is saved as: one file format a file, whose name is the suffix.

To add one, add a file here: its one public class is a matplotlib `MovieWriter` that is made, and
says what it can, as `Writer` does, and takes pictures from the figure's canvas.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol, cast, runtime_checkable

from visualize.declare.registry import Registry
from visualize.formats._pixels import Picture

if TYPE_CHECKING:
    from matplotlib.animation import AbstractMovieWriter


@dataclass(frozen=True, slots=True)
class Box:
    """Some rows and columns of a picture: from `top` and `left` on, before `bottom` and `right`."""

    top: int
    bottom: int
    left: int
    right: int

    @property
    def is_empty(self) -> bool:
        """Whether there is no pixel in it."""
        return self.top >= self.bottom or self.left >= self.right

    @property
    def slices(self) -> tuple[slice, slice]:
        """Rows and columns, to index a picture with."""
        return slice(self.top, self.bottom), slice(self.left, self.right)

    def union(self, other: "Box") -> "Box":
        """Return the smallest box around both; one without pixels does not count."""
        if other.is_empty:
            return self
        if self.is_empty:
            return other
        return Box(
            min(self.top, other.top),
            max(self.bottom, other.bottom),
            min(self.left, other.left),
            max(self.right, other.right),
        )

    def intersection(self, other: "Box") -> "Box":
        """Return the pixels that are in both."""
        return Box(
            max(self.top, other.top),
            min(self.bottom, other.bottom),
            max(self.left, other.left),
            min(self.right, other.right),
        )


class Writer(Protocol):
    """How every format's writer is made, and what it cannot do."""

    most_per_second: float
    """Pictures a second that it can show; infinite where there is no limit."""
    transparent: bool
    """Whether a picture can leave the background out."""

    def __call__(
        self, *, fps: float, hold: float, loop: int, comment: str
    ) -> "AbstractMovieWriter":
        """Return a writer of `fps` pictures a second, the last staying `hold` seconds longer."""


@runtime_checkable
class LooksAhead(Protocol):
    """A writer that does better if it has seen some pictures of the film before it begins."""

    probes: int
    """How many it wants to see, from the first to the last."""

    def look_ahead(self, pictures: Iterable[Picture]) -> None:
        """See some pictures of the film; the next call overwrites the pixels of the last."""


@runtime_checkable
class Still(Protocol):
    """A writer of a single picture: only that one of the film is drawn."""

    still: Literal[True]


@runtime_checkable
class ManyFiles(Protocol):
    """A writer whose pictures are files in a folder, which is made for it."""

    def holds(self, folder: Path, frames: int, comment: str) -> bool:
        """Whether a folder holds so many pictures with a comment, each whole, and no more."""

    def strangers(self, folder: Path) -> Iterator[str]:
        """Yield the names of what in a folder is no such file: it is not to be replaced."""


FORMATS: Registry["AbstractMovieWriter"] = Registry("visualize.formats", Writer)


def writer_for(name: str) -> Writer:
    """Return what makes the writers of a format."""
    return cast("Writer", FORMATS.load(name))


def cannot_show(names: Sequence[str], *, transparent: bool) -> str:
    """Return why some formats cannot show what is asked of them; an empty text if all can."""
    unable = [name for name in names if transparent and not writer_for(name).transparent]
    if not unable:
        return ""
    able = [name for name in FORMATS.names() if writer_for(name).transparent]
    return f"{', '.join(unable)} cannot have a transparent background; {', '.join(able)} can"
