"""Tasks travel as plain data and the files they read, and become bytes."""

import pickle
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.conftest import LEAVING, SCENES, SMALL, shrunk
from visualize import ArraysError, Scene, compose, read_scene, save, simulate
from visualize.batch.job import Job
from visualize.batch.parcel import Parcel, packed, travels
from visualize.batch.task import Made, Task, content_of, make, unpack
from visualize.film.fingerprint import fingerprint

Write = Callable[..., Path]
WITH_DATA = """\
objective: {regression: {data: rows.csv}}
steps: 4
optimizers: [{name: sgd, learning_rate: 0.1}]
frames: {size: [48, 32], pace: even}
"""


def a_task(scene: Scene, *names: str) -> Task:
    themes = {name: next(iter(scene.by_theme)) for name in names or ("film.gif",)}
    return Task("scene.yaml", scene, themes, tuple(scene.by_theme))


def job(scene: Scene) -> Job:
    return Job(Path("scene.yaml"), scene, Path("output"), ("gif",))


def sent(task: Task) -> Task:
    """Return a task as another process gets it."""
    arrived: Task = pickle.loads(pickle.dumps(task))  # noqa: S301  # ours
    return arrived


@pytest.mark.parametrize("file", SCENES, ids=lambda file: file.stem)
def test_a_scene_that_was_sent_makes_the_same_pictures(file: Path) -> None:
    task = a_task(read_scene(file))
    arrived = sent(task)
    assert isinstance(arrived.given, Parcel)
    assert fingerprint(arrived.scene) == fingerprint(task.scene)
    assert arrived.scene.portable() == task.scene.portable()
    assert (arrived.films, arrived.themes) == (task.films, task.themes)


def test_it_needs_nothing_of_the_disk_where_it_was_read(
    tmp_path: Path, write_scene: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = tmp_path / "rows.csv"
    rows.write_text("a,b\n1,2\n2,3\n3,5\n")
    task = a_task(read_scene(write_scene(WITH_DATA)))
    here = make(task)
    content = pickle.dumps(task)
    assert str(tmp_path).encode() not in content
    rows.unlink()
    monkeypatch.chdir("/")
    there: Task = pickle.loads(content)  # noqa: S301  # ours
    assert make(there).films == here.films


def test_a_title_that_is_called_as_a_file_stays(tmp_path: Path, write_scene: Write) -> None:
    rows = tmp_path / "rows.csv"
    rows.write_text("a,b\n1,2\n2,3\n3,5\n")
    scene = read_scene(write_scene(f"title: {rows}\n{WITH_DATA}"))
    assert sent(a_task(scene)).scene.title == str(rows)


def test_a_file_that_is_gone_or_another_is_told(tmp_path: Path, write_scene: Write) -> None:
    rows = tmp_path / "rows.csv"
    rows.write_text("a,b\n1,2\n2,3\n3,5\n")
    scene = read_scene(write_scene(WITH_DATA))
    rows.write_text("a,b\n1,2\n2,3\n3,6\n")
    made = make(sent(a_task(scene)))
    assert not made.films
    assert "has changed meanwhile" in made.error
    assert "other numbers" in made.error
    rows.unlink()
    with pytest.raises(ArraysError, match="no such file"):
        packed(scene)


def test_what_was_given_in_python_stays_in_this_process() -> None:
    plain = {"start": [1, 2], "steps": 3, "optimizers": [{"name": "sgd", "learning_rate": 0.1}]}
    assert travels(job(Scene.model_validate({"objective": "x**2 + y**2", **plain})))
    given = {"objective": lambda x: x[0] ** 2 + x[1] ** 2, **plain}
    assert not travels(job(Scene.model_validate(given)))
    recorded = read_scene(next(file for file in SCENES if file.stem == "torch-network"))
    assert travels(job(recorded))


@pytest.mark.parametrize("name", ["film.gif", "film.png", "film.frames", "film.webp"])
def test_what_is_made_is_what_python_would_write(
    tmp_path: Path, write_scene: Write, name: str
) -> None:
    scene = read_scene(write_scene(SMALL))
    made = make(a_task(scene, name))
    own = save(compose(scene, simulate(scene)), tmp_path / name)
    assert (made.error, made.warnings) == ("", ())
    assert made.films == {name: content_of(own)}


def test_a_folder_of_pictures_comes_out_as_it_went_in(tmp_path: Path, write_scene: Write) -> None:
    scene = read_scene(write_scene(SMALL))
    made = make(a_task(scene, "film.frames"))
    (tmp_path / "there").mkdir()
    unpack(made.films["film.frames"], tmp_path / "there")
    own = save(compose(scene, simulate(scene)), tmp_path / "own.frames")
    assert contents(tmp_path / "there") == contents(own)


def test_runs_that_come_along_are_not_computed(write_scene: Write) -> None:
    scene = shrunk(read_scene(write_scene(SMALL)))
    first = make(a_task(scene))
    again = make(Task("scene.yaml", scene, {"film.gif": "light"}, ("light",), first.runs))
    assert len(first.runs) == 1
    assert again.runs == {}
    assert again.films == first.films


def test_without_films_there_is_what_would_be_warned_of(write_scene: Write) -> None:
    scene = read_scene(write_scene(LEAVING))
    made = make(Task("scene.yaml", scene, {}, ("light",)))
    assert not made.films
    assert [it for it in made.warnings if "grew beyond all bounds" in it]


def test_no_room_for_what_lies_there_for_a_moment_is_told(
    write_scene: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", "/nowhere")
    made = make(a_task(read_scene(write_scene(SMALL))))
    assert made == Made(error=made.error, seconds=made.seconds)
    assert "no folder can be made in /nowhere" in made.error


def contents(folder: Path) -> Mapping[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}
