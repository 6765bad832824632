"""The pixels in which a relief is seen, and what of it is seen in each."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from visualize.arrays import Array
from visualize.landscapes.relief import Sight


@dataclass(frozen=True, eq=False)
class Raster:
    """Which pixels show a relief, and what of it."""

    pixels: NDArray[np.intp]
    """Their numbers, row by row from the top: `(n,)`."""
    sample: NDArray[np.intp]
    """Between which sample of the sight and the next it is."""
    part: Array
    """How far on the way to the next, from 0 to 1."""
    is_below: NDArray[np.bool_]
    """Whether it is seen from below."""

    def of(self, numbers: Array) -> Array:
        """Return numbers of samples, `(columns, samples)`, in the pixels: `(n,)`."""
        flat = numbers.ravel()
        here = flat[self.sample]
        shown: Array = here + self.part * (flat[self.sample + 1] - here)
        return shown


def raster_of(sight: Sight, bottom: float, top: float, rows: int) -> Raster:
    """Return what is seen in so many rows of pixels between two heights of the picture."""
    columns, samples = sight.up.shape
    # In pixels from the top; the middles of pixels are whole numbers.
    down = (top - sight.up) / (top - bottom) * rows - 0.5
    ends = down[:, :-1], down[:, 1:]
    # Of NaN no pixel is between.
    first = np.nan_to_num(np.ceil(np.minimum(*ends)), nan=0.0)
    beyond = np.nan_to_num(np.ceil(np.maximum(*ends)), nan=0.0)
    first, beyond = (np.clip(it, 0, rows).astype(np.intp) for it in (first, beyond))
    counts = (beyond - first)[:, ::-1].ravel()  # the farthest first: nearer ones come over it
    spans = np.flatnonzero(counts)
    counts = counts[spans]
    column, back = np.divmod(spans, samples - 1)
    sample = column * samples + samples - 2 - back
    row = np.repeat(first[:, ::-1].ravel()[spans] - (np.cumsum(counts) - counts), counts)
    row += np.arange(len(row))
    owner = np.full(rows * columns, -1, dtype=np.intp)
    owner[row * columns + np.repeat(column, counts)] = np.repeat(sample, counts)
    pixels = np.flatnonzero(owner >= 0)
    sample = owner[pixels]
    flat = down.ravel()
    here, then = flat[sample], flat[sample + 1]
    part = (pixels // columns - here) / (then - here)
    return Raster(pixels, sample, np.clip(part, 0, 1), then > here)
