"""Runs beside their baselines: what differs first, how far, and how it is put into words."""

import itertools
import math
import unicodedata
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from pydantic import ValidationError

from visualize import Difference, Tolerance
from visualize.history.comparison import Place, changes, compare, run_of

AnyArray = NDArray[Any]
EXACT = Tolerance(rtol=0.0, atol=0.0)
NAN, INF = math.nan, math.inf


def one(baseline: Any, now: Any, tolerance: Tolerance = EXACT) -> Difference | None:
    """Return how one run of one array differs."""
    found = compare({"a": np.array(baseline)}, {"a": np.array(now)}, tolerance)
    assert len(found) <= 1
    return found[0] if found else None


def pair(shape: tuple[int, ...], *place: int) -> tuple[AnyArray, AnyArray]:
    """Return zeros, and zeros with a one at a place."""
    changed = np.zeros(shape)
    changed[place] = 1.0
    return np.zeros(shape), changed


def told(place: Place | None) -> tuple[str, int, tuple[int, ...], Any, Any]:
    """Return what a place says: array, step, index and both numbers."""
    assert place is not None
    return place.array, place.step, place.index, place.baseline, place.now


def kinds(found: tuple[Difference, ...]) -> dict[str, str]:
    """Return the kind of each run's difference."""
    assert len({difference.run for difference in found}) == len(found)
    return {difference.run: difference.kind for difference in found}


# The first difference, and the largest


def close_by_hand(old: float, new: float, tolerance: Tolerance) -> bool:
    """Whether two numbers count as equal, said a second time."""
    if math.isnan(old) or math.isnan(new):
        return math.isnan(old) and math.isnan(new)
    if math.isinf(old) or math.isinf(new):
        return old == new
    return abs(new - old) <= tolerance.atol + tolerance.rtol * abs(old)


def found_by_hand(
    baseline: dict[str, AnyArray], now: dict[str, AnyArray], tolerance: Tolerance
) -> Iterator[tuple[int, str, tuple[int, ...], float]]:
    """Yield every difference of a run in the order of its steps, one number at a time."""
    steps = max(map(len, now.values()))
    last = steps if tolerance.until is None else min(steps, tolerance.until + 1)
    for step in range(last):
        for part in now:
            for index in itertools.product(*map(range, now[part].shape[1:])):
                old, new = float(baseline[part][step, *index]), float(now[part][step, *index])
                if not close_by_hand(old, new, tolerance):
                    apart = abs(new - old)
                    yield step, part, index, INF if math.isnan(apart) else apart


tolerances = st.builds(
    Tolerance,
    rtol=st.sampled_from([0.0, 1e-9, 0.1]),
    atol=st.sampled_from([0.0, 1e-12, 0.5]),
    until=st.none() | st.integers(0, 5),
)
telling = st.sampled_from([0.0, -0.0, 1.0, -2.0, NAN, INF, -INF, 1e308, -1e308, 5e-324])
nearby = st.sampled_from([0.0, 1e-13, -1e-13, 1e-10, 1e-8, 0.05, -0.3, 0.5, 1.0])


@st.composite
def perturbed_runs(draw: st.DrawFn) -> tuple[dict[str, AnyArray], dict[str, AnyArray]]:
    steps, starts, dimension = (draw(st.integers(1, high)) for high in (6, 3, 3))
    baseline: dict[str, AnyArray] = {
        "run/points": draw(arrays(float, (steps, starts, dimension), elements=telling)),
        "run/values": draw(arrays(float, (steps, starts), elements=telling)),
    }
    now = {name: array.copy() for name, array in baseline.items()}
    for _ in range(draw(st.integers(0, 4))):
        array = now[draw(st.sampled_from(sorted(now)))]
        place = tuple(draw(st.integers(0, length - 1)) for length in array.shape)
        old = float(array[place])
        array[place] = draw(telling | nearby.map(lambda apart, old=old: old + apart))  # type: ignore[misc]
    return baseline, now


