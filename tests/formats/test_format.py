"""What every format does, and what boxes and timelines are."""

import io
import itertools
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import ROOT
from tests.formats.films import (
    ANIMATED,
    FILES,
    NAMES,
    Picture,
    Pictures,
    decoded_times,
    opaque,
    patches,
    played,
    shown,
    write,
)
from visualize import OutputError, Scene, save
from visualize.declare.descriptions import describe_all
from visualize.declare.registry import Registry
from visualize.formats.format import (
    FORMATS,
    LONGEST_COMMENT,
    Box,
    FolderFormat,
    Format,
    Timeline,
    cannot_show,
)

# Boxes

boxes = st.builds(Box, *[st.integers(0, 6)] * 4)


def inside(box: Box) -> set[tuple[int, int]]:
    cells = np.zeros((6, 6), dtype=bool)
    cells[box.slices] = True
    return {(int(row), int(column)) for row, column in np.argwhere(cells)}


@given(boxes, boxes)
def test_an_intersection_has_the_pixels_that_are_in_both(one: Box, other: Box) -> None:
    assert inside(one.intersection(other)) == inside(one) & inside(other)
    assert one.is_empty == (not inside(one))


@given(boxes, boxes)
def test_a_union_is_the_smallest_box_around_both(one: Box, other: Box) -> None:
    both = inside(one) | inside(other)
    found = one.union(other)
    assert inside(found) >= both
    if both:
        rows, columns = zip(*both, strict=True)
        smallest = Box(min(rows), max(rows) + 1, min(columns), max(columns) + 1)
        assert found == smallest
    else:
        assert found.is_empty


def test_the_box_around_a_picture_has_all_its_pixels() -> None:
    assert Box.around(np.zeros((3, 5, 4), np.uint8)) == Box(0, 3, 0, 5)


# Timelines


@given(
    st.fractions(min_value=Fraction(1, 100), max_value=240),
    st.lists(st.integers(1, 9), max_size=5),
    st.fractions(min_value=0, max_value=9),
    st.integers(1, 9),
)
def test_pictures_follow_each_other_without_gaps(
    rate: Fraction, ticks: list[int], hold: Fraction, count: int
) -> None:
    timeline = Timeline(rate, tuple(ticks), hold)
    assert timeline.start(0) == 0
    for picture in range(count):
        stays = timeline.start(picture + 1) - timeline.start(picture)
        assert stays == timeline.ticks_of(picture) / rate
        assert timeline.ticks_of(picture) == (ticks[picture] if picture < len(ticks) else 1)
    assert timeline.end(count) == timeline.start(count) + hold


@pytest.mark.parametrize(
    ("per_second", "rate"),
    [(25, Fraction(25)), (29.97, Fraction(2997, 100)), (1000 / 33.3, Fraction(10_000, 333))],
)
def test_a_constant_timeline_is_exact(per_second: float, rate: Fraction) -> None:
    assert Timeline.constant(per_second, hold=0.1) == Timeline(rate, hold=Fraction(1, 10))
    assert Timeline.constant(1e-9).start(1) == pytest.approx(1e9), "however slow it is"


@pytest.mark.parametrize("wrong", [{"rate": Fraction(0)}, {"ticks": (1, 0)}, {"hold": -1}], ids=str)
def test_a_timeline_in_which_time_stands_still_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="tick"):
        Timeline(**{"rate": Fraction(1)} | wrong)


# Every format


def contents(path: Path) -> list[bytes]:
    files = sorted(path.iterdir()) if path.is_dir() else [path]
    return [file.read_bytes() for file in files]


@pytest.mark.parametrize("name", NAMES)
def test_the_same_pictures_make_the_same_bytes(name: str, tmp_path: Path) -> None:
    pictures = patches(5, (65, 47))
    one = contents(write(name, pictures, tmp_path / f"one.{name}"))
    assert contents(write(name, pictures, tmp_path / f"other.{name}")) == one


def taken(name: str, path: Path, pictures: Iterable[tuple[Picture, Box | None]]) -> list[bytes]:
    """Return the bytes of a film whose pictures are handed over with boxes."""
    if issubclass(FORMATS.load(name), FolderFormat):
        path.mkdir()
    with FORMATS.load(name)(Timeline(Fraction(10))).writing(path) as taker:
        for picture, box in pictures:
            taker.take(picture, box)
    return contents(path)


@pytest.mark.parametrize("name", NAMES)
def test_a_box_changes_no_byte(name: str, tmp_path: Path) -> None:
    pictures = patches(5, (65, 47))
    expected = contents(write(name, pictures, tmp_path / f"expected.{name}"))
    boxes: list[Box | None] = [None]
    for before, now in itertools.pairwise(pictures):
        rows, columns = (it.tolist() for it in np.nonzero((before != now).any(axis=-1)))
        boxes.append(Box(min(rows), max(rows) + 1, min(columns), max(columns) + 1))
    parts = zip(map(opaque, pictures), boxes, strict=True)
    assert taken(name, tmp_path / f"film.{name}", parts) == expected


