"""From the settings of a contour panel to what it shows: NumPy only, nothing is drawn."""

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from visualize.arrays import Array
from visualize.history.history import History
from visualize.landscapes.basins import (
    NOWHERE,
    SECONDS,
    find_basins,
    grid_of_starts,
    minima_reached,
)
from visualize.landscapes.grid import grid
from visualize.landscapes.limits import choose_limits, minima_inside, widen
from visualize.landscapes.minima import Minimum
from visualize.landscapes.projection import (
    Cut,
    Plane,
    coordinate_plane,
    last_point,
    principal_plane,
)
from visualize.landscapes.stationary import find_stationary
from visualize.objectives.objective import Objective, Ranges
from visualize.panels._contour.arrows import arrows_of, fitted
from visualize.panels._contour.by_minimum import whose_basins
from visualize.panels._contour.camera import (
    Way,
    Zoom,
    through_the_window,
    way_of_the_heads,
    way_to_the_end,
)
from visualize.panels._contour.downhill import downhill
from visualize.panels._contour.ground import Ground, look_at
from visualize.panels._contour.inset import Inset, free_corner, window_of
from visualize.panels._contour.landscape import Landscape, arrays_of, from_nearer
from visualize.panels._edges import cut_at_edges
from visualize.panels._marks import MOST_SADDLES
from visualize.panels.panel import Surroundings
from visualize.text import shortened

if TYPE_CHECKING:
    from visualize.panels.contour import Contour

SPARE = 0.12
"""Beyond the limits that are chosen the landscape is known on every side: a part of the width."""
LABEL_IN_CAPTION = 20
"""Letters of a run's label in the caption, at most."""
FINER = 2.0
"""So many times as many samples are enough for a view that follows."""
MOST_SAMPLES = 2000
STEPS_OF_SCALE = 9
"""Views between two scales around which a landscape is known."""


def look_around(
    panel: "Contour", objective: Objective, history: History, around: Surroundings
) -> Landscape:
    """Return what a contour panel shows of an objective and its runs."""
    caption, plane, whole, all_runs = "", None, objective, history
    if panel.plane or objective.dimension > 2:
        plane, caption = _plane(panel, objective, history)
        objective, history = Cut(objective, plane), plane.seen(history)
    if panel.limits:
        limits: Ranges = panel.limits
        minima = minima_inside(objective, limits)
    else:
        limits, minima = choose_limits(objective, history, 0.5, around.shape)
    if panel.minimum_values or panel.basins or panel.color_by == "minimum":
        minima = minima_inside(objective, limits, local=True)
    way = _way(panel, history, minima, limits)
    seen = _widest(limits, way)
    # What is chosen may become somewhat wider when the axes have their place.
    known = seen if panel.limits else tuple(widen(it, SPARE) for it in seen)
    ground, emptiness = look_at(
        objective,
        history,
        minima,
        seen,
        grid(known, _samples(panel, way)),
        levels=panel.levels,
        filled=panel.is_filled,
        is_known=whole.is_known,
    )
    series = {label: run.points for label, run in history.items()}
    view = Landscape(
        names=(objective.variables[0], objective.variables[1]),
        limits=(limits[0], limits[1]),
        scales=("linear", "linear"),
        series=series,
        caption=caption,
        emptiness=emptiness,
        minima=np.array([minimum.point for minimum in minima]).reshape(-1, 2),
        minima_are_global=np.array([minimum.is_global for minimum in minima], dtype=bool),
        minima_values=np.array([minimum.value for minimum in minima]),
        x=ground.x,
        y=ground.y,
        values=ground.values,
        levels=ground.levels,
        edges=ground.edges,
    )
    if panel.arrows:
        vectors = arrows_of(whole, all_runs, around, parts=panel.arrows == "parts")
        view = replace(view, arrows=_fitted(vectors, plane, view, way, around.shape))
    return _with_more(panel, objective, history, around, view, way)


def _with_more(
    panel: "Contour",
    objective: Objective,
    history: History,
    around: Surroundings,
    view: Landscape,
    way: Way | None,
) -> Landscape:
    """Return a view with all else that a panel asks for."""
    more: dict[str, Any] = {}
    known = (view.x[0], view.x[-1]), (view.y[0], view.y[-1])
    if panel.saddles:
        found = find_stationary(objective, view.limits)
        more["has_many_saddles"] = found is None or len(found) > MOST_SADDLES
        found = () if found is None or more["has_many_saddles"] else found
        more["saddles"] = np.array([it.point for it in found]).reshape(-1, 2)
        more["saddles_are_maxima"] = np.array([it.kind == "maximum" for it in found], dtype=bool)
    if panel.field:
        more["downhill"] = downhill(objective, known, around.shape)
    if panel.color_by == "minimum":
        more["reached"] = {
            label: minima_reached(run.points[-1], view.minima, view.limits)
            for label, run in history.items()
        }
    if panel.basins:
        more["basins"], more["basin_steps"] = _basins(panel, objective, history, around, view)
    lowest = _lowest(view)
    if way is not None:
        more |= {"windows": way.rows, "focus": way.focus}
        more["nearer"] = _nearer(panel, objective, view, way, lowest)
    if panel.inset is not None:
        more["inset"] = _inset(panel, panel.inset, objective, view, lowest)
    return replace(view, **more)


