"""Numbers beside the axes: short enough, and few enough, that none lies on another."""

import itertools
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.ticker import MaxNLocator, ScalarFormatter
from matplotlib.transforms import Bbox

LONGEST = 9
"""Letters of a number beside an axis; of longer ones what they share is written at its end."""
GAP = 0.25
"""Between two numbers, as a part of their height."""


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
    return [
        text.get_window_extent()
        for place, text in zip(axis.get_majorticklocs(), axis.get_majorticklabels(), strict=True)
        if low - margin <= place <= high + margin and text.get_visible() and text.get_text()
    ]


def _lie_on_each_other(boxes: Sequence[Bbox]) -> bool:
    gap = GAP * max((box.height for box in boxes), default=0)
    return any(
        one.x0 < other.x1 + gap
        and other.x0 < one.x1 + gap
        and one.y0 < other.y1
        and other.y0 < one.y1
        for one, other in itertools.pairwise(boxes)
    )
