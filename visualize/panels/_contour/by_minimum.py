"""Starts in the colours of the minima that they end in, and basins of attraction as areas."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BeforeValidator

from visualize.arrays import Array
from visualize.declare.settings import custom_error
from visualize.landscapes.basins import NOWHERE
from visualize.looks.style import MARKERS, Style
from visualize.text import shown

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def _read_basins(basins: Any) -> Any:
    if isinstance(basins, bool | str):
        return basins
    raise custom_error(f"must be true, false or the name of a run (got {shown(basins)})")


Basins = Annotated[bool | str, BeforeValidator(_read_basins)]
"""Whether there are basins, or of which run."""
PALE = (0.26, 0.5, 0.12)
"""Of a minimum's colour in its basin, beside the background's; other parts where colours come
again."""
FINER = 6
"""Pixels of the picture of basins, along a cell of the grid: edges between cells are smooth."""
FEW = 20
"""Of so many starts it is said how many of them; of more, which part."""


def whose_basins(
    basins: Basins, labels: Sequence[str], groups: Sequence[Sequence[str]]
) -> list[str]:
    """Return the label of the run that is named, or of the first in each small multiple."""
    if isinstance(basins, str):
        return [basins]
    return list(dict.fromkeys([group[0] for group in groups] or labels[:1])) if basins else []


def minimum_color(number: int, style: Style, taken: int = 0) -> str:
    """Return the colour of a minimum, and of all that ends there; a quiet one for nowhere.

    `taken` colours are those of runs.
    """
    series = colors_of(style)
    return style.theme.quiet if number == NOWHERE else series[(taken + number) % len(series)]


def colors_of(style: Style) -> list[str]:
    """Return the colours that a theme has for runs, each once."""
    return list(dict.fromkeys(style.theme.series))


def minimum_marker(number: int, style: Style) -> str:
    """Return what marks starts that end in a minimum: another where colours come again."""
    names = list(MARKERS)
    return names[max(number, 0) // len(colors_of(style)) % len(names)]


def by_minimum(
    series: Mapping[str, Array], reached: Mapping[str, NDArray[np.int16]], style: Style
) -> tuple[dict[str, Array], Style]:
    """Return runs taken apart by the minimum that starts end in, and a style with its colours.

    Those that end nowhere come first: the others are drawn over them.
    """
    parts: dict[str, Array] = {}
    owners: dict[str, str] = {}
    colors: dict[str, str] = {}
    markers: dict[str, str] = {}
    for label, places in series.items():
        for number in np.unique(reached[label]).tolist():
            name = f"{label} {number}"
            parts[name] = places[:, reached[label] == number]
            owners[name], colors[name] = label, minimum_color(number, style)
            markers[name] = minimum_marker(number, style)
    looks: dict[str, Any] = {
        it.name: {name: getattr(style, it.name)[owner] for name, owner in owners.items()}
        for it in fields(style)
        if isinstance(getattr(style, it.name), Mapping)
        and series.keys() <= {*getattr(style, it.name)}
    }
    return parts, replace(style, **{**looks, "colors": colors, "markers": markers})


def shares_in_words(reached: Mapping[str, NDArray[np.int16]], count: int) -> list[str]:
    """Return how many starts end in each of so many minima, and last how many in none."""
    ends = np.concatenate([*reached.values()])
    numbers = [int((ends == number).sum()) for number in (*range(count), NOWHERE)]
    if len(ends) <= FEW:
        return [f"{number} of {len(ends)}" for number in numbers]
    return [_percent(number / len(ends)) for number in numbers]


def _percent(share: float) -> str:
    """Return a share in whole percent; all and none are said only where it is all, or none."""
    if 0 < share < 0.01:
        return "< 1 %"
    if 0.99 < share < 1:
        return "> 99 %"
    return f"{100 * share:.0f} %"


def draw_basins(
    axes: "Axes", basins: NDArray[np.int16], extent: Array, style: Style, taken: int
) -> Any:
    """Draw areas in pale colours, each from where one minimum is reached; `extent` is x, then y."""
    numbers = np.unique(basins)
    weights = [_finely(basins == number) for number in numbers]
    nearest = numbers[np.argmax(weights, axis=0)]
    colors = np.zeros((*nearest.shape, 4))
    for number in numbers.tolist():
        colors[nearest == number] = _pale(number, style, taken)
    return axes.imshow(
        colors.swapaxes(0, 1),
        origin="lower",
        extent=(*extent[0].tolist(), *extent[1].tolist()),
        aspect=axes.get_aspect(),
        interpolation="bilinear",
        zorder=0.9,
    )


def _pale(number: int, style: Style, taken: int) -> Array:
    from matplotlib.colors import to_rgb

    background = np.array(to_rgb(style.theme.background))
    if number == NOWHERE:
        return np.append(background, 0.0)
    color = np.array(to_rgb(minimum_color(number, style, taken)))
    again = (taken + number) // len(colors_of(style))
    pale = PALE[again % len(PALE)]
    return np.append(pale * color + (1 - pale) * background, 1.0)


def _finely(cells: NDArray[np.bool_]) -> Array:
    """Return how much of each is around, at places between the middles of cells."""
    weights = cells.astype(float)
    for axis in (0, 1):
        rows = np.moveaxis(weights, axis, 0)
        # Without that an edge that hardly rises has the steps of its cells.
        around = np.concatenate([rows[:1], rows, rows[-1:]])
        rows = (around[:-2] + 2 * rows + around[2:]) / 4
        weights = np.moveaxis(_between(rows), 0, axis)
    return weights


def _between(rows: Array) -> Array:
    """Return rows with others between them, smoothly and without overshoot."""
    places = np.clip((np.arange(len(rows) * FINER) + 0.5) / FINER - 0.5, 0, len(rows) - 1)
    before = np.minimum(places.astype(int), max(len(rows) - 2, 0))
    part = (places - before)[:, np.newaxis]
    # B-splines: they smooth the steps of the cells.
    weights = np.stack(
        [
            (1 - part) ** 3 / 6,
            (3 * part**3 - 6 * part**2 + 4) / 6,
            (-3 * part**3 + 3 * part**2 + 3 * part + 1) / 6,
            part**3 / 6,
        ]
    )
    around = [np.clip(before + shift, 0, len(rows) - 1) for shift in (-1, 0, 1, 2)]
    mixed: Array = sum(weight * rows[at] for weight, at in zip(weights, around, strict=True))
    return mixed
