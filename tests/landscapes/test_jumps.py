"""A minimum beside a jump is one where its value is taken."""

import pytest

from visualize.landscapes.minima import find_minima
from visualize.objectives.formula import Formula

AROUND = ((-3.1, 2.87), (-2.2, 1.9))


def found(expression: str) -> list[tuple[float, ...]]:
    """Return the minima of a typed formula, rounded."""
    objective = Formula.model_validate({"expression": expression})
    minima = find_minima(objective, AROUND[: objective.dimension])
    return sorted(tuple(round(x, 6) + 0.0 for x in minimum.point) for minimum in minima)


@pytest.mark.parametrize(
    "expression",
    [
        "floor(x) + 0.1*x**2",
        "floor(3*x) + x**2",
        "floor(x) + floor(y) + 0.1*x**2 + 0.1*y**2",
        "where(x > 0, x, x**2 + 1)",
        "where(x > 0.3, x, 1 - x)",
        "where(x > 1/3, x**2, 5) + abs(y)",
        "where(x > 0, x**2, x**2 + 1) + y**2",
        "sign(x)/2 + x**2",
    ],
)
def test_where_a_value_is_only_come_near_to_there_is_no_minimum(expression: str) -> None:
    assert found(expression) == []


@pytest.mark.parametrize(
    ("expression", "minima"),
    [
        ("ceil(x) + x**2", [(-3,), (-2,), (-1,), (0,)]),
        ("where(x >= 0, x, x**2 + 1)", [(0,)]),
        ("where(x >= 1/3, x, 5) + abs(y)", [(pytest.approx(1 / 3, abs=1e-6), 0)]),
        ("x % 1 + 0.01*x**2", [(-3,), (-2,), (-1,), (0,), (1,), (2,)]),
        ("round(x) + x**2 + y**2", [(-1.5, 0), (0, 0)]),  # round(-1.5) is -2, round(-0.5) is 0
        ("where(x > 0, x**2 + 1, x**2) + abs(y)", [(0, 0)]),
        ("abs(x) + sqrt(abs(y))", [(0, 0)]),
        ("sqrt(x)", [(0,)]),
        ("sqrt(x**2 - 2) + 1", [(-1.414214,), (1.414214,)]),
        ("1e6 + abs(x) + abs(y)", [(0, 0)]),
    ],
)
def test_where_the_value_is_taken_there_is_one(
    expression: str, minima: list[tuple[float, ...]]
) -> None:
    assert found(expression) == minima
