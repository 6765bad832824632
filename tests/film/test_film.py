"""Films: the right pixels, whoever draws them, and files that are whole or not there."""

import base64
import dataclasses
import gc
import inspect
import io
import itertools
import math
import re
import resource
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any

import matplotlib
import numpy as np
import pytest
from matplotlib.animation import FuncAnimation, PillowWriter
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.transforms import Bbox
from numpy.typing import NDArray
from PIL import Image

from tests.conftest import SCENES, shrunk
from visualize import Film, OutputError, Scene, compose, read_scene, save, simulate
from visualize.film.fingerprint import fingerprint, is_current
from visualize.formats._pixels import touched
from visualize.formats.format import FORMATS, ManyFiles, writer_for
from visualize.scene.frames import Frames

STILLS = [name for name in FORMATS.names() if hasattr(FORMATS.load(name), "still")]
ANIMATED = [name for name in FORMATS.names() if name not in STILLS]
FILES = [name for name in FORMATS.names() if not isinstance(writer_for(name), ManyFiles)]

BOWL: dict[str, Any] = {
    "objective": "x**2/20 + y**2",
    "start": [-7, 2],
    "steps": 8,
    "optimizers": [{"name": "sgd", "learning_rate": 0.9}],
}
RACE = [
    {"name": "sgd", "learning_rate": 0.9, "label": "plain"},
    {"name": "sgd", "learning_rate": 0.1, "momentum": 0.9, "label": "momentum"},
    {"name": "adagrad", "learning_rate": 1.5},
    {"name": "adam", "learning_rate": 0.3},
]
LINE: dict[str, Any] = {
    "objective": "x - x**3",
    "start": -1,
    "optimizers": [{"name": "sgd", "learning_rate": 0.1}],
}
LEAVING = [{"name": "sgd", "learning_rate": 1e150}, {"name": "adagrad", "learning_rate": 1.0}]
NOT_EVERYWHERE = "log(x) + y**2 - 5*exp(-(x - 3)**2)"

KINDS: dict[str, dict[str, Any]] = {
    "contour lines": {},
    "filled contours": {"panels": [{"kind": "contour", "filled": True}]},
    "a curve": LINE,
    "a curve with limits": LINE | {"panels": [{"kind": "curve", "limits": [[-2, 2], [-2, 2]]}]},
    "values": {"panels": ["values"]},
    "three panels": {"panels": ["contour", "values", {"kind": "contour", "filled": True}]},
    "a legend": {"optimizers": RACE, "panels": ["contour", "values"]},
    "divergence": {"optimizers": LEAVING},
    "the dark theme": {"optimizers": RACE, "theme": "dark"},
    "several starts": {"start": [[-7, 2], [-6, -2], [5, 1]]},
    "many starts": {
        "objective": "himmelblau",
        "start": {"grid": [6, 5]},
        "optimizers": [{"name": "adam", "learning_rate": 0.3}],
    },
    "smooth motion": {"frames": {"frames_per_step": 3}},
    "fast motion": {"frames": {"steps_per_frame": 3}},
    "markers": {"panels": [{"kind": "contour", "marker": "+", "aspect": "equal"}]},
    "holes": {"objective": NOT_EVERYWHERE, "start": [4, 1]},
    "three variables": {"objective": "x**2 + y**2 + z**4", "start": [1, 2, 1]},
}


def a_scene(size: tuple[int, int] = (160, 100), **settings: Any) -> Scene:
    """Return a scene on a bowl, unless the settings say otherwise."""
    frames = {"size": list(size), **settings.pop("frames", {})}
    return Scene.model_validate(BOWL | settings | {"frames": frames})


def film_of(scene: Scene) -> Film:
    return compose(scene, simulate(scene))


def a_film(size: tuple[int, int] = (160, 100), **settings: Any) -> Film:
    return film_of(a_scene(size, **settings))


@cache
def shared_film(kind: str) -> Film:
    """Return a film that many tests draw; drawing changes nothing that another would see."""
    return a_film(**KINDS[kind])


def savefig(film: Film) -> NDArray[np.uint8]:
    """Return the pixels that matplotlib itself, with its own settings, makes of the figure."""
    content = io.BytesIO()
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        film.figure.savefig(content, format="raw")
    width, height = film.figure.canvas.get_width_height()
    return np.frombuffer(content.getvalue(), np.uint8).reshape(height, width, 4)


