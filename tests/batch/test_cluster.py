"""Other machines: the same films, whoever makes them, and clear words where nobody can."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from tests.conftest import FRAMES, ROOT, SMALL
from visualize import ClusterError
from visualize.batch.crews import Here
from visualize.batch.job import Job, Outcome
from visualize.batch.rendering import render_jobs
from visualize.batch.task import Report
from visualize.scene.scene import read_scene

distributed = pytest.importorskip("distributed", reason="the extra 'cluster' is not installed")
if TYPE_CHECKING:
    from distributed import Client, LocalCluster

pytestmark = pytest.mark.cluster
LONG = SMALL.replace(FRAMES, "frames: {size: [320, 180], frames_per_step: 400}")
"""It takes a minute."""


@pytest.fixture(scope="module")
def workers() -> "Iterator[LocalCluster]":
    """A scheduler with two workers."""
    import dask

    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 1}),
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=":0", silence_logs="CRITICAL"
        ) as cluster,
    ):
        yield cluster
        with distributed.Client(cluster, set_as_default=False) as client:
            client.wait_for_workers(2, timeout=30)  # of those that were killed


@pytest.fixture
def client(workers: "LocalCluster") -> "Iterator[Client]":
    """Somebody else who is connected, and both workers."""
    with distributed.Client(workers, set_as_default=False) as client:
        client.wait_for_workers(2, timeout=30)
        yield client


def some_jobs(folder: Path, count: int, text: str = SMALL, *formats: str) -> list[Job]:
    jobs = []
    for number in range(count):
        file = folder / f"scene{number}.yaml"
        file.write_text(f"{text}title: Number {number}\n", "utf-8")
        jobs.append(Job(file, read_scene(file), folder / "out", formats or ("gif",)))
    return jobs


def render(
    jobs: Sequence[Job], address: str, report: Report | None = None, **options: Any
) -> list[Outcome]:
    from visualize.batch.cluster import Cluster

    return list(render_jobs(jobs, lambda _: Cluster(address, report), **options))


def contents(jobs: Sequence[Job]) -> dict[Path, bytes]:
    return {path: path.read_bytes() for job in jobs for path in job.films}


# Films


def test_the_films_are_those_that_are_made_here(
    tmp_path: Path, workers: "LocalCluster", client: "Client"
) -> None:
    del client
    np.savez(tmp_path / "run.npz", a=np.random.default_rng(0).normal(size=(5, 2)))
    (tmp_path / "rows.csv").write_text("x,y\n1,2\n2,3\n4,4\n")
    texts = (
        SMALL,
        f"{SMALL}theme: [light, dark]\n",
        f"trajectories: {{file: run.npz}}\nobjective: x**2 + y**2\npanels: [values]\n{FRAMES}\n",
        "objective: {regression: {data: rows.csv}}\nsteps: 3\npanels: [values]\n"
        f"optimizers: [{{name: sgd, learning_rate: 0.1}}]\n{FRAMES}\n",
    )
    jobs = []
    for number, text in enumerate(texts):
        (tmp_path / f"scene{number}.yaml").write_text(text, "utf-8")
        scene = read_scene(tmp_path / f"scene{number}.yaml")
        formats = ("gif", "mp4", "png")
        jobs.append(Job(tmp_path / f"scene{number}.yaml", scene, tmp_path / "out", formats))
    here = [replace(job, folder=tmp_path / "here") for job in jobs]
    assert not [it.error for it in render_jobs(here, lambda _: Here()) if it.error]
    outcomes = render(jobs, workers.scheduler_address)
    assert not [it.error for it in outcomes if it.error]
    assert [*contents(jobs).values()] == [*contents(here).values()]
    assert {it.name for it in (tmp_path / "out").iterdir()} == {it.name for it in contents(here)}


def test_what_is_current_asks_nobody(tmp_path: Path) -> None:
    jobs = some_jobs(tmp_path, 1)
    list(render_jobs(jobs, lambda _: Here()))
    [outcome] = render(jobs, "tcp://127.0.0.1:9")
    assert outcome.outputs[0].state == "current"


def test_what_is_being_made_is_reported(
    tmp_path: Path, workers: "LocalCluster", client: "Client"
) -> None:
    del client
    told: list[tuple[str, str, int, int]] = []
    long = LONG.replace("frames_per_step: 400", "frames_per_step: 60")
    jobs = some_jobs(tmp_path, 1, long)
    render(jobs, workers.scheduler_address, lambda *words: told.append(words))
    assert {name for name, *_ in told} == {str(jobs[0].file)}
    assert all(done <= total for _, _, done, total in told)


def test_a_scene_with_something_from_python_is_made_here(
    tmp_path: Path, workers: "LocalCluster", client: "Client"
) -> None:
    del client
    [job] = some_jobs(tmp_path, 1)
    scene = job.scene.replaced(objective=lambda x: x[0] ** 2 + x[1] ** 2)
    [outcome] = render([replace(job, scene=scene)], workers.scheduler_address)
    assert (outcome.error, len(outcome.written)) == ("", 1)


# Those who are lost


def test_when_a_worker_is_killed_its_scenes_go_to_others(
    tmp_path: Path, workers: "LocalCluster", client: "Client"
) -> None:
    jobs = some_jobs(tmp_path, 6)
    address, process = next(iter(client.run(os.getpid).items()))
    killing = threading.Timer(0.3, os.kill, (process, signal.SIGKILL))
    killing.start()
    outcomes = render(jobs, workers.scheduler_address)
    killing.join()
    assert [it.error for it in outcomes] == [""] * 6
    assert all(contents(jobs).values())
    # Otherwise it may still be there for the next test, which it does not answer.
    wait_until(lambda: address not in client.scheduler_info()["workers"])


class Deadly:
    """What is true here, and kills whoever else asks."""

    def __init__(self, home: int) -> None:
        self.home = home

    def __bool__(self) -> bool:
        if os.getpid() != self.home:
            os.kill(os.getpid(), signal.SIGKILL)
        return True


def test_a_scene_that_kills_its_workers_fails_alone(
    tmp_path: Path, workers: "LocalCluster", client: "Client"
) -> None:
    del client
    first, *others = some_jobs(tmp_path, 4)
    deadly = replace(first, metadata=Deadly(os.getpid()))  # type: ignore[arg-type]  # true as a bool is
    outcomes = {it.file: it for it in render([deadly, *others], workers.scheduler_address)}
    assert "was killed" in outcomes[first.file].error
    assert [outcomes[job.file].error for job in others] == [""] * 3


def test_what_nobody_waits_for_is_broken_off(
    tmp_path: Path, workers: "LocalCluster", client: "Client"
) -> None:
    jobs = some_jobs(tmp_path, 2, LONG)
    begun: list[object] = []
    stop = render(
        jobs,
        workers.scheduler_address,
        lambda *words: begun.append(words),
        cancelled=lambda: bool(begun),
    )
    assert stop == []
    assert begun
    assert not list(tmp_path.glob("out/*"))
    wait_until(lambda: not any(client.run(is_busy).values()))


def wait_until(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.05)


def is_busy(dask_worker: Any) -> bool:
    return bool(dask_worker.state.executing_count)


# Who cannot make films


def free_port() -> int:
    with socket.socket() as it:
        it.bind(("127.0.0.1", 0))
        port: int = it.getsockname()[1]
        return port


def refusal(tmp_path: Path, address: str) -> str:
    begun = time.monotonic()
    with pytest.raises(ClusterError) as caught:
        render(some_jobs(tmp_path, 1), address)
    assert time.monotonic() - begun < 10
    assert not (tmp_path / "out").exists()
    return str(caught.value)


def test_a_scheduler_that_does_not_answer_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("visualize.batch.cluster.PATIENCE", 0.5)
    address = f"tcp://127.0.0.1:{free_port()}"
    assert f"{address}: no scheduler answers within 0.5 s" in refusal(tmp_path, address)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"tcp://127.0.0.1:{silent.getsockname()[1]}"
        assert "no scheduler answers" in refusal(tmp_path, address)


def test_something_else_that_answers_is_told(tmp_path: Path, workers: "LocalCluster") -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:

        def answer() -> None:
            connection, _ = other.accept()
            with connection:
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
                connection.recv(10_000)

        thread = threading.Thread(target=answer)
        thread.start()
        address = f"tcp://127.0.0.1:{other.getsockname()[1]}"
        assert "no scheduler" in refusal(tmp_path, address)
        thread.join()
    worker = next(iter(workers.scheduler_info["workers"]))
    assert "that is a worker, no scheduler" in refusal(tmp_path, worker)


@pytest.mark.parametrize(
    "address", ["", "host", "host:8786", "http://host:80", "tcp://", "tcp://h"]
)
def test_what_is_no_address_is_told(address: str, tmp_path: Path) -> None:
    assert f"'{address}' is no scheduler's address" in refusal(tmp_path, address)


def test_a_scheduler_without_workers_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("visualize.batch.cluster.PATIENCE", 1.0)
    with distributed.LocalCluster(n_workers=0, dashboard_address=":0") as alone:
        address = alone.scheduler_address
        assert f"{address} has no workers; begin some with" in refusal(tmp_path, address)


BLOCK = """
import sys
class Nothing:
    def find_spec(self, name, path=None, target=None):
        if name == "visualize":
            raise ModuleNotFoundError("No module named 'visualize'", name=name)
