"""GIFs: the right pictures at the right times, without flicker and without waste."""

import math
import subprocess
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import numpy as np
import pytest
from matplotlib.animation import FuncAnimation, PillowWriter
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray

from tests.formats.films import RACE, Picture, Shown, a_film, drawn_by, shown
from visualize import Film, save
from visualize.formats.gif import GifWriter

KINDS: dict[str, dict[str, Any]] = {
    "lines": {},
    "areas": {"panels": [{"kind": "contour", "filled": True}], "optimizers": RACE},
    "dark areas": {"panels": [{"kind": "contour", "filled": True}], "theme": "dark"},
    "a curve": {"objective": "x**2", "start": 3.0},
    "colours that come later": {
        "optimizers": [
            {"name": "sgd", "learning_rate": 0.9},
            {"name": "sgd", "learning_rate": 1e150, "color": "magenta"},
        ],
    },
    "many starts": {"objective": "himmelblau", "start": {"grid": [6, 6]}},
    "odd sides": {"frames": {"size": [161, 99]}},
}


def a_small_film(**frames: Any) -> Film:
    return a_film(panels=["values"], frames={"size": [64, 48], **frames})


@cache
def saved(kind: str) -> tuple[list[Picture], list[Picture]]:
    """Return the pictures of a film as they were drawn, and as its file shows them in time."""
    film = a_film(**KINDS[kind])
    gif = shown_of(film)
    drawn = [film.picture(frame) for frame in range(film.frames)]
    return drawn, [gif.at(frame * film.interval) for frame in range(film.frames)]


def shown_of(film: Film) -> Shown:
    with tempfile.TemporaryDirectory() as folder:
        return shown(save(film, Path(folder) / "film.gif"))


def written(
    pictures: Sequence[Picture], path: Path, fps: float = 10, **settings: Any
) -> NDArray[np.uint8]:
    """Write pictures of your own, and return what is shown: `(pictures, height, width, 3)`."""
    height, width = pictures[0].shape[:2]
    figure = Figure(figsize=(width / 50, height / 50), dpi=50)
    canvas = FigureCanvasAgg(figure)
    image = figure.figimage(pictures[0], resize=False)
    writer = GifWriter(fps=fps, **settings)
    with writer.saving(figure, str(path), 50):
        for picture in pictures:
            image.set_data(picture)
            drawn = drawn_by(canvas)
            np.testing.assert_array_equal(drawn, picture)
            writer.grab_frame()
    return np.array([shown(path).at(10 * round(100 * i / fps)) for i in range(len(pictures))])


def distance(one: Picture, other: Picture) -> float:
    """Return the peak signal-to-noise ratio, in decibels."""
    error = float(np.mean((one.astype(float) - other.astype(float)) ** 2))
    return math.inf if error == 0 else 10 * math.log10(255**2 / error)


# Time


TIMES: list[tuple[float, float]] = [
    *((fps, 0) for fps in (1, 7, 15, 24, 25, 29.97, 30, 50)),
    *((0, interval) for interval in (20, 33.3, 40)),
]
"""Pictures a second, or milliseconds a picture."""
TOO_FAST: list[tuple[float, float]] = [(fps, 0) for fps in (51, 60, 99, 100, 144, 240)]


@cache
def timed(fps: float, interval: float) -> tuple[Film, Shown]:
    film = a_small_film(**({"fps": fps} if fps else {"interval": interval}))
    return film, shown_of(film)


every_time = pytest.mark.parametrize(("fps", "interval"), TIMES + TOO_FAST)


@every_time
def test_a_film_takes_its_time_within_a_hundredth_of_a_second(fps: float, interval: float) -> None:
    film, gif = timed(fps, interval)
    assert abs(gif.total - film.frames * film.interval) <= 10


