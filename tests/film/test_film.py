"""Films: the right pixels, whoever draws them, and files that are whole or not there."""

import io
import itertools
from functools import cache
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
import pytest
from matplotlib.artist import Artist
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.transforms import Bbox
from numpy.typing import NDArray

from tests.film.films import LEAVING, LINE, RACE, RC_GROUPS, a_film, a_scene, ends_of, film_of, rc
from visualize import Film, compose, save, simulate
from visualize.formats._pixels import touched

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


# The user's own settings of matplotlib


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
