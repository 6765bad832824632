"""LaTeX as a formula, as far as that is one."""

import re

from visualize.formulas.functions import NAMES

LATEX = re.compile(r"\\[A-Za-z]+|\^\{|_\{|\$")
"""What only LaTeX has."""
DEEPEST = 40
"""So deep braces may stand in braces."""


def out_of_latex(text: str) -> str:
    """Return `x**(2)/20` for `\\frac{x^{2}}{20}`."""
    plain = text.replace("$", " ")
    plain = re.sub(r"\\(?:left|right|,|;|!|quad|displaystyle)(?![A-Za-z])", " ", plain)
    plain = re.sub(r"\\(?:cdot|times|ast)(?![A-Za-z])", "*", plain)
    plain = re.sub(r"\\(?:div)(?![A-Za-z])", "/", plain)
    for _round in range(DEEPEST):
        before = plain
        plain = re.sub(r"\\[dt]?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}", _fraction, plain)
        plain = re.sub(r"\\sqrt\s*\{([^{}]*)\}", r"sqrt(\1)", plain)
        plain = re.sub(r"\\(?:mathrm|text|operatorname)\s*\{([^{}]*)\}", r"\1", plain)
        plain = re.sub(r"\^\s*\{([^{}]*)\}", lambda it: f"**{_grouped(it[1])}", plain)
        plain = re.sub(r"(?<=[A-Za-z])_\s*\{?(\d+)\}?", r"\1", plain)
        if plain == before:
            break
    plain = re.sub(r"\\([A-Za-z]+)", r" \1 ", plain).replace("{", "(").replace("}", ")")
    plain = re.sub(r"\b([A-Za-z]+) +\(", lambda it: f"{it[1]}(" if it[1] in NAMES else it[0], plain)
    return " ".join(plain.replace("^", "**").split()).replace("( ", "(").replace(" )", ")")


def _fraction(found: re.Match[str]) -> str:
    return f"{_grouped(found[1])}/{_grouped(found[2])}"


def _grouped(text: str) -> str:
    text = text.strip()
    return text if re.fullmatch(r"\d+(\.\d+)?|[A-Za-z]\d*", text) else f"({text})"
