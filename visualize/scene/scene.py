"""The scene: an experiment, and the picture of it that is asked for."""

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    InstanceOf,
    ModelWrapValidatorHandler,
    PrivateAttr,
    SerializeAsAny,
    ValidationError,
    ValidationInfo,
    model_validator,
)
from pydantic.json_schema import SkipJsonSchema
from pydantic_core import to_jsonable_python

from visualize.declare.settings import (
    LONGEST_LABEL,
    ListToTuple,
    Positive,
    Synonyms,
    custom_error,
    error_of,
)
from visualize.errors import PluginError, SceneError
from visualize.formats.format import FORMATS
from visualize.history.comparison import Tolerance
from visualize.looks.themes import THEMES, Theme
from visualize.panels.panel import Panel
from visualize.scene._spellings import SCENE
from visualize.scene.annotation import Annotation
from visualize.scene.budget import Budget
from visualize.scene.experiment import Experiment, documented_as
from visualize.scene.fonts import FontGiven, OwnFont
from visualize.scene.frames import Frames
from visualize.scene.mistakes import mistakes_in
from visualize.scene.placing import Layout, read_layout
from visualize.scene.reading import WITHOUT_RECORDING, default_panels, read_settings
from visualize.scene.runs import Run, check_formulas
from visualize.scene.source import Document, read_document
from visualize.scene.themes import BASE, ThemeGiven, is_a_theme, name_of
from visualize.text import in_yaml, shown


