"""How processes are begun; it imports hardly anything, so that this can be done first of all."""

import contextlib
import functools
import multiprocessing
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from multiprocessing import util
from multiprocessing.context import BaseContext
from typing import Any

from visualize.storage.files import SCRATCH

FORKED = "forkserver"
IS_FORKED = sys.platform == "linux"
"""Elsewhere there is none, or libraries of the system that do not expect to be forked."""
THREADS = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS")
"""Environment variables: how many linear algebra takes; in small matrices they wait."""
NEEDED = "visualize.batch.preloaded"
"""The module that imports what a worker needs."""
LAST = -1000
"""After what multiprocessing has to do at the end."""


def get_ready() -> None:
    """Begin to import what workers need, beside what this process does; they are forked from that.

    Forking from a process that does nothing else is safe. Where there is no such thing workers
    import it themselves, when they begin.
    """
    if IS_FORKED:
        from multiprocessing import forkserver, resource_tracker

        _put_sockets_into_scratch()
        forkserver.set_forkserver_preload([NEEDED])
        resource_tracker.ensure_running()  # which would let interrupts through again
        with script_left_alone(), _interrupts_held_back(), _one_thread():
            forkserver.ensure_running()


def way_to_begin() -> BaseContext:
    """Return how workers are begun."""
    if IS_FORKED:
        get_ready()
        return multiprocessing.get_context(FORKED)
    return multiprocessing.get_context("spawn")


@contextlib.contextmanager
def _interrupts_held_back() -> Iterator[None]:
    """Let processes that are begun meanwhile never hear of Ctrl-C: it is for their parent."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextlib.contextmanager
def _one_thread() -> Iterator[None]:
    """Let processes that are begun meanwhile have no threads for linear algebra."""
    given = {name: os.environ.get(name) for name in THREADS}
    os.environ |= {name: "1" for name, number in given.items() if number is None}
    try:
        yield
    finally:
        for name in (name for name, number in given.items() if number is None):
            del os.environ[name]


@functools.cache
def _put_sockets_into_scratch() -> None:
    """Let the sockets of this process lie where the next command looks for leftovers."""
    usual = tempfile.tempdir
    tempfile.tempdir = folder = tempfile.mkdtemp(prefix=f"{SCRATCH}{os.getpid()}-")
    util.Finalize(None, shutil.rmtree, (folder, True), exitpriority=LAST)
    try:
        util.get_temp_dir()  # which is made now, and kept
    finally:
        tempfile.tempdir = usual


@contextlib.contextmanager
def script_left_alone() -> Iterator[None]:
    """Let a new process not run the script that has called us: nothing of it is needed there.

    Otherwise each would begin to render all scenes anew, but for a script that asks first what it
    is called.
    """
    script = sys.modules["__main__"]
    known: dict[str, Any] = vars(script)
    told: dict[str, Any] = {it: known[it] for it in ("__file__", "__spec__") if it in known}
    known.update(dict.fromkeys(told))
    try:
        yield
    finally:
        known.update(told)


def processors() -> int:
    """Return how many processes can run at once."""
    with contextlib.suppress(AttributeError):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
