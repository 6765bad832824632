"""The mean of several momenta, slow and fast."""

import operator
from collections.abc import Mapping
from functools import reduce
from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field

from visualize.arrays import Array
from visualize.declare.settings import Fraction, ListToTuple
from visualize.objectives.objective import Blocks
from visualize.optimizers._arithmetic import steps_of
from visualize.optimizers.optimizer import Conventions, Optimizer, State, Step


class Aggmo(Optimizer):
    """AggMo: the mean of several momenta, slow and fast.

    vᵢ ← μᵢ vᵢ + g for each of K momenta μᵢ; x ← x - η (v₁ + ... + vₖ) / K

    Source: Lucas et al. 2019 (arXiv:1804.00325).
    """

    conventions: ClassVar[Conventions] = {"paper": {}}
    synonyms: ClassVar[Mapping[str, tuple[str, ...]]] = {"betas": ("momenta",)}

    name: Literal["aggmo"] = "aggmo"
    momenta: Annotated[
        tuple[Fraction, ...],
        ListToTuple,
        Field(min_length=1, max_length=20, json_schema_extra={"minItems": 1}),
    ] = (0.0, 0.9, 0.99)
    """μᵢ: how much of each velocity is kept."""

    @property
    def formula(self) -> str:
        """The rule that these settings make."""
        velocities = " + ".join(f"v{i}" for i in range(1, len(self.momenta) + 1))
        return steps_of(
            *(f"v{i} ← {kept:g} v{i} + g" for i, kept in enumerate(self.momenta, 1)),
            f"x ← x - η ({velocities}) / {len(self.momenta)}",
        )

    def init(self, points: Array, _: Blocks) -> State:
        """Return velocities of 0."""
        zeros = np.zeros_like(points)
        return {f"velocity_{i}": zeros for i in range(1, len(self.momenta) + 1)}

    def update(self, gradients: Array, state: State, step: Step) -> tuple[Array, State]:
        """Return -η times the mean velocity, and the velocities."""
        after = {
            name: kept * velocity + gradients
            for kept, (name, velocity) in zip(self.momenta, state.items(), strict=True)
        }
        mean = reduce(operator.add, after.values()) / len(after)
        return -step.learning_rate * mean, after
