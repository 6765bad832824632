"""What the optimizers remember of each coordinate, or the rates that it comes to."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar, Literal

from visualize.history.history import History
from visualize.looks.style import Style
from visualize.objectives.objective import Objective
from visualize.optimizers.optimizer import EFFECTIVE_RATE
from visualize.panels._coordinates import draw_coordinates, look_at, misfits_of
from visualize.panels._ends import spread_names
from visualize.panels._steps import OverSteps, Scale, make_room_for_heads, needs_positive
from visualize.panels.panel import Limits, Mover, Panel, Showable

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class State(Panel):
    """What the optimizers remember of each coordinate, or the rates that it comes to."""

    also_called: ClassVar = ("states", "memory")
    kind: Literal["state"] = "state"
    shows: ClassVar[range] = range(1, 1_000_000)
    has_heads: ClassVar[bool] = True

    array: str = EFFECTIVE_RATE
    """Which: effective_learning_rate, accumulator, velocity, mean, mean_square, ..."""
    limits: Limits | None = None
    """The range of values; default: those of the runs."""
    scale: Scale = "auto"
    """Of the values; `auto` is logarithmic where they are positive and span a hundredfold.

    `log` shows negative values by their size."""

    @property
    def needed_state(self) -> str:
        """The state array that it shows."""
        return self.array

    def misfits(self, showable: Showable) -> Iterator[tuple[str, str]]:
        """Yield that no run has the array, or that it cannot be shown by lines."""
        yield from needs_positive(self.scale, self.limits)
        for words in misfits_of(self.array, showable):
            yield "array", words

    def look(self, objective: Objective, history: History) -> OverSteps:
        """Return the array's numbers at every step: for each run one line a coordinate.

        Raises `ArraysError` where the history does not have the array.
        """
        return look_at(self.array, objective, history, self.limits, self.scale)

    def draw(self, axes: "Axes", view: OverSteps, style: Style) -> list[Mover]:
        """Draw axes and grid; every coordinate of every run has a line that grows."""
        return draw_coordinates(axes, view, style)

    def settle(self, axes: "Axes") -> None:
        """Leave room for heads at the edges, and move names apart that would lie on each other."""
        make_room_for_heads(axes, limits_are_given=self.limits is not None)
        spread_names(axes)
