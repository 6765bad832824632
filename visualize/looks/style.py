"""What a panel draws with: a theme, the runs' colours and the size of things."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from visualize.looks.themes import Theme

DOTS_PER_INCH = 100


@dataclass(frozen=True)
class Style:
    """What a panel draws with: the theme, each run's colour and the size of things."""

    theme: Theme
    colors: Mapping[str, str]
    """By label."""
    font_size: float
    """Points; line widths and markers go with it."""

    @property
    def line(self) -> float:
        """The width of a run's line, in points."""
        return max(self.font_size / 7.5, 0.9)

    @property
    def marker(self) -> float:
        """The diameter of the marker at a run's head, in points."""
        return max(self.font_size * 0.62, 4.5)


def default_font_size(width: int, height: int) -> float:
    """Return a font size, in points, that reads well in a picture of this size."""
    scale: float = min(width / 1280, height / 720) ** 0.7
    return max(13.0 * scale, 5.0)


def _whole(points: float) -> float:
    """Return the width that fills whole pixels: upright lines are crisp and, in files, cheap."""
    return max(round(points * DOTS_PER_INCH / 72), 1) * 72 / DOTS_PER_INCH


def matplotlib_settings(theme: Theme, font_size: float) -> dict[str, Any]:
    """Return matplotlib's settings for a picture: nothing comes from the user's own file."""
    return {
        "font.size": font_size,
        "axes.titlesize": font_size,
        "axes.labelsize": font_size,
        "xtick.labelsize": font_size * 0.85,
        "ytick.labelsize": font_size * 0.85,
        "legend.fontsize": font_size * 0.9,
        "figure.facecolor": theme.background,
        "axes.facecolor": theme.background,
        "savefig.facecolor": theme.background,
        "text.color": theme.ink,
        "axes.labelcolor": theme.ink,
        "axes.edgecolor": theme.ink,
        "xtick.color": theme.ink,
        "ytick.color": theme.ink,
        "axes.linewidth": _whole(font_size / 16),
        "grid.color": theme.faint,
        "grid.linewidth": _whole(font_size / 26),
        "xtick.major.width": font_size / 16,
        "ytick.major.width": font_size / 16,
        "xtick.major.size": font_size / 3.5,
        "ytick.major.size": font_size / 3.5,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.axisbelow": True,
        "axes.formatter.useoffset": False,
    }
