"""How often a run asks for values and gradients, where each start may ask for more or fewer."""

from typing import Any

import numpy as np

from visualize.arrays import Array
from visualize.objectives._wrapper import Wrapper
from visualize.objectives.objective import Objective

EVALUATIONS = "evaluations"
"""What histories call the evaluations that led to a row, beside the states."""


class Counting(Wrapper):
    """An objective that counts at how many points it is asked for something: of each start.

    The value and the gradient at one point are one evaluation, and points that are asked for again
    at once are none: lines are searched for all starts together, and those that are done wait
    where they are. Second derivatives are as many as there are coordinates, and a step is one at
    least.
    """

    def __init__(self, inside: Objective, starts: int) -> None:
        """Nothing is counted yet."""
        super().__init__(inside)
        self._total, self._step = np.zeros(starts), np.zeros(starts)
        self._here = self._last = np.full((starts, inside.dimension), np.nan)

    def begin(self, here: Array) -> None:
        """Count the gradient at the points from which a step goes."""
        self._step[:] = 0
        self._here = self._last
        self._note(here)
        self._here = here

    def end(self) -> Array:
        """Return the evaluations of all steps: `(starts,)`."""
        self._total = self._total + np.maximum(self._step, 1)
        return self._total

    def value(self, points: Array) -> Array:
        """Return the value at each point."""
        self._note(points)
        return self.inside.value(points)

    def gradient(self, points: Array) -> Array:
        """Return the gradient at each point."""
        self._note(points)
        return self.inside.gradient(points)

    def hessian(self, points: Array) -> Array:
        """Return the second derivatives at each point."""
        self._step += self.dimension
        return self.inside.hessian(points)

    def _note(self, points: Any) -> None:
        if np.size(points) % self._last.size:
            self._step += 1  # a package's rule asks for something of its own
            return
        for some in np.reshape(points, (-1, *self._last.shape)):
            known = ((some == self._last) | (some == self._here)).all(axis=-1)
            fresh = np.isfinite(some).all(axis=-1) & ~known
            self._step += fresh
            self._last = np.where(fresh[:, np.newaxis], some, self._last)
