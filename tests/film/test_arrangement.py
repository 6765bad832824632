"""Where panels stand, and whose runs each shows."""

from typing import Any

import numpy as np
import pytest

from tests.film.films import BOWL, a_film, a_scene
from visualize.film.arrangement import arrange, font_size_for

SGD = {"name": "sgd", "learning_rate": 0.9}
ADAM = {"name": "adam", "learning_rate": 0.3}
SWEEP = {"learning_rate": [0.1, 0.4, 0.9]}


def areas(shape: float, **settings: Any) -> list[tuple[range, range]]:
    arrangement = arrange(a_scene(**settings), shape)
    return [(cell.area.rows, cell.area.columns) for cell in arrangement.cells]


def test_a_panel_takes_all_its_cells() -> None:
    layout = [["contour", "contour", "values"], ["contour", "contour", "state"]]
    assert areas(1.8, layout=layout) == [
        (range(2), range(2)),
        (range(1), range(2, 3)),
        (range(1, 2), range(2, 3)),
    ]


def test_small_multiples_share_the_cells_of_their_panel() -> None:
    # Three in a row above the values, which are as wide as they are together.
    found = areas(
        1.8,
        optimizers=[SGD, {**SGD, "label": "b"}, ADAM],
        panels=[{"kind": "contour", "each": "optimizer"}, "values"],
        layout=[["contour"], ["values"]],
    )
    assert found == [
        (range(1), range(1)),
        (range(1), range(1, 2)),
        (range(1), range(2, 3)),
        (range(1, 2), range(3)),
    ]


def test_small_multiples_have_the_same_axes_and_their_own_runs() -> None:
    film = a_film(
        size=(480, 270), optimizers=[SGD, ADAM], panels={"each": "optimizer"}, legend="top"
    )
    one, other = film.figure.axes
    assert (one.get_xlim(), one.get_ylim()) == (other.get_xlim(), other.get_ylim())
    assert [axes.get_title(loc="left") for axes in (one, other)] == ["sgd", "adam"]
    np.testing.assert_allclose(one.bbox.size, other.bbox.size)
    assert (one.get_ylabel(), other.get_ylabel()) == ("y", "")
    # The titles tell the runs, so the legend does not.
    assert not film.figure.legends


def test_values_of_a_setting_are_what_multiples_are_of() -> None:
    film = a_film(
        size=(480, 270),
        optimizers=[{"name": "sgd", "sweep": SWEEP}, {"name": "adagrad", "sweep": SWEEP}],
        panels={"each": "learning_rate"},
    )
    titles = [axes.get_title(loc="left") for axes in film.figure.axes]
    assert titles == ["learning rate 0.1", "learning rate 0.4", "learning rate 0.9"]
    [legend] = film.figure.legends
    # One legend, of what is in every panel.
    assert [text.get_text() for text in legend.get_texts()][:2] == ["sgd", "adagrad"]
    assert len(legend.get_texts()) == 3


def test_one_scene_in_one_panel_is_where_it_was() -> None:
    assert areas(16 / 9, **BOWL) == [(range(1), range(1))]


@pytest.mark.parametrize("size", [(1280.0, 720.0), (640.0, 360.0)])
def test_many_panels_have_smaller_letters_and_few_have_not(size: tuple[float, float]) -> None:
    points = size[0] / 42
    few, many = (
        arrange(a_scene(panels=["contour"] * count), size[0] / size[1]) for count in (3, 9)
    )
    assert font_size_for(few, size, points) == points
    assert 0.7 * points <= font_size_for(many, size, points) < points
