"""Stills: one picture of a film, exactly, and nothing else is drawn for it."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.animation import AbstractMovieWriter, FuncAnimation
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from tests.formats.exact import KINDS
from tests.formats.films import Picture, a_film, a_scene, drawn_by
from visualize import Film, save
from visualize.film.fingerprint import is_current
from visualize.formats.png import PngWriter

PLACES: list[tuple[Any, int]] = [("first", 0), ("last", 20), (0, 0), (7, 7), (20, 20)]


def still(path: Path) -> Picture:
    with Image.open(path) as image:
        assert image.format == "PNG"
        assert image.mode == "RGB"
        assert getattr(image, "n_frames", 1) == 1
        return np.asarray(image)


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_exactly_the_last_picture(kind: str, tmp_path: Path) -> None:
    film = a_film(**KINDS[kind])
    seen = still(save(film, tmp_path / "film.png"))
    np.testing.assert_array_equal(seen, film.picture(film.frames - 1))


@pytest.mark.parametrize(("poster", "frame"), PLACES)
def test_the_scene_may_choose_another(poster: Any, frame: int, tmp_path: Path) -> None:
    film = a_film(frames={"poster": poster})
    assert film.poster == frame
    seen = still(save(film, tmp_path / "film.png"))
    np.testing.assert_array_equal(seen, film.picture(frame))


def test_no_other_frame_is_drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = []
    draw = Film.draw

    def counting(self: Film, frame: int) -> Any:
        drawn.append(frame)
        return draw(self, frame)

    monkeypatch.setattr(Film, "draw", counting)
    told: list[tuple[int, int]] = []
    save(
        a_film(frames={"poster": 7}),
        tmp_path / "film.png",
        progress=lambda *pair: told.append(pair),
    )
    assert set(drawn) == {7}
    assert told[-1] == (1, 1)


def test_a_film_in_other_formats_is_as_it_was(tmp_path: Path) -> None:
    film = a_film(frames={"poster": "first"})
    before = save(film, tmp_path / "before.gif").read_bytes()
    save(film, tmp_path / "film.png")
    assert save(film, tmp_path / "after.gif").read_bytes() == before


def test_the_same_film_makes_the_same_bytes(tmp_path: Path) -> None:
    one = save(a_film(), tmp_path / "one.png").read_bytes()
    assert save(a_film(), tmp_path / "other.png").read_bytes() == one


def test_a_transparent_film_has_no_background(tmp_path: Path) -> None:
    film = a_film(transparent=True, formats=["png"])
    with Image.open(save(film, tmp_path / "film.png")) as image:
        seen = np.asarray(image)
    np.testing.assert_array_equal(seen, film.picture(film.frames - 1))
    assert seen[0, 0, 3] == 0
    opaque = a_film().picture(film.frames - 1)
    over_white = seen[..., :3] * (seen[..., 3:] / 255) + 255 - seen[..., 3:].astype(float)
    np.testing.assert_allclose(over_white, opaque, atol=6)


def test_the_comment_holds_the_fingerprint(tmp_path: Path) -> None:
    film = a_film()
    path = save(film, tmp_path / "film.png")
    with Image.open(path) as image:
        assert film.fingerprint in image.info["Comment"]
    assert is_current(path, a_scene())
    assert not is_current(path, a_scene(frames={"poster": "first"}))


def test_it_is_smaller_than_what_pillow_makes(tmp_path: Path) -> None:
    film = a_film(frames={"size": [640, 360]}, **KINDS["areas"])
    ours = save(film, tmp_path / "film.png").stat().st_size
    Image.fromarray(film.picture(film.frames - 1)).save(tmp_path / "pillow.png", optimize=True)
    assert ours < (tmp_path / "pillow.png").stat().st_size


def test_the_writer_takes_the_last_picture_of_somebody_elses_animation(tmp_path: Path) -> None:
    figure = Figure(figsize=(1.5, 1), dpi=100)
    canvas = FigureCanvasAgg(figure)
    (line,) = figure.add_subplot().plot([0, 1], [0, 1])
    animation = FuncAnimation(
        figure, lambda frame: line.set_ydata([0, frame]), frames=4, cache_frame_data=False
    )
    animation.save(str(tmp_path / "film.png"), writer=PngWriter(fps=10))
    line.set_ydata([0, 3])
    np.testing.assert_array_equal(still(tmp_path / "film.png"), drawn_by(canvas))
    assert issubclass(PngWriter, AbstractMovieWriter)


def test_a_still_that_is_broken_off_leaves_no_file(tmp_path: Path) -> None:
    def interrupt(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        save(a_film(), tmp_path / "film.png", progress=interrupt)
    assert list(tmp_path.iterdir()) == []
