"""A cache on the disk: bytes by a key that says what they are of, checked before they are given."""

import contextlib
import hashlib
import math
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, Protocol

from visualize.errors import OutputError
from visualize.storage.files import remove_leftovers_in, written_whole

FOLDER = "VISUALIZE_CACHE"
"""The environment variable that names another folder for it."""
LARGEST = 10**9
"""Bytes of all entries."""
ROOM_MADE = 0.9
"""How full it is after the oldest were removed, so that this is not done at every entry."""
NEARLY_FULL = 0.95
"""From which on room is made: meanwhile others may add something."""
LOOKED = 200
"""A part of all that it may hold: after so much more it is looked how much that is, since others
may have put something into it."""
LARGEST_ENTRY = LARGEST // 10
"""Bytes of one, so that it does not drive out all others."""
BEGINNING = b"visualize cache 1\n"
ENTRY = re.compile(r"[0-9a-f]{64}\.entry")


class Store(Protocol):
    """Where bytes are kept by key: a cache, or what goes along with a job."""

    def get(self, key: str) -> bytes | None:
        """Return what was kept under a key; None where there is nothing."""

    def put(self, key: str, content: bytes) -> None:
        """Keep bytes under a key."""


class Usage(NamedTuple):
    """How much there is in a cache."""

    entries: int
    bytes: int


class _Entry(NamedTuple):
    used: int
    """When, in nanoseconds."""
    size: int
    path: Path


def key_of(*parts: str) -> str:
    """Return the key of what depends on these texts, and on nothing else."""
    digest = hashlib.sha256()
    for part in parts:
        content = part.encode()
        digest.update(b"%d:" % len(content) + content)
    return digest.hexdigest()


def usual_folder() -> Path:
    """Return where the cache is: in the folder that `VISUALIZE_CACHE` names, or the user's own."""
    if named := os.environ.get(FOLDER):
        return Path(named).expanduser()
    import platformdirs

    return platformdirs.user_cache_path("visualize") / "results"


@dataclass
class Cache:
    """Bytes by key, in files: at most `limit` of them, of which the least recently used go first.

    Each entry carries a checksum; one that is cut off, changed or not of this kind is removed and
    not given. Several processes may use one folder. Nothing else in it is touched.

    >>> cache = Cache(Path("cache"))
    >>> cache.put(key_of("a scene"), b"its film")
    >>> cache.get(key_of("a scene")), cache.get(key_of("another"))
    (b'its film', None)
    """

    folder: Path
    limit: int = LARGEST
    _put: float = field(default=math.inf, repr=False, compare=False)
    """Bytes that this process has put into it since it has looked how much there is."""

    def get(self, key: str) -> bytes | None:
        """Return what was kept under a key; None where there is nothing, or it is damaged."""
        path = self._path(key)
        try:
            content = path.read_bytes()
        except OSError:
            return None
        kept = _checked(content)
        with contextlib.suppress(OSError):
            if kept is None:
                path.unlink()
            else:
                os.utime(path)  # it goes after those that nobody has asked for
        return kept

    def put(self, key: str, content: bytes) -> None:
        """Keep bytes under a key; what would drive out all else is not kept.

        Raises `OutputError` where they cannot be written.
        """
        size = len(content) + len(BEGINNING) + hashlib.sha256().digest_size
        if size > min(LARGEST_ENTRY, self.limit * ROOM_MADE):
            return
        with (
            written_whole(self._path(key), lasting=False) as temporary,
            temporary.open("wb") as file,
        ):
            file.write(BEGINNING + hashlib.sha256(content).digest())
            file.write(content)
        self._put += size
        if self._put > self.limit / LOOKED:
            self.make_room()

    def make_room(self) -> None:
        """Remove the least recently used entries, if there is more than the limit."""
        entries = sorted(self._entries())
        size = sum(entry.size for entry in entries)
        allowed = self.limit * ROOM_MADE if size > self.limit * NEARLY_FULL else size
        for entry in entries:
            if size <= allowed:
                break
            with contextlib.suppress(OSError):
                entry.path.unlink(missing_ok=True)
                size -= entry.size
        self._put = 0

    def usage(self) -> Usage:
        """Return how much there is in it."""
        sizes = [entry.size for entry in self._entries()]
        return Usage(len(sizes), sum(sizes))

    def clear(self) -> Usage:
        """Remove all entries, and return how much that was.

        Raises `OutputError` where one cannot be removed.
        """
        entries = list(self._entries())
        try:
            for entry in entries:
                entry.path.unlink(missing_ok=True)
        except OSError as error:
            words = (error.strerror or "it is refused").lower()
            raise OutputError(f"{self.folder}: cannot be cleared: {words}") from None
        self._put = 0
        return Usage(len(entries), sum(entry.size for entry in entries))

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / f"{key}.entry"

    def _entries(self) -> Iterator[_Entry]:
        """Yield the entries; what killed processes have left of others is removed in passing."""
        for shelf in self.folder.glob("[0-9a-f][0-9a-f]"):
            remove_leftovers_in(shelf)
            with contextlib.suppress(OSError), os.scandir(shelf) as files:
                for file in files:
                    if ENTRY.fullmatch(file.name):
                        with contextlib.suppress(OSError):
                            status = file.stat(follow_symlinks=False)
                            yield _Entry(status.st_mtime_ns, status.st_size, Path(file.path))


def _checked(content: bytes) -> bytes | None:
    """Return what an entry holds, if it is whole."""
    start = len(BEGINNING) + hashlib.sha256().digest_size
    digest, kept = content[len(BEGINNING) : start], content[start:]
    if not content.startswith(BEGINNING) or hashlib.sha256(kept).digest() != digest:
        return None
    return kept


@dataclass
class Forgiving:
    """A store that nobody depends on: what cannot be kept is told of once, and then nothing is."""

    inside: Store
    tell: Callable[[str], object]
    _fails: bool = False

    def get(self, key: str) -> bytes | None:
        """Return what was kept under a key; None where there is nothing."""
        return self.inside.get(key)

    def put(self, key: str, content: bytes) -> None:
        """Keep bytes under a key, if that can be."""
        if self._fails:
            return
        try:
            self.inside.put(key, content)
        except OutputError as error:
            self._fails = True
            self.tell(f"the cache is not used: {error}")
