"""The pace of a film that says nothing of time: slow where the picture changes, fast elsewhere.

It begins with a second of rest, moves for three to five, and ends with two of rest, whatever the
number of steps. Which row of the history a picture shows is decided by how far the heads travel in
the panels, as they are seen there.
"""

from collections.abc import Mapping

import numpy as np

from visualize.arrays import Array
from visualize.declare.settings import Range

REST_BEFORE, REST_AFTER = 1.0, 2.0
"""Seconds that the start and the end are shown."""
BRIEFEST, LONGEST = 3.2, 4.8
"""Seconds between them: of one step, and of many."""
FOR_EACH_STEP, MANY_STEPS = 0.1, 1000
"""Seconds by which each step makes it longer, up to so many steps."""
CREEPING = 0.15
"""The part of the time that all steps share alike, so that what hardly changes goes on."""
MOST_STARTS, MOST_LINES = 100, 8
"""Of a run, that are looked at."""
CELLS = 16
"""Heads in the same one of so many parts of the width and of the height cover each other."""
BLOCK = 1000
"""Rows that are looked at together, so that long runs take little memory."""
FAR = 1e4
"""Widths of the view beyond which nobody asks how far."""
JOINED, APART = 6, 18
"""Pictures of a step up to which a head runs through, and from which on it rests at its end."""


def pictures(
    steps: int, per_second: float, rest: float = REST_BEFORE, whole: float | None = None
) -> tuple[int, int]:
    """Return how many pictures show the start, and how many follow until the end is reached.

    The start is shown for `rest` seconds; all take `whole` seconds, where that is said.

    >>> pictures(1, 25), pictures(100_000, 25), pictures(0, 25), pictures(9, 25, 0.5, whole=2)
    ((25, 82), (25, 120), (1, 0), (12, 38))
    """
    resting = max(round(rest * per_second), 1)
    if whole is not None:
        every = max(round(whole * per_second), 1)
        return (min(resting, every - 1), every - min(resting, every - 1)) if steps else (every, 0)
    if steps == 0:
        return 1, 0
    moving = min(BRIEFEST + FOR_EACH_STEP * min(steps, MANY_STEPS), LONGEST)
    return resting, max(round(moving * per_second), 1)


def rows_shown(
    changes: Array, per_second: float, rest: float = REST_BEFORE, whole: float | None = None
) -> Array:
    """Return the row of the history that each picture shows, rising from 0 to the last one.

    `changes` are those of the picture in each step, `(steps,)`, in any unit. A picture shows a
    whole row, or one on the way to the next: every step that takes more than a picture ends in
    one. Where it takes many, the head slows down before it comes to rest there.

    >>> rows_shown(np.array([3.0, 1.0, 0.0]), per_second=2).round(2).tolist()
    [0.0, 0.0, 0.2, 0.4, 0.6, 0.8, 1.0, 1.5, 3.0]
    """
    resting, moving = pictures(len(changes), per_second, rest, whole)
    if not moving:
        return np.zeros(resting)
    # When each row is reached, in whole pictures; of those that are reached together the last.
    reached = np.rint(moving * _shares(changes)).astype(int)
    last = np.flatnonzero(np.diff(reached, append=moving + 1))
    times = reached[last]
    now = np.arange(1, moving + 1)
    before = np.searchsorted(times, now, side="right") - 1
    taken = np.diff(times, append=moving + 1)[before]
    part = (now - times[before]) / taken
    calm = np.clip((taken - JOINED) / (APART - JOINED), 0, 1)
    part += calm * (part * part * (3 - 2 * part) - part)
    return np.concatenate([np.zeros(resting), last[before] + part])


def _shares(changes: Array) -> Array:
    """Return the part of the moving time that is over at each row: from 0 to 1, rising."""
    steps = len(changes)
    even = np.linspace(0, 1, steps + 1)
    most = changes.max(initial=0)
    if most == 0:
        return even
    gone = np.append(0, np.cumsum(changes / most))
    shares: Array = CREEPING * even + (1 - CREEPING) * gone / gone[-1]
    return shares


def changes_of(
    series: Mapping[str, Array], limits: tuple[Range, Range], scales: tuple[str, str], steps: int
) -> Array:
    """Return how much a panel changes in each step: how far its heads travel in it, `(steps,)`.

    That is counted in widths and heights of the view, and within it. Heads of a run that are in
    one place count as one. `series` has for each run its places, `(..., rows, starts, 2)`.
    """
    changes = np.zeros(steps)
    for places in series.values():
        travelled = _travelled(places, limits, scales)[:steps]
        changes[: len(travelled)] += travelled
    return changes


def _travelled(places: Array, limits: tuple[Range, Range], scales: tuple[str, str]) -> Array:
    """Return how far all lines of a run go in each step, seen: `(rows - 1,)`."""
    lines = places.reshape(-1, *places.shape[-3:])
    lines = lines[:: -(-len(lines) // MOST_LINES), :, :: -(-lines.shape[2] // MOST_STARTS)]
    travelled = np.zeros(lines.shape[1] - 1)
    with np.errstate(all="ignore"):  # runs diverge, and not all numbers have a logarithm
        for first in range(0, len(travelled), BLOCK):
            seen = _in_view(lines[:, first : first + BLOCK + 1], limits, scales)
            lengths = _within(seen[:, :-1], seen[:, 1:]) / _crowd(seen[:, 1:])
            travelled[first : first + BLOCK] = lengths.sum(axis=(0, 2))
    return travelled


def _in_view(places: Array, limits: tuple[Range, Range], scales: tuple[str, str]) -> Array:
    """Return where places lie in a view: from 0 to 1 within it, in both directions."""
    seen = np.empty(places.shape)
    for axis, scale in enumerate(scales):
        along = np.log if scale == "log" else np.asarray
        low, high = along(limits[axis])
        seen[..., axis] = (along(places[..., axis]) - low) / (high - low)
    seen[~np.isfinite(seen)] = np.nan  # there it is not drawn
    return np.clip(seen, -FAR, FAR, out=seen)


def _crowd(seen: Array) -> Array:
    """Return how many heads are where each is, itself included: of `(lines, rows, starts, 2)`."""
    lines, rows, starts, _ = seen.shape
    if lines * starts == 1:
        return np.ones((1, rows, 1))
    across, up = np.moveaxis(np.nan_to_num(np.clip(seen, 0, 1) * CELLS).astype(int), -1, 0)
    places = (np.arange(rows)[:, np.newaxis] * (CELLS + 1) + across) * (CELLS + 1) + up
    crowd: Array = np.bincount(places.ravel())[places].astype(float)
    return crowd


def _within(before: Array, after: Array) -> Array:
    """Return how much of each way, `(..., 2)`, lies in the square from 0 to 1; NaN counts 0.

    What is seen of it for a part of its time only counts for that part: to wait for a head that has
    left is no motion.
    """
    way = after - before
    # Where it enters and leaves between two sides; what goes along them is between, or never is.
    one, other = -before / way, (1 - before) / way
    along = way == 0
    between = along & (before >= 0) & (before <= 1)
    begins = np.where(along, np.where(between, -np.inf, np.inf), np.fmin(one, other)).max(axis=-1)
    ends = np.where(along, np.inf, np.fmax(one, other)).min(axis=-1)
    part = np.clip(ends, 0, 1) - np.clip(begins, 0, 1)
    seen: Array = np.maximum(part, 0) ** 2 * np.hypot(way[..., 0], way[..., 1])
    return np.nan_to_num(seen)
