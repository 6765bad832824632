"""`visualize remix`: films become scenes again, and these the same films."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result
from PIL import Image

from tests.conftest import ROOT, SCENES, SMALL, shrunk
from tests.formats.films import NAMES, Pictures, patches, write
from visualize import Scene, compose, read_scene, save, simulate
from visualize.commands.main import commands
from visualize.film.carried import MARK, Carried, packed
from visualize.film.fingerprint import is_current
from visualize.version import __version__

TINY: dict[str, Any] = {"size": [48, 32], "pace": "even", "count": 2}


def remix(*arguments: object) -> Result:
    return CliRunner().invoke(commands, ["remix", *map(str, arguments)], catch_exceptions=True)


def film_of(scene: Scene, path: Path, **options: Any) -> Path:
    return save(compose(scene, simulate(scene)), path, **options)


def content(path: Path) -> list[bytes]:
    return [it.read_bytes() for it in (sorted(path.iterdir()) if path.is_dir() else [path])]


def same(one: Scene, other: Scene) -> bool:
    """Whether scenes are the same to the last digit, 1 and 1.0 told apart."""
    told = [json.dumps(it.portable(), sort_keys=True) for it in (one, other)]
    # Where data are is the scene's own.
    return told[0] == told[1] and (one == other or bool(one.objective.files))


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A film."""
    path = tmp_path / "small.yaml"
    path.write_text(f"{SMALL.replace('pace: even', 'pace: even, count: 2')}title: Mine\n", "utf-8")
    film = film_of(read_scene(path), tmp_path / "small.gif")
    path.unlink()
    return film


# There and back

SOME = [it for it in SCENES if it in SCENES[::3] or "data: " in it.read_text("utf-8")]
"""Of the scenes that come along a third, and all that have data."""


@pytest.mark.parametrize("name", NAMES)
def test_a_film_of_every_format_becomes_its_scene_and_that_the_same_film(
    name: str, tmp_path: Path
) -> None:
    scene = shrunk(read_scene(ROOT / "scenes" / "race.yaml"), frames=3)
    film = film_of(scene, tmp_path / f"race.{name}")
    done = remix(film, "-o", tmp_path / "out")
    assert (done.exit_code, done.stdout) == (0, f"{tmp_path / 'out' / 'race.yaml'}\n"), done.stderr
    again = read_scene(tmp_path / "out" / "race.yaml")
    assert same(again, scene)
    assert is_current(film, again)
    assert content(film_of(again, tmp_path / "out" / f"race.{name}")) == content(film)


@pytest.mark.parametrize("file", SOME, ids=lambda file: file.stem)
def test_scenes_that_come_along_come_out_of_their_films(file: Path, tmp_path: Path) -> None:
    scene = shrunk(read_scene(file), frames=1)
    film = film_of(scene, tmp_path / f"{file.stem}.png")
    for data in scene.objective.files:
        shutil.copy(data, tmp_path)
    done = remix(film, "-o", tmp_path)
    assert done.exit_code == 0, done.stderr
    assert done.stderr == ""
    again = read_scene(tmp_path / file.name)
    assert same(again, scene)
    assert is_current(film, again)
    if scene.objective.files:  # of these it is not enough that the scenes are equal
        assert content(film_of(again, tmp_path / "again.png")) == content(film)


def test_what_goes_without_saying_is_left_out(small: Path, tmp_path: Path) -> None:
    assert remix(small, "-o", tmp_path).exit_code == 0
    assert (tmp_path / "small.yaml").read_text("utf-8") == (
        "title: Mine\n"
        "objective: x**2/20 + y**2\n"
        "start: [-7, 2]\n"
        "steps: 5\n"
        "optimizers:\n"
        "  - name: sgd\n"
        "    learning_rate: 0.9\n"
        "panels: [values]\n"
        "frames:\n"
        "  size: [48, 32]\n"
        "  count: 2\n"
    )


