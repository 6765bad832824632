"""Anybody's optimizer: an object with `init` and `update`, or one of another library."""

import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, ClassVar

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


class Foreign(Optimizer[Any]):
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
    def formula(self) -> str:
        """The rule as the object writes it, if it does."""
        return str(getattr(self.rule, "formula", ""))

    def init(self, points: Array, blocks: Blocks) -> Any:
        """Return the object's state before the first step.

        What it is given is its own, here and at each step: it may write into its state.
        """
        points = points.copy()
        with self._telling("before its first step"):
            wanted = len(inspect.signature(self.rule.init).parameters)
            return self.rule.init(points, blocks) if wanted > 1 else self.rule.init(points)

    def update(self, gradients: Array, state: Any, step: Step) -> tuple[Array, Any]:
        """Return what the object adds to the points, and its state after it."""
        its_own = step._replace(points=step.points.copy())
        with self._telling(f"in step {step.number}"):
            result = self.rule.update(gradients.copy(), state, its_own)
        if not (isinstance(result, tuple) and len(result) == 2):
            words = f"update of {self.name} returned {type(result).__name__}"
            raise ForeignError(f"{words}; it returns a tuple: what to add to the points, the state")
        updates, after = result
        try:
            updates = np.asarray(updates, dtype=float)
        except (TypeError, ValueError):
            words = f"the updates of {self.name} are no array of numbers"
            raise ForeignError(f"{words} but {type(result[0]).__name__}") from None
        if updates.shape != gradients.shape:
            raise ForeignError(
                f"the updates of {self.name} have the shape {updates.shape}; "
                f"the gradients have {gradients.shape}"
            )
        return updates, after

    def remembered(self, state: Any) -> Mapping[str, Array]:
        """Return the arrays of a state that is a mapping; of other states nothing is kept."""
        arrays = state if isinstance(state, Mapping) else {}
        return {name: array for name, array in arrays.items() if np.ndim(array)}

    def effective_learning_rate(self, state: Any, step: Step) -> Array:
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
            run = own(replace(problem, starts=problem.starts.copy()))
        if EFFECTIVE_RATE in run.states or not problem.keeps(EFFECTIVE_RATE):
            return run
        unknown = np.full_like(run.points, np.nan)
        return replace(run, states={**run.states, EFFECTIVE_RATE: unknown})

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
