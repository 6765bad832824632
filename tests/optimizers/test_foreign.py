"""Anybody's optimizer: objects with `init` and `update`."""

from collections import UserDict
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from visualize import ForeignError, Scene, Trajectory, simulate
from visualize.arrays import Array
from visualize.objectives.objective import read_objective
from visualize.optimizers._foreign import as_optimizer
from visualize.optimizers.optimizer import OPTIMIZERS, Problem, Step

BOWL = read_objective("x**2/20 + y**2")
STARTS = np.array([[-7.0, 2.0], [1.0, -1.0]])


class HeavyBall:
    """Momentum, as people write it."""

    learning_rate: Any = 0.1

    def init(self, points: Array) -> dict[str, Array]:
        return {"velocity": np.zeros_like(points)}

    def update(
        self, gradients: Array, state: dict[str, Array], step: Step
    ) -> tuple[Array, dict[str, Array]]:
        velocity = 0.9 * state["velocity"] + gradients
        return -step.learning_rate * velocity, {"velocity": velocity}


class Counting:
    """A rule without settings, whose state is a number."""

    def init(self, points: Array, blocks: object) -> int:
        assert blocks == {"point": (2,)}
        return len(points)

    def update(self, gradients: Array, state: int, step: Step) -> tuple[Array, int]:
        assert state == 2 + step.number
        assert step.learning_rate == 1
        return -0.1 * gradients, state + 1


def trace(rule: object, **settings: Any) -> Trajectory:
    """Return where an object goes."""
    optimizer = as_optimizer(rule)
    assert optimizer is not None
    return optimizer.trace(Problem(BOWL, STARTS, 20, **settings))


def test_an_object_runs_as_an_optimizer_of_the_folder_does() -> None:
    ours = OPTIMIZERS.load("sgd").model_validate({"learning_rate": 0.1, "momentum": 0.9})
    expected = ours.trace(Problem(BOWL, STARTS, 20, states=None))
    run = trace(HeavyBall(), states=None)
    np.testing.assert_array_equal(run.points, expected.points)
    assert run.states.keys() == expected.states.keys()
    for name, array in expected.states.items():
        np.testing.assert_array_equal(run.states[name], array)


def test_a_state_that_is_no_mapping_is_not_kept() -> None:
    run = trace(Counting(), states=None)
    assert run.states.keys() == {"effective_learning_rate"}
    assert np.isnan(run.states["effective_learning_rate"]).all()
    np.testing.assert_allclose(run.points[1], STARTS - 0.1 * BOWL.gradient(STARTS))


def test_a_scene_takes_objects_beside_the_names() -> None:
    optimizers = [HeavyBall(), {"name": "sgd", "learning_rate": 0.1}, Counting(), HeavyBall()]
    scene = Scene.model_validate(
        {
            "objective": BOWL,
            "start": [[-7, 2], [1, -1]],
            "steps": 20,
            "optimizers": optimizers,
            "panels": [{"kind": "state", "array": "velocity"}],
        }
    )
    history = simulate(scene)
    assert list(history) == ["heavy_ball 1", "sgd", "counting", "heavy_ball 2"]
    assert history["heavy_ball 1"].states.keys() == {"velocity"}
    np.testing.assert_array_equal(history["heavy_ball 1"].points, trace(HeavyBall()).points)
    assert {"name": "counting", "learning_rate": 1.0}.items() <= (
        history.metadata["scene"]["optimizers"][2].items()
    )


@pytest.mark.parametrize(
    ("attributes", "name"),
    [
        ({}, "heavy_ball"),
        ({"name": "mine"}, "mine"),
        ({"name": "mine", "label": "My own"}, "My own"),
    ],
)
def test_an_object_is_called_as_it_says_or_as_its_class(
    attributes: dict[str, str], name: str
) -> None:
    rule = HeavyBall()
    for key, value in attributes.items():
        setattr(rule, key, value)
    optimizer = as_optimizer(rule)
    assert optimizer is not None
    assert optimizer.name == name


