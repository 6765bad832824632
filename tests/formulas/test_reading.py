"""What is a formula, and what is refused: with words, a place, and little work."""

import itertools
import re
import string

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import ROOT
from tests.formulas.test_expression import at, with_little_work
from visualize.errors import ExpressionError
from visualize.formulas.expression import Expression
from visualize.formulas.reading import DEEPEST, read_expression

# Variables


@pytest.mark.parametrize(
    ("text", "variables"),
    [
        ("y + x", ("x", "y")),
        ("z*y*x", ("x", "y", "z")),
        ("x10 + x2 + x1", ("x1", "x2", "x10")),
        ("x100 + x20 + x3", ("x3", "x20", "x100")),
        ("w1*x + w0", ("w0", "w1", "x")),
        ("x1 + x + x0", ("x", "x0", "x1")),
        ("y1 + x2", ("x2", "y1")),
        ("b2 + W1", ("W1", "b2")),
        ("x + x*x", ("x",)),
        ("x + e + pi", ("x",)),
        ("e1 + x", ("e1", "x")),
        ("pi", ()),
    ],
)
def test_variables_come_in_natural_order(text: str, variables: tuple[str, ...]) -> None:
    assert read_expression(text).variables == variables


def test_the_order_of_variables_does_not_hang_on_chance() -> None:
    orders = {
        tuple(name[1:] for name in read_expression(f"{letter}01*{letter}1**2").variables)
        for letter in string.ascii_letters
    }
    assert len(orders) == 1


def test_given_variables_keep_their_order() -> None:
    expression = read_expression("x - y", ["y", "x"])
    assert expression.variables == ("y", "x")
    assert expression.value(at(1, 5))[0] == 4
    assert expression.gradient(at(1, 5)).tolist() == [[-1, 1]]


def test_a_given_variable_need_not_be_used() -> None:
    expression = read_expression("x**2", ["x", "y"])
    assert expression.gradient(at(3, 4)).tolist() == [[6, 0]]


def test_given_variables_can_have_any_name() -> None:
    expression = read_expression("0.1*exp(-0.1*t) + alpha", ["t", "alpha"])
    assert expression.value(at(0, 1))[0] == 1.1


def test_a_variable_that_python_or_sympy_knows_is_a_variable() -> None:
    expression = read_expression("S1 + N2*E3 + I0", ["S1", "N2", "E3", "I0"])
    assert expression.gradient(at(1, 2, 3, 4)).tolist() == [[1, 3, 2, 1]]
    expression = read_expression("lambda_ + S*N + beta", ["lambda_", "S", "N", "beta"])
    assert expression.gradient(at(1, 2, 3, 4)).tolist() == [[1, 3, 2, 1]]


# Sums over an index, conditions, and named constants


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("sum(x[i]**2 for i in 1..4)", "x1**2 + x2**2 + x3**2 + x4**2"),
        ("sum(i*x[i] for i in 2..3)", "2*x2 + 3*x3"),
        ("prod(cos(x[i]/sqrt(i)) for i in 1..2)", "cos(x1)*cos(x2/sqrt(2))"),
        ("sum((x[i+1] - x[i])**2 for i in 0..1)", "(x1 - x0)**2 + (x2 - x1)**2"),
        ("sum(x[2*i] for i in 1..2) + y", "x2 + x4 + y"),
        ("sum(sum(x[i]*x[j] for j in i..2) for i in 1..2)", "x1*x1 + x1*x2 + x2*x2"),
        ("sum(x[i] for i in 1..1)", "x1"),
        ("sum(x[i] for i in 1 .. 3 - 1)", "x1 + x2"),
        ("sum(where(i > 1, x[i], 0) for i in 1..2)", "0*x1 + x2"),
    ],
)
def test_a_sum_over_an_index_is_written_out(text: str, same: str) -> None:
    one, other = read_expression(text), read_expression(same)
    assert one.variables == other.variables
    points = np.linspace(0.3, 1.7, len(one.variables))[np.newaxis]
    np.testing.assert_allclose(one.value(points), other.value(points), rtol=1e-14)
    np.testing.assert_allclose(one.gradient(points), other.gradient(points), rtol=1e-14)


def test_a_long_sum_is_no_deep_one() -> None:
    expression = read_expression("sum(x[i]**2 for i in 1..400)")
    assert expression.gradient(np.ones((1, 400))).tolist() == [[2] * 400]


