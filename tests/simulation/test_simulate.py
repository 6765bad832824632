"""The engine: every optimizer from every start, the same each time, unharmed when one leaves."""

from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.conftest import ROOT
from visualize import History, Scene, read_scene, simulate
from visualize.arrays import Array, length
from visualize.objectives._wrapper import Wrapper
from visualize.objectives.objective import read_objective
from visualize.optimizers._together import trace_together
from visualize.optimizers.optimizer import OPTIMIZERS, Problem, Stop

BOWL = "x**2/20 + y**2"
DOMAIN = [[-8, 6], [-3, 3]]
HIMMELBLAU = read_objective("himmelblau")


def scene(objective: Any = BOWL, start: Any = (-7, 2), steps: int = 20, **settings: Any) -> Scene:
    """Return a scene; without optimizers, gradient descent runs."""
    optimizers = settings.pop("optimizers", [{"name": "sgd", "learning_rate": 0.1}])
    return Scene.model_validate(
        {
            "objective": objective,
            "start": list(start) if isinstance(start, tuple) else start,
            "steps": steps,
            "optimizers": optimizers,
            **settings,
        }
    )


def every_optimizer() -> list[dict[str, Any]]:
    """Return an entry for each optimizer there is, one of them twice."""
    entries = [{"name": name, "learning_rate": 0.05} for name in OPTIMIZERS.names()]
    return [*entries, {"name": "sgd", "learning_rate": 0.02, "momentum": 0.9, "label": "heavy"}]


def contents(history: History) -> dict[str, bytes]:
    """Return every array of a history as bytes."""
    return {
        f"{label}/{index}/{name}": array.tobytes()
        for label, run in history.items()
        for index, (name, array) in enumerate(
            [
                ("points", run.points),
                ("values", run.values),
                ("gradients", run.gradients),
                *run.states.items(),
            ]
        )
    }


def bowl_gradient(points: Array) -> Array:
    """Return the gradient of the bowl, by hand."""
    return np.asarray(points * [0.1, 2.0])


@pytest.mark.parametrize("steps", [0, 1, 7])
@pytest.mark.parametrize(
    ("objective", "start", "starts", "dimension"),
    [
        ("x**2", 3, 1, 1),
        ("x**2", [[3], [2]], 2, 1),
        (BOWL, [-7, 2], 1, 2),
        (BOWL, [[-7, 2], [1, 1], [0, 3]], 3, 2),
        ("x**2 + y**2 + z**2 + w1**4", [1, 2, 3, 4], 1, 4),
    ],
)
def test_arrays_have_a_row_for_the_start_and_one_for_each_step(
    objective: str, start: Any, starts: int, dimension: int, steps: int
) -> None:
    run = simulate(scene(objective, start, steps))["sgd"]
    assert run.points.shape == (steps + 1, starts, dimension)
    assert run.values.shape == (steps + 1, starts)
    assert run.gradients.shape == run.points.shape
    assert run.steps == steps
    assert run.states == {}
    assert {array.dtype for array in (run.points, run.values, run.gradients)} == {
        np.dtype(np.float64)
    }


def test_the_first_row_is_the_start_and_the_others_follow_the_rule() -> None:
    run = simulate(scene(start=[[-7, 2], [1, -1]]))["sgd"]
    np.testing.assert_array_equal(run.points[0], [[-7, 2], [1, -1]])
    np.testing.assert_allclose(
        run.points[1:], run.points[:-1] - 0.1 * bowl_gradient(run.points[:-1]), rtol=1e-14
    )
    assert (run.points[-1] != run.points[0]).all()


def test_values_and_gradients_are_those_of_the_points_of_their_row() -> None:
    run = simulate(scene())["sgd"]
    x, y = np.moveaxis(run.points, -1, 0)
    np.testing.assert_allclose(run.values, x**2 / 20 + y**2, rtol=1e-14)
    np.testing.assert_allclose(run.gradients, bowl_gradient(run.points), rtol=1e-14)


def test_runs_are_in_the_order_of_the_scene() -> None:
    labels = ["z", "a", "m"]
    optimizers = [
        {"name": "sgd", "learning_rate": rate, "label": label}
        for rate, label in zip([0.1, 0.2, 0.3], labels, strict=True)
    ]
    history = simulate(scene(optimizers=optimizers))
    assert list(history) == labels
    ends = [history[label].points[-1, 0, 0] for label in labels]
    np.testing.assert_allclose(ends, [-7 * (1 - rate / 10) ** 20 for rate in [0.1, 0.2, 0.3]])


