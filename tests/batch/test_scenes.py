"""Many scenes: which there are, which are sound, and what does not go together."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import BAD, SMALL
from visualize import SceneError, read_scene
from visualize.batch.scenes import clashes, find_scenes, read_scenes, too_fast
from visualize.scene.budget import Budget

Write = Callable[..., Path]


# Finding


def test_a_folder_means_its_scenes_and_not_those_of_its_subfolders(
    tmp_path: Path, write_scene: Write
) -> None:
    (tmp_path / "sub").mkdir()
    for name in ("b.yaml", "a.yaml", "c.yml", "d.md", "sub/e.yaml"):
        write_scene(SMALL, name)
    found, missing = find_scenes([tmp_path])
    assert found == [tmp_path / "a.yaml", tmp_path / "b.yaml", tmp_path / "c.yml"]
    assert not missing


def test_hidden_files_are_an_editors(tmp_path: Path, write_scene: Write) -> None:
    write_scene(SMALL, ".a.yaml")
    (tmp_path / ".#b.yaml").symlink_to("nowhere")
    file = write_scene(SMALL, "b.yaml")
    assert find_scenes([tmp_path]) == ([file], [])


def test_files_are_found_in_the_order_asked_for_and_each_once(
    tmp_path: Path, write_scene: Write
) -> None:
    one, other = write_scene(SMALL, "b.yaml"), write_scene(SMALL, "a.yaml")
    round_about = tmp_path / "." / ".." / tmp_path.name / "b.yaml"
    link = tmp_path / "link.yml"
    link.symlink_to(one)
    found, missing = find_scenes([one, tmp_path, round_about, other, link])
    assert found == [one, other]
    assert not missing


def test_a_folder_without_scenes_is_told(tmp_path: Path) -> None:
    found, errors = find_scenes([tmp_path])
    assert not found
    (error,) = errors
    assert str(tmp_path) in str(error)
    assert "no *.yaml" in str(error)


def test_a_file_that_is_not_there_is_told_when_it_is_read(tmp_path: Path) -> None:
    files, missing = find_scenes([tmp_path / "nowhere.yaml"])
    scenes, wrong = read_scenes(files, Budget())
    assert not scenes
    assert [error for error in missing + wrong if str(tmp_path / "nowhere.yaml") in str(error)]


def test_sound_scenes_are_read_beside_bad_ones(write_scene: Write) -> None:
    files = [write_scene(SMALL, "a.yaml"), write_scene(BAD, "b.yaml"), write_scene("", "c.yaml")]
    scenes, wrong = read_scenes(files, Budget())
    assert list(scenes) == files[:1]
    assert [error.mistakes[0].path for error in wrong] == [str(file) for file in files[1:]]
    assert all(isinstance(error, SceneError) for error in wrong)


def test_a_scene_beyond_the_budget_is_a_mistake(write_scene: Write) -> None:
    file = write_scene(SMALL)
    assert read_scenes([file], Budget(updates=5))[0]
    scenes, (error,) = read_scenes([file], Budget(updates=4))
    assert not scenes
    assert "--budget" in str(error)


# Clashes


def test_two_scenes_with_one_output_clash_and_are_both_named() -> None:
    out = Path("out")
    (sentence,) = clashes(
        {
            Path("one/a.yaml"): [out / "a.gif", out / "a.mp4"],
            Path("two/a.yaml"): [out / "a.gif"],
            Path("b.yaml"): [out / "b.gif"],
        }
    )
    for word in ("out/a.gif", "one/a.yaml", "two/a.yaml"):
        assert word in sentence


def test_different_outputs_do_not_clash() -> None:
    out = Path("out")
    assert clashes({Path("a.yaml"): [out / "a.gif"], Path("b/a.yaml"): [out / "a.mp4"]}) == []


# Formats


@pytest.mark.parametrize(("fps", "name", "told"), [(60, "gif", 1), (50, "gif", 0), (60, "mp4", 0)])
def test_pictures_that_come_too_fast_for_a_format_are_a_warning(
    fps: int, name: str, told: int, write_scene: Write
) -> None:
    scene = read_scene(write_scene(SMALL.replace("48, 32]", f"48, 32], fps: {fps}")))
    found = [*too_fast(scene, [name])]
    assert len(found) == told
    assert not told or "50 of 60" in found[0]
