"""Points of many coordinates, seen in a plane: two of them, or where they spread most."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from visualize.arrays import Array
from visualize.history.history import History
from visualize.landscapes.limits import LARGEST
from visualize.objectives.objective import Objective

MOST_ROWS = 1000
"""Points, spread over all, by which the principal plane is chosen."""
NUMBERS_AT_ONCE = 2**20
"""How many are looked at in one piece, so that large recordings are not copied."""


@dataclass(frozen=True)
class Plane:
    """A plane: a point p is seen at (p - origin) · directions."""

    origin: Array
    directions: Array
    """Two of length 1, at right angles: `(2, dimension)`."""
    names: tuple[str, str]
    """Of the axes."""

    def seen(self, history: History) -> History:
        """Return the runs as they are seen in the plane."""
        runs = {}
        with np.errstate(all="ignore"):  # of a run that diverges
            for label, run in history.items():
                points = (run.points - self.origin) @ self.directions.T
                gradients = run.gradients @ self.directions.T
                runs[label] = replace(run, points=points, gradients=gradients, states={})
        return History(runs, history.metadata)


class Cut(Objective):
    """An objective of many variables, in a plane."""

    domain = None
    minima = ()

    def __init__(self, objective: Objective, plane: Plane) -> None:
        """Nothing is computed yet."""
        self.variables = plane.names
        self._objective = objective
        self._plane = plane

    @property
    def formula(self) -> str:
        """That of the whole."""
        return self._objective.formula

    @property
    def has_hessian(self) -> bool:
        """As of the whole."""
        return self._objective.has_hessian

    def value(self, points: Array) -> Array:
        """Return the value at each point of the plane."""
        if not self._objective.is_known:
            return np.full(points.shape[:-1], np.nan)
        rows = points.reshape(-1, 2)
        block = max(NUMBERS_AT_ONCE // self._objective.dimension, 1)
        values = [
            self._objective.value(self._lifted(rows[row : row + block]))
            for row in range(0, len(rows), block)
        ]
        return np.concatenate(values).reshape(points.shape[:-1]) if values else np.empty(0)

    def gradient(self, points: Array) -> Array:
        """Return the gradient's part in the plane."""
        return self._objective.gradient(self._lifted(points)) @ self._plane.directions.T

    def hessian(self, points: Array) -> Array:
        """Return the second derivatives in the plane."""
        directions = self._plane.directions
        return directions @ self._objective.hessian(self._lifted(points)) @ directions.T

    def _lifted(self, points: Array) -> Array:
        return self._plane.origin + points @ self._plane.directions


def coordinate_plane(pair: Sequence[str], variables: Sequence[str], origin: Array) -> Plane:
    """Return the plane of two variables through a point; the axes show their own values."""
    chosen = [variables.index(name) for name in pair]
    directions = np.eye(len(variables))[chosen]
    shifted = origin.copy()
    shifted[chosen] = 0
    return Plane(shifted, directions, (pair[0], pair[1]))


def principal_plane(history: History, origin: Array) -> Plane:
    """Return the plane in which the points of all runs spread most, through a point.

    Its directions are the first two principal components (right singular vectors of the centred
    points), PC1 and PC2, with their shares of the variance; the larger part of each points to
    positive coordinates.
    """
    points = _spread_over_all([run.points.reshape(-1, len(origin)) for run in history.values()])
    middle = points.mean(axis=0) if len(points) else origin
    # Two rows more: there are two directions however few points there are.
    centred = np.concatenate([points - middle, np.zeros((2, len(origin)))])
    largest = np.abs(centred).max() or 1.0  # whose square may be beyond all numbers
    directions, shares = _leading(centred / largest)
    signs = np.sign([direction[np.argmax(np.abs(direction))] for direction in directions])
    names = (f"PC1 ({100 * shares[0]:.1f} %)", f"PC2 ({100 * shares[1]:.1f} %)")
    return Plane(origin, signs[:, np.newaxis] * directions, names)


def _spread_over_all(runs: Sequence[Array]) -> Array:
    """Return at most `MOST_ROWS` of the rows that can be drawn, evenly, without a copy of all."""
    drawable = [np.flatnonzero(_can_be_drawn(points)) for points in runs]
    every = -(-sum(map(len, drawable)) // MOST_ROWS) or 1
    chosen, before = [], 0
    for points, rows in zip(runs, drawable, strict=True):
        chosen.append(points[rows[-before % every :: every]])
        before += len(rows)
    return np.concatenate(chosen)


def _can_be_drawn(points: Array) -> NDArray[np.bool_]:
    """Return for each row whether all its numbers can be drawn."""
    block = max(NUMBERS_AT_ONCE // points.shape[1], 1)
    return np.concatenate(
        [
            (np.abs(points[row : row + block]) < LARGEST).all(axis=1)
            for row in range(0, len(points), block)
        ]
    )


def _leading(centred: Array) -> tuple[Array, Array]:
    """Return the two directions in which rows spread most, and their shares of the variance.

    They come from the products of all rows, or of all columns where these are fewer: a fraction of
    the work of a singular value decomposition. As products lose half of the digits, one step of
    orthogonal iteration brings those back.
    """
    wide = len(centred) <= centred.shape[1]
    _, vectors = np.linalg.eigh(centred @ centred.T if wide else centred.T @ centred)
    first = vectors[:, :-3:-1]
    plane, _ = np.linalg.qr(centred.T @ first if wide else first)
    plane, _ = np.linalg.qr(centred.T @ (centred @ plane))
    _, sizes, turned = np.linalg.svd(centred @ plane, full_matrices=False)
    directions: Array = turned @ plane.T
    return directions, sizes**2 / (np.sum(centred**2) or 1.0)


def last_point(history: History) -> tuple[str, Array]:
    """Return the label of the first run, and the last of its points that can be drawn."""
    label, run = next(iter(history.items()))
    path = run.points[:, 0]
    path = path[(np.abs(path) < LARGEST).all(axis=1)]
    return label, path[-1] if len(path) else np.zeros(path.shape[1])