def test_with_zero_steps_there_is_the_start_and_its_gradient() -> None:
    run = simulate(scene(steps=0))["sgd"]
    np.testing.assert_array_equal(run.points, [[[-7, 2]]])
    np.testing.assert_allclose(run.values, [[6.45]], rtol=1e-15)
    np.testing.assert_allclose(run.gradients, [[[-0.7, 4]]], rtol=1e-15)
    assert run.diverged_at == (None,)


def test_several_starts_run_as_each_alone() -> None:
    starts = [[-7.0, 2.0], [0.5, 3.0]]
    together = simulate(scene("himmelblau", starts, 12, optimizers=every_optimizer()))
    for index, start in enumerate(starts):
        alone = simulate(scene("himmelblau", start, 12, optimizers=every_optimizer()))
        for label in together:
            np.testing.assert_array_equal(
                together[label].points[:, index], alone[label].points[:, 0], err_msg=label
            )


@pytest.mark.parametrize("noise", [None, {"standard_deviation": 0.5}])
def test_two_runs_are_the_same_to_the_bit(noise: Any) -> None:
    def run() -> History:
        return simulate(
            scene("himmelblau", {"random": 5}, 8, noise=noise, optimizers=every_optimizer()),
            state=True,
        )

    first, second = run(), run()
    assert contents(first) == contents(second)
    assert first.metadata == second.metadata


def test_the_metadata_are_the_scene_and_the_versions() -> None:
    asked = scene()
    metadata = simulate(asked).metadata
    assert metadata["scene"] == asked.canonical()
    assert {"visualize", "numpy"} <= metadata["versions"].keys()


# Starts


def test_random_starts_are_in_the_domain_and_from_the_seed() -> None:
    objective = {"expression": BOWL, "domain": DOMAIN}

    def starts(seed: int) -> Array:
        asked = scene(objective, {"random": 200}, 0, seed=seed)
        return np.asarray(simulate(asked)["sgd"].points[0])

    first = starts(0)
    assert first.shape == (200, 2)
    low, high = np.array(DOMAIN).T
    assert ((low <= first) & (first <= high)).all()
    # They fill it: every quarter of every side has its share.
    for side in ((first - low) / (high - low)).T:
        assert (np.histogram(side, 4, (0, 1))[0] > 25).all()
    np.testing.assert_array_equal(first, starts(0))
    assert (first != starts(1)).all()


def test_random_starts_do_not_depend_on_the_noise() -> None:
    quiet = simulate(scene("himmelblau", {"random": 4}, 3))
    noisy = simulate(scene("himmelblau", {"random": 4}, 3, noise={"standard_deviation": 1.0}))
    np.testing.assert_array_equal(quiet["sgd"].points[0], noisy["sgd"].points[0])


def test_all_optimizers_have_the_same_random_starts() -> None:
    history = simulate(scene("himmelblau", {"random": 4}, 3, optimizers=every_optimizer()))
    first = history["heavy"].points[0]
    for run in history.values():
        np.testing.assert_array_equal(run.points[0], first)


def test_a_grid_reaches_the_corners_of_the_domain() -> None:
    objective = {"expression": BOWL, "domain": DOMAIN}
    starts = simulate(scene(objective, {"grid": [3, 2]}, 0))["sgd"].points[0]
    expected = [[x, y] for x in (-8, -1, 6) for y in (-3, 3)]
    np.testing.assert_array_equal(starts, expected)


def test_a_grid_of_one_is_in_the_middle() -> None:
    objective = {"expression": BOWL, "domain": DOMAIN}
    starts = simulate(scene(objective, {"grid": [1, 3]}, 0))["sgd"].points[0]
    np.testing.assert_array_equal(starts, [[-1, -3], [-1, 0], [-1, 3]])


def test_a_grid_in_one_dimension() -> None:
    starts = simulate(scene("square", {"grid": [5]}, 0))["sgd"].points[0]
    np.testing.assert_array_equal(starts, [[-10], [-5], [0], [5], [10]])


# Noise


def noise_of(history: History, label: str) -> Array:
    """Return what was added to each gradient of the bowl."""
    run = history[label]
    return np.asarray(run.gradients - bowl_gradient(run.points))


