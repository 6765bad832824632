"""An image of cells, a run each, that fills as steps go on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from visualize.arrays import Array
from visualize.looks.ramp import COLORS, ramp_of
from visualize.looks.style import Style
from visualize.panels._steps import STEEP, digits_of, name_numbers
from visualize.panels.panel import Mover, View

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D

    from visualize.panels._map.image import CellImage

What = Literal["steps", "value", "diverged"]
BAR_WIDTH, BAR_GAP = 0.03, 0.025
"""Of the colour bar and beside it, as parts of the axes' width."""
SMALLER = (1, 0.9, 0.8, 0.7, 0.6)
"""How large the words beside the colour bar are, the largest that fit; else there are none."""
DOT = "dot"
"""What lines are called inside of matplotlib that are the dots of runs."""
HATCH = "////"
FALLING = 3.0
"""How far below the lower quarter a value has a colour of its own, as all above it are apart."""
LEAST = 1e-12
"""Of the highest value, that which still has a colour of its own."""
HOLLOW, BRIGHT = 1.35, 1.75
"""How large a dot is before its run has come to its end, and after, as heads are."""


@dataclass(frozen=True, eq=False)
class Cells(View):
    """What became of a run for each cell, and where the scene's runs are among them."""

    what: What
    """Which number is shown."""
    caption: str
    steps: int
    """Of the run of each cell."""
    converged: Array
    """The step from which on each has converged: `(up, across)`; NaN where it has not."""
    converged_at: Array
    """The row of the film at which that is, and from which it shows."""
    lost_at: Array
    """The row at which it shows that a run does not end well; NaN of the others."""
    rows: Array
    """The rows of the film at which the values are known."""
    values: Array
    """There: `(rows, up, across)`, of the last row alone where no values are shown."""
    ends: Mapping[str, Array]
    """The rows at which each of the scene's runs has converged, and is lost: `(2,)`."""
    by_gradient: bool = False
    """Whether to have converged means that the gradient is short: no minimum is known."""


def draw_cells(axes: "Axes", view: Cells, style: Style) -> Mover:
    """Draw axes, the image and what says how to read it; return what fills it."""
    from visualize.panels._map.image import CellImage

    for name, scale, limits in zip("xy", view.scales, view.limits, strict=True):
        axis = axes.xaxis if name == "x" else axes.yaxis
        if scale == "log":
            axes.set(**{f"{name}scale": "log"})
            name_numbers(axis, digits_of(limits[1] / limits[0]))
        axes.set(**{f"{name}lim": limits})
    across, up = view.names
    axes.set_xlabel(across, parse_math=False)
    axes.set_ylabel(up, parse_math=False)
    axes.spines[:].set_visible(True)
    if view.caption and not style.is_small:
        text = axes.set_title(view.caption, loc="left", fontsize=style.font_size * 0.85)
        text.set(color=style.theme.quiet, parse_math=False)
    colors = _colors(axes, view, style)
    _draw_hatch(axes, view, style)
    image = CellImage(axes, zorder=9.8)
    image.set_clip_path(axes.patch)
    axes.add_image(image)
    return Mover((image,), _Filling(image, view, colors, _rgba(style.theme.faint)).move, "axes")


class _Filling:
    """An image whose cells get their colours when they are known."""

    def __init__(
        self, image: "CellImage", view: Cells, colors: NDArray[np.uint8], pending: Any
    ) -> None:
        """`colors` are those of the cells, `(rows, up, across, 4)`, `pending` that before."""
        self._image, self._view, self._colors, self._pending = image, view, colors, pending
        known_at = view.converged_at if view.what == "steps" else np.zeros_like(view.lost_at)
        self._known_at = np.where(np.isnan(known_at), np.inf, known_at)
        self._lost_at = np.where(np.isnan(view.lost_at), np.inf, view.lost_at)
        self._at: tuple[int, int, int] | None = None

    def move(self, row: float) -> None:
        """Show what is known at a row."""
        known, lost = self._known_at <= row, self._lost_at <= row
        index = 0
        if len(self._colors) > 1:
            index = max(int(np.searchsorted(self._view.rows, row, side="right")) - 1, 0)
        at = (int(known.sum()), int(lost.sum()), index)
        if at == self._at:
            return
        self._at = at
        shown = np.where(known[..., np.newaxis], self._colors[index], self._pending)
        shown[lost] = 0
        self._image.set_cells(shown)


def _colors(axes: "Axes", view: Cells, style: Style) -> NDArray[np.uint8]:
    """Return the colours of the cells at each row, `(rows, up, across, 4)`, and draw their bar."""
    from matplotlib.colors import LogNorm, Normalize

    if view.what == "diverged":
        _name_color(axes, style.theme.areas[-1], "stays")
        return np.broadcast_to(_rgba(style.theme.areas[-1]), (1, *view.lost_at.shape, 4))
    ramp = ramp_of(style.theme)
    numbers = view.converged[np.newaxis] if view.what == "steps" else view.values
    low, high, logarithmic = _span(numbers, view)
    norm = LogNorm(low, high) if logarithmic else Normalize(low, high)
    if not style.is_small and np.isfinite(numbers).any():
        _draw_bar(axes, view, norm, ramp, style)
    along = np.log if logarithmic else np.asarray
    with np.errstate(invalid="ignore"):
        shares = (along(np.clip(numbers, low, high)) - along(low)) / (along(high) - along(low))
    colors: NDArray[np.uint8] = ramp[
        np.rint(np.nan_to_num(shares, nan=1.0) * (COLORS - 1)).astype(int)
    ]
    return colors


