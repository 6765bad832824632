"""The range of values that is worth showing where some go on without end."""

from typing import Any

import numpy as np
import pytest

from tests.objectives.test_formula import formula
from visualize.declare.settings import Range
from visualize.landscapes.grid import grid
from visualize.landscapes.poles import range_without_poles


def shown(expression: str, *ranges: Range, kept: Range = (0.0, 1.0)) -> Range:
    objective = formula(expression)
    points = np.stack(grid(ranges, 101), axis=-1)
    cell = np.array([(high - low) / 100 for low, high in ranges])
    return range_without_poles(objective.value, points, objective.value(points), cell, kept)


@pytest.mark.parametrize(
    "expression",
    [
        "x**2 + y",
        "abs(x) + sqrt(abs(y))",
        "-exp(-1000*(x**2 + y**2))",
        "exp(5*x) + y",
        "x*y",
        "0*x*y",
    ],
)
def test_where_there_are_no_poles_every_value_counts(expression: str) -> None:
    ranges = (-1.0, 1.3), (-0.7, 1.1)
    values = formula(expression).value(np.stack(grid(ranges, 101), axis=-1))
    assert shown(expression, *ranges) == (values.min(), values.max())


@pytest.mark.parametrize(
    ("expression", "ranges"),
    [
        ("1/x + x + 1/y + y", ((-0.2, 3.2), (0.1, 2.6))),
        ("1/x + x", ((-2.0, 4.0),)),
        ("log(abs(x)) + log(abs(y))", ((-1.0, 1.03), (-1.0, 1.04))),
        ("-1/(x - 0.3)**2", ((-1.0, 1.0),)),
    ],
)
def test_downward_poles_are_left_out_but_what_is_kept(expression: str, ranges: Any) -> None:
    assert -7 <= shown(expression, *ranges, kept=(-3.0, 1.0))[0] <= -3
    assert shown(expression, *ranges, kept=(-8.0, 1.0))[0] <= -8


def test_the_tips_of_upward_poles_are_left_out_too() -> None:
    assert 1 < shown("1/x**2", (-1.0, 1.03))[1] < 1e4


def test_without_any_value_the_range_is_the_one_to_be_kept() -> None:
    assert shown("log(-1 - x**2)", (-1.0, 1.0), kept=(2.0, 3.0)) == (2.0, 3.0)
