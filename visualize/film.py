"""From a scene and its history to a film, and from a film to a file."""

import base64
import hashlib
import json
import math
import os
import re
import tempfile
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, cast

import matplotlib
import numpy as np
from matplotlib.animation import FuncAnimation
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import fontManager, get_font
from matplotlib.legend import Legend
from matplotlib.lines import Line2D
from matplotlib.text import Text
from numpy.typing import NDArray

from visualize import __version__, themes
from visualize.errors import OutputError, did_you_mean
from visualize.files import written_whole
from visualize.formats import FORMATS, Writer, picture_of
from visualize.history import History
from visualize.panels import Moving
from visualize.scene import Scene
from visualize.themes import DOTS_PER_INCH, THEMES, Style

TITLE = 1.15
"""The title's size, as a part of the other text's."""
EASTERN_FONTS = (
    *("Noto Sans CJK SC", "Noto Sans CJK JP", "Source Han Sans SC", "WenQuanYi Micro Hei"),
    *("PingFang SC", "Hiragino Sans", "Microsoft YaHei", "Yu Gothic", "Malgun Gothic"),
    *("Noto Sans Devanagari", "Noto Sans Thai", "Noto Sans Arabic", "Noto Sans Hebrew"),
)
TYPOGRAPHY = str.maketrans("*-_", "·\N{MINUS SIGN} ")
SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