def _plane(panel: "Contour", objective: Objective, history: History) -> tuple[Plane, str]:
    """Return in which plane objective and runs are seen, and the words for it."""
    label, end = last_point(history)
    if isinstance(panel.plane, tuple):
        plane = coordinate_plane(panel.plane, objective.variables, end)
    else:
        plane = principal_plane(history, end)
    where = "projected" if isinstance(panel.plane, tuple) else "in their principal plane"
    caption = f"{objective.dimension} coordinates, {where}"
    if objective.is_known:
        caption += f",\nlandscape through the end of {shortened(label, LABEL_IN_CAPTION)}"
    return plane, caption


def _way(
    panel: "Contour", history: History, minima: tuple[Minimum, ...], limits: Ranges
) -> Way | None:
    if isinstance(panel.camera, Zoom):
        return way_to_the_end(panel.camera, history, minima, limits)
    return way_of_the_heads(history, limits) if panel.camera == "follow" else None


def _samples(panel: "Contour", way: Way | None) -> int:
    """Return at how many points along each variable heights are known: more where few are seen."""
    if way is None or way.zoom is not None:
        return panel.samples
    return min(round(panel.samples * min(float(way.rows[0, 2]), FINER)), MOST_SAMPLES)


def _widest(limits: Ranges, way: Way | None) -> Ranges:
    """Return the limits of all that is ever seen."""
    least = min((times for _, times in way.zoom.zoom), default=1.0) if way and way.zoom else 1.0
    if way is None or way.zoom is None or least >= 1:
        return limits
    around = way.windows(way.zoom, limits, (least, 1.0))
    return tuple(
        (min(one[0], other[0]), max(one[1], other[1]))
        for one, other in zip(limits, around, strict=True)
    )


def _fitted(
    vectors: Mapping[str, Array],
    plane: Plane | None,
    view: Landscape,
    way: Way | None,
    shape: float,
) -> dict[str, Array]:
    """Return arrows as they are drawn at the heads, where and as near as these are seen."""
    if plane is not None:
        vectors = {label: it @ plane.directions.T for label, it in vectors.items()}
    places = cut_at_edges(view.series, view.limits)[0]
    if way is None:
        return fitted(vectors, places, view.limits, shape)
    places = through_the_window(places, way.rows, view.middle)
    times = {label: way.rows[: it.shape[1], 2, None, None] for label, it in vectors.items()}
    nearer = {label: it * times[label] for label, it in vectors.items()}
    seen = fitted(nearer, places, view.limits, shape)
    return {label: it / times[label] for label, it in seen.items()}


def _basins(
    panel: "Contour",
    objective: Objective,
    history: History,
    around: Surroundings,
    view: Landscape,
) -> tuple[dict[str, NDArray[np.int16]], dict[str, Array]]:
    """Return the basins of runs, and of how many steps they are where more might change them."""
    labels = whose_basins(panel.basins, [*history], around.groups)
    basins: dict[str, NDArray[np.int16]] = {}
    fewer: dict[str, Array] = {}
    if around.problem is None or not len(view.minima):
        return basins, fewer
    known = (view.x[0], view.x[-1]), (view.y[0], view.y[-1])
    makers = {label: around.optimizers[label] for label in labels if label in around.optimizers}
    steps = around.problem.steps
    for label, maker in makers.items():
        size = grid_of_starts(maker, objective, steps, around.shape, SECONDS / len(makers))
        basins[label] = find_basins(maker, objective, around.problem, view.minima, known, size)
        if size.steps < steps and (basins[label] == NOWHERE).any():
            fewer[label] = np.array(size.steps)
    return basins, fewer


def _lowest(view: Landscape) -> float:
    """Return the height above which lines rise evenly: of the lowest that is known."""
    known = view.values[np.isfinite(view.values)]
    return float(min(np.min(known, initial=np.inf), np.min(view.minima_values, initial=np.inf)))


def _nearer(
    panel: "Contour", objective: Objective, view: Landscape, way: Way, lowest: float
) -> dict[str, Array]:
    """Return the landscape as it is seen from nearer: twice as near each time."""
    nearer: dict[str, Array] = {}
    if way.zoom is None or not len(view.levels):
        return nearer
    times = [it for _, it in way.zoom.zoom]
    least, most = min(*times, 1.0) if len(times) > 1 else min(times[0], 1.0), max(times)
    ground = view.ground
    for number in range(1, math.ceil(math.log2(most / least) - 1e-9) + 1):
        first = least * 2 ** (number - 0.5)
        last = min(least * 2 ** (number + 1), most)
        scales = np.geomspace(min(first, last), last, STEPS_OF_SCALE).tolist()
        window = way.windows(way.zoom, view.limits, scales)
        ground = from_nearer(
            objective,
            ground,
            window,
            lowest,
            are_given=isinstance(panel.levels, tuple),
            own_areas=True,
        )
        nearer |= arrays_of(ground, f"{number}/")
    return nearer


def _inset(
    panel: "Contour", inset: Inset, objective: Objective, view: Landscape, lowest: float
) -> dict[str, Array]:
    """Return the landscape of an inset, and its window."""
    if inset.at is not None:
        at = np.array(inset.at)
    else:
        path = next(iter(cut_at_edges(view.series, view.limits)[0].values()))[:, 0]
        path = path[np.isfinite(path).all(axis=1)]
        at = path[-1] if len(path) else view.middle
    window = window_of(inset, at, view.limits)
    ground: Ground = from_nearer(
        objective,
        view.ground,
        window,
        lowest,
        are_given=isinstance(panel.levels, tuple),
        own_areas=False,
    )
    series = cut_at_edges(view.series, view.limits)[0]
    corner = free_corner(view.limits, window, series, view.minima)
    return arrays_of(ground) | {"window": np.array(window), "corner": np.array(corner)}
