"""Formulas as mathematics: set as one would, and read back they have the same value."""

import random
import warnings
from contextlib import suppress

import numpy as np
import pytest
from matplotlib.mathtext import MathTextParser

from tests.formulas.mathtext import value_of
from visualize.errors import ExpressionError
from visualize.formulas.reading import read_expression
from visualize.formulas.typesetting import in_mathematics, terms_in_mathematics
from visualize.looks.mathematics import too_deep
from visualize.objectives._test_functions import TEST_FUNCTIONS

SET: dict[str, str] = {
    "x**2/20 + y**2": r"\dfrac{x^2}{20} + y^2",
    "100*(y - x**2)**2 + (1 - x)**2": r"100(y - x^2)^2 + (1 - x)^2",
    "0.5*x": r"0.5\,x",
    "2*pi*x": r"2\pi x",
    "1e-3": "10^{-3}",
    "0.001": "0.001",
    "2.50e8*x": r"2.5 \cdot 10^8\,x",
    "-x**2": "-x^2",
    "(-x)**2": "(-x)^2",
    "a/b/c": r"\dfrac{a}{b\,c}",
    "a/(b/c)": r"\dfrac{a}{b/c}",
    "a/b*c": r"\dfrac{a}{b}\,c",
    "2*(1/2)": r"2 \cdot \dfrac{1}{2}",
    "x*10": r"x \cdot 10",
    "x**y**z": "x^{y^z}",
    "(x**y)**z": "(x^y)^z",
    "a - (b - c) + (d + e)": "a - (b - c) + d + e",
    "a - -b": "a + b",
    "a*(-b)": r"-a\,b",
    "sin(x)**2": r"\sin^2 x",
    "sin(x)*y": r"\sin(x)\,y",
    "sin(x)*cos(y)": r"\sin x\,\cos y",
    "sin(2*x)": r"\sin(2x)",
    "exp(-x**2/2)": "e^{-x^2/2}",
    "exp(-exp(-x))": r"\exp(-e^{-x})",
    "exp(sqrt(x))": r"\exp\left(\sqrt{x}\right)",
    "log1p(x)": r"\ln(1 + x)",
    "softplus(x)": r"\ln(1 + e^x)",
    "log10(x)/2": r"\dfrac{\log_{10} x}{2}",
    "abs(x)**3": "|x|^3",
    "abs(abs(x) - 1)": r"\left||x| - 1\right|",
    "hypot(x, y)": r"\sqrt{x^2 + y^2}",
    "norm(x, -y)": r"\Vert(x, {-}y)\Vert",
    "floor(x/2)": r"\left\lfloor\dfrac{x}{2}\right\rfloor",
    "x % 2 + 1": r"(x\ \mathrm{mod}\ 2) + 1",
    "max(0, -x)": r"\max(0, {-}x)",
    "(x > 0)*x**2": r"[x > 0]\,x^2",
    "x**2 if x > 0 else -x": r"x^2\ \mathrm{if}\ x > 0,\ \mathrm{else}\ {-}x",
    "sum(x[i]**2 for i in 1..n)": r"\sum_{i=1}^{n} x_i^2",
    "2*sum(x[i+1] - 1 for i in 1..9)*y": (r"2\left(\sum_{i=1}^{9} (x_{i + 1} - 1)\right)\,y"),
    "x1*x12": r"x_1\,x_{12}",
    "theta1*lambd": r"\theta_1\,\lambda",
    "w_in + width + learning_rate": r"w_{\mathrm{in}} + \mathrm{width} + \mathrm{learning\_rate}",
    "ln(x²)": r"\ln(x^2)",
}


@pytest.mark.parametrize("expression", SET)
def test_a_formula_is_set_as_a_mathematician_would(expression: str) -> None:
    assert in_mathematics(expression) == SET[expression]


def test_lines_may_end_between_terms() -> None:
    assert terms_in_mathematics("-x + (y if x > 0 else z) - (1 + x)**2") == (
        "-x",
        r"+ (y\ \mathrm{if}\ x > 0,\ \mathrm{else}\ z)",
        "- (1 + x)^2",
    )
    assert terms_in_mathematics("x*(y + 1)") == (r"x\,(y + 1)",)
    assert terms_in_mathematics("x +") == (r"\text{x +}",)


