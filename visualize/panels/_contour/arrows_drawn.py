"""How arrows at the heads of runs are drawn: lines that move, and words of the legend."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from visualize.arrays import Array
from visualize.looks.style import Style
from visualize.panels._contour.arrows import ASKED, CARRIED, HELD, NOTHING, STEP
from visualize.panels._trails import FEW_RUNS, at_row, drawable
from visualize.panels.panel import Mover

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D

HEAD = 4.2
"""Of the arrow's head, as lines are wide: its length."""
LARGEST_HEAD = 0.55
"""The part of a short arrow that its head takes."""
WIDTH, AROUND = 1.5, 1.3
"""Of an arrow's line, and by how much what is under it is wider, as parts of a run's line."""
SLENDER = 0.42
"""Half the width of the head, as a part of its length."""
ASKED_NAME, CARRIED_NAME, DECAY_NAME = "gradient asks", "carried over", "decay"
"""What the legend calls arrows."""
DOTTED = CARRIED_NAME, DECAY_NAME


def draw_head_arrows(
    axes: "Axes",
    places: Mapping[str, Array],
    arrows: Mapping[str, Array],
    style: Style,
) -> list[Mover]:
    """Draw arrows at the heads of runs, which are at `places`, and return what moves them."""
    movers = []
    names: set[str] = set()
    reach: Literal["artist", "axes"] = "artist" if len(places) <= FEW_RUNS else "axes"
    for index, (label, vectors) in enumerate(arrows.items()):
        made = [*_made(axes, vectors, style.colors[label], style, index / 1000)]
        for arrow in made:
            if arrow.name not in names:
                names.add(arrow.name)
                _explain(axes, arrow, style)
        heads = _Heads(axes, drawable(places[label], axes), made)
        lines = (line for arrow in made for line in (*arrow.around, *arrow.lines))
        movers.append(Mover(tuple(lines), heads.move, reach))
    return movers


class _Arrow(NamedTuple):
    """An arrow of each start: lines, and the vectors that lead from the head to tail and tip."""

    name: str
    """What the legend calls it."""
    lines: Sequence["Line2D"]
    around: Sequence["Line2D"]
    """What is under each: it parts it from the trail and the landscape."""
    tail: Array
    tip: Array
    """`(rows, starts, 2)`."""


def _made(
    axes: "Axes", vectors: Array, color: str, style: Style, above: float
) -> "Iterator[_Arrow]":
    """Add the lines of all arrows of a run to axes."""
    nowhere, quiet = np.zeros_like(vectors[STEP]), style.theme.quiet
    kinds = [(ASKED_NAME, nowhere, vectors[ASKED], quiet)] if vectors[ASKED].any() else []
    if len(vectors) > HELD:
        carried, held, step = vectors[CARRIED], vectors[HELD], vectors[STEP]
        parts = [(CARRIED_NAME, nowhere, carried, color), (DECAY_NAME, carried, held, quiet)]
        least = NOTHING * float(np.abs(step).max())
        parts = [it for it in parts if np.abs(it[2] - it[1]).max() > least]
        if parts:
            kinds = [*parts, ("gradient adds", parts[-1][2], step, quiet)]
    kinds.append(("step", nowhere, vectors[STEP], color))
    for number, (name, tail, tip, shade) in enumerate(kinds):
        made: tuple[list[Line2D], list[Line2D]] = [], []
        for _ in range(tail.shape[1]):
            for is_under, lines in enumerate(made):
                line = _arrow_line(
                    style.theme.background if is_under else shade,
                    style.line * (WIDTH + (AROUND if is_under else 0)),
                    is_dotted=name in DOTTED and not is_under,
                )
                line.set_zorder(11.6 + number / 20 - is_under / 40 + above)
                axes.add_line(line)
                lines.append(line)
        yield _Arrow(name, *made, tail, tip)


def _arrow_line(color: str, width: float, *, is_dotted: bool) -> "Line2D":
    from matplotlib.lines import Line2D

    return Line2D(
        [],
        [],
        color=color,
        linestyle=(0, (1.3, 0.7)) if is_dotted else "-",
        dash_capstyle="butt",
        linewidth=width,
        solid_capstyle="butt",
        marker=_pointing(0.0),
        markersize=width,
        markeredgewidth=0,
        markevery=[1],
    )


