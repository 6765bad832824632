"""A scene: what the user asked for, read from a file and fully checked."""

import json
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import numpy as np
from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    SerializeAsAny,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_core import PydanticKnownError

from visualize.arrays import Array
from visualize.declare.settings import (
    ListToTuple,
    Positive,
    Settings,
    declared_in,
    error_at,
    error_of,
    mistake_at,
    mistakes_of,
    told,
)
from visualize.errors import SceneError
from visualize.formats.format import FORMATS, cannot_show
from visualize.history.comparison import Tolerance
from visualize.history.recording import RecordedRun, Recording, recorded_runs
from visualize.looks.themes import THEMES
from visualize.objectives._noise import Noise
from visualize.objectives._test_functions import TEST_FUNCTIONS
from visualize.objectives.formula import Formula
from visualize.objectives.objective import Objective
from visualize.objectives.unknown import Unknown
from visualize.optimizers.optimizer import EFFECTIVE_RATE, Optimizer
from visualize.panels.panel import PANELS, Panel, Showable
from visualize.scene.frames import MOST_FRAMES, Frames
from visualize.scene.mistakes import mistakes_in
from visualize.scene.source import read_document
from visualize.scene.starts import (
    Grid,
    Random,
    Start,
    check_start,
    coordinates_of,
    points_of,
    read_start,
    unfit,
)
from visualize.scene.sweeps import BUDGET, read_optimizers
from visualize.text import counted, did_you_mean, shown

if TYPE_CHECKING:
    from pydantic_core import InitErrorDetails

MOST_PANELS = 9
NOT_GIVEN: Any = object()
"""In place of what recorded trajectories bring along."""


def _read_objective(value: Any, info: ValidationInfo) -> Any:
    if value is NOT_GIVEN:
        return _unknown_objective(info)
    if isinstance(value, str):
        name = value.strip()
        # A whole word is meant as a name: `rosenbrok` wants a suggestion, `x` is a formula.
        is_name = name in TEST_FUNCTIONS or (len(name) > 3 and name.isidentifier())
        value = {"name": name} if is_name else {"expression": value}
    elif isinstance(value, int | float) and not isinstance(value, bool):
        raise told("a constant has nothing to minimise; use a variable: x, y, z, x1, ...")
    return value if isinstance(value, Unknown) else Formula.model_validate(value)


def _unknown_objective(info: ValidationInfo) -> Unknown:
    """Return the objective of recorded runs that come without one."""
    runs = _recorded(info)
    dimension = runs[0].trajectory.points.shape[2]
    names = "xy"[:dimension] if dimension <= 2 else [f"x{i + 1}" for i in range(dimension)]
    return Unknown(variables=runs[0].columns or tuple(names))


def _recorded(info: ValidationInfo) -> tuple[RecordedRun, ...]:
    """Return the recorded runs that stand for what is not given; without any it is missing."""
    if "trajectories" not in info.data:
        raise PydanticKnownError("default_factory_not_called")  # their own mistake is told
    if not info.data["trajectories"]:
        raise PydanticKnownError("missing")
    runs: tuple[RecordedRun, ...] = info.data["trajectories"]
    return runs


def _read_start(value: Any, info: ValidationInfo) -> Any:
    return () if value is NOT_GIVEN and _recorded(info) else read_start(value)


def _read_optimizers(value: Any, info: ValidationInfo) -> tuple[Optimizer, ...]:
    return () if value is NOT_GIVEN and _recorded(info) else read_optimizers(value, info)


def _read_panels(value: Any) -> tuple[Panel, ...]:
    if not isinstance(value, list | tuple):
        raise told(f"must be a list of panels: {', '.join(PANELS.names())}")
    if not 1 <= len(value) <= MOST_PANELS:
        raise told(f"must be 1 to {MOST_PANELS} panels (got {len(value)})")
    read: list[Panel] = []
    mistakes: list[InitErrorDetails] = []
    for index, entry in enumerate(value):
        try:
            read.append(declared_in(PANELS, Panel, "kind", entry))
        except ValidationError as error:
            mistakes += mistakes_of(error, index)
    if mistakes:
        raise error_of(mistakes)
    return tuple(read)


def _known(what: str, names: Callable[[], Sequence[str]]) -> Callable[[str], str]:
    def check(name: str) -> str:
        if name not in names():
            hint = did_you_mean(name, names()) or f"; there are {', '.join(names())}"
            raise told(f"unknown {what} '{name}'{hint}")
        return name

    return check


