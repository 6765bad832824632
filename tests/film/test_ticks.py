"""Numbers beside the axes: none lies on another, or on anything else, however far out they are."""

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.text import Text

from visualize import Scene, compose, simulate
from visualize.declare.settings import Range
from visualize.film.film import Film

RANGES: list[Range] = [
    (-5, 5),
    (0, 1e-12),
    (1e6, 1e6 + 1e-3),
    (-1000000.001, -999999.999),
    (1e99, 2e99),
    (-1e100, 1e100),
    (1e99, 1.0000001e99),
    (-1e-279, 1e-279),
    (12345.6, 12345.7),
    (-0.00012345, -0.00012344),
    (0, 1234567),
    (99999, 100001),
    (1, 1 + 1e-12),
    (-7.3e5, -7.2e5),
    (1e8, 1e8 + 1),
]
SIZES = [(400, 300), (640, 360), (1920, 1080)]
TOUCHING = 2.0
"""Pixels: the extent of a number is a little larger than its ink."""


def film_of(panel: dict[str, Any], size: tuple[int, int], steps: int = 1) -> Film:
    scene = Scene.model_validate(
        {
            "objective": "x**2 + y**2",
            "start": [1.0, 1.0],
            "steps": steps,
            "optimizers": [{"name": "sgd", "learning_rate": 0.1}],
            "frames": {"size": list(size)},
            "panels": [panel],
        }
    )
    return compose(scene, simulate(scene))


def contour(across: Range, up: Range, size: tuple[int, int]) -> Film:
    return film_of(
        {"kind": "contour", "samples": 3, "minimum": "none", "limits": [across, up]}, size
    )


def texts(film: Film) -> Iterator[Text]:
    """Yield what is seen beside the axes."""
    for axes in film.figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            places = axis.get_majorticklocs()
            for place, text in zip(places, axis.get_majorticklabels(), strict=True):
                if low <= place <= high:
                    yield text
            yield from (axis.get_offset_text(), axis.label)


def assert_all_can_be_read(film: Film) -> None:
    film.picture(0)
    boxes = [(it.get_text(), it.get_window_extent()) for it in texts(film) if it.get_text()]
    assert len(boxes) >= 4  # a number and a name on each axis
    for (one, a), (other, b) in itertools.combinations(boxes, 2):
        wide = min(a.x1, b.x1) - max(a.x0, b.x0)
        high = min(a.y1, b.y1) - max(a.y0, b.y0)
        assert min(wide, high) < TOUCHING, f"{one} lies on {other}"
    for words, box in boxes:
        assert box.x0 >= -1, words
        assert box.x1 <= film.size[0] + 1, words
        assert box.y0 >= -1, words
        assert box.y1 <= film.size[1] + 1, words


@pytest.mark.parametrize(
    ("limits", "size"),
    [(limits, SIZES[turn % 2]) for turn, limits in enumerate(RANGES)] + [(RANGES[3], SIZES[2])],
)
def test_numbers_do_not_lie_on_each_other(limits: Range, size: tuple[int, int]) -> None:
    assert_all_can_be_read(contour(limits, limits, size))


@pytest.mark.parametrize("scale", ["linear", "log"])
@pytest.mark.parametrize("limits", [(1e-100, 1e100), (1e-3, 1e4), (1e6, 1e6 + 1), (2, 9)])
def test_neither_do_those_of_values(limits: Range, scale: str) -> None:
    panel = {"kind": "values", "scale": scale, "limits": limits}
    assert_all_can_be_read(film_of(panel, (400, 300)))


@settings(max_examples=10, deadline=None)
@given(
    middle=st.floats(-1e15, 1e15),
    width=st.floats(1e-9, 1.0),
    size=st.sampled_from(SIZES[:2]),
)
def test_neither_do_any_others(middle: float, width: float, size: tuple[int, int]) -> None:
    reach = max(width * abs(middle), 1e-6)
    assert_all_can_be_read(contour((middle - reach, middle + reach), (-1, 1), size))


def test_far_from_zero_the_run_and_its_minimum_can_be_read() -> None:
    scene = Scene.model_validate(
        {
            "objective": "(1000000 + x)**2 + y**2",
            "start": [-1000000.001, 0.001],
            "steps": 20,
            "optimizers": [{"name": "sgd", "learning_rate": 0.1}],
            "frames": {"size": [640, 360]},
        }
    )
    film = compose(scene, simulate(scene))
    assert_all_can_be_read(film)
    across = film.figure.axes[0].xaxis
    assert across.get_offset_text().get_text() == "\N{MINUS SIGN}1e6"
    assert len(across.get_majorticklabels()) > 4


