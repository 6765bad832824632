"""What a panel shows by itself: the starts, the ends, the minimum, and no run out of sight."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from visualize import History, Scene, Trajectory, simulate
from visualize.landscapes.limits import LARGEST, choose_limits, cover, widen
from visualize.objectives.formula import Formula
from visualize.objectives.objective import Ranges

BOWL = "x**2/20 + y**2"


def formula(expression: str, **settings: Any) -> Formula:
    """Return the objective that a formula is."""
    return Formula.model_validate({"expression": expression, **settings})


def went(objective: Formula, *paths: Sequence[Sequence[float]]) -> History:
    """Return a history of runs from one start each, through these points."""
    runs = {}
    for index, path in enumerate(paths):
        points = np.array(path, dtype=float)[:, np.newaxis, :]
        with np.errstate(all="ignore"):
            values = objective.value(points)
        runs[f"run {index}"] = Trajectory(points, values, np.zeros_like(points))
    return History(runs)


def view_of(expression: str, start: Any, rates: dict[str, float], steps: int = 50) -> Any:
    """Return the history and the view of gradient descent at several rates."""
    scene = Scene.model_validate(
        {
            "objective": expression,
            "start": start,
            "steps": steps,
            "optimizers": [
                {"name": "sgd", "learning_rate": rate, "label": label}
                for label, rate in rates.items()
            ],
        }
    )
    history = simulate(scene)
    return history, choose_limits(scene.objective, history, 0.5)


def contains(box: Ranges, point: Any) -> bool:
    """Whether a point is in the box."""
    return all(low <= x <= high for x, (low, high) in zip(point, box, strict=True))


def width(box: Ranges, index: int = 0) -> float:
    """Return the width of a side."""
    return box[index][1] - box[index][0]


# The whole


@pytest.mark.parametrize(
    ("expression", "start", "rate"),
    [
        (BOWL, [-7, 2], 0.3),
        (BOWL, [-7, 0], 0.3),
        (BOWL, [[-7, 2], [3, 1], [0, -2]], 0.3),
        ("0.1*x1**2 + 2*x2**2", [-5, -2], 0.4),
        ("2*x**2 + 2*x*y + 2*y**2 - 6*x", [1, 0], 0.05),
        ("x**2", 10, 0.2),
        ("x**2", [[10], [-3]], 0.2),
        ("x - x**3", -1, 0.05),
        ("(x - 1000)**2 + (y + 2000)**2", [1001, -2003], 0.1),
        ("1e-12*x**2 + y**2/1e9", [1e6, 1e7], 0.5),
        ("sin(x) + cos(y)", [0.1, 0.1], 0.1),
        ("x + y", [0, 0], 0.1),
        # Starts that are near each other go far together.
        (BOWL, [[-7, 2], [-6.99, 2.01]], 0.3),
        ("x + y", [[0, 0], [0.01, 0.01]], 0.1),
        ("log(1 + exp(-x))", [[0], [0.01]], 5.0),
    ],
)
def test_the_view_has_the_starts_and_the_ends_in_it(
    expression: str, start: Any, rate: float
) -> None:
    history, (box, minima) = view_of(expression, start, {"a": rate})
    for low, high in box:
        assert np.isfinite([low, high]).all()
        assert low < high
    for row in history["a"].points:
        for point in row:
            assert contains(box, point)
    assert all(contains(box, minimum.point) for minimum in minima)


def test_the_view_of_a_converging_run_has_the_minimum_and_what_is_beyond() -> None:
    _, (box, minima) = view_of(BOWL, [-7, 2], {"a": 0.3})
    assert [minimum.point for minimum in minima] == [pytest.approx((0, 0), abs=1e-9)]
    assert box[0][0] < -7
    assert 2.5 < box[0][1] < 7
    assert box[1][1] > 2
    assert -3 < box[1][0] < -0.5


def test_the_view_is_not_much_larger_than_the_runs() -> None:
    _, (box, _) = view_of(BOWL, [-7, 2], {"a": 0.3, "b": 0.2})
    assert width(box, 0) < 2 * 7
    assert width(box, 1) < 3 * 4


@pytest.mark.parametrize("wild", [25.0, 50.0, 100.0, 1e6, 1e150])
@pytest.mark.parametrize("steps", [1, 2, 3, 20, 100])
def test_one_exploding_run_does_not_make_the_others_invisible(wild: float, steps: int) -> None:
    history, (box, _) = view_of(BOWL, [-7, 2], {"wild": wild, "calm": 0.3}, steps)
    calm = history["calm"].points[:, 0]
    assert all(contains(box, point) for point in calm)
    # Half of a fiftieth of a picture, 12 of 1280 pixels, is seen.
    for index in (0, 1):
        assert np.ptp(calm[:, index]) > 0.01 * width(box, index)


def test_one_run_that_hardly_moves_does_not_cut_off_those_that_settle() -> None:
    stuck, far = np.linspace(1, 0.999, 100), 1 - np.tanh(np.linspace(0, 4, 100))
    assert cover([stuck[:, np.newaxis], far[:, np.newaxis]]) == (far.min(), 1.0)


@pytest.mark.parametrize("first", [True, False])
def test_one_exploding_start_does_not_make_the_others_invisible(first: bool) -> None:
    starts = [[-1.0], [2.0]] if first else [[2.0], [-1.0]]
    history, (box, _) = view_of("x - x**3", starts, {"a": 0.05}, 200)
    calm = history["a"].points[:, 0 if first else 1, 0]
    assert contains(box, [-1.0])
    assert contains(box, [2.0])
    assert np.ptp(calm) > 0.02 * width(box)
    assert width(box) < 100


def test_a_run_that_explodes_alone_is_followed_to_where_it_leaves() -> None:
    history, (box, _) = view_of("x**2", 10, {"wild": 1.1}, 10)
    path = history["wild"].points[:, 0, 0]
    assert contains(box, [10])
    assert width(box) > np.ptp(path[:3])
    assert width(box) < 20 * np.ptp(path)
    _, (far, _) = view_of("x**2", 10, {"wild": 1.1}, 5000)
    assert contains(far, [10])
    assert width(far) < 1e9


@pytest.mark.parametrize(
    "path",
    [
        [[1e308, 1e308]],
        [[-1e308, 1e308], [1e308, -1e308]],
        [[1.0, 1.0], [1e308, -1e308], [np.inf, np.nan], [np.nan, np.nan]],
        [[0.0, 0.0], [1e154, 1e154]],
        [[1e100, 1e100], [1.0, 1.0]],
    ],
)
@pytest.mark.parametrize("expression", [BOWL, "x + y", "exp(x) + y", "sin(x)*y"])
def test_points_of_1e308_are_clamped(expression: str, path: list[list[float]]) -> None:
    objective = formula(expression)
    box, _ = choose_limits(objective, went(objective, path), 0.5)
    for low, high in box:
        assert -1e101 <= low < high <= 1e101


@pytest.mark.parametrize("place", [0.0, 3.0, -1e-12, 1e6, -1e90])
def test_a_single_point_gets_some_width(place: float) -> None:
    objective = formula("x + y")
    box, _ = choose_limits(objective, went(objective, [[place, place]]), 0.5)
    for low, high in box:
        assert low < place < high


def test_a_single_point_on_the_minimum_gets_some_width() -> None:
    objective = formula(BOWL)
    box, minima = choose_limits(objective, went(objective, [[0.0, 0.0]]), 0.5)
    assert width(box, 0) > 0.1
    assert width(box, 1) > 0.1
    assert len(minima) == 1


def test_a_path_along_one_variable_still_gets_some_height() -> None:
    objective = formula("x + y")
    box, _ = choose_limits(objective, went(objective, [[0.0, 2.0], [10.0, 2.0]]), 0.5)
    assert box[1][0] < 2 < box[1][1]
    assert width(box, 1) > 0.3 * width(box, 0)


def test_the_domain_is_kept() -> None:
    domain = [[-10, 10], [-5, 5]]
    objective = formula(BOWL, domain=domain)
    box, minima = choose_limits(objective, went(objective, [[-7.0, 2.0], [1e6, -1e6]]), 0.5)
    assert box == ((-10, 10), (-5.625, 5.625))  # in equal scales, in axes of 16:9
    assert [minimum.point for minimum in minima] == [pytest.approx((0, 0), abs=1e-9)]


def test_the_domain_grows_to_the_starts_outside_it() -> None:
    objective = formula(BOWL, domain=[[-10, 10], [-5, 5]])
    box, _ = choose_limits(objective, went(objective, [[-20.0, 2.0], [0.0, 0.0]]), 0.5)
    assert box == ((-20, 10), (-8.4375, 8.4375))


def test_the_order_of_the_runs_does_not_matter() -> None:
    objective = formula(BOWL)
    paths = [
        [[-7.0, 2.0], [-1.0, 0.1]],
        [[-7.0, 2.0], [40.0, 3.0], [4000.0, -3.0]],
        [[-7.0, 2.0], [5.0, 1.0]],
    ]
    forwards, _ = choose_limits(objective, went(objective, *paths), 0.5)
    backwards, _ = choose_limits(objective, went(objective, *paths[::-1]), 0.5)
    assert forwards == backwards


def test_three_dimensions_have_a_view_too() -> None:
    objective = formula("x**2 + y**2 + z**2")
    box, minima = choose_limits(objective, went(objective, [[1.0, 2.0, 3.0], [0.0, 0.0, 0.0]]), 0.5)
    assert len(box) == 3
    assert contains(box, (1, 2, 3))
    assert minima == ()


# Its parts

numbers = st.floats(-1e50, 1e50)


@given(st.lists(st.lists(numbers, min_size=1, max_size=6), min_size=1, max_size=4))
def test_what_is_covered_has_every_start_in_it(runs: list[list[float]]) -> None:
    low, high = cover([np.array(run)[:, np.newaxis] for run in runs])
    assert low <= min(run[0] for run in runs)
    assert high >= max(run[0] for run in runs)


@given(st.lists(numbers, min_size=1, max_size=6))
def test_what_is_covered_is_not_more_than_the_run(run: list[float]) -> None:
    low, high = cover([np.array(run)[:, np.newaxis]])
    assert min(run) <= low <= high <= max(run)


@given(st.lists(st.floats(0, 1), min_size=2, max_size=10))
def test_a_run_that_does_not_explode_is_covered_wholly(run: list[float]) -> None:
    path = [0.0, 1.0, *run]
    assert cover([np.array(path)[:, np.newaxis]]) == (0.0, 1.0)


@pytest.mark.parametrize("rate", [0.05, 0.1, 0.5])
@pytest.mark.parametrize("near", [1e-2, 1e-4, 1e-8])
@pytest.mark.parametrize("expression", ["x**4/4 - x**2/2", "cos(x)", "5 - x**2/(1 + x**2)"])
def test_a_run_that_begins_slowly_and_settles_is_covered_wholly(
    expression: str, near: float, rate: float
) -> None:
    scene = Scene.model_validate(
        {
            "objective": expression,
            "start": near,
            "steps": round(60 / rate),
            "optimizers": [{"name": "sgd", "learning_rate": rate}],
        }
    )
    run = simulate(scene)["sgd"]
    for path in (run.points[..., 0], run.values):
        assert cover([path]) == (path.min(), path.max())


def test_a_run_that_falls_ever_faster_is_covered_while_it_is_no_farther_than_it_began() -> None:
    path = np.array([2 - 1e-6 * 1.6**step for step in range(30)])
    assert cover([path[:, np.newaxis]]) == (path[-1], path[0])


def test_one_that_is_thrown_far_away_late_does_not_make_the_others_invisible() -> None:
    thrown, calm = np.linspace(1, 0, 20), np.linspace(1, 0, 20) ** 2
    thrown[15:] = 1e9 - np.linspace(0, 1, 5)
    low, high = cover([thrown[:, np.newaxis], calm[:, np.newaxis]])
    assert (low, high) == (0.0, 1.0)


def test_several_starts_are_covered_as_several_runs_are() -> None:
    one, other = np.array([[1.0], [5.0], [6.0]]), np.array([[2.0], [-3.0], [-4.0]])
    assert cover([np.hstack([one, other])]) == cover([one, other]) == (-4.0, 6.0)


def test_rows_after_a_divergence_do_not_count() -> None:
    assert cover([np.array([[1.0], [3.0], [np.inf], [np.nan]])]) == (1.0, 3.0)


@given(numbers, numbers, st.floats(0, 2))
def test_a_margin_only_widens_and_leaves_some_width(one: float, other: float, by: float) -> None:
    low, high = widen((min(one, other), max(one, other)), by)
    assert low <= min(one, other)
    assert high >= max(one, other)
    assert low < high


def test_a_margin_is_a_part_of_the_width_on_both_sides() -> None:
    assert widen((0.0, 10.0), 0.1) == (-1.0, 11.0)
    assert widen((-4.0, 0.0), 1.0) == (-8.0, 4.0)


@pytest.mark.parametrize("covered", [(-LARGEST, LARGEST), (0.0, LARGEST), (-LARGEST, -LARGEST)])
def test_no_axis_ends_beyond_the_largest_number(covered: tuple[float, float]) -> None:
    low, high = widen(covered, 1.0)
    assert -LARGEST <= low < high <= LARGEST


@pytest.mark.parametrize("middle", [0.0, 1.0, -1e6])
def test_a_range_of_rounding_errors_is_one_without_width(middle: float) -> None:
    covered = middle, float(np.nextafter(middle, np.inf))
    low, high = widen(covered, 0.08)
    assert low <= middle - 0.5 * max(abs(middle), 1)
    assert high >= middle + 0.5 * max(abs(middle), 1)