def test_a_learning_rate_may_be_a_formula_in_t() -> None:
    class Falling(HeavyBall):
        learning_rate = "0.1 / (1 + t)"

    ours = OPTIMIZERS.load("sgd").model_validate(
        {"learning_rate": "0.1 / (1 + t)", "momentum": 0.9}
    )
    expected = ours.trace(Problem(BOWL, STARTS, 20))
    np.testing.assert_array_equal(trace(Falling()).points, expected.points)


def test_a_learning_rate_of_0_is_refused() -> None:
    class Still(HeavyBall):
        learning_rate = 0.0

    with pytest.raises(ValidationError, match="greater than 0"):
        as_optimizer(Still())


def test_what_is_an_optimizer_stays_what_it_is() -> None:
    ours = OPTIMIZERS.load("sgd").model_validate({"learning_rate": 0.1})
    assert as_optimizer(ours) is ours


@pytest.mark.parametrize("value", [{"name": "sgd"}, "sgd", None, 3, object(), [], {}])
def test_what_is_none_is_none(value: object) -> None:
    assert as_optimizer(value) is None


def test_updates_of_a_wrong_shape_are_named() -> None:
    class Summing(HeavyBall):
        def update(self, gradients: Array, state: Any, step: Step) -> tuple[Any, Any]:
            return super().update(gradients, state, step)[0].sum(axis=-1), state

    words = r"updates of summing have the shape \(2,\); the gradients have \(2, 2\)"
    with pytest.raises(ForeignError, match=words):
        trace(Summing())


class InPlace:
    """Gradient descent whose weights are what it was given, and are written into."""

    def init(self, points: Array) -> dict[str, Array]:
        return {"weights": points}

    def update(
        self, gradients: Array, state: dict[str, Array], step: Step
    ) -> tuple[Array, dict[str, Array]]:
        before = state["weights"].copy()
        gradients *= 0.1
        state["weights"] -= gradients
        step.points.fill(np.nan)
        return state["weights"] - before, state


class OwnLoop(InPlace):
    """The same in a loop of its own."""

    def trace(self, problem: Problem) -> Trajectory:
        points, here = [problem.starts.copy()], problem.starts
        for _ in range(problem.steps):
            here -= 0.1 * problem.objective.gradient(here)
            points.append(here.copy())
        rows = np.array(points)
        return Trajectory(rows, *problem.objective.value_and_gradient(rows))


@pytest.mark.parametrize("rule", [InPlace, OwnLoop])
@pytest.mark.parametrize("objective", ["x**2/20 + y**2", lambda x: x[0] ** 2 / 20 + x[1] ** 2])
def test_a_rule_that_writes_into_what_it_is_given_harms_nobody(rule: Any, objective: Any) -> None:
    given = {
        "objective": objective,
        "start": STARTS.tolist(),
        "steps": 5,
        "optimizers": [rule(), {"name": "sgd", "learning_rate": 0.1}],
    }
    first, second = simulate(Scene.model_validate(given)).values()
    np.testing.assert_array_equal(first.points[0], STARTS)
    np.testing.assert_array_equal(second.points[0], STARTS)
    np.testing.assert_allclose(first.points, second.points, rtol=1e-12)
    np.testing.assert_allclose(first.gradients, second.gradients, rtol=1e-12)


def test_a_rule_of_a_package_cannot_move_the_starts_of_others() -> None:
    class Writing(OPTIMIZERS.load("sgd")):  # type: ignore[misc]  # a class all the same
        def update(self, gradients: Array, state: Any, step: Step) -> tuple[Array, Any]:
            step.points.fill(0.0)
            return super().update(gradients, state, step)  # type: ignore[no-any-return]

    rules = [Writing.model_validate({"learning_rate": 0.1}), {"name": "sgd", "learning_rate": 0.1}]
    scene = {"objective": "x**2", "start": 1, "steps": 2, "optimizers": rules}
    with pytest.raises(ValueError, match="read-only"):
        simulate(Scene.model_validate(scene))