class _Canvas(FigureCanvasAgg):
    """Draws what stands still once, and over a copy of it what moves."""

    moving: Sequence[Artist] = ()
    _still: Any = None

    def draw(self) -> None:
        """Bring the pixels up to date; they are those that `savefig` would make."""
        if self._still is None:
            visible = [artist for artist in self.moving if artist.get_visible()]
            for artist in visible:
                artist.set_visible(False)
            super().draw()
            for artist in visible:
                artist.set_visible(True)
            self._still = self.copy_from_bbox(self.figure.bbox)
        self.restore_region(self._still)
        renderer = self.get_renderer()
        for artist in self.moving:
            artist.draw(renderer)

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

    def animation(self) -> FuncAnimation:
        """Return the film as matplotlib's animation."""
        return FuncAnimation(
            self.figure,
            self.draw,
            frames=self.frames,
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
        moves += _add_frame(figure, scene, shown, style)
        moving = [artist for move in moves for artist in move(0)]
        canvas.moving = sorted(moving, key=Artist.get_zorder)  # as savefig draws them
        remarks = _remarks(figure)
    rate = scene.frames.per_second
    return Film(
        figure,
        frames,
        1000 / rate,
        scene.frames.hold,
        scene.frames.loop,
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

    The file is written whole or not at all. `progress` is called with the pictures encoded and
    all there are. Raises `OutputError` where it cannot be written.
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
    with written_whole(path) as temporary, _settled():
        film.animation().save(
            temporary,
            writer=writer,
            progress_callback=progress and (lambda frame, total: progress(frame, total)),
        )
    if progress is not None:
        progress(film.frames, film.frames)
    return path


def fingerprint(scene: Scene) -> str:
    """Return what tells this scene's film from others: its settings, and who draws it."""
    drawn_by = {name: version(name) for name in ("matplotlib", "numpy", "pillow", "imageio-ffmpeg")}
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
    taken = {optimizer.color for optimizer in scene.optimizers}
    free = [color for color in theme.series if color not in taken] or list(theme.series)
    colors, unnamed = {}, 0
    for optimizer in scene.optimizers:
        if optimizer.color is None:
            colors[str(optimizer.label)] = free[unnamed % len(free)]
            unnamed += 1
        else:
            colors[str(optimizer.label)] = optimizer.color
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


def _add_frame(figure: Figure, scene: Scene, history: History, style: Style) -> list[Moving]:
    """Put title, step counter, legend and a notice of divergence around the panels.

    The space is shared out once: head and foot take what they need, the panels fill the rest.
    """
    letter = style.font_size / 72 * DOTS_PER_INCH
    gap = letter / 2
    width, height = figure.bbox.size
    _lay_out(figure, 1.5 * gap / width, 2 * gap / height, 5 * gap / height)
    left, right = _sides(figure)
    moves = []
    room = right - left
    if scene.counter:
        counter, move = _counter(figure, history, style)
        moves.append(move)
        widest = _size(counter)[0]
        room -= widest + 3 * gap
        # Both stand on one line: the title's letters are higher by what it is larger.
        lower = gap + 0.76 * (TITLE - 1) * letter
        counter.set_position(((right - widest) / width, 1 - lower / height))
    text = _default_title(scene) if scene.title is None else scene.title
    title = _fitted_text(figure, text, room, style.font_size * TITLE)
    title.set_position((left / width, 1 - gap / height))
    head = max(_size(title)[1], TITLE * letter) + 2 * gap
    legend = _legend(figure, history, style, right - left)
    if legend is not None:
        legend.set_bbox_to_anchor((left / width, 1 - head / height))
        head += _size(legend)[1] + gap
    foot = gap
    if history.divergences():
        notice, move = _notice(figure, history, style, right - left)
        moves.append(move)
        notice.set_position((left / width, gap / height))
        foot += _size(notice)[1] + gap
    _lay_out(figure, 1.5 * gap / width, foot / height, head / height)
    return moves


def _lay_out(figure: Figure, side: float, foot: float, head: float) -> None:
    """Share out the figure between the panels; `side`, `foot` and `head` stay free around them."""
    figure.set_layout_engine(
        "constrained",
        rect=(side, foot, 1 - 2 * side, max(1 - foot - head, 0.1)),
        w_pad=0,
        h_pad=0,
        wspace=2 * side,
        hspace=2 * side,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # a thumbnail has no room for labels
        figure.get_layout_engine().execute(figure)  # type: ignore[union-attr]  # it was set above
    figure.set_layout_engine("none")


def _sides(figure: Figure) -> tuple[float, float]:
    """Return where the leftmost axes begin and the rightmost end, in pixels."""
    boxes = [axes.get_position() for axes in figure.axes]
    width = figure.bbox.width
    return min(box.x0 for box in boxes) * width, max(box.x1 for box in boxes) * width


def _size(artist: Artist) -> tuple[float, float]:
    box = artist.get_window_extent()
    return box.width, box.height


def _fitted_text(figure: Figure, text: str, room: float, size: float) -> Text:
    """Add a text at the top that is no wider than `room`: smaller if need be, then in lines."""
    title = figure.text(0, 0, text, fontsize=size, va="top", linespacing=1.15)
    _settle_formulas([title])
    for smaller in (1, 0.95, 0.9, 0.85, 0.8):
        title.set_fontsize(size * smaller)
        if _size(title)[0] <= room:
            return title
    lines = [""]
    for letter in " ".join(text.split()) if "$" not in text else "":
        title.set_text(lines[-1] + letter)
        if _size(title)[0] > room:
            # A line ends between words or, where there is only one, anywhere.
            line, _, rest = lines[-1].rpartition(" ")
            lines[-1:] = [line, rest] if line else [lines[-1], ""]
        lines[-1] += letter
    title.set_text("\n".join(line.strip() for line in lines) or text)
    return title


def _settle_formulas(texts: Sequence[Text]) -> None:
    """Show a text between dollar signs that is no formula as it stands."""
    for text in texts:
        try:
            text.get_window_extent()
        except ValueError:
            text.set_parse_math(False)


def _remarks(figure: Figure) -> tuple[str, ...]:
    """Return a sentence about letters that no font here can draw, if there are any."""
    fonts = [
        get_font(fontManager.findfont(family)) for family in matplotlib.rcParams["font.family"]
    ]
    written = "".join(text.get_text() for text in figure.findobj(Text))
    missing = {
        letter
        for letter in written
        if not letter.isspace() and not any(font.get_char_index(ord(letter)) for font in fonts)
    }
    if not missing:
        return ()
    return (f"no font on this machine can draw {' '.join(sorted(missing))}",)


def _default_title(scene: Scene) -> str:
    labels = [str(optimizer.label) for optimizer in scene.optimizers]
    runs = f"{', '.join(labels)} on " if len(labels) <= 3 else ""
    # x**2 is written x², and a product as people write it.
    formula = re.sub(
        r"\*\*([0-9]+)(?![0-9.]|\*\*)",
        lambda power: power[1].translate(SUPERSCRIPTS),
        scene.objective.formula,
    )
    formula = re.sub(r"(?<=[0-9])\*(?=[a-z(])", "", formula.replace("**", "^"))
    formula = formula.translate(TYPOGRAPHY)
    return f"{runs}{formula}"


def _counter(figure: Figure, history: History, style: Style) -> tuple[Text, Moving]:
    """Add the step counter, for now as wide as it will ever be."""
    counter = figure.text(0, 0, f"step {history.steps}", va="top", zorder=20)
    counter.set_color(style.theme.quiet)

    def move(row: float) -> list[Artist]:
        counter.set_text(f"step {math.floor(row)}")
        return [counter]

    return counter, move


def _legend(figure: Figure, history: History, style: Style, room: float) -> Legend | None:
    """Add one row (or more) that names the runs and what else the panels want named."""
    named: dict[str, Artist] = {}
    if len(history) > 1:
        for label in history:
            named[label] = Line2D(
                [],
                [],
                color=style.colors[label],
                linewidth=style.line * 1.4,
                marker="o",
                markersize=style.marker,
            )
    for axes in figure.axes:
        for handle, label in zip(*axes.get_legend_handles_labels(), strict=True):
            if len(history) > 1 or "local" in label:
                named.setdefault(label, handle)
    if not named:
        return None
    legend = None
    for columns in range(len(named), 0, -1):
        if legend is not None:
            legend.remove()
        legend = figure.legend(
            list(named.values()),
            list(named),
            loc="upper left",
            ncols=columns,
            frameon=False,
            borderpad=0,
            borderaxespad=0,
            handlelength=1.8,
            columnspacing=1.6,
            labelspacing=0.3,
        )
        _settle_formulas(legend.get_texts())
        if _size(legend)[0] <= room:
            break
    return legend


def _notice(figure: Figure, history: History, style: Style, room: float) -> tuple[Text, Moving]:
    """Add the line that says which runs have diverged, each from its step on."""

    def told(row: float) -> str:
        return "    ".join(history.divergences(row))

    notice = _fitted_text(figure, told(math.inf), room, style.font_size * 0.9)
    notice.set(va="bottom", color=style.theme.minimum, zorder=20)

    def move(row: float) -> list[Artist]:
        notice.set_text(told(row))
        return [notice]

    return notice, move
