"""Planes of many dimensions: what is seen in them is what is there, and the picture says so."""

import itertools
import re
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from matplotlib.axes import Axes
from numpy.typing import NDArray

from visualize import Film, History, Scene, SceneError, compose, read_scene, simulate
from visualize.errors import Mistake
from visualize.history.trajectory import Trajectory
from visualize.landscapes.projection import (
    MOST_ROWS,
    Cut,
    Plane,
    coordinate_plane,
    last_point,
    principal_plane,
)
from visualize.objectives.formula import Formula

Array = NDArray[np.float64]

QUARTIC = Formula(
    expression="x1**4 + 2*x2**2 + x1*x3 + sin(x4) + x2*x4 + exp(x3/3)",
    variables=("x1", "x2", "x3", "x4"),
)
seeds = st.integers(0, 2**32 - 1)


def trajectory(points: Any) -> Trajectory:
    """Return a run through points, `(rows, dimension)` or `(rows, starts, dimension)`."""
    points = np.array(points, dtype=float)
    points = points[:, np.newaxis] if points.ndim == 2 else points
    return Trajectory(points, np.full(points.shape[:2], np.nan), np.full_like(points, np.nan))


def a_history(*runs: Any) -> History:
    return History({f"run {number}": trajectory(points) for number, points in enumerate(runs, 1)})


def walk(seed: int, rows: int, dimension: int) -> Array:
    """Return a random walk that spreads differently along oblique directions."""
    generator = np.random.default_rng(seed)
    steps = generator.normal(size=(rows, dimension)) * 2.0 ** -np.arange(dimension)
    oblique, _ = np.linalg.qr(generator.normal(size=(dimension, dimension)))
    points: Array = np.cumsum(steps, axis=0) @ oblique.T
    return points


def spread(points: Array) -> tuple[Array, Array]:
    """Return the shares of the variance, largest first, and the direction of each (in rows)."""
    centred = points - points.mean(axis=0)
    sizes, directions = np.linalg.eigh(centred.T @ centred)
    order = np.argsort(sizes)[::-1]
    return sizes[order] / sizes.sum(), directions.T[order]


def shares(plane: Plane) -> list[float]:
    """Return the percentages that the names of the axes tell."""
    found = [
        re.fullmatch(rf"{order} \((.+) %\)", name)
        for order, name in zip(("PC1", "PC2"), plane.names, strict=True)
    ]
    return [float(match[1]) for match in found if match]


def is_orthonormal(directions: Array) -> bool:
    return np.allclose(directions @ directions.T, np.eye(2), atol=1e-12)


# The principal plane


@settings(max_examples=60, deadline=None)
@given(seed=seeds, rows=st.integers(6, 60), dimension=st.integers(2, 8), runs=st.integers(1, 3))
def test_its_directions_are_those_of_the_covariance(
    seed: int, rows: int, dimension: int, runs: int
) -> None:
    walks = [walk(seed + number, rows, dimension) for number in range(runs)]
    every = np.concatenate(walks)
    parts, directions = spread(every)
    assume(parts[0] > 1.05 * parts[1])
    assume(dimension == 2 or parts[1] > 1.05 * parts[2])
    plane = principal_plane(a_history(*walks), every.mean(axis=0))
    for found, expected in zip(plane.directions, directions[:2], strict=True):
        assert abs(found @ expected) == pytest.approx(1, abs=1e-8)
    assert shares(plane) == pytest.approx(100 * parts[:2], abs=0.06)


def test_its_shares_are_those_of_the_points_alone() -> None:
    points = np.array([[0.0, 0, 0], [3, 0, 0], [0, 2, 0], [0, 0, 1]])
    parts, _ = spread(points)
    for origin in points:
        found = shares(principal_plane(a_history(points), origin))
        assert found == pytest.approx(100 * parts[:2], rel=6e-3)


@settings(max_examples=40, deadline=None)
@given(seed=seeds, rows=st.integers(1, 30), dimension=st.integers(2, 8))
def test_its_directions_are_orthonormal_and_point_to_positive_coordinates(
    seed: int, rows: int, dimension: int
) -> None:
    points = walk(seed, rows, dimension)
    plane = principal_plane(a_history(points), points[-1])
    assert plane.directions.shape == (2, dimension)
    assert is_orthonormal(plane.directions)
    for direction in plane.directions:
        assert direction[np.argmax(np.abs(direction))] > 0
    first, second = shares(plane)
    assert 0 <= second <= first <= 100
    assert first + second <= 100.1


