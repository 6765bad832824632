"""Files that are written whole or not at all."""

import contextlib
import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from visualize.errors import OutputError

LONGEST_NAME = 100
"""Bytes, so that there is room for a suffix everywhere."""
RESERVED = {
    "con",
    "prn",
    "aux",
    "nul",
    *(f"{port}{i}" for port in ("com", "lpt") for i in range(10)),
}
"""Names that Windows keeps for itself."""
TEMPORARY = re.compile(r"\.visualize-[0-9a-f]{12}-(.*)")
"""What a file is called while it is written: by its later name, its process, and more."""
SCRATCH = "visualize-"


@contextlib.contextmanager
def written_whole(path: Path, *, lasting: bool = True) -> Iterator[Path]:
    """Give a temporary path beside `path`, with its suffix; at the end it takes its name.

    Whatever goes wrong, `path` is then as it was and the temporary file is gone; with `lasting`
    also where the power fails. Leftovers of runs that were killed are removed. Raises `OutputError`
    where the file cannot be written, and where a link, a pipe or a device has its name.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if "\0" in path.name:
            raise ValueError("a NUL in its name")
        if path.is_dir() and not path.is_symlink():
            raise OutputError(f"{path}: cannot be written: it is a folder")
        _refuse_what_is_no_file(path)
        stem = _temporary_stem(path)
        _remove_leftovers(path, stem)
        handle, name = tempfile.mkstemp(path.suffix, f"{stem}{os.getpid()}-", path.parent)
        os.close(handle)
    except (OSError, ValueError) as error:
        raise OutputError(f"{path}: cannot be written: {_reason(error)}") from None
    temporary = Path(name)
    try:
        yield temporary
        _settle(temporary, lasting=lasting)
        temporary.replace(path)
    except OSError as error:
        raise OutputError(f"{path}: cannot be written: {_reason(error)}") from None
    finally:
        with contextlib.suppress(OSError):  # a leftover, which the next run removes
            temporary.unlink(missing_ok=True)


@contextlib.contextmanager
def folder_written_whole(path: Path, strangers: Callable[[Path], Iterable[str]]) -> Iterator[Path]:
    """Give a temporary folder beside `path`, for files; at the end it takes its name.

    What a folder of that name held is gone then. `strangers` names what in it is somebody's: if
    there is any, nothing is replaced. Whatever goes wrong, `path` is as it was. Raises
    `OutputError` where there are strangers, a link has its name, or it cannot be written.
    """
    stem = _temporary_stem(path)
    try:
        if "\0" in path.name:
            raise ValueError("a NUL in its name")
        path.parent.mkdir(parents=True, exist_ok=True)
        _refuse_what_is_no_file(path)
        _refuse_strangers(path, strangers)
        _remove_leftovers(path, stem)
        around = tempfile.TemporaryDirectory(
            path.suffix, f"{stem}{os.getpid()}-", path.parent, ignore_cleanup_errors=True
        )
    except (OSError, ValueError) as error:
        raise OutputError(f"{path}: cannot be written: {_reason(error)}") from None
    with contextlib.ExitStack() as resources:
        # What could not be removed is tried once more.
        resources.callback(shutil.rmtree, around.name, ignore_errors=True)
        name = resources.enter_context(around)
        folder, old = Path(name) / "new", Path(name) / "old"
        try:
            folder.mkdir()
            yield folder
            folder.chmod(0o755)
            for file in folder.iterdir():
                _settle(file)
            _refuse_strangers(path, strangers)
            try:
                if path.exists():
                    path.replace(old)
                folder.replace(path)
            finally:
                if old.exists() and not path.exists():
                    old.replace(path)
        except OSError as error:
            raise OutputError(f"{path}: cannot be written: {_reason(error)}") from None


def remove_leftovers_in(folder: Path) -> None:
    """Remove what killed runs have left in a folder, whatever it was to become."""
    for leftover in folder.glob(".visualize-*"):
        name = TEMPORARY.fullmatch(leftover.name)
        # An old folder in it is wanted, where its own name is free.
        if name and _is_left(name[1]) and not (leftover / "old").exists():
            _remove(leftover)


def remove_scratch_left() -> None:
    """Remove what killed processes have left of what should lie there for a moment."""
    with contextlib.suppress(OSError):  # no place for it: whoever wants one is told
        for left in Path(tempfile.gettempdir()).glob(f"{SCRATCH}*"):
            if _is_left(left.name.removeprefix(SCRATCH)):
                _remove(left)


@contextlib.contextmanager
def scratch_folder() -> Iterator[Path]:
    """Give a folder for what lies there for a moment; `OutputError` where there cannot be one."""
    remove_scratch_left()
    try:
        around = tempfile.TemporaryDirectory(
            prefix=f"{SCRATCH}{os.getpid()}-", ignore_cleanup_errors=True
        )
    except OSError as error:
        words = f"no folder can be made in {tempfile.gettempdir()}: {_reason(error)}"
        raise OutputError(words) from None
    with around as name:
        yield Path(name)


def _refuse_what_is_no_file(path: Path) -> None:
    """Refuse to take the place of what somebody else put there for a purpose."""
    if path.is_symlink():
        words = "it is a link; remove it, or write elsewhere"
    elif path.exists() and not (path.is_file() or path.is_dir()):
        words = "it is a pipe, a socket or a device"
    else:
        return
    raise OutputError(f"{path}: cannot be written: {words}")


def _refuse_strangers(path: Path, strangers: Callable[[Path], Iterable[str]]) -> None:
    if path.exists():
        for name in strangers(path):
            raise OutputError(f"{path}: cannot be written: {name} in it was not made here")


def _settle(file: Path, *, lasting: bool = True) -> None:
    """Let a file be on the disk, and readable by everybody."""
    if lasting:
        with file.open("rb+") as opened:
            os.fsync(opened.fileno())
    file.chmod(0o644)


def safe_name(name: str) -> bool:
    """Whether `name` can be a file's name on every system: no path, nothing reserved."""
    return (
        bool(re.fullmatch(r"\w([\w .-]*[\w-])?", name))
        and len(name.encode()) <= LONGEST_NAME
        and not is_reserved(name)
    )


