"""Files are whole or not there, whoever fails; names are good on every system."""

import errno
import hashlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import visualize
from visualize import OutputError
from visualize.storage.files import folder_written_whole, safe_name, written_whole

ROOT = str(Path(visualize.__file__).parent.parent)
posix_only = pytest.mark.skipif(os.name != "posix", reason="POSIX permissions and signals")


def write(path: Path, content: bytes = b"new") -> None:
    """Write a file whole."""
    with written_whole(path) as temporary:
        temporary.write_bytes(content)


def names(folder: Path) -> list[str]:
    """Return what is in a folder, hidden files too."""
    return sorted(file.name for file in folder.iterdir())


def leftover(path: Path, process: int | str) -> Path:
    """Return the name that a process would have given its temporary file."""
    stem = hashlib.sha256(path.name.encode()).hexdigest()[:12]
    return path.with_name(f".visualize-{stem}-{process}-abc{path.suffix}")


def process_that_has_ended() -> int:
    """Return the number of a process that is gone."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def elsewhere(program: str, *arguments: object) -> subprocess.Popen[bytes]:
    """Start a Python program that imports visualize."""
    return subprocess.Popen(
        [sys.executable, "-c", program, *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": ROOT},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """The path of an old file."""
    path = tmp_path / "film.gif"
    path.write_bytes(b"old")
    return path


# Whole or not at all


@pytest.mark.parametrize("content", [b"", b"new", bytes(1_000_000)])
def test_a_new_file_is_written(tmp_path: Path, content: bytes) -> None:
    write(tmp_path / "film.gif", content)
    assert (tmp_path / "film.gif").read_bytes() == content
    assert names(tmp_path) == ["film.gif"]


def test_an_old_file_is_replaced_at_the_end_only(target: Path) -> None:
    with written_whole(target) as temporary:
        temporary.write_bytes(b"new")
        assert target.read_bytes() == b"old"
    assert target.read_bytes() == b"new"
    assert names(target.parent) == ["film.gif"]


def test_the_temporary_file_is_beside_it_hidden_and_has_its_suffix(target: Path) -> None:
    with written_whole(target) as temporary:
        assert temporary.parent == target.parent
        assert temporary.suffix == ".gif"
        assert temporary.name.startswith(".")
        assert temporary.exists()
        temporary.write_bytes(b"new")


def test_folders_that_are_missing_are_made(tmp_path: Path) -> None:
    write(tmp_path / "a" / "b" / "film.gif")
    assert (tmp_path / "a" / "b" / "film.gif").read_bytes() == b"new"


@pytest.mark.parametrize(
    "error",
    [ValueError("x"), KeyboardInterrupt(), SystemExit(143), MemoryError(), ZeroDivisionError()],
)
@pytest.mark.parametrize("written", [b"", b"half"])
def test_whatever_goes_wrong_the_old_file_stays_and_nothing_else(
    target: Path, error: BaseException, written: bytes
) -> None:
    def interrupted() -> None:
        with written_whole(target) as temporary:
            temporary.write_bytes(written)
            raise error

    with pytest.raises(type(error)) as raised:
        interrupted()
    assert raised.value is error
    assert target.read_bytes() == b"old"
    assert names(target.parent) == ["film.gif"]


def test_where_there_was_no_file_there_is_none_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="stop"), written_whole(tmp_path / "film.gif"):
        raise ValueError("stop")
    assert names(tmp_path) == []


def test_a_disk_that_is_full_is_told_in_those_words(target: Path) -> None:
    with (
        pytest.raises(OutputError, match=r"film\.gif: cannot be written: no space left"),
        written_whole(target),
    ):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert target.read_bytes() == b"old"
    assert names(target.parent) == ["film.gif"]


def fail_at(monkeypatch: pytest.MonkeyPatch, name: str, error: Exception, owner: Any = os) -> None:
    """Make a function of the system fail."""

    def failing(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(owner, name, failing)


@pytest.mark.parametrize("name", ["fsync", "replace", "chmod"])
def test_a_failure_at_the_end_leaves_the_old_file(
    target: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    fail_at(monkeypatch, name, OSError(errno.EIO, "Input/output error"))
    with pytest.raises(OutputError, match="input/output error"):
        write(target)
    assert target.read_bytes() == b"old"
    assert names(target.parent) == ["film.gif"]


def test_the_file_is_on_the_disk_before_it_takes_its_name(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []

    def noted(name: str) -> Callable[..., Any]:
        function = getattr(os, name)

        def call(*arguments: Any, **options: Any) -> Any:
            done.append(name)
            return function(*arguments, **options)

        return call

    for name in ("fsync", "replace"):
        monkeypatch.setattr(os, name, noted(name))
    write(target)
    assert done == ["fsync", "replace"]


# Its mode


@posix_only
@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077, 0o777])
def test_everybody_may_read_the_file(tmp_path: Path, mask: int) -> None:
    before = os.umask(mask)
    try:
        write(tmp_path / "film.gif")
    finally:
        os.umask(before)
    assert (tmp_path / "film.gif").stat().st_mode & 0o777 == 0o644


@posix_only
def test_the_mode_of_the_old_file_does_not_count(target: Path) -> None:
    target.chmod(0o400)
    write(target)
    assert target.stat().st_mode & 0o777 == 0o644


@posix_only
@pytest.mark.parametrize("points_to", ["a file", "a folder", "nothing"])
def test_a_link_is_refused_and_left_alone(points_to: str, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    if points_to == "a file":
        outside.write_bytes(b"precious")
    elif points_to == "a folder":
        outside.mkdir()
    link = tmp_path / "output" / "film.gif"
    link.parent.mkdir()
    link.symlink_to(outside)
    with pytest.raises(OutputError, match="it is a link"):
        write(link)
    with pytest.raises(OutputError, match="it is a link"), folder_written_whole(link, lambda _: ()):
        pass
    assert link.is_symlink()
    assert names(link.parent) == ["film.gif"]
    assert points_to != "a file" or outside.read_bytes() == b"precious"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no such pipes")
def test_a_pipe_and_a_socket_are_refused_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # a socket's name may not be long
    os.mkfifo(tmp_path / "film.gif")
    with socket.socket(socket.AF_UNIX) as other:
        other.bind("film.mp4")
        for name in ("film.gif", "film.mp4"):
            with pytest.raises(OutputError, match="a pipe, a socket or a device"):
                write(tmp_path / name)
    assert names(tmp_path) == ["film.gif", "film.mp4"]


def test_a_temporary_file_that_cannot_be_removed_does_not_undo_what_is_written(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "unlink", refuse)
    write(target)
    assert target.read_bytes() == b"new"


def test_a_folder_that_could_not_be_removed_at_once_does_not_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, unlink, failures = tmp_path / "film.frames", os.unlink, ["once"]

    def fail_once(*args: Any, **more: Any) -> None:
        if failures:
            failures.pop()
            raise OSError(5, "Input/output error")
        unlink(*args, **more)

    for content in (b"old", b"new"):
        with folder_written_whole(path, lambda _: ()) as folder:
            (folder / "00000.png").write_bytes(content)
            monkeypatch.setattr(os, "unlink", fail_once)
    assert not failures
    assert names(tmp_path) == ["film.frames"]
    assert (path / "00000.png").read_bytes() == b"new"


# Leftovers


def test_leftovers_of_a_dead_process_are_removed(target: Path) -> None:
    old = leftover(target, process_that_has_ended())
    old.write_bytes(b"half")
    write(target)
    assert names(target.parent) == ["film.gif"]


def test_a_living_process_keeps_its_file(target: Path) -> None:
    with elsewhere("import sys; print(flush=True); sys.stdin.read()") as process:
        assert process.stdout is not None
        process.stdout.readline()
        theirs = leftover(target, process.pid)
        theirs.write_bytes(b"half")
        try:
            write(target)
            assert theirs.read_bytes() == b"half"
        finally:
            process.kill()
    write(target)
    assert names(target.parent) == ["film.gif"]


def test_two_writers_in_one_process_do_not_disturb_each_other(target: Path) -> None:
    with written_whole(target) as first, written_whole(target) as second:
        assert first != second
        first.write_bytes(b"first")
        second.write_bytes(b"second")
    assert target.read_bytes() == b"first"
    assert names(target.parent) == ["film.gif"]


def test_nothing_else_in_the_folder_is_touched(target: Path) -> None:
    gone = process_that_has_ended()
    kept = [
        leftover(target.with_name("other.gif"), gone),
        leftover(target.with_suffix(".mp4"), gone),
        target.with_name(".visualize-notes.gif"),
        target.with_name(f"{target.name}.bak"),
        leftover(target, "word"),
    ]
    for path in kept:
        path.write_bytes(b"kept")
    write(target)
    assert names(target.parent) == sorted(["film.gif", *(path.name for path in kept)])


@pytest.mark.parametrize("number", ["0", "1", "9" * 12, "9" * 30, "\u00b2", "\u0663"])
def test_a_leftover_with_a_strange_number_does_not_stop_anybody(target: Path, number: str) -> None:
    leftover(target, number).write_bytes(b"?")
    write(target)
    assert target.read_bytes() == b"new"


KILLED = """
import os, signal, sys
from pathlib import Path
from visualize.storage.files import written_whole
with written_whole(Path(sys.argv[1])) as temporary:
    temporary.write_bytes(b"half")
    os.kill(os.getpid(), signal.SIGKILL)
