"""WebMs: VP9 in the right colours, for the right time, the same bytes on every run."""

import gc
import math
import re
import subprocess
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import numpy as np
import pytest
from matplotlib.animation import AbstractMovieWriter, FuncAnimation
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray

from tests.formats.exact import KINDS, a_small_film
from tests.formats.films import a_film, a_scene, drawn_by
from visualize import OutputError, save
from visualize.film.fingerprint import is_current
from visualize.formats.webm import WebmWriter

Picture = NDArray[np.uint8]


def told_by_ffmpeg(path: Path) -> str:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-i", str(path)]
    return str(subprocess.run(command, capture_output=True, text=True, check=False).stderr)


def shown(path: Path) -> NDArray[np.uint8]:
    """Return every picture as a player shows it: `(pictures, height, width, 3)`."""
    found = re.search(r"Video: .*, ([0-9]+)x([0-9]+)[, ]", told_by_ffmpeg(path))
    assert found
    command = [
        *(imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(path)),
        *("-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", "rgb24", "-"),
    ]
    content = subprocess.run(command, capture_output=True, check=True).stdout
    return np.frombuffer(content, np.uint8).reshape(-1, int(found[2]), int(found[1]), 3)


def with_opacity(path: Path, width: int, height: int) -> NDArray[np.uint8]:
    """Return every picture with its opacity: `(pictures, height, width, 4)`."""
    command = [  # ffmpeg's own decoder does not know of opacity
        *(imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-c:v", "libvpx-vp9", "-i", str(path)),
        *("-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", "rgba", "-"),
    ]
    content = subprocess.run(command, capture_output=True, check=True).stdout
    return np.frombuffer(content, np.uint8).reshape(-1, height, width, 4)


def over_paper(picture: Picture) -> Picture:
    """Return what is seen of a picture with opacity on dark paper."""
    share = picture[..., 3:] / 255
    return np.asarray(share * picture[..., :3] + (1 - share) * [40, 60, 50]).astype(np.uint8)


def luma(picture: Picture) -> NDArray[np.float64]:
    weights = np.array([0.2126, 0.7152, 0.0722])
    return np.asarray(picture @ weights)


def distance(one: Picture, other: Picture) -> float:
    """Return the peak signal-to-noise ratio of what is light and dark, in decibels."""
    error = float(np.mean((luma(one) - luma(other)) ** 2))
    return math.inf if error == 0 else 10 * math.log10(255**2 / error)


def children() -> set[int]:
    tasks = Path("/proc/self/task").iterdir()
    return {int(child) for task in tasks for child in (task / "children").read_text().split()}


def test_it_is_vp9_with_tagged_colours(tmp_path: Path) -> None:
    path = save(a_film(), tmp_path / "film.webm")
    told = told_by_ffmpeg(path)
    assert "Video: vp9" in told
    # ffmpeg says "bt709" once where matrix, primaries and transfer are all that.
    assert re.search(r"yuv420p\(tv, bt709(, progressive)?\), 160x100", told)
    assert "Audio" not in told
    assert path.read_bytes()[:4] == b"\x1a\x45\xdf\xa3"
    assert b"webm" in path.read_bytes()[:64]


def test_it_says_whose_film_it_is(tmp_path: Path) -> None:
    film = a_film()
    path = save(film, tmp_path / "film.webm")
    assert film.fingerprint in told_by_ffmpeg(path)
    assert is_current(path, a_scene())
    assert not is_current(path, a_scene(theme="dark"))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_transparent_film_has_its_opacity(theme: str, tmp_path: Path) -> None:
    settings: dict[str, Any] = {"transparent": True, "formats": ["webm"], "theme": theme}
    film = a_film(**settings, frames={"size": [321, 200]})
    seen = with_opacity(save(film, tmp_path / "film.webm"), 322, 200)[:, :, :321]
    assert len(seen) == film.frames
    for frame in (0, film.frames - 1):
        drawn = film.picture(frame)
        assert (drawn[..., 3] == 0).mean() > 0.5
        assert np.abs(seen[frame, ..., 3].astype(int) - drawn[..., 3]).mean() < 1
        assert distance(over_paper(drawn), over_paper(seen[frame])) > 33


def test_an_opaque_film_has_no_plane_of_opacity(tmp_path: Path) -> None:
    assert "alpha_mode" not in told_by_ffmpeg(save(a_film(), tmp_path / "film.webm"))
    clear = save(a_film(transparent=True, formats=["webm"]), tmp_path / "clear.webm")
    assert "alpha_mode" in told_by_ffmpeg(clear)


def test_the_same_film_makes_the_same_bytes(tmp_path: Path) -> None:
    settings = {**KINDS["areas"], "frames": {"size": [640, 360]}}
    one = save(a_film(**settings), tmp_path / "one.webm").read_bytes()
    other = save(a_film(**settings), tmp_path / "folder" / "other.webm").read_bytes()
    assert one == other


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_shown_is_near_to_what_was_drawn(kind: str, tmp_path: Path) -> None:
    film = a_film(**KINDS[kind])
    width, height = film.picture(0).shape[1::-1]
    pictures = shown(save(film, tmp_path / "film.webm"))
    assert len(pictures) == film.frames
    assert pictures.shape[1:3] == (height + height % 2, width + width % 2)
    for frame, picture in enumerate(pictures):
        seen, drawn = picture[:height, :width], film.picture(frame)
        assert distance(seen, drawn) > 33
        assert np.abs(seen.mean(axis=(0, 1)) - drawn.mean(axis=(0, 1))).max() < 2


TIMES: list[dict[str, float]] = [
    *({"fps": fps} for fps in (1, 25, 29.97, 60, 240)),
    *({"interval": interval} for interval in (20, 33.3, 2500)),
]


@pytest.mark.parametrize("hold", [0.0, 1.5])
@pytest.mark.parametrize("time", TIMES, ids=str)
def test_it_takes_its_time(time: dict[str, float], hold: float, tmp_path: Path) -> None:
    film = a_small_film(**time, hold=hold)
    path = save(film, tmp_path / "film.webm")
    pictures, seconds = imageio_ffmpeg.count_frames_and_secs(str(path))
    assert pictures == film.frames + round(1000 * hold / film.interval)
    assert abs(seconds - pictures * film.interval / 1000) < 0.011


def test_equal_pictures_cost_little(tmp_path: Path) -> None:
    short = save(a_small_film(count=21), tmp_path / "short.webm").stat().st_size
    long = save(a_small_film(count=121), tmp_path / "long.webm").stat().st_size
    assert long - short < 100 * 60


def test_the_writer_saves_somebody_elses_animation(tmp_path: Path) -> None:
    figure = Figure(figsize=(1.6, 1), dpi=100)
    canvas = FigureCanvasAgg(figure)
    (line,) = figure.add_subplot().plot([0, 1], [0, 1])

    def draw(frame: int) -> list[Artist]:
        line.set_ydata([0, frame / 10])
        return [line]

    animation = FuncAnimation(figure, draw, frames=10, cache_frame_data=False)
    animation.save(str(tmp_path / "film.webm"), writer=WebmWriter(fps=10))
    for frame, picture in enumerate(shown(tmp_path / "film.webm")):
        draw(frame)
        assert distance(picture, drawn_by(canvas)) > 33
    assert issubclass(WebmWriter, AbstractMovieWriter)


def failing_ffmpeg(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = folder / "ffmpeg"
    program.write_text("#!/bin/sh\nhead -c 9999 >/dev/null; echo 'No space left' >&2; exit 1\n")
    program.chmod(0o755)
    monkeypatch.setattr(imageio_ffmpeg, "get_ffmpeg_exe", lambda: str(program))


def test_when_ffmpeg_fails_its_own_words_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing_ffmpeg(tmp_path, monkeypatch)
    with pytest.raises(OutputError, match="ffmpeg stopped: No space left"):
        save(a_film(), tmp_path / "film.webm")
    assert [file.name for file in tmp_path.iterdir()] == ["ffmpeg"]


def test_a_film_that_is_broken_off_leaves_no_file_and_no_encoder(tmp_path: Path) -> None:
    before = children()

    def interrupt(done: int, _total: int) -> None:
        if done == 6:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        save(a_film(), tmp_path / "film.webm", progress=interrupt)
    gc.collect()  # what was left open is told now
    assert children() <= before
    assert list(tmp_path.iterdir()) == []
