"""The progress bar: on a terminal, on stderr; rich is loaded when one is shown."""

import sys
from pathlib import Path
from typing import Any


class ProgressBar:
    """A bar on a terminal, nothing elsewhere; on stderr, so that results can be piped."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._path: Path | None = None

    def __enter__(self) -> "ProgressBar":
        return self

    def __exit__(self, *_: object) -> None:
        self.pause()

    def update(self, path: Path, done: int, total: int) -> None:
        """Show how much of the file `path` is done."""
        if not sys.stderr.isatty():
            return
        if self._path != path:
            self.pause()
            self._path, self._bar = path, _bar(path.name)
            self._bar.start()
        self._bar.update(self._bar.task_ids[0], completed=done, total=total)

    def pause(self) -> None:
        """Take the bar away, for other lines."""
        if self._bar is not None:
            self._bar.stop()
        self._bar = self._path = None


def _bar(name: str) -> Any:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeRemainingColumn,
    )

    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
    )
    bar.add_task(name, total=None)
    return bar
