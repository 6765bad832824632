"""Names beside the axes: in lines where they are longer than their axis."""

import re
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.axis import Axis

PART = re.compile(r"[^\s_]*(?:[\s_]+|$)")
"""A name may go on in another line after a space, or after an underscore."""
SMALLER = (1, 0.9, 0.8, 0.7, 0.6)


def fit_labels(panels: Sequence[Axes]) -> None:
    """Set names that are longer than their axis in several lines, and smaller if need be."""
    for axes in panels:
        if axes.yaxis.label.get_rotation():
            _fit(axes.yaxis, axes.bbox.height, "height")
        _fit(axes.xaxis, axes.bbox.width, "width")


def _fit(axis: Axis, room: float, side: str) -> None:
    label = axis.label
    text, size = label.get_text(), float(label.get_fontsize())

    def length_of(words: str) -> float:
        label.set_text(words)
        extent: float = getattr(label.get_window_extent(), side)
        return extent

    if length_of(text) <= room:
        return
    for smaller in SMALLER:
        label.set_fontsize(size * smaller)
        lines = [""]
        for part in filter(None, PART.findall(text)):
            if lines[-1] and length_of((lines[-1] + part).rstrip()) > room:
                lines.append("")
            lines[-1] += part
        words = "\n".join(map(str.rstrip, lines))
        if length_of(words) <= room:
            break