def test_the_noise_is_the_same_for_all_optimizers_and_not_in_the_last_row() -> None:
    starts = [[-7, 2], [1, 1]]
    asked = scene(
        start=starts, noise={"standard_deviation": 0.5}, optimizers=every_optimizer(), steps=50
    )
    history = simulate(asked)
    first = noise_of(history, "sgd")
    assert (np.abs(first[:-1]) > 1e-9).all()
    for label in history:
        noise = noise_of(history, label)
        np.testing.assert_allclose(noise[:-1], first[:-1], rtol=0, atol=1e-12, err_msg=label)
        np.testing.assert_allclose(noise[-1], 0, atol=1e-14)


def test_the_noise_does_not_depend_on_who_else_runs() -> None:
    noise = {"standard_deviation": 0.5}
    alone = simulate(scene(noise=noise))
    beside = simulate(scene(noise=noise, optimizers=every_optimizer()))
    np.testing.assert_array_equal(alone["sgd"].gradients[0], beside["sgd"].gradients[0])


def test_a_run_that_leaves_does_not_change_the_noise_of_the_others() -> None:
    noise = {"standard_deviation": 0.5}
    calm = {"name": "sgd", "learning_rate": 0.1, "label": "calm"}
    wild = {"name": "sgd", "learning_rate": 1e200, "label": "wild"}
    beside = simulate(scene(noise=noise, optimizers=[wild, calm]))
    alone = simulate(scene(noise=noise, optimizers=[calm]))
    assert beside["wild"].diverged_at[0] is not None
    np.testing.assert_array_equal(beside["calm"].points, alone["calm"].points)


def test_the_noise_comes_from_the_seed() -> None:
    def noisy(seed: int) -> Array:
        asked = scene(noise={"standard_deviation": 0.5}, seed=seed)
        return simulate(asked)["sgd"].gradients

    np.testing.assert_array_equal(noisy(3), noisy(3))
    assert (noisy(3)[:-1] != noisy(4)[:-1]).all()


def test_the_noise_has_the_deviation_asked_for_and_every_start_its_own() -> None:
    starts = [[-7, 2]] * 10
    history = simulate(scene(start=starts, noise={"standard_deviation": 0.5}, steps=1000))
    noise = noise_of(history, "sgd")[:-1]
    assert abs(noise.std() - 0.5) < 0.02
    assert abs(noise.mean()) < 0.02
    flat = noise.reshape(len(noise), -1)
    correlations = np.corrcoef(flat.T) - np.eye(flat.shape[1])
    assert np.abs(correlations).max() < 0.2


# Divergence


def test_after_a_start_has_diverged_its_rows_are_empty() -> None:
    run = simulate(scene("x**2", 10, 2000, optimizers=[{"name": "sgd", "learning_rate": 1.5}]))[
        "sgd"
    ]
    (at,) = run.diverged_at
    # |x| doubles at each step, and x² overflows where |x| passes √(1.8e308).
    assert at == int(np.ceil(np.log2(np.sqrt(np.finfo(float).max) / 10)))
    assert np.isfinite(run.points[:at]).all()
    assert np.isfinite(run.values[:at]).all()
    assert not np.isfinite(run.values[at, 0])
    assert np.isnan(run.points[at + 1 :]).all()
    assert np.isnan(run.values[at + 1 :]).all()
    assert np.isnan(run.gradients[at + 1 :]).all()


def test_the_other_starts_go_on_unharmed() -> None:
    starts = [[-1.0], [2.0], [0.2]]
    together = simulate(scene("x - x**3", starts, 200))["sgd"]
    assert together.diverged_at[0] is None
    assert together.diverged_at[1] is not None
    assert together.diverged_at[2] is None
    for index in (0, 2):
        alone = simulate(scene("x - x**3", starts[index], 200))["sgd"]
        np.testing.assert_array_equal(together.points[:, index], alone.points[:, 0])
        np.testing.assert_array_equal(together.gradients[:, index], alone.gradients[:, 0])
        assert np.isfinite(together.points[:, index]).all()


def test_no_optimizer_lets_one_start_harm_another() -> None:
    starts, entries = [[-1.0], [1e70], [0.2]], every_optimizer()
    together = simulate(scene("x - x**3 + x**4", starts, 8, optimizers=entries))
    for index in (0, 2):
        alone = simulate(scene("x - x**3 + x**4", starts[index], 8, optimizers=entries))
        for label in alone:
            np.testing.assert_array_equal(
                together[label].points[:, index], alone[label].points[:, 0], err_msg=label
            )


