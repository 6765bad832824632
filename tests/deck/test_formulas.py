"""Formulas: those that posts of the field have are set, and of others it is said why not."""

from pathlib import Path

import numpy as np
import pytest

from visualize.deck._latex import UnsettableError
from visualize.deck.formulas import formula_ink, formula_lines
from visualize.deck.markdown import tree_of_lines

FORMULAS = (Path(__file__).parent / "formulas.txt").read_text("utf-8").splitlines()


def test_there_are_two_hundred() -> None:
    assert len(set(FORMULAS)) >= 200


@pytest.mark.parametrize("latex", FORMULAS)
def test_a_formula_of_the_field_is_set(latex: str) -> None:
    for display in (False, True):
        ink = formula_ink(latex, display)
        assert 0.2 < ink.width < 60
        assert np.isfinite(ink.vertices).all()
        assert ink.ascent + ink.descent > 0.2


@pytest.mark.parametrize("around", ["a ${}$ b", "$${}$$", "$$\n{}\n$$ {{#eq-a}}", r"\( {} \)"])
def test_a_formula_comes_out_of_a_post_as_it_was_written(around: str) -> None:
    paragraphs = [around.format(latex) for latex in FORMULAS]
    tree = tree_of_lines("\n\n".join(paragraphs).split("\n"))
    found = [it.content.strip() for it in tree.walk() if it.type.startswith("math")]
    assert found == [it.strip() for it in FORMULAS]


@pytest.mark.parametrize(
    ("latex", "command"),
    [
        (r"a + \foo{x}", r"\foo"),
        (r"\begin{tikzcd} A \end{tikzcd}", r"\begin{tikzcd}"),
        (r"\frac{a", "{"),
        (r"x}", "}"),
        (r"\left( x", r"\left"),
    ],
)
def test_what_cannot_be_set_is_told_with_its_command(latex: str, command: str) -> None:
    with pytest.raises(UnsettableError) as told:
        formula_ink(latex)
    assert told.value.command == command


@pytest.mark.parametrize("latex", ["x^{" * 40 + "}" * 40, "x" * 5000, "", r"\text{日本}"])
def test_what_is_too_much_or_nothing_is_refused_at_once(latex: str) -> None:
    with pytest.raises(UnsettableError):
        formula_ink(latex)


def test_what_mathtext_cannot_set_has_all_of_its_letters() -> None:
    plain = formula_ink(r"\begin{matrix} x \end{matrix}")
    for more in (r"\begin{matrix} x \mathbin{\odot} y \end{matrix}", r"\cancel{x}"):
        assert len(formula_ink(more).vertices) > len(plain.vertices)


def test_a_hat_is_no_wide_hat() -> None:
    narrow = formula_ink(r"\begin{matrix}\hat{xyz}\end{matrix}")
    wide = formula_ink(r"\begin{matrix}\widehat{xyz}\end{matrix}")
    assert len(narrow.vertices) > 10
    assert not np.array_equal(narrow.vertices, wide.vertices)


def test_one_that_is_too_wide_goes_on_on_the_next_line() -> None:
    latex = r"a = b + \frac{c + d}{e} + f + g + h + i + j + k"
    whole = formula_ink(latex, display=True).width
    lines = formula_lines(latex, whole / 2.5)
    assert len(lines) > 1
    assert max(it.width for it in lines) <= whole / 2.5
    assert formula_lines(latex, whole * 2)[0].width == whole
