"""The curve: arcs of hops, tangents, minima with their values."""

from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from tests.panels.test_panels import a_film
from visualize.film.film import Film
from visualize.panels._curve.hops import PARTS, RISE, arcs, hops

BOWL: dict[str, Any] = {"objective": "x**2", "start": -3.0, "steps": 6}
WELLS: dict[str, Any] = {"objective": "x**4/4 - x**2 + 0.3*x", "start": [[-2.0], [1.5]], "steps": 3}


def film_of(panel: dict[str, Any], rate: float = 0.9, **settings: Any) -> Film:
    optimizers = [{"name": "sgd", "learning_rate": rate}]
    panels = [{"kind": "curve", "samples": 401, **panel}]
    return a_film(**(BOWL | settings), optimizers=optimizers, panels=panels)


def trail_of(film: Film) -> Line2D:
    film.draw(film.frames - 1)
    (axes,) = film.figure.axes
    return next(line for line in axes.lines if 10 <= line.get_zorder() < 11)


def path(*numbers: float) -> np.ndarray:
    return np.array([[(x, x**2)] for x in numbers])


def test_steps_to_and_fro_are_hops_and_others_not() -> None:
    assert hops(path(-3, 2.7, -2.4, 2.1), 9.0)[:, 0].tolist() == [True, True, True]
    assert hops(path(-3, -2, -1, -0.5), 9.0)[:, 0].tolist() == [False, False, False]
    assert hops(path(-3, 2.7), 9.0)[:, 0].tolist() == [False]
    # Short ones can be told apart by nobody, and a small correction is no way back.
    assert not hops(path(0.1, -0.1, 0.1), 9.0).any()
    assert not hops(path(-3, 2, 1.9, 1.8), 9.0).any()
    assert not hops(path(-3, np.nan, 2), 9.0).any()


def test_an_arc_begins_and_ends_where_its_step_does_and_rises_between() -> None:
    places = path(-3, 2, -1)
    fine = arcs(places, ((-4, 4), (0, 10)), np.array([[True], [True]]))
    np.testing.assert_allclose(fine[::PARTS], places)
    chords = np.linspace(places[0], places[1], PARTS, endpoint=False)
    middle = PARTS // 2
    rise = fine[middle, 0, 1] - chords[middle, 0, 1]
    assert rise == pytest.approx(RISE[0] * 5 / 8 * 10)
    back = fine[PARTS + middle, 0, 1] - (places[1] + places[2])[0, 1] / 2
    assert back == pytest.approx(RISE[1] * 3 / 8 * 10)


@pytest.mark.parametrize(
    ("setting", "rate", "is_bent"),
    [
        ("auto", 0.9, True),
        ("auto", 0.1, False),
        ("arcs", 0.1, True),
        ("chords", 0.9, False),
    ],
)
def test_a_trail_has_arcs_where_they_are_wanted(setting: str, rate: float, is_bent: bool) -> None:
    film = film_of({"path": setting}, rate)
    places = np.asarray(trail_of(film).get_xydata())
    rows = [-3.0 * (1 - 2 * rate) ** row for row in range(7)]
    np.testing.assert_allclose(places[:: PARTS if is_bent else 1, 0][:6], rows[:6])
    middle = places[PARTS // 2, 1] if is_bent else places[:2, 1].mean()
    chord = np.mean(np.square(rows[:2]))
    assert (middle > chord + 0.1) == is_bent


def test_dots_stand_at_the_steps_of_every_start() -> None:
    trail = trail_of(film_of({}, start=[[-3.0], [2.0]]))
    assert trail.get_markevery() == PARTS
    places = np.asarray(trail.get_xydata())[::PARTS]
    places = places[~np.isnan(places).any(axis=1)]
    steps = (-0.8) ** np.arange(7)
    assert set(np.round(places[:, 0], 9)) <= set(np.round([*(-3 * steps), *(2 * steps)], 9))
    assert len(places) >= 12


def tangent_of(axes: Axes) -> np.ndarray:
    [line] = [line for line in axes.lines if line.get_zorder() == 9.5]
    return np.asarray(line.get_xydata()).reshape(-1, 3, 2)[:, :2]


def test_a_tangent_touches_the_graph_with_its_slope_and_keeps_its_length() -> None:
    film = film_of({"tangent": True}, 0.2)
    (axes,) = film.figure.axes
    lengths = []
    for row in (0, 2, 5):
        film.draw(row)
        [ends] = tangent_of(axes)
        x = -3 * 0.6**row
        np.testing.assert_allclose(ends.mean(axis=0), (x, x**2), atol=1e-3)
        slope = np.diff(ends[:, 1]) / np.diff(ends[:, 0])
        assert slope == pytest.approx(2 * x, abs=0.05)
        lengths.append(np.hypot(*np.diff(axes.transData.transform(ends), axis=0)[0]))
    np.testing.assert_allclose(lengths, lengths[0])


def test_each_start_has_its_tangent_and_what_has_left_has_none() -> None:
    film = film_of({"tangent": True}, **WELLS)
    film.draw(0)
    assert len(tangent_of(film.figure.axes[0])) == 2
    gone = film_of({"tangent": True, "limits": [[-4, 4], [-1, 10]]}, 1.1)
    gone.draw(gone.frames - 1)
    assert np.isnan(tangent_of(gone.figure.axes[0])).all()


def test_minima_have_stars_and_their_values() -> None:
    film = film_of({"minimum": "star", "minimum_values": True}, 0.05, **WELLS)
    (axes,) = film.figure.axes
    stars = [line for line in axes.lines if line.get_marker() == "*"]
    assert {star.get_label() for star in stars} == {"minimum", "local minimum"}
    words = sorted(text.get_text() for text in axes.texts)
    assert words == ["−0.5877", "−1.435"]  # noqa: RUF001 - a minus sign
    low = axes.get_ylim()[0]
    assert all(np.asarray(star.get_ydata())[0] > low for star in stars)


@pytest.mark.parametrize("size", [(200, 90), (320, 100), (640, 200)])
@pytest.mark.parametrize("limits", [None, [[-3, 3], [-1.45, 2]], [[-1.32, 2], [-1.5, 9]]])
def test_values_of_minima_stay_within_the_axes_or_are_left_out(
    limits: Any, size: tuple[int, int]
) -> None:
    frames = {"size": list(size), "pace": "even"}
    panel = {"minimum": "star", "minimum_values": True, "limits": limits}
    film = film_of(panel, 0.05, **WELLS, frames=frames)
    (axes,) = film.figure.axes
    for words in axes.texts:
        low, high = words.get_window_extent().get_points()
        inside = axes.bbox.contains(*low) and axes.bbox.contains(*high)
        assert inside or not words.get_visible()
    if size[1] == 200:
        assert all(words.get_visible() for words in axes.texts)


def test_the_dashed_line_is_there_unless_minima_are_marked() -> None:
    for minimum, dashed in ((True, 1), (False, 0), ("star", 0), ("none", 0)):
        (axes,) = film_of({"minimum": minimum}).figure.axes
        assert sum(line.is_dashed() for line in axes.lines) == dashed
