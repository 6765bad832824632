"""Many settings at once: each run is the one that it would be alone."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from visualize import Trajectory
from visualize.objectives._noise import Noise, Noisy
from visualize.objectives.objective import read_objective
from visualize.optimizers._together import trace_together
from visualize.optimizers.optimizer import OPTIMIZERS, Optimizer, Problem

STARTS = np.array([[-7.0, 2.0], [0.5, -0.2]])
NOISY = Noisy(read_objective("himmelblau"), Noise(standard_deviation=0.3))
PROBLEM = Problem(NOISY, STARTS, steps=6, seed=2, states=None)


def make(name: str, **settings: Any) -> Optimizer:
    """Return an optimizer."""
    return OPTIMIZERS.load(name).model_validate({"learning_rate": 0.05, **settings})


def numeric(name: str) -> Iterator[tuple[str, list[Any]]]:
    """Yield the settings of an optimizer that are numbers, with a few values of each."""
    optimizer = make(name)
    for key in type(optimizer).model_fields:
        usual = getattr(optimizer, key)
        if isinstance(usual, float):
            yield key, [0.5 * usual, 0.9 * usual, usual or 0.1]
        elif isinstance(usual, tuple):
            yield key, [usual, usual[::-1]]


def variants(name: str, key: str, values: list[Any]) -> list[Optimizer]:
    """Return optimizers with each of the values, each with a learning rate of its own."""
    made = []
    for number, value in enumerate(values, 1):
        try:
            made.append(make(name, **{"learning_rate": 0.05 * number, key: value}))
        except ValidationError:  # it is out of bounds
            continue
    assert len(made) > 1
    return made


def arrays(run: Trajectory) -> dict[str, np.ndarray[Any, Any]]:
    """Return all that a run holds."""
    return {"points": run.points, "values": run.values, "gradients": run.gradients} | {**run.states}


@pytest.mark.parametrize("name", OPTIMIZERS.names())
def test_rows_of_settings_are_what_each_is_alone_to_the_bit(name: str) -> None:
    settings = dict(numeric(name))
    assert "learning_rate" in settings
    for key, values in settings.items():
        optimizers = variants(name, key, values)
        # A power of data, whose exponent is a row, may differ in the last digit.
        within = 1e-12 if key == "learning_rate_power" else 0
        for optimizer, run in zip(optimizers, trace_together(optimizers, PROBLEM), strict=True):
            alone = arrays(optimizer.trace(PROBLEM))
            assert alone.keys() == arrays(run).keys()
            for part, array in arrays(run).items():
                np.testing.assert_allclose(
                    array, alone[part], rtol=within, atol=within, err_msg=f"{part}, {key}"
                )


def test_a_run_that_diverges_harms_none_of_the_others() -> None:
    optimizers = [make("sgd", learning_rate=rate) for rate in (1e-3, 1e200, 1e-2)]
    calm, wild, brisk = trace_together(optimizers, PROBLEM)
    assert None not in wild.diverged_at
    for run, optimizer in ((calm, optimizers[0]), (brisk, optimizers[2])):
        np.testing.assert_array_equal(run.points, optimizer.trace(PROBLEM).points)


def test_conventions_may_differ_in_name_and_all_may_be_the_same() -> None:
    optimizers = [make("adam", convention="torch"), make("adam", convention="paper")]
    one, other = trace_together(optimizers, PROBLEM)
    np.testing.assert_array_equal(one.points, other.points)


def test_one_schedule_may_be_shared() -> None:
    optimizers = [make("sgd", learning_rate="0.01/(1 + t)", momentum=it) for it in (0.1, 0.9)]
    for optimizer, run in zip(optimizers, trace_together(optimizers, PROBLEM), strict=True):
        np.testing.assert_array_equal(run.points, optimizer.trace(PROBLEM).points)


@pytest.mark.parametrize(
    ("optimizers", "words"),
    [
        ([make("sgd"), make("adam")], "of one kind"),
        ([make("adam"), make("adam", amsgrad=True)], "amsgrad differs"),
        ([make("sgd"), make("sgd", learning_rate="0.1/(1 + t)")], "learning_rate differs"),
        ([make("aggmo"), make("aggmo", momenta=[0.5])], "momenta differs"),
    ],
)
def test_what_is_no_number_cannot_differ(optimizers: list[Optimizer], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        trace_together(optimizers, PROBLEM)