def test_a_name_can_be_that_of_a_number() -> None:
    rosenbrock = read_expression(
        "(a - x)**2 + b*(y - x**2)**2 + 0*sum(x for i in 1..n)",
        constants={"a": 1, "b": 100.0, "n": 2},
    )
    assert rosenbrock.variables == ("x", "y")
    assert rosenbrock.value(at(2, 5)).tolist() == [1 + 100]
    with pytest.raises(ExpressionError, match="unknown name 'c'"):
        read_expression("c*x", constants={"a": 1})


def test_what_the_page_on_formulas_shows_is_a_formula() -> None:
    page = (ROOT / "docs" / "formulas.md").read_text("utf-8")
    inline = [text for text in re.findall(r"`([^`\n]+)`", page) if "[" in text or "(" in text]
    assert len(inline) > 12
    for text in inline:
        if text not in {"x[3]"}:  # of a sum
            read_expression(
                text, ["t"] if "t" in re.findall(r"[a-z]\w*", text) else None, {"a": 1, "b": 2}
            )


# What is refused


def read_or_refuse(text: str) -> Expression | ExpressionError:
    """Return the formula, or why it is none."""
    try:
        return read_expression(text)
    except ExpressionError as error:
        return error


REFUSED: list[tuple[str, str, int | None]] = [
    # 18: nothing that runs
    ("__import__('os')", "'__import__'", 0),
    ("x + __import__('os').system('ls')", "not allowed", 4),
    ("x.real", "a dot", 0),
    ("2*x.__class__", "a dot", 2),
    ("(1).__class__", "a dot", 0),
    ("lambda x: x", "lambda", 0),
    ("[x for x in y]", "not allowed", 0),
    ("sin(x for x in y)", "not allowed", 3),
    ("x[0]", "brackets", 0),
    ("x + y[0:1]", "brackets", 4),
    ("{x: 1}", "not allowed", 0),
    ("{x}", "write (x)", 0),
    ("(x, y)", "a comma", 0),
    ("x, y", "a comma", 0),
    ("(x := 3)", "not allowed", 1),
    ("x < y", "a comparison", 0),
    ("x == 1", "a comparison", 0),
    ("x and y", "a comparison", 0),
    ("not x", "a comparison", 0),
    ("x in y", "only numbers can be compared", 0),
    ("x is y", "only numbers can be compared", 0),
    ("sum(x[i] for i in y)", "sum(x[i]**2 for i in 1..10)", 3),
    ("sum(x[i] for i in 1..3 if i > 1)", "for i in 1..10", 3),
    ("sum(x[i] for i in 1..3 for j in 1..3)", "for i in 1..10", 3),
    ("sum(x[i] for i in 1..n)", "'n' must be a whole number", 21),
    ("sum(x[i] for i in 3..1)", "nothing to add up", 3),
    ("sum(x[i/2] for i in 1..3)", "must be a whole number", 6),
    ("sum(x[i - 2] for i in 1..3)", "there is no x[-1]", 4),
    ("sum(x[j] for i in 1..3)", "brackets", 4),
    ("sum(x for i in 1..9999999)", "at most 2000 parts", 3),
    ("sum(sum(x[i]*x[j] for i in 1..99) for j in 1..99)", "at most 2000 parts", 0),
    ("sum(x)", "sum(x[i]**2 for i in 1..10)", 4),
    ("x >> 2", "..", 0),
    ("x[1..3]", "brackets", 0),
    ("~x", "not allowed", 0),
    ("x // y", "//", 2),
    ("x @ y", "not allowed", 0),
    ("x << 2", "not allowed", 0),
    ("x | y", "not allowed", 0),
    ("'a'", "not a number", 0),
    ("x + 'a'*3", "not a number", 4),
    ("f'{x}'", "not allowed", 0),
    ("b'x'", "not a number", 0),
    ("True", "not a number", 0),
    ("x*None", "not a number", 2),
    ("...", "not a number", 0),
    ("1j*x", "not a number", 0),
    ("min(x, key=y)", "not allowed", 0),
    ("max(*x, y)", "missing before '*'", 4),
    ("sin(**x)", "missing before '**'", 4),
    ("await x", "not allowed", 0),
    ("eval(x)", "unknown function 'eval'", 0),
    ("print(x)", "unknown function 'print'", 0),
    # 19, 20: numbers and sizes
    ("9**9**9**9", "too large", 3),
    ("x + 9**9**9", "too large", 4),
    ("10**400*x", "too large", 0),
    ("1e308*10*x", "too large", 0),
    ("exp(1000)*x", "too large", 0),
    ("1e400*x", "too large", 0),
    ("2*x*1e999", "too large", 4),
    # 21: constants without a value
    ("1/0", "division by zero", 0),
    ("x + 1/(2 - 2)", "division by zero", 4),
    ("0**-1*x", "division by zero", 0),
    ("x/0", "division by zero", 0),
    ("2 + x/(1 - 1)", "division by zero", 4),
    ("log(0)", "no real value", 0),
    ("x*log10(0)", "no real value", 2),
    ("sqrt(-1) + x", "no real value", 0),
    ("x + asin(2)", "no real value", 4),
    ("(-8)**(1/3)", "no real value", 0),
    # 22: names
    ("expp(x)", "did you mean 'exp'?", 0),
    ("x + sni(x)", "did you mean 'sin'?", 4),
    ("2*sqr(x)", "write x**2 or sqrt(x)", 2),
    ("foo + x", "unknown name 'foo'", 0),
    ("x + alpha", "unknown name 'alpha'; the variables are x", 4),
    ("alpha", "variables are x, y, z, x1", 0),
    ("X", "unknown name 'X'", 0),
    ("x + p", "write {expression: x + p, variables: [x, p]}", 4),
    ("x + sin", "write sin(...)", 4),
    ("x(y)", "write x*(y)", 0),
    ("2*pi(x)", "write 2*pi*(x)", 2),
    ("sin()", "sin takes one argument", 0),
    ("x + sin(x, y)", "sin takes one argument", 4),
    ("log(x, 2)", "log takes one argument", 0),
    ("max(x)", "max takes two arguments or more", 0),
    ("min()", "min takes two arguments or more", 0),
    # 23 and the rest of the grammar
    ("x^2", "use **", 1),
    ("x**2 + y ^ 2", "use **", 9),
    ("2x", "2*x", 0),
    ("x + 3.5y", "a product needs its sign", 4),
    ("x + 2y", "a product needs its sign", 4),
    ("x**2 - 10y", "a product needs its sign", 7),
    ("2(x + 1)", "2*(", 0),
    ("2 x", "write 2*x", 0),
    ("x y", "write x*y", 0),
    ("", "empty", 0),
    ("   ", "empty", 0),
    ("x +", "missing behind '+'", 2),
    ("(x", "'(' is not closed", 0),
    ("x)", "')' closes nothing", 1),
    ("x + )", "')' closes nothing", 4),
    ("x = 1", "only the formula", 0),
    ("x; y", "not a formula", 1),
    ("import os", "not a formula", None),
    ("x..y", "..", 0),
    ("x # + y", "", 2),
    ("x**2 #", "", 5),
    ("√2x", "write sqrt(...)", 0),
    ("α*x", "'α' is not allowed in a formula; write it in letters, alpha", 0),
    ("x² + 3y", "write x**2 + 3*y", 5),
    ("x₁² + π·sni(y)", "did you mean 'sin'?", 8),
    ("x\u200b", "not allowed", 1),
    ("x\u202e + y", "not allowed", 1),
    ("x\x00", "not allowed", 1),
    ("x\x1b[31m", "not allowed", 1),
    ("  x.a", "a dot", 2),
    ("\n x +\n y.b", "a dot", 7),
]
"""What is refused: words of the message, and the column."""


