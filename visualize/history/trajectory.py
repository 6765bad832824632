"""Where one optimizer went: points, values, gradients and states, step by step."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from visualize.arrays import Array, length
from visualize.history import fate
from visualize.history.fate import Fate
from visualize.text import counted


@dataclass(frozen=True, eq=False)
class Trajectory:
    """Where one optimizer went from each start; row 0 is the start, the last row the end.

    After a start has diverged its rows are NaN. The arrays are read-only float64: what is still
    writable is copied, and stays its owner's. Two trajectories are equal where all their numbers
    are, NaN included.

    >>> import numpy as np
    >>> points = np.array([[[1.0]], [[0.5]]])
    >>> run = Trajectory(points, points[..., 0] ** 2, 2 * points)
    >>> run.steps, run.step_lengths
    (1, array([[0.5]]))
    """

    points: Array
    """Shape `(steps + 1, starts, dimension)`."""
    values: Array
    """The objective at each point: `(steps + 1, starts)`; NaN in all rows where it is not known,
    and in those where it was not computed."""
    gradients: Array
    """What the optimizer saw at each point, noise included; the last row is the gradient itself.

    Where an average is shown (ASGD), it is what was seen at the points behind it."""
    states: Mapping[str, Array] = field(default_factory=dict)
    """What it remembered at each row, by name, and its `effective_learning_rate` in the update
    before; empty unless asked for."""
    evaluate_every: int = 1
    """Rows from one value to the next; between them, where it is not 1, values are NaN."""

    def __post_init__(self) -> None:
        for name in ("points", "values", "gradients"):
            object.__setattr__(self, name, _read_only(getattr(self, name)))
        states = {name: _read_only(array) for name, array in self.states.items()}
        object.__setattr__(self, "states", states)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Trajectory):
            return NotImplemented
        ours, theirs = self.arrays, other.arrays
        return ours.keys() == theirs.keys() and all(
            np.array_equal(array, theirs[name], equal_nan=True) for name, array in ours.items()
        )

    def __hash__(self) -> int:
        return hash((self.points.shape, frozenset(self.states)))

    def __repr__(self) -> str:
        _, starts, dimension = self.points.shape
        parts = [counted(self.steps, "step"), counted(starts, "start")]
        parts.append(counted(dimension, "coordinate"))
        if self.states:
            parts.append(f"states {', '.join(self.states)}")
        return f"Trajectory({', '.join(parts)})"

    @property
    def arrays(self) -> dict[str, Array]:
        """Every array by name: points, values, gradients, and `state/<name>`."""
        arrays = {"points": self.points, "values": self.values, "gradients": self.gradients}
        return arrays | {f"state/{name}": array for name, array in self.states.items()}

    @property
    def steps(self) -> int:
        """The number of updates."""
        return len(self.points) - 1

    @cached_property
    def diverged_at(self) -> tuple[int | None, ...]:
        """For each start the first row without a finite point and value, if there is one."""
        return fate.diverged_at(self.points, self.values, self.evaluate_every)

    @cached_property
    def fates(self) -> tuple[Fate | None, ...]:
        """For each start how it ended and at which step, where it did not end well.

        It left the domain, grew beyond all bounds, came to where the gradient has no value, or is
        still growing in the last row.
        """
        return fate.fates_of(self.points, self.values, self.gradients, self.evaluate_every)

    def converged_at(self, tolerance: float) -> tuple[int | None, ...]:
        """Return for each start the first row from which on the gradient stays that small.

        That is ‖∇f‖ ≤ tolerance in this row and all after it, in `gradients`; None where the last
        row is not.
        """
        small = length(self.gradients) <= tolerance
        rows = [
            int(np.argmin(column[::-1])) if not column.all() else len(column) for column in small.T
        ]
        return tuple(len(small) - quiet if quiet else None for quiet in rows)

    @cached_property
    def step_lengths(self) -> Array:
        """How far each update went: `(steps, starts)`; NaN from a divergence on."""
        with np.errstate(all="ignore"):  # a diverging run goes beyond the largest number
            lengths = length(np.diff(self.points, axis=0))
        lengths.flags.writeable = False
        return lengths

    @cached_property
    def path_length(self) -> Array:
        """How far each start went in all, until it diverged: `(starts,)`."""
        finite = np.isfinite(self.step_lengths)
        path: Array = np.sum(self.step_lengths, axis=0, where=finite)
        path.flags.writeable = False
        return path

    def until(self, row: int) -> "Trajectory":
        """Return the trajectory up to and including `row`."""
        cut = slice(0, row + 1)
        states = {name: array[cut] for name, array in self.states.items()}
        return replace(
            self,
            points=self.points[cut],
            values=self.values[cut],
            gradients=self.gradients[cut],
            states=states,
        )


def stopped(run: Trajectory) -> Trajectory:
    """Return a run whose starts end where they diverge: the rows after that are NaN."""
    if run.diverged_at == (None,) * len(run.diverged_at):
        return run
    rows = np.arange(len(run.points))[:, np.newaxis]
    last = np.array([math.inf if row is None else row for row in run.diverged_at])
    gone = rows > last
    points, values, gradients = run.points.copy(), run.values.copy(), run.gradients.copy()
    for array in (points, values, gradients):
        array[gone] = np.nan
    return replace(run, points=points, values=values, gradients=gradients)


def _read_only(array: Array) -> Array:
    """Return an array that nobody can write to; what somebody could is copied."""
    if array.flags.writeable:
        array = array.copy()
        array.flags.writeable = False
    return array
