"""Anybody's optimizer: an object with `init` and `update` runs like those of the folder."""

import inspect
import re
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from pydantic import ConfigDict, Field

from visualize.arrays import Array
from visualize.objectives.objective import Blocks
from visualize.optimizers._fields import LearningRate
from visualize.optimizers.optimizer import Conventions, Optimizer, Step


class Foreign(Optimizer[Any]):
    """An object's rule, with the object's name."""

    model_config = ConfigDict(defer_build=True)  # rarely used

    conventions: ClassVar[Conventions] = {}

    name: str
    learning_rate: LearningRate = 1.0
    rule: Any = Field(None, exclude=True, description="The object; it is no setting.")

    @property
    def formula(self) -> str:
        """The rule as the object writes it, if it does."""
        return str(getattr(self.rule, "formula", ""))

    def init(self, points: Array, blocks: Blocks) -> Any:
        """Return the object's state before the first step."""
        wanted = len(inspect.signature(self.rule.init).parameters)
        return self.rule.init(points, blocks) if wanted > 1 else self.rule.init(points)

    def update(self, gradients: Array, state: Any, step: Step) -> tuple[Array, Any]:
        """Return what the object adds to the points, and its state after it."""
        updates, after = self.rule.update(gradients, state, step)
        updates = np.asarray(updates, dtype=float)
        if updates.shape != gradients.shape:
            raise ValueError(
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


def as_optimizer(value: Any) -> Optimizer[Any] | None:
    """Return an optimizer for an object with `init` and `update`; None for anything else.

    `init(points)`, or `init(points, blocks)`, returns a state, and `update(gradients, state, step)`
    what to add to the points and the next state. Points and gradients are `(starts, dimension)`;
    the state may be anything: of a mapping the history can keep the arrays, which have a row for
    each start. The object is called by its `label` or `name`, or else its class's; where it has a
    `learning_rate`, a number or a formula in t, `step.learning_rate` is that, and otherwise 1.

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
    methods = (getattr(value, name, None) for name in ("init", "update"))
    if inspect.isclass(value) or not all(map(callable, methods)):
        return None
    names = (getattr(value, "label", None), getattr(value, "name", None))
    class_name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", type(value).__name__).lower()
    settings = {"name": next(filter(None, names), class_name)}
    rate = getattr(value, "learning_rate", None)
    if isinstance(rate, int | float | str):
        settings["learning_rate"] = rate
    return Foreign.model_validate(settings).model_copy(update={"rule": value})
