"""Many scenes: where they are, which are sound, and what does not go together."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from visualize.declare.packages import blamed
from visualize.errors import Mistake, PluginError, SceneError
from visualize.formats.format import FORMATS
from visualize.scene.budget import Budget
from visualize.scene.scene import Scene, read_scene
from visualize.scene.source import SUFFIXES
from visualize.scene.themes import themes_among


def find_scenes(places: Sequence[Path]) -> tuple[list[Path], list[SceneError]]:
    """Return the scene files in `places`, and what is not there.

    A folder means its `*.yaml` and `*.yml`, hidden ones left out.
    """
    found: dict[Path, Path] = {}
    errors = []
    for place in places:
        if place.is_dir():
            files = scenes_in(place)
            if not files:
                errors.append(_without_scenes(place))
        else:
            files = [place]
        for file in files:
            found.setdefault(file.resolve(), file)
    return list(found.values()), errors


def scenes_in(folder: Path) -> list[Path]:
    """Return the scene files in a folder; hidden ones are an editor's, for a moment.

    Themes, which scenes name, are none.
    """
    files = [it for it in folder.iterdir() if it.suffix in SUFFIXES]
    seen = [it for it in files if not it.name.startswith(".")]
    return sorted({*seen} - {*themes_among(seen)})


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


def too_fast(scene: Scene, formats: Sequence[str]) -> Iterator[str]:
    """Yield a sentence for each format that cannot show all of a scene's pictures in time."""
    wanted = scene.frames.per_second
    for name in formats:
        most = FORMATS.load(name).most_per_second
        if wanted > most:
            yield f"{name} shows {most:g} of {wanted:g} pictures a second at most"
