"""Many scenes from Python."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import BAD, SMALL
from visualize import OutputError, Scene, read_scene, render_all

Write = Callable[..., Path]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("here")
def test_files_and_folders_become_films(write_scene: Write) -> None:
    Path("more").mkdir()
    for name in ("a.yaml", "more/b.yaml", "more/c.yaml"):
        write_scene(SMALL, name)
    outcomes = render_all(["a.yaml", Path("more")], formats=["png", "gif"])
    assert [str(it.file) for it in outcomes] == ["a.yaml", "more/b.yaml", "more/c.yaml"]
    written = [str(path) for it in outcomes for path in it.written]
    assert written == [f"output/{name}.{kind}" for name in "abc" for kind in ("png", "gif")]
    assert [it.written for it in render_all("more", formats=["gif"])] == [(), ()]


@pytest.mark.usefixtures("here")
def test_one_bad_scene_never_stops_the_others(write_scene: Write) -> None:
    files = [write_scene(SMALL, "a.yaml"), write_scene(BAD, "b.yaml"), Path("nowhere.yaml")]
    clear = write_scene(f"{SMALL}transparent: true\nformats: [png]\n", "d.yaml")
    outcomes = render_all([*files, clear], formats=["gif"])
    by_name = {it.file.name: it for it in outcomes}
    assert by_name["a.yaml"].written
    assert "did you mean 'optimizers'" in by_name["b.yaml"].error
    assert "no such file" in by_name["nowhere.yaml"].error
    assert "transparent" in by_name["d.yaml"].error


@pytest.mark.usefixtures("here")
def test_scenes_of_python_are_called_as_their_names_say(write_scene: Write) -> None:
    scene = read_scene(write_scene(SMALL))
    own = scene.replaced(objective=lambda x: x[0] ** 2 + x[1] ** 2)
    outcomes = render_all({"plain": scene, "own": own}, "films", jobs=2)
    assert sorted(path.as_posix() for it in outcomes for path in it.written) == [
        "films/own.gif",
        "films/plain.gif",
    ]


@pytest.mark.usefixtures("here")
def test_names_may_have_dots(write_scene: Write) -> None:
    scene = read_scene(write_scene(SMALL))
    names = ["rate-0.2", "rate-0.1"]
    outcomes = render_all(dict.fromkeys(names, scene), formats=["png"], jobs=2)
    assert [it.written for it in outcomes] == [(Path(f"output/{name}.png"),) for name in names]


@pytest.mark.parametrize("name", ["../x", "a/b", "", "con"])
def test_a_name_that_is_no_files_name_is_refused(write_scene: Write, name: str) -> None:
    scene = read_scene(write_scene(SMALL))
    with pytest.raises(OutputError, match="cannot be a film's name"):
        render_all({name: scene})


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.usefixtures("here")
def test_it_can_be_cancelled_before_anything_is_reported(write_scene: Write, jobs: int) -> None:
    long = read_scene(write_scene(SMALL.replace("steps: 5", "steps: 20000")))
    begun = time.monotonic()
    scenes = {"a": long, "b": long, "c": long}
    assert render_all(scenes, jobs=jobs, cache=False, cancelled=lambda: True) == []
    assert time.monotonic() - begun < 5


@pytest.mark.usefixtures("here")
def test_what_stays_in_this_process_tells_and_can_be_cancelled(write_scene: Write) -> None:
    scene = read_scene(write_scene(SMALL.replace("steps: 5", "steps: 2000")))
    own = scene.replaced(objective=lambda x: x[0] ** 2 + x[1] ** 2)
    small = read_scene(write_scene(SMALL))
    told: list[str] = []

    def progress(name: str, what: str, done: int, _: int) -> None:
        if name == "own" and what and done:
            told.append(what)

    outcomes = render_all(
        {"own": own, "a": small}, jobs=2, progress=progress, cancelled=lambda: bool(told)
    )
    assert told == ["own.gif"]
    assert [str(it.file) for it in outcomes] == ["a"]


@pytest.mark.usefixtures("here")
def test_two_scenes_with_one_film_are_refused_and_the_others_made(write_scene: Write) -> None:
    Path("more").mkdir()
    files = [write_scene(SMALL, name) for name in ("a.yaml", "b.yaml", "more/a.yaml")]
    one, made, other = render_all(files)
    assert one.error == other.error
    assert "output/a.gif would be written by" in one.error
    assert [path.name for path in made.written] == ["b.gif"]


@pytest.mark.usefixtures("here")
def test_a_format_that_there_is_not_is_told(write_scene: Write) -> None:
    with pytest.raises(OutputError, match="did you mean 'gif'"):
        render_all([write_scene(SMALL)], formats="gfi")


@pytest.mark.usefixtures("here")
def test_progress_is_told(write_scene: Write) -> None:
    scene = read_scene(write_scene(SMALL))
    told: list[tuple[str, str, int, int]] = []
    render_all({"a": scene}, progress=lambda *words: told.append(words))
    assert told[-1] == ("a", "a.gif", 6, 6)


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.usefixtures("here")
def test_it_can_be_cancelled_in_the_middle_of_a_film(write_scene: Write, jobs: int) -> None:
    long = read_scene(write_scene(SMALL.replace("steps: 5", "steps: 2000")))
    told: list[str] = []
    outcomes = render_all(
        {"a": long, "b": long, "c": long},
        jobs=jobs,
        cache=False,
        progress=lambda name, what, done, _: told.append(name) if what and done else None,
        cancelled=lambda: bool(told),
    )
    assert told
    assert outcomes == []
    assert [*Path("output").glob("*")] == []


def test_a_script_need_not_ask_what_it_is_called(tmp_path: Path, write_scene: Write) -> None:
    for name in ("a.yaml", "b.yaml", "c.yaml"):
        write_scene(SMALL, name)
    script = tmp_path / "script.py"
    script.write_text(
        "import visualize\n"
        "print('begun')\n"
        "print(len(visualize.render_all('.', jobs=2, force=True)), __file__)\n"
    )
    done = subprocess.run(
        [sys.executable, str(script)], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["begun", "3", str(script)]
    assert done.stderr == ""


def test_a_cache_that_cannot_be_written_is_a_warning(
    here: Path, write_scene: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / "file").touch()
    monkeypatch.setenv("VISUALIZE_CACHE", str(here / "file" / "cache"))
    scene: Scene = read_scene(write_scene(SMALL))
    with pytest.warns(UserWarning, match="the cache is not used"):
        [outcome] = render_all({"a": scene})
    assert outcome.written
