"""MP4s: videos that play everywhere, in the right colours, for the right time."""

import gc
import math
import os
import re
import shutil
import signal
import subprocess
from fractions import Fraction
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import numpy as np
import pytest
from matplotlib.animation import AbstractMovieWriter
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray

from visualize import Film, OutputError, Scene, compose, save, simulate
from visualize.formats.mp4 import Mp4Writer

Array = NDArray[np.float64]

BOWL: dict[str, Any] = {
    "objective": "x**2/20 + y**2",
    "start": [-7, 2],
    "steps": 12,
    "optimizers": [{"name": "sgd", "learning_rate": 0.9}],
}
RACE = [
    {"name": "sgd", "learning_rate": 0.9, "color": "red"},
    {"name": "adagrad", "learning_rate": 1.5, "color": "#008f68"},
    {"name": "adam", "learning_rate": 0.3},
]
KINDS: dict[str, dict[str, Any]] = {
    "lines": {},
    "areas": {"panels": [{"kind": "contour", "filled": True}], "optimizers": RACE},
    "dark": {"theme": "dark", "optimizers": RACE},
    "a curve": {"objective": "x**2", "start": 3.0},
}
ODD = [(161, 100), (160, 101), (161, 101), (65, 47), (1279, 31), (31, 719)]
EVEN = [(16, 16), (160, 100), (1366, 18), (18, 1080)]

RED, GREEN, BLUE = 0.2126, 0.7152, 0.0722
"""ITU-R BT.709, item 3.2."""


def a_film(size: tuple[int, int] = (160, 100), **settings: Any) -> Film:
    frames = {"size": list(size), **settings.pop("frames", {})}
    scene = Scene.model_validate(BOWL | settings | {"frames": frames})
    return compose(scene, simulate(scene))


def told_by_ffmpeg(path: Path) -> str:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-i", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return str(done.stderr)


def unpacked(path: Path, pixels: str) -> bytes:
    """Return every picture, one after the other, as ffmpeg decodes it."""
    command = [
        *(imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(path)),
        *("-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", pixels, "-"),
    ]
    return bytes(subprocess.run(command, capture_output=True, check=True).stdout)


def size_of(path: Path) -> tuple[int, int]:
    found = re.search(r"Video: .*, ([0-9]+)x([0-9]+)[, ]", told_by_ffmpeg(path))
    assert found
    return int(found[1]), int(found[2])


def decoded(path: Path) -> list[tuple[Array, Array, Array]]:
    """Return luma and both chromas of every picture, as they are stored."""
    return planes(unpacked(path, "yuv420p"), *size_of(path))


