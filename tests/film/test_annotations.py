"""What stands around the panels: it says what is so, and all of it fits."""

import itertools
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.transforms import Bbox

from tests.film.films import LEAVING, LINE, RACE, a_film, a_scene, film_of, shared_film
from visualize import Film, save, simulate
from visualize.film.labels import fit_labels


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


@pytest.mark.parametrize(
    ("frame", "words"), [(0, "step 0"), (5, "step 0"), (6, "step 1"), (8, "step 1"), (32, "step 8")]
)
def test_the_counter_tells_the_step(frame: int, words: str) -> None:
    film = a_film((400, 250), frames={"frames_per_step": 4})
    film.draw(frame)
    assert words in texts_of(film)


@pytest.mark.parametrize("fps", [5, 10, 12, 25, 50, 60])
def test_the_counter_changes_ten_times_a_second_at_most_and_is_never_early(fps: float) -> None:
    film = a_film((400, 250), steps=40, frames={"fps": fps, "poster": 13})
    told = []
    for frame in range(film.frames):
        film.draw(frame)
        (words,) = [text for text in texts_of(film) if text.startswith("step")]
        told.append(int(words.removeprefix("step ")))
    late = np.arange(film.frames) - told
    assert late.min() == 0
    assert late.max() <= fps / 10
    assert (late[0], late[13], late[-1]) == (0, 0, 0)
    changes = np.flatnonzero(np.diff(told))
    assert all(np.sum((changes >= it) & (changes < it + fps)) <= 10 for it in changes)


DESCENT = LINE | {"steps": 100, "frames": {"fps": 50}}


@pytest.mark.parametrize("settings", [DESCENT, {"optimizers": RACE, "steps": 60}])
def test_the_counter_costs_a_fifth_of_the_bytes_at_most(
    settings: dict[str, Any], tmp_path: Path
) -> None:
    size = [
        save(a_film((640, 360), counter=counter, **settings), tmp_path / f"{counter}.gif")
        .stat()
        .st_size
        for counter in (True, False)
    ]
    assert size[1] >= 0.8 * size[0]


def test_the_counter_covers_no_line_where_it_stands_near_the_runs() -> None:
    film = a_film((640, 360), counter=True, **DESCENT)
    film.draw(film.frames - 1)
    (counter,) = [text for text in film.figure.texts if text.get_text().startswith("step")]
    box, (axes,) = counter.get_window_extent(), film.figure.axes
    assert axes.bbox.contains(box.x0, box.y0)
    for line in axes.lines:
        places = line.get_transform().transform(line.get_xydata())
        inside = (places >= box.min) & (places <= box.max)
        assert not inside.all(axis=1).any(), line


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
        told = [
            text for text in texts_of(film) if f"sgd grew beyond all bounds at step {step}" in text
        ]
        assert bool(told) == (frame >= step)


def test_the_notice_of_divergence_is_seen() -> None:
    scene = a_scene((320, 200), optimizers=LEAVING)
    step = simulate(scene)["sgd"].diverged_at[0]
    assert step is not None
    film = film_of(scene)
    foot = film.picture(step)[-24:]
    assert (foot != film.picture(step - 1)[-24:]).any()


def test_what_is_told_of_many_runs_stays_in_the_picture() -> None:
    entry = {"name": "sgd", "sweep": {"learning_rate": [0.1, 1e100, 1e150, 1e200, 1e250]}}
    film = film_of(a_scene((320, 200), optimizers=[entry], steps=4))
    for frame in range(film.frames):
        film.draw(frame)
        for text in film.figure.texts:
            box = text.get_window_extent()
            assert -1 <= box.x0 <= box.x1 <= 321, text.get_text()
    said = " ".join(" ".join(texts_of(film)).split())
    assert said.count("grew beyond all bounds") == 4


def test_a_film_that_ends_before_a_run_diverges_says_nothing_of_it() -> None:
    scene = a_scene(optimizers=LEAVING, frames={"count": 1})
    film = film_of(scene)
    film.draw(0)
    assert not [text for text in texts_of(film) if "bounds" in text]


@pytest.mark.parametrize(("panels", "separator"), [(1, "_"), (1, " "), (4, " "), (9, "_")])
def test_a_name_longer_than_its_axis_has_lines(panels: int, separator: str) -> None:
    kinds = [{"kind": "contour"}, {"kind": "values", "measure": "gradient_norm"}]
    film = a_film((640, 360), panels=(kinds * panels)[:panels])
    names = ["first parameter of my model", "second parameter of the whole model"]
    axes = film.figure.axes
    for label, name in zip((axes[0].xaxis.label, axes[0].yaxis.label), names, strict=True):
        label.set(text=name.replace(" ", separator), rotation=0)
    axes[0].yaxis.label.set_rotation(90)
    fit_labels(axes)
    for one in axes:
        assert one.xaxis.label.get_window_extent().width <= one.bbox.width
        assert (
            one.yaxis.label.get_window_extent().height <= one.bbox.height
            or one.yaxis.label.get_rotation() == 0
        )
    for label, name in zip((axes[0].xaxis.label, axes[0].yaxis.label), names, strict=True):
        assert " ".join(label.get_text().replace("_", " ").split()) == name


