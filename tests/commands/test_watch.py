"""`visualize watch`: what it prints where, how it ends, and what it leaves behind."""

import contextlib
import os
import queue
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.conftest import BAD, ROOT, SMALL

Write = Callable[..., Path]
OTHER = SMALL.replace("0.9", "0.8")
LONG = SMALL.replace("[48, 32]", "[320, 180], count: 20000").replace("steps: 5", "steps: 20000")


@dataclass
class Watch:
    """The command in a process of its own, with what it has printed."""

    arguments: tuple[object, ...]
    folder: Path
    mark: str = field(default_factory=lambda: uuid.uuid4().hex)

    def __post_init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "visualize", "watch", *map(str, self.arguments)],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(ROOT), "VISUALIZE_TEST": self.mark},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.out: queue.Queue[str] = queue.Queue()
        self.err: queue.Queue[str] = queue.Queue()
        for stream, lines in ((self.process.stdout, self.out), (self.process.stderr, self.err)):
            threading.Thread(target=self._read, args=(stream, lines), daemon=True).start()

    def _read(self, stream: object, lines: "queue.Queue[str]") -> None:
        with contextlib.suppress(ValueError):  # closed at the end of the test
            for line in stream:  # type: ignore[attr-defined]
                lines.put(line.rstrip("\n"))

    def says(self, words: str, lines: "queue.Queue[str] | None" = None) -> str:
        """Return the next line with these words."""
        until = time.monotonic() + 30
        while time.monotonic() < until:
            with contextlib.suppress(queue.Empty):
                line = (lines or self.err).get(timeout=0.1)
                if words in line:
                    return line
        raise AssertionError(f"it did not say {words}")

    def writes(self, name: str) -> None:
        """Wait for a path on stdout."""
        self.says(name, self.out)

    @property
    def processes(self) -> list[int]:
        """Those that are of it."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if f"VISUALIZE_TEST={self.mark}".encode() in (folder / "environ").read_bytes():
                    found.append(int(folder.name))
        return found

    def workers(self) -> list[int]:
        """Return the processes that draw: not those that only begin others."""
        return [it for it in self.processes if parent_of(parent_of(it)) == self.process.pid]

    def encodes(self) -> None:
        """Wait until there is an ffmpeg of it."""
        until = time.monotonic() + 30
        while time.monotonic() < until:
            for it in self.processes:
                with contextlib.suppress(OSError):
                    if b"ffmpeg" in Path(f"/proc/{it}/cmdline").read_bytes():
                        return
            time.sleep(0.02)
        raise AssertionError("it encodes nothing")

    def is_gone(self) -> bool:
        """Whether nothing of it is left, now or soon."""
        until = time.monotonic() + 10
        while self.processes and time.monotonic() < until:
            time.sleep(0.02)
        return not self.processes

    def ends(self, sent: signal.Signals) -> int:
        """Send a signal and return the exit code."""
        self.process.send_signal(sent)
        return self.process.wait(20)


def parent_of(process: int) -> int:
    with contextlib.suppress(OSError):
        return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])
    return 0


Begin = Callable[..., Watch]


@pytest.fixture
def begin(tmp_path: Path) -> Iterator[Begin]:
    begun: list[Watch] = []

    def begin_one(*arguments: object) -> Watch:
        begun.append(Watch(arguments, tmp_path))
        return begun[-1]

    yield begin_one
    for it in begun:
        for left in it.processes:
            with contextlib.suppress(ProcessLookupError):
                os.kill(left, signal.SIGKILL)
        it.process.wait()
        for stream in (it.process.stdout, it.process.stderr):
            if stream is not None:
                stream.close()


def test_paths_go_to_stdout_and_everything_else_to_stderr(begin: Begin, write_scene: Write) -> None:
    scene = write_scene(SMALL)
    watch = begin("scene.yaml")
    assert watch.says("watching") == "watching scene.yaml; Ctrl-C ends it"
    watch.writes("output/scene.png")
    assert watch.says("scene.yaml: ").startswith("scene.yaml: a still in 0.")
    watch.writes("output/scene.gif")
    assert watch.says("scene.yaml: ").startswith("scene.yaml: rendered to gif in ")
    scene.write_text(f"# a comment\n{SMALL}")
    watch.says("scene.yaml: current")
    scene.write_text(BAD)
    watch.says("scene.yaml:4:1: optimizer: unknown setting; did you mean 'optimizers'?")
    scene.write_text(OTHER)
    watch.says("a still in")
    watch.writes("output/scene.png")


def test_what_is_not_there_is_told_at_the_door(begin: Begin) -> None:
    watch = begin("missing.yaml")
    assert watch.process.wait(20) == 2
    watch.says("missing.yaml: no such file or folder")


def test_a_post_s_scenes_are_watched(begin: Begin, write_scene: Write) -> None:
    post = write_scene(f"# A post\n\n```visualize\n{SMALL}```\n", "post.md")
    watch = begin(post, "-o", "films", "--no-cache")
    watch.writes("films/post-1.gif")
    post.write_text(post.read_text().replace("0.9", "0.7"))
    watch.writes("films/post-1.png")


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_it_ends_at_once_and_leaves_nothing_half_done(
    sent: signal.Signals, code: int, begin: Begin, write_scene: Write, tmp_path: Path
) -> None:
    write_scene(f"{LONG}formats: [mp4]\n")
    watch = begin(".")
    watch.writes("output/scene.png")
    watch.encodes()
    assert watch.ends(sent) == code
    assert watch.is_gone()
    assert [it.name for it in (tmp_path / "output").iterdir()] == ["scene.png"]
    said = [*watch.err.queue]
    assert not [line for line in said if "Traceback" in line or "Exception" in line]


def test_a_whole_group_that_is_told_to_end_ends_quietly(begin: Begin, write_scene: Write) -> None:
    write_scene(SMALL)
    watch = begin(".")
    watch.writes("output/scene.gif")
    os.killpg(watch.process.pid, signal.SIGTERM)
    assert watch.process.wait(20) == 143
    assert watch.is_gone()
    assert not [line for line in watch.err.queue if "Traceback" in line or "Exception" in line]


def test_nothing_outlives_it_when_it_is_killed(begin: Begin, write_scene: Write) -> None:
    write_scene(f"{LONG}formats: [mp4]\n")
    watch = begin(".")
    watch.writes("output/scene.png")
    watch.encodes()
    assert watch.ends(signal.SIGKILL) == -signal.SIGKILL
    assert watch.is_gone()


def test_processes_that_are_killed_are_replaced(begin: Begin, write_scene: Write) -> None:
    scene = write_scene(SMALL)
    watch = begin(".")
    watch.writes("output/scene.gif")
    workers = watch.workers()
    assert len(workers) == 2
    for worker in workers:
        os.kill(worker, signal.SIGKILL)
    scene.write_text(OTHER)
    watch.writes("output/scene.png")
    watch.writes("output/scene.gif")
    assert not {*watch.workers()} & {*workers}
