"""From a scene and its history to a film, and from a film to a file."""

import base64
import hashlib
import json
import math
import os
import tempfile
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import matplotlib
import numpy as np
import PIL
from matplotlib.animation import FuncAnimation
from matplotlib.artist import Artist
from matplotlib.figure import Figure
from matplotlib.font_manager import fontManager
from matplotlib.text import Text
from numpy.typing import NDArray

from visualize import __version__, themes
from visualize.canvas import Canvas
from visualize.errors import OutputError, did_you_mean
from visualize.files import folder_written_whole, written_whole
from visualize.formats import (
    FORMATS,
    LooksAhead,
    ManyFiles,
    Picture,
    Still,
    cannot_show,
    picture_of,
    writer_for,
)
from visualize.frame import add_frame, remarks_on
from visualize.history import History
from visualize.scene import Scene
from visualize.themes import DOTS_PER_INCH, THEMES, Style
from visualize.trails import Moving

EASTERN_FONTS = (
    *("Noto Sans CJK SC", "Noto Sans CJK JP", "Source Han Sans SC", "WenQuanYi Micro Hei"),
    *("PingFang SC", "Hiragino Sans", "Microsoft YaHei", "Yu Gothic", "Malgun Gothic"),
    *("Noto Sans Devanagari", "Noto Sans Thai", "Noto Sans Arabic", "Noto Sans Hebrew"),
)


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
    _moves: tuple[Moving, ...]
    _row: Callable[[int], float]

    def draw(self, frame: int) -> list[Artist]:
        """Put the moving artists where they are in a frame (from 0), and return them."""
        row = self._row(frame)
        return [artist for move in self._moves for artist in move(row)]

    def picture(self, frame: int) -> NDArray[np.uint8]:
        """Return the pixels of a frame (from 0): `(height, width, 3)`, red, green and blue.

        A transparent film has four numbers for each: the last is the opacity.
        """
        with _settled():
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
        kind = "apng" if self.transparent else "gif"
        with tempfile.TemporaryDirectory() as folder:
            content = save(self, Path(folder) / f"film.{kind}").read_bytes()
        return f'<img src="data:image/{kind};base64,{base64.b64encode(content).decode()}">'


def compose(scene: Scene, history: History) -> Film:
    """Return the film of a scene: what stands still is laid out once, what moves is listed."""
    frames = scene.frame_count
    shown = history.until(math.ceil(scene.row(frames - 1)))
    width, height = scene.frames.size
    theme = THEMES[scene.theme]
    font_size = scene.font_size or themes.default_font_size(width, height)
    style = Style(theme, _colors(scene, theme), font_size)
    settings = themes.settings(theme, font_size) | {"font.family": _fonts()}
    if scene.transparent:
        settings |= {"figure.facecolor": "none", "axes.facecolor": "none"}
    with _settled(settings):
        figure = Figure(figsize=(_inches(width), _inches(height)), dpi=DOTS_PER_INCH)
        canvas = Canvas(figure)
        moves = _draw_panels(figure, scene, shown, style)
        moves += add_frame(figure, scene, shown, style)
        moving = [artist for move in moves for artist in move(0)]
        moving.sort(key=Artist.get_zorder)  # as savefig draws them
        canvas.moving = [artist for artist in moving if artist.axes is not None]
        canvas.aside = [it for it in moving if it.axes is None and isinstance(it, Text)]
        remarks = remarks_on(figure)
    rate = scene.frames.per_second
    return Film(
        figure,
        frames,
        1000 / rate,
        scene.frames.hold,
        scene.frames.loop,
        scene.poster,
        fingerprint(scene),
        scene.transparent,
        remarks,
        tuple(moves),
        scene.row,
    )


