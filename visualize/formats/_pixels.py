"""Pictures as arrays, and where two of them differ."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from matplotlib.figure import Figure


Box = tuple[slice, slice]
"""Rows and columns."""


Picture = NDArray[np.uint8]
"""Pixels: `(height, width, 4)`, red, green, blue and opacity."""


def picture_of(figure: "Figure") -> Picture:
    """Return the pixels of the figure as it is now; the next draw overwrites them."""
    canvas = figure.canvas
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())  # type: ignore[attr-defined]  # every Agg canvas has one


def changed_box(before: Picture, now: Picture, within: Box | None = None) -> Box | None:
    """Return the smallest box around all that differs, if anything does.

    It is looked for `within` a box; None: everywhere.
    """
    rows, columns = within or everywhere(now)
    one, other = (picture[rows, columns] for picture in (before, now))
    if not one.size:
        return None
    found = box_of(one.view(np.uint32)[..., 0] != other.view(np.uint32)[..., 0])
    if found is None:
        return None
    first = rows.start, columns.start
    down, right = (
        slice(part.start + start, part.stop + start)
        for part, start in zip(found, first, strict=True)
    )
    return down, right


def everywhere(picture: Picture) -> Box:
    """Return all rows and columns."""
    return slice(0, picture.shape[0]), slice(0, picture.shape[1])


def is_opaque(picture: Picture) -> bool:
    """Whether nothing behind the picture can be seen."""
    return bool((picture[..., 3] == 255).all())


def touched(figure: "Figure") -> Box | None:
    """Return where the picture may differ from when this was asked last; None: anywhere."""
    canvas = figure.canvas
    damage = canvas.damage() if hasattr(canvas, "damage") else None
    return None if damage is None else damage.slices


def box_of(mask: NDArray[np.bool_]) -> Box | None:
    """Return the rows and columns of the smallest box around all that is true, if anything is."""
    rows = np.flatnonzero(mask.any(axis=1))
    if not rows.size:
        return None
    top, bottom = int(rows[0]), int(rows[-1]) + 1
    columns = np.flatnonzero(mask[top:bottom].any(axis=0))
    return slice(top, bottom), slice(int(columns[0]), int(columns[-1]) + 1)


def places_in(mask: NDArray[np.bool_]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the rows and the columns of all that is true.

    `nonzero` of a mask with few such places takes twenty times as long in two dimensions.
    """
    return np.divmod(np.flatnonzero(mask), mask.shape[1])
