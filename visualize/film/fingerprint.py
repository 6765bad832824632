"""What tells one film from another, in the file itself."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import matplotlib
import numpy as np

from visualize.formats._tracks import Tracks
from visualize.formats.format import FORMATS, FolderFormat, Format
from visualize.objectives.objective import OBJECTIVES
from visualize.optimizers.optimizer import OPTIMIZERS
from visualize.panels.panel import PANELS
from visualize.scene.scene import Scene
from visualize.version import __version__

AFTER_CYRILLIC = 0x530
"""Letters before it are drawn by what comes along."""
NO_TRACKS = Tracks()


def fingerprint(scene: Scene) -> str:
    """Return what tells this scene's pictures from others: its settings, and who draws them.

    Of several themes they are the first one's, and the same as if that were the only one.
    """
    scene = next(iter(scene.by_theme.values()))
    # Their metadata would say the same, ten times as slowly.
    drawn_by = {it.__name__: it.__version__ for it in (matplotlib, np)}
    told = [scene.portable(), __version__, drawn_by, *sorted(_packages(scene)), *_fonts(scene)]
    content = json.dumps(told, sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()[:32]


def _fonts(scene: Scene) -> list[str]:
    """Return the fonts of this machine that the scene's letters need: those that come along are
    told by the versions.
    """
    written = json.dumps(scene.portable(), ensure_ascii=False)
    if all(ord(letter) < AFTER_CYRILLIC for letter in written):
        return []
    from visualize.looks.fonts import others_needed  # takes as long as all else

    return others_needed(written)


def _packages(scene: Scene) -> set[str]:
    """Return what a scene is made with that is of others: packages, their versions, and code."""
    used = {
        OBJECTIVES.maker_of(type(scene.objective)),
        *(OPTIMIZERS.maker_of(type(run.source)) for run in scene.runs if scene.optimizers),
        *(PANELS.maker_of(type(panel)) for panel in scene.panels),
    }
    return used - {""}


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


def is_current(path: Path, scene: Scene) -> bool:
    """Whether the file at `path` is this scene's film already, whole, by the same versions.

    Only small parts of the file are read.
    """
    kind = FORMATS.load(path.suffix.removeprefix("."))
    try:
        if issubclass(kind, FolderFormat):
            there = path.is_dir() and kind.count_in(path) == scene.frame_count
        else:
            there = path.is_file()  # and no pipe, on which one could wait for ever
        return there and kind.comment_in(path) == comment_for(fingerprint(scene), kind)
    except OSError:
        return False
