"""A film: a figure, what moves in it, and for how long each picture stays."""

import base64
import logging
import tempfile
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, cast

import matplotlib
import numpy as np
from matplotlib.animation import FuncAnimation
from matplotlib.artist import Artist
from matplotlib.figure import Figure
from numpy.typing import NDArray

from visualize.film.movie_writer import damage_of, picture_of
from visualize.formats.format import Box, Timeline
from visualize.panels.panel import Mover
from visualize.scene.scene import Scene


class Clip(Protocol):
    """Anything that has pictures, and can be saved: a film is one."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""

    @property
    def timeline(self) -> Timeline:
        """When each picture shows."""

    @property
    def frames(self) -> int:
        """How many pictures."""

    @property
    def poster(self) -> int:
        """The frame (from 0) that a still shows."""

    @property
    def transparent(self) -> bool:
        """Whether there is no background."""

    @property
    def fingerprint(self) -> str:
        """What tells these pictures from others: files of the same ones are current."""

    def picture(self, frame: int) -> NDArray[np.uint8]:
        """Return the pixels of a frame (from 0): `(height, width, 3)`, or with opacity 4.

        They may be overwritten by the next.
        """

    def damage(self) -> Box | None:
        """Return where the last picture may differ from that when this was asked last.

        None: anywhere.
        """


@dataclass(frozen=True)
class Film:
    """A picture that moves: a matplotlib figure, and what to do for each frame.

    `animation()` is a FuncAnimation that any MovieWriter can save; `save(film, path)` is the fast
    way. In a notebook a film shows itself.

    >>> from visualize import Scene, compose, simulate
    >>> adagrad = {"name": "adagrad", "learning_rate": 1}
    >>> scene = Scene(objective="x**2", start=3, steps=5, optimizers=[adagrad])
    >>> film = compose(scene, simulate(scene))
    >>> film.frames, film.picture(2).shape
    (117, (720, 1280, 3))
    """

    figure: Figure
    frames: int
    """How many pictures."""
    timeline: Timeline
    """When each of them shows."""
    poster: int
    """The frame (from 0) that a still shows."""
    fingerprint: str
    """Of the scene and the versions that drew it: the same film has the same."""
    scene: Scene
    """What it is a film of, in one theme; its files carry that."""
    transparent: bool
    """Whether there is no background."""
    remarks: tuple[str, ...]
    """What the picture cannot show as the scene says it."""
    row: Callable[[int], float]
    """The row of the history that a frame (from 0) shows; between two rows for smooth motion."""
    _movers: tuple[Mover, ...]

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        width, height = self.figure.canvas.get_width_height()
        return width, height

    @property
    def interval(self) -> float:
        """Milliseconds from one picture to the next."""
        return float(1000 / self.timeline.rate)

    def draw(self, frame: int) -> list[Artist]:
        """Put the moving artists where they are in a frame (from 0), and return them."""
        row = self.row(frame)
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

    def damage(self) -> Box | None:
        """Return where pictures may differ from when this was asked last; None: anywhere."""
        return damage_of(self.figure)

    def animation(self, frames: Sequence[int] | None = None) -> FuncAnimation:
        """Return the film, or only some of its frames, as matplotlib's animation."""
        if frames is None:
            ticks = map(self.timeline.ticks_of, range(self.frames))
            frames = [frame for frame, stays in enumerate(ticks) for _ in range(stays)]
        return FuncAnimation(
            self.figure,
            self.draw,
            frames=frames,
            init_func=list,
            interval=self.interval,
            repeat=self.timeline.loop != 1,
            cache_frame_data=False,
        )

    def _repr_html_(self) -> str:
        from visualize.film.save import save

        kind = "apng" if self.transparent else "gif"
        with tempfile.TemporaryDirectory() as folder:
            content = save(self, Path(folder) / f"film.{kind}").read_bytes()
        return f'<img src="data:image/{kind};base64,{base64.b64encode(content).decode()}">'


_HAS_DEFAULTS = ContextVar("_HAS_DEFAULTS", default=False)
"""Whether matplotlib has its defaults already: giving them takes a millisecond."""


@contextmanager
def settled(settings: dict[str, Any] | None = None) -> Iterator[None]:
    """Give matplotlib its defaults and our settings; nothing of the user's own file counts."""
    if not settings and _HAS_DEFAULTS.get():
        yield
        return
    formulas = logging.getLogger("matplotlib.mathtext")

    def is_about_else(record: logging.LogRecord) -> bool:
        return "does not have a glyph" not in record.msg

    with matplotlib.rc_context(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing")  # a film's remarks tell
        formulas.addFilter(is_about_else)
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(cast("Any", settings or {}))
        has_defaults = _HAS_DEFAULTS.set(not settings)
        try:
            yield
        finally:
            _HAS_DEFAULTS.reset(has_defaults)
            formulas.removeFilter(is_about_else)
