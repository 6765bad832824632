"""From a scene and its history to a film, and from a film to a file."""

import base64
import hashlib
import itertools
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
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import fontManager
from matplotlib.lines import Line2D
from matplotlib.text import Text
from matplotlib.transforms import Bbox
from numpy.typing import NDArray

from visualize import __version__, themes
from visualize.errors import OutputError, did_you_mean
from visualize.files import written_whole
from visualize.formats import FORMATS, Box, LooksAhead, Picture, Still, Writer, picture_of
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
FEW = 4
"""Moving artists up to which it pays to find out where they are; more are everywhere."""
MARGIN = 4
"""Pixels around an artist, as wide as its lines are, that it may draw on."""


class _Canvas(FigureCanvasAgg):
    """Draws what stands still once, and over a copy of it what moves.

    What moves in axes is drawn in its order; the first of it that have not changed for two
    pictures, like the finished pieces of a trail, are added to what stands still. What stands
    aside of all axes is drawn only where it changes.
    """

    moving: Sequence[Artist] = ()
    """In the order of their zorder."""
    aside: Sequence[Text] = ()
    """Above all others, and apart from them."""
    touched: Box | None = None
    """Rows and columns outside of which the last picture is as the one before, if that is known."""
    _blank: Any = None
    """Without anything that moves."""
    _still: Any = None
    """With the first `_added` of what moves."""
    _drawn: Bbox | None = None
    """A box around what has been drawn over it, in pixels, if that is known."""
    _texts: dict[Text, Bbox]
    """Where each text aside has been drawn."""
    _added = 0
    _unchanged = 0
    """How many of the first did not change in the last picture."""
    _current = False
    """Whether the pixels are those of the last picture."""

    def draw(self) -> None:
        """Bring the pixels up to date; they are those that `savefig` would make."""
        if self._blank is None:
            self._draw_blank()
        if not self._current:
            self._pixels()[:] = self._still
            self._texts = {}
        changed = (index for index, artist in enumerate(self.moving) if artist.stale)
        unchanged = next(changed, len(self.moving))
        boxes = []
        if not self._current or unchanged < len(self.moving):
            boxes += self._draw_changed(unchanged)
        for text in self.aside:
            if text.stale or text not in self._texts:
                boxes += self._draw_aside(text)
        if self._overlap():
            self.moving, self.aside = [*self.moving, *self.aside], ()
            self._forget()
            self.draw()
            return
        self.touched = self._around(boxes) if self._current else None
        self._current = True

    def _draw_changed(self, unchanged: int) -> list[Bbox]:
        """Draw what moves in axes anew; return boxes around all that may have changed."""
        if unchanged < self._added:
            self._still, self._added, self._drawn = self._blank, 0, None
        steady = min(unchanged, self._unchanged)
        if steady > self._added:
            box = self._restore([self._axes()])
            self._draw_moving(self._added, steady)
            self._still = self._still.copy()
            self._still[box] = self._pixels()[box]
            self._added = steady
        before, self._drawn = self._drawn, self._extent(self.moving[self._added :])
        inside = self._axes()
        parts = [Bbox.intersection(box or inside, inside) for box in (before, self._drawn)]
        boxes = [box for box in parts if box is not None]
        self._restore(boxes)
        self._draw_moving(self._added, len(self.moving))
        self._unchanged = unchanged
        return boxes

    def _draw_aside(self, text: Text) -> list[Bbox]:
        """Draw a text anew; return boxes around where it was and is."""
        now = text.get_window_extent(self.get_renderer()).padded(MARGIN)
        boxes = [self._texts.get(text, now), now]
        self._restore(boxes)
        text.draw(self.get_renderer())
        text.stale = False
        self._texts[text] = now
        return boxes

    def _overlap(self) -> bool:
        """Whether texts are not aside of the axes, or of each other."""
        boxes = [*self._texts.values(), *([self._axes()] if self._texts else [])]
        return any(one.overlaps(other) for one, other in itertools.combinations(boxes, 2))

    def _axes(self) -> Bbox:
        """Return a box around all axes: what moves in them is clipped to it."""
        if any(artist.axes is None for artist in self.moving):
            return Bbox(self.figure.bbox)
        return Bbox.union([axes.bbox.padded(1) for axes in self.figure.axes])

    def _restore(self, boxes: Sequence[Bbox]) -> Box:
        """Let what stands still be seen in a box around the boxes, and return it."""
        box = self._around(boxes)
        self._pixels()[box] = self._still[box]
        return box

    def _pixels(self) -> Picture:
        return np.asarray(self.buffer_rgba())

    def _draw_blank(self) -> None:
        everything = [*self.moving, *self.aside]
        visible = [artist for artist in everything if artist.get_visible()]
        for artist in visible:
            artist.set_visible(False)
        super().draw()
        for artist in visible:
            artist.set_visible(True)
        self._blank = self._still = self._pixels().copy()

    def _extent(self, artists: Sequence[Artist]) -> Bbox | None:
        """Return a box around all that artists will draw, in pixels; None if that is not known."""
        if len(artists) > FEW:
            return None
        boxes = []
        for artist in artists:
            if artist.get_visible():
                # matplotlib's extent of a line is that of its middle.
                line = artist.get_linewidth() if isinstance(artist, Line2D) else 0
                around = MARGIN + line * DOTS_PER_INCH / 72
                boxes.append(artist.get_window_extent(self.get_renderer()).padded(around))
        together = Bbox.union(boxes) if boxes else Bbox.null()
        return together if np.isfinite(together.extents).all() else None

    def _around(self, boxes: Sequence[Bbox]) -> Box:
        """Return the rows and columns of the boxes together."""
        if not boxes:
            return slice(0, 0), slice(0, 0)
        height = self.get_width_height()[1]
        left, bottom, right, top = Bbox.union(boxes).extents
        rows = slice(max(math.floor(height - top), 0), max(math.ceil(height - bottom), 0))
        return rows, slice(max(math.floor(left), 0), max(math.ceil(right), 0))

    def _draw_moving(self, first: int, last: int) -> None:
        renderer = self.get_renderer()
        for artist in self.moving[first:last]:
            artist.draw(renderer)
            artist.stale = False  # an invisible one does not say so itself

    def print_figure(self, *args: Any, **keywords: Any) -> Any:
        """Save the figure, all of it; that draws it, and nothing is known to be unchanged."""
        try:
            return super().print_figure(*args, **keywords)
        finally:
            self._forget()

    def _forget(self) -> None:
        self._still, self._added, self._unchanged = self._blank, 0, 0
        self._drawn, self._current = None, False

    def draw_idle(self, *_args: Any, **_kwargs: Any) -> None:
        """Do nothing: FuncAnimation asks for a draw that the writer does itself."""


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
    remarks: tuple[str, ...]
    """What the picture cannot show as the scene says it."""
    _moves: tuple[Moving, ...]
    _row: Callable[[int], float]

    def draw(self, frame: int) -> list[Artist]:
        """Put the moving artists where they are in a frame (from 0), and return them."""
        row = self._row(frame)
        return [artist for move in self._moves for artist in move(row)]

    def picture(self, frame: int) -> NDArray[np.uint8]:
        """Return the pixels of a frame (from 0): `(height, width, 3)`, red, green and blue."""
        with _settled():
            self.draw(frame)
            return picture_of(self.figure)[..., :3].copy()

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
        with tempfile.TemporaryDirectory() as folder:
            content = save(self, Path(folder) / "film.gif").read_bytes()
        return f'<img src="data:image/gif;base64,{base64.b64encode(content).decode()}">'


