"""Arrows at the heads of runs: what the gradient asks, and what the rule makes of it."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

import numpy as np
from pydantic import BeforeValidator

from visualize.arrays import Array, length
from visualize.declare.settings import custom_error
from visualize.history.history import History
from visualize.history.trajectory import Trajectory
from visualize.looks.style import Style
from visualize.objectives.objective import Objective, Ranges
from visualize.optimizers._carried import can_be_parted, steps_and_carried
from visualize.optimizers.optimizer import Optimizer
from visualize.panels._trails import FEW_RUNS, MOST_TRAILS, at_row, drawable
from visualize.panels.panel import Mover, Surroundings
from visualize.text import shown

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D


def _read_arrows(arrows: Any) -> Any:
    if isinstance(arrows, bool) or arrows == "parts":
        return arrows
    raise custom_error(f"must be true, false or parts (got {shown(arrows)})")


Arrows = Annotated[bool | Literal["parts"], BeforeValidator(_read_arrows)]
"""Whether there are arrows, or also the parts of each step."""
ASKED, STEP, CARRIED = range(3)
"""What the arrows of a run are, in its array."""
SHORTEST, LONGEST = 0.07, 0.7
"""Of an arrow, as parts of the axes' height."""
TYPICAL, USUAL = 0.22, 0.8
"""How long the arrow of a longish step is drawn where steps are too short to be seen as they are:
longer than this part of all."""
NOTHING = 0.02
"""Of the longish step: shorter ones shrink to a point, so that what rests has no arrow."""
THROWN = 1.5
"""Of the axes' height, from which on a step leads out of the picture."""
EDGE = 0.015
"""How far from the edge of the axes arrows end, as a part of the width and height."""
HEAD = 4.2
"""Of the arrow's head, as lines are wide: its length."""
LARGEST_HEAD = 0.55
"""The part of a short arrow that its head takes."""
WIDTH, AROUND = 1.5, 1.3
"""Of an arrow's line, and by how much what is under it is wider, as parts of a run's line."""
ASKED_NAME, CARRIED_NAME = "gradient asks", "carried over"
SLENDER = 0.42
"""Half the width of the head, as a part of its length."""


def arrows_of(
    objective: Objective, history: History, around: Surroundings, *, parts: bool
) -> dict[str, Array]:
    """Return for each run what its gradients ask, -η g, its steps, and what these carry over.

    `(2 or 3, rows, starts, dimension)`; the step of the last row is that which would be next, 0
    where nobody knows. Of a run whose learning rate is not known it is the one at which both are
    as long, mostly. A run of many starts has none.
    """
    return {
        label: _vectors(objective, run, around.optimizers.get(label), parts=parts)
        for label, run in history.items()
        if run.points.shape[1] <= MOST_TRAILS and run.steps
    }


def _vectors(
    objective: Objective, run: Trajectory, optimizer: Optimizer[Any] | None, *, parts: bool
) -> Array:
    with np.errstate(all="ignore"):  # of a run that diverges
        steps = np.diff(run.points, axis=0)
        asked = -_rates(run, steps, optimizer) * run.gradients
    if optimizer is not None and optimizer.maximize:
        asked = -asked
    if optimizer is not None and can_be_parted(optimizer):
        made, carried = steps_and_carried(optimizer, run, objective)
    else:  # nobody knows what would be next
        made = np.concatenate([steps, np.zeros_like(steps[:1])])
        carried = np.zeros_like(made)
    kinds = [asked, made, carried] if parts else [asked, made]
    return np.nan_to_num(np.stack(kinds), nan=0.0, posinf=0.0, neginf=0.0)


