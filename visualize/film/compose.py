"""From a scene and its history to a film."""

import math
from collections.abc import Mapping

from matplotlib.axes import Axes
from matplotlib.backend_bases import FigureCanvasBase
from matplotlib.figure import Figure, SubFigure

from visualize.film.annotations import annotate
from visualize.film.canvas import Canvas
from visualize.film.film import Film, settled
from visualize.film.fingerprint import fingerprint
from visualize.film.motion import Motion
from visualize.formats.format import Timeline
from visualize.history.history import History
from visualize.looks.fonts import font_families, remarks_on
from visualize.looks.style import DOTS_PER_INCH, Style, default_font_size, matplotlib_settings
from visualize.looks.themes import THEMES, Theme
from visualize.objectives._function import declare_the_same
from visualize.objectives.objective import PYTHON
from visualize.panels.panel import Mover
from visualize.scene.scene import Scene

REPLACED = "draw the scene that was simulated, scene.replaced(objective=..., optimizers=...)"


def compose(scene: Scene, history: History, *, on: Figure | SubFigure | None = None) -> Film:
    """Return the film of a scene: what stands still is laid out once, what moves is listed.

    It is drawn on a figure of its own, of the scene's size, or `on` a figure, or a part of one,
    that is somebody else's: then it has the size of that, its pictures are those of the whole
    figure, and all else in the figure stays as it is. Several films may share a figure.

    >>> from matplotlib.figure import Figure
    >>> from visualize import Scene, compose, simulate
    >>> adagrad = {"name": "adagrad", "learning_rate": 1}
    >>> scene = Scene(objective="x**2", start=3, steps=5, optimizers=[adagrad])
    >>> figure = Figure(figsize=(6, 3), dpi=100)
    >>> left, right = figure.subfigures(1, 2)
    >>> film = compose(scene, simulate(scene), on=left)
    >>> film.picture(0).shape
    (300, 600, 3)
    """
    _check(scene, history)
    frames = scene.frame_count
    shown = history.until(math.ceil(scene.row(frames - 1)))
    theme = THEMES[scene.theme]
    if on is None:
        width, height = scene.frames.size
    else:
        width, height = (round(side / on.dpi * DOTS_PER_INCH) for side in on.bbox.size)
    font_size = scene.font_size or default_font_size(width, height)
    style = Style(theme, _colors(scene, theme), font_size)
    settings = matplotlib_settings(theme, font_size) | {"font.family": font_families()}
    if scene.transparent:
        settings |= {"figure.facecolor": "none", "axes.facecolor": "none"}
    with settled(settings):
        if on is None:
            on = Figure(figsize=(_inches(width), _inches(height)), dpi=DOTS_PER_INCH)
        elif not scene.transparent:
            on.set_facecolor(theme.background)
        figure = on.get_figure(root=True)
        if type(figure.canvas) is FigureCanvasBase:  # nobody else shows it
            Canvas(figure)
        panels, motions, movers, remarks = _draw_panels(on, scene, shown, style)
        around, unset = annotate(on, panels, motions, scene, shown, style)
        movers += around
        for mover in movers:
            mover.move(0)
        if isinstance(figure.canvas, Canvas):
            figure.canvas.movers = [*figure.canvas.movers, *movers]
        remarks += [*unset, *remarks_on(on)]
    pace = scene.frames
    return Film(
        figure,
        frames,
        Timeline.constant(pace.per_second, hold=pace.hold, loop=pace.loop),
        scene.poster,
        fingerprint(scene),
        scene.transparent,
        tuple(remarks),
        tuple(movers),
        scene.row,
    )


def _check(scene: Scene, history: History) -> None:
    """Raise where runs of one thing would be drawn over another."""
    labels = {run.label for run in scene.runs}
    if others := [label for label in history if label not in labels]:
        raise ValueError(f"the scene has no run '{others[0]}'; {REPLACED}")
    told = history.metadata.get("scene")
    was = told.get("objective") if isinstance(told, Mapping) else None
    now = scene.portable()["objective"]
    in_python = any(isinstance(it, Mapping) and PYTHON in it for it in (was, now))
    if in_python and was is not None and not declare_the_same(was, now):
        raise ValueError(f"the history is of another objective than the scene's; {REPLACED}")


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


def _draw_panels(
    figure: Figure | SubFigure, scene: Scene, history: History, style: Style
) -> tuple[list[Axes], list[Motion], list[Mover], list[str]]:
    """Draw the panels; return their axes, where runs are, what moves, and what is not shown."""
    count = len(scene.panels)
    columns = math.ceil(math.sqrt(count))
    grid = figure.add_gridspec(math.ceil(count / columns), columns)
    every: list[Axes] = []
    motions: list[Motion] = []
    movers: list[Mover] = []
    remarks: list[str] = []
    for index, panel in enumerate(scene.panels):
        axes = panel.axes(figure, grid[divmod(index, columns)])
        view = panel.look(scene.objective, history)
        movers += panel.draw(axes, view, style)
        remarks += panel.remarks(view)
        every.append(axes)
        if panel.has_heads:
            motions.append(Motion(axes, view))
    return every, motions, movers, list(dict.fromkeys(remarks))
