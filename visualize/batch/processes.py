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
NEEDED = (
    "visualize.batch.crews",
    "visualize.simulation.simulate",
    "visualize.film.compose",
    "visualize.film.save",
)
"""What a worker imports."""
LAST = -1000
"""After what multiprocessing has to do at the end."""


def get_ready() -> None:
    """Begin to import what workers need, beside what this process does; they are forked from that.

    Forking from a process that does nothing else is safe. Where there is no such thing workers
    import it themselves, when they begin.
    """
    if FORKED in multiprocessing.get_all_start_methods():
        from multiprocessing import forkserver, resource_tracker

        _put_sockets_into_scratch()
        forkserver.set_forkserver_preload([*NEEDED])
        resource_tracker.ensure_running()  # which would let interrupts through again
        with script_left_alone(), _interrupts_held_back():
            forkserver.ensure_running()


def way_to_begin() -> BaseContext:
    """Return how workers are begun."""
    if FORKED in multiprocessing.get_all_start_methods():
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
