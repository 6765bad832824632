"""Histories: arrays that cannot be written into, and files of them that can be trusted."""

import io
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

import visualize
from tests.conftest import ROOT
from visualize import ArraysError, History, Scene, Trajectory, simulate
from visualize.arrays import Array


def trajectory(
    steps: int = 3, starts: int = 2, dimension: int = 2, *, seed: int = 0, states: bool = False
) -> Trajectory:
    """Return a trajectory of random numbers."""
    random = np.random.default_rng(seed)
    shape = (steps + 1, starts, dimension)
    points, gradients, memory = (random.standard_normal(shape) for _ in range(3))
    values = random.standard_normal(shape[:2])
    return Trajectory(points, values, gradients, {"velocity": memory} if states else {})


def on_a_line(points: list[float], values: list[float] | None = None) -> Trajectory:
    """Return the trajectory of one start in one dimension."""
    x = np.array(points)[:, np.newaxis, np.newaxis]
    f = np.array(points if values is None else values)[:, np.newaxis]
    return Trajectory(x, f, x.copy())


def a_history() -> History:
    """Return a history of two runs, one with its memory."""
    runs = {"Zebra": trajectory(), "adam": trajectory(seed=1, states=True)}
    return History(runs, {"scene": {"title": "x² → 0"}, "versions": {"visualize": "0.0"}})


def same(first: History, second: History) -> bool:
    """Whether two histories are equal to the last bit."""
    if list(first) != list(second) or dict(first.metadata) != dict(second.metadata):
        return False
    return all(
        one.shape == other.shape and one.tobytes() == other.tobytes()
        for label in first
        for one, other in zip(parts(first[label]), parts(second[label]), strict=True)
    )


def parts(run: Trajectory) -> list[Array]:
    """Return every array of a trajectory."""
    return [run.points, run.values, run.gradients, *(run.states[name] for name in run.states)]


# A trajectory


def test_the_arrays_of_a_trajectory_cannot_be_written_into() -> None:
    for array in parts(trajectory(states=True)):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


def test_arrays_that_were_computed_or_loaded_cannot_be_written_into(tmp_path: Path) -> None:
    scene = Scene.model_validate(
        {"objective": "x**2", "start": 1, "optimizers": [{"name": "sgd", "learning_rate": 0.1}]}
    )
    history = simulate(scene, state=True)
    for run in (history["sgd"], History.load(history.save(tmp_path / "a.npz"))["sgd"]):
        assert len(parts(run)) == 5
        for array in parts(run):
            assert array.dtype == np.float64
            assert not array.flags.writeable


def test_a_run_has_converged_when_its_gradient_stays_small() -> None:
    norms = np.array([[3, 3, 3], [0.1, 3, 0.1], [2, 0.1, 0.1], [0.2, 0.1, 0.3], [0.1, 0.1, 3]])
    gradients = np.stack([0.6 * norms, -0.8 * norms], axis=-1)
    run = Trajectory(np.zeros_like(gradients), np.zeros_like(norms), gradients)
    assert run.converged_at(0.25) == (3, 2, None)
    assert run.converged_at(5.0) == (0, 0, 0)
    assert run.converged_at(0.01) == (None, None, None)
    assert all(at is None or type(at) is int for at in run.converged_at(0.25))


def test_a_run_that_diverged_has_not_converged() -> None:
    assert on_a_line([0, 0, np.nan], [0, 0, np.nan]).converged_at(1e9) == (None,)


def test_the_path_is_as_long_as_its_steps() -> None:
    points = np.array([[[0, 0]], [[3, 4]], [[3, 5]], [[3, 5]]], dtype=float)
    run = Trajectory(points, np.zeros((4, 1)), np.zeros_like(points))
    np.testing.assert_array_equal(run.step_lengths, [[5], [1], [0]])
    np.testing.assert_array_equal(run.path_length, [6])