def planes(content: bytes, width: int, height: int) -> list[tuple[Array, Array, Array]]:
    """Return luma and both chromas of every picture in raw yuv420p."""
    numbers = np.frombuffer(content, np.uint8).astype(float)
    pictures = numbers.reshape(-1, width * height * 3 // 2)
    luma, blueish, reddish = np.split(pictures, [width * height, width * height * 5 // 4], axis=1)
    return list(
        zip(
            luma.reshape(-1, height, width),
            blueish.reshape(-1, height // 2, width // 2),
            reddish.reshape(-1, height // 2, width // 2),
            strict=True,
        )
    )


def luma(picture: NDArray[np.uint8]) -> Array:
    red, green, blue = np.moveaxis(picture.astype(float), -1, 0)
    found: Array = 16 + 219 / 255 * (RED * red + GREEN * green + BLUE * blue)
    return found


def colors(planes: tuple[Array, Array, Array]) -> Array:
    """Return red, green and blue, 0 to 255, by BT.709 in limited range."""
    y = (planes[0] - 16) / 219
    blueish, reddish = ((plane.repeat(2, 0).repeat(2, 1) - 128) / 224 for plane in planes[1:])
    red = y + 2 * (1 - RED) * reddish
    blue = y + 2 * (1 - BLUE) * blueish
    green = (y - RED * red - BLUE * blue) / GREEN
    return 255 * np.clip(np.stack([red, green, blue], axis=-1), 0, 1)


def distance(one: Array, other: Array, peak: float = 255) -> float:
    """Return the peak signal-to-noise ratio, in decibels."""
    error = float(np.mean((one - other) ** 2))
    return math.inf if error == 0 else 10 * math.log10(peak**2 / error)


def fake_ffmpeg(tmp_path: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "ffmpeg"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setattr(imageio_ffmpeg, "get_ffmpeg_exe", lambda: str(program))


def children() -> list[int]:
    """Return this process's living and dead children."""
    tasks = Path("/proc/self/task").iterdir()
    return [int(child) for task in tasks for child in (task / "children").read_text().split()]


# What it is


@pytest.mark.parametrize("size", EVEN, ids=str)
def test_it_is_h264_of_exactly_the_size(size: tuple[int, int], tmp_path: Path) -> None:
    told = told_by_ffmpeg(save(a_film(size, panels=["values"]), tmp_path / "film.mp4"))
    assert "Video: h264" in told
    assert "yuv420p(" in told
    assert "Audio" not in told
    assert size_of(tmp_path / "film.mp4") == size


@pytest.mark.parametrize("size", ODD, ids=str)
def test_an_odd_side_is_padded_by_one_pixel(size: tuple[int, int], tmp_path: Path) -> None:
    film = a_film(size, panels=["values"])
    pictures = decoded(save(film, tmp_path / "film.mp4"))
    width, height = size
    assert pictures[0][0].shape == (height + height % 2, width + width % 2)
    for (y, _, _), frame in zip(pictures, range(film.frames), strict=True):
        drawn = luma(film.picture(frame))
        padded = np.pad(drawn, ((0, height % 2), (0, width % 2)), mode="edge")
        assert distance(y, padded, 219) > 33


def test_its_colours_are_tagged_as_bt709_of_limited_range(tmp_path: Path) -> None:
    told = told_by_ffmpeg(save(a_film(), tmp_path / "film.mp4"))
    # ffmpeg says "bt709" once where matrix, primaries and transfer are all that.
    assert "yuv420p(tv, bt709, progressive)" in told


def test_it_can_be_played_while_it_is_loaded(tmp_path: Path) -> None:
    content = save(a_film(), tmp_path / "film.mp4").read_bytes()
    assert content[4:8] == b"ftyp"
    assert 0 < content.index(b"moov") < content.index(b"mdat")


def test_it_says_whose_film_it_is(tmp_path: Path) -> None:
    film = a_film()
    path = save(film, tmp_path / "film.mp4")
    assert film.fingerprint in told_by_ffmpeg(path)
    assert film.fingerprint.encode() in path.read_bytes()


def test_the_same_film_makes_the_same_bytes(tmp_path: Path) -> None:
    one = save(a_film(**KINDS["areas"]), tmp_path / "one.mp4").read_bytes()
    other = save(a_film(**KINDS["areas"]), tmp_path / "folder" / "other.mp4").read_bytes()
    assert one == other


# How long


TIMES: list[dict[str, float]] = [
    *({"fps": fps} for fps in (1, 7.5, 24, 25, 29.97, 30, 50, 60, 120, 240)),
    *({"interval": interval} for interval in (20, 33.3, 1000 / 3, 2500)),
]


@pytest.mark.parametrize("hold", [0.0, 1.5])
@pytest.mark.parametrize("time", TIMES, ids=str)
def test_it_takes_its_time(time: dict[str, float], hold: float, tmp_path: Path) -> None:
    film = a_film((64, 48), panels=["values"], frames={**time, "hold": hold})
    path = save(film, tmp_path / "film.mp4")
    pictures, seconds = imageio_ffmpeg.count_frames_and_secs(str(path))
    assert pictures == film.frames + round(1000 * hold / film.interval)
    assert abs(seconds - film.frames * film.interval / 1000 - hold) <= film.interval / 1000
    exact = Fraction(pictures) * Fraction(film.interval).limit_denominator(10**6) / 1000
    assert seconds == pytest.approx(float(exact), abs=0.011)


def test_a_still_is_a_video_too(tmp_path: Path) -> None:
    path = save(a_film(steps=0), tmp_path / "film.mp4")
    assert imageio_ffmpeg.count_frames_and_secs(str(path))[0] == 1


def test_equal_pictures_cost_little(tmp_path: Path) -> None:
    short = save(a_film(frames={"count": 13}), tmp_path / "short.mp4").stat().st_size
    long = save(a_film(frames={"count": 113}), tmp_path / "long.mp4").stat().st_size
    assert long - short < 100 * 60


# The colours


@pytest.mark.parametrize("settings", KINDS.values(), ids=KINDS)
def test_its_luma_is_near_to_what_was_drawn(settings: dict[str, Any], tmp_path: Path) -> None:
    film = a_film(**settings)
    pictures = decoded(save(film, tmp_path / "film.mp4"))
    for frame, (y, _, _) in zip(range(film.frames), pictures, strict=True):
        assert distance(y, luma(film.picture(frame)), 219) > 37, f"frame {frame}"


@pytest.mark.parametrize("settings", KINDS.values(), ids=KINDS)
def test_its_background_has_the_right_colour(settings: dict[str, Any], tmp_path: Path) -> None:
    film = a_film(**settings)
    pictures = decoded(save(film, tmp_path / "film.mp4"))
    background = film.picture(0)[0, 0].astype(float)
    for frame in (0, film.frames - 1):
        shown = colors(pictures[frame])
        # One step of Cr is 1.8 of red; the pixels were rounded before.
        assert np.abs(shown[:4, :20] - background).max() <= 3
        assert np.abs(shown[-3:, -20:] - background).max() <= 2


PATCHES = [
    *((255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0), (0, 255, 255), (255, 0, 255)),
    *((0, 0, 0), (255, 255, 255), (128, 128, 128), (214, 94, 0), (20, 24, 31)),
]


@pytest.mark.parametrize("color", PATCHES, ids=str)
def test_flat_colours_come_back(color: tuple[int, int, int], tmp_path: Path) -> None:
    figure = Figure(figsize=(0.64, 0.48), dpi=100, facecolor="#{:02x}{:02x}{:02x}".format(*color))
    FigureCanvasAgg(figure)
    writer = Mp4Writer(fps=10)
    with writer.saving(figure, str(tmp_path / "film.mp4"), 100):
        for _ in range(3):
            writer.grab_frame()
    for planes in decoded(tmp_path / "film.mp4"):
        assert np.abs(colors(planes) - color).max() <= 4


def test_a_player_that_believes_the_tags_shows_the_right_colours(tmp_path: Path) -> None:
    film = a_film(**KINDS["areas"])
    path = save(film, tmp_path / "film.mp4")
    pictures = np.frombuffer(unpacked(path, "rgb24"), np.uint8).reshape(-1, 100, 160, 3)
    for frame, shown in zip(range(film.frames), pictures.astype(float), strict=True):
        assert distance(shown, film.picture(frame).astype(float)) > 28
        assert np.abs(shown[:4, :20] - 255).max() <= 2


def test_a_corner_that_changes_is_converted_to_the_last_pixel(tmp_path: Path) -> None:
    figure = Figure(figsize=(0.33, 0.21), dpi=100)
    FigureCanvasAgg(figure)
    picture = np.full((21, 33, 3), 255, np.uint8)
    image = figure.figimage(picture, resize=False)
    writer = Mp4Writer(fps=10)
    places = [(slice(a, a + 5), slice(b, b + 7)) for a in (0, 7, 16) for b in (0, 13, 26)]
    drawn = []
    with writer.saving(figure, str(tmp_path / "film.mp4"), 100):
        for place in places:
            picture = picture.copy()
            picture[place] = 0
            image.set_data(picture)
            drawn.append(picture)
            writer.grab_frame()
    for planes, expected in zip(decoded(tmp_path / "film.mp4"), drawn, strict=True):
        assert distance(planes[0][:21, :33], luma(expected), 219) > 30


@pytest.mark.skipif(os.name != "posix", reason="a script stands for ffmpeg")
@pytest.mark.parametrize("size", [(160, 100), (161, 101)], ids=str)
@pytest.mark.parametrize("kind", ["areas", "dark"])
def test_ffmpeg_is_handed_every_picture_in_bt709(
    kind: str, size: tuple[int, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_ffmpeg(tmp_path, 'for file; do :; done; cat > "$file"', monkeypatch)
    monkeypatch.setattr("visualize.formats._ffmpeg.MANY", 1000)
    film = a_film(size, **KINDS[kind])
    content = save(film, tmp_path / "film.mp4").read_bytes()
    width, height = (side + side % 2 for side in size)
    handed = planes(content, width, height)
    assert len(handed) == film.frames
    for frame, (y, blueish, reddish) in enumerate(handed):
        picture = film.picture(frame)
        picture = np.pad(
            picture, ((0, height - size[1]), (0, width - size[0]), (0, 0)), mode="edge"
        )
        blocks = picture.astype(float).reshape(height // 2, 2, width // 2, 2, 3).mean(axis=(1, 3))
        gray = (luma(blocks) - 16) * 255 / 219
        blue = 128 + 224 / 255 * (blocks[..., 2] - gray) / (2 * (1 - BLUE))
        red = 128 + 224 / 255 * (blocks[..., 0] - gray) / (2 * (1 - RED))
        for plane, exact in ((y, luma(picture)), (blueish, blue), (reddish, red)):
            assert np.abs(plane - exact).max() <= 0.52, f"frame {frame}"


def test_the_writer_is_one_of_matplotlibs() -> None:
    assert issubclass(Mp4Writer, AbstractMovieWriter)


# What goes wrong


def failure_of(film: Film, path: Path, **more: Any) -> str:
    """Return what is told when the film cannot be saved; whatever was left open is told too."""
    try:
        save(film, path, **more)
    except OutputError as error:
        told = str(error)
    else:
        pytest.fail("it was saved")
    gc.collect()
    return told


FULL = "av_interleaved_write_frame(): No space left on device"
SCRIPTS = {
    "at once": (f"echo '{FULL}' >&2; exit 1", "No space left on device"),
    "after some pictures": (
        f"head -c 100000 >/dev/null; echo '{FULL}' >&2; echo 'Conversion failed!' >&2; exit 1",
        "No space left on device",
    ),
    "at the end": (f"cat >/dev/null; echo '{FULL}' >&2; exit 228", "No space left on device"),
    "with other words": ("cat >/dev/null; echo 'Unknown encoder' >&2; exit 1", "Unknown encoder"),
    "without a word": ("exit 3", "3"),
    "killed": ("kill -9 $$", "-9"),
}


@pytest.mark.parametrize(("script", "words"), SCRIPTS.values(), ids=SCRIPTS)
def test_when_ffmpeg_fails_its_own_words_are_told(
    script: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_ffmpeg(tmp_path, script, monkeypatch)
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "film.mp4").write_bytes(b"old")
    before = set(children())
    told = failure_of(a_film(), folder / "film.mp4")
    assert words in told
    assert "ffmpeg" in told
    assert "roken pipe" not in told
    assert [file.name for file in folder.iterdir()] == ["film.mp4"]
    assert (folder / "film.mp4").read_bytes() == b"old"
    assert set(children()) <= before


def test_the_message_names_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_ffmpeg(tmp_path, SCRIPTS["at once"][0], monkeypatch)
    assert "film.mp4" in failure_of(a_film(), tmp_path / "film.mp4")


def test_an_encoder_that_is_killed_is_told(tmp_path: Path) -> None:
    before = set(children())

    def kill(done: int, _total: int) -> None:
        if done == 6:
            for child in set(children()) - before:
                os.kill(child, signal.SIGKILL)

    told = failure_of(a_film((320, 200)), tmp_path / "film.mp4", progress=kill)
    assert "ffmpeg" in told
    assert list(tmp_path.iterdir()) == []
    assert set(children()) <= before


def test_a_folder_that_vanishes_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "out"

    def vanish(done: int, _total: int) -> None:
        if done == 6:
            shutil.rmtree(folder)

    assert failure_of(a_film(), folder / "film.mp4", progress=vanish)
    assert not folder.exists()


def test_a_film_that_is_broken_off_leaves_no_encoder_behind(tmp_path: Path) -> None:
    before = set(children())

    def interrupt(done: int, _total: int) -> None:
        if done == 6:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        save(a_film(), tmp_path / "film.mp4", progress=interrupt)
    gc.collect()  # what was left open is told now
    assert set(children()) <= before
    assert list(tmp_path.iterdir()) == []


def test_an_ffmpeg_that_is_not_there_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imageio_ffmpeg, "get_ffmpeg_exe", lambda: str(tmp_path / "nowhere"))
    assert failure_of(a_film(), tmp_path / "film.mp4")
    assert list(tmp_path.iterdir()) == []
