"""From the settings that are given in a scene to sound ones, with the mistakes of the others."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic_core import InitErrorDetails

from visualize.declare.checks import mistakes_between
from visualize.declare.settings import (
    LONGEST_FORM,
    Place,
    collected,
    custom_error,
    declared_in,
    in_our_words,
    mistake_at,
    parsed,
)
from visualize.objectives._function import Function
from visualize.objectives.objective import OBJECTIVES, Objective, read_objective
from visualize.objectives.unknown import Unknown
from visualize.panels.panel import PANELS, Panel
from visualize.scene.budget import BEYOND_ALL, MOST_COUNTED
from visualize.scene.checks import CHECKS
from visualize.scene.fonts import FontReader
from visualize.scene.optimizers import read_optimizers
from visualize.scene.placing import panels_in
from visualize.scene.recordings import read_recordings
from visualize.scene.runs import Entries, labelled
from visualize.scene.starts import DOMAIN_NEEDED, Grid, Random, read_start
from visualize.scene.sweeps import check_template, sweeps_in
from visualize.scene.themes import BASE, ThemeReader
from visualize.storage.room import Room
from visualize.text import in_yaml, shortened

if TYPE_CHECKING:
    from visualize.scene.experiment import Experiment

MOST_PANELS = 9
FOR_RECORDINGS = 8
"""The part of a scene's memory that reading recordings may take: an eighth. What was read is
kept and drawn after that."""
WITHOUT_RECORDING = ("objective", "start", "optimizers")
"""What a scene needs that plays no recorded trajectories."""
READ_HERE = ("trajectories", "objective", "start", "optimizers", "panels", "theme", "font")
"""Settings that may be given in several forms; pydantic reads the others by their types."""


@dataclass
class Reading:
    """What is known of a scene while it is read."""

    sound: dict[str, Any] = field(default_factory=dict)
    """Settings without a mistake, those that are derived included."""
    mistakes: list[InitErrorDetails] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)
    """What the looks were read from."""


def read_settings(
    given: Mapping[str, Any],
    parse: Callable[[dict[str, Any]], "Experiment"],
    context: Mapping[str, Any],
) -> Reading:
    """Return the sound ones among the given settings, the rest by default, and all mistakes.

    `parse` is pydantic's for the settings that are read by their types.
    """
    reading = Reading({"given": given.keys(), "budget": context.get("budget", BEYOND_ALL)})
    others = {name: value for name, value in given.items() if name not in READ_HERE}
    sound, mistakes = parsed(others, parse)
    reading.sound |= {name: value for name, value in sound.items() if name not in READ_HERE}
    reading.mistakes += mistakes
    room = Room(int(reading.sound["budget"].memory / FOR_RECORDINGS))
    readers: dict[str, Callable[[Any], Any]] = {
        "objective": lambda it: read_objective(it, {**context, "room": room}),
        "start": read_start,
    }
    for name, read in readers.items():
        if name in given:
            with collected(reading.mistakes, name):
                reading.sound[name] = read(given[name])
    _count_coordinates(reading)
    _read_runs(reading, given, context, room)
    _count_recorded_coordinates(reading)
    with collected(reading.mistakes, "trajectories"):
        _derive(reading.sound, given)
    _read_epochs(reading, given)
    if "trajectories" not in given:
        begun = _begin_at(reading, given)
        needed = (name for name in WITHOUT_RECORDING if not (begun and name == "start"))
        missing = (name for name in needed if name not in given)
        reading.mistakes += (
            InitErrorDetails(type="missing", loc=(name,), input=given) for name in missing
        )
    _read_panels(reading, given)
    _read_looks(reading, given, context)
    reading.mistakes += mistakes_between(CHECKS, reading.sound)
    return reading


def _count_coordinates(reading: Reading) -> None:
    """Let a function in Python that does not say it have as many coordinates as the start."""
    objective, start = reading.sound.get("objective"), reading.sound.get("start")
    if not isinstance(objective, Function):
        return
    if isinstance(start, Grid):
        size = len(start.grid)
    else:
        size = len(start[0]) if isinstance(start, tuple) and start else 0
    reading.sound["objective"] = objective.of(size)


def _count_recorded_coordinates(reading: Reading) -> None:
    """Let it have those of recorded points, if nothing else has said it; or tell what has to."""
    sound = reading.sound
    objective = sound.get("objective")
    if not isinstance(objective, Function) or objective.dimension:
        return
    if runs := sound.get("trajectories"):
        sound["objective"] = objective.of(runs[0].dimension, runs[0].columns or ())
        return
    del sound["objective"]
    if "start" in sound:
        drawn = isinstance(sound["start"], Grid | Random)
        words = DOMAIN_NEEDED if drawn else "the point has no coordinates"
        reading.mistakes.append(mistake_at(words, "start"))


def _read_runs(
    reading: Reading, given: Mapping[str, Any], context: Mapping[str, Any], room: Room
) -> None:
    recordings: Entries[Any] = Entries()
    entries: Entries[Any] = Entries()
    if "trajectories" in given:
        # Who makes a scene in Python says which files there are; a file of anybody's does not.
        folder, anywhere = Path(context.get("folder", "")), context.get("allow_outside", True)
        objective = reading.sound.get("objective")
        recordings = read_recordings(
            given["trajectories"],
            folder,
            room,
            objective.variables if objective else (),
            allow_outside=anywhere,
        )
        reading.sound["recordings"] = recordings.sound
    template = reading.sound.pop("sweep_label", None) or ""
    reading.sound["sweep_label"] = None  # what it says stands in the labels
    if template:
        known, template = template, ""
        with collected(reading.mistakes, "sweep_label"):
            template = check_template(known, sweeps_in(_listed(given.get("optimizers"))))
    if "optimizers" in given:
        entries = read_optimizers(given["optimizers"], template)
        reading.sound["entries"] = entries.sound
    for name, several in (("trajectories", recordings), ("optimizers", entries)):
        reading.mistakes += several.mistakes_below(name)
        if not several.mistakes:
            reading.sound[name] = tuple(entry.source for entry in several.sound)
    reading.sound["runs"] = labelled(entries.sound or recordings.sound)


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else []


def _derive(sound: dict[str, Any], given: Collection[str]) -> None:
    """Add what recorded runs bring along, where they are sound."""
    runs = sound.get("trajectories")
    if not runs:
        return
    dimension = runs[0].dimension
    names = "xy"[:dimension] if dimension <= 2 else [f"x{i + 1}" for i in range(dimension)]
    if "objective" not in given and all(run.dimension == dimension for run in runs):
        sound["objective"] = Unknown(variables=runs[0].columns or tuple(names))
    sound["steps"] = max(run.trajectory.steps for run in runs)
    sound["start"] = ()


def _read_epochs(reading: Reading, given: Collection[str]) -> None:
    """Let epochs, which are of data, be as many steps as they take."""
    sound = reading.sound
    epochs, objective = sound.pop("epochs", None), sound.get("objective")
    sound["epochs"] = None
    if epochs is None or objective is None or "steps" in given:
        return
    if not objective.steps_per_epoch:
        words = "are of objectives made of data; write steps: 100"
        reading.mistakes.append(mistake_at(words, "epochs"))
        return
    steps = min(epochs, MOST_COUNTED) * objective.steps_per_epoch
    sound["steps"] = max(int(steps + 0.5), 1)


def _begin_at(reading: Reading, given: Mapping[str, Any]) -> bool:
    """Let runs begin where the objective says, if the scene does not; return whether it may."""
    sound = reading.sound
    if "start" in given:
        return False
    if "objective" not in sound:
        declared = given.get("objective")  # may be of a kind that says it, once it is right
        kinds = declared if isinstance(declared, Mapping) else [declared]
        return any(kind in OBJECTIVES for kind in kinds)
    begin = sound["objective"].initial(sound.get("seed", 0))
    if begin is None:
        return False
    sound["start"] = (tuple(begin.tolist()),)
    return True


def _read_panels(reading: Reading, given: Mapping[str, Any]) -> None:
    sound = reading.sound
    if "panels" in given or sound.get("layout"):
        read: list[tuple[Place, Panel]] = []
        before = len(reading.mistakes)
        with collected(reading.mistakes, "panels"):
            for place, entry in _placed_panels(given, sound):
                with collected(reading.mistakes, *place):
                    read.append((place, declared_in(PANELS, Panel, "kind", entry)))
        sound["placed_panels"] = read
        if len(reading.mistakes) > before:
            return
        sound["panels"] = tuple(panel for _, panel in read)
    elif "objective" in sound:
        sound["panels"] = default_panels(sound["objective"], recorded="trajectories" in given)
        sound["placed_panels"] = [(("panels",), panel) for panel in sound["panels"]]


def _read_looks(reading: Reading, given: Mapping[str, Any], context: Mapping[str, Any]) -> None:
    folder, anywhere = Path(context.get("folder", "")), context.get("allow_outside", True)
    themes = ThemeReader(folder, anywhere, reading.files)
    with collected(reading.mistakes, "theme"):
        reading.sound["theme"] = themes.read(given.get("theme", BASE))
    fonts = FontReader(folder, anywhere, reading.files)
    with collected(reading.mistakes, "font"):
        reading.sound["font"] = fonts.read(given.get("font"))


def default_panels(objective: Objective, *, recorded: bool) -> tuple[Panel, ...]:
    """Return what a scene shows that says nothing of panels."""
    return (declared_in(PANELS, Panel, "kind", _default_kind(objective, recorded=recorded)),)


def _default_kind(objective: Objective, *, recorded: bool) -> str:
    one = "curve" if objective.is_known else "values"
    many = "contour" if recorded else "values"
    return {1: one, 2: "contour"}.get(objective.dimension, many)


def _placed_panels(
    given: Mapping[str, Any], sound: Mapping[str, Any]
) -> Iterator[tuple[Place, Any]]:
    """Yield what each panel is given as, and where: of a layout alone, in its cells."""
    if "panels" not in given:
        for place, kind in panels_in(sound["layout"]):
            yield ("layout", *place), kind
        return
    value = given["panels"]
    if isinstance(value, Mapping) and "each" in value and "objective" in sound:
        kind = _default_kind(sound["objective"], recorded="trajectories" in sound)
        yield ("panels",), {"kind": kind, **value}
        return
    for index, entry in enumerate(_list_of_panels(value, sound.get("objective"))):
        yield ("panels", index), entry


def _kind_for(objective: Objective, kind: str) -> str:
    """Return a kind of panel, or another where that cannot show the objective."""
    fits = objective.dimension in PANELS.load(kind).shows
    return kind if fits else _default_kind(objective, recorded=not objective.is_known)


def _list_of_panels(value: Any, objective: Objective | None) -> list[Any]:
    if not isinstance(value, list | tuple):
        words = f"must be a list of panels: {', '.join(PANELS.names())}"
        one = value if isinstance(value, str) else in_our_words(PANELS, "kind", value)
        known = one in PANELS if isinstance(one, str) else bool(one)
        if known and isinstance(one, str) and objective is not None:
            one = _kind_for(objective, one)
        written = in_yaml([one] if known else ["contour", "values"])
        raise custom_error(f"{words}; write panels: {shortened(written, LONGEST_FORM)}")
    if not 1 <= len(value) <= MOST_PANELS:
        raise custom_error(f"must be 1 to {MOST_PANELS} panels (got {len(value)})")
    return list(value)
