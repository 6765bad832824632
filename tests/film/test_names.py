"""Names at heads: each beside its own, inside, on no other, and never jumping."""

import io
import itertools
from functools import cache
from typing import Any

import numpy as np
import pytest
from matplotlib.transforms import Bbox
from numpy.typing import NDArray
from PIL import Image

from tests.film.films import LEAVING, LINE, RACE, a_film
from visualize import Film
from visualize.film.names import Name
from visualize.film.places import find_places

FIVE = [*RACE, {"name": "rmsprop", "learning_rate": 0.1, "label": "RMSprop"}]
CONVERGING: dict[str, Any] = {"optimizers": FIVE, "steps": 60}
SCENES: dict[str, dict[str, Any]] = {
    "a race": {"optimizers": RACE, "frames": {"frames_per_step": 4}},
    "five that converge": CONVERGING,
    "over steps": CONVERGING | {"panels": ["values", "state"]},
    "two panels": CONVERGING | {"panels": ["contour", "values"]},
    "a curve": LINE | {"optimizers": FIVE[2:], "steps": 40},
    "one leaves": {"optimizers": LEAVING, "steps": 20},
    "a long label": {
        "optimizers": [RACE[0] | {"label": "a label of eighty letters, " * 2}, RACE[3]],
        "legend": "ends",
    },
    "a formula": {"optimizers": [RACE[0] | {"label": "$\\eta^2$ Größe"}, RACE[3]]},
}


@cache
def film_of(kind: str, size: tuple[int, int] = (640, 360)) -> Film:
    return a_film(size, **SCENES[kind])


def names_in(film: Film) -> list[Name]:
    return film.figure.findobj(Name)


def boxes_at(film: Film, frame: int) -> list[tuple[Name, Bbox]]:
    film.draw(frame)
    canvas: Any = film.figure.canvas
    return [(name, name.box(canvas.get_renderer())) for name in names_in(film)]


def head_of(name: Name) -> NDArray[Any]:
    """Return where the head in a name's colour is, in the part of the axes that is seen."""
    axes: Any = name.axes
    head = next(
        line
        for line in axes.lines
        if line.get_marker() == "o"
        and line.get_linestyle() == "None"
        and line.get_color() == name.get_color()
    )
    pixels = axes.transData.transform(np.asarray(head.get_xydata())[0])
    inside: NDArray[Any] = np.clip(pixels, axes.bbox.min, axes.bbox.max)
    return inside


@pytest.mark.parametrize("kind", SCENES)
def test_names_stay_in_the_picture_and_off_each_other(kind: str) -> None:
    film = film_of(kind)
    film.picture(0)
    assert names_in(film)
    for frame in range(film.frames):
        boxes = boxes_at(film, frame)
        for name, box in boxes:
            assert 0 <= box.x0 <= box.x1 <= 640, name
            assert name.area().padded(1).contains(box.x0, box.y0), name
            assert name.area().padded(1).contains(box.x1, box.y1), name
        for (name, box), (other, its_box) in itertools.combinations(boxes, 2):
            if name.axes is other.axes:
                width = min(box.x1, its_box.x1) - max(box.x0, its_box.x0)
                height = min(box.y1, its_box.y1) - max(box.y0, its_box.y0)
                assert width <= 1 or height <= 0.3 * box.height, (frame, name, other)


@pytest.mark.parametrize("kind", SCENES)
def test_beside_heads_that_rest_a_name_does_not_jump(kind: str) -> None:
    film = film_of(kind)
    film.picture(0)
    every_head, before = [], None
    for frame in range(film.frames):
        boxes = [box for _, box in boxes_at(film, frame)]
        every_head.append([head_of(name) for name in names_in(film)])
        places = np.array([box.min for box in boxes])
        if before is not None:
            # A name may be 0.1 seconds late: three pictures.
            rests = np.ptp(every_head[-4:], axis=0).max() < 3
            jumps = np.abs(places - before).max(axis=1)
            assert not rests or (jumps <= 1.2 * boxes[0].height).all(), frame
        before = places


