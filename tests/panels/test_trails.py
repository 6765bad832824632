"""Trails: the newest part is strong, older ones are paler, and stars lie above them."""

import re
from typing import Any

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from pydantic import ValidationError

from tests.film.films import RACE, a_film, a_scene
from visualize import Film
from visualize.panels._trails import STRENGTHS


def trail_of(film: Film) -> list[Any]:
    (axes,) = film.figure.axes
    return [line for line in axes.lines if 10 <= line.get_zorder() < 11 and line.get_visible()]


def strengths_at(film: Film, frame: int) -> list[float]:
    """Return how strong each part of the one trail is, the oldest first."""
    film.draw(frame)
    parts = [(line.get_xdata()[0], to_rgb(line.get_color())) for line in trail_of(film)]
    full = 1 - np.array(parts[-1][1])
    return [float(np.mean((1 - np.array(color)) / full)) for _, color in parts]


def a_run(trail: Any, kind: str = "contour") -> Film:
    known: dict[str, Any] = {} if kind == "contour" else {"objective": "x**2", "start": 3}
    entry = [{"name": "sgd", "learning_rate": 0.01, "color": "#204060"}]
    return a_film(steps=200, optimizers=entry, panels=[{"kind": kind, "trail": trail}], **known)


@pytest.mark.parametrize("kind", ["contour", "curve"])
@pytest.mark.parametrize("trail", [True, {"fade": 10}, {"fade": 1}, {"fade": 63}])
def test_older_parts_of_a_trail_are_paler(kind: str, trail: Any) -> None:
    film = a_run(trail, kind)
    seen = strengths_at(film, 200)
    assert seen == sorted(seen)
    assert seen[0] == pytest.approx(STRENGTHS[-1], abs=0.02)
    assert seen[-1] == 1


def test_so_many_rows_are_strong() -> None:
    film = a_run({"fade": 10})
    for frame in (5, 10):
        assert set(strengths_at(film, frame)) == {1.0}
    for frame in (50, 120, 200):
        film.draw(frame)
        rows = [len(line.get_xdata()) - 1 for line in trail_of(film)]
        strong = [n for n, it in zip(rows, strengths_at(film, frame), strict=True) if it == 1]
        assert 10 <= sum(strong) <= 15


def test_without_a_trail_nothing_is_left_behind() -> None:
    film = a_run(trail=False)
    film.draw(100)
    assert not trail_of(film)


def test_a_short_race_keeps_its_trails() -> None:
    film = a_film(optimizers=RACE, steps=50)
    film.draw(film.frames - 1)
    assert len({line.get_color() for line in trail_of(film)}) == len(RACE)


def test_values_do_not_fade() -> None:
    film = a_film(steps=300, panels=["values"])
    film.draw(film.frames - 1)
    assert len({line.get_color() for line in trail_of(film)}) == 1


@pytest.mark.parametrize(
    ("trail", "right"),
    [(30, "{fade: 30}"), (1, "{fade: 1}"), (7.6, "{fade: 8}"), (0, "false"), (-3, "false")],
)
def test_a_number_is_answered_with_what_can_be_written(trail: Any, right: str) -> None:
    with pytest.raises(ValidationError, match=f"write trail: {re.escape(right)}"):
        a_scene(panels=[{"kind": "contour", "trail": trail}])


@pytest.mark.parametrize(
    ("start", "least"), [([-7, 2], 0.2), ([[float(x), 1.0] for x in range(-7, 15)], 0.8)]
)
def test_a_star_is_seen_above_the_trails(start: Any, least: float) -> None:
    adam = [{"name": "adam", "learning_rate": 0.3, "color": "black"}]
    film = a_film((320, 200), start=start, optimizers=adam, steps=60)
    red = np.array([0xD6, 0x27, 0x28])
    counts = [
        int((np.abs(film.picture(frame).astype(int) - red).max(axis=2) < 8).sum())
        for frame in (0, film.frames - 1)
    ]
    assert counts[1] >= least * counts[0] > 0