def test_the_path_ends_where_the_run_diverges() -> None:
    run = on_a_line([0, 2, np.nan, np.nan], [0, 2, np.nan, np.nan])
    np.testing.assert_array_equal(run.step_lengths, [[2], [np.nan], [np.nan]])
    np.testing.assert_array_equal(run.path_length, [2])


@pytest.mark.parametrize("name", ["step_lengths", "path_length"])
def test_what_is_measured_cannot_be_written_into(name: str) -> None:
    with pytest.raises(ValueError, match="read-only"):
        getattr(on_a_line([0, 1], [0, 1]), name)[0] = 0


def test_a_trajectory_is_frozen() -> None:
    with pytest.raises(AttributeError):
        trajectory().points = np.zeros((1, 1, 1))  # type: ignore[misc]  # that is what is tested


def test_steps_are_one_less_than_rows() -> None:
    assert trajectory(steps=7).steps == 7
    assert on_a_line([1.0]).steps == 0


@pytest.mark.parametrize(
    ("points", "values", "expected"),
    [
        ([1, 2, 3], [1, 2, 3], None),
        ([1, np.nan, np.nan], [1, np.nan, np.nan], 1),
        ([1, 2, np.inf], [1, 2, np.inf], 2),
        ([1, 2, -np.inf], [1, 2, 3], 2),
        ([1, 1e200, np.nan], [1, np.inf, np.nan], 1),
        ([1, 1e200, 2], [1, np.nan, 3], 1),
        ([np.nan], [np.nan], 0),
        ([1e308, -1e308], [1, 1], None),
    ],
)
def test_a_start_has_diverged_at_its_first_row_that_is_not_finite(
    points: list[float], values: list[float], expected: int | None
) -> None:
    assert on_a_line(points, values).diverged_at == (expected,)


def test_every_start_has_its_own_divergence() -> None:
    points = np.zeros((4, 3, 2))
    points[2:, 1, 1] = np.nan
    values = np.zeros((4, 3))
    values[1:, 2] = np.inf
    run = Trajectory(points, values, np.zeros_like(points))
    assert run.diverged_at == (None, 2, 1)
    assert all(at is None or type(at) is int for at in run.diverged_at)


@pytest.mark.parametrize(("row", "rows"), [(0, 1), (2, 3), (3, 4), (10, 4)])
def test_until_cuts_after_a_row(row: int, rows: int) -> None:
    whole = trajectory(states=True)
    cut = whole.until(row)
    assert [len(array) for array in parts(cut)] == [rows] * 4
    for before, after in zip(parts(whole), parts(cut), strict=True):
        np.testing.assert_array_equal(before[:rows], after)
    assert not any(array.flags.writeable for array in parts(cut))


def test_a_divergence_after_the_cut_is_forgotten() -> None:
    run = on_a_line([1, 2, np.inf])
    assert run.diverged_at == (2,)
    assert run.until(1).diverged_at == (None,)


# A history


def test_a_history_is_a_mapping_in_its_order() -> None:
    runs = {label: trajectory(seed=seed) for seed, label in enumerate(["c", "a", "b"])}
    history = History(runs)
    assert list(history) == list(history.keys()) == ["c", "a", "b"]
    assert len(history) == 3
    assert history["a"] is runs["a"]
    assert "b" in history
    assert "d" not in history
    assert dict(history.items()) == runs
    with pytest.raises(KeyError):
        history["d"]


def test_a_history_has_the_steps_of_its_longest_run() -> None:
    assert History({"a": trajectory(steps=2), "b": trajectory(steps=5)}).steps == 5


def test_a_history_is_cut_run_by_run() -> None:
    history = a_history()
    cut = history.until(1)
    assert list(cut) == list(history)
    assert cut.metadata == history.metadata
    assert [run.steps for run in cut.values()] == [1, 1]


