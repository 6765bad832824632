"""How deep a formula in a text may be for matplotlib's mathtext to set it."""

import re

from visualize.looks.lettering import FORMULA

DEEPEST = 12
"""Braces in braces and the like: mathtext calls itself for each, and Python ends that somewhere."""
TOKENS = re.compile(r"\\[A-Za-z]+|\\.|\S", re.DOTALL)
OPENING, CLOSING = {"{", r"\left"}, {"}", r"\right"}


def too_deep(text: str) -> int | None:
    r"""Return where in a text a formula is nested too deeply to be set; None: nowhere.

    >>> too_deep(r"$\sqrt{x}$"), too_deep("$" + "x^{" * 13 + "}" * 13 + "$"), too_deep("{" * 99)
    (None, 39, None)
    """
    for formula in FORMULA.finditer(text):
        if len(formula[0]) > 2 and (place := _too_deep(formula[0])) is not None:
            return formula.start() + place
    return None


def _too_deep(formula: str) -> int | None:
    depth, commands = 0, 0
    for token in TOKENS.finditer(formula):
        depth += (token[0] in OPENING) - (token[0] in CLOSING)
        # Accents, one after the other, are nested, too.
        commands = commands + 1 if re.match(r"\\[A-Za-z]", token[0]) else 0
        if max(depth, commands - DEEPEST) > DEEPEST:
            return token.start()
    return None