class Scene(Settings):
    """What the user asked for, fully checked: an objective, a start, optimizers and a picture."""

    alternatives = tuple(
        ("trajectories", name) for name in ("optimizers", "start", "steps", "seed", "noise")
    )
    synonyms: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "function": ("objective",),
        "iterations": ("steps",),
        "optimizer": ("optimizers",),
        "panel": ("panels",),
        "format": ("formats",),
        "fps": ("frames.fps",),
        "size": ("frames.size",),
        "rtol": ("tolerance.rtol",),
        "atol": ("tolerance.atol",),
        "until": ("tolerance.until",),
    }

    title: Annotated[str, Field(max_length=300)] | None = None
    """Above the picture; default: the optimizers and the objective."""
    trajectories: Annotated[
        tuple[RecordedRun, ...],
        BeforeValidator(recorded_runs, json_schema_input_type=Recording | list[Recording]),
    ] = ()
    """Points recorded elsewhere, played in place of optimizers: `{file: run.npy}`, or several."""
    objective: Annotated[
        Formula | Unknown, BeforeValidator(_read_objective, json_schema_input_type=str | Formula)
    ] = Field(default_factory=lambda: NOT_GIVEN, validate_default=True)
    """What is minimised: a formula, the name of a test function, or a mapping with settings."""
    start: Annotated[
        Start,
        BeforeValidator(
            _read_start,
            json_schema_input_type=float | list[float] | list[list[float]] | Grid | Random,
        ),
    ] = Field(default_factory=lambda: NOT_GIVEN, validate_default=True)
    """Where every optimizer begins: a number, a point, a list of points, a grid or random ones."""
    steps: Annotated[int, Field(ge=0, validate_default=True)] = 100
    """Updates of each optimizer; of recorded trajectories as many as the longest has."""
    seed: Annotated[int, Field(ge=0)] = 0
    """Of everything random."""
    noise: Noise | None = None
    """Noise on the gradients."""
    optimizers: Annotated[
        tuple[SerializeAsAny[Optimizer], ...],
        BeforeValidator(_read_optimizers, json_schema_input_type=list[dict[str, Any]]),
    ] = Field(default_factory=lambda: NOT_GIVEN, validate_default=True)
    """Who runs; `sweep: {learning_rate: [0.1, 0.4]}` on one makes a run of each."""
    panels: Annotated[
        tuple[SerializeAsAny[Panel], ...],
        BeforeValidator(_read_panels, json_schema_input_type=list[str | dict[str, Any]]),
    ] = Field(default_factory=lambda data: _default_panels(data), validate_default=True)
    """What is shown; default: the curve in one dimension, contours in two and of recorded points,
    else the values."""
    frames: Frames = Frames()
    """Size, number and timing of the pictures."""
    counter: bool = True
    """Show the step beside the title."""
    theme: Annotated[str, AfterValidator(_known("theme", lambda: tuple(THEMES)))] = "light"
    """The colours."""
    font_size: Annotated[Positive, Field(le=200)] | None = None
    """Points at 100 pixels an inch; default: as large as the picture asks for."""
    formats: Annotated[
        tuple[Annotated[str, AfterValidator(_known("format", FORMATS.names))], ...],
        ListToTuple,
        Field(min_length=1, json_schema_extra={"minItems": 1}),
    ] = ("gif",)
    """What is written."""
    transparent: bool = False
    """Leave the background out; for formats that can: apng, frames, png, webm, webp."""

    tolerance: Tolerance = Field(Tolerance(), exclude=True)
    """How far `verify` and the pytest plugin let the trajectories be from their baselines."""

    @field_validator("objective")
    @classmethod
    def _check_objective(cls, objective: Any, info: ValidationInfo) -> Any:
        for run in info.data.get("trajectories", ()):
            if run.trajectory.points.shape[2] != objective.dimension:
                words = counted(run.trajectory.points.shape[2], "coordinate")
                raise told(
                    f"{run.label} has {words}; the objective has {coordinates_of(objective)}"
                )
            if {*(run.columns or ())} & {*objective.variables} and (
                run.columns != objective.variables
            ):
                raise told(
                    f"the columns of {run.file} are {', '.join(run.columns or ())}, "
                    f"the objective's variables {', '.join(objective.variables)}"
                )
            if objective.is_known and np.isnan(run.trajectory.values).all():
                for start in run.trajectory.points[0]:
                    if words := unfit(tuple(start), objective):
                        raise told(f"{run.label}: {words}")
        return objective

    @field_validator("steps")
    @classmethod
    def _play_to_the_end(cls, steps: int, info: ValidationInfo) -> int:
        runs = info.data.get("trajectories", ())
        return max((run.trajectory.steps for run in runs), default=steps)

    @field_validator("start")
    @classmethod
    def _check_start(cls, start: Any, info: ValidationInfo) -> Any:
        objective = info.data.get("objective")
        if objective is None:
            return start
        check_start(start, objective)
        return start

    @field_validator("panels")
    @classmethod
    def _check_panels(cls, panels: Any, info: ValidationInfo) -> Any:
        objective: Any = info.data.get("objective")
        mistakes = [
            mistake_at(
                f"a {panel.kind} panel cannot show an objective with {coordinates_of(objective)}",
                index,
            )
            for index, panel in enumerate(panels)
            if objective is not None and objective.dimension not in panel.shows
        ]
        if objective is not None:
            showable = _showable(objective, info)
            mistakes += [
                mistake_at(words, index, setting)
                for index, panel in enumerate(panels)
                for setting, words in panel.misfits(showable)
            ]
        if mistakes:
            raise error_of(mistakes)
        return panels

    @field_validator("transparent")
    @classmethod
    def _check_transparent(cls, transparent: bool, info: ValidationInfo) -> bool:
        if words := cannot_show(info.data.get("formats", ()), transparent=transparent):
            raise told(f"{words}: set formats")
        return transparent

    @field_validator("frames")
    @classmethod
    def _check_frames(cls, frames: Frames, info: ValidationInfo) -> Frames:
        count = frames.count_for(info.data.get("steps", 0))
        if count > MOST_FRAMES:
            raise told(
                f"the whole history would be {count} pictures, {MOST_FRAMES} are the most; "
                "set count or steps_per_frame"
            )
        known = frames.count is not None or "steps" in info.data
        if known and isinstance(frames.poster, int) and frames.poster >= count:
            words = f"the film has {counted(count, 'frame')}, from 0 to {count - 1}"
            raise error_at(f"{words} (got {shown(frames.poster)})", "poster")
        return frames

    @property
    def frame_count(self) -> int:
        """The number of pictures in the film."""
        return self.frames.count_for(self.steps)

    @property
    def poster(self) -> int:
        """The frame (from 0) that a still shows."""
        return self.frames.poster_for(self.steps)

    def row(self, frame: int) -> float:
        """Return the row of the history that a frame shows; between two rows for smooth motion."""
        return min(self.frames.row(frame), self.steps)

    @property
    def runs(self) -> tuple[Optimizer, ...] | tuple[RecordedRun, ...]:
        """Who is in the picture, each with its label and colour."""
        return self.optimizers or self.trajectories

    @property
    def starts(self) -> Array:
        """Where every run begins: shape `(starts, dimension)`."""
        return points_of(self.start, self.objective, self.seed)

    def canonical(self) -> dict[str, Any]:
        """Return the scene as the plain values of JSON, every default written out."""
        canonical: dict[str, Any] = json.loads(
            json.dumps(self.model_dump(by_alias=True, exclude_none=True))
        )
        return canonical