def test_an_objective_that_ends_stops_the_run_there() -> None:
    run = simulate(scene("log(x)", 1, 20, optimizers=[{"name": "sgd", "learning_rate": 0.4}]))[
        "sgd"
    ]
    (at,) = run.diverged_at
    assert at is not None
    assert run.points[at, 0, 0] <= 0
    assert np.isfinite(run.values[:at]).all()
    assert np.isnan(run.points[at + 1 :]).all()


@pytest.mark.parametrize("start", [1e308, -1e308])
def test_points_of_1e308_are_computed_with(start: float) -> None:
    run = simulate(scene("x/2 + 0*y", [start, 1.0], 3))["sgd"]
    np.testing.assert_array_equal(run.points[:, 0, 0], [start] * 4)
    assert run.diverged_at == (None,)
    entry = {"name": "sgd", "learning_rate": 1e308}
    back = simulate(scene("abs(x)", start, 3, optimizers=[entry]))["sgd"]
    np.testing.assert_array_equal(back.points[:, 0, 0], [start, 0, 0, 0])


def test_a_leap_beyond_the_largest_number_is_told() -> None:
    run = simulate(scene("-x", 1e308, 3, optimizers=[{"name": "sgd", "learning_rate": 1e308}]))[
        "sgd"
    ]
    assert run.diverged_at == (1,)
    assert run.points[1, 0, 0] == np.inf
    assert np.isnan(run.points[2:]).all()


def test_every_run_may_leave_at_once() -> None:
    optimizers = [
        {"name": "sgd", "learning_rate": 1e100, "label": "a"},
        {"name": "sgd", "learning_rate": 1e200, "label": "b"},
    ]
    history = simulate(scene("x**4", [[10], [20]], 50, optimizers=optimizers), state=True)
    for run in history.values():
        assert all(at is not None for at in run.diverged_at)
        assert np.isnan(run.points[-1]).all()
    assert len(history.divergences()) == 2


@pytest.mark.parametrize("objective", ["sqrt(x) + x", "sqrt(x) - x", "abs(x)", "max(x, 0)", "-x"])
def test_every_run_ends_where_gradients_are_infinite_or_nothing_is_lowest(objective: str) -> None:
    asked = scene(objective, [[0.0], [0.25]], 5, optimizers=every_optimizer())
    assert all(run.steps == 5 for run in simulate(asked, state=True).values())


# State and progress


def test_the_state_is_kept_where_it_is_asked_for() -> None:
    asked = scene(start=[[-7, 2], [1, 1], [2, 2]], steps=5, optimizers=every_optimizer())
    history = simulate(asked, state=True)
    for label, optimizer in zip(history, asked.optimizers, strict=True):
        run, first = history[label], optimizer.init(asked.starts, asked.objective.blocks)
        assert set(run.states) == {*first, "effective_learning_rate"}
        for name, array in first.items():
            assert run.states[name].shape == (6, *array.shape), name
            assert run.states[name].dtype == np.float64
            assert np.isfinite(run.states[name][1:]).all()
            np.testing.assert_array_equal(run.states[name][0], array)


def test_the_effective_rate_is_that_of_the_update_before() -> None:
    for optimizer in every_optimizer():
        (run,) = simulate(scene(steps=5, optimizers=[optimizer]), state=True).values()
        rates = run.states["effective_learning_rate"]
        assert rates.shape == run.points.shape
        assert np.isnan(rates[0]).all()
        assert (rates[1:] > 0).all() or optimizer["name"] == "newton", optimizer


@pytest.mark.parametrize(
    ("optimizer", "denominator"),
    [
        ({"name": "sgd"}, 1.0),
        ({"name": "adagrad"}, [14 / 20 + 1e-10, 4 + 1e-10]),
        ({"name": "adagrad", "convention": "keras"}, np.sqrt([0.49 + 0.1 + 1e-7, 16 + 0.1 + 1e-7])),
        ({"name": "adam", "epsilon": 0.1}, [0.7 + 0.1, 4.1]),
        (
            {"name": "adamw", "epsilon": 0.1, "epsilon_placement": "inside_sqrt"},
            np.sqrt([0.59, 16.1]),
        ),
        ({"name": "rmsprop", "rho": 0.75, "epsilon": 0.1}, [0.35 + 0.1, 2.1]),
        ({"name": "adamax", "epsilon": 0.1}, [0.8, 4.1]),
    ],
)
def test_the_effective_rate_is_the_learning_rate_over_the_denominator(
    optimizer: dict[str, Any], denominator: Any
) -> None:
    asked = scene(steps=1, optimizers=[{**optimizer, "learning_rate": 0.3}])
    rates = simulate(asked, state=True)[optimizer["name"]].states["effective_learning_rate"]
    np.testing.assert_allclose(rates[1, 0], 0.3 / np.broadcast_to(denominator, 2), rtol=1e-14)


