"""What the adapters do, with stand-ins in the libraries' places; `test_*_itself` have the real."""

import functools
import sys
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from tests.optimizers.adapters import stand_ins
from tests.optimizers.adapters.problems import STARTS, VALLEY, InBlocks, scene, trace
from visualize import (
    ForeignError,
    Scene,
    from_keras,
    from_optax,
    from_scipy,
    from_torch,
    simulate,
)
from visualize.arrays import Array
from visualize.objectives._draws import Draws
from visualize.objectives._wrapper import Wrapper
from visualize.objectives.objective import Objective


def descended(rate: float, steps: int) -> Array:
    """Return the points of gradient descent."""
    points = [STARTS]
    for _ in range(steps):
        points.append(points[-1] - rate * VALLEY.gradient(points[-1]))
    return np.array(points)


def test_every_start_has_an_optimizer_of_torch_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    torch = stand_ins.torch(monkeypatch)
    run = trace(functools.partial(torch.optim.Unit, lr=0.1), steps=5)
    lengths = np.linalg.norm(np.diff(run.points, axis=0), axis=-1)
    np.testing.assert_allclose(lengths, 0.1)
    alone = trace(from_torch(torch.optim.Unit, lr=0.1), starts=STARTS[1:2], steps=5)
    np.testing.assert_array_equal(run.points[:, 1:2], alone.points)
    assert torch.get_default_dtype() == "float32"


def test_what_a_closure_sees_elsewhere_is_the_objective_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    torch = stand_ins.torch(monkeypatch)
    made = []

    def factory(parameters: Any) -> Any:
        made.append(torch.optim.Twice(parameters, lr=0.1))
        return made[-1]

    run = trace(factory, steps=1)
    there = STARTS - 0.1 * VALLEY.gradient(STARTS)
    np.testing.assert_allclose(run.points[1], STARTS - 0.1 * VALLEY.gradient(there))
    np.testing.assert_allclose([it.losses[0] for it in made[-3:]], VALLEY.value(there))


def test_what_a_closure_sees_has_the_noise_of_the_step(monkeypatch: pytest.MonkeyPatch) -> None:
    torch = stand_ins.torch(monkeypatch)
    noisy = {"start": STARTS, "steps": 1, "noise": {"standard_deviation": 0.3}}
    run = simulate(scene(optimizers=[from_torch(torch.optim.Twice, lr=0.1)], **noisy))["twice"]
    noise = run.gradients[0] - VALLEY.gradient(STARTS)
    assert np.abs(noise).min() > 1e-3
    there = STARTS - 0.1 * run.gradients[0]
    np.testing.assert_allclose(run.points[1], STARTS - 0.1 * (VALLEY.gradient(there) + noise))


class Batches(Wrapper):
    """An objective of which a step shows another part."""

    def __init__(self, inside: Objective, part: float = 1.0) -> None:
        super().__init__(inside)
        self.part = part

    def at(self, step: int, draws: Draws) -> Objective:
        del draws
        return Batches(self.inside, 0.5 + step)

    def value(self, points: Array) -> Array:
        return self.part * self.inside.value(points)

    def gradient(self, points: Array) -> Array:
        return self.part * self.inside.gradient(points)


def test_all_that_a_closure_sees_is_of_one_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    stand_ins.torch(monkeypatch)
    seen: list[float] = []

    class Looking(stand_ins.TorchOptimizer):
        def step(self, closure: Any) -> None:
            seen.append(float(closure().array))
            super().step(closure)
            seen.append(float(closure().array))

    run = trace(from_torch(Looking, lr=0.1), Batches(VALLEY), starts=STARTS[:1], steps=2)
    parts = np.array([0.5, 0.5, 1.5, 1.5])
    np.testing.assert_allclose(seen, parts * VALLEY.value(run.points[[0, 1, 1, 2], 0]))


def test_a_scheduler_follows_every_step(monkeypatch: pytest.MonkeyPatch) -> None:
    torch = stand_ins.torch(monkeypatch)

    class Halving:
        def __init__(self, optimizer: Any) -> None:
            self.optimizer = optimizer

        def step(self) -> None:
            self.optimizer.lr /= 2

    def factory(parameters: Any) -> Any:
        optimizer = torch.optim.Unit(parameters, lr=0.4)
        return optimizer, Halving(optimizer)

    run = trace(factory, steps=3)
    lengths = np.linalg.norm(np.diff(run.points, axis=0), axis=-1)
    np.testing.assert_allclose(lengths, np.tile([[0.4], [0.2], [0.1]], 3))


def test_a_start_that_has_left_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    torch = stand_ins.torch(monkeypatch)
    starts = np.array([[1e200, 1.0], [0.5, 0.5]])
    run = trace(functools.partial(torch.optim.Optimizer, lr=0.1), starts=starts, steps=3)
    assert np.isnan(run.points[1:, 0]).all()
    assert np.isfinite(run.points[:, 1]).all()