def test_divergences_are_told_one_by_one() -> None:
    points = np.zeros((4, 3, 1))
    points[2:, 1] = np.nan
    points[3:, 2] = np.nan
    several = Trajectory(points, np.zeros((4, 3)), np.zeros_like(points))
    history = History(
        {"good": on_a_line([1, 1, 1]), "bad": on_a_line([1, np.inf, np.nan]), "some": several}
    )
    bad, some = "bad grew beyond all bounds at step 1", "some: {} of 3 starts became NaN"
    assert history.divergences() == [bad, f"{some.format(2)}, the first at step 2"]
    assert history.divergences(2) == [bad, f"{some.format(1)} at step 2"]
    assert history.divergences(0) == []


# Files


def test_what_is_loaded_is_what_was_saved(tmp_path: Path) -> None:
    history = a_history()
    path = history.save(tmp_path / "arrays.npz")
    assert path == tmp_path / "arrays.npz"
    loaded = History.load(path)
    assert list(loaded) == ["Zebra", "adam"]
    assert list(loaded["adam"].states) == ["velocity"]
    assert {**loaded.metadata}.items() >= {**history.metadata}.items()
    for label in history:
        for one, other in zip(parts(history[label]), parts(loaded[label]), strict=True):
            np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("every", [(1, 1), (4, 4), (1, 4), (4, 1), (2, 3)])
def test_rows_from_value_to_value_are_kept_for_each_run(
    every: tuple[int, ...], tmp_path: Path
) -> None:
    points = np.linspace(1, 2, 14).reshape(7, 2, 1)
    runs = {}
    for index, rows in enumerate(every):
        values = points[..., 0] ** 2
        values[(np.arange(7) % rows > 0) & (np.arange(7) < 6)] = np.nan
        runs[f"run {index}"] = Trajectory(points, values, 2 * points, evaluate_every=rows)
    history = History(runs, {"note": "mine"})
    path = history.save(tmp_path / "runs.npz")
    loaded = History.load(path)
    assert dict(loaded) == dict(history)
    played = simulate(Scene.model_validate({"trajectories": {"file": str(path)}}))
    again = History.load(played.save(tmp_path / "again.npz"))
    for one in (loaded, played, again):
        assert [run.evaluate_every for run in one.values()] == [*every]
        assert one.divergences() == []


@pytest.mark.parametrize("every", [0, -1, "two", 1.5, {"run": 0}, {"run": None}])
def test_rows_from_value_to_value_that_are_none_are_refused(every: Any, tmp_path: Path) -> None:
    points = np.ones((3, 1, 1))
    history = History(
        {"run": Trajectory(points, points[..., 0], points)}, {"evaluate_every": every}
    )
    with pytest.raises(ArraysError, match="evaluate_every is no number of rows"):
        History.load(history.save(tmp_path / "run.npz"))


def test_what_was_loaded_can_be_saved_to_the_same_bytes(tmp_path: Path) -> None:
    first = a_history().save(tmp_path / "first.npz")
    second = History.load(first).save(tmp_path / "second.npz")
    assert second.read_bytes() == first.read_bytes()


def test_the_same_history_gives_the_same_bytes(tmp_path: Path) -> None:
    first = a_history().save(tmp_path / "first.npz")
    second = a_history().save(tmp_path / "second.npz")
    assert first.read_bytes() == second.read_bytes()


def test_the_same_scene_gives_the_same_bytes_in_another_process(tmp_path: Path) -> None:
    program = (
        "import sys\n"
        "from visualize import Scene, simulate\n"
        "run = {'name': 'adam', 'learning_rate': 0.1}\n"
        "scene = Scene.model_validate({'objective': 'rosenbrock', 'start': {'random': 3},"
        " 'steps': 50, 'noise': {'standard_deviation': 0.1}, 'optimizers': [run]})\n"
        "simulate(scene, state=True).save(sys.argv[1])\n"
    )
    root = str(Path(visualize.__file__).parent.parent)
    contents = []
    for seed in ("1", "2"):
        path = tmp_path / f"{seed}.npz"
        environment = {**os.environ, "PYTHONPATH": root, "PYTHONHASHSEED": seed}
        subprocess.run([sys.executable, "-c", program, path], check=True, env=environment)
        contents.append(path.read_bytes())
    assert contents[0] == contents[1]


