"""Which part of the objective a panel shows when the scene does not say."""

import numpy as np

from visualize.arrays import Array
from visualize.declare.settings import Range
from visualize.history.history import History
from visualize.landscapes.minima import Minimum, find_minima
from visualize.objectives.objective import Objective, Ranges

MARGIN = 0.08
"""Of the width, on both sides."""
SUDDEN = 10.0
"""A run whose second half is this many times as wide as its first is followed half-way only."""
KICK = 0.8
"""A run that covers this part of its width in one step, late, has been thrown there."""
DWARFING = 4.0
"""A run that diverges and is this many times as wide as the narrower ones does not decide alone."""
FLATTEST = 0.35
"""The smaller side of a landscape, as a part of the larger."""
LARGEST = 1e100
"""Where an axis ends at the latest, so that its ticks can still be computed with."""
SMALLEST, NARROWEST = 1e-280, 1e-13
"""How wide an axis is at least, and as a part of the numbers on it, for the same reason."""


def choose_limits(
    objective: Objective, history: History, beyond: float
) -> tuple[Ranges, tuple[Minimum, ...]]:
    """Return the ranges of the coordinates to show, and the minima in them.

    That is the objective's domain where it has one, and else what the runs cover, with the far
    side of the nearest minimum (`beyond` times the way to it) and a margin.
    """
    if objective.domain is not None:
        starts = [
            cover([run.points[:1, :, i] for run in history.values()]) for i in _axes(objective)
        ]
        limits = tuple(map(_drawable, map(_union, objective.domain, starts)))
        return limits, minima_inside(objective, limits)
    ranges = [cover([run.points[..., i] for run in history.values()]) for i in _axes(objective)]
    wide = tuple(widen(covered, 1.0) for covered in ranges)
    minima = find_minima(objective, wide)
    if minima:
        nearest = _nearest(minima, history)
        ranges = [_mirror(*pair, beyond) for pair in zip(ranges, nearest.point, strict=True)]
    limits = _not_too_flat(tuple(widen(covered, MARGIN) for covered in ranges))
    # Looked for again: in finer cells, with the same stars as where these limits are given.
    return limits, minima_inside(objective, limits)


def minima_inside(objective: Objective, limits: Ranges) -> tuple[Minimum, ...]:
    """Return the minima that a picture with these limits shows, the lowest first."""
    return tuple(it for it in find_minima(objective, limits) if _inside(it, limits))


def cover(series: list[Array]) -> Range:
    """Return the range that numbers over rows, `(rows, starts)` for each run, cover sensibly.

    Every start is in it. Those that explode are followed to where they leave, and do not make
    the others invisible.
    """
    starts = np.concatenate([numbers[0] for numbers in series])
    spans = [_span(path) for numbers in series for path in numbers.T]
    (lowest, highest, _), *others = sorted(spans, key=lambda span: span[1] - span[0])
    starts = starts[np.abs(starts) < LARGEST]
    low = float(np.min(starts, initial=lowest))
    high = float(np.max(starts, initial=highest))
    for bottom, top, settled in others:
        reach = np.inf if settled else DWARFING * (high - low) or np.inf
        low, high = min(low, max(bottom, low - reach)), max(high, min(top, high + reach))
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


def _span(path: Array) -> tuple[float, float, bool]:
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
    whole = len(path) - 1
    thrown = np.max(steps, initial=0) > KICK * (high[-1] - low[-1])
    if shorter and not thrown and len(finite) == len(path):
        return float(low[-1]), float(high[-1]), True
    last = len(finite) - 1
    # What stays nearer to 0 than it began does not explode, though it may fall ever faster.
    while (
        last > 1
        and max(-low[last], high[last]) > abs(finite[0])
        and high[last] - low[last] > SUDDEN * (high[last // 2] - low[last // 2]) > 0
    ):
        last -= 1
    return float(low[last]), float(high[last]), bool(shorter and last == whole)


def _axes(objective: Objective) -> range:
    return range(objective.dimension)


def _union(first: Range, second: Range) -> Range:
    return min(first[0], second[0]), max(first[1], second[1])


def _drawable(limits: Range) -> Range:
    low, high = (min(max(end, -LARGEST), LARGEST) for end in limits)
    return (low, high) if low < high else widen((low / 2, high / 2), MARGIN)


def _mirror(covered: Range, center: float, beyond: float) -> Range:
    low, high = _union(covered, (center, center))
    return min(low, center - beyond * (high - center)), max(high, center + beyond * (center - low))


def _nearest(minima: tuple[Minimum, ...], history: History) -> Minimum:
    """Return the minimum that most ends are near to."""
    ends = np.concatenate([run.points[-1] for run in history.values()])
    ends = ends[np.isfinite(ends).all(axis=1)]
    if not len(ends):
        return minima[0]
    middle = np.median(ends, axis=0)
    return min(minima, key=lambda minimum: float(np.max(np.abs(middle - minimum.point))))


def _not_too_flat(limits: Ranges) -> Ranges:
    if len(limits) != 2:
        return limits
    widths = [high - low for low, high in limits]
    missing = FLATTEST * max(widths) - min(widths)
    if missing <= 0:
        return limits
    return tuple(
        (low - missing / 2, high + missing / 2) if high - low == min(widths) else (low, high)
        for low, high in limits
    )


def _inside(minimum: Minimum, limits: Ranges) -> bool:
    return all(low <= x <= high for x, (low, high) in zip(minimum.point, limits, strict=True))
