"""Where names stand beside heads that move: near, on nothing, and at rest as long as they can."""

import numpy as np
from matplotlib.transforms import Bbox
from numpy.typing import NDArray

from visualize.arrays import Array

MOST_KEYS = 45
"""Times of a film for which it is decided on which side of its head a name stands."""
GAP = 0.1
"""Between two names, in heights."""
TUBE = 1.5
"""Heights that a name may lag behind its head, or lead: it does not follow each zigzag."""
STRIDE = 0.5
"""Heights by which a name is off its place before it moves: each move costs a file as much as a
name, and one that creeps along would move in every picture."""
ON_A_NAME, ON_A_HEAD, ON_A_MARK, ON_A_TRAIL = 12.0, 4.0, 3.0, 1.0
"""What it costs at a time to lie on something."""
MOST_NEARBY = 4
"""Places nearby that count: more of them are one thing."""
ROW, NOT_RIGHT = 0.25, 0.7
"""What it costs at a time to stand a row above or below its head, or not to the right of it."""
TURN = 4.0
"""What it costs to go to another side."""
ROUNDS = 2
"""How often each name looks for its sides; the first time those before it have found theirs."""
APART_ROUNDS = 8
"""How often names that meet on their ways are pushed apart."""


def find_places(
    heads: Array,
    stays: Array,
    changes: NDArray[np.bool_],
    sizes: Array,
    area: Bbox,
    away: float,
    marks: Array,
    nearby: Array,
    *,
    glide: int,
) -> Array:
    """Return where the middles of names stand in each picture: `(pictures, names, 2)`, in pixels.

    `heads` has the same shape; each picture stays for as many frames as `stays` says, and names
    move only in those that `changes` says. `sizes` is `(names, 2)`; `away` is how far beside its
    head a name begins; `marks`, `(n, 2)`, is what names had better not cover, and so is `nearby`,
    which moves: `(pictures, n, 2)`. A name goes to another side of its head in about four times
    `glide` pictures.
    """
    low, high = area.min + sizes / 2, np.maximum(area.max - sizes / 2, area.min + sizes / 2)
    height = float(sizes[:, 1].max())
    followed = heads + np.clip(_smoothed(heads, glide) - heads, -TUBE * height, TUBE * height)
    sides = np.stack([_sides(size, height, away) for size in sizes])
    keys = np.unique(np.linspace(0, len(heads) - 1, MOST_KEYS).astype(int))
    possible = np.clip(
        followed[keys, :, np.newaxis] + sides, low[:, np.newaxis], high[:, np.newaxis]
    )
    weights = np.add.reduceat(stays, keys)
    # At both ends names rest.
    may_turn = (keys[:-1] >= 2 * glide) & (keys[1:] < len(heads) - 2 * glide)
    chosen = _choose_sides(
        possible, sides, heads, keys, weights, may_turn, sizes, away, marks, nearby[keys]
    )
    nearest = np.abs(np.arange(len(heads))[:, np.newaxis] - keys).argmin(axis=1)
    beside = np.stack([side[at[nearest]] for side, at in zip(sides, chosen, strict=True)], axis=1)
    places = np.clip(followed + _smoothed(beside, glide), low, high)
    for _ in range(APART_ROUNDS):
        _push_off(places, heads, sizes, away / 2)
        _push_apart(places, sizes)
        places = np.clip(places, low, high)
    return _at_rest(places, heads, changes, sizes, STRIDE * height)


def _sides(size: Array, height: float, away: float) -> Array:
    """Return where a name may stand beside its head, the best first: `(sides, 2)`."""
    across, up = away + size[0] / 2, away + size[1] / 2
    line = (1 + GAP) * height
    right = [(across, rows * line) for rows in (0, 1, -1, 2, -2, 3, -3, 4, -4)]
    left = [(-across, rows * line) for rows in (0, 1, -1, 2, -2)]
    return np.array([*right, *left, (0, up), (0, -up), (0, up + line), (0, -up - line)])


