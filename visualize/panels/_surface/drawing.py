"""How a surface in a box is drawn: the surface, lines of equal value, the box, and minima."""

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator, NullLocator

from visualize.arrays import Array
from visualize.declare.settings import Range
from visualize.landscapes.relief import Camera
from visualize.looks.style import Style
from visualize.panels._surface.box import Box, Ruler, has_room
from visualize.panels._surface.image import ReliefImage
from visualize.panels._surface.stage import Stage
from visualize.panels._surface.view import SurfaceView
from visualize.panels._trails import MOST_TRAILS
from visualize.panels.panel import Mover

SHADES, EDGE = 256, 200
"""Colours of heights, and places along each edge of the surface."""
MOST_NUMBERS = 4
NEAR_END = 0.055
"""Of an edge, where no number stands: others stand around the corner."""
LIGHT = -50.0, 55.0
"""From where light falls: degrees beside who looks at first, and up."""
MANY_MINIMA = 8
"""Of more the marks of local ones are smaller."""
LARGE_NUMBER = 1e5
"""From which on a power of ten is written as one."""


def draw_surface(
    axes: Axes,
    view: SurfaceView,
    style: Style,
    *,
    minimum: str,
    floor: bool,
    lines: bool,
    colormap: str | None,
) -> list[Mover]:
    """Draw a surface with its box into axes, and return what moves where it turns."""
    axes.set_axis_off()
    axes.set(xlabel=view.names[0], ylabel=view.names[1])
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(NullLocator())
        axis.label.set_visible(False)
    stage = view.stage
    first = stage.camera(0)
    box = Box(axes, stage.relief.corners(), (stage.floor if floor else 0.0, view.top), style)
    if not style.is_small:
        box.add_rulers(*_rulers(view, stage, floor=floor), stage.cameras())
    colors, lit = _colors(style, colormap), _lit(stage, first)
    below = np.array(to_rgb(style.theme.quiet))
    image = ReliefImage(axes, stage.relief, colors, lit, first, below=below, turns=stage.turns)
    axes.add_image(image)
    paths = _lines_at(axes, view, view.values, view.levels, view.level_heights)
    things: list[_Seen] = []
    theme = style.theme
    if floor:
        low = [np.insert(it[:, :2], 2, stage.floor, axis=1) for it in paths]
        line = _add(axes, color=theme.lines[0], linewidth=style.line * 0.5, zorder=0.8)
        things.append(_Seen(stage, line, low, on=None))
    if lines:
        line = _add(axes, color=theme.quiet, linewidth=style.line * 0.42, alpha=0.55, zorder=1.2)
        things.append(_Seen(stage, line, paths, on="relief"))
    rim = _add(axes, color=theme.quiet, linewidth=style.line * 0.6, alpha=0.8, zorder=1.3)
    things.append(_Seen(stage, rim, _rim(axes, view, stage), on="relief"))
    things += _marks(axes, view, stage, style, minimum)
    cameras = stage.cameras()

    def fit() -> None:
        if has_room(axes):
            box.fit(cameras)
            box.show(stage.camera(0))

    def move(row: float) -> None:
        camera = stage.camera(row)
        box.show(camera)
        image.look_from(camera)
        for thing in things:
            thing.show(camera)

    image.settle = fit
    fit()
    move(0)
    if not stage.turns:
        return []
    return [Mover((*box.artists, image, *(it.line for it in things)), move, "axes")]


def settle(axes: Axes) -> None:
    """Let the box fill the axes, which have their place now."""
    for image in axes.images:
        if isinstance(image, ReliefImage):
            image.settle()


class _Seen:
    """Places in the box as a line, or marks: those on the relief, those behind it, or all."""

    def __init__(
        self,
        stage: Stage,
        line: Line2D,
        paths: Sequence[Array],
        *,
        on: Literal["relief", "behind"] | None,
    ):
        gap = np.full((1, 3), np.nan)
        self._places = np.concatenate([gap, *(it for path in paths for it in (path, gap))])
        self._stage, self.line, self._on = stage, line, on

    def show(self, camera: Camera) -> None:
        """Show what of it a camera sees."""
        seen = camera.seen(self._places)
        if self._on is not None:
            hidden = self._stage.sight(camera).hides(self._places)
            seen[hidden if self._on == "relief" else ~hidden] = np.nan
        self.line.set_data(seen[:, 0], seen[:, 1])


def _add(axes: Axes, **properties: Any) -> Line2D:
    line = Line2D([], [], **properties)
    axes.add_line(line)
    return line


def _colors(style: Style, colormap: str | None) -> Array:
    from matplotlib import colormaps
    from matplotlib.colors import LinearSegmentedColormap

    ramp = LinearSegmentedColormap.from_list("theme", list(style.theme.areas[1:]), N=SHADES)
    chosen = colormaps[colormap] if colormap else ramp
    return np.asarray(chosen(np.linspace(0, 1, SHADES)))[:, :3]


def _lit(stage: Stage, camera: Camera) -> Array:
    """Return how much light falls on each point of the surface."""
    beside, up = np.radians([camera.azimuth + LIGHT[0], LIGHT[1]])
    towards = np.array([np.cos(beside) * np.cos(up), np.sin(beside) * np.cos(up), np.sin(up)])
    return stage.relief.light(towards)


