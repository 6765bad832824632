"""torch's optimizers in a scene go where torch goes by hand; with torch itself."""

import functools
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
from visualize import ForeignError, Function, compose, from_torch, simulate
from visualize.arrays import Array

torch = installed("torch")
FACTORIES: dict[str, Callable[..., Any]] = {
    "sgd": functools.partial(torch.optim.SGD, lr=0.05, momentum=0.9, nesterov=True),
    "adam": functools.partial(torch.optim.Adam, lr=0.1),
    "adamw": functools.partial(torch.optim.AdamW, lr=0.1, weight_decay=0.1),
    "nadam": functools.partial(torch.optim.NAdam, lr=0.1),
    "asgd": functools.partial(torch.optim.ASGD, lr=0.05),
    "rprop": torch.optim.Rprop,
    "adagrad": lambda parameters: torch.optim.Adagrad(parameters, lr=0.5),
    "adafactor": functools.partial(torch.optim.Adafactor, lr=0.1),
    "lbfgs": functools.partial(torch.optim.LBFGS, lr=0.1, max_iter=2),
}


@pytest.fixture
def _float64() -> Iterator[None]:
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


def by_hand(factory: Callable[..., Any], start: Array) -> Iterator[Array]:
    x = torch.tensor(start, requires_grad=True)
    optimizer = factory([x])

    def closure() -> Any:
        optimizer.zero_grad()
        loss = (1 - x[0]) ** 2 / 10 + (x[1] - x[0] ** 2) ** 2
        loss.backward()
        # torch's own gradient differs in the last digit, which sign-like rules make much of.
        x.grad = torch.from_numpy(VALLEY.gradient(x.detach().numpy()))
        return loss

    yield start
    for _ in range(STEPS):
        optimizer.step(closure)
        yield x.detach().numpy().copy()


@pytest.mark.usefixtures("_float64")
@pytest.mark.parametrize("name", FACTORIES)
def test_a_run_is_torchs_own(name: str) -> None:
    factory = FACTORIES[name]
    hold(trace(factory), (by_hand(factory, start) for start in STARTS))


def test_the_default_dtype_is_float64_while_torch_works_and_the_users_after_it() -> None:
    assert torch.get_default_dtype() == torch.float32
    single = trace(FACTORIES["nadam"])
    assert torch.get_default_dtype() == torch.float32
    torch.set_default_dtype(torch.float64)
    try:
        double = trace(FACTORIES["nadam"])
    finally:
        torch.set_default_dtype(torch.float32)
    np.testing.assert_array_equal(single.points, double.points)


def test_a_scheduler_steps_with_its_optimizer() -> None:
    def falling(parameters: Any) -> Any:
        optimizer = torch.optim.SGD(parameters, lr=0.1)
        return optimizer, torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.9)

    ours = {"name": "sgd", "learning_rate": "0.1 * 0.9**t"}
    made = scene(objective=VALLEY, start=[-1.2, 1], steps=20, optimizers=[falling, ours])
    history = simulate(made)
    np.testing.assert_allclose(
        history["falling"].points, history["sgd"].points, rtol=1e-12, atol=1e-13
    )


def test_every_block_is_a_parameter_of_its_shape() -> None:
    shapes = []

    def seen(parameters: Any) -> Any:
        shapes.append([tuple(it.shape) for it in parameters])
        return torch.optim.SGD(parameters, lr=0.01)

    starts = np.ones((2, 5))
    run = trace(seen, InBlocks(), starts=starts, steps=1)
    assert shapes == [[(2, 2), ()]] * 2
    np.testing.assert_allclose(run.points[1], starts - 0.01 * InBlocks().gradient(starts))


def test_the_noise_of_a_step_is_the_same_wherever_lbfgs_looks() -> None:
    made = scene(
        objective=VALLEY,
        start=STARTS,
        steps=5,
        noise={"standard_deviation": 0.01},
        optimizers=[
            functools.partial(torch.optim.LBFGS, lr=0.1),
            {"name": "sgd", "learning_rate": 0.1},
        ],
    )
    history = simulate(made)
    assert np.isfinite(history["lbfgs"].points).all()
    np.testing.assert_array_equal(history["lbfgs"].gradients[0], history["sgd"].gradients[0])


def test_what_torch_says_is_told_with_the_run_and_the_step() -> None:
    class Failing(torch.optim.SGD):  # type: ignore[misc,name-defined]  # torch may be missing
        def step(self, *_: Any) -> Any:
            raise RuntimeError("no more")

    optimizers = [from_torch(Failing, lr=0.1, label="mine")]
    made = scene(optimizers=optimizers)
    words = "run 'mine': mine raised RuntimeError: no more, in step 0"
    with pytest.raises(ForeignError, match=words) as caught:
        simulate(made)
    assert isinstance(caught.value.__cause__, RuntimeError)


def test_a_setting_that_torch_does_not_know_is_told_in_its_words() -> None:
    with pytest.raises(ForeignError, match=r"adam raised TypeError.*learning_rate"):
        scene(
            objective=VALLEY,
            start=[1, 2],
            optimizers=[from_torch(torch.optim.Adam, learning_rate=1)],
        )


