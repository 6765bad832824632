"""MP4s: videos that play everywhere, in the right colours."""

import os
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.formats.films import (
    KINDS,
    Picture,
    Pictures,
    distance,
    drawn,
    patches,
    said_by_ffmpeg,
    size_of,
    unpacked,
    write,
)
from tests.formats.test_video import fake_ffmpeg
from visualize import save

Array = NDArray[np.float64]

RED, GREEN, BLUE = 0.2126, 0.7152, 0.0722
"""ITU-R BT.709, item 3.2."""


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


def luma(picture: Picture) -> Array:
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


# What it is


@pytest.mark.parametrize("size", [(16, 16), (160, 100), (1366, 18), (18, 1080)], ids=str)
def test_it_is_h264_of_exactly_the_size(size: tuple[int, int], tmp_path: Path) -> None:
    path = write("mp4", patches(2, size), tmp_path / "film.mp4", comment="mine, and yours")
    words = said_by_ffmpeg(path)
    assert "Video: h264" in words
    # ffmpeg says "bt709" once where matrix, primaries and transfer are all that.
    assert "yuv420p(tv, bt709, progressive)" in words
    assert "mine, and yours" in words
    assert "Audio" not in words
    assert size_of(path) == size


def test_it_can_be_played_while_it_is_loaded(tmp_path: Path) -> None:
    content = write("mp4", patches(3), tmp_path / "film.mp4").read_bytes()
    assert content[4:8] == b"ftyp"
    assert 0 < content.index(b"moov") < content.index(b"mdat")


# The colours


def test_its_luma_is_near_to_what_was_drawn(tmp_path: Path) -> None:
    for kind in ("areas", "dark"):
        pictures = decoded(save(Pictures(drawn(kind)), tmp_path / "film.mp4"))
        for frame, (y, _, _) in enumerate(pictures):
            assert distance(y, luma(drawn(kind)[frame]), 219) > 37, f"{kind}, frame {frame}"


PATCHES = [
    *((255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0), (0, 255, 255), (255, 0, 255)),
    *((0, 0, 0), (255, 255, 255), (128, 128, 128), (214, 94, 0), (20, 24, 31)),
]


def test_flat_colours_come_back(tmp_path: Path) -> None:
    pictures = [np.full((48, 64, 3), color, np.uint8) for color in PATCHES]
    found = decoded(write("mp4", pictures, tmp_path / "film.mp4"))
    for color, planes in zip(PATCHES, found, strict=True):
        assert np.abs(colors(planes) - color).max() <= 4


def test_a_corner_that_changes_is_converted_to_the_last_pixel(tmp_path: Path) -> None:
    pictures = [np.full((21, 33, 3), 255, np.uint8)]
    for place in [(slice(a, a + 5), slice(b, b + 7)) for a in (0, 7, 16) for b in (0, 13, 26)]:
        pictures.append(pictures[-1].copy())
        pictures[-1][place] = 0
    found = decoded(write("mp4", pictures, tmp_path / "film.mp4"))
    for planes, expected in zip(found, pictures, strict=True):
        assert distance(planes[0][:21, :33], luma(expected), 219) > 30


@pytest.mark.skipif(os.name != "posix", reason="a script stands for ffmpeg")
@pytest.mark.parametrize("kind", ["areas", "a curve"])
def test_ffmpeg_is_handed_every_picture_in_bt709(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_ffmpeg(tmp_path, 'for file; do :; done; cat > "$file"', monkeypatch)
    monkeypatch.setattr("visualize.formats._ffmpeg.MANY", 1000)
    pictures = drawn(kind)
    assert kind in KINDS
    content = save(Pictures(pictures), tmp_path / "film.mp4").read_bytes()
    odd = [side % 2 for side in pictures[0].shape[:2]]
    height, width = (side + side % 2 for side in pictures[0].shape[:2])
    handed = planes(content, width, height)
    assert len(handed) == len(pictures)
    for frame, (y, blueish, reddish) in enumerate(handed):
        picture = np.pad(pictures[frame], ((0, odd[0]), (0, odd[1]), (0, 0)), mode="edge")
        blocks = picture.astype(float).reshape(height // 2, 2, width // 2, 2, 3).mean(axis=(1, 3))
        gray = (luma(blocks) - 16) * 255 / 219
        blue = 128 + 224 / 255 * (blocks[..., 2] - gray) / (2 * (1 - BLUE))
        red = 128 + 224 / 255 * (blocks[..., 0] - gray) / (2 * (1 - RED))
        for plane, exact in ((y, luma(picture)), (blueish, blue), (reddish, red)):
            assert np.abs(plane - exact).max() <= 0.52, f"frame {frame}"
