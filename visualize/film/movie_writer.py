"""matplotlib's `MovieWriter` over our formats: they save anybody's animation, too."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Any, Self

import numpy as np
from matplotlib.animation import AbstractMovieWriter, PillowWriter
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure

from visualize.formats.format import FORMATS, Box, Format, Picture, Timeline
from visualize.formats.gif import Gif


class MovieWriter(AbstractMovieWriter):
    """Hands the pictures of a figure to a format."""

    def __init__(self, taker: Format) -> None:
        super().__init__(fps=float(taker.timeline.rate))  # type: ignore[arg-type]  # stubs say int
        self._format = taker
        self._begun = ExitStack()

    @contextmanager
    def saving(self, fig: Figure, outfile: Any, dpi: Any, **_more: Any) -> Iterator[Self]:
        """Let the frames come between beginning and end; what is broken off is not finished."""
        super().setup(fig, outfile, dpi=dpi)
        with self._writing():
            yield self

    def setup(self, fig: Figure, outfile: Any, dpi: float | None = None) -> None:
        """Begin a film; its pictures are those of the figure's canvas, at its own resolution."""
        super().setup(fig, outfile, dpi=dpi)
        self._begun.enter_context(self._writing())

    def grab_frame(self, **_savefig_kwargs: Any) -> None:
        """Take the figure's picture."""
        self._format.take(picture_of(self.fig), damage_of(self.fig))

    def finish(self) -> None:
        """Finish what was set up."""
        self._begun.close()

    def _writing(self) -> AbstractContextManager[Format]:
        transparent = to_rgba(self.fig.get_facecolor())[3] < 1
        return self._format.writing(Path(self.outfile), transparent=transparent)


class GifMovieWriter(MovieWriter, PillowWriter):
    """Hands the pictures of a figure to our GIFs; for matplotlib it is a `PillowWriter`."""


def movie_writer(
    name: str, *, fps: float, hold: float = 0, loop: int = 0, comment: str = ""
) -> MovieWriter:
    """Return matplotlib's `MovieWriter` for one of our formats, to save an animation of your own.

    The last picture stays `hold` seconds longer; the film is shown `loop` times, or for ever.

    >>> from matplotlib.animation import FuncAnimation
    >>> from matplotlib.backends.backend_agg import FigureCanvasAgg
    >>> figure = Figure(figsize=(4, 3))
    >>> canvas = FigureCanvasAgg(figure)
    >>> line, = figure.add_subplot().plot([0, 1], [0, 1])
    >>> animation = FuncAnimation(figure, lambda frame: line.set_ydata([0, frame]), frames=3)
    >>> animation.save("mine.gif", writer=movie_writer("gif", fps=25, hold=2))
    """
    timeline = Timeline.constant(fps, hold=hold, loop=loop)
    return over(FORMATS.load(name)(timeline, comment=comment))


def over(taker: Format) -> MovieWriter:
    """Return the `MovieWriter` that hands its pictures to a format."""
    return GifMovieWriter(taker) if isinstance(taker, Gif) else MovieWriter(taker)


def picture_of(figure: Figure) -> Picture:
    """Return the pixels of a figure as it is now; the next draw overwrites them."""
    canvas: Any = figure.canvas
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())


def damage_of(figure: Figure) -> Box | None:
    """Return where the pixels may differ from when this was asked last; None: anywhere."""
    canvas: Any = figure.canvas
    found: Box | None = canvas.damage() if hasattr(canvas, "damage") else None
    return found
