"""A folder of numbered PNGs, one for each frame: for video editors and other programs."""

import math
from pathlib import Path
from typing import Any, Literal

from matplotlib.animation import AbstractMovieWriter
from matplotlib.figure import Figure

from visualize.formats import Picture, changed_box, picture_of, touched
from visualize.formats._png import write


class FramesWriter(AbstractMovieWriter):
    """Writes each picture as it comes, without loss, to a file of its own: `00000.png` and on.

    They are numbered as the film's frames are. `hold` and `loop` are not for files.
    """

    most_per_second = math.inf
    see_through = True
    many_files: Literal[True] = True

    def __init__(self, *, fps: float, hold: float = 0.0, loop: int = 0, comment: str = "") -> None:
        del hold, loop
        super().__init__(fps=fps)  # type: ignore[arg-type]  # the stubs say int; any number is
        self._comment = comment

    def setup(self, fig: Figure, outfile: Any, dpi: float | None = None) -> None:
        """Wait for pictures."""
        super().setup(fig, outfile, dpi=dpi)
        self._shown: Picture | None = None
        self._count = 0

    def grab_frame(self, **_savefig_kwargs: Any) -> None:
        """Write the figure's picture."""
        picture = picture_of(self.fig)
        path = self._path(self._count)
        if self._shown is None:
            self._shown = picture.copy()
            write(path, picture, self._comment)
        elif box := changed_box(self._shown, picture, touched(self.fig)):
            self._shown[box] = picture[box]
            write(path, picture, self._comment)
        else:
            path.write_bytes(self._path(self._count - 1).read_bytes())
        self._count += 1

    def finish(self) -> None:
        """Do nothing: every file is there."""

    def _path(self, number: int) -> Path:
        return Path(self.outfile) / f"{number:05}.png"
