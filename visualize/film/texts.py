"""Texts that a scene gives, set as matplotlib can: in lines, smaller where need be."""

import math
import re
from bisect import bisect_right
from collections.abc import Sequence
from functools import partial

from matplotlib.artist import Artist
from matplotlib.figure import Figure, SubFigure
from matplotlib.text import Text

from visualize.looks.lettering import lettered, plain
from visualize.looks.style import Style

WIDEST = 10
"""A formula this many times as wide as the picture is none that can be drawn."""
MOST_OF_HEIGHT = 0.25
"""Part of the picture's height that a text in lines takes before it gets still smaller."""
QUIETER = (1, 0.9, 0.82, 0.75)
"""Letters of a quiet text, as a part of those of numbers; smaller ones are not read."""
LETTERS = re.compile(r"\$(?:\\.|[^\\$])*\$|\\\$|.", re.DOTALL)
"""Of a lettered text; a formula counts as one, and so does an escaped dollar sign."""


def fitted_text(
    figure: Figure | SubFigure,
    text: str,
    width: float,
    points: float,
    fonts: Sequence[str] | None = None,
) -> Text:
    """Add a text at the top that is no wider than `width`: smaller if need be, then in lines."""
    text = lettered(text)
    title = figure.text(0, 0, text, fontsize=points, va="top", linespacing=1.15, family=fonts)
    settle_formulas([title])
    for smaller in (1, 0.95, 0.9, 0.85, 0.8):
        title.set_fontsize(points * smaller)
        if size(title)[0] <= width:
            return title
    for smaller in (0.8, 0.7, 0.6, 0.5):
        title.set_fontsize(points * smaller)
        title.set_text(in_lines(title, text, width))
        if size(title)[1] <= MOST_OF_HEIGHT * figure.bbox.height:
            break
    return title


def paragraph(
    figure: Figure | SubFigure, text: str, width: float, style: Style, height: float = math.inf
) -> tuple[Text, bool]:
    """Add a quiet text in lines no wider than `width`, smaller where these are too many.

    It is no higher than `height`, unless that is less than a line: it is cut then, with an
    ellipsis. Returns also whether it is.
    """
    height = min(height, MOST_OF_HEIGHT * figure.bbox.height)
    words = lettered(text)
    it = figure.text(0, 0, words, va="top", linespacing=1.3, color=style.theme.quiet)
    settle_formulas([it])
    words = it.get_text()
    for smaller in QUIETER:
        it.set_fontsize(style.numbers * smaller)
        lines = (in_lines(it, line, width) for line in words.splitlines())
        it.set_text("\n".join(lines))
        if size(it)[1] <= height:
            return it, False
    return it, _cut(it, width, height)


def _cut(it: Text, width: float, height: float) -> bool:
    """Cut a text of several lines so that it is not higher than that; return whether it is."""
    lines = it.get_text().split("\n")
    if len(lines) == 1:
        return False
    while len(lines) > 1 and size(it)[1] > height:
        lines.pop()
        it.set_text("\n".join(lines))
    pattern = LETTERS if it.get_parse_math() else re.compile(".", re.DOTALL)
    words = _words(pattern.findall(lines[-1]))
    while len(words) > 1 and _width_of(it, _ended(words)) > width:
        words.pop()
    it.set_text("\n".join([*lines[:-1], _ended(words)]))
    return True


def _ended(words: Sequence[Sequence[str]]) -> str:
    return " ".join(map("".join, words)).rstrip(",;:.") + "\N{HORIZONTAL ELLIPSIS}"


def _width_of(text: Text, line: str) -> float:
    text.set_text(line)
    return size(text)[0]


def in_lines(title: Text, text: str, width: float) -> str:
    """Return a text in lines that are no wider than `width` where `title` shows them.

    They end between words, and never inside of a formula.
    """

    width_of = partial(_width_of, title)
    if width_of(text) <= width:
        return text
    letters = LETTERS if title.get_parse_math() else re.compile(".", re.DOTALL)
    lines = [""]
    for word in _words(letters.findall(text)):
        if width_of(f"{lines[-1]} {''.join(word)}".strip()) > width:
            lines.append("")
        while width_of("".join(word)) > width and len(word) > 1:
            # What is wider than a line ends anywhere.
            lengths = range(1, len(word))
            fitting = max(
                bisect_right(lengths, width, key=lambda end: width_of("".join(word[:end]))), 1
            )
            lines[-1:] = ["".join(word[:fitting]), ""]
            word = word[fitting:]
        lines[-1] = f"{lines[-1]} {''.join(word)}".strip()
    return "\n".join(filter(None, lines))


def _words(letters: Sequence[str]) -> list[list[str]]:
    """Return words as lists of letters, or of what is kept together like one."""
    words: list[list[str]] = [[]]
    for letter in letters:
        if letter.isspace():
            words.append([])
        else:
            words[-1].append(letter)
    return [word for word in words if word]


def settle_formulas(texts: Sequence[Text]) -> None:
    """Show a text between dollar signs that is no formula, or one without end, as it stands."""
    for text in texts:
        if "$" in text.get_text() and not _can_be_set(text):
            text.set(text=plain(text.get_text()), parse_math=False)


def _can_be_set(text: Text) -> bool:
    figure = text.get_figure(root=True)
    try:
        width = text.get_window_extent().width
    except Exception:  # whatever mathtext runs into
        return False
    return figure is None or width < WIDEST * figure.bbox.width


def formulas_unset_in(texts: Sequence[Text]) -> list[str]:
    """Return a sentence for each text with a formula that is shown as it stands."""
    return [
        f"'{text.get_text()}' has no formula that can be set; it is shown as it is written"
        for text in texts
        if "$" in text.get_text() and not text.get_parse_math()
    ]


def size(artist: Artist) -> tuple[float, float]:
    """Return how wide and how high something is, in pixels."""
    box = artist.get_window_extent()
    return box.width, box.height
