"""Objectives: how a scene declares one, kinds from outside, and what is seen at a step."""

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
import pytest
from pydantic import ValidationError

from tests.objectives.test_formula import formula, named
from visualize import Scene, simulate
from visualize.arrays import Array
from visualize.declare.settings import Positive, Settings
from visualize.objectives._draws import Draws
from visualize.objectives._noise import Noise, Noisy
from visualize.objectives.objective import OBJECTIVES, Objective, Ranges, read_objective
from visualize.objectives.unknown import Unknown
from visualize.optimizers.optimizer import OPTIMIZERS, Problem

POINTS = np.array([[-7.0, 2.0], [1.0, -1.0]])
BOWL = formula("x**2/20 + y**2")


# Declared


@pytest.mark.parametrize(
    ("value", "objective"),
    [
        ("x**2 + y", formula("x**2 + y")),
        ("x", formula("x")),
        ("x1", formula("x1")),
        (" rosenbrock ", named("rosenbrock")),
        ({"name": "rosenbrock"}, named("rosenbrock")),
        ({"expression": "x*y"}, formula("x*y")),
        ({"formula": {"expression": "x*y", "domain": [[0, 1]] * 2}}, {"domain": ((0, 1),) * 2}),
        ({"unknown": {"variables": ("x", "y")}}, Unknown(variables=("x", "y"))),
        (BOWL, BOWL),
        (Unknown(variables=("x",)), Unknown(variables=("x",))),
    ],
)
def test_an_objective_is_declared_by_text_by_settings_or_by_its_kind(
    value: Any, objective: Any
) -> None:
    read = read_objective(value)
    if isinstance(objective, Mapping):
        objective = formula("x*y", **objective)
    assert read == objective


@pytest.mark.parametrize(
    ("value", "place", "words"),
    [
        (3, (), "a constant has nothing to minimise"),
        (0.5, (), "a constant has nothing to minimise"),
        (True, (), "mapping|dictionary"),
        ("rosenbrok", ("name",), "unknown test function 'rosenbrok'; did you mean 'rosenbrock'?"),
        ("foo(x)", ("expression",), "unknown function 'foo'"),
        ({"formula": "x**2"}, ("formula",), "unknown setting; did you mean 'expression'?"),
        ({"formula": {"expresion": "x"}}, ("formula", "expresion"), "did you mean 'expression'"),
        ({"regresion": {}}, ("regresion",), "unknown setting"),
        ({}, ("expression",), "required"),
    ],
)
def test_what_is_none_is_told_at_its_place(value: Any, place: tuple[str, ...], words: str) -> None:
    with pytest.raises(ValidationError if place or value is True else Exception) as raised:
        read_objective(value)
    if isinstance(raised.value, ValidationError):
        assert place in {found["loc"] for found in raised.value.errors()}
    assert any(part in str(raised.value) for part in words.split("|"))


# From outside


class Cone(Settings, Objective):
    """A cone over the plane."""

    slope: Positive = 1.0
    """How steep it is."""
    variables: ClassVar[tuple[str, ...]] = ("x", "y")  # type: ignore[misc]  # it is no setting
    domain: ClassVar[Ranges | None] = ((-1, 1), (-1, 1))  # type: ignore[misc]
    minima: ClassVar[tuple[tuple[float, ...], ...] | None] = ((0, 0),)  # type: ignore[misc]

    @property
    def formula(self) -> str:
        return "a cone"

    def value(self, points: Array) -> Array:
        return np.asarray(self.slope * np.linalg.norm(points, axis=-1))

    def gradient(self, points: Array) -> Array:
        return np.asarray(self.slope * points / np.linalg.norm(points, axis=-1, keepdims=True))

    def hessian(self, points: Array) -> Array:
        raise NotImplementedError


