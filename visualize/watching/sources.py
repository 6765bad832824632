"""Which scene files are watched, and whether they, or what they read, have changed."""

import hashlib
import re
import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath

from visualize.batch.scenes import scenes_in
from visualize.history.recording import RecordedRun
from visualize.scene.scene import Scene
from visualize.scene.source import LARGEST_FILE

GRAIN = 3.0
"""Seconds within which a file system's clock may not tell two changes apart."""
MOST_READ = 2**24
"""Bytes of a file whose content is looked at; a larger one is known by its time and size."""
MOST_NAMED = 200
"""Files that a text may name."""
WORD = re.compile(r"\"([^\"\n]+)\"|'([^'\n]+)'|([^\s\"'\[\]{}(),]+)")


@dataclass(frozen=True)
class Sight:
    """What a file was like when it was looked at; another content makes another sight."""

    stamp: tuple[int, int, int] | None
    """When it was changed (ns), how long it is and which file of the disk; None: not there."""
    digest: bytes = b""
    """Of its content, where it had changed just before."""
    fresh: bool = field(default=False, compare=False)
    """Whether it had: another change may then have the same stamp."""


def look(file: Path, before: Sight | None = None) -> Sight:
    """Return what a file is like; as `before` if it has not changed."""
    try:
        about = file.stat()
    except (OSError, ValueError):
        return Sight(None)
    stamp = (about.st_mtime_ns, about.st_size, about.st_ino)
    fresh = time.time_ns() - about.st_mtime_ns < GRAIN * 1e9
    if before is not None and before.stamp == stamp and not before.fresh:
        return before
    asked = fresh or (before is not None and before.stamp == stamp)
    return Sight(stamp, _digest(file) if asked and about.st_size <= MOST_READ else b"", fresh)


def _digest(file: Path) -> bytes:
    try:
        return hashlib.sha256(file.read_bytes()).digest() if file.is_file() else b""
    except OSError:
        return b""


def find_sources(
    places: Sequence[Path], folders: Collection[Path]
) -> tuple[dict[Path, Path], dict[Path, str]]:
    """Return the files in `places` by where they really are, and why some folders have none.

    A folder means its scene files.
    A file is there whether it exists or not.
    """
    found: dict[Path, Path] = {}
    missing = {}
    for place in places:
        try:
            files = scenes_in(place) if place in folders else [place]
            for file in files:
                found.setdefault(file.parent.resolve() / file.name, file)
        except (OSError, RuntimeError) as error:
            missing[place] = (getattr(error, "strerror", None) or str(error)).lower()
    return found, missing


def files_of(scene: Scene) -> Iterator[Path]:
    """Yield the files that a scene was read from, beside its own."""
    yield from scene.objective.files
    yield from scene.files
    for run in scene.runs:
        if isinstance(run.source, RecordedRun) and run.source.file:
            yield Path(run.source.file)


def files_named_in(file: Path) -> Iterator[Path]:
    """Yield what may be names of files in a text, in its folder and those below.

    A scene that cannot be read does not say which they are, and one of them may be what is wrong.
    """
    try:
        with file.open("rb") as opened:
            text = opened.read(LARGEST_FILE).decode("utf-8", "replace")
    except (OSError, ValueError):
        return
    words = (next(filter(None, match.groups())) for match in WORD.finditer(text))
    names = dict.fromkeys(word for word in words if _may_be_a_file(word))
    for name in list(names)[:MOST_NAMED]:
        yield file.parent / name


def _may_be_a_file(word: str) -> bool:
    # What leads elsewhere is not asked for: a name may be one of another machine.
    parts = re.split(r"[/\\]", word)
    inside = bool(parts[0]) and not {"..", ""} & {*parts} and ":" not in word
    return inside and len(word) <= 255 and bool(re.fullmatch(r"\.\w{2,8}", PurePath(word).suffix))
