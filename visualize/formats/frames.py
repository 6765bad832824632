"""A folder of numbered PNGs, one for each frame: for video editors and other programs."""

import math
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from matplotlib.animation import AbstractMovieWriter
from matplotlib.figure import Figure

from visualize.formats._pixels import Picture, changed_box, picture_of, touched
from visualize.formats._png import has_comment, is_whole, write

LEFT_BY_SYSTEMS = {".DS_Store", "Thumbs.db", "desktop.ini"}
"""Files that come about where somebody looks into a folder."""
EFFORT = 6
"""zlib's; with 9 the files are a tenth smaller and take twice as long."""


class FramesWriter(AbstractMovieWriter):
    """Writes each picture as it comes, without loss, to a file of its own: `00000.png` and on.

    They are numbered as the film's frames are. `hold` and `loop` are not for files.
    """

    most_per_second = math.inf
    transparent = True

    def __init__(self, *, fps: float, hold: float = 0.0, loop: int = 0, comment: str = "") -> None:
        del hold, loop
        super().__init__(fps=fps)  # type: ignore[arg-type]  # the stubs say int; any number is
        self._comment = comment

    @staticmethod
    def holds(folder: Path, frames: int, comment: str) -> bool:
        """Whether a folder holds so many frames with a comment, each of them whole, and no more."""
        names = {file.name for file in folder.iterdir()} - LEFT_BY_SYSTEMS
        return names == {_name(frame) for frame in range(frames)} and all(
            has_comment(folder / name, comment) and is_whole(folder / name) for name in names
        )

    @staticmethod
    def strangers(folder: Path) -> Iterator[str]:
        """Yield the names of what in a folder is no frame that was written here."""
        for file in sorted(folder.iterdir()):
            stem = file.stem
            numbered = stem.isdecimal() and file.name == _name(int(stem))
            left = file.name in LEFT_BY_SYSTEMS
            if not file.is_file() or not (left or (numbered and has_comment(file, "visualize "))):
                yield file.name

    def setup(self, fig: Figure, outfile: Any, dpi: float | None = None) -> None:
        """Wait for pictures."""
        super().setup(fig, outfile, dpi=dpi)
        self._shown: Picture
        self._count = 0

    def grab_frame(self, **_savefig_kwargs: Any) -> None:
        """Write the figure's picture."""
        picture = picture_of(self.fig)
        path = self._path(self._count)
        if self._count and changed_box(self._shown, picture, touched(self.fig)) is None:
            shutil.copyfile(self._path(self._count - 1), path)
        else:
            self._shown = picture.copy()
            write(path, picture, self._comment, EFFORT)
        self._count += 1

    def finish(self) -> None:
        """Do nothing: every file is there."""

    def _path(self, frame: int) -> Path:
        return Path(self.outfile) / _name(frame)


def _name(frame: int) -> str:
    return f"{frame:05}.png"
