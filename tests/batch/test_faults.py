"""What goes wrong while scenes are rendered: every film is the old one or the new one, whole."""

import contextlib
import errno
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.batch.test_rendering import (
    Raising,
    a_job,
    names_in,
    outputs_of,
    render,
    render_all,
    some_jobs,
    states,
)
from tests.batch.test_task import WITH_DATA
from tests.commands.test_commands import environment
from tests.conftest import LEAVING, SMALL
from tests.storage.test_files import process_that_has_ended
from visualize.batch.crews import Processes
from visualize.batch.job import Job
from visualize.batch.rendering import render_jobs
from visualize.batch.task import Task, content_of, make
from visualize.storage.cache import Cache, Forgiving

Write = Callable[..., Path]
CALLS = (
    (os, "fsync"),
    (os, "replace"),
    (os, "chmod"),
    (os, "utime"),
    (os, "open"),
    (Path, "replace"),
    (Path, "write_bytes"),
    (Path, "mkdir"),
    (Path, "chmod"),
    (Path, "open"),
    (Path, "unlink"),
)
"""What writes, syncs and renames; each may be refused."""


class Failing:
    """Lets one of many calls fail, as where a disk is full."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *folders: Path) -> None:
        self._folders = folders
        self._left: int | None = None
        for owner, name in CALLS:
            monkeypatch.setattr(owner, name, self._in_place_of(getattr(owner, name)))

    @contextlib.contextmanager
    def at(self, number: int) -> Iterator[list[int]]:
        """Let the call of this number (from 0) fail; give a list that is empty if there is none."""
        self._left, self._failed = number, list[int]()
        yield self._failed
        self._left = None

    def _in_place_of(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def perhaps(*arguments: Any, **more: Any) -> Any:
            if self._left is not None and self._is_ours(arguments[0]):
                self._left -= 1
                if self._left < 0:
                    self._failed.append(1)
                    self._left = None
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return call(*arguments, **more)

        return perhaps

    def _is_ours(self, what: Any) -> bool:
        """Whether a call is about one of our folders; of an open file that is not known."""
        if isinstance(what, int):
            return True
        return isinstance(what, str | Path) and any(map(Path(what).is_relative_to, self._folders))


def task_of(job: Job) -> Task:
    return Task(str(job.file), job.scene, {path.name: "light" for path in job.films}, ("light",))


@pytest.mark.parametrize("name", ["gif", "frames"])
def test_whichever_write_sync_or_rename_fails_there_is_the_old_film_or_the_new(
    write_scene: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    short = SMALL.replace("pace: even", "count: 2")
    older = a_job(write_scene(short.replace("steps: 5", "steps: 4")), name)
    job = a_job(write_scene(short), name)
    [film] = outputs_of(job)
    made = {str(it.scene.steps): make(task_of(it)) for it in (older, job)}
    old, new = (it.films[film.name] for it in made.values())
    # Who makes films is tried elsewhere, and takes long.
    monkeypatch.setattr("visualize.batch.crews.make", lambda task, _: made[str(task.scene.steps)])
    told: list[str] = []
    failures = 0
    failing = Failing(monkeypatch, film.parent, tmp_path / "cache")
    for number in range(500):
        store = Cache(tmp_path / "cache")
        store.clear()
        assert render(older).error == ""
        with failing.at(number) as failed:
            outcome = render(job, store=Forgiving(store, told.append))
        there = content_of(film)
        assert there in (old, new)
        assert (there == new) == (states(outcome) == ["made"]) == (not outcome.error)
        failures += bool(outcome.error)
        assert names_in(film.parent) == [film.name]
        assert not [it for it in store.folder.rglob("*") if it.name[0] == "."]
        shutil.rmtree(film) if film.is_dir() else film.unlink()
        again = render(job, store=store)
        assert (again.error, content_of(film)) == ("", new)
        if not failed:
            break
    else:
        raise AssertionError("it never ends")
    assert failures >= 3
    assert told
    assert all("no space left" in words for words in told)


@pytest.mark.parametrize("processes", [1, 2])
def test_a_scene_out_of_memory_leaves_the_others(write_scene: Write, processes: int) -> None:
    jobs = some_jobs(write_scene, 3)
    hungry = replace(jobs[1], metadata=Raising(MemoryError))  # type: ignore[arg-type]  # true as a bool is
    outcomes = {it.file: it for it in render_all([jobs[0], hungry, jobs[2]], processes)}
    assert "there is not enough memory" in outcomes[hungry.file].error
    assert "Traceback" not in outcomes[hungry.file].error
    assert outcomes[jobs[0].file].written
    assert outcomes[jobs[2].file].written


TWELVE = """
import gc, os, sys
from visualize import compose, read_scene, save, simulate
from visualize.commands.main import main

scene = read_scene("one.yaml")
save(compose(scene, simulate(scene)), "before.gif")
gc.freeze()
sys.argv = ["visualize", "render", "one.yaml", "-o", "films", "-q"]
processes = []
for _ in range(12):
    processes.append(os.fork())
    if not processes[-1]:
        main()
sys.exit([os.waitpid(it, 0)[1] for it in processes] != [0] * 12)
"""


def test_twelve_commands_on_one_output_and_one_cache_leave_a_whole_film(
    write_scene: Write, tmp_path: Path
) -> None:
    job = a_job(write_scene(LEAVING, "one.yaml"))
    [film] = render(job).written
    # What they come from has imported all and drawn it once: so they meet more often, too.
    begin = subprocess.run(
        [sys.executable, "-c", TWELVE], cwd=tmp_path, env=environment(), timeout=60, check=False
    )
    assert begin.returncode == 0
    assert names_in(tmp_path / "films") == ["one.gif"]
    assert (tmp_path / "films" / "one.gif").read_bytes() == film.read_bytes()
    assert (tmp_path / "films" / "one.gif").stat().st_mode & 0o777 == 0o644


def test_leftovers_of_a_killed_command_go_even_where_all_is_current(
    write_scene: Write, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    job = a_job(write_scene(SMALL))
    render(job)
    process = process_that_has_ended()
    left = [
        job.folder / f".visualize-{'0' * 12}-{process}-abc.gif",
        tmp_path / f"visualize-{process}-x",
    ]
    for path in left:
        path.mkdir()
    assert states(render(job)) == ["current"]
    assert not any(path.exists() for path in left)


def test_a_file_that_changes_after_it_was_read_is_told_by_whoever_makes_the_film(
    write_scene: Write, tmp_path: Path
) -> None:
    rows = tmp_path / "rows.csv"
    rows.write_text("a,b\n1,2\n2,3\n3,5\n")
    job, other = a_job(write_scene(WITH_DATA)), a_job(write_scene(SMALL, "other.yaml"))
    rows.write_text("a,b\n1,2\n2,3\n3,6\n")
    outcomes = {it.file: it for it in render_jobs([job, other], lambda _: Processes(2))}
    assert "has changed meanwhile" in outcomes[job.file].error
    assert outcomes[other.file].written
    rows.unlink()
    outcomes = {it.file: it for it in render_jobs([job, other], lambda _: Processes(2))}
    assert "no such file" in outcomes[job.file].error
    assert states(outcomes[other.file]) == ["current"]
