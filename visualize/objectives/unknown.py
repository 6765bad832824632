"""The objective of runs that were recorded where it is not known: it has no values to show."""

from typing import Annotated, ClassVar

import numpy as np
from pydantic import Field

from visualize.arrays import Array
from visualize.declare.settings import ListToTuple, Settings
from visualize.objectives._variables import variables_differ
from visualize.objectives.objective import Objective, Ranges


class Unknown(Settings, Objective):
    """An objective of which nothing is known but its variables."""

    checks = (variables_differ,)

    variables: Annotated[tuple[str, ...], ListToTuple, Field(min_length=1)] = ()
    """The names of the coordinates."""
    domain: Ranges | None = Field(None, exclude=True)
    minima: tuple[tuple[float, ...], ...] | None = Field((), exclude=True)
    """None to be searched for."""
    is_known: ClassVar[bool] = False

    @property
    def has_hessian(self) -> bool:
        """Nothing may be asked of it."""
        return False

    @property
    def formula(self) -> str:
        """There is none."""
        return ""

    def value(self, points: Array) -> Array:
        """Return NaN for each point."""
        return np.full(points.shape[:-1], np.nan)

    def gradient(self, points: Array) -> Array:
        """Return NaN for each coordinate."""
        return np.full(points.shape, np.nan)

    def hessian(self, points: Array) -> Array:
        """Return NaN for each pair of coordinates."""
        return np.full((*points.shape, points.shape[-1]), np.nan)