def is_reserved(name: str) -> bool:
    """Whether Windows keeps a name for itself, whatever its ending."""
    return name.partition(".")[0].lower() in RESERVED


def safe_stem(text: str) -> str:
    """Return a safe name for a file that is about `text`; other texts have other names."""
    plain = re.sub(r"[^\w.\[\]=,-]", "_", text)
    if plain == text and len(plain.encode()) <= LONGEST_NAME:
        return plain
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    return f"{plain.encode()[: LONGEST_NAME - 9].decode(errors='ignore')}-{digest}"


def _reason(error: Exception) -> str:
    strerror = getattr(error, "strerror", None)
    return strerror.lower() if strerror else str(error)


def _temporary_stem(path: Path) -> str:
    return f".visualize-{hashlib.sha256(path.name.encode()).hexdigest()[:12]}-"


def _remove_leftovers(path: Path, stem: str) -> None:
    for leftover in path.parent.glob(f"{stem}*{path.suffix}"):
        if _is_left(leftover.name.removeprefix(stem)):
            if leftover.is_dir() and (leftover / "old").exists() and not path.exists():
                (leftover / "old").replace(path)  # killed between the two moves
            _remove(leftover)


def _is_left(name: str) -> bool:
    """Whether a process that is gone has called something so: its number, and more."""
    process = name.partition("-")[0]
    return process.isdecimal() and not _alive(int(process))


def _remove(leftover: Path) -> None:
    if leftover.is_dir():
        shutil.rmtree(leftover, ignore_errors=True)
    else:
        with contextlib.suppress(OSError):
            leftover.unlink(missing_ok=True)


def _alive(process: int) -> bool:
    if os.name == "nt":  # where asking would interrupt it
        return True
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True
    return True


def is_inside(path: Path, folder: Path) -> bool:
    """Whether a file is in a folder or one below it, wherever links lead."""
    try:
        return path.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError, ValueError):  # a ring of links, or a NUL in the name
        return False
