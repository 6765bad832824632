"""Signals that wait until somebody looks, so that they do not break into what is half done."""

import signal
from collections.abc import Callable
from types import FrameType
from typing import Any

Handler = Callable[[int, FrameType | None], Any]
AWAITED = [
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
]


class HeldSignals:
    """Holds back Ctrl-C and SIGTERM, where somebody wants to know of them.

    What a handler raises may be lost: in a callback of a library it is printed, and ignored.
    """

    def __init__(self) -> None:
        """Begin to hold them back; in the main thread, to which alone they come."""
        self._handlers: dict[int, Handler] = {}
        self._came: int | None = None
        for number in AWAITED:
            handler = signal.getsignal(number)
            if callable(handler):
                try:
                    signal.signal(number, self._note)
                except ValueError:  # another thread
                    return
                self._handlers[number] = handler

    def _note(self, number: int, _: FrameType | None) -> None:
        self._came = number

    def look(self) -> None:
        """Let what has come do its work, which may be to raise."""
        if self._came is not None:
            number, self._came = self._came, None
            self._handlers[number](number, None)

    def release(self) -> None:
        """Hold none back any more, and let what has come do its work."""
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        self.look()
