"""How a process that works for another behaves: it leaves Ctrl-C to that, and ends with it."""

import gc
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable
from multiprocessing.process import BaseProcess

TERMINATED = 128 + signal.SIGTERM
GRACE = 2.0
"""Seconds that a worker has to clean up."""
OFTEN = 0.1
"""Seconds between two reports of a worker."""


def begin_work() -> None:
    """In a worker: leave Ctrl-C to the parent, and end with it; look for garbage seldom."""
    # What is imported stays, and need not be looked through.
    gc.freeze()
    gc.set_threshold(50_000)
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
    # Whatever swallows the exception, the process does not stay, and nobody need hear of that.
    sys.unraisablehook = lambda _: None
    last_resort = threading.Timer(GRACE, os._exit, (TERMINATED,))
    last_resort.daemon = True
    last_resort.start()
    raise SystemExit(TERMINATED)


def end(processes: Iterable[BaseProcess], grace: float = GRACE) -> None:
    """End processes: they clean up what they have begun in so many seconds, and then are gone."""
    for process in processes:
        process.terminate()
    until = time.monotonic() + grace
    for process in processes:
        process.join(max(until - time.monotonic(), 0))
        if process.is_alive():
            process.kill()
            process.join()


def now_and_then(tell: Callable[..., object]) -> Callable[..., None]:
    """Return what passes on what it is called with, but not more often than anybody can read."""
    last = 0.0

    def tell_seldom(*words: object) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= OFTEN:
            last = now
            tell(*words)

    return tell_seldom


def end_in_peace() -> None:
    """Hear no signal any more: this process is about to end."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
