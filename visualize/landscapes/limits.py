"""Which part of the objective a panel shows when the scene does not say."""

from collections.abc import Sequence

import numpy as np

from visualize.arrays import Array
from visualize.declare.settings import Range
from visualize.history.history import History
from visualize.landscapes.grid import grid
from visualize.landscapes.minima import Minimum, find_minima
from visualize.objectives.objective import Objective, Ranges

MARGIN = 0.08
"""Of the width, on both sides."""
SUDDEN = 10.0
"""A run that is this many times as wide as in its first third is followed in part only."""
KICK = 0.8
"""A run that covers this part of its width in one step, late, has been thrown there."""
DWARFING = 4.0
"""A run that goes on and is this many times as wide as the narrower ones does not decide alone."""
RISING = 1.0
"""The same of one that climbs what it is to descend."""
LARGEST = 1e100
"""Where an axis ends at the latest, so that its ticks can still be computed with."""
SMALLEST, NARROWEST = 1e-280, 1e-13
"""How wide an axis is at least, and as a part of the numbers on it, for the same reason."""
SHARE = 0.3
"""The part of the picture's width, or height, that the runs take at least beside minima."""
LOST = 0.65
"""A domain of whose width and height less is enough for runs and minima is not shown wholly."""
MOST_GOALS = 6
"""Of more global minima none belongs into the picture for itself: they are everywhere."""
HOP = 5.0
"""A step that is more than this many times as long as all others together is no hop: a throw."""
BRIEF = 2
"""Rows, and no more than a twentieth of all, that a run is somewhere far and comes back."""
STRETCH = 2.0
"""What is so brief, and makes the picture this many times as wide, does not decide."""
GAINED = 1e-3
"""What lowers the value by less than this part of all that it fell is coasting on a plain."""
UNEQUAL = 4.0
"""Both variables have one scale while their ranges are within this ratio."""
MATTERS = 0.1
"""Along a variable the value changes by this part of what it does along the other, at least,
or a narrow range of it says nothing and is widened."""
SHAPE = 16 / 9
"""Of axes, where it is not known: their width by their height."""


def choose_limits(
    objective: Objective, history: History, beyond: float, shape: float = SHAPE
) -> tuple[Ranges, tuple[Minimum, ...]]:
    """Return the ranges of the coordinates to show, and the minima in them.

    That is the objective's domain where it has one. Else, and where runs and minima are lost in
    that of a function whose minima are known, it is what the runs cover with the minima that they
    go to, and with the global ones where all remains clear to see; a single minimum with its far
    side (`beyond` times the way to it). In two dimensions both variables have the same scale in
    axes of a shape, width by height, while their ranges are within 4:1.
    """
    if objective.domain is None:
        limits, minima = _around(objective, _covered(history), history, beyond, shape)
        # Looked for again: in finer cells, with the same stars as where these limits are given.
        return limits, minima_inside(objective, limits) if minima else ()
    starts = [cover([run.points[:1, :, i] for run in history.values()]) for i in _axes(objective)]
    limits = tuple(map(_drawable, map(_union, objective.domain, starts)))
    limits = in_equal_scales(limits, shape)
    if objective.minima:
        covered = tuple(map(_within, _covered(history), limits))
        closer, _ = _around(objective, covered, history, beyond, shape)
        if all(_width(part) < LOST * _width(it) for part, it in zip(closer, limits, strict=True)):
            limits = closer
    return limits, minima_inside(objective, limits)


def _around(
    objective: Objective, covered: Ranges, history: History, beyond: float, shape: float
) -> tuple[Ranges, tuple[Minimum, ...]]:
    """Return the ranges around what the runs cover, and the minima that were found for them."""
    covered, idle = _not_too_flat(objective, covered)
    room = _room(covered, idle, shape)
    minima = find_minima(objective, room)
    goals = _goals(minima, history, covered, room)
    if objective.domain is not None:
        goals = list(objective.minima or ())
    for goal in goals:
        covered = _with(covered, goal)
    if len(goals) == 1:
        covered = tuple(_mirror(*pair, beyond) for pair in zip(covered, goals[0], strict=True))
    covered, _ = _not_too_flat(objective, covered)
    return in_equal_scales(tuple(widen(it, MARGIN) for it in covered), shape), minima


