"""Films carry their scene: all formats do, in bounds, and nothing of the user's besides."""

import base64
import io
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import visualize.film.carried
import visualize.film.carrying
from tests.conftest import SCENES, shrunk
from tests.film.films import a_film, a_scene, film_of
from tests.formats.films import FILES, NAMES, Pictures, patches, write
from visualize import Film, History, Scene, Trajectory, read_scene, save, simulate
from visualize.film.carried import LARGEST, LONGEST, MARK, Carried, carried_by, packed, why_nothing
from visualize.film.carrying import carried_of, comment_about
from visualize.film.fingerprint import is_current
from visualize.formats.format import FORMATS
from visualize.history.recording import RecordedRun
from visualize.version import __version__

PNG = FORMATS.load("png")


@pytest.fixture(scope="module")
def film() -> Film:
    return a_film((48, 32), panels=["values"], frames={"count": 3})


def points(rows: int = 5, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(rows, 2))


def played(folder: Path, *files: dict[str, Any], **settings: Any) -> Scene:
    """Return a scene that plays recorded runs."""
    runs = list(files) or [{"file": "run.npz"}]
    given = {"trajectories": runs, "frames": {"size": [48, 32], "count": 2}, "panels": ["values"]}
    context = {"folder": folder}
    return Scene.model_validate(given | {"objective": "x**2 + y**2"} | settings, context=context)


def the(carried: Carried | None) -> Carried:
    assert carried is not None
    return carried


# What goes along


@pytest.mark.parametrize("name", NAMES)
def test_every_format_carries_the_scene(name: str, film: Film, tmp_path: Path) -> None:
    carried = the(carried_by(save(film, tmp_path / f"film.{name}")))
    assert carried.scene == film.scene.portable()
    assert carried.drawn_by.keys() == {"visualize", "matplotlib", "numpy"}
    assert carried.drawn_by["visualize"] == __version__
    assert (carried.files, carried.missing) == ({}, ())


@pytest.mark.parametrize("name", NAMES)
def test_without_metadata_only_the_fingerprint_stays(name: str, film: Film, tmp_path: Path) -> None:
    with_it = save(film, tmp_path / f"with.{name}")
    without = save(film, tmp_path / f"without.{name}", metadata=False)
    assert carried_by(without) is None
    assert "--no-metadata" in why_nothing(without)
    assert film.fingerprint in FORMATS.load(name).comment_in(without)
    current = {
        (path.stem, metadata): is_current(path, film.scene, metadata=metadata)
        for path in (with_it, without)
        for metadata in (True, False)
    }
    assert [key for key, value in current.items() if value] == [("with", True), ("without", False)]


@pytest.mark.parametrize(
    "file", [it for it in SCENES if ".csv" in it.read_text("utf-8")], ids=lambda file: file.stem
)
def test_the_data_of_a_scene_are_missing_in_its_film(file: Path, tmp_path: Path) -> None:
    scene = shrunk(read_scene(file), frames=1)
    carried = the(carried_by(save(film_of(scene), tmp_path / "film.png")))
    assert carried.scene == scene.portable()
    assert carried.missing == tuple(it.name for it in scene.objective.files) != ()


def test_a_film_carries_the_theme_that_it_is_drawn_in(tmp_path: Path) -> None:
    scene = a_scene(theme=["dark", "light"], panels=["values"], frames={"count": 1})
    assert the(carried_by(save(film_of(scene), tmp_path / "film.png"))).scene["theme"] == "dark"


def test_a_clip_that_is_no_film_carries_nothing(tmp_path: Path) -> None:
    path = save(Pictures(patches(2)), tmp_path / "film.gif")
    assert carried_by(path) is None
    assert "of slides" in why_nothing(path)


