"""From a scene and its history to a film."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backend_bases import FigureCanvasBase
from matplotlib.figure import Figure, SubFigure

from visualize.film.annotations import annotate
from visualize.film.arrangement import Arrangement, Cell, arrange, font_size_for, hides
from visualize.film.callouts import callouts_of
from visualize.film.canvas import Canvas
from visualize.film.film import Film, settled
from visualize.film.fingerprint import fingerprint
from visualize.film.layout import expected_shape
from visualize.film.motion import Motion
from visualize.film.ticks import leave_out_names, round_numbers
from visualize.history.history import History
from visualize.looks.fonts import font_families, remarks_on
from visualize.looks.legibility import doubts_about
from visualize.looks.lettering import lettered
from visualize.looks.marks import LINES, LineStyle
from visualize.looks.pace import changes_of
from visualize.looks.style import (
    DOTS_PER_INCH,
    SMALL,
    Style,
    default_font_size,
    matplotlib_settings,
)
from visualize.looks.themes import THEMES, Theme
from visualize.objectives._function import declare_the_same
from visualize.objectives.objective import PYTHON
from visualize.panels.panel import Mover, Surroundings, View
from visualize.scene.fonts import GENERIC, family_of
from visualize.scene.runs import makers_of
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
    points = width * 72 / DOTS_PER_INCH, height * 72 / DOTS_PER_INCH
    usual = scene.font_size or default_font_size(width, height)
    arrangement = arrange(scene, width / height, points[0] / usual)
    font_size = scene.font_size or font_size_for(arrangement, points, usual)
    style = Style(
        theme,
        **_told_apart(scene, arrangement.names, theme),
        font_size=font_size,
        halo=halo,
        is_small=width < SMALL,
    )
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
        cells = arrangement.cells
        panels = _added_axes(on, arrangement)
        whole = _looked(scene, shown, cells, panels, style)
        row_of = _pace(scene, whole)
        rows = [row_of(frame) for frame in range(frames)]
        whole = [
            panel.paced(view, np.array(rows))
            for panel, view in zip(scene.panels, whole, strict=True)
        ]
        views = [_shown_in(cell, whole[cell.number]) for cell in cells]
        movers: list[Mover] = []
        for cell, axes, view in zip(cells, panels, views, strict=True):
            movers += cell.panel.draw(axes, view, style)
            if cell.labels is not None:
                _name_multiple(cell, axes, cells, style)
        seen = (it.remarks(view) for it, view in zip(scene.panels, whole, strict=True))
        remarks = list(dict.fromkeys(words for several in seen for words in several))
        round_numbers(panels)
        if style.is_small:
            leave_out_names(panels)
        motions = [
            Motion(axes, cell.panel.seen(view))
            for cell, axes, view in zip(cells, panels, views, strict=True)
            if cell.panel.has_heads
        ]
        callouts, unseen = callouts_of(scene, cells, panels, views, style)
        around, unset = annotate(
            on, arrangement, panels, motions, callouts, rows, scene, shown, style
        )
        movers += around
        for mover in movers:
            mover.move(0)
        if isinstance(figure.canvas, Canvas):
            figure.canvas.movers = [*figure.canvas.movers, *movers]
        remarks += [*doubts, *unseen, *unset, *remarks_on(on)]
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
    seen = [panel.pacing(view) for panel, view in zip(scene.panels, views, strict=True)]
    changes = [changes_of(it.series, it.limits, it.scales, scene.steps) for it in seen]
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


def _told_apart(scene: Scene, names: Mapping[str, str], theme: Theme) -> dict[str, Any]:
    """Return what tells the runs apart, each by label: their own looks, or the theme's next.

    Where there are more runs than colours, these come again with another dash. Runs of one name
    have the same.
    """
    looks = {run.label: run.appearance for run in scene.runs}
    taken = {look.color for look in looks.values()}
    free = [color for color in theme.series if color not in taken] or list(theme.series)
    colors: dict[str, str] = {}
    dashes: dict[str, LineStyle] = {}
    markers: dict[str, str] = {}
    places: dict[str, int] = {}
    numbers: dict[str, int] = {}
    for label, look in looks.items():
        name = names.get(label, label)
        number = numbers.setdefault(name, len(numbers))
        again = 0
        if look.color is None:
            place = places.setdefault(name, len(places))
            again, index = divmod(place, len(free))
            colors[label] = free[index]
        else:
            colors[label] = look.color
        dashes[label] = LINES[look.line] if look.line else theme.dash_of(number, again)
        markers[label] = look.marker or theme.marker_of(number)
    return {
        "colors": colors,
        "dashes": dashes,
        "markers": markers,
        "widths": {label: look.width or 1.0 for label, look in looks.items()},
    }


def _added_axes(figure: Figure | SubFigure, arrangement: Arrangement) -> list[Axes]:
    """Add the axes of all panels to a figure."""
    grid = figure.add_gridspec(arrangement.rows, arrangement.columns)
    return [
        cell.panel.axes(figure, grid[_slice(cell.area.rows), _slice(cell.area.columns)])
        for cell in arrangement.cells
    ]


def _slice(numbers: range) -> slice:
    return slice(numbers.start, numbers.stop)


def _looked(
    scene: Scene, history: History, cells: Sequence[Cell], panels: Sequence[Axes], style: Style
) -> list[View]:
    """Return what each of the scene's panels shows, of all runs."""
    optimizers = makers_of(scene.runs)
    around = Surroundings(problem=scene.problem if optimizers else None, optimizers=optimizers)
    shapes = {
        cell.number: expected_shape(axes, style) for cell, axes in zip(cells, panels, strict=True)
    }
    return [
        panel.look_for(
            scene.objective,
            history,
            replace(
                around,
                shape=shapes[number],
                groups=[it.labels for it in cells if it.number == number and it.labels],
            ),
        )
        for number, panel in enumerate(scene.panels)
    ]


def _shown_in(cell: Cell, view: View) -> View:
    """Return what a small multiple shows of a view: the same axes, some of the runs."""
    if cell.labels is None:
        return view
    return view.only(cell.labels)


def _name_multiple(cell: Cell, axes: Axes, cells: Sequence[Cell], style: Style) -> None:
    """Say what a small multiple shows; what stands beside others of its kind, is left to them."""
    below, beside = hides(cell, cells)
    if below:
        axes.tick_params(which="both", bottom=False, labelbottom=False)
        axes.set_xlabel("")
    if beside:
        axes.tick_params(which="both", left=False, labelleft=False)
        axes.set_ylabel("")
    title = axes.set_title(lettered(cell.title), loc="left", fontsize=style.font_size * 0.9)
    title.set_color(style.theme.ink)
