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
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from visualize.errors import ArraysError, printable
from visualize.storage.files import written_whole
from visualize.storage.room import NoRoomError, Room, TooLargeError

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
LARGEST_DIRECTORY = 2**24
"""Bytes of a file's list of its entries, which is read as a whole."""
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
        with written_whole(path) as temporary, temporary.open("wb") as file:
            self.write(file)
        return path

    def write(self, file: IO[bytes]) -> None:
        """Write the bytes of such an `.npz`."""
        for name in self.arrays:
            if not _is_name(name):
                raise ValueError(f"an array cannot be called {name!r}")
        metadata = json.dumps(
            {**self.metadata, "format": FORMAT_VERSION}, ensure_ascii=False, sort_keys=True
        )
        entries = {**self.arrays, METADATA: np.array(metadata)}
        with zipfile.ZipFile(file, "w") as archive:
            for name, array in entries.items():
                content = io.BytesIO()
                np.lib.format.write_array(content, array, allow_pickle=False)
                archive.writestr(zipfile.ZipInfo(f"{name}.npy", LONG_AGO), content.getvalue())

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> "SavedArrays":
        """Read what `save` wrote. Raises `ArraysError` for a file that is not that."""
        with trusted(path), Path(path).open("rb") as file:
            return cls.read(file, str(path))

    @classmethod
    def read(cls, file: IO[bytes], name: str) -> "SavedArrays":
        """Read what `write` wrote. Raises one of `DAMAGES`, or `ArraysError` with the name."""
        arrays = arrays_in(file)
        for array in arrays:
            if array != METADATA and not _is_name(array):
                raise ValueError(f"an array cannot be called {array!r}")
        if METADATA not in arrays:
            raise ValueError("there is no entry 'metadata'")
        metadata = json.loads(str(arrays.pop(METADATA)))
        version = metadata.get("format", FORMAT_VERSION)
        if type(version) is not int or version < 1:
            raise ValueError(f"format {version!r}")
        if version > FORMAT_VERSION:
            raise ArraysError(
                f"{name}: saved by a newer visualize (format {version}; "
                f"this one reads up to {FORMAT_VERSION})"
            )
        return cls(arrays, metadata)


def read_arrays(path: str | os.PathLike[str], room: Room | None = None) -> dict[str, NDArray[Any]]:
    """Return the arrays in anybody's `.npz` file; raises `ArraysError` if it cannot be trusted.

    What an entry says of its shape is held against its size before room is made for it.
    """
    with trusted(path), Path(path).open("rb") as file:
        return arrays_in(file, room)


def arrays_in(file: IO[bytes], room: Room | None = None) -> dict[str, NDArray[Any]]:
    """Return the arrays in the bytes of an `.npz`. Raises one of `DAMAGES`."""
    arrays: dict[str, NDArray[Any]] = {}
    size = file.seek(0, os.SEEK_END)
    _refuse_large_directory(file, size)
    with zipfile.ZipFile(file) as archive:
        entries = archive.infolist()
        allowed = max(size, LARGEST_UNPACKED)
        if room is None and sum(entry.file_size for entry in entries) > allowed:
            raise ValueError(f"it unpacks to more than {allowed >> 20} MiB")
        for entry in entries:
            name = entry.filename.removesuffix(".npy")
            if name in arrays:
                raise ValueError(f"'{name}' stands twice")
            if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
                raise ValueError(f"'{name}' is packed as NumPy does not")
            with archive.open(entry) as content:
                arrays[name] = array_in(content, entry.file_size, room)
    return arrays


def read_array(path: Path, room: Room) -> NDArray[Any]:
    """Return the array in a `.npy` file; raises `ArraysError` if it cannot be trusted."""
    with trusted(path), path.open("rb") as file:
        return array_in(file, os.fstat(file.fileno()).st_size, room)


def array_of(content: bytes) -> NDArray[Any]:
    """Return the array that the bytes of a `.npy` file hold. Raises one of `DAMAGES`."""
    return array_in(io.BytesIO(content), len(content))


def array_in(stream: IO[bytes], size: int, room: Room | None = None) -> NDArray[Any]:
    """Return the array in a stream of so many bytes, read-only. Raises one of `DAMAGES`.

    Room is taken for what it becomes as float64.
    """
    if room:
        room.check(size)
    shape, in_columns, dtype = _header(stream)
    if dtype.hasobject:
        raise ValueError("an array of Python objects")
    count, left = math.prod(shape), size - stream.tell()
    if count * dtype.itemsize != left or count > size:
        raise ValueError(f"an array of shape {shape} in {left} bytes")
    if room:
        room.take(count * max(dtype.itemsize, np.dtype(np.float64).itemsize))
    # To read all of it at once would unpack what is beyond the size that it claims; to read a byte
    # more lets zipfile hold it against its checksum.
    content = stream.read(left + 1)
    if len(content) != left:
        raise ValueError(f"an array of {left} bytes in {len(content)}")
    return np.ndarray(shape, dtype, content, order="F" if in_columns else "C")


def _header(stream: IO[bytes]) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    """Return shape, order and type of an array, as the beginning of its file has them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of headers that Python 2 has written
        # NumPy's own words would repeat what stands there, whatever file that is.
        try:
            version = np.lib.format.read_magic(stream)
        except ValueError:
            raise ValueError("no array of NumPy's") from None
        try:
            match version:
                case 1, 0:
                    return np.lib.format.read_array_header_1_0(stream)
                case 2, 0:
                    return np.lib.format.read_array_header_2_0(stream)
        except DAMAGES:
            raise ValueError("the header of an array is damaged") from None
    raise ValueError(f"an array of NumPy's format {version}")


def _refuse_large_directory(file: IO[bytes], size: int) -> None:
    """Raise `ValueError` where an archive has so many entries that their list is no small thing."""
    file.seek(max(size - 2**16 - 22, 0))
    tail = file.read()
    end = tail.rfind(b"PK\5\6")
    # Where it does not fit, its size stands elsewhere; a file of less than 2 GiB has no reason to.
    elsewhere = size < 2**31 and tail[max(end - 20, 0) :].startswith(b"PK\6\7")
    listed = int.from_bytes(tail[end + 12 : end + 16], "little") if end >= 0 else 0
    if elsewhere or (listed > LARGEST_DIRECTORY and size < 2**31):
        raise ValueError("too many entries")
    file.seek(0)


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
    except NoRoomError as error:
        raise TooLargeError(printable(f"{path}: {error}")) from None
    except DAMAGES as error:
        words = printable(f"{path}: {wrong} ({error})")
        raise ArraysError(words) from None
