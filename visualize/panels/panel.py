"""What a picture shows: one kind of panel a file.

To add one, add a file here: its name is the kind in scenes, its one public class is a `Panel`.
A panel first looks, with NumPy alone, and then draws what it has seen into axes of its own. It
imports what it draws with inside of `axes` and `draw`.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator, Field

from visualize.arrays import Array
from visualize.declare.registry import Registry
from visualize.declare.settings import Range, Settings, Synonyms, custom_error
from visualize.history.history import History
from visualize.landscapes.limits import LARGEST, SHAPE, narrowest
from visualize.looks.style import Style
from visualize.objectives.objective import Objective
from visualize.optimizers.optimizer import Optimizer, Problem
from visualize.panels._spellings import PANELS as SPELLINGS

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import FigureBase
    from matplotlib.gridspec import SubplotSpec


def _check_limits(limits: Range) -> Range:
    if max(map(abs, limits)) > LARGEST:
        raise custom_error(f"an axis reaches to {LARGEST:g} at most")
    if limits[1] - limits[0] < narrowest(limits):
        raise custom_error("the limits are too near to each other to be told apart on an axis")
    return limits


Limits = Annotated[Range, AfterValidator(_check_limits)]
"""Where an axis begins and ends."""


@dataclass(frozen=True)
class Mover:
    """Artists that move, what moves them, and how far they reach."""

    artists: "tuple[Artist, ...]"
    """The same in every picture, each in one mover only."""
    move: Callable[[float], object]
    """Puts them where they are at a row of the history, between two rows for smooth motion.

    It changes them by their setters, which tell matplotlib. The same row is the same picture."""
    reach: Literal["artist", "axes", "figure"]
    """How far they draw: within their own window extent, their axes, or anywhere.

    The extent is that of a line or a text; for other artists it is as `axes`. Artists that are
    not clipped to their axes reach as far as the figure."""


@dataclass(frozen=True, eq=False)
class View:
    """What a panel shows, as numbers and text: nothing in it is about drawing.

    A panel that shows more than runs over two axes has a subclass. Its fields are arrays, texts,
    tuples of numbers or texts, and arrays by label.
    """

    names: tuple[str, str]
    """What the horizontal and the vertical axis show."""
    limits: tuple[Range, Range]
    """Where each begins and ends."""
    scales: tuple[Literal["linear", "log"], Literal["linear", "log"]]
    series: Mapping[str, Array]
    """By label where the runs are: `(..., rows, starts, 2)`, horizontally and vertically.

    A leading axis stands for several lines of one run."""
    parts: int = field(default=1, kw_only=True)
    """Of each step in the series, whose places between two rows are not on a straight line: then
    they have `1 + parts * (rows - 1)` places in place of rows."""

    @property
    def nearby(self) -> Array:
        """Where else something moves that names had better not cover: `(rows, places, 2)`."""
        return np.zeros((1, 0, 2))

    @property
    def moves(self) -> bool:
        """Whether what is seen moves as a whole, so that heads may be outside of it."""
        return False

    def only(self, labels: Collection[str]) -> Self:
        """Return the view of some of its runs: whatever it has for each run, it has for these."""
        changes: dict[str, Any] = {}
        for it in fields(self):
            value = getattr(self, it.name)
            if isinstance(value, Mapping) and value.keys() == self.series.keys():
                changes[it.name] = {label: value[label] for label in value if label in labels}
        return replace(self, **changes)

    @property
    def has_run_colors(self) -> bool:
        """Whether runs have their own colours in it."""
        return True

    @property
    def arrays(self) -> dict[str, NDArray[Any]]:
        """Each field as an array, by its name, and `series/<label>`: `np.savez` takes them."""
        arrays: dict[str, NDArray[Any]] = {}
        for it in fields(self):
            value = getattr(self, it.name)
            if isinstance(value, Mapping):
                arrays |= {f"{it.name}/{label}": array for label, array in value.items()}
            else:
                arrays[it.name] = np.asarray(value)
        return arrays


class Showable(NamedTuple):
    """What a scene has for panels to show."""

    objective: Objective
    has_values: bool
    """Whether the runs have values."""
    states: Mapping[str, tuple[int, ...]] | None
    """The arrays that runs remember, by name, each with the shape that it has for one start;
    None where that is not known for a mistake of the runs."""
    has_gradients: bool = True
    """Whether the runs have gradients."""
    starts: int = 1
    """How many starts each run has."""
    optimizers: Mapping[str, Optimizer[Any]] | None = None
    """By label who makes each run, of recorded ones nobody; None where that is not known for a
    mistake of the runs."""


class Simulated(NamedTuple):
    """Runs that a panel computes for itself."""

    optimizer: Optimizer[Any]
    steps: int
    runs: int
    setting: str = ""
    """Of the panel, which asks for them; empty: the panel as a whole does."""


@dataclass(frozen=True, eq=False)
class Surroundings:
    """What a panel may know beside the objective and its runs."""

    shape: float = SHAPE
    """About how wide its axes are as a part of their height."""
    problem: Problem | None = None
    """What the runs are about, for a panel that has runs of its own; None: they were recorded."""
    optimizers: Mapping[str, Optimizer[Any]] = field(default_factory=dict)
    """By label who made each run; of recorded ones nobody."""
    groups: Sequence[Sequence[str]] = ()
    """The labels of the runs in each small multiple; without any, all are in one picture."""


class Panel(Settings, ABC):
    """One set of axes in the picture, with settings as fields: it looks, then it draws."""

    synonyms: ClassVar[Synonyms] = SPELLINGS

    shows: ClassVar[range]
    """The dimensions of objective that it can show."""
    share: ClassVar[int] = 2
    """Of the width of a row, beside those of the other panels in it."""
    has_heads: ClassVar[bool] = False
    """Whether each run is somewhere in it, at its place in the view's series."""

    each: str | None = Field(None, examples=["optimizer"])
    """Small multiples: a panel for each `optimizer`, or for each value of a setting of theirs, as
    `learning_rate`, all with the same axes; default: one panel for all."""

    @property
    def needed_state(self) -> str | None:
        """The state array that it shows, if it shows one; the engine keeps it then."""
        return None

    def simulated(
        self,
        steps: int,
        optimizers: Mapping[str, Optimizer[Any]],
        groups: Sequence[Sequence[str]] = (),
    ) -> Iterator[Simulated]:
        """Yield the runs that are computed for it alone, beside those of the scene.

        `optimizers` are who makes these, by label, and `groups` the labels in each small multiple.
        """
        del steps, optimizers, groups
        yield from ()

    def misfits(self, showable: Showable) -> Iterator[tuple[str, str]]:
        """Yield each setting that asks for what is not there, and what to say of it."""
        del showable
        yield from ()

    def remarks(self, view: Any) -> Iterator[str]:
        """Yield what is to be seen in the picture, and is not: runs, or their ends, outside."""
        across, up = view.names
        for label, places in view.series.items():
            if not _are_seen(places, np.array(view.limits)):
                yield f"nothing is seen of '{label}': it is outside of the limits of {across}, {up}"
            elif count := _ends_outside(places, view):
                starts = places.shape[-2]
                which = f" in {count} of {starts} starts" if starts > 1 else ""
                yield f"'{label}' ends outside of the limits of {across}, {up}{which}"

    @abstractmethod
    def look(self, objective: Objective, history: History) -> View:
        """Return what it shows of an objective and its runs."""

    def look_for(self, objective: Objective, history: History, around: Surroundings) -> View:
        """As `look`, with what is around the panel, where that makes a difference."""
        del around
        return self.look(objective, history)

    def paced(self, view: View, rows: Array) -> View:
        """Return the view for a film whose pictures show these rows of the history, `(frames,)`.

        They rise from 0, and may lie between two rows."""
        del rows
        return view

    def seen(self, view: View) -> View:
        """Return the view with its runs where their heads are drawn, maybe in more `parts`."""
        return view

    def pacing(self, view: View) -> View:
        """Return the view by which the pace of the film is found: its runs as they are seen."""
        return view

    def place_of(self, view: View, at: tuple[float, ...], row: float) -> tuple[float, float] | None:
        """Return where in the axes a point is at a row of the history; None: it shows no such."""
        del view, row
        return at if len(at) == 2 else None

    def axes(self, figure: "FigureBase", place: "SubplotSpec") -> "Axes":
        """Add the axes that it draws into to a figure."""
        return figure.add_subplot(place)

    @abstractmethod
    def draw(self, axes: "Axes", view: Any, style: Style) -> Sequence[Mover]:
        """Draw the view that `look` returned, and return what moves in it.

        It is drawn fast where all that moves lies above all that stands still (zorder 10 and
        more).
        """

    def settle(self, axes: "Axes") -> None:
        """Adapt axes that have been drawn into, and have got their place now, if need be."""


def _are_seen(places: Array, limits: Array) -> bool:
    """Return whether some place, or part of a line between two, may be within limits."""
    low, high = limits[:, 0], limits[:, 1]
    before, after = places[..., :-1, :, :], places[..., 1:, :, :]
    return bool(
        ((places >= low) & (places <= high)).all(axis=-1).any()
        or ((np.fmin(before, after) <= high) & (np.fmax(before, after) >= low)).all(axis=-1).any()
        or np.isnan(places).any(axis=-1).all()  # there is nothing of it
    )


def _ends_outside(places: Array, view: View) -> int:
    """Return of how many starts the end is outside of the picture: that which is a number.

    Whatever is less than a logarithmic axis shows is as good as 0, and expected below it.
    """
    low, high = (np.array(ends) for ends in zip(*view.limits, strict=True))
    low = np.where(np.array(view.scales) == "log", -np.inf, low)
    ends = places[..., -1, :, :]
    outside = np.isfinite(ends).all(axis=-1) & ((ends < low) | (ends > high)).any(axis=-1)
    return int(outside.reshape(-1, outside.shape[-1]).any(axis=0).sum())


PANELS: Registry[Panel] = Registry("visualize.panels", Panel, key="kind")