@pytest.mark.parametrize(
    ("kind", "size"),
    [
        *(("a race", size) for size in ((640, 360), (1920, 1080), (400, 225))),
        *(("five that converge", size) for size in ((640, 360), (400, 225))),
        ("over steps", (640, 360)),
    ],
    ids=str,
)
def test_in_the_end_no_name_lies_on_its_head_nor_far_off(kind: str, size: tuple[int, int]) -> None:
    film = film_of(kind, size)
    film.picture(0)
    for name, box in boxes_at(film, film.frames - 1):
        head = head_of(name)
        apart = head - np.clip(head, box.min, box.max)
        assert 0.2 * box.height < np.hypot(*apart) < 6 * box.height, name


def test_hardly_ever_does_a_name_lie_on_a_head() -> None:
    film = a_film((640, 360), optimizers=FIVE, steps=60, frames={"frames_per_step": 2})
    film.picture(0)
    covered = 0
    for frame in range(film.frames):
        boxes = boxes_at(film, frame)
        covered += sum(box.contains(*head_of(name)) for name, _ in boxes for _, box in boxes)
    assert covered < 0.08 * film.frames * len(FIVE)


@pytest.mark.parametrize("dpi", [100, 250])
def test_a_line_leads_to_a_head_that_is_far_off_and_is_as_wide_at_every_resolution(
    dpi: int,
) -> None:
    film = a_film((640, 360), optimizers=FIVE, steps=4, title="All begin in one place")
    name = names_in(film)[0]
    inside = name.axes.transAxes.inverted()  # type: ignore[union-attr]  # it has axes
    head = head_of(name)
    ways = inside.transform([head - np.array([0, 120]), head])[np.newaxis]
    widths = []
    for leads in (False, True):
        name.settle(np.zeros(1), ways, np.array([leads]))
        content = io.BytesIO()
        film.figure.savefig(content, dpi=dpi)
        content.seek(0)
        picture = np.asarray(Image.open(content).convert("RGB")).astype(int)
        row = picture.shape[0] - int((head[1] - 60) * dpi / 100)
        color = [int(str(name.get_color())[at : at + 2], 16) for at in (1, 3, 5)]
        near = slice(int((head[0] - 8) * dpi / 100), int((head[0] + 8) * dpi / 100))
        widths.append((np.abs(picture[row, near] - color).max(axis=1) < 120).sum() / dpi * 100)
    assert 0.5 < widths[1] - widths[0] < 3


def test_the_same_frame_has_the_same_names_whatever_was_drawn_before() -> None:
    film = a_film((640, 360), **CONVERGING)
    pictures = [film.picture(frame) for frame in (0, 30, 60)]
    for frame, picture in zip((60, 30, 0), reversed(pictures), strict=True):
        np.testing.assert_array_equal(film.picture(frame), picture)


@pytest.mark.parametrize(
    ("settings", "stand_at_heads", "in_legend"),
    [
        ({"optimizers": RACE, "legend": "ends"}, True, False),
        ({"optimizers": RACE}, True, False),
        ({"optimizers": RACE, "legend": "top"}, False, True),
        ({"title": "A bowl"}, True, False),
        ({"title": "A sgdescent"}, True, False),
        ({"title": "Sgd, once more"}, False, False),
        ({"optimizers": RACE, "font_size": 40}, False, True),
        ({"optimizers": RACE, "legend": "none"}, False, False),
        ({"optimizers": [*FIVE, RACE[0] | {"label": "sixth"}]}, False, True),
        ({"optimizers": [*FIVE, RACE[0] | {"label": "sixth"}], "legend": "ends"}, False, True),
        ({"optimizers": RACE, "start": [[-7, 2], [3, 1]], "legend": "ends"}, False, True),
        ({}, False, False),
    ],
)
def test_runs_have_their_names_once(
    settings: dict[str, Any], stand_at_heads: bool, in_legend: bool
) -> None:
    film = a_film((640, 360), **settings)
    named = [text.get_text() for legend in film.figure.legends for text in legend.get_texts()]
    assert bool(names_in(film)) == stand_at_heads
    assert bool(set(named) - {"minimum"}) == in_legend


