"""What is going on, on a terminal: a line for each thing that is being made, and one for all."""

import sys
from typing import Any

from visualize.commands._options import is_terminal

NARROW = 60
"""Columns below which there is no room for how long it will take."""


class ProgressBar:
    """Bars on a terminal, nothing elsewhere; on stderr, so that results can be piped.

    rich is loaded when the first is shown.
    """

    def __init__(self, whole: str = "") -> None:
        """Show also how much of the `whole` is done, called so, where it has several parts."""
        self._whole = whole
        self._parts: dict[str, float] = {}
        self._done = 0.0
        self._bars: Any = None
        self._lines: dict[str, Any] = {}

    def __enter__(self) -> "ProgressBar":
        return self

    def __exit__(self, *_: object) -> None:
        self.pause()

    def expect(self, parts: dict[str, float]) -> None:
        """Say what there is to do, and how much each of it is of the whole."""
        self._parts = parts

    def update(self, name: str, done: int, total: int, shown: str = "") -> None:
        """Show how much is done of one thing, which may be `shown` under another name."""
        if not is_terminal(sys.stderr):
            return
        if self._bars is None:
            self._bars = _bars()
            if len(self._parts) > 1:
                self._lines[""] = self._bars.add_task(self._whole, total=sum(self._parts.values()))
        if name not in self._lines:
            self._lines[name] = self._bars.add_task(name)
        self._bars.update(self._lines[name], completed=done, total=total, description=shown or name)
        self._bars.start()

    def finish(self, name: str) -> None:
        """Take the line of one thing away: it is done."""
        self._done += self._parts.get(name, 0)
        if name in self._lines:
            self._bars.remove_task(self._lines.pop(name))
        if "" in self._lines:
            self._bars.update(self._lines[""], completed=self._done)

    def pause(self) -> None:
        """Take the bars away, for other lines; they come again with the next update."""
        if self._bars is not None:
            self._bars.stop()


def _bars() -> Any:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeRemainingColumn,
    )
    from rich.table import Column

    console = Console(stderr=True)
    name = Column(ratio=1, no_wrap=True, overflow="ellipsis")
    wide = (BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    return Progress(
        TextColumn("{task.description}", markup=False, table_column=name),
        *(wide if console.width >= NARROW else (TaskProgressColumn(),)),
        console=console,
        expand=console.width < NARROW,
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
    )
