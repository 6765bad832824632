"""Films as files: whole or not there, the same whoever saves them, and at no great cost."""

import base64
import dataclasses
import doctest
import gc
import importlib
import io
import itertools
import re
import sys
import tracemalloc
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import matplotlib
import numpy as np
import pytest
from matplotlib.axes import Axes
from PIL import Image

import visualize.film
import visualize.formats
from tests.conftest import SCENES, shrunk
from tests.film.films import RACE, RC, a_film, film_of, no_file_larger_than, rc
from tests.formats.films import ANIMATED, FILES, NAMES, STILLS, Picture, Pictures, patches, shown
from visualize import Film, OutputError, read_scene, save
from visualize.formats.format import FORMATS, Box, Timeline


@pytest.fixture(scope="module")
def film() -> Film:
    """A film that is drawn in no time; nothing that another test would see is changed by that."""
    return a_film((48, 32), panels=["values"])


@pytest.mark.parametrize("name", ["gif", "apng", "mp4"])
def test_somebody_may_look_at_pictures_while_the_film_is_saved(
    name: str, film: Film, tmp_path: Path
) -> None:
    alone = save(film, tmp_path / f"alone.{name}").read_bytes()
    watched = save(film, tmp_path / f"film.{name}", progress=lambda *_: film.picture(3))
    assert watched.read_bytes() == alone


def test_a_single_frame_is_a_still_in_every_format(tmp_path: Path) -> None:
    film = a_film(steps=0)
    assert film.frames == 1
    for name in NAMES:
        assert save(film, tmp_path / f"still.{name}").stat().st_size > 0
    assert len(shown(tmp_path / "still.gif").pictures) == 1


@pytest.mark.parametrize(("turn", "file"), [*enumerate(SCENES)], ids=[it.stem for it in SCENES])
def test_every_scene_that_comes_along_is_rendered(turn: int, file: Path, tmp_path: Path) -> None:
    film = film_of(shrunk(read_scene(file), frames=2))
    name = NAMES[turn % len(NAMES)]
    path = save(film, tmp_path / f"film.{name}")
    assert film.fingerprint in FORMATS.load(name).comment_in(path)
    assert all(len(it) > 100 for it in content(path))


@pytest.mark.parametrize("name", ["apng", "gif", "mp4"])
def test_a_film_saved_twice_is_the_same_file(name: str, tmp_path: Path) -> None:
    film = a_film(optimizers=RACE)
    first = content(save(film, tmp_path / f"first.{name}"))
    film.picture(3)
    assert content(save(film, tmp_path / f"second.{name}")) == first
    assert content(save(a_film(optimizers=RACE), tmp_path / f"third.{name}")) == first


# Clips that are no films


@pytest.mark.parametrize("name", NAMES)
def test_any_clip_is_saved_as_a_film_is(name: str, film: Film, tmp_path: Path) -> None:
    expected = content(save(film, tmp_path / f"film.{name}", metadata=False))
    pictures = [film.picture(frame) for frame in range(film.frames)]
    clip = Pictures(pictures, film.timeline, film.poster, fingerprint=film.fingerprint)
    assert content(save(clip, tmp_path / f"clip.{name}")) == expected
    assert clip.size == film.size == (48, 32)


def test_of_a_clip_only_the_damage_is_looked_at(tmp_path: Path) -> None:
    one, other = patches(2)

    class Still(Pictures):
        def damage(self) -> Box | None:
            return Box(0, 0, 0, 0)

    seen = shown(save(Still([one, other]), tmp_path / "film.apng"))
    np.testing.assert_array_equal(seen.pictures, [one])
    assert seen.total == 200


def test_the_timeline_of_a_clip_is_its_files(tmp_path: Path) -> None:
    timeline = Timeline(Fraction(20), ticks=(1, 3), hold=Fraction(1, 2), loop=4)
    seen = shown(save(Pictures(patches(3), timeline), tmp_path / "film.apng"))
    assert seen.milliseconds == [50, 150, 550]
    assert seen.info["loop"] == 4


# The cost


