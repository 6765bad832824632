"""What tells one film from another, in the file itself."""

import hashlib
import json
from pathlib import Path

import matplotlib
import numpy as np
import PIL

from visualize.formats.format import ManyFiles, writer_for
from visualize.scene.scene import Scene
from visualize.version import __version__


def fingerprint(scene: Scene) -> str:
    """Return what tells this scene's film from others: its settings, and who draws it."""
    import imageio_ffmpeg

    # Their metadata would say the same, ten times as slowly.
    drawn_by = {it.__name__: it.__version__ for it in (matplotlib, np, PIL, imageio_ffmpeg)}
    content = json.dumps([scene.portable(), __version__, drawn_by], sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()[:32]


def is_current(path: Path, scene: Scene) -> bool:
    """Whether the file at `path` is this scene's film already, drawn by the same versions."""
    writer, comment = writer_for(path.suffix.removeprefix(".")), comment_of(fingerprint(scene))
    try:
        if isinstance(writer, ManyFiles):
            return writer.holds(path, scene.frame_count, comment)
        return comment.encode() in path.read_bytes()
    except OSError:
        return False


def comment_of(fingerprint: str) -> str:
    """Return the comment that a file of the film carries."""
    return f"visualize {__version__} {fingerprint}"
