"""The rate that each coordinate really gets at every step."""

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


class LearningRates(Panel):
    """The rate that each coordinate really gets at every step, named at the line's end.

    That is η divided by what the rule divides by: √s in AdaGrad; of plain gradient descent it is
    η itself.
    """

    also_called: ClassVar = (
        *("learning_rate", "effective_learning_rate", "effective_learning_rates"),
        *("effective_rates", "rates", "lr", "lrs"),
    )
    kind: Literal["learning_rates"] = "learning_rates"
    shows: ClassVar[range] = range(1, 1_000_000)
    has_heads: ClassVar[bool] = True

    limits: Limits | None = None
    """The range of rates; default: those of the runs."""
    scale: Scale = "auto"
    """Of the rates; `auto` is logarithmic where they span a hundredfold."""

    @property
    def needed_state(self) -> str:
        """The rates."""
        return EFFECTIVE_RATE

    def misfits(self, showable: Showable) -> Iterator[tuple[str, str]]:
        """Yield that there are no rates, or more coordinates than lines can be told apart."""
        yield from needs_positive(self.scale, self.limits)
        states = showable.states
        if states is not None and EFFECTIVE_RATE not in states:
            yield "kind", "the recorded runs have no learning rates"
            return
        for words in misfits_of(EFFECTIVE_RATE, showable):
            yield "kind", words

    def look(self, objective: Objective, history: History) -> OverSteps:
        """Return the rates at every step: for each run one line a coordinate.

        Raises `ArraysError` where the history does not have them.
        """
        return look_at(EFFECTIVE_RATE, objective, history, self.limits, self.scale)

    def draw(self, axes: "Axes", view: OverSteps, style: Style) -> list[Mover]:
        """Draw axes and grid; every coordinate of every run has a line that grows."""
        return draw_coordinates(axes, view, style)

    def settle(self, axes: "Axes") -> None:
        """Leave room for heads at the edges, and move names apart that would lie on each other."""
        make_room_for_heads(axes, limits_are_given=self.limits is not None)
        spread_names(axes)