def save(
    film: Film,
    path: str | os.PathLike[str],
    *,
    progress: Callable[[int, int], object] | None = None,
) -> Path:
    """Write the film to a file whose suffix says the format, and return its path.

    The file is written whole or not at all. A still is the film's poster. `progress` is called
    with the pictures encoded and all there will be. Raises `OutputError` where the file cannot
    be written, or the format has no transparent background and the film wants one.
    """
    path = Path(path)
    name = path.suffix.removeprefix(".")
    if name not in FORMATS.names():
        hint = did_you_mean(name, FORMATS.names())
        known = ", ".join(f".{known}" for known in FORMATS.names())
        raise OutputError(
            f"{path}: no format has the suffix '{path.suffix}'{hint}; there are {known}"
        )
    if words := cannot_show([name], transparent=film.transparent):
        raise OutputError(f"{path}: {words}")
    make_writer = writer_for(name)
    comment = _comment(film.fingerprint)
    writer = make_writer(fps=1000 / film.interval, hold=film.hold, loop=film.loop, comment=comment)
    frames = [film.poster] if isinstance(writer, Still) else range(film.frames)
    whole = (
        folder_written_whole(path, writer.strangers)
        if isinstance(writer, ManyFiles)
        else written_whole(path)
    )

    def tell(done: int, total: int) -> None:
        if progress is not None:
            progress(done, total)
            film.draw(frames[done])  # it may have looked at another

    with whole as temporary, _settled():
        if isinstance(writer, LooksAhead):
            writer.look_ahead(_probes(film, writer.probes))
        film.animation(frames).save(
            temporary,
            writer=writer,
            progress_callback=tell,
        )
    if progress is not None:
        progress(len(frames), len(frames))
    return path


def _probes(film: Film, count: int) -> Iterator[Picture]:
    """Yield pictures spread over the film, the first and the last among them."""
    for frame in np.unique(np.linspace(0, film.frames - 1, count).astype(int)):
        film.draw(int(frame))
        yield picture_of(film.figure)


def fingerprint(scene: Scene) -> str:
    """Return what tells this scene's film from others: its settings, and who draws it."""
    import imageio_ffmpeg

    # Their metadata would say the same, ten times as slowly.
    drawn_by = {it.__name__: it.__version__ for it in (matplotlib, np, PIL, imageio_ffmpeg)}
    content = json.dumps([scene.canonical(), __version__, drawn_by], sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()[:32]


def is_current(path: Path, scene: Scene) -> bool:
    """Whether the file at `path` is this scene's film already, drawn by the same versions."""
    writer, comment = writer_for(path.suffix.removeprefix(".")), _comment(fingerprint(scene))
    try:
        if isinstance(writer, ManyFiles):
            return writer.holds(path, scene.frame_count, comment)
        return comment.encode() in path.read_bytes()
    except OSError:
        return False


def _comment(fingerprint: str) -> str:
    return f"visualize {__version__} {fingerprint}"


@contextmanager
def _settled(settings: dict[str, Any] | None = None) -> Iterator[None]:
    """Give matplotlib its defaults and our settings; nothing of the user's own file counts."""
    with matplotlib.rc_context(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing")  # a film's remarks tell
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(cast("Any", settings or {}))
        yield


def _fonts() -> list[str]:
    """Return the fonts to look for letters in: DejaVu, which comes along, and those of the East."""
    there = set(fontManager.get_font_names())
    return ["DejaVu Sans", *(family for family in EASTERN_FONTS if family in there)]


def _inches(pixels: int) -> float:
    # A hundredth is no binary fraction: 29 / 100 * 100 is below 29, and would be cut to 28.
    return math.nextafter(pixels / DOTS_PER_INCH, math.inf)


def _colors(scene: Scene, theme: themes.Theme) -> dict[str, str]:
    """Return a colour for each run: its own, or the theme's next."""
    taken = {run.color for run in scene.runs}
    free = [color for color in theme.series if color not in taken] or list(theme.series)
    colors, unnamed = {}, 0
    for run in scene.runs:
        if run.color is None:
            colors[str(run.label)] = free[unnamed % len(free)]
            unnamed += 1
        else:
            colors[str(run.label)] = run.color
    return colors


def _draw_panels(figure: Figure, scene: Scene, history: History, style: Style) -> list[Moving]:
    count = len(scene.panels)
    columns = math.ceil(math.sqrt(count))
    grid = figure.add_gridspec(math.ceil(count / columns), columns)
    return [
        panel.draw(
            figure.add_subplot(grid[divmod(index, columns)]), scene.objective, history, style
        )
        for index, panel in enumerate(scene.panels)
    ]
