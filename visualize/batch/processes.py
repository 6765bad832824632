"""Many jobs at once, in processes of their own."""

import contextlib
import os
import signal
import threading
from collections.abc import Iterator, Sequence

from visualize.batch.jobs import Job, Outcome, Progress, render

TERMINATED = 128 + signal.SIGTERM
GRACE = 2.0
"""Seconds that a worker has to clean up."""


def render_all(
    jobs: Sequence[Job], processes: int, progress: Progress | None = None
) -> Iterator[Outcome]:
    """Yield what became of each job as it is done; with one process in order, and here."""
    if processes == 1 or len(jobs) <= 1:
        for job in jobs:
            yield render(job, progress)
        return
    lost = []
    for job, outcome in _in_processes(jobs, processes):
        if outcome is None:
            lost.append(job)
        else:
            yield outcome
    for job in lost:  # each by itself: it is not known whose process was killed
        for _, outcome in _in_processes([job], 1):
            yield outcome or Outcome(job, error="the process that rendered it was killed, twice")


def _in_processes(jobs: Sequence[Job], processes: int) -> Iterator[tuple[Job, Outcome | None]]:
    """Yield each job and what became of it as it is done; nothing if its process was killed."""
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor, as_completed
    from concurrent.futures.process import BrokenProcessPool

    others = set(multiprocessing.active_children())
    executor = ProcessPoolExecutor(
        min(processes, len(jobs)),
        multiprocessing.get_context("spawn"),
        initializer=_begin_work,
    )
    try:
        futures = {}
        for job in jobs:
            try:
                futures[executor.submit(_work, job)] = job
            except BrokenProcessPool:
                yield job, None
        for future in as_completed(futures):
            try:
                outcome = future.result()
            except BrokenProcessPool:
                outcome = None
            yield futures[future], outcome
        executor.shutdown()  # idle workers end by themselves
    finally:
        # On the way out of an interrupt there are unfinished films: the workers clean up.
        executor.shutdown(wait=False, cancel_futures=True)
        workers = set(multiprocessing.active_children()) - others
        for worker in workers:
            worker.terminate()
        for worker in workers:
            worker.join()


def _begin_work() -> None:
    """In a worker: leave Ctrl-C to the parent, and end with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _leave)
    threading.Thread(target=_outlive_nobody, daemon=True).start()


def _outlive_nobody() -> None:
    import multiprocessing

    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)


def _leave(*_: object) -> None:
    # Whatever swallows the exception, the process does not stay.
    last_resort = threading.Timer(GRACE, os._exit, (TERMINATED,))
    last_resort.daemon = True
    last_resort.start()
    raise SystemExit(TERMINATED)


def _work(job: Job) -> Outcome:
    try:
        return render(job)
    except SystemExit:
        # Everything is cleaned up by now. The executor would take this for the job's failure,
        # and begin the next one.
        os._exit(TERMINATED)


def processors() -> int:
    """Return how many processes can run at once."""
    with contextlib.suppress(AttributeError):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