"""


@posix_only
def test_what_a_killed_run_left_is_removed_by_the_next(target: Path) -> None:
    with elsewhere(KILLED, target) as process:
        assert process.wait() == -signal.SIGKILL
    assert target.read_bytes() == b"old"
    assert len(names(target.parent)) == 2
    write(target)
    assert target.read_bytes() == b"new"
    assert names(target.parent) == ["film.gif"]


MANY = """
import sys
from pathlib import Path
from visualize.storage.files import written_whole
for turn in range(40):
    with written_whole(Path(sys.argv[1])) as temporary:
        temporary.write_bytes(sys.argv[2].encode() * 100_000)
"""


def test_several_processes_on_one_file_leave_a_whole_one(target: Path) -> None:
    target.write_bytes(b"o" * 100_000)
    processes = [elsewhere(MANY, target, letter) for letter in "abcd"]
    seen = set()
    while any(process.poll() is None for process in processes):
        content = target.read_bytes()
        assert len(content) == 100_000
        assert len(set(content)) == 1
        seen.add(content[0])
    for process in processes:
        with process:
            assert process.wait() == 0
    assert target.read_bytes()[:1] in {b"a", b"b", b"c", b"d"}
    assert names(target.parent) == ["film.gif"]
    assert target.stat().st_mode & 0o777 == 0o644


# What cannot be written


def refused(path: Path) -> str:
    """Return the message about a path that cannot be written."""
    with pytest.raises(OutputError) as raised, written_whole(path):
        pytest.fail("it was let in")
    message = str(raised.value)
    assert "cannot be written" in message
    return message


def test_a_folder_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "film.gif").mkdir()
    assert "folder" in refused(tmp_path / "film.gif")
    assert names(tmp_path) == ["film.gif"]


def test_nothing_is_written_below_a_file(target: Path) -> None:
    refused(target / "film.gif")
    refused(target / "a" / "film.gif")
    assert target.read_bytes() == b"old"


@pytest.mark.parametrize("name", ["a\0b.gif", "a" * 300 + ".gif", "\ud800.gif"])
def test_a_name_that_no_system_takes_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(OutputError), written_whole(tmp_path / name):
        pytest.fail("it was let in")
    assert names(tmp_path) == []


@posix_only
@pytest.mark.skipif(
    getattr(os, "geteuid", lambda: 0)() == 0, reason="nothing is read-only for root"
)
def test_a_folder_that_is_read_only_is_told(target: Path) -> None:
    target.parent.chmod(0o500)
    try:
        assert "permission denied" in refused(target)
        assert "permission denied" in refused(target.parent / "new" / "film.gif")
        assert target.read_bytes() == b"old"
    finally:
        target.parent.chmod(0o700)


@pytest.mark.parametrize(
    "error",
    [
        PermissionError(errno.EACCES, "Permission denied"),
        OSError(errno.EROFS, "Read-only file system"),
        OSError(errno.ENOSPC, "No space left on device"),
    ],
)
@pytest.mark.parametrize("name", ["open", "mkdir"])
def test_a_system_that_refuses_is_quoted(
    target: Path, monkeypatch: pytest.MonkeyPatch, name: str, error: OSError
) -> None:
    path = target if name == "open" else target.parent / "new" / "film.gif"
    fail_at(monkeypatch, name, error)
    message = refused(path)
    monkeypatch.undo()
    assert str(error.strerror).lower() in message
    assert str(path) in message
    assert names(target.parent) == ["film.gif"]


# Names


@pytest.mark.parametrize(
    "name",
    [
        "race",
        "adagrad-1d",
        "adagrad_2d",
        "Four algorithms",
        "v1.2",
        "x" * 80,
        "0",
        "AdaGrad 2",
        "größe",
        "скорость",
        "console",
        "comet",
        "com10",
        "nullable",
        "a.con",
    ],
)
def test_a_good_name_is_taken(name: str) -> None:
    assert safe_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        "../x",
        "a/b",
        "a\\b",
        "/etc/passwd",
        "C:\\x",
        "C:x",
        "~/x",
        "a\0b",
        "a\nb",
        "a\n",
        "a\tb",
        "a\u202eb",
        "a\u200bb",
        "CON",
        "con",
        "Con.gif",
        "PRN",
        "AUX",
        "NUL",
        "nul.tar.gz",
        "COM1",
        "lpt9",
        "x" * 300,
        ".hidden",
        "-x",
        " x",
        "a:b",
        "a*b",
        "a?b",
        'a"b',
        "a<b",
        "a|b",
        "$(x)",
        "%2e%2e",
    ],
)
def test_a_bad_name_is_refused(name: str) -> None:
    assert not safe_name(name)


@pytest.mark.parametrize("name", ["a.", "a ", "a..."])
def test_a_name_that_windows_would_change_is_refused(name: str) -> None:
    assert not safe_name(name)


@pytest.mark.parametrize("letter", ["x", "é", "字", "\N{MATHEMATICAL SCRIPT CAPITAL X}"])
def test_a_name_that_is_taken_is_not_too_long_for_the_disk(tmp_path: Path, letter: str) -> None:
    longest = max((count for count in range(301) if safe_name(letter * count)), default=0)
    assert longest > 20
    write(tmp_path / f"{letter * longest}.gif")
