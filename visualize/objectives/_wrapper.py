"""An objective around another one: what does not change is said once."""

from visualize.arrays import Array
from visualize.objectives.objective import Blocks, Objective


class Wrapper(Objective):
    """An objective that is the one inside it, but for what a subclass changes."""

    def __init__(self, inside: Objective) -> None:
        self.inside = inside
        self.variables, self.domain, self.minima = inside.variables, inside.domain, inside.minima

    @property
    def formula(self) -> str:
        """The function as a person writes it."""
        return self.inside.formula

    @property
    def has_hessian(self) -> bool:
        """Whether optimizers may ask for second derivatives."""
        return self.inside.has_hessian

    @property
    def blocks(self) -> Blocks:
        """The named arrays that a point is made of."""
        return self.inside.blocks

    def value(self, points: Array) -> Array:
        """Return the value at each point."""
        return self.inside.value(points)

    def gradient(self, points: Array) -> Array:
        """Return the gradient at each point."""
        return self.inside.gradient(points)

    def value_and_gradient(self, points: Array) -> tuple[Array, Array]:
        """Return both at each point."""
        return self.inside.value(points), self.gradient(points)

    def hessian(self, points: Array) -> Array:
        """Return the second derivatives at each point."""
        return self.inside.hessian(points)