SCALED: list[dict[str, Any]] = [
    {"name": "sgd"},
    {"name": "adagrad", "learning_rate_decay": 0.5},
    {"name": "rmsprop", "centered": True},
    {"name": "adadelta"},
    {"name": "adam", "amsgrad": True, "convention": "optax"},
    {"name": "adamw", "weight_decay": 0.0, "convention": "keras"},
    {"name": "adamax"},
    {"name": "radam"},
    {"name": "asgd", "lambd": 0.0},
    {"name": "yogi", "initial_accumulator_value": 0.0},
    {"name": "adabelief"},
    {"name": "novograd"},
    {"name": "qhm", "nu": 0.0},
    {"name": "qhadam"},
    {"name": "adabound", "beta_1": 0.0},
    {"name": "lamb"},
    {"name": "lars"},
    {"name": "adan"},
    {"name": "sm3", "momentum": 0.0},
    {"name": "adafactor", "clip_threshold": 0.5},
    {"name": "linesearch"},
    {"name": "conjugategradient"},
    {"name": "bfgs"},
]
"""Optimizers, with settings that make the first update a multiple of the gradient."""


def test_the_first_update_is_the_effective_rate_times_the_gradient() -> None:
    for entry in SCALED:
        optimizer = OPTIMIZERS.load(entry["name"]).model_validate({"learning_rate": 0.01, **entry})
        run = optimizer.trace(Problem(HIMMELBLAU, np.array([[1.0, 1.5]]), 1, states=None))
        rates = run.states["effective_learning_rate"][1]
        np.testing.assert_allclose(
            run.points[1] - run.points[0],
            -rates * run.gradients[0],
            rtol=1e-12,
            atol=1e-15,
            err_msg=str(entry),
        )


@pytest.mark.parametrize("name", ["adagrad", "sm3"])
@settings(max_examples=40)
@given(
    start=st.tuples(st.floats(-5, 5), st.floats(-5, 5)),
    rate=st.floats(1e-3, 1),
    epsilon=st.sampled_from([0.0, 1e-8, 0.1]),
)
@example(start=(-7.0, 2.0), rate=0.9, epsilon=1e-7)
def test_the_effective_rates_of_an_accumulating_optimizer_never_grow(
    name: str, start: tuple[float, float], rate: float, epsilon: float
) -> None:
    settings = {"learning_rate": rate, "epsilon": epsilon}
    optimizer = OPTIMIZERS.load(name).model_validate(settings)
    run = optimizer.trace(Problem(HIMMELBLAU, np.array([start]), 30, states=None))
    rates = run.states["effective_learning_rate"][1:]
    with np.errstate(invalid="ignore"):  # without any gradient a rate is infinite
        assert not (np.diff(rates, axis=0) > 0).any()


def test_on_article_a_every_step_is_shorter_than_the_one_before() -> None:
    (run,) = simulate(read_scene(ROOT / "scenes" / "adagrad-contour.yaml")).values()
    assert (np.diff(run.step_lengths, axis=0) < 0).all()


def test_the_average_of_asgd_is_shown_where_it_is_asked_for() -> None:
    base = {"name": "asgd", "learning_rate": 0.9, "t0": 3}
    asked = scene(steps=20, optimizers=[base, {**base, "label": "average", "average": True}])
    history = simulate(asked, state=True)
    usual, average = history["asgd"], history["average"]
    np.testing.assert_array_equal(average.points, usual.states["average"])
    np.testing.assert_array_equal(average.gradients[:-1], usual.gradients[:-1])
    np.testing.assert_array_equal(
        average.gradients[-1], asked.objective.gradient(average.points[-1])
    )
    assert (average.points[6:] != usual.points[6:]).any(axis=-1).all()
    np.testing.assert_array_equal(average.values, asked.objective.value(average.points))
    # Until averaging begins, and for its first row, the two are one.
    np.testing.assert_array_equal(average.points[:6], usual.points[:6])