@pytest.mark.parametrize("text", ["", "x +", "1j*x", "$x", r"f{\}", "a.b", "lambda: 1", "é"])
def test_what_is_no_formula_stays_text_that_can_be_set(text: str) -> None:
    mathematics = in_mathematics(text)
    assert mathematics.startswith(r"\text{")
    MathTextParser("path").parse(f"${mathematics}$")


def test_what_is_too_deep_stays_text() -> None:
    deep = "sqrt(1 + " * 30 + "x" + ")" * 30
    assert in_mathematics(deep) == rf"\text{{{deep}}}"
    assert too_deep(f"${in_mathematics('sqrt(1 + ' * 12 + 'x' + ')' * 12)}$") is None


@pytest.mark.parametrize("name", TEST_FUNCTIONS)
def test_test_functions_are_read_as_what_they_are(name: str) -> None:
    expression = TEST_FUNCTIONS[name].expression
    _assert_same(expression, {"x": 0.7, "y": 1.3})


def test_matplotlib_sets_them() -> None:
    parser = MathTextParser("path")
    for expression in (*SET, *(it.expression for it in TEST_FUNCTIONS.values())):
        parser.parse(f"${in_mathematics(expression)}$")


@pytest.mark.parametrize("seed", range(8))
def test_whatever_is_written_is_read_back_with_the_same_value(seed: int) -> None:
    source = random.Random(seed)  # noqa: S311  # nothing is secret
    for _ in range(150):
        expression = _tree(source, source.randint(1, 5))
        with suppress(ExpressionError):  # sqrt(-1)
            _assert_same(expression, {"x": 0.7, "y": 1.3, "z": 2.1})


def test_sums_over_an_index_are_read_back() -> None:
    variables = {"x1": 0.3, "x2": 0.5, "x3": 0.7}
    for expression in (
        "sum(100*(x[i+1] - x[i]**2)**2 + (1 - x[i])**2 for i in 1..2)",
        "3*sum(i*x[i]/2 for i in 1..3)*x1 - sum(x[i]**2 for i in 1..3)**2",
        "prod(x[i] + 1 for i in 1..3)/sum(x[i] for i in 2..3) + 1",
    ):
        _assert_same(expression, variables)


def _assert_same(expression: str, variables: dict[str, float]) -> None:
    mathematics = in_mathematics(expression)
    ours = read_expression(expression, list(variables)).value(np.array(list(variables.values())))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        read = value_of(mathematics, variables)
    assert read == pytest.approx(float(ours), rel=1e-6, abs=1e-9, nan_ok=True), mathematics


def _tree(source: random.Random, depth: int) -> str:
    """Return a formula with as many parentheses as can be, whose values are no trouble."""
    if depth == 0 or source.random() < 0.1:
        return source.choice(["x", "y", "z", "2", "0.5", "3", "pi", "1e-2", "e"])
    one, two = (_tree(source, depth - 1) for _ in range(2))
    kind = source.random()
    if kind < 0.6:
        sign = source.choice(["+", "-", "*", "*", "/", "/"])
        return f"({one}) {sign} (({two}){' + 9' if sign == '/' else ''})"
    if kind < 0.7:
        return f"-({one})"
    if kind < 0.8:
        return f"({one})**{source.choice(['2', '3', '1', '(x/y)', '(-2)'])}"
    if kind < 0.84:
        return source.choice(
            [f"where({one} > {two}, {two}, {one})", f"(({one} < 1) + ({two}))", f"({one}) % 3.7"]
        )
    names = ("sin", "cos", "tanh", "abs", "sigmoid", "atan", "softplus", "sqrt", "cbrt", "log1p")
    name = source.choice([*names, "exp", "max", "floor", "hypot", "clip"])
    arguments = {"max": f"{one}, {two}", "hypot": f"{one}, {two}", "clip": f"{one}, -1, 1"}
    inner = f"tanh({one})" if name in ("exp", "softplus") else one
    return f"{name}({arguments.get(name, inner)})"