def test_the_sign_does_not_turn_with_the_path() -> None:
    points = walk(3, 40, 5)
    one = principal_plane(a_history(points), points[-1])
    other = principal_plane(a_history(2 * points[-1] - points), points[-1])
    np.testing.assert_allclose(one.directions, other.directions, atol=1e-9)


@settings(max_examples=30, deadline=None)
@given(seed=seeds, scale=st.sampled_from([1e-30, 1e-3, 1.0, 1e6, 1e80]))
def test_scale_and_place_do_not_matter(seed: int, scale: float) -> None:
    points = walk(seed, 30, 4)
    parts, _ = spread(points)
    assume(parts[0] > 1.05 * parts[1] > 1.1 * parts[2])
    middle = points.mean(axis=0)
    one = principal_plane(a_history(points), middle)
    other = principal_plane(a_history(scale * (points - middle)), np.zeros(4))
    np.testing.assert_allclose(np.abs(one.directions), np.abs(other.directions), atol=1e-6)
    assert one.names == other.names


def test_of_two_coordinates_all_is_seen() -> None:
    points = walk(5, 30, 2)
    history = a_history(points)
    plane = principal_plane(history, points[-1])
    assert sum(shares(plane)) == pytest.approx(100, abs=0.2)
    seen = plane.seen(history)["run 1"].points[:, 0]
    np.testing.assert_allclose(seen @ plane.directions + points[-1], points, atol=1e-12)


def test_all_runs_and_starts_count() -> None:
    along_x, along_y = np.zeros((5, 3)), np.zeros((5, 3))
    along_x[:, 0] = np.linspace(-2, 2, 5)
    along_y[:, 1] = np.linspace(-1, 1, 5)
    for history in (
        a_history(along_x, along_y),
        a_history(np.stack([along_x, along_y], axis=1)),
        a_history(along_x, along_y[:3] * 3),
    ):
        plane = principal_plane(history, np.zeros(3))
        np.testing.assert_allclose(plane.directions, np.eye(3)[:2], atol=1e-9)


@pytest.mark.parametrize("dimension", [2, 3, 7])
@pytest.mark.parametrize("rows", [1, 2, 5])
def test_points_that_are_all_one_have_a_plane_too(rows: int, dimension: int) -> None:
    points = np.full((rows, dimension), 7.0)
    history = a_history(points)
    plane = principal_plane(history, points[-1])
    assert is_orthonormal(plane.directions)
    assert plane.names == ("PC1 (0.0 %)", "PC2 (0.0 %)")
    np.testing.assert_array_equal(plane.seen(history)["run 1"].points, np.zeros((rows, 1, 2)))


def test_points_on_a_line_lie_on_the_first_axis() -> None:
    along = np.array([2.0, -1, 2]) / 3
    history = a_history(np.outer(np.arange(6), along))
    plane = principal_plane(history, 5 * along)
    np.testing.assert_allclose(plane.directions[0], along, atol=1e-12)
    assert is_orthonormal(plane.directions)
    assert shares(plane)[0] == 100
    assert shares(plane)[1] < 1e-9
    seen = plane.seen(history)["run 1"].points[:, 0]
    np.testing.assert_allclose(seen, np.outer(np.arange(6) - 5, [1, 0]), atol=1e-12)


def test_rounding_is_no_share() -> None:
    points = np.outer(np.arange(6), [1, 0.1, 1 / 3])
    assert principal_plane(a_history(points), points[-1]).names[1].endswith("(0.0 %)")


def test_two_points_make_a_line() -> None:
    points = np.array([[1.0, 2, 3, 4], [2, 2, 3, 4]])
    plane = principal_plane(a_history(points), points[-1])
    np.testing.assert_allclose(plane.directions[0], [1, 0, 0, 0], atol=1e-12)
    assert is_orthonormal(plane.directions)


@pytest.mark.parametrize("lost", [np.nan, np.inf, -np.inf, 1e200, -1e308])
def test_what_is_lost_has_no_say(lost: float) -> None:
    points = walk(8, 20, 4)
    plane = principal_plane(a_history(points), points[-1])
    for columns in ([0], [1, 3], [0, 1, 2, 3]):
        gone = np.full((3, 4), 1.0)
        gone[:, columns] = lost
        with_lost = np.concatenate([points[:10], gone, points[10:]])
        other = principal_plane(a_history(with_lost), points[-1])
        np.testing.assert_array_equal(other.directions, plane.directions)
        assert other.names == plane.names


