"""What optimizers are made of: a run, its states, what a rule sees; and rules can be traced."""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal, NoReturn

import numpy as np
import pytest
from numpy.lib.mixins import NDArrayOperatorsMixin

from tests.optimizers.test_optimizers import BOWL, STARTS, VARIANTS, frozen, make
from visualize import Scene, Trajectory, simulate
from visualize.arrays import Array
from visualize.objectives._noise import Noise, Noisy
from visualize.objectives._wrapper import Wrapper
from visualize.objectives.objective import Blocks
from visualize.optimizers.optimizer import (
    EFFECTIVE_RATE,
    OPTIMIZERS,
    Conventions,
    Optimizer,
    Problem,
    Step,
)

LOOKING_FURTHER = {"newton", "linesearch", "conjugategradient", "bfgs"}
"""Rules that search or solve: they may branch on numbers."""


class Traced(NDArrayOperatorsMixin):
    """An array whose numbers nobody may look at: a branch on one, or writing into it, fails."""

    def __init__(self, array: Any) -> None:
        self.numbers = np.asarray(array)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **settings: Any) -> "Traced":
        assert not settings.keys() & {"out", "where"}, "this is written into"
        return Traced(getattr(ufunc, method)(*map(_numbers, inputs), **settings))

    def __array_function__(self, function: Any, _: Any, inputs: Any, settings: Any) -> "Traced":
        plain = {key: _numbers(value) for key, value in settings.items()}
        return Traced(function(*map(_numbers, inputs), **plain))

    def __getitem__(self, key: Any) -> "Traced":
        return Traced(self.numbers[key])

    @property
    def shape(self) -> tuple[int, ...]:
        return self.numbers.shape

    def _refuse(self, *_: object) -> NoReturn:
        raise AssertionError("this depends on the numbers of a run")

    __bool__ = __float__ = __int__ = __index__ = __len__ = __iter__ = __setitem__ = _refuse
    __array__ = _refuse


def _numbers(value: Any) -> Any:
    return value.numbers if isinstance(value, Traced) else value


def test_the_first_order_rules_can_be_traced() -> None:
    gradients, blocks = BOWL.gradient(STARTS), BOWL.blocks
    traced = 0
    for name, settings in VARIANTS:
        if name in LOOKING_FURTHER:
            continue
        optimizer: Any = make(name, **settings)
        state = optimizer.init(STARTS, blocks)
        hidden = {key: Traced(array) for key, array in state.items()}
        for number in range(3):
            step = Step(number, STARTS, 0.1, BOWL)
            there = Step(Traced(number), Traced(STARTS), Traced(0.1), BOWL)  # type: ignore[arg-type]  # that is the point
            with np.errstate(all="ignore"):
                update, state = optimizer.update(gradients, state, step)
                other, hidden = optimizer.update(Traced(gradients), hidden, there)
                rate = optimizer.effective_learning_rate(state, step)
                other_rate = optimizer.effective_learning_rate(hidden, there)
            title = f"{name} {settings}"
            for one, two in [(update, other), (rate, other_rate)]:
                np.testing.assert_allclose(_numbers(two), one, rtol=1e-13, err_msg=title)
            assert hidden.keys() == state.keys()
            for key in state:
                np.testing.assert_allclose(_numbers(hidden[key]), state[key], rtol=1e-13)
        traced += 1
    assert traced > 40


@pytest.mark.parametrize(
    "cheat",
    [
        lambda it: it if it > 0 else -it,
        lambda it: np.array([float(it[0])]),
        lambda it: it.__setitem__(0, 1.0),
        lambda it: np.divide(it, 2, out=np.zeros(2)),
        lambda it: np.asarray(it),
        lambda it: [one for one in it],  # noqa: C416  # it is iterated over
    ],
)
def test_tracing_notices_what_depends_on_numbers(cheat: Any) -> None:
    with pytest.raises(AssertionError):
        cheat(Traced([1.0, 2.0]))


# Rules from outside, with what only they need


class InBlocks(Wrapper):
    """A function whose four coordinates are a matrix of weights and two biases."""

    @property
    def blocks(self) -> Blocks:
        return {"weights": (1, 2), "bias": (2,)}


