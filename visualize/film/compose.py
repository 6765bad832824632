"""From a scene and its history to a film."""

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backend_bases import FigureCanvasBase
from matplotlib.figure import Figure, SubFigure

from visualize.film.annotations import annotate
from visualize.film.canvas import Canvas
from visualize.film.film import Film, settled
from visualize.film.fingerprint import fingerprint
from visualize.film.layout import expected_shape, rows_of
from visualize.film.motion import Motion
from visualize.film.ticks import leave_out_names, round_numbers
from visualize.history.history import History
from visualize.looks.fonts import font_families, remarks_on
from visualize.looks.legibility import doubts_about
from visualize.looks.pace import changes_of
from visualize.looks.style import (
    DOTS_PER_INCH,
    SMALL,
    Style,
    default_font_size,
    matplotlib_settings,
)
from visualize.looks.themes import DASHES, THEMES, LineStyle, Theme
from visualize.objectives._function import declare_the_same
from visualize.objectives.objective import PYTHON
from visualize.panels.panel import Mover, View
from visualize.scene.fonts import GENERIC, family_of
from visualize.scene.scene import Scene

REPLACED = "draw the scene that was simulated, scene.replaced(objective=..., optimizers=...)"


def compose(scene: Scene, history: History, *, on: Figure | SubFigure | None = None) -> Film:
    """Return the film of a scene: what stands still is laid out once, what moves is listed.

    Of several themes the first is drawn; `scene.by_theme` has a scene for each.
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
    scene = next(iter(scene.by_theme.values()))
    theme = scene.look
    doubts = [] if theme.name in THEMES else [*doubts_about(theme)]
    frames = scene.frame_count
    shown = history.until(math.ceil(scene.row(frames - 1)))
    halo = theme.background if scene.transparent else None
    if scene.transparent:
        theme = theme.without_background()
    if on is None:
        width, height = scene.frames.size
    else:
        width, height = (round(side / on.dpi * DOTS_PER_INCH) for side in on.bbox.size)
    font_size = scene.font_size or default_font_size(width, height)
    colors, dashes, markers = _told_apart(scene, theme)
    style = Style(theme, colors, dashes, font_size, halo, width < SMALL, markers)
    own = family_of(scene.font)
    settings = matplotlib_settings(style) | {"font.family": font_families(own=own)}
    if own == GENERIC["serif"]:
        settings["mathtext.fontset"] = "dejavuserif"
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
        panels, views, movers, remarks = _draw_panels(on, scene, shown, style)
        round_numbers(panels)
        if style.is_small:
            leave_out_names(panels)
        row_of = _pace(scene, views)
        motions = [
            Motion(axes, panel.seen(view))
            for panel, axes, view in zip(scene.panels, panels, views, strict=True)
            if panel.has_heads
        ]
        rows = [row_of(frame) for frame in range(frames)]
        around, unset = annotate(on, panels, motions, rows, scene, shown, style)
        movers += around
        for mover in movers:
            mover.move(0)
        if isinstance(figure.canvas, Canvas):
            figure.canvas.movers = [*figure.canvas.movers, *movers]
        remarks += [*doubts, *unset, *remarks_on(on)]
    return Film(
        figure,
        frames,
        scene.frames.timeline,
        scene.poster,
        fingerprint(scene),
        scene,
        scene.transparent,
        tuple(remarks),
        row_of,
        tuple(movers),
    )


def _pace(scene: Scene, views: Sequence[View]) -> Callable[[int], float]:
    """Return which row each frame shows."""
    if not scene.frames.is_adaptive:
        return scene.row
    changes = [changes_of(it.series, it.limits, it.scales, scene.steps) for it in views]
    rows = scene.frames.rows_of(np.sum(changes, axis=0)).tolist()
    last = len(rows) - 1
    return lambda frame: rows[min(frame, last)]


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


def _told_apart(
    scene: Scene, theme: Theme
) -> tuple[dict[str, str], dict[str, LineStyle], dict[str, str]]:
    """Return a colour, a dash and a marker for each run: its own colour, or the theme's next.

    Where there are more runs than colours, these come again with another dash.
    """
    taken = {run.color for run in scene.runs}
    free = [color for color in theme.series if color not in taken] or list(theme.series)
    colors: dict[str, str] = {}
    dashes: dict[str, LineStyle] = {}
    markers: dict[str, str] = {}
    unnamed = 0
    for number, run in enumerate(scene.runs):
        again, index = 0, 0
        if run.color is None:
            again, index = divmod(unnamed, len(free))
            colors[run.label] = free[index]
            unnamed += 1
        else:
            colors[run.label] = run.color
        if len(theme.dashes) > 1:  # which tell runs apart whatever their colours
            again, index = divmod(number, max(len(theme.dashes), len(theme.markers)))
        first = DASHES.index(theme.dashes[index % len(theme.dashes)])
        dashes[run.label] = DASHES[(first + again) % len(DASHES)]
        markers[run.label] = theme.markers[number % len(theme.markers)]
    return colors, dashes, markers


def _draw_panels(
    figure: Figure | SubFigure, scene: Scene, history: History, style: Style
) -> tuple[list[Axes], list[View], list[Mover], list[str]]:
    """Draw the panels; return their axes, what they show, what moves, and what is not shown."""
    shape = figure.bbox.width / figure.bbox.height
    rows = rows_of(len(scene.panels), shape)
    # In several rows columns stand below each other.
    alone = len(rows) == 1
    shares = [[scene.panels[number].share if alone else 1 for number in row] for row in rows]
    shares = [[share // math.gcd(*row) for share in row] for row in shares]
    width = math.lcm(*map(sum, shares))
    grid = figure.add_gridspec(len(rows), width)
    places = [
        grid[index, width * before // sum(row) : width * (before + share) // sum(row)]
        for index, row in enumerate(shares)
        for before, share in zip(accumulate(row, initial=0), row, strict=False)
    ]
    every: list[Axes] = []
    views: list[View] = []
    movers: list[Mover] = []
    remarks: list[str] = []
    for panel, place in zip(scene.panels, places, strict=True):
        axes = panel.axes(figure, place)
        view = panel.look_for(scene.objective, history, expected_shape(axes, style))
        movers += panel.draw(axes, view, style)
        remarks += panel.remarks(view)
        every.append(axes)
        views.append(view)
    return every, views, movers, list(dict.fromkeys(remarks))
