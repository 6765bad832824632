"""What became of a run is told truly, and the same wherever its arrays come from."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visualize import History, Scene, simulate
from visualize.arrays import Array
from visualize.history.fate import (
    Ending,
    Fate,
    fates_of,
    growing_since,
    growth_in_words,
    in_words,
)

LEFT, GREW, NO_GRADIENT, NO_NUMBER, GROWING = Ending


def told(objective: Any, start: Any, steps: int, more: Any = None, **optimizer: Any) -> list[str]:
    """Return what is said of a run of one optimizer, sgd if it has no name."""
    scene = Scene.model_validate(
        {
            "objective": objective,
            "start": start,
            "steps": steps,
            "optimizers": [{"name": "sgd", "label": "it", **optimizer}],
            **(more or {}),
        }
    )
    return simulate(scene).divergences()


# How runs end


@pytest.mark.parametrize(
    ("objective", "start", "optimizer", "words"),
    [
        ("x - log(x)", 5, {"name": "newton"}, "left the domain at step 1"),
        ("log(x)", 1, {"learning_rate": 0.4}, "left the domain at step 2"),
        ("sqrt(x) + y**2", [0.25, 1], {"learning_rate": 0.5}, "left the domain at step 1"),
        # The logarithm of 0 is infinite: a pole, where the run has not grown.
        ("log(x)", 1, {"learning_rate": 1.0}, "left the domain at step 1"),
        ("x**2", 1, {"learning_rate": 1e200}, "grew beyond all bounds at step 1"),
        ("x**2", 1, {"learning_rate": 1e308, "momentum": 0.9}, "grew beyond all bounds at step 1"),
        ("exp(x**2)", 2, {"learning_rate": 0.4}, "grew beyond all bounds at step 1"),
        ("x**4 - y**4", [3, 4], {"learning_rate": 0.3}, "grew beyond all bounds at step 5"),
        ("sqrt(x) + x", 0, {"learning_rate": 0.1}, "ended where the gradient has no value"),
        ("sqrt(x) + x", 0, {"learning_rate": 0.1, "name": "signsgd"}, "gradient has no value"),
        ("x**2", 1, {"learning_rate": 0.1}, ""),
    ],
)
def test_it_is_told_what_happened_and_when(
    objective: str, start: Any, optimizer: dict[str, Any], words: str
) -> None:
    found = told(objective, start, 12, **optimizer)
    assert len(found) == bool(words)
    assert words in "".join(found)


@pytest.mark.parametrize("steps", [0, 1, 5])
@pytest.mark.parametrize("objective", ["log(x)", "1/sqrt(x)"])
def test_starts_outside_the_domain_have_left_it_at_once(objective: str, steps: int) -> None:
    bounded = {"expression": objective, "domain": [[-2, 2]]}
    words = "it: 3 of 5 starts left the domain at step 0"
    assert told(bounded, {"grid": [5]}, steps, learning_rate=1e-3) == [words]


def test_a_run_stops_where_the_gradient_has_no_value_and_is_seen_there() -> None:
    scene = Scene.model_validate(
        {
            "objective": "sqrt(x) + x",
            "start": [[1.0], [0.0]],
            "steps": 3,
            "optimizers": [{"name": "adam", "learning_rate": 0.1}],
        }
    )
    run = simulate(scene, state=True)["adam"]
    assert run.points[0, 1] == 0
    assert run.gradients[0, 1] == np.inf
    for array in (run.points, run.values, run.gradients, run.states["mean"]):
        assert np.isnan(array[1:, 1]).all()
        assert np.isfinite(array[:, 0]).all()
    assert run.fates == (None, Fate(NO_GRADIENT, 0))
    assert simulate(scene).divergences() == [
        "adam: 1 of 2 starts ended where the gradient has no value at step 0"
    ]


def test_a_gradient_without_a_value_in_the_last_row_is_told() -> None:
    # The first step from 1/4 is 1/4 long: √x + x ends at 0.
    scene = {"objective": "sqrt(x)", "start": 0.25, "steps": 1}
    optimizer = {"name": "sgd", "learning_rate": 0.25}
    history = simulate(Scene.model_validate({**scene, "optimizers": [optimizer]}))
    assert history["sgd"].fates == (Fate(NO_GRADIENT, 1),)
    assert history.until(0).divergences() == []


def test_what_is_loaded_is_told_like_what_was_computed(tmp_path: Path) -> None:
    scene = Scene.model_validate(
        {
            "objective": "x - log(x) + y**2",
            "start": [[5, 1], [1, 1], [0.5, 1e100]],
            "steps": 20,
            "optimizers": [
                {"name": "newton"},
                {"name": "sgd", "learning_rate": 1.1},
                {"name": "linesearch"},
            ],
        }
    )
    history = simulate(scene)
    assert history.divergences()
    assert History.load(history.save(tmp_path / "a.npz")).divergences() == history.divergences()
    played = {"trajectories": {"file": str(tmp_path / "a.npz")}, "objective": "x - log(x) + y**2"}
    assert simulate(Scene.model_validate(played)).divergences() == history.divergences()


def arrays(
    points: list[float], values: list[float], gradients: list[float]
) -> tuple[Array, Array, Array]:
    x, f, g = (np.array(it, dtype=float)[:, np.newaxis] for it in (points, values, gradients))
    return x[..., np.newaxis], f, g[..., np.newaxis]


NAN, INF = np.nan, np.inf


@pytest.mark.parametrize(
    ("points", "values", "gradients", "fate"),
    [
        ([1, 2, 3], [1, 2, 3], [1, 1, 1], None),
        ([1, 2, 3], [NAN, NAN, NAN], [NAN, NAN, NAN], None),
        ([1, 2, -3], [1, 2, NAN], [1, 1, NAN], Fate(LEFT, 2)),
        ([1, 2, 0], [1, 2, INF], [1, 1, NAN], Fate(LEFT, 2)),
        ([1, 2, 40], [1, 2, INF], [1, 1, NAN], Fate(GREW, 2)),
        ([1, 2, INF], [1, 2, NAN], [1, 1, NAN], Fate(GREW, 2)),
        ([1, 2, 1e200], [1, 2, NAN], [1, 1, NAN], Fate(GREW, 2)),
        ([1, 2, 9], [1, 1e200, NAN], [1, 1, NAN], Fate(GREW, 2)),
        ([1, 2, NAN], [1, 2, NAN], [1, 1, NAN], Fate(NO_NUMBER, 2)),
        ([1, 2, NAN], [1, 2, NAN], [1, NAN, NAN], Fate(NO_GRADIENT, 1)),
        ([1, 2, NAN], [1, 2, NAN], [1, -INF, NAN], Fate(NO_GRADIENT, 1)),
        ([1, 2, NAN], [1, 1e300, NAN], [1, INF, NAN], Fate(GREW, 1)),
        ([1, NAN, NAN], [1, NAN, NAN], [NAN, NAN, NAN], Fate(NO_GRADIENT, 0)),
        # Gradients and values that nobody recorded say nothing.
        ([1, 2, NAN], [1, 2, NAN], [NAN, NAN, NAN], Fate(NO_NUMBER, 2)),
        ([1, NAN, NAN], [NAN, NAN, NAN], [NAN, NAN, NAN], Fate(NO_NUMBER, 1)),
        ([1, 2, 3], [1, 2, 3], [1, 1, NAN], Fate(NO_GRADIENT, 2)),
        ([1], [1], [NAN], None),
        ([NAN], [NAN], [NAN], Fate(NO_NUMBER, 0)),
    ],
)
def test_what_became_of_a_start_is_known_from_its_arrays(
    points: list[float], values: list[float], gradients: list[float], fate: Fate | None
) -> None:
    assert fates_of(*arrays(points, values, gradients)) == (fate,)


@pytest.mark.parametrize("row", range(5))
def test_a_cut_run_is_told_as_far_as_it_goes(row: int) -> None:
    points, values, gradients = arrays([1, 2, 3, NAN, NAN], [1, 2, 3, NAN, NAN], [1, 1, 1, 1, 1])
    cut = slice(0, row + 1)
    found = fates_of(points[cut], values[cut], gradients[cut])
    assert found == ((Fate(NO_NUMBER, 3),) if row >= 3 else (None,))


# Runs that grow


@pytest.mark.parametrize(
    ("objective", "start", "steps", "optimizer"),
    [
        ("x**2 + 10*y**2", [5, 1], 100, {"learning_rate": 0.11}),
        ("x**2 + 10*y**2", [5, 1], 400, {"learning_rate": 0.1005}),
        ("x**2 + 10*y**2", [-7, 0.01], 60, {"learning_rate": 0.11}),
        ("x**2", 10, 10, {"learning_rate": 1.1}),
        ("x**2 + 10*y**2", [5, 1], 100, {"learning_rate": 0.2, "momentum": 0.9}),
        ("-x**2 - 10*y**2", [5, 1], 50, {"learning_rate": 0.11, "maximize": True}),
        ("x**2", 1, 40, {"learning_rate": 2.5, "name": "newton"}),
        ("x**2", 1, 80, {"learning_rate": "0.4*1.03**t"}),
    ],
)
def test_a_run_that_is_growing_is_told(
    objective: str, start: Any, steps: int, optimizer: dict[str, Any]
) -> None:
    assert told(objective, start, steps, **optimizer) == [f"it is still growing at step {steps}"]


@pytest.mark.parametrize(
    ("objective", "start", "optimizer"),
    [
        ("x**2 + 10*y**2", [5, 1], {"learning_rate": 0.099}),
        ("x**2 + 10*y**2", [5, 1], {"learning_rate": 0.1}),  # bounded: y flips for ever
        ("abs(x) + abs(y)", [5, 1], {"learning_rate": 0.7}),
        ("x**2 + 10*y**2", [5, 1], {"learning_rate": 0.09, "momentum": 0.95}),
        ("x**2 + 10*y**2", [1e-3, 1e-3], {"learning_rate": 1.0, "name": "adam"}),
        ("x**2 - y**2", [1, 1e-3], {"learning_rate": 0.1}),  # falling down a saddle
        ("x**2", 5, {"learning_rate": 0.1, "maximize": True}),  # climbing is wanted
        ("x**2", 100, {"name": "rprop"}),  # steps grow, and lead down
        ("-x", 1, {"learning_rate": 1.0}),
        ("rosenbrock", [-1.5, 2], {"learning_rate": 1e-3, "momentum": 0.9}),
        ("x**2 + 10*y**2", [5, 1], {"learning_rate": "0.09*min(1, t/50)"}),
        ("ackley", [3, 3], {"learning_rate": 7.0, "name": "adadelta"}),
    ],
)
def test_a_run_that_is_not_growing_is_no_alarm(
    objective: str, start: Any, optimizer: dict[str, Any]
) -> None:
    for steps in (0, 1, 5, 9, 10, 20, 60):
        assert told(objective, start, steps, **optimizer) == []


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from(["sgd", "adam", "rmsprop", "asgd", "lion"]))
def test_noise_is_no_growth(seed: int, name: str) -> None:
    noise = {"noise": {"standard_deviation": 1.0}, "seed": seed}
    for start in ([0, 0], [3, 1]):
        found = told("x**2 + y**2/5", start, 60, noise, name=name, learning_rate=0.05)
        assert found == []


# Words


def test_starts_are_counted_by_what_became_of_them() -> None:
    fates = [Fate(LEFT, 4), None, Fate(GREW, 7), Fate(LEFT, 2), None, Fate(GROWING, 20)]
    assert in_words("sgd", fates) == (
        "sgd: 2 of 6 starts left the domain, the first at step 2; "
        "1 grew beyond all bounds at step 7; 1 is still growing at step 20"
    )
    assert in_words("sgd", fates, 3) == "sgd: 1 of 6 starts left the domain at step 2"
    assert in_words("sgd", fates, 1) == ""
    assert (
        in_words("sgd", [Fate(GROWING, 9)] * 2) == "sgd: 2 of 2 starts are still growing at step 9"
    )
    assert in_words("sgd", [Fate(NO_GRADIENT, 3)]) == (
        "sgd ended where the gradient has no value at step 3"
    )
    assert in_words("sgd", [None]) == ""


# Before it ends


@pytest.mark.parametrize(
    ("objective", "start", "rate", "since"),
    [
        ("x**2", 1, 1.1, 1),
        # It falls along x at first, while y grows already.
        ("x**2 + 10*y**2", [-5, 1], 0.11, 3),
        ("x**2", 1, 0.1, None),
    ],
)
def test_a_run_that_grows_is_told_as_soon_as_it_is_higher_than_it_began_and_stays_so(
    objective: str, start: Any, rate: float, since: int | None
) -> None:
    settings = {
        "objective": objective,
        "start": start,
        "steps": 40,
        "optimizers": [{"name": "sgd", "learning_rate": rate}],
    }
    history = simulate(Scene.model_validate(settings))
    assert history["sgd"].growing_since == (since,)
    if since is not None:
        values = history["sgd"].values[:, 0]
        assert values[since - 1] <= values[0] < values[since]
        assert history.divergences(since - 1) == []
        assert history.divergences(since) == ["sgd is growing"]
        assert history.divergences(39) == ["sgd is growing"]
        assert history.divergences(40) == ["sgd is still growing at step 40"]


def test_of_several_starts_those_that_grow_are_counted() -> None:
    fates = (Fate(GREW, 5), None, Fate(LEFT, 5), Fate(GREW, 1))
    values = np.array([[1.0, 1, 1, 1], [0, 1, 2, INF], [2, 1, 3, NAN], [3, 1, 4, NAN]])
    assert growing_since(np.vstack([values, values[2:]]), fates) == (2, None, None, None)
    assert growth_in_words("it", [2, None, None, None], 2) == "it: 1 of 4 starts is growing"
    assert growth_in_words("it", [2, None, None, None], 1) == ""