def in_equal_scales(limits: Ranges, shape: float) -> Ranges:
    """Return ranges, of which the narrower is widened to the shape of the axes if within 4:1."""
    if len(limits) != 2:
        return limits
    across, up = map(_width, limits)
    if max(across, up) > UNEQUAL * min(across, up) * (1 + NARROWEST):
        return limits
    return filling(limits, shape)


def filling(limits: Ranges, shape: float) -> Ranges:
    """Return two ranges, of which one is widened around its middle: as wide by high as `shape`."""
    across, up = map(_width, limits)
    missing = max(up * shape - across, 0.0), max(across / shape - up, 0.0)
    return tuple(
        (low - more / 2, high + more / 2) for (low, high), more in zip(limits, missing, strict=True)
    )


def minima_inside(
    objective: Objective, limits: Ranges, *, local: bool = False
) -> tuple[Minimum, ...]:
    """Return the minima that a picture with these limits shows, the lowest first.

    Of a function that names its global ones with `local` the others, too.
    """
    return tuple(it for it in find_minima(objective, limits, local=local) if _inside(it, limits))


def cover(series: list[Array], reaches: list[Array] | None = None) -> Range:
    """Return the range that numbers over rows, `(rows, starts)` for each run, cover sensibly.

    Every start is in it. Those that explode are followed to where they leave, and do not make
    the others invisible: they lie no more widths of those beyond them than `reaches` says, for
    each start of each run. One that may lie anywhere does not explode, however far it hops.
    """
    starts = np.concatenate([numbers[0] for numbers in series])
    reaches = reaches or [np.full(numbers.shape[1], DWARFING) for numbers in series]
    spans = [
        (*_span(path, arrives=bool(np.isinf(reach))), float(reach))
        for numbers, several in zip(series, reaches, strict=True)
        for path, reach in zip(numbers.T, several, strict=True)
    ]
    (lowest, highest, *_), *others = sorted(spans, key=lambda span: span[1] - span[0])
    starts = starts[np.abs(starts) < LARGEST]
    low = float(np.min(starts, initial=lowest))
    high = float(np.max(starts, initial=highest))
    width = high - low
    for bottom, top, settled, widths in others:
        reach = np.inf if settled else widths * width or np.inf
        if bottom >= low - reach and top <= high + reach:
            low, high = min(low, bottom), max(high, top)
            width = high - low
    whole = low, high
    for bottom, top, _, widths in others:  # what is cut off is no measure for the next
        reach = widths * width
        low = min(low, max(bottom, whole[0] - reach))
        high = max(high, min(top, whole[1] + reach))
    return low, high


def widen(covered: Range, by: float) -> Range:
    """Return a range with a margin on both sides; one without width gets some."""
    low, high = covered
    width = high - low if high - low > narrowest(covered) else 0.0
    margin = width * by or max(abs(low), 1.0) * max(by, 0.5)
    return max(low - margin, -LARGEST), min(high + margin, LARGEST)


def narrowest(covered: Range) -> float:
    """Return how wide an axis is at least that shows these numbers."""
    return max(NARROWEST * max(map(abs, covered)), SMALLEST)


