"""optax's transformations in a scene go where optax goes by hand; with optax itself."""

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
from visualize import ForeignError, Function, compose, from_optax, simulate
from visualize.arrays import Array

jax = installed("jax")
optax = installed("optax")
TRANSFORMATIONS: dict[str, Callable[[], Any]] = {
    "adam": lambda: optax.adam(0.1),
    "momentum": lambda: optax.sgd(0.05, momentum=0.9, nesterov=True),
    "decay": lambda: optax.adamw(optax.cosine_decay_schedule(0.1, 30), weight_decay=0.1),
    "clipped": lambda: optax.chain(optax.clip_by_global_norm(0.5), optax.sgd(0.1)),
    "lamb": lambda: optax.lamb(0.1),
    "adafactor": lambda: optax.adafactor(0.1),
    "lion": lambda: optax.lion(0.05),
}


def by_hand(transformation: Any, start: Array) -> Iterator[Array]:
    with jax.enable_x64(True):
        x = jax.numpy.asarray(start)
        state = transformation.init(x)
        yield start
        for _ in range(STEPS):
            gradient = jax.numpy.asarray(VALLEY.gradient(np.asarray(x)))
            updates, state = transformation.update(gradient, state, x)
            x = optax.apply_updates(x, updates)
            yield np.asarray(x)


@pytest.mark.parametrize("name", TRANSFORMATIONS)
def test_a_run_is_optaxs_own(name: str) -> None:
    made = TRANSFORMATIONS[name]
    hold(trace(made()), (by_hand(made(), start) for start in STARTS))


def test_a_run_begins_anew_each_time() -> None:
    transformation = optax.adam(0.1)
    np.testing.assert_array_equal(trace(transformation).points, trace(transformation).points)


def test_jax_is_as_it_was() -> None:
    trace(optax.adam(0.1))
    assert jax.numpy.ones(1).dtype == "float32"


def test_blocks_are_a_mapping() -> None:
    seen = []

    def update(updates: Any, state: Any, params: Any = None) -> Any:
        seen.append({name: it.shape for name, it in params.items()})
        return jax.tree.map(lambda it: -0.01 * it, updates), state

    rule = optax.GradientTransformation(lambda _: optax.EmptyState(), update)
    starts = np.ones((2, 5))
    run = trace(rule, InBlocks(), starts=starts, steps=1)
    assert seen == [{"weights": (2, 2), "bias": ()}]
    np.testing.assert_allclose(run.points[1], starts - 0.01 * InBlocks().gradient(starts))


@pytest.mark.parametrize("differentiation", [None, "jax"])
def test_line_searches_may_ask_for_the_value(differentiation: Any) -> None:
    function = Function(lambda x: (1 - x[0]) ** 2 / 10 + (x[1] - x[0] ** 2) ** 2, differentiation)
    made = scene(objective=function, start=[-1.2, 1], steps=20, optimizers=[optax.lbfgs()])
    assert np.allclose(simulate(made)["optax"].points[-1], 1, atol=1e-4)
    assert np.all(np.diff(simulate(made)["optax"].values[:, 0]) <= 0)


def test_line_searches_are_optaxs_own_however_many_numbers_there_are() -> None:
    def quartic(x: Any) -> Any:
        return ((x - 0.5) ** 4).sum() + (x[1:] * x[:-1]).sum() / 8

    transformation, start, path = optax.lbfgs(), np.linspace(-1, 2, 8), []
    with jax.enable_x64(True):
        x = jax.numpy.asarray(start)
        state, both = transformation.init(x), optax.value_and_grad_from_state(quartic)
        for _ in range(5):
            value, gradient = both(x, state=state)
            more = {"value": value, "grad": gradient, "value_fn": quartic}
            updates, state = transformation.update(gradient, state, x, **more)
            x = optax.apply_updates(x, updates)
            path.append(np.asarray(x))
    made = scene(
        objective=Function(quartic, "jax"), start=start, steps=5, optimizers=[optax.lbfgs()]
    )
    run = simulate(made)["optax"]
    np.testing.assert_allclose(run.points[1:, 0], path, rtol=1e-9)


def test_line_searches_of_many_starts_at_once() -> None:
    starts = np.random.default_rng(0).normal(size=(20_000, 2))
    run = trace(optax.lbfgs(), starts=starts, steps=2)
    alone = trace(optax.lbfgs(), starts=starts[7:8], steps=2)
    np.testing.assert_allclose(run.points[:, 7], alone.points[:, 0], rtol=1e-9)


def test_the_value_may_be_asked_for_in_blocks() -> None:
    run = trace(optax.polyak_sgd(), InBlocks(), starts=np.ones((2, 5)), steps=10)
    assert (run.values[-1] < 0.05 * run.values[0]).all()