def read_scene(path: str | os.PathLike[str], *, budget: int = BUDGET) -> Scene:
    """Return the scene in a YAML file, fully checked.

    Raises `SceneError` with every mistake in the file and its place. A scene that asks for more
    than `budget` updates (steps x starts x optimizers) is refused before anything is computed.
    """
    document = read_document(Path(path))
    if not isinstance(document.value, dict):
        raise SceneError(
            [document.mistake((), "a scene is a mapping of settings: objective, start, ...")]
        )
    try:
        context = {"budget": budget, "folder": Path(path).parent}
        return Scene.model_validate(document.value, context=context)
    except ValidationError as error:
        raise SceneError(mistakes_in(document, error)) from None


def _default_panels(data: Mapping[str, Any]) -> tuple[Panel, ...]:
    objective = data.get("objective")
    dimension = objective.dimension if objective else 0
    one = "curve" if objective and objective.is_known else "values"
    many = "contour" if data.get("trajectories") else "values"
    return (declared_in(PANELS, Panel, "kind", {1: one, 2: "contour"}.get(dimension, many)),)


def _showable(objective: Objective, info: ValidationInfo) -> Showable:
    """Return what there is for panels: what the optimizers will remember, or what was recorded."""
    optimizers, runs = info.data.get("optimizers"), info.data.get("trajectories", ())
    values = objective.is_known or not all(np.isnan(it.trajectory.values).all() for it in runs)
    if optimizers is None and not runs:
        return Showable(objective, values, None)
    states: dict[str, tuple[int, ...]] = {}
    for optimizer in optimizers or ():
        one = np.zeros((1, objective.dimension))
        arrays = {
            EFFECTIVE_RATE: one,
            **optimizer.remembered(optimizer.init(one, objective.blocks)),
        }
        states |= {name: array.shape[1:] for name, array in arrays.items()}
    for run in runs:
        states |= {name: array.shape[2:] for name, array in run.trajectory.states.items()}
    return Showable(objective, values, states)
