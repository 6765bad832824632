"""Many scenes from Python: what `visualize render` does."""

import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from visualize.batch.crews import crew_of
from visualize.batch.job import Outcome, jobs_of, refused, without_clashes
from visualize.batch.rendering import render_jobs
from visualize.batch.scenes import find_scenes, read_scenes
from visualize.batch.task import Cancelled, Report
from visualize.errors import OutputError
from visualize.formats.format import FORMATS
from visualize.scene.budget import Budget
from visualize.scene.scene import Scene
from visualize.storage.cache import Cache, Forgiving, usual_folder
from visualize.storage.files import safe_name

Place = str | Path


def render_all(
    scenes: Place | Iterable[Place] | Mapping[str, Scene],
    output: Place = "output",
    *,
    formats: str | Sequence[str] = (),
    jobs: int | None = None,
    force: bool = False,
    metadata: bool = True,
    cache: bool = True,
    budget: Budget | None = None,
    allow_outside: bool = False,
    progress: Report | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> list[Outcome]:
    """Render scenes to films in the folder `output`, and return what became of each.

    `scenes` are files and folders, or scenes by the names that their films are to have. What is
    current is not made again, and what a cache of this user's has is taken from there, unless
    `force` says so. A scene with a mistake, or one that fails, is told by the `error` of its
    outcome, and the others are rendered.

    There are `jobs` processes, or as many as are worth it; scenes with something given in Python
    are rendered in this one. `progress` is called with a scene's name, the film being made (empty:
    its runs), how much of it is done and all there will be. As soon as `cancelled()` is true it is
    given up: nothing half done stays, and only what was done is returned. Raises `OutputError`
    where there is no such format, or a name cannot be a file's.

    >>> from visualize import Scene, render_all
    >>> sgd = {"name": "sgd", "learning_rate": 0.1}
    >>> scene = Scene(objective="x**2", start=3, steps=5, optimizers=[sgd])
    >>> [outcome] = render_all({"parabola": scene}, formats=["png"])
    >>> outcome.written
    (PosixPath('output/parabola.png'),)
    """
    formats = [formats] if isinstance(formats, str) else formats
    for name in formats:
        if name not in FORMATS:
            raise OutputError(f"unknown format '{name}'{FORMATS.hint(name)}")
    read, wrong = _read(scenes, budget or Budget(films=True), allow_outside=allow_outside)
    work, unable = jobs_of(read, Path(output), formats, force=force, metadata=metadata)
    if isinstance(scenes, Mapping):  # a name may have dots
        work = [replace(job, stem=str(job.file)) for job in work]
    work, clashing = without_clashes(work)
    store = Forgiving(Cache(usual_folder()), lambda words: warnings.warn(words, stacklevel=2))
    is_cancelled = cancelled or (lambda: False)

    def report(name: str, what: str, done: int, total: int) -> None:
        if is_cancelled():
            raise Cancelled
        if progress is not None:
            progress(name, what, done, total)

    outcomes = render_jobs(
        work,
        lambda due: crew_of(jobs, due, report if progress or cancelled else None),
        store if cache else None,
        is_cancelled,
    )
    every = [*wrong, *unable, *clashing, *outcomes]
    order = {file: index for index, file in enumerate(read)}
    return sorted(every, key=lambda it: order.get(it.file, -1))


def _read(
    scenes: Place | Iterable[Place] | Mapping[str, Scene], budget: Budget, *, allow_outside: bool
) -> tuple[Mapping[Path, Scene], list[Outcome]]:
    """Return the sound scenes by their files, and what became of the others."""
    if isinstance(scenes, Mapping):
        for name in scenes:
            if not safe_name(name):
                raise OutputError(f"'{name}' cannot be a film's name; use letters, digits, - and _")
        return {Path(name): scene for name, scene in scenes.items()}, []
    places = [scenes] if isinstance(scenes, Place) else scenes
    files, missing = find_scenes([Path(place) for place in places])
    read, wrong = read_scenes(files, budget, allow_outside=allow_outside)
    return read, [refused(error) for error in (*missing, *wrong)]
