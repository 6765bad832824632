"""Lists of numbers: what is an array, and how it is told where one is none."""

from typing import Any

import numpy as np
import pytest

from visualize.history.listed import as_array


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ([[1, 2], [2, 3, 4]], "row 1 has 3 numbers, row 0 has 2"),
        ([[1, 2], [2]], "row 1 has 1 number, row 0 has 2"),
        ([[], [1]], "row 1 has 1 number, row 0 has 0"),
        ([[[1], [2]], [[1, 2], [3, 4]]], "row 1, column 0 has 2 numbers, row 0, column 0 has 1"),
        ([[[1], [2]], [[1]]], "row 1 has 1 list, row 0 has 2"),
        ([1, [2]], "a list in row 1, where others are numbers"),
        ([[1], 2], "a number in row 1, where others are lists"),
        ([[1, [2]]], "a list in row 0, column 1, where others are numbers"),
        ([[1, "a"]], "text in row 0, column 1, not a number"),
        (["1", "2"], "text in row 0, not a number"),
        ([[1, 2], [3, None]], "nothing in row 1, column 1, not a number"),
        ([{"a": 1}], "a mapping in row 0, not a number"),
        ([np.ones(2), np.ones(3)], "row 1 has 3 numbers, row 0 has 2"),
        ([10**400], "a number is too large"),
        (np.array(["a"]), "holds no numbers but <U1"),
        (object(), "holds no numbers but object"),
        ([1j], "holds no numbers but complex128"),
    ],
)
def test_what_is_ragged_or_mixed_is_told_where(value: Any, words: str) -> None:
    with pytest.raises((ValueError, TypeError)) as caught:
        as_array(value, "points")
    assert str(caught.value).startswith("points")
    assert words in str(caught.value)


@pytest.mark.parametrize("value", [[], [[]], [1, 2], [[1, 2.5]], [True], np.ones(3), (1, 2), 5.0])
def test_numbers_are_an_array(value: Any) -> None:
    np.testing.assert_array_equal(as_array(value, "points"), np.array(value))


def test_whole_numbers_may_be_as_large_as_floats_are() -> None:
    np.testing.assert_array_equal(as_array([1, 10**30], "points"), [1.0, 1e30])


def test_where_gaps_are_allowed_nothing_is_no_number() -> None:
    found = as_array([[1, None], [None, 2]], "points", gaps=True)
    np.testing.assert_array_equal(found, [[1, np.nan], [np.nan, 2]])