@pytest.mark.parametrize("name", NAMES)
def test_an_empty_box_says_that_nothing_changed(name: str, tmp_path: Path) -> None:
    one, other = patches(2)
    expected = contents(write(name, [one, one], tmp_path / f"expected.{name}"))
    parts = [(opaque(one), None), (opaque(other), Box(0, 0, 0, 0))]
    assert taken(name, tmp_path / f"film.{name}", parts) == expected


@pytest.mark.parametrize("name", NAMES)
def test_the_caller_may_overwrite_the_pixels(name: str, tmp_path: Path) -> None:
    def overwritten() -> Iterator[tuple[Picture, None]]:
        buffer = opaque(pictures[0])
        for picture in pictures:
            buffer[...] = opaque(picture)
            yield buffer, None
            buffer[...] = 0

    pictures = patches(4)
    expected = contents(write(name, pictures, tmp_path / f"expected.{name}"))
    assert taken(name, tmp_path / f"film.{name}", overwritten()) == expected


@pytest.mark.parametrize("name", NAMES)
def test_one_object_may_write_one_film_after_the_other(name: str, tmp_path: Path) -> None:
    taker = FORMATS.load(name)(Timeline(Fraction(10)), comment="mine")
    found = []
    for number in range(2):
        path = tmp_path / f"{number}.{name}"
        if isinstance(taker, FolderFormat):
            path.mkdir()
        with taker.writing(path):
            for picture in patches(4):
                taker.take(opaque(picture))
        found.append(contents(path))
    assert found[0] == found[1]


@pytest.mark.parametrize("name", [name for name in ANIMATED if name in FILES])
def test_pictures_stay_as_many_ticks_as_the_timeline_says(name: str, tmp_path: Path) -> None:
    pictures = patches(3)
    timeline = Timeline(Fraction(25), ticks=(3, 50, 7), hold=Fraction(2, 5))
    path = save(Pictures(pictures, timeline), tmp_path / f"film.{name}")
    if name in {"mp4", "webm"}:
        # What stands still is sent once a second.
        assert decoded_times(path) == pytest.approx([0, 0.12, 1.12, 2.12])
        found = played(path)
        steps = np.abs(np.diff(found.astype(int), axis=0)).max(axis=(1, 2, 3))
        assert np.flatnonzero(steps > 60).tolist() == [0, 2]
    else:
        assert shown(path).milliseconds == [120, 2000, 680]


@pytest.mark.parametrize("name", FILES)
def test_a_film_that_is_broken_off_is_not_finished(name: str, tmp_path: Path) -> None:
    def broken_off() -> Iterator[Picture]:
        yield from patches(4)
        raise KeyboardInterrupt

    path = tmp_path / f"film.{name}"
    with pytest.raises(KeyboardInterrupt):
        write(name, broken_off(), path, comment="mine")
    assert not path.exists() or FORMATS.load(name).comment_in(path) == ""


# Comments


COMMENT = "visualize 1.2.3 0123456789abcdef Someone 4.5 " + "and more words " * 30


@pytest.mark.parametrize("name", NAMES)
def test_the_comment_is_found_in_a_small_part_of_the_file(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (2, 100, 130, 3), dtype=np.uint8)
    path = write(name, list(noise), tmp_path / f"film.{name}", comment=COMMENT)
    files = sorted(path.iterdir()) if path.is_dir() else [path]
    assert min(file.stat().st_size for file in files) > 2 * io.DEFAULT_BUFFER_SIZE
    read = 0

    class Counting(io.FileIO):
        def readinto(self, buffer: Any) -> int:
            nonlocal read
            read += (got := super().readinto(buffer))
            return got

        def read(self, size: int | None = -1) -> bytes:
            nonlocal read
            content = super().read(size)
            read += len(content)
            return content

    def counting(path: Path, mode: str, buffering: int = -1) -> Any:
        file = Counting(path, mode)
        return io.BufferedReader(file) if buffering else file

    monkeypatch.setattr(Path, "open", counting)
    assert FORMATS.load(name).comment_in(path) == COMMENT
    assert 0 < read <= 2 * io.DEFAULT_BUFFER_SIZE * len(files)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("lost", [1, 2, 40, 1000])
def test_a_file_that_is_cut_off_has_no_comment(name: str, lost: int, tmp_path: Path) -> None:
    pictures = patches(3, (120, 80))
    path = write(name, pictures, tmp_path / f"film.{name}", comment=COMMENT)
    assert FORMATS.load(name).comment_in(path) == COMMENT
    path.write_bytes(path.read_bytes()[:-lost])
    assert FORMATS.load(name).comment_in(path) == ""


