"""Folders of frames: numbered pictures, exactly as drawn, and the folder whole or as it was."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.conftest import ROOT
from tests.formats.films import KINDS, Picture, Pictures, a_film, a_scene, patches
from visualize import OutputError, save
from visualize.film.fingerprint import is_current
from visualize.formats.format import FORMATS
from visualize.storage.files import folder_written_whole


def save_short(path: Path, count: int = 4, **more: Any) -> Path:
    return save(Pictures(patches(count)), path, **more)


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    return save_short(tmp_path / "film.frames")


def pictures(folder: Path) -> list[Picture]:
    files = sorted(folder.iterdir())
    assert [file.name for file in files] == [f"{number:05}.png" for number in range(len(files))]
    found = []
    for file in files:
        with Image.open(file) as image:
            found.append(np.asarray(image))
    return found


def content(folder: Path) -> dict[str, bytes]:
    files = (file for file in folder.rglob("*") if file.is_file())
    return {str(file.relative_to(folder)): file.read_bytes() for file in files}


def run_python(program: str) -> None:
    subprocess.run([sys.executable, "-c", program], check=False, cwd=ROOT)


@pytest.mark.parametrize("transparent", [False, True])
@pytest.mark.parametrize("kind", ["lines", "areas"])
def test_every_frame_is_a_file_with_exactly_its_pixels(
    kind: str, transparent: bool, tmp_path: Path
) -> None:
    clear = {"transparent": True, "formats": ["frames"]} if transparent else {}
    film = a_film(**KINDS[kind], **clear)
    seen = pictures(save(film, tmp_path / "film.frames"))
    assert len(seen) == film.frames
    for frame, picture in enumerate(seen):
        np.testing.assert_array_equal(picture, film.picture(frame), f"frame {frame}")


def test_frames_that_are_alike_are_there_each(tmp_path: Path) -> None:
    one, other = patches(2)
    clip = Pictures([one, one, other, other, other, one])
    np.testing.assert_array_equal(pictures(save(clip, tmp_path / "film.frames")), clip.pictures)


def test_a_folder_is_replaced_whole(tmp_path: Path) -> None:
    save_short(tmp_path / "film.frames", 9)
    save_short(tmp_path / "film.frames", 4)
    assert len(pictures(tmp_path / "film.frames")) == 4
    assert [file.name for file in tmp_path.iterdir()] == ["film.frames"]


def comment_in(folder: Path) -> str:
    return FORMATS.load("frames").comment_in(folder)


def test_its_comment_is_that_of_all_its_files(saved: Path) -> None:
    assert comment_in(saved).startswith("visualize")
    (saved / ".DS_Store").touch()
    assert comment_in(saved).startswith("visualize")


def test_a_frame_that_is_missing_at_the_end_is_noticed(tmp_path: Path) -> None:
    scene = a_scene()
    path = save(a_film(), tmp_path / "film.frames")
    assert is_current(path, scene)
    (path / "00008.png").unlink()
    assert not is_current(path, scene)


def remove(folder: Path) -> None:
    (folder / "00002.png").unlink()


def cut(folder: Path) -> None:
    (folder / "00002.png").write_bytes(b"")


def cut_short(folder: Path) -> None:
    file = folder / "00002.png"
    file.write_bytes(file.read_bytes()[:-20])


def append(folder: Path) -> None:
    shutil.copyfile(folder / "00000.png", folder / "00042.png")


def add_a_note(folder: Path) -> None:
    (folder / "mine.txt").write_text("mine")


def add_a_folder(folder: Path) -> None:
    (folder / "00099.png").mkdir()
    (folder / "00099.png" / "mine.txt").write_text("mine")


def add_a_folder_of_a_systems_name(folder: Path) -> None:
    (folder / "Thumbs.db").mkdir()
    (folder / "Thumbs.db" / "mine.txt").write_text("mine")


def put_another_picture(folder: Path) -> None:
    Image.new("RGB", (64, 48)).save(folder / "00001.png")


@pytest.mark.parametrize("spoil", [remove, cut, cut_short, append, add_a_note, add_a_folder])
def test_a_folder_that_is_not_as_it_was_written_has_no_comment(
    spoil: Callable[[Path], None], saved: Path
) -> None:
    spoil(saved)
    assert comment_in(saved) == ""


def test_a_folder_that_cannot_be_read_is_not_current(
    saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", refuse)
    assert not is_current(saved, a_scene())


@pytest.mark.parametrize(
    ("spoil", "name"),
    [
        (add_a_note, "mine.txt"),
        (add_a_folder, "00099.png"),
        (add_a_folder_of_a_systems_name, "Thumbs.db"),
        (put_another_picture, "00001.png"),
    ],
)
def test_a_folder_with_something_else_in_it_is_left_alone(
    spoil: Callable[[Path], None], name: str, tmp_path: Path
) -> None:
    path = save_short(tmp_path / "film.frames")
    spoil(path)
    before = content(path)
    words = f"film.frames: cannot be written: {name} in it was not made here"
    with pytest.raises(OutputError, match=re.escape(words)):
        save_short(path, 2)
    assert content(path) == before
    assert [file.name for file in tmp_path.iterdir()] == ["film.frames"]


def test_what_is_put_into_it_while_a_film_is_made_is_left_alone(tmp_path: Path) -> None:
    path = save_short(tmp_path / "film.frames")
    with pytest.raises(OutputError, match=r"mine\.txt in it was not made here"):
        save_short(path, 2, progress=lambda *_: add_a_note(path))
    assert len(content(path)) == 5


@pytest.mark.parametrize("failure", [OSError(5, "Input/output error"), KeyboardInterrupt()])
def test_between_the_old_folder_and_the_new_one_nothing_is_lost(
    failure: BaseException, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = save_short(tmp_path / "film.frames", 3)
    before = content(path)
    replace = Path.replace

    def failing(self: Path, target: Path) -> Path:
        if self.name == "new":
            raise failure
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", failing)
    with pytest.raises((OutputError, KeyboardInterrupt)):
        save_short(path, 9)
    assert content(path) == before
    assert [file.name for file in tmp_path.iterdir()] == ["film.frames"]


@pytest.mark.skipif(os.name != "posix", reason="whose process has ended is known on POSIX")
def test_a_folder_whose_replacement_was_killed_comes_back(tmp_path: Path) -> None:
    path = save_short(tmp_path / "film.frames", 3)
    before = content(path)
    killed = f"""
