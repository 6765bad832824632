"""From a scene and its history to a film."""

import math

from matplotlib.artist import Artist
from matplotlib.figure import Figure
from matplotlib.text import Text

from visualize.film.annotations import add_frame
from visualize.film.canvas import Canvas
from visualize.film.film import Film, settled
from visualize.film.fingerprint import fingerprint
from visualize.history.history import History
from visualize.looks.fonts import font_families, remarks_on
from visualize.looks.style import DOTS_PER_INCH, Style, default_font_size, matplotlib_settings
from visualize.looks.themes import THEMES, Theme
from visualize.panels._trails import Moving
from visualize.scene.scene import Scene


def compose(scene: Scene, history: History) -> Film:
    """Return the film of a scene: what stands still is laid out once, what moves is listed."""
    frames = scene.frame_count
    shown = history.until(math.ceil(scene.row(frames - 1)))
    width, height = scene.frames.size
    theme = THEMES[scene.theme]
    font_size = scene.font_size or default_font_size(width, height)
    style = Style(theme, _colors(scene, theme), font_size)
    settings = matplotlib_settings(theme, font_size) | {"font.family": font_families()}
    if scene.transparent:
        settings |= {"figure.facecolor": "none", "axes.facecolor": "none"}
    with settled(settings):
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


def _inches(pixels: int) -> float:
    # A hundredth is no binary fraction: 29 / 100 * 100 is below 29, and would be cut to 28.
    return math.nextafter(pixels / DOTS_PER_INCH, math.inf)


def _colors(scene: Scene, theme: Theme) -> dict[str, str]:
    """Return a colour for each run: its own, or the theme's next."""
    taken = {run.color for run in scene.runs}
    free = [color for color in theme.series if color not in taken] or list(theme.series)
    colors, unnamed = {}, 0
    for run in scene.runs:
        if run.color is None:
            colors[run.label] = free[unnamed % len(free)]
            unnamed += 1
        else:
            colors[run.label] = run.color
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
