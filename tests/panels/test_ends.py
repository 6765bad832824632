"""Names at the ends of lines: each beside its own, none on another."""

import itertools
from typing import Any

import numpy as np
import pytest

from tests.film.films import RACE, a_film
from visualize import Film
from visualize.panels._ends import MARK, spread


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ([1, 5, 9], [1, 5, 9]),
        ([5, 5], [4, 6]),
        ([5, 5, 5, 9], [3, 5, 7, 9]),
        ([0, 0], [0, 2]),
        ([10, 10, 10], [6, 8, 10]),
        ([3], [3]),
    ],
)
def test_names_that_are_too_near_move_apart_as_little_as_can_be(
    wanted: list[float], expected: list[float]
) -> None:
    assert spread(np.array(wanted, dtype=float), 2, 0, 10).tolist() == expected


def names_in(film: Film) -> list[Any]:
    return [text for text in film.figure.axes[-1].texts if text.get_gid() == MARK]


LARGE = (640, 360)


@pytest.mark.parametrize("kind", ["state", "learning_rates"])
def test_coordinates_are_named_at_the_ends_of_their_lines(kind: str) -> None:
    film = a_film(LARGE, optimizers=[RACE[2]], panels=["contour", kind])
    names = names_in(film)
    axes = film.figure.axes[-1]
    film.draw(film.frames - 1)
    lines = [np.asarray(line.get_xydata()) for line in axes.get_lines()]
    heads = {float(line[-1, 1]) for line in lines if len(line)}
    assert {text.get_text() for text in names} == {"x", "y"}
    for text in names:
        assert text.xy[1] in heads
        box = text.get_window_extent()
        assert box.x0 > axes.bbox.x1
        assert box.x1 < film.figure.bbox.x1
    assert not {"x", "y"} & {*axes.get_legend_handles_labels()[1]}


def test_of_several_runs_they_are_named_with_it() -> None:
    film = a_film(LARGE, optimizers=RACE[2:], panels=["learning_rates"])
    names = names_in(film)
    assert {text.get_text() for text in names} == {"adagrad x", "adagrad y", "adam x", "adam y"}
    boxes = sorted((text.get_window_extent() for text in names), key=lambda box: box.y0)
    assert all(one.y1 <= other.y0 + 2 for one, other in itertools.pairwise(boxes))


def test_where_there_is_no_room_a_legend_says_how_they_are_dashed() -> None:
    film = a_film(LARGE, optimizers=RACE, panels=["contour", "values", "learning_rates"])
    assert not names_in(film)
    assert {"x", "y"} <= {*film.figure.axes[-1].get_legend_handles_labels()[1]}


def test_a_small_picture_has_none() -> None:
    assert not names_in(a_film((200, 120), optimizers=[RACE[2]], panels=["learning_rates"]))


@pytest.mark.parametrize("kind", ["state", "learning_rates"])
def test_runs_with_several_lines_have_no_name_at_a_head_but_a_legend(kind: str) -> None:
    film = a_film(LARGE, optimizers=RACE[2:], panels=[kind, "values"])
    film.picture(film.frames - 1)
    [legend] = film.figure.legends
    assert {"adagrad", "adam"} <= {text.get_text() for text in legend.get_texts()}
