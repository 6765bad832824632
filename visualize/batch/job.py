"""One scene of many: the films that it is to become, and what became of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Literal

from visualize.batch.glimpse import WHOLE, Glimpse
from visualize.errors import SceneError
from visualize.film.fingerprint import Cut
from visualize.formats.format import cannot_show
from visualize.scene.budget import cost_of_film, cost_of_runs
from visualize.scene.scene import Scene
from visualize.storage.files import is_reserved

State = Literal["made", "kept", "current", "failed"]
"""Of a film: drawn and encoded; taken from the cache; there already; not made."""


@dataclass(frozen=True)
class Job:
    """One scene and the films that it is to become."""

    file: Path
    """Where the scene was read: what is reported carries its name, and the films its stem."""
    scene: Scene
    folder: Path
    """Where the films are to be."""
    formats: tuple[str, ...]
    force: bool = False
    """Make them also where they are current, and where the cache has them."""
    strict: bool = False
    """Look for what to warn of also where the films are current."""
    metadata: bool = True
    """Let the films carry their scene."""
    stem: str = ""
    """What the films are called, without theme and format; empty: as the file is."""
    cut: Cut = "film"
    """What is made of the pictures."""
    ending: str = ""
    """What their names end with, before the format."""

    @cached_property
    def films(self) -> Mapping[Path, Scene]:
        """The scene of each file: race.gif, or race-light.gif and race-dark.gif of two themes."""
        by_theme = self.scene.by_theme
        stem, several = self.stem or self.file.stem, len(by_theme) > 1
        return {
            self.folder / f"{stem}{f'-{theme}' * several}{self.ending}.{name}": scene
            for theme, scene in by_theme.items()
            for name in self.formats
        }

    @cached_property
    def seconds(self) -> float:
        """How long it takes to simulate, draw and encode, about, and rather too much."""
        scene = self.scene
        formats = self.formats * len(scene.by_theme)
        film = cost_of_film(formats, scene.frame_count, scene.frames.size)
        starts = len(scene.starts) if scene.optimizers else 0
        runs = cost_of_runs(scene.objective, scene.steps, starts, scene.optimizers, ())
        return film.seconds + runs.seconds


def jobs_of(
    scenes: Mapping[Path, Scene],
    folder: Path,
    formats: Sequence[str] = (),
    *,
    force: bool = False,
    strict: bool = False,
    metadata: bool = True,
    glimpse: Glimpse = WHOLE,
) -> "tuple[list[Job], list[Outcome]]":
    """Return a job for each scene, in these formats or in its own; and those that cannot be.

    In place of films there may be a `glimpse` of each.
    """
    jobs, unable = [], []
    for file, scene in scenes.items():
        names = glimpse.formats_of(scene, formats)
        if is_reserved(file.stem):
            words = f"{file.stem}.{names[0]} cannot be a file's name everywhere; rename the scene"
            unable.append(Outcome(file, error=words))
        elif words := cannot_show(names, transparent=scene.transparent):
            unable.append(Outcome(file, error=words))
        elif words := glimpse.misfit_of(scene):
            unable.append(Outcome(file, error=f"--still: {words}"))
        else:
            seen = glimpse.scene_of(scene)
            about = metadata and glimpse.is_whole
            job = Job(file, seen, folder, names, force, strict, about)
            jobs.append(replace(job, cut=glimpse.cut, ending=glimpse.ending))
    return jobs, unable


def without_clashes(jobs: Sequence[Job]) -> "tuple[list[Job], list[Outcome]]":
    """Return the jobs that share no film with another, and what is told of the others."""
    makers: dict[Path, list[Job]] = {}
    for job in jobs:
        for path in job.films:
            makers.setdefault(path, []).append(job)
    refused: dict[Path, Outcome] = {}
    for path, those in makers.items():
        if len(those) > 1:
            words = f"{path} would be written by {' and by '.join(str(it.file) for it in those)}"
            refused |= {
                it.file: Outcome(it.file, error=words) for it in those if it.file not in refused
            }
    return [job for job in jobs if job.file not in refused], list(refused.values())


@dataclass(frozen=True)
class Output:
    """A film that a scene was to become."""

    path: Path
    state: State
    size: int = 0
    """Bytes."""
    why: str = ""
    """Why it was made, or was not."""


@dataclass(frozen=True)
class Outcome:
    """What became of a scene."""

    file: Path
    outputs: tuple[Output, ...] = ()
    warnings: tuple[str, ...] = ()
    error: str = ""
    seconds: float = 0.0
    """Of simulating, drawing and encoding."""
    simulated: tuple[str, ...] = ()
    """The runs that were computed."""
    recalled: tuple[str, ...] = ()
    """The runs that the cache had."""

    @property
    def written(self) -> tuple[Path, ...]:
        """The films that were written."""
        return tuple(it.path for it in self.outputs if it.state in ("made", "kept"))


def refused(error: SceneError) -> Outcome:
    """Return what became of a scene with mistakes."""
    return Outcome(Path(error.mistakes[0].path), error=str(error))
