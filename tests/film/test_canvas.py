"""The canvas: what `savefig` makes of a figure, drawn faster, whatever moves and wherever."""

import io
from collections.abc import Callable
from functools import partial
from typing import Any

import matplotlib
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Circle, FancyArrowPatch, Rectangle
from matplotlib.patheffects import withStroke
from matplotlib.text import Text
from numpy.typing import NDArray

from tests.film.films import (
    KINDS,
    RACE,
    a_film,
    ends_of,
    shared_film,
)
from visualize import Film
from visualize.film.canvas import Canvas
from visualize.film.stamps import Counter, Stamp, add_to
from visualize.formats.format import Box
from visualize.panels.panel import Mover

Pixels = NDArray[np.uint8]
ORDER = [*range(4), 8, 11, 3, 3, 19, 0]
"""Pictures forwards, at rest, and with jumps in both directions."""


def a_figure(panels: int = 1, **more: Any) -> Figure:
    figure = Figure(figsize=(1.6, 1.2), dpi=100, **more)
    if panels > 1:
        figure.subplots_adjust(wspace=1)
    for index in range(panels):
        axes = figure.add_subplot(1, panels, index + 1)
        axes.set(xlim=(-1.2, 1.2), ylim=(-1.2, 1.2), xticks=[0], yticks=[-1, 1], title="T")
        axes.plot([-1, 1], [-1, 1], linewidth=3)
    return figure


def turn(row: float) -> tuple[float, float]:
    return float(np.cos(row / 2)), float(np.sin(row / 2))


# What moves, each in a figure of its own. All of it lies on top, unless it is said.

Made = tuple[Figure, list[Mover]]


def a_line(**properties: Any) -> Made:
    figure = a_figure()
    (line,) = figure.axes[0].plot([], [], **{"zorder": 10, **properties})

    def move(row: float) -> None:
        line.set_data(*zip(*(turn(it) for it in np.arange(0, row + 1)), strict=True))
        line.set_visible(row != 5)

    return figure, [Mover((line,), move, "artist")]


def a_marker(marker: Any, *, clipped: bool = True) -> Made:
    figure = a_figure()
    style = {"marker": marker, "markersize": 25, "markeredgewidth": 3, "linestyle": ""}
    (line,) = figure.axes[0].plot([], [], zorder=10, clip_on=clipped, **style)
    return figure, [
        Mover((line,), lambda row: line.set_data([1.2 * turn(row)[0]], [turn(row)[1]]), "artist")
    ]