def test_other_versions_change_the_metadata_alone(tmp_path: Path) -> None:
    history = a_history()
    other = History(history.trajectories, {**history.metadata, "versions": {"visualize": "9"}})
    first = zipfile.ZipFile(history.save(tmp_path / "first.npz"))
    second = zipfile.ZipFile(other.save(tmp_path / "second.npz"))
    with first, second:
        names = first.namelist()
        assert names == second.namelist()
        differing = [name for name in names if first.read(name) != second.read(name)]
    assert differing == ["metadata.npy"]


def test_entries_stand_in_order_with_fixed_dates_uncompressed(tmp_path: Path) -> None:
    with zipfile.ZipFile(a_history().save(tmp_path / "arrays.npz")) as archive:
        entries = archive.infolist()
    assert [entry.filename for entry in entries] == [
        "labels.npy",
        "Zebra/points.npy",
        "Zebra/values.npy",
        "Zebra/gradients.npy",
        "adam/points.npy",
        "adam/values.npy",
        "adam/gradients.npy",
        "adam/state/velocity.npy",
        "metadata.npy",
    ]
    assert {entry.compress_type for entry in entries} == {zipfile.ZIP_STORED}
    assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}


def test_any_user_of_numpy_reads_it_without_pickle(tmp_path: Path) -> None:
    history = a_history()
    with np.load(history.save(tmp_path / "arrays.npz"), allow_pickle=False) as archive:
        assert archive["labels"].tolist() == ["Zebra", "adam"]
        assert archive["labels"].dtype.kind == "U"
        np.testing.assert_array_equal(archive["adam/points"], history["adam"].points)
        assert archive["adam/points"].dtype == np.float64
        metadata = json.loads(str(archive["metadata"]))
    assert metadata["scene"] == {"title": "x² → 0"}


def test_the_metadata_hold_the_scene_and_the_versions(tmp_path: Path) -> None:
    scene = Scene.model_validate(
        {
            "title": "√x",
            "objective": "x**2",
            "start": 1,
            "steps": 2,
            "optimizers": [{"name": "sgd", "learning_rate": "0.1 / (1 + t)"}],
        }
    )
    path = simulate(scene).save(tmp_path / "arrays.npz")
    metadata = History.load(path).metadata
    assert metadata["versions"]["visualize"] == visualize.__version__
    assert metadata["versions"]["numpy"] == np.__version__
    assert metadata["scene"] == json.loads(json.dumps(scene.canonical()))


def test_a_trajectory_that_diverged_comes_back(tmp_path: Path) -> None:
    history = History({"lost": on_a_line([1, np.inf, np.nan])})
    loaded = History.load(history.save(tmp_path / "arrays.npz"))
    assert loaded["lost"].diverged_at == (1,)
    np.testing.assert_array_equal(loaded["lost"].points, history["lost"].points)


labels = st.lists(
    st.text(st.characters(exclude_characters="/", exclude_categories=["Cs", "Cc"]), min_size=1)
    .filter(str.strip)
    .filter(lambda label: not label.startswith("_")),
    min_size=1,
    max_size=4,
    unique=True,
)


@st.composite
def histories(draw: st.DrawFn) -> History:
    steps, starts, dimension = draw(st.tuples(*[st.integers(0, 3)] * 2, st.integers(1, 3)))
    shape = (steps + 1, starts + 1, dimension)
    cube = arrays(np.float64, shape, elements=st.floats())
    square = arrays(np.float64, shape[:2], elements=st.floats())
    memory = st.dictionaries(st.from_regex(r"[a-z_]{1,8}", fullmatch=True), cube, max_size=2)
    return History(
        {
            label: Trajectory(draw(cube), draw(square), draw(cube), draw(memory))
            for label in draw(labels)
        },
        {"scene": draw(st.dictionaries(st.text(max_size=5), st.integers(), max_size=3))},
    )


