"""Watching: what is told and drawn when scenes are saved, renamed, mended and removed."""

import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from multiprocessing import Pipe
from multiprocessing import connection as connections
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.conftest import BAD, LEAVING, SMALL
from visualize import Scene, compose, read_scene, save, simulate
from visualize.batch.job import Job, Outcome
from visualize.film.fingerprint import is_current
from visualize.watching import news as kinds
from visualize.watching.drawing import draw
from visualize.watching.news import News
from visualize.watching.warm import Ended
from visualize.watching.watch import watch

Write = Callable[..., Path]
OTHER = SMALL.replace("0.9", "0.8")
BOTH = f"{SMALL}formats: [gif, png]\n"


class InThisProcess:
    """Does at once what a process of its own would do."""

    deadline = None

    def __init__(self, work: Any, _: object, *, last: bool = False) -> None:
        self.work, self.last = work, last
        self.connection, self._sender = Pipe()
        self._end: Ended[Outcome] | None = None

    def start(self, job: Job) -> None:
        self._end = Ended(self.work(job, lambda *_: None), lost=False)
        self._sender.send_bytes(b".")

    def hear(self) -> Ended[Outcome] | None:
        end, self._end = self._end, None
        if end is not None:
            self.connection.recv_bytes()
        return end

    def abandon(self) -> None:
        """What is begun is done."""

    def close(self) -> None:
        """There is nothing to end."""


@dataclass
class Watching:
    """A watcher whose news are asked for, and not waited for longer than a while."""

    folder: Path
    news: Iterator[News] = field(init=False)
    until_then: float = field(init=False)

    def begin(self, *places: Path) -> "Watching":
        read = read_alone
        self.news = watch(places or (self.folder,), self.folder / "out", read)
        return self

    def next(self, kind: type, *, of: str = "", seconds: float = 20) -> Any:
        """Return the next news of a kind, about a file of that name."""
        self.until_then = time.monotonic() + seconds
        for it in self.news:
            place: Any = getattr(it, "file", None) or getattr(it, "place", Path())
            if isinstance(it, kind) and of in ("", place.name):
                return it
        raise AssertionError

    def drawn(self, of: str = "") -> Outcome:
        """Wait until all of a scene is drawn; return what became of its last files."""
        while True:
            made = self.next(kinds.Made, of=of)
            if made.is_last:
                return made.outcome  # type: ignore[no-any-return]

    def still(self, of: str = "") -> Path:
        """Return the next still that is written."""
        while True:
            made = self.next(kinds.Made, of=of)
            if made.is_still and made.outcome.written:
                [path] = made.outcome.written
                return path  # type: ignore[no-any-return]

    def is_quiet(self, seconds: float = 0.5) -> bool:
        """Whether nothing is told for a while; nothing more can be asked then."""
        self.until_then = time.monotonic() + seconds
        try:
            told = next(self.news)
        except TimeoutError:
            return True
        raise AssertionError(told)


def read_alone(file: Path) -> Mapping[Path, Scene]:
    return {file: read_scene(file)}


@pytest.fixture
def watching(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watching]:
    """Give a watcher of the test's folder that draws in this process."""
    monkeypatch.setattr("visualize.watching.watch.WarmProcess", InThisProcess)
    yield from watching_in(tmp_path, monkeypatch)


@pytest.fixture
def watching_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watching]:
    """Give one that draws in other processes."""
    yield from watching_in(tmp_path, monkeypatch)


def watching_in(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watching]:
    it = Watching(folder)

    def bounded(those: list[Any], seconds: float) -> list[Any]:
        if time.monotonic() > it.until_then:
            raise TimeoutError
        return connections.wait(those, seconds)

    monkeypatch.setattr("visualize.watching.watch.wait", bounded)
    monkeypatch.setattr("visualize.watching.watch.INTERVAL", 0.1)  # who is quiet is so sooner
    yield it
    it.news.close()  # type: ignore[attr-defined]  # it is a generator


def save_by_renaming(file: Path, text: str) -> None:
    beside = file.with_name(f"{file.name}.new")
    beside.write_text(text)
    beside.replace(file)


def save_by_removing(file: Path, text: str) -> None:
    file.unlink()
    file.write_text(text)


def save_over(file: Path, text: str) -> None:
    file.write_text(text)


def save_as_a_backup(file: Path, text: str) -> None:
    file.rename(file.with_name(f"{file.name}~"))
    file.write_text(text)


def save_in_parts(file: Path, text: str) -> None:
    with file.open("w") as opened:
        for part in text.splitlines(keepends=True):
            opened.write(part)
            opened.flush()
            time.sleep(0.01)


SAVING = [save_over, save_by_renaming, save_by_removing, save_as_a_backup, save_in_parts]