def ends_of(film: Film) -> list[int]:
    return sorted({0, film.frames // 2, film.frames - 1})


# The pixels


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_is_what_savefig_makes_of_the_same_artists(kind: str) -> None:
    film = shared_film(kind)
    for frame in ends_of(film):
        picture = film.picture(frame)
        expected = savefig(film)
        assert (expected[..., 3] == 255).all()
        np.testing.assert_array_equal(picture, expected[..., :3])


def a_long_film(steps: int) -> Film:
    return a_film(
        steps=steps,
        noise={"standard_deviation": 3},
        optimizers=[*RACE, {"name": "sgd", "learning_rate": 0.5, "label": "last"}],
        panels=["contour", "values", "state"],
        frames={"size": [480, 300]},
    )


def test_a_long_trail_is_what_savefig_makes_of_it_in_any_order() -> None:
    film = a_long_film(200)
    for frame in [0, 64, 65, 66, 67, 130, 200, 200, 21, 129, 200]:
        picture = film.picture(frame)
        np.testing.assert_array_equal(picture, savefig(film)[..., :3], err_msg=f"frame {frame}")
    fresh = a_long_film(200)
    for frame in [70, 71, 72, 73, 140, 141, 142, 10, 11, 12]:  # nothing is saved in between
        picture = film.picture(frame)
        fresh.picture(0)
        fresh.figure.savefig(io.BytesIO())
        np.testing.assert_array_equal(picture, fresh.picture(frame), err_msg=f"frame {frame}")


def test_outside_of_what_was_touched_a_picture_is_as_the_one_before() -> None:
    film = a_film(steps=150, optimizers=[{"name": "sgd", "learning_rate": 0.9}])
    before, boxes = film.picture(0), set()
    for frame in [1, 2, 3, 70, 71, 72, 30, 31, 31, 149, 0, 1]:
        now = film.picture(frame)
        box: Any = touched(film.figure)
        boxes.add(box is None)
        outside = np.ones(now.shape[:2], dtype=bool)
        outside[box or ()] = False
        np.testing.assert_array_equal(now[outside], before[outside], err_msg=f"frame {frame}")
        before = now
    assert False in boxes


def test_what_was_touched_is_all_since_it_was_asked_last() -> None:
    film = a_film()
    before = film.picture(0)
    assert touched(film.figure) is None, "nothing is known of what was before the first"
    for frame in (1, 2, 2):
        film.picture(frame)
    box: Any = touched(film.figure)
    outside = np.ones(before.shape[:2], dtype=bool)
    outside[box] = False
    assert ((film.picture(2) != before).any(axis=-1) & outside).sum() == 0
    assert (film.picture(2) != before).any()


@pytest.mark.parametrize("name", ["gif", "apng", "mp4"])
def test_somebody_may_look_at_pictures_while_the_film_is_saved(name: str, tmp_path: Path) -> None:
    film = a_film()
    alone = save(film, tmp_path / f"alone.{name}").read_bytes()
    watched = save(film, tmp_path / f"film.{name}", progress=lambda *_: film.picture(3))
    assert watched.read_bytes() == alone


@pytest.mark.parametrize("more", [{"dpi": 200}, {"dpi": 50}, {"bbox_inches": "tight"}], ids=str)
def test_the_figure_may_be_saved_in_another_size_in_between(more: dict[str, Any]) -> None:
    film = a_film()
    before = film.picture(3)
    film.figure.savefig(io.BytesIO(), **more)
    np.testing.assert_array_equal(film.picture(3), before)


def test_an_interrupt_while_it_is_drawn_first_leaves_the_film_as_it_was(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    expected = a_film().picture(3)
    film = a_film()

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Figure, "draw", interrupt)
        with pytest.raises(KeyboardInterrupt):
            film.picture(0)
    np.testing.assert_array_equal(film.picture(3), expected)


@pytest.mark.parametrize("size", [(31, 48), (80, 60), (16, 16)], ids=str)
def test_letters_larger_than_the_picture_are_drawn_too(size: tuple[int, int]) -> None:
    assert a_film(size, font_size=40).picture(0).shape == (size[1], size[0], 3)


def test_axes_of_equal_scales_leave_the_title_its_room() -> None:
    limits = [[-1, 1], [-12, 12]]
    film = a_film(
        (640, 360),
        title="A long and narrow valley",
        panels=[{"kind": "contour", "aspect": "equal", "limits": limits}],
    )
    assert "\n" not in film.figure.texts[1].get_text() + film.figure.texts[0].get_text()


@pytest.mark.parametrize("font_size", [4, 60, 200])
@pytest.mark.parametrize("marker", ["none", "+", "o"])
def test_thick_and_thin_lines_leave_nothing_behind(font_size: float, marker: str) -> None:
    def made() -> Film:
        return a_film(
            steps=70,
            optimizers=[{"name": "sgd", "learning_rate": 0.9}],
            panels=[{"kind": "contour", "marker": marker}],
            counter=False,
            title="",
            font_size=font_size,
            frames={"size": [450, 300]},
        )

    film, other = made(), made()
    for frame in [0, 1, 2, 3, 64, 65, 66, 67, 70, 5, 6]:
        other.figure.savefig(io.BytesIO())  # then all is drawn anew
        np.testing.assert_array_equal(film.picture(frame), other.picture(frame), f"frame {frame}")


def test_a_trail_of_very_many_rows_is_not_very_many_lines() -> None:
    film = a_film(steps=50_000, frames={"steps_per_frame": 10_000})
    assert len(film.draw(0)) < 150
    np.testing.assert_array_equal(film.picture(3), savefig(film)[..., :3])


def test_late_pictures_of_a_long_film_are_no_more_work_than_early_ones(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    points: list[int] = []
    draw = Line2D.draw

    def counting(self: Line2D, *arguments: Any, **more: Any) -> None:
        if self.get_visible():
            points.append(len(self.get_xdata()))  # type: ignore[arg-type]  # an array
        draw(self, *arguments, **more)

    film = a_film(steps=1000, optimizers=RACE, panels=["contour", "values"])
    monkeypatch.setattr(Line2D, "draw", counting)
    most = {}
    for late in (100, 900):
        for frame in range(late - 10, late):
            film.picture(frame)
        points.clear()
        film.picture(late)
        most[late] = sum(points)
    assert most[900] <= 1.2 * most[100]


def test_a_picture_without_change_is_not_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    film = a_film(steps=3, frames={"count": 20})
    drawn: list[Artist] = []
    monkeypatch.setattr(Line2D, "draw", lambda self, *_: drawn.append(self))
    for frame in range(5, 20):
        film.picture(frame)
        if frame == 5:
            drawn.clear()
    assert drawn == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_frame_is_the_same_picture_whatever_was_drawn_before(kind: str) -> None:
    film = shared_film(kind)
    order = ends_of(film)
    first = {frame: film.picture(frame) for frame in order}
    for frame in [*reversed(order), *order, order[-1], order[0], order[0]]:
        np.testing.assert_array_equal(film.picture(frame), first[frame])
    another = a_film(**KINDS[kind])  # which has drawn nothing else
    np.testing.assert_array_equal(another.picture(order[-1]), first[order[-1]])


def test_pictures_differ_where_something_moves() -> None:
    film = a_film()
    assert (film.picture(0) != film.picture(1)).any()


def test_a_picture_is_the_callers_own() -> None:
    film = a_film()
    picture = film.picture(0)
    before = picture.copy()
    film.picture(3)
    np.testing.assert_array_equal(picture, before)
    picture[...] = 0
    np.testing.assert_array_equal(film.picture(0), before)


@pytest.mark.parametrize(
    "size",
    [(16, 16), (29, 57), (57, 29), (113, 16), (99, 101), (115, 58), (1366, 17), (17, 1366)],
    ids=str,
)
def test_a_picture_has_exactly_the_size_asked_for(size: tuple[int, int]) -> None:
    picture = a_film(size).picture(0)
    assert picture.shape == (size[1], size[0], 3)
    assert picture.dtype == np.uint8


def test_every_width_gives_pictures_of_exactly_that_width() -> None:
    for width in range(20, 400, 41):
        film = a_film((width, 16), panels=["values"])
        assert film.figure.canvas.get_width_height() == (width, 16)


def test_the_largest_sides_are_drawn() -> None:
    assert a_film((8192, 16)).picture(0).shape == (16, 8192, 3)


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_artists_move_in_every_frame(kind: str) -> None:
    film = shared_film(kind)
    first = film.draw(0)
    assert first
    for frame in ends_of(film):
        again = film.draw(frame)
        assert [id(artist) for artist in again] == [id(artist) for artist in first]


# What is shown


def lines_of(artists: list[Artist]) -> list[NDArray[np.float64]]:
    return [
        np.array(artist.get_data(), dtype=float).T
        for artist in artists
        if isinstance(artist, Line2D)
    ]


def heads_of(film: Film, frame: int) -> list[NDArray[np.float64]]:
    """Return the places of the markers that show where the runs are."""
    heads = [
        artist
        for artist in film.draw(frame)
        if isinstance(artist, Line2D) and artist.get_linestyle() == "None"
    ]
    return lines_of(list(heads))


@pytest.mark.parametrize("per_step", [1, 3])
def test_the_first_frame_shows_the_start_and_the_last_one_the_end(per_step: int) -> None:
    scene = a_scene(frames={"frames_per_step": per_step})
    history = simulate(scene)
    film = compose(scene, history)
    assert film.frames == scene.steps * per_step + 1
    points = history["sgd"].points
    np.testing.assert_array_equal(heads_of(film, 0)[0], points[0])
    np.testing.assert_array_equal(heads_of(film, film.frames - 1)[0], points[-1])


def test_the_trail_is_where_the_run_has_been() -> None:
    scene = a_scene()
    history = simulate(scene)
    film = compose(scene, history)
    trail = lines_of(film.draw(5))[0]
    been = history["sgd"].points[:6, 0]
    np.testing.assert_array_equal(np.unique(trail, axis=0), np.unique(been, axis=0))


def test_a_curve_shows_the_point_on_the_graph() -> None:
    scene = a_scene(**LINE)
    history = simulate(scene)
    film = compose(scene, history)
    for frame in ends_of(film):
        x = history["sgd"].points[frame, 0, 0]
        np.testing.assert_array_equal(heads_of(film, frame)[0], [[x, x - x**3]])


def test_between_two_steps_the_point_lies_between_them() -> None:
    scene = a_scene(frames={"frames_per_step": 4})
    points = simulate(scene)["sgd"].points
    film = film_of(scene)
    expected = points[2] + 0.75 * (points[3] - points[2])
    np.testing.assert_allclose(heads_of(film, 11)[0], expected, rtol=1e-14)


def test_steps_per_frame_leaves_rows_out_and_stays_at_the_end() -> None:
    scene = a_scene(frames={"steps_per_frame": 3, "count": 6})
    points = simulate(scene)["sgd"].points
    film = film_of(scene)
    for frame, row in enumerate([0, 3, 6, 8, 8, 8]):
        np.testing.assert_array_equal(heads_of(film, frame)[0], points[row])


def test_a_leap_over_the_end_of_the_history_shows_the_end() -> None:
    scene = a_scene(frames={"steps_per_frame": 3})
    film = film_of(scene)
    points = simulate(scene)["sgd"].points
    np.testing.assert_array_equal(heads_of(film, film.frames - 1)[0], points[-1])


@pytest.mark.parametrize(
    ("frame", "words"), [(0, "step 0"), (3, "step 0"), (4, "step 1"), (32, "step 8")]
)
def test_the_counter_tells_the_step(frame: int, words: str) -> None:
    film = a_film(frames={"frames_per_step": 4})
    film.draw(frame)
    assert words in texts_of(film)


def test_the_counter_can_be_left_out() -> None:
    film = a_film(counter=False)
    film.draw(3)
    assert not [text for text in texts_of(film) if text.startswith("step")]


def texts_of(film: Film) -> list[str]:
    return [text.get_text() for text in film.figure.texts]


def test_a_run_that_diverged_is_told_from_its_step_on() -> None:
    scene = a_scene(optimizers=LEAVING)
    step = simulate(scene)["sgd"].diverged_at[0]
    assert step is not None
    film = film_of(scene)
    for frame in range(film.frames):
        film.draw(frame)
        told = [text for text in texts_of(film) if f"sgd diverged at step {step}" in text]
        assert bool(told) == (frame >= step)


def test_the_notice_of_divergence_is_seen() -> None:
    scene = a_scene((320, 200), optimizers=LEAVING)
    step = simulate(scene)["sgd"].diverged_at[0]
    assert step is not None
    film = film_of(scene)
    foot = film.picture(step)[-24:]
    assert (foot != film.picture(step - 1)[-24:]).any()


def test_a_film_that_ends_before_a_run_diverges_says_nothing_of_it() -> None:
    scene = a_scene(optimizers=LEAVING, frames={"count": 1})
    film = film_of(scene)
    film.draw(0)
    assert not [text for text in texts_of(film) if "diverged" in text]


@pytest.mark.parametrize(
    ("settings", "title"),
    [
        ({}, "sgd on x²/20 + y²"),
        (LINE, "sgd on x \N{MINUS SIGN} x³"),
        ({"objective": "x**12 + y*x"}, "sgd on x¹² + y·x"),
        ({"objective": "2*x**2 + 0.5*(x + y)**4"}, "sgd on 2x² + 0.5(x + y)⁴"),
        ({"objective": "elongated_bowl"}, "sgd on elongated bowl"),
        ({"optimizers": RACE}, "x²/20 + y²"),
        ({"optimizers": RACE[1:3]}, "momentum, adagrad on x²/20 + y²"),
        ({"title": "Mine"}, "Mine"),
        ({"title": ""}, ""),
    ],
)
def test_the_title_is_the_scenes_or_says_who_runs_on_what(
    settings: dict[str, Any], title: str
) -> None:
    assert title in texts_of(a_film((640, 360), **settings))


@pytest.mark.parametrize("power", ["x**0.5", "2**x", "x**(1/3)", "x**-2", "2*x**2**3", "x**x"])
def test_a_power_in_the_default_title_never_looks_like_a_product(power: str) -> None:
    film = a_film(objective=power, start=1.0, steps=1)
    assert not [text for text in texts_of(film) if "··" in text]


@pytest.mark.parametrize("words", [r"a $\nosuchcommand$ b", "$x^$", r"$\frac{1$"])
@pytest.mark.parametrize("place", ["title", "label"])
def test_a_dollar_sign_never_ends_in_a_traceback(words: str, place: str) -> None:
    if place == "title":
        film = a_film(title=words)
    else:
        film = a_film(optimizers=[RACE[0] | {"label": words}, RACE[3]])
    assert film.picture(0).any()


@pytest.mark.parametrize("place", ["title", "label"])
def test_letters_that_no_font_has_are_told_and_warn_nobody(place: str, tmp_path: Path) -> None:
    words = "Old \U00010380"  # Ugaritic
    if place == "title":
        film = a_film(title=words)
    else:
        film = a_film(optimizers=[RACE[0] | {"label": words}, RACE[3]])
    film.picture(0)
    save(film, tmp_path / "film.gif")
    assert [remark for remark in film.remarks if "\U00010380" in remark]


@pytest.mark.parametrize("kind", KINDS)
def test_of_an_ordinary_film_there_is_nothing_to_remark(kind: str) -> None:
    assert shared_film(kind).remarks == ()


# What has to fit


LONG_TITLE = "A long title that tells of everything there is to be told about this animation " * 3
LONG_WORD = "(1.5-x+x*y)**2+(2.25-x+x*y**2)**2+(2.625-x+x*y**3)**2"
LONG_LEGEND = [
    {"name": "sgd", "learning_rate": 0.1, "label": f"Stochastic gradient descent {number}"}
    for number in range(8)
]
SIZES = [(1280, 720), (640, 360), (320, 200)]
CROWDED: dict[str, dict[str, Any]] = {
    "a long title": {"title": LONG_TITLE},
    "a long word": {"title": "W" * 60},
    "a long formula": {"objective": LONG_WORD, "start": [1, 1]},
    "a long legend": {"optimizers": LONG_LEGEND},
    "both": {"title": LONG_TITLE, "optimizers": LONG_LEGEND, "panels": ["contour", "values"]},
    "divergence": {"title": LONG_TITLE, "optimizers": LEAVING},
    "large steps": {"steps": 2000, "title": LONG_TITLE, "frames": {"steps_per_frame": 1000}},
    "an ordinary race": {"optimizers": RACE, "panels": ["contour", "values"], "title": "A race"},
}


@cache
def boxes_of(kind: str, size: tuple[int, int]) -> dict[str, Bbox]:
    """Return where everything stands that must not touch another thing, in pixels."""
    film = a_film(size, **CROWDED[kind])
    film.draw(film.frames - 1)
    figure = film.figure
    texts = {f"text '{text.get_text()[:20]}'": text for text in figure.texts if text.get_text()}
    boxes = {name: text.get_window_extent() for name, text in texts.items()}
    boxes |= {f"legend {i}": it.get_window_extent() for i, it in enumerate(figure.legends)}
    for index, axes in enumerate(figure.axes):
        box = axes.get_tightbbox()
        assert box is not None
        boxes[f"axes {index}"] = box
    return boxes


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("kind", CROWDED)
def test_everything_stays_inside_the_picture(kind: str, size: tuple[int, int]) -> None:
    for name, box in boxes_of(kind, size).items():
        assert min(box.x0, box.y0) >= -1, f"{name} reaches out: {box}"
        assert box.x1 <= size[0] + 1, f"{name} reaches out: {box}"
        assert box.y1 <= size[1] + 1, f"{name} reaches out: {box}"


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("kind", CROWDED)
def test_nothing_lies_on_anything_else(kind: str, size: tuple[int, int]) -> None:
    for (name, box), (other, with_other) in itertools.combinations(boxes_of(kind, size).items(), 2):
        width = min(box.x1, with_other.x1) - max(box.x0, with_other.x0)
        height = min(box.y1, with_other.y1) - max(box.y0, with_other.y0)
        assert width <= 1 or height <= 1, f"{name} lies on {other} by {width:.0f} x {height:.0f}"


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize(
    "settings", [CROWDED["an ordinary race"], {}, LINE], ids=["a race", "a bowl", "a curve"]
)
def test_the_panels_get_most_of_the_picture(
    settings: dict[str, Any], size: tuple[int, int]
) -> None:
    film = a_film(size, **settings)
    share = sum(axes.get_position().width * axes.get_position().height for axes in film.figure.axes)
    assert share > 0.5


def test_all_panels_of_a_full_picture_have_room() -> None:
    film = a_film((1280, 720), panels=["contour", "values"] * 4 + ["contour"])
    assert all(axes.get_position().width > 0.15 for axes in film.figure.axes)


# Extremes


FAR: dict[str, dict[str, Any]] = {
    "in one variable": {"objective": "abs(x)", "start": 1e308},
    "in two": {"objective": "abs(x)/2 + abs(y)/2", "start": [1e308, -1e307]},
    "among others": {
        "objective": "abs(x)/2 + abs(y)/2",
        "start": [1, 1],
        "optimizers": [{"name": "sgd", "learning_rate": rate} for rate in (1e306, 0.1)],
    },
    "by a power": {"objective": "2*x**8", "start": 1.0},
    "by a square": {
        "objective": "x**2",
        "start": 1.0,
        "steps": 3000,
        "optimizers": [{"name": "sgd", "learning_rate": 1.1}],
        "frames": {"steps_per_frame": 300},
    },
    "at once": {"objective": "exp(x) + y**2", "start": [300, 1]},
}


@pytest.mark.parametrize(
    "panels", [{}, {"panels": ["values"]}, {"panels": [{"kind": "values", "scale": "linear"}]}]
)
@pytest.mark.parametrize("settings", FAR.values(), ids=FAR)
def test_points_that_go_very_far_are_drawn_without_warnings(
    settings: dict[str, Any], panels: dict[str, Any]
) -> None:
    scene = a_scene(**settings, **panels)
    film = film_of(scene)
    for frame in ends_of(film):
        film.picture(frame)
    for axes in film.figure.axes:
        assert np.isfinite([*axes.get_xlim(), *axes.get_ylim()]).all()


@pytest.mark.parametrize("settings", [{"steps": 0}, {"frames": {"count": 1}}], ids=str)
@pytest.mark.parametrize("variables", [{}, LINE, {"panels": ["values"]}], ids=str)
def test_no_steps_or_one_frame_is_a_still(
    settings: dict[str, Any], variables: dict[str, Any], tmp_path: Path
) -> None:
    film = a_film(**variables, **settings)
    assert film.frames == 1
    assert film.picture(0).any()
    for name in FORMATS.names():
        assert save(film, tmp_path / f"still.{name}").stat().st_size > 0
    with Image.open(tmp_path / "still.gif") as image:
        assert getattr(image, "n_frames", 1) == 1


@pytest.mark.parametrize("name", FORMATS.names())
@pytest.mark.parametrize("file", SCENES, ids=lambda file: file.stem)
def test_every_scene_that_comes_along_is_rendered(file: Path, name: str, tmp_path: Path) -> None:
    film = film_of(shrunk(read_scene(file)))
    path = save(film, tmp_path / f"film.{name}")
    assert all(len(file) > 100 and film.fingerprint.encode() in file for file in content(path))


# matplotlib's own way


def test_matplotlibs_own_writer_saves_the_animation(tmp_path: Path) -> None:
    film = a_film()
    animation = film.animation()
    assert isinstance(animation, FuncAnimation)
    animation.save(str(tmp_path / "film.gif"), writer=PillowWriter(fps=20))
    with Image.open(tmp_path / "film.gif") as image:
        assert image.size == (160, 100)
        assert getattr(image, "n_frames", 1) == film.frames
        for frame in ends_of(film):
            image.seek(frame)
            shown = np.asarray(image.convert("RGB"), dtype=int)
            # Its palettes are its own: most pixels are nearly right, and all are in place.
            assert np.mean(abs(shown - film.picture(frame))) < 3


def test_the_animation_has_the_films_timing() -> None:
    film = a_film(frames={"interval": 33.3, "loop": 1})
    assert film.interval == pytest.approx(33.3)
    once, always = film.animation(), a_film().animation()
    for animation in (once, always):
        animation.pause()
        vars(animation)["_draw_was_started"] = True  # they are not to be rendered
    assert not vars(once)["_repeat"]
    assert vars(always)["_repeat"]


def test_a_film_saved_twice_is_the_same_file(tmp_path: Path) -> None:
    film = a_film(optimizers=RACE)
    for name in FORMATS.names():
        first = content(save(film, tmp_path / f"first.{name}"))
        film.picture(3)
        assert content(save(film, tmp_path / f"second.{name}")) == first
        assert content(save(a_film(optimizers=RACE), tmp_path / f"third.{name}")) == first


# The cost


@pytest.mark.parametrize("name", FORMATS.names())
def test_memory_does_not_grow_with_the_number_of_frames(name: str, tmp_path: Path) -> None:
    def peak(frames: int) -> int:
        film = a_film((240, 150), steps=60, panels=["values"], frames={"count": frames})
        film.picture(0)
        tracemalloc.start()
        try:
            save(film, tmp_path / f"film.{name}")
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(2)  # whatever is loaded and cached once
    few, many = peak(10), peak(60)
    picture = 240 * 150 * 4
    assert many - few < 4 * picture


@pytest.mark.parametrize("name", ANIMATED)
def test_pictures_are_let_go_as_they_are_written(name: str, tmp_path: Path) -> None:
    alive: dict[int, int] = {}

    def count(done: int, _total: int) -> None:
        if done in {5, 30}:
            alive[done] = sum(isinstance(it, Image.Image) for it in gc.get_objects())

    save(a_film(steps=30, panels=["values"]), tmp_path / f"film.{name}", progress=count)
    assert alive[30] <= alive[5] + 2


@pytest.mark.parametrize("name", FORMATS.names())
def test_what_stands_still_is_drawn_once(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[Axes] = []
    draw = Axes.draw

    def counting(self: Axes, *arguments: Any, **more: Any) -> None:
        drawn.append(self)
        draw(self, *arguments, **more)

    monkeypatch.setattr(Axes, "draw", counting)
    film = a_film(optimizers=RACE, panels=["contour", "values"])
    drawn.clear()
    save(film, tmp_path / f"film.{name}")
    assert len(drawn) == 2
    film.picture(2)
    save(film, tmp_path / f"again.{name}")
    assert len(drawn) == 2


@pytest.mark.parametrize("name", FORMATS.names())
def test_progress_counts_every_picture_up_to_the_last(name: str, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    film = a_film()
    save(film, tmp_path / f"film.{name}", progress=lambda *pair: told.append(pair))
    done = [count for count, _ in told]
    pictures = 1 if name in STILLS else film.frames
    assert {total for _, total in told} == {pictures}
    assert done == sorted(done)
    assert done[-1] == pictures


# The user's own settings of matplotlib


RC_GROUPS: dict[str, dict[str, Any]] = {
    "text": {
        "font.size": 31,
        "font.family": ["serif"],
        "text.color": "red",
        "text.antialiased": False,
        "axes.unicode_minus": False,
        "xtick.labelsize": 3,
    },
    "drawing": {
        "path.simplify": False,
        "lines.antialiased": False,
        "agg.path.chunksize": 10,
        "path.sketch": (3, 10, 1),
        "contour.negative_linestyle": "dotted",
        "image.cmap": "gray",
    },
    "axes": {
        "axes.facecolor": "red",
        "axes.grid": True,
        "axes.xmargin": 0.4,
        "axes.spines.top": False,
        "axes.autolimit_mode": "round_numbers",
        "xtick.direction": "in",
        "legend.frameon": True,
        "legend.loc": "center",
    },
    "figure": {
        "figure.facecolor": "blue",
        "figure.dpi": 217,
        "figure.autolayout": True,
        "figure.subplot.left": 0.4,
    },
    "saving": {
        "figure.constrained_layout.use": True,
        "savefig.dpi": 41,
        "savefig.bbox": "tight",
        "savefig.transparent": True,
        "savefig.facecolor": "green",
        "animation.writer": "imagemagick",
    },
}
RC = {name: value for group in RC_GROUPS.values() for name, value in group.items()}


@contextmanager
def rc(settings: dict[str, Any]) -> Iterator[None]:
    known: Any = settings
    with matplotlib.rc_context(known):
        yield


def settings_now() -> dict[str, Any]:
    settings: Any = matplotlib.rcParams
    # `dict` itself, since asking matplotlib for the backend would choose one.
    return dict(dict.items(settings))


@pytest.mark.parametrize("group", RC_GROUPS)
def test_the_users_settings_of_matplotlib_do_not_change_the_picture(group: str) -> None:
    kind: dict[str, Any] = {"optimizers": RACE, "panels": ["contour", "values"]}
    made_before = a_film(**kind)
    expected = a_film(**kind).picture(4)
    with rc(RC_GROUPS[group]):
        np.testing.assert_array_equal(made_before.picture(4), expected)
        made_within = a_film(**kind)
        drawn_within = a_film(**kind)
        np.testing.assert_array_equal(drawn_within.picture(4), expected)
    np.testing.assert_array_equal(made_within.picture(4), expected)


@pytest.mark.parametrize("name", FORMATS.names())
def test_the_users_settings_do_not_change_the_file(name: str, tmp_path: Path) -> None:
    expected = content(save(a_film(), tmp_path / f"expected.{name}"))
    with rc(RC):
        assert content(save(a_film(), tmp_path / f"film.{name}")) == expected


def test_the_users_settings_are_as_they_were_after_a_film(tmp_path: Path) -> None:
    with rc(RC):
        before = settings_now()
        film = a_film()
        film.picture(0)
        save(film, tmp_path / "film.gif")
        save(film, tmp_path / "film.mp4")
        assert settings_now() == before


def test_the_users_settings_are_as_they_were_after_a_failure(tmp_path: Path) -> None:
    (tmp_path / "folder.gif").mkdir()
    with rc(RC):
        before = settings_now()
        with pytest.raises(OutputError):
            save(a_film(), tmp_path / "folder.gif")
        with pytest.raises(BreakingOffError):
            save(a_film(), tmp_path / "film.gif", progress=failing_at(2))
        assert settings_now() == before


# In a notebook


def test_a_film_shows_itself_in_a_notebook() -> None:
    html = vars(Film)["_repr_html_"](a_film())
    found = re.fullmatch(r'<img src="data:image/gif;base64,([A-Za-z0-9+/=]+)"[^>]*>', html)
    assert found
    content = base64.b64decode(found[1])
    assert content.startswith(b"GIF89a")
    with Image.open(io.BytesIO(content)) as image:
        assert image.size == (160, 100)
        assert getattr(image, "n_frames", 1) > 1


def test_the_setting_names_the_formats_that_can() -> None:
    able = [name for name in FORMATS.names() if writer_for(name).transparent]
    assert str(Scene.model_fields["transparent"].description).endswith(f": {', '.join(able)}.")


def test_a_transparent_film_shows_itself_too() -> None:
    html = vars(Film)["_repr_html_"](a_film(transparent=True, formats=["png"]))
    assert html.startswith('<img src="data:image/apng;base64,')


# The fingerprint


CHANGES: dict[str, Any] = {
    "title": "Another",
    "objective": "x**2/20 + 2*y**2",
    "start": [-7, 2.0000000000000004],
    "steps": 9,
    "seed": 1,
    "noise": {"standard_deviation": 0.1},
    "optimizers": [{"name": "sgd", "learning_rate": 0.8}],
    "panels": [{"kind": "contour", "filled": True}],
    "frames": {"fps": 26},
    "counter": False,
    "theme": "dark",
    "font_size": 7.5,
    "transparent": True,
}
CHANGES_OF_FRAMES: dict[str, Any] = {
    "size": [160, 101],
    "fps": 26,
    "interval": 41,
    "count": 3,
    "steps_per_frame": 2,
    "frames_per_step": 2,
    "hold": 1.0,
    "loop": 3,
    "poster": "first",
}


def test_the_tables_of_changes_name_every_setting() -> None:
    # Formats and the tolerance of tests say nothing of the film; recordings have files.
    others = {"formats", "tolerance", "trajectories"}
    assert CHANGES.keys() == {*Scene.known()} - others
    assert CHANGES_OF_FRAMES.keys() == Frames.model_fields.keys()


@pytest.mark.parametrize("setting", CHANGES)
def test_the_fingerprint_tells_another_scene(setting: str) -> None:
    changed = a_scene(**{setting: CHANGES[setting]}, formats=["png"])
    assert fingerprint(changed) != fingerprint(a_scene())


@pytest.mark.parametrize("setting", CHANGES_OF_FRAMES)
def test_the_fingerprint_tells_other_frames(setting: str) -> None:
    changed = a_scene(frames={setting: CHANGES_OF_FRAMES[setting]})
    assert fingerprint(changed) != fingerprint(a_scene())


@pytest.mark.parametrize("setting", ["label", "color", "momentum"])
def test_the_fingerprint_tells_other_optimizers(setting: str) -> None:
    value = {"label": "Mine", "color": "red", "momentum": 0.5}[setting]
    optimizer = {"name": "sgd", "learning_rate": 0.9, setting: value}
    assert fingerprint(a_scene(optimizers=[optimizer])) != fingerprint(a_scene())


def test_the_fingerprint_tells_another_version_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    before = fingerprint(a_scene())
    monkeypatch.setattr("visualize.film.fingerprint.__version__", "99.0")
    assert fingerprint(a_scene()) != before


def test_equal_scenes_have_equal_fingerprints() -> None:
    assert fingerprint(a_scene()) == fingerprint(a_scene())
    assert a_film().fingerprint == fingerprint(a_scene())
    written_out = a_scene(seed=0, theme="light", panels=[{"kind": "contour"}])
    assert fingerprint(written_out) == fingerprint(a_scene())


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_current_for_its_own_scene_only(name: str, tmp_path: Path) -> None:
    path = tmp_path / f"film.{name}"
    assert not is_current(path, a_scene())
    save(a_film(), path)
    assert is_current(path, a_scene())
    assert not is_current(path, a_scene(theme="dark"))
    path.write_bytes(b"")
    assert not is_current(path, a_scene())


def test_a_film_is_frozen() -> None:
    film: Any = a_film()
    with pytest.raises(dataclasses.FrozenInstanceError):
        film.frames = 3


# Files


class BreakingOffError(Exception):
    """What the tests throw in."""


def failing_at(frame: int) -> Callable[[int, int], None]:
    def fail(done: int, _total: int) -> None:
        if done >= frame:
            raise BreakingOffError

    return fail


def names_in(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def content(path: Path) -> list[bytes]:
    """Return what is in a file, or in each of a folder's."""
    files = sorted(path.iterdir()) if path.is_dir() else [path]
    return [file.read_bytes() for file in files]


def put_old(path: Path) -> list[bytes]:
    """Put an old film at a path, and return its content."""
    return content(save(a_film((24, 16), steps=1, panels=["values"]), path))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("film.giff", "did you mean 'gif'"),
        ("film.GIF", "did you mean 'gif'"),
        ("film.avi", "there are .apng, .frames, .gif, .mp4"),
        ("film", "there are .apng, .frames, .gif, .mp4"),
        ("film.", "there are .apng, .frames, .gif, .mp4"),
        (".gif", "there are .apng, .frames, .gif, .mp4"),
    ],
)
def test_an_unknown_suffix_is_told(name: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(OutputError) as caught:
        save(a_film(), tmp_path / name)
    assert words in str(caught.value)
    assert str(tmp_path / name) in str(caught.value)
    assert names_in(tmp_path) == []


@pytest.mark.parametrize(
    ("name", "frame"), [*((it, frame) for it in ANIMATED for frame in (0, 1, 8)), ("png", 0)]
)
def test_breaking_off_at_any_frame_leaves_the_old_file_and_nothing_else(
    name: str, frame: int, tmp_path: Path
) -> None:
    path = tmp_path / f"film.{name}"
    old = put_old(path)
    film = a_film()
    with pytest.raises(BreakingOffError):
        save(film, path, progress=failing_at(frame))
    gc.collect()  # what was left open is told now
    assert names_in(tmp_path) == [path.name]
    assert content(path) == old
    assert len(content(save(film, path))[0]) > 100, "the film itself is still good"


def interrupting_at(call: int, folder: str) -> Callable[[FrameType, str, object], None]:
    """Return a profiler that interrupts the n-th call of a function in a folder."""
    calls = itertools.count()

    def profile(frame: FrameType, event: str, _: object) -> None:
        inside = event == "call" and frame.f_code.co_filename.startswith(folder)
        if inside and next(calls) == call:
            raise KeyboardInterrupt

    return profile


# What was open when the interrupt came is closed by Python, which remarks on it.
@pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning"
)
@pytest.mark.parametrize("name", FORMATS.names())
def test_an_interrupt_at_any_point_of_the_writing_comes_out_as_itself(
    name: str, tmp_path: Path
) -> None:
    film = a_film((32, 24), steps=3, panels=["values"])
    path = tmp_path / f"film.{name}"
    old = put_old(path)
    writers = str(Path(inspect.getfile(FORMATS.load(name))).parent)
    for call in itertools.count():
        sys.setprofile(interrupting_at(call, writers))
        try:
            save(film, path)
        except KeyboardInterrupt:
            assert content(path) == old
            assert names_in(tmp_path) == [path.name]
        else:
            break
        finally:
            sys.setprofile(None)
    assert call > 8, "there are some places to interrupt"
    assert content(path) != old


@contextmanager
def no_file_larger_than(limit: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("limit", [0, 1, 100, 1000, 2500])
@pytest.mark.parametrize("name", FORMATS.names())
def test_a_disk_that_is_full_is_told_and_leaves_the_old_file(
    name: str, limit: int, tmp_path: Path
) -> None:
    path = tmp_path / f"film.{name}"
    path.write_bytes(b"old")
    film = a_film()
    with no_file_larger_than(limit), pytest.raises(OutputError) as caught:
        save(film, path)
    assert str(caught.value)
    assert "roken pipe" not in str(caught.value)
    assert names_in(tmp_path) == [path.name]
    assert path.read_bytes() == b"old"


@pytest.mark.parametrize("name", FILES)
def test_a_new_file_can_be_read_by_everybody(name: str, tmp_path: Path) -> None:
    path = save(a_film(), tmp_path / "new" / "folder" / f"film.{name}")
    assert path.stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize(
    "place", ["folder.gif", "file/film.gif", "nul\0.gif", "x" * 300 + ".gif"], ids=ascii
)
def test_where_nothing_can_be_written_is_told(place: str, tmp_path: Path) -> None:
    (tmp_path / "folder.gif").mkdir()
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OutputError, match="cannot be written"):
        save(a_film(), tmp_path / place)
    assert names_in(tmp_path) == ["file", "folder.gif"]


def test_what_a_killed_run_left_behind_is_removed(tmp_path: Path) -> None:
    film, path = a_film(), tmp_path / "film.gif"
    seen: list[str] = []

    def look(_done: int, _total: int) -> None:
        seen.extend(name for name in names_in(tmp_path) if name != path.name)

    save(film, path, progress=look)
    temporary = seen[0]
    assert temporary.endswith(".gif"), "the suffix says the format"
    number = re.search(r"-([0-9]+)-", temporary)
    assert number
    leftover = temporary.replace(f"-{number[1]}-", f"-{2**22 + 1}-")  # no process has that number
    (tmp_path / leftover).write_bytes(b"half")
    (tmp_path / temporary).write_bytes(b"half")  # this one's process lives
    save(film, path)
    assert names_in(tmp_path) == sorted([temporary, path.name])


def test_sizes_and_timing_are_the_scenes() -> None:
    film = a_film(frames={"fps": 30, "hold": 1.5, "loop": 2, "count": 5})
    assert (film.frames, film.hold, film.loop) == (5, 1.5, 2)
    assert math.isclose(film.interval, 1000 / 30)