def test_settings_tell_transformations_apart() -> None:
    def identity(transformation: Any) -> Any:
        made = scene(optimizers=[from_optax(transformation)])
        return made.canonical()["optimizers"][0]["identity"]

    assert identity(optax.adam(0.1)) == identity(optax.adam(0.1))
    assert identity(optax.adam(0.1)) != identity(optax.adam(0.2))
    assert identity(optax.adam(0.1)) != identity(optax.adam(0.1, b1=0.8))
    assert identity(optax.adam(0.1)) != identity(optax.rmsprop(0.1))


def test_what_optax_says_is_told() -> None:
    def update(*_: Any) -> Any:
        raise RuntimeError("no more")

    rule = optax.GradientTransformation(lambda _: (), update)
    made = scene(optimizers=[from_optax(rule, label="mine")])
    with pytest.raises(
        ForeignError, match="run 'mine': mine raised RuntimeError: no more, in step 0"
    ):
        simulate(made)


def test_a_function_of_jax_has_jaxs_derivatives() -> None:
    function = Function(lambda x: jax.numpy.exp(x[0]) * x[1] ** 2, "jax", variables=("x", "y"))
    points = np.random.default_rng(0).normal(size=(3, 5, 2))
    x, y = np.moveaxis(points, -1, 0)
    np.testing.assert_allclose(function.value(points), np.exp(x) * y**2, rtol=1e-14)
    gradient = np.stack([np.exp(x) * y**2, 2 * np.exp(x) * y], axis=-1)
    np.testing.assert_allclose(function.gradient(points), gradient, rtol=1e-14)
    hessian = np.exp(x) * np.array([[y**2, 2 * y], [2 * y, 2 + 0 * y]])
    np.testing.assert_allclose(
        function.hessian(points), np.moveaxis(hessian, (0, 1), (-2, -1)), rtol=1e-13
    )
    assert function.has_hessian
    assert jax.numpy.ones(1).dtype == "float32"


def test_a_function_that_looks_at_its_numbers_is_called_point_by_point() -> None:
    function = Function(lambda x: x[0] if x[0] > 0 else -2 * x[0], "jax", variables=("x",))
    points = np.array([[1.0], [-1.0], [3.0]])
    np.testing.assert_array_equal(function.value(points), [1, 2, 3])
    np.testing.assert_array_equal(function.gradient(points), [[1], [-2], [1]])


def test_many_points_at_once() -> None:
    function = Function(lambda x: (x**2).sum(axis=-1), "jax", variables=("x", "y"), vectorized=True)
    points = np.array([[1.0, 2.0], [3.0, 4.0]])
    np.testing.assert_array_equal(function.value(points), [5, 25])
    np.testing.assert_array_equal(function.gradient(points), 2 * points)
    transposed = Function(
        lambda x: (x**2).sum(axis=0), "jax", variables=("x", "y"), vectorized=True
    )
    with pytest.raises(ForeignError, match=r"returned an array of shape \(2,\)"):
        transposed.value(points)


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (print, "returned None"),
        (
            lambda x: x**2,
            r"returned an array of shape \(2,\) for an array of shape \(2,\); a number",
        ),
        (lambda x: (x * 1j).sum(), "returned a complex number"),
        (
            lambda x: x @ jax.numpy.ones(3),
            r"raised TypeError.*jax\.Array of float64 of shape \(2,\)",
        ),
    ],
)
def test_what_is_no_number_of_jaxs_is_told(function: Any, words: str) -> None:
    objective = Function(function, "jax", variables=("x", "y"))
    with pytest.raises(ForeignError, match=words):
        objective.value_and_gradient(np.array([1.0, 2.0]))


@pytest.mark.parametrize("looking", [False, True])
def test_every_panel_shows_a_function(looking: bool) -> None:
    def bowl(x: Any) -> Any:
        return (x**2).sum() if not looking or x[0] > -100 else x[0]

    panels = [{"kind": "contour", "samples": 20}, "values", "state"]
    if looking:  # point by point the search for minima would take seconds
        panels = panels[1:]
    made = scene(
        objective=Function(bowl, "jax"),
        steps=3,
        optimizers=[{"name": "newton"}],
        panels=panels,
        frames={"size": [96, 64]},
    )
    film = compose(made, simulate(made))
    assert (film.picture(0) != film.picture(3)).any()


@pytest.mark.parametrize("vectorized", [False, True])
def test_a_function_of_jax_that_divides_by_0_has_no_value_there(vectorized: bool) -> None:
    def divided(x: Any) -> Any:
        near = bool(x[..., 0].min() < 0.9)
        return (x**2).sum(-1) * (1 / (0 if near else 1))

    function = Function(divided, "jax", variables=("x", "y"), vectorized=vectorized)
    point = np.array([0.5, 1.0])
    assert np.isnan(function.value(point))
    assert np.isnan(function.gradient(point)).all()
    assert np.isnan(function.hessian(point)).all()
    run = simulate(scene(objective=function, optimizers=[{"name": "sgd", "learning_rate": 0.1}]))
    assert run["sgd"].diverged_at == (1,)