# A scene is saved


def test_first_a_still_and_then_the_films(watching: Watching, write_scene: Write) -> None:
    scene = write_scene(f"{SMALL}formats: [gif, apng]\n")
    watching.begin(scene)
    assert watching.next(kinds.Changed).file == scene
    assert [it.name for it in watching.next(kinds.Made).outcome.written] == ["scene.png"]
    films = watching.next(kinds.Made)
    assert [it.name for it in films.outcome.written] == ["scene.gif", "scene.apng"]
    assert (films.is_still, films.is_last) == (False, True)
    assert watching.is_quiet()


def test_the_still_is_the_poster_that_render_would_write(
    watching: Watching, write_scene: Write
) -> None:
    scene = write_scene(SMALL)
    still = watching.begin(scene).still()
    read = read_scene(scene)
    by_hand = save(compose(read, simulate(read)), scene.with_name("by-hand.png"))
    assert still.read_bytes() == by_hand.read_bytes()
    assert is_current(still, read)


def test_the_films_are_those_that_render_would_write(
    watching: Watching, write_scene: Write
) -> None:
    scene = write_scene(SMALL)
    [film] = watching.begin(scene).drawn().written
    read = read_scene(scene)
    by_hand = save(compose(read, simulate(read)), scene.with_name("by-hand.gif"))
    assert film.read_bytes() == by_hand.read_bytes()


@pytest.mark.parametrize("way", SAVING)
def test_however_an_editor_saves_it_is_drawn_and_nothing_is_told_of_the_way(
    way: Callable[[Path, str], None], watching: Watching, write_scene: Write
) -> None:
    scene = write_scene(SMALL)
    watching.begin().drawn()
    before = (scene.parent / "out" / "scene.png").read_bytes()
    way(scene, OTHER)
    told = watching.next(object)
    assert isinstance(told, kinds.Changed)
    watching.drawn()
    assert (scene.parent / "out" / "scene.png").read_bytes() != before
    assert watching.is_quiet()


def test_what_is_current_is_not_drawn_again(watching: Watching, write_scene: Write) -> None:
    scene = write_scene(BOTH)
    watching.begin().drawn()
    times = [it.stat().st_mtime_ns for it in sorted((scene.parent / "out").iterdir())]
    scene.write_text(f"# a comment\n{BOTH}")
    assert watching.next(kinds.Changed)
    assert [it.state for it in watching.drawn().outputs] == ["current"]
    assert [it.stat().st_mtime_ns for it in sorted((scene.parent / "out").iterdir())] == times


def test_a_scene_of_a_still_only_has_no_films(watching: Watching, write_scene: Write) -> None:
    write_scene(f"{SMALL}formats: [png]\n")
    made = watching.begin().next(kinds.Made)
    assert (made.is_still, made.is_last) == (True, True)


def test_each_theme_has_a_still(watching: Watching, write_scene: Write) -> None:
    write_scene(f"{SMALL}theme: [light, dark]\n")
    made = watching.begin().next(kinds.Made)
    assert [it.name for it in made.outcome.written] == ["scene-light.png", "scene-dark.png"]
    assert [it.name for it in watching.drawn().written] == ["scene-light.gif", "scene-dark.gif"]


def test_warnings_are_told_once_for_all_files(watching: Watching, write_scene: Write) -> None:
    write_scene(LEAVING)
    watching.begin()
    told = [watching.next(kinds.Made).outcome.warnings for _ in range(2)]
    assert "grew beyond all bounds" in str(told[0])
    assert told[1] == ()


def test_a_file_that_a_scene_reads_is_watched_too(watching: Watching, write_scene: Write) -> None:
    points = np.linspace([3.0, 1.0], [0.5, 0.1], 5)
    run = write_scene("", "run.csv")
    np.savetxt(run, points, delimiter=",", header="x,y", comments="")
    write_scene("objective: x**2 + y**2\ntrajectories: {file: run.csv}\nframes: {size: [48, 32]}\n")
    watching.begin().drawn()
    np.savetxt(run, points / 2, delimiter=",", header="x,y", comments="")
    assert watching.still().name == "scene.png"


# Scenes come and go


def test_scenes_come_and_are_renamed_and_go(watching: Watching, write_scene: Write) -> None:
    write_scene(SMALL, "a.yaml")
    watching.begin().drawn("a.yaml")
    new = write_scene(SMALL, "b.yaml")
    watching.drawn("b.yaml")
    new.rename(new.with_name("c.yaml"))
    told = [watching.next(object)]
    while {*map(type, told)} != {kinds.Changed, kinds.Made, kinds.Gone} or not any(
        isinstance(it, kinds.Made) and it.is_last for it in told
    ):
        told.append(watching.next(object))
    [gone] = [it for it in told if isinstance(it, kinds.Gone)]
    assert gone.place == new
    assert told[0] == kinds.Changed(new.with_name("c.yaml")) or told[0] is gone
    (new.parent / "c.yaml").unlink()
    assert watching.next(kinds.Gone, of="c.yaml")
    assert (new.parent / "out" / "c.png").exists()
    assert watching.is_quiet()


