"""WebMs: VP9 in the right colours, and with the opacity that pictures have."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.formats.films import Picture, a_film, distance, patches, said_by_ffmpeg, unpacked, write
from visualize import save


def with_opacity(path: Path, width: int, height: int) -> NDArray[np.uint8]:
    """Return every picture with its opacity: `(pictures, height, width, 4)`."""
    content = unpacked(path, "rgba", "-c:v", "libvpx-vp9")  # ffmpeg's own does not know of it
    return np.frombuffer(content, np.uint8).reshape(-1, height, width, 4)


def over_paper(picture: Picture) -> Picture:
    """Return what is seen of a picture with opacity on dark paper."""
    share = picture[..., 3:] / 255
    return np.asarray(share * picture[..., :3] + (1 - share) * [40, 60, 50]).astype(np.uint8)


def luma(picture: Picture) -> NDArray[np.float64]:
    return np.asarray(picture @ np.array([0.2126, 0.7152, 0.0722]))


def test_it_is_vp9_with_tagged_colours(tmp_path: Path) -> None:
    path = write("webm", patches(3, (64, 48)), tmp_path / "film.webm", comment="mine, and yours")
    words = said_by_ffmpeg(path)
    assert "Video: vp9" in words
    # ffmpeg says "bt709" once where matrix, primaries and transfer are all that.
    assert re.search(r"yuv420p\(tv, bt709(, progressive)?\), 64x48", words)
    assert "Audio" not in words
    assert "alpha_mode" not in words, "an opaque film has no plane of opacity"
    assert "mine, and yours" in words
    assert path.read_bytes()[:4] == b"\x1a\x45\xdf\xa3"
    assert b"webm" in path.read_bytes()[:64]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_transparent_film_has_its_opacity(theme: str, tmp_path: Path) -> None:
    settings: dict[str, Any] = {"transparent": True, "formats": ["webm"], "theme": theme}
    film = a_film(**settings, frames={"size": [321, 200]})
    path = save(film, tmp_path / "film.webm")
    assert "alpha_mode" in said_by_ffmpeg(path)
    seen = with_opacity(path, 322, 200)[:, :, :321]
    assert len(seen) == film.frames
    for frame in (0, film.frames - 1):
        drawn = film.picture(frame)
        assert (drawn[..., 3] == 0).mean() > 0.5
        assert np.abs(seen[frame, ..., 3].astype(int) - drawn[..., 3]).mean() < 1
        assert distance(luma(over_paper(drawn)), luma(over_paper(seen[frame]))) > 33
