"""What a film's file carries of its scene: enough to write the scene again.

It stands in the comment that every format has, behind what tells films apart: a mark, and text in
base64 of what zlib has packed. That is JSON, a NUL, and the files that go along.
"""

import base64
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise, starmap
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from visualize.errors import PluginError
from visualize.formats.format import FORMATS, Format
from visualize.scene.source import DEEPEST, LARGEST_FILE, MOST_VALUES
from visualize.storage.files import safe_name

MARK = " scene="
"""Between what tells films apart and the scene; nothing stands behind it where that is too large,
and it is not there where the scene is left out."""
LONGEST = 2**16
"""Letters of what is carried: recorded runs with which there are more are left out, and then the
scene."""
LARGEST = 2**22
"""Bytes of it, unpacked."""
EFFORT = 6
"""zlib's; with 9 it takes ten times as long, for a hundredth less."""
NAMELESS = "recording"
"""What recorded runs are called whose file has no name that every system can have."""
SUFFIX = ".npz"
"""Of files with recorded runs that go along, whatever file these come from."""


@dataclass(frozen=True)
class Carried:
    """What is known of the scene that a film was made of."""

    scene: Mapping[str, Any]
    """As `Scene.portable` says it. Runs that go along are in files of that folder's."""
    drawn_by: Mapping[str, str]
    """The versions of what drew it, by name."""
    files: Mapping[str, bytes] = field(default_factory=dict)
    """Recorded runs that go along, by the names of their files: `.npz`, as `History.save` writes
    it."""
    missing: tuple[str, ...] = ()
    """Files beside the scene that did not go along: data, and recordings that are too large."""


class _Head(BaseModel):
    """The part of what is carried that is JSON."""

    model_config = ConfigDict(extra="forbid", strict=True)

    scene: dict[str, Any]
    drawn_by: dict[str, str]
    files: dict[str, int] = Field(default_factory=dict)
    """How many bytes each has, in their order."""
    missing: list[str] = Field(default_factory=list)


# Into a film


def names_for(files: Sequence[str]) -> dict[str, str]:
    """Return what files of recorded runs are called in a film: numbered where two would be one.

    They keep these names when they are written again.
    """
    names: dict[str, str] = {}
    for file in files:
        own = Path(file).stem
        stem = own if safe_name(f"{own}{SUFFIX}") else NAMELESS
        endings = ("", *(f"-{it}" for it in range(2, len(files) + 1)))
        taken = {name.lower() for name in names.values()}
        numbered = (f"{stem}{ending}{SUFFIX}" for ending in endings)
        names[file] = next(name for name in numbered if name.lower() not in taken)
    return names


def packed(carried: Carried) -> str:
    """Return what a film carries as text: the letters of base64."""
    head = {
        "scene": carried.scene,
        "drawn_by": carried.drawn_by,
        "files": {name: len(content) for name, content in carried.files.items()},
        "missing": carried.missing,
    }
    text = json.dumps(head, separators=(",", ":"))
    content = b"\0".join([text.encode(), b"".join(carried.files.values())])
    return base64.b64encode(zlib.compress(content, EFFORT)).decode()


# Out of a film


def carried_by(path: Path) -> Carried | None:
    """Return what a film's file carries of its scene; nothing where it carries none.

    Nothing of it is trusted: it is text, read in bounds, that is still to be checked as a scene
    file is. Raises `OSError` where the file cannot be read.
    """
    return _unpacked(_comment_in(path).partition(MARK)[2])


def why_nothing(path: Path) -> str:
    """Return why a file carries no scene, as the end of a sentence about it."""
    if not path.exists():
        return "no such file"
    if _kind_of(path) is None:
        known = ", ".join(f".{name}" for name in FORMATS.names())
        return f"no film has the suffix '{path.suffix}'; they have {known}"
    told, mark, scene = _comment_in(path).partition(MARK)
    if path.is_dir() and not told:
        return "no folder of a film's frames, each of them whole; name a film in it"
    if not told.startswith("visualize "):
        return "carries no scene: it was not made by visualize, was changed since, or is cut off"
    if not mark:
        return "carries no scene: it was made without (--no-metadata), or of slides"
    if not scene:
        return f"carries no scene: that was too large to go along (over {LONGEST >> 10} KiB)"
    return "what it carries of its scene is damaged"


def _kind_of(path: Path) -> type[Format] | None:
    """Return the format of a file, by its name; a folder holds frames."""
    name = "frames" if path.is_dir() else path.suffix.removeprefix(".").lower()
    try:
        return FORMATS.load(name) if name in FORMATS.names() else None
    except PluginError:
        return None


def _comment_in(path: Path) -> str:
    kind = _kind_of(path)
    if kind is None or not (path.is_dir() or path.is_file()):  # and no pipe
        path.stat()
        return ""
    return kind.comment_in(path)


def _unpacked(text: str) -> Carried | None:
    try:
        unpacking = zlib.decompressobj()
        content = unpacking.decompress(base64.b64decode(text, validate=True), LARGEST)
        start, _, files = content.partition(b"\0")
        # A bomb has not come to its end; a text that is cut is no JSON.
        head = _Head.model_validate_json(start[: LARGEST_FILE + 1])
    except (ValueError, zlib.error):
        return None
    whole = unpacking.eof and not unpacking.unused_data
    played = {str(it.get("file")) for it in _listed(head.scene.get("trajectories"))}
    fits = whole and sum(head.files.values()) == len(files) and {*head.files} <= played
    if not (fits and all(starmap(_is_ours, head.files.items()))):
        return None
    if _count(head.scene) > MOST_VALUES:  # no scene file may hold that
        return None
    ends = list(accumulate(head.files.values(), initial=0))
    parts = {name: files[slice(*it)] for name, it in zip(head.files, pairwise(ends), strict=True)}
    return Carried(head.scene, head.drawn_by, parts, tuple(head.missing))


def _listed(value: Any) -> list[dict[str, Any]]:
    """Return the mappings of a list, where it is one."""
    return [it for it in value if isinstance(it, dict)] if isinstance(value, list) else []


def _is_ours(name: str, size: int) -> bool:
    return size >= 0 and name.endswith(SUFFIX) and safe_name(name)


def _count(value: Any, depth: int = 0) -> int:
    """Return how many values there are in settings; too many, where they are too deep."""
    if depth > DEEPEST:
        return MOST_VALUES + 1
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + sum(_count(it, depth + 1) for it in inner)
