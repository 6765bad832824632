"""Texts that users give, as matplotlib is to set them: only what is meant as a formula is one."""

import re

FORMULA = re.compile(r"(?<!\\)\$(?=\S)(?:\\.|[^\\$])*?(?<=[^\s\\])\$(?![0-9])|\\\$|\$", re.DOTALL)
"""A formula between dollar signs, or a dollar sign that is none's."""


def lettered(text: str) -> str:
    r"""Return a text in which every dollar sign that encloses no formula is escaped.

    A formula begins with a dollar sign that no space follows, and ends with one that no space
    precedes and no digit follows.

    >>> lettered("$x^2$ costs $5 to $10")
    '$x^2$ costs \\$5 to \\$10'
    """
    return FORMULA.sub(lambda it: it[0] if len(it[0]) > 2 else r"\$", text)


def plain(text: str) -> str:
    """Return a lettered text as its author wrote it."""
    return text.replace(r"\$", "$")
