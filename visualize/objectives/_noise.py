"""Noise on gradients: the same numbers at a step for every optimizer of a scene."""

from typing import ClassVar

from pydantic import Field

from visualize.arrays import Array
from visualize.declare.settings import Positive, Settings, Synonyms
from visualize.objectives._draws import NOISE, Draws
from visualize.objectives._wrapper import Wrapper
from visualize.objectives.objective import Objective


class Noise(Settings):
    """Normal noise on every gradient, from the scene's seed; all optimizers meet the same.

    Line searches and Hessians are without it."""

    synonyms: ClassVar[Synonyms] = dict.fromkeys(
        ("sigma", "std", "stddev", "scale", "level", "amount"), ("standard_deviation",)
    )

    standard_deviation: Positive = Field(examples=[0.1])
    """Of each coordinate's noise."""


class Noisy(Wrapper):
    """An exact function of which optimizers see a noisy gradient at every step."""

    def __init__(self, inside: Objective, noise: Noise) -> None:
        super().__init__(inside)
        self._noise = noise

    def at(self, step: int, draws: Draws) -> Objective:
        """Return the objective with the noise of a step."""
        return _NoisyNow(self.inside.at(step, draws), self._noise, step, draws)


class _NoisyNow(Wrapper):
    """What is seen at one step."""

    def __init__(self, inside: Objective, noise: Noise, step: int, draws: Draws) -> None:
        super().__init__(inside)
        self._deviation, self._step, self._draws = noise.standard_deviation, step, draws

    def gradient(self, points: Array) -> Array:
        """Return the gradient at each start's point, `(..., starts, dimension)`, with noise."""
        shape = points.shape[-2:]
        normal = self._draws.of(NOISE, self._step, lambda it: it.standard_normal(shape))
        return self.inside.gradient(points) + self._deviation * normal
