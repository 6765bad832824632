"""What a panel draws with: a theme, the runs' colours and the size of things."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from visualize.looks.colors import LARGE, readable
from visualize.looks.marks import DASHES as DASHES
from visualize.looks.marks import LINES as LINES
from visualize.looks.marks import MARKERS as MARKERS
from visualize.looks.marks import LineStyle as LineStyle
from visualize.looks.themes import Theme

DOTS_PER_INCH = 100
BASE = (1280, 720)
"""Pixels: the picture for which sizes are given; they grow and shrink with it."""
TEXT, TICKS, TITLE = 30.5, 25, 41.5
"""Pixels there: names of axes and runs, numbers beside the axes, the title. Capitals and digits
have 0.73 of it: 22, 18 and 30."""
LEAST_SCALE = 0.5
"""Smaller letters than those of a picture of 640x360 are no longer read."""
SMALL = 400
"""Pixels: a picture that is less wide has no room for numbers, legend and step counter."""


@dataclass(frozen=True)
class Style:
    """What a panel draws with: the theme, each run's colour and the size of things."""

    theme: Theme
    colors: Mapping[str, str]
    """By label."""
    dashes: Mapping[str, LineStyle]
    """By label: how lines are dashed, which tells runs of one colour apart."""
    markers: Mapping[str, str]
    """By label: what marks the head, of `MARKERS`."""
    widths: Mapping[str, float]
    """By label: how wide a line is, as a part of what it would be."""
    font_size: float
    """Of names, in points; line widths and markers go with it, and all other text."""
    halo: str | None = None
    """The colour around runs where what is behind them is not known."""
    is_small: bool = False
    """Whether the picture has no room for numbers, legend and step counter."""

    @property
    def line(self) -> float:
        """The width of a run's line, in points."""
        return max(self.font_size / 9, 0.9)

    @property
    def marker(self) -> float:
        """The diameter of the marker at a run's head, in points."""
        return max(self.font_size * (0.48 if self.is_small else 0.58), 4.5)

    @property
    def has_shapes(self) -> bool:
        """Whether the shapes of heads, and of dots, tell the runs apart."""
        return len(self.theme.markers) > 1

    def name_color_of(self, label: str) -> str:
        """Return the colour of a run's name: its own, or one near it that can be read."""
        from matplotlib.colors import to_hex

        own = self.colors[label]
        color = to_hex(own)
        legible = readable(color, to_hex(self.theme.background), LARGE)
        return own if legible == color else legible

    @property
    def numbers(self) -> float:
        """The size of numbers beside the axes, and of the step, in points."""
        return self.font_size * TICKS / TEXT

    @property
    def title(self) -> float:
        """The size of the title, in points."""
        return self.font_size * TITLE / TEXT * (0.8 if self.is_small else 1)


def default_font_size(width: int, height: int) -> float:
    """Return the size of names, in points, that reads well in a picture of this size.

    It follows the picture; in a small one letters stay as large as can be read, in one smaller
    than a quarter of that for which sizes are given they go with it again.
    """
    scale = min(width / BASE[0], height / BASE[1])
    scale = max(scale, min(LEAST_SCALE, 2 * scale))
    return max(TEXT * scale, 6) * 72 / DOTS_PER_INCH


def _whole(points: float) -> float:
    """Return the width that fills whole pixels: upright lines are crisp and, in files, cheap."""
    return max(round(points * DOTS_PER_INCH / 72), 1) * 72 / DOTS_PER_INCH


def matplotlib_settings(style: Style) -> dict[str, Any]:
    """Return matplotlib's settings for a picture: nothing comes from the user's own file."""
    theme, size = style.theme, style.font_size
    hair, mark = _whole(size / 24), size / 4.5
    return {
        "font.size": size,
        "axes.titlesize": size,
        "axes.labelsize": size,
        "xtick.labelsize": style.numbers,
        "ytick.labelsize": style.numbers,
        "legend.fontsize": size,
        "figure.facecolor": theme.background,
        "axes.facecolor": theme.background,
        "savefig.facecolor": theme.background,
        "text.color": theme.ink,
        "axes.labelcolor": theme.ink,
        "axes.edgecolor": theme.axes,
        "xtick.color": theme.axes,
        "ytick.color": theme.axes,
        "xtick.labelcolor": theme.quiet,
        "ytick.labelcolor": theme.quiet,
        "axes.linewidth": hair,
        "grid.color": theme.faint,
        "grid.linewidth": hair,
        "xtick.major.width": hair,
        "ytick.major.width": hair,
        "xtick.major.size": mark,
        "ytick.major.size": mark,
        "xtick.major.pad": size / 2.6,
        "ytick.major.pad": size / 2.6,
        "xtick.minor.pad": size / 2.6,
        "ytick.minor.pad": size / 2.6,
        "axes.labelpad": size / 4,
        "axes.titlepad": size / 2,
        "xtick.minor.width": hair,
        "ytick.minor.width": hair,
        "xtick.minor.size": mark / 2,
        "ytick.minor.size": mark / 2,
        **{
            f"{axis}tick.{setting}": not style.is_small
            for axis, sides in {"x": ("bottom", "labelbottom"), "y": ("left", "labelleft")}.items()
            for setting in sides
        },
        "axes.spines.top": theme.box,
        "axes.spines.right": theme.box,
        "axes.axisbelow": True,
        "axes.formatter.useoffset": False,
    }