@settings(max_examples=40, deadline=None)
@given(histories())
def test_whatever_is_saved_comes_back(
    tmp_path_factory: pytest.TempPathFactory, history: History
) -> None:
    path = history.save(tmp_path_factory.mktemp("arrays") / "arrays.npz")
    loaded = History.load(path)
    assert same(History(loaded.trajectories, {"scene": loaded.metadata["scene"]}), history)


@pytest.mark.parametrize("label", ["a", " a ", "a.npy", "points", "labels", "metadata", "..", "é"])
def test_a_label_may_be_any_word(tmp_path: Path, label: str) -> None:
    history = History({label: trajectory(states=True), "other": trajectory(seed=1)})
    loaded = History.load(history.save(tmp_path / "arrays.npz"))
    assert list(loaded) == [label, "other"]
    assert loaded[label].points.tobytes() == history[label].points.tobytes()


# Files that cannot be trusted


def entries_of(history: History) -> dict[str, NDArray[Any]]:
    """Return the arrays of a saved history."""
    run = history["adam"]
    return {
        "labels": np.array(["adam"]),
        "adam/points": run.points,
        "adam/values": run.values,
        "adam/gradients": run.gradients,
        "metadata": np.array("{}"),
    }


def write(path: Path, entries: dict[str, NDArray[Any]]) -> Path:
    """Write arrays to a file of NumPy's own."""
    np.savez(path, **entries)  # type: ignore[arg-type]  # no entry is called allow_pickle
    return path


def test_what_numpy_wrote_is_loaded_too(tmp_path: Path) -> None:
    loaded = History.load(write(tmp_path / "arrays.npz", entries_of(a_history())))
    assert list(loaded) == ["adam"]


@pytest.mark.parametrize(
    "content",
    [b"", b"PK", b"PK\x05\x06" + bytes(18), b"not a zip file", bytes(1000), b"\x93NUMPY\x01\x00"],
    ids=["empty", "two bytes", "empty zip", "text", "zeros", "half an npy"],
)
def test_a_file_that_is_something_else_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "arrays.npz"
    path.write_bytes(content)
    with pytest.raises(ArraysError, match=r"arrays\.npz"):
        History.load(path)


def test_a_truncated_file_is_refused_wherever_it_ends(tmp_path: Path) -> None:
    whole = a_history().save(tmp_path / "whole.npz").read_bytes()
    path = tmp_path / "arrays.npz"
    for length in range(0, len(whole), 37):
        path.write_bytes(whole[:length])
        with pytest.raises(ArraysError):
            History.load(path)


def test_a_flipped_byte_is_refused_or_changes_nothing(tmp_path: Path) -> None:
    history = History({"a": trajectory(steps=1)}, {"scene": {}})
    whole = history.save(tmp_path / "whole.npz").read_bytes()
    saved = History.load(tmp_path / "whole.npz")
    path = tmp_path / "arrays.npz"
    for place in range(0, len(whole), 3):
        damaged = bytearray(whole)
        damaged[place] ^= 0xFF
        path.write_bytes(damaged)
        try:
            loaded = History.load(path)
        except ArraysError:
            continue
        assert same(loaded, saved), f"a flipped byte {place} went through"


def test_a_single_array_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "arrays.npz"
    with path.open("wb") as file:
        np.save(file, np.zeros((2, 2)))
    with pytest.raises(ArraysError):
        History.load(path)


def test_pickled_objects_are_refused_and_not_run(tmp_path: Path) -> None:
    class Trap:
        def __reduce__(self) -> tuple[Any, ...]:
            return (Path.touch, (tmp_path / "trapped",))

    entries = entries_of(a_history())
    entries["adam/points"] = np.array([Trap()], dtype=object)
    path = tmp_path / "arrays.npz"
    np.savez(path, **entries, allow_pickle=True)
    with pytest.raises(ArraysError):
        History.load(path)
    assert not (tmp_path / "trapped").exists()


