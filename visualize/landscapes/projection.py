"""Points of many coordinates, seen in a plane: two of them, or where they spread most."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from visualize.arrays import Array
from visualize.history.history import History
from visualize.history.trajectory import Trajectory
from visualize.landscapes.limits import LARGEST
from visualize.objectives.objective import Objective

MOST_ROWS = 1000
"""Points, spread over all, by which the principal plane is chosen."""


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
        with np.errstate(all="ignore"):  # of a run that leaves
            for label, run in history.items():
                points = (run.points - self.origin) @ self.directions.T
                gradients = run.gradients @ self.directions.T
                runs[label] = Trajectory(points, run.values, gradients)
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

    def value(self, points: Array) -> Array:
        """Return the value at each point of the plane."""
        return self._objective.value(self._lifted(points))

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
    points = np.concatenate([run.points.reshape(-1, len(origin)) for run in history.values()])
    points = points[(np.abs(points) < LARGEST).all(axis=1)]
    points = points[:: -(-len(points) // MOST_ROWS) or 1]
    middle = points.mean(axis=0) if len(points) else origin
    # Two rows more: there are two directions however few points there are.
    centred = np.concatenate([points - middle, np.zeros((2, len(origin)))])
    _, sizes, directions = np.linalg.svd(centred, full_matrices=False)
    signs = np.sign([direction[np.argmax(np.abs(direction))] for direction in directions[:2]])
    shares = sizes**2 / (np.sum(sizes**2) or 1.0)
    names = (f"PC1 ({100 * shares[0]:.1f} %)", f"PC2 ({100 * shares[1]:.1f} %)")
    return Plane(origin, signs[:, np.newaxis] * directions[:2], names)


def last_point(history: History) -> tuple[str, Array]:
    """Return where the first run ends, as far as it is to be seen, and its label."""
    label, run = next(iter(history.items()))
    path = run.points[:, 0]
    path = path[(np.abs(path) < LARGEST).all(axis=1)]
    return label, path[-1] if len(path) else np.zeros(path.shape[1])