def test_of_somebodys_package_it_is_told_what_drew() -> None:
    class Mine(type(a_scene().optimizers[0])):  # type: ignore[misc]  # whatever class that is
        pass

    scene = a_scene()
    [sgd] = scene.optimizers
    mine = scene.model_copy(update={"optimizers": (Mine(learning_rate=sgd.learning_rate),)})
    drawn_by = carried_of(mine, with_runs=False).drawn_by
    [name] = drawn_by.keys() - {"visualize", "matplotlib", "numpy"}
    assert name.endswith("Mine")


# Recorded runs


@pytest.mark.parametrize("name", FILES)
def test_recorded_runs_go_along(name: str, tmp_path: Path) -> None:
    np.savez(tmp_path / "run.npz", a=points(), b=points(9, 1))
    scene = played(tmp_path)
    carried = the(carried_by(save(film_of(scene), tmp_path / f"film.{name}")))
    assert (list(carried.files), carried.missing) == (["run.npz"], ())
    (tmp_path / "again").mkdir()
    (tmp_path / "again" / "run.npz").write_bytes(carried.files["run.npz"])
    again = played(tmp_path / "again")
    assert again == scene
    assert simulate(again) == simulate(scene)


def test_of_a_file_only_the_runs_that_are_played_go_along(tmp_path: Path) -> None:
    np.savez(tmp_path / "run.npz", a=points(), secret=points(9, 1))
    scene = played(tmp_path, {"file": "run.npz", "run": "a"})
    content = carried_of(scene, with_runs=True).files["run.npz"]
    assert History(dict(simulate(scene).items())).keys() == {"a"}
    with np.load(io.BytesIO(content)) as arrays:
        assert not any("secret" in name for name in arrays.files)


def test_runs_of_other_kinds_of_files_go_along_as_arrays(tmp_path: Path) -> None:
    np.savetxt(tmp_path / "run.csv", points(), delimiter=",", header="x,y", comments="")
    (tmp_path / "other").mkdir()
    np.save(tmp_path / "other" / "run.npy", points(7, 1))
    np.save(tmp_path / "ein Lauf!.npy", points(7, 2))
    files = ({"file": it} for it in ("run.csv", "other/run.npy", "ein Lauf!.npy"))
    files_with_labels = ({**it, "label": f"{number}"} for number, it in enumerate(files))
    scene = played(tmp_path, *files_with_labels)
    carried = carried_of(scene, with_runs=True)
    names = ["run.npz", "run-2.npz", "recording.npz"]
    assert list(carried.files) == names
    assert [run["file"] for run in carried.scene["trajectories"]] == names


def test_runs_that_come_from_no_file_go_along(tmp_path: Path) -> None:
    array = points()[:, np.newaxis]
    run = RecordedRun.of(Trajectory(array, array[..., 0], array), "mine")
    scene = played(tmp_path, run)  # type: ignore[arg-type]  # in Python it may be one
    assert list(carried_of(scene, with_runs=True).files) == ["recording.npz"]


def test_in_a_folder_of_frames_and_where_they_are_too_large_runs_are_only_named(
    tmp_path: Path,
) -> None:
    np.save(tmp_path / "run.npy", points())
    np.save(tmp_path / "long.npy", points(4000))
    small = played(tmp_path, {"file": "run.npy"})
    large = played(tmp_path, {"file": "long.npy"})
    for scene, name in ((small, "film.frames"), (large, "film.png")):
        carried = the(carried_by(save(film_of(scene), tmp_path / name)))
        [entry] = carried.scene["trajectories"]
        assert carried.files == {}
        assert carried.missing == (entry["file"],)
        assert entry["digest"] == scene.trajectories[0].digest


