"""Numbers beside the axes: round, short and few enough that none lies on another."""

import itertools
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.ticker import AutoLocator, MaxNLocator, ScalarFormatter
from matplotlib.transforms import Bbox

from visualize.panels._numbers import MOST, ROUND

LONGEST = 9
"""Letters of a number beside an axis; of longer ones what they share is written at its end."""
GAPS = (0.9, 0.5)
"""Between two numbers beside each other, and above each other, as a part of their height."""


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
        if not isinstance(locator, MaxNLocator):
            continue
        intervals = len(_boxes(axis))
        while intervals > 1 and _lie_on_each_other(_boxes(axis)):
            intervals -= 1
            locator.set_params(nbins=intervals)


def _axes(panels: Sequence[Axes]) -> list[Axis]:
    return [axis for axes in panels for axis in (axes.xaxis, axes.yaxis)]


def _boxes(axis: Axis) -> list[Bbox]:
    """Return where the numbers are that are seen."""
    low, high = sorted(axis.get_view_interval())
    margin = 1e-9 * (high - low)
    places, texts = axis.get_majorticklocs(), axis.get_majorticklabels()
    return [
        text.get_window_extent()
        for place, text in zip(places, texts, strict=bool(texts))  # a small picture has none
        if low - margin <= place <= high + margin and text.get_visible() and text.get_text()
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