class Remembering:
    """Gradient descent that remembers what it is told to."""

    def __init__(self, *states: Any) -> None:
        self.states = states

    def init(self, points: Array) -> Any:
        del points
        return self.states[0]

    def update(self, gradients: Array, state: Any, step: Step) -> tuple[Array, Any]:
        del state
        return -0.1 * gradients, self.states[min(step.number + 1, len(self.states) - 1)]


KEPT = np.ones((2, 3))


@pytest.mark.parametrize(
    ("state", "kept"),
    [
        ({"past": []}, set()),
        ({"past": [[1.0, 2.0]], "n": 0, "text": np.array(["a", "b"])}, set()),
        ({"no row for each start": np.zeros(3), "none": None, "object": object()}, set()),
        ({"complex": np.ones(2) * 1j, 3: KEPT}, set()),
        ({"kept": KEPT, "counts": np.array([1, 2])}, {"kept", "counts"}),
        (UserDict(kept=KEPT), {"kept"}),
        ([KEPT], set()),
        (None, set()),
    ],
)
def test_of_a_state_the_arrays_with_a_row_for_each_start_are_kept(
    state: Any, kept: set[str]
) -> None:
    given = {"objective": BOWL, "start": STARTS.tolist(), "steps": 3}
    scene = Scene.model_validate(given | {"optimizers": [Remembering(state)]})
    states = simulate(scene, state=True)["remembering"].states
    assert states.keys() - {"effective_learning_rate"} == kept
    assert all(rows.dtype == float for rows in states.values())


@pytest.mark.parametrize(
    ("after", "words"),
    [
        ({"kept": np.ones((2, 4))}, r"has the shape \(2, 4\)"),
        ({"kept": [KEPT, KEPT]}, r"has the shape \(2, 2, 3\)"),
        ({"kept": "text"}, "is no array"),
        ({}, "is gone"),
        (None, "is gone"),
    ],
)
def test_an_array_that_does_not_stay_what_it_was_is_told(after: Any, words: str) -> None:
    rule = Remembering({"kept": KEPT}, {"kept": KEPT}, after)
    assert np.isfinite(trace(rule).points).all()  # where nobody asks for it
    words = f"the state 'kept' of remembering {words} after step 1; at first"
    with pytest.raises(ForeignError, match=words):
        trace(rule, states={"kept"})


ROWS = np.zeros((21, 2, 2))


@pytest.mark.parametrize(
    ("run", "words"),
    [
        (3, "returned int; it returns a Trajectory"),
        (None, "returned NoneType; it returns a Trajectory"),
        (
            Trajectory(ROWS[:4], ROWS[:4, :, 0], ROWS[:4]),
            r"returned points of shape \(4, 2, 2\); numbers of shape \(21, 2, 2\) are needed",
        ),
        (
            Trajectory(ROWS, ROWS, ROWS),
            r"returned values of shape \(21, 2, 2\); numbers of shape \(21, 2\) are needed",
        ),
        (
            Trajectory(ROWS, ROWS[..., 0], ROWS, {"m": ROWS[0]}),
            r"state/m of shape \(2, 2\); numbers of shape what begins with \(21, 2\)",
        ),
        (
            Trajectory(ROWS * 1j, ROWS[..., 0], ROWS),  # type: ignore[arg-type]  # on purpose
            r"points of shape \(21, 2, 2\) that are complex128",
        ),
    ],
)
def test_what_a_loop_of_ones_own_returns_is_looked_at(run: Any, words: str) -> None:
    rule = Remembering(None)
    rule.trace = lambda _: run  # type: ignore[attr-defined]  # anybody's
    with pytest.raises(ForeignError, match=words):
        trace(rule)


def test_whole_numbers_of_a_loop_of_ones_own_are_numbers() -> None:
    rule = Remembering(None)
    whole: Any = ROWS.astype(int)
    run = Trajectory(whole, whole[..., 0], whole)
    rule.trace = lambda _: run  # type: ignore[attr-defined]  # anybody's
    assert {array.dtype for array in trace(rule).arrays.values()} == {np.dtype(float)}
