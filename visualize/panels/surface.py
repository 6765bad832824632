"""A function of two variables as a surface in space, with the runs on it and their shadows."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

import numpy as np
from pydantic import Field, PlainValidator

from visualize.arrays import Array
from visualize.declare.settings import ListToTuple, Range
from visualize.history.history import History
from visualize.landscapes.heights import Scale, choose_heights
from visualize.landscapes.relief import Camera, Sight
from visualize.landscapes.stationary import find_stationary
from visualize.looks.style import Style
from visualize.objectives.objective import Objective, Ranges
from visualize.panels._contour.ground import Colormaps
from visualize.panels._contour.landscape import Landscape
from visualize.panels._surface.stage import Way
from visualize.panels._surface.view import SurfaceView, in_parts, projected, turned
from visualize.panels._trails import Trail
from visualize.panels.contour import Contour, check_plane
from visualize.panels.panel import Limits, Mover, Panel, Showable, Surroundings, View

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDER = 0.8
SQUARE, WIDE = 1.0, 1.5
"""The ground is so many times as wide as deep where the scene leaves it open: so much of the shape
of the axes, within these."""
DEEPEST = 0.6, 1.7
"""The same, where limits are given."""
HEIGHT = 0.58
"""Of the box above the lowest value, as a part of the mean side of its ground."""
SIDES = -60.0, -120.0, -30.0, -150.0, 60.0, 120.0, 30.0, 150.0
STEEPNESS = 35.0, 45.0, 55.0
"""Azimuths and elevations from which one looks: the first where nothing speaks for others."""
BETTER, STEEPER = 0.06, 0.08
"""Of the runs, by which less is hidden from another azimuth, and from each higher elevation."""
APART = 0.17
"""Of the height, between two numbers beside it."""
NEAR_END = 0.04
"""Of an edge, where no number stands: others stand around the corner."""
COARSE, MOST_LOOKED_AT, MOST_PLACES = 91, 10, 500
"""Columns and samples, starts of a run, and places on all ways, by which a side is chosen."""
EASE = 0.15
"""Of the film, in which a turn begins, and ends."""


class Surface(Panel):
    """A function of two variables as a surface in space, with the runs on it and their shadows.

    Of more than two variables a plane through the end of the first run is shown; the runs are
    projected onto it. What lies behind the surface is dashed.
    """

    also_called: ClassVar = ("3d", "plot_surface", "surface3d", "wireframe", "landscape3d", "mesh")
    kind: Literal["surface"] = "surface"
    shows: ClassVar[range] = range(2, 1_000_000)
    share: ClassVar[int] = 3
    has_heads: ClassVar[bool] = True

    azimuth: Annotated[float, Field(ge=-360, le=360)] | None = None
    """From where one looks, in degrees around it: 0 is from where x is large, -90 from where y is
    small; default: -60, or where more of the runs is seen."""
    elevation: Annotated[float, Field(ge=5, le=85)] | None = None
    """From how far up one looks, in degrees; default: 35, or more where more of the runs is seen
    then."""
    turn: Annotated[float, Field(ge=-3600, le=3600)] = 0.0
    """Degrees by which one goes around it during the film; a film that turns is a large file."""
    plane: Annotated[
        Literal["principal"] | tuple[str, str] | None,
        PlainValidator(
            check_plane, json_schema_input_type=Literal["principal"] | tuple[str, str] | None
        ),
    ] = None
    """Which plane is shown: two variables, [x1, x3], or `principal`, where the runs spread most,
    which is the default for more than two variables."""
    limits: Annotated[tuple[Limits, Limits], ListToTuple] | None = Field(
        None, examples=[[[-5, 5], [-5, 5]]]
    )
    """The ranges of both variables: [[-10, 10], [-5, 5]]; default: around the runs and the minima
    that they go to."""
    scale: Scale = "auto"
    """Of the height. `log`: of log(1 + height), so that valleys are seen beside steep walls;
    `auto`: where these are steep."""
    floor: bool = True
    """A floor below it, with the lines of equal value and the shadows of the runs."""
    lines: bool = True
    """Draw lines of equal value on it."""
    colormap: Colormaps | None = None
    """matplotlib's, from low to high; default: the theme's."""
    trail: Trail = True
    """Show where each run has been (never of more than 20 starts); older parts are paler.

    `{fade: 30}`: those of more than 30 rows ago."""
    minimum: Literal["star", "dot", "none"] = "star"
    """How minima are shown."""
    samples: Annotated[int, Field(ge=10, le=1000)] = 241
    """Points along each variable at which the objective is computed."""

    def misfits(self, showable: Showable) -> Iterator[tuple[str, str]]:
        """Yield that there is no surface, or that `plane` names a variable that there is not."""
        if not showable.objective.is_known:
            words = "the surface of an objective that is not given cannot be shown"
            yield "kind", f"{words}; contour shows the runs alone"
        yield from Contour(plane=self.plane).misfits(showable)

    def remarks(self, view: SurfaceView) -> Iterator[str]:
        """Yield what is not seen of runs, and that there is no surface to see."""
        shown = {label: view.points[label] for label in view.series}
        yield from super().remarks(replace(view, limits=view.ranges, series=shown))
        if view.emptiness:
            yield f"the surface in the picture: {view.emptiness}"

    def look(self, objective: Objective, history: History) -> SurfaceView:
        """Return the surface, its levels and minima, where the runs are, and who looks at them."""
        return self.look_for(objective, history, Surroundings())

    def look_for(self, objective: Objective, history: History, around: Surroundings) -> SurfaceView:
        """Return the same with a ground that is wide where axes of their shape are."""
        shape = min(max(WIDER * around.shape, SQUARE), WIDE)
        contour = Contour(plane=self.plane, limits=self.limits, samples=self.samples, filled=False)
        ground = contour.look_for(objective, history, Surroundings(shape=shape))
        if self.limits is None and (wider := _around_a_saddle(objective, ground)) is not None:
            ground = contour.model_copy(update={"limits": wider}).look(objective, history)
        inside = [
            (it >= low) & (it <= high)
            for it, (low, high) in zip((ground.x, ground.y), ground.limits, strict=True)
        ]
        x, y, values = ground.x[inside[0]], ground.y[inside[1]], ground.values[np.ix_(*inside)]
        ranges = (float(x[0]), float(x[-1])), (float(y[0]), float(y[-1]))
        sides = _sides(ranges)
        top = HEIGHT * float(np.sqrt(sides[0] * sides[1]))
        scale = choose_heights(values, _visited(history, ground.series, ranges), self.scale)
        heights = np.asarray(top * scale.of(values))
        ticks = scale.round_values(APART)
        points = {label: np.asarray(places) for label, places in ground.series.items()}
        view = SurfaceView(
            names=ground.names,
            limits=ground.limits,
            scales=("linear", "linear"),
            series={},
            caption=ground.caption,
            emptiness=ground.emptiness,
            ranges=ranges,
            size=(*sides, top),
            values=values,
            heights=heights,
            levels=ground.levels,
            level_heights=top * scale.of(ground.levels),
            ticks=np.stack([ticks, top * scale.of(ticks)], axis=1),
            minima=ground.minima,
            minima_are_global=ground.minima_are_global,
            points=points,
            elevation=0.0,
            rows=np.array([0.0, max(len(it) for it in points.values()) - 1.0]),
            azimuths=np.zeros(2),
        )
        camera = _best_camera(view, self.azimuth, self.elevation)
        azimuths = camera.azimuth + np.array([0.0, self.turn])
        return projected(replace(view, azimuths=azimuths, elevation=camera.elevation))

    def paced(self, view: View, rows: Array) -> View:
        """Return the view that turns evenly in the time of a film."""
        if not self.turn or not rows[-1] > rows[0]:
            return view
        shown, frames = np.unique(rows, return_index=True)
        frames[0] = frames[1] - 1  # what rests at first, and at the end, does not turn
        parts = (frames - frames[0]) / (frames[-1] - frames[0])
        return turned(view, shown, self.turn * _eased(parts))

    def draw(self, axes: "Axes", view: SurfaceView, style: Style) -> list[Mover]:
        """Draw the box and the surface in it; the runs move over it."""
        from visualize.panels._surface.drawing import draw_surface
        from visualize.panels._surface.runs import draw_on_relief

        if view.emptiness:
            words = axes.text(0.5, 0.97, view.emptiness, transform=axes.transAxes)
            words.set(ha="center", va="top", color=style.theme.quiet, zorder=5)
        if view.caption and not style.is_small:
            text = axes.set_title(view.caption, loc="left", fontsize=style.font_size * 0.85)
            text.set(color=style.theme.quiet, parse_math=False)
        turning = draw_surface(
            axes,
            view,
            style,
            minimum=self.minimum,
            floor=self.floor,
            lines=self.lines,
            colormap=self.colormap,
        )
        ways, exits = view.ways()
        runs = draw_on_relief(
            axes, view.stage, ways, exits, style, trail=self.trail, has_shadows=self.floor
        )
        return [*turning, *runs]

    def seen(self, view: Any) -> View:
        """Return the view with runs that go up and down with the surface between two rows."""
        return in_parts(view)

    def place_of(self, view: Any, at: tuple[float, ...], row: float) -> tuple[float, float] | None:
        """Return where a point of the surface is, or one above or below it, of three numbers."""
        if len(at) not in {2, 3}:
            return None
        ground = view.in_box(np.array(at[:2]))
        place = view.stage.on_relief(ground)
        if len(at) == 3:
            place[2] = view.height_of(at[2])
        x, y = view.stage.camera(row).seen(place)
        return float(x), float(y)

    def settle(self, axes: "Axes") -> None:
        """Let the box fill its place, which is known only now."""
        from visualize.panels._surface.drawing import settle

        settle(axes)


def _sides(ranges: tuple[Range, Range]) -> tuple[float, float]:
    """Return the sides of the ground: as the ranges are, unless one is much longer."""
    across, up = (high - low for low, high in ranges)
    ratio = float(np.clip(across / up, *DEEPEST))
    return float(np.sqrt(ratio)), float(1 / np.sqrt(ratio))


def _around_a_saddle(objective: Objective, ground: Landscape) -> Ranges | None:
    """Return limits with the only saddle in the middle, where there is no minimum.

    One that lies near an edge does not look like a saddle.
    """
    if objective.dimension != 2 or len(ground.minima):
        return None
    saddles = [it for it in find_stationary(objective, ground.limits) or () if it.kind == "saddle"]
    if len(saddles) != 1:
        return None
    reach = [
        max(high - at, at - low)
        for at, (low, high) in zip(saddles[0].point, ground.limits, strict=True)
    ]
    (x, y), (wide, deep) = saddles[0].point, reach
    return (x - wide, x + wide), (y - deep, y + deep)


def _visited(history: History, series: Mapping[str, Array], ranges: tuple[Range, Range]) -> float:
    """Return how high runs are at most while they are in the picture."""
    low, high = np.transpose(ranges)
    most = -np.inf
    for label, places in series.items():
        values = history[label].values
        there = ((places >= low) & (places <= high)).all(axis=-1) & np.isfinite(values)
        most = max(most, float(np.max(values, where=there, initial=-np.inf)))
    return most


def _best_camera(view: SurfaceView, azimuth: float | None, elevation: float | None) -> Camera:
    """Return the camera that sees most of the runs, of those that are left open."""
    cameras = [
        (Camera(side, steep), BETTER * (index > 0) + STEEPER * number)
        for index, side in enumerate(SIDES if azimuth is None else [azimuth])
        for number, steep in enumerate(STEEPNESS if elevation is None else [elevation])
    ]
    if len(cameras) == 1:
        return cameras[0][0]
    stage = view.stage
    ways = [
        stage.on_relief(Way(path).ground)
        for ground in view.ways()[0].values()
        for path in np.moveaxis(ground[:, :MOST_LOOKED_AT], 1, 0)
    ]
    places = np.concatenate(ways)
    places = places[:: -(-len(places) // MOST_PLACES)]
    columns = np.linspace(-1, 1, COARSE) * float(np.hypot(*stage.relief.half))

    def cost(camera: Camera, dearer: float) -> float:
        sight = Sight(stage.relief, camera, columns, COARSE)
        return dearer + float(np.mean(sight.hides(places)))

    return min(cameras, key=lambda it: cost(*it))[0]


def _eased(parts: Array) -> Array:
    """Return parts of a way that begins and ends slowly, and is even between: from 0 to 1."""
    times = np.linspace(0, 1, 1001)
    speeds = np.minimum(np.minimum(times, 1 - times) / EASE, 1)
    gone = np.cumsum(speeds) - speeds[0]
    return np.asarray(np.interp(parts, times, gone / gone[-1]))
