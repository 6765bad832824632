"""A bar beside a landscape that says which values its colours and lines have."""

from typing import TYPE_CHECKING, Any

import numpy as np

from visualize.looks.style import Style
from visualize.panels._contour.ground import Ground, Shading, area_colors, has_areas, line_colors

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH, AWAY = 0.035, 0.025
"""Of the bar, and how far beside the axes it is, as parts of their width."""
MOST_NUMBERS = 7
"""Beside the bar: of more values every second, third, ... has one."""


def draw_color_bar(axes: "Axes", ground: Ground, style: Style, shading: Shading) -> None:
    """Draw a bar with an area for each of the landscape, or its lines, and their values."""
    bar: Any = axes.inset_axes((1 + AWAY, 0, WIDTH, 1), zorder=1)
    bar.set(xlim=(0, 1), xticks=[], label="color bar")
    for spine in bar.spines.values():
        spine.set_visible(True)
    bar.yaxis.tick_right()
    filled = has_areas(style, shading) and len(ground.edges) > 2
    numbers = ground.edges[1:-1] if filled else ground.levels
    places = np.arange(1, len(numbers) + 1, dtype=float)
    bar.set_ylim(0, len(numbers) + 1)
    if filled:
        for index, color in enumerate(area_colors(ground, style, shading)):
            bar.axhspan(index, index + 1, color=color, linewidth=0)
    else:
        colors = line_colors(ground, style, shading)
        bar.hlines(
            places,
            0,
            1,
            colors=colors * len(places) if len(colors) == 1 else colors,
            linewidth=style.line * 1.2,
        )
    every = -(-len(numbers) // MOST_NUMBERS)
    told = slice((len(numbers) - 1) % every, None, every)
    bar.set_yticks(places[told], _in_words(numbers[told]))
    bar.tick_params(right=not style.is_small, labelright=not style.is_small, left=False, length=0)
    bar.tick_params(labelleft=False, labelsize=style.numbers, pad=style.font_size / 5)


def _in_words(numbers: Any) -> list[str]:
    """Return numbers in as few digits as tell them apart."""
    for digits in range(2, 7):
        words = [_word(number, digits) for number in numbers.tolist()]
        if len({*words}) == len(words):
            return words
    return [f"{number:g}" for number in numbers.tolist()]


def _word(number: float, digits: int) -> str:
    rounded = float(f"{number:.{digits}g}")
    return f"{rounded:g}".replace("-", "\N{MINUS SIGN}")
