"""How a process that works for another behaves: it leaves Ctrl-C to that, and ends with it."""

import contextlib
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Iterator
from typing import Any

TERMINATED = 128 + signal.SIGTERM
GRACE = 2.0
"""Seconds that a worker has to clean up."""
OFTEN = 0.1
"""Seconds between two reports of a worker."""


def begin_work() -> None:
    """In a worker: leave Ctrl-C to the parent, and end with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _leave)
    threading.Thread(target=_outlive_nobody, daemon=True).start()


def _outlive_nobody() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)


def _leave(*_: object) -> None:
    end_in_peace()
    # Whatever swallows the exception, the process does not stay.
    last_resort = threading.Timer(GRACE, os._exit, (TERMINATED,))
    last_resort.daemon = True
    last_resort.start()
    raise SystemExit(TERMINATED)


def end_in_peace() -> None:
    """Hear no signal any more: this process is about to end."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)


@contextlib.contextmanager
def script_left_alone() -> Iterator[None]:
    """Let a new process not run the script that has called us: nothing of it is needed there.

    Otherwise each would begin to render all scenes anew, but for a script that asks what it is
    called first.
    """
    script = sys.modules["__main__"]
    names = ("__file__", "__spec__")
    told: dict[str, Any] = {it: vars(script)[it] for it in names if it in vars(script)}
    for name in told:
        setattr(script, name, None)
    try:
        yield
    finally:
        vars(script).update(told)