@pytest.mark.parametrize(
    ("name", "array"),
    [
        ("adam/points", np.zeros((4, 2))),
        ("adam/points", np.zeros((3, 2, 2))),
        ("adam/points", np.zeros((4, 2, 2), dtype=np.float32)),
        ("adam/points", np.zeros((4, 2, 2), dtype=np.complex128)),
        ("adam/points", np.full((4, 2, 2), "a")),
        ("adam/values", np.zeros((4, 2, 2))),
        ("adam/values", np.zeros(4)),
        ("adam/values", np.zeros((4, 2), dtype=np.int64)),
        ("adam/gradients", np.zeros((4, 2, 1))),
        ("adam/gradients", np.array(0.0)),
        ("adam/state/velocity", np.zeros((3, 2, 2))),
        ("adam/state/velocity", np.full((4, 2, 2), "a")),
        ("labels", np.array([["adam"]])),
        ("labels", np.array("adam")),
        ("labels", np.array(["sgd"])),
        ("labels", np.array(["adam", "adam"])),
        ("labels", np.array([1.0])),
        ("metadata", np.array("{")),
        ("metadata", np.array("3")),
        ("metadata", np.array("[]")),
        ("metadata", np.zeros(3)),
    ],
    ids=lambda value: f"{value.shape}-{value.dtype}" if isinstance(value, np.ndarray) else value,
)
def test_an_entry_that_does_not_fit_is_refused(
    tmp_path: Path, name: str, array: NDArray[Any]
) -> None:
    path = write(tmp_path / "arrays.npz", entries_of(a_history()) | {name: array})
    with pytest.raises(ArraysError, match=r"arrays\.npz"):
        History.load(path)


@pytest.mark.parametrize(
    "name", ["labels", "metadata", "adam/points", "adam/values", "adam/gradients"]
)
def test_an_entry_that_is_missing_is_told(tmp_path: Path, name: str) -> None:
    entries = entries_of(a_history())
    del entries[name]
    with pytest.raises(ArraysError, match=name):
        History.load(write(tmp_path / "arrays.npz", entries))


NAMES = ["adam/state/", "adam//x", "/", "adam/state/a//b", "a" * 1001, "adam/state/" + "a" * 980]


@pytest.mark.parametrize("name", [*NAMES, "adam/state/a/b", "more"])
def test_a_name_that_cannot_be_saved_is_not_loaded(tmp_path: Path, name: str) -> None:
    state = np.zeros((4, 2, 2))
    path = write(tmp_path / "arrays.npz", entries_of(a_history()) | {name: state})
    if name in NAMES[:-1]:
        with pytest.raises(ArraysError, match="an array cannot be called"):
            History.load(path)
        return
    loaded = History.load(path)
    again = History.load(loaded.save(tmp_path / "again.npz"))
    assert dict(again) == dict(loaded)


def test_of_many_runs_each_finds_its_arrays(tmp_path: Path) -> None:
    runs = {f"{number}": trajectory(1, 1, 1, seed=number, states=True) for number in range(300)}
    history = History(runs)
    assert same(History.load(history.save(tmp_path / "arrays.npz")), History(runs, {"format": 1}))


@pytest.mark.parametrize("shape", [(10**14,), (2**62, 1, 1), (10**6, 10**6, 2)])
def test_a_header_that_claims_terabytes_is_refused(tmp_path: Path, shape: tuple[int, ...]) -> None:
    header = io.BytesIO()
    description = {"descr": "<f8", "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(header, description)
    path = write(tmp_path / "arrays.npz", {"labels": np.array(["adam"])})
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("adam/points.npy", header.getvalue() + bytes(64))
    with pytest.raises(ArraysError):
        History.load(path)


def test_a_missing_file_is_told_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(ArraysError, match=r"nowhere\.npz: no such file"):
        History.load(tmp_path / "nowhere.npz")


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArraysError, match="not a file"):
        History.load(tmp_path)


