"""Videos: near to what was drawn, for the right time, and ffmpeg's failures in its own words."""

import gc
import os
import shutil
import signal
from fractions import Fraction
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import numpy as np
import pytest

from tests.formats.films import (
    KINDS,
    RATES,
    Pictures,
    a_film,
    distance,
    drawn,
    patches,
    played,
    size_of,
    write,
)
from visualize import OutputError, save

VIDEOS = ("mp4", "webm")
videos = pytest.mark.parametrize("name", VIDEOS)

LUMA = np.array([0.2126, 0.7152, 0.0722])
"""ITU-R BT.709, item 3.2."""


def fake_ffmpeg(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    program = folder / "ffmpeg"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setattr(imageio_ffmpeg, "get_ffmpeg_exe", lambda: str(program))


def children() -> set[int]:
    """Return this process's living and dead children."""
    tasks = Path("/proc/self/task").iterdir()
    return {int(child) for task in tasks for child in (task / "children").read_text().split()}


# Pictures


@videos
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_shown_is_near_to_what_was_drawn(kind: str, name: str, tmp_path: Path) -> None:
    film, exact = a_film(**KINDS[kind]), drawn(kind)
    pictures = played(save(film, tmp_path / f"film.{name}"))
    assert len(pictures) == len(exact)
    height, width = exact[0].shape[:2]
    assert pictures.shape[1:3] == (height + height % 2, width + width % 2)
    for frame, picture in enumerate(pictures):
        seen = picture[:height, :width]
        assert distance(seen @ LUMA, exact[frame] @ LUMA) > 33, f"frame {frame}"
        assert distance(seen, exact[frame]) > 27, f"frame {frame}"
        assert np.abs(seen.mean(axis=(0, 1)) - exact[frame].mean(axis=(0, 1))).max() < 3
        background = seen[:4, -20:].astype(int) - exact[frame][0, 0]
        # One step of Cr is 1.8 of red; the pixels were rounded before.
        assert np.abs(background).max() <= 3


@videos
@pytest.mark.parametrize("size", [(160, 100), (161, 100), (160, 101), (65, 47), (999, 31)], ids=str)
def test_an_odd_side_is_padded_by_one_pixel(
    size: tuple[int, int], name: str, tmp_path: Path
) -> None:
    path = write(name, patches(2, size), tmp_path / f"film.{name}")
    assert size_of(path) == tuple(side + side % 2 for side in size)
    assert distance(played(path)[1][: size[1], : size[0]], patches(2, size)[1]) > 28


# Time


@pytest.mark.parametrize(("name", "hold"), [("mp4", 0.0), ("mp4", 1.5), ("webm", 1.5)])
def test_it_takes_its_time(name: str, hold: float, tmp_path: Path) -> None:
    for number, rate in enumerate(RATES):
        path = tmp_path / f"{number}.{name}"
        write(name, patches(7), path, per_second=rate, hold=hold)
        pictures, seconds = imageio_ffmpeg.count_frames_and_secs(str(path))
        assert pictures == 7 + round(hold * rate), rate
        exact = pictures / Fraction(rate).limit_denominator(10**5)
        assert seconds == pytest.approx(float(exact), abs=0.011), rate


@videos
def test_a_single_picture_is_a_video_too(name: str, tmp_path: Path) -> None:
    path = write(name, patches(1), tmp_path / f"film.{name}")
    assert imageio_ffmpeg.count_frames_and_secs(str(path))[0] == 1


@videos
def test_equal_pictures_cost_little(name: str, tmp_path: Path) -> None:
    exact = drawn("lines")
    short = save(Pictures(exact), tmp_path / f"short.{name}").stat().st_size
    more = [*exact, *[exact[-1]] * 100]
    assert save(Pictures(more), tmp_path / f"long.{name}").stat().st_size - short < 100 * 60


# What goes wrong


def failure_of(path: Path, pictures: int = 9, **more: Any) -> str:
    """Return what is said when a film cannot be saved; whatever was left open is said too."""
    clip = Pictures([np.full((200, 320, 3), 20 * number, np.uint8) for number in range(pictures)])
    with pytest.raises(OutputError) as caught:
        save(clip, path, **more)
    gc.collect()
    return str(caught.value)


FULL = "av_interleaved_write_frame(): No space left on device"
SCRIPTS = {
    "at once": (f"echo '{FULL}' >&2; exit 1", "No space left on device"),
    "after some pictures": (
        f"head -c 300000 >/dev/null; echo '{FULL}' >&2; echo 'Conversion failed!' >&2; exit 1",
        "No space left on device",
    ),
    "at the end": (f"cat >/dev/null; echo '{FULL}' >&2; exit 228", "No space left on device"),
    "with other words": ("cat >/dev/null; echo 'Unknown encoder' >&2; exit 1", "Unknown encoder"),
    "without a word": ("exit 3", "3"),
    "killed": ("kill -9 $$", "-9"),
}


@pytest.mark.skipif(os.name != "posix", reason="a script stands for ffmpeg")
@pytest.mark.parametrize(("script", "words"), SCRIPTS.values(), ids=SCRIPTS)
def test_when_ffmpeg_fails_its_own_words_are_reported(
    script: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_ffmpeg(tmp_path, script, monkeypatch)
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "film.mp4").write_bytes(b"old")
    before = children()
    message = failure_of(folder / "film.mp4")
    assert words in message
    assert "ffmpeg" in message
    assert "film.mp4" in message
    assert "roken pipe" not in message
    assert [file.name for file in folder.iterdir()] == ["film.mp4"]
    assert (folder / "film.mp4").read_bytes() == b"old"
    assert children() <= before


@videos
def test_an_encoder_that_is_killed_is_reported(name: str, tmp_path: Path) -> None:
    before = children()

    def kill(done: int, _total: int) -> None:
        if done == 6:
            for child in children() - before:
                os.kill(child, signal.SIGKILL)

    assert "ffmpeg" in failure_of(tmp_path / f"film.{name}", pictures=12, progress=kill)
    assert list(tmp_path.iterdir()) == []
    assert children() <= before


@videos
def test_a_folder_that_vanishes_is_reported(name: str, tmp_path: Path) -> None:
    folder = tmp_path / "out"

    def vanish(done: int, _total: int) -> None:
        if done == 6:
            shutil.rmtree(folder)

    assert failure_of(folder / f"film.{name}", progress=vanish)
    assert not folder.exists()


@videos
def test_a_film_that_is_broken_off_leaves_no_encoder_behind(name: str, tmp_path: Path) -> None:
    before = children()

    def interrupt(done: int, _total: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        save(Pictures(patches(4)), tmp_path / f"film.{name}", progress=interrupt)
    gc.collect()  # what was left open would be reported now
    assert children() <= before
    assert list(tmp_path.iterdir()) == []


def test_an_ffmpeg_that_is_not_there_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imageio_ffmpeg, "get_ffmpeg_exe", lambda: str(tmp_path / "nowhere"))
    assert failure_of(tmp_path / "film.mp4")
    assert list(tmp_path.iterdir()) == []
