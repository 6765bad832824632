"""What optimizers are made of: a run, its states, what a rule sees; and rules can be traced."""

import tracemalloc
from collections.abc import Mapping
from typing import Any, ClassVar, Literal, NoReturn

import numpy as np
import pytest
from numpy.lib.mixins import NDArrayOperatorsMixin
from pydantic import ValidationError

from tests.optimizers.test_optimizers import BOWL, STARTS, VARIANTS, frozen, make
from visualize import Scene, Trajectory, simulate
from visualize.arrays import Array
from visualize.objectives._noise import Noise, Noisy
from visualize.objectives._wrapper import Wrapper
from visualize.objectives.objective import Blocks, read_objective
from visualize.optimizers._together import trace_together
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


# Gradients that are clipped, and runs that climb

NAMES = OPTIMIZERS.names()
FIRST_ORDER = tuple(name for name in NAMES if not OPTIMIZERS.load(name).searches)


def seen_by(optimizer: Optimizer[Any], gradients: list[list[float]]) -> Array:
    """Return what a rule takes for these gradients."""
    return optimizer.taken(np.array(gradients))


def test_a_long_gradient_is_cut_to_the_length_and_a_short_one_left_alone() -> None:
    gradients = [[3.0, 4.0], [0.3, 0.4], [0.0, 0.0], [6e200, -8e200], [0.6, 0.8], [3e-320, 4e-320]]
    taken = seen_by(make("sgd", clip_norm=1.0), gradients)
    expected = [[0.6, 0.8], [0.3, 0.4], [0.0, 0.0], [0.6, -0.8], [0.6, 0.8], [3e-320, 4e-320]]
    np.testing.assert_allclose(taken, expected, rtol=1e-15)
    for short in (1, 2, 5):
        assert (taken[short] == np.array(gradients)[short]).all()


@pytest.mark.parametrize("name", FIRST_ORDER)
def test_every_rule_sees_the_clipped_gradient_and_the_history_the_whole(name: str) -> None:
    class Clipped(Wrapper):
        """The bowl with gradients no longer than 1/2."""

        def gradient(self, points: Array) -> Array:
            whole = self.inside.gradient(points)
            length = np.hypot(whole[..., :1], whole[..., 1:])
            return np.where(length > 0.5, 0.5 * whole / length, whole)

        def value_and_gradient(self, points: Array) -> tuple[Array, Array]:
            return self.value(points), self.gradient(points)

    mine = make(name, clip_norm=0.5).trace(Problem(BOWL, STARTS, 8, states=None))
    theirs = make(name).trace(Problem(Clipped(BOWL), STARTS, 8, states=None))
    np.testing.assert_allclose(mine.points, theirs.points, rtol=1e-12, atol=1e-13)
    for state, array in mine.states.items():
        np.testing.assert_allclose(array, theirs.states[state], rtol=1e-11, atol=1e-13)
    np.testing.assert_array_equal(mine.gradients, BOWL.gradient(mine.points))


@pytest.mark.parametrize("name", NAMES)
def test_every_rule_climbs_a_hill_as_it_falls_into_the_bowl(name: str) -> None:
    hill = read_objective("-(x**2/20 + y**2)")
    up = make(name, maximize=True).trace(Problem(hill, STARTS, 8, states=None))
    down = make(name).trace(Problem(BOWL, STARTS, 8, states=None))
    np.testing.assert_allclose(up.points, down.points, rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(up.values, -down.values, rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(up.gradients, -down.gradients, rtol=1e-12, atol=1e-13)
    for state, array in down.states.items():
        np.testing.assert_allclose(up.states[state], array, rtol=1e-10, atol=1e-13, err_msg=state)


def test_weight_decay_pulls_to_0_also_where_a_run_climbs() -> None:
    flat = read_objective("0*x + 0*y")
    run = make("sgd", weight_decay=0.5, maximize=True).trace(Problem(flat, STARTS, 3))
    np.testing.assert_allclose(run.points[3], STARTS * (1 - 0.1 * 0.5) ** 3)


def test_noise_is_clipped_with_the_gradient_and_seen_as_it_is() -> None:
    noisy = Noisy(BOWL, Noise(standard_deviation=5.0))
    run = make("sgd", clip_norm=1.0).trace(Problem(noisy, STARTS, 20, seed=1))
    assert (np.linalg.norm(run.gradients[:-1], axis=-1) > 1).any()
    assert (run.step_lengths <= 0.1 * (1 + 1e-12)).all()


@pytest.mark.parametrize("name", sorted(set(NAMES) - set(FIRST_ORDER)))
def test_a_rule_that_searches_refuses_to_clip(name: str) -> None:
    with pytest.raises(ValidationError, match=f"{name} finds its lengths by the gradient"):
        make(name, clip_norm=1.0)


@pytest.mark.parametrize("clip_norm", [0.0, -1.0, float("inf"), "1"])
def test_a_length_is_a_positive_number(clip_norm: Any) -> None:
    with pytest.raises(ValidationError, match="clip_norm"):
        make("sgd", clip_norm=clip_norm)


def test_lengths_may_differ_in_runs_that_are_computed_at_once() -> None:
    optimizers = [make("adam", clip_norm=length) for length in (0.1, 1.0, 100.0)]
    problem = Problem(BOWL, STARTS, 6)
    for optimizer, run in zip(optimizers, trace_together(optimizers, problem), strict=True):
        np.testing.assert_array_equal(run.points, optimizer.trace(problem).points)


@pytest.mark.parametrize("name", [*NAMES])
@pytest.mark.parametrize("rate", ["0.01*min(1, t/5)", "0.05*max(0, 1 - t/6)"])
def test_a_rate_of_0_moves_nothing_that_the_rate_moves(name: str, rate: str) -> None:
    optimizer = make(name, learning_rate=rate)
    if optimizer.divides_by_rate:
        return
    run = optimizer.trace(Problem(BOWL, STARTS, 9))
    assert np.isfinite(run.points).all()
    assert (run.points[-1] != run.points[0]).all()
    # Rprop's rate is that of the first step, and it has a shortest one; momentum carries on.
    if rate.startswith("0.01") and name != "rprop":
        np.testing.assert_array_equal(run.points[1], run.points[0])


def test_a_run_takes_little_more_memory_than_its_history() -> None:
    starts = np.random.default_rng(0).normal(size=(10_000, 2))
    tracemalloc.start()
    run = make("adagrad").trace(Problem(BOWL, starts, 120))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1.2 * sum(array.nbytes for array in run.arrays.values())
