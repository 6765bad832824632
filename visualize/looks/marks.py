"""How lines are dashed and what marks their heads, as scenes and as matplotlib call it."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator

LineStyle = Literal["-", "--", ":", "-."]
LINES: Mapping[str, LineStyle] = {"solid": "-", "dashed": "--", "dotted": ":", "dashdot": "-."}
"""How lines may be dashed, as people and as matplotlib call it."""
MARKERS: Mapping[str, tuple[str, float]] = {
    "circle": ("o", 1.0),
    "square": ("s", 0.92),
    "triangle": ("^", 1.1),
    "triangle_down": ("v", 1.1),
    "diamond": ("D", 0.85),
    "plus": ("P", 1.2),
    "cross": ("X", 1.2),
    "pentagon": ("p", 1.15),
    "star": ("*", 1.5),
}
"""What marks a run's head: matplotlib's name, and how much larger it looks as large as a circle."""
DASHES: tuple[LineStyle, ...] = ("-", "--", "-.", ":")
"""Of the first runs that have all colours, and of those after them."""


def _read_line(line: Any) -> Any:
    """Return a line's style by its name; matplotlib's signs are known."""
    return next((name for name, sign in LINES.items() if sign == line), line)


def _read_marker(marker: Any) -> Any:
    return next((name for name, (sign, _) in MARKERS.items() if sign == marker), marker)


Line = Annotated[Literal["solid", "dashed", "dotted", "dashdot"], BeforeValidator(_read_line)]
"""How a line is dashed."""
Marker = Annotated[
    Literal[
        "circle", "square", "triangle", "triangle_down", "diamond",
        "plus", "cross", "pentagon", "star",
    ],
    BeforeValidator(_read_marker),
]  # fmt: skip
"""What marks a head."""
