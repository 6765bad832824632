"""Rules of optimizers as mathematics: fractions, roots and hats; words stay words."""

import pytest
from matplotlib.mathtext import MathTextParser

from visualize.formulas.rules import letters_in, rule_in_mathematics

SET: dict[str, str] = {
    "x ← x - η g": r"$x \leftarrow x - \eta\,g$",
    "x ← x - η m̂ / (√v̂ + ε)": (  # a rule's letters
        r"$x \leftarrow x - \dfrac{\eta\,\hat{m}}{\sqrt{\hat{v}} + \varepsilon}$"
    ),
    "x ← x - η √(1 - β₂ᵗ) / (1 - β₁ᵗ) m / (√v + ε)": (
        r"$x \leftarrow x - \dfrac{\eta\,\sqrt{1 - \beta_2^t}}{1 - \beta_1^t}\,"
        r"\dfrac{m}{\sqrt{v} + \varepsilon}$"
    ),
    "r = η / (1 - β₁ᵗ⁺¹) / (√v + ε_root)": (
        r"$r = \dfrac{\eta}{(1 - \beta_1^{t + 1})\,"
        r"\left(\sqrt{v} + \varepsilon_{\mathrm{root}}\right)}$"
    ),
    "m̂ = m / (1 - β₁ᵗ), ŝ = s": r"$\hat{m} = \dfrac{m}{1 - \beta_1^t}$, $\hat{s} = s$",
    "v1 ← 0.9 v1 + g": r"$v_1 \leftarrow 0.9\,v_1 + g$",
    "x ← x - η (v1 + v2) / 2": r"$x \leftarrow x - \dfrac{\eta\,(v_1 + v_2)}{2}$",
    "x ← x - η (H + λ I)⁻¹ g": r"$x \leftarrow x - \eta\,(H + \lambda\,I)^{-1}\,g$",
    "B ← s yᵀ / yᵀs": (r"$B \leftarrow \dfrac{s\,y^{\mathrm{T}}}{y^{\mathrm{T}}\,s}$"),
    "p ← -g + max(0, g·(g - g') / g'·g') p, or -g where that does not lead down": (
        r"$p \leftarrow {-}g + \max\left(0, \dfrac{g \cdot (g - g')}{g' \cdot g'}\right)\,p$, "
        r"or $-g$ where that does not lead down"
    ),
    "u = η ‖x‖ / (‖g‖ + ε) g": (r"$u = \dfrac{\eta\,\Vert x\Vert}{\Vert g\Vert + \varepsilon}\,g$"),
    "v ← ‖g‖², at first v = |g|": r"$v \leftarrow \Vert g\Vert^2$, at first $v = |g|$",
    "ρₜ = ρ∞ - 2 t β₂ᵗ": r"$\rho_t = \rho_{\infty} - 2t\,\beta_2^t$",
    "μₜ = β₁ (1 - 0.96^(ψ t) / 2)": (
        r"$\mu_t = \beta_1\,\left(1 - \dfrac{0.96^{\psi\,t}}{2}\right)$"
    ),
    "x ← (μₜ₊₁ m + 1 - μ₁ ... μₜ₊₁)": (
        r"$x \leftarrow \mu_{t+1}\,m + 1 - \mu_1\,\cdots\,\mu_{t+1}$"
    ),
    "x ← x - clip(r, η* (1 - γ), 1/√t)": (
        r"$x \leftarrow x - \mathrm{clip}\left(r, \eta^{*}\,(1 - \gamma), "
        r"\dfrac{1}{\sqrt{t}}\right)$"
    ),
    "Δ ← η⁺ Δ where g keeps its sign": (
        r"$\Delta \leftarrow \eta^{+}\,\Delta$ where $g$ keeps its sign"
    ),
    "d = g - (g before)": r"$d = g - (g\ \mathrm{before})$",
    "y = the change of g": r"$y =$the change of $g$",
    "a = max of η, η β, ... with f(x - a g) ≤ c g·g": (
        r"$a =$max of $\eta$, $\eta\,\beta$, $\ldots$ with $f(x - a\,g) \leq c\,g \cdot g$"
    ),
    "a = argmin f(x + a p)": r"$a = \mathrm{argmin}\,f(x + a\,p)$",
    "mean = 0.9*mean + 0.1*g_t, or -g": (
        r"$\mathrm{mean} = 0.9\,\mathrm{mean} + 0.1\,g_t$, or $-g$"
    ),
    "x <- x - lr * g": r"$x \leftarrow x - \mathrm{lr}\,g$",
}


@pytest.mark.parametrize("line", SET)
def test_a_rule_is_set_as_a_mathematician_would(line: str) -> None:
    assert rule_in_mathematics(line) == SET[line]


@pytest.mark.parametrize(
    "line",
    [
        "",
        "a is shown",
        "goes where it likes",
        "x ← ) (",
        "x ← x - (",
        "x ← ‖x",
        "§ = 5 %",
        "x = 2 ^",
        "x ← √",
    ],
)
def test_what_is_no_rule_stays_as_it_is(line: str) -> None:
    assert "\\" not in rule_in_mathematics(line).replace(r"$x \leftarrow", "")


def test_dollar_signs_are_no_formulas() -> None:
    assert rule_in_mathematics("costs $5 = a lot") == r"costs \$5 = a lot"


def test_matplotlib_sets_them() -> None:
    parser = MathTextParser("path")
    for mathematics in SET.values():
        parser.parse(mathematics)


def test_letters_are_names_with_all_that_stands_around_them() -> None:
    assert letters_in("x ← x - η* g / (√v + ε_root) where it helps\nβ₁ = 2") == {
        *("x", "η*", "g", "v", "ε_root", "β₁"),
    }