@pytest.mark.parametrize("hold", [0.01, 1.23, 10])
@pytest.mark.parametrize("fps", [24, 30, 60, 100])
def test_the_last_picture_stays_for_its_hold(fps: float, hold: float) -> None:
    film = a_small_film(fps=fps, hold=hold)
    gif = shown_of(film)
    assert abs(gif.total - 1000 * (film.frames / fps + hold)) <= 10
    assert gif.milliseconds[-1] >= 1000 * hold


@pytest.mark.parametrize(("fps", "interval"), TIMES)
def test_every_picture_comes_when_it_should(fps: float, interval: float) -> None:
    film, gif = timed(fps, interval)
    for frame in range(film.frames):
        middle = math.floor(100 * (frame + 0.5) * film.interval / 1000)
        assert distance(gif.at(10 * middle), film.picture(frame)) > 40, f"frame {frame}"


@every_time
def test_no_delay_is_one_that_browsers_slow_down(fps: float, interval: float) -> None:
    assert min(timed(fps, interval)[1].milliseconds) >= 20


@pytest.mark.parametrize("count", [1, 2, 3, 20])
@pytest.mark.parametrize("fps", [fps for fps, _ in TOO_FAST])
def test_of_pictures_that_come_too_fast_the_last_is_always_shown(fps: float, count: int) -> None:
    film = a_small_film(fps=fps, count=count)
    gif = shown_of(film)
    assert len(gif.pictures) <= 50 * count / fps + 2
    assert distance(gif.pictures[-1], film.picture(count - 1)) > 40


def test_above_fifty_a_second_pictures_still_come_in_time(tmp_path: Path) -> None:
    film = a_small_film(fps=100)
    gif = shown(save(film, tmp_path / "film.gif"))
    for hundredth in range(film.frames - 2):
        near = range(max(hundredth - 2, 0), hundredth + 1)
        assert max(distance(gif.at(10 * hundredth), film.picture(frame)) for frame in near) > 40


@pytest.mark.parametrize(("interval", "count"), [(60_000, 2), (60_000, 40), (20, 3)])
def test_a_picture_may_stay_longer_than_the_format_can_say(
    interval: float, count: int, tmp_path: Path
) -> None:
    film = a_film(
        steps=1, panels=["values"], frames={"interval": interval, "count": count, "hold": 600}
    )
    gif = shown(save(film, tmp_path / "film.gif"))
    assert gif.total == 1000 * round(count * interval / 1000 + 600, 2)
    assert max(gif.milliseconds) <= 655_350
    assert distance(gif.pictures[-1], film.picture(count - 1)) > 40
    first_end = round(interval / 10)
    assert distance(gif.at(10 * (first_end - 1)), film.picture(0)) > 40
    assert distance(gif.at(10 * first_end), film.picture(1)) > 40


# Pictures


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_shown_is_near_to_what_was_drawn(kind: str) -> None:
    for drawn, seen in zip(*saved(kind), strict=True):
        assert seen.shape == drawn.shape
        assert distance(seen, drawn) > 51
        # Of more colours than a palette holds one here and there may be farther.
        many = kind in {"areas", "colours that come later"}
        assert np.abs(seen.astype(int) - drawn.astype(int)).max() <= (32 if many else 16)


@pytest.mark.parametrize("kind", KINDS)
def test_flat_areas_have_exactly_their_colour(kind: str) -> None:
    for drawn, seen in zip(*saved(kind), strict=True):
        colors, counts = np.unique(drawn.reshape(-1, 3), axis=0, return_counts=True)
        flat = colors[counts > 0.005 * counts.sum()]
        assert len(flat) >= 1
        for color in flat:
            where = (drawn == color).all(axis=-1)
            assert (seen[where] == color).all()


@pytest.mark.parametrize("kind", KINDS)
def test_what_stands_still_does_not_flicker(kind: str) -> None:
    drawn, seen = saved(kind)
    for frame in range(1, len(drawn)):
        still = (drawn[frame] == drawn[frame - 1]).all(axis=-1)
        changed = (seen[frame] != seen[frame - 1]).any(axis=-1)
        assert not (still & changed).any(), f"frame {frame}"


