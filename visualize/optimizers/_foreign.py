"""Anybody's optimizer: an object with `init` and `update`, or one of another library."""

import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, ClassVar, NamedTuple

import numpy as np
from pydantic import ConfigDict, Field

from visualize.arrays import Array
from visualize.declare.identity import identity_of
from visualize.declare.settings import custom_error, is_label
from visualize.errors import ForeignError
from visualize.history.trajectory import Trajectory
from visualize.objectives.objective import Blocks
from visualize.optimizers._fields import LearningRate
from visualize.optimizers._trace import EFFECTIVE_RATE, follow
from visualize.optimizers.adapters import _recognised
from visualize.optimizers.optimizer import Conventions, Optimizer, Problem, Step
from visualize.text import shown


class _State(NamedTuple):
    """What an object remembers."""

    own: Any
    """The object's state."""
    shapes: Mapping[str, tuple[int, ...]]
    """Of the arrays in it that a history can keep, from before the first step on."""
    when: str
    """When it was so, in words."""


def _shapes(state: Any, starts: int) -> dict[str, tuple[int, ...]]:
    """Return the shapes of the arrays in a mapping that have a row for each start."""
    given = state.items() if isinstance(state, Mapping) else ()
    arrays = {name: _numbers(it) for name, it in given if hasattr(it, "__array__")}
    return {
        name: array.shape
        for name, array in arrays.items()
        if isinstance(name, str) and array is not None and array.shape[:1] == (starts,)
    }


def _numbers(value: Any) -> Array | None:
    """Return an array of real numbers as float64; None for what is none."""
    try:
        array = np.asarray(value)
    except Exception:  # whatever a library has against it
        return None
    return array.astype(float, copy=False) if array.dtype.kind in "fiub" else None


class Foreign(Optimizer[_State]):
    """An object's rule, with the object's name."""

    model_config = ConfigDict(defer_build=True)  # rarely used

    conventions: ClassVar[Conventions] = {}

    name: str
    learning_rate: LearningRate = 1.0
    python: str = ""
    """What the object's class is called."""
    identity: str = ""
    """What tells the object from others."""
    rule: Any = Field(None, exclude=True, description="The object; it is no setting.")

    def __eq__(self, other: object) -> bool:
        """Whether the other is this object's rule too: its identity says so, and its settings."""
        return isinstance(other, Foreign) and self.model_dump() == other.model_dump()

    def __hash__(self) -> int:
        return hash((self.name, self.identity))

    @property
    def has_own_loop(self) -> bool:
        """Whether the object has a loop of its own."""
        return hasattr(self.rule, "trace")

    @property
    def formula(self) -> str:
        """The rule as the object writes it, if it does."""
        return str(getattr(self.rule, "formula", ""))

    def init(self, points: Array, blocks: Blocks) -> _State:
        """Return the object's state before the first step.

        What it is given is its own, here and at each step: it may write into its state.
        """
        given = points.copy()
        with self._telling("before its first step"):
            wanted = len(inspect.signature(self.rule.init).parameters)
            own = self.rule.init(given, blocks) if wanted > 1 else self.rule.init(given)
        return _State(own, _shapes(own, len(points)), "before its first step")

    def update(self, gradients: Array, state: _State, step: Step) -> tuple[Array, _State]:
        """Return what the object adds to the points, and its state after it."""
        its_own = step._replace(points=step.points.copy())
        with self._telling(f"in step {step.number}"):
            result = self.rule.update(gradients.copy(), state.own, its_own)
        if not (isinstance(result, tuple) and len(result) == 2):
            words = f"update of {self.name} returned {type(result).__name__}"
            raise ForeignError(f"{words}; it returns a tuple: what to add to the points, the state")
        updates = _numbers(result[0])
        if updates is None:
            words = f"the updates of {self.name} are no array of numbers"
            raise ForeignError(f"{words} but {type(result[0]).__name__}")
        if updates.shape != gradients.shape:
            raise ForeignError(
                f"the updates of {self.name} have the shape {updates.shape}; "
                f"the gradients have {gradients.shape}"
            )
        return updates, _State(result[1], state.shapes, f"after step {step.number}")

    def remembered(self, state: _State) -> Mapping[str, Array]:
        """Return the arrays of a state that is a mapping; of other states nothing is kept.

        They are those that have a row for each start before the first step.
        """
        found: dict[str, Array] = {}
        for name, shape in state.shapes.items():
            there = isinstance(state.own, Mapping) and name in state.own
            array = _numbers(state.own[name]) if there else None
            if array is None or array.shape != shape:
                now = f"has the shape {array.shape}" if array is not None else "is no array"
                raise ForeignError(
                    f"the state '{name}' of {self.name} {now if there else 'is gone'} "
                    f"{state.when}; at first it was an array of shape {shape}, which stays so"
                )
            found[name] = array
        return found

    def effective_learning_rate(self, state: _State, step: Step) -> Array:
        """Return the object's learning rate, if it has one."""
        del state
        rate = step.learning_rate if hasattr(self.rule, "learning_rate") else np.nan
        return np.full_like(step.points, rate)

    def trace(self, problem: Problem) -> Trajectory:
        """Return where the object goes: by its own loop, where it has a `trace`."""
        own: Callable[[Problem], Trajectory] | None = getattr(self.rule, "trace", None)
        if own is None:
            return follow(self, problem)
        with self._telling("in its run"):
            run = self._looked_at(own(replace(problem, starts=problem.starts.copy())), problem)
        if EFFECTIVE_RATE in run.states or not problem.keeps(EFFECTIVE_RATE):
            return run
        unknown = np.full_like(run.points, np.nan)
        return replace(run, states={**run.states, EFFECTIVE_RATE: unknown})

    def _looked_at(self, run: Any, problem: Problem) -> Trajectory:
        """Return what a loop of the object's own returned, if it is where the problem leads."""
        if not isinstance(run, Trajectory):
            words = f"trace of {self.name} returned {type(run).__name__}"
            raise ForeignError(f"{words}; it returns a Trajectory")
        rows = (problem.steps + 1, len(problem.starts))
        whole = (*rows, problem.starts.shape[1])
        expected = {"points": whole, "values": rows, "gradients": whole}
        numbers: dict[str, Array] = {}
        for name, array in run.arrays.items():
            found, wanted = _numbers(array), expected.get(name, rows)
            cut = None if name in expected else 2  # a state may have any shape for each start
            if found is None or found.shape[:cut] != wanted:
                words = f"trace of {self.name} returned {name} of shape {array.shape}"
                words += "" if found is not None else f" that are {array.dtype}"
                needed = f"{'' if cut is None else 'what begins with '}{wanted}"
                raise ForeignError(f"{words}; numbers of shape {needed} are needed")
            numbers[name] = found
        states = {name: numbers[f"state/{name}"] for name in run.states}
        points, values, gradients = (numbers[name] for name in expected)
        return Trajectory(points, values, gradients, states, run.evaluate_every)

    @contextmanager
    def _telling(self, when: str) -> Iterator[None]:
        """Tell who raised, and when; its own words and traceback stay."""
        try:
            yield
        except (ForeignError, ImportError):
            raise
        except Exception as error:
            words = f"{type(error).__name__}: {error}".rstrip(": ")
            raise ForeignError(f"{self.name} raised {words}, {when}") from error