def test_a_text_that_is_no_formula_is_refused() -> None:
    for text, words, column in REFUSED:
        with pytest.raises(ExpressionError) as caught:
            read_expression(text)
        error = caught.value
        assert words in error.message, text
        assert column is None or error.column == column, text
        assert 0 <= error.column <= len(text), text
        assert 1 <= error.length <= max(len(text) - error.column, 1), text


@pytest.mark.parametrize("character", ["\u202e", "\x1b", "\x00", "\u200b", "\ud800"])
def test_what_is_refused_is_not_repeated_raw(character: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        read_expression(f"x + {character}")
    assert character not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "variables", "words", "column"),
    [
        ("0.1*n", ["t"], "unknown name 'n'; the variables are t", 4),
        ("lerning*t", ["t", "learning"], "did you mean 'learning'?", 0),
        ("x**2 + y**2", ["x"], "unknown name 'y'", 7),
        ("x + t", ["t"], "unknown name 'x'", 0),
        ("t(1)", ["t"], "", 0),
    ],
)
def test_only_given_variables_are_known(
    text: str, variables: list[str], words: str, column: int
) -> None:
    with pytest.raises(ExpressionError) as caught:
        read_expression(text, variables)
    assert words in caught.value.message
    assert caught.value.column == column


HOSTILE = [
    "9**9**9**9",
    "9**9**9**9*x",
    "x**9**9**9",
    "x*2**(10**9)",
    "((((x**64)**64)**64)**64)**64",
    "0.1**(10**9)*x",
    "(-9)**(9**9)",
    "(1/3)**(10**12)*x",
    "1e-999999999*x",
    "1e999999999*x",
    "(" * 5000 + "x" + ")" * 5000,
    "(" * 4999 + "x" + ")" * 4999,
    "(" * 90 + "x" + ")" * 89,
    "-" * 9999 + "x",
    "x" * 10**6,
    "x+" * 499_999 + "x",
    "x+" * 4_999 + "x",
    "x**" * 3_000 + "x",
    "sin(" * 1_500 + "x" + ")" * 1_500,
    "max(" + "x," * 4_000 + "x)",
    "1" * 5000 + "*x",
    "0x" + "f" * 5000 + "*x",
    "x" + "1" * 5000,
    "x" * 5000,
    "x " * 4_000,
    "[" * 9_000,
    "x[" * 3_000 + "x" + "]" * 3_000,
    "'" * 9_999,
    "2**2**2**2**2**x",
    "x" + "/3**999" * 200,
]
"""Texts that would keep a careless reader busy, or break it."""


