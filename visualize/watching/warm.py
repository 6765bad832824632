"""A process that stays: it does one task after the other, and can be told to abandon one."""

import contextlib
import multiprocessing
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing import sharedctypes
from multiprocessing.connection import Connection
from typing import Any, Generic, TypeVar

from visualize.batch.processes import script_left_alone, way_to_begin
from visualize.batch.worker import GRACE, OFTEN, begin_work, end, end_in_peace
from visualize.errors import VisualizeError

TASK = TypeVar("TASK")
RESULT = TypeVar("RESULT")
PATIENCE = 1.0
"""Seconds within which an abandoned task has to end."""
DEAF = 0.3
"""Seconds that one has which did not listen before."""
MOST_FAILURES = 3
"""Processes lost one after the other, of which none has said anything."""
LAST = 10
"""The niceness of what may wait for others: a tenth of what they get, where all want to run. With
19 it would be a hundredth, and a film never be done on a machine that is busy."""

Heart = Callable[[Any, int, int], None]
"""To be called often by a task: with what it makes, how much of it is done, and of how much."""


class AbandonedError(BaseException):
    """Raised in a task that nobody waits for; as an interrupt it is nobody's to handle."""


@dataclass(frozen=True)
class Beat:
    """How far a task is."""

    what: Any
    """It makes."""
    done: int
    total: int


@dataclass(frozen=True)
class Ended(Generic[RESULT]):
    """A task is over."""

    result: RESULT | None
    """None, if it was abandoned or its process was lost."""
    lost: bool


class WarmProcess(Generic[TASK, RESULT]):
    """A process with all its imports done, waiting for tasks.

    `work(task, heart)` and `warm_up()` are functions of a module. What `work` raises, and does not
    tell in its result, is a bug: it ends the process with its traceback, and another is started.
    """

    def __init__(
        self,
        work: Callable[[TASK, Heart], RESULT],
        warm_up: Callable[[], object],
        *,
        last: bool = False,
    ) -> None:
        self._work = work
        self._warm_up = warm_up
        self._last = last
        self._number = 0
        self._abandoned_at: float | None = None
        self._failures = 0
        self.task: TASK | None = None
        """What it does."""
        self._begin()

    def _begin(self) -> None:
        way = way_to_begin()
        # Shared memory, and no message: a task asks thousands of times a second.
        self._abandoned = sharedctypes.RawValue("q", 0)
        self.connection: Connection
        self.connection, theirs = multiprocessing.Pipe()
        self._process = way.Process(  # type: ignore[attr-defined]  # every way has it
            target=_serve,
            args=(theirs, self._abandoned, self._work, self._warm_up, self._last),
            daemon=True,
        )
        with script_left_alone():
            self._process.start()
        theirs.close()

    def start(self, task: TASK) -> None:
        """Begin a task; there must be none."""
        self._number += 1
        self.task = task
        self._abandoned_at = None
        with contextlib.suppress(OSError):  # it has died: `hear` tells
            self.connection.send((self._number, task))

    def abandon(self) -> None:
        """Let the task end without a result, soon."""
        if self.task is not None and self._abandoned_at is None:
            self._abandoned_at = time.monotonic()
            self._abandoned.value = self._number

    @property
    def is_abandoned(self) -> bool:
        """Whether the task will have no result."""
        return self._abandoned_at is not None

    @property
    def deadline(self) -> float | None:
        """When (of the monotonic clock) an abandoned task is over at the latest."""
        return None if self._abandoned_at is None else self._abandoned_at + PATIENCE

    def hear(self) -> Beat | Ended[RESULT] | None:
        """Return what the process says, if it says anything; it is not waited for."""
        if self.deadline is not None and time.monotonic() > self.deadline:
            self._restart(DEAF)
            return self._end(None, lost=False)
        try:
            if not self.connection.poll():
                return None
            number, said = self.connection.recv()
        except (EOFError, OSError):
            idle = self.task is None
            self._failures += 1
            if self._failures == MOST_FAILURES:
                words = "a process that draws cannot be started; what it said stands above"
                raise VisualizeError(words) from None
            self._restart(GRACE)
            return None if idle else self._end(None, lost=not self.is_abandoned)
        self._failures = 0
        if number != self._number or self.task is None:
            return None
        if isinstance(said, Beat):
            return None if self.is_abandoned else said
        return self._end(said, lost=False)

    def _end(self, result: RESULT | None, *, lost: bool) -> Ended[RESULT]:
        self.task = None
        self._abandoned_at = None
        return Ended(result, lost)

    def _restart(self, grace: float) -> None:
        self.close(grace)
        self._begin()

    def close(self, grace: float = GRACE) -> None:
        """End the process, which cleans up what it has begun in so many seconds."""
        self._abandoned.value = self._number
        self.connection.close()
        end([self._process], grace)


def _serve(
    connection: Connection,
    abandoned: Any,
    work: Callable[[Any, Heart], Any],
    warm_up: Callable[[], object],
    last: bool,
) -> None:
    begin_work()
    if last:
        with contextlib.suppress(AttributeError, OSError):  # Windows has no such thing
            os.nice(max(LAST - os.nice(0), 0))
    warm_up()
    with contextlib.suppress(OSError):  # whoever began it may be gone
        connection.send((0, None))  # it lives
    while True:
        try:
            number, task = connection.recv()
        except (EOFError, OSError):
            end_in_peace()
            return
        try:
            result = work(task, _heart(connection, abandoned, number))
        except AbandonedError:
            result = None
        with contextlib.suppress(OSError):
            connection.send((number, result))


def _heart(connection: Connection, abandoned: Any, number: int) -> Heart:
    told = time.monotonic()

    def beat(what: Any, done: int, total: int) -> None:
        nonlocal told
        if abandoned.value >= number:
            raise AbandonedError
        now = time.monotonic()
        if now - told > OFTEN:
            told = now
            connection.send((number, Beat(what, done, total)))

    beat(None, 0, 0)  # it may have been abandoned before it has begun
    return beat