def test_newtons_method_does_not_mind_units() -> None:
    run = simulate(scene("1e-9*x**2 + 1e9*y**2", optimizers=[{"name": "newton"}]))["newton"]
    np.testing.assert_allclose(run.points[1], 0, atol=1e-12)


@pytest.mark.parametrize("name", ["linesearch", "conjugategradient", "bfgs"])
def test_a_search_does_not_leave_for_minus_infinity(name: str) -> None:
    run = simulate(scene("log(x)", 1.0, 30, optimizers=[{"name": name}]))[name]
    assert run.diverged_at == (None,)
    assert (run.points > 0).all()


def test_only_the_states_that_a_panel_shows_are_kept() -> None:
    panels = [{"kind": "state", "array": "mean"}, "contour"]
    asked = scene(steps=3, optimizers=every_optimizer(), panels=panels)
    kept = {name for run in simulate(asked).values() for name in run.states}
    assert kept == {"mean"}
    assert "mean_square" in simulate(asked, state=True)["adam"].states
    assert simulate(asked, state=False)["adam"].states == {}


def test_an_average_that_is_shown_begins_at_once() -> None:
    plain = {"name": "asgd", "learning_rate": 0.9}
    shown = scene(optimizers=[{"name": "asgd", "learning_rate": 0.9, "average": True}])
    (run,) = simulate(shown, state=True).values()
    steps = simulate(scene(optimizers=[plain]))["asgd"].points[1:]
    mean = np.mean(steps[1:10], axis=0)  # the first is left out, as in torch
    np.testing.assert_allclose(run.points[10], mean, rtol=1e-12)


def test_an_optimizer_that_needs_a_hessian_says_where_there_is_none() -> None:
    objective = {"expression": "x**2 + y**2", "gradient": "central_difference"}
    with pytest.raises(
        ValidationError, match=r"newton needs second derivatives.*use gradient: ana"
    ):
        scene(objective, [1, 1], optimizers=[{"name": "newton"}])
    assert simulate(scene("x**2 + y**2", [1, 1], optimizers=[{"name": "newton"}]))


def test_a_row_of_state_is_what_was_remembered_at_that_row() -> None:
    optimizer = {"name": "adagrad", "learning_rate": 0.9, "initial_accumulator_value": 0.1}
    run = simulate(scene(optimizers=[optimizer]), state=True)["adagrad"]
    before = 0.1 + np.concatenate([np.zeros((1, 1, 2)), np.cumsum(run.gradients[:-1] ** 2, axis=0)])
    np.testing.assert_allclose(run.states["accumulator"], before, rtol=1e-13)


def test_keeping_the_state_changes_nothing_else() -> None:
    asked = scene("himmelblau", [1, 1], 8, optimizers=every_optimizer())
    with_state, without = simulate(asked, state=True), simulate(asked)
    for label in without:
        assert without[label].states == {}
        assert with_state[label].points.tobytes() == without[label].points.tobytes()


@pytest.mark.parametrize(
    ("objective", "starts"), [("x**4", [[10], [0.1]]), ("log(x) + (x - 3)**2", [[0.05], [3]])]
)
def test_the_state_of_a_start_that_diverged_is_empty_after_it(
    objective: str, starts: list[list[float]]
) -> None:
    optimizer = {"name": "sgd", "learning_rate": 0.3, "momentum": 0.5}
    run = simulate(scene(objective, starts, 50, optimizers=[optimizer]), state=True)["sgd"]
    at, other = run.diverged_at
    assert at is not None
    assert other is None
    assert np.isfinite(run.states["velocity"][: at + 1, 0]).all()
    assert np.isnan(run.states["velocity"][at + 1 :, 0]).all()
    assert np.isfinite(run.states["velocity"][:, 1]).all()


@pytest.mark.parametrize(("steps", "count"), [(0, 1), (1, 3), (600, 3)])
def test_progress_goes_up_and_reaches_all_there_is(steps: int, count: int) -> None:
    told: list[tuple[int, int]] = []
    optimizers = [
        {"name": "sgd", "learning_rate": 0.1, "label": f"run {index}"} for index in range(count)
    ]
    simulate(
        scene(steps=steps, optimizers=optimizers),
        progress=lambda done, total: told.append((done, total)),
    )
    assert told
    assert {total for _, total in told} == {steps * count}
    done = [now for now, _ in told]
    assert done == sorted(done)
    assert done[-1] == steps * count


