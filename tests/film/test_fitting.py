"""Films that fit into so many bytes."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.film.films import RACE, a_film
from visualize import Film, save
from visualize.errors import OutputError
from visualize.film.fitting import Loss, fit, in_kilobytes, losses_of
from visualize.formats.format import FORMATS
from visualize.formats.gif import Gif

ROW = [(Loss(every=it), 1 / it) for it in (1, 2, 3, 4, 6, 8)]


def makes(sizes: dict[int, int], made: list[int]) -> Callable[[Loss], int]:
    def size_of(loss: Loss) -> int:
        made.append(loss.every)
        return sizes[loss.every]

    return size_of


@pytest.mark.parametrize(
    ("factor", "limit", "every"), [(1.0, 500, 2), (1.6, 500, 4), (0.6, 300, 2), (1.0, 130, 8)]
)
def test_the_first_that_fits_is_found_with_few_files(factor: float, limit: int, every: int) -> None:
    sizes = {it: round(factor * 1000 / it) for it in (1, 2, 3, 4, 6, 8)}
    made: list[int] = []
    found = fit(ROW, 1000, limit, makes(sizes, made))
    assert (found.loss.every, found.size) == (every, sizes[every])
    assert len(made) == len({*made}) <= 4


def test_where_none_fits_the_smallest_is_told() -> None:
    made: list[int] = []
    found = fit(ROW, 1000, 10, makes({it: 1000 // it for it in (1, 2, 3, 4, 6, 8)}, made))
    assert (found.loss.every, found.size, made) == (8, 125, [8])


def test_what_hurts_least_is_given_up_first() -> None:
    picture = a_film((320, 200), optimizers=RACE).picture(4)
    opaque = np.dstack([picture, np.full(picture.shape[:2], 255, np.uint8)])
    row = losses_of(Gif, opaque, 25, 200)
    parts = [part for _, part in row]
    assert parts == sorted(parts, reverse=True)
    losses = [loss for loss, _ in row]
    assert losses[0] == Loss(colors=128)
    far = next(at for at, loss in enumerate(losses) if loss.scale < 0.5)
    slower = next(at for at, loss in enumerate(losses) if loss.every > 1)
    assert 0 < slower < far
    assert losses[-1] == Loss(
        min(it.colors or 255 for it in losses),
        every=max(it.every for it in losses),
        scale=min(it.scale for it in losses),
    )
    assert {loss.every for loss, _ in losses_of(FORMATS.load("png"), opaque, 25, 200)} == {1}


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (416_000, "416 KB"),
        (52_297, "52.3 KB"),
        (5_000, "5 KB"),
        (14_419, "14.5 KB"),
        (870, "0.87 KB"),
    ],
)
def test_sizes_are_told_and_never_too_small(size: int, words: str) -> None:
    assert in_kilobytes(size) == words


def a_large_film(**frames: Any) -> Film:
    return a_film((160, 100), optimizers=RACE, frames=frames, counter=False)


@pytest.mark.parametrize("kind", ["gif", "mp4", "webm", "apng", "webp", "png"])
def test_every_format_can_be_smaller(kind: str, tmp_path: Path) -> None:
    whole = save(a_large_film(fps=25), tmp_path / f"whole.{kind}").stat().st_size
    limit = round(0.8 * whole)
    film = a_large_film(fps=25, max_size=limit)
    before = film.picture(3)
    told: list[str] = []
    path = save(film, tmp_path / f"film.{kind}", told=told.append)
    assert path.stat().st_size <= limit
    [words] = told
    assert words.startswith(in_kilobytes(path.stat().st_size) + ": ")
    assert film.size == (160, 100)
    assert np.array_equal(film.picture(3), before)
    again = save(film, tmp_path / f"again.{kind}")
    assert again.read_bytes() == path.read_bytes()


def test_a_film_that_fits_is_as_it_was(tmp_path: Path) -> None:
    told: list[str] = []
    film = a_large_film(max_size="1 MB")
    save(film, tmp_path / "film.gif", told=told.append)
    save(a_large_film(), tmp_path / "whole.gif")
    contents = [(tmp_path / name).read_bytes() for name in ("film.gif", "whole.gif")]
    pictures = [content[content.index(b"\x21\xf9") :] for content in contents]
    assert pictures[0] == pictures[1]
    assert not told


def test_with_few_colours_and_pictures_a_gif_lasts_as_long(tmp_path: Path) -> None:
    film = a_large_film(fps=25, hold=1, max_size=3000)
    with Image.open(save(film, tmp_path / "film.gif")) as gif:
        lasts = 0
        for frame in range(gif.n_frames):  # type: ignore[attr-defined]  # of a GIF
            gif.seek(frame)
            lasts += gif.info["duration"]
    assert lasts == round(1000 * float(film.timeline.end(film.frames)))


def test_a_size_that_cannot_be_met_is_answered_with_the_smallest(tmp_path: Path) -> None:
    path = tmp_path / "film.gif"
    with pytest.raises(OutputError, match=r"cannot be as small as 0\.5 KB; the smallest is \d"):
        save(a_large_film(max_size=500), path)
    assert not path.exists()


@pytest.mark.parametrize("name", ["apng", "webp", "png", "gif"])
def test_a_film_of_which_nothing_can_be_given_up_is_told_how_small_it_is(
    name: str, tmp_path: Path
) -> None:
    film = a_film((64, 48), frames={"count": 3, "max_size": 100})
    with pytest.raises(OutputError, match=r"cannot be as small as 0\.1 KB; the smallest is \d"):
        save(film, tmp_path / f"film.{name}")


def test_a_still_in_few_colours_has_a_palette(tmp_path: Path) -> None:
    whole = save(a_film((320, 180)), tmp_path / "whole.png").stat().st_size
    limit = whole * 2 // 3
    told: list[str] = []
    small = save(
        a_film((320, 180), frames={"max_size": limit}), tmp_path / "small.png", told=told.append
    )
    assert small.stat().st_size <= limit
    with Image.open(small) as image:
        assert image.mode == "P"
        assert image.size == (320, 180)
    assert "colours" in told[0]
