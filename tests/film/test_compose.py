"""Films of scenes: what they show, in pictures of exactly the size asked for."""

import io
from functools import cache
from typing import Any

import numpy as np
import pytest
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from tests.film.films import (
    KINDS,
    LINE,
    RACE,
    RC_GROUPS,
    a_film,
    a_scene,
    ends_of,
    film_of,
    rc,
    shared_film,
)
from visualize import Film, compose, simulate
from visualize.looks.themes import THEMES


def test_pictures_differ_where_something_moves() -> None:
    film = a_film()
    assert (film.picture(0) != film.picture(1)).any()


def test_a_picture_is_the_callers_own() -> None:
    film = a_film()
    picture = film.picture(0)
    before = picture.copy()
    film.picture(3)
    np.testing.assert_array_equal(picture, before)
    picture[...] = 0
    np.testing.assert_array_equal(film.picture(0), before)


@pytest.mark.parametrize(
    "size",
    [(16, 16), (29, 57), (57, 29), (113, 16), (99, 101), (115, 58), (1366, 17), (17, 1366)],
    ids=str,
)
def test_a_picture_has_exactly_the_size_asked_for(size: tuple[int, int]) -> None:
    picture = a_film(size).picture(0)
    assert picture.shape == (size[1], size[0], 3)
    assert picture.dtype == np.uint8


def test_every_width_gives_pictures_of_exactly_that_width() -> None:
    for width in range(20, 400, 41):
        film = a_film((width, 16), panels=["values"])
        assert film.figure.canvas.get_width_height() == (width, 16)


def test_the_largest_sides_are_drawn() -> None:
    assert a_film((8192, 16)).picture(0).shape == (16, 8192, 3)


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_artists_move_in_every_frame(kind: str) -> None:
    film = shared_film(kind)
    first = film.draw(0)
    assert first
    for frame in ends_of(film):
        again = film.draw(frame)
        assert [id(artist) for artist in again] == [id(artist) for artist in first]


def lines_of(artists: list[Artist]) -> list[NDArray[np.float64]]:
    return [
        np.array(artist.get_data(), dtype=float).T
        for artist in artists
        if isinstance(artist, Line2D)
    ]


def heads_of(film: Film, frame: int) -> list[NDArray[np.float64]]:
    """Return the places of the markers that show where the runs are."""
    heads = [
        artist
        for artist in film.draw(frame)
        if isinstance(artist, Line2D) and artist.get_linestyle() == "None"
    ]
    return lines_of(list(heads))


@pytest.mark.parametrize("per_step", [1, 3])
def test_the_first_frame_shows_the_start_and_the_last_one_the_end(per_step: int) -> None:
    scene = a_scene(frames={"frames_per_step": per_step})
    history = simulate(scene)
    film = compose(scene, history)
    assert film.frames == scene.steps * per_step + 1
    points = history["sgd"].points
    np.testing.assert_array_equal(heads_of(film, 0)[0], points[0])
    np.testing.assert_array_equal(heads_of(film, film.frames - 1)[0], points[-1])


def test_the_trail_is_where_the_run_has_been() -> None:
    scene = a_scene()
    history = simulate(scene)
    film = compose(scene, history)
    trail = lines_of(film.draw(5))[0]
    been = history["sgd"].points[:6, 0]
    np.testing.assert_array_equal(np.unique(trail, axis=0), np.unique(been, axis=0))


def test_a_curve_shows_the_point_on_the_graph() -> None:
    scene = a_scene(**LINE)
    history = simulate(scene)
    film = compose(scene, history)
    for frame in ends_of(film):
        x = history["sgd"].points[frame, 0, 0]
        np.testing.assert_array_equal(heads_of(film, frame)[0], [[x, x - x**3]])


