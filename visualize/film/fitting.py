"""Films that fit into so many bytes: what is given up for it, and in what order.

All that could be given up is put in a row, what hurts least first: how much the pictures suffer is
measured on some of them, how much a lower rate hurts is a constant. How small each makes a file is
foretold, and corrected by each file that is made; a search finds the first of the row that fits.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from visualize.formats._palette import in_few
from visualize.formats.format import Format

EVERY = (1, 2, 3, 4, 6, 8)
SLOWEST = 4.0
"""Pictures a second that are kept at least."""
SCALES = (1.0, 0.85, 0.75, 0.65, 0.55, 0.45, 0.375, 0.3)
SMALLEST = 64
"""Pixels: the shorter side of a picture, at least."""
COARSER = 3
"""From one quality of a video to the next."""
JERKINESS = 75.0
"""How much it hurts, in 255ths of a picture's edges, that pictures stay longer: a second."""
MORE_AND_MORE = 1.3
"""The second picture that is left out hurts more than the first."""
GRAININESS = 0.5
"""How much it hurts that a video is coarser by one."""
BARELY = 0.5
"""Hurts for each thing that is given up at all, so that few are."""
SURELY = 1.1
"""What is foretold to be so many times too large is not tried."""
WORTH = 0.94
"""A step of the row is worth it that makes the file so much smaller."""


@dataclass(frozen=True)
class Loss:
    """What is given up of a film so that it becomes smaller."""

    colors: int | None = None
    """How many colours are left; None: all that there were."""
    coarser: int = 0
    """How much coarser a video is."""
    every: int = 1
    """Every which picture is kept."""
    scale: float = 1.0
    """Of the pictures' sides."""

    NAMES: ClassVar[Mapping[int, str]] = {
        2: "second",
        3: "third",
        4: "fourth",
        6: "sixth",
        8: "eighth",
    }

    def in_words(self, size: tuple[int, int], small: tuple[int, int]) -> str:
        """Return what is given up, where pictures of one size have another."""
        words = []
        if self.colors is not None:
            words.append(f"{self.colors} colours")
        if self.coarser:
            words.append(f"a quality lower by {self.coarser}")
        if self.every > 1:
            words.append(f"every {self.NAMES[self.every]} picture")
        if self.scale != 1:
            words.append("{} x {} in place of {} x {}".format(*small, *size))
        return ", ".join(words)


NOTHING = Loss()


@dataclass(frozen=True)
class Fitted:
    """The first of a row of losses whose file fits, or the last one, whose does not."""

    loss: Loss
    size: int
    """Bytes of its file."""


def losses_of(
    kind: type[Format], picture: NDArray[np.uint8], per_second: float, count: int
) -> list[tuple[Loss, float]]:
    """Return what can be given up, from what hurts least, each with the part that is left.

    The picture is one of a film's `count`, `(height, width, 4)`, of which so many come in a second.
    The last of the row is the smallest file there can be.
    """
    height, width = picture.shape[:2]
    colors = (None, *kind.palettes)
    coarser = range(0, kind.coarsest + 1, COARSER)
    every = [
        it
        for it in ((1,) if kind.still else EVERY)
        if it == 1 or (per_second / it >= SLOWEST and count > 2 * it)
    ]
    scales = [it for it in SCALES if it == 1 or it * min(width, height) >= SMALLEST]
    of_colors = {
        it: 0.0 if it is None else _difference(picture, in_few(picture, it)) for it in colors
    }
    of_scales = {it: 0.0 if it == 1 else _hurt_by_scale(picture, it) for it in scales}
    found: list[tuple[float, Loss, float]] = []
    for some, grain, kept, scale in product(colors, coarser, every, scales):
        loss = Loss(some, grain, kept, scale)
        hurt = of_colors[some] + of_scales[scale] + GRAININESS * grain
        hurt += JERKINESS * (kept - 1) ** MORE_AND_MORE / per_second
        hurt += BARELY * sum((some is not None, grain > 0, kept > 1, scale < 1))
        found.append((hurt, loss, _part_left(loss)))
    row: list[tuple[Loss, float]] = []
    least = 1.0
    for _, loss, part in sorted(found, key=lambda it: (it[0], -it[2])):
        if part <= WORTH * least:
            row.append((loss, part))
            least = part
    return row


def fit(
    row: Sequence[tuple[Loss, float]], whole: int, limit: int, size_of: Callable[[Loss], int]
) -> Fitted:
    """Return the first of a row of losses whose file is no larger than a limit.

    `size_of` makes such a file; the `whole` one has too many bytes. Where none fits, the last of
    the row is returned, which is the smallest. Few files are made.
    """
    if not row:
        return Fitted(NOTHING, whole)
    sizes: dict[int, int] = {}
    low, high = -1, len(row) - 1  # the first does not fit; the last one may
    correction = 1.0
    while high - low > 1 or high not in sizes:
        between = range(low + 1, high + 1)
        fits = (it for it in between if row[it][1] * whole * correction <= limit)
        guess = next(fits, high)
        if guess in sizes:  # foretold as known already: the one before may do as well
            guess -= 1
            if row[guess][1] * whole * correction > SURELY * limit:
                break
        sizes[guess] = size_of(row[guess][0])
        correction = sizes[guess] / (row[guess][1] * whole)
        if sizes[guess] <= limit:
            high = guess
        elif guess == len(row) - 1:
            break
        else:
            low = guess
    return Fitted(row[high][0], sizes[high])


def in_kilobytes(size: int) -> str:
    """Return how large a file is, never less than it is: 416 KB."""
    digits = max(3 - len(f"{size // 1000}"), 0) if size < 100_000 else 0
    return f"{math.ceil(size / 1000 * 10**digits) / 10**digits:g} KB"


def _part_left(loss: Loss) -> float:
    """Return about how large a file is, as a part of the whole one: all alike, and rising."""
    part = loss.scale**1.4 * loss.every**-0.75 * 0.5 ** (loss.coarser / 9)
    if loss.colors is not None:
        part *= 0.35 + 0.65 * np.log2(loss.colors) / 8.6
    return float(part)


def _hurt_by_scale(picture: NDArray[np.uint8], scale: float) -> float:
    """Return what is lost where a smaller picture is shown as large as before.

    It is not, altogether: as much of that counts as it is smaller. Letters are then lost first.
    """
    from PIL import Image

    height, width = picture.shape[:2]
    small = max(round(scale * width), 1), max(round(scale * height), 1)
    image = Image.fromarray(picture).resize(small, Image.Resampling.BOX)
    again = image.resize((width, height), Image.Resampling.BILINEAR)
    return (1 - scale) / scale * _difference(picture, np.asarray(again))


def _difference(picture: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    """Return by how much pictures differ where there is something to see: at edges and there."""
    one, two = (it[..., :3].astype(np.int16) for it in (picture, other))
    off = np.abs(one - two).max(axis=2)
    edges = np.zeros(off.shape, dtype=bool)
    edges[:, 1:] |= (one[:, 1:] != one[:, :-1]).any(axis=2)
    edges[1:] |= (one[1:] != one[:-1]).any(axis=2)
    seen = edges | (off > 0)
    return float(np.sqrt(np.mean(off[seen].astype(float) ** 2))) if seen.any() else 0.0
