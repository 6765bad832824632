"""What runs on another machine: a task is made there, by the same versions as here."""

import importlib.metadata
import os
import threading
import zlib
from collections.abc import Mapping
from functools import cache
from typing import Any

from visualize.batch.task import Cancelled, Made, Report, Task, make
from visualize.batch.worker import now_and_then
from visualize.errors import ClusterError
from visualize.version import __version__

LIBRARIES = ("numpy", "matplotlib", "pillow", "imageio-ffmpeg", "av", "pydantic", "mpmath")
"""Whose other versions would make other films."""
_ONE_AT_A_TIME = threading.Lock()
"""Matplotlib's settings are a process's, and a worker may have several threads."""


def versions() -> dict[str, str]:
    """Return the versions that films depend on, by name."""
    ours = {"visualize": __version__, "zlib": zlib.ZLIB_RUNTIME_VERSION}
    return ours | {name: _version_of(name) for name in LIBRARIES}


@cache
def _version_of(library: str) -> str:
    try:
        return importlib.metadata.version(library)
    except importlib.metadata.PackageNotFoundError:
        return "not there"


def made_with(task: Task) -> dict[str, str]:
    """Return what this task's films would be made with: versions, packages of others, fonts."""
    from visualize.film.fingerprint import drawn_by

    return {**drawn_by(task.scene), **versions()}


def differences(theirs: Mapping[str, str], ours: Mapping[str, str]) -> str:
    """Return what is of another version there than here, in words."""
    return ", ".join(
        f"{name} is {theirs.get(name, 'not there')}, here {ours.get(name, 'not there')}"
        for name in dict.fromkeys([*ours, *theirs])
        if theirs.get(name) != ours.get(name)
    )


def make_there(task: Task, wanted: Mapping[str, str], topic: str) -> Made:
    """Make films in a worker. Raises `ClusterError` where it would make others than are wanted."""
    from distributed import get_worker

    os.environ.pop("MPLBACKEND", None)  # matplotlib is not imported where it does not know that
    worker = get_worker()
    with _ONE_AT_A_TIME:
        if words := differences(made_with(task), wanted):
            raise ClusterError(f"{worker.address} would make another film: {words}")
        return make(task, _reporting_to(worker, topic))


def _reporting_to(worker: Any, topic: str) -> Report:
    """Return what reports now and then, and breaks off what nobody waits for."""
    task = worker.get_current_task()

    def report(*words: str | int) -> None:
        state = worker.state.tasks.get(task)
        if state is None or state.state == "cancelled":
            raise Cancelled
        if topic:
            worker.log_event(topic, words)

    return now_and_then(report)