def _read_formats(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(value)
    if not isinstance(value, str):
        return value
    names = [name.lstrip(".").lower() for name in re.findall(r"[.\w]+", value)]
    unknown = [name for name in names if name not in FORMATS]
    right = [it for name in names for it in ([name] if name in FORMATS else FORMATS.meant(name))]
    words = "must be a list" + "".join(
        f", and there is no format {shown(name)}" for name in unknown
    )
    raise custom_error(f"{words}; write formats: {in_yaml(right or ['gif', 'mp4'])}")


def _read_legend(value: Any) -> Any:
    if isinstance(value, bool):
        raise custom_error(
            f"must be ends, top or none; write legend: {'ends' if value else 'none'}"
        )
    return value


def _check_format(name: str) -> str:
    try:
        if name not in FORMATS:
            raise custom_error(f"unknown format {shown(name)}{FORMATS.hint(name)}")
        FORMATS.load(name)
    except PluginError as error:
        raise custom_error(str(error)) from error
    return name


@dataclass(frozen=True, eq=False)
class _Given:
    """What somebody has given, of what a scene holds; equal scenes may differ in that."""

    names: frozenset[str] = frozenset()
    """Of the settings; the others were chosen."""
    epochs: float | None = None
    """Which the scene holds as steps."""
    files: tuple[Path, ...] = ()
    """What its looks were read from."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Given)

    def __hash__(self) -> int:
        return 0


class Scene(Experiment):
    """What the user asked for, fully checked: an objective, a start, optimizers and a picture.

    >>> scene = Scene(objective="x**2", start=3, optimizers=[{"name": "sgd", "learning_rate": 0.1}])
    >>> scene.steps, [run.label for run in scene.runs], scene.frames.size
    (100, ['sgd'], (1280, 720))
    """

    alternatives = (
        *(("trajectories", name) for name in ("optimizers", "start", "steps", "epochs", "stop")),
        *(("trajectories", name) for name in ("seed", "noise")),
        ("steps", "epochs"),
    )
    synonyms: ClassVar[Synonyms] = SCENE

    title: Annotated[str, Field(max_length=300), AfterValidator(check_formulas)] | None = Field(
        None, examples=["AdaGrad on a bowl"]
    )
    """Above the picture; default: the optimizers and the objective."""
    subtitle: Annotated[str, Field(max_length=300), AfterValidator(check_formulas)] | None = Field(
        None, examples=["Each coordinate has a rate of its own"]
    )
    """Below the title, smaller."""
    caption: Annotated[str, Field(max_length=1000), AfterValidator(check_formulas)] | None = Field(
        None, examples=["Steep directions are damped, so the run bends."]
    )
    """Below the picture, in as many lines as it takes: what there is to see."""
    formula: bool = False
    """Show the objective and the optimizers' rules as mathematics, below the title."""
    annotations: Annotated[
        tuple[Annotation, ...],
        ListToTuple,
        Field(max_length=20, examples=[[{"at": [0, 0], "text": "saddle"}]]),
    ] = ()
    """Texts that point at places in the first panel that has them, for some steps."""
    sweep_label: (
        Annotated[str, Field(max_length=LONGEST_LABEL), AfterValidator(check_formulas)] | None
    ) = Field(None, examples=["η = {learning_rate}"])
    """What the runs of a sweep are called; in braces the values of its settings."""
    panels: Annotated[
        tuple[SerializeAsAny[Panel], ...],
        documented_as(list[str | dict[str, Any]]),
        Field(examples=[["contour", "values"]]),
    ] = ()
    """What is shown; default: the curve in one dimension, contours in two and of recorded points,
    else the values."""
    layout: Annotated[
        Layout | None, BeforeValidator(lambda it: None if it is None else read_layout(it))
    ] = Field(None, examples=[[["contour", "values"], ["contour", "state"]]])
    """Where the panels stand: rows of their names; one in several cells takes all of them, a dot
    is an empty cell. Default: side by side, in as many rows as suit the picture."""
    frames: Annotated[Frames, Field(examples=[{"size": [1280, 720], "fps": 25}])] = (
        Frames.model_validate({})
    )
    """Size, number and timing of the pictures."""
    counter: bool = True
    """Show the step beside the title."""
    legend: Annotated[
        Literal["ends", "top", "none"], BeforeValidator(_read_legend), Field(examples=["ends"])
    ] = "ends"
    """Where the runs' names stand: at their ends, where up to five have one start each; on top; or
    nowhere."""
    theme: Annotated[
        ThemeGiven | tuple[ThemeGiven, ...],
        documented_as(str | Theme | list[str | Theme]),
        Field(examples=["dark"]),
    ] = BASE
    """The colours, lines and marks: light, dark, paper (black and white) or article (matplotlib's);
    your own as a mapping, {base: dark, background: '#101820'}, or a file, mine.yaml. Of a list,
    [light, dark], there is a film in each: name-light.gif and so on."""
    font_size: Annotated[Positive, Field(le=200)] | None = Field(None, examples=[12])
    """Points at 100 pixels an inch; default: as large as the picture asks for."""
    font: Annotated[
        FontGiven | None, documented_as(str | OwnFont | None), Field(examples=["serif"])
    ] = None
    """A family of this machine, or a .ttf or .otf file beside the scene; sans, serif and mono are
    the same everywhere. Default: Inter, which comes along."""
    formats: Annotated[
        tuple[Annotated[str, AfterValidator(_check_format)], ...],
        BeforeValidator(_read_formats),
        Field(min_length=1, json_schema_extra={"minItems": 1}, examples=[["gif", "mp4"]]),
    ] = ("gif",)
    """What is written."""
    transparent: bool = False
    """Leave the background out; for formats that can: apng, frames, png, webm, webp."""

    tolerance: Annotated[Tolerance, Field(examples=[{"rtol": 1e-6}])] = Tolerance()
    """How far `verify` and the pytest plugin let the trajectories be from their baselines."""

    runs: SkipJsonSchema[tuple[InstanceOf[Run[Any]], ...]] = Field((), exclude=True)
    """The optimizers or recorded runs, each with its label and colour; made of those."""
    _given: _Given = PrivateAttr(_Given())

    @model_validator(mode="wrap")
    @classmethod
    def _check_names(
        cls, data: Any, handler: ModelWrapValidatorHandler[Self], info: ValidationInfo
    ) -> Self:
        if not isinstance(data, Mapping):
            return handler(data)
        mistakes = list(cls.unknown_settings(data))
        given = {name: value for name, value in data.items() if name in cls.known()}
        reading = read_settings(given, handler, info.context or {})
        if any("trajectories" in cls.meant(name) for name in data if name not in given):
            needed = [(name,) for name in WITHOUT_RECORDING]
            reading.mistakes = [it for it in reading.mistakes if it.get("loc") not in needed]
        if mistakes or reading.mistakes:
            raise error_of(cls.without_repetition([*mistakes, *reading.mistakes]))
        scene = handler({name: reading.sound[name] for name in cls.model_fields})
        scene._given = _Given(  # noqa: SLF001  # its class's
            frozenset(given), given.get("epochs"), tuple(reading.files)
        )
        return scene

    @property
    def experiment(self) -> Experiment:
        """What its numbers depend on: nothing of the picture, no labels and no colours."""
        names = Experiment.model_fields
        return Experiment.model_construct(**{name: getattr(self, name) for name in names})

    def only(self, labels: Sequence[str]) -> Self:
        """Return the scene with some of its runs."""
        runs = tuple(run for run in self.runs if run.label in labels)
        field = "optimizers" if self.optimizers else "trajectories"
        return self.model_copy(update={field: tuple(run.source for run in runs), "runs": runs})

    def replaced(self, **settings: Any) -> Self:
        """Return the scene with other settings, checked as if they had stood there.

        So does a formula give way to a function, and so do optimizers to others. What nobody has
        given is chosen anew: panels, where data begin, as many steps as the epochs take, and the
        runs. Raises pydantic's `ValidationError`.

        >>> sgd = {"name": "sgd", "learning_rate": 0.1}
        >>> scene = Scene(objective="x**2", start=3, optimizers=[sgd])
        >>> wide = scene.replaced(objective=lambda x: x[0] ** 2 + x[1] ** 2, start=[1, 2])
        >>> wide.objective.variables, wide.panels[0].kind
        (('x', 'y'), 'contour')
        """
        given = {name: getattr(self, name) for name in self._given.names}
        if "epochs" in given:
            given["epochs"] = self._given.epochs
        given["trajectories" if self.trajectories else "optimizers"] = self.runs
        if self.panels == default_panels(self.objective, recorded=bool(self.trajectories)):
            given.pop("panels", None)
        recorded = "trajectories" in settings or (
            bool(self.trajectories) and "optimizers" not in settings
        )
        pairs = [pair for pair in self.alternatives if "trajectories" in pair]
        gone = {other for _, other in pairs} if recorded else {"trajectories"}
        for one, other in {*self.alternatives} - {*pairs}:
            gone |= {one} if other in settings else {other} if one in settings else set()
        kept = {name: value for name, value in given.items() if name not in gone}
        return type(self).model_validate({**kept, **settings})

    @property
    def by_theme(self) -> Mapping[str, Self]:
        """The scene in each of its themes, by their names, with that as its only one."""
        themes = self.theme if isinstance(self.theme, tuple) else (self.theme,)
        return {name_of(it): self.model_copy(update={"theme": it}) for it in themes}

    @property
    def look(self) -> Theme:
        """The theme that is drawn: of several the first."""
        theme = self.theme[0] if isinstance(self.theme, tuple) else self.theme
        return theme if isinstance(theme, Theme) else THEMES[theme]

    @property
    def files(self) -> tuple[Path, ...]:
        """The files of its own themes and fonts, where it was read from some."""
        return self._given.files

    @property
    def frame_count(self) -> int:
        """The number of pictures in the film."""
        return self.frames.count_for(self.steps)

    @property
    def poster(self) -> int:
        """The frame (from 0) that a still shows."""
        return self.frames.poster_for(self.steps)

    def row(self, frame: int) -> float:
        """Return the row of the history that a frame shows; between two rows for smooth motion.

        Of an adaptive pace it is known from the history only: a film's `row` says it. Here it is
        the row that would be shown where all steps change the picture alike.
        """
        return self.frames.row(frame, self.steps)

    def canonical(self) -> dict[str, Any]:
        """Return the scene as the plain values of JSON, every default written out.

        It can be read again: `Scene.model_validate(scene.canonical()) == scene`. Files are named as
        they are seen from where the scene was read.
        """
        return self._plain(portable=False)

    def _plain(self, *, portable: bool) -> dict[str, Any]:
        settings = self.model_dump(
            by_alias=True,
            exclude_none=True,
            exclude={"trajectories"},
            context={"portable": portable},
        )
        plain: dict[str, Any] = to_jsonable_python(settings)
        if self.trajectories:
            for name in ("start", "steps", "seed", "noise", "optimizers"):
                plain.pop(name, None)
            plain["trajectories"] = [
                {"file": run.source.file, "run": run.source.name, "digest": run.source.digest}
                for run in self.runs
            ]
        if self.tolerance == Tolerance():
            del plain["tolerance"]
        entries = plain["trajectories"] if self.trajectories else plain["optimizers"]
        for run, entry in zip(self.runs, entries, strict=True):
            entry |= run.appearance.model_dump(exclude_none=True)
        return plain

    def portable(self) -> dict[str, Any]:
        """Return the canonical scene as saved arrays and films keep it, wherever its files are.

        Of recordings and data that is the file's name without its folder, and the checksum; the
        tolerance says nothing of either.
        """
        plain = self._plain(portable=True)
        plain.pop("tolerance", None)
        for entry in plain.get("trajectories", ()):
            entry["file"] = Path(entry["file"]).name
        return plain


def read_scene(
    path: str | os.PathLike[str],
    *,
    budget: Budget | int | None = None,
    allow_outside: bool = False,
    download: bool = False,
) -> Scene:
    """Return the scene in a YAML file, fully checked.

    Raises `SceneError` with every mistake in the file and its place. A scene that costs more than
    the budget is refused before anything is computed: 4 GiB of memory, ten minutes for its runs
    and ten for its film, or what is given; a number is one of updates (steps x starts x
    optimizers), in place of the time. Recordings and data are read from the scene's folder and
    those in it; with `allow_outside` from anywhere. With `download` a data set that a scene names
    is fetched, if it is not there.

    >>> read_scene("scenes/adagrad-contour.yaml").objective.formula
    'x**2/20 + y**2'
    """
    return scene_of(
        read_document(Path(path)),
        Path(path).parent,
        budget=budget,
        allow_outside=allow_outside,
        download=download,
    )


def scene_of(
    document: Document,
    folder: Path,
    *,
    budget: Budget | int | None = None,
    allow_outside: bool = False,
    download: bool = False,
) -> Scene:
    """Return the scene that a document holds, as `read_scene` does; its files are in `folder`."""
    if not isinstance(document.value, dict):
        words = "a scene is a mapping of settings, objective: x**2 + y**2 and so on"
        raise SceneError([document.mistake((), f"{words}; `visualize new NAME` writes one")])
    if is_a_theme(document.value):
        words = f"no scene, but a theme; a scene names it: theme: {Path(document.path).name}"
        raise SceneError([document.mistake((), words)])
    try:
        allowed = Budget(updates=budget) if isinstance(budget, int) else budget or Budget()
        context = {
            "budget": allowed,
            "folder": folder,
            "allow_outside": allow_outside,
            "download": download,
        }
        scene = Scene.model_validate(document.value, context=context)
    except ValidationError as error:
        raise SceneError(mistakes_in(document, error, Scene)) from None
    if document.empty:
        raise SceneError(mistakes_in(document, error_of([]), Scene))
    return scene
