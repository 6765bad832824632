"""Kinds of noise: what is added to a gradient, the same for all optimizers of a scene."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from tests.objectives.test_formula import formula
from visualize import Scene, SceneError, read_scene, simulate
from visualize.arrays import Array
from visualize.objectives._draws import Draws
from visualize.objectives._noise import Noise, Noisy
from visualize.objectives._wrapper import Wrapper
from visualize.objectives.objective import Objective
from visualize.optimizers._together import trace_together
from visualize.optimizers.optimizer import OPTIMIZERS, Problem

POINTS = np.array([[-7.0, 2.0], [1.0, -1.0]])
BOWL = formula("x**2/20 + y**2")
NORMAL = {"standard_deviation": 0.2}
STUDENT = {"kind": "student", "standard_deviation": 0.2}
MULTIPLICATIVE = {"kind": "multiplicative", "standard_deviation": 0.2}
KINDS = pytest.mark.parametrize("settings", [NORMAL, STUDENT, MULTIPLICATIVE])


def seen(settings: dict[str, Any], step: int, points: Array = POINTS) -> Array:
    """Return the gradient of the bowl that is seen at a step."""
    return Noisy(BOWL, Noise.model_validate(settings)).at(step, Draws(7)).gradient(points)


def scene(noise: Any, *names: str, **more: Any) -> Scene:
    """Return a scene with noise on the bowl."""
    rules = [{"name": name, "learning_rate": 0.1} for name in names or ("sgd",)]
    settings = {"objective": "x**2/20 + y**2", "start": [-7, 2], "steps": 20, "noise": noise}
    return Scene.model_validate({**settings, "optimizers": rules, **more})


def stream() -> np.random.Generator:
    """Return what the noise of seed 7 is drawn from."""
    return np.random.default_rng([7, 1])


# What is drawn and added


def test_normal_noise_is_what_it_has_always_been_to_the_bit() -> None:
    expected = BOWL.gradient(POINTS) + 0.2 * stream().standard_normal((2, 2))
    for settings in (NORMAL, {**NORMAL, "kind": "normal"}):
        np.testing.assert_array_equal(seen(settings, 0), expected)


def test_students_noise_is_scaled_to_its_standard_deviation() -> None:
    for degrees, scale in [(3.0, 0.2 / np.sqrt(3)), (4.0, 0.2 / np.sqrt(2)), (2.5, 0.2 / 5**0.5)]:
        drawn = stream().standard_t(degrees, (2, 2))
        noise = seen({**STUDENT, "degrees_of_freedom": degrees}, 0) - BOWL.gradient(POINTS)
        np.testing.assert_allclose(noise, scale * drawn, rtol=1e-12)
    np.testing.assert_array_equal(seen(STUDENT, 2), seen({**STUDENT, "degrees_of_freedom": 3}, 2))


def test_multiplicative_noise_grows_with_each_coordinate_of_the_gradient() -> None:
    factors = 1 + 0.2 * stream().standard_normal((2, 2))
    np.testing.assert_allclose(seen(MULTIPLICATIVE, 0), BOWL.gradient(POINTS) * factors, rtol=1e-14)
    minimum = np.zeros((1, 2))
    np.testing.assert_array_equal(seen(MULTIPLICATIVE, 0, minimum), minimum)


def drawn(settings: dict[str, Any]) -> Array:
    """Return many numbers that are added to a gradient of 1."""
    noise, size = Noise.model_validate(settings), (400_000,)
    return noise.added(np.ones(size), noise.drawn(np.random.default_rng(0), size)) - 1


@pytest.mark.parametrize("settings", [NORMAL, {**STUDENT, "degrees_of_freedom": 5}, MULTIPLICATIVE])
def test_the_noise_has_the_mean_0_and_the_deviation_that_is_asked_for(
    settings: dict[str, Any],
) -> None:
    assert abs(drawn(settings).mean()) < 0.002
    assert abs(drawn(settings).std() - 0.2) < 0.002


def test_students_noise_has_heavier_tails_the_fewer_its_degrees() -> None:
    def far(settings: dict[str, Any]) -> float:
        return float((np.abs(drawn(settings)) > 5 * 0.2).mean())

    several = [far({**STUDENT, "degrees_of_freedom": degrees}) for degrees in (3, 5, 1e9)]
    assert several == sorted(several, reverse=True)
    assert several[0] > 100 * (several[2] + far(NORMAL))


# Who sees it


@KINDS
def test_all_optimizers_meet_the_same_draws(settings: dict[str, Any]) -> None:
    history = simulate(scene(settings, "sgd", "adam", "adagrad"))
    draws = []
    for run in history.values():
        exact = run.points * [0.1, 2.0]
        noise = run.gradients - exact
        draws.append(noise / exact if settings == MULTIPLICATIVE else noise)
        np.testing.assert_allclose(noise[-1], 0, atol=1e-15)
    assert (np.abs(draws[0][:-1]) > 1e-9).all()
    for other in draws[1:]:
        np.testing.assert_allclose(other[:-1], draws[0][:-1], rtol=1e-9, atol=1e-12)


@KINDS
def test_line_searches_and_hessians_see_none(settings: dict[str, Any]) -> None:
    noisy = Noisy(BOWL, Noise.model_validate(settings))
    for part in ("value", "gradient", "hessian"):
        np.testing.assert_array_equal(getattr(noisy, part)(POINTS), getattr(BOWL, part)(POINTS))
    np.testing.assert_array_equal(noisy.at(1, Draws(0)).value(POINTS), BOWL.value(POINTS))


class Halves(Wrapper):
    """Data in place of a function: at every step one of two batches, which is drawn."""

    def at(self, step: int, draws: Draws) -> Objective:
        which = draws.of(2, step, lambda it: it.integers(2, size=1).astype(float))
        return formula("x**2/10 + 0*y" if which[0] else "0*x + 2*y**2")


@KINDS
def test_a_batch_is_seen_with_the_noise_of_its_step(settings: dict[str, Any]) -> None:
    noise = Noise.model_validate(settings)
    noisy, draws = Noisy(Halves(BOWL), noise), Draws(3)
    for step in range(6):
        batch = Halves(BOWL).at(step, Draws(3)).gradient(POINTS)
        generator = np.random.default_rng([3, 1])
        numbers = [noise.drawn(generator, POINTS.shape) for _ in range(step + 1)][-1]
        expected = noise.added(batch, numbers)
        np.testing.assert_array_equal(noisy.at(step, draws).gradient(POINTS), expected)


@KINDS
@pytest.mark.parametrize("inside", [BOWL, Halves(BOWL)])
def test_runs_that_are_computed_together_meet_the_same(
    settings: dict[str, Any], inside: Objective
) -> None:
    noisy = Noisy(inside, Noise.model_validate(settings))
    problem = Problem(noisy, POINTS, steps=9, seed=2)
    kind = OPTIMIZERS.load("adagrad")
    rules = [kind.model_validate({"learning_rate": rate}) for rate in (0.1, 0.5, 1.0)]
    for rule, run in zip(rules, trace_together(rules, problem), strict=True):
        np.testing.assert_array_equal(run.points, rule.trace(problem).points)


# In a scene


@KINDS
def test_a_scene_with_noise_is_written_and_read_again(settings: dict[str, Any]) -> None:
    one = scene(settings)
    assert Scene.model_validate(one.canonical()) == one
    asked = {"kind": "normal", **settings}
    completed = {"degrees_of_freedom": 3.0} if asked["kind"] == "student" else {}
    assert one.canonical()["noise"] == asked | completed


@pytest.mark.parametrize(
    ("noise", "setting", "words"),
    [
        ("{kind: student, standard_deviation: 1, degrees_of_freedom: 2}", "degrees_of_freedom",
         "must be greater than 2 (got 2): with so few the noise has no standard deviation"),
        ("{kind: student, standard_deviation: 1, degrees_of_freedom: .inf}", "degrees_of_freedom",
         "must be a finite number"),
        ("{kind: student}", "standard_deviation", "is missing; write standard_deviation: 0.1"),
        ("{standard_deviation: 1, degrees_of_freedom: 5}", "degrees_of_freedom",
         "normal noise has none; write kind: student beside it, or leave it out"),
        ("{standard_deviation: 1, kind: gaussian}", "kind", "write kind: normal"),
        ("{standard_deviation: 1, kind: Heavy-Tailed}", "kind", "write kind: student"),
        ("{standard_deviation: 1, kind: t}", "kind", "write kind: student"),
        ("{standard_deviation: 1, kind: relative}", "kind", "write kind: multiplicative"),
        ("{standard_deviation: 1, kind: studnt}", "kind",
         "must be 'normal', 'student' or 'multiplicative'; did you mean 'student'?"),
        ("{standard_deviation: 1, kind: 3}", "kind", "must be 'normal', 'student' or"),
        ("{sigma: 1}", "sigma", "unknown setting; did you mean 'standard_deviation'?"),
        ("{standard_deviation: 1, kind: student, df: 4}", "df", "degrees_of_freedom"),
        ("{standard_deviation: 1, kind: student, nu: 4}", "nu", "degrees_of_freedom"),
        ("{standard_deviation: 1, type: student}", "type", "did you mean 'kind'?"),
        ("{standard_deviation: 1, relative: true}", "relative", "write kind: multiplicative"),
        ("{standard_deviation: 1, heavy_tailed: true}", "heavy_tailed", "write kind: student"),
        ("{standard_deviation: 1, variance: 0.01}", "variance", "write its root"),
        ("{standard_deviation: 1, seed: 4}", "seed", "write seed: 1 in the scene"),
        ("student", "", "write noise: {kind: student, standard_deviation: 0.1}"),
        ("0.2", "", "must be a mapping of settings (got 0.2)"),
    ],
)  # fmt: skip  # one mistake a line
def test_a_mistake_is_told_at_its_place(
    tmp_path: Path, noise: str, setting: str, words: str
) -> None:
    path = tmp_path / "noisy.yaml"
    path.write_text(
        "objective: x**2\nstart: 3\noptimizers: [{name: sgd, learning_rate: 0.1}]\n"
        f"noise: {noise}\n",
        "utf-8",
    )
    with pytest.raises(SceneError) as raised:
        read_scene(path)
    [mistake] = raised.value.mistakes
    assert mistake.setting == f"noise.{setting}".rstrip(".")
    assert words in mistake.message
    assert mistake.line == 4


def test_no_degrees_given_are_those_by_default() -> None:
    assert Noise.model_validate({**STUDENT, "degrees_of_freedom": None}).degrees_of_freedom == 3
    with pytest.raises(ValidationError, match="greater than 2"):
        Noise.model_validate({**STUDENT, "degrees_of_freedom": 1})
