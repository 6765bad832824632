"""A process that stays warm: tasks one after the other, abandoned, lost, and never orphaned."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT
from visualize.errors import VisualizeError
from visualize.watching.warm import LAST, Beat, Ended, Heart, WarmProcess

Process = WarmProcess[str, Any]
Begin = Callable[..., Process]


def work(task: str, heart: Heart) -> Any:
    """Do what a task says, in the process."""
    name, _, more = task.partition(" ")
    match name:
        case "who":
            return os.getpid(), os.nice(0)
        case "for":  # ever, hearing
            Path(more).touch()
            while True:
                heart("it", 1, 2)
                time.sleep(0.001)
        case "deaf":
            Path(more).touch()
            signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
            time.sleep(60)
        case "die":
            os.kill(os.getpid(), signal.SIGKILL)
        case "bug":
            raise ZeroDivisionError(more)
    return task


def do_nothing() -> None:
    """Be warm at once."""


def fail() -> None:
    """Be never warm."""
    os._exit(1)


@pytest.fixture
def begin() -> Iterator[Begin]:
    begun: list[Process] = []

    def begin_one(**more: bool) -> Process:
        begun.append(WarmProcess(work, do_nothing, **more))
        return begun[-1]

    yield begin_one
    for it in begun:
        it.close()


def end_of(process: Process, seconds: float = 20) -> Ended[Any]:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        wait([process.connection], 0.02)
        if isinstance(said := process.hear(), Ended):
            return said
    raise TimeoutError


def done(process: Process, task: str) -> Any:
    process.start(task)
    return end_of(process).result


def wait_for(path: Path) -> None:
    until = time.monotonic() + 20
    while not path.exists():
        assert time.monotonic() < until
        time.sleep(0.005)


def test_one_process_does_all_tasks(begin: Begin) -> None:
    process = begin()
    assert done(process, "one") == "one"
    assert done(process, "who") == done(process, "who")


def test_one_may_wait_for_all_others(begin: Begin) -> None:
    _, usual = done(begin(), "who")
    _, last = done(begin(last=True), "who")
    assert (usual, last) == (os.nice(0), LAST)


def test_an_abandoned_task_ends_at_its_next_beat_and_the_process_stays(
    begin: Begin, tmp_path: Path
) -> None:
    process = begin()
    who = done(process, "who")
    process.start(f"for {tmp_path / 'begun'}")
    wait_for(tmp_path / "begun")
    while not isinstance(said := process.hear(), Beat):
        wait([process.connection], 0.05)
    assert said == Beat("it", 1, 2)
    process.abandon()
    assert end_of(process) == Ended(None, lost=False)
    assert done(process, "who") == who


def test_a_task_may_be_abandoned_before_it_has_begun(begin: Begin, tmp_path: Path) -> None:
    process = begin()
    process.start(f"for {tmp_path / 'begun'}")  # nobody is there yet to take it
    process.abandon()
    assert end_of(process).result is None
    assert done(process, "next") == "next"


def test_one_that_does_not_listen_is_replaced(
    begin: Begin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("visualize.watching.warm.PATIENCE", 0.1)
    process = begin()
    process.start(f"deaf {tmp_path / 'begun'}")
    wait_for(tmp_path / "begun")
    process.abandon()
    assert end_of(process, 5) == Ended(None, lost=False)
    assert done(process, "next") == "next"


def test_a_task_whose_process_is_killed_is_lost_and_the_next_is_done(begin: Begin) -> None:
    process = begin()
    process.start("die")
    assert end_of(process) == Ended(None, lost=True)
    assert done(process, "next") == "next"


def test_a_bug_keeps_its_traceback_and_the_next_is_done() -> None:
    # In another process, whose stderr is known: it may be that of the first test for workers here.
    script = """
from tests.watching.test_warm import do_nothing, done, end_of, work
from tests.conftest import ROOT
from visualize.watching.warm import WarmProcess

process = WarmProcess(work, do_nothing)
process.start("bug of ours")
assert end_of(process).lost
assert done(process, "next") == "next"
process.close()
"""
    command = [sys.executable, "-c", script]
    finished = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stderr
    assert "ZeroDivisionError: of ours" in finished.stderr


def test_processes_that_cannot_be_started_are_not_started_for_ever() -> None:
    process: Process = WarmProcess(work, fail)
    process.start("anything")
    with pytest.raises(VisualizeError, match="cannot be started"):
        [end_of(process) for _ in range(3)]
    process.close()