@pytest.fixture
def cone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Register the cone for a test."""
    monkeypatch.setattr(OBJECTIVES, "_registered", {})
    OBJECTIVES.register("cone", Cone)


@pytest.mark.usefixtures("cone")
def test_a_kind_from_outside_is_declared_by_its_name_and_its_settings() -> None:
    assert read_objective("cone") == read_objective({"cone": {}}) == Cone()
    assert read_objective({"cone": {"slope": 2.0}}) == Cone(slope=2.0)
    assert "cone" in OBJECTIVES.names()
    assert OBJECTIVES.summary("cone") == "A cone over the plane."


@pytest.mark.usefixtures("cone")
def test_a_scene_with_a_kind_from_outside_is_written_and_read_again() -> None:
    optimizers = [{"name": "sgd", "learning_rate": 0.1}]
    scene = Scene.model_validate(
        {"objective": {"cone": {"slope": 2.0}}, "start": [3, 4], "optimizers": optimizers}
    )
    assert scene.canonical()["objective"]["cone"]["slope"] == 2
    assert Scene.model_validate(scene.canonical()) == scene
    assert simulate(scene)["sgd"].values[0] == 10


@pytest.mark.usefixtures("cone")
def test_a_mistake_in_a_kind_from_outside_is_told_below_its_name() -> None:
    for settings, place in [({"slope": -1.0}, "slope"), ({"slop": 1.0}, "slop")]:
        with pytest.raises(ValidationError) as raised:
            read_objective({"cone": settings})
        assert [found["loc"] for found in raised.value.errors()] == [("cone", place)]


def test_the_kinds_of_the_folder_are_listed() -> None:
    assert {"formula", "unknown"} <= {*OBJECTIVES.names()}
    with pytest.raises(TypeError, match="must be a class of Objective"):
        OBJECTIVES.register("list", list)  # type: ignore[arg-type]  # that is what is tested


# What is seen at a step


def test_a_function_is_seen_as_it_is_and_is_one_vector() -> None:
    assert BOWL.at(3, Draws(0)) is BOWL
    assert BOWL.blocks == {"point": (2,)}


@pytest.mark.parametrize("objective", [BOWL, formula("x*y", gradient="central_difference"), Cone()])
def test_value_and_gradient_at_once_are_the_two(objective: Objective) -> None:
    values, gradients = objective.value_and_gradient(POINTS)
    np.testing.assert_array_equal(values, objective.value(POINTS))
    np.testing.assert_array_equal(gradients, objective.gradient(POINTS))


def test_a_noisy_objective_is_the_function_but_for_the_gradients_that_are_seen() -> None:
    noisy = Noisy(BOWL, Noise(standard_deviation=0.5))
    seen = noisy.at(0, Draws(7))
    for objective in (noisy, seen):
        assert (objective.variables, objective.domain) == (BOWL.variables, BOWL.domain)
        assert (objective.formula, objective.minima) == (BOWL.formula, BOWL.minima)
        assert objective.has_hessian
        assert objective.blocks == BOWL.blocks
        np.testing.assert_array_equal(objective.value(POINTS), BOWL.value(POINTS))
        np.testing.assert_array_equal(objective.hessian(POINTS), BOWL.hessian(POINTS))
    np.testing.assert_array_equal(noisy.gradient(POINTS), BOWL.gradient(POINTS))
    # This is the noise that runs have always had.
    numbers = np.random.default_rng([7, 1]).standard_normal(POINTS.shape)
    expected = BOWL.gradient(POINTS) + 0.5 * numbers
    np.testing.assert_array_equal(seen.gradient(POINTS), expected)
    values, gradients = seen.value_and_gradient(POINTS)
    np.testing.assert_array_equal(gradients, expected)
    np.testing.assert_array_equal(values, BOWL.value(POINTS))


def test_noise_of_a_step_is_the_same_wherever_one_looks() -> None:
    draws = Draws(1)
    noisy = Noisy(BOWL, Noise(standard_deviation=1.0))
    seen = noisy.at(4, draws)
    first = seen.gradient(POINTS) - BOWL.gradient(POINTS)
    elsewhere = seen.gradient(2 * POINTS) - BOWL.gradient(2 * POINTS)
    np.testing.assert_allclose(first, elsewhere, atol=1e-14)
    assert (noisy.at(5, draws).gradient(POINTS) != seen.gradient(POINTS)).all()


def test_a_noisy_function_without_hessian_has_none() -> None:
    quotient = formula("x*y", gradient="central_difference")
    assert not Noisy(quotient, Noise(standard_deviation=1.0)).has_hessian


def test_what_optimizers_see_may_change_from_step_to_step() -> None:
    class Batches(Cone):
        """Every other step shows one coordinate only."""

        def at(self, step: int, draws: Draws) -> Objective:
            assert not draws.of(2, step, lambda _: np.zeros(1)).any()
            return formula("x**2 + 0*y" if step % 2 else "0*x + y**2")

    optimizer = OPTIMIZERS.load("sgd").model_validate({"learning_rate": 0.5})
    run = optimizer.trace(Problem(Batches(), np.array([[3.0, 4.0]]), steps=2))
    assert run.points[:, 0].tolist() == [[3, 4], [3, 0], [0, 0]]
    assert run.values[:, 0].tolist() == [5, 3, 0]  # of the whole


# Draws


def numbers(draws: Draws, stream: int, number: int) -> list[float]:
    """Return a draw."""
    drawn = draws.of(stream, number, lambda generator: generator.standard_normal(3))
    return [float(one) for one in drawn]


def test_a_draw_depends_on_its_number_alone() -> None:
    generator = np.random.default_rng([5, 2])
    expected = [generator.standard_normal(3).tolist() for _ in range(4)]
    draws = Draws(5)
    for number in (0, 1, 1, 3, 3, 2, 0, 3):
        assert numbers(draws, 2, number) == expected[number]
    assert numbers(Draws(5), 2, 3) == expected[3]


def test_streams_and_seeds_are_independent() -> None:
    draws = Draws(5)
    first = numbers(draws, 1, 0)
    numbers(draws, 2, 3)
    assert numbers(draws, 1, 1) == numbers(Draws(5), 1, 1)
    assert first != numbers(Draws(5), 2, 0)
    assert first != numbers(Draws(6), 1, 0)