class Rule(Optimizer[Any]):
    """A rule that writes down what it is given; its state is no mapping."""

    conventions: ClassVar[Conventions] = {"paper": {}}
    name: Literal["rule"] = "rule"

    @property
    def formula(self) -> str:
        return "x ← x - η g"

    def init(self, points: Array, blocks: Blocks) -> tuple[Any, ...]:
        return np.zeros(len(points)), blocks

    def update(
        self, gradients: Array, state: tuple[Any, ...], step: Step
    ) -> tuple[Array, tuple[Any, ...]]:
        count, blocks = state
        assert blocks == step.blocks
        return -step.learning_rate * gradients, (count + 1, blocks)

    def remembered(self, state: tuple[Any, ...]) -> Mapping[str, Array]:
        return {"count": state[0]}


@pytest.fixture
def registered(monkeypatch: pytest.MonkeyPatch) -> type[Rule]:
    """Our rule, registered for a test."""
    monkeypatch.setattr(OPTIMIZERS, "_registered", {})
    OPTIMIZERS.register("rule", Rule)
    return Rule


def test_a_state_may_be_anything_and_what_is_remembered_is_kept() -> None:
    objective = InBlocks(BOWL)
    problem = Problem(objective, STARTS, 3, states=None)
    run = Rule(learning_rate=0.1).trace(problem)
    np.testing.assert_array_equal(run.states["count"], [[row] * len(STARTS) for row in range(4)])
    assert run.states.keys() == {"count", EFFECTIVE_RATE}
    plain = make("sgd").trace(problem)
    np.testing.assert_array_equal(run.points, plain.points)


def test_only_the_states_that_are_asked_for_are_kept() -> None:
    assert Rule(learning_rate=0.1).trace(Problem(BOWL, STARTS, 3)).states == {}
    kept = Problem(BOWL, STARTS, 3, states=["count", "another"])
    assert Rule(learning_rate=0.1).trace(kept).states.keys() == {"count"}


def test_a_scene_names_a_rule_that_is_registered(registered: type[Rule]) -> None:
    scene = Scene.model_validate(
        {
            "objective": "x**2",
            "start": 1,
            "steps": 4,
            "optimizers": [{"name": "rule", "learning_rate": 0.1}],
        }
    )
    assert isinstance(scene.optimizers[0], registered)
    assert simulate(scene, state=True)["rule"].states["count"][:, 0].tolist() == [0, 1, 2, 3, 4]


def test_a_library_with_a_loop_of_its_own_overrides_the_run(registered: type[Rule]) -> None:
    class Leap(registered):  # type: ignore[valid-type, misc]  # a fixture's class
        """Goes to the origin, whatever is asked."""

        def trace(self, problem: Problem) -> Trajectory:
            points = np.zeros((problem.steps + 1, *problem.starts.shape))
            points[0] = problem.starts
            values, gradients = problem.objective.value_and_gradient(points)
            return Trajectory(points, values, gradients)

    optimizers = [Leap(learning_rate=0.1)]
    scene = {"objective": "x**2 + y**2", "start": [3, 4], "steps": 2, "optimizers": optimizers}
    run = simulate(Scene.model_validate(scene))["rule"]
    assert run.values[:, 0].tolist() == [25, 0, 0]


def test_a_rule_sees_the_function_and_what_is_seen_of_it() -> None:
    seen = []

    class Watcher(Rule):
        def update(self, gradients: Array, state: Any, step: Step) -> Any:
            assert step.seen is not None
            seen.append((gradients, step.seen.gradient(step.points)))
            np.testing.assert_array_equal(
                step.objective.gradient(step.points), BOWL.gradient(step.points)
            )
            return -step.learning_rate * gradients, state

    noisy = Noisy(BOWL, Noise(standard_deviation=0.5))
    run = Watcher(learning_rate=0.1).trace(Problem(noisy, STARTS, 5, seed=1))
    for row, (gradients, again) in enumerate(seen):
        np.testing.assert_array_equal(gradients, again)  # of one step there is one noise
        np.testing.assert_array_equal(gradients, run.gradients[row])
        assert (gradients != BOWL.gradient(run.points[row])).all()
    np.testing.assert_array_equal(run.gradients[5], BOWL.gradient(run.points[5]))


def test_the_starts_of_a_problem_are_left_as_they_are() -> None:
    starts = frozen(STARTS)
    make("adam").trace(Problem(BOWL, starts, 2))
    np.testing.assert_array_equal(starts, STARTS)


def test_the_progress_is_reported_now_and_then_and_at_the_end() -> None:
    told: list[int] = []
    make("sgd").trace(Problem(BOWL, STARTS, 600, report=told.append))
    assert told == [0, 256, 512, 600]
