"""Folders of frames: numbered pictures, exactly as drawn, and the folder whole or as it was."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.exact import KINDS
from tests.films import Picture, a_film, a_scene
from visualize import Film, OutputError, save
from visualize.film import is_current


def a_short_film(count: int = 4, **settings: Any) -> Film:
    return a_film(panels=["values"], frames={"size": [64, 48], "count": count}, **settings)


def pictures(folder: Path) -> list[Picture]:
    files = sorted(folder.iterdir())
    assert [file.name for file in files] == [f"{number:05}.png" for number in range(len(files))]
    found = []
    for file in files:
        with Image.open(file) as image:
            found.append(np.asarray(image))
    return found


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("transparent", [False, True])
def test_every_frame_is_a_file_with_exactly_its_pixels(
    kind: str, transparent: bool, tmp_path: Path
) -> None:
    film = a_film(
        **KINDS[kind], **({"transparent": True, "formats": ["frames"]} if transparent else {})
    )
    seen = pictures(save(film, tmp_path / "film.frames"))
    assert len(seen) == film.frames
    for frame, picture in enumerate(seen):
        np.testing.assert_array_equal(picture, film.picture(frame), f"frame {frame}")


def test_frames_that_are_alike_are_there_each(tmp_path: Path) -> None:
    film = a_short_film(30, steps=3)
    seen = pictures(save(film, tmp_path / "film.frames"))
    assert len(seen) == 30
    np.testing.assert_array_equal(seen[-1], film.picture(29))


def test_a_folder_is_replaced_whole(tmp_path: Path) -> None:
    save(a_short_film(9), tmp_path / "film.frames")
    save(a_short_film(4), tmp_path / "film.frames")
    assert len(pictures(tmp_path / "film.frames")) == 4
    assert [file.name for file in tmp_path.iterdir()] == ["film.frames"]


def test_it_is_known_to_be_current(tmp_path: Path) -> None:
    path = save(a_film(), tmp_path / "film.frames")
    assert is_current(path, a_scene())
    assert not is_current(path, a_scene(theme="dark"))
    (path / "00003.png").unlink()
    assert not is_current(path, a_scene())


def test_a_folder_with_something_else_in_it_is_left_alone(tmp_path: Path) -> None:
    path = save(a_short_film(), tmp_path / "film.frames")
    (path / "mine.txt").write_text("mine")
    before = {file.name: file.read_bytes() for file in path.iterdir()}
    with pytest.raises(OutputError, match=r"film.frames: cannot be written: it holds mine\.txt"):
        save(a_short_film(2), path)
    assert {file.name: file.read_bytes() for file in path.iterdir()} == before
    assert [file.name for file in tmp_path.iterdir()] == ["film.frames"]


def test_a_file_of_that_name_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "film.frames"
    path.write_text("mine")
    with pytest.raises(OutputError, match="cannot be written: not a directory"):
        save(a_short_film(), path)
    assert path.read_text() == "mine"


def test_what_is_broken_off_leaves_the_folder_that_was(tmp_path: Path) -> None:
    def interrupt(done: int, _total: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    path = save(a_short_film(3), tmp_path / "film.frames")
    with pytest.raises(KeyboardInterrupt):
        save(a_short_film(9), path, progress=interrupt)
    assert len(pictures(path)) == 3
    assert [file.name for file in tmp_path.iterdir()] == ["film.frames"]


@pytest.mark.skipif(os.name != "posix", reason="whose process has ended is known on POSIX")
def test_what_a_killed_process_left_is_removed(tmp_path: Path) -> None:
    killed = f"""
import os
from pathlib import Path
from visualize.files import folder_written_whole
with folder_written_whole(Path({str(tmp_path)!r}) / "film.frames") as folder:
    (folder / "00000.png").write_bytes(b"")
    os._exit(1)
"""
    subprocess.run([sys.executable, "-c", killed], check=False, cwd=Path(__file__).parent.parent)
    assert len(list(tmp_path.iterdir())) == 1
    save(a_short_film(), tmp_path / "film.frames")
    assert [file.name for file in tmp_path.iterdir()] == ["film.frames"]
