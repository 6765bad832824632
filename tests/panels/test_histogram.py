"""A histogram: every start is in one bar of its run, and they move with the swarm."""

from typing import Any

import numpy as np
import pytest
from matplotlib.patches import Polygon
from pydantic import ValidationError

from tests.film.films import RACE, a_film, a_scene
from tests.panels.test_panels import seen
from visualize import simulate

SWARM: dict[str, Any] = {
    "objective": "himmelblau",
    "start": {"grid": [6, 5]},
    "steps": 12,
    "optimizers": [{"name": "adam", "learning_rate": 0.5}],
}


def view_of(**settings: Any) -> Any:
    panel = {"kind": "histogram", **settings}
    return seen(a_scene(**SWARM, panels=[panel]))[0]


@pytest.mark.parametrize("measure", ["value", "distance", "gradient_norm", "x", "y"])
def test_every_start_is_in_one_bar(measure: str) -> None:
    view = view_of(measure=measure, bins=7)
    assert view.counts["adam"].shape == (13, 7)
    assert (view.counts["adam"].sum(axis=1) == 30).all()


def test_bars_count_the_coordinate_they_say() -> None:
    view = view_of(measure="x", bins=9, limits=[-6, 6], scale="linear")
    run = simulate(a_scene(**SWARM))["adam"]
    for row in (0, 5, 12):
        expected, _ = np.histogram(run.points[row, :, 0], np.linspace(-6, 6, 10))
        np.testing.assert_array_equal(view.counts["adam"][row], expected)


def test_what_lies_beyond_is_in_the_first_or_last_bar() -> None:
    view = view_of(measure="x", bins=3, limits=[-1, 1])
    run = simulate(a_scene(**SWARM))["adam"]
    last = view.counts["adam"][-1]
    assert last[0] == (run.points[-1, :, 0] < -1 / 3).sum()
    assert last[2] == (run.points[-1, :, 0] >= 1 / 3).sum()


def test_values_that_span_much_have_a_logarithmic_scale() -> None:
    view = view_of(measure="distance")
    assert view.scales == ("log", "linear")
    ratios = view.edges[1:] / view.edges[:-1]
    np.testing.assert_allclose(ratios, ratios[0])


def test_a_start_that_is_lost_is_in_no_bar() -> None:
    wild = SWARM | {"optimizers": [{"name": "sgd", "learning_rate": 10.0}]}
    [view] = seen(a_scene(**wild, panels=["histogram"]))
    assert view.counts["sgd"][0].sum() == 30  # type: ignore[attr-defined]  # they are bars
    assert view.counts["sgd"][-1].sum() == 0  # type: ignore[attr-defined]


@pytest.mark.parametrize(("runs", "lines"), [(1, 0), (3, 0), (4, 4)])
def test_bars_stand_side_by_side_and_are_outlines_where_there_are_many(
    runs: int, lines: int
) -> None:
    film = a_film(**SWARM | {"optimizers": RACE[:runs]}, panels=["histogram"])
    film.draw(film.frames - 1)
    [axes] = film.figure.axes
    shapes = [it for it in axes.patches if isinstance(it, Polygon)]
    assert (len(shapes), len(axes.get_lines())) == (runs, lines)


def test_between_two_rows_bars_grow_evenly() -> None:
    film = a_film(**SWARM, panels=[{"kind": "histogram", "measure": "x"}])
    [shape] = [it for it in film.figure.axes[0].patches if isinstance(it, Polygon)]
    heights = []
    for row in (3, 3.5, 4):
        for mover in film._movers:  # noqa: SLF001  # films move by frames
            mover.move(row)
        heights.append(shape.get_xy()[:, 1])
    np.testing.assert_allclose(heights[1], (heights[0] + heights[2]) / 2)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"start": [1, 2]}, "bars are of many starts, and there is one"),
        ({"panels": [{"kind": "histogram", "measure": "distanse"}]}, "did you mean 'distance'?"),
        ({"panels": [{"kind": "histogram", "measure": "z"}]}, "there is no 'z' to count"),
    ],
)
def test_what_cannot_be_counted_is_told(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match="panels") as raised:
        a_scene(**{"panels": ["histogram"], **SWARM, **settings})
    assert words in raised.value.errors()[0]["msg"]
