"""Numbers over steps: the axis reaches as far as runs do that end well."""

from typing import Any

import numpy as np
import pytest

from tests.film.films import a_film, a_scene
from tests.panels.test_panels import seen

RACES: dict[str, dict[str, Any]] = {
    "short steps soon": {
        "objective": "himmelblau",
        "start": [0.2, -0.4],
        "optimizers": [
            {"name": "sgd", "learning_rate": 0.01},
            {"name": "sgd", "learning_rate": 0.01, "momentum": 0.7, "label": "heavy"},
            {"name": "adam", "learning_rate": 0.2},
        ],
    },
    "a long way first": {
        "objective": "beale",
        "start": [1, 1.5],
        "optimizers": [
            {"name": "sgd", "learning_rate": 0.001, "momentum": 0.9},
            {"name": "adam", "learning_rate": 0.1},
            {"name": "adagrad", "learning_rate": 0.3},
        ],
    },
    "one that arrives": {
        "objective": "x**2 + y**2",
        "start": [3, 1],
        "optimizers": [
            {"name": "sgd", "learning_rate": 0.5},
            {"name": "adagrad", "learning_rate": 1.0},
        ],
    },
    "one that is thrown": {
        "objective": "x**2 + y**2",
        "start": [3, 1],
        "optimizers": [
            {"name": "sgd", "learning_rate": 0.999},
            {"name": "sgd", "learning_rate": 1e-4, "label": "slow"},
        ],
    },
}


@pytest.mark.parametrize("steps", [3, 30, 300])
@pytest.mark.parametrize("race", RACES)
def test_every_head_of_a_run_that_ends_well_is_within_the_axis(race: str, steps: int) -> None:
    measures = [{"kind": "values", "measure": it} for it in ("value", "gradient_norm")]
    panels = ["steps", *measures]
    for view in seen(a_scene(**RACES[race], steps=steps, panels=panels)):
        low, high = view.limits[1]
        for places in view.series.values():
            lengths = places[..., 1][np.isfinite(places[..., 1])]
            assert lengths.max() <= high
            assert lengths.min() >= low


PANELS = ["values", "steps", "learning_rates", {"kind": "values", "over": "evaluations"}]


@pytest.mark.parametrize("panel", PANELS, ids=str)
@pytest.mark.parametrize("size", [(160, 300), (320, 80)])
def test_no_head_is_cut_off_at_an_edge(panel: Any, size: tuple[int, int]) -> None:
    film = a_film(size, **RACES["one that is thrown"], steps=9, panels=[panel])
    [axes] = film.figure.axes
    room = axes.bbox.padded(0.5)
    heads = [line for line in axes.lines if line.get_zorder() >= 12]
    assert heads
    for frame in (0, 9):
        film.draw(frame)
        for head in heads:
            places = axes.transData.transform(np.asarray(head.get_xydata()))
            radius = head.get_markersize() / 2 / 72 * 100
            for place in places[np.isfinite(places).all(axis=1)]:
                assert room.contains(*(place - radius))
                assert room.contains(*(place + radius))


def test_given_limits_stay_and_those_of_small_multiples_are_the_same() -> None:
    panel = {"kind": "values", "limits": [0.5, 2]}
    race = RACES["one that is thrown"]
    assert a_film(**race, panels=[panel]).figure.axes[0].get_ylim() == (0.5, 2)
    film = a_film((480, 200), **race, panels=[{"kind": "values", "each": "optimizer"}])
    one, other = (np.array([axes.get_xlim(), axes.get_ylim()]) for axes in film.figure.axes)
    np.testing.assert_allclose(one, other)
