"""Who makes films on other machines: the workers of a Dask scheduler."""

import asyncio
import logging
import time
import warnings
from collections.abc import Mapping
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Any

from visualize.batch.crews import Crew
from visualize.batch.remote import differences, made_with, make_there, versions
from visualize.batch.task import Made, Report, Task
from visualize.declare.library import library
from visualize.errors import ClusterError, printable
from visualize.text import counted, listed

if TYPE_CHECKING:
    from distributed import Client

PATIENCE = 6.0
"""Seconds for a scheduler to answer, and for its workers to come."""
SELDOM = 2.0
"""Seconds from one look at who is there to the next."""
ABANDONED = 60.0
"""Seconds without any worker after which none is waited for: one that was killed is begun anew."""
AHEAD = 2
"""Tasks for each worker, so that none waits for its next."""
SCHEMES = ("tcp", "tls", "ws", "wss")


class Cluster(Crew):
    """The workers of a Dask scheduler, on any machines.

    They get scenes with the files that these read, and give back bytes. A task whose worker is lost
    goes to another; one that has cost four of them is given up. Raises `ClusterError` where the
    scheduler does not answer, or its workers do not have what this process has.
    """

    def __init__(self, scheduler: str, report: Report | None = None) -> None:
        distributed = _distributed()
        _ask(scheduler)
        self._scheduler = scheduler
        self._report = report
        self._reports: SimpleQueue[tuple[str, str, int, int]] = SimpleQueue()
        self._asked: dict[Future[Made], Future[Made]] = {}
        self.losses = (distributed.KilledWorker,)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what differs is told by ourselves
            self._client: Client = distributed.Client(
                scheduler, timeout=PATIENCE, set_as_default=False
            )
        try:
            self._workers = self._those_who_come()
            self.at_once = AHEAD * len(self._workers)
            self._refuse_others()
        except ClusterError:
            self._client.close()
            raise
        self._seen = self._looked = time.monotonic()
        self._executor = self._client.get_executor(pure=False)
        if report is not None:
            self._client.subscribe_topic(self._topic, lambda event: self._reports.put(event[1]))

    @property
    def _topic(self) -> str:
        return f"visualize-{self._client.id}"

    def submit(self, task: Task) -> "Future[Made]":
        """Give it a task; whatever goes wrong with that is told by what is returned."""
        answer: Future[Made] = Future()
        if self._client.status != "running":
            answer.set_exception(self._gone())
            return answer
        topic = self._topic if self._report else ""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # some scenes read large files
            asked = self._executor.submit(make_there, task, made_with(task), topic)
        self._asked[answer] = asked
        asked.add_done_callback(lambda _: self._pass_on(asked, answer))
        return answer

    def listen(self) -> None:
        """Pass on what has been reported; give up where no worker is left."""
        while self._report is not None and not self._reports.empty():
            self._report(*self._reports.get())
        now = time.monotonic()
        if now - self._looked < SELDOM:
            return
        self._looked = now
        if self._client.status == "running":
            with suppress(OSError):  # it is noticed by the futures
                self._workers = self._present()
                self.at_once = AHEAD * max(len(self._workers), 1)
        if self._workers and self._client.status == "running":
            self._seen = now
        elif now - self._seen > ABANDONED:
            for answer in [*self._asked]:
                self._settle(answer, error=ClusterError(f"{self._scheduler} has no workers left"))

    def close(self, *, at_once: bool) -> None:
        """Leave the cluster; with `at_once` what is being made there is broken off."""
        left, self._asked = [*self._asked.values()], {}
        for asked in left if at_once else ():
            asked.cancel()
        with suppress(OSError, TimeoutError):
            self._client.close(timeout=SELDOM)

    def _pass_on(self, asked: "Future[Made]", answer: "Future[Made]") -> None:
        try:
            self._settle(answer, made=asked.result())
        except CancelledError:
            self._settle(answer, error=self._gone())
        except ImportError as error:
            words = f"a worker lacks something: {printable(str(error))}"
            self._settle(answer, error=ClusterError(f"{self._scheduler}: {words}"))
        except Exception as error:  # a bug keeps its traceback, in whoever asks for the result
            self._settle(answer, error=error)

    def _settle(
        self, answer: "Future[Made]", made: Made | None = None, error: Exception | None = None
    ) -> None:
        """Say what became of a task, once."""
        if self._asked.pop(answer, None) is None:
            return
        if error is not None:
            answer.set_exception(error)
        else:
            answer.set_result(made or Made())

    def _gone(self) -> ClusterError:
        return ClusterError(f"{self._scheduler}: the scheduler has gone, and what it had in hand")

    def _present(self) -> frozenset[str]:
        """Return the addresses of the workers."""
        return frozenset(self._client.nthreads())

    def _those_who_come(self) -> frozenset[str]:
        """Return the workers that are there, or come soon."""
        with suppress(TimeoutError):
            self._client.wait_for_workers(1, timeout=PATIENCE)
        workers = self._present()
        if not workers:
            raise ClusterError(
                f"{self._scheduler} has no workers; begin some with "
                f"dask worker {self._scheduler} --nthreads 1"
            )
        return workers

    def _versions_there(self) -> Mapping[str, Any]:
        """Return what each worker says of itself, or why it cannot."""
        answers: SimpleQueue[Mapping[str, Any]] = SimpleQueue()

        def ask() -> None:
            with suppress(Exception):  # the client was closed: nobody waits any longer
                answers.put(self._client.run(versions, on_error="return"))

        Thread(target=ask, daemon=True).start()
        try:
            return answers.get(timeout=PATIENCE)
        except Empty:
            words = f"a worker of {self._scheduler} does not answer within {PATIENCE:g} s"
            raise ClusterError(f"{words}; there are {listed(sorted(self._workers))}") from None

    def _refuse_others(self) -> None:
        """Refuse workers without our package, or with other versions than are here."""
        ours, found = versions(), self._versions_there()
        lacking = [worker for worker, it in found.items() if not isinstance(it, Mapping)]
        if lacking:
            reason = printable(str(found[lacking[0]]))[:200]
            raise ClusterError(
                f"{counted(len(lacking), 'worker')} of {self._scheduler} cannot make films "
                f"({reason}); install visualize {ours['visualize']} there: {listed(lacking)}"
            )
        for worker, theirs in found.items():
            if words := differences(theirs, ours):
                raise ClusterError(
                    f"{worker} would make other films: {words}; install the same everywhere"
                )