def test_a_film_shares_a_palette_where_its_own_colours_allow(tmp_path: Path) -> None:
    film = a_film(**KINDS["areas"])
    writer = GifWriter(fps=25)
    film.animation().save(str(tmp_path / "unseen.gif"), writer=writer)
    seen = save(film, tmp_path / "seen.gif")
    assert seen.stat().st_size < 0.8 * (tmp_path / "unseen.gif").stat().st_size


def test_a_pixel_that_hardly_changes_is_left_as_it_is(tmp_path: Path) -> None:
    few = 64 * np.random.default_rng(0).integers(0, 4, (20, 30, 3), dtype=np.uint8)
    nearly = few.copy()
    nearly[3, 4:9] += 3
    nearly[7, 7] += 50
    seen = written([few, nearly], tmp_path / "film.gif")
    np.testing.assert_array_equal(seen[0], few)
    assert [tuple(place) for place in np.argwhere((seen[0] != seen[1]).any(axis=-1))] == [(7, 7)]


def test_a_picture_that_comes_back_has_the_colours_it_had(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    one, other = (random.integers(0, 256, (20, 30, 3), dtype=np.uint8) for _ in range(2))
    seen = written([one, other, one, other], tmp_path / "film.gif")
    assert distance(seen[2], one) > 25
    assert distance(seen[3], other) > 25


def test_another_program_sees_the_same_pictures(tmp_path: Path) -> None:
    film = a_film(**KINDS["areas"])
    path = save(film, tmp_path / "film.gif")
    done = subprocess.run(
        [
            *(imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(path)),
            *("-f", "rawvideo", "-pix_fmt", "rgb24", "-"),
        ],
        capture_output=True,
        check=True,
    )
    pictures = np.frombuffer(done.stdout, np.uint8).reshape(-1, 100, 160, 3)
    gif = shown(path)
    np.testing.assert_array_equal(pictures[0], gif.pictures[0])
    np.testing.assert_array_equal(pictures[-1], gif.pictures[-1])


# Bytes


def test_equal_pictures_cost_nothing(tmp_path: Path) -> None:
    short = save(a_small_film(count=21), tmp_path / "short.gif").stat().st_size
    long = save(a_small_film(count=500), tmp_path / "long.gif").stat().st_size
    # The palette is chosen by pictures spread over the film: it may be another.
    assert long < 1.02 * short


def test_pictures_cost_what_changes_in_them(tmp_path: Path) -> None:
    film = a_film(frames={"size": [640, 360]}, panels=[{"kind": "contour", "filled": True}])
    first = a_film(
        frames={"size": [640, 360], "count": 1}, panels=[{"kind": "contour", "filled": True}]
    )
    whole = save(film, tmp_path / "film.gif").stat().st_size
    one = save(first, tmp_path / "first.gif").stat().st_size
    assert (whole - one) / (film.frames - 1) < one / 10


# What the file says


@pytest.mark.parametrize(("loop", "again"), [(0, 0), (1, None), (2, 1), (3, 2), (65_535, 65_534)])
def test_the_file_says_how_often_it_is_shown(loop: int, again: int | None, tmp_path: Path) -> None:
    path = save(a_small_film(loop=loop), tmp_path / "film.gif")
    assert shown(path).info.get("loop") == again
    block = b"NETSCAPE2.0\x03\x01"
    content = path.read_bytes()
    if again is None:
        assert block not in content
    else:
        assert content.count(block + again.to_bytes(2, "little") + b"\0") == 1


def test_the_comment_holds_the_fingerprint(tmp_path: Path) -> None:
    film = a_small_film()
    comment = shown(save(film, tmp_path / "film.gif")).info["comment"]
    assert film.fingerprint.encode() in comment


def test_a_long_comment_comes_back_whole(tmp_path: Path) -> None:
    comment = "nothing but words " * 50
    written([np.zeros((8, 8, 3), np.uint8)] * 2, tmp_path / "film.gif", comment=comment)
    assert shown(tmp_path / "film.gif").info["comment"] == comment.encode()


def test_the_file_begins_and_ends_as_it_should(tmp_path: Path) -> None:
    content = save(a_small_film(), tmp_path / "film.gif").read_bytes()
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
    np.testing.assert_array_equal(written([picture], tmp_path / "film.gif")[0], picture)


@pytest.mark.parametrize("count", [256, 257, 1000, 2000])
def test_more_colours_are_stood_for_by_near_ones(count: int, tmp_path: Path) -> None:
    picture = colored(count)
    seen = written([picture], tmp_path / "film.gif")[0]
    assert len(np.unique(seen.reshape(-1, 3), axis=0)) <= 255
    assert distance(seen, picture) > 25


def test_a_gradient_of_thousands_of_colours_is_smooth(tmp_path: Path) -> None:
    y, x = np.mgrid[0:64, 0:64]
    picture = np.stack([4 * x, 4 * y, 128 + 0 * x], axis=-1).astype(np.uint8)
    seen = written([picture], tmp_path / "film.gif")[0]
    assert distance(seen, picture) > 31
    assert np.abs(seen.astype(int) - picture.astype(int)).max() <= 24


@pytest.mark.parametrize("count", [2, 100, 255])
def test_colours_that_come_later_are_exact_too(count: int, tmp_path: Path) -> None:
    plain = np.full((40, 50, 3), 255, np.uint8)
    pictures = [plain, colored(count), plain, 255 - colored(count)]
    seen = written(pictures, tmp_path / "film.gif")
    np.testing.assert_array_equal(seen, pictures)


def test_a_small_change_of_colour_is_shown(tmp_path: Path) -> None:
    pictures = [np.full((8, 8, 3), value, np.uint8) for value in (100, 110, 120, 130)]
    np.testing.assert_array_equal(written(pictures, tmp_path / "film.gif"), pictures)


@pytest.mark.parametrize("place", [(0, 0), (0, 49), (39, 0), (39, 49), (20, 25)], ids=str)
def test_a_single_pixel_that_changes_is_shown(place: tuple[int, int], tmp_path: Path) -> None:
    before = np.full((40, 50, 3), 255, np.uint8)
    after = before.copy()
    after[place] = (200, 30, 0)
    pictures = [before, after, before]
    np.testing.assert_array_equal(written(pictures, tmp_path / "film.gif"), pictures)


# matplotlib's way


def test_the_writer_is_matplotlibs_own_kind() -> None:
    assert issubclass(GifWriter, PillowWriter)


def test_the_writer_saves_somebody_elses_animation(tmp_path: Path) -> None:
    figure = Figure(figsize=(1.5, 1), dpi=100)
    canvas = FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    (line,) = axes.plot([0, 1], [0, 1])

    def draw(frame: int) -> list[Artist]:
        line.set_ydata([0, frame / 10])
        return [line]

    animation = FuncAnimation(figure, draw, frames=10, cache_frame_data=False)
    animation.save(str(tmp_path / "film.gif"), writer=GifWriter(fps=10))
    gif = shown(tmp_path / "film.gif")
    assert gif.total == 1000
    for frame in range(10):
        draw(frame)
        assert distance(gif.at(100 * frame), drawn_by(canvas)) > 45


def test_a_writer_can_write_twice(tmp_path: Path) -> None:
    film = a_small_film()
    writer = GifWriter(fps=10)
    for name in ("first.gif", "second.gif"):
        film.animation().save(str(tmp_path / name), writer=writer)
    assert (tmp_path / "first.gif").read_bytes() == (tmp_path / "second.gif").read_bytes()
