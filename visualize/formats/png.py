"""A still PNG: one picture of the film, as its poster."""

import math
from pathlib import Path
from typing import Any, Literal

from matplotlib.animation import AbstractMovieWriter
from matplotlib.figure import Figure

from visualize.formats._pixels import Picture, picture_of
from visualize.formats._png import write


class PngWriter(AbstractMovieWriter):
    """Writes the picture it is given, without loss; of several the last.

    Which one of a film's that is, `poster` says in the scene's frames.
    """

    most_per_second = math.inf
    transparent = True
    still: Literal[True] = True

    def __init__(self, *, fps: float, hold: float = 0.0, loop: int = 0, comment: str = "") -> None:
        del hold, loop  # a still has no time
        super().__init__(fps=fps)  # type: ignore[arg-type]  # the stubs say int; any number is
        self._comment = comment

    def setup(self, fig: Figure, outfile: Any, dpi: float | None = None) -> None:
        """Wait for a picture."""
        super().setup(fig, outfile, dpi=dpi)
        self._picture: Picture | None = None

    def grab_frame(self, **_savefig_kwargs: Any) -> None:
        """Take the figure's picture."""
        self._picture = picture_of(self.fig).copy()

    def finish(self) -> None:
        """Write the file."""
        if self._picture is not None:
            write(Path(self.outfile), self._picture, self._comment)