def _span(numbers: Array, view: Cells) -> tuple[float, float, bool]:
    """Return the numbers that have the first and the last colour, and whether logarithms count.

    Values are those of runs that end well, and none is above the highest at the start.
    """
    there = np.isfinite(numbers)
    if view.what == "value":
        there &= np.isnan(view.lost_at) & (numbers <= np.max(numbers[0], initial=-np.inf))
    low = float(np.min(numbers, initial=np.inf, where=there))
    if there.any():  # some may fall without end
        quarter = np.quantile(numbers[there], 0.25)
        low = max(low, float(quarter - FALLING * (np.max(numbers[there]) - quarter)))
    high = float(np.max(numbers, initial=-np.inf, where=there))
    if low > high:
        return 0.0, 1.0, False
    if high == low:
        return low, low + (abs(low) or 1.0), False
    smallest = float(np.min(numbers, initial=np.inf, where=there & (numbers > 0)))
    if view.what == "value" and low >= 0 and high > STEEP * smallest:
        return max(low, high * LEAST), high, True
    return low, high, False


def _draw_bar(axes: "Axes", view: Cells, norm: Any, ramp: NDArray[np.uint8], style: Style) -> None:
    """Draw what the colours mean, beside the axes."""
    from matplotlib.cm import ScalarMappable
    from matplotlib.colorbar import Colorbar
    from matplotlib.colors import ListedColormap
    from matplotlib.ticker import MaxNLocator

    place = axes.inset_axes((1 + BAR_GAP, 0, BAR_WIDTH, 1))
    bar = Colorbar(place, ScalarMappable(norm, ListedColormap(ramp / 255)))
    if digits := digits_of(norm.vmax / norm.vmin) if norm.vmin > 0 and _is_log(norm) else ():
        name_numbers(place.yaxis, digits)
    else:
        bar.locator = MaxNLocator(5, integer=view.what == "steps", steps=[1, 2, 5, 10])
    place.minorticks_off()
    steps = "steps until the gradient is small" if view.by_gradient else "steps to converge"
    words = steps if view.what == "steps" else "value"
    place.set_ylabel(words, fontsize=style.font_size)
    bar.outline.set_visible(False)


def _is_log(norm: Any) -> bool:
    return type(norm).__name__ == "LogNorm"


def _draw_hatch(axes: "Axes", view: Cells, style: Style) -> None:
    """Draw what is seen through lost cells, and name it, and cells that have not converged."""
    from matplotlib.patches import Rectangle

    theme = style.theme
    if not np.isnan(view.lost_at).all():
        hatched = Rectangle((0, 0), 1, 1, transform=axes.transAxes, zorder=1, label="diverges")
        hatched.set(facecolor="none", edgecolor=theme.quiet, hatch=HATCH, linewidth=0)
        axes.add_patch(hatched)
    if view.what == "steps" and (np.isnan(view.converged) & np.isnan(view.lost_at)).any():
        _name_color(axes, theme.faint, "not converged")  # at every step it is those


def _name_color(axes: "Axes", color: str, words: str) -> None:
    """Let the legend say what a colour of cells means."""
    from matplotlib.patches import Rectangle

    # Of no size: the image has the colour, and what is hatched has none behind it.
    named = Rectangle((0, 0), 0, 0, transform=axes.transAxes, label=words)
    named.set(facecolor=color, linewidth=0)
    axes.add_patch(named)


def draw_dots(axes: "Axes", view: Cells, style: Style) -> list[Mover]:
    """Draw the scene's runs at their settings; each lights up when it has come to its end."""
    from matplotlib.lines import Line2D

    movers = []
    for index, (label, places) in enumerate(view.series.items()):
        x, y = places[0].T
        dot = Line2D(x, y, linestyle="", marker="o", zorder=12 + index / 1000)
        dot.set(color=style.colors[label], markeredgewidth=style.line, gid=DOT)
        axes.add_line(dot)
        converged, lost = view.ends[label]

        def move(
            row: float,
            dot: "Line2D" = dot,
            at: tuple[float, float] = (converged, lost),
            color: str = style.colors[label],
        ) -> None:
            has_converged, is_lost = row >= at[0], row >= at[1]
            bright = has_converged or is_lost
            dot.set_marker("X" if is_lost else "o")
            dot.set_markersize(style.marker * (BRIGHT if bright else HOLLOW))
            dot.set_markerfacecolor(color if bright else style.theme.background)
            dot.set_markeredgecolor(style.theme.background if bright else color)

        move(0)
        movers.append(Mover((dot,), move, "artist"))
    return movers


def settle_cells(axes: "Axes") -> None:
    """Adapt to axes that have their place: the words at the colour bar, and where dots end."""
    from matplotlib.transforms import Bbox, TransformedBbox

    for bar in axes.child_axes:
        label, size = bar.yaxis.label, float(bar.yaxis.label.get_fontsize())
        for smaller in (*SMALLER, 0):
            label.set_fontsize(max(size * smaller, 1))
            label.set_visible(smaller > 0)
            if label.get_window_extent().height <= axes.bbox.height:
                break
    figure: Any = axes.get_figure(root=True)
    for dot in axes.lines:
        if dot.get_gid() == DOT:  # they reach beyond the axes, but not to what stands there
            reach = (dot.get_markersize() * BRIGHT / HOLLOW / 2 + 1) * figure.dpi / 72
            across, up = reach / axes.bbox.width, reach / axes.bbox.height
            area = Bbox.from_extents(-across, -up, 1 + across, 1 + up)
            dot.set_clip_box(TransformedBbox(area, axes.transAxes))
            dot.set_clip_on(True)


def _rgba(color: str) -> NDArray[np.uint8]:
    from matplotlib.colors import to_rgba

    rgba: NDArray[np.uint8] = np.rint(255 * np.array(to_rgba(color))).astype(np.uint8)
    return rgba