def _span(path: Array, *, arrives: bool) -> tuple[float, float, bool]:
    """Return the range of the numbers along a path up to where it explodes, and if it settles.

    A path settles whose steps get shorter: none in its last quarter is the longest. One that
    begins slowly and settles is followed all the way, however far it went.
    """
    finite = path[np.abs(path) < LARGEST]
    if not finite.size:
        return 0.0, 0.0, False
    low, high = np.minimum.accumulate(finite), np.maximum.accumulate(finite)
    steps = np.abs(np.diff(finite))
    before, after = np.split(steps, [len(steps) - max(len(steps) // 4, 1)])
    shorter = np.max(after, initial=0) < np.max(before, initial=0)
    if arrives:
        return float(low[-1]), float(high[-1]), True
    whole = len(path) - 1
    thrown = np.max(steps, initial=0) > KICK * (high[-1] - low[-1])
    if shorter and not thrown and len(finite) == len(path):
        return float(low[-1]), float(high[-1]), True
    last = len(finite) - 1
    # What stays nearer to 0 than it began does not explode, though it may fall ever faster.
    while (
        last > 1
        and max(-low[last], high[last]) > abs(finite[0])
        and high[last] - low[last] > SUDDEN * (high[last // 3] - low[last // 3]) > 0
    ):
        last -= 1
    return float(low[last]), float(high[last]), bool(shorter and last == whole)


def _covered(history: History) -> Ranges:
    """Return the range of each coordinate that the runs cover."""
    paths, reaches = [], []
    for run in history.values():
        points, reach = _to_the_plain(run.points, run.values)
        paths.append(points)
        reaches.append(reach)
    ranges = []
    for axis in range(paths[0].shape[-1]):
        series = [points[..., axis] for points in paths]
        whole = cover(series, reaches)
        calm = cover([_without_excursions(numbers) for numbers in series], reaches)
        ranges.append(calm if 0 < STRETCH * _width(calm) < _width(whole) else whole)
    return tuple(ranges)


def _to_the_plain(points: Array, values: Array) -> tuple[Array, Array]:
    """Return points that stay where a run begins to coast, and how far each start is followed.

    Anywhere, if its value is lower than at the start and its last step is far from its longest.
    """
    points = points.copy()
    reaches = np.full(points.shape[1], DWARFING)
    for start in range(points.shape[1] if len(points) > 2 else 0):
        known = np.flatnonzero(np.isfinite(values[:, start]))
        if len(known) < 2:
            continue
        heights = values[known, start]
        if heights[-1] > heights[0]:
            reaches[start] = RISING
        if heights[-1] >= heights[0] or not np.abs(points[:, start]).max() < LARGEST:
            continue
        with np.errstate(over="ignore"):
            steps = np.sqrt(np.sum(np.diff(points[:, start], axis=0) ** 2, axis=-1))
        if steps[-1] < steps.max() / 2 and steps.max() < HOP * (steps.sum() - steps.max()):
            reaches[start] = np.inf
        above = heights - heights[-1] > GAINED * (heights[0] - heights[-1])
        begins = known[min(int(np.flatnonzero(above)[-1]) + 1, len(known) - 1)]
        # What goes on at its own pace would go on for ever.
        if begins + 1 < len(steps) and steps[-1] > np.median(steps[begins:]) / 2:
            points[begins:, start] = points[begins, start]
    return points, reaches


def _without_excursions(numbers: Array) -> Array:
    """Return numbers over rows in which the highest and lowest rows are as what was before."""
    numbers = numbers.copy()
    brief = min(BRIEF, len(numbers) // 20)
    for start in range(numbers.shape[1] if brief else 0):
        path = np.where(np.isfinite(numbers[:, start]), numbers[:, start], numbers[0, start])
        for row in (int(np.argmax(path)), int(np.argmin(path))):
            if 0 < row < len(path) - brief:
                away = slice(row, row + brief)
                if brief > 1 and row > 1 and abs(path[row - 1]) > abs(path[row + 1]):
                    away = slice(row - 1, row + brief - 1)
                numbers[away, start] = numbers[away.start - 1, start]
    return numbers


def _axes(objective: Objective) -> range:
    return range(objective.dimension)


def _width(covered: Range) -> float:
    return covered[1] - covered[0]


def _union(first: Range, second: Range) -> Range:
    return min(first[0], second[0]), max(first[1], second[1])


def _within(inner: Range, outer: Range) -> Range:
    low, high = (min(max(end, outer[0]), outer[1]) for end in inner)
    return low, high


def _with(covered: Ranges, point: Sequence[float]) -> Ranges:
    return tuple(_union(it, (x, x)) for it, x in zip(covered, point, strict=True))


def _drawable(limits: Range) -> Range:
    low, high = (min(max(end, -LARGEST), LARGEST) for end in limits)
    return (low, high) if low < high else widen((low / 2, high / 2), MARGIN)


def _mirror(covered: Range, center: float, beyond: float) -> Range:
    low, high = _union(covered, (center, center))
    return min(low, center - beyond * (high - center)), max(high, center + beyond * (center - low))


def _room(covered: Ranges, idle: int | None, shape: float) -> Ranges:
    """Return how far the picture may reach on every side so that the runs remain clear to see.

    Along an `idle` axis there is nothing to see of them, and room for a minimum far away.
    """
    ranges = tuple(it if _width(it) > narrowest(it) else widen(it, 1.0) for it in covered)
    widths = [_width(it) for it in ranges]
    if len(widths) == 2 and max(widths) <= UNEQUAL * min(widths):
        across, up = widths
        widths = [max(across, up * shape), max(up, across / shape)]
    if idle is not None:
        widths[idle] = max(widths[idle], max(map(abs, covered[idle])))
    return tuple(
        (max(high - width / SHARE, -LARGEST), min(low + width / SHARE, LARGEST))
        for (low, high), width in zip(ranges, widths, strict=True)
    )


def _goals(
    minima: tuple[Minimum, ...], history: History, covered: Ranges, room: Ranges
) -> list[tuple[float, ...]]:
    """Return the places of minima that belong into the picture: where runs end, then the lowest.

    Together with the runs they are no wider than the picture may be.
    """
    if not minima:
        return []
    points = np.array([it.point for it in minima])
    ends = np.concatenate([run.points[-1] for run in history.values()])
    low, high = np.transpose(covered)
    ends = ends[np.isfinite(ends).all(axis=1)]
    ends = ends[((ends >= low) & (ends <= high)).all(axis=1)]
    widths = [(_width(it) + SMALLEST) * SHARE for it in room]
    wanted: list[int] = []
    if len(ends):
        away = np.abs(points[np.newaxis] - ends[:, np.newaxis]) / widths
        nearest = np.argmin(away.max(axis=-1), axis=1)
        wanted = [int(index) for index in np.argsort(-np.bincount(nearest), kind="stable")]
        wanted = wanted[: len(np.unique(nearest))]
    lowest = [index for index, it in enumerate(minima) if it.is_global]
    middle = np.mean(covered, axis=1)
    if len(lowest) <= MOST_GOALS:
        distances = np.abs(points - middle).max(axis=1)
        wanted += sorted(set(lowest) - set(wanted), key=lambda index: float(distances[index]))
    goals: list[tuple[float, ...]] = []
    for index in wanted or [0]:
        wider = _with(covered, minima[index].point)
        if all(
            _width(it) <= _width(whole) / (2 - SHARE) for it, whole in zip(wider, room, strict=True)
        ):
            covered = wider
            goals.append(minima[index].point)
    return goals


def _not_too_flat(objective: Objective, covered: Ranges) -> tuple[Ranges, int | None]:
    """Return the ranges of two variables, of which one that hardly matters is widened to 4:1.

    And which of them that is.
    """
    if len(covered) != 2:
        return covered, None
    widths = [_width(it) for it in covered]
    narrow = int(np.argmin(widths))
    missing = max(widths) / UNEQUAL - widths[narrow]
    if missing <= 0:
        return covered, None
    if widths[narrow] > narrowest(covered[narrow]):
        values = objective.value(np.stack(grid(covered, 9), axis=-1))
        values = np.where(np.abs(values) < LARGEST, values, np.nan)
        rises = [_middle(np.ptp(values, axis=axis)) for axis in (0, 1)]
        if not rises[narrow] < MATTERS * rises[1 - narrow]:
            return covered, None
    low, high = covered[narrow]
    wider = low - missing / 2, high + missing / 2
    return ((wider, covered[1]) if narrow == 0 else (covered[0], wider)), narrow


def _middle(numbers: Array) -> float:
    known = numbers[~np.isnan(numbers)]
    return float(np.median(known)) if len(known) else np.nan


def _inside(minimum: Minimum, limits: Ranges) -> bool:
    return all(low <= x <= high for x, (low, high) in zip(minimum.point, limits, strict=True))
