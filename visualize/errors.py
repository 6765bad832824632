"""The errors that a user can meet.

    VisualizeError
    ├── ExpressionError     a text that is not a formula
    ├── SceneError          the mistakes of a scene file, all of them       exit 2
    ├── PluginError         an installed package that cannot be loaded
    ├── ForeignError        a function or an optimizer from Python that fails
    ├── ArraysError         saved arrays that cannot be trusted             exit 1
    ├── OutputError         a picture or an array that cannot be written    exit 1
    └── ClusterError        other machines that cannot make films           exit 1

Any other exception is a bug of ours and keeps its traceback.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace

WIDEST_ECHO = 96


class VisualizeError(Exception):
    """Anything that visualize has to tell its user."""


class ExpressionError(VisualizeError):
    """A text that is not a formula; `column` (from 0) and `length` say which part of it."""

    def __init__(self, message: str, column: int = 0, length: int = 1) -> None:
        super().__init__(message)
        self.message = message
        self.column = column
        self.length = max(length, 1)

    def __reduce__(self) -> tuple[type["ExpressionError"], tuple[str, int, int]]:
        return ExpressionError, (self.message, self.column, self.length)


class PluginError(VisualizeError):
    """An installed package that offers a kind of something, and cannot be loaded."""


class ForeignError(VisualizeError):
    """A function or an optimizer, given in Python, that raises or returns what cannot be used.

    What it has raised itself, with its traceback, is the cause.
    """


class ArraysError(VisualizeError):
    """Saved arrays that are damaged, or not what they say they are."""


class OutputError(VisualizeError):
    """A file that could not be written."""


class ClusterError(VisualizeError):
    """A scheduler or workers that are not there, or would make other films than are made here."""


@dataclass(frozen=True)
class Mistake:
    """One mistake in a scene file, reported as a compiler does: place, setting, words, caret."""

    path: str
    line: int
    """From 1; 0 where the mistake is the file's as a whole."""
    column: int
    setting: str
    message: str
    source: str = ""
    length: int = 1

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}:{self.column}" if self.line else self.path
        line = ": ".join(part for part in (place, self.setting, self.message) if part)
        return f"{printable(line)}{self._echo()}" if self.source.strip() else printable(line)

    def _echo(self) -> str:
        start = self.column - 1
        first = max(0, min(start - 20, len(self.source) - WIDEST_ECHO))
        last = first + WIDEST_ECHO
        before = ("…" if first else "") + printable(self.source[first:start])
        marked = printable(self.source[start : min(start + self.length, last)]) or " "
        after = printable(self.source[start + self.length : last])
        if last < len(self.source):
            after += "…"
        caret = " " * _cells(before) + "^" * _cells(marked)
        return f"\n{self.line:5d} | {before}{marked}{after}".rstrip() + f"\n      | {caret}"


class SceneError(VisualizeError):
    """All the mistakes found in a scene file, in the order of its lines.

    >>> print(SceneError([Mistake("race.yaml", 8, 20, "steps", "must be at least 0 (got -1)")]))
    race.yaml:8:20: steps: must be at least 0 (got -1)
    """

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(sorted(mistakes, key=lambda mistake: (mistake.line, mistake.column)))
        super().__init__("\n".join(map(str, self.mistakes)))

    def moved(self, path: str) -> "SceneError":
        """Return the same mistakes, in a file of another name."""
        return SceneError(replace(mistake, path=path) for mistake in self.mistakes)

    def __reduce__(self) -> tuple[type["SceneError"], tuple[tuple[Mistake, ...]]]:
        return SceneError, (self.mistakes,)


def printable(text: str) -> str:
    """Return `text` with what a terminal would obey (control, bidirectional marks) written out."""
    return "".join(
        character.encode("unicode_escape").decode()
        if unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"}
        else character
        for character in text
    )


def _cells(text: str) -> int:
    return sum(
        0 if unicodedata.combining(letter) else 1 + (unicodedata.east_asian_width(letter) in "WF")
        for letter in text
    )