def two_lines_in_two_axes() -> Made:
    figure = a_figure(panels=2)
    lines = [axes.plot([], [], zorder=10)[0] for axes in figure.axes]

    def move(row: float) -> None:
        lines[0].set_data([0, turn(row)[0]], [0, turn(row)[1]])
        lines[1].set_data([0, turn(row // 4)[0]], [0, turn(row // 4)[1]])

    return figure, [Mover(tuple(lines), move, "axes")]


def a_text(place: str, **properties: Any) -> Made:
    figure = a_figure()
    axes = figure.axes[0]
    if place == "figure":
        text = figure.text(0.05, 0.95, "", **properties)
    else:
        text = axes.text(0, 0, "", zorder=10, **properties)

    def move(row: float) -> None:
        text.set_text(f"at {2**row:.0f}")
        if place == "axes":
            text.set_position(turn(row))
        elif place == "over it":
            text.set_position((row / 8 - 1.5, 0))

    return figure, [Mover((text,), move, "artist")]


def a_stamp(kind: type[Stamp], **properties: Any) -> Made:
    figure = a_figure()
    stamp = kind(**properties)
    add_to(figure, stamp)

    def move(row: float) -> None:
        stamp.set_text(f"at {row:.0f}")
        stamp.set_position((row / 20, 0.5 + row / 50))

    return figure, [Mover((stamp,), move, "artist")]


def a_text_that_meets_others() -> Made:
    figure = a_figure()
    text = figure.text(0, 0, "over", fontsize=16)
    figure.text(0.5, 0.9, "above it", fontsize=16, color="red", zorder=7)
    return figure, [Mover((text,), lambda row: text.set_position((row / 20, row / 20)), "artist")]


def a_quiver(**properties: Any) -> Made:
    figure = a_figure()
    arrows = figure.axes[0].quiver(
        [0, 0.5], [0, -0.5], [1, 0], [0, 1], **{"zorder": 10, "scale": 3, **properties}
    )
    return figure, [
        Mover((arrows,), lambda row: arrows.set_UVC(*np.transpose([turn(row)] * 2)), "artist")
    ]


def a_patch(patch: Any, move: Callable[[Any, float], Any], reach: Any = "artist") -> Made:
    figure = a_figure()
    figure.axes[0].add_patch(patch)
    patch.set_zorder(10)
    return figure, [Mover((patch,), lambda row: move(patch, row), reach)]


def points() -> Made:
    figure = a_figure()
    collection = figure.axes[0].scatter([], [], s=200, linewidths=6, zorder=10)

    def move(row: float) -> None:
        collection.set_offsets([turn(row), turn(row + 2)])

    return figure, [Mover((collection,), move, "axes")]


def an_image(interpolation: str) -> Made:
    figure = a_figure()
    pixels = np.random.default_rng(0).random((20, 4, 5))
    extent = (-1.0, 0.9, -0.7, 1.0)
    image = figure.axes[0].imshow(
        pixels[0], extent=extent, interpolation=interpolation, aspect="auto", zorder=10
    )
    return figure, [Mover((image,), lambda row: image.set_data(pixels[int(row)]), "axes")]


def an_image_under_the_ticks() -> Made:
    figure, movers = an_image("nearest")
    movers[0].artists[0].set_zorder(0)
    return figure, movers


def a_line_under_a_still_one() -> Made:
    figure, movers = a_line(zorder=1, linewidth=8)
    return figure, movers


def a_line_under_a_star() -> Made:
    figure, movers = a_line(linewidth=8)
    figure.axes[0].plot([0.5, 1.2], [0, 1.2], "*", markersize=20, zorder=11, clip_on=False)
    return figure, movers


def a_line_that_fades() -> Made:
    figure = a_figure()
    lines = [
        figure.axes[0].plot([place, place + 0.4], [-1, 1], linewidth=6, zorder=10)[0]
        for place in (-1, -0.8, -0.6, -0.4, -0.2)
    ]

    def move(row: float) -> None:
        for index, line in enumerate(lines):
            color = ("none", "red", "orange", "yellow")[max(0, min(int(row / 2) - index, 3))]
            if line.get_color() != color:
                line.set_color(color)

    return figure, [Mover(tuple(lines), move, "artist")]


def a_line_under_a_legend() -> Made:
    figure, movers = a_line(zorder=10, label="run")
    figure.axes[0].legend(loc="best")
    return figure, movers


def a_line_under_axes() -> Made:
    figure, movers = a_line(zorder=10)
    inset = figure.add_axes((0.3, 0.3, 0.4, 0.4), zorder=3)
    inset.plot([0, 1], [1, 0])
    return figure, movers


def a_line_under_axes_that_move() -> Made:
    figure, movers = a_line_under_axes()
    (line,) = figure.axes[1].plot([], [], zorder=10)
    return figure, [
        *movers,
        Mover((line,), lambda row: line.set_data([0, 1], [row / 20, 1]), "axes"),
    ]


def a_line_in_inset_axes() -> Made:
    figure = a_figure()
    inset = figure.axes[0].inset_axes((0.2, 0.2, 0.5, 0.5))
    (line,) = inset.plot([0, 1], [0, 1], zorder=10)
    return figure, [Mover((line,), lambda row: line.set_ydata([0, row / 20]), "artist")]


def a_line_under_figure_artists() -> Made:
    figure, movers = a_line(zorder=10)
    figure.text(0.3, 0.5, "over the axes", color="red")
    figure.add_artist(Rectangle((0.5, 0.5), 0.2, 0.2, transform=figure.transFigure, alpha=0.5))
    return figure, movers


def artists_of_the_figure() -> Made:
    figure = a_figure()
    circle = Circle((0.5, 0.5), 0.2, transform=figure.transFigure, linewidth=9, alpha=0.5)
    line = Line2D([], [], transform=figure.transFigure, color="red")
    figure.add_artist(circle)
    figure.add_artist(line)

    def move(row: float) -> None:
        circle.set_center((row / 20, 0.5))
        line.set_data([0, 1], [row / 20, 1])

    return figure, [Mover((circle, line), move, "artist")]


def the_background() -> Made:
    figure = a_figure()
    return figure, [
        Mover((figure.patch,), lambda row: figure.patch.set_facecolor((row / 20, 1, 1)), "figure")
    ]


def an_annotation() -> Made:
    figure = a_figure()
    note = figure.axes[0].annotate("here", (0, 0), (0.5, 0.5), arrowprops={"width": 3}, zorder=10)

    def move(row: float) -> None:
        note.xy = turn(row)  # matplotlib is told nothing of it

    return figure, [Mover((note,), move, "artist")]


def polar_axes() -> Made:
    figure = Figure(figsize=(1.6, 1.2), dpi=100)
    axes = figure.add_subplot(projection="polar")
    (line,) = axes.plot([0, 1], [0, 1], zorder=10)
    axes.set_ylim(0, 1)
    return figure, [Mover((line,), lambda row: line.set_data([0, row], [0, 1.5]), "artist")]


def space(*, turning: bool) -> Made:
    figure = Figure(figsize=(1.6, 1.2), dpi=100)
    axes: Any = figure.add_subplot(1, 2, 1, projection="3d")
    figure.add_subplot(1, 2, 2)
    figure.text(0.02, 0.9, "above")
    (line,) = axes.plot([], [], [])
    axes.set(xlim=(-1, 1), ylim=(-1, 1), zlim=(0, 20), zlabel="z")

    def move(row: float) -> None:
        rows = np.arange(row + 1)
        line.set_data_3d(np.cos(rows), np.sin(rows), rows)
        if turning:
            axes.view_init(azim=10 * row)

    return figure, [Mover((axes,) if turning else (line,), move, "figure" if turning else "axes")]


def limits_that_move() -> Made:
    figure, movers = a_line()
    axes = figure.axes[0]
    return figure, [*movers, Mover((), lambda row: axes.set_xlim(-1, 1 + row), "figure")]


def a_layout_engine() -> Made:
    figure = a_figure(layout="constrained")
    text = figure.axes[0].set_ylabel("y")
    return figure, [
        Mover((text,), lambda row: text.set_text("\n".join("y" * (1 + int(row) // 5))), "artist")
    ]


def raise_line(line: Line2D, row: float) -> None:
    line.set_ydata([0, row / 20])


def count(text: Text, row: float) -> None:
    text.set_text(f"step {row}")


def two_subfigures() -> Made:
    figure = Figure(figsize=(1.6, 1.2), dpi=100)
    parts: Any = figure.subfigures(1, 2)
    movers = []
    for part in parts:
        axes = part.add_subplot()
        (line,) = axes.plot([0, 1], [0, 1], zorder=10)
        counter = part.text(0.1, 0.9, "")
        movers += [
            Mover((line,), partial(raise_line, line), "axes"),
            Mover((counter,), partial(count, counter), "artist"),
        ]
    return figure, movers


MOVING: dict[str, Callable[[], Made]] = {
    "a line": a_line,
    "a wide line with corners": lambda: a_line(linewidth=12, solid_joinstyle="miter"),
    "a line with an outline": lambda: a_line(path_effects=[withStroke(linewidth=15)]),
    "an unclipped line": lambda: a_line(clip_on=False, marker="o", markersize=30),
    "a line below": a_line_under_a_still_one,
    "a line below a star": a_line_under_a_star,
    "a line that fades": a_line_that_fades,
    "a line below a legend": a_line_under_a_legend,
    "a line below other axes": a_line_under_axes,
    "a line below axes that move": a_line_under_axes_that_move,
    "a line in inset axes": a_line_in_inset_axes,
    "a line below artists of the figure": a_line_under_figure_artists,
    **{f"markers {it}": partial(a_marker, it) for it in ("o", "D", 0, 6)},
    "unclipped markers": lambda: a_marker("*", clipped=False),
    "two axes": two_lines_in_two_axes,
    "a text": lambda: a_text("figure"),
    "a text in axes": lambda: a_text("axes"),
    "a text that leaves axes": lambda: a_text("over it"),
    "a text in a box": lambda: a_text("axes", bbox={"pad": 12}),
    "a turned text": lambda: a_text("axes", rotation=30, clip_on=True),
    "a stamp": lambda: a_stamp(Stamp),
    "a stamp with a halo": lambda: a_stamp(Stamp, halo="red", fontsize=20),
    "a counter": lambda: a_stamp(Counter, halo="white", zorder=30),
    "a text that meets others": a_text_that_meets_others,
    "arrows": a_quiver,
    "unclipped arrows": lambda: a_quiver(clip_on=False, scale=1),
    "arrows below": lambda: a_quiver(zorder=1),
    "an arrow": lambda: a_patch(
        FancyArrowPatch((0, 0), (1, 1), mutation_scale=20, linewidth=5),
        lambda it, row: it.set_positions((0, 0), turn(row)),
    ),
    "a thick rectangle": lambda: a_patch(
        Rectangle((0, 0), 0.5, 0.5, linewidth=12, fill=False),
        lambda it, row: it.set_xy(turn(row)),
    ),
    "points": points,
    "an image": lambda: an_image("nearest"),
    "a smooth image": lambda: an_image("bicubic"),
    "an image below": an_image_under_the_ticks,
    "artists of the figure": artists_of_the_figure,
    "the background": the_background,
    "a note with an arrow": an_annotation,
    "polar axes": polar_axes,
    "space": lambda: space(turning=False),
    "a turning space": lambda: space(turning=True),
    "limits": limits_that_move,
    "a layout engine": a_layout_engine,
    "two subfigures": two_subfigures,
}


def by_savefig(figure: Figure) -> Pixels:
    content = io.BytesIO()
    figure.savefig(content, format="raw")
    width, height = figure.canvas.get_width_height()
    return np.frombuffer(content.getvalue(), np.uint8).reshape(height, width, 4)


def pixels_of(canvas: Any) -> Pixels:
    canvas.draw()
    return np.asarray(canvas.buffer_rgba()).copy()


def by_canvas(canvas: Canvas, row: float) -> Pixels:
    for mover in canvas.movers:
        mover.move(row)
    return pixels_of(canvas)


def a_canvas(name: str) -> Canvas:
    figure, movers = MOVING[name]()
    for mover in movers:
        mover.move(0)
    canvas = Canvas(figure)
    canvas.movers = movers
    return canvas


@pytest.mark.parametrize("name", MOVING)
def test_pictures_in_any_order_are_those_of_savefig(name: str) -> None:
    canvas = a_canvas(name)
    figure, movers = MOVING[name]()
    FigureCanvasAgg(figure)
    expected = {}
    for row in sorted({*ORDER}):
        for mover in movers:
            mover.move(row)
        expected[row] = by_savefig(figure)
    assert len({picture.tobytes() for picture in expected.values()}) > 1
    before = by_canvas(canvas, 0)
    assert canvas.damage() is None
    for row in ORDER:
        picture = by_canvas(canvas, row)
        np.testing.assert_array_equal(picture, expected[row], err_msg=f"row {row}")
        outside = np.ones(picture.shape[:2], dtype=bool)
        outside[damage.slices if (damage := canvas.damage()) else ()] = False
        np.testing.assert_array_equal(picture[outside], before[outside])
        before = picture


def test_what_stands_still_is_drawn_again_only_where_it_changes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drawn = 0
    draw = Axes.draw

    def counting(*arguments: Any, **more: Any) -> None:
        nonlocal drawn
        drawn += 1
        draw(*arguments, **more)

    monkeypatch.setattr(Axes, "draw", counting)
    canvas = a_canvas("two axes")
    for row in ORDER:
        by_canvas(canvas, row)
    assert drawn == 2
    canvas.figure.axes[0].set_title("Another")
    picture = by_canvas(canvas, 3)
    assert drawn == 4
    np.testing.assert_array_equal(picture, by_savefig(canvas.figure))


def test_who_no_longer_moves_stands_still() -> None:
    canvas = a_canvas("two axes")
    by_canvas(canvas, 3)
    line = canvas.movers[0].artists[0]
    canvas.movers = []
    canvas.draw()
    line.set_data([0, 1], [0, 0])  # type: ignore[attr-defined]  # it is a line
    np.testing.assert_array_equal(pixels_of(canvas), by_savefig(canvas.figure))


def test_what_is_removed_is_gone() -> None:
    canvas = a_canvas("a line")
    by_canvas(canvas, 3)
    canvas.movers[0].artists[0].remove()
    np.testing.assert_array_equal(pixels_of(canvas), by_savefig(canvas.figure))


@pytest.mark.parametrize("name", ["a line", "a text"])
def test_little_is_damaged_where_little_moves(name: str) -> None:
    canvas = a_canvas(name)
    by_canvas(canvas, 0)
    canvas.damage()
    height, width = by_canvas(canvas, 1).shape[:2]
    damage = canvas.damage()
    assert damage
    assert 0 < (damage.bottom - damage.top) * (damage.right - damage.left) < height * width / 3
    canvas.draw()
    assert canvas.damage() == Box(0, 0, 0, 0)


def test_damage_is_all_since_it_was_asked_for_last() -> None:
    canvas = a_canvas("a text in axes")
    before = by_canvas(canvas, 0)
    canvas.damage()
    for row in (3, 9, 15, 1):
        by_canvas(canvas, row)
    now, damage = by_canvas(canvas, 1), canvas.damage()
    assert damage
    outside = np.ones(now.shape[:2], dtype=bool)
    outside[damage.slices] = False
    np.testing.assert_array_equal(now[outside], before[outside])
    assert (now != before).any()


def test_an_interrupt_while_it_is_drawn_leaves_the_figure_as_it_was(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    expected = by_canvas(a_canvas("two axes"), 3)
    canvas = a_canvas("two axes")

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    for kind in (Figure, Line2D):
        with monkeypatch.context() as patched:
            patched.setattr(kind, "draw", interrupt)
            with pytest.raises(KeyboardInterrupt):
                by_canvas(canvas, 2)
        np.testing.assert_array_equal(by_canvas(canvas, 3), expected)


# Films


def savefig(film: Film) -> NDArray[np.uint8]:
    """Return the pixels that matplotlib itself, with its own settings, makes of the figure."""
    content = io.BytesIO()
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        film.figure.savefig(content, format="raw")
    width, height = film.figure.canvas.get_width_height()
    return np.frombuffer(content.getvalue(), np.uint8).reshape(height, width, 4)


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_is_what_savefig_makes_of_it_whatever_was_drawn_before(kind: str) -> None:
    film = shared_film(kind)
    order = ends_of(film)
    first = {frame: film.picture(frame) for frame in order}
    for frame in [*reversed(order), order[-1], order[0], order[0]]:
        np.testing.assert_array_equal(film.picture(frame), first[frame])
    for frame in order:
        film.draw(frame)
        expected = savefig(film)
        assert (expected[..., 3] == 255).all()
        np.testing.assert_array_equal(first[frame], expected[..., :3])


def a_long_film(steps: int) -> Film:
    return a_film(
        steps=steps,
        noise={"standard_deviation": 3},
        optimizers=[*RACE, {"name": "sgd", "learning_rate": 0.5, "label": "last"}],
        panels=[{"kind": "contour", "samples": 31}, "state"],
        frames={"size": [240, 120]},
    )


def test_a_long_trail_is_what_savefig_makes_of_it_in_any_order() -> None:
    film = a_long_film(200)
    for frame in [0, 64, 65, 66, 200, 200, 21]:
        picture = film.picture(frame)
        np.testing.assert_array_equal(picture, savefig(film)[..., :3], err_msg=f"frame {frame}")
    fresh = a_long_film(200)
    for frame in [70, 71, 72, 140, 141, 10, 11]:  # nothing is saved in between
        picture = film.picture(frame)
        fresh.picture(0)
        fresh.figure.savefig(io.BytesIO())
        np.testing.assert_array_equal(picture, fresh.picture(frame), err_msg=f"frame {frame}")


def test_outside_of_the_damage_a_picture_is_as_the_one_before() -> None:
    film = a_film(steps=150, optimizers=[{"name": "sgd", "learning_rate": 0.9}])
    before, boxes = film.picture(0), set()
    for frame in [1, 2, 3, 70, 71, 72, 30, 31, 31, 149, 0, 1]:
        now = film.picture(frame)
        canvas: Any = film.figure.canvas
        box = canvas.damage()
        boxes.add(box is None)
        outside = np.ones(now.shape[:2], dtype=bool)
        outside[box.slices if box else ()] = False
        np.testing.assert_array_equal(now[outside], before[outside], err_msg=f"frame {frame}")
        before = now
    assert False in boxes


@pytest.mark.parametrize("more", [{"dpi": 200}, {"dpi": 50}, {"bbox_inches": "tight"}], ids=str)
def test_the_figure_may_be_saved_in_another_size_in_between(more: dict[str, Any]) -> None:
    film = a_film()
    before = film.picture(3)
    film.figure.savefig(io.BytesIO(), **more)
    np.testing.assert_array_equal(film.picture(3), before)


@pytest.mark.parametrize(("font_size", "marker"), [(4, "none"), (200, "+"), (200, "o")])
def test_thick_and_thin_lines_leave_nothing_behind(font_size: float, marker: str) -> None:
    def made() -> Film:
        return a_film(
            steps=70,
            optimizers=[{"name": "sgd", "learning_rate": 0.9}],
            panels=[{"kind": "contour", "marker": marker, "samples": 31}],
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
    film = a_film(steps=12_000, frames={"steps_per_frame": 4000})
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

    film = a_film((320, 180), steps=1000, optimizers=RACE, panels=["contour", "values"])
    monkeypatch.setattr(Line2D, "draw", counting)
    most = {}
    for late in (100, 900):
        for frame in range(late - 10, late):
            film.picture(frame)
        points.clear()
        film.picture(late)
        most[late] = sum(points)
    assert most[900] <= 1.2 * most[100]


def test_a_long_trail_that_fades_is_not_drawn_anew_each_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    points: list[int] = []
    draw = Line2D.draw

    def counting(self: Line2D, *arguments: Any, **more: Any) -> None:
        if self.get_visible():
            points.append(len(self.get_xdata()))  # type: ignore[arg-type]  # an array
        draw(self, *arguments, **more)

    film = a_film(steps=1000, optimizers=RACE)
    for frame in range(880, 940):
        film.picture(frame)
    monkeypatch.setattr(Line2D, "draw", counting)
    most = 0
    for frame in range(940, 1000):
        points.clear()
        film.picture(frame)
        most = max(most, sum(points))
    assert most < 1000


def test_a_picture_without_change_is_not_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    film = a_film(steps=3, frames={"count": 20})
    drawn: list[Line2D] = []
    monkeypatch.setattr(Line2D, "draw", lambda self, *_: drawn.append(self))
    for frame in range(5, 20):
        film.picture(frame)
        if frame == 5:
            drawn.clear()
    assert drawn == []