import os
from pathlib import Path
from visualize.formats.format import FORMATS
from visualize.storage.files import folder_written_whole
replace = Path.replace
Path.replace = lambda self, target: os._exit(1) if self.name == "new" else replace(self, target)
with folder_written_whole(Path({str(path)!r}), lambda _: []):
    pass
"""
    run_python(killed)
    assert not path.exists()
    with pytest.raises(RuntimeError), folder_written_whole(path, lambda _: []):
        raise RuntimeError
    assert content(path) == before


@pytest.mark.skipif(os.name != "posix", reason="permissions as POSIX has them")
def test_everybody_can_read_them(tmp_path: Path) -> None:
    path = save_short(tmp_path / "film.frames")
    assert path.stat().st_mode & 0o777 == 0o755
    assert {file.stat().st_mode & 0o777 for file in path.iterdir()} == {0o644}


def test_a_file_of_that_name_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "film.frames"
    path.write_text("mine")
    with pytest.raises(OutputError, match="cannot be written: not a directory"):
        save_short(path)
    assert path.read_text() == "mine"


def test_what_is_broken_off_leaves_the_folder_that_was(tmp_path: Path) -> None:
    def interrupt(done: int, _total: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    path = save_short(tmp_path / "film.frames", 3)
    with pytest.raises(KeyboardInterrupt):
        save_short(path, 9, progress=interrupt)
    assert len(pictures(path)) == 3
    assert [file.name for file in tmp_path.iterdir()] == ["film.frames"]


@pytest.mark.skipif(os.name != "posix", reason="whose process has ended is known on POSIX")
def test_what_a_killed_process_left_is_removed(tmp_path: Path) -> None:
    killed = f"""
import os
from pathlib import Path
from visualize.formats.format import FORMATS
from visualize.storage.files import folder_written_whole
with folder_written_whole(Path({str(tmp_path)!r}) / "film.frames", lambda _: []) as folder:
    (folder / "00000.png").write_bytes(b"")
    os._exit(1)
"""
    run_python(killed)
    assert len(list(tmp_path.iterdir())) == 1
    save_short(tmp_path / "film.frames")
    assert [file.name for file in tmp_path.iterdir()] == ["film.frames"]
