"""A formula as a list of operations: the same numbers, and no more work than there has to be."""

import operator
import tracemalloc
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from visualize.arrays import Array
from visualize.formulas._program import Program, each_noted, noted
from visualize.formulas._tree import rule_of
from visualize.formulas.dual import Dual, number
from visualize.formulas.functions import FUNCTIONS, OPERATIONS
from visualize.formulas.reading import read_expression

X = np.array([0.3, -1.7, 2.5, np.inf, -0.0])
Y = np.array([1.1, 0.4, -3.0, 2.0, 7.0])
FORMULAS = [
    "(1 - x)**2 + 100*(y - x**2)**2",
    "+x - -y",
    "2**x + x**y + x**-1 + x**1",
    "x/3 + 3/x + x/y",
    "1*x + x*1 + x*0 + 0*y",
    "x**(y > 0) + (y > 0)",
    "x if x > y else y**2",
    "max(x, y, 0.5)*min(x, 2)",
    "clip(x, 0, 1)*mod(x, y)",
    "where(1 > 0, x, y)*y",
    *[f"{name}(x, y)" for name, it in FUNCTIONS.items() if it.fewest <= 2 <= it.most],
    *[f"{name}(x)*y" for name, it in FUNCTIONS.items() if it.fewest == 1],
]


def twice_and_more(x: Any, y: Any) -> dict[str, Any]:
    """Return results of two arrays."""
    return {"sum": 2 * (x + y) + 2 * (x + y), "x": x, "three": 3.0}


@pytest.mark.parametrize("text", FORMULAS)
def test_the_numbers_are_those_of_a_walk_with_arrays_to_the_last_bit(text: str) -> None:
    expression = read_expression(text, ["x", "y"])
    *_, tree = expression.__reduce__()[1]
    rule = rule_of(tree, OPERATIONS.__getitem__)

    def walk(arrays: Sequence[Any]) -> dict[int, Any]:
        x, y = (Dual(array, {index: 1.0}) for index, array in enumerate(arrays))
        worth = rule({"x": x, "y": y})
        return {-1: number(worth), **worth.parts}

    with np.errstate(all="ignore"):
        walked, done = walk([X, Y]), Program(walk, 2)([X, Y])
    assert walked.keys() == done.keys()
    for index, array in walked.items():
        assert np.asarray(array, float).tobytes() == np.asarray(done[index], float).tobytes()


def test_results_may_be_arguments_and_constants() -> None:
    results = Program(lambda arrays: twice_and_more(*arrays), 2)([X[:2], Y[:2]])
    np.testing.assert_array_equal(results["sum"], 4 * (X + Y)[:2])
    np.testing.assert_array_equal(results["x"], X[:2])
    assert results["three"] == 3


def calls_of(function: Callable[[Callable[[Any], Any], Any], Any]) -> int:
    """Return how often a program calls what its function calls, given that and an array."""
    calls = []

    def count(array: Array) -> Array:
        calls.append(array)
        return array + 1

    program = Program(lambda arrays: {"it": function(noted(count), *arrays)}, 1)
    assert not calls
    program([Y])
    return len(calls)


def test_what_is_the_same_is_computed_once() -> None:
    assert calls_of(lambda f, x: f(x) + f(x)) == 1
    assert calls_of(lambda f, x: f(x + 2.0) * f(x + 2.0)) == 1
    assert calls_of(lambda f, x: f(x) + f(-x)) == 2
    assert calls_of(lambda f, x: f(x * 0.0) + f(x * -0.0)) == 2
    assert calls_of(lambda f, x: f(f(x) ** 1) * 1.0) == 2


@pytest.mark.parametrize("same", [lambda x: x * 1, lambda x: 1.0 * x, lambda x: x**1, operator.pos])
def test_what_changes_nothing_is_not_computed(same: Callable[[Any], Any]) -> None:
    program = Program(lambda arrays: {"it": same(arrays[0])}, 1)
    assert program([X])["it"] is X


def test_a_function_with_a_result_for_each_argument_is_called_once() -> None:
    calls = []

    def shares(*arrays: Array) -> list[Array]:
        calls.append(arrays)
        return [array / sum(arrays) for array in arrays]

    program = Program(lambda arrays: dict(enumerate(each_noted(shares)(*arrays))), 2)
    results = program([np.array([1.0]), np.array([3.0])])
    assert [float(it[0]) for it in results.values()] == [0.25, 0.75]
    assert len(calls) == 1


def test_arrays_are_kept_no_longer_than_they_are_used() -> None:
    array = np.ones(100_000)

    def chain(arrays: Sequence[Any]) -> dict[str, Any]:
        there = arrays[0]
        for step in range(50):
            there = there + float(step + 2)
        return {"it": there}

    program = Program(chain, 1)
    tracemalloc.start()
    program([array])
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 3.5 * array.nbytes
