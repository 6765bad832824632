"""The text of a post, and where in it things stand."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from visualize.errors import Mistake
from visualize.scene.source import Mark, text_in

FRONT = re.compile(
    r"(?P<fence>---|\+\+\+)[ \t]*\n(?P<text>.*?)^(?:(?P=fence)|\.\.\.)[ \t]*$", re.S | re.M
)
"""What stands before a post: YAML between dashes, or TOML between plus signs."""


@dataclass(frozen=True)
class Post:
    """A post as it was written."""

    path: Path
    text: str
    lines: tuple[str, ...]
    mistakes: list[Mistake] = field(default_factory=list)
    """What has been found wrong in it."""
    remarks: list[Mistake] = field(default_factory=list)
    """What is left out or shown otherwise."""

    def refuse(self, mark: Mark, words: str) -> None:
        """Note a mistake at a place."""
        self.mistakes.append(self.at(mark, words))

    def remark(self, mark: Mark, words: str) -> None:
        """Note what is not shown as it is written, once for each place."""
        if (remark := replace(self.at(mark, words), setting="warning")) not in self.remarks:
            self.remarks.append(remark)

    def at(self, mark: Mark, words: str) -> Mistake:
        """Return words about a place in the post."""
        source = self.lines[mark.line - 1] if 0 < mark.line <= len(self.lines) else ""
        return Mistake(str(self.path), mark.line, mark.column, "", words, source, mark.length)

    @property
    def front(self) -> re.Match[str] | None:
        """What stands before the post, between dashes or plus signs."""
        return FRONT.match(self.text)

    def finder(self, first: int, end: int) -> "Finder":
        """Return what finds texts in the lines from `first` to before `end` (from 0)."""
        return Finder(self, first, end)


def read_post(path: Path) -> Post:
    """Return the post in a file; raises `SceneError` where it cannot be read."""
    text = text_in(path, "a post").replace("\r\n", "\n").replace("\r", "\n")
    return Post(path, text, tuple(text.split("\n")))


class Finder:
    """Finds one thing after the other in some lines of a post."""

    def __init__(self, post: Post, first: int, end: int) -> None:
        self._lines = post.lines
        self._line, self._end, self._column = first, max(end, first + 1), 0

    def find(self, text: str) -> Mark:
        """Return where a text, or its first line, stands next; or the line where it must be."""
        wanted = next((line.strip() for line in text.split("\n") if line.strip()), "")
        for line, column, source in self._rest():
            place = source.find(wanted, column)
            if wanted and place >= 0:
                self._line, self._column = line, place + len(wanted)
                return Mark(line + 1, place + 1, max(len(wanted), 1))
        source = self._lines[self._line] if self._line < len(self._lines) else ""
        column = len(source) - len(source.lstrip())
        return Mark(self._line + 1, column + 1, max(len(source.strip()), 1))

    def _rest(self) -> Iterator[tuple[int, int, str]]:
        for line in range(self._line, min(self._end, len(self._lines))):
            yield line, self._column if line == self._line else 0, self._lines[line]