class Endless(Pictures):
    """A clip of pictures that are made when they are asked for."""

    def picture(self, frame: int) -> Picture:
        picture = np.full((100, 160, 4), 255, np.uint8)
        picture[frame : frame + 5, 50:60] = (0, 99, frame, 255)
        return picture


@pytest.mark.parametrize("name", NAMES)
def test_memory_does_not_grow_with_the_number_of_pictures(name: str, tmp_path: Path) -> None:
    images: dict[int, int] = {}

    def count_images(done: int, _total: int) -> None:
        if done in {5, 55}:
            images[done] = sum(isinstance(it, Image.Image) for it in gc.get_objects())

    def peak(count: int) -> int:
        clip = Endless([np.empty((100, 160, 4), np.uint8)] * count)
        tracemalloc.start()
        try:
            save(clip, tmp_path / f"film.{name}", progress=count_images)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(2)  # whatever is loaded and cached once
    few, many = peak(10), peak(60)
    assert many - few < 3 * 160 * 100 * 4
    if name in ANIMATED:
        assert images[55] <= images[5] + 2, "Pillow's memory is not Python's"


def test_memory_does_not_grow_with_the_length_of_a_film(tmp_path: Path) -> None:
    def peak(frames: int) -> int:
        film = a_film(steps=60, panels=["values"], counter=False, frames={"count": frames})
        film.picture(0)
        tracemalloc.start()
        try:
            save(film, tmp_path / "film.apng")
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(2)
    few, many = peak(10), peak(60)
    assert many - few < 3 * 160 * 100 * 4