def _rates(run: Trajectory, steps: Array, optimizer: Optimizer[Any] | None) -> Array:
    """Return the learning rate at each row: `(rows, starts or 1, 1)`."""
    if optimizer is None:
        gone, slopes = length(steps), length(run.gradients[:-1])
        moving = np.isfinite(gone) & np.isfinite(slopes) & (slopes > 0) & (gone > 0)
        rate = np.median(gone[moving] / slopes[moving]) if moving.any() else 0.0
        return np.full((len(run.points), 1, 1), rate)
    rates = optimizer.learning_rates(run.steps)
    rates = rates.reshape(run.steps, -1, 1)
    return np.concatenate([rates, rates[-1:]])


def fitted(
    arrows: Mapping[str, Array], places: Mapping[str, Array], limits: Ranges, shape: float
) -> dict[str, Array]:
    """Return arrows that can be seen, and never leave the limits: `(kinds, rows, starts, 2)`.

    Steps are drawn as they are, or all lengths are multiplied by one factor where most would be too
    short. Single ones are cut, or drawn as long as an arrow is at least. `places` are where the
    heads are, and the axes are as wide as high times `shape`.
    """
    low, high = np.transpose(limits)
    unit = (high - low) / (shape, 1.0)
    lengths = [
        length(vectors[STEP] / unit)[_inside(places[label], low, high)]
        for label, vectors in arrows.items()
    ]
    factor = _factor(np.concatenate([np.empty(0), *lengths]))
    margin = EDGE * (high - low)
    return {
        label: _cut(vectors / unit * factor, places[label], low + margin, high - margin, unit)
        for label, vectors in arrows.items()
    }


def _inside(places: Array, low: Array, high: Array) -> Any:
    return ((places >= low) & (places <= high)).all(axis=-1)


def _factor(lengths: Array) -> float:
    """Return by what lengths are multiplied; those of what is thrown out say nothing."""
    lengths = lengths[lengths < THROWN]
    there = lengths[lengths > NOTHING * np.max(lengths, initial=0.0)]
    longish = float(np.quantile(there, USUAL)) if len(there) else 0.0
    if not longish or longish > SHORTEST:
        return 1.0
    return TYPICAL / longish


def _cut(vectors: Array, places: Array, low: Array, high: Array, unit: Array) -> Array:
    """Return vectors, in units, as they are drawn, in data."""
    lengths = length(vectors)
    lengths[STEP:] = lengths[STEP:].max(axis=0)  # the parts of a step grow or shrink with it
    drawn = np.maximum(
        np.minimum(lengths, LONGEST), SHORTEST * np.minimum(lengths / (NOTHING * TYPICAL), 1.0)
    )
    scales = np.divide(drawn, lengths, out=np.zeros_like(lengths), where=lengths > 0)
    vectors = vectors * scales[..., np.newaxis] * unit
    with np.errstate(all="ignore"):
        ways = np.where(vectors > 0, high - places, low - places) / vectors
    inside = np.clip(np.where(vectors == 0, 1.0, ways), 0.0, 1.0).min(axis=-1)
    inside[STEP:] = inside[STEP:].min(axis=0)
    inside *= _inside(places, low, high)
    cut: Array = np.nan_to_num(vectors * inside[..., np.newaxis])
    return cut


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
    if len(vectors) > CARRIED and vectors[CARRIED].any():
        kinds = [
            (CARRIED_NAME, nowhere, vectors[CARRIED], color),
            ("gradient adds", vectors[CARRIED], vectors[STEP], quiet),
        ]
    kinds.append(("step", nowhere, vectors[STEP], color))
    for number, (name, tail, tip, shade) in enumerate(kinds):
        made: tuple[list[Line2D], list[Line2D]] = [], []
        for _ in range(tail.shape[1]):
            for is_under, lines in enumerate(made):
                line = _arrow_line(
                    style.theme.background if is_under else shade,
                    style.line * (WIDTH + (AROUND if is_under else 0)),
                    is_dotted=name == CARRIED_NAME and not is_under,
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

    pieces = (
        [(-1, -0.55), (-0.35, 0.05), (0.25, 0.3)] if arrow.name == CARRIED_NAME else [(-1, 0.3)]
    )
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
