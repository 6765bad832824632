"""Where one optimizer went: points, values, gradients and states, step by step."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from visualize.arrays import Array


@dataclass(frozen=True)
class Trajectory:
    """Where one optimizer went from each start; row 0 is the start, the last row the end.

    After a start has diverged its rows are NaN. The arrays are read-only float64.
    """

    points: Array
    """Shape `(steps + 1, starts, dimension)`."""
    values: Array
    """The objective at each point: `(steps + 1, starts)`; NaN in all rows where it is not known."""
    gradients: Array
    """What the optimizer saw at each point, noise included; the last row is the gradient itself.

    Where an average is shown (ASGD), it is what was seen at the points behind it."""
    states: Mapping[str, Array] = field(default_factory=dict)
    """What it remembered at each row, by name, and its `effective_learning_rate` in the update
    before; empty unless asked for."""

    def __post_init__(self) -> None:
        for array in (self.points, self.values, self.gradients, *self.states.values()):
            array.flags.writeable = False

    @property
    def steps(self) -> int:
        """The number of updates."""
        return len(self.points) - 1

    @cached_property
    def diverged_at(self) -> tuple[int | None, ...]:
        """For each start the first row without a finite point and value, if there is one."""
        unknown = np.isnan(self.values).all(axis=0)
        finite = np.isfinite(self.points).all(axis=-1) & (np.isfinite(self.values) | unknown)
        return tuple(
            None if good.all() else int(np.argmin(good)) for good in np.moveaxis(finite, 0, -1)
        )

    def converged_at(self, tolerance: float) -> tuple[int | None, ...]:
        """Return for each start the first row from which on the gradient stays that small.

        That is ‖∇f‖ ≤ tolerance in this row and all after it, in `gradients`; None where the last
        row is not.
        """
        small = np.linalg.norm(self.gradients, axis=-1) <= tolerance
        rows = [
            int(np.argmin(column[::-1])) if not column.all() else len(column) for column in small.T
        ]
        return tuple(len(small) - quiet if quiet else None for quiet in rows)

    @cached_property
    def step_lengths(self) -> Array:
        """How far each update went: `(steps, starts)`; NaN from a divergence on."""
        with np.errstate(all="ignore"):  # a run that leaves goes beyond the largest number
            lengths: Array = np.hypot.reduce(np.abs(np.diff(self.points, axis=0)), axis=-1)
        lengths.flags.writeable = False
        return lengths

    @cached_property
    def path_length(self) -> Array:
        """How far each start went in all, until it diverged: `(starts,)`."""
        finite = np.isfinite(self.step_lengths)
        length: Array = np.sum(self.step_lengths, axis=0, where=finite)
        length.flags.writeable = False
        return length

    def until(self, row: int) -> "Trajectory":
        """Return the trajectory up to and including `row`."""
        cut = slice(0, row + 1)
        states = {name: array[cut] for name, array in self.states.items()}
        return Trajectory(self.points[cut], self.values[cut], self.gradients[cut], states)


def stopped(run: Trajectory) -> Trajectory:
    """Return a run whose starts end where they diverge: the rows after that are NaN."""
    rows = np.arange(len(run.points))[:, np.newaxis]
    last = np.array([math.inf if row is None else row for row in run.diverged_at])
    gone = rows > last
    points, values, gradients = run.points.copy(), run.values.copy(), run.gradients.copy()
    for array in (points, values, gradients):
        array[gone] = np.nan
    return Trajectory(points, values, gradients, run.states)