def as_optimizer(value: Any) -> Optimizer[Any] | None:
    """Return an optimizer for an object with `init` and `update`; None for anything else.

    `init(points)`, or `init(points, blocks)`, returns a state, and `update(gradients, state, step)`
    what to add to the points and the next state. Points and gradients are `(starts, dimension)`;
    the state may be anything: of a mapping the history can keep the arrays, which have a row for
    each start. The object is called by its `label` or `name`, or else its class's; where it has a
    `learning_rate`, a number or a formula in t, `step.learning_rate` is that, and otherwise 1. A
    class that needs no arguments stands for an object of it.

    An object may have a loop of its own: `trace(problem)` returns a `Trajectory`. Optimizers of
    torch, optax and Keras are known by their types, `visualize.optimizers.adapters`.

    >>> class HeavyBall:
    ...     learning_rate = 0.1
    ...     def init(self, points):
    ...         return {"velocity": np.zeros_like(points)}
    ...     def update(self, gradients, state, step):
    ...         velocity = 0.9 * state["velocity"] - step.learning_rate * gradients
    ...         return velocity, {"velocity": velocity}
    >>> from visualize import Scene, simulate
    >>> scene = {"objective": "x**2", "start": 3, "steps": 2, "optimizers": [HeavyBall()]}
    >>> simulate(Scene.model_validate(scene))["heavy_ball"].points.ravel().round(3).tolist()
    [3.0, 2.4, 1.38]
    """
    if isinstance(value, Optimizer):
        return value
    if isinstance(value, str | dict | list) or value is None:
        return None
    rule = _recognised.adapted(value) or value
    if not all(callable(getattr(rule, name, None)) for name in ("init", "update")):
        return None
    if inspect.isclass(rule):
        rule = _made(rule)
    if isinstance(rule, Optimizer):  # a class of the folder's
        return rule
    names = (getattr(rule, "label", None), getattr(rule, "name", None))
    name = next(filter(None, names), _snake_case(type(rule).__name__))
    if not (isinstance(name, str) and is_label(name)):
        words = "a label must be plain text without '/', and not begin with '_'"
        raise custom_error(f"{words} (got {shown(name)})")
    settings: dict[str, Any] = {
        "name": name,
        "python": str(getattr(rule, "python", type(rule).__qualname__)),
        "identity": str(getattr(rule, "identity", None) or identity_of(rule)),
    }
    rate = getattr(rule, "learning_rate", None)
    if isinstance(rate, int | float | str):
        settings["learning_rate"] = rate
    return Foreign.model_validate(settings).model_copy(update={"rule": rule})


def _snake_case(name: str) -> str:
    """Return a class's name as a run is called: HeavyBall, heavy_ball."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def _made(kind: Any) -> Any:
    """Return an object of a class, if it needs no arguments."""
    try:
        return kind()
    except TypeError as error:
        needs = f"{kind.__name__} cannot be made without arguments: {error}"
        raise custom_error(f"{needs}; give an object, {kind.__name__}(...)") from None