def test_between_two_steps_the_point_lies_between_them() -> None:
    scene = a_scene(frames={"frames_per_step": 4})
    points = simulate(scene)["sgd"].points
    film = film_of(scene)
    expected = points[2] + 0.75 * (points[3] - points[2])
    np.testing.assert_allclose(heads_of(film, 11)[0], expected, rtol=1e-14)


def test_steps_per_frame_leaves_rows_out_and_stays_at_the_end() -> None:
    scene = a_scene(frames={"steps_per_frame": 3, "count": 6})
    points = simulate(scene)["sgd"].points
    film = film_of(scene)
    for frame, row in enumerate([0, 3, 6, 8, 8, 8]):
        np.testing.assert_array_equal(heads_of(film, frame)[0], points[row])


def test_a_leap_over_the_end_of_the_history_shows_the_end() -> None:
    scene = a_scene(frames={"steps_per_frame": 3})
    film = film_of(scene)
    points = simulate(scene)["sgd"].points
    np.testing.assert_array_equal(heads_of(film, film.frames - 1)[0], points[-1])


FAR: dict[str, dict[str, Any]] = {
    "in one variable": {"objective": "abs(x)", "start": 1e308},
    "in two": {"objective": "abs(x)/2 + abs(y)/2", "start": [1e308, -1e307]},
    "among others": {
        "objective": "abs(x)/2 + abs(y)/2",
        "start": [1, 1],
        "optimizers": [{"name": "sgd", "learning_rate": rate} for rate in (1e306, 0.1)],
    },
    "by a power": {"objective": "2*x**8", "start": 1.0},
    "by a square": {
        "objective": "x**2",
        "start": 1.0,
        "steps": 3000,
        "optimizers": [{"name": "sgd", "learning_rate": 1.1}],
        "frames": {"steps_per_frame": 300},
    },
    "at once": {"objective": "exp(x) + y**2", "start": [300, 1]},
}


@pytest.mark.parametrize(
    "panels", [{}, {"panels": ["values"]}, {"panels": [{"kind": "values", "scale": "linear"}]}]
)
@pytest.mark.parametrize("settings", FAR.values(), ids=FAR)
def test_points_that_go_very_far_are_drawn_without_warnings(
    settings: dict[str, Any], panels: dict[str, Any]
) -> None:
    scene = a_scene(**settings, **panels)
    film = film_of(scene)
    for frame in ends_of(film):
        film.picture(frame)
    for axes in film.figure.axes:
        assert np.isfinite([*axes.get_xlim(), *axes.get_ylim()]).all()


TWO_PANELS: dict[str, Any] = {
    "optimizers": RACE[:2],
    "panels": [{"kind": "contour", "samples": 31}, "values"],
}


@cache
def with_matplotlibs_own_settings() -> NDArray[np.uint8]:
    return a_film(**TWO_PANELS).picture(4)


@pytest.mark.parametrize("group", RC_GROUPS)
def test_the_users_settings_of_matplotlib_do_not_change_the_picture(group: str) -> None:
    expected = with_matplotlibs_own_settings()
    with rc(RC_GROUPS[group]):
        made_within = a_film(**TWO_PANELS)
        np.testing.assert_array_equal(made_within.picture(4), expected)
    np.testing.assert_array_equal(made_within.picture(4), expected)


# On a part of another figure


def two_films() -> tuple[Figure, list[Film]]:
    figure = Figure(figsize=(4, 1.5), dpi=100)
    figure.text(0.5, 0.02, "below both", ha="center")
    parts: Any = figure.subfigures(1, 2, width_ratios=(3, 2))
    left, right = parts
    axes = right.add_axes((0.7, 0.7, 0.2, 0.2))
    axes.plot([0, 1], [0, 1])
    scenes = a_scene(optimizers=RACE), a_scene(panels=["values", "contour"], theme="dark")
    films = [
        compose(scene, simulate(scene), on=on)
        for scene, on in zip(scenes, (left, right), strict=True)
    ]
    return figure, films