def test_ordinary_numbers_stay_as_they_are() -> None:
    across = contour((-1000, 1000), (0, 1), (640, 360)).figure.axes[0].xaxis
    assert "1000" in {text.get_text() for text in across.get_majorticklabels()}
    assert not across.get_offset_text().get_text()


@pytest.mark.parametrize("limits", [(1, 1 + 1e-15), (0, 1e-300)])
def test_limits_too_near_to_each_other_are_a_mistake(limits: Range) -> None:
    with pytest.raises(ValueError, match="too near to each other"):
        contour(limits, (0, 1), (64, 48))


def steps_beside(film: Film) -> list[float]:
    across = film.figure.axes[0].xaxis
    low, high = across.get_view_interval()
    return [float(place) for place in across.get_majorticklocs() if low <= place <= high]


@pytest.mark.parametrize(
    ("steps", "numbers"),
    [
        (500, [0, 100, 200, 300, 400, 500]),
        (100, [0, 20, 40, 60, 80, 100]),
        (60, [0, 10, 20, 30, 40, 50, 60]),
        (8, [0, 2, 4, 6, 8]),
        (5, [0, 1, 2, 3, 4, 5]),
        (29, [0, 10, 20, 29]),
        (49, [0, 10, 20, 30, 40, 49]),
        (137, [0, 50, 100, 137]),
        (480, [0, 80, 160, 240, 320, 400, 480]),
        (40, [0, 10, 20, 30, 40]),
        (12, [0, 2, 4, 6, 8, 10, 12]),
        (9, [0, 3, 6, 9]),
        (2, [0, 1, 2]),
        (1, [0, 1]),
        (0, [0]),
    ],
)
def test_the_numbers_of_steps_are_round_and_include_the_last(
    steps: int, numbers: list[float]
) -> None:
    film = film_of({"kind": "values"}, SIZES[1 + steps % 2], steps)
    assert steps_beside(film) == numbers


@pytest.mark.parametrize(
    ("steps", "panels"), [(7, 1), (97, 1), (1013, 1), (11, 3), (101, 3), (199, 3), (10007, 3)]
)
def test_the_last_step_is_there_in_narrow_panels_too(steps: int, panels: int) -> None:
    scene = Scene.model_validate(
        {
            "objective": "x**2",
            "start": 1.0,
            "steps": steps,
            "optimizers": [{"name": "sgd", "learning_rate": 0.1}],
            "frames": {"size": [640, 360]},
            "panels": ["values"] * panels,
        }
    )
    film = compose(scene, simulate(scene))
    assert steps_beside(film)[-1] == steps
    assert_all_can_be_read(film)


@pytest.mark.parametrize("limits", [(-15, 15.2), (0, 213), (-3, 3), (0.1, 1.37), (-7.4, 4.2)])
def test_numbers_are_few_and_round(limits: Range) -> None:
    film = contour(limits, limits, (640, 360))
    for axis in (film.figure.axes[0].xaxis, film.figure.axes[0].yaxis):
        low, high = axis.get_view_interval()
        places = [it for it in axis.get_majorticklocs() if low <= it <= high]
        assert 2 <= len(places) <= 7
        between = f"{places[1] - places[0]:.6e}"
        assert between[0] in "125"
        assert not between.partition("e")[0][1:].strip(".0")


@pytest.mark.parametrize(
    ("limits", "panels"),
    [((2, 9), 3), ((0.01, 0.02), 6), ((0.01, 0.3), 3), ((1e-9, 1e3), 6), ((1e-5, 1e-4), 6)],
)
def test_those_of_logarithmic_axes_do_not_in_narrow_panels(limits: Range, panels: int) -> None:
    settings = [{"learning_rate": list(limits)}, {"momentum": [0.01, 0.9]}]
    scene = Scene.model_validate(
        {
            "objective": "x**2 + y**2",
            "start": [1.0, 1.0],
            "steps": 1,
            "optimizers": [{"name": "sgd", "learning_rate": 0.1}],
            "frames": {"size": [640, 180]},
            "panels": [{"kind": "map", "samples": 2, "over": settings, "scale": "log"}] * panels,
        }
    )
    film = compose(scene, simulate(scene))
    for axes in film.figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            boxes = [it.get_window_extent() for it in axis.get_majorticklabels() if it.get_text()]
            low, high = (axes.bbox.get_points() - TOUCHING)[:, 0]
            if axis is axes.xaxis:
                boxes = [it for it in boxes if low <= it.x0 + it.width / 2 <= high + 2 * TOUCHING]
                assert all(one.x1 < other.x0 for one, other in itertools.pairwise(boxes))
            assert boxes
