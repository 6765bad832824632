"""Stills: one picture of a film, exactly, and nothing else is drawn for it."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.formats.films import KINDS, Picture, Pictures, a_film, drawn, patches, write
from visualize import save


def still(path: Path, mode: str = "RGB") -> Picture:
    with Image.open(path) as image:
        assert image.format == "PNG"
        assert image.mode == mode
        assert getattr(image, "n_frames", 1) == 1
        return np.asarray(image)


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_exactly_the_last_picture(kind: str, tmp_path: Path) -> None:
    seen = still(save(a_film(**KINDS[kind]), tmp_path / "film.png"))
    np.testing.assert_array_equal(seen, drawn(kind)[-1])


@pytest.mark.parametrize("frame", [0, 3])
def test_a_clip_may_choose_another_and_no_other_is_drawn(frame: int, tmp_path: Path) -> None:
    clip = Pictures(patches(5), poster=frame)
    reports: list[tuple[int, int]] = []
    path = save(clip, tmp_path / "film.png", progress=lambda *pair: reports.append(pair))
    np.testing.assert_array_equal(still(path), clip.pictures[frame])
    assert clip.asked == [frame]
    assert reports[-1] == (1, 1)


def test_a_transparent_film_has_no_background(tmp_path: Path) -> None:
    film = a_film(transparent=True, formats=["png"])
    seen = still(save(film, tmp_path / "film.png"), "RGBA")
    np.testing.assert_array_equal(seen, film.picture(film.frames - 1))
    assert seen[0, 0, 3] == 0
    assert (seen[..., 3] == 0).mean() > 0.5
    assert (seen[..., 3] == 255).any()


def test_pillow_finds_the_comment(tmp_path: Path) -> None:
    path = write("png", patches(1), tmp_path / "film.png", comment="mine, and yours")
    with Image.open(path) as image:
        assert image.info["Comment"] == "mine, and yours"


def test_it_is_smaller_than_what_pillow_makes(tmp_path: Path) -> None:
    film = a_film(**KINDS["areas"] | {"frames": {"size": [640, 360], "count": 1}})
    ours = save(film, tmp_path / "film.png").stat().st_size
    Image.fromarray(film.picture(0)).save(tmp_path / "pillow.png", optimize=True)
    assert ours < (tmp_path / "pillow.png").stat().st_size