def test_an_optimizer_that_has_its_parameters_is_answered_with_how_to_write_it() -> None:
    made = torch.optim.Adam([torch.zeros(2, requires_grad=True)])
    with pytest.raises(
        ValueError, match=r"write functools\.partial\(torch\.optim\.Adam, lr=0\.1\)"
    ):
        scene(optimizers=[made])


def test_a_loss_in_torch_has_torchs_derivatives() -> None:
    weights = torch.tensor([[1.0, 2.0], [0.0, 1.0]], dtype=torch.float64)

    def loss(x: Any) -> Any:
        return torch.sum((weights @ x) ** 4) + torch.exp(x[0])

    function = Function(loss, "torch", variables=("x", "y"))
    points = np.array([[0.5, -1.0], [2.0, 1.0]])
    value, gradient = function.value_and_gradient(points)
    x, y = points.T
    np.testing.assert_allclose(value, (x + 2 * y) ** 4 + y**4 + np.exp(x))
    inner = 4 * (x + 2 * y) ** 3
    expected = np.stack([inner + np.exp(x), 2 * inner + 4 * y**3], axis=-1)
    np.testing.assert_allclose(gradient, expected)
    second = 12 * (x + 2 * y) ** 2
    hessian = np.array([[second + np.exp(x), 2 * second], [2 * second, 4 * second + 12 * y**2]])
    np.testing.assert_allclose(function.hessian(points), np.moveaxis(hessian, -1, 0))
    assert function.has_hessian
    many = np.random.default_rng(0).normal(size=(20, 20, 2))
    singly = [[float(function.value(it)) for it in row] for row in many]
    np.testing.assert_allclose(function.value(many), singly, rtol=1e-14)
    gradients = [[function.gradient(it) for it in row] for row in many]
    np.testing.assert_allclose(function.gradient(many), gradients, rtol=1e-13, atol=1e-13)


def test_a_function_that_looks_at_its_numbers_is_called_point_by_point() -> None:
    function = Function(lambda x: x[0] if x[0] > 0 else -2 * x[0], "torch", variables=("x",))
    points = np.linspace(-1, 1, 400)[:, np.newaxis]
    expected = np.where(points > 0, points, -2 * points)[:, 0]
    np.testing.assert_array_equal(function.value(points), expected)
    np.testing.assert_array_equal(
        function.gradient(points)[:, 0], np.where(expected == points[:, 0], 1, -2)
    )


def test_many_points_at_once() -> None:
    function = Function(
        lambda x: (x**2).sum(dim=-1), "torch", variables=("x", "y"), vectorized=True
    )
    points = np.array([[1.0, 2.0], [3.0, 4.0]])
    np.testing.assert_array_equal(function.value(points), [5, 25])
    np.testing.assert_array_equal(function.gradient(points), 2 * points)
    np.testing.assert_array_equal(function.hessian(points), [2 * np.eye(2)] * 2)
    transposed = Function(
        lambda x: (x**2).sum(dim=0), "torch", variables=("x", "y"), vectorized=True
    )
    with pytest.raises(ForeignError, match=r"returned an array of shape \(2,\)"):
        transposed.value(points)


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (lambda x: x.detach().sum(), "cannot differentiate"),
        (lambda x: x.sum().item(), "returned something of the type float; a tensor of torch"),
        (print, "returned None; a tensor of torch"),
        (
            lambda x: x**2,
            r"returned an array of shape \(2,\) for an array of shape \(2,\); a number",
        ),
        (lambda x: (x * 1j).sum(), "returned a complex number"),
        (
            lambda x: x @ torch.ones(3),
            r"raised RuntimeError.*a torch.float64 tensor of shape \(2,\)",
        ),
    ],
)
def test_what_is_no_number_of_torchs_is_told(function: Any, words: str) -> None:
    objective = Function(function, "torch", variables=("x", "y"))
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
        objective=Function(bowl, "torch"),
        steps=3,
        optimizers=[{"name": "newton"}],
        panels=panels,
        frames={"size": [96, 64]},
    )
    film = compose(made, simulate(made))
    assert (film.picture(0) != film.picture(3)).any()


@pytest.mark.parametrize("vectorized", [False, True])
def test_a_function_of_torch_that_divides_by_0_has_no_value_there(vectorized: bool) -> None:
    def divided(x: Any) -> Any:
        near = bool(x[..., 0].min() < 0.9)
        return (x**2).sum(-1) * (1 / (0 if near else 1))

    function = Function(divided, "torch", variables=("x", "y"), vectorized=vectorized)
    point = np.array([0.5, 1.0])
    assert np.isnan(function.value(point))
    assert np.isnan(function.gradient(point)).all()
    assert np.isnan(function.hessian(point)).all()
    run = simulate(scene(objective=function, optimizers=[{"name": "sgd", "learning_rate": 0.1}]))
    assert run["sgd"].diverged_at == (1,)