@settings(max_examples=300, deadline=None)
@given(perturbed_runs(), tolerances)
def test_the_first_and_the_largest_difference_are_those_of_a_slow_search(
    runs: tuple[dict[str, AnyArray], dict[str, AnyArray]], tolerance: Tolerance
) -> None:
    baseline, now = runs
    found = compare(baseline, now, tolerance)
    expected = list(found_by_hand(baseline, now, tolerance))
    assert len(found) == bool(expected)
    if not expected:
        return
    first, largest = found[0].first, found[0].largest
    assert first is not None
    assert largest is not None
    step, name, index, apart = expected[0]
    assert (first.step, f"run/{first.array}", first.index) == (step, name, index)
    assert first.difference == apart
    assert str(first.baseline) == str(baseline[name][step, *index])
    assert str(first.now) == str(now[name][step, *index])
    theirs = [(apart, step, index) for step, part, index, apart in expected if part == name]
    assert largest.array == first.array
    assert (largest.difference, largest.step, largest.index) in theirs
    assert largest.difference == max(theirs)[0]


def test_the_first_difference_is_the_first_by_step_whatever_the_array() -> None:
    (late, later), (early, earlier) = pair((9, 1, 2), 5, 0, 1), pair((9, 1), 3, 0)
    baseline, now = {"a/points": late, "a/values": early}, {"a/points": later, "a/values": earlier}
    (found,) = compare(baseline, now, EXACT)
    assert told(found.first) == ("values", 3, (0,), 0.0, 1.0)


def test_each_run_is_told_once_in_the_order_of_now() -> None:
    zeros, ones = np.zeros((3, 1, 1)), np.ones((3, 1, 1))
    baseline = {"a/points": zeros, "b/points": zeros, "b/values": zeros, "c/points": zeros}
    now = {"c/points": ones, "b/points": ones, "b/values": ones, "a/points": zeros}
    found = compare(baseline, now, EXACT)
    assert [(difference.run, difference.kind) for difference in found] == [
        ("c", "numbers"),
        ("b", "numbers"),
    ]


@pytest.mark.parametrize(
    ("step", "around"), [(0, [0, 1, 2]), (1, [0, 1, 2, 3]), (4, [2, 3, 4, 5, 6]), (6, [4, 5, 6])]
)
def test_the_steps_around_the_first_difference_are_kept(step: int, around: list[int]) -> None:
    difference = one(*pair((7, 2), step, 1))
    assert difference is not None
    assert [place.step for place in difference.around] == around
    assert {place.index for place in difference.around} == {(1,)}
    assert difference.first in difference.around


def test_arrays_that_are_equal_do_not_differ() -> None:
    for array in (np.zeros((3, 1, 2)), np.zeros(0), np.zeros((3, 0)), np.array(1.0)):
        assert one(array, array.copy()) is None
    assert compare({}, {}, EXACT) == ()


def test_a_number_without_steps_is_a_step() -> None:
    difference = one(1.0, 2.0)
    assert difference is not None
    assert told(difference.first) == ("", 0, (), 1.0, 2.0)


# The tolerance


@settings(max_examples=200, deadline=None)
@given(
    st.integers(-(2**20), 2**20),
    st.integers(0, 2**10),
    st.integers(0, 2**10),
    st.sampled_from([-1, 1]),
)
def test_a_number_at_the_edge_is_close_and_one_beyond_is_not(
    baseline: int, rtol: int, atol: int, sign: int
) -> None:
    tolerance = Tolerance(rtol=rtol / 2**10, atol=atol / 2**10)
    # All of these are numbers that float64 holds exactly.
    edge = baseline + sign * (tolerance.atol + tolerance.rtol * abs(baseline))
    assert one([float(baseline)], [edge], tolerance) is None
    beyond = float(np.nextafter(edge, sign * INF))
    if abs(beyond - baseline) > abs(edge - baseline):
        assert one([float(baseline)], [beyond], tolerance) is not None


def test_the_tolerance_is_relative_to_the_baseline_not_to_what_is_now() -> None:
    tolerance = Tolerance(rtol=0.5, atol=0.0)
    assert one([2.0], [1.0], tolerance) is None
    assert one([1.0], [2.0], tolerance) is not None
    assert one([-2.0], [-3.0], tolerance) is None
    assert one([0.0], [5e-324], tolerance) is not None


def test_without_any_said_the_tolerance_is_small() -> None:
    assert Tolerance() == Tolerance(rtol=1e-9, atol=1e-12, until=None)
    assert one([1.0, 0.0], [1 + 9e-10, 9e-13], Tolerance()) is None
    assert one([1.0], [1 + 2e-9], Tolerance()) is not None
    assert one([0.0], [2e-12], Tolerance()) is not None


