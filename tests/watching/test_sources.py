"""What is watched: which files, and whether they have changed."""

import os
import time
from pathlib import Path

import pytest

from visualize.watching.sources import files_named_in, find_sources, look

OLD = time.time() - 3600


def test_a_file_that_stays_is_seen_as_before(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("steps: 5")
    first = look(file)
    assert look(file, first) == first


def test_an_old_file_is_not_read_to_know_that(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("steps: 5")
    os.utime(file, (OLD, OLD))
    first = look(file)
    assert not first.fresh
    assert look(file, first) is first


def test_two_saves_within_the_grain_of_the_clock_are_two(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("steps: 5")
    first = look(file)
    file.write_text("steps: 6")
    os.utime(file, ns=(0, first.stamp[0] if first.stamp else 0))  # as if it were the same tick
    again = look(file, first)
    assert again.stamp == first.stamp
    assert again != first


def test_a_file_that_grows_old_has_not_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("steps: 5")
    first = look(file)
    later = time.time_ns() + 10**11
    monkeypatch.setattr("time.time_ns", lambda: later)
    second = look(file, first)
    assert second == first
    assert look(file, second) is second


def test_saving_by_renaming_and_removing_are_seen(tmp_path: Path) -> None:
    file, other = tmp_path / "a.yaml", tmp_path / "b"
    file.write_text("steps: 5")
    first = look(file)
    other.write_text("steps: 6")
    other.replace(file)
    second = look(file, first)
    assert second != first
    file.unlink()
    assert look(file, second).stamp is None
    assert look(file, second) != second


@pytest.mark.parametrize("name", ["not/there", "a\0b", "x" * 400])
def test_what_cannot_be_there_is_not_there(tmp_path: Path, name: str) -> None:
    assert look(tmp_path / name).stamp is None


def test_a_folder_means_its_scenes_without_those_that_an_editor_hides(tmp_path: Path) -> None:
    for name in ("b.yaml", "a.yml", ".#b.yaml", ".visualize-1.yaml", "c.md", "b.yaml~"):
        (tmp_path / name).touch()
    found, missing = find_sources([tmp_path, tmp_path / "b.yaml"], {tmp_path})
    assert [*found.values()] == [tmp_path / "a.yml", tmp_path / "b.yaml"]
    assert not missing


def test_a_file_is_one_whether_it_is_there_or_not_and_a_folder_is_missed(tmp_path: Path) -> None:
    file, folder = tmp_path / "later.yaml", tmp_path / "gone"
    found, missing = find_sources([file, folder], {folder})
    assert [*found.values()] == [file]
    assert missing == {folder: "no such file or directory"}


def test_files_that_a_text_may_name_are_those_below_it(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text(
        "trajectories: [{file: run.npy}, {file: 'my runs/b.csv'}]\n"
        "objective: {regression: {data: sub/flats.csv}}  # 1.5 x*0.1\n"
        'title: "../secret.txt /etc/hosts.conf //host/share.csv C:/x.csv http://a.b/c.csv"\n'
    )
    names = [str(it.relative_to(tmp_path)) for it in files_named_in(file)]
    assert names == ["run.npy", "my runs/b.csv", "sub/flats.csv"]
