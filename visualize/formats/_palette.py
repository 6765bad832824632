"""Palettes: few colours that stand for many."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

MOST_COLORS = 255
"""Of a palette's 256; the one after them stands for what does not change."""
EXACT_COLORS = 56
"""The commonest ones, which fill the flat areas: they are kept as they are."""
ROUNDS = 8
EVENNESS = 0.8
"""How much the commonness of a colour counts against its error; 0: the largest error is least."""
NEAR = 5
"""How far colours may be apart, as red, green and blue together, for one to stand for the other."""

AT_ONCE = 256
"""Colours whose distances from a palette fit into a processor's cache."""

Colors = NDArray[np.uint8]
"""Red, green and blue: `(colours, 3)`."""
Runs = tuple[NDArray[np.uint32], NDArray[np.intp], NDArray[np.intp]]
"""Colours; and for each run of equal neighbours which it is, and its length. Neighbours are mostly
alike: runs are sorted, and counted, faster than pixels."""


def runs_of(pixels: NDArray[np.uint32]) -> Runs:
    """Return the colours in a row of pixels; and for each run of a colour which, and how long."""
    starts = np.flatnonzero(np.concatenate(([True], pixels[1:] != pixels[:-1])))
    values, index = np.unique(pixels[starts], return_inverse=True)
    return values, index, np.diff(starts, append=len(pixels))


def counts_of(index: NDArray[np.intp], lengths: NDArray[np.intp]) -> NDArray[Any]:
    """Return how many pixels each colour has."""
    return np.bincount(index, weights=lengths)


def numbers_of(colors: Colors) -> NDArray[np.uint32]:
    """Return colours as whole numbers, as in pictures."""
    opaque = np.full((len(colors), 1), 255, dtype=np.uint8)
    return np.concatenate([colors, opaque], axis=1).view(np.uint32)[:, 0]


def colors_of(numbers: NDArray[np.uint32]) -> Colors:
    """Return whole numbers, as in pictures, as red, green and blue."""
    return numbers.view(np.uint8).reshape(-1, 4)[:, :3]


def distances(colors: Colors, others: Colors) -> NDArray[np.int16]:
    """Return how far colours are apart: the largest of red, green and blue."""
    apart: NDArray[np.int16] = np.abs(colors.astype(np.int16) - others).max(axis=1)
    return apart


def choose_palette(colors: Colors, counts: NDArray[Any], most: int = MOST_COLORS) -> Colors:
    """Return up to `most` colours that stand for `colors`, which occur so often.

    The commonest are kept; the others begin where the error is largest, as long as there is one,
    and are then moved to the middle of what they stand for (weighted k-means).
    """
    if len(colors) <= most:
        return colors
    kept = EXACT_COLORS * most // MOST_COLORS
    order = np.argsort(-counts, kind="stable")
    points, weights = colors[order].astype(np.float32), counts[order].astype(np.float32)
    palette = points[:most].copy()
    importance = weights**EVENNESS
    distances = np.full(len(points), np.inf, dtype=np.float32)
    for count in range(most):
        if count >= kept:
            palette[count] = points[np.argmax(distances * importance)]
            if distances.max() <= NEAR**2:
                palette = palette[:count]
                break
        np.minimum(distances, ((points - palette[count]) ** 2).sum(axis=1), out=distances)
    for _ in range(ROUNDS):
        nearest = nearest_in(palette, points)
        share = np.bincount(nearest, weights, minlength=len(palette))
        for channel in range(3):
            mean = np.bincount(nearest, weights * points[:, channel], minlength=len(palette))
            np.divide(mean, share, out=mean, where=share > 0)
            palette[kept:, channel] = np.where(share > 0, mean, palette[:, channel])[kept:]
    return np.rint(palette).astype(np.uint8)


def nearest_in(palette: NDArray[Any], colors: NDArray[Any]) -> NDArray[np.uint8]:
    """Return the nearest palette entry of each colour."""
    chosen = np.empty(len(colors), dtype=np.uint8)
    wanted, offered = colors.astype(np.float32), palette.astype(np.float32)
    half = (offered**2).sum(axis=1) / 2
    for first in range(0, len(colors), AT_ONCE):
        part = wanted[first : first + AT_ONCE]
        # Half of |a - b|² less |a|², which is the same for every b; without a product of matrices,
        # for which threads are woken that cost more than they save.
        distance = half - np.multiply.outer(part[:, 0], offered[:, 0])
        for channel in (1, 2):
            distance -= np.multiply.outer(part[:, channel], offered[:, channel])
        chosen[first : first + AT_ONCE] = distance.argmin(axis=1)
    return chosen


def in_few(picture: NDArray[np.uint8], most: int) -> NDArray[np.uint8]:
    """Return a picture, `(height, width, 4)`, in so many colours at most; opacity stays."""
    values, index, lengths = runs_of(np.ascontiguousarray(picture).view(np.uint32).ravel())
    colors = colors_of(values)
    palette = choose_palette(colors, counts_of(index, lengths), most)
    chosen = palette[nearest_in(palette, colors)][index]
    few = picture.copy()
    few[..., :3] = np.repeat(chosen, lengths, axis=0).reshape(*picture.shape[:2], 3)
    return few