def test_two_films_share_a_figure_and_it_is_what_savefig_makes_of_it() -> None:
    figure, films = two_films()
    other, its_films = two_films()
    FigureCanvasAgg(other)
    for frames in [(0, 0), (1, 0), (1, 5), (8, 8), (2, 8)]:
        for film, its, frame in zip(films, its_films, frames, strict=True):
            picture = film.picture(frame)
            its.draw(frame)
        content = io.BytesIO()
        other.savefig(content, format="raw")
        expected = np.frombuffer(content.getvalue(), np.uint8).reshape(150, 400, 4)
        np.testing.assert_array_equal(picture, expected[..., :3])
    assert figure.canvas.get_width_height() == (400, 150)


def test_what_else_is_in_the_figure_stays() -> None:
    figure, films = two_films()
    left, right = (part.bbox for part in figure.subfigs)
    assert figure.subfigs[1].axes[0].get_position().bounds == pytest.approx((0.7, 0.7, 0.2, 0.2))
    first, second = films[0].picture(0), films[0].picture(4)
    edge = round(left.x1)
    assert (first[:, :edge] != second[:, :edge]).any()
    np.testing.assert_array_equal(first[:, edge:], second[:, edge:])
    third = films[1].picture(4)
    assert (third[:, edge:] != second[:, edge:]).any()
    np.testing.assert_array_equal(third[:, :edge], second[:, :edge])
    assert right.x0 == left.x1


def test_a_part_as_large_as_the_scene_has_the_same_picture() -> None:
    scene = a_scene(panels=["contour", "values"])
    alone = film_of(scene)
    figure = Figure(figsize=(1.6, 3), dpi=100)
    parts: Any = figure.subfigures(2, 1, height_ratios=(1, 2))
    upper = parts[0]
    film = compose(scene, simulate(scene), on=upper)
    for frame in ends_of(film):
        picture = film.picture(frame)[:100].astype(int)
        difference = abs(picture - alone.picture(frame))
        assert np.mean(difference > 8) < 0.01  # rounding


def test_a_film_on_a_figure_of_twice_the_resolution_is_twice_as_sharp() -> None:
    scene = a_scene()
    film = compose(scene, simulate(scene), on=Figure(figsize=(1.6, 1), dpi=200))
    large, small = film.picture(4), film_of(scene).picture(4)
    assert large.shape == (200, 320, 3)
    halved = large.reshape(100, 2, 160, 2, 3).mean(axis=(1, 3))
    assert np.mean(abs(halved - small)) < 10


@pytest.mark.parametrize("layout", [None, "constrained"])
def test_a_figure_with_a_layout_of_its_own_leaves_the_film_as_it_is(layout: Any) -> None:
    figure = Figure(figsize=(3.2, 1), dpi=100, layout=layout)
    parts: Any = figure.subfigures(1, 2)
    left, right = parts
    right.add_subplot().set_ylabel("other")
    scene = a_scene()
    film = compose(scene, simulate(scene), on=left)
    before = [axes.get_position().bounds for axes in left.axes]
    film.picture(0)
    assert [axes.get_position().bounds for axes in left.axes] == before


def test_the_canvas_of_somebody_elses_figure_stays() -> None:
    figure = Figure(figsize=(1.6, 1), dpi=100)
    canvas = FigureCanvasAgg(figure)
    scene = a_scene()
    film = compose(scene, simulate(scene), on=figure)
    assert figure.canvas is canvas
    assert (film.picture(0) != film.picture(5)).any()


def test_runs_get_the_themes_colours_in_order_and_each_its_own() -> None:
    runs = [{"name": "sgd", "learning_rate": rate} for rate in (0.1, 0.2, 0.3, 0.4)]
    series = THEMES["light"].series
    runs[1] |= {"color": series[1]}
    [legend] = a_film((400, 250), optimizers=runs, legend="top").figure.legends
    colors = [line.get_color() for line in legend.get_lines()]
    assert colors[:4] == [series[0], series[1], series[2], series[3]]
