"""Named arrays in `.npz` files: equal arrays make equal bytes, and nothing is trusted unread."""

import contextlib
import io
import json
import math
import os
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from visualize.errors import ArraysError
from visualize.files import written_whole

FORMAT_VERSION = 1
METADATA = "metadata"
DAMAGES = (
    *(ValueError, EOFError, KeyError, TypeError, MemoryError, NotImplementedError, RuntimeError),
    *(zipfile.BadZipFile, zlib.error, struct.error, AttributeError, IndexError),
)
"""What NumPy, zipfile and json raise for files that are not what they say they are."""
LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""The date of every entry, so that the same arrays make the same bytes."""
LARGEST_UNPACKED = 2**28
"""Bytes that a file may unpack to, where it is itself smaller."""


@dataclass(frozen=True)
class SavedArrays:
    """What an `.npz` file holds: arrays by name, in order, and a description."""

    arrays: Mapping[str, NDArray[Any]]
    metadata: Mapping[str, Any] = field(default_factory=dict)
    """Kept as JSON text; `format` is the version of the file format."""

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write an uncompressed `.npz` that any NumPy user reads with `np.load`."""
        path = Path(path)
        metadata = json.dumps(
            {"format": FORMAT_VERSION, **self.metadata}, ensure_ascii=False, sort_keys=True
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
            metadata = json.loads(str(arrays.pop(METADATA)))
            version = metadata.get("format", FORMAT_VERSION)
            if not isinstance(version, int) or version > FORMAT_VERSION:
                raise ValueError(f"format {version}; this visualize reads up to {FORMAT_VERSION}")
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
            raise ValueError(f"it unpacks to more than {LARGEST_UNPACKED >> 20} MiB")
        for entry in entries:
            name = entry.filename.removesuffix(".npy")
            if name in arrays:
                raise ValueError(f"'{name}' stands twice")
            arrays[name] = array_of(archive.read(entry))
    return arrays


def array_of(content: bytes) -> NDArray[Any]:
    """Return the array that the bytes of a `.npy` file hold. Raises one of `DAMAGES`."""
    stream = io.BytesIO(content)
    match np.lib.format.read_magic(stream):
        case 1, 0:
            shape, _, dtype = np.lib.format.read_array_header_1_0(stream)
        case version:
            if version != (2, 0):
                raise ValueError(f"an array of NumPy's format {version}")
            shape, _, dtype = np.lib.format.read_array_header_2_0(stream)
    if dtype.hasobject:
        raise ValueError("an array of Python objects")
    if math.prod(shape) * dtype.itemsize != len(content) - stream.tell():
        raise ValueError(f"an array of shape {shape} in {len(content) - stream.tell()} bytes")
    stream.seek(0)
    array: NDArray[Any] = np.lib.format.read_array(stream, allow_pickle=False)
    return array


@contextlib.contextmanager
def trusted(path: str | os.PathLike[str]) -> Iterator[None]:
    """Tell what goes wrong while the arrays in a file are read, in one kind of message."""
    try:
        yield
    except OSError as error:
        reason = (error.strerror or "cannot be read").lower()
        raise ArraysError(f"{path}: {reason}") from None
    except DAMAGES as error:
        raise ArraysError(f"{path}: these are no saved arrays ({error})") from None
