"""What is made of a scene by any process on any machine: out of plain data come bytes."""

import io
import time
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from visualize.batch.parcel import Parcel, packed, unpacked
from visualize.declare.packages import blamed
from visualize.errors import VisualizeError
from visualize.film.fingerprint import Cut
from visualize.scene.scene import Scene
from visualize.storage.files import scratch_folder

Report = Callable[[str, str, int, int], object]
"""Called with the scene's name, what is being made (empty: its runs), how much of it is done, and
all there will be."""


class Cancelled(Exception):  # noqa: N818  # nothing went wrong
    """What is being made is not wanted any more: reports may raise it."""


@dataclass(frozen=True)
class Task:
    """A scene, and the films to be made of it.

    It travels as the canonical scene and the bytes of the files that this reads, so whoever gets it
    needs nothing of the disk where that was read.
    """

    name: str
    """Of the scene, in reports."""
    given: Scene | Parcel
    films: Mapping[str, str]
    """The theme of each file that is to be made, by its name."""
    themes: tuple[str, ...]
    """Those in which the scene is composed; where there is no film in one, for its warnings."""
    runs: Mapping[str, bytes] = field(default_factory=dict)
    """Runs that need not be computed, by their keys."""
    metadata: bool = True
    """Whether films carry their scene."""
    cut: Cut = "film"
    """What is made of the pictures."""

    @cached_property
    def scene(self) -> Scene:
        """The scene. Raises `ArraysError` where a file that it reads is another by now."""
        return unpacked(self.given) if isinstance(self.given, Parcel) else self.given

    def __reduce__(self) -> tuple[Any, ...]:
        parcel = packed(self.given) if isinstance(self.given, Scene) else self.given
        return Task, (
            *(self.name, parcel, self.films, self.themes, self.runs, self.metadata),
            self.cut,
        )


@dataclass(frozen=True)
class Made:
    """What has become of a task."""

    films: Mapping[str, bytes] = field(default_factory=dict)
    """The content of each file; of a folder, that of a zip."""
    runs: Mapping[str, bytes] = field(default_factory=dict)
    """Runs that were computed, by their keys."""
    warnings: tuple[str, ...] = ()
    error: str = ""
    seconds: float = 0.0


def make(task: Task, report: Report | None = None) -> Made:
    """Simulate, compose and encode; whatever of that fails is told in what is returned."""
    from visualize.film.compose import compose
    from visualize.film.cuts import cut_of
    from visualize.film.save import save
    from visualize.simulation.simulate import simulate

    begun = time.perf_counter()
    films: dict[str, bytes] = {}
    runs = _Runs(task.runs)
    warnings: list[str] = []
    error = ""
    try:
        with blamed(), scratch_folder() as scratch:
            about = report and partial(report, task.name)
            history = simulate(task.scene, store=runs, progress=about and partial(about, ""))
            warnings += history.divergences()
            for theme in task.themes:
                film = compose(task.scene.by_theme[theme], history)
                warnings += (words for words in film.remarks if words not in warnings)
                clip = cut_of(film, task.cut)
                for name in (name for name, its in task.films.items() if its == theme):
                    progress = about and partial(about, name)
                    given_up: list[str] = []
                    path = save(
                        clip,
                        scratch / name,
                        metadata=task.metadata,
                        progress=progress,
                        told=given_up.append,
                    )
                    warnings += (f"{name}: {words}" for words in given_up)
                    films[name] = content_of(path)
    except VisualizeError as caught:
        error = str(caught)
    except MemoryError:
        error = "there is not enough memory; take fewer steps or starts, or smaller pictures"
    return Made(films, runs.computed, tuple(warnings), error, time.perf_counter() - begun)


class _Runs:
    """The runs that a task brings along, and those that were computed."""

    def __init__(self, brought: Mapping[str, bytes]) -> None:
        self._brought = brought
        self.computed: dict[str, bytes] = {}

    def get(self, key: str) -> bytes | None:
        return self._brought.get(key) or self.computed.get(key)

    def put(self, key: str, content: bytes) -> None:
        self.computed[key] = content


def content_of(path: Path) -> bytes:
    """Return what is in a file, or the files of a folder as a zip that packs nothing."""
    if path.is_file():
        return path.read_bytes()
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for file in sorted(path.iterdir()):
            archive.writestr(zipfile.ZipInfo(file.name), file.read_bytes())
    return content.getvalue()


def unpack(content: bytes, folder: Path) -> None:
    """Write the files of such a zip into a folder."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        archive.extractall(folder)
