"""What a picture shows: one kind of panel a file.

To add one, add a file here: its name is the kind in scenes, its one public class is a `Panel`.
A panel draws into the axes that it is handed, and imports what it draws with inside `draw`.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from visualize.declare.registry import Registry
from visualize.declare.settings import Settings
from visualize.history.history import History
from visualize.looks.style import Style
from visualize.objectives.objective import Objective
from visualize.panels._trails import Moving

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class Showable(NamedTuple):
    """What a scene has for panels to show."""

    objective: Objective
    has_values: bool
    """Whether the runs have values."""
    states: Mapping[str, tuple[int, ...]] | None
    """The arrays that runs remember, by name, each with the shape that it has for one start;
    None where that is not known for a mistake of the runs."""


class Panel(Settings, ABC):
    """One set of axes in the picture: its settings are fields, what it draws is `draw`."""

    shows: ClassVar[range]
    """The dimensions of objective that it can show."""

    @property
    def needed_state(self) -> str | None:
        """The state array that it shows, if it shows one; the engine keeps it then."""
        return None

    def misfits(self, showable: Showable) -> Iterator[tuple[str, str]]:
        """Yield each setting that asks for what is not there, and what to say of it."""
        del showable
        yield from ()

    @abstractmethod
    def draw(self, axes: "Axes", objective: Objective, history: History, style: Style) -> Moving:
        """Draw what stands still, and return the function that moves the rest.

        It returns the same artists for every row; they lie above all that stands still in the axes
        (zorder 10 and more). The same row drawn twice is the same picture.
        """


PANELS: Registry[Panel] = Registry("visualize.panels", Panel)
