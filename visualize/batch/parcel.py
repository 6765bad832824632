"""A scene on its way to another process, or another machine: plain data, and the files it reads."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from visualize.batch.job import Job
from visualize.errors import ArraysError
from visualize.formats.format import FORMATS
from visualize.objectives._datasets import DATASETS, file_of
from visualize.objectives.objective import OBJECTIVES, PYTHON
from visualize.optimizers.optimizer import OPTIMIZERS
from visualize.panels.panel import PANELS
from visualize.scene.budget import Budget
from visualize.scene.fonts import OwnFont
from visualize.scene.scene import Scene
from visualize.storage.files import scratch_folder
from visualize.storage.npz import trusted

ANY = Budget(memory=1e30, seconds=1e30)
"""What a scene may cost was decided where it was read."""


@dataclass(frozen=True)
class Parcel:
    """A canonical scene whose files have names of their own, and what is in these."""

    scene: Mapping[str, Any]
    files: Mapping[str, bytes]


def travels(job: Job) -> bool:
    """Whether a job can be sent: nothing in it is of this process alone."""
    scene = job.scene
    sources = [run.source for run in scene.runs]
    if not all(FORMATS.is_everywhere(FORMATS.load(name)) for name in job.formats):
        return False
    if not all(PANELS.is_everywhere(type(panel)) for panel in scene.panels):
        return False
    if scene.trajectories and not all(source.file for source in sources):
        return False
    plain = scene.canonical()
    return (
        not any(PYTHON in it for it in (plain.get("objective", ()), *plain.get("optimizers", ())))
        and OBJECTIVES.is_everywhere(type(scene.objective))
        and all(OPTIMIZERS.is_everywhere(type(it)) for it in scene.optimizers)
    )


def packed(scene: Scene) -> Parcel:
    """Return a scene with the files that it reads, whose paths are left behind.

    Raises `ArraysError` where one can no longer be read.
    """
    files = {*map(str, scene.objective.files)}
    if scene.trajectories:
        files |= {run.source.file for run in scene.runs}
    names = {path: f"{number}/{Path(path).name}" for number, path in enumerate(sorted(files))}
    contents = {name: _content(Path(path)) for path, name in names.items()}
    if (dataset := getattr(scene.objective, "dataset", None)) in DATASETS:
        file = file_of(dataset)
        contents[file.name] = _content(file)
    if isinstance(scene.font, OwnFont):
        names[scene.font.file] = f"font/{Path(scene.font.file).name}"
        contents[names[scene.font.file]] = scene.font.content
    plain = scene.canonical()
    for setting in ("objective", "trajectories", "font"):
        if setting in plain:
            plain[setting] = _renamed(plain[setting], names)
    return Parcel(plain, contents)


def _content(file: Path) -> bytes:
    with trusted(file):
        return file.read_bytes()


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    """Return plain values in which the paths of files have other names."""
    match value:
        case str():
            return names.get(value, value)
        case list():
            return [_renamed(it, names) for it in value]
        case dict():
            return {key: _renamed(it, names) for key, it in value.items()}
    return value


def unpacked(parcel: Parcel) -> Scene:
    """Return the scene of a parcel: that which was packed, but for where its files are.

    Raises `ArraysError` where a file has become another since the scene was read.
    """
    with scratch_folder() as folder:
        for name, content in parcel.files.items():
            path = folder / name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content)
        context = {"folder": folder, "datasets": folder, "budget": ANY}
        try:
            return Scene.model_validate(parcel.scene, context=context)
        except ValidationError as error:
            words = "; ".join(it["msg"] for it in error.errors())
            raise ArraysError(f"what the scene reads has changed meanwhile: {words}") from None
