"""The legend above the panels: in rows, smaller where need be, and no larger than there is room."""

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.legend import Legend
from matplotlib.lines import Line2D

from visualize.film.texts import settle_formulas, size
from visualize.looks.lettering import lettered
from visualize.looks.style import Style
from visualize.panels._trails import head_of

if TYPE_CHECKING:
    from matplotlib.artist import Artist

HANDLE, DASHED_HANDLE = 1.8, 3.2
"""How long lines in a legend are, in letters: beside its marker a dash is to be seen."""
WELL_KNOWN = {"minimum"}
"""What needs no name where one run is all there is."""
SMALLER = (1.0, 0.88, 0.76)
"""Letters of a legend of several rows, as a part of those of numbers."""
FEW = 12
"""Of so many names each number of columns is tried."""


def entries_of(
    panels: Sequence[Axes], shown: Mapping[str, str], style: Style
) -> "tuple[dict[str, Artist], dict[str, Artist]]":
    """Return what a legend names, and how: the runs, and what else panels want named.

    `shown` says whose line stands for each name.
    """
    runs: dict[str, Artist] = {}
    for name, label in shown.items() if len(shown) > 1 else ():
        runs[name] = Line2D(
            [],
            [],
            color=style.colors[label],
            linestyle=style.dashes[label],
            linewidth=style.line * 1.4 * style.widths[label],
            **head_of(label, style),
        )
    others: dict[str, Artist] = {}
    for axes in panels:
        for handle, label in zip(*axes.get_legend_handles_labels(), strict=True):
            if label not in runs:
                others.setdefault(label, handle)
    return ({}, {}) if runs.keys() | others.keys() <= WELL_KNOWN else (runs, others)


def add_legend(
    figure: Figure | SubFigure,
    runs: "Mapping[str, Artist]",
    others: "Mapping[str, Artist]",
    style: Style,
    width: float,
    height: float = math.inf,
) -> tuple[Legend, int]:
    """Add a legend no wider and no higher than that, in pixels, if one row can be.

    Its letters are smaller if need be; then it names only as many as there is room for. Returns
    also how many it leaves out.
    """
    count = len(runs) + len(others)
    for smaller in SMALLER:
        legend = _in_columns(figure, {**runs, **others}, style, width, smaller)
        if size(legend)[1] <= height:
            return legend, 0
        legend.remove()
    kept = max(count - 2, 1)  # one alone has as much room as the words that it is left out
    while True:
        named, more = _first(runs, others, kept), max(count - kept, 0)
        legend = _in_columns(figure, named, style, width, SMALLER[-1], more)
        columns = _columns(legend)
        rows = -(-(kept + 1) // columns)
        if size(legend)[1] <= height or rows == 1 or kept == 1:
            return legend, more
        legend.remove()
        kept = max(min(kept - 1, (rows - 1) * columns - 1), 1)


def _columns(legend: Legend) -> int:
    columns: int = legend._ncols  # type: ignore[attr-defined]  # noqa: SLF001  # it has no getter
    return columns


def _first(
    runs: "Mapping[str, Artist]", others: "Mapping[str, Artist]", count: int
) -> "dict[str, Artist]":
    """Return so many of them: the first runs, and all others where these are the fewer."""
    number = max(count - len(others), 1)
    several = [*list(runs.items())[:number], *others.items()]
    return dict(several[:count])


def _in_columns(
    figure: Figure | SubFigure,
    named: "Mapping[str, Artist]",
    style: Style,
    width: float,
    smaller: float,
    more: int = 0,
) -> Legend:
    """Add a legend in as many columns as are no wider than that together."""
    words, handles = list(map(lettered, named)), list(named.values())
    if more:
        words.append(f"and {more} more")
        handles.append(Line2D([], [], linestyle=""))
    columns = len(words)
    while True:
        is_alone = columns == len(words) and smaller == 1 and not more
        legend = figure.legend(
            handles,
            words,
            # In several rows they take much of the picture.
            fontsize=style.font_size if is_alone else style.numbers * smaller,
            loc="upper left",
            ncols=columns,
            frameon=False,
            borderpad=0,
            borderaxespad=0,
            handlelength=HANDLE if len({*style.dashes.values()}) == 1 else DASHED_HANDLE,
            columnspacing=1.6,
            labelspacing=0.3,
        )
        settle_formulas(legend.get_texts())
        across = size(legend)[0]
        if across <= width or columns == 1:
            return legend
        legend.remove()
        nearest = columns - 1 if len(words) <= FEW else int(columns * width / across) + 1
        columns = max(min(columns - 1, nearest), 1)
