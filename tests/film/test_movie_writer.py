"""matplotlib's own way: our formats save anybody's animation, and anybody's writer our films."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from matplotlib.animation import AbstractMovieWriter, FuncAnimation, PillowWriter
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from tests.film.films import a_film, ends_of
from tests.formats.films import NAMES, Picture, distance, played, shown
from visualize.film.movie_writer import movie_writer
from visualize.formats.format import Timeline


def an_animation(transparent: bool = False) -> FuncAnimation:
    """Return an animation of somebody's own."""
    figure = Figure(figsize=(0.8, 0.6), dpi=100, facecolor="none" if transparent else "white")
    FigureCanvasAgg(figure)
    (line,) = figure.add_axes((0, 0, 1, 1), frameon=False).plot([0, 1], [0, 1])

    def draw(frame: int) -> list[Artist]:
        line.set_ydata([0, frame / 5])
        return [line]

    return FuncAnimation(figure, draw, frames=5, cache_frame_data=False)


def pictures_of(animation: FuncAnimation) -> list[Picture]:
    """Return the pictures of an animation, with their opacity."""
    found = []
    figure = vars(animation)["_fig"]
    for frame in range(5):
        vars(animation)["_func"](frame)
        figure.canvas.draw()
        found.append(np.asarray(figure.canvas.buffer_rgba()).copy())
    return found


def content(path: Path) -> list[bytes]:
    files = sorted(path.iterdir()) if path.is_dir() else [path]
    return [file.read_bytes() for file in files]


@pytest.mark.parametrize("name", NAMES)
def test_every_format_saves_an_animation_of_somebody_else(name: str, tmp_path: Path) -> None:
    animation, paths = an_animation(), [tmp_path / f"{number}.{name}" for number in range(2)]
    writer = movie_writer(name, fps=10, hold=0.5, comment="mine")
    assert isinstance(writer, PillowWriter if name == "gif" else AbstractMovieWriter)
    for path in paths:
        if name == "frames":
            path.mkdir()
        animation.save(str(path), writer=writer)
    assert content(paths[0]) == content(paths[1]), "a writer may write twice"
    expected = [picture[..., :3] for picture in pictures_of(animation)]
    if name in {"mp4", "webm"}:
        seen = list(played(paths[0]))
        assert len(seen) == 5 + 5
    elif name == "frames":
        seen = [shown(file).pictures[0] for file in sorted(paths[0].iterdir())]
    elif name == "png":
        seen, expected = shown(paths[0]).pictures, expected[-1:]
    else:
        assert shown(paths[0]).total == 1000
        seen = [shown(paths[0]).at(100 * frame + 50) for frame in range(5)]
    for picture, exact in zip(seen, expected, strict=False):
        assert distance(picture, exact) > (28 if name in {"mp4", "webm"} else 45)


def test_a_figure_without_background_has_none_in_the_file(tmp_path: Path) -> None:
    animation = an_animation(transparent=True)
    animation.save(str(tmp_path / "film.apng"), writer=movie_writer("apng", fps=10))
    with Image.open(tmp_path / "film.apng") as image:
        seen = np.asarray(image.convert("RGBA"))
    np.testing.assert_array_equal(seen[..., 3], pictures_of(animation)[0][..., 3])
    assert seen[0, 0, 3] == 0


def test_a_writer_may_be_driven_step_by_step(tmp_path: Path) -> None:
    animation, writer = an_animation(), movie_writer("gif", fps=10)
    animation.save(str(tmp_path / "expected.gif"), writer=writer)
    figure = vars(animation)["_fig"]
    writer.setup(figure, str(tmp_path / "film.gif"))
    for frame in range(5):
        vars(animation)["_func"](frame)
        writer.grab_frame()
    writer.finish()
    assert content(tmp_path / "film.gif") == content(tmp_path / "expected.gif")


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


def test_for_other_writers_a_picture_comes_as_often_as_it_stays() -> None:
    film = a_film(frames={"count": 3})
    vars(film)["timeline"] = Timeline(Fraction(10), ticks=(2, 1, 3))
    animation = film.animation()
    vars(animation)["_draw_was_started"] = True
    frames: list[object] = list(animation.new_saved_frame_seq())
    assert frames == [0, 0, 1, 2, 2, 2]
