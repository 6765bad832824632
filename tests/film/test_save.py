"""Films as files: whole or not there, the same whoever saves them, and at no great cost."""

import base64
import dataclasses
import gc
import inspect
import io
import itertools
import math
import re
import resource
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import matplotlib
import pytest
from matplotlib.axes import Axes
from PIL import Image

from tests.conftest import SCENES, shrunk
from tests.film.films import LINE, RACE, RC, a_film, film_of, rc
from visualize import Film, OutputError, Scene, read_scene, save
from visualize.formats.format import FORMATS, ManyFiles, writer_for

STILLS = [name for name in FORMATS.names() if hasattr(FORMATS.load(name), "still")]


ANIMATED = [name for name in FORMATS.names() if name not in STILLS]


FILES = [name for name in FORMATS.names() if not isinstance(writer_for(name), ManyFiles)]


@pytest.mark.parametrize("name", ["gif", "apng", "mp4"])
def test_somebody_may_look_at_pictures_while_the_film_is_saved(name: str, tmp_path: Path) -> None:
    film = a_film()
    alone = save(film, tmp_path / f"alone.{name}").read_bytes()
    watched = save(film, tmp_path / f"film.{name}", progress=lambda *_: film.picture(3))
    assert watched.read_bytes() == alone


@pytest.mark.parametrize("settings", [{"steps": 0}, {"frames": {"count": 1}}], ids=str)
@pytest.mark.parametrize("variables", [{}, LINE, {"panels": ["values"]}], ids=str)
def test_no_steps_or_one_frame_is_a_still(
    settings: dict[str, Any], variables: dict[str, Any], tmp_path: Path
) -> None:
    film = a_film(**variables, **settings)
    assert film.frames == 1
    assert film.picture(0).any()
    for name in FORMATS.names():
        assert save(film, tmp_path / f"still.{name}").stat().st_size > 0
    with Image.open(tmp_path / "still.gif") as image:
        assert getattr(image, "n_frames", 1) == 1


@pytest.mark.parametrize("name", FORMATS.names())
@pytest.mark.parametrize("file", SCENES, ids=lambda file: file.stem)
def test_every_scene_that_comes_along_is_rendered(file: Path, name: str, tmp_path: Path) -> None:
    film = film_of(shrunk(read_scene(file)))
    path = save(film, tmp_path / f"film.{name}")
    assert all(len(file) > 100 and film.fingerprint.encode() in file for file in content(path))


def test_a_film_saved_twice_is_the_same_file(tmp_path: Path) -> None:
    film = a_film(optimizers=RACE)
    for name in FORMATS.names():
        first = content(save(film, tmp_path / f"first.{name}"))
        film.picture(3)
        assert content(save(film, tmp_path / f"second.{name}")) == first
        assert content(save(a_film(optimizers=RACE), tmp_path / f"third.{name}")) == first


# The cost


@pytest.mark.parametrize("name", FORMATS.names())
def test_memory_does_not_grow_with_the_number_of_frames(name: str, tmp_path: Path) -> None:
    def peak(frames: int) -> int:
        film = a_film((240, 150), steps=60, panels=["values"], frames={"count": frames})
        film.picture(0)
        tracemalloc.start()
        try:
            save(film, tmp_path / f"film.{name}")
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(2)  # whatever is loaded and cached once
    few, many = peak(10), peak(60)
    picture = 240 * 150 * 4
    assert many - few < 4 * picture


@pytest.mark.parametrize("name", ANIMATED)
def test_pictures_are_let_go_as_they_are_written(name: str, tmp_path: Path) -> None:
    alive: dict[int, int] = {}

    def count(done: int, _total: int) -> None:
        if done in {5, 30}:
            alive[done] = sum(isinstance(it, Image.Image) for it in gc.get_objects())

    save(a_film(steps=30, panels=["values"]), tmp_path / f"film.{name}", progress=count)
    assert alive[30] <= alive[5] + 2


