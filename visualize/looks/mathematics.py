"""Formulas in text, between dollar signs, which matplotlib's mathtext sets."""

import re

DEEPEST = 12
"""Braces in braces and the like: mathtext calls itself for each, and Python ends that somewhere."""
TOKENS = re.compile(r"\\left\b|\\right\b|\\[A-Za-z]+|\\.|\$|[{}]|\s+|.", re.DOTALL)
OPENING, CLOSING = {"{", r"\left"}, {"}", r"\right"}


def too_deep(text: str) -> int | None:
    r"""Return where in a text a formula is nested too deeply to be set; None: nowhere.

    >>> too_deep(r"$\sqrt{x}$"), too_deep("$" + "x^{" * 13 + "}" * 13 + "$"), too_deep("{" * 99)
    (None, 39, None)
    """
    inside, depth, commands = False, 0, 0
    for token in TOKENS.finditer(text):
        word = token[0]
        if word == "$":
            inside, depth, commands = not inside, 0, 0
        elif word in OPENING:
            depth += 1
        elif word in CLOSING:
            depth = max(depth - 1, 0)
        # One accent after the other is nested, too.
        if not word.isspace():
            commands = commands + 1 if word[0] == "\\" and word[1:].isalpha() else 0
        if inside and max(depth, commands - DEEPEST) > DEEPEST and "$" in text[token.end() :]:
            return token.start()
    return None
