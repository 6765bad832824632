"""What tells one film from another, in the file itself."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Literal

import matplotlib
import numpy as np

from visualize.film.carried import MARK, names_for
from visualize.formats._tracks import Tracks
from visualize.formats.format import FORMATS, FolderFormat, Format
from visualize.objectives.objective import OBJECTIVES
from visualize.optimizers.optimizer import OPTIMIZERS
from visualize.panels.panel import PANELS
from visualize.scene.fonts import GENERIC, OwnFont, family_of
from visualize.scene.scene import Scene
from visualize.version import __version__

AFTER_CYRILLIC = 0x530
"""Letters before it are drawn by what comes along."""
NO_TRACKS = Tracks()


Cut = Literal["film", "draft", "sheet"]
"""What is made of a scene's pictures: all of them, a few, or one with some side by side."""


def fingerprint(scene: Scene, cut: Cut = "film") -> str:
    """Return what tells this scene's pictures from others: its settings, and who draws them.

    Of several themes they are the first one's, and the same as if that were the only one.
    """
    scene = next(iter(scene.by_theme.values()))
    portable = scene.portable()
    portable.pop("formats")  # another film beside it changes nothing of this one
    names = names_for([*dict.fromkeys(run.file for run in scene.trajectories)])
    for run, entry in zip(scene.trajectories, portable.get("trajectories", ()), strict=True):
        entry["file"] = names[run.file]  # as it stands in the film
    told = [portable, drawn_by(scene), *([] if cut == "film" else [cut])]
    content = json.dumps(told, sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()[:32]


def drawn_by(scene: Scene) -> dict[str, str]:
    """Return who draws a scene, and in what version: us, packages, the fonts of this machine."""
    # Their metadata would say the same, ten times as slowly.
    versions = {it.__name__: it.__version__ for it in (matplotlib, np)}
    fonts = dict(it.rsplit(" ", 1) for it in _fonts(scene))
    return {"visualize": __version__, **versions, **_others(scene), **fonts}


def _fonts(scene: Scene) -> list[str]:
    """Return the fonts of this machine that the scene's letters need: those that come along are
    told by the versions.
    """
    written = json.dumps(scene.portable(), ensure_ascii=False)
    comes_along = scene.font is None or isinstance(scene.font, OwnFont) or scene.font in GENERIC
    if comes_along and all(ord(letter) < AFTER_CYRILLIC for letter in written):
        return []
    from visualize.looks.fonts import others_needed  # takes as long as all else

    own = family_of(scene.font)
    return others_needed(written) if own is None else others_needed(written, own)


def _others(scene: Scene) -> dict[str, str]:
    """Return what a scene is made with that is of others: by class its package, or its code."""
    used: dict[type, str] = {type(scene.objective): OBJECTIVES.maker_of(type(scene.objective))}
    if scene.optimizers:
        used |= {it: OPTIMIZERS.maker_of(it) for it in map(type, scene.optimizers)}
    used |= {it: PANELS.maker_of(it) for it in map(type, scene.panels)}
    named = {f"{it.__module__}.{it.__qualname__}": maker for it, maker in used.items() if maker}
    return dict(sorted(named.items()))


def comment_for(fingerprint: str, kind: type[Format], tracks: Tracks = NO_TRACKS) -> str:
    """Return the comment that a film's file carries: the pictures', and who encodes them.

    Where there is more than pictures, it tells that too.
    """
    packed_by = f"{FORMATS.package_of(kind)} {kind.encoder()}".strip()
    carries = hashlib.sha256(_told(tracks).encode()).hexdigest()[:8] if tracks.names else ""
    return " ".join(
        part for part in ("visualize", __version__, fingerprint, packed_by, carries) if part
    )


def _told(tracks: Tracks) -> str:
    """Return what tells tracks from others: of a file its content, wherever it is."""
    sound = tracks.sound
    if sound is None or sound.file is None:
        return repr(tracks)
    content = hashlib.sha256(sound.file.read_bytes()).hexdigest()
    return f"{content} {replace(tracks, sound=replace(sound, file=None))!r}"


def is_current(path: Path, scene: Scene, *, metadata: bool = True, cut: Cut = "film") -> bool:
    """Whether the file at `path` is this scene's film already, whole, by the same versions.

    It is not where it tells of its scene and no `metadata` are wanted, or the other way round. Only
    small parts of the file are read.
    """
    kind = FORMATS.load(path.suffix.removeprefix("."))
    try:
        if issubclass(kind, FolderFormat):
            there = path.is_dir() and kind.count_in(path) == scene.frame_count
        else:
            there = path.is_file()  # and no pipe, on which one could wait for ever
        if not there:
            return False
        told, mark, _ = kind.comment_in(path).partition(MARK)
        return told == comment_for(fingerprint(scene, cut), kind) and bool(mark) == metadata
    except OSError:
        return False
