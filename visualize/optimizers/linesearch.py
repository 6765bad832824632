"""Gradient descent with steps as long as they should be."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from visualize.arrays import Array
from visualize.declare.settings import Number
from visualize.objectives.objective import Blocks
from visualize.optimizers._arithmetic import not_yet, steps_of
from visualize.optimizers._fields import LearningRate
from visualize.optimizers._search import backtrack, minimize
from visualize.optimizers.optimizer import Conventions, Optimizer, State, Step


class Linesearch(Optimizer):
    """Gradient descent with a line search: every step is as long as it should be.

    x ← x - a g

    `backtracking` takes the first of a = η, η β, η β², ... with f(x - a g) ≤ f(x) - c a g·g
    (Armijo); `exact` the a at which f(x - a g) has a minimum, of which η is the first guess.

    Source: Nocedal and Wright 2006 (Numerical Optimization), chapter 3.
    """

    conventions: ClassVar[Conventions] = {"paper": {}}
    searches = True
    also_called = ("steepest_descent", "backtracking", "armijo")

    name: Literal["linesearch"] = "linesearch"
    learning_rate: LearningRate = 1.0
    search: Literal["backtracking", "exact"] = "backtracking"
    """How the length is found."""
    shrink: Annotated[Number, Field(gt=0, le=0.99)] = 0.5
    """β: what a length that is too long shrinks by, in backtracking."""
    sufficient_decrease: Annotated[Number, Field(gt=0, lt=1)] = 1e-4
    """c: how much of the slope's promise must be kept, in backtracking."""

    @property
    def formula(self) -> str:
        """The rule that these settings make."""
        if self.search == "exact":
            return steps_of("a = argmin f(x - a g)", "x ← x - a g")
        return steps_of(
            "a = max of η, η β, η β², ... with f(x - a g) ≤ f(x) - c a g·g", "x ← x - a g"
        )

    def init(self, points: Array, _: Blocks) -> State:
        """Return no length yet."""
        return {"length": not_yet(points[:, :1])}

    def update(self, gradients: Array, state: State, step: Step) -> tuple[Array, State]:
        """Return -a g, and a."""
        del state
        if self.search == "exact":
            length = minimize(step.objective, step.points, -gradients, first=step.learning_rate)
        else:
            length = backtrack(
                step.objective,
                step.points,
                -gradients,
                first=step.learning_rate,
                shrink=self.shrink,
                sufficient_decrease=self.sufficient_decrease,
            )
        return -length * gradients, {"length": length}

    def effective_learning_rate(self, state: State, step: Step) -> Array:
        """Return a."""
        del step
        return state["length"]