def test_a_scene_that_was_named_may_come_back(watching: Watching, write_scene: Write) -> None:
    scene = write_scene(SMALL)
    watching.begin(scene).drawn()
    scene.unlink()
    assert "no such file" in str(watching.next(kinds.Mistaken).error)
    scene.write_text(OTHER)
    assert watching.still().exists()


def test_a_folder_that_disappears_is_told_once_and_waited_for(
    watching: Watching, tmp_path: Path, write_scene: Write
) -> None:
    folder = tmp_path / "scenes"
    folder.mkdir()
    write_scene(SMALL, "scenes/a.yaml")
    watching.begin(folder).drawn()
    shutil.rmtree(folder)
    told = watching.next(object)
    assert told == kinds.Gone(folder, "no such file or directory")
    folder.mkdir()
    assert watching.next(kinds.Back).place == folder
    write_scene(OTHER, "scenes/a.yaml")
    assert watching.still().name == "a.png"


# Mistakes


def test_mistakes_are_told_and_when_they_are_mended_it_goes_on(
    watching: Watching, write_scene: Write
) -> None:
    scene = write_scene(SMALL)
    watching.begin().drawn()
    before = (scene.parent / "out" / "scene.png").read_bytes()
    scene.write_text(BAD)
    error = watching.next(kinds.Mistaken).error
    assert [(it.line, it.setting) for it in error.mistakes] == [(4, "optimizer")]
    assert (scene.parent / "out" / "scene.png").read_bytes() == before
    scene.write_text(OTHER)
    assert watching.still().read_bytes() != before


def test_one_bad_scene_does_not_stop_the_others(watching: Watching, write_scene: Write) -> None:
    write_scene(BAD, "a.yaml")
    write_scene(SMALL, "b.yaml")
    assert watching.begin().still("b.yaml").name == "b.png"


def test_a_scene_is_read_again_when_the_file_that_it_misses_comes(
    watching: Watching, write_scene: Write
) -> None:
    write_scene("objective: x**2 + y**2\ntrajectories: {file: run.csv}\nframes: {size: [48, 32]}\n")
    assert "run.csv" in str(watching.begin().next(kinds.Mistaken).error)
    write_scene("x,y\n3,1\n2,0.5\n1,0.1\n", "run.csv")
    assert watching.still().name == "scene.png"


def test_two_scenes_with_one_output_are_both_refused_until_one_is_gone(
    watching: Watching, write_scene: Write
) -> None:
    write_scene(SMALL, "a.yaml")
    other = write_scene(SMALL, "a.yml")
    watching.begin()
    for name in ("a.yaml", "a.yml"):
        words = watching.next(kinds.Failed, of=name).words
        assert "a.yaml and by" in words
        assert "a.yml" in words
    assert not (other.parent / "out").exists()
    other.unlink()
    assert watching.still("a.yaml").name == "a.png"


def test_a_still_that_cannot_be_written_is_told_and_it_goes_on(
    watching: Watching, write_scene: Write
) -> None:
    scene = write_scene(SMALL)
    still = scene.parent / "out" / "scene.png"
    still.mkdir(parents=True)
    assert "it is a folder" in watching.begin().next(kinds.Failed).words
    watching.drawn()
    still.rmdir()
    scene.write_text(OTHER)
    assert watching.still() == still


# Events, and file systems that have none


@pytest.fixture
def without_events(monkeypatch: pytest.MonkeyPatch) -> None:
    def hears_nothing(*_: object, stop_event: Any, **__: object) -> Iterator[object]:
        stop_event.wait()
        yield from ()

    monkeypatch.setattr("watchfiles.watch", hears_nothing)


@pytest.mark.usefixtures("without_events")
@pytest.mark.parametrize("way", SAVING)
def test_without_events_files_are_looked_at_now_and_then(
    way: Callable[[Path, str], None], watching: Watching, write_scene: Write
) -> None:
    scene = write_scene(SMALL)
    watching.begin().drawn()
    way(scene, OTHER)
    assert watching.still().name == "scene.png"


