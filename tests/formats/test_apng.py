"""Animated PNGs: every pixel as it was drawn, at exactly its time."""

import zlib
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.formats.exact import Exact
from tests.formats.films import KINDS, a_film, patches, shown, unpacked, write
from visualize import save


class TestApng(Exact):
    name = "apng"
    tolerance = 1e-3


def chunks(path: Path) -> Iterator[tuple[bytes, bytes]]:
    """Yield each chunk's kind and content; the checksums are right."""
    content = path.read_bytes()
    assert content[:8] == b"\x89PNG\r\n\x1a\n"
    place = 8
    while place < len(content):
        length = int.from_bytes(content[place : place + 4])
        body = content[place + 4 : place + 8 + length]
        assert int.from_bytes(content[place + 8 + length : place + 12 + length]) == zlib.crc32(body)
        yield body[:4], body[4:]
        place += 12 + length


def test_the_parts_are_numbered_and_counted(tmp_path: Path) -> None:
    path = write("apng", patches(6), tmp_path / "film.apng", loop=3, comment="mine")
    found = list(chunks(path))
    kinds = [kind for kind, _ in found]
    assert kinds[:5] == [b"IHDR", b"acTL", b"tEXt", b"fcTL", b"IDAT"]
    assert kinds[5:] == [*[b"fcTL", b"fdAT"] * (kinds.count(b"fcTL") - 1), b"IEND"]
    numbers = [int.from_bytes(it[:4]) for kind, it in found if kind in {b"fcTL", b"fdAT"}]
    assert numbers == list(range(len(numbers)))
    assert dict(found)[b"acTL"] == kinds.count(b"fcTL").to_bytes(4) + (3).to_bytes(4)


def test_who_knows_still_pictures_only_sees_the_first(tmp_path: Path) -> None:
    film = a_film()
    path = save(film, tmp_path / "film.apng")
    data = b"".join(content for kind, content in chunks(path) if kind == b"IDAT")
    rows = np.frombuffer(zlib.decompress(data), np.uint8).reshape(100, -1)
    assert not rows[:, 0].any()
    pixels = rows[:, 1:].reshape(100, 160, 4)
    np.testing.assert_array_equal(pixels[..., :3], film.picture(0))


def test_another_program_sees_the_same_pictures(tmp_path: Path) -> None:
    path = save(a_film(**KINDS["areas"]), tmp_path / "film.apng")
    pictures = np.frombuffer(unpacked(path, "rgb24"), np.uint8).reshape(-1, 100, 160, 3)
    np.testing.assert_array_equal(pictures, shown(path).pictures)


def test_it_is_a_png_for_whoever_asks(tmp_path: Path) -> None:
    with Image.open(write("apng", patches(2, (64, 48)), tmp_path / "film.apng")) as image:
        assert image.format == "PNG"
        assert image.size == (64, 48)


@pytest.mark.parametrize("rate", [24, 25, 29.97, 30, 240])
def test_delays_are_exact_fractions(rate: float, tmp_path: Path) -> None:
    path = write("apng", patches(4), tmp_path / "film.apng", per_second=rate)
    controls = [content for kind, content in chunks(path) if kind == b"fcTL"]
    delays = [Fraction(int.from_bytes(it[20:22]), int.from_bytes(it[22:24])) for it in controls]
    assert delays == [1 / Fraction(str(rate))] * 4


def test_pillow_finds_the_comment(tmp_path: Path) -> None:
    path = write("apng", patches(2), tmp_path / "film.apng", comment="mine, and yours")
    assert shown(path).info["Comment"] == "mine, and yours"
