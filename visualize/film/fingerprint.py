"""What tells one film from another, in the file itself."""

import hashlib
import json
from pathlib import Path

import matplotlib
import numpy as np

from visualize.formats.format import FORMATS, FolderFormat, Format
from visualize.scene.scene import Scene
from visualize.version import __version__


def fingerprint(scene: Scene) -> str:
    """Return what tells this scene's pictures from others: its settings, and who draws them."""
    # Their metadata would say the same, ten times as slowly.
    drawn_by = {it.__name__: it.__version__ for it in (matplotlib, np)}
    content = json.dumps([scene.portable(), __version__, drawn_by], sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()[:32]


def comment_for(fingerprint: str, kind: type[Format]) -> str:
    """Return the comment that a film's file carries: the pictures', and who encodes them."""
    return f"visualize {__version__} {fingerprint} {kind.encoder()}".rstrip()


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