@pytest.mark.parametrize(
    "wrong", [{"rtol": -1e-9}, {"atol": -1.0}, {"rtol": INF}, {"atol": NAN}, {"until": -1}]
)
def test_a_tolerance_that_is_none_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Tolerance.model_validate(wrong)


@pytest.mark.parametrize(
    ("baseline", "now", "same"),
    [
        (NAN, NAN, True),
        (NAN, 1.0, False),
        (1.0, NAN, False),
        (INF, INF, True),
        (-INF, -INF, True),
        (INF, -INF, False),
        (INF, 1e308, False),
        (1.0, INF, False),
        (NAN, INF, False),
        (0.0, -0.0, True),
        (1e308, -1e308, False),
    ],
)
@pytest.mark.parametrize("tolerance", [EXACT, Tolerance(), Tolerance(rtol=0.5, atol=1e9)])
def test_numbers_that_are_none_are_equal_to_themselves_only(
    baseline: float, now: float, same: bool, tolerance: Tolerance
) -> None:
    difference = one([baseline], [now], tolerance)
    assert (difference is None) == same
    if difference is not None:
        assert difference.first is not None
        assert difference.first.difference == INF


@pytest.mark.parametrize("dtype", ["?", "b", "H", "i", "l", "Q", ">i4"])
def test_whole_numbers_and_truths_are_held_exactly(dtype: str) -> None:
    loose = Tolerance(rtol=1.0, atol=10.0)
    assert one(np.array([1, 0], dtype), np.array([1, 0], dtype), loose) is None
    difference = one(np.array([1, 0], dtype), np.array([1, 1], dtype), loose)
    assert difference is not None
    assert difference.first is not None
    assert difference.first.step == 1
    assert difference.first.difference == 1.0


def test_whole_numbers_that_no_float_tells_apart_differ() -> None:
    for dtype, number in ((np.int64, 2**62), (np.uint64, 2**64 - 2)):
        assert one(np.array([number], dtype), np.array([number + 1], dtype)) is not None
        assert one(np.array([number], dtype), np.array([number], dtype)) is None


def test_small_whole_numbers_do_not_run_over() -> None:
    difference = one(np.array([0, 250], np.uint8), np.array([255, 1], np.uint8))
    assert difference is not None
    assert [place.difference for place in difference.around] == [255.0, 249.0]


@pytest.mark.parametrize(
    ("now", "same"),
    [(3 + 4j, True), (3 + 4.5j, True), (3.4 + 4.4j, False), (NAN + 4j, False), (3 - 4j, False)],
)
def test_complex_numbers_are_as_far_apart_as_in_the_plane(now: complex, same: bool) -> None:
    # |3 + 4i| is 5.
    assert (one([3 + 4j], [now], Tolerance(rtol=0.1, atol=0.0)) is None) == same


def test_complex_numbers_tell_their_distance() -> None:
    difference = one([1j, 0j], [1j, 3 - 4j])
    assert difference is not None
    assert difference.first is not None
    assert told(difference.first) == ("", 1, (), 0j, 3 - 4j)
    assert difference.first.difference == 5.0


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_numbers_of_less_precision_are_held_too(dtype: type) -> None:
    old: AnyArray = np.array([1.0, 2.0], dtype)
    roundings = np.finfo(dtype).eps * np.array([0, 1, 10, 1000])
    for apart, same in zip(roundings, (True, True, True, False), strict=True):
        moved: AnyArray = (old * (1 + float(apart))).astype(dtype)
        assert (one(old, moved, Tolerance()) is None) == same
        assert (one(old, moved, Tolerance(rtol=1e-9, atol=0)) is None) == (not apart)
        assert one(old, moved, Tolerance(rtol=1.0)) is None


def test_the_order_of_bytes_is_no_difference() -> None:
    assert one(np.array([1.0, 2.0], ">f8"), np.array([1.0, 2.0], "<f8")) is None
    assert one(np.array([1.0, 2.0], ">f8"), np.array([1.0, 3.0], "<f8")) is not None


def test_rows_where_both_are_no_number_are_not_apart() -> None:
    difference = one([NAN, INF, 1.0], [NAN, INF, 2.0])
    assert difference is not None
    assert [place.difference for place in difference.around] == [0.0, 0.0, 1.0]


# Until a step


@pytest.mark.parametrize(("until", "same"), [(0, True), (4, True), (5, False), (99, False)])
def test_nothing_counts_after_the_last_step_that_is_compared(until: int, same: bool) -> None:
    found = one(*pair((9, 1, 2), 5, 0, 1), Tolerance(until=until))
    assert (found is None) == same


