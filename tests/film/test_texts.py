"""Texts in a picture: large enough, inside of it, and none on another."""

import itertools
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.text import Text
from matplotlib.textpath import TextPath
from matplotlib.transforms import Bbox

from tests.film.films import RACE, a_film, ends_of
from tests.film.gallery import GALLERY, SHIPPED, film_of
from visualize import Film
from visualize.film.names import Name

SIZES = [(640, 360), (1280, 720), (1920, 1080), (1200, 630), (640, 640)]
PANELS: list[Any] = [
    {"kind": "contour", "filled": True},
    "values",
    {"kind": "state", "array": "effective_learning_rate"},
    {"kind": "values", "measure": "gradient_norm"},
]
SHAPES = [(size, panels) for at, size in enumerate(SIZES) for panels in ((1, 4), (2, 3))[at % 2]]
"""Pictures of all sizes, and of one panel to four, with as many as there are sizes of each."""
TOUCHING = 0.2
"""Part of its height by which the box of a text is larger than its letters, above and below."""


def visible_texts(figure: Figure) -> Iterator[Text]:
    """Yield the texts that are drawn, with letters in them."""
    hidden: set[Text] = set()
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            hidden |= set(axis.findobj(Text)) - set(drawn_with(axis))
    for text in figure.findobj(Text):
        if text.get_visible() and text.get_text().strip() and text not in hidden:
            yield text


def drawn_with(axis: Axis) -> Iterator[Text]:
    """Yield the numbers within the limits of an axis, and its name."""
    low, high = sorted(axis.get_view_interval())
    margin = 1e-9 * (high - low)
    for ticks in (axis.get_major_ticks(), axis.get_minor_ticks()):
        for tick in ticks:
            if low - margin <= tick.get_loc() <= high + margin:
                yield tick.label1
    yield from (axis.label, axis.offsetText)


def box_of(text: Text) -> Bbox:
    """Return where the letters of a text are, without the air above and below."""
    box = text.box() if isinstance(text, Name) else text.get_window_extent()
    air = TOUCHING * float(text.get_fontsize()) / 72 * 100
    upright = text.get_rotation() in {0, 180}
    wide, high = (0.0, air) if upright else (air, 0.0)
    return Bbox.from_extents(box.x0 + wide, box.y0 + high, box.x1 - wide, box.y1 - high)


def assert_all_have_their_place(film: Film) -> None:
    width, height = film.size
    for frame in ends_of(film):
        film.picture(frame)
        boxes = [(text.get_text(), box_of(text)) for text in visible_texts(film.figure)]
        for words, box in boxes:
            assert min(box.x0, box.y0) >= -1, f"'{words}' leaves the picture"
            assert box.x1 <= width + 1, f"'{words}' leaves the picture"
            assert box.y1 <= height + 1, f"'{words}' leaves the picture"
        for (words, one), (others, other) in itertools.combinations(boxes, 2):
            wide = min(one.x1, other.x1) - max(one.x0, other.x0)
            high = min(one.y1, other.y1) - max(one.y0, other.y0)
            assert min(wide, high) <= 1, f"'{words}' lies on '{others}' in frame {frame}"


@pytest.mark.parametrize("name", [*GALLERY, *SHIPPED[::2]])
def test_all_texts_have_their_place(name: str) -> None:
    assert_all_have_their_place(film_of(name, (640, 360)))


@cache
def with_panels(size: tuple[int, int], panels: int) -> Film:
    return a_film(size, title="A title", optimizers=RACE[2:], panels=PANELS[:panels])


@pytest.mark.parametrize(("size", "panels"), SHAPES, ids=str)
def test_they_have_it_in_pictures_of_all_shapes(size: tuple[int, int], panels: int) -> None:
    assert_all_have_their_place(with_panels(size, panels))


def high(letters: str, text: Text) -> float:
    """Return how many pixels high letters are where they are drawn as a text is."""
    size = float(text.get_fontsize())
    path = TextPath((0, 0), letters, size=size, prop=text.get_fontproperties())
    return float(path.get_extents().height * 100 / 72)


@pytest.mark.parametrize(("size", "panels"), SHAPES, ids=str)
def test_texts_are_large_enough_and_grow_with_the_picture(
    size: tuple[int, int], panels: int
) -> None:
    film = with_panels(size, panels)
    scale = max(min(size[0] / 1280, size[1] / 720), 0.5)
    number = film.figure.axes[0].xaxis.get_majorticklabels()[0]
    name = film.figure.axes[0].xaxis.label
    title = next(text for text in film.figure.texts if text.get_text() == "A title")
    assert high("0", number) == pytest.approx(18 * scale, rel=0.04)
    assert high("X", name) == pytest.approx(22 * scale, rel=0.04)
    assert high("T", title) == pytest.approx(30 * scale, rel=0.04)
    for legend in film.figure.legends:
        for text in legend.get_texts():
            assert text.get_fontsize() == name.get_fontsize()
    for axes in film.figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            for tick in axis.get_majorticklabels():
                assert tick.get_fontsize() == number.get_fontsize()


@pytest.mark.parametrize("size", [(320, 180), (399, 300), (160, 100), (200, 720)], ids=str)
@pytest.mark.parametrize("panels", [1, 2, 4])
def test_a_small_picture_has_a_title_alone(size: tuple[int, int], panels: int) -> None:
    film = a_film(size, title="A title", optimizers=RACE, panels=PANELS[1 : panels + 1])
    assert [text.get_text() for text in visible_texts(film.figure)] == ["A title"]
    assert not film.figure.legends
    assert_all_have_their_place(film)


def test_its_panels_take_nearly_all_of_it() -> None:
    film = a_film((320, 180), optimizers=RACE, panels=["contour"], title="")
    [axes] = film.figure.axes
    assert axes.get_position().width * axes.get_position().height > 0.75


@pytest.mark.parametrize("size", [(640, 360), (1280, 720), (2560, 1440)], ids=str)
def test_lines_and_heads_grow_with_the_picture(size: tuple[int, int]) -> None:
    film = a_film(size)
    heads = max(line.get_markersize() for line in film.draw(3) if isinstance(line, Line2D))
    assert heads / size[0] * 100 / 72 == pytest.approx(0.0138, rel=0.05)