# Files of earlier versions


FIRST = {
    "points": [[[-7.0, 2.0]], [[-6.5, 0.25]], [[-6.0, np.nan]]],
    "values": [[6.45], [2.175], [np.inf]],
    "gradients": [[[-0.7, 4.0]], [[-0.65, 0.5]], [[np.nan, np.nan]]],
}


def test_a_file_of_the_first_format_is_read() -> None:
    # Saved by version 0.1.0, which wrote format 1, as docs/arrays.md describes it.
    path = ROOT / "tests" / "golden" / "format-1.npz"
    history = History.load(path)
    assert list(history) == ["Adam", "sgd 2"]
    assert history.metadata == {
        "format": 1,
        "scene": {"title": "x² → 0"},
        "versions": {"numpy": "2.4.6", "visualize": "0.1.0"},
    }
    for run in history.values():
        for name, expected in FIRST.items():
            np.testing.assert_array_equal(getattr(run, name), expected)
    assert history["Adam"].states["velocity"].tolist() == [[[0.0, 1.0]]] * 3
    assert not history["sgd 2"].states
    assert history["Adam"].diverged_at == (2,)


def test_this_version_writes_the_first_format(tmp_path: Path) -> None:
    path = ROOT / "tests" / "golden" / "format-1.npz"
    assert History.load(path).save(tmp_path / "again.npz").read_bytes() == path.read_bytes()


# Equality


def test_equal_numbers_are_equal_trajectories_and_histories() -> None:
    one, other = a_history(), a_history()
    one["Zebra"].points.flags.writeable = False
    assert one == other
    assert hash(one) == hash(other)
    assert {one["adam"], other["adam"]} == {one["adam"]}
    assert one["Zebra"] != one["adam"]
    assert one["Zebra"] != "Zebra"
    assert one != dict(one)


def test_what_differs_in_a_number_a_state_an_order_or_the_scene_is_not_equal() -> None:
    run = trajectory(states=True)
    values = run.values.copy()
    values[0, 0] += 1e-15
    assert Trajectory(run.points, values, run.gradients, run.states) != run
    assert Trajectory(run.points, run.values, run.gradients) != run
    runs = dict(a_history().items())
    assert History(dict(reversed(runs.items())), a_history().metadata) != a_history()
    assert History(runs, {}) != a_history()


def test_a_start_that_has_diverged_is_equal_to_itself() -> None:
    assert on_a_line([1.0, np.nan]) == on_a_line([1.0, np.nan])
    assert on_a_line([1.0, np.inf]) != on_a_line([1.0, np.nan])


def test_arrays_of_the_caller_stay_the_callers() -> None:
    points, values, velocity = np.ones((2, 1, 1)), np.ones((2, 1)), np.ones((2, 1, 1))
    run = Trajectory(points, values, points, {"velocity": velocity})
    points[:] = values[:] = velocity[:] = 5
    assert {float(array.max()) for array in run.arrays.values()} == {1.0}
    for array in run.arrays.values():
        with pytest.raises(ValueError, match="read-only"):
            array[:] = 0


def test_read_only_arrays_are_not_copied() -> None:
    run = trajectory()
    assert Trajectory(run.points, run.values, run.gradients).points is run.points


def test_a_history_shows_a_line_for_each_run_and_not_its_numbers() -> None:
    history = History({"sgd": trajectory(steps=7), "adam": trajectory(steps=7)})
    lines = repr(history).splitlines()
    assert len(lines) == 2
    assert lines[0].startswith("sgd: Trajectory(7 steps, ")


def test_a_run_that_there_is_not_is_answered_with_those_that_there_are() -> None:
    history = History({"sgd": trajectory(), "adam": trajectory()})
    assert history.get("Sgd") is None
    with pytest.raises(KeyError, match="no run is called 'Sgd'; there are sgd, adam"):
        history["Sgd"]
