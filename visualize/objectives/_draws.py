"""Random numbers that depend only on a seed and a step, so that all optimizers see the same."""

from collections.abc import Callable

import numpy as np

from visualize.arrays import Array

STARTS, NOISE, BATCHES = range(3)
"""The streams of a seed; what is drawn from one changes no other."""


class Draws:
    """The random numbers of a run: the n-th draw of a stream is the same for every optimizer.

    >>> draws, others = Draws(seed=0), Draws(seed=0)
    >>> first, second = (draws.of(NOISE, n, lambda it: it.normal(size=2)) for n in (0, 1))
    >>> others.of(NOISE, 1, lambda it: it.normal(size=2)).tolist() == second.tolist()
    True
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._latest: dict[int, tuple[int, np.random.Generator, Array]] = {}

    def of(self, stream: int, number: int, draw: Callable[[np.random.Generator], Array]) -> Array:
        """Return the draw of a number, counted from 0, such as a step or an epoch.

        `draw` takes from the stream's generator, once for each number in order. The latest draw is
        kept: asking again, or for the next, is cheap; an earlier one begins the stream anew.
        """
        fresh = -1, np.random.default_rng([self._seed, stream]), np.empty(0)
        latest, generator, numbers = self._latest.get(stream, fresh)
        if number < latest:
            latest, generator, numbers = fresh
        while latest < number:
            latest, numbers = latest + 1, draw(generator)
        self._latest[stream] = latest, generator, numbers
        return numbers
