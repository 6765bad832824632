"""Numbers that carry their derivatives."""

import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from visualize.formulas.dual import Dual, applied, chosen

X, Y = 1.7, 0.6


def times(*terms: Any) -> Any:
    """Return a product, told by its derivatives."""
    return applied(operator.mul, lambda a, b: [b, a], lambda a, b: [[0 * a, 1], [1, 0 * b]], terms)


x, y = Dual(X, {0: 1.0}), Dual(Y, {1: 1.0})


@pytest.mark.parametrize(
    ("dual", "value", "slopes"),
    [
        (+x, X, {0: 1}),
        (-x, -X, {0: -1}),
        (x + y, X + Y, {0: 1, 1: 1}),
        (x + 3, X + 3, {0: 1}),
        (3 + x, X + 3, {0: 1}),
        (x - y, X - Y, {0: 1, 1: -1}),
        (x - 3, X - 3, {0: 1}),
        (3 - x, 3 - X, {0: -1}),
        (x * y, X * Y, {0: Y, 1: X}),
        (x * 3, 3 * X, {0: 3}),
        (3 * x, 3 * X, {0: 3}),
        (x / y, X / Y, {0: 1 / Y, 1: -X / Y**2}),
        (x / 4, X / 4, {0: 1 / 4}),
        (4 / x, 4 / X, {0: -4 / X**2}),
        (x**y, X**Y, {0: Y * X ** (Y - 1), 1: X**Y * math.log(X)}),
        (x**3, X**3, {0: 3 * X**2}),
        (x**0, 1, {0: 0}),
        (3**x, 3**X, {0: 3**X * math.log(3)}),
        (x * x, X * X, {0: 2 * X}),
        (x - x, 0, {0: 0}),
        (x.chain(5.0, 2.0), 5, {0: 2}),
        (chosen([1, 0], [x, y]), X, {0: 1, 1: 0}),
        (chosen([0, 1], [x, 9.0]), 9, {0: 0}),
        (chosen([0.5, 0.5], [x, Dual(X, {1: 1.0})]), X, {0: 0.5, 1: 0.5}),
        (chosen([1, 0], [x, Dual(math.nan, {1: math.inf})]), X, {0: 1, 1: 0}),
        (times(x, y), X * Y, {0: Y, 1: X}),
        (times(x, 3.0), 3 * X, {0: 3}),
        (times(x, x), X * X, {0: 2 * X}),
    ],
)
def test_an_operation_carries_its_slopes(
    dual: Dual, value: float, slopes: dict[int, float]
) -> None:
    assert dual.value == pytest.approx(value, rel=1e-15)
    assert dual.parts == {index: pytest.approx(slope, rel=1e-15) for index, slope in slopes.items()}


def test_plain_numbers_stay_plain() -> None:
    assert times(2.0, 3.0) == 6
    first = np.array([True, False])
    shares = [first, ~first]
    np.testing.assert_array_equal(chosen(shares, [np.array([1, 5]), np.array([3, 2])]), [1, 2])


@pytest.mark.parametrize(
    "operation", [operator.add, operator.sub, operator.mul, operator.truediv, operator.pow]
)
def test_arrays_leave_operations_to_the_dual(operation: Callable[[Any, Any], Any]) -> None:
    numbers = np.array([1.5, 2.5])
    one, other = operation(numbers, Dual(numbers + 1, {0: 1.0})), operation(1.5, x + 0)
    assert isinstance(one, Dual)
    assert isinstance(other, Dual)
    np.testing.assert_allclose(one.value, operation(numbers, numbers + 1), rtol=1e-15)


def test_duals_of_duals_carry_second_derivatives() -> None:
    a = Dual(Dual(X, {0: 1.0}), {0: 1.0})
    b = Dual(Dual(Y, {1: 1.0}), {1: 1.0})
    product = a**3 * b
    assert product.parts[0].parts[0] == pytest.approx(6 * X * Y, rel=1e-15)
    assert product.parts[0].parts[1] == pytest.approx(3 * X**2, rel=1e-15)
    assert product.parts[1].parts[0] == pytest.approx(3 * X**2, rel=1e-15)
    assert product.value.value == pytest.approx(X**3 * Y, rel=1e-15)
    power = a**b
    told = times(a, b)
    assert told.parts[0].parts == {0: 0, 1: 1}
    assert told.parts[1].parts == {0: 1, 1: 0}
    assert power.parts[1].parts[1] == pytest.approx(X**Y * math.log(X) ** 2, rel=1e-14)


def test_a_slope_that_is_not_chosen_does_not_count_though_it_is_infinite() -> None:
    once = chosen([1, 0], [1.0, Dual(0.0, {0: math.inf})])
    with np.errstate(invalid="ignore"):  # as where formulas are computed
        twice = chosen([1, 0], [1.0, Dual(Dual(0.0, {0: 1.0}), {0: Dual(math.inf, {0: math.inf})})])
    assert once.parts[0] == 0
    assert twice.parts[0].value == twice.parts[0].parts[0] == 0