def test_a_larger_difference_after_that_is_not_told() -> None:
    old, new = np.zeros(9), np.arange(9.0)
    difference = one(old, new, Tolerance(until=4))
    assert difference is not None
    assert told(difference.largest) == ("", 4, (), 0.0, 4.0)
    assert [place.step for place in difference.around] == [0, 1, 2, 3]


def test_runs_may_be_longer_or_shorter_beyond_that_step() -> None:
    assert one(np.zeros((6, 2)), np.zeros((9, 2)), Tolerance(until=5)) is None
    difference = one(np.zeros((6, 2)), np.zeros((9, 2)), Tolerance(until=6))
    assert difference is not None
    assert difference.kind == "shape"


# Runs and arrays that do not fit


def test_a_run_that_is_only_in_one_of_them_is_told() -> None:
    zeros, ones = np.zeros((3, 1, 1)), np.ones((3, 1, 1))
    found = compare({"a/points": zeros, "b/points": zeros}, {"a/points": zeros}, EXACT)
    assert list(map(str, found)) == ["b: is only in the baseline"]
    assert found[0].kind == "missing"
    found = compare({"a/points": zeros}, {"a/points": zeros, "b/points": ones}, EXACT)
    assert list(map(str, found)) == ["b: has no baseline"]
    assert found[0].kind == "extra"


def test_a_run_of_another_name_is_known_by_its_numbers() -> None:
    zeros, ones = np.zeros((3, 1, 1)), np.ones((3, 1, 1))
    found = compare(
        {"a/points": zeros, "b/points": ones}, {"c/points": ones, "a/points": zeros}, EXACT
    )
    assert found == (Difference("c", "renamed", "is called 'b' in the baseline", former="b"),)


def test_a_run_is_known_again_within_the_tolerance_only() -> None:
    baseline, now = {"a/points": np.zeros((3, 1, 1))}, {"b/points": np.full((3, 1, 1), 0.1)}
    assert kinds(compare(baseline, now, Tolerance(atol=0.2))) == {"b": "renamed"}
    assert kinds(compare(baseline, now, EXACT)) == {"b": "extra", "a": "missing"}


def test_no_baseline_belongs_to_two_runs() -> None:
    zeros = np.zeros((3, 1, 1))
    found = compare({"a/points": zeros}, {"b/points": zeros, "c/points": zeros}, EXACT)
    assert kinds(found) == {"b": "renamed", "c": "extra"}
    found = compare(
        {"a/points": zeros, "b/points": zeros}, {"c/points": zeros, "d/points": zeros}, EXACT
    )
    assert [difference.former for difference in found] == ["a", "b"]


def test_a_run_that_is_still_there_has_not_been_renamed() -> None:
    zeros = np.zeros((3, 1, 1))
    found = compare({"a/points": zeros}, {"b/points": zeros, "a/points": zeros}, EXACT)
    assert kinds(found) == {"b": "extra"}


def test_an_array_that_is_only_in_one_of_them_is_told() -> None:
    zeros = np.zeros((3, 1))
    both, less = {"a/points": zeros, "a/values": zeros}, {"a/points": zeros}
    assert list(map(str, compare(both, less, EXACT))) == ["a: has no values any more"]
    assert list(map(str, compare(less, both, EXACT))) == [
        "a: has values, which its baseline has not"
    ]


def test_a_shape_is_told_with_the_array_and_both_shapes() -> None:
    found = compare({"a/points": np.zeros((3, 1, 2))}, {"a/points": np.zeros((4, 1, 2))}, EXACT)
    assert list(map(str, found)) == [
        "a: points has the shape (4, 1, 2) now, (3, 1, 2) in the baseline"
    ]
    assert kinds(found) == {"a": "shape"}


@pytest.mark.parametrize(("old", "new"), [("f8", "f4"), ("f8", "i8"), ("i8", "u8"), ("U1", "U2")])
def test_a_type_is_told_with_the_array_and_both_types(old: str, new: str) -> None:
    found = compare({"a/values": np.zeros(3, old)}, {"a/values": np.zeros(3, new)}, EXACT)
    assert kinds(found) == {"a": "type"}
    words = f"values is {np.dtype(new)} now, {np.dtype(old)} in the baseline"
    assert found[0].words == words
    assert found[0].first is None


