"""What is minimised: a function of a point, with its derivatives and what is known of it."""

from abc import ABC, abstractmethod
from typing import ClassVar

from visualize.arrays import Array
from visualize.declare.settings import Range

Ranges = tuple[Range, ...]
"""The lowest and highest value of each coordinate."""


class Objective(ABC):
    """A function to be minimised, for arrays of points of shape `(..., dimension)`."""

    variables: tuple[str, ...]
    """The names of the coordinates, as many as the dimension."""
    domain: Ranges | None
    """Where it is usually looked at."""
    minima: tuple[tuple[float, ...], ...] | None
    """Where its minima are, if that is known; `find_minima` searches for others."""
    is_known: ClassVar[bool] = True
    """Whether it has values at all."""

    @property
    def has_hessian(self) -> bool:
        """Whether optimizers may ask for second derivatives."""
        return True

    @property
    @abstractmethod
    def formula(self) -> str:
        """The function as a person writes it."""

    @property
    def dimension(self) -> int:
        """The number of coordinates of a point."""
        return len(self.variables)

    @abstractmethod
    def value(self, points: Array) -> Array:
        """Return the value at each point: shape `(...)`; infinity or NaN where there is none."""

    @abstractmethod
    def gradient(self, points: Array) -> Array:
        """Return the gradient at each point: shape `(..., dimension)`."""

    @abstractmethod
    def hessian(self, points: Array) -> Array:
        """Return the second derivatives at each point: shape `(..., dimension, dimension)`."""
