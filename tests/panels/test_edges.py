"""Runs that leave the picture: they end at its edge, with an arrow to where they went."""

from typing import Any

import numpy as np
import pytest
from matplotlib.lines import Line2D

from visualize import Film, Scene, compose, simulate
from visualize.arrays import Array
from visualize.panels._edges import cut_at_edges

BOX = ((0.0, 10.0), (0.0, 10.0))


def cut(*places: tuple[float, float]) -> tuple[Array, list[Any]]:
    """Return a run of one start as it is seen in a box of ten by ten, and its exits."""
    series, exits = cut_at_edges({"a": np.array(places)[:, np.newaxis]}, BOX)
    return series["a"][:, 0], exits


def test_a_run_that_stays_is_left_alone() -> None:
    seen, exits = cut((1, 1), (5, 9), (2, 2))
    np.testing.assert_array_equal(seen, [(1, 1), (5, 9), (2, 2)])
    assert not exits


def test_a_run_that_leaves_ends_on_its_way_a_little_inside_of_the_edge() -> None:
    seen, (found,) = cut((5, 5), (25, 5), (-900, 5), (9e9, -9e9))
    np.testing.assert_allclose(seen, [(5, 5), (9.7, 5), (9.7, 5), (9.7, 5)])
    assert found.row == 1
    np.testing.assert_allclose(found.way / np.linalg.norm(found.way), (1, 0))


def test_a_run_that_leaves_along_a_side_is_cut_where_it_leaves() -> None:
    seen, (found,) = cut((0, 5), (5e-324, 25))
    np.testing.assert_allclose(seen, [(0, 5), (0, 9.4)], atol=1e-300)
    assert found.row == 1


def test_a_run_that_comes_back_is_not_cut() -> None:
    seen, exits = cut((5, 5), (5, -40), (6, 6))
    np.testing.assert_array_equal(seen, [(5, 5), (5, -40), (6, 6)])
    assert not exits


@pytest.mark.parametrize("far", [1e300, np.inf])
def test_a_run_that_is_gone_in_one_step_points_there(far: float) -> None:
    seen, (found,) = cut((5, 5), (far, far), (np.nan, np.nan))
    assert np.isfinite(seen).all()
    assert (np.array(seen[1:]) > 9).all()
    assert np.isfinite(found.way).all()
    assert (found.way > 0).all()


@pytest.mark.parametrize("path", [[(50, 50), (60, 60)], [(5, 5), (np.nan, np.nan)]])
def test_there_is_no_exit_of_what_was_never_inside_or_is_lost_inside(path: Any) -> None:
    _, exits = cut(*path)
    assert not exits


@pytest.mark.parametrize("count", [20, 21])
def test_of_many_starts_none_is_cut(count: int) -> None:
    places = np.full((2, count, 2), 5.0)
    places[1] = 99
    series, exits = cut_at_edges({"a": places}, BOX)
    assert len(exits) == (count if count <= 20 else 0)
    assert (series["a"][1] == 99).all() == (count > 20)


# In pictures


def growing(**settings: Any) -> Film:
    """Return the film of a descent that grows beside one that does not."""
    scene = Scene.model_validate(
        {
            "objective": "x**2 + 10*y**2",
            "start": [-5, 1],
            "steps": 20,
            "optimizers": [
                {"name": "sgd", "learning_rate": 0.11, "label": "wild", "color": "#d55e00"},
                {"name": "sgd", "learning_rate": 0.05},
            ],
            **settings,
            "frames": {"size": [320, 240], "pace": "even", **settings.get("frames", {})},
        }
    )
    return compose(scene, simulate(scene))


def arrows(film: Film) -> list[Line2D]:
    """Return the arrows that are seen."""
    lines = film.figure.axes[0].get_lines()
    return [line for line in lines if line.get_zorder() == 13 and line.get_visible()]


def test_an_arrow_is_seen_from_the_step_on_at_which_the_run_has_left() -> None:
    film = growing()
    film.picture(0)
    assert not arrows(film)
    film.picture(20)
    (arrow,) = arrows(film)
    assert arrow.get_color() == "#d55e00"
    film.picture(0)
    assert not arrows(film)


def test_the_arrow_is_inside_of_the_axes_and_points_out() -> None:
    film = growing(frames={"size": [640, 360]})
    film.picture(20)
    (arrow,) = arrows(film)
    axes = film.figure.axes[0]
    place = axes.transData.transform(np.column_stack(arrow.get_data()))[0]
    marker = arrow._marker  # type: ignore[attr-defined]  # noqa: SLF001  # it has no getter
    pixels = arrow.get_markersize() * film.figure.dpi / 72
    corners = marker.get_path().transformed(marker.get_transform()).vertices * pixels + place
    assert axes.get_window_extent().padded(1).count_contains(corners) == len(corners)
    tip = corners[np.argmax(np.linalg.norm(corners - place, axis=1))]
    assert tip[1] < place[1]  # the run leaves below


def test_no_line_of_a_run_that_has_left_crosses_the_picture_after_that() -> None:
    film = growing()
    film.picture(20)
    low, high = film.figure.axes[0].get_ylim()
    (head,) = (
        line
        for line in film.figure.axes[0].get_lines()
        if line.get_color() == "#d55e00" and 12 <= line.get_zorder() < 13
    )
    assert low < float(np.asarray(head.get_ydata())[0]) < high


def test_the_curve_has_arrows_too() -> None:
    film = growing(objective="x**2", start=1, optimizers=[{"name": "sgd", "learning_rate": 1.2}])
    film.picture(20)
    assert len(arrows(film)) == 1
