"""How processes are begun; it imports nothing, so that this can be done first of all."""

import contextlib
import multiprocessing
import os
import sys
from collections.abc import Iterator
from multiprocessing.context import BaseContext
from typing import Any

FORKED = "forkserver"
NEEDED = (
    "visualize.batch.crews",
    "visualize.simulation.simulate",
    "visualize.film.compose",
    "visualize.film.save",
)
"""What a worker imports."""


def get_ready() -> None:
    """Begin to import what workers need, beside what this process does; they are forked from that.

    Forking from a process that does nothing else is safe. Where there is no such thing workers
    import it themselves, when they begin.
    """
    if FORKED in multiprocessing.get_all_start_methods():
        from multiprocessing import forkserver

        forkserver.set_forkserver_preload([*NEEDED])
        with script_left_alone():
            forkserver.ensure_running()


def way_to_begin() -> BaseContext:
    """Return how workers are begun."""
    if FORKED in multiprocessing.get_all_start_methods():
        get_ready()
        return multiprocessing.get_context(FORKED)
    return multiprocessing.get_context("spawn")


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
