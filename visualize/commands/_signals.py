"""What is done when the user, or the system, wants a command to end."""

import signal
import sys
import threading
from typing import Any, NoReturn

AWAITED = [
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
]
SOON = 0.05
"""Seconds."""


class Signals:
    """Ctrl-C, SIGTERM, a closed terminal: they raise what ends a command, which then cleans up."""

    def __init__(self) -> None:
        self.came = 0
        """Which of them did, if one has."""

    @property
    def code(self) -> int:
        """What the command then exits with."""
        return 128 + self.came

    def listen(self) -> None:
        """Raise what ends the command, from now on; what is to be ignored is."""
        for number in AWAITED:
            if number == signal.SIGINT or signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, self._end)

    def ignore(self) -> None:
        """Let nothing break into the end any more: all is done."""
        for number in AWAITED:
            signal.signal(number, signal.SIG_IGN)

    def _end(self, number: int, _: object) -> NoReturn:
        self.came = number
        sys.unraisablehook = self._repeat
        if number == signal.SIGINT:
            raise KeyboardInterrupt
        raise SystemExit(self.code)

    def _repeat(self, lost: Any) -> None:
        """Raise it once more, a little later, where it was lost: in a callback of a library."""
        if isinstance(lost.exc_value, KeyboardInterrupt | SystemExit):
            threading.Timer(SOON, signal.raise_signal, (self.came,)).start()
        else:
            sys.__unraisablehook__(lost)