def test_progress_reaches_all_there_is_though_a_run_ends_early() -> None:
    told: list[tuple[int, int]] = []
    optimizers = [{"name": "sgd", "learning_rate": 1e200}]
    simulate(
        scene("x**4", 10, 1000, optimizers=optimizers),
        progress=lambda done, total: told.append((done, total)),
    )
    assert told[-1] == (1000, 1000)


@pytest.mark.parametrize("start", [{"random": 20}, {"grid": [5, 3]}, {"grid": [1, 1]}])
def test_starts_are_spread_over_the_widest_domain(start: Any) -> None:
    domain = [[-1.7e308, 1.7e308], [1e308, 1.7e308]]
    objective = {"expression": "x/4 + y/4", "domain": domain}
    points = scene(objective, start).starts
    assert np.isfinite(points).all()
    near = scene({"expression": "x + y", "domain": [[-1.7, 1.7], [1, 1.7]]}, start).starts
    np.testing.assert_allclose(points / 1e308, near, rtol=1e-12, atol=1e-12)


# Runs that stop before the last step


def stopping(gradient: float = 1e-3, **settings: Any) -> Scene:
    optimizers = settings.pop("optimizers", [{"name": "sgd", "learning_rate": 0.4}])
    return scene(steps=60, optimizers=optimizers, stop={"gradient": gradient}, **settings)


def test_a_run_stops_where_the_gradient_is_short_and_stays_there() -> None:
    free = simulate(scene("x**2", 3, 60, optimizers=[{"name": "sgd", "learning_rate": 0.25}]))
    (at,) = free["sgd"].converged_at(1e-3)
    assert at is not None
    # The gradient 2x halves at each step: 6 / 2¹³ is below 1/1000.
    assert at == 13
    entry = {"name": "sgd", "learning_rate": 0.25}
    asked = scene("x**2", 3, 60, optimizers=[entry], stop={"gradient": 1e-3})
    run = simulate(asked, state=True)["sgd"]
    arrays = {"points": run.points, "values": run.values, "gradients": run.gradients}
    for name, rows in {**arrays, **run.states}.items():
        assert len(rows) == 61
        np.testing.assert_array_equal(rows[at:], np.broadcast_to(rows[at], rows[at:].shape), name)
    np.testing.assert_array_equal(run.points[: at + 1], free["sgd"].points[: at + 1])
    assert run.converged_at(1e-3) == (at,)
    assert run.fates == (None,)


@pytest.mark.parametrize("dimension", [1, 2, 3, 20])
def test_where_runs_stop_their_gradient_counts_as_that_short(dimension: int) -> None:
    variables = [f"x{i}" for i in range(dimension)]
    objective = {"expression": " + ".join(f"{it}**2" for it in variables), "variables": variables}
    starts = np.random.default_rng(0).normal(size=(12, dimension))
    for start in starts.tolist():
        asked: dict[str, Any] = {
            "objective": objective,
            "start": start,
            "steps": 3,
            "optimizers": [{"name": "sgd", "learning_rate": 0.1}],
        }
        gradients = simulate(scene(**asked))["sgd"].gradients[:, 0]
        short = float(length(gradients)[1])
        assert short == pytest.approx(np.linalg.norm(gradients[1]), rel=1e-14)
        run = simulate(scene(**asked, stop={"gradient": short}))["sgd"]
        assert run.converged_at(short) == (1,), start


def test_a_length_does_not_depend_on_how_numbers_lie_in_memory() -> None:
    rows = np.random.default_rng(1).normal(size=(50, 4, 33))
    lengths = length(rows)
    np.testing.assert_array_equal(length(np.asfortranarray(rows)), lengths)
    np.testing.assert_array_equal([length(row) for row in rows], lengths)
    np.testing.assert_allclose(lengths, np.linalg.norm(rows, axis=-1), rtol=1e-14)


@pytest.mark.parametrize("scale", [5e-324, 1e-200, 1.0, 1e200, 1e307])
def test_lengths_neither_overflow_nor_vanish(scale: float) -> None:
    assert length(scale * np.array([3.0, -4.0])) == pytest.approx(5 * scale, rel=1e-15)


