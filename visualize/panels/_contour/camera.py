"""A view that moves: it follows the heads of runs, or goes nearer to where they end."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
from pydantic import BeforeValidator, Discriminator, Field, Tag

from visualize.arrays import Array
from visualize.declare.settings import AsWhole, Number, Settings, custom_error
from visualize.history.history import History
from visualize.landscapes.minima import Minimum
from visualize.looks.style import Style
from visualize.objectives.objective import Ranges
from visualize.panels._contour.scale_bar import ScaleBar
from visualize.panels.panel import Mover
from visualize.text import shown

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LEAST_TIMES, MOST_TIMES = 0.1, 1e6
"""How many times as near as the whole view a window may be."""
ROOM = 1.35
"""How much wider a view that follows is than what the heads take."""
CLOSEST = 2.5
"""A view that follows is no closer than this many times."""
CALM = 0.12
"""The part of a run over which the way of a view that follows is smoothed."""
BESIDE = 0.15
"""A minimum this near to where the first run ends, as a part of the view, is what is looked at."""


def _check_zoom(zoom: tuple[tuple[int, float], ...]) -> tuple[tuple[int, float], ...]:
    steps = [step for step, _ in zoom]
    if steps != sorted(set(steps)):
        raise custom_error(f"the steps must rise (got {', '.join(map(str, steps))})")
    return zoom


def _read_zoom(zoom: Any) -> Any:
    example = "write zoom: [[0, 1], [60, 8]]"
    if isinstance(zoom, int | float) and not isinstance(zoom, bool):
        raise custom_error(f"is a list of steps, each with how many times; {example}")
    if isinstance(zoom, list | tuple):
        pairs = [tuple(it) if isinstance(it, list) else it for it in zoom]
        if not pairs or not all(isinstance(it, tuple) and len(it) == 2 for it in pairs):
            raise custom_error(f"is a list of pairs, a step and how many times; {example}")
        if all(isinstance(step, int | float) for step, _ in pairs):
            steps = [step for step, _ in pairs]
            if steps != sorted(set(steps)):
                written = ", ".join(f"{it:g}" for it in steps)
                raise custom_error(f"the steps must rise (got {written})")
        return tuple(pairs)
    return zoom


class Zoom(Settings):
    """A view that comes nearer."""

    zoom: Annotated[
        tuple[
            tuple[
                Annotated[int, Field(ge=0), AsWhole],
                Annotated[Number, Field(ge=LEAST_TIMES, le=MOST_TIMES)],
            ],
            ...,
        ],
        BeforeValidator(_read_zoom),
    ] = Field(examples=[[[0, 1], [60, 8]]])
    """From which step on the view is so many times as near: [[0, 1], [60, 8]]; smooth between."""

    def at(self, row: float) -> float:
        """Return how many times as near the view is at a row of the history."""
        steps = [step for step, _ in self.zoom]
        logs = [math.log(times) for _, times in self.zoom]
        if row <= steps[0]:
            return math.exp(logs[0])
        for (before, start), (after, end) in zip(
            zip(steps, logs, strict=True), zip(steps[1:], logs[1:], strict=True), strict=False
        ):
            if row <= after:
                part = (row - before) / (after - before)
                return math.exp(start + part * part * (3 - 2 * part) * (end - start))
        return math.exp(logs[-1])


def _read_camera(camera: Any) -> Any:
    if isinstance(camera, Zoom | Mapping) or camera in ("follow", None):
        return camera
    words = f"must be follow, or how it comes nearer (got {shown(camera)})"
    times = camera if isinstance(camera, int | float) and not isinstance(camera, bool) else 8
    raise custom_error(
        f"{words}; write camera: follow, or camera: {{zoom: [[0, 1], [60, {times:g}]]}}"
    )


Camera = Annotated[
    Annotated[Literal["follow"] | None, Tag("following")] | Annotated[Zoom, Tag("nearer")],
    Discriminator(lambda camera: "following" if camera in ("follow", None) else "nearer"),
    BeforeValidator(_read_camera),
]
"""How the view moves; None: it stands still."""


@dataclass(frozen=True)
class Way:
    """Where a view is at each row of the history."""

    rows: Array
    """At whole rows, `(rows, 3)`: its middle, and how many times as near as the limits it is."""
    zoom: Zoom | None
    middle: Array
    focus: Array
    """Where a view that comes nearer looks at last: `(2,)`."""

    def at(self, row: float) -> tuple[float, float, float]:
        """Return the middle of the view at a row, and how many times as near it is."""
        if self.zoom is not None:
            return self._near(self.zoom, self.zoom.at(row))
        row = min(max(row, 0.0), len(self.rows) - 1.0)
        before = min(int(row), max(len(self.rows) - 2, 0))
        after = min(before + 1, len(self.rows) - 1)
        x, y, times = self.rows[before] + (row - before) * (self.rows[after] - self.rows[before])
        return float(x), float(y), float(times)

    def _near(self, zoom: Zoom, times: float) -> tuple[float, float, float]:
        """Return the view that is so near: the focus glides into its middle."""
        most = max(it for _, it in zoom.zoom)
        part = min(max(math.log(times) / math.log(most), 0.0), 1.0) if most > 1 else 0.0
        aside = 1 - part * part * (3 - 2 * part)
        x, y = self.focus + (self.middle - self.focus) / times * aside
        return float(x), float(y), times

    def windows(self, zoom: Zoom, limits: Ranges, times: Sequence[float]) -> Ranges:
        """Return limits around the views that are so many times as near."""
        widths = np.array([high - low for low, high in limits])
        views = np.array([self._near(zoom, it) for it in times])
        low = (views[:, :2] - widths / 2 / views[:, 2:]).min(axis=0)
        high = (views[:, :2] + widths / 2 / views[:, 2:]).max(axis=0)
        return tuple((float(one), float(other)) for one, other in zip(low, high, strict=True))


def way_to_the_end(
    zoom: Zoom, history: History, minima: tuple[Minimum, ...], limits: Ranges
) -> Way:
    """Return the way of a view that comes nearer to where runs end."""
    low, high = np.transpose(limits)
    middle = (low + high) / 2
    path = next(iter(history.values())).points[:, 0]
    focus = path[np.isfinite(path).all(axis=1)][-1:]
    places = np.array([it.point for it in minima]).reshape(-1, 2)
    if len(focus) and ((focus >= low) & (focus <= high)).all():
        away = np.abs((places - focus) / (high - low)).max(axis=1)
        near = int(np.argmin(away)) if len(away) else 0
        focus = places[near] if len(away) and away[near] < BESIDE else focus[0]
    else:
        focus = places[0] if len(places) else middle
    way = Way(np.empty((0, 3)), zoom, middle, focus)
    rows = np.array([way.at(row) for row in range(history.steps + 1)])
    return Way(rows, zoom, middle, focus)


def way_of_the_heads(history: History, limits: Ranges) -> Way:
    """Return the way of a view that follows the heads: always as near, and as smooth as may be."""
    low, high = np.transpose(limits)
    width = high - low
    steps = history.steps
    lowest, highest = np.full((steps + 1, 2), np.inf), np.full((steps + 1, 2), -np.inf)
    for run in history.values():
        seen = np.clip(_held(run.points, steps), low, high)
        lowest = np.minimum(lowest, seen.min(axis=1))
        highest = np.maximum(highest, seen.max(axis=1))
    # More rows at both ends: a way begins and ends where the heads do.
    span = max(round(CALM * steps), 1)
    middles = _smoothed((lowest + highest) / 2, span)
    needed = 2 * np.maximum(highest - middles, middles - lowest).max(axis=0) / width
    part = min(max(float(needed.max()) * ROOM, 1 / CLOSEST), 1.0)
    room = width * (1 - part) / 2
    middle = (low + high) / 2
    middles = np.clip(middles, middle - room, middle + room)
    times = np.full((steps + 1, 1), 1 / part)
    return Way(np.concatenate([middles, times], axis=1), None, middle, middle)


def _held(points: Array, steps: int) -> Array:
    """Return points `(rows, starts, 2)` of so many steps; what ends, or is lost, stays."""
    points = np.concatenate([points, np.repeat(points[-1:], steps + 1 - len(points), axis=0)])
    lost = ~np.isfinite(points).all(axis=-1)
    rows = np.where(lost, 0, np.arange(len(points))[:, np.newaxis])
    return np.take_along_axis(points, np.maximum.accumulate(rows)[..., np.newaxis], axis=0)


def _smoothed(path: Array, span: int) -> Array:
    """Return a path `(rows, 2)` as a mean over so many rows on each side, the middle ones most."""
    weights = np.hanning(2 * span + 3)[1:-1]
    padded = np.pad(path, ((span, span), (0, 0)), mode="edge")
    smooth = [np.convolve(it, weights / weights.sum(), mode="valid") for it in padded.T]
    return np.stack(smooth, axis=1)


def through_the_window(series: Mapping[str, Array], rows: Array, middle: Array) -> dict[str, Array]:
    """Return where runs are seen, in the limits of the still view, at each row of a way."""
    seen = {}
    for label, places in series.items():
        views = rows[: len(places)]
        views = (
            views
            if len(views) == len(places)
            else _held(views[:, np.newaxis], len(places) - 1)[:, 0]
        )
        seen[label] = middle + (places - views[:, np.newaxis, :2]) * views[:, np.newaxis, 2:]
    return seen


def steps_nearer(rows: Array, limits: Ranges) -> dict[str, Array]:
    """Return places that go across the limits while a view comes nearer, once for each doubling.

    The pace of a film sees by them that coming nearer is a change, though heads stand still.
    """
    near = np.log2(rows[:, 2])
    whole = float(np.ptp(near))
    low, high = np.transpose(limits)
    part = (near - near.min()) / (whole or 1.0)
    places = low + (high - low) * np.stack([part, np.full_like(part, 0.5)], axis=1)
    return {f"/{number}": places[:, np.newaxis] for number in range(math.ceil(whole))}


def draw_camera(axes: "Axes", way: Way, grounds: Sequence[Sequence[Any]], style: Style) -> Mover:
    """Let axes be seen through a moving window, with a bar for the scale.

    `grounds` are the drawn landscapes, each twice as near as the one before.
    """
    axes.set(xticks=[], yticks=[])
    moving = _Moving(axes, way, grounds, style)
    return Mover((axes,), moving.move, "axes")


class _Moving:
    """Axes whose limits move, and what is seen in them at each scale."""

    def __init__(
        self, axes: "Axes", way: Way, grounds: Sequence[Sequence[Any]], style: Style
    ) -> None:
        self._axes = axes
        self._way = way
        self._grounds = [[(it, it.get_alpha() or 1.0) for it in ground] for ground in grounds]
        self._least = min((it for _, it in way.zoom.zoom), default=1.0) if way.zoom else 1.0
        self._least = min(self._least, 1.0)
        self._bar = None if style.is_small else ScaleBar(axes, style)
        self._whole: Array | None = None

    def move(self, row: float) -> None:
        """Show the window of a row."""
        axes = self._axes
        if self._whole is None:  # the limits are settled now
            self._whole = np.array([np.diff(axes.get_xlim())[0], np.diff(axes.get_ylim())[0]])
        x, y, times = self._way.at(row)
        across, up = self._whole / 2 / times
        axes.set(xlim=(x - across, x + across), ylim=(y - up, y + up))
        if self._way.zoom is not None:
            self._fade(math.log2(max(times / self._least, 1.0)))
        if self._bar is not None:
            self._bar.measure(2 * across)

    def _fade(self, scale: float) -> None:
        """Show the landscape of a scale, and the next one as it comes: it is a power of two."""
        last = len(self._grounds) - 1
        now = min(int(scale + 1e-9), last)
        coming = min(max(2 * (scale - now) - 1, 0.0), 1.0) if now < last else 0.0
        coming = coming * coming * (3 - 2 * coming)
        shares = dict.fromkeys(range(last + 1), 0.0) | {now: 1.0, min(now + 1, last): coming}
        if now == last:
            shares[last] = 1.0
        for index, ground in enumerate(self._grounds):
            for artist, alpha in ground:
                artist.set(visible=shares[index] > 0, alpha=shares[index] * alpha)
