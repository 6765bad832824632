"""Numbers beside the axes: round, short and few enough that none lies on another."""

import itertools
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.ticker import AutoLocator, FixedLocator, LogLocator, MaxNLocator, ScalarFormatter
from matplotlib.transforms import Bbox

from visualize.panels._numbers import MOST, ROUND

LONGEST = 9
"""Letters of a number beside an axis; of longer ones what they share is written at its end."""
GAPS = (0.9, 0.5)
"""Between two numbers beside each other, and above each other, as a part of their height."""

FEWER = ((1, 2, 5), (1, 3), (1,))
"""Digits whose products with powers of ten are named, the most first, where some are too many."""
LEAST = 2
"""Numbers beside a logarithmic axis, where there is room."""


def round_numbers(panels: Sequence[Axes]) -> None:
    """Write few numbers, and round ones, beside axes that leave them to matplotlib."""
    for axis in _axes(panels):
        locator = axis.get_major_locator()
        if type(locator) is AutoLocator:
            locator.set_params(nbins=MOST, steps=ROUND)


def leave_out_names(panels: Sequence[Axes]) -> None:
    """Leave out what stands beside the axes, and the grid: a small picture has no numbers."""
    for axes in panels:
        axes.grid(False)
        for axis in (axes.xaxis, axes.yaxis):
            axis.label.set_visible(False)


def shorten_numbers(panels: Sequence[Axes]) -> None:
    """Write what long numbers share at the end of their axis, and only the rest beside it."""
    for axis in _axes(panels):
        formatter = axis.get_major_formatter()
        if isinstance(formatter, ScalarFormatter) and any(
            len(text.get_text()) > LONGEST for text in axis.get_majorticklabels()
        ):
            formatter.set_useOffset(True)


def thin_out_numbers(panels: Sequence[Axes]) -> None:
    """Take numbers from axes on which some lie on each other, evenly, until none does."""
    for axis in _axes(panels):
        locator = axis.get_major_locator()
        if isinstance(locator, LogLocator):
            _thin_out_powers(axis, locator)
        if not isinstance(locator, MaxNLocator):
            continue
        intervals = len(_boxes(axis))
        while intervals > 1 and _lie_on_each_other(_boxes(axis)):
            intervals -= 1
            locator.set_params(nbins=intervals)


def _thin_out_powers(axis: Axis, locator: LogLocator) -> None:
    """Take numbers from a logarithmic axis: those between powers of ten, then every other power.

    Two are left where there is room, or one."""
    at_first = [float(place) for place in axis.get_majorticklocs() if _is_seen(axis, place)]
    for digits in FEWER:
        if not _lie_on_each_other(_boxes(axis)):
            return
        locator.set_params(subs=digits)
    count = len(_boxes(axis))
    while count > LEAST and _lie_on_each_other(_boxes(axis)):
        count -= 1
        locator.set_params(numticks=count)
    for places in (at_first[:: max(len(at_first) - 1, 1)], at_first[:1]):
        if len(_boxes(axis)) < min(LEAST, len(at_first)) or _lie_on_each_other(_boxes(axis)):
            axis.set_major_locator(FixedLocator(places))


def _axes(panels: Sequence[Axes]) -> list[Axis]:
    return [axis for axes in panels for axis in (axes.xaxis, axes.yaxis)]


def _is_seen(axis: Axis, place: float) -> bool:
    low, high = sorted(axis.get_view_interval())
    margin = 1e-9 * (high - low)
    return bool(low - margin <= place <= high + margin)


def _boxes(axis: Axis) -> list[Bbox]:
    """Return where the numbers are that are seen."""
    places, texts = axis.get_majorticklocs(), axis.get_majorticklabels()
    return [
        text.get_window_extent()
        for place, text in zip(places, texts, strict=bool(texts))  # a small picture has none
        if _is_seen(axis, place) and text.get_visible() and text.get_text()
    ]


def _lie_on_each_other(boxes: Sequence[Bbox]) -> bool:
    across, up = (gap * max((box.height for box in boxes), default=0) for gap in GAPS)
    return any(
        one.x0 < other.x1 + across
        and other.x0 < one.x1 + across
        and one.y0 < other.y1 + up
        and other.y0 < one.y1 + up
        for one, other in itertools.pairwise(boxes)
    )
