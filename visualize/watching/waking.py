"""Who says at once when something in a folder may have changed."""

import contextlib
import logging
import threading
from collections.abc import Mapping
from multiprocessing import Pipe
from pathlib import Path

STEP = 10
"""Milliseconds without a further change, after which one is told."""
LONGEST = 60
"""Milliseconds after which it is told anyhow."""


class Waker:
    """Listens to the events of a file system, where it has any.

    They say that somebody should look, not what there is to see: what has changed is known from
    the files alone.
    """

    def __init__(self) -> None:
        self.connection, self._sender = Pipe(duplex=False)
        self._folders: Mapping[Path, int] = {}
        self._stop = threading.Event()
        self.trouble = ""
        """Why nothing is heard, where that is so."""

    def listen(self, folders: Mapping[Path, int]) -> None:
        """Hear of changes in folders, known by their inodes: a new one of an old name is new."""
        if folders == self._folders:
            return
        self._folders = dict(folders)
        self._stop.set()
        self._stop = threading.Event()
        self.trouble = ""
        if folders:
            thread = threading.Thread(
                target=self._hear, args=(tuple(folders), self._stop), daemon=True
            )
            thread.start()

    def heard(self) -> bool:
        """Whether there was anything, of which then nothing is left."""
        any_ = False
        while self.connection.poll():
            self.connection.recv_bytes()
            any_ = True
        return any_

    def close(self) -> None:
        """Listen no more."""
        self._stop.set()

    def _hear(self, folders: tuple[Path, ...], stop: threading.Event) -> None:
        try:
            import watchfiles

            logging.getLogger("watchfiles").setLevel(logging.ERROR)
            changes = watchfiles.watch(
                *folders,
                watch_filter=None,
                debounce=LONGEST,
                step=STEP,
                stop_event=stop,
                rust_timeout=1000,
                recursive=False,
                ignore_permission_denied=True,
            )
            self._wake()  # what happened before it listened
            for _ in changes:
                self._wake()
        # No events, a limit reached, a folder gone: whatever it is, looking now and then will do.
        except (ImportError, OSError, RuntimeError) as error:
            if not stop.is_set():
                self.trouble = str(error)
                self._wake()

    def _wake(self) -> None:
        with contextlib.suppress(OSError):  # closed meanwhile
            self._sender.send_bytes(b".")
