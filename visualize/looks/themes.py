"""Colours, lines and marks of a picture."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, Field

from visualize.declare.settings import Color, Label, Settings, Synonyms
from visualize.looks._spellings import THEME
from visualize.looks.marks import DASHES, LINES, Line, LineStyle, Marker

SHAPES: tuple[Marker, ...] = (
    *("circle", "square", "triangle", "diamond", "triangle_down", "plus", "cross", "pentagon"),
)
MOST = 64
"""Entries of a list."""


def _as_several(value: Any) -> Any:
    """Let one stand for several, and a list for a tuple."""
    if isinstance(value, str):
        return (value,)
    return tuple(value) if isinstance(value, list) else value


def _as_a_ramp(value: Any) -> Any:
    several = _as_several(value)
    return several * 2 if isinstance(several, tuple) and len(several) == 1 else several


Ramp = Annotated[
    tuple[Color, ...], Field(min_length=2, max_length=MOST), BeforeValidator(_as_a_ramp)
]
"""Colours from low to high; a single one may stand alone."""


class Theme(Settings):
    """The colours, lines and marks of a picture: what tells runs apart, and all around them."""

    synonyms: ClassVar[Synonyms] = THEME
    beside = ("base",)

    name: Label
    """What it is called."""
    background: Color
    """Behind all."""
    ink: Color
    """Text."""
    quiet: Color
    """Text that is not to be noticed first."""
    axes: Color
    """The lines beside which numbers stand."""
    faint: Color
    """Grid lines and everything that stays in the background."""
    curve: Color
    """The graph of the objective."""
    minimum: Color
    """Minima, and what is told of runs that end badly."""
    lines: Ramp
    """From low to high: the contour lines."""
    areas: Ramp
    """From low to high: the areas between them; in between there are no others, since dark ones
    would not be told apart."""
    series: Annotated[
        tuple[Color, ...], Field(min_length=1, max_length=MOST), BeforeValidator(_as_several)
    ]
    """One colour a run, in order."""
    dashes: Annotated[
        tuple[Line, ...], Field(min_length=1, max_length=MOST), BeforeValidator(_as_several)
    ] = ("solid",)
    """How the lines of runs are dashed, in order; runs that have all colours have the next."""
    markers: Annotated[
        tuple[Marker, ...], Field(min_length=1, max_length=MOST), BeforeValidator(_as_several)
    ] = ("circle",)
    """The shapes of runs' heads and dots, in order."""
    box: bool = False
    """Draw lines on all four sides of every panel."""
    filled: bool = True
    """Colour the areas between contour lines, where a panel does not say it."""

    def dash_of(self, number: int, again: int) -> LineStyle:
        """Return how the line of a run is dashed, by its number (from 0).

        Where there is one kind of line, it is another for runs whose colours come `again`.
        """
        index = 0
        if len(self.dashes) > 1:  # which tell runs apart whatever their colours
            again, index = divmod(number, max(len(self.dashes), len(self.markers)))
        first = DASHES.index(LINES[self.dashes[index % len(self.dashes)]])
        return DASHES[(first + again) % len(DASHES)]

    def marker_of(self, number: int) -> Marker:
        """Return what marks the head of a run, by its number (from 0)."""
        return self.markers[number % len(self.markers)]

    def without_background(self) -> "Theme":
        """Return the theme for pictures on pages that may be of any colour."""
        strong = self.ink
        return self.model_copy(
            update={"quiet": strong, "axes": strong, "curve": strong, "faint": f"{strong}30"}
        )


def _theme(name: str, **settings: Any) -> Theme:
    # The tests check them; pydantic need not, whenever a program starts.
    return Theme.model_construct(name=name, **settings)


THEMES: Mapping[str, Theme] = {
    # Of eight series each two differ by 15 in CIELAB, for colour-blind readers, too, and reach
    # 3:1 against all areas and lines; found by a search near the usual hues. Dark areas differ by
    # 1.3:1 from each other. tests/looks/test_themes.py computes it.
    "light": _theme(
        "light",
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
    "dark": _theme(
        "dark",
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
    # Ink on paper: nothing in it is told by a shade alone, and a copier may lose all pale ones.
    "paper": _theme(
        "paper",
        background="#ffffff",
        ink="#000000",
        quiet="#595959",
        axes="#000000",
        faint="#dcdcdc",
        curve="#8a8a8a",
        minimum="#000000",
        lines=("#aeaeae", "#b8b8b8", "#c4c4c4"),
        areas=("#ffffff", "#f6f6f6", "#efefef", "#e8e8e8", "#e0e0e0"),
        series=(
            "#000000",
            "#5c5c5c",
            "#000000",
            "#5c5c5c",
            "#000000",
            "#5c5c5c",
            "#000000",
            "#5c5c5c",
        ),
        dashes=("solid", "dashed", "dashdot", "dotted"),
        markers=SHAPES,
        box=True,
        filled=False,
    ),
    # matplotlib's own look, as posts and books have it: the curve has its first colour.
    "article": _theme(
        "article",
        background="#ffffff",
        ink="#000000",
        quiet="#4a4a4a",
        axes="#000000",
        faint="#d9d9d9",
        curve="#1f77b4",
        minimum="#d62728",
        lines=("#1f77b4", "#1f77b4"),
        areas=("#f7fbff", "#e9f2fa", "#d9e8f5", "#c9ddf0", "#b5d0e9"),
        series=(
            "#ff7f0e",
            "#2ca02c",
            "#d62728",
            "#9467bd",
            "#8c564b",
            "#e377c2",
            "#7f7f7f",
            "#1f77b4",
        ),
        markers=SHAPES,
        box=True,
        filled=False,
    ),
}
