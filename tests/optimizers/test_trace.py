"""The loop of a run holds rules and objectives of others to the shapes that they were given."""

from typing import Any, ClassVar, Literal

import numpy as np
import pytest

from visualize.arrays import Array
from visualize.errors import ForeignError
from visualize.objectives._wrapper import Wrapper
from visualize.objectives.objective import Blocks, read_objective
from visualize.optimizers._trace import Problem
from visualize.optimizers.optimizer import Conventions, Optimizer, State, Step

STARTS = np.array([[1.0, 2.0], [3.0, 4.0]])


class Made(Optimizer):
    """Returns what a test says."""

    conventions: ClassVar[Conventions] = {}
    name: Literal["made"] = "made"
    learning_rate: float = 1.0
    what: Any

    @property
    def formula(self) -> str:
        return ""

    def init(self, points: Array, blocks: Blocks) -> State:
        del points, blocks
        return {}

    def update(self, gradients: Array, state: State, step: Step) -> Any:
        del state, step
        return self.what(gradients)


@pytest.mark.parametrize(
    ("what", "words"),
    [
        (lambda g: (g[0], {}), r"an update of shape \(2,\)"),
        (lambda _: (0.5, {}), r"an update of shape \(\)"),
        (lambda g: g, "returned ndarray"),
        (lambda _: None, "returned NoneType"),
        (lambda g: (g, {}, 3), "returned tuple"),
    ],
)
def test_a_rule_that_returns_something_else_is_told(what: Any, words: str) -> None:
    problem = Problem(read_objective("x**2 + y**2"), STARTS, steps=2)
    with pytest.raises(ForeignError, match=f"update of made returned.*{words}|{words}"):
        Made(what=what).trace(problem)


class Odd(Wrapper):
    """Has a value and gradients of other shapes."""

    def __init__(self, value: Any, gradient: Any) -> None:
        super().__init__(read_objective("x**2 + y**2"))
        self._value, self._gradient = value, gradient

    def value(self, points: Array) -> Any:
        del points
        return self._value

    def gradient(self, points: Array) -> Any:
        del points
        return self._gradient


@pytest.mark.parametrize(
    ("value", "gradient", "words"),
    [
        (np.zeros(()), np.zeros((2, 2)), r"value of .* has the shape \(\) .* must be \(2,\)"),
        (np.zeros(2), 1.0, r"gradient of .* has the shape \(\) .* must be \(2, 2\)"),
        (np.zeros(2), np.zeros(2), r"gradient of .* has the shape \(2,\)"),
    ],
)
def test_an_objective_that_returns_another_shape_is_told(
    value: Any, gradient: Any, words: str
) -> None:
    with pytest.raises(ForeignError, match=words):
        Made(what=lambda g: (g, {})).trace(Problem(Odd(value, gradient), STARTS, steps=2))