@pytest.mark.parametrize(
    ("name", "run"), [("a/points", "a"), ("a/state/velocity", "a"), ("a", "a"), ("", "")]
)
def test_the_run_stands_before_the_first_slash(name: str, run: str) -> None:
    assert run_of(name) == run


# Words


@pytest.mark.parametrize(
    ("name", "shape", "place", "words"),
    [
        ("a/points", (9, 1, 2), (2, 0, 1), "points[y]"),
        ("a/points", (9, 5, 2), (2, 3, 1), "points[start 3, y]"),
        ("a/gradients", (9, 5, 2), (2, 0, 0), "gradients[start 0, x]"),
        ("a/values", (9, 1), (2, 0), "values"),
        ("a/state/velocity", (9, 1, 2), (2, 0, 1), "state/velocity[y]"),
        ("a/state/hessian", (9, 1, 2, 2), (2, 0, 1, 0), "state/hessian[1, 0]"),
        ("a/loss", (9,), (2,), "loss"),
        ("a/points", (9, 5, 3), (2, 3, 1), "points[3, 1]"),
        ("a", (9, 2), (2, 1), "[1]"),
    ],
)
def test_coordinates_are_called_by_their_names(
    name: str, shape: tuple[int, ...], place: tuple[int, ...], words: str
) -> None:
    old, new = pair(shape, *place)
    (found,) = compare({name: old}, {name: new}, EXACT, ("x", "y"))
    assert found.words == f"differs from its baseline from step 2 on, in {words}"


def test_an_array_that_is_its_run_needs_no_other_name() -> None:
    difference = one(*pair((9,), 2))
    assert difference is not None
    assert difference.words == "differs from its baseline from step 2 on"
    last = str(difference).splitlines()[-1]
    assert last == "    largest difference 1 at step 2: baseline 0.0, now 1.0"


def test_the_largest_difference_may_be_elsewhere_in_the_same_array() -> None:
    old = np.zeros((5, 3, 2))
    new = old.copy()
    new[1, 0, 0], new[3, 2, 1], new[4, 1, 1] = 1.0, -7.0, 5.0
    (found,) = compare({"a/points": old}, {"a/points": new}, EXACT, ("x", "y"))
    assert told(found.first) == ("points", 1, (0, 0), 0.0, 1.0)
    assert told(found.largest) == ("points", 3, (2, 1), 0.0, -7.0)
    assert "largest difference 7 at step 3, in points[start 2, y]: " in str(found)


def test_the_coordinate_of_a_line_has_its_name_too() -> None:
    old, new = pair((4, 1, 1), 3, 0, 0)
    (found,) = compare({"a/points": old}, {"a/points": new}, EXACT, ("w",))
    assert found.words.endswith("in points[w]")


def test_coordinates_without_names_are_numbered() -> None:
    old, new = pair((4, 1, 2), 3, 0, 1)
    (found,) = compare({"a/points": old}, {"a/points": new}, EXACT)
    assert found.words.endswith("in points[1]")


def test_the_numbers_around_the_first_difference_are_a_table() -> None:
    old = np.zeros((12, 1, 2))
    new = old.copy()
    old[:, 0, 1] = [-1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]
    new[:, 0, 1] = [-1, 2, 3, 4, 5, 6, 7, 8, 9.125, 10, 110, 12]
    (found,) = compare({"adam/points": old}, {"adam/points": new}, EXACT, ("x", "y"))
    assert str(found).splitlines() == [
        "adam: differs from its baseline from step 8 on, in points[y]",
        "    step  baseline    now  difference",
        "       6       7.0    7.0           0",
        "       7       8.0    8.0           0",
        "  >    8       9.0  9.125       0.125",
        "       9      10.0   10.0           0",
        "      10      11.0  110.0          99",
        "    largest difference 99 at step 10, in points[y]: baseline 11.0, now 110.0",
    ]


def test_numbers_are_told_with_all_their_digits() -> None:
    old = 0.1 + 0.2
    difference = one([old], [0.3])
    assert "0.30000000000000004" in str(difference)
    assert "5.55e-17" in str(difference)


def test_control_characters_in_a_label_do_not_reach_the_terminal() -> None:
    found = compare({}, {"\x1b[31mred\n": np.zeros(3)}, EXACT)
    assert str(found[0]) == "\\x1b[31mred\\n: has no baseline"