def test_an_answer_to_a_hostile_text_is_little_work() -> None:
    for text in HOSTILE:
        with_little_work(lambda: read_or_refuse(text))  # noqa: B023  # it is called at once


@pytest.mark.parametrize(
    "text",
    [
        "9**9**9**9",
        "(" * 5000 + "x" + ")" * 5000,
        "x+" * 499_999 + "x",
        "x+" * 4_999 + "x",
        "-" * 9999 + "x",
        "x**" * 3_000 + "x",
        "x" * 5000,
        "1" * 5000 + "*x",
    ],
    ids=range(8),
)
def test_a_hostile_text_is_refused(text: str) -> None:
    with pytest.raises(ExpressionError):
        read_expression(text)


@pytest.mark.parametrize(
    "text",
    [
        "+".join(f"{i}*x**2" for i in range(1, 250)),
        "(" * 50 + "x" + "+1)" * 50,
        "sin(" * 50 + "x" + ")" * 50,
        "x**100",
        "+".join(f"(1 - x{i})**2 + 100*(x{i + 1} - x{i}**2)**2" for i in range(20)),
    ],
    ids=range(5),
)
def test_a_large_honest_formula_is_read(text: str) -> None:
    expression = read_expression(text)
    points = np.full((2, len(expression.variables)), 0.5)
    assert np.isfinite(expression.value(points)).all()
    assert np.isfinite(expression.gradient(points)).all()


def test_functions_are_nested_so_deep_and_no_deeper() -> None:
    for function in ("sin({})", "(1 - {})", "-{}"):
        text = "x"
        for _ in range(DEEPEST):
            text = function.format(text)
        assert read_expression(text).variables == ("x",)
        with pytest.raises(ExpressionError, match="nested too deep"):
            read_expression(function.format(text))


# Whatever is written


PIECES = st.sampled_from(
    [
        *"0123456789xyzet.+-*/()^, _#'\"[]{}<>=!%@&|~:;\\\n\t$?`",
        *("**", "sin(", "max(", "exp(", "pi", "x1", "**9", "**-1", "*0", "/0", "1e9", "1e400"),
        *("lambda ", " if ", " else ", " for ", " in ", "not ", "__", "None", "1j", "0x", ":="),
        *("f'", "é", "²", "\u202e", "\x00", "\ud800"),
    ]
)


@settings(deadline=None, derandomize=True, max_examples=400)
@given(text=st.lists(PIECES, max_size=20).map("".join) | st.text(max_size=30))
def test_any_text_is_a_formula_or_refused_with_little_work(text: str) -> None:
    read = with_little_work(lambda: read_or_refuse(text))
    if isinstance(read, Expression):
        assert read.value(np.full((2, len(read.variables)), 0.5)).shape == (2,)
    else:
        assert read.message
        assert 0 <= read.column <= len(text)


@settings(deadline=None, derandomize=True, max_examples=100)
@given(
    numbers=st.lists(
        st.integers(0, 10**6) | st.decimals(0, 1000, places=3), min_size=1, max_size=6
    ),
    signs=st.lists(st.sampled_from("+-*"), min_size=6, max_size=6),
)
def test_constants_are_folded_as_python_does(numbers: list[object], signs: list[str]) -> None:
    text = "".join(itertools.chain(*zip(map(str, numbers), signs, strict=False)))[:-1]
    expected = float(eval(text))  # noqa: S307  # numbers of ours
    value = read_expression(f"({text})*x").value(at(1))[0]
    assert value == pytest.approx(expected, rel=1e-14, abs=1e-9)
