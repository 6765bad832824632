"""Views of real scenes: nothing of the runs is lost, and nothing dwarfs them."""

from typing import Any

import numpy as np
import pytest

from visualize import History, Scene, simulate
from visualize.arrays import Array
from visualize.landscapes.limits import SHAPE, choose_limits, in_equal_scales
from visualize.objectives.objective import Ranges

ACKLEY = "-20*exp(-0.2*sqrt((x**2 + y**2)/2)) - exp((cos(2*pi*x) + cos(2*pi*y))/2) + e + 20"
HIMMELBLAU = "(x**2 + y - 11)**2 + (x + y**2 - 7)**2"
ROSENBROCK = "(1 - x)**2 + 100*(y - x**2)**2"
WELLS = [(3.0, 2.0), (-2.805118, 3.131313), (-3.779310, -3.283186), (3.584428, -1.848127)]
SIX = [[-2.2], [-1.2], [-0.3], [0.5], [1.4], [2.2]]


def sgd(*rates: float) -> list[dict[str, Any]]:
    """Return descents at these rates."""
    return [{"name": "sgd", "learning_rate": rate, "label": f"{rate}"} for rate in rates]


def seen(
    objective: Any, start: Any, optimizers: list[Any], steps: int, shape: float = SHAPE
) -> tuple[History, Ranges]:
    """Return the runs, and the view that is chosen for them."""
    settings = {"objective": objective, "start": start, "optimizers": optimizers, "steps": steps}
    scene = Scene.model_validate(settings)
    history = simulate(scene)
    box, _ = choose_limits(scene.objective, history, 0.5, shape)
    return history, box


def inside(points: Array, box: Ranges) -> Array:
    """Return which points are in the box."""
    low, high = np.transpose(box)
    return np.array(((points >= low) & (points <= high)).all(axis=-1))


def share(history: History, box: Ranges, label: str | None = None) -> float:
    """Return the part of the width, or of the height if that is more, that runs take in a view."""
    runs = [history[label]] if label else history.values()
    points = np.concatenate([run.points.reshape(-1, len(box)) for run in runs])
    points = points[inside(points, box)]
    low, high = np.transpose(box)
    return float((np.ptp(points, axis=0) / (high - low)).max())


VIEWS: dict[str, Any] = {
    "several wells": ("x**4/4 - x**2 + 0.3*x", SIX, sgd(0.05), 40, [(-1.4846,), (1.3344,)]),
    "Himmelblau typed": (HIMMELBLAU, [0, 0], sgd(0.01), 60, WELLS),
    "Himmelblau by name": ("himmelblau", [0, 0], sgd(0.01), 60, WELLS),
    "a late hop": (
        ACKLEY,
        [3.3, -2.6],
        [*sgd(0.1), {"name": "adam", "learning_rate": 0.3}],
        100,
        [(0.0, 0.0)],
    ),
    "growing": ("x**2", 1, sgd(1.1), 30, [(0.0,)]),
    "a plain": ("log(1 + exp(-x))", -3, [*sgd(1), "newton"], 30, []),
    "a ravine": ("x**2/1000000 + y**2", [5000, 2], sgd(0.9), 60, [(0.0, 0.0)]),
    "near the edge": ("x**2 + 10*y**2", [-5, 1], sgd(0.09, 0.0999, 0.11), 40, [(0.0, 0.0)]),
    "a saddle": (
        "x**2 - y**2",
        [-1.5, 0.001],
        [*sgd(0.1), {"name": "adam", "learning_rate": 0.1}],
        60,
        [],
    ),
    "a jump": (ROSENBROCK, [-1.2, 1], ["newton", *sgd(0.002)], 40, [(1.0, 1.0)]),
    "some that diverge": (
        "beale",
        [1, 1.5],
        [
            *sgd(0.01),
            {"name": "sgd", "learning_rate": 0.01, "momentum": 0.9, "label": "momentum"},
            {"name": "adam", "learning_rate": 0.1},
        ],
        150,
        [(3.0, 0.5)],
    ),
    "a corner of the domain": ("ackley", [1.3, 0.6], sgd(0.02), 30, [(0.0, 0.0)]),
}


@pytest.mark.parametrize("name", VIEWS)
def test_starts_and_what_the_runs_go_to_are_in_the_view(name: str) -> None:
    *scene, minima = VIEWS[name]
    history, box = seen(*scene)
    assert inside(np.concatenate([run.points[0] for run in history.values()]), box).all()
    for minimum in minima:
        assert inside(np.array(minimum), box)


@pytest.mark.parametrize("name", VIEWS)
def test_the_runs_take_a_good_part_of_the_view(name: str) -> None:
    *scene, _ = VIEWS[name]
    history, box = seen(*scene)
    assert share(history, box) > 0.2


@pytest.mark.parametrize(
    ("name", "label", "least"),
    [("near the edge", "0.09", 0.3), ("a plain", "1", 0.12), ("some that diverge", "adam", 0.15)],
)
def test_one_run_does_not_dwarf_the_others(name: str, label: str, least: float) -> None:
    *scene, _ = VIEWS[name]
    history, box = seen(*scene)
    assert share(history, box, label) > least


def test_a_view_of_several_wells_is_not_mirrored() -> None:
    _, ((low, high),) = seen(*VIEWS["several wells"][:4])
    assert -2.8 < low < -2.2
    assert 2.2 < high < 2.8


def test_a_brief_jump_does_not_stretch_the_view() -> None:
    history, box = seen(*VIEWS["a jump"][:4])
    assert history["newton"].points[..., 1].min() < -3
    assert box[1][0] > -1.5
    assert inside(history["newton"].points[-1], box).all()


# Scales


@pytest.mark.parametrize("shape", [0.7, 1.0, 16 / 9, 3.0])
@pytest.mark.parametrize("start", [[-7, 2], [2, 7], [1, 1], [-7, 0], [-7, 0.01]])
def test_scales_are_equal_while_ranges_are_within_four_to_one(
    start: list[float], shape: float
) -> None:
    history, (across, up) = seen("x**2/2 + y**2", start, sgd(0.3), 20, shape)
    assert (across[1] - across[0]) / (up[1] - up[0]) == pytest.approx(shape)
    assert inside(history["0.3"].points, (across, up)).all()


def test_a_ravine_beyond_four_to_one_is_stretched() -> None:
    _, (across, up) = seen(*VIEWS["a ravine"][:4])
    assert up[1] - up[0] < 6
    assert across[1] - across[0] > 5000


def test_the_narrower_range_is_widened_around_its_middle() -> None:
    assert in_equal_scales(((0, 4), (0, 4)), 2.0) == ((-2, 6), (0, 4))
    assert in_equal_scales(((0, 4), (0, 1)), 2.0) == ((0, 4), (-0.5, 1.5))
    assert in_equal_scales(((0, 5), (0, 1)), 2.0) == ((0, 5), (0, 1))
    assert in_equal_scales(((0, 5),), 2.0) == ((0, 5),)
