"""What goes into a film's comment about its scene."""

import io
from pathlib import Path

from visualize.film.carried import LARGEST, LONGEST, MARK, SUFFIX, Carried, packed
from visualize.film.fingerprint import drawn_by
from visualize.formats.format import FolderFormat, Format
from visualize.history.history import History
from visualize.scene.scene import Scene
from visualize.storage.files import safe_name

NAMELESS = "recording"
"""What recorded runs are called whose file has no name that every system can have."""


def comment_about(scene: Scene, kind: type[Format]) -> str:
    """Return what stands in the comment of a scene's film about the scene, the mark before it.

    Recorded runs go along where all of it is no longer than `LONGEST`; not in a folder of pictures,
    of which each says it. A scene that is too long by itself is left out.
    """
    arrays = (it for run in scene.trajectories for it in run.trajectory.arrays.values())
    fits = sum(array.nbytes for array in arrays) <= LARGEST
    with_runs = scene.trajectories and fits and not issubclass(kind, FolderFormat)
    for runs in (True, False) if with_runs else (False,):
        text = packed(carried_of(scene, with_runs=runs))
        if len(text) <= LONGEST:
            return MARK + text
    return MARK


def carried_of(scene: Scene, *, with_runs: bool) -> Carried:
    """Return what a film of a scene carries, with its recorded runs or with their names alone."""
    scene = next(iter(scene.by_theme.values()))
    portable = scene.portable()
    recorded = dict.fromkeys(run.file for run in scene.trajectories)
    files, missing = {}, [file.name for file in scene.objective.files]
    if with_runs:
        names = dict(zip(recorded, _names_for(recorded), strict=True))
        for run, entry in zip(scene.trajectories, portable.get("trajectories", ()), strict=True):
            entry["file"] = names[run.file]
        for file, name in names.items():
            runs = {run.name: run.trajectory for run in scene.trajectories if run.file == file}
            content = io.BytesIO()
            History(runs).saved.write(content)
            files[name] = content.getvalue()
    else:
        missing += dict.fromkeys(Path(file).name for file in recorded)
    return Carried(portable, drawn_by(scene), files, tuple(missing))


def _names_for(files: dict[str, None]) -> list[str]:
    """Return a name for each file: its own, and numbered where two would have one."""
    names: list[str] = []
    for file in files:
        own = Path(file).stem
        stem = own if safe_name(f"{own}{SUFFIX}") else NAMELESS
        endings = ("", *(f"-{it}" for it in range(2, len(files) + 1)))
        numbered = (f"{stem}{ending}{SUFFIX}" for ending in endings)
        taken = {name.lower() for name in names}
        names.append(next(name for name in numbered if name.lower() not in taken))
    return names
