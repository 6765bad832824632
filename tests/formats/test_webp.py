"""Animated WebPs: every pixel as it was drawn, in a file that others can read."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import ExifTags, Image

from tests.formats.exact import Exact, a_small_film
from tests.formats.films import RACE, a_film
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
    found = list(chunks(save(a_film(frames={"size": [161, 99]}), tmp_path / "film.webp")))
    kinds = [kind for kind, _ in found]
    assert kinds == [b"VP8X", b"ANIM", *[b"ANMF"] * (len(kinds) - 3), b"EXIF"]
    assert dict(found)[b"VP8X"][4:] == (160).to_bytes(3, "little") + (98).to_bytes(3, "little")
    for kind, content in found:
        assert kind != b"ANMF" or content[16:20] == b"VP8L"


@pytest.mark.parametrize(("fps", "milliseconds"), [(25, {40}), (50, {20}), (30, {33, 34})])
def test_delays_are_whole_milliseconds(fps: float, milliseconds: set[int], tmp_path: Path) -> None:
    found = chunks(save(a_small_film(fps=fps), tmp_path / "film.webp"))
    delays = {int.from_bytes(it[12:15], "little") for kind, it in found if kind == b"ANMF"}
    assert delays == milliseconds


def test_the_description_holds_the_fingerprint(tmp_path: Path) -> None:
    film = a_small_film()
    with Image.open(save(film, tmp_path / "film.webp")) as image:
        assert film.fingerprint in image.getexif()[ExifTags.Base.ImageDescription]


def test_it_is_smaller_than_an_animated_png(tmp_path: Path) -> None:
    film = a_film(frames={"size": [640, 360]}, optimizers=RACE)
    webp, apng = (save(film, tmp_path / f"film.{it}").stat().st_size for it in ("webp", "apng"))
    assert webp < 0.75 * apng