@pytest.mark.parametrize("name", FILES)
def test_whatever_is_in_a_file_its_comment_is_a_text(name: str, tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    path = write(name, patches(2), tmp_path / f"film.{name}", comment="mine")
    whole = path.read_bytes()
    kind = FORMATS.load(name)
    for attempt in range(60):
        content = bytearray(whole)
        for place in random.integers(0, len(content), 1 + attempt % 5):
            content[place] = random.integers(256)
        if attempt % 4 == 0:
            del content[random.integers(len(content)) :]
        path.write_bytes(content)
        assert isinstance(kind.comment_in(path), str)
    other = "gif" if name == "apng" else "apng"
    path = write(other, patches(2), tmp_path / f"other.{other}", comment="mine")
    assert kind.comment_in(path) == ("mine" if name == "png" else "")


@pytest.mark.parametrize("name", NAMES)
def test_a_comment_may_be_long_and_say_anything(name: str, tmp_path: Path) -> None:
    path = tmp_path / f"film.{name}"
    for comment in ("x" * (LONGEST_COMMENT - 100), "=;#\\ a\\n = b; # c", "'\" $HOME %s {0} \\"):
        write(name, patches(2), path, comment=comment)
        assert FORMATS.load(name).comment_in(path) == comment
        if path.is_dir():
            shutil.rmtree(path)


@pytest.mark.parametrize("name", NAMES)
def test_a_comment_that_is_too_long_for_any_of_ours_is_none(name: str, tmp_path: Path) -> None:
    longer = "x" * (3 * LONGEST_COMMENT)
    path = write(name, patches(2), tmp_path / f"film.{name}", comment=longer)
    assert FORMATS.load(name).comment_in(path) == ""


@pytest.mark.parametrize("name", NAMES)
def test_without_a_comment_there_is_none(name: str, tmp_path: Path) -> None:
    path = write(name, patches(2), tmp_path / f"film.{name}")
    assert FORMATS.load(name).comment_in(path) == ""
    with pytest.raises(FileNotFoundError):
        FORMATS.load(name).comment_in(tmp_path / "nowhere")


# What is asked without writing


def test_what_formats_can_is_known_without_their_encoders() -> None:
    program = """
import sys
from visualize.formats.format import FORMATS, cannot_show
kinds = [FORMATS.load(name) for name in FORMATS.names()]
print(cannot_show(["gif"], transparent=True))
for kind in kinds:
    kind.most_per_second, kind.transparent, kind.still, kind.looks_ahead
print({"matplotlib", "PIL", "imageio", "imageio_ffmpeg"} & sys.modules.keys() or "nothing")
"""
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.splitlines() == [cannot_show(["gif"], transparent=True), "nothing"]


def test_the_formats_that_cannot_be_transparent_are_named_with_those_that_can() -> None:
    words = "gif, mp4 cannot have a transparent background; apng, frames, png, webm, webp can"
    assert cannot_show(["gif", "png", "mp4"], transparent=True) == words
    assert cannot_show(["gif", "png", "mp4"], transparent=False) == ""
    assert cannot_show(["png"], transparent=True) == ""


def test_the_setting_names_the_formats_that_can() -> None:
    able = [name for name in FORMATS.names() if FORMATS.load(name).transparent]
    describe_all()
    assert str(Scene.model_fields["transparent"].description).endswith(f": {', '.join(able)}.")


# Formats from outside


class Numbers(Format):
    """Writes the mean of every picture."""

    def start(self, picture: Picture) -> None:
        self._means = [int(picture.mean())]

    def follow(self, picture: Picture, box: Box) -> None:
        assert box == Box.around(picture)
        self._means.append(int(picture.mean()))

    def end(self) -> None:
        self.path.write_text(f"{self.comment} {self._means}")


@pytest.fixture
def numbers() -> Iterator[Registry[Format]]:
    FORMATS.register("numbers", Numbers)
    yield FORMATS
    vars(FORMATS)["_registered"].clear()


@pytest.mark.usefixtures("numbers")
def test_a_format_from_outside_is_one_of_ours(tmp_path: Path) -> None:
    clip = Pictures([np.full((4, 4, 4), value, np.uint8) for value in (7, 9)])
    path = save(clip, tmp_path / "film.numbers")
    assert path.read_text().endswith("0123456789abcdef [7, 9]")
    scene = {
        "objective": "x**2",
        "start": 1,
        "optimizers": [{"name": "sgd", "learning_rate": 0.1}],
        "formats": ["numbers"],
    }
    assert Scene.model_validate(scene).formats == ("numbers",)
    with pytest.raises(OutputError, match="numbers cannot have a transparent background"):
        save(Pictures(clip.pictures, transparent=True), path)