@pytest.mark.parametrize("noise", [None, {"standard_deviation": 0.5}])
def test_every_optimizer_stops_each_start_by_itself(noise: Any) -> None:
    starts = [[-7.0, 2.0], [0.01, 0.001], [1.0, 0.5]]
    settings = {"start": starts, "noise": noise, "optimizers": every_optimizer()}
    free = simulate(scene(steps=40, **settings), state=True)
    history = simulate(scene(steps=40, stop={"gradient": 0.2}, **settings), state=True)
    stopped = 0
    for label, run in history.items():
        lengths = np.linalg.norm(free[label].gradients[:-1], axis=-1)
        for start in range(3):
            short = np.flatnonzero(lengths[:, start] <= 0.2)
            at = int(short[0]) if short.size else 40
            stopped += bool(short.size)
            for name, rows in run.arrays.items():
                before = free[label].arrays[name][: at + 1, start]
                np.testing.assert_array_equal(rows[: at + 1, start], before, f"{label} {name}")
                still = np.broadcast_to(rows[at, start], rows[at:, start].shape)
                np.testing.assert_array_equal(rows[at:, start], still, f"{label} {name}")
    assert stopped > 40


def test_what_has_stopped_is_not_computed_on() -> None:
    class Counting(Wrapper):
        """A function that counts how often its gradient is asked for."""

        asked = 0

        def value_and_gradient(self, points: Array) -> tuple[Array, Array]:
            Counting.asked += 1
            return self.inside.value_and_gradient(points)

    objective = Counting(read_objective("x**2"))
    problem = Problem(objective, np.array([[3.0], [1.0]]), 1000, stop=Stop(gradient=1e-3))
    run = OPTIMIZERS.load("sgd").model_validate({"learning_rate": 0.25}).trace(problem)
    assert Counting.asked == 14
    assert (run.points[13:] == run.points[13]).all()


def test_a_start_that_leaves_beside_one_that_stops_ends_as_it_would() -> None:
    asked = scene("x**2 + x**4", [[1e-9], [30.0]], 40, stop={"gradient": 1e-6})
    run = simulate(asked, state=True)["sgd"]
    assert (run.points[:, 0] == 1e-9).all()
    assert run.fates[0] is None
    assert run.fates[1] is not None
    assert np.isnan(run.points[-1, 1]).all()


def test_an_average_that_is_shown_stays_where_the_run_stops() -> None:
    entry = {"name": "asgd", "learning_rate": 0.3, "average": True}
    run = simulate(stopping(0.1, objective="x**2", start=2, optimizers=[entry]))["asgd"]
    (at,) = run.converged_at(0.1)
    assert at is not None
    assert 0 < at < 60
    assert (run.points[at:] == run.points[at]).all()


def test_runs_that_stop_are_computed_at_once_as_one_by_one() -> None:
    adam = OPTIMIZERS.load("adam")
    optimizers = [adam.model_validate({"learning_rate": rate}) for rate in (0.1, 0.5, 1.0)]
    starts = np.array([[-7.0, 2.0], [0.1, 0.1]])
    problem = Problem(read_objective("x**2/20 + y**2"), starts, 80, stop=Stop(gradient=0.05))
    for optimizer, run in zip(optimizers, trace_together(optimizers, problem), strict=True):
        assert run == optimizer.trace(problem)


@pytest.mark.parametrize("stop", [{"gradient": 0.0}, {"gradient": -1.0}, {}, {"value": 1.0}, 1e-8])
def test_a_stop_is_a_length_of_the_gradient(stop: Any) -> None:
    with pytest.raises(ValidationError, match="stop"):
        scene(stop=stop)


def test_the_stop_belongs_to_the_experiment_and_is_read_back() -> None:
    asked = stopping()
    assert asked.experiment != stopping(1e-4).experiment
    assert Scene.model_validate(asked.canonical()) == asked
    assert "stop" not in scene().canonical()


def test_many_rates_of_any_size_give_no_warning() -> None:
    rates = [float(10.0**power) for power in range(-300, 308, 152)]
    entries = [
        {"name": name, "label": name, "sweep": {"learning_rate": rates}}
        for name in OPTIMIZERS.names()
    ]
    history = simulate(scene("x**4 + y**2", [3, -2], 5, optimizers=entries), state=True)
    assert len(history) == len(entries) * len(rates)
    for run in history.values():
        assert run.converged_at(1e-3)
        assert run.path_length.shape == run.step_lengths.shape[1:]
        assert len(run.fates) == 1
    for name in OPTIMIZERS.names():
        kind = OPTIMIZERS.load(name)
        optimizers = [kind.model_validate({"learning_rate": rate}) for rate in rates]
        trace_together(optimizers, Problem(read_objective("x**4 + y**2"), np.ones((2, 2)), 5))