def test_what_packs_well_may_not_be_large_either(tmp_path: Path) -> None:
    np.save(tmp_path / "flat.npy", np.zeros((LARGEST // 32, 2)))
    scene = played(tmp_path, {"file": "flat.npy"})
    text = comment_about(scene, PNG).removeprefix(MARK)
    path = write("png", patches(1), tmp_path / "film.png", comment=f"visualize {MARK}{text}")
    assert the(carried_by(path)).missing == ("flat.npy",)


def test_a_scene_that_is_too_large_is_left_out(tmp_path: Path) -> None:
    starts = np.random.default_rng(0).normal(size=(3000, 2)).tolist()
    scene = a_scene(start=starts, steps=1, panels=["values"], frames={"count": 1})
    path = save(film_of(scene), tmp_path / "film.png")
    assert carried_by(path) is None
    assert why_nothing(path).endswith("too large to go along (over 64 KiB)")
    assert is_current(path, scene)


# Privacy


@pytest.mark.parametrize("name", FILES)
def test_nothing_of_the_users_folders_is_in_a_film(name: str, tmp_path: Path) -> None:
    folder = tmp_path / "at-home"
    (folder / "below").mkdir(parents=True)
    np.savez(folder / "below" / "run.npz", a=points())
    rows = "x,y\n1,2\n2,3\n4,4\n"
    (folder / "below" / "rows.csv").write_text(rows)
    data = Scene.model_validate(
        {
            "objective": {"regression": {"data": "below/rows.csv"}},
            "steps": 3,
            "optimizers": [{"name": "sgd", "learning_rate": 0.1}],
            "panels": ["values"],
            "frames": {"size": [48, 32], "count": 2},
        },
        context={"folder": folder},
    )
    for scene in (played(folder, {"file": "below/run.npz"}), data):
        path = save(film_of(scene), tmp_path / f"film.{name}")
        carried = the(carried_by(path))
        everything = path.read_bytes() + repr(carried).encode()
        for word in (
            b"at-home",
            b"below",
            str(tmp_path).encode(),
            str(Path.home()).encode() + b"/",
        ):
            assert word not in everything


# What anybody may have written


def a_file(text: str, folder: Path, before: str = f"visualize {__version__} 0123") -> Path:
    return write("png", patches(1), folder / "film.png", comment=f"{before}{MARK}{text}")


def text_of(content: bytes) -> str:
    return base64.b64encode(zlib.compress(content)).decode()


GOOD: dict[str, Any] = {"scene": {"objective": "x"}, "drawn_by": {"visualize": "1"}}
BAD: dict[str, bytes] = {
    "nothing": b"",
    "no JSON": b"{",
    "no mapping": b"[]",
    "no scene": json.dumps({"drawn_by": {}}).encode(),
    "a scene of another kind": json.dumps(GOOD | {"scene": [1]}).encode(),
    "versions that are numbers": json.dumps(GOOD | {"drawn_by": {"a": 1}}).encode(),
    "something else": json.dumps(GOOD | {"more": 1}).encode(),
    "half a character": b'{"scene": {"title": "\\ud800"}, "drawn_by": {}}',
    "depth": b'{"drawn_by": {}, "scene": {"a": ' + b"[" * 50 + b"]" * 50 + b"}}",
    "great depth": b'{"drawn_by": {}, "scene": {"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}}",
    "many values": json.dumps(GOOD | {"scene": {"a": [0] * 20_000}}).encode(),
    "a large number": b'{"scene": {"a": ' + b"9" * 5000 + b'}, "drawn_by": {}}',
    "a folder": json.dumps(GOOD | {"files": {"../run.npz": 1}}).encode() + b"\0a",
    "a name of Windows": json.dumps(GOOD | {"files": {"con.npz": 1}}).encode() + b"\0a",
    "no arrays": json.dumps(GOOD | {"files": {"run.yaml": 1}}).encode() + b"\0a",
    "too few bytes": json.dumps(GOOD | {"files": {"run.npz": 2}}).encode() + b"\0a",
    "too many bytes": json.dumps(GOOD).encode() + b"\0a",
    "fewer than no bytes": json.dumps(GOOD | {"files": {"a.npz": -1, "b.npz": 2}}).encode()
    + b"\0a",
    "a bomb": json.dumps(GOOD).encode() + b" " * LARGEST,
}


@pytest.mark.parametrize("kind", BAD)
def test_what_is_no_scene_of_ours_is_none(kind: str, tmp_path: Path) -> None:
    path = a_file(text_of(BAD[kind]), tmp_path)
    assert carried_by(path) is None
    assert why_nothing(path) == "what it carries of its scene is damaged"
    assert carried_by(a_file(text_of(json.dumps(GOOD).encode()), tmp_path)) is not None


@pytest.mark.parametrize("text", ["?", "AAAA", text_of(b"{}")[:-8], text_of(b"{}") + "AAAA"])
def test_text_that_is_damaged_is_no_scene(text: str, tmp_path: Path) -> None:
    assert carried_by(a_file(text, tmp_path)) is None


@settings(deadline=None, derandomize=True, max_examples=100)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda it: st.lists(it, max_size=3) | st.dictionaries(st.text(max_size=5), it, max_size=3),
    ),
    st.binary(max_size=8),
)
def test_whatever_is_there_nothing_is_raised(
    tmp_path_factory: pytest.TempPathFactory, value: Any, tail: bytes
) -> None:
    folder = tmp_path_factory.mktemp("films")
    for head in (
        value,
        GOOD | {"scene": value},
        GOOD | {"files": value},
        GOOD | {"missing": value},
    ):
        path = a_file(text_of(json.dumps(head).encode() + tail), folder)
        carried = carried_by(path)
        assert carried is None or isinstance(carried.scene, dict)


def test_a_scene_is_carried_as_it_was() -> None:
    files = {"a.npz": b"\0x", "b.npz": b""}
    scene = {"a": [1, 1.0, "é\0"], "trajectories": [{"file": name} for name in files]}
    carried = Carried(scene, {"visualize": "1"}, files)
    unpacked = visualize.film.carried._unpacked(packed(carried))  # noqa: SLF001  # its other half
    assert unpacked == carried
    assert packed(carried).isascii()


def test_files_that_the_scene_does_not_play_are_not_taken() -> None:
    scene = {"trajectories": [{"file": "a.npz"}]}
    carried = Carried(scene, {}, {"a.npz": b"x", "evil.npz": b"x"})
    assert visualize.film.carried._unpacked(packed(carried)) is None  # noqa: SLF001  # its other half


@pytest.mark.parametrize("name", NAMES)
def test_films_that_are_cut_off_say_so(name: str, film: Film, tmp_path: Path) -> None:
    path = save(film, tmp_path / f"film.{name}")
    for file in sorted(path.iterdir()) if path.is_dir() else [path]:
        file.write_bytes(file.read_bytes()[:-30])
    assert carried_by(path) is None
    assert "is cut off" in why_nothing(path) or "each of them whole" in why_nothing(path)


def others(folder: Path) -> Iterator[tuple[Path, str]]:
    (folder / "empty").mkdir()
    yield folder / "empty", "no folder of a film's frames"
    yield folder / "nowhere.gif", "no such file"
    (folder / "text.gif").write_text("GIF")
    yield folder / "text.gif", "not made by visualize"
    (folder / "race.jpg").write_text("")
    yield folder / "race.jpg", "no film has the suffix '.jpg'; they have .apng"
    (folder / "race").write_text("")
    yield folder / "race", "no film has the suffix ''"


def test_of_what_is_no_film_it_is_said_what_it_is(tmp_path: Path) -> None:
    for path, words in others(tmp_path):
        if path.exists():
            assert carried_by(path) is None
        assert words in why_nothing(path)


def test_films_are_known_by_other_spellings_of_their_names(film: Film, tmp_path: Path) -> None:
    save(film, tmp_path / "film.gif").rename(tmp_path / "FILM.GIF")
    save(film, tmp_path / "film.frames").rename(tmp_path / "pictures")
    save(film, tmp_path / "film.apng").rename(tmp_path / "film.png")
    for name in ("FILM.GIF", "pictures", "film.png"):
        assert the(carried_by(tmp_path / name)).scene == film.scene.portable()


def test_the_stated_sizes_fit_into_a_comment() -> None:
    assert len(MARK) + LONGEST + 1000 < visualize.formats.format.LONGEST_COMMENT
