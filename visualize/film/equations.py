"""The objective and the rules of the optimizers as mathematics, below the title."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.figure import Figure, SubFigure
from matplotlib.text import Text

from visualize.film.arrangement import Arrangement
from visualize.film.texts import settle_formulas, size
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
MOST_OF_HEIGHT = 0.34
"""Part of the picture's height that all of it takes at most."""
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
        self._letter = style.font_size

    @property
    def height(self) -> float:
        """How high it is, in pixels."""
        return sum(row.height + self._gap for row in self._rows) - self._gap

    def fits(self, width: float, style: Style) -> bool:
        """Make it no wider than that, in lines and smaller if need be; return whether it can be."""
        for smaller in SIZES:
            self._letter = style.font_size * smaller
            for row in self._rows:
                row.set_size(self._letter)
            free = width - self._column()
            widest = max(row.wrap(free, self._gap) for row in self._rows)
            if widest <= free and self.height <= MOST_OF_HEIGHT * self._figure.bbox.height:
                return True
        return False

    def place(self, left: float, top: float) -> None:
        """Put its upper left corner there, in pixels of the figure."""
        for row in self._rows:
            row.place(left, self._column() if row.is_named else 0, top)
            top -= row.height + self._gap

    def remove(self) -> None:
        """Take it out of the figure."""
        for row in self._rows:
            row.remove()

    def _column(self) -> float:
        """Return how wide the names are, with the space beside them."""
        widest = max(size(row.whose)[0] for row in self._rows)
        return widest + 3 * self._gap if widest else 0.0

    @property
    def _gap(self) -> float:
        return float(self._letter * 0.45 / 72 * self._figure.get_figure(root=True).dpi)


class _Row:
    """An equation in a figure: each of its parts is a text, several of which stand in a line."""

    def __init__(self, figure: Figure | SubFigure, equation: Equation, style: Style) -> None:
        """They have no place yet."""
        color = style.colors.get(equation.label, style.theme.ink)
        self.whose = figure.text(0, 0, lettered(equation.whose), color=color)
        self.is_named = bool(equation.whose)
        self._figure = figure
        self._apart = equation.apart
        self._parts = [
            figure.text(0, 0, line, color=style.theme.ink, math_fontfamily=FONTS)
            for line in (*equation.lines, equation.values)
            if line
        ]
        if equation.values:
            self._parts[-1].set_color(style.theme.quiet)
        self._lines: list[list[tuple[Text, float]]] = []
        self._gap = 0.0
        settle_formulas([self.whose, *self._parts])

    @property
    def height(self) -> float:
        """How high it is, in pixels."""
        heights = [ascent + descent for ascent, descent in map(self._reach, self._lines)]
        return sum(heights) + self._gap * (len(heights) - 1)

    def set_size(self, points: float) -> None:
        """Let letters have this size."""
        for text in (self.whose, *self._parts):
            text.set_fontsize(points)

    def wrap(self, width: float, gap: float) -> float:
        """Let parts stand beside each other as far as there is room; return how wide that is."""
        apart = self._apart * _letter(self._parts[0])
        self._lines, self._gap = [], gap
        widest, end = 0.0, np.inf
        for part in self._parts:
            wide = size(part)[0]
            if end + wide > width:
                self._lines.append([])
                end = 0.0
            self._lines[-1].append((part, end))
            widest = max(widest, end + wide)
            end += wide + apart
        return widest

    def place(self, left: float, indent: float, top: float) -> None:
        """Put its upper left corner there; formulas begin `indent` farther to the right."""
        sides = self._figure.bbox.size
        for number, line in enumerate(self._lines):
            ascent, descent = self._reach(line)
            baseline = top - ascent
            if number == 0:
                self.whose.set_position((left / sides[0], baseline / sides[1]))
            for part, across in line:
                part.set_position(((left + indent + across) / sides[0], baseline / sides[1]))
            top = baseline - descent - self._gap

    def remove(self) -> None:
        """Take it out of the figure."""
        for text in (self.whose, *self._parts):
            text.remove()

    def _reach(self, line: list[tuple[Text, float]]) -> tuple[float, float]:
        """Return how far a line reaches above and below where its letters stand."""
        texts = [part for part, _ in line] + [self.whose] * (line is self._lines[0])
        boxes = [(text.get_window_extent(), _baseline(text)) for text in texts]
        above = max(box.y1 - baseline for box, baseline in boxes)
        return float(above), float(max(baseline - box.y0 for box, baseline in boxes))


def _letter(text: Text) -> float:
    """Return how large the letters of a text are, in pixels."""
    figure: Any = text.get_figure(root=True)
    return float(text.get_fontsize()) / 72 * float(figure.dpi)


def _baseline(text: Text) -> float:
    """Return where a text stands, in pixels from below."""
    return float(text.get_transform().transform(text.get_position())[1])
