"""Animated WebPs: every pixel as it was drawn, in a file that others can read."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import ExifTags, Image

from tests.formats.exact import Exact
from tests.formats.films import RACE, a_film, patches, write
from visualize import save


class TestWebp(Exact):
    name = "webp"
    tolerance = 1.0


def chunks(path: Path) -> Iterator[tuple[bytes, bytes]]:
    """Yield each chunk's kind and content; the lengths are right."""
    content = path.read_bytes()
    assert (content[:4], content[8:12]) == (b"RIFF", b"WEBP")
    assert int.from_bytes(content[4:8], "little") == len(content) - 8
    place = 12
    while place < len(content):
        length = int.from_bytes(content[place + 4 : place + 8], "little")
        yield content[place : place + 4], content[place + 8 : place + 8 + length]
        place += 8 + length + length % 2
    assert place == len(content)


def test_the_parts_are_those_of_a_film_without_loss(tmp_path: Path) -> None:
    found = list(chunks(write("webp", patches(6, (161, 99)), tmp_path / "film.webp")))
    kinds = [kind for kind, _ in found]
    assert kinds == [b"VP8X", b"ANIM", *[b"ANMF"] * (len(kinds) - 3), b"EXIF"]
    assert dict(found)[b"VP8X"][4:] == (160).to_bytes(3, "little") + (98).to_bytes(3, "little")
    for kind, content in found:
        assert kind != b"ANMF" or content[16:20] == b"VP8L"


@pytest.mark.parametrize(("rate", "milliseconds"), [(25, {40}), (50, {20}), (30, {33, 34})])
def test_delays_are_whole_milliseconds(rate: float, milliseconds: set[int], tmp_path: Path) -> None:
    found = chunks(write("webp", patches(5), tmp_path / "film.webp", per_second=rate))
    delays = {int.from_bytes(it[12:15], "little") for kind, it in found if kind == b"ANMF"}
    assert delays == milliseconds


def test_pillow_finds_the_comment(tmp_path: Path) -> None:
    path = write("webp", patches(2), tmp_path / "film.webp", comment="mine, and yours")
    with Image.open(path) as image:
        assert image.getexif()[ExifTags.Base.ImageDescription] == "mine, and yours"


def test_it_is_smaller_than_an_animated_png(tmp_path: Path) -> None:
    film = a_film(frames={"size": [640, 360]}, optimizers=RACE)
    webp, apng = (save(film, tmp_path / f"film.{it}").stat().st_size for it in ("webp", "apng"))
    assert webp < 0.75 * apng