def _rim(axes: Axes, view: SurfaceView, stage: Stage) -> list[Array]:
    """Return the ways around the edge of the surface, and where it is cut off: `(n, 3)` each."""
    corners = stage.relief.corners()
    parts = np.linspace(0, 1, EDGE, endpoint=False)[:, np.newaxis]
    around = [
        one + parts * (other - one)
        for one, other in zip(corners, np.roll(corners, -1, axis=0), strict=True)
    ]
    rim = stage.on_relief(np.concatenate([*around, corners[:1]]))
    rim[rim[:, 2] >= stage.relief.top] = np.nan
    top = np.array([view.top])
    return [rim, *_lines_at(axes, view, view.heights, top, top)]


def _lines_at(
    axes: Axes, view: SurfaceView, numbers: Array, levels: Array, heights: Array
) -> list[Array]:
    """Return the lines at which numbers on the grid have levels, as places in the box: `(n, 3)`.

    `heights` are those of the levels; lines above the box are none."""
    inside = (levels > np.min(numbers, initial=np.inf, where=~np.isnan(numbers))) & (
        levels < np.max(numbers, initial=-np.inf, where=~np.isnan(numbers))
    )
    inside &= heights <= view.top
    if not inside.any():
        return []
    lines = axes.contour(np.ma.masked_invalid(numbers.T), levels[inside])
    lines.remove()
    last = np.array(numbers.shape) - 1
    found = []
    for path, height in zip(lines.get_paths(), heights[inside], strict=True):
        for line in path.to_polygons(closed_only=False):
            ground = (np.asarray(line) / last - 0.5) * view.size[:2]
            found.append(np.insert(ground, 2, height, axis=1))
    return found


def _rulers(view: SurfaceView, stage: Stage, *, floor: bool) -> tuple[Ruler, Ruler, Ruler]:
    """Return the numbers along both sides of the floor, and up."""
    along = [_ruler(name, ends) for name, ends in zip(view.names, view.ranges, strict=True)]
    low = stage.floor if floor else 0.0
    parts = (view.ticks[:, 1] - low) / (view.top - low)
    words = [_word(float(it)) for it in view.ticks[:, 0]]
    return along[0], along[1], Ruler(parts, words, "f")


def _ruler(name: str, ends: Range) -> Ruler:
    low, high = ends
    locator = MaxNLocator(nbins=MOST_NUMBERS, steps=[1, 2, 5, 10])
    numbers = np.asarray(locator.tick_values(low, high))
    parts = (numbers - low) / (high - low)
    inside = (parts >= NEAR_END) & (parts <= 1 - NEAR_END)
    step = float(np.diff(numbers).min()) if len(numbers) > 1 else 1.0
    clean = np.rint(2 * numbers[inside] / step) * step / 2
    return Ruler(parts[inside], [_word(float(it)) for it in clean], name)


def _word(number: float) -> str:
    """Return a number as it is written beside an edge."""
    if abs(number) >= LARGE_NUMBER or 0 < abs(number) < 1 / LARGE_NUMBER:
        digits, _, power = f"{number:.3e}".partition("e")
        digits = digits.rstrip("0").rstrip(".")
        many = f"10^{{{int(power)}}}"
        return f"${many}$" if digits == "1" else f"${digits}\\cdot{many}$"
    return f"{number + 0.0:.6g}".replace("-", "−")  # noqa: RUF001 - a minus sign


def _marks(axes: Axes, view: SurfaceView, stage: Stage, style: Style, minimum: str) -> list[_Seen]:
    """Mark minima, and where runs of few starts begin."""
    theme, marks = style.theme, []
    ways, _ = view.ways()
    starts = [ground[0] for ground in ways.values() if ground.shape[1] <= MOST_TRAILS]
    if starts:
        line = _add(axes, linestyle="", marker="o", markersize=style.marker * 1.1, zorder=6)
        line.set(markerfacecolor=theme.background, markeredgecolor=theme.quiet)
        line.set_markeredgewidth(style.line * 0.8)
        places = stage.on_relief(np.unique(np.concatenate(starts), axis=0))
        marks.append(_Seen(stage, line, [places], on="relief"))
    swarm = any(ground.shape[1] > MOST_TRAILS for ground in ways.values())
    minima = stage.on_relief(view.in_box(view.minima))
    smaller = max(1.0, (len(minima) / MANY_MINIMA) ** 0.5)
    for is_global in (True, False):
        places = minima[view.minima_are_global == is_global]
        if minimum == "none" or not len(places):
            continue
        inside, outside = theme.minimum, theme.background
        star = minimum == "star"
        size = style.marker * (2.0 if star else 1.3) / (1 if is_global else smaller)
        shape: dict[str, Any] = {"linestyle": "", "marker": "*" if star else "o"}
        line = _add(axes, **shape, markersize=size, markeredgewidth=style.line * 0.6)
        line.set(
            color=inside if is_global else outside,
            markeredgecolor=outside if is_global else inside,
            zorder=13 if swarm else 11.5,
            label="minimum" if is_global else "local minimum",
        )
        behind = _add(axes, **shape, markersize=size * 0.85, markeredgewidth=style.line * 0.6)
        behind.set(markerfacecolor="none", markeredgecolor=inside, alpha=0.6, zorder=9)
        marks.append(_Seen(stage, line, [places], on="relief"))
        marks.append(_Seen(stage, behind, [places], on="behind"))
    return marks
