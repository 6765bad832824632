"""A film: a figure, what moves in it, and for how long each picture stays."""

import base64
import tempfile
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import matplotlib
import numpy as np
from matplotlib.animation import FuncAnimation
from matplotlib.artist import Artist
from matplotlib.figure import Figure
from numpy.typing import NDArray

from visualize.formats._pixels import picture_of
from visualize.panels.panel import Mover


@dataclass(frozen=True)
class Film:
    """A picture that moves: a matplotlib figure, and what to do for each frame.

    `animation()` is a FuncAnimation that any MovieWriter can save; `save(film, path)` is the fast
    way. In a notebook a film shows itself.
    """

    figure: Figure
    frames: int
    """How many pictures."""
    interval: float
    """Milliseconds from one to the next."""
    hold: float
    """Seconds that the last one stays longer."""
    loop: int
    """How often it is shown; 0: for ever."""
    poster: int
    """The frame (from 0) that a still shows."""
    fingerprint: str
    """Of the scene and the versions that drew it: the same film has the same."""
    transparent: bool
    """Whether there is no background."""
    remarks: tuple[str, ...]
    """What the picture cannot show as the scene says it."""
    _movers: tuple[Mover, ...]
    _row: Callable[[int], float]

    def draw(self, frame: int) -> list[Artist]:
        """Put the moving artists where they are in a frame (from 0), and return them."""
        row = self._row(frame)
        for mover in self._movers:
            mover.move(row)
        return [artist for mover in self._movers for artist in mover.artists]

    def picture(self, frame: int) -> NDArray[np.uint8]:
        """Return the pixels of a frame (from 0): `(height, width, 3)`, red, green and blue.

        A transparent film has four numbers for each: the last is the opacity.
        """
        with settled():
            self.draw(frame)
            return picture_of(self.figure)[..., : 4 if self.transparent else 3].copy()

    def animation(self, frames: Sequence[int] | None = None) -> FuncAnimation:
        """Return the film, or only some of its frames, as matplotlib's animation."""
        return FuncAnimation(
            self.figure,
            self.draw,
            frames=range(self.frames) if frames is None else frames,
            init_func=list,
            interval=self.interval,
            repeat=self.loop != 1,
            cache_frame_data=False,
        )

    def _repr_html_(self) -> str:
        from visualize.film.save import save

        kind = "apng" if self.transparent else "gif"
        with tempfile.TemporaryDirectory() as folder:
            content = save(self, Path(folder) / f"film.{kind}").read_bytes()
        return f'<img src="data:image/{kind};base64,{base64.b64encode(content).decode()}">'


@contextmanager
def settled(settings: dict[str, Any] | None = None) -> Iterator[None]:
    """Give matplotlib its defaults and our settings; nothing of the user's own file counts."""
    with matplotlib.rc_context(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing")  # a film's remarks tell
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(cast("Any", settings or {}))
        yield
