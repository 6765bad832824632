"""Formulas that are too deep to be set are found before anything is drawn."""

import sys

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from visualize.looks.mathematics import DEEPEST, too_deep

NESTED = {
    "powers": ("x^{", "}"),
    "roots": (r"\sqrt{", "}"),
    "fractions": (r"\frac{1}{", "}"),
    "brackets": (r"\left(", r"\right)"),
    "accents": (r"\hat{", "}"),
    "bare accents": (r"\hat ", ""),
    "braces": ("{", "}"),
}


@pytest.mark.parametrize("closed", [True, False])
@pytest.mark.parametrize("kind", NESTED)
def test_what_is_nested_deeper_than_python_can_is_found_where_it_is(
    kind: str, closed: bool
) -> None:
    opening, closing = NESTED[kind]
    text = "cost: $" + opening * 60 + "x" + closing * 60 * closed + "$"
    place = too_deep(text)
    assert place is not None
    assert len("cost: $") < place < len("cost: $") + 40 * len(opening)


@pytest.mark.parametrize("kind", NESTED)
def test_what_is_not_found_can_be_set(kind: str) -> None:
    opening, closing = NESTED[kind]
    text = "$" + opening * DEEPEST + "x" + closing * DEEPEST + "$"
    assert too_deep(text) is None
    figure = Figure()
    FigureCanvasAgg(figure)
    assert sys.getrecursionlimit() <= 1000
    assert figure.text(0, 0, text).get_window_extent().width > 0


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{" * 99,
        "$5 and " + "{" * 99,
        r"\$" + "{" * 99 + r"\$",
        r"$\alpha\beta\gamma$" * 12,
        "$x^{2}$" * 40,
        r"$\{\{\{\{\{\{\{\{\{\{\{\{\{\{ x$",
        r"$\alpha \beta \gamma \delta \epsilon \zeta \eta \theta \iota \kappa \lambda \mu \nu$",
    ],
)
def test_what_is_not_nested_is_left_alone(text: str) -> None:
    assert too_deep(text) is None
