"""A folder of numbered PNGs, one for each frame: for video editors and other programs."""

import math
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from matplotlib.animation import AbstractMovieWriter
from matplotlib.figure import Figure

from visualize.formats import Picture, changed_box, picture_of, touched
from visualize.formats._png import has_comment, write

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
    def name_of(frame: int) -> str:
        """Return the name of a frame's file."""
        return f"{frame:05}.png"

    @staticmethod
    def strangers(folder: Path) -> Iterator[str]:
        """Yield the names of what in a folder is no frame that was written here."""
        for file in sorted(folder.iterdir()):
            if file.name not in LEFT_BY_SYSTEMS:
                stem = file.stem
                numbered = stem.isdecimal() and file.name == FramesWriter.name_of(int(stem))
                if not (numbered and file.is_file() and has_comment(file, "visualize ")):
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
        return Path(self.outfile) / self.name_of(frame)