def test_a_small_picture_has_no_names_at_heads() -> None:
    assert not names_in(a_film((320, 180), optimizers=RACE))


def test_every_colour_is_seen_in_the_first_picture() -> None:
    film = a_film((640, 360), optimizers=FIVE)
    first = film.picture(0).reshape(-1, 3)
    for name in names_in(film):
        color = [int(str(name.get_color())[at : at + 2], 16) for at in (1, 3, 5)]
        assert (np.abs(first - np.array(color)).max(axis=1) < 3).sum() > 10, name


def test_names_are_texts_in_a_vector_graphic() -> None:
    content = io.StringIO()
    a_film((640, 360), optimizers=RACE).figure.savefig(content, format="svg")
    for label in ("plain", "momentum", "adagrad", "adam"):
        assert f"<!-- {label} -->" in content.getvalue()


def places_of(heads: NDArray[np.float64], **settings: Any) -> NDArray[np.float64]:
    """Return where names of 40 by 10 pixels stand in a picture of 300 by 300."""
    given: dict[str, Any] = {
        "stays": np.ones(len(heads)),
        "changes": np.ones(len(heads), dtype=bool),
        "sizes": np.array([[40.0, 10]] * heads.shape[1]),
        "area": Bbox([[0, 0], [300, 300]]),
        "away": 8,
        "marks": np.zeros((0, 2)),
        "nearby": np.zeros((len(heads), 0, 2)),
        "glide": 4,
    }
    return find_places(heads, **(given | settings))


def test_names_of_heads_in_one_place_stand_below_each_other_and_rest() -> None:
    places = places_of(np.full((50, 3, 2), 100.0))
    assert (np.diff(np.sort(places[0, :, 1])) > 10).all()
    np.testing.assert_array_equal(places, places[:1].repeat(50, axis=0))


def test_a_name_goes_to_the_side_where_nothing_is() -> None:
    heads = np.full((50, 1, 2), 100.0)
    beside = places_of(heads)[0, 0]
    assert beside[0] > 120
    assert beside[1] == 100
    assert places_of(heads, marks=beside[np.newaxis])[0, 0].tolist() != beside.tolist()


def test_a_name_stays_where_its_head_is_until_it_is_some_way_off() -> None:
    heads = np.zeros((100, 1, 2)) + 100
    heads[:, 0, 0] += np.arange(100) / 10
    moves = np.abs(np.diff(places_of(heads)[:, 0], axis=0)).max(axis=1)
    assert 0 < np.count_nonzero(moves) <= 2


def test_names_move_only_when_they_may() -> None:
    heads = np.linspace(20.0, 260, 60)[:, np.newaxis, np.newaxis].repeat(2, axis=2)
    changes = np.arange(60) % 5 == 0
    moves = np.abs(np.diff(places_of(heads, changes=changes)[:, 0], axis=0)).max(axis=1)
    assert not moves[~changes[1:]].any()
    assert moves[changes[1:]].all()


@pytest.mark.parametrize(("size", "panels"), [((480, 270), 3), ((640, 360), 1), ((640, 360), 3)])
@pytest.mark.parametrize("label", ["momentum", "RMSProp with Nesterov", "ExponentialMovingAverage"])
def test_no_word_of_a_name_is_broken(label: str, panels: int, size: tuple[int, int]) -> None:
    optimizers = [RACE[0], RACE[1] | {"label": label}]
    film = a_film(size, optimizers=optimizers, steps=2, panels=["values"] * panels)
    names = [name.get_text().split() for name in names_in(film)]
    legends = [text.get_text().split() for it in film.figure.legends for text in it.get_texts()]
    assert label.split() in [*names, *legends]
