"""What goes into a film's comment about its scene."""

import io
from pathlib import Path

from visualize.film.carried import LARGEST, LONGEST, MARK, Carried, names_for, packed
from visualize.film.fingerprint import drawn_by
from visualize.formats.format import FolderFormat, Format
from visualize.history.history import History
from visualize.scene.fonts import OwnFont
from visualize.scene.scene import Scene


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
    recorded = list(dict.fromkeys(run.file for run in scene.trajectories))
    files, missing = {}, [file.name for file in scene.objective.files]
    if isinstance(scene.font, OwnFont):
        missing.append(Path(scene.font.file).name)
    if with_runs:
        names = names_for(recorded)
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
