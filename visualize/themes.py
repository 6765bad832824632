"""Colours, sizes and fonts of a picture."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

DOTS_PER_INCH = 100


@dataclass(frozen=True)
class Theme:
    """The colours of a picture; the series are told apart by colour-blind readers too."""

    background: str
    ink: str
    """Text and axes."""
    quiet: str
    """Text that is not to be noticed first."""
    faint: str
    """Grid lines and everything that stays in the background."""
    curve: str
    """The graph of the objective."""
    minimum: str
    lines: tuple[str, ...]
    """From low to high: the contour lines."""
    areas: tuple[str, ...]
    """From low to high: the areas between them."""
    series: tuple[str, ...]
    """One colour a run, in order."""


THEMES: Mapping[str, Theme] = {
    # Series: Okabe and Ito's palette, darkened (light) or lightened (dark) for contrast.
    "light": Theme(
        background="#ffffff",
        ink="#22262b",
        quiet="#6a7380",
        faint="#c9ced6",
        curve="#5b6675",
        minimum="#d62728",
        lines=("#7f93ad", "#a9b7c9", "#cdd5df"),
        areas=("#f7fbff", "#d6e4f1", "#a9c6e0", "#7ea4c9"),
        series=(
            "#0072b2",
            "#d55e00",
            "#008f68",
            "#b0518c",
            "#b88600",
            "#2b9fd9",
            "#5c3fa3",
            "#6b6b6b",
        ),
    ),
    "dark": Theme(
        background="#14181f",
        ink="#e8eaee",
        quiet="#9aa3b0",
        faint="#3a424f",
        curve="#9aa6b6",
        minimum="#ff6b6b",
        lines=("#7d8ea6", "#566479", "#3a4556"),
        areas=("#10141c", "#1c2a3f", "#2b4262", "#406089"),
        series=(
            "#56b4e9",
            "#ff8c42",
            "#2fd0a0",
            "#ec8fc4",
            "#f2c84b",
            "#b3a1ff",
            "#7fe3f0",
            "#b8bec8",
        ),
    ),
}


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


def settings(theme: Theme, font_size: float) -> dict[str, Any]:
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
