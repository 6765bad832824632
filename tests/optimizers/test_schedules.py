"""Schedules: the rates of torch's schedulers, Keras's and optax's; in scenes; and mistakes."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.conftest import ROOT
from visualize import Scene, SceneError, read_scene, simulate
from visualize.arrays import Array
from visualize.declare.settings import in_our_words
from visualize.objectives.objective import read_objective
from visualize.optimizers._schedules import SCHEDULES
from visualize.optimizers._together import trace_together
from visualize.optimizers.optimizer import OPTIMIZERS, Problem

GOLDEN = json.loads((ROOT / "tests" / "golden" / "schedules.json").read_text())["schedules"]
NAMES = SCHEDULES.names()
COSINE = {"schedule": "cosine", "initial_learning_rate": 0.1}


def rates(settings: Any, steps: int, *part: int) -> Array:
    """Return the rates of a run of so many steps."""
    rule = OPTIMIZERS.load("sgd").model_validate({"learning_rate": settings})
    return np.asarray(rule.learning_rates(steps, *part))


def usual(name: str) -> dict[str, Any]:
    """Return the settings that a schedule needs."""
    return in_our_words(SCHEDULES, "schedule", name)


def scene(*learning_rates: Any, **more: Any) -> Scene:
    """Return a scene with one optimizer, or a sweep over several rates."""
    one: dict[str, Any] = {"learning_rate": learning_rates[0]}
    if len(learning_rates) > 1:
        one = {"sweep": {"learning_rate": list(learning_rates)}}
    settings = {"objective": "x**2", "start": 3, "steps": 12, **more}
    return Scene.model_validate({**settings, "optimizers": [{"name": "sgd", **one}]})


# The rates


@pytest.mark.parametrize("run", GOLDEN, ids=lambda run: f"{run['library']}-{run['name']}")
def test_the_rates_are_the_librarys(run: dict[str, Any]) -> None:
    ours = rates(run["settings"], len(run["rates"]))
    np.testing.assert_allclose(ours, run["rates"], rtol=1e-13, atol=1e-16)


def test_every_schedule_is_held_against_a_library() -> None:
    assert {run["settings"]["schedule"] for run in GOLDEN} == {*NAMES}


@pytest.mark.parametrize("name", NAMES)
def test_a_schedule_takes_the_steps_of_its_run_by_default(name: str) -> None:
    settings = usual(name)
    if name == "exponential":  # it has no end
        np.testing.assert_array_equal(rates(settings, 50)[:20], rates(settings, 20))
        return
    third = {"decay_steps": 20} if name == "step" else {"decay_steps": 60}
    np.testing.assert_array_equal(rates(settings, 60), rates({**settings, **third}, 60))
    assert (rates(settings, 60)[-10:] != rates(settings, 90)[50:60]).any()


@pytest.mark.parametrize("name", ["cosine", "linear", "polynomial", "warmup_cosine", "one_cycle"])
def test_past_its_end_a_schedule_stays_at_its_last_rate(name: str) -> None:
    last = 0.01
    settings = {**usual(name), "end_learning_rate": last, "decay_steps": 20}
    run = rates(settings, 100)
    np.testing.assert_allclose(run[20:], last, rtol=1e-14)
    assert run[18] > last
    assert run[:20].max() == pytest.approx(0.1)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("steps", [0, 1, 2, 3, 7])
def test_runs_of_few_steps_have_rates_too(name: str, steps: int) -> None:
    run = rates(usual(name), steps)
    assert run.shape == (steps,)
    assert run.dtype == np.float64
    assert (np.isfinite(run) & (run >= 0)).all()
    if name != "one_cycle":  # whose phases are parts of all steps
        np.testing.assert_array_equal(run[:1], rates(usual(name), 1000)[: min(steps, 1)])


@pytest.mark.parametrize(
    ("steps", "fraction", "shape", "expected"),
    [
        (2, 0.3, "cosine", [0.4058728269748815, 2e-06]),
        (3, 0.3, "cosine", [0.49720771772545586, 0.23131855133348753, 2e-06]),
        (7, 0.1, "linear", [0.4761905714285714, 0.3968258095238095, 0.31746104761904764]),
    ],
)
def test_a_cycle_too_short_to_rise_falls_as_torchs_does(
    steps: int, fraction: float, shape: str, expected: list[float]
) -> None:
    # Printed by torch 2.13's OneCycleLR(max_lr=0.5, total_steps=steps, pct_start=fraction).
    settings = {"schedule": "one_cycle", "peak_learning_rate": 0.5, "shape": shape}
    run = rates({**settings, "warmup_fraction": fraction}, steps)
    np.testing.assert_allclose(run[: len(expected)], expected, rtol=1e-11)


@given(st.sampled_from(NAMES), st.integers(0, 30), st.integers(0, 30))
def test_a_part_of_the_rates_is_that_part(name: str, first: int, count: int) -> None:
    whole = rates(usual(name), 60)
    np.testing.assert_array_equal(rates(usual(name), 60, first), whole[first:])
    part = rates(usual(name), 60, first, first + count)
    np.testing.assert_array_equal(part, whole[first : first + count])


def test_a_line_may_warm_up_and_then_stay() -> None:
    settings = {"schedule": "linear", "initial_learning_rate": 0, "end_learning_rate": 0.2}
    np.testing.assert_allclose(
        rates({**settings, "decay_steps": 4}, 8), [0, 0.05, 0.1, 0.15, 0.2, 0.2, 0.2, 0.2]
    )


def test_while_warming_up_only_the_warmth_counts() -> None:
    settings = {"schedule": "warmup_cosine", "peak_learning_rate": 1, "warmup_steps": 8}
    np.testing.assert_allclose(rates(settings, 5), [0, 1 / 8, 2 / 8, 3 / 8, 4 / 8])
    cold = {**settings, "warmup_steps": 0, "decay_steps": 10}
    cosine = {"schedule": "cosine", "initial_learning_rate": 1, "decay_steps": 10}
    np.testing.assert_allclose(rates(cold, 20), rates(cosine, 20), atol=1e-16)


# In scenes


@pytest.mark.parametrize("name", NAMES)
def test_a_scene_with_a_schedule_is_written_and_read_again(name: str) -> None:
    one = scene(usual(name))
    assert Scene.model_validate(one.canonical()) == one
    assert json.loads(json.dumps(one.canonical())) == one.canonical()
    assert one.canonical()["optimizers"][0]["learning_rate"]["schedule"] == name


@pytest.mark.parametrize("name", OPTIMIZERS.names())
def test_every_optimizer_follows_a_schedule(name: str) -> None:
    settings = {"schedule": "polynomial", "initial_learning_rate": 0.1, "power": 2}
    formula = "0.1*(1 - t/12)**2"
    ends = []
    for rate in (settings, formula):
        optimizers = [{"name": name, "learning_rate": rate}]
        asked = {"objective": "x**2/20 + y**2", "start": [-7, 2], "steps": 12}
        history = simulate(Scene.model_validate({**asked, "optimizers": optimizers}))
        ends.append(history[name].points)
    np.testing.assert_allclose(ends[0], ends[1], rtol=1e-9, atol=1e-12)


def test_a_sweep_goes_over_schedules_as_over_numbers() -> None:
    swept = scene(
        0.1, COSINE, {**COSINE, "decay_steps": 5}, {"schedule": "one_cycle"} | usual("one_cycle")
    )
    assert [run.label for run in swept.runs] == [
        "sgd learning_rate=0.1",
        "sgd learning_rate=cosine(initial_learning_rate=0.1)",
        "sgd learning_rate=cosine(initial_learning_rate=0.1, decay_steps=5)",
        "sgd learning_rate=one_cycle(peak_learning_rate=0.1)",
    ]
    assert len({run.points.tobytes() for run in simulate(swept).values()}) == 4
    assert Scene.model_validate(swept.canonical()) == swept


def test_runs_that_share_a_schedule_are_computed_at_once() -> None:
    kind = OPTIMIZERS.load("sgd")
    several = [kind.model_validate({"learning_rate": COSINE, "momentum": it}) for it in (0.1, 0.9)]
    problem = Problem(read_objective("x**2"), np.array([[3.0]]), steps=9)
    for rule, run in zip(several, trace_together(several, problem), strict=True):
        np.testing.assert_array_equal(run.points, rule.trace(problem).points)


def test_of_a_long_run_each_rate_is_looked_at_as_a_part_of_the_whole() -> None:
    # 2^16 are looked at together: of each part alone one_cycle would begin anew.
    steps = 70_000
    one = scene({"schedule": "one_cycle", "peak_learning_rate": 0.1}, steps=steps)
    assert one.optimizers[0].learning_rates(steps).argmax() == pytest.approx(0.3 * steps, abs=2)
    growing = {"schedule": "exponential", "initial_learning_rate": 1, "decay_rate": 1.02}
    with pytest.raises(ValidationError, match="must stay finite and at least 0; it is inf at t = "):
        scene(growing, steps=steps)


@pytest.mark.parametrize("name", ["adabound", "ftrl"])
def test_who_divides_by_the_rate_is_not_given_0(name: str) -> None:
    settings = {"objective": "x**2", "start": 3, "steps": 12}
    one = {"name": name, "learning_rate": usual("warmup_cosine")}
    with pytest.raises(ValidationError, match=f"greater than 0 for {name}; it is 0 at t = 0"):
        Scene.model_validate({**settings, "optimizers": [one]})


def test_editors_know_the_schedules() -> None:
    schema = json.loads((ROOT / "visualize" / "scene.schema.json").read_text("utf-8"))
    whole = {"objective": "x**2", "start": 3}

    def fits(rate: Any) -> bool:
        one = {**whole, "optimizers": [{"name": "adam", "learning_rate": rate}]}
        return bool(jsonschema.Draft202012Validator(schema).is_valid(one))

    assert all(fits(usual(name)) for name in NAMES)
    assert fits(0.1)
    assert fits("0.1*exp(-t)")
    assert not fits({"schedule": "cosine"})
    assert not fits({**COSINE, "decay_step": 3})
    assert not fits({"schedule": "cosin", "initial_learning_rate": 0.1})


# Mistakes


@pytest.mark.parametrize(
    ("rate", "setting", "words"),
    [
        ("{schedule: cosine}", "initial_learning_rate", "missing; write initial_"),
        ("{schedule: cosine, initial_learning_rate: 0.1, T_max: 50}", "T_max", "'decay_steps'?"),
        ("{schedule: cosine, initial_learning_rate: 0.1, eta_min: 0}", "eta_min", "'end_learning_"),
        ("{schedule: cosine, lr: 0.1}", "lr", "did you mean 'initial_learning_rate'?"),
        ("{schedule: cosine, peak_learning_rate: 0.1}", "peak_learning_rate",
         "did you mean 'initial_learning_rate'?"),
        ("{schedule: cosine, initial_learning_rate: 0.1, alpha: 0}", "alpha", "end_learning_rate"),
        ("{schedule: cosine, initial_learning_rate: 0.1, warmup_steps: 3}", "warmup_steps",
         "write schedule: warmup_cosine, which has warmup_steps"),
        ("{schedule: cosine, initial_learning_rate: -1}", "initial_learning_rate", "at least 0"),
        ("{schedule: cosine, initial_learning_rate: big}", "initial_learning_rate",
         "must be a number (got 'big'); write initial_learning_rate: 0.1"),
        ("{schedule: cosine, initial_learning_rate: 0.1, decay_steps: 0}", "decay_steps", "east 1"),
        ("{schedule: cosine, initial_learning_rate: 0.1, decay_steps: 1.5}", "decay_steps",
         "must be a whole number"),
        ("{schedule: step, initial_learning_rate: 0.1, gamma: 0.5}", "gamma", "'decay_rate'?"),
        ("{schedule: step, initial_learning_rate: 0.1, step_size: 5}", "step_size", "decay_steps"),
        ("{schedule: step, initial_learning_rate: 0.1, milestones: [5]}", "milestones",
         "'boundaries'?"),
        ("{schedule: step, initial_learning_rate: 0.1, boundaries: [5, 5]}", "boundaries",
         "must rise from one to the next"),
        ("{schedule: step, initial_learning_rate: 0.1, boundaries: [5], decay_steps: 3}",
         "decay_steps|boundaries", "not both"),
        ("{schedule: exponential, initial_learning_rate: 0.1}", "decay_rate", "is missing"),
        ("{schedule: one_cycle, max_lr: 0.1}", "max_lr", "did you mean 'peak_learning_rate'?"),
        ("{schedule: one_cycle, peak_learning_rate: 1, total_steps: 9}", "total_steps",
         "'decay_steps'?"),
        ("{schedule: one_cycle, peak_learning_rate: 1, pct_start: 0.1}", "pct_start",
         "did you mean 'warmup_fraction'?"),
        ("{schedule: one_cycle, peak_learning_rate: 1, div_factor: 5}", "div_factor",
         "write initial_learning_rate, which is peak_learning_rate / div_factor"),
        ("{schedule: one_cycle, peak_learning_rate: 1, final_div_factor: 5}", "final_div_factor",
         "write end_learning_rate, which is initial_learning_rate / final_div_factor"),
        ("{schedule: warmup_cosine, peak_learning_rate: 1}", "warmup_steps", "is missing"),
        ("{schedule: warmup_cosine, peak_learning_rate: 1, warmup_steps: 9, decay_steps: 9}",
         "warmup_steps", "must be less than decay_steps, which count them too (got 9 of 9)"),
        ("{schedule: CosineAnnealingLR, T_max: 5}", "schedule", "did you mean 'cosine'?"),
        ("{schedule: MultiStepLR}", "schedule", "did you mean 'step'?"),
        ("{schedule: cosin}", "schedule", "unknown schedule 'cosin'; did you mean 'cosine'?"),
        ("{schedule: swing}", "schedule", "there are cosine, exponential, linear, one_cycle"),
        ("{schedule: 3}", "schedule", "unknown schedule '3'"),
        ("{schedule: constant}", "schedule", "write a number, learning_rate: 0.1"),
        ("{schedule: CosineAnnealingWarmRestarts}", "schedule", "(t % 50)"),
        ("{schedule: ReduceLROnPlateau}", "schedule", "not how a run goes"),
        ("{type: cosine, lr: 0.2, T_max: 50}", "",
         "write {schedule: cosine, initial_learning_rate: 0.2, decay_steps: 50}"),
        ("{one_cycle: {max_lr: 1}}", "", "write {schedule: one_cycle, peak_learning_rate: 1}"),
        ("cosine", "", "write learning_rate: {schedule: cosine, initial_learning_rate: 0.1}"),
        ("OneCycleLR", "", "write learning_rate: {schedule: one_cycle, peak_learning_rate: 0.1}"),
        ("constant", "", "write a number, learning_rate: 0.1"),
        ("{schedule: linear, initial_learning_rate: 0}", "", "must not be 0 at every step"),
    ],
)  # fmt: skip  # one mistake a line
def test_a_mistake_is_told_at_its_place(
    tmp_path: Path, rate: str, setting: str, words: str
) -> None:
    path = tmp_path / "schedule.yaml"
    path.write_text(
        f"objective: x**2\nstart: 3\noptimizers:\n  - name: sgd\n    learning_rate: {rate}\n",
        "utf-8",
    )
    with pytest.raises(SceneError) as raised:
        read_scene(path)
    [mistake] = raised.value.mistakes
    places = [f"optimizers[0].learning_rate.{it}".rstrip(".") for it in setting.split("|")]
    assert mistake.setting in places
    assert words in mistake.message
    assert mistake.line == 5


@pytest.mark.parametrize("name", NAMES)
def test_what_is_to_be_written_of_a_schedule_is_right(name: str) -> None:
    assert rates(usual(name), 30).any()
    assert len(SCHEDULES.load(name).also_called) > 2