def _choose_sides(
    possible: Array,
    sides: Array,
    heads: Array,
    keys: NDArray[np.int_],
    weights: Array,
    may_turn: NDArray[np.bool_],
    sizes: Array,
    away: float,
    marks: Array,
    nearby: Array,
) -> list[NDArray[np.int_]]:
    """Return for each name which of the possible places it has at each time."""
    count = len(sizes)
    trails, since = _dense(heads, float(sizes[:, 1].max()))
    begun = since <= keys[:, np.newaxis, np.newaxis]
    own = [
        _cost_of_standing(
            possible[:, name], side, size, heads[keys], trails, begun, away, marks, nearby
        )
        for name, (side, size) in enumerate(zip(sides, sizes, strict=True))
    ]
    times = np.arange(len(keys))
    ways: list[list[NDArray[np.int_]]] = []
    costs: list[float] = []
    for first in range(count):
        # Who looks first has the first choice: each does once.
        chosen: dict[int, NDArray[np.int_]] = {}
        total = dict.fromkeys(range(count), 0.0)
        for name in [*range(first, count), *range(first)] * ROUNDS:
            cost = own[name].copy()
            for other in chosen.keys() - {name}:
                its = possible[times, other, chosen[other]][:, np.newaxis]
                apart = np.abs(possible[:, name] - its) - (sizes[name] + sizes[other]) / 2
                cost += ON_A_NAME * (apart < (GAP * sizes[name, 1], 0)).all(axis=-1)
            chosen[name], total[name] = _cheapest_way(weights[:, np.newaxis] * cost, may_turn)
        ways.append([chosen[name] for name in range(count)])
        costs.append(sum(total.values()))
    return ways[int(np.argmin(costs))]


def _cost_of_standing(
    places: Array,
    side: Array,
    size: Array,
    heads: Array,
    trails: Array,
    begun: NDArray[np.bool_],
    away: float,
    marks: Array,
    nearby: Array,
) -> Array:
    """Return what each place, `(times, sides, 2)`, costs at each time.

    `trails`, `(n, 2)`, are places a height from each other on trails; `begun` says at which times
    they are there, `(times, 1, n)`.
    """
    far = ROW * np.abs(side[:, 1]) / size[1] + NOT_RIGHT * (side[:, 0] <= 0)
    cost = np.broadcast_to(far, places.shape[:2]).copy()
    half = size / 2
    beside = np.abs(heads[:, np.newaxis] - places[:, :, np.newaxis])
    cost += ON_A_HEAD * (beside < half + away / 2).all(axis=-1).sum(axis=-1)
    cost += ON_A_MARK * (np.abs(marks - places[:, :, np.newaxis]) < half).all(axis=-1).any(axis=-1)
    met = np.abs(nearby[:, np.newaxis] - places[:, :, np.newaxis]) < half
    cost += ON_A_TRAIL * np.minimum(met.all(axis=-1).sum(axis=-1), MOST_NEARBY)
    covered = np.abs(trails[:, 0] - places[..., :1]) < half[0]
    covered &= np.abs(trails[:, 1] - places[..., 1:]) < half[1]
    crossed = (covered & begun).sum(axis=-1) * size[1] / size[0]
    return np.asarray(cost + ON_A_TRAIL * np.minimum(crossed, 1))


def _dense(heads: Array, step: float) -> tuple[Array, Array]:
    """Return places on trails, `(n, 2)`, no farther apart than a step, and since which picture."""
    places, since = [heads[:1].reshape(-1, 2)], [np.zeros(heads.shape[1])]
    for run in np.moveaxis(heads, 1, 0):
        lengths = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(run, axis=0).T))])
        along = np.arange(step, lengths[-1], step)[:5000]
        places.append(np.stack([np.interp(along, lengths, it) for it in run.T], axis=1))
        since.append(np.searchsorted(lengths, along).astype(float))
    return np.concatenate(places), np.concatenate(since)


