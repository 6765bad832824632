"""The objective and the rules of the optimizers as mathematics, below the title."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.figure import Figure, SubFigure
from matplotlib.text import Text

from visualize.film.arrangement import Arrangement
from visualize.film.texts import settle_formulas
from visualize.formulas.rules import rule_in_mathematics
from visualize.formulas.typesetting import in_mathematics, terms_in_mathematics
from visualize.looks.lettering import lettered
from visualize.looks.style import Style
from visualize.objectives.formula import Formula
from visualize.optimizers._values import values_in_mathematics
from visualize.optimizers.optimizer import Optimizer
from visualize.scene.scene import Scene

FONTS = "stix"
"""The letters of formulas: they come along with matplotlib."""
MOST_OF_HEIGHT = 0.33
"""Part of the picture's height that all of it takes at most."""
GAP = 0.45
"""Between rows, as a part of a letter's size."""
SIZES = (1.0, 0.9, 0.8, 0.7, 0.62)
MANY_VARIABLES = 4
"""Of fewer the objective is a function of each by its name."""


@dataclass(frozen=True)
class Equation:
    """A formula in the picture, and whose it is."""

    whose: str
    """Whose rule it is; the objective's is nobody's."""
    label: str
    """Of the run whose colour it has."""
    lines: tuple[str, ...]
    """Texts with formulas between dollar signs; they may stand beside each other."""
    values: str
    """Of the letters in them, if they are known."""
    apart: float
    """Letters between those that do."""


def equations_of(scene: Scene, arrangement: Arrangement) -> list[Equation]:
    """Return the objective's formula, and the rule of each optimizer; those that are alike once."""
    return [*_objective(scene), *_rules(scene, arrangement)]


def _objective(scene: Scene) -> Iterator[Equation]:
    objective = scene.objective
    if isinstance(objective, Formula):
        names = objective.variables
        shown = [*map(in_mathematics, names)]
        if len(names) >= MANY_VARIABLES:
            shown = [shown[0], r"\ldots", shown[-1]]
        first, *others = terms_in_mathematics(objective.expression)
        # A sign that something stands before is set as one between terms.
        terms = [f"$f({', '.join(shown)}) = {first}$", *(f"${{}} {term}$" for term in others)]
        yield Equation("", "", tuple(terms), "", apart=0.0)


def _rules(scene: Scene, arrangement: Arrangement) -> Iterator[Equation]:
    rules: dict[str, list[Any]] = {}
    for run in scene.runs:
        if isinstance(run.source, Optimizer):
            rules.setdefault(run.source.formula, []).append(run)
    for rule, runs in rules.items():
        label = runs[0].label
        lines = tuple(map(rule_in_mathematics, rule.splitlines()))
        [values, *others] = {values_in_mathematics(run.source) for run in runs}
        whose = [arrangement.names.get(run.label, run.label) for run in runs]
        names = whose if len(runs) < 3 else [runs[0].group]
        named = ", ".join(dict.fromkeys(names))
        yield Equation(named, label, lines, "" if others else values, apart=2.0)


class Block:
    """Rows of equations in a figure: whose they are, and beside that the formulas."""

    def __init__(
        self, figure: Figure | SubFigure, equations: Sequence[Equation], style: Style
    ) -> None:
        """They have no place yet."""
        self._figure = figure
        self._rows = [_Row(figure, equation, style) for equation in equations]
        self._gap = self._letter_gap = GAP * style.font_size / 72 * figure.get_figure(root=True).dpi

    @property
    def height(self) -> float:
        """How high it is, in pixels."""
        return sum(row.height(self._gap) + self._gap for row in self._rows) - self._gap

    def fits(self, width: float, height: float = math.inf) -> bool:
        """Make it no larger than that, in lines and smaller if need be; return whether it can be.

        It is never higher than a part of the picture."""
        height = min(height, MOST_OF_HEIGHT * self._figure.bbox.height)
        gap = self._letter_gap
        for scale in SIZES:
            self._gap = gap * scale
            for row in self._rows:
                row.scale = scale
            free = width - self._column()
            widest = max(row.wrap(free) for row in self._rows)
            if widest <= free and self.height <= height:
                return True
        return False

    def place(self, left: float, top: float) -> None:
        """Put its upper left corner there, in pixels of the figure."""
        for row in self._rows:
            row.place(left, self._column() if row.is_named else 0, top, self._gap)
            top -= row.height(self._gap) + self._gap

    def remove(self) -> None:
        """Take it out of the figure."""
        for row in self._rows:
            row.remove()

    def _column(self) -> float:
        """Return how wide the names are, with the space beside them."""
        widest = max(row.whose_width for row in self._rows)
        return widest + 3 * self._gap if widest else 0.0


