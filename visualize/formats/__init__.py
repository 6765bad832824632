"""What a film is saved as: one file format a file, whose name is the suffix.

To add one, add a file here: its one public class is a matplotlib `MovieWriter` that is made, and
says what it can, as `Writer` does, and takes pictures from the figure's canvas.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol, cast, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from visualize.catalogue import Catalogue

if TYPE_CHECKING:
    from matplotlib.animation import AbstractMovieWriter
    from matplotlib.figure import Figure

Box = tuple[slice, slice]
"""Rows and columns."""
Picture = NDArray[np.uint8]
"""Pixels: `(height, width, 4)`, red, green, blue and opacity."""


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


def picture_of(figure: "Figure") -> Picture:
    """Return the pixels of the figure as it is now; the next draw overwrites them."""
    canvas = figure.canvas
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())  # type: ignore[attr-defined]  # every Agg canvas has one


def changed_box(before: Picture, now: Picture, within: Box | None = None) -> Box | None:
    """Return the smallest box around all that differs, if anything does.

    It is looked for `within` a box; None: everywhere.
    """
    rows, columns = within or everywhere(now)
    one, other = (picture[rows, columns] for picture in (before, now))
    if not one.size:
        return None
    found = box_of(one.view(np.uint32)[..., 0] != other.view(np.uint32)[..., 0])
    if found is None:
        return None
    first = rows.start, columns.start
    down, right = (
        slice(part.start + start, part.stop + start)
        for part, start in zip(found, first, strict=True)
    )
    return down, right


def everywhere(picture: Picture) -> Box:
    """Return all rows and columns."""
    return slice(0, picture.shape[0]), slice(0, picture.shape[1])


def is_opaque(picture: Picture) -> bool:
    """Whether nothing behind the picture can be seen."""
    return bool((picture[..., 3] == 255).all())


def touched(figure: "Figure") -> Box | None:
    """Return where the picture may differ from when this was asked last; None: anywhere."""
    canvas = figure.canvas
    return canvas.take_touched() if hasattr(canvas, "take_touched") else None


def box_of(mask: NDArray[np.bool_]) -> Box | None:
    """Return the rows and columns of the smallest box around all that is true, if anything is."""
    rows = np.flatnonzero(mask.any(axis=1))
    if not rows.size:
        return None
    top, bottom = int(rows[0]), int(rows[-1]) + 1
    columns = np.flatnonzero(mask[top:bottom].any(axis=0))
    return slice(top, bottom), slice(int(columns[0]), int(columns[-1]) + 1)


def places_in(mask: NDArray[np.bool_]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the rows and the columns of all that is true.

    `nonzero` of a mask with few such places takes twenty times as long in two dimensions.
    """
    return np.divmod(np.flatnonzero(mask), mask.shape[1])


FORMATS: Catalogue["AbstractMovieWriter"] = Catalogue(__name__, __path__)


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