@pytest.mark.parametrize("error", [OSError("OS file watch limit reached"), RuntimeError("odd")])
def test_events_that_cannot_be_had_are_told_and_it_goes_on(
    error: Exception, watching: Watching, write_scene: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> Iterator[object]:
        raise error
        yield

    monkeypatch.setattr("watchfiles.watch", refused)
    scene = write_scene(SMALL)
    watching.begin()
    assert watching.next(kinds.Deaf).words == str(error)
    watching.drawn()
    scene.write_text(OTHER)
    assert watching.still().name == "scene.png"


def test_events_are_heard_at_once(
    watching: Watching, write_scene: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("visualize.watching.watch.INTERVAL", 60)
    scene = write_scene(SMALL)
    watching.begin().drawn()
    for text in (OTHER, SMALL, OTHER):
        save_by_renaming(scene, text)
        watching.drawn()
        time.sleep(0.05)  # what has happened is all told by now


def test_what_changes_all_the_time_is_drawn_all_the_same(
    watching: Watching, write_scene: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = write_scene(SMALL)

    def while_it_is_saved(job: Job, heart: Any, *, cache: Path | None) -> Outcome:
        scene.write_text(f"{SMALL}title: at {time.monotonic_ns()}\n")
        return draw(job, heart, cache=cache)

    monkeypatch.setattr("visualize.watching.watch.draw", while_it_is_saved)
    watching.begin()
    assert watching.still().name == "scene.png"
    assert watching.still().name == "scene.png"


def test_a_scene_and_a_post_that_shows_it_are_no_clash(
    watching: Watching, write_scene: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene, post = write_scene(SMALL), write_scene("", "post.md")
    monkeypatch.setattr(f"{__name__}.read_alone", lambda _: {scene: read_scene(scene)})
    watching.begin(scene, post)
    assert {type(watching.next(object)) for _ in range(6)} == {kinds.Changed, kinds.Made}


# In other processes

LONG = SMALL.replace("[48, 32]", "[320, 180], count: 5000").replace("steps: 5", "steps: 5000")


def test_the_film_is_abandoned_when_the_scene_is_saved_again(
    watching_apart: Watching, write_scene: Write
) -> None:
    scene = write_scene(LONG)
    watching = watching_apart.begin()
    watching.still()
    while watching.next(kinds.Progressed).name != "scene.gif":
        """It is computed before."""
    begun = time.monotonic()
    scene.write_text(OTHER)
    watching.still()
    watching.drawn()
    assert time.monotonic() - begun < 5
    assert sorted(it.name for it in (scene.parent / "out").iterdir()) == ["scene.gif", "scene.png"]


def test_a_long_simulation_makes_way_for_another_scene_that_is_saved(
    watching_apart: Watching, write_scene: Write
) -> None:
    slow = write_scene(SMALL.replace("steps: 5", "steps: 2000000"), "slow.yaml")
    quick = write_scene(SMALL, "quick.yaml")
    watching = watching_apart.begin()
    watching.still("quick.yaml")
    time.sleep(0.2)
    quick.write_text(OTHER)
    assert watching.still("quick.yaml").name == "quick.png"
    slow.unlink()
    assert watching.next(kinds.Gone).place == slow


def test_of_many_saves_the_last_is_what_is_drawn_in_the_end(
    watching_apart: Watching, write_scene: Write
) -> None:
    scene = write_scene(SMALL)
    watching = watching_apart.begin()
    watching.drawn()
    for number in range(15):
        save_by_renaming(scene, f"{SMALL}title: number {number}\n")
        time.sleep(0.02)
    until = time.monotonic() + 20
    while not is_current(scene.parent / "out" / "scene.gif", read_scene(scene)):
        watching.drawn()
        assert time.monotonic() < until


def test_a_scene_that_kills_its_process_fails_alone(
    watching: Watching, write_scene: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Dying(InThisProcess):
        def start(self, job: Job) -> None:
            super().start(job)
            if job.file.stem == "bad":
                self._end = Ended(None, lost=True)

    monkeypatch.setattr("visualize.watching.watch.WarmProcess", Dying)
    write_scene(SMALL, "bad.yaml")
    write_scene(SMALL, "good.yaml")
    watching.begin()
    assert "killed, twice" in watching.next(kinds.Failed, of="bad.yaml").words
    assert watching.still("good.yaml").name == "good.png"


def test_its_processes_end_with_it(watching_apart: Watching, write_scene: Write) -> None:
    from multiprocessing import active_children

    before = {*active_children()}
    write_scene(LONG)
    watching = watching_apart.begin()
    watching.still()
    watching.next(kinds.Progressed)
    assert len({*active_children()} - before) == 2
    watching.news.close()  # type: ignore[attr-defined]  # it is a generator
    assert not {*active_children()} - before
    assert [it.name for it in (watching.folder / "out").iterdir()] == ["scene.png"]
