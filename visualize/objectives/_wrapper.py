"""An objective around another one: what does not change is said once."""

from collections.abc import Mapping

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
    def value_name(self) -> str:
        """What its value is called beside an axis."""
        return self.inside.value_name

    @property
    def has_hessian(self) -> bool:
        """Whether optimizers may ask for second derivatives."""
        return self.inside.has_hessian

    @property
    def blocks(self) -> Blocks:
        """The named arrays that a point is made of."""
        return self.inside.blocks

    @property
    def steps_per_value(self) -> int:
        """Steps from one value that a history keeps to the next."""
        return self.inside.steps_per_value

    @property
    def steps_per_epoch(self) -> int:
        """In how many steps optimizers see all data once."""
        return self.inside.steps_per_epoch

    @property
    def drawn(self) -> Mapping[str, Array]:
        """What was drawn for a step."""
        return self.inside.drawn

    def seconds(self, points: int) -> float:
        """Return how long value and gradient at so many points take."""
        return self.inside.seconds(points)

    def value(self, points: Array) -> Array:
        """Return the value at each point."""
        return self.inside.value(points)

    def gradient(self, points: Array) -> Array:
        """Return the gradient at each point."""
        return self.inside.gradient(points)

    def value_and_gradient(self, points: Array) -> tuple[Array, Array]:
        """Return both at each point."""
        return self.value(points), self.gradient(points)

    def hessian(self, points: Array) -> Array:
        """Return the second derivatives at each point."""
        return self.inside.hessian(points)