class _Part:
    """A text of a row, measured once: mathematics takes its time."""

    def __init__(self, text: Text) -> None:
        """It stands in the lower left corner of its figure."""
        box, (left, baseline) = text.get_window_extent(), text.get_transform().transform((0, 0))
        self.text = text
        self.width = float(box.x1 - left)
        self.ascent, self.descent = float(box.y1 - baseline), float(baseline - box.y0)


class _Row:
    """An equation in a figure: each of its parts is a text, several of which stand in a line."""

    def __init__(self, figure: Figure | SubFigure, equation: Equation, style: Style) -> None:
        """They have no place yet."""
        theme, size = style.theme, style.font_size
        self._figure = figure
        self.is_named = bool(equation.whose)
        whose = figure.text(0, 0, lettered(equation.whose), fontsize=size)
        whose.set_color(style.colors.get(equation.label, theme.ink))
        formulas = [
            figure.text(0, 0, words, fontsize=size, color=color, math_fontfamily=FONTS)
            for words, color in (
                *((line, theme.ink) for line in equation.lines),
                (equation.values, theme.quiet),
            )
            if words
        ]
        settle_formulas([whose, *formulas])
        self._whose = _Part(whose)
        self._parts = [_Part(text) for text in formulas]
        self._apart = equation.apart * size / 72 * figure.get_figure(root=True).dpi
        self._size = size
        self._lines: list[list[tuple[_Part, float]]] = []
        self.scale = 1.0
        """How large letters are, as a part of those that it was measured with."""

    @property
    def whose_width(self) -> float:
        """How wide the name is, in pixels."""
        return self._whose.width * self.scale if self.is_named else 0.0

    def height(self, gap: float) -> float:
        """Return how high it is, in pixels, with gaps between its lines."""
        return sum(map(sum, map(self._reach, self._lines))) + gap * (len(self._lines) - 1)

    def wrap(self, width: float) -> float:
        """Let parts stand beside each other as far as there is room; return how wide that is."""
        self._lines = []
        widest, end = 0.0, np.inf
        for part in self._parts:
            wide = part.width * self.scale
            if end + wide > width:
                self._lines.append([])
                end = 0.0
            self._lines[-1].append((part, end))
            widest = max(widest, end + wide)
            end += wide + self._apart * self.scale
        return widest

    def place(self, left: float, indent: float, top: float, gap: float) -> None:
        """Put its upper left corner there; formulas begin `indent` farther to the right."""
        for number, line in enumerate(self._lines):
            ascent, descent = self._reach(line)
            if number == 0:
                self._put(self._whose, left, top - ascent)
            for part, across in line:
                self._put(part, left + indent + across, top - ascent)
            top -= ascent + descent + gap

    def remove(self) -> None:
        """Take it out of the figure."""
        for part in (self._whose, *self._parts):
            part.text.remove()

    def _put(self, part: _Part, left: float, baseline: float) -> None:
        width, height = self._figure.bbox.size
        part.text.set(position=(left / width, baseline / height), fontsize=self._size * self.scale)

    def _reach(self, line: list[tuple[_Part, float]]) -> tuple[float, float]:
        """Return how far a line reaches above and below where its letters stand."""
        parts = [part for part, _ in line]
        if self.is_named and line is self._lines[0]:
            parts.append(self._whose)
        above, below = max(it.ascent for it in parts), max(it.descent for it in parts)
        return above * self.scale, below * self.scale
