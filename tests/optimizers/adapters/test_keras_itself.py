"""Keras's optimizers in a scene go where Keras goes by hand; with Keras itself."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from tests.optimizers.adapters.problems import (
    STARTS,
    STEPS,
    VALLEY,
    InBlocks,
    hold,
    installed,
    scene,
    trace,
)
from visualize import from_keras, simulate
from visualize.arrays import Array

os.environ.setdefault("KERAS_BACKEND", "torch")  # or jax or numpy, where somebody says so
keras = installed("keras")
pytestmark = pytest.mark.filterwarnings(
    "ignore:__array__ implementation:DeprecationWarning"  # Keras's own, with NumPy 2
)
KINDS: dict[str, Callable[[], Any]] = {
    "adam": lambda: keras.optimizers.Adam(0.1),
    "sgd": lambda: keras.optimizers.SGD(0.05, momentum=0.9, nesterov=True),
    "rmsprop": lambda: keras.optimizers.RMSprop(0.05, centered=True),
    "adamw": lambda: keras.optimizers.AdamW(0.1, weight_decay=0.1),
    "nadam": lambda: keras.optimizers.Nadam(0.1),
    "scheduled": lambda: keras.optimizers.SGD(
        keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.9)
    ),
}


def by_hand(optimizer: Any, start: Array) -> Iterator[Array]:
    x = keras.Variable(start, dtype="float64")
    optimizer.build([x])
    yield start
    for _ in range(STEPS):
        gradient = VALLEY.gradient(keras.ops.convert_to_numpy(x))
        optimizer.apply([keras.ops.convert_to_tensor(gradient, dtype="float64")], [x])
        yield np.array(keras.ops.convert_to_numpy(x))


@pytest.fixture
def _float64() -> Iterator[None]:
    keras.config.set_floatx("float64")
    if keras.config.backend() != "jax":
        yield
    else:
        with installed("jax").enable_x64(True):
            yield
    keras.config.set_floatx("float32")


@pytest.mark.usefixtures("_float64")
@pytest.mark.parametrize("name", KINDS)
def test_a_run_is_kerass_own(name: str) -> None:
    make = KINDS[name]
    hold(trace(make()), (by_hand(make(), start) for start in STARTS))


def test_floatx_is_the_users_and_the_rest_is_float64() -> None:
    assert keras.config.floatx() == "float32"
    run = trace(keras.optimizers.SGD(0.1), steps=5)
    assert keras.config.floatx() == "float32"
    expected = STARTS.copy()
    for _ in range(5):  # Keras has rounded the rate when it was given
        expected = expected - float(np.float32(0.1)) * VALLEY.gradient(expected)
    np.testing.assert_allclose(run.points[-1], expected, rtol=1e-14)


def test_a_run_begins_anew_each_time_and_leaves_the_one_given_alone() -> None:
    optimizer = keras.optimizers.Adam(0.1)
    np.testing.assert_array_equal(trace(optimizer).points, trace(optimizer).points)
    assert not optimizer.built


def test_every_block_is_a_variable_of_its_shape() -> None:
    starts = np.ones((2, 5))
    run = trace(keras.optimizers.SGD(0.5), InBlocks(), starts=starts, steps=1)
    np.testing.assert_allclose(run.points[1], starts - 0.5 * InBlocks().gradient(starts))


def test_a_class_is_one_with_its_defaults_and_runs_have_names() -> None:
    given = [
        keras.optimizers.Adam,
        keras.optimizers.Adam(0.5),
        from_keras(keras.optimizers.SGD, label="S"),
    ]
    made = scene(steps=2, optimizers=given)
    assert list(simulate(made)) == ["adam 1", "adam 2", "S"]
    identities = [it["identity"] for it in made.canonical()["optimizers"]]
    assert len({*identities}) == 3
    again = scene(steps=2, optimizers=given)
    assert again.canonical() == made.canonical()
