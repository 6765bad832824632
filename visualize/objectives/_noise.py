"""Noise on gradients: the same numbers at a step for every optimizer of a scene."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from visualize.arrays import Array
from visualize.declare.checks import Mistakes
from visualize.declare.settings import (
    Number,
    Positive,
    Settings,
    Synonyms,
    custom_error,
    each,
    mistake_at,
    told,
)
from visualize.objectives._draws import NOISE, Draws
from visualize.objectives._wrapper import Wrapper
from visualize.objectives.objective import Objective
from visualize.text import shown

KINDS: Mapping[str, str] = {
    **told("gauss gaussian additive white standard_normal", "normal"),
    **told("t student_t students_t studentt heavy heavy_tailed heavy_tail", "student"),
    **told("relative proportional multiplicative_normal", "multiplicative"),
}
"""What others call the kinds of noise."""


def _kind_meant(kind: Any) -> Any:
    written = kind.casefold().replace("-", "_").replace(" ", "_") if isinstance(kind, str) else ""
    if written in KINDS:
        raise custom_error(f"there is no kind {shown(kind)}; write kind: {KINDS[written]}")
    return kind


def _has_a_variance(degrees: float) -> float:
    if degrees <= 2:
        words = f"must be greater than 2 (got {degrees:g})"
        raise custom_error(f"{words}: with so few the noise has no standard deviation")
    return degrees


def degrees_are_students(kind: str, degrees_of_freedom: float | None) -> Mistakes:
    """Only Student's t has degrees of freedom."""
    if kind != "student" and degrees_of_freedom is not None:
        words = f"{kind} noise has none; write kind: student beside it, or leave it out"
        yield mistake_at(words, "degrees_of_freedom")


class Noise(Settings):
    """Noise on every gradient, from the scene's seed; all optimizers meet the same.

    Line searches and Hessians are without it. With n from the standard normal distribution, drawn
    for each coordinate, start and step, and σ the standard deviation, a gradient g becomes

    g + σ n (`normal`); g + σ √((ν - 2)/ν) n/√(χ²/ν) (`student`: Student's t with ν degrees of
    freedom, heavy-tailed); g (1 + σ n) (`multiplicative`: it grows with the gradient)."""

    synonyms: ClassVar[Synonyms] = {
        **each("sigma std stddev stdev sd scale level amount strength", "standard_deviation"),
        **each("noise_std deviation relative_standard_deviation", "standard_deviation"),
        **each("df dof nu degrees", "degrees_of_freedom"),
        **each("type distribution name law noise_type", "kind"),
        **told("variance var", "write its root, standard_deviation"),
        **told("alpha tail_index", "write degrees_of_freedom: 3; the fewer, the heavier the tails"),
        **told("heavy_tailed heavy_tail student t", "write kind: student beside the deviation"),
        **told("relative multiplicative", "write kind: multiplicative beside the deviation"),
        **told("gaussian normal", "write standard_deviation: 0.1 alone"),
        **told("mean loc mu bias", "the mean of the noise is 0"),
        **told("seed random_state", "write seed: 1 in the scene, not in its noise"),
    }
    checks = (degrees_are_students,)

    kind: Annotated[
        Literal["normal", "student", "multiplicative"],
        BeforeValidator(_kind_meant),
        Field(examples=["student"]),
    ] = "normal"
    """What it is: normal, heavy-tailed (student), or growing with the gradient."""
    standard_deviation: Positive = Field(examples=[0.1])
    """Of each coordinate's noise; of multiplicative noise as a part of the gradient."""
    degrees_of_freedom: Annotated[Number, AfterValidator(_has_a_variance)] | None = Field(
        None, examples=[3], json_schema_extra={"exclusiveMinimum": 2}
    )
    """ν, of student alone, above 2: the fewer, the heavier the tails; default: 3."""

    @model_validator(mode="before")
    @classmethod
    def _complete(cls, settings: Any) -> Any:
        match settings:
            case {"kind": "student"} if settings.get("degrees_of_freedom") is None:
                return {**settings, "degrees_of_freedom": 3.0}
            case "normal" | "student" | "multiplicative":
                form = f"noise: {{kind: {settings}, standard_deviation: 0.1}}"
                raise custom_error(f"must be a mapping of settings; write {form}")
        return settings

    def drawn(self, generator: np.random.Generator, shape: tuple[int, ...]) -> Array:
        """Return the numbers of one step, of standard deviation 1."""
        if self.degrees_of_freedom is None:
            return generator.standard_normal(shape)
        degrees = self.degrees_of_freedom
        tailed: Array = np.sqrt((degrees - 2) / degrees) * generator.standard_t(degrees, shape)
        return tailed

    def added(self, gradients: Array, numbers: Array) -> Array:
        """Return gradients with the noise that the numbers of a step make."""
        noise = self.standard_deviation * numbers
        return gradients + (gradients * noise if self.kind == "multiplicative" else noise)


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
        self._noise, self._step, self._draws = noise, step, draws

    def gradient(self, points: Array) -> Array:
        """Return the gradient at each start's point, `(..., starts, dimension)`, with noise."""
        shape = points.shape[-2:]
        numbers = self._draws.of(NOISE, self._step, lambda it: self._noise.drawn(it, shape))
        return self._noise.added(self.inside.gradient(points), numbers)