def _distributed() -> Any:
    """Return the library, which says nothing by itself."""
    try:
        distributed = library("distributed", "visualize[cluster]", "--executor dask")
    except ImportError as error:
        raise ClusterError(str(error)) from None
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    return distributed


def _ask(scheduler: str) -> None:
    """Raise `ClusterError` where no scheduler answers at an address, in time."""
    scheme, _, rest = scheduler.partition("://")
    if scheme not in SCHEMES or not rest.rpartition(":")[2].isdecimal():
        words = "is no scheduler's address; write for example tcp://192.168.1.10:8786"
        raise ClusterError(f"{printable(scheduler)!r} {words}")

    async def identity() -> Mapping[str, Any]:
        from distributed import rpc

        async with rpc(scheduler, timeout=PATIENCE) as it:
            found: Mapping[str, Any] = await it.identity()
            return found

    try:
        kind = asyncio.run(asyncio.wait_for(identity(), PATIENCE)).get("type")
    except (OSError, TimeoutError):
        words = f"no scheduler answers within {PATIENCE:g} s"
        raise ClusterError(f"{scheduler}: {words}; begin one with dask scheduler") from None
    except Exception:  # whatever Dask makes of the answer of something else
        kind = None
    if kind != "Scheduler":
        words = (
            f"that is a {kind.lower()}" if isinstance(kind, str) else "something else answers there"
        )
        raise ClusterError(f"{scheduler}: {words}, no scheduler of Dask's")
