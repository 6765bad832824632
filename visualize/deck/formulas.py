r"""Formulas in LaTeX as outlines: by matplotlib's mathtext, and by ziamath where that cannot.

What mathtext cannot set is common in posts: cases, aligned, bmatrix, \underbrace.
"""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any
from xml.etree import ElementTree

import numpy as np
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

from visualize.deck._latex import (
    UnsettableError,
    check_braces,
    displayed,
    in_mathtext,
    letters_in,
    normalised,
    parts_of,
    unknown_in,
)
from visualize.deck.ink import Ink
from visualize.deck.outlines import outlines_of
from visualize.looks.mathematics import too_deep

MATHEMATICS = "stix"
"""The letters of both: those of ziamath are STIX Two."""
LONGEST = 2000
"""Letters of a formula; mathtext takes a second for as many."""
SCALE = text_to_path.FONT_SCALE


@lru_cache(maxsize=2048)
def formula_ink(latex: str, display: bool = False) -> Ink:
    r"""Return a formula as outlines; raises `UnsettableError` with the command that is in the way.

    >>> wide = formula_ink(r"\begin{cases} x & x > 0 \\ 0 & \text{else} \end{cases}").width
    >>> wide > formula_ink("x").width
    True
    """
    text = normalised(latex)
    if not text:
        raise UnsettableError("it is empty")
    check_braces(text)
    if len(text) > LONGEST:
        raise UnsettableError(f"it is longer than {LONGEST} letters")
    if too_deep(f"${text}$") is not None:
        raise UnsettableError("it is nested too deeply")
    if letters := letters_in(text):
        raise UnsettableError(f"no font for formulas has {letters}", letters[0])
    if "\\\\" not in text:
        try:
            return _by_mathtext(in_mathtext(displayed(text) if display else text))
        except UnsettableError:
            pass
    return _by_ziamath(text, display)


@lru_cache(maxsize=512)
def formula_lines(latex: str, width: float, display: bool = True) -> tuple[Ink, ...]:
    """Return a formula as outlines of lines that are no wider, if it can be broken."""
    whole = formula_ink(latex, display)
    if whole.width <= width:
        return (whole,)
    lines: list[str] = []
    try:
        for pieces in parts_of(latex):
            begun = False
            for piece in pieces:
                longer = lines[-1] + piece if begun else piece
                if begun and formula_ink(longer, display).width <= width:
                    lines[-1] = longer
                else:
                    lines.append(piece)
                begun = True
        broken = tuple(formula_ink(it, display) for it in lines)
    except UnsettableError:  # a part of it by itself is no formula
        return (whole,)
    return broken if max(it.width for it in broken) < whole.width else (whole,)


def _by_mathtext(text: str) -> Ink:
    font = FontProperties(math_fontfamily=MATHEMATICS, size=SCALE)
    try:
        with _complaints() as missing:
            # Not parsed again: text_to_path asks for what the parser remembers.
            width, height, depth, *_ = text_to_path.mathtext_parser.parse(f"${text}$", 72, font)
            glyphs, outlines, rectangles = text_to_path.get_glyphs_mathtext(font, f"${text}$")
    except Exception as error:  # whatever mathtext runs into
        raise UnsettableError(str(error)) from None
    if missing:
        raise UnsettableError(missing[0])
    vertices: list[Any] = []
    codes: list[Any] = []
    for name, across, up, scale in glyphs:
        points, kinds = outlines[name]
        if len(points):
            vertices.append(np.asarray(points) * scale + [across, up])
            codes.append(np.asarray(kinds))
    for corners, sides in rectangles:
        vertices.append(np.asarray(corners, dtype=float))
        codes.append(np.asarray(sides))
    return _inked(vertices, codes, width / SCALE, (height - depth) / SCALE, depth / SCALE)


@contextmanager
def _complaints() -> Iterator[list[str]]:
    """Collect what mathtext logs of letters that it does not have."""
    logger = logging.getLogger("matplotlib.mathtext")
    told: list[str] = []

    def collect(record: logging.LogRecord) -> bool:
        told.append(record.getMessage())
        return False

    logger.addFilter(collect)
    try:
        yield told
    finally:
        logger.removeFilter(collect)


def _by_ziamath(text: str, display: bool) -> Ink:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of an old way to find its fonts
        from ziamath.config import config
        from ziamath.tex import tex2mml
        from ziamath.zmath import Math

    config.svg2 = False  # outlines in place of references to them
    try:
        with warnings.catch_warnings(record=True) as complaints:
            warnings.simplefilter("always")
            markup = tex2mml(text, inline=not display)
            unknown_in(text, markup)
            picture = Math(_mended(markup), size=SCALE).svg()
    except UnsettableError:
        raise
    except RecursionError:
        raise UnsettableError("it is nested too deeply") from None
    except Exception as error:  # whatever the two run into
        raise UnsettableError(f"{error}".strip()) from None
    if complaints:
        raise UnsettableError(f"{complaints[0].message}".strip())
    outlines, kinds = outlines_of(picture)
    if not len(outlines):
        raise UnsettableError("nothing of it can be seen")
    points = outlines[kinds != CLOSE]
    low, (right, high) = points[:, 1].min(), points.max(axis=0)
    return _inked([outlines], [kinds], right / SCALE, high / SCALE, max(-low, 0) / SCALE)


CLOSE = 79
ROWS = "0.5em"
"""Between lines that are aligned; in points it would not grow with the letters."""
WIDE = {"\u0302": "\u02c6", "\u0303": "\u02dc", "^": "\u02c6", "~": "\u02dc"}
"""Accents that grow with what is below them, and those that do not."""


def _mended(markup: str) -> ElementTree.Element:
    r"""Return MathML with what ziamath does not draw written in another way.

    Operators made of others, as of \mathbin{\odot}, would be left out; hats would grow.
    """
    # Its author is a library, called a line before.
    root = ElementTree.fromstring(markup)  # noqa: S314
    for element in root.iter():
        space, _, kind = element.tag.rpartition("}")
        if kind == "mo" and len(element):
            element.tag = f"{space}}}mrow" if space else "mrow"
        if kind == "mtable" and element.get("rowspacing", "").endswith("pt"):
            element.set("rowspacing", ROWS)
        if kind == "mover" and element.get("accent") == "true" and len(element) == 2:
            accent = element[1]
            if accent.text in WIDE:
                accent.text = WIDE[accent.text]
                accent.set("stretchy", "false")
    return root


def _inked(vertices: list[Any], codes: list[Any], width: float, up: float, down: float) -> Ink:
    if not vertices:
        raise UnsettableError("nothing of it can be seen")
    return Ink(
        np.concatenate(vertices) / SCALE,
        np.concatenate(codes).astype(np.uint8),
        float(width),
        float(up),
        float(down),
    )