@pytest.mark.parametrize("name", ["gif", "mp4", "png"])
def test_what_stands_still_is_drawn_once(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[Axes] = []
    draw = Axes.draw

    def counting(self: Axes, *arguments: Any, **more: Any) -> None:
        drawn.append(self)
        draw(self, *arguments, **more)

    monkeypatch.setattr(Axes, "draw", counting)
    film = a_film((320, 180), optimizers=RACE, panels=["contour", "values"])
    drawn.clear()
    save(film, tmp_path / f"film.{name}")
    assert len(drawn) == 2
    film.picture(2)
    save(film, tmp_path / f"again.{name}")
    assert len(drawn) == 2


@pytest.mark.parametrize("name", NAMES)
def test_progress_counts_every_picture_up_to_the_last(
    name: str, film: Film, tmp_path: Path
) -> None:
    for clip in (film, Pictures(patches(4))):
        reports: list[tuple[int, int]] = []

        def report(done: int, total: int, reports: list[tuple[int, int]] = reports) -> None:
            reports.append((done, total))

        save(clip, tmp_path / f"film.{name}", progress=report)
        pictures = 1 if name in STILLS else clip.frames
        assert reports == [(done, pictures) for done in range(pictures + 1)]


# The user's own settings of matplotlib


def settings_now() -> dict[str, Any]:
    settings: Any = matplotlib.rcParams
    # `dict` itself, since asking matplotlib for the backend would choose one.
    return dict(dict.items(settings))


@pytest.mark.parametrize("name", ["gif", "mp4", "png"])
def test_the_users_settings_do_not_change_the_file(name: str, tmp_path: Path) -> None:
    expected = content(save(a_film(), tmp_path / f"expected.{name}"))
    with rc(RC):
        assert content(save(a_film(), tmp_path / f"film.{name}")) == expected


def test_the_users_settings_are_as_they_were_after_a_film(tmp_path: Path) -> None:
    with rc(RC):
        before = settings_now()
        film = a_film()
        film.picture(0)
        save(film, tmp_path / "film.gif")
        save(film, tmp_path / "film.mp4")
        assert settings_now() == before


def test_the_users_settings_are_as_they_were_after_a_failure(tmp_path: Path) -> None:
    (tmp_path / "folder.gif").mkdir()
    with rc(RC):
        before = settings_now()
        with pytest.raises(OutputError):
            save(a_film(), tmp_path / "folder.gif")
        with pytest.raises(BreakingOffError):
            save(a_film(), tmp_path / "film.gif", progress=failing_at(2))
        assert settings_now() == before


# In a notebook


def test_a_film_shows_itself_in_a_notebook() -> None:
    html = vars(Film)["_repr_html_"](a_film())
    found = re.fullmatch(r'<img src="data:image/gif;base64,([A-Za-z0-9+/=]+)"[^>]*>', html)
    assert found
    content = base64.b64decode(found[1])
    assert content.startswith(b"GIF89a")
    with Image.open(io.BytesIO(content)) as image:
        assert image.size == (160, 100)
        assert getattr(image, "n_frames", 1) > 1


def test_a_transparent_film_shows_itself_too() -> None:
    html = vars(Film)["_repr_html_"](a_film(transparent=True, formats=["png"]))
    assert html.startswith('<img src="data:image/apng;base64,')


def test_a_film_is_frozen() -> None:
    film: Any = a_film()
    with pytest.raises(dataclasses.FrozenInstanceError):
        film.frames = 3


# Files


class BreakingOffError(Exception):
    """What the tests throw in."""


def failing_at(frame: int) -> Callable[[int, int], None]:
    def fail(done: int, _total: int) -> None:
        if done >= frame:
            raise BreakingOffError

    return fail


def names_in(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def content(path: Path) -> list[bytes]:
    """Return what is in a file, or in each of a folder's."""
    files = sorted(path.iterdir()) if path.is_dir() else [path]
    return [file.read_bytes() for file in files]


def put_old(path: Path) -> list[bytes]:
    """Put an old film at a path, and return its content."""
    return content(save(Pictures(patches(1)), path))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("film.giff", "did you mean 'gif'"),
        ("film.GIF", "did you mean 'gif'"),
        ("film.avi", "there are .apng, .frames, .gif, .mp4"),
        ("film", "there are .apng, .frames, .gif, .mp4"),
        ("film.", "there are .apng, .frames, .gif, .mp4"),
        (".gif", "there are .apng, .frames, .gif, .mp4"),
    ],
)
def test_an_unknown_suffix_is_told(name: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(OutputError) as caught:
        save(Pictures(patches(2)), tmp_path / name)
    assert words in str(caught.value)
    assert str(tmp_path / name) in str(caught.value)
    assert names_in(tmp_path) == []


@pytest.mark.parametrize(
    ("name", "frame"), [*((name, 8) for name in NAMES), ("gif", 0), ("gif", 1), ("mp4", 0)]
)
def test_breaking_off_at_any_frame_leaves_the_old_file_and_nothing_else(
    name: str, frame: int, film: Film, tmp_path: Path
) -> None:
    path = tmp_path / f"film.{name}"
    old = put_old(path)
    with pytest.raises(BreakingOffError):
        save(film, path, progress=failing_at(min(frame, 0 if name in STILLS else frame)))
    gc.collect()  # what was left open would be reported now
    assert names_in(tmp_path) == [path.name]
    assert content(path) == old


def calls_in(folders: tuple[str, ...], work: Callable[[], object]) -> list[CodeType]:
    """Return what is called in some folders, in turn."""
    calls: list[CodeType] = []

    def profile(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code.co_filename.startswith(folders):
            calls.append(frame.f_code)

    sys.setprofile(profile)
    try:
        work()
    finally:
        sys.setprofile(None)
    return calls


def interrupting_at(
    call: int, folders: tuple[str, ...]
) -> Callable[[FrameType, str, object], None]:
    """Return a profiler that interrupts the n-th call of a function in some folders."""
    calls = itertools.count()

    def profile(frame: FrameType, event: str, _: object) -> None:
        inside = event == "call" and frame.f_code.co_filename.startswith(folders)
        if inside and next(calls) == call:
            raise KeyboardInterrupt

    return profile


# What was open when the interrupt came is closed by Python, which remarks on it.
@pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning"
)
@pytest.mark.parametrize("name", NAMES)
def test_an_interrupt_anywhere_in_the_writing_comes_out_as_itself(
    name: str, tmp_path: Path
) -> None:
    a_small_film = a_film((32, 24), panels=["values"], frames={"count": 3})
    clip = a_small_film if name == "gif" else Pictures(patches(3))
    path = tmp_path / f"film.{name}"
    old = put_old(path)
    [film_folder], [formats_folder] = visualize.film.__path__, visualize.formats.__path__
    # What a canvas does depends on what it has drawn before.
    folders = formats_folder, f"{film_folder}/save.py", f"{film_folder}/movie_writer.py"
    whole = content(save(clip, tmp_path / f"whole.{name}"))
    put_old(tmp_path / f"whole.{name}")
    calls = calls_in(folders, lambda: save(clip, tmp_path / f"whole.{name}"))
    # In every function, where it is called last; of one format where it is called first, too.
    last = {code: number for number, code in enumerate(calls)}
    first = {code: number for number, code in reversed([*enumerate(calls)])}
    assert len(last) > 8, "there are some places to interrupt"
    places = sorted({*last.values(), *(first.values() if name == "mp4" else ())})
    for call in places[:: 2 if name == "webm" else 1]:  # it is written by what writes mp4
        sys.setprofile(interrupting_at(call, folders))
        try:
            with pytest.raises(KeyboardInterrupt):
                save(clip, path)
        finally:
            sys.setprofile(None)
        assert content(path) == old
        assert names_in(tmp_path) == sorted([path.name, f"whole.{name}"])
    gc.collect()  # what was left open is reported now, and not in another test
    assert content(save(clip, path)) == whole, "the clip itself is still good"


@pytest.mark.parametrize("name", NAMES)
def test_a_disk_that_is_full_is_reported_and_leaves_the_old_file(name: str, tmp_path: Path) -> None:
    path = tmp_path / f"film.{name}"
    path.write_bytes(b"old")
    noise = np.random.default_rng(0).integers(0, 256, (3, 40, 60, 3), dtype=np.uint8)
    for limit in (0, 1, 100, 1000, 2500):
        with no_file_larger_than(limit), pytest.raises(OutputError) as caught:
            save(Pictures(list(noise)), path)
        assert str(caught.value)
        assert "roken pipe" not in str(caught.value)
        assert names_in(tmp_path) == [path.name]
        assert path.read_bytes() == b"old"


@pytest.mark.parametrize("name", FILES)
def test_a_new_file_can_be_read_by_everybody(name: str, tmp_path: Path) -> None:
    path = save(Pictures(patches(2)), tmp_path / "new" / "folder" / f"film.{name}")
    assert path.stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize(
    "place", ["folder.gif", "file/film.gif", "nul\0.gif", "x" * 300 + ".gif"], ids=ascii
)
def test_where_nothing_can_be_written_is_told(place: str, tmp_path: Path) -> None:
    (tmp_path / "folder.gif").mkdir()
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OutputError, match="cannot be written"):
        save(Pictures(patches(2)), tmp_path / place)
    assert names_in(tmp_path) == ["file", "folder.gif"]


