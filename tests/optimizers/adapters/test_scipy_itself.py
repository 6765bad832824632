"""scipy's methods in a scene go where scipy goes by hand; with scipy itself."""

from typing import Any

import numpy as np
import pytest

from tests.optimizers.adapters.problems import STARTS, VALLEY, installed, scene, trace
from visualize import ForeignError, Function, from_scipy, simulate

optimize = installed("scipy.optimize")
METHODS = [
    *("Nelder-Mead", "Powell", "CG", "BFGS", "Newton-CG", "L-BFGS-B", "TNC", "COBYLA", "COBYQA"),
    *("SLSQP", "trust-constr", "dogleg", "trust-ncg", "trust-exact", "trust-krylov"),
]
SECOND = {"Newton-CG", "trust-ncg", "trust-exact", "trust-krylov", "dogleg"}
WITHOUT = {"Nelder-Mead", "Powell", "COBYLA", "COBYQA"}
BOWL = Function(
    lambda x: x[0] ** 2 + 2 * x[1] ** 2 + x[0] * x[1],
    lambda x: np.array([2 * x[0] + x[1], 4 * x[1] + x[0]]),
    variables=("x", "y"),
)


@pytest.mark.parametrize("method", METHODS)
def test_rows_are_scipys_iterates_and_then_its_point_stays(method: str) -> None:
    objective = BOWL if method == "dogleg" else VALLEY  # it wants to be convex
    run = trace(from_scipy(method), objective, steps=400)
    more: dict[str, Any] = {} if method in WITHOUT else {"jac": objective.gradient}
    if method in SECOND:
        more["hess"] = objective.hessian
    for index, start in enumerate(STARTS):
        path = [start]
        optimize.minimize(
            lambda x: float(objective.value(x)),
            start,
            method=method,
            callback=lambda x, *_, path=path: path.append(np.array(x)),
            **more,
        )
        assert len(path) > 1
        np.testing.assert_array_equal(run.points[: len(path), index], path[:401])
        assert (run.points[len(path) :, index] == path[-1]).all()
    np.testing.assert_array_equal(run.values, objective.value(run.points))
    np.testing.assert_array_equal(run.gradients, objective.gradient(run.points))


@pytest.mark.parametrize("method", METHODS)
def test_there_are_not_more_rows_than_the_scene_has_steps(method: str) -> None:
    objective = BOWL if method == "dogleg" else VALLEY
    short, long = (trace(from_scipy(method), objective, steps=steps) for steps in (2, 60))
    assert len(short.points) == 3
    np.testing.assert_array_equal(short.points, long.points[:3])


def test_it_stops_where_the_scene_says() -> None:
    made = scene(
        objective=VALLEY,
        start=[-1.2, 1],
        steps=100,
        stop={"gradient": 0.01},
        optimizers=[from_scipy("BFGS", gtol=1e-12)],
    )
    lengths = np.linalg.norm(simulate(made)["BFGS"].gradients[:, 0], axis=-1)
    rows = np.flatnonzero(lengths <= 0.01)
    assert 0 < rows[0] < 100
    assert (lengths[rows[0] :] == lengths[rows[0]]).all()


def test_settings_are_minimizes_or_the_methods() -> None:
    run = trace(from_scipy("L-BFGS-B", bounds=[(-2, 0.5), (-2, 2)], maxcor=3), steps=50)
    assert run.points[1:, :, 0].max() <= 0.5
    capped = trace(from_scipy("BFGS", maxiter=3), steps=20)
    assert (capped.points[3:] == capped.points[3]).all()
    assert (capped.points[3] != capped.points[2]).any()


def test_a_name_that_scipy_does_not_know_is_told_in_its_words() -> None:
    made = scene(optimizers=[from_scipy("BFSG")])
    with pytest.raises(
        ForeignError, match="run 'BFSG': BFSG raised ValueError: Unknown solver BFSG"
    ):
        simulate(made)


def test_second_derivatives_that_are_not_there_are_told() -> None:
    function = Function(lambda x: x @ x)
    made = scene(objective=function, start=[1, 2], optimizers=[from_scipy("trust-ncg")])
    with pytest.raises(ForeignError, match="needs second derivatives"):
        simulate(made)


def test_a_start_that_leaves_ends_there() -> None:
    def cliff(x: Any) -> float:
        return float(-x[0]) if x[0] < 1e3 else np.nan

    made = scene(objective=cliff, start=[1.0], steps=20, optimizers=[from_scipy("CG", label="c")])
    assert len(simulate(made)["c"].points) == 21


def test_settings_tell_methods_apart() -> None:
    made = scene(
        optimizers=[from_scipy("BFGS"), from_scipy("BFGS", gtol=1e-3), from_scipy("CG")],
    )
    assert [run.label for run in made.runs] == ["BFGS 1", "BFGS 2", "CG"]
    assert len({it["identity"] for it in made.canonical()["optimizers"]}) == 3