@pytest.mark.parametrize("name", FORMATS.names())
def test_what_stands_still_is_drawn_once(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[Axes] = []
    draw = Axes.draw

    def counting(self: Axes, *arguments: Any, **more: Any) -> None:
        drawn.append(self)
        draw(self, *arguments, **more)

    monkeypatch.setattr(Axes, "draw", counting)
    film = a_film(optimizers=RACE, panels=["contour", "values"])
    drawn.clear()
    save(film, tmp_path / f"film.{name}")
    assert len(drawn) == 2
    film.picture(2)
    save(film, tmp_path / f"again.{name}")
    assert len(drawn) == 2


@pytest.mark.parametrize("name", FORMATS.names())
def test_progress_counts_every_picture_up_to_the_last(name: str, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    film = a_film()
    save(film, tmp_path / f"film.{name}", progress=lambda *pair: told.append(pair))
    done = [count for count, _ in told]
    pictures = 1 if name in STILLS else film.frames
    assert {total for _, total in told} == {pictures}
    assert done == sorted(done)
    assert done[-1] == pictures


# The user's own settings of matplotlib


def settings_now() -> dict[str, Any]:
    settings: Any = matplotlib.rcParams
    # `dict` itself, since asking matplotlib for the backend would choose one.
    return dict(dict.items(settings))


@pytest.mark.parametrize("name", FORMATS.names())
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


def test_the_setting_names_the_formats_that_can() -> None:
    able = [name for name in FORMATS.names() if writer_for(name).transparent]
    assert str(Scene.model_fields["transparent"].description).endswith(f": {', '.join(able)}.")


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
    return content(save(a_film((24, 16), steps=1, panels=["values"]), path))


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
        save(a_film(), tmp_path / name)
    assert words in str(caught.value)
    assert str(tmp_path / name) in str(caught.value)
    assert names_in(tmp_path) == []


@pytest.mark.parametrize(
    ("name", "frame"), [*((it, frame) for it in ANIMATED for frame in (0, 1, 8)), ("png", 0)]
)
def test_breaking_off_at_any_frame_leaves_the_old_file_and_nothing_else(
    name: str, frame: int, tmp_path: Path
) -> None:
    path = tmp_path / f"film.{name}"
    old = put_old(path)
    film = a_film()
    with pytest.raises(BreakingOffError):
        save(film, path, progress=failing_at(frame))
    gc.collect()  # what was left open is told now
    assert names_in(tmp_path) == [path.name]
    assert content(path) == old
    assert len(content(save(film, path))[0]) > 100, "the film itself is still good"


def interrupting_at(call: int, folder: str) -> Callable[[FrameType, str, object], None]:
    """Return a profiler that interrupts the n-th call of a function in a folder."""
    calls = itertools.count()

    def profile(frame: FrameType, event: str, _: object) -> None:
        inside = event == "call" and frame.f_code.co_filename.startswith(folder)
        if inside and next(calls) == call:
            raise KeyboardInterrupt

    return profile


# What was open when the interrupt came is closed by Python, which remarks on it.
@pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning"
)
@pytest.mark.parametrize("name", FORMATS.names())
def test_an_interrupt_at_any_point_of_the_writing_comes_out_as_itself(
    name: str, tmp_path: Path
) -> None:
    film = a_film((32, 24), steps=3, panels=["values"])
    path = tmp_path / f"film.{name}"
    old = put_old(path)
    writers = str(Path(inspect.getfile(FORMATS.load(name))).parent)
    for call in itertools.count():
        sys.setprofile(interrupting_at(call, writers))
        try:
            save(film, path)
        except KeyboardInterrupt:
            assert content(path) == old
            assert names_in(tmp_path) == [path.name]
        else:
            break
        finally:
            sys.setprofile(None)
    assert call > 8, "there are some places to interrupt"
    assert content(path) != old


@contextmanager
def no_file_larger_than(limit: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("limit", [0, 1, 100, 1000, 2500])
@pytest.mark.parametrize("name", FORMATS.names())
def test_a_disk_that_is_full_is_told_and_leaves_the_old_file(
    name: str, limit: int, tmp_path: Path
) -> None:
    path = tmp_path / f"film.{name}"
    path.write_bytes(b"old")
    film = a_film()
    with no_file_larger_than(limit), pytest.raises(OutputError) as caught:
        save(film, path)
    assert str(caught.value)
    assert "roken pipe" not in str(caught.value)
    assert names_in(tmp_path) == [path.name]
    assert path.read_bytes() == b"old"


@pytest.mark.parametrize("name", FILES)
def test_a_new_file_can_be_read_by_everybody(name: str, tmp_path: Path) -> None:
    path = save(a_film(), tmp_path / "new" / "folder" / f"film.{name}")
    assert path.stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize(
    "place", ["folder.gif", "file/film.gif", "nul\0.gif", "x" * 300 + ".gif"], ids=ascii
)
def test_where_nothing_can_be_written_is_told(place: str, tmp_path: Path) -> None:
    (tmp_path / "folder.gif").mkdir()
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OutputError, match="cannot be written"):
        save(a_film(), tmp_path / place)
    assert names_in(tmp_path) == ["file", "folder.gif"]


def test_what_a_killed_run_left_behind_is_removed(tmp_path: Path) -> None:
    film, path = a_film(), tmp_path / "film.gif"
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
    assert (film.frames, film.hold, film.loop) == (5, 1.5, 2)
    assert math.isclose(film.interval, 1000 / 30)