def test_what_a_killed_run_left_behind_is_removed(tmp_path: Path) -> None:
    film, path = Pictures(patches(2)), tmp_path / "film.gif"
    seen: list[str] = []

    def look(_done: int, _total: int) -> None:
        seen.extend(name for name in names_in(tmp_path) if name != path.name)

    save(film, path, progress=look)
    temporary = seen[0]
    assert temporary.endswith(".gif"), "the suffix says the format"
    number = re.search(r"-([0-9]+)-", temporary)
    assert number
    leftover = temporary.replace(f"-{number[1]}-", f"-{2**22 + 1}-")  # no process has that number
    (tmp_path / leftover).write_bytes(b"half")
    (tmp_path / temporary).write_bytes(b"half")  # this one's process lives
    save(film, path)
    assert names_in(tmp_path) == sorted([temporary, path.name])


def test_sizes_and_timing_are_the_scenes() -> None:
    film = a_film(frames={"fps": 30, "hold": 1.5, "loop": 2, "count": 5})
    assert film.frames == 5
    assert film.timeline == Timeline(Fraction(30), hold=Fraction(3, 2), loop=2)
    assert film.interval == pytest.approx(1000 / 30)


@pytest.mark.parametrize(
    "module", ["film.save", "film.film", "film.movie_writer", "formats.format"]
)
def test_examples_in_docstrings_are_true(
    module: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = doctest.testmod(importlib.import_module(f"visualize.{module}"))
    assert done.attempted > 1
    assert done.failed == 0
