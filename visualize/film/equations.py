"""The objective and the rules of the optimizers as mathematics, below the title."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from matplotlib.figure import Figure, SubFigure
from matplotlib.text import Text

from visualize.film.arrangement import Arrangement
from visualize.film.texts import settle_formulas, size
from visualize.formulas.rules import rule_in_mathematics
from visualize.formulas.typesetting import in_mathematics
from visualize.looks.lettering import lettered
from visualize.looks.style import Style
from visualize.objectives.formula import Formula
from visualize.optimizers.optimizer import Optimizer
from visualize.scene.scene import Scene

FONTS = "stix"
"""The letters of formulas: they come along with matplotlib."""
MOST_OF_HEIGHT = 0.34
"""Part of the picture's height that all of it takes at most."""
SIZES = (1.0, 0.9, 0.8, 0.7, 0.62)
MANY_VARIABLES = 4
"""Of fewer the objective is a function of each by its name."""
BETWEEN = r"$\qquad$"
"""Between the lines of a rule, where they stand beside each other."""


@dataclass(frozen=True)
class Equation:
    """A formula in the picture, and whose it is."""

    whose: str
    """Whose rule it is; the objective's is nobody's."""
    label: str
    """Of the run whose colour it has."""
    lines: tuple[str, ...]
    """Texts with formulas between dollar signs; they may stand beside each other."""


def equations_of(scene: Scene, arrangement: Arrangement) -> list[Equation]:
    """Return the objective's formula, and the rule of each optimizer; those that are alike once."""
    return [*_objective(scene), *_rules(scene, arrangement)]


def _objective(scene: Scene) -> Iterator[Equation]:
    objective = scene.objective
    if isinstance(objective, Formula):
        names = objective.variables
        few = names if len(names) < MANY_VARIABLES else (names[0], "...", names[-1])
        variables = ", ".join(r"\ldots" if it == "..." else in_mathematics(it) for it in few)
        yield Equation("", "", (f"$f({variables}) = {in_mathematics(objective.expression)}$",))


def _rules(scene: Scene, arrangement: Arrangement) -> Iterator[Equation]:
    seen = set()
    for run in scene.runs:
        if isinstance(run.source, Optimizer) and run.source.formula not in seen:
            seen.add(run.source.formula)
            whose = arrangement.names.get(run.label, run.label)
            lines = map(rule_in_mathematics, run.source.formula.splitlines())
            yield Equation(whose, run.label, tuple(lines))


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
    def texts(self) -> list[Text]:
        """All texts in it."""
        return [text for row in self._rows for text in (row.whose, row.formula)]

    def fits(self, width: float, style: Style) -> bool:
        """Make it no wider than that, in lines and smaller if need be; return whether it can be."""
        for smaller in SIZES:
            self._letter = style.font_size * smaller
            for row in self._rows:
                row.set_size(self._letter)
            for row in self._rows:
                row.wrap(width - self._column())
            widest = max(size(row.formula)[0] for row in self._rows)
            high = self.height <= MOST_OF_HEIGHT * self._figure.bbox.height
            if high and self._column() + widest <= width:
                return True
        return False

    @property
    def height(self) -> float:
        """How high it is, in pixels."""
        return sum(row.height + self._gap for row in self._rows) - self._gap

    def place(self, left: float, top: float) -> None:
        """Put its upper left corner there, in pixels of the figure."""
        width, height = self._figure.bbox.size
        for row in self._rows:
            baseline = (top - row.ascent) / height
            row.whose.set_position((left / width, baseline))
            beside = self._column() if row.whose.get_text() else 0
            row.formula.set_position(((left + beside) / width, baseline))
            top -= row.height + self._gap

    def remove(self) -> None:
        """Take it out of the figure."""
        for text in self.texts:
            text.remove()

    def _column(self) -> float:
        """Return how wide the names are, with the space beside them."""
        widest = max(size(row.whose)[0] for row in self._rows)
        return widest + 3 * self._gap if widest else 0.0

    @property
    def _gap(self) -> float:
        return float(self._letter * 0.45 / 72 * self._figure.get_figure(root=True).dpi)


class _Row:
    """An equation as texts in a figure."""

    def __init__(self, figure: Figure | SubFigure, equation: Equation, style: Style) -> None:
        color = style.colors.get(equation.label, style.theme.ink)
        self.whose = figure.text(0, 0, lettered(equation.whose), color=color)
        self.formula = figure.text(0, 0, "", linespacing=1.3)
        self.formula.set(math_fontfamily=FONTS, color=style.theme.ink)
        self._lines = equation.lines
        self._widths: list[float] = []
        settle_formulas([self.whose])

    @property
    def height(self) -> float:
        """How high it is, in pixels."""
        boxes = [text.get_window_extent() for text in (self.whose, self.formula)]
        return float(max(box.y1 for box in boxes) - min(box.y0 for box in boxes))

    @property
    def ascent(self) -> float:
        """How much of that is above the line that letters stand on: of the first, if several."""
        texts = (self.whose, self.formula)
        return float(max(it.get_window_extent().y1 - _baseline(it) for it in texts))

    def set_size(self, points: float) -> None:
        """Let letters have this size."""
        self.whose.set_fontsize(points)
        self.formula.set_fontsize(points)
        self._widths = []
        for line in self._lines:
            self.formula.set_text(line)
            settle_formulas([self.formula])
            self._widths.append(size(self.formula)[0])

    def wrap(self, width: float) -> None:
        """Let its lines stand beside each other, as far as there is room."""
        apart = float(self.formula.get_fontsize()) * 2.5
        rows: list[list[str]] = []
        free = -1.0
        for line, wide in zip(self._lines, self._widths, strict=True):
            if free < wide:
                rows.append([])
                free = width
            rows[-1].append(line)
            free -= wide + apart
        self.formula.set_text("\n".join(BETWEEN.join(row) for row in rows))


def _baseline(text: Text) -> float:
    """Return where a text stands, in pixels from below."""
    return float(text.get_transform().transform(text.get_position())[1])