def test_the_names_and_shapes_of_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    torch = stand_ins.torch(monkeypatch)
    shapes = []

    def factory(parameters: Any) -> Any:
        shapes.append([it.shape for it in parameters])
        return torch.optim.Optimizer(parameters, lr=0.1)

    starts = np.arange(10.0).reshape(2, 5)
    run = trace(factory, InBlocks(), starts=starts, steps=1)
    assert shapes[-2:] == [[(2, 2), ()]] * 2
    np.testing.assert_allclose(run.points[1], starts - 0.1 * InBlocks().gradient(starts))


@pytest.mark.parametrize("made", [None, 3, object()])
def test_a_function_that_makes_no_optimizer_is_told(
    made: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_ins.torch(monkeypatch)

    def factory(parameters: Any) -> Any:
        del parameters
        return made

    with pytest.raises(ForeignError, match=f"factory returned {type(made).__name__}"):
        scene(optimizers=[factory])


def test_an_optimizer_that_has_its_parameters_already_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    torch = stand_ins.torch(monkeypatch)
    with pytest.raises(ValueError, match="this Unit has parameters already"):
        scene(optimizers=[torch.optim.Unit([], lr=0.1)])


def descent(seen: list[Any] | None = None) -> stand_ins.GradientTransformation:
    """Return gradient descent as optax would write it, with the number of steps as its state."""

    def update(gradients: Any, state: Any, params: Any) -> Any:
        if seen is not None:
            seen.append(params)
        return stand_ins.mapped(lambda it: -0.1 * it, gradients), state + 1

    return stand_ins.GradientTransformation(lambda _: np.zeros(()), update)


def test_a_transformation_of_optax_is_mapped_over_the_starts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stand_ins.optax(monkeypatch)
    seen: list[Any] = []
    run = trace(descent(seen), steps=4)
    np.testing.assert_allclose(run.points, descended(0.1, 4))
    assert np.shape(seen[0]) == (2,)


def test_one_optimizer_is_no_list_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    stand_ins.optax(monkeypatch)
    with pytest.raises(ValueError, match="must be a list of optimizers"):
        scene(optimizers=descent())


def test_blocks_of_optax_are_a_mapping_in_any_order(monkeypatch: pytest.MonkeyPatch) -> None:
    stand_ins.optax(monkeypatch)
    seen: list[Any] = []
    starts = np.arange(10.0).reshape(2, 5)
    run = trace(descent(seen), InBlocks(), starts=starts, steps=1)
    assert {name: np.shape(it) for name, it in seen[0].items()} == {"weights": (2, 2), "bias": ()}
    np.testing.assert_allclose(run.points[1], starts - 0.1 * InBlocks().gradient(starts))


def test_a_transformation_may_ask_for_the_value_and_its_gradient(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stand_ins.optax(monkeypatch)
    seen: list[Any] = []

    def update(gradients: Any, state: Any, params: Any, **more: Any) -> Any:
        seen.append((more["value"], more["value_fn"].gradient(params)))
        return stand_ins.mapped(lambda it: 0 * it, gradients), state

    rule = stand_ins.WithExtraArguments(lambda _: np.zeros(()), update)
    trace(rule, steps=1)
    np.testing.assert_allclose([it for it, _ in seen], VALLEY.value(STARTS))
    np.testing.assert_allclose([it for _, it in seen], VALLEY.gradient(STARTS))


def test_an_optimizer_of_keras_is_made_anew_for_every_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    keras = stand_ins.keras(monkeypatch)
    given = keras.optimizers.Optimizer(0.1)
    run = trace(given, steps=2)
    first = descended(0.1, 1)[1]
    np.testing.assert_allclose(run.points[1:], [first, first - 0.05 * VALLEY.gradient(first)])
    assert given.built is None
    assert given.steps == 0
    assert keras.config.floatx() == "float32"
    np.testing.assert_array_equal(trace(given, steps=2).points, run.points)


def test_rows_are_iterates_of_scipy_and_then_its_point_stays(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    optimize = stand_ins.scipy(monkeypatch)
    run = trace(from_scipy("CG", gtol=0.5, tol=0.1), steps=40)
    free = descended(0.1, 40)
    ends = [np.argmax(np.abs(VALLEY.gradient(free[:, i])).max(axis=-1) <= 0.5) for i in range(3)]
    assert min(ends) < 40
    assert len({*ends}) > 1
    for index, end in enumerate(ends):
        np.testing.assert_array_equal(run.points[: end + 1, index], free[: end + 1, index])
        assert (run.points[end:, index] == free[end, index]).all()
    assert optimize.calls[0]["options"] == {"gtol": 0.5}
    assert optimize.calls[0]["tol"] == 0.1
    np.testing.assert_array_equal(run.values, VALLEY.value(run.points))


def test_scipy_makes_not_more_rows_than_the_scene_has_steps(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stand_ins.scipy(monkeypatch)
    for steps in (0, 1, 7):
        run = trace(from_scipy("CG", gtol=1e-9), steps=steps)
        np.testing.assert_array_equal(run.points, descended(0.1, steps))


def test_scipy_stops_where_the_scene_says(monkeypatch: pytest.MonkeyPatch) -> None:
    stand_ins.scipy(monkeypatch)
    settings: dict[str, Any] = {"start": STARTS, "steps": 60, "stop": {"gradient": 0.4}}
    ours = {"name": "sgd", "learning_rate": 0.1}
    history = simulate(scene(optimizers=[from_scipy("CG", gtol=1e-9), ours], **settings))
    np.testing.assert_allclose(history["CG"].points, history["sgd"].points, rtol=1e-12)


def test_scipy_ends_where_the_function_has_no_value(monkeypatch: pytest.MonkeyPatch) -> None:
    stand_ins.scipy(monkeypatch)
    run = trace(from_scipy("CG"), starts=np.array([[1e200, 1.0], [0.5, 0.5]]), steps=3)
    assert np.isnan(run.points[1:, 0]).all()
    assert np.isfinite(run.points[:, 1]).all()


def test_runs_are_called_by_their_class_or_their_label(monkeypatch: pytest.MonkeyPatch) -> None:
    torch = stand_ins.torch(monkeypatch)
    stand_ins.optax(monkeypatch)
    keras = stand_ins.keras(monkeypatch)
    stand_ins.scipy(monkeypatch)
    given = [
        functools.partial(torch.optim.Unit, lr=0.1),
        from_torch(torch.optim.Unit, lr=0.2),
        lambda parameters: torch.optim.Twice(parameters, lr=0.1),
        from_torch(torch.optim.Unit, label="torch's", lr=0.1),
        descent(),
        from_optax(descent(), label="optax's"),
        keras.optimizers.Optimizer,
        from_keras(keras.optimizers.Optimizer(0.25), label="Keras's"),
        from_scipy("CG"),
        {"optimizer": from_scipy("CG"), "label": "scipy's", "color": "red"},
    ]
    made = scene(optimizers=given)
    assert [run.label for run in made.runs] == [
        *("unit 1", "unit 2", "twice", "torch's", "optax", "optax's", "kerasoptimizer"),
        *("Keras's", "CG", "scipy's"),
    ]
    assert made.runs[-1].color == "red"
    entries = made.canonical()["optimizers"]
    same = {entries[0]["identity"], entries[3]["identity"]}  # but for their labels
    assert len(same) == 1
    assert entries[8]["identity"] == entries[9]["identity"] != entries[1]["identity"]
    assert entries[1]["identity"] not in same
    assert len({it["identity"] for it in entries}) == 7


MISSING = {
    "torch": lambda: from_torch(print),
    "jax": lambda: from_optax(descent()),
    "scipy": lambda: from_scipy("CG"),
}


@pytest.fixture
def _nothing_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("torch", "jax", "optax", "keras", "scipy", "scipy.optimize"):
        monkeypatch.setitem(sys.modules, name, None)  # Python takes it for a module that is missing


@pytest.mark.usefixtures("_nothing_installed")
@pytest.mark.parametrize("name", MISSING)
def test_a_library_that_is_missing_is_told_with_the_line_that_installs_it(name: str) -> None:
    with pytest.raises(ImportError, match=f"not installed: pip install {name}$"):
        Scene.model_validate(
            {"objective": VALLEY, "start": [1, 2], "optimizers": [MISSING[name]()]}
        )


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: from_torch("Adam"), r"needs a class of torch\.optim.*got 'Adam'"),  # type: ignore[arg-type]
        (lambda: from_optax(3), r"needs a transformation.*got 3"),
        (lambda: from_keras(3), r"needs an optimizer of Keras.*got 3"),
        (lambda: from_scipy(3), r"needs the name of a method.*got 3"),  # type: ignore[arg-type]
    ],
)
def test_what_is_none_of_a_librarys_is_refused(make: Any, words: str) -> None:
    with pytest.raises(TypeError, match=words):
        make()


def test_a_function_that_makes_an_optimizer_is_to_be_called(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stand_ins.torch(monkeypatch)

    def adam(learning_rate: float) -> Any:
        del learning_rate

    adam.__module__ = "optax._src.alias"
    with pytest.raises(ValidationError, match=r"optax.adam is a function; .*optax.adam\(0.1\)"):
        scene(optimizers=[adam])

    def minimize(*_: Any) -> Any: ...

    minimize.__module__ = "scipy.optimize._minimize"
    with pytest.raises(ValidationError, match=r"write the method, from_scipy\('BFGS'\)"):
        scene(optimizers=[minimize])
