"""Numbers as mathematics: 1e-3 is a power of ten."""

import ast
import re

from visualize.formulas._parts import Level, Part

SCIENTIFIC = re.compile(r"(?P<digits>[\d.]+)[eE](?P<exponent>[-+]?\d+)")


def number(written: str) -> ast.Constant:
    """Return a number in a tree that knows how it was written."""
    node = ast.Constant(float(written))
    keep_as_written(node, written)
    return node


def keep_as_written(node: ast.Constant, written: str) -> None:
    """Let a number know how it was written: 0.001 and 1e-3 are the same to a tree."""
    node.written = written  # type: ignore[attr-defined]  # trees take what they are given


def in_digits(written: str) -> Part:
    r"""Return a number as it was written.

    >>> in_digits("1e-3").text, in_digits("2.50e8").text, in_digits("100").text
    ('10^{-3}', '2.5 \\cdot 10^8', '100')
    """
    written = written.replace("_", "")
    sign = Level.SUM if written.startswith("-") else None
    found = SCIENTIFIC.fullmatch(written.lstrip("-"))
    if not found:
        text = f"0{written}" if written.startswith(".") else written.removesuffix(".0").rstrip(".")
        return Part(text, sign or Level.ATOM)
    digits, exponent = found["digits"], int(found["exponent"])
    if "." in digits:
        digits = digits.rstrip("0").rstrip(".") or "0"
    above = f"{exponent}" if 0 <= exponent < 10 else f"{{{exponent}}}"
    power, minus = f"10^{above}", "-" if sign else ""
    if digits == "1":
        return Part(minus + power, sign or Level.POWER)
    return Part(rf"{minus}{digits} \cdot {power}", sign or Level.PRODUCT)