def test_each_theme_has_a_film_and_that_its_scene(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(f"{SMALL}theme: [light, dark]\n", "utf-8")
    scenes = read_scene(tmp_path / "a.yaml").by_theme
    films = [film_of(scene, tmp_path / f"a-{name}.gif") for name, scene in scenes.items()]
    assert remix(*films, "-o", tmp_path).exit_code == 0
    for name, scene in scenes.items():
        assert same(read_scene(tmp_path / f"a-{name}.yaml"), scene)


def test_films_of_one_scene_make_one(small: Path, tmp_path: Path) -> None:
    again = tmp_path / "other" / "small.png"
    remix(small, "-o", tmp_path / "other")
    film_of(read_scene(tmp_path / "other" / "small.yaml"), again)
    done = remix(small, again, "-o", tmp_path / "out")
    assert (done.exit_code, done.stdout) == (0, f"{tmp_path / 'out' / 'small.yaml'}\n")


def test_a_name_that_a_browser_makes_is_no_trouble(small: Path, tmp_path: Path) -> None:
    small.rename(tmp_path / "small (1).gif")
    assert remix(tmp_path / "small (1).gif", "-o", tmp_path).exit_code == 0
    assert (tmp_path / "small-1.yaml").exists()


# Recorded runs, and data


@pytest.fixture
def recorded(tmp_path: Path) -> tuple[Path, Scene]:
    """A film of recorded runs in two files of one name, one of which is a table."""
    numbers = np.random.default_rng(0)
    (tmp_path / "a").mkdir()
    np.savetxt(tmp_path / "a" / "run.csv", numbers.normal(size=(5, 2)), delimiter=",")
    np.savez(
        tmp_path / "run.npz", adam=numbers.normal(size=(7, 2)), sgd=numbers.normal(size=(6, 2))
    )
    runs = [{"file": "a/run.csv", "color": "red"}, {"file": "run.npz"}]
    given = {"trajectories": runs, "objective": "x**2 + y**2", "panels": ["values"], "frames": TINY}
    scene = Scene.model_validate(given, context={"folder": tmp_path})
    return film_of(scene, tmp_path / "film.gif"), scene


def test_recorded_runs_are_written_beside_the_scene(
    recorded: tuple[Path, Scene], tmp_path: Path
) -> None:
    film, scene = recorded
    done = remix(film, "-o", tmp_path / "out")
    names = ["run.npz", "run-2.npz", "film.yaml"]
    assert done.stdout.splitlines() == [str(tmp_path / "out" / name) for name in names]
    assert (done.exit_code, done.stderr) == (0, "")
    again = read_scene(tmp_path / "out" / "film.yaml")
    assert [run.label for run in again.runs] == [run.label for run in scene.runs]
    assert simulate(again) == simulate(again)
    assert dict(simulate(again)) == dict(simulate(scene))
    assert is_current(film, again)
    assert content(film_of(again, tmp_path / "out" / "film.gif")) == content(film)
    twice = remix(tmp_path / "out" / "film.gif", "-o", tmp_path / "twice")
    assert twice.exit_code == 0
    for name in names:
        assert content(tmp_path / "twice" / name) == content(tmp_path / "out" / name)


def test_somebodys_recording_is_not_written_over(
    recorded: tuple[Path, Scene], tmp_path: Path
) -> None:
    film, _ = recorded
    before = content(tmp_path / "run.npz")
    done = remix(film, "-o", tmp_path)
    assert done.exit_code == 2
    assert f"{tmp_path / 'run.npz'} is there already; --force writes over it" in done.stderr
    assert content(tmp_path / "run.npz") == before
    assert not (tmp_path / "film.yaml").exists()
    assert remix(film, "-o", tmp_path, "--force").exit_code == 0
    assert read_scene(tmp_path / "film.yaml").trajectories


def test_the_same_recording_may_be_there(recorded: tuple[Path, Scene], tmp_path: Path) -> None:
    film, _ = recorded
    remix(film, "-o", tmp_path / "out")
    (tmp_path / "out" / "film.yaml").unlink()
    assert remix(film, "-o", tmp_path / "out").exit_code == 0


def test_recordings_of_one_name_in_two_films_are_told(
    recorded: tuple[Path, Scene], tmp_path: Path
) -> None:
    film, _ = recorded
    np.savez(tmp_path / "run.npz", adam=np.zeros((3, 2)))
    given = {"trajectories": {"file": "run.npz"}, "objective": "x**2 + y**2", "frames": TINY}
    scene = Scene.model_validate(given, context={"folder": tmp_path})
    other = film_of(scene, tmp_path / "other.gif")
    done = remix(film, other, "-o", tmp_path / "out")
    assert done.exit_code == 2
    assert f"run.npz would be written by {film} and by {other}" in done.stderr
    assert not (tmp_path / "out").exists()


def test_of_frames_it_is_said_which_recording_to_put_beside_them(
    recorded: tuple[Path, Scene], tmp_path: Path
) -> None:
    _, scene = recorded
    frames = film_of(scene, tmp_path / "film.frames")
    done = remix(frames, "-o", tmp_path / "out")
    assert done.exit_code == 0
    assert "film.yaml: put run.csv, run.npz beside it" in done.stderr
    assert "digest" in (tmp_path / "out" / "film.yaml").read_text()


DATA: dict[str, Any] = {
    "objective": {"regression": {"data": "rows.csv"}},
    "steps": 3,
    "optimizers": [{"name": "sgd", "learning_rate": 0.1}],
    "panels": ["values"],
    "frames": TINY,
}


def test_data_are_to_be_put_beside_the_scene(tmp_path: Path) -> None:
    rows = tmp_path / "rows.csv"
    rows.write_text("x,y\n1,2\n2,3\n4,4\n")
    scene = Scene.model_validate(DATA, context={"folder": tmp_path})
    film = film_of(scene, tmp_path / "film.gif")
    done = remix(film, "-o", tmp_path / "out")
    assert (done.exit_code, done.stdout) == (0, f"{tmp_path / 'out' / 'film.yaml'}\n")
    assert "film.yaml: put rows.csv beside it, which the film does not carry" in done.stderr
    shutil.copy(rows, tmp_path / "out")
    assert same(read_scene(tmp_path / "out" / "film.yaml"), scene.replaced())
    rows.write_text("x,y\n1,2\n2,3\n4,5\n")
    done = remix(film, "-o", tmp_path)
    assert done.exit_code == 0
    assert "put rows.csv beside it" in done.stderr


def test_a_data_set_that_is_not_there_may_be_fetched_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VISUALIZE_DATA", str(tmp_path))
    settings = DATA | {"objective": {"regression": {"dataset": "airfoil"}}}
    comment = f"visualize {__version__} 0{MARK}{packed(Carried(settings, {}))}"
    film = write("gif", patches(1), tmp_path / "film.gif", comment=comment)
    done = remix(film, "-o", tmp_path)
    assert done.exit_code == 0
    assert "film.yaml: airfoil_self_noise.dat is not in " in done.stderr
    assert "dataset: airfoil" in (tmp_path / "film.yaml").read_text()


# What cannot be


def test_what_was_given_in_python_no_file_holds(tmp_path: Path) -> None:
    def bowl(x: Any) -> Any:
        return x[0] ** 2 + x[1] ** 2

    sgd = {"name": "sgd", "learning_rate": 0.1}
    given = {"objective": bowl, "start": [1, 2], "optimizers": [sgd], "frames": TINY}
    scene = Scene.model_validate(given)
    film = film_of(scene, tmp_path / "film.gif")
    done = remix(film, "-o", tmp_path / "out")
    assert done.exit_code == 2
    assert f"{film}: no scene can be written: objective: the function" in done.stderr
    assert "was given in Python, which no file holds" in done.stderr
    assert not list((tmp_path / "out").iterdir())


def test_a_scene_is_not_written_over(small: Path, tmp_path: Path) -> None:
    path = tmp_path / "small.yaml"
    path.write_text("mine")
    done = remix(small, "-o", tmp_path)
    assert done.exit_code == 2
    assert f"{path} is there already; --force writes over it" in done.stderr
    assert path.read_text() == "mine"
    assert remix(small, "-o", tmp_path, "--force").exit_code == 0
    assert read_scene(path).title == "Mine"


def test_two_films_of_one_name_are_told(small: Path, tmp_path: Path) -> None:
    other = tmp_path / "other" / "small.png"
    film_of(Scene.model_validate(DATA | {"objective": "x", "start": 1}), other)
    done = remix(small, other, "-o", tmp_path / "out")
    assert done.exit_code == 2
    assert f"small.yaml would be written by {small} and by {other}" in done.stderr
    assert not (tmp_path / "out").exists()


def test_films_without_a_scene_are_told_and_the_others_written(small: Path, tmp_path: Path) -> None:
    Image.new("RGB", (20, 20)).save(tmp_path / "foreign.gif")
    save(Pictures(patches(2)), tmp_path / "deck.mp4")
    (tmp_path / "cut.gif").write_bytes(small.read_bytes()[:-9])
    (tmp_path / "folder").mkdir()
    told = {
        "foreign.gif": "not made by visualize",
        "deck.mp4": "or of slides",
        "cut.gif": "is cut off",
        "folder": "no folder of a film's frames",
        "nowhere.gif": "no such file",
    }
    done = remix(*(tmp_path / name for name in told), small, "-o", tmp_path)
    assert done.exit_code == 2
    assert done.stdout == f"{tmp_path / 'small.yaml'}\n"
    for line, (name, words) in zip(done.stderr.splitlines(), told.items(), strict=True):
        assert line.startswith(f"{tmp_path / name}: ")
        assert words in line


def test_what_cannot_be_read_is_told(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    done = remix(small, "-o", tmp_path)
    assert done.exit_code == 2
    assert f"{small}: permission denied" in done.stderr


# What anybody may have written

BASE: dict[str, Any] = {
    "objective": "x",
    "start": 1,
    "optimizers": [{"name": "sgd", "learning_rate": 1}],
}
HOSTILE: dict[str, tuple[dict[str, Any], str]] = {
    "too many steps": (BASE | {"steps": 10**12}, "steps"),
    "a setting there is not": (BASE | {"titel": "a"}, "did you mean 'title'?"),
    "code": (BASE | {"objective": "__import__('os').system('x')"}, "objective"),
    "a file outside": (
        {"trajectories": [{"file": "../../secret.npz"}]},
        "lies outside the scene's folder",
    ),
    "files that are no text": ({"trajectories": [{"file": [1]}, 2]}, "trajectories"),
    "runs that are no list": ({"trajectories": 3}, "trajectories"),
    "nothing": ({}, "objective"),
    "signs of a terminal": (BASE | {"\x1b[31m": 1}, "\\x1b[31m"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_scene_from_anybody_is_checked_as_a_file_is(kind: str, tmp_path: Path) -> None:
    settings, words = HOSTILE[kind]
    comment = f"visualize {__version__} 0{MARK}{packed(Carried(settings, {'visualize': '9.9'}))}"
    film = write("gif", patches(1), tmp_path / "film.gif", comment=comment)
    done = remix(film, "-o", tmp_path / "out")
    assert done.exit_code == 2
    assert f"{film}: no scene can be written: " in done.stderr
    assert words in done.stderr
    assert "\x1b" not in done.stderr
    assert f"was made by visualize 9.9, this is {__version__}" in done.stderr
    assert not list((tmp_path / "out").iterdir())


def test_a_recording_from_anybody_is_read_as_any_is(tmp_path: Path) -> None:
    settings = {"trajectories": [{"file": "run.npz"}], "objective": "x + y"}
    carried = Carried(settings, {"visualize": __version__}, {"run.npz": b"no arrays"})
    comment = f"visualize {__version__} 0{MARK}{packed(carried)}"
    film = write("gif", patches(1), tmp_path / "film.gif", comment=comment)
    done = remix(film, "-o", tmp_path / "out")
    assert done.exit_code == 2
    words = "no scene can be written: trajectories[0].file: run.npz: these are no saved arrays"
    assert words in done.stderr
    assert not list((tmp_path / "out").iterdir())


def test_it_draws_nothing(small: Path, tmp_path: Path) -> None:
    program = (
        "import sys\n"
        "from visualize.commands.main import commands\n"
        f"try: commands.main(['remix', {str(small)!r}, '-o', {str(tmp_path)!r}])\n"
        "except SystemExit: print({'matplotlib', 'PIL', 'imageio'} & {*sys.modules})\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert done.stderr == ""
    assert done.stdout.splitlines()[-1] == "set()"
