"""What came of a long run, and how it is told."""

import time
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Figures:
    """What came of so many inputs."""

    count: int = 0
    sound: int = 0
    """How many were taken."""
    seconds: float = 0.0
    slowest: float = 0.0
    """Seconds of this process for one input, whatever else the machine does."""
    slow: list[tuple[float, Any]] = field(default_factory=list)
    """Those that took more than a second."""
    foreign: Counter[str] = field(default_factory=Counter)
    """Errors and warnings that are not ours, and results that are not sound, by their words."""
    examples: dict[str, Any] = field(default_factory=dict)
    """The first input of each of them."""

    @contextmanager
    def of(self, given: Any) -> Iterator[None]:
        """Time one input, and keep what comes out of it."""
        begun = time.process_time()
        try:
            yield
        except Exception as error:  # whatever there may be is what is looked for
            self.tell(f"{type(error).__name__}: {error} (in {_ours(error)})"[:300], given)
        seconds = time.process_time() - begun
        self.count += 1
        self.slowest = max(self.slowest, seconds)
        if seconds > 1:
            self.slow.append((seconds, given))

    def tell(self, words: str, given: Any) -> None:
        """Keep what is wrong with an input."""
        self.foreign[words] += 1
        self.examples.setdefault(words, given)

    def report(self, what: str) -> None:
        """Print the figures, with an example of everything that is wrong."""
        print(
            f"{self.count} {what} in {self.seconds:.0f} s, {self.sound} sound, the slowest "
            f"{self.slowest:.2f} s, {len(self.slow)} over a second, "
            f"{sum(self.foreign.values())} foreign errors",
            flush=True,
        )
        for seconds, given in sorted(self.slow, reverse=True):
            print(f"{seconds:6.2f} s  {given!r}"[:3000])
        for words, times in self.foreign.most_common():
            print(f"{times:6d}  {words}\n        {self.examples[words]!r}"[:3000])


def _ours(error: Exception) -> str:
    """Return where in our code an error comes from."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [it for it in frames if "/visualize/" in it.filename]
    return f"{ours[-1].filename.rpartition('/visualize/')[2]}:{ours[-1].lineno}" if ours else "?"