def _explain(axes: "Axes", arrow: _Arrow, style: Style) -> None:
    """Let the legend say what an arrow is: without a run's colour, for each run has its own."""
    from matplotlib.lines import Line2D
    from matplotlib.markers import MarkerStyle
    from matplotlib.path import Path

    pieces = [(-1, -0.55), (-0.35, 0.05), (0.25, 0.3)] if arrow.name in DOTTED else [(-1, 0.3)]
    corners: list[tuple[float, float]] = []
    codes: list[Any] = []
    for left, right in pieces:
        corners += [(left, 0.09), (right, 0.09), (right, -0.09), (left, -0.09), (left, 0.09)]
        codes += [Path.MOVETO, *[Path.LINETO] * 3, Path.CLOSEPOLY]
    corners += [(0.2, 0.36), (1, 0), (0.2, -0.36), (0.2, 0.36)]
    codes += [Path.MOVETO, *[Path.LINETO] * 2, Path.CLOSEPOLY]
    is_quiet = arrow.lines[0].get_color() == style.theme.quiet
    shown = Line2D(
        [],
        [],
        linestyle="",
        color=style.theme.quiet if is_quiet else style.theme.ink,
        marker=MarkerStyle(Path(corners, codes)),
        markersize=style.font_size * 1.7,
        markeredgewidth=0,
        label=arrow.name,
    )
    axes.add_line(shown)


def _pointing(angle: float) -> Any:
    """Return the marker that is an arrow's head: from its base on, in a direction."""
    from matplotlib.markers import MarkerStyle
    from matplotlib.path import Path
    from matplotlib.transforms import Affine2D

    corners = [(-0.02, 0), (-0.1, SLENDER), (1, 0), (-0.1, -SLENDER), (-0.02, 0)]
    return MarkerStyle(Path(corners, closed=True), transform=Affine2D().rotate(angle))


class _Heads:
    """The arrows of one run, in axes whose place is known when they are laid out."""

    def __init__(self, axes: "Axes", places: Array, arrows: Sequence[_Arrow]) -> None:
        self._axes = axes
        self._places = places
        self._arrows = arrows
        self._shown: object = None

    def move(self, row: float) -> None:
        """Show what is asked and done at a row."""
        axes, figure = self._axes, self._axes.get_figure(root=True)
        limits = np.array([axes.get_xlim(), axes.get_ylim()])
        # Points of the picture that a unit of each variable takes: both axes are linear.
        scale = axes.bbox.size / np.diff(limits)[:, 0] * 72 / (figure.dpi if figure else 72)
        view = row, *scale
        if view == self._shown:
            return
        self._shown = view
        heads = at_row(self._places, row)
        for arrow in self._arrows:
            tails, tips = heads + at_row(arrow.tail, row), heads + at_row(arrow.tip, row)
            for line, under, *ends in zip(arrow.lines, arrow.around, tails, tips, strict=True):
                _put(line, under, np.array(ends), scale)


def _put(line: "Line2D", under: "Line2D", ends: Array, scale: Array) -> None:
    """Let an arrow lead from one place to another; `scale` is how many points a unit takes."""
    way = ends[1] - ends[0]
    across, up = way * scale
    whole = math.hypot(across, up)
    for it in (line, under):
        it.set_visible(whole > 1)
    if whole <= 1:
        return
    width = float(line.get_linewidth())
    around = (float(under.get_linewidth()) - width) / 2
    head = min(width * HEAD, LARGEST_HEAD * whole)
    marker = _pointing(math.atan2(up, across))
    # What is under an arrow is wider all around, but where it begins: there is the head.
    for it, behind, size in ((line, head, head), (under, head + around, head + 3 * around)):
        it.set_data(*np.transpose([ends[0], ends[1] - way * (behind / whole)]))
        it.set_markersize(2 * size)  # matplotlib's is that of both sides
        it.set_marker(marker)