sys.meta_path.insert(0, Nothing())
"""


def test_workers_without_our_package_are_told(tmp_path: Path) -> None:
    (tmp_path / "block").mkdir()
    (tmp_path / "block" / "sitecustomize.py").write_text(BLOCK)
    with distributed.LocalCluster(n_workers=0, dashboard_address=":0") as alone:
        address = alone.scheduler_address
        worker = subprocess.Popen(
            [
                *(sys.executable, "-m", "distributed.cli.dask_worker", address),
                *("--nthreads", "1", "--no-nanny", "--no-dashboard"),
            ],
            env={**os.environ, "PYTHONPATH": str(tmp_path / "block")},
            stderr=subprocess.DEVNULL,
        )
        try:
            with distributed.Client(alone, set_as_default=False) as client:
                client.wait_for_workers(1, timeout=30)
            words = refusal(tmp_path, address)
        finally:
            worker.kill()
            worker.wait()
    assert "1 worker of" in words
    assert "No module named 'visualize'" in words
    assert "install visualize" in words


def pretend(version: str) -> None:
    import visualize.batch.remote

    visualize.batch.remote.__version__ = version  # type: ignore[attr-defined]  # as another release has it


def test_workers_with_other_versions_are_refused(
    tmp_path: Path, workers: "LocalCluster", client: "Client"
) -> None:
    from visualize.version import __version__

    other = next(iter(client.nthreads()))
    client.run(pretend, "0.0.7", workers=[other])
    try:
        words = refusal(tmp_path, workers.scheduler_address)
    finally:
        client.run(pretend, __version__, workers=[other])
    assert f"{other} would make other films: visualize is 0.0.7, here {__version__}" in words


def test_a_worker_that_comes_later_with_other_versions_makes_nothing(
    tmp_path: Path, workers: "LocalCluster", client: "Client", monkeypatch: pytest.MonkeyPatch
) -> None:
    from visualize.batch.cluster import Cluster
    from visualize.version import __version__

    monkeypatch.setattr(Cluster, "_refuse_others", lambda _: None)
    client.run(pretend, "0.0.7")
    try:
        [outcome] = render(some_jobs(tmp_path, 1), workers.scheduler_address)
    finally:
        client.run(pretend, __version__)
    assert "would make another film: visualize is 0.0.7" in outcome.error
    assert outcome.written == ()


def test_a_scheduler_that_dies_is_told_for_each_scene(tmp_path: Path) -> None:
    port = free_port()
    address = f"tcp://127.0.0.1:{port}"
    commands = {
        "scheduler": ["distributed.cli.dask_scheduler", "--port", port, "--no-dashboard"],
        "worker": ["distributed.cli.dask_worker", address, "--nthreads", 1, "--no-dashboard"],
    }
    running = {
        name: subprocess.Popen(
            [sys.executable, "-m", *map(str, command)],
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        for name, command in commands.items()
    }
    try:
        with distributed.Client(address, timeout=30, set_as_default=False) as client:
            client.wait_for_workers(1, timeout=30)
        jobs = some_jobs(tmp_path, 4, LONG)
        outcomes = render(jobs, address, lambda *_: running["scheduler"].kill())
    finally:
        for process in running.values():
            process.kill()
            process.wait()
    assert len(outcomes) == 4
    assert all("the scheduler has gone" in it.error for it in outcomes)
    assert not list(tmp_path.glob("out/*"))


# On the command line


Run = Callable[..., "subprocess.CompletedProcess[str]"]


def visualize(*arguments: object, cwd: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "visualize", *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_command_writes_what_others_make(
    tmp_path: Path, workers: "LocalCluster", client: "Client"
) -> None:
    del client
    some_jobs(tmp_path, 3)
    address = workers.scheduler_address
    arguments = ("render", ".", "--no-cache", "--executor", "dask", "--scheduler", address)
    done = visualize(*arguments, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert sorted(done.stdout.split()) == [f"output/scene{it}.gif" for it in range(3)]
    assert "distributed" not in done.stderr


@pytest.mark.skipif(os.name != "posix", reason="POSIX signals")
@pytest.mark.parametrize(("kind", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_it_and_what_others_make(
    kind: signal.Signals, code: int, tmp_path: Path, workers: "LocalCluster", client: "Client"
) -> None:
    some_jobs(tmp_path, 3, LONG)
    command = (
        *(sys.executable, "-m", "visualize", "render", ".", "--no-cache"),
        *("--executor", "dask", "--scheduler", workers.scheduler_address),
    )
    with subprocess.Popen(
        command, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, stderr=subprocess.PIPE
    ) as running:
        wait_until(lambda: all(client.run(is_busy).values()))
        running.send_signal(kind)
        assert running.wait(10) == code
        assert running.stderr is not None
        assert b"Traceback" not in running.stderr.read()
    assert not list(tmp_path.glob("output/*"))
    wait_until(lambda: not any(client.run(is_busy).values()))


@pytest.mark.parametrize(
    "arguments", [("--executor", "dask"), ("--scheduler", "tcp://a:1"), ("--executor", "slurm")]
)
def test_half_of_it_is_a_mistake(arguments: tuple[str, ...], tmp_path: Path) -> None:
    some_jobs(tmp_path, 1)
    done = visualize("render", ".", *arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_a_scheduler_that_is_not_there_fails(tmp_path: Path) -> None:
    some_jobs(tmp_path, 1)
    arguments = ("--no-cache", "--executor", "dask", "--scheduler", "host:8786")
    done = visualize("render", ".", *arguments, cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr == (
        "'host:8786' is no scheduler's address; write for example tcp://192.168.1.10:8786\n"
    )
