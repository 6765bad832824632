"""Colours, sizes and fonts of a picture."""

from collections.abc import Mapping
from dataclasses import dataclass, replace


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
    """From low to high: the areas between them; in between there are no others, since dark ones
    would not be told apart."""
    series: tuple[str, ...]
    """One colour a run, in order."""

    def without_background(self) -> "Theme":
        """Return the theme for pictures on pages that may be of any colour."""
        strong = self.ink
        return replace(self, quiet=strong, axes=strong, curve=strong, faint=f"{strong}30")


THEMES: Mapping[str, Theme] = {
    # Of eight series each two differ by 15 in CIELAB, for colour-blind readers, too, and reach
    # 3:1 against all areas and lines; found by a search near the usual hues. Dark areas differ by
    # 1.3:1 from each other. tests/looks/test_themes.py computes it.
    "light": Theme(
        background="#ffffff",
        ink="#22262b",
        quiet="#5f6875",
        axes="#9aa3af",
        faint="#e6e9ed",
        curve="#8a94a3",
        minimum="#d62728",
        lines=("#bed1e5", "#c6d4e4", "#d5dee9"),
        areas=("#fbfdff", "#edf3fa", "#e0eaf5", "#d4e1f0", "#c8d9eb", "#bcd1e6"),
        series=(
            "#1a5bb5",
            "#c25002",
            "#1a7b4e",
            "#a0237a",
            "#653e00",
            "#097ca5",
            "#3a1fa0",
            "#23282c",
        ),
    ),
    "dark": Theme(
        background="#14181f",
        ink="#e8eaee",
        quiet="#a3acb9",
        axes="#6b7686",
        faint="#2a313c",
        curve="#7c889a",
        minimum="#ff6b6b",
        lines=("#485b73", "#3f5066", "#354458"),
        areas=("#090c12", "#17283d", "#253b56", "#334c6c", "#415e82"),
        series=(
            "#7fd3fd",
            "#f09d49",
            "#7be993",
            "#fc8bb1",
            "#fddf3e",
            "#a3a6ff",
            "#68d2d4",
            "#f5f5f5",
        ),
    ),
}
