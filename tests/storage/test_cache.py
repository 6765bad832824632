"""The cache: whole entries or none, within its limit, whoever uses it at once."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.storage.test_files import ROOT, process_that_has_ended
from visualize import OutputError
from visualize.storage.cache import FOLDER, Cache, Usage, key_of, usual_folder

ONE, OTHER = key_of("one"), key_of("other")
AROUND = 18 + 32
"""Bytes of an entry beside its content."""


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache")


def entry(cache: Cache, key: str = ONE) -> Path:
    [path] = cache.folder.glob(f"*/{key}*")
    return path


@pytest.mark.parametrize("content", [b"", b"film", bytes(100_000)])
def test_what_was_kept_is_given_to_whoever_has_the_key(cache: Cache, content: bytes) -> None:
    cache.put(ONE, content)
    assert cache.get(ONE) == Cache(cache.folder).get(ONE) == content
    assert cache.get(OTHER) is None


@given(st.lists(st.text(), max_size=4), st.lists(st.text(), max_size=4))
def test_keys_are_those_of_equal_texts(one: list[str], other: list[str]) -> None:
    assert (key_of(*one) == key_of(*other)) == (one == other)


def test_the_newest_is_kept(cache: Cache) -> None:
    cache.put(ONE, b"old")
    cache.put(ONE, b"new")
    assert cache.get(ONE) == b"new"
    assert cache.usage() == Usage(1, AROUND + 3)


@pytest.mark.parametrize("at", [0, 17, 18, 49, 50, 55, -1])
@pytest.mark.parametrize("how", ["cut", "changed"])
def test_a_damaged_entry_is_removed_and_not_given(cache: Cache, at: int, how: str) -> None:
    cache.put(ONE, b"a whole film")
    path = entry(cache)
    content = bytearray(path.read_bytes())
    if how == "cut":
        del content[at:]
    else:
        content[at] ^= 1
    path.write_bytes(content)
    assert cache.get(ONE) is None
    assert not path.exists()
    cache.put(ONE, b"another")
    assert cache.get(ONE) == b"another"


def test_an_entry_that_is_no_file_is_none(cache: Cache) -> None:
    cache.put(ONE, b"film")
    path = entry(cache)
    path.unlink()
    path.mkdir()
    assert cache.get(ONE) is None
    with pytest.raises(OutputError):
        cache.put(ONE, b"film")


def test_it_holds_its_limit_and_the_least_recently_used_go_first(tmp_path: Path) -> None:
    cache = Cache(tmp_path, limit=10 * (AROUND + 100))
    keys = [key_of(str(number)) for number in range(25)]
    for number, key in enumerate(keys):
        cache.put(key, bytes(100))
        os.utime(entry(cache, key), (number, number))
        if number >= 5:
            assert cache.get(keys[3])  # it stays, since somebody asks for it
        assert cache.usage().bytes <= cache.limit
    there = [key for key in keys if cache.get(key)]
    assert keys[3] in there
    assert [key for key in keys if key in there and key != keys[3]] == keys[-len(there) + 1 :]
    assert len(there) >= 8


def test_what_would_drive_out_all_else_is_not_kept(tmp_path: Path) -> None:
    cache = Cache(tmp_path, limit=1000)
    cache.put(ONE, bytes(100))
    cache.put(OTHER, bytes(901 - AROUND))
    assert cache.get(ONE)
    assert cache.get(OTHER) is None


def test_clearing_removes_the_entries_and_nothing_else(cache: Cache) -> None:
    cache.put(ONE, b"one")
    cache.put(OTHER, b"other")
    others = [cache.folder / "mine.txt", entry(cache).with_name("mine.entry")]
    for path in others:
        path.write_text("mine")
    assert cache.clear() == Usage(2, 2 * AROUND + 8)
    assert cache.usage() == Usage(0, 0)
    assert all(path.read_text() == "mine" for path in others)


def test_what_a_killed_process_has_left_is_removed(cache: Cache) -> None:
    cache.put(ONE, b"one")
    process = process_that_has_ended()
    left = entry(cache).with_name(f".visualize-{'0' * 12}-{process}-abc.entry")
    living = entry(cache).with_name(f".visualize-{'0' * 12}-{os.getpid()}-abc.entry")
    for path in (left, living):
        path.write_bytes(b"half")
    assert cache.usage().entries == 1
    assert (left.exists(), living.exists()) == (False, True)


def test_a_folder_that_cannot_be_written_is_an_error_and_reading_none(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    cache = Cache(tmp_path / "file" / "cache")
    assert cache.get(ONE) is None
    assert cache.usage() == Usage(0, 0)
    with pytest.raises(OutputError, match="cannot be written"):
        cache.put(ONE, b"film")


WRITER = """
import sys
from pathlib import Path
from visualize.storage.cache import Cache, key_of
cache = Cache(Path(sys.argv[1]), limit=40_000)
for turn in range(60):
    key = key_of(str(turn))
    found = cache.get(key)
    assert found in (None, bytes([turn % 20]) * 1000), "another's, or half of it"
    cache.put(key, bytes([turn % 20]) * 1000)
"""


def test_twelve_processes_on_one_cache_give_whole_entries_and_hold_its_limit(
    tmp_path: Path,
) -> None:
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path)], env={**os.environ, "PYTHONPATH": ROOT}
        )
        for _ in range(12)
    ]
    assert [process.wait(60) for process in processes] == [0] * 12
    assert 0 < Cache(tmp_path).usage().bytes <= 40_000


def test_the_folder_is_the_users_own_or_the_one_that_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(FOLDER, str(tmp_path))
    assert usual_folder() == tmp_path
    monkeypatch.delenv(FOLDER)
    assert usual_folder().is_absolute()
    assert "visualize" in usual_folder().parts
