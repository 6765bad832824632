"""Methods of scipy.optimize.minimize, which have a loop of their own."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from visualize.arrays import Array, length
from visualize.declare.identity import identity_of
from visualize.declare.library import library
from visualize.errors import ForeignError
from visualize.history.trajectory import Trajectory
from visualize.optimizers.optimizer import Problem

OF_MINIMIZE = frozenset({"bounds", "constraints", "tol", "hessp", "hess"})
"""What `minimize` takes beside a method's own options."""
WITH_HESSIAN = frozenset({"newton-cg", "dogleg", "trust-ncg", "trust-krylov", "trust-exact"})
"""Methods that want second derivatives; of those trust-constr can do without."""
WITHOUT_GRADIENT = frozenset({"nelder-mead", "powell", "cobyla", "cobyqa"})


def from_scipy(method: str, *, label: str | None = None, **settings: Any) -> Any:
    """Return a rule that is a method of scipy.optimize.minimize: `from_scipy("BFGS", gtol=1e-8)`.

    `bounds`, `constraints`, `tol`, `hess` and `hessp` are `minimize`'s; other settings are the
    method's options. Its rows are its iterates, of every start by itself, and not more than the
    scene has steps; once it has ended its point stays. It sees the function itself, without a
    scene's noise, as line searches do, with its gradient and, where the method wants them, its
    second derivatives.
    """
    if not isinstance(method, str):
        words = "from_scipy needs the name of a method of scipy.optimize.minimize, such as 'BFGS'"
        raise TypeError(f"{words} (got {method!r})")
    return ScipyRule(method, label, settings)


@dataclass(frozen=True)
class ScipyRule:
    """A method of scipy."""

    method: str
    label: str | None
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The method's."""
        return self.method

    @property
    def python(self) -> str:
        """Which method it is."""
        return f"scipy: {self.method}"

    @property
    def identity(self) -> str:
        """What tells it from others: scipy's version, the method and its settings."""
        optimize = library("scipy.optimize", "scipy", f"the method {self.method}")
        return identity_of((optimize.minimize, self.method, dict(self.settings)))

    def init(self, points: Array) -> dict[str, Array]:
        """Return nothing: scipy keeps its state to itself."""
        del points
        return {}

    def update(self, *_: Any) -> Any:
        """Raise: scipy goes its own way, `trace`."""
        raise NotImplementedError

    def trace(self, problem: Problem) -> Trajectory:
        """Return scipy's iterates from every start."""
        shape = (problem.steps + 1, *problem.starts.shape)
        points = np.full(shape, np.nan)
        for index, start in enumerate(problem.starts):
            path = self._path(problem, start)
            points[: len(path), index] = path
            points[len(path) :, index] = path[-1]
        with np.errstate(all="ignore"):
            values, gradients = problem.objective.value_and_gradient(points)
        good = np.isfinite(points).all(axis=-1) & np.isfinite(values)
        gone = ~np.logical_and.accumulate(good, axis=0)
        before = np.concatenate([np.zeros_like(gone[:1]), gone[:-1]])
        points[before], values[before], gradients[before] = np.nan, np.nan, np.nan
        problem.report(problem.steps)
        return Trajectory(points, values, gradients)

    def _path(self, problem: Problem, start: Array) -> list[Array]:
        """Return where scipy goes from one start, itself included."""
        optimize = library("scipy.optimize", "scipy", f"the method {self.method}")
        objective, path = problem.objective, [start]

        def is_done() -> bool:
            if len(path) > problem.steps or not np.isfinite(path[-1]).all():
                return True
            if problem.stop is None:
                return False
            return bool(length(objective.gradient(path[-1])) <= problem.stop.gradient)

        def iterate(point: Array, *_: Any) -> None:
            path.append(np.array(point, dtype=float))
            if is_done():
                raise _Enough

        if is_done():
            return path
        method = self.method.lower()
        mine = {name: it for name, it in self.settings.items() if name in OF_MINIMIZE}
        options = {name: it for name, it in self.settings.items() if name not in OF_MINIMIZE}
        if method not in WITHOUT_GRADIENT:
            mine["jac"] = objective.gradient
        if method in WITH_HESSIAN and not {"hess", "hessp"} & mine.keys():
            if not objective.has_hessian:
                words = (
                    f"{self.method} needs second derivatives, which this objective does not have"
                )
                raise ForeignError(words)
            mine["hess"] = objective.hessian
        try:
            with np.errstate(all="ignore"):
                optimize.minimize(
                    lambda point: float(objective.value(point)),
                    start,
                    method=self.method,
                    callback=iterate,
                    options=options,
                    **mine,
                )
        except _Enough:
            pass
        return path


class _Enough(Exception):  # noqa: N818  # it is no error
    """As many rows as were asked for."""