def compose(scene: Scene, history: History) -> Film:
    """Return the film of a scene: what stands still is laid out once, what moves is listed."""
    frames = scene.frame_count
    shown = history.until(math.ceil(scene.row(frames - 1)))
    width, height = scene.frames.size
    theme = THEMES[scene.theme]
    font_size = scene.font_size or themes.default_font_size(width, height)
    style = Style(theme, _colors(scene, theme), font_size)
    with _settled(themes.settings(theme, font_size) | {"font.family": _fonts()}):
        figure = Figure(figsize=(_inches(width), _inches(height)), dpi=DOTS_PER_INCH)
        canvas = _Canvas(figure)
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
    be written.
    """
    path = Path(path)
    name = path.suffix.removeprefix(".")
    if name not in FORMATS.names():
        hint = did_you_mean(name, FORMATS.names())
        known = ", ".join(f".{known}" for known in FORMATS.names())
        raise OutputError(
            f"{path}: no format has the suffix '{path.suffix}'{hint}; there are {known}"
        )
    make_writer = cast("Writer", FORMATS.load(name))
    comment = f"visualize {__version__} {film.fingerprint}"
    writer = make_writer(fps=1000 / film.interval, hold=film.hold, loop=film.loop, comment=comment)
    frames = [film.poster] if isinstance(writer, Still) else range(film.frames)
    with written_whole(path) as temporary, _settled():
        if isinstance(writer, LooksAhead):
            writer.look_ahead(_probes(film, writer.probes))
        film.animation(frames).save(
            temporary,
            writer=writer,
            progress_callback=progress,
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
    try:
        return fingerprint(scene).encode() in path.read_bytes()
    except OSError:
        return False


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