def test_where_all_is_lost_there_is_a_plane_still() -> None:
    points = np.full((4, 3), np.nan)
    history = a_history(points)
    label, end = last_point(history)
    np.testing.assert_array_equal(end, np.zeros(3))
    plane = principal_plane(history, end)
    assert is_orthonormal(plane.directions)
    assert np.isnan(plane.seen(history)[label].points).all()


def test_of_many_points_some_are_enough() -> None:
    rows = 5 * MOST_ROWS
    times = np.linspace(0, 1, rows)
    points = np.stack([10 * times, np.sin(9 * times), 0.1 * np.cos(30 * times)], axis=-1)
    parts, directions = spread(points)
    plane = principal_plane(a_history(points), points.mean(axis=0))
    np.testing.assert_allclose(
        np.abs(np.sum(plane.directions * directions[:2], axis=1)), 1, atol=1e-4
    )
    assert shares(plane) == pytest.approx(100 * parts[:2], abs=0.1)


def test_many_coordinates_take_no_time_or_room() -> None:
    points = np.cumsum(np.random.default_rng(1).normal(size=(20, 1000)), axis=0)
    plane = principal_plane(a_history(points), points[-1])
    assert is_orthonormal(plane.directions)


@pytest.mark.parametrize(("rows", "dimension"), [(50, 200), (200, 50), (60, 60)])
def test_it_is_that_of_a_singular_value_decomposition(rows: int, dimension: int) -> None:
    points = walk(7, rows, dimension)
    plane = principal_plane(a_history(points), points[-1])
    centred = points - points.mean(axis=0)
    _, sizes, directions = np.linalg.svd(centred, full_matrices=False)
    for found, expected in zip(plane.directions, directions[:2], strict=True):
        np.testing.assert_allclose(found * np.sign(found @ expected), expected, atol=1e-12)
    parts = sizes**2 / np.sum(sizes**2)
    assert plane.names == (f"PC1 ({100 * parts[0]:.1f} %)", f"PC2 ({100 * parts[1]:.1f} %)")


def test_a_second_direction_of_few_digits_is_found_too() -> None:
    along = np.linspace(-1, 1, 30)
    points = np.stack([along, 1e-6 * (along**2 - np.mean(along**2)), np.zeros(30)], axis=-1)
    plane = principal_plane(a_history(points), np.zeros(3))
    np.testing.assert_allclose(plane.directions[1], [0, 1, 0], atol=1e-9)


