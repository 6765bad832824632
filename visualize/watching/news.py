"""What a watcher has to tell."""

from dataclasses import dataclass
from pathlib import Path

from visualize.batch.job import Outcome
from visualize.errors import SceneError


@dataclass(frozen=True)
class Changed:
    """A scene is new or was saved, and is sound: its still comes next."""

    file: Path


@dataclass(frozen=True)
class Mistaken:
    """A scene has mistakes."""

    file: Path
    error: SceneError


@dataclass(frozen=True)
class Failed:
    """Something of a scene could not be made."""

    file: Path
    words: str


@dataclass(frozen=True)
class Progressed:
    """A still or a film is being made."""

    file: Path
    name: str
    """Of that; empty while its runs are computed."""
    done: int
    total: int


@dataclass(frozen=True)
class Made:
    """A scene's still, or its films, are on the disk, new or as they were."""

    file: Path
    outcome: Outcome
    """What became of them; of warnings only those that were not told before."""
    is_still: bool
    is_last: bool
    """Whether that was all."""


@dataclass(frozen=True)
class Gone:
    """A scene, or a folder of them, is not there any more."""

    place: Path
    words: str = ""


@dataclass(frozen=True)
class Back:
    """A folder is there again."""

    place: Path


@dataclass(frozen=True)
class Deaf:
    """Events are not heard here: files are looked at instead."""

    words: str


News = Changed | Mistaken | Failed | Progressed | Made | Gone | Back | Deaf
