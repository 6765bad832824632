"""Names at the right ends of lines: beside the axes, in their colours, none on another."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from visualize.arrays import Array
from visualize.looks.style import Style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SIZE = 0.9
"""Of the letters, as names of runs are large."""
LINE_HEIGHT = 1.25
"""Of a name, in letters."""
WIDTH = 0.6
"""Of a letter, about, as a part of its size."""
MOST_OF_HEIGHT, MOST_OF_WIDTH = 0.8, 0.4
"""Of the axes, that names may take."""
MARK = "end"
"""What texts are called inside of matplotlib that are such names."""


@dataclass(frozen=True, eq=False)
class End:
    """What a line is called at its end."""

    name: str
    numbers: Array
    """How high the line is at each row: `(rows,)`."""
    color: str


def has_room(axes: "Axes", ends: Sequence[End], style: Style) -> bool:
    """Whether names can stand beside axes; about, since these are not laid out yet."""
    letter = SIZE * style.font_size / 72 * axes.get_figure(root=True).dpi  # type: ignore[union-attr]
    height = len(ends) * LINE_HEIGHT * letter
    width = max((len(end.name) for end in ends), default=0) * WIDTH * letter
    fits = height <= MOST_OF_HEIGHT * axes.bbox.height and width <= MOST_OF_WIDTH * axes.bbox.width
    return fits and not style.is_small


def name_ends(axes: "Axes", ends: Sequence[End], style: Style) -> None:
    """Write names beside the right end of axes, for now each as high as its line ends."""
    low, high = sorted(axes.get_ylim())
    for end in ends:
        known = end.numbers[np.isfinite(end.numbers)]
        if not known.size:
            continue
        text = axes.annotate(
            end.name,
            (1, min(max(float(known[-1]), low), high)),
            (0.45 * style.font_size, 0),
            xycoords=("axes fraction", "data"),
            textcoords="offset points",
        )
        text.set(color=end.color, fontsize=SIZE * style.font_size, va="center", gid=MARK)
        text.set(parse_math=False)


def spread_names(axes: "Axes") -> None:
    """Move names beside axes that have their place apart, each as little as can be."""
    texts = [text for text in axes.texts if text.get_gid() == MARK]
    if len(texts) < 2:
        return
    texts.sort(key=_height_of)
    figure = axes.get_figure(root=True)
    scale = figure.dpi / 72  # type: ignore[union-attr]
    line = LINE_HEIGHT * float(texts[0].get_fontsize()) * scale
    wanted = np.array([_height_of(text) for text in texts])
    bottom, top = axes.bbox.y0 + line / 2, axes.bbox.y1 - line / 2
    for text, before, now in zip(texts, wanted, spread(wanted, line, bottom, top), strict=True):
        across, _ = text.get_position()
        text.set_position((across, (now - before) / scale))


def _height_of(text: Any) -> float:
    """Return how high the line of a name ends, in pixels."""
    return float(text.axes.transData.transform((0, text.xy[1]))[1])


def spread(wanted: Array, apart: float, low: float, high: float) -> Array:
    """Return places that are `apart` at least, as near as can be to those that are wanted.

    `wanted` rise. All are between `low` and `high` where there is room; far off counts as a square.

    >>> spread(np.array([1.0, 1.0, 9.0]), 2.0, 0.0, 10.0).tolist()
    [0.0, 2.0, 9.0]
    """
    offsets = apart * np.arange(len(wanted))
    blocks: list[tuple[float, int]] = []  # the mean of each, and how many there are in it
    for place in wanted - offsets:
        blocks.append((float(place), 1))
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            (one, few), (other, more) = blocks[-2:]
            blocks[-2:] = [((one * few + other * more) / (few + more), few + more)]
    flat = np.repeat([mean for mean, _ in blocks], [count for _, count in blocks])
    places: Array = np.clip(flat, low, max(high - offsets[-1], low)) + offsets
    return places