@pytest.mark.parametrize("words", [r"a $\nosuchcommand$ b", "$x^$", r"$\frac{1$"])
@pytest.mark.parametrize("place", ["title", "label"])
def test_a_dollar_sign_never_ends_in_a_traceback(words: str, place: str) -> None:
    if place == "title":
        film = a_film(title=words)
    else:
        film = a_film((400, 250), optimizers=[RACE[0] | {"label": words}, RACE[3]])
    assert film.picture(0).any()
    assert [remark for remark in film.remarks if "shown as it is written" in remark]


@pytest.mark.parametrize(
    "words",
    ["$" + r"\hat " * 70 + "x$", "$" + r"\left(" * 11 + "$", r"$\hspace{9999999}x$", "$x$ and $"],
)
def test_a_formula_that_cannot_be_drawn_is_shown_as_it_is_written(
    words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("visualize.scene.runs.DEEPEST", 1000)  # nothing is caught before
    monkeypatch.setattr("visualize.looks.mathematics.DEEPEST", 1000)
    leaving = RACE[0] | {"label": words[:80], "learning_rate": 1e200}
    film = a_film(title=words[:290], optimizers=[leaving, RACE[3]])
    for frame in (0, film.frames - 1):
        assert film.picture(frame).any()


def test_an_ordinary_formula_is_set_as_one_and_nothing_is_told() -> None:
    film = a_film(title=r"$\frac{1}{2} x_1^2$ and $\sqrt{y}$")
    assert film.remarks == ()
    title = next(text for text in film.figure.texts if "frac" in text.get_text())
    assert title.get_parse_math()


LONG = (
    "with the learning rate $\\eta = 0.05$ and no momentum it costs \\$5 to reach $x^2 + y^2 = 0$ "
)


@pytest.mark.parametrize("words", [LONG * 2, LONG * 3, "a" * 90 + "$x$" + "b" * 90])
def test_a_long_title_with_formulas_has_lines_that_end_between_them(words: str) -> None:
    film = a_film((640, 360), title=words)
    title = next(text for text in film.figure.texts if "$x" in text.get_text())
    counter = next(text for text in film.figure.texts if text.get_text().startswith("step"))
    lines = title.get_text().split("\n")
    assert len(lines) > 1
    assert all(line.replace(r"\$", "").count("$") % 2 == 0 for line in lines)
    assert "".join("".join(lines).split()) == "".join(words.split())
    assert title.get_parse_math()
    assert not title.get_window_extent().overlaps(counter.get_window_extent())
    assert film.remarks == ()


def test_a_formula_longer_than_a_line_is_told() -> None:
    film = a_film((640, 360), title="A sum: $" + " + ".join(["x_1^2"] * 25) + "$")
    assert "a formula in the title is longer than a line of the picture" in film.remarks


@pytest.mark.parametrize("place", ["title", "label"])
def test_money_is_shown_as_it_is_written(place: str) -> None:
    pictures = []
    for words in ("from $5 to $1", r"from \$5 to \$1"):
        if place == "title":
            film = a_film(title=words)
        else:
            film = a_film(optimizers=[RACE[0] | {"label": words}, RACE[3]], title="Race")
        pictures.append(film.picture(0).copy())
    assert np.array_equal(pictures[0], pictures[1])


@pytest.mark.parametrize("formula", ["", "$\\eta$ ", "$x^{\U00010380}$ "])
@pytest.mark.parametrize("place", ["title", "label"])
def test_letters_that_no_font_has_are_told_and_warn_nobody(
    place: str, formula: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    words = f"Old {formula}\U00010380"  # Ugaritic
    if place == "title":
        film = a_film(title=words)
    else:
        film = a_film((400, 250), optimizers=[RACE[0] | {"label": words}, RACE[3]])
    film.picture(0)
    save(film, tmp_path / "film.gif")
    assert [remark for remark in film.remarks if "\U00010380" in remark]
    assert not caplog.records


def test_of_an_ordinary_film_there_is_nothing_to_remark() -> None:
    for kind in ("a legend", "three panels", "divergence"):
        assert shared_film(kind).remarks == ()


LONG_TITLE = "A long title that tells of everything there is to be told about this animation " * 3


LONG_WORD = "(1.5-x+x*y)**2+(2.25-x+x*y**2)**2+(2.625-x+x*y**3)**2"


LONG_LEGEND = [
    {"name": "sgd", "learning_rate": 0.1, "label": f"Stochastic gradient descent {number}"}
    for number in range(8)
]


SIZES = [(1280, 720), (320, 200)]


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
        for name in texts:  # the counter may stand near the runs
            if name.startswith("text 'step") and boxes[name].overlaps(axes.bbox):
                del boxes[name]
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