def _cheapest_way(costs: Array, may_turn: NDArray[np.bool_]) -> tuple[NDArray[np.int_], float]:
    """Return which place is had at each time so that standing and turning cost least, and that.

    `may_turn` says between which times another place may be taken.
    """
    turning = TURN * (1 - np.eye(costs.shape[1]))
    staying = np.where(turning > 0, np.inf, 0)
    total, before = costs[0], []
    for cost, turns in zip(costs[1:], may_turn, strict=True):
        ways = total[:, np.newaxis] + (turning if turns else staying)
        before.append(ways.argmin(axis=0))
        total = ways.min(axis=0) + cost
    way = [int(total.argmin())]
    for came_from in reversed(before):
        way.append(int(came_from[way[-1]]))
    return np.array(way[::-1]), float(total.min())


def _push_apart(places: Array, sizes: Array) -> None:
    """Push names that lie on each other up and down, just as far as they do."""
    for one in range(len(sizes)):
        for other in range(one):
            apart = places[:, one] - places[:, other]
            room = (sizes[one] + sizes[other]) / 2 - np.abs(apart)
            push = np.where((room > 0).all(axis=1), room[:, 1] / 2, 0)
            push = np.where(apart[:, 1] < 0, -push, push)
            places[:, one, 1] += push
            places[:, other, 1] -= push


def _push_off(places: Array, heads: Array, sizes: Array, radius: float) -> None:
    """Push each name off its own head, the shortest way."""
    apart = places - heads
    room = sizes / 2 + radius - np.abs(apart)
    way = np.where(apart < 0, -room, room)
    shortest = np.abs(room) == np.abs(room).min(axis=-1, keepdims=True)
    places += np.where((room > 0).all(axis=-1, keepdims=True) & shortest, way, 0)


def _at_rest(
    places: Array, heads: Array, changes: NDArray[np.bool_], sizes: Array, stride: float
) -> Array:
    """Return places where a name stays until it is farther off than a stride, or on something.

    That is another name, or a head before names may move again.
    """
    resting = places.copy()
    ends = np.append(np.flatnonzero(changes), len(places))
    for frame in range(1, len(places)):
        resting[frame] = now = resting[frame - 1]
        if not changes[frame]:
            continue
        end = int(ends[np.searchsorted(ends, frame, side="right")])
        # Where it belongs in the middle of the time until it may move again, or where it covers
        # fewest heads until then.
        possible = places[[(frame + end) // 2, frame, end - 1]]
        apart = np.abs(heads[frame:end, np.newaxis] - possible[:, np.newaxis, :, np.newaxis])
        covered = (apart < sizes[:, np.newaxis] / 2).all(axis=-1).sum(axis=(1, 3))
        wanted = possible[covered.argmin(axis=0), np.arange(len(sizes))]
        moves = np.abs(wanted - now).max(axis=1) > stride
        apart = np.abs(heads[frame:end, np.newaxis] - now[:, np.newaxis])
        moves |= (apart < sizes[:, np.newaxis] / 2).all(axis=-1).any(axis=(0, 2))
        for _ in sizes:
            then = np.where(moves[:, np.newaxis], wanted, now)
            apart = np.abs(then[:, np.newaxis] - then)
            meets = (apart < (sizes[:, np.newaxis] + sizes) / 2).all(axis=-1)
            np.fill_diagonal(meets, val=False)
            moves |= meets.any(axis=1)
            wanted = np.where(meets.any(axis=1)[:, np.newaxis], possible[0], wanted)
        resting[frame] = np.where(moves[:, np.newaxis], wanted, now)
    return resting


def _smoothed(ways: Array, reach: int) -> Array:
    """Return means over up to so many pictures before and as many after, twice: no corners.

    At both ends ways stay what they are.
    """
    at = np.arange(len(ways))
    reaches = np.minimum(reach, np.minimum(at, at[::-1]))
    for _ in range(2):
        sums = np.concatenate([0 * ways[:1], np.cumsum(ways, axis=0)])
        ways = (sums[at + reaches + 1] - sums[at - reaches]) / _each(2 * reaches + 1, ways)
    return ways


def _each(numbers: NDArray[np.int_], ways: Array) -> Array:
    return numbers.reshape(-1, *[1] * (ways.ndim - 1)).astype(float)
