"""GIFs: the right pictures at the right times, without flicker and without waste."""

import math
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.formats import films
from tests.formats.films import (
    RATES,
    Picture,
    Pictures,
    Shown,
    a_film,
    distance,
    patches,
    shown,
    unpacked,
    write,
)
from visualize import save
from visualize.formats.format import Timeline

KINDS: dict[str, dict[str, Any]] = films.KINDS | {
    "colours that come later": {
        "optimizers": [
            {"name": "sgd", "learning_rate": 0.9},
            {"name": "sgd", "learning_rate": 1e150, "color": "magenta"},
        ],
    },
    "many starts": {"objective": "himmelblau", "start": {"grid": [6, 6]}},
}


@cache
def drawn(kind: str) -> list[Picture]:
    film = a_film(**KINDS[kind])
    return [film.picture(frame) for frame in range(film.frames)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("gifs")


def seen(kind: str, folder: Path) -> list[Picture]:
    """Return the pictures of a film as its file shows them in time."""
    film, path = a_film(**KINDS[kind]), folder / f"{kind}.gif"
    gif = shown(path if path.exists() else save(film, path))
    return [gif.at(frame * film.interval) for frame in range(film.frames)]


def written(
    pictures: Sequence[Picture], folder: Path, per_second: float = 10, **settings: Any
) -> NDArray[np.uint8]:
    """Write pictures of your own, and return what is shown: `(pictures, height, width, 3)`."""
    path = write("gif", pictures, folder / "film.gif", per_second=per_second, **settings)
    gif = shown(path)
    return np.array([gif.at(10 * round(100 * i / per_second)) for i in range(len(pictures))])


# Time


TOO_FAST = [51, 60, 99, 100, 144, 240]
"""Pictures a second."""


def timed(per_second: float, folder: Path, **settings: Any) -> Shown:
    return shown(write("gif", patches(21), folder / "film.gif", per_second=per_second, **settings))


@pytest.mark.parametrize("rate", {*RATES, *TOO_FAST})
def test_a_film_takes_its_time_within_a_hundredth_of_a_second(rate: float, tmp_path: Path) -> None:
    gif = timed(rate, tmp_path)
    assert abs(gif.total - 21_000 / rate) <= 10
    assert min(gif.milliseconds) >= 20, "or browsers would slow down"


@pytest.mark.parametrize("hold", [0.01, 1.23, 10])
@pytest.mark.parametrize("rate", [24, 30, 60, 100])
def test_the_last_picture_stays_for_its_hold(rate: float, hold: float, tmp_path: Path) -> None:
    gif = timed(rate, tmp_path, hold=hold)
    assert abs(gif.total - 1000 * (21 / rate + hold)) <= 10
    assert gif.milliseconds[-1] >= 1000 * hold


@pytest.mark.parametrize("rate", [rate for rate in RATES if rate <= 50])
def test_every_picture_comes_when_it_should(rate: float, tmp_path: Path) -> None:
    gif = timed(rate, tmp_path)
    np.testing.assert_array_equal(gif.pictures, patches(21))
    np.testing.assert_allclose(gif.starts, 1000 * np.arange(21) / rate, rtol=0, atol=5.001)


def test_halves_of_a_hundredth_are_rounded_to_even_ones(tmp_path: Path) -> None:
    assert timed(40, tmp_path).milliseconds[:6] == [20, 30, 30, 20, 20, 30]


@pytest.mark.parametrize("count", [1, 2, 3, 20])
@pytest.mark.parametrize("rate", TOO_FAST)
def test_of_pictures_that_come_too_fast_the_last_is_always_shown(
    rate: float, count: int, tmp_path: Path
) -> None:
    pictures = patches(count)
    gif = shown(write("gif", pictures, tmp_path / "film.gif", per_second=rate))
    assert len(gif.pictures) <= 50 * count / rate + 2
    np.testing.assert_array_equal(gif.pictures[-1], pictures[-1])


def test_above_fifty_a_second_pictures_still_come_in_time(tmp_path: Path) -> None:
    gif, pictures = timed(100, tmp_path), patches(21)
    for hundredth in range(19):
        near = pictures[max(hundredth - 2, 0) : hundredth + 1]
        assert any((gif.at(10 * hundredth) == picture).all() for picture in near)


@pytest.mark.parametrize(("interval", "count"), [(60_000, 2), (60_000, 40), (20, 3)])
def test_a_picture_may_stay_longer_than_the_format_can_say(
    interval: float, count: int, tmp_path: Path
) -> None:
    first, second = patches(2)
    pictures = [first, *[second] * (count - 1)]
    path = write("gif", pictures, tmp_path / "film.gif", per_second=1000 / interval, hold=600)
    gif = shown(path)
    assert gif.total == 1000 * round(count * interval / 1000 + 600, 2)
    assert max(gif.milliseconds) <= 655_350
    np.testing.assert_array_equal(gif.pictures[-1], second)
    first_end = round(interval / 10)
    np.testing.assert_array_equal(gif.at(10 * (first_end - 1)), first)
    np.testing.assert_array_equal(gif.at(10 * first_end), second)


# Pictures


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_shown_is_near_to_what_was_drawn(kind: str, folder: Path) -> None:
    for exact, picture in zip(drawn(kind), seen(kind, folder), strict=True):
        assert picture.shape == exact.shape
        assert distance(picture, exact) > 51
        # Of more colours than a palette holds one here and there may be farther.
        many = kind in {"areas", "colours that come later"}
        assert np.abs(picture.astype(int) - exact.astype(int)).max() <= (32 if many else 16)


@pytest.mark.parametrize("kind", KINDS)
def test_flat_areas_have_exactly_their_colour(kind: str, folder: Path) -> None:
    for exact, picture in zip(drawn(kind), seen(kind, folder), strict=True):
        colors, counts = np.unique(exact.reshape(-1, 3), axis=0, return_counts=True)
        flat = colors[
            counts > max(0.005 * counts.sum(), 256)
        ]  # of fewer pixels one may be off by 1
        assert len(flat) >= 1
        for color in flat:
            where = (exact == color).all(axis=-1)
            assert (picture[where] == color).all()


@pytest.mark.parametrize("kind", KINDS)
def test_what_stands_still_does_not_flicker(kind: str, folder: Path) -> None:
    exact, pictures = drawn(kind), seen(kind, folder)
    for frame in range(1, len(exact)):
        still = (exact[frame] == exact[frame - 1]).all(axis=-1)
        changed = (pictures[frame] != pictures[frame - 1]).any(axis=-1)
        assert not (still & changed).any(), f"frame {frame}"


def test_a_film_shares_a_palette_where_its_own_colours_allow(tmp_path: Path) -> None:
    unseen = write("gif", drawn("areas"), tmp_path / "unseen.gif")
    ahead = save(Pictures(drawn("areas")), tmp_path / "seen.gif")
    assert ahead.stat().st_size < 0.8 * unseen.stat().st_size


def test_a_pixel_that_hardly_changes_is_left_as_it_is(tmp_path: Path) -> None:
    few = 64 * np.random.default_rng(0).integers(0, 4, (20, 30, 3), dtype=np.uint8)
    nearly = few.copy()
    nearly[3, 4:9] += 3
    nearly[7, 7] += 50
    pictures = written([few, nearly], tmp_path)
    np.testing.assert_array_equal(pictures[0], few)
    changed = np.argwhere((pictures[0] != pictures[1]).any(axis=-1))
    assert [tuple(place) for place in changed] == [(7, 7)]


def test_a_picture_that_comes_back_has_the_colours_it_had(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    one, other = (random.integers(0, 256, (20, 30, 3), dtype=np.uint8) for _ in range(2))
    pictures = written([one, other, one, other], tmp_path)
    assert distance(pictures[2], one) > 25
    assert distance(pictures[3], other) > 25


def test_another_program_sees_the_same_pictures(folder: Path) -> None:
    pictures = seen("lines", folder)
    content = unpacked(folder / "lines.gif", "rgb24")
    others = np.frombuffer(content, np.uint8).reshape(-1, 100, 160, 3)
    np.testing.assert_array_equal(others[0], pictures[0])
    np.testing.assert_array_equal(others[-1], pictures[-1])


# Bytes


def test_equal_pictures_cost_nothing(tmp_path: Path) -> None:
    pictures = patches(9)
    short = write("gif", pictures, tmp_path / "short.gif").stat().st_size
    longer = [*pictures, *[pictures[-1]] * 500]
    assert write("gif", longer, tmp_path / "long.gif").stat().st_size == short


def test_pictures_cost_what_changes_in_them(tmp_path: Path) -> None:
    film = a_film(frames={"size": [640, 360]}, panels=[{"kind": "contour", "filled": True}])
    pictures = [film.picture(frame) for frame in range(film.frames)]
    whole = save(Pictures(pictures), tmp_path / "film.gif").stat().st_size
    one = save(Pictures(pictures[:1]), tmp_path / "first.gif").stat().st_size
    assert (whole - one) / (film.frames - 1) < one / 5


# What the file says


@pytest.mark.parametrize(("loop", "again"), [(0, 0), (1, None), (2, 1), (3, 2), (65_535, 65_534)])
def test_the_file_says_how_often_it_is_shown(loop: int, again: int | None, tmp_path: Path) -> None:
    path = write("gif", patches(2), tmp_path / "film.gif", loop=loop)
    assert shown(path).info.get("loop") == again
    block = b"NETSCAPE2.0\x03\x01"
    content = path.read_bytes()
    if again is None:
        assert block not in content
    else:
        assert content.count(block + again.to_bytes(2, "little") + b"\0") == 1


def test_a_long_comment_comes_back_whole(tmp_path: Path) -> None:
    comment = "nothing but words " * 50
    path = write("gif", patches(2), tmp_path / "film.gif", comment=comment)
    assert shown(path).info["comment"] == comment.encode()


def test_the_file_begins_and_ends_as_it_should(tmp_path: Path) -> None:
    content = write("gif", patches(2), tmp_path / "film.gif", comment="mine").read_bytes()
    assert content[:6] == b"GIF89a"
    assert content[-1:] == b";"


# Palettes


def colored(count: int, shape: tuple[int, int] = (40, 50)) -> Picture:
    """Return a picture with exactly so many colours, far from each other."""
    cube = np.arange(256, dtype=np.uint32)
    numbers = (cube * 2_654_435_761 % 2**24)[:count] if count <= 256 else np.arange(count) * 4099
    colors = np.stack([numbers >> 16 & 255, numbers >> 8 & 255, numbers & 255], axis=-1)
    picture = colors[np.arange(shape[0] * shape[1]) % count].reshape(*shape, 3).astype(np.uint8)
    assert len(np.unique(picture.reshape(-1, 3), axis=0)) == count
    return picture


@pytest.mark.parametrize("count", [1, 2, 3, 16, 17, 128, 254, 255])
def test_up_to_255_colours_are_exact(count: int, tmp_path: Path) -> None:
    picture = colored(count)
    np.testing.assert_array_equal(written([picture], tmp_path)[0], picture)


@pytest.mark.parametrize("count", [256, 257, 1000, 2000])
def test_more_colours_are_stood_for_by_near_ones(count: int, tmp_path: Path) -> None:
    picture = colored(count)
    found = written([picture], tmp_path)[0]
    assert len(np.unique(found.reshape(-1, 3), axis=0)) <= 255
    assert distance(found, picture) > 25


def test_a_gradient_of_thousands_of_colours_is_smooth(tmp_path: Path) -> None:
    y, x = np.mgrid[0:64, 0:64]
    picture = np.stack([4 * x, 4 * y, 128 + 0 * x], axis=-1).astype(np.uint8)
    found = written([picture], tmp_path)[0]
    assert distance(found, picture) > 31
    assert np.abs(found.astype(int) - picture.astype(int)).max() <= 24


@pytest.mark.parametrize("count", [2, 100, 255])
def test_colours_that_come_later_are_exact_too(count: int, tmp_path: Path) -> None:
    plain = np.full((40, 50, 3), 255, np.uint8)
    pictures = [plain, colored(count), plain, 255 - colored(count)]
    np.testing.assert_array_equal(written(pictures, tmp_path), pictures)


def test_a_small_change_of_colour_is_shown(tmp_path: Path) -> None:
    pictures = [np.full((8, 8, 3), value, np.uint8) for value in (100, 110, 120, 130)]
    np.testing.assert_array_equal(written(pictures, tmp_path), pictures)


def test_a_single_pixel_that_changes_is_shown_wherever_it_is(tmp_path: Path) -> None:
    white = np.full((40, 50, 3), 255, np.uint8)
    pictures = [white]
    for place in [(0, 0), (0, 49), (39, 0), (39, 49), (20, 25)]:
        pictures += [white.copy(), white]
        pictures[-2][place] = (200, 30, 0)
    np.testing.assert_array_equal(written(pictures, tmp_path), pictures)


def test_pictures_of_any_ticks_are_left_out_where_they_come_too_fast(tmp_path: Path) -> None:
    pictures = patches(6)
    timeline = Timeline.constant(100)
    ticks = (1, 1, 4, 2, 1, 1)
    path = save(Pictures(pictures, Timeline(timeline.rate, ticks)), tmp_path / "film.gif")
    gif = shown(path)
    assert gif.total == 100
    assert min(gif.milliseconds) == 20
    np.testing.assert_array_equal(gif.pictures[-1], pictures[-1])
    assert math.isclose(len(gif.pictures), 4)
