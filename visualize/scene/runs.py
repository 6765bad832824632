"""The runs of a scene: whose each is, what it is called and its colour."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, Generic, TypeVar

from pydantic import AfterValidator, Field

from visualize.declare.settings import Color, Label, Place, Positive, Settings, custom_error
from visualize.looks.marks import Line, Marker
from visualize.looks.mathematics import DEEPEST, too_deep
from visualize.optimizers.optimizer import Optimizer

if TYPE_CHECKING:
    from pydantic_core import InitErrorDetails

Source = TypeVar("Source")
"""An optimizer, or a recorded run."""


def check_formulas(text: str) -> str:
    """Return a text that the picture shows; raise where no formula in it could be set."""
    column = too_deep(text)
    if column is not None:
        words = f"a formula may have {DEEPEST} braces in each other at most"
        raise custom_error(words, column=column, length=1)
    return text


class Appearance(Settings):
    """How the picture shows a run; these settings stand among those of the run itself."""

    label: Annotated[Label, AfterValidator(check_formulas)] | None = Field(None, examples=["Adam"])
    """How the picture and the saved arrays call this run; default: the name."""
    color: Color | None = Field(None, examples=["#1f77b4"])
    """Its colour; default: the theme's next."""
    line: Line | None = Field(None, examples=["dashed"])
    """How its line is dashed; default: solid, where colours tell the runs apart."""
    marker: Marker | None = Field(None, examples=["square"])
    """What marks its head; default: a circle, where colours tell the runs apart."""
    width: Annotated[Positive, Field(le=20)] | None = Field(None, examples=[2])
    """How many times as wide as usual its line is; default: 1."""
    group: Label | None = Field(None, examples=["adaptive"])
    """What it shows up with where a panel stands for each `optimizer`; default: the runs of one
    sweep are together, any other is alone."""


@dataclass(frozen=True)
class Run(Generic[Source]):
    """One run in the picture."""

    source: Source
    """Where it comes from: an optimizer, or a recorded run."""
    appearance: Appearance
    """How the picture shows it, its label included."""

    @property
    def label(self) -> str:
        """How the picture and the saved arrays call it."""
        return self.appearance.label or ""

    @property
    def color(self) -> str | None:
        """Its own colour, if it has one."""
        return self.appearance.color

    @property
    def group(self) -> str:
        """What it shows up with where a panel stands for each optimizer."""
        return self.appearance.group or self.label


@dataclass(frozen=True)
class Entry(Generic[Source]):
    """One run as a list in the scene declares it."""

    source: Source
    appearance: Appearance
    place: Place = ()
    """Where it stands in the list."""
    swept: Mapping[str, Place] = field(default_factory=dict)
    """Settings that stand elsewhere: in the entry's sweep."""

    def place_of(self, setting: str) -> Place:
        """Return where one of its settings stands in the list."""
        return (*self.place, *self.swept.get(setting, (setting,)))


@dataclass
class Entries(Generic[Source]):
    """What a list in the scene declares: its sound entries, and the mistakes of the others."""

    sound: list[Entry[Source]] = field(default_factory=list)
    mistakes: "list[InitErrorDetails]" = field(default_factory=list)

    def mistakes_below(self, name: str) -> "Iterator[InitErrorDetails]":
        """Yield the mistakes, placed below the setting that the list is."""
        for mistake in self.mistakes:
            yield {**mistake, "loc": (name, *mistake.get("loc", ()))}


def given_appearance(entry: Any) -> tuple[Any, dict[str, Any]]:
    """Return an entry's own settings, and those of its appearance."""
    if not isinstance(entry, Mapping):
        return entry, {}
    names = Appearance.model_fields
    return (
        {name: value for name, value in entry.items() if name not in names},
        {name: value for name, value in entry.items() if name in names},
    )


def labelled(entries: Sequence[Entry[Source]]) -> tuple[Run[Source], ...]:
    """Return the runs, each with a label: its name, numbered where two are alike."""
    taken = {entry.appearance.label for entry in entries}
    names = Counter(_name(entry) for entry in entries if entry.appearance.label is None)
    numbers: Counter[str] = Counter()
    runs = []
    for entry in entries:
        name, given = _name(entry), entry.appearance.label
        label = given or name
        while given is None and (label in taken or names[label] > 1):
            numbers[name] += 1
            label = f"{name} {numbers[name]}"
        taken.add(label)
        runs.append(Run(entry.source, entry.appearance.model_copy(update={"label": label})))
    return tuple(runs)


def makers_of(runs: Sequence[Run[Any]]) -> dict[str, Optimizer[Any]]:
    """Return by label who makes each run; of recorded ones nobody."""
    return {run.label: run.source for run in runs if isinstance(run.source, Optimizer)}


def _name(entry: Entry[Any]) -> str:
    """Return what a run is called without a label of its own."""
    return str(entry.source.name)
