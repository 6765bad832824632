"""Many scenes: which files they make, and in how many processes."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from visualize.declare.packages import blamed
from visualize.errors import Mistake, PluginError, SceneError, VisualizeError
from visualize.formats.format import FORMATS
from visualize.scene.budget import Budget
from visualize.scene.scene import Scene, read_scene
from visualize.scene.source import SUFFIXES

Progress = Callable[[Path, int, int], object]
"""Called with the file being made, the pictures in it and all there will be."""


@dataclass(frozen=True)
class Job:
    """One scene and the files it is to become."""

    file: Path
    """Where the scene was read: what is reported carries its name."""
    scene: Scene
    folder: Path
    """Where they are to be."""
    formats: tuple[str, ...]
    force: bool = False
    """Make them also where they are current."""
    strict: bool = False
    """Look for what to warn of also where the films are current."""

    @property
    def films(self) -> dict[Path, Scene]:
        """The scene of each file: race.gif, or race-light.gif and race-dark.gif of two themes."""
        by_theme = self.scene.by_theme
        stem = self.file.stem
        return {
            self.folder / f"{stem}{f'-{theme}' if len(by_theme) > 1 else ''}.{name}": scene
            for theme, scene in by_theme.items()
            for name in self.formats
        }

    @property
    def outputs(self) -> tuple[Path, ...]:
        """The files."""
        return tuple(self.films)


@dataclass(frozen=True)
class Outcome:
    """What became of a job."""

    job: Job
    written: tuple[Path, ...] = ()
    warnings: tuple[str, ...] = ()
    error: str = ""
    seconds: float = 0.0


def find_scenes(places: Sequence[Path]) -> tuple[list[Path], list[SceneError]]:
    """Return the scene files in `places`, and what is not there.

    A folder means its `*.yaml` and `*.yml`.
    """
    found: dict[Path, Path] = {}
    errors = []
    for place in places:
        if place.is_dir():
            files = sorted(it for it in place.iterdir() if it.suffix in SUFFIXES)
            if not files:
                errors.append(_without_scenes(place))
        else:
            files = [place]
        for file in files:
            found.setdefault(file.resolve(), file)
    return list(found.values()), errors


def _without_scenes(folder: Path) -> SceneError:
    words = "no *.yaml in this folder"
    below = sorted({it.parent for it in folder.glob("*/*") if it.suffix in SUFFIXES})
    if below:
        words += f"; there are some in {', '.join(map(str, below[:3]))}"
    return SceneError([Mistake(str(folder), 0, 0, "", words)])


def read_scenes(
    files: Sequence[Path],
    budget: Budget,
    *,
    allow_outside: bool = False,
    download: bool = False,
) -> tuple[dict[Path, Scene], list[SceneError]]:
    """Return the scenes that are sound, by file, and the mistakes of the others."""
    scenes, errors = {}, []
    for file in files:
        try:
            with blamed():
                scenes[file] = read_scene(
                    file, budget=budget, allow_outside=allow_outside, download=download
                )
        except SceneError as error:
            errors.append(error)
        except PluginError as error:
            errors.append(SceneError([Mistake(str(file), 0, 0, "", str(error))]))
    return scenes, errors


def clashes(outputs: Mapping[Path, Sequence[Path]]) -> list[str]:
    """Return a sentence for each file that two scenes would write: by scene, what it writes."""
    makers = defaultdict(list)
    for scene, paths in outputs.items():
        for path in paths:
            makers[path].append(str(scene))
    return [
        f"{output} would be written by {' and by '.join(scenes)}"
        for output, scenes in makers.items()
        if len(scenes) > 1
    ]


def render(job: Job, progress: Progress | None = None) -> Outcome:
    """Make a scene's films; those that are current stay as they are."""
    from visualize.film.compose import compose
    from visualize.film.fingerprint import is_current
    from visualize.film.save import save
    from visualize.simulation.simulate import simulate

    begun = time.perf_counter()
    written: list[Path] = []
    warnings: list[str] = []
    error = ""
    try:
        with blamed():
            films = job.films
            due = [path for path in films if job.force or not is_current(path, films[path])]
            if due or job.strict:
                history = simulate(job.scene)
                warnings += history.divergences()
                for scene in job.scene.by_theme.values():
                    paths = [path for path in due if films[path].theme == scene.theme]
                    if not (paths or job.strict):
                        continue
                    film = compose(scene, history)
                    warnings += (words for words in film.remarks if words not in warnings)
                    for path in paths:
                        save(film, path, progress=progress and partial(progress, path))
                        written.append(path)
    except VisualizeError as caught:
        error = str(caught)
    except MemoryError:
        error = "there is not enough memory; take fewer steps or starts, or smaller pictures"
    seconds = time.perf_counter() - begun
    return Outcome(job, tuple(written), tuple(warnings), error, seconds)


def too_fast(scene: Scene, formats: Sequence[str]) -> Iterator[str]:
    """Yield a sentence for each format that cannot show all of a scene's pictures in time."""
    wanted = scene.frames.per_second
    for name in formats:
        most = FORMATS.load(name).most_per_second
        if wanted > most:
            yield f"{name} shows {most:g} of {wanted:g} pictures a second at most"
