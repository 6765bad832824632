"""A bar below axes whose numbers would not stand still: it says how wide what is seen is."""

import math
from typing import TYPE_CHECKING, Any

from visualize.looks.style import Style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BAR = 0.22
"""Of the width of the axes, that the scale's bar takes at most."""
ROUND = (1.0, 2.0, 5.0)
"""What the bar stands for, times a power of ten."""
BELOW = 0.85
"""How far the bar is below the axes, in letters: as far as what the horizontal axis shows."""


class ScaleBar:
    """The bar below axes that says how wide what is seen is."""

    def __init__(self, axes: "Axes", style: Style) -> None:
        from matplotlib.transforms import ScaledTranslation

        figure: Any = axes.get_figure(root=True)
        below = ScaledTranslation(0, -BELOW * style.font_size / 72, figure.dpi_scale_trans)
        beside = ScaledTranslation(style.numbers * 0.4 / 72, 0, figure.dpi_scale_trans)
        place = axes.transAxes + below
        (self._line,) = axes.plot(
            [],
            [],
            transform=place,
            color=style.theme.quiet,
            linewidth=style.line,
            solid_capstyle="butt",
            marker="|",
            markersize=style.numbers * 0.5,
            markeredgewidth=style.line,
            clip_on=False,
        )
        self._words = axes.text(
            0, 0, "", transform=place + beside, ha="left", va="center", fontsize=style.numbers
        )
        self._words.set_color(style.theme.quiet)
        self._words.set_in_layout(False)
        self._line.set_in_layout(False)

    def measure(self, width: float) -> None:
        """Be as long as a round number where the axes are so wide."""
        wanted = width * BAR
        power = 10.0 ** math.floor(math.log10(wanted))
        number = max(it * power for it in ROUND if it * power <= wanted * (1 + 1e-9))
        self._line.set_data([0, number / width], [0, 0])
        self._words.set_x(number / width)
        self._words.set_text(f"{number:g}")