def test_the_rows_of_long_runs_are_taken_evenly_across_all_runs() -> None:
    # Of 5000 rows that can be drawn every fifth counts, wherever one run ends and another begins.
    generator = np.random.default_rng(3)
    points = generator.normal(size=(5 * MOST_ROWS + 60, 3)) * [3, 2, 1]
    points[::100, 0] = np.nan
    cuts = np.cumsum([1, 7, 1500, 2, 1201])
    plane = principal_plane(a_history(*np.split(points, cuts)), np.zeros(3))
    sound = points[~np.isnan(points[:, 0])]
    expected = principal_plane(a_history(sound[:: -(-len(sound) // MOST_ROWS)]), np.zeros(3))
    np.testing.assert_array_equal(plane.directions, expected.directions)


def test_long_recordings_are_not_copied() -> None:
    points = np.zeros((8000, 1, 1000))
    points[:, 0, 0] = np.arange(8000)
    points.flags.writeable = False
    nothing = np.broadcast_to(np.nan, points.shape)
    history = History({"run": Trajectory(points, nothing[..., 0], nothing)})
    tracemalloc.start()
    plane = principal_plane(history, points[-1, 0])
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert abs(plane.directions[0, 0]) == 1
    assert peak < points.nbytes


# What is seen in a plane


def oblique_plane(seed: int, dimension: int) -> Plane:
    generator = np.random.default_rng(seed)
    directions, _ = np.linalg.qr(generator.normal(size=(dimension, 2)))
    return Plane(generator.normal(size=dimension), directions.T.copy(), ("u", "v"))


@given(seed=seeds, dimension=st.integers(2, 6))
def test_a_point_is_seen_where_it_is_projected_to(seed: int, dimension: int) -> None:
    plane = oblique_plane(seed, dimension)
    points = walk(seed, 5, dimension)
    seen = plane.seen(a_history(points))["run 1"].points[:, 0]
    lifted = plane.origin + seen @ plane.directions
    # What is lost by it stands upright on the plane.
    np.testing.assert_allclose((points - lifted) @ plane.directions.T, 0, atol=1e-12)
    in_plane = plane.origin + np.array([[1.5, -2.5]]) @ plane.directions
    again = plane.seen(a_history(in_plane))["run 1"].points[0, 0]
    np.testing.assert_allclose(again, [1.5, -2.5], atol=1e-12)


def test_what_is_seen_keeps_labels_values_and_metadata() -> None:
    points = walk(2, 6, 4)[:, np.newaxis]
    run = Trajectory(points, np.arange(6.0)[:, np.newaxis], 2 * points)
    history = History({"a": run, "b": trajectory(points[:3, 0])}, {"scene": {"title": "T"}})
    plane = oblique_plane(2, 4)
    seen = plane.seen(history)
    assert [*seen] == ["a", "b"]
    assert seen.metadata == history.metadata
    np.testing.assert_array_equal(seen["a"].values, run.values)
    np.testing.assert_allclose(seen["a"].gradients, run.gradients @ plane.directions.T)
    assert seen["b"].points.shape == (3, 1, 2)


def test_a_run_that_leaves_is_seen_without_a_warning() -> None:
    points = np.array([[0.0, 0, 0], [1e308, -1e308, 1e308], [np.inf, 0, -np.inf], [np.nan] * 3])
    seen = oblique_plane(1, 3).seen(a_history(points))["run 1"]
    assert np.isfinite(seen.points[0]).all()
    assert not np.isfinite(seen.points[2:]).any()


@pytest.mark.parametrize("pair", list(itertools.permutations(QUARTIC.variables, 2)))
def test_a_plane_of_coordinates_shows_their_own_values(pair: tuple[str, str]) -> None:
    points = walk(4, 12, 4)
    chosen = [QUARTIC.variables.index(name) for name in pair]
    plane = coordinate_plane(pair, QUARTIC.variables, points[-1])
    assert plane.names == pair
    seen = plane.seen(a_history(points))["run 1"].points[:, 0]
    np.testing.assert_array_equal(seen, points[:, chosen])
    # At the end of the run the landscape is the objective's own.
    cut = Cut(QUARTIC, plane)
    assert cut.value(points[-1, chosen]) == QUARTIC.value(points[-1])


def test_a_plane_of_coordinates_leaves_its_origin_as_it_is() -> None:
    origin = np.array([1.0, 2, 3, 4])
    coordinate_plane(("x1", "x3"), QUARTIC.variables, origin)
    np.testing.assert_array_equal(origin, [1, 2, 3, 4])


def test_the_last_point_is_the_first_starts_as_far_as_it_is_to_be_seen() -> None:
    points = np.stack([walk(1, 6, 3), walk(2, 6, 3)], axis=1)
    assert last_point(a_history(points, 2 * points))[0] == "run 1"
    np.testing.assert_array_equal(last_point(a_history(points, 2 * points))[1], points[-1, 0])
    points[4, 0, 1] = 1e200
    points[5] = np.nan
    np.testing.assert_array_equal(last_point(a_history(points))[1], points[3, 0])


# The landscape in a plane


@settings(max_examples=50, deadline=None)
@given(seed=seeds)
def test_a_cuts_derivatives_are_those_of_its_values(seed: int) -> None:
    cut = Cut(QUARTIC, oblique_plane(seed, 4))
    point = np.random.default_rng(seed).normal(size=2)
    step = 1e-4
    around = step * np.eye(2)
    gradient = [(cut.value(point + h) - cut.value(point - h)) / (2 * step) for h in around]
    np.testing.assert_allclose(cut.gradient(point), gradient, rtol=1e-5, atol=1e-5)
    hessian = [(cut.gradient(point + h) - cut.gradient(point - h)) / (2 * step) for h in around]
    np.testing.assert_allclose(cut.hessian(point), hessian, rtol=1e-5, atol=1e-5)


def test_a_cut_is_the_objective_at_the_points_of_the_plane() -> None:
    plane = oblique_plane(6, 4)
    cut = Cut(QUARTIC, plane)
    places = np.random.default_rng(6).normal(size=(3, 5, 2))
    expected = [
        [QUARTIC.value(plane.origin + a * plane.directions[0] + b * plane.directions[1])
         for a, b in row]
        for row in places
    ]  # fmt: skip
    np.testing.assert_allclose(cut.value(places), expected, rtol=1e-12)
    assert cut.gradient(places).shape == (3, 5, 2)
    assert cut.hessian(places).shape == (3, 5, 2, 2)


def test_a_cut_is_an_objective_of_two_variables() -> None:
    cut = Cut(QUARTIC, oblique_plane(6, 4))
    assert cut.dimension == 2
    assert cut.variables == ("u", "v")
    assert cut.formula == QUARTIC.expression
    assert cut.domain is None
    assert cut.is_known


# In a picture

NAMES = tuple(f"x{number}" for number in range(1, 6))
FIVE: dict[str, Any] = {
    "objective": "x1**2 + 2*x2**2 + x3**2/2 + x4**4 + x5**2",
    "start": [3.0, 2.0, -2.0, 1.0, 0.5],
    "steps": 8,
    "optimizers": [{"name": "adam", "learning_rate": 0.3}, {"name": "sgd", "learning_rate": 0.1}],
    "frames": {"size": [400, 266], "pace": "even"},
}


def a_scene(panel: Any, **more: Any) -> Scene:
    return Scene.model_validate(FIVE | {"panels": [panel]} | more)


def a_film(panel: Any, **more: Any) -> Film:
    scene = a_scene(panel, **more)
    return compose(scene, simulate(scene))


def the_axes(film: Film) -> Axes:
    [axes] = film.figure.axes
    return axes


def heads(film: Film, frame: int) -> Array:
    """Return where the runs are seen in a frame."""
    film.draw(frame)
    lines = [line for line in the_axes(film).lines if line.get_zorder() >= 12]
    return np.array([np.ravel([line.get_xdata(), line.get_ydata()]) for line in lines])


def recorded(folder: Path, points: Array, panel: str, more: str = "") -> Film:
    np.save(folder / "run.npy", points)
    path = folder / "scene.yaml"
    path.write_text(
        f"trajectories: {{file: run.npy}}\npanels: [{panel}]\nframes: {{size: [400, 266]}}\n{more}"
    )
    scene = read_scene(path)
    return compose(scene, simulate(scene))


@pytest.mark.parametrize("panel", ["contour", {"kind": "contour", "plane": "principal"}])
def test_many_variables_are_shown_in_their_principal_plane(panel: Any) -> None:
    scene = a_scene(panel)
    history = simulate(scene)
    plane = principal_plane(history, history["adam"].points[-1, 0])
    film = compose(scene, history)
    axes = the_axes(film)
    assert (axes.get_xlabel(), axes.get_ylabel()) == plane.names
    assert axes.get_title(loc="left") == (
        "5 coordinates, in their principal plane,\nlandscape through the end of adam"
    )
    for frame in (0, 3, 8):
        seen = plane.seen(history)
        expected = [seen[label].points[frame, 0] for label in ("adam", "sgd")]
        np.testing.assert_allclose(heads(film, frame), expected, atol=1e-12)
    np.testing.assert_allclose(heads(film, 8)[0], 0, atol=1e-12)


@pytest.mark.parametrize("pair", [("x1", "x2"), ("x4", "x2"), ("x3", "x5")])
def test_a_pair_of_variables_is_shown_with_their_own_values(pair: tuple[str, str]) -> None:
    scene = a_scene({"kind": "contour", "plane": list(pair)})
    history = simulate(scene)
    film = compose(scene, history)
    axes = the_axes(film)
    assert (axes.get_xlabel(), axes.get_ylabel()) == pair
    chosen = [NAMES.index(name) for name in pair]
    for frame in (0, 8):
        expected = [run.points[frame, 0, chosen] for run in history.values()]
        np.testing.assert_allclose(heads(film, frame), expected, atol=1e-12)


def test_the_landscape_is_that_through_the_end_of_the_first_run() -> None:
    scene = a_scene({"kind": "contour", "plane": ["x1", "x2"], "levels": [4.0]})
    history = simulate(scene)
    film = compose(scene, history)
    rest = history["adam"].points[-1, 0, 2:]
    below = rest[0] ** 2 / 2 + rest[1] ** 4 + rest[2] ** 2
    [lines] = [it for it in the_axes(film).collections if hasattr(it, "levels")]
    x, y = np.concatenate([path.vertices for path in lines.get_paths()]).T
    np.testing.assert_allclose(x**2 + 2 * y**2 + below, 4, atol=0.02)


def test_a_run_that_leaves_still_lets_the_others_be_seen() -> None:
    leaving = [{"name": "sgd", "learning_rate": 1e150}, {"name": "adam", "learning_rate": 0.3}]
    film = a_film("contour", optimizers=leaving)
    low, high = the_axes(film).get_xlim()
    assert high - low < 100
    assert film.picture(8).shape == (266, 400, 3)


def test_points_without_an_objective_have_no_landscape(tmp_path: Path) -> None:
    film = recorded(tmp_path, walk(3, 9, 5), "contour")
    axes = the_axes(film)
    assert axes.get_title(loc="left") == "5 coordinates, in their principal plane"
    assert not [it for it in axes.collections if hasattr(it, "levels")]
    assert film.picture(8).shape == (266, 400, 3)


def test_many_coordinates_are_the_default_of_recordings_only(tmp_path: Path) -> None:
    np.save(tmp_path / "run.npy", walk(3, 9, 5))
    scene = Scene.model_validate({"trajectories": {"file": str(tmp_path / "run.npy")}})
    assert [panel.model_dump()["kind"] for panel in scene.panels] == ["contour"]
    own = Scene.model_validate({name: it for name, it in FIVE.items() if name != "panels"})
    assert [panel.model_dump()["kind"] for panel in own.panels] == ["values"]


def test_two_variables_may_be_swapped() -> None:
    two = {"objective": "x**2/20 + y**2", "start": [-7.0, 2.0]}
    film = a_film({"kind": "contour", "plane": ["y", "x"]}, **two)
    axes = the_axes(film)
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("y", "x")
    np.testing.assert_allclose(heads(film, 0), [[2, -7], [2, -7]])


def test_of_two_variables_nothing_is_said_to_be_projected() -> None:
    film = a_film("contour", objective="x**2/20 + y**2", start=[-7.0, 2.0])
    assert the_axes(film).get_title(loc="left") == ""


@pytest.mark.parametrize(
    "points",
    [
        np.full((5, 3), 7.0),
        np.outer(np.arange(5.0), [1, 2, 3]),
        walk(1, 1, 3),
        np.concatenate([walk(1, 5, 3), np.full((2, 3), np.nan)]),
        np.array([[1.0, 2, 3], [2, 3, 4], [1e200, -1e200, 1e308]]),
        np.full((2, 3), 1e120),
        np.array([[9e99, 0, 0], [-9e99, 9e99, 9e99], [1, 1, 1]]),
        np.array([[1e-300, 0, 0], [2e-300, 0, 1e-310]]),
    ],
    ids=["one point", "a line", "one row", "lost", "leaving", "huge", "large", "tiny"],
)
@pytest.mark.parametrize("panel", ["samples: 41", "samples: 41, plane: [x1, x3]"])
@pytest.mark.parametrize("known", [False, True])
def test_whatever_was_recorded_is_drawn(
    tmp_path: Path, points: Array, panel: str, known: bool
) -> None:
    more = "objective: x1**2 + x2**2 + x3**2\n" if known else ""
    film = recorded(tmp_path, points, f"{{kind: contour, {panel}}}", more)
    for frame in {0, film.frames - 1}:
        assert film.picture(frame).shape == (266, 400, 3)
    low, high = the_axes(film).get_xlim()
    assert -np.inf < low < high < np.inf


@pytest.mark.parametrize("filled", [False, True])
def test_limits_are_in_the_planes_own_coordinates(filled: bool) -> None:
    limits = [[-1.0, 2.0], [-3.0, 4.0]]
    film = a_film({"kind": "contour", "limits": limits, "filled": filled, "samples": 41})
    axes = the_axes(film)
    assert [list(axes.get_xlim()), list(axes.get_ylim())] == limits


def test_a_label_in_the_line_above_is_shortened_but_not_left_out() -> None:
    label = "one_very_long_label_without_any_space_in_it"
    optimizers = [{"name": "adam", "learning_rate": 0.3, "label": label}]
    title = the_axes(a_film("contour", optimizers=optimizers)).get_title(loc="left")
    assert "through the end of one_very" in title


def test_a_label_with_dollars_is_no_formula() -> None:
    optimizers = [{"name": "adam", "learning_rate": 0.3, "label": "$x_$"}]
    film = a_film("contour", optimizers=optimizers)
    assert "$x_$" in the_axes(film).get_title(loc="left")
    assert film.picture(0).shape == (266, 400, 3)


@pytest.mark.parametrize("count", [1, 2, 4])
def test_all_that_is_written_stays_in_the_picture(count: int) -> None:
    frames = {"size": [640, 360], "pace": "even"}
    film = a_film("contour", panels=["contour"] * count, frames=frames)
    film.picture(0)
    width, height = film.figure.bbox.size
    boxes = []
    for axes in film.figure.axes:
        for text in (axes.xaxis.label, axes.yaxis.label, axes.title, axes._left_title):  # type: ignore[attr-defined]  # noqa: SLF001
            box = text.get_window_extent()
            assert box.x0 >= 0
            assert box.y0 >= 0
            assert box.x1 <= width
            assert box.y1 <= height
            boxes.append(box)
    # And nothing is written over title and counter.
    for text in film.figure.texts:
        assert not [box for box in boxes if box.width and box.overlaps(text.get_window_extent())]


# Mistakes


def refused(folder: Path, panel: str, objective: str = "x1 + x2**2 + x5**2") -> tuple[Mistake, ...]:
    path = folder / "scene.yaml"
    path.write_text(
        f"objective: {objective}\nstart: {[1.0] * (3 if 'x5' in objective else 2)}\n"
        f"optimizers: [{{name: sgd, learning_rate: 0.1}}]\npanels: [{panel}]\n"
    )
    with pytest.raises(SceneError) as caught:
        read_scene(path)
    return caught.value.mistakes


def test_an_unknown_variable_is_told_with_those_there_are(tmp_path: Path) -> None:
    [mistake] = refused(tmp_path, "values, {kind: contour, plane: [x1, x55]}")
    assert (mistake.line, mistake.setting) == (4, "panels[1].plane")
    assert mistake.message == "the objective has no variable 'x55'; there are x1, x2, x5"
    assert mistake.source[mistake.column - 1 :].startswith("[x1, x55]")


def test_an_unknown_variable_is_told_with_what_there_is(tmp_path: Path) -> None:
    [mistake] = refused(tmp_path, "{kind: contour, plane: [weight, x1]}")
    assert mistake.message == "the objective has no variable 'weight'; there are x1, x2, x5"


def test_every_unknown_variable_is_told(tmp_path: Path) -> None:
    found = refused(tmp_path, "{kind: contour, plane: [p, q]}", "x**2 + y**2")
    assert [it.message for it in found] == [
        "the objective has no variable 'p'; there are x, y",
        "the objective has no variable 'q'; there are x, y",
    ]


def test_not_all_of_a_thousand_variables_are_listed(tmp_path: Path) -> None:
    np.save(tmp_path / "run.npy", np.zeros((4, 1000)))
    path = tmp_path / "scene.yaml"
    path.write_text("trajectories: {file: run.npy}\npanels: [{kind: contour, plane: [x1, q]}]\n")
    with pytest.raises(SceneError) as caught:
        read_scene(path)
    assert len(caught.value.mistakes[0].message) < 150


@pytest.mark.parametrize(
    "plane", ["prinzipal", "5", "[x1]", "[x1, x1]", "[x1, x2, x5]", "[1, 2]", "{}", "[]", "true"]
)
def test_what_is_no_plane_is_told(tmp_path: Path, plane: str) -> None:
    [mistake] = refused(tmp_path, f"{{kind: contour, plane: {plane}}}")
    assert (mistake.line, mistake.setting) == (4, "panels[0].plane")
    assert mistake.message == "must be principal or two different variables: [x1, x3]"
    assert mistake.source[mistake.column - 1 :].startswith(plane)


@pytest.mark.parametrize("plane", ["null", "principal", "[x1, x5]"])
def test_a_plane_that_is_sound_is_kept_in_the_scene(plane: str) -> None:
    value = {"null": None, "principal": "principal", "[x1, x5]": ["x1", "x5"]}[plane]
    scene = a_scene({"kind": "contour", "plane": value})
    [panel] = scene.canonical()["panels"]
    assert panel.get("plane") == value
    again = a_scene(panel)
    assert again.panels == scene.panels
