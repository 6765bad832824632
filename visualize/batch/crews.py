"""Who makes what: this process, or several others on this machine."""

import contextlib
import multiprocessing
import os
from abc import ABC, abstractmethod
from collections.abc import Sequence
from concurrent.futures import BrokenExecutor, Future
from typing import TYPE_CHECKING

from visualize.batch.job import Job
from visualize.batch.processes import processors, script_left_alone, way_to_begin
from visualize.batch.signals import HeldSignals
from visualize.batch.task import Cancelled, Made, Report, Task, make
from visualize.batch.worker import TERMINATED, begin_work, end, now_and_then

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

MOST_PROCESSES = 61
"""What Windows can wait for."""
SECONDS_TO_BEGIN = 2.0
"""What all jobs must take, as it is guessed, for other processes to be worth their beginning."""


class Crew(ABC):
    """Those who make films of tasks, one or many at once."""

    at_once: int
    """How many tasks it may be given before the first of them is done."""
    report: Report | None = None
    """What is called with how far they are, if anybody wants to know."""
    losses: tuple[type[Exception], ...] = (BrokenExecutor,)
    """What a future raises where whoever had its task was lost."""

    @abstractmethod
    def submit(self, task: Task) -> "Future[Made]":
        """Give it a task."""

    @abstractmethod
    def listen(self) -> None:
        """Pass on what has been reported of the films that are being made."""

    @abstractmethod
    def close(self, *, at_once: bool) -> None:
        """Let it go; with `at_once` it drops what it has in hand, and leaves nothing half done."""


class Here(Crew):
    """This process, one task after the other."""

    at_once = 1

    def __init__(self, report: Report | None = None) -> None:
        self.report = report

    def submit(self, task: Task) -> "Future[Made]":
        """Make it now."""
        future: Future[Made] = Future()
        try:
            future.set_result(make(task, self.report))
        except Cancelled:
            raise
        except Exception as error:  # as other processes tell it
            future.set_exception(error)
        return future

    def listen(self) -> None:
        """Do nothing: what was to be reported is known."""

    def close(self, *, at_once: bool) -> None:
        """Do nothing: there is nobody to let go."""


class Processes(Crew):
    """Processes on this machine, which keep what they have imported.

    Where one is killed all of them end, as `concurrent.futures` has it; the next task gets others.
    """

    def __init__(self, count: int, report: Report | None = None) -> None:
        self.at_once = count + 1  # nobody waits for the next
        self._count = count
        self.report = report
        self._reader, self._writer = multiprocessing.Pipe(duplex=False)
        self._workers: set[BaseProcess] = set()
        self._signals = HeldSignals()
        self._executor = self._new()

    def _new(self) -> "ProcessPoolExecutor":
        from concurrent.futures import ProcessPoolExecutor

        return ProcessPoolExecutor(
            self._count,
            way_to_begin(),
            _begin_work,
            (None if self.report is None else self._writer,),
        )

    def submit(self, task: Task) -> "Future[Made]":
        """Give it a task."""
        others = {*multiprocessing.active_children()}
        with script_left_alone():
            try:
                return self._executor.submit(_work, task)
            except BrokenExecutor:
                self._executor.shutdown()
                self._executor = self._new()
                return self._executor.submit(_work, task)
            finally:
                self._workers |= {*multiprocessing.active_children()} - others

    def listen(self) -> None:
        """Pass on what has been reported, and what signals have come."""
        self._signals.look()
        while self.report is not None and self._reader.poll():
            self.report(*self._reader.recv())

    def close(self, *, at_once: bool) -> None:
        """End the processes."""
        self._executor.shutdown(wait=not at_once, cancel_futures=True)
        if at_once:
            end(self._workers)
        self._reader.close()
        self._writer.close()
        self._signals.release()


_writer: "Connection | None" = None
"""In a worker: where it reports to, if anybody wants to know."""


def _begin_work(writer: "Connection | None") -> None:
    """In a worker: know where to report to."""
    global _writer  # a worker is told once, by its initializer
    _writer = writer
    begin_work()


def _work(task: Task) -> Made:
    try:
        return make(task, None if _writer is None else _reporting_to(_writer))
    except SystemExit:
        # Everything is cleaned up by now. The executor would take this for the task's failure,
        # and begin the next one.
        os._exit(TERMINATED)


def _reporting_to(writer: "Connection") -> Report:
    """Return what reports now and then; a report is short, and so is written in one piece."""

    def report(*words: str | int) -> None:
        with contextlib.suppress(OSError):  # nobody listens any more
            writer.send(words)

    return now_and_then(report)


def crew_of(most: int | None, jobs: Sequence[Job], report: Report | None = None) -> Crew:
    """Return whoever makes films of these jobs: as many processes as are worth it.

    There are `most` of them, or as many as there are processors.
    """
    count = min(most or processors(), len(jobs), MOST_PROCESSES)
    takes_longer = sum(job.seconds for job in jobs) > SECONDS_TO_BEGIN
    if count == 1 or (most is None and not takes_longer):
        return Here(report)
    return Processes(count, report)
