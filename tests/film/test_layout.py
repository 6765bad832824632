"""How panels share a picture: side by side where it is wide, and no part of it is empty."""

import pytest

from tests.film.films import RACE, a_film
from visualize.film.layout import rows_of


def lengths(count: int, shape: float) -> list[int]:
    return [len(row) for row in rows_of(count, shape)]


@pytest.mark.parametrize(
    ("count", "shape", "rows"),
    [
        (1, 16 / 9, [1]),
        (2, 16 / 9, [2]),
        (3, 16 / 9, [3]),
        (3, 1200 / 630, [3]),
        (4, 16 / 9, [2, 2]),
        (6, 16 / 9, [3, 3]),
        (9, 16 / 9, [3, 3, 3]),
        (3, 1.0, [2, 1]),
        (4, 1.0, [2, 2]),
        (2, 9 / 16, [1, 1]),
        (3, 9 / 16, [1, 1, 1]),
        (4, 6.0, [4]),
    ],
)
def test_rows_follow_the_shape_of_the_picture(count: int, shape: float, rows: list[int]) -> None:
    assert lengths(count, shape) == rows


@pytest.mark.parametrize("count", range(1, 13))
@pytest.mark.parametrize("shape", [0.3, 0.56, 1.0, 1.33, 1.78, 3.0])
def test_every_panel_has_its_place(count: int, shape: float) -> None:
    rows = rows_of(count, shape)
    assert [number for row in rows for number in row] == [*range(count)]


@pytest.mark.parametrize("count", [2, 3, 5, 7])
@pytest.mark.parametrize("size", [(640, 360), (400, 400)], ids=str)
def test_no_part_of_the_picture_is_empty(count: int, size: tuple[int, int]) -> None:
    film = a_film(size, optimizers=RACE[2:], panels=["values"] * count)
    boxes = [box for axes in film.figure.axes if (box := axes.get_tightbbox())]
    for x in range(size[0] // 20, size[0], size[0] // 10):
        assert any(box.x0 - 25 <= x <= box.x1 + 25 and box.y0 < size[1] * 0.3 for box in boxes), x


@pytest.mark.parametrize("panels", [["values", "state"], ["contour", "values", "values"]])
def test_two_films_of_a_scene_have_the_same_pictures(panels: list[str]) -> None:
    one, other = (a_film((640, 360), optimizers=RACE, panels=panels) for _ in range(2))
    assert (one.picture(5) == other.picture(5)).all()