# What has changed


def commands(text: str) -> bool:
    """Whether a terminal would obey any of the characters."""
    return any(unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for letter in text)


@pytest.mark.parametrize(
    ("before", "after", "lines"),
    [
        ({}, {}, []),
        ({"a": 1, "b": [1, {"c": 2}]}, {"a": 1, "b": [1, {"c": 2}]}, []),
        ({"steps": 5}, {"steps": 6}, ["steps: 5 -> 6"]),
        ({"steps": 5}, {}, ["steps: is gone"]),
        ({}, {"noise": {"standard_deviation": 1.0}}, ["noise: is new"]),
        ({"title": "a"}, {"title": "b"}, ['title: "a" -> "b"']),
        ({"title": "größe"}, {"title": "x²"}, ['title: "größe" -> "x²"']),
        ({"start": [1, 2]}, {"start": [1, 3]}, ["start: [1, 2] -> [1, 3]"]),
        (
            {"scene": {"frames": {"fps": 25.0}}},
            {"scene": {"frames": {"fps": 30.0}}},
            ["scene.frames.fps: 25.0 -> 30.0"],
        ),
        (
            {"scene": {"a": 1, "b": 2}, "versions": {"numpy": "1"}},
            {"versions": {"numpy": "2"}, "scene": {"b": 3, "c": 4}},
            [
                "scene.a: is gone",
                "scene.b: 2 -> 3",
                "scene.c: is new",
                'versions.numpy: "1" -> "2"',
            ],
        ),
        ({"objective": "x"}, {"objective": {"a": 1}}, ['objective: "x" -> {"a": 1}']),
        ({"filled": False}, {"filled": True}, ["filled: false -> true"]),
    ],
)
def test_what_has_changed_is_a_line_each(before: Any, after: Any, lines: list[str]) -> None:
    assert changes(before, after) == lines


def test_labelled_things_are_known_by_their_label_not_their_place() -> None:
    adam, sgd = {"label": "adam", "learning_rate": 0.1}, {"label": "sgd", "learning_rate": 0.2}
    before = {"optimizers": [adam, sgd]}
    assert changes(before, {"optimizers": [{"label": "new"}, adam, sgd]}) == [
        "optimizers[new]: is new"
    ]
    assert changes(before, {"optimizers": [sgd]}) == ["optimizers[adam]: is gone"]
    assert changes(before, {"optimizers": [adam, sgd | {"learning_rate": 0.5}]}) == [
        "optimizers[sgd].learning_rate: 0.2 -> 0.5"
    ]


def test_things_without_labels_are_told_as_a_whole() -> None:
    before, after = {"panels": [{"kind": "values"}]}, {"panels": [{"kind": "curve"}]}
    assert changes(before, after) == ['panels: [{"kind": "values"}] -> [{"kind": "curve"}]']


def test_a_long_value_is_shortened() -> None:
    (line,) = changes({"title": "x" * 500}, {"title": "y"})
    old, _, new = line.removeprefix("title: ").partition(" -> ")
    assert len(old) == 60
    assert old == '"' + "x" * 58 + "…"
    assert new == '"y"'
    (line,) = changes({"title": "y"}, {"title": "x" * 58})
    assert line == f'title: "y" -> "{"x" * 58}"'


def test_control_characters_are_written_out_in_names_and_values() -> None:
    lines = changes({"a\x1b[2J": "\x1b]0;x\x07", "b": "\u202e"}, {"a\x1b[2J": "", "b": ""})
    assert len(lines) == 2
    assert not any(map(commands, lines))
    assert lines[0].startswith("a\\x1b[2J: ")
    assert lines[1] == 'b: "\\u202e" -> ""'


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=5), inner, max_size=3)
        | st.lists(st.builds(lambda label, it: {"label": label, "it": it}, st.text(), inner))
    ),
    max_leaves=10,
)


@settings(max_examples=100, deadline=None)
@given(json_values, json_values)
def test_whatever_json_holds_has_changes_that_command_no_terminal(before: Any, after: Any) -> None:
    assert changes(before, before) == []
    assert not any(map(commands, changes(before, after)))


def test_what_is_nested_deep_is_told_all_the_same() -> None:
    before: Any = 1
    after: Any = 2
    for _ in range(100):
        before, after = {"in": before}, {"in": after}
    (line,) = changes(before, after)
    assert " -> " in line
    assert len(line) < 250
