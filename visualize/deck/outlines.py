"""Outlines in SVG, as matplotlib has them."""

import re
from itertools import pairwise
from xml.etree import ElementTree

import numpy as np
from numpy.typing import NDArray

TOKEN = re.compile(r"[MLHVQCTSZz]|[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
KINDS = {"M": (1, 1), "L": (1, 2), "Q": (2, 3), "C": (3, 4)}
"""Of a letter in SVG: how many points follow it, and matplotlib's code."""
CLOSE = 79


def outlines_of(svg: str) -> tuple[NDArray[np.float64], NDArray[np.uint8]]:
    """Return vertices (upwards) and codes of all that an SVG of ziamath fills and draws."""
    points: list[tuple[float, float]] = []
    codes: list[int] = []
    # Its author is a library, called a line before.
    root = ElementTree.fromstring(svg)  # noqa: S314
    for element in root.iter():
        kind = element.tag.rpartition("}")[2]
        if kind == "path" and element.get("stroke-width") and not element.get("fill"):
            _add_struck(element, points, codes)
        elif kind == "path" and element.get("fill") != "none":
            _add_path(element.get("d", ""), points, codes)
        elif kind == "rect" and element.get("fill") != "none":
            left, top, width, height = (
                float(element.get(it, 0)) for it in ("x", "y", "width", "height")
            )
            _add_box(points, codes, left, top, left + width, top + height)
        elif kind == "rect" or kind == "line":
            _add_strokes(element, kind, points, codes)
    return np.array(points, dtype=float).reshape(-1, 2), np.array(codes, dtype=np.uint8)


def _add_path(data: str, points: list[tuple[float, float]], codes: list[int]) -> None:
    tokens = TOKEN.findall(data)
    index = 0
    kind = "M"
    while index < len(tokens):
        if tokens[index].isalpha():
            kind = tokens[index].upper()
            index += 1
        if kind == "Z":
            points.append((0.0, 0.0))
            codes.append(CLOSE)
            continue
        count, code = KINDS[kind]
        for _ in range(count):
            points.append((float(tokens[index]), -float(tokens[index + 1])))
            index += 2
        codes += [code] * count
        kind = "L" if kind == "M" else kind


def _add_box(
    points: list[tuple[float, float]],
    codes: list[int],
    left: float,
    top: float,
    right: float,
    bottom: float,
) -> None:
    corners = [(left, -bottom), (right, -bottom), (right, -top), (left, -top), (0.0, 0.0)]
    points += corners
    codes += [1, 2, 2, 2, CLOSE]


def _add_strokes(
    element: ElementTree.Element, kind: str, points: list[tuple[float, float]], codes: list[int]
) -> None:
    width = float(element.get("stroke-width", 5))
    if kind == "rect":
        left, top, wide, high = (float(element.get(it, 0)) for it in ("x", "y", "width", "height"))
        right, bottom = left + wide, top + high
        _add_box(points, codes, left, top, right, top + width)
        _add_box(points, codes, left, bottom - width, right, bottom)
        _add_box(points, codes, left, top, left + width, bottom)
        _add_box(points, codes, right - width, top, right, bottom)
        return
    (x1, y1), (x2, y2) = (
        (float(element.get(f"x{it}", 0)), float(element.get(f"y{it}", 0))) for it in (1, 2)
    )
    _add_line(points, codes, (x1, y1, x2, y2), width)


def _add_struck(
    element: ElementTree.Element, points: list[tuple[float, float]], codes: list[int]
) -> None:
    """Add a path that is drawn along, and not filled, as lines."""
    numbers = [float(it) for it in TOKEN.findall(element.get("d", "")) if not it.isalpha()]
    corners = list(zip(numbers[::2], numbers[1::2], strict=True))
    for (x1, y1), (x2, y2) in pairwise(corners):
        _add_line(points, codes, (x1, y1, x2, y2), float(element.get("stroke-width", 1)))


def _add_line(
    points: list[tuple[float, float]],
    codes: list[int],
    ends: tuple[float, float, float, float],
    width: float,
) -> None:
    x1, y1, x2, y2 = ends
    length = float(np.hypot(x2 - x1, y2 - y1)) or 1.0
    across, up = (y2 - y1) / length * width / 2, (x2 - x1) / length * width / 2
    points += [
        (x1 + across, -(y1 - up)),
        (x2 + across, -(y2 - up)),
        (x2 - across, -(y2 + up)),
        (x1 - across, -(y1 + up)),
        (0.0, 0.0),
    ]
    codes += [1, 2, 2, 2, CLOSE]
