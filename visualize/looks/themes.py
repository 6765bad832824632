"""Colours, sizes and fonts of a picture."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Theme:
    """The colours of a picture; colour-blind readers can distinguish the series, too."""

    background: str
    ink: str
    """Text."""
    quiet: str
    """Text that is not to be noticed first."""
    axes: str
    """The lines beside which numbers stand."""
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
        quiet="#5f6875",
        axes="#9aa3af",
        faint="#e6e9ed",
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
        quiet="#a3acb9",
        axes="#6b7686",
        faint="#2a313c",
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
