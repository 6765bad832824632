"""The parts of a step: what is carried over, and what the gradient adds."""

from typing import Any

import numpy as np
import pytest

from visualize.objectives.objective import read_objective
from visualize.optimizers._carried import Parts, can_be_parted, parts_of_steps
from visualize.optimizers.optimizer import OPTIMIZERS, Problem

BOWL = read_objective("x**2/20 + y**2")
STARTS = np.array([[-7.0, 2.0], [1.0, -1.0]])


def parts_of(name: str, **settings: Any) -> tuple[Any, Any, Any]:
    optimizer = OPTIMIZERS.load(name).model_validate(settings)
    run = optimizer.trace(Problem(BOWL, STARTS, 6))
    parts = parts_of_steps(optimizer, run, BOWL)
    return run, parts.steps, parts.carried


@pytest.mark.parametrize(
    "settings",
    [
        {"learning_rate": 0.1, "momentum": 0.8},
        {"learning_rate": "0.1/(1 + t)", "momentum": 0.8},
        {"learning_rate": 0.1, "momentum": 0.8, "convention": "keras"},
        {"learning_rate": "0.1/(1 + t)", "momentum": 0.8, "convention": "keras"},
    ],
)
def test_in_every_convention_the_rest_of_a_step_is_the_gradient_times_the_rate(
    settings: dict[str, Any],
) -> None:
    run, steps, carried = parts_of("sgd", **settings)
    rates = OPTIMIZERS.load("sgd").model_validate(settings).learning_rates(6)
    asked = -rates[:, np.newaxis, np.newaxis] * run.gradients[:-1]
    np.testing.assert_allclose((steps - carried)[:-1], asked, atol=1e-15)
    np.testing.assert_array_equal(carried[0], 0)
    assert np.abs(carried[1:]).max() > 0.01


def test_momentum_carries_over_its_part_of_the_last_step() -> None:
    _, steps, carried = parts_of("sgd", learning_rate=0.1, momentum=0.8)
    np.testing.assert_allclose(carried[1:], 0.8 * steps[:-1])


@pytest.mark.parametrize("name", ["sgd", "adagrad", "signsgd", "newton"])
def test_a_rule_without_such_a_memory_carries_nothing(name: str) -> None:
    settings = {} if name == "newton" else {"learning_rate": 0.3}
    _, _, carried = parts_of(name, **settings)
    np.testing.assert_allclose(carried, 0, atol=1e-15)


def test_steps_are_those_of_the_run_and_the_one_that_would_be_next() -> None:
    run, steps, _ = parts_of("adam", learning_rate=0.3)
    np.testing.assert_array_equal(steps[:-1], np.diff(run.points, axis=0))
    longer = OPTIMIZERS.load("adam").model_validate({"learning_rate": 0.3})
    after = longer.trace(Problem(BOWL, STARTS, 7))
    np.testing.assert_allclose(steps[-1], after.points[-1] - after.points[-2])


def test_what_searches_is_not_asked_again() -> None:
    assert can_be_parted(OPTIMIZERS.load("adam").model_validate({"learning_rate": 0.1}))
    assert not can_be_parted(OPTIMIZERS.load("bfgs").model_validate({}))


DECAYING = [
    name for name in OPTIMIZERS.names() if "weight_decay" in OPTIMIZERS.load(name).model_fields
]


def parts_with(name: str, **settings: Any) -> Parts | None:
    rate = OPTIMIZERS.load(name).model_fields["learning_rate"]
    if rate.is_required():
        settings["learning_rate"] = 0.05
    optimizer = OPTIMIZERS.load(name).model_validate(settings)
    if not can_be_parted(optimizer):
        return None
    return parts_of_steps(optimizer, optimizer.trace(Problem(BOWL, STARTS, 6)), BOWL)


@pytest.mark.parametrize(
    ("name", "settings"),
    [(name, {}) for name in OPTIMIZERS.names()]
    + [(name, {"weight_decay": 0.3}) for name in DECAYING],
)
def test_at_the_first_step_nothing_is_carried_over(name: str, settings: dict[str, float]) -> None:
    parts = parts_with(name, **settings)
    if parts is None:
        return
    np.testing.assert_array_equal(parts.carried[0], 0)
    assert np.isfinite(parts.carried).all()
    assert np.isfinite(parts.decay).all()
    if not settings and name not in {"adamw", "lion", "asgd"}:  # these decay by default
        assert np.abs(parts.decay).max() < 1e-3 * np.abs(parts.steps).max()


@pytest.mark.parametrize("name", ["sgd", "adamw", "lion"])
def test_decay_is_that_of_the_setting(name: str) -> None:
    settings: dict[str, Any] = {"learning_rate": 0.05, "weight_decay": 0.3}
    optimizer = OPTIMIZERS.load(name).model_validate(settings)
    run = optimizer.trace(Problem(BOWL, STARTS, 6))
    parts = parts_of_steps(optimizer, run, BOWL)
    np.testing.assert_allclose(parts.decay, -0.05 * 0.3 * run.points, atol=1e-12)
    if name == "sgd":
        np.testing.assert_array_equal(parts.carried, 0)
        adds = parts.steps - parts.carried - parts.decay
        np.testing.assert_allclose(adds, -0.05 * run.gradients, atol=1e-12)


def test_a_rule_that_forgets_the_start_has_no_parts() -> None:
    assert parts_with("ftrl") is None
