"""Named arrays in `.npz` files: equal arrays make equal bytes, and nothing is trusted unread."""

import contextlib
import io
import json
import math
import os
import struct
import tokenize
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from visualize.errors import ArraysError, printable
from visualize.storage.files import written_whole

FORMAT_VERSION = 1
METADATA = "metadata"
DAMAGES = (
    *(ValueError, EOFError, KeyError, TypeError, MemoryError, NotImplementedError, RuntimeError),
    *(zipfile.BadZipFile, zlib.error, struct.error, AttributeError, IndexError, OverflowError),
    *(SyntaxError, tokenize.TokenError),
)
"""What NumPy, zipfile and json raise for files that are not what they say they are."""
LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""The date of every entry, so that the same arrays make the same bytes."""
LARGEST_UNPACKED = 2**28
"""Bytes that a file may unpack to, where it is itself smaller."""
LONGEST_NAME = 1000


@dataclass(frozen=True)
class SavedArrays:
    """What an `.npz` file holds: arrays by name, in order, and a description."""

    arrays: Mapping[str, NDArray[Any]]
    metadata: Mapping[str, Any] = field(default_factory=dict)
    """Kept as JSON text; `format` is the version of the file format."""

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write an uncompressed `.npz` that any NumPy user reads with `np.load`."""
        path = Path(path)
        for name in self.arrays:
            if not _is_name(name):
                raise ValueError(f"an array cannot be called {name!r}")
        metadata = json.dumps(
            {**self.metadata, "format": FORMAT_VERSION}, ensure_ascii=False, sort_keys=True
        )
        entries = {**self.arrays, METADATA: np.array(metadata)}
        with written_whole(path) as temporary, zipfile.ZipFile(temporary, "w") as archive:
            for name, array in entries.items():
                content = io.BytesIO()
                np.lib.format.write_array(content, array, allow_pickle=False)
                archive.writestr(zipfile.ZipInfo(f"{name}.npy", LONG_AGO), content.getvalue())
        return path

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> "SavedArrays":
        """Read what `save` wrote. Raises `ArraysError` for a file that is not that."""
        arrays = read_arrays(path)
        with trusted(path):
            for name in arrays:
                if name != METADATA and not _is_name(name):
                    raise ValueError(f"an array cannot be called {name!r}")
            if METADATA not in arrays:
                raise ValueError("there is no entry 'metadata'")
            metadata = json.loads(str(arrays.pop(METADATA)))
            version = metadata.get("format", FORMAT_VERSION)
            if type(version) is not int or version < 1:
                raise ValueError(f"format {version!r}")
        if version > FORMAT_VERSION:
            raise ArraysError(
                f"{path}: saved by a newer visualize (format {version}; "
                f"this one reads up to {FORMAT_VERSION})"
            )
        return cls(arrays, metadata)


def read_arrays(path: str | os.PathLike[str]) -> dict[str, NDArray[Any]]:
    """Return the arrays in anybody's `.npz` file; raises `ArraysError` if it cannot be trusted.

    What an entry says of its shape is held against its size before room is made for it.
    """
    arrays: dict[str, NDArray[Any]] = {}
    with trusted(path), Path(path).open("rb") as file, zipfile.ZipFile(file) as archive:
        entries = archive.infolist()
        allowed = max(os.fstat(file.fileno()).st_size, LARGEST_UNPACKED)
        if sum(entry.file_size for entry in entries) > allowed:
            raise ValueError(f"it unpacks to more than {allowed >> 20} MiB")
        for entry in entries:
            name = entry.filename.removesuffix(".npy")
            if name in arrays:
                raise ValueError(f"'{name}' stands twice")
            if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
                raise ValueError(f"'{name}' is packed as NumPy does not")
            with archive.open(entry) as content:
                # To read all of it at once would unpack what is beyond the size that it claims.
                arrays[name] = array_of(content.read(entry.file_size + 1))
    return arrays


def array_of(content: bytes) -> NDArray[Any]:
    """Return the array that the bytes of a `.npy` file hold. Raises one of `DAMAGES`."""
    stream = io.BytesIO(content)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of headers that Python 2 has written
        match np.lib.format.read_magic(stream):
            case 1, 0:
                shape, _, dtype = np.lib.format.read_array_header_1_0(stream)
            case 2, 0:
                shape, _, dtype = np.lib.format.read_array_header_2_0(stream)
            case version:
                raise ValueError(f"an array of NumPy's format {version}")
        if dtype.hasobject:
            raise ValueError("an array of Python objects")
        count, room = math.prod(shape), len(content) - stream.tell()
        if count * dtype.itemsize != room or count > len(content):
            raise ValueError(f"an array of shape {shape} in {room} bytes")
        stream.seek(0)
        array: NDArray[Any] = np.lib.format.read_array(stream, allow_pickle=False)
    return array


def _is_name(name: str) -> bool:
    is_text = "\0" not in name and not any("\ud800" <= letter <= "\udfff" for letter in name)
    parts = not name or all(name.split("/"))
    return name != METADATA and is_text and parts and len(name) <= LONGEST_NAME


@contextlib.contextmanager
def trusted(
    path: str | os.PathLike[str], wrong: str = "these are no saved arrays"
) -> Iterator[None]:
    """Tell what goes wrong while the arrays in a file are read, in one kind of message."""
    try:
        if Path(path).exists() and not Path(path).is_file():  # a pipe would be waited for
            raise ArraysError(f"{path}: not a file")
        yield
    except OSError as error:
        reason = (error.strerror or "cannot be read").lower()
        raise ArraysError(f"{path}: {reason}") from None
    except DAMAGES as error:
        words = printable(f"{path}: {wrong} ({error})")
        raise ArraysError(words) from None
