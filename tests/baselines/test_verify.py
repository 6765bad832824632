"""Scenes beside their baselines: new, the same, different or damaged, and then accepted."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from visualize import History, Scene, Tolerance, simulate
from visualize.baselines.verify import Baseline, Check, check, check_scene
from visualize.storage.npz import SavedArrays

RATES = {"a": 0.1, "b": 0.2}


def a_scene(rates: dict[str, float] = RATES, name: str = "sgd", **given: Any) -> Scene:
    """Return a small scene with a run of each label."""
    optimizer = {"name": name} | given.pop("optimizer", {})
    runs = [optimizer | {"label": label, "learning_rate": rate} for label, rate in rates.items()]
    bowl = {"objective": "x**2/20 + y**2", "start": [-7, 2], "steps": 4}
    return Scene.model_validate({**bowl, "optimizers": runs, **given})


def saved(path: Path, scene: Scene | None = None, *, state: bool = False) -> Path:
    """Write what a scene comes to."""
    return simulate(scene or a_scene(), state=state).save(path)


def edited(path: Path, name: str, place: tuple[int, ...], change: float) -> None:
    """Change one number in a file."""
    file = SavedArrays.load(path)
    array = file.arrays[name].copy()
    array[place] += change
    SavedArrays({**file.arrays, name: array}, file.metadata).save(path)


def outcome(found: Check) -> str:
    """Return how it went, in a word."""
    word: str = found.plain()["outcome"]
    assert found.passed == (word == "same")
    assert found.is_new == (word == "new")
    return word


def arrays_in(path: Path) -> dict[str, bytes]:
    """Return the arrays of the runs in a file, to the bit."""
    return {name: array.tobytes() for name, array in History.load(path).arrays.items()}


def of_run(run: str, arrays: dict[str, bytes]) -> dict[str, bytes]:
    """Return those of one run."""
    return {name: array for name, array in arrays.items() if name.startswith(f"{run}/")}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a baseline may be."""
    return tmp_path / "baselines" / "scene.npz"


# A baseline


def test_a_baseline_need_not_be_there(path: Path) -> None:
    baseline = Baseline.read(path)
    assert baseline == Baseline(path, None, "")
    assert baseline.arrays == {}


def test_a_baseline_has_the_arrays_of_its_file_without_the_labels(path: Path) -> None:
    baseline = Baseline.read(saved(path))
    assert baseline.damage == ""
    assert list(baseline.arrays) == list(simulate(a_scene()).arrays)


def test_a_baseline_of_other_arrays_needs_no_labels(path: Path) -> None:
    SavedArrays({"points": np.arange(3), "loss": np.array(True)}).save(path)
    assert list(Baseline.read(path).arrays) == ["points", "loss"]


@pytest.mark.parametrize("content", [b"", b"no arrays", b"PK\x05\x06" + bytes(18)])
def test_a_damaged_baseline_says_so(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    baseline = Baseline.read(path)
    assert baseline.saved is None
    assert baseline.arrays == {}
    assert baseline.damage.startswith(f"{path}: these are no saved arrays")


def test_a_folder_in_its_place_is_damage(path: Path) -> None:
    path.mkdir(parents=True)
    assert "not a file" in Baseline.read(path).damage


# New, the same, different, damaged


def test_without_a_baseline_all_is_new(path: Path) -> None:
    found = check_scene(a_scene(), path)
    assert outcome(found) == "new"
    assert found.differences == ()
    assert found.changes == []
    assert str(found) == f"there is no baseline {path} yet"
    assert not path.exists()


def test_what_was_saved_is_the_same(path: Path) -> None:
    found = check_scene(a_scene(), saved(path))
    assert outcome(found) == "same"
    assert found.differences == ()
    assert found.changes == []
    assert str(found) == ""


def test_one_number_that_differs_is_named(path: Path) -> None:
    edited(saved(path), "b/points", (3, 0, 1), 0.5)
    found = check_scene(a_scene(), path)
    assert outcome(found) == "different"
    assert [difference.run for difference in found.differences] == ["b"]
    assert found.differences[0].words == "differs from its baseline from step 3 on, in points[y]"
    assert str(found).startswith(f"b: {found.differences[0].words}\n")
    assert "what else has changed" not in str(found)


def test_other_settings_differ_and_are_told(path: Path) -> None:
    saved(path)
    found = check_scene(a_scene(RATES | {"a": 0.3}), path)
    assert outcome(found) == "different"
    assert [difference.run for difference in found.differences] == ["a"]
    assert found.changes == ["scene.optimizers[a].learning_rate: 0.1 -> 0.3"]
    assert str(found).endswith(f"what else has changed since:\n    {found.changes[0]}")


def test_a_change_that_moves_nothing_is_no_difference(path: Path) -> None:
    saved(path)
    found = check_scene(a_scene(title="Another title"), path)
    assert outcome(found) == "same"
    assert found.changes == ["scene.title: is new"]


def test_other_versions_are_told(path: Path) -> None:
    history = simulate(a_scene())
    versions = {"visualize": "0.0.1", "numpy": np.__version__}
    History(history.trajectories, {**history.metadata, "versions": versions}).save(path)
    (line,) = check_scene(a_scene(), path).changes
    assert line.startswith('versions.visualize: "0.0.1" -> ')


def test_of_very_many_changes_the_first_are_told(path: Path) -> None:
    SavedArrays(simulate(a_scene()).arrays, {f"n{i}": i for i in range(20)}).save(path)
    lines = str(check_scene(a_scene(), path)).splitlines()
    assert lines[:3] == ["what else has changed since:", "    n0: is gone", "    n1: is gone"]
    assert len(lines) == 10
    assert lines[-1].startswith("    and 14 ")


def test_what_is_damaged_is_neither_new_nor_the_same(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"no arrays")
    found = check_scene(a_scene(), path)
    assert outcome(found) == "different"
    assert str(found) == found.plain()["damage"] == found.baseline.damage
    assert found.changes == []


def test_more_runs_than_before_are_new(path: Path) -> None:
    saved(path, a_scene({"a": 0.1}))
    found = check_scene(a_scene(), path)
    assert outcome(found) == "new"
    assert str(found).startswith("b: has no baseline\n")


def test_more_runs_than_before_are_not_new_where_others_differ(path: Path) -> None:
    saved(path, a_scene({"a": 0.3}))
    found = check_scene(a_scene(), path)
    assert outcome(found) == "different"
    assert {difference.run: difference.kind for difference in found.differences} == {
        "a": "numbers",
        "b": "extra",
    }


def test_a_run_whose_numbers_differ_is_not_new_for_having_one_array_more(path: Path) -> None:
    points = np.zeros((4, 1, 2))
    SavedArrays({"a/points": points}).save(path)
    more = SavedArrays({"a/points": points + 1.0, "a/values": np.zeros((4, 1))})
    assert outcome(check(Baseline.read(path), more, Tolerance())) == "different"


def test_a_run_that_remembers_more_and_goes_elsewhere_is_not_new(path: Path) -> None:
    saved(path, a_scene({"a": 0.1}, "adam"), state=True)
    other = a_scene({"a": 0.9}, "adam", optimizer={"amsgrad": True})
    assert outcome(check_scene(other, path)) == "different"


def test_a_run_that_is_only_in_the_baseline_is_told(path: Path) -> None:
    saved(path)
    found = check_scene(a_scene({"b": 0.2}), path)
    assert outcome(found) == "different"
    assert str(found).startswith("a: is only in the baseline\n")


def test_a_run_of_another_name_is_told_by_both(path: Path) -> None:
    saved(path)
    found = check_scene(a_scene({"c": 0.1, "b": 0.2}), path)
    assert outcome(found) == "different"
    assert str(found).startswith("c: is called 'a' in the baseline\n")
    assert found.changes == ["scene.optimizers[a]: is gone", "scene.optimizers[c]: is new"]


def test_the_order_of_the_runs_is_no_difference(path: Path) -> None:
    saved(path)
    found = check_scene(a_scene(dict(reversed(RATES.items()))), path)
    assert outcome(found) == "same"
    assert found.changes == []


def test_a_run_that_diverges_is_the_same_again(path: Path) -> None:
    lost = a_scene({"lost": 1e200})
    assert np.isnan(History.load(saved(path, lost))["lost"].points).any()
    assert outcome(check_scene(lost, path)) == "same"
    assert outcome(check_scene(a_scene({"lost": 0.1}), path)) == "different"


def test_a_run_that_ends_otherwise_is_told_to_in_both(path: Path) -> None:
    saved(path, a_scene({"a": 1e200, "b": 0.1}))
    found = check_scene(a_scene({"a": 0.1, "b": 1e200}), path)
    assert "    in the baseline a grew beyond all bounds at step 1\n" in str(found)
    assert "    now b grew beyond all bounds at step 1" in str(found)
    alike = check_scene(a_scene({"a": 1e201, "b": 0.2}), path)
    assert [one.run for one in alike.differences] == ["a", "b"]
    assert "bounds" not in str(alike)


def test_recorded_runs_are_held_against_baselines_too(path: Path, tmp_path: Path) -> None:
    def played(points: NDArray[np.float64]) -> Scene:
        np.savez(tmp_path / "run.npz", a=points, b=-points)
        return Scene.model_validate({"trajectories": {"file": str(tmp_path / "run.npz")}})

    points = np.arange(8.0).reshape(4, 2)
    check_scene(played(points), path).accept()
    assert outcome(check_scene(played(points), path)) == "same"
    assert outcome(check_scene(played(points), path, "b")) == "same"
    points[2, 1] += 1e-3
    found = check_scene(played(points), path, "b")
    assert [difference.run for difference in found.differences] == ["b"]
    assert found.differences[0].words.endswith("from step 2 on, in points[y]")


# One run alone


def test_one_run_is_held_against_its_part_of_the_baseline(path: Path) -> None:
    edited(saved(path), "b/values", (2, 0), 1.0)
    assert outcome(check_scene(a_scene(), path, "a")) == "same"
    found = check_scene(a_scene(), path, "b")
    assert outcome(found) == "different"
    assert [difference.run for difference in found.differences] == ["b"]


def test_only_the_run_asked_for_is_simulated(path: Path) -> None:
    now = check_scene(a_scene(), saved(path), "b").now
    assert {name.partition("/")[0] for name in now.arrays} == {"labels", "b"}


def test_what_is_told_of_one_run_is_what_is_told_of_it_among_all(path: Path) -> None:
    saved(path, a_scene({"a": 0.1, "b": 0.2, "gone": 0.4, "old": 0.5}))
    scene = a_scene({"a": 0.1, "b": 0.3, "new": 0.6, "renamed": 0.5})
    whole = check_scene(scene, path)
    assert [difference.run for difference in whole.differences] == ["b", "new", "renamed", "gone"]
    for run in ("a", "b", "new", "renamed", "gone"):
        alone = check_scene(scene, path, run)
        expected = [str(difference) for difference in whole.differences if difference.run == run]
        assert [str(difference) for difference in alone.differences] == expected
        assert alone.changes == whole.changes


def test_some_runs_can_be_left_out(path: Path) -> None:
    edited(saved(path), "b/values", (2, 0), 1.0)
    now = simulate(a_scene({"a": 0.1})).saved
    baseline = Baseline.read(path)
    assert [it.run for it in check(baseline, now, Tolerance()).differences] == ["b"]
    assert check(baseline, now, Tolerance(), but={"b"}).passed


# What the optimizers remember


def test_new_baselines_remember_nothing(path: Path) -> None:
    check_scene(a_scene(name="adam"), path).accept()
    assert not any("/state/" in name for name in Baseline.read(path).arrays)
    assert outcome(check_scene(a_scene(name="adam"), path)) == "same"


def test_what_a_baseline_remembers_is_compared(path: Path) -> None:
    scene = a_scene(name="adam")
    saved(path, scene, state=True)
    found = check_scene(scene, path)
    assert outcome(found) == "same"
    states = [name for name in found.now.arrays if "/state/" in name]
    assert len(states) >= 4
    edited(path, states[-1], (2, 0, 1), 1e-3)
    (difference,) = check_scene(scene, path).differences
    words = f"from step 2 on, in {states[-1].removeprefix('b/')}[y]"
    assert difference.words.endswith(words)


def test_a_baseline_without_memories_asks_for_none(path: Path) -> None:
    scene = a_scene(name="adam", panels=[{"kind": "state", "array": "effective_learning_rate"}])
    saved(path, scene, state=False)
    assert outcome(check_scene(scene, path)) == "same"


# The tolerance


@pytest.mark.parametrize(
    ("tolerance", "expected"),
    [
        ({}, "different"),
        ({"rtol": 1e-4}, "same"),
        ({"atol": 1e-3}, "same"),
        ({"rtol": 1e-7}, "different"),
        ({"until": 0}, "same"),
        ({"until": 1}, "different"),
    ],
)
def test_the_tolerance_of_a_scene_is_kept(
    path: Path, tolerance: dict[str, Any], expected: str
) -> None:
    saved(path, a_scene({"a": 0.1}))
    found = check_scene(a_scene({"a": 0.1 + 1e-6}, tolerance=tolerance), path)
    assert outcome(found) == expected
    assert found.tolerance == Tolerance.model_validate(tolerance)


def test_another_tolerance_may_be_given(path: Path) -> None:
    saved(path, a_scene({"a": 0.1}))
    scene = a_scene({"a": 0.1 + 1e-6}, tolerance={"rtol": 1e-3})
    assert outcome(check_scene(scene, path, tolerance=Tolerance())) == "different"
    assert outcome(check_scene(scene, path, tolerance=Tolerance(rtol=0.1))) == "same"


def test_the_tolerance_is_no_change_of_the_scene(path: Path) -> None:
    saved(path)
    assert check_scene(a_scene(tolerance={"rtol": 0.5}), path).changes == []


def test_runs_that_part_after_the_last_step_compared_are_the_same(path: Path) -> None:
    edited(saved(path), "a/points", (3, 0, 0), 1.0)
    assert outcome(check_scene(a_scene(tolerance={"until": 2}), path)) == "same"
    assert outcome(check_scene(a_scene(tolerance={"until": 3}), path)) == "different"


def test_a_scene_may_take_more_steps_than_are_compared(path: Path) -> None:
    saved(path)
    assert outcome(check_scene(a_scene(steps=9, tolerance={"until": 4}), path)) == "same"
    assert outcome(check_scene(a_scene(steps=9), path)) == "different"


# Accepting


def test_what_is_accepted_is_what_simulating_saves(path: Path, tmp_path: Path) -> None:
    assert check_scene(a_scene(), path).accept() == path
    assert path.read_bytes() == saved(tmp_path / "expected.npz").read_bytes()


@pytest.mark.parametrize("before", [b"", b"no arrays"])
def test_damage_is_replaced(path: Path, before: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(before)
    check_scene(a_scene(), path).accept()
    assert outcome(check_scene(a_scene(), path)) == "same"


def test_accepting_replaces_everything(path: Path, tmp_path: Path) -> None:
    saved(path, a_scene({"a": 0.9, "gone": 0.5}))
    check_scene(a_scene(), path).accept()
    assert path.read_bytes() == saved(tmp_path / "expected.npz").read_bytes()


def test_accepting_one_run_leaves_the_others_and_the_metadata(path: Path) -> None:
    before = arrays_in(saved(path))
    metadata = History.load(path).metadata
    scene = a_scene({"a": 0.3, "b": 0.4})
    assert check_scene(scene, path).accept("a") == path
    assert list(History.load(path)) == ["a", "b"]
    assert of_run("b", arrays_in(path)) == of_run("b", before)
    assert of_run("a", arrays_in(path)) == of_run("a", arrays_in(saved(path.parent / "x", scene)))
    assert History.load(path).metadata == metadata
    again = check_scene(scene, path)
    assert [difference.run for difference in again.differences] == ["b"]
    assert len(again.changes) == 2


def test_once_all_runs_are_accepted_one_by_one_nothing_is_old(path: Path, tmp_path: Path) -> None:
    saved(path)
    scene = a_scene({"a": 0.3, "b": 0.4})
    for run in ("b", "a"):
        check_scene(scene, path).accept(run)
    assert path.read_bytes() == saved(tmp_path / "expected.npz", scene).read_bytes()


def test_of_a_new_baseline_one_run_can_be_accepted_first(path: Path, tmp_path: Path) -> None:
    check_scene(a_scene(), path).accept("b")
    assert list(History.load(path)) == ["b"]
    found = check_scene(a_scene(), path)
    assert outcome(found) == "new"
    assert str(found) == "a: has no baseline"
    found.accept("a")
    assert path.read_bytes() == saved(tmp_path / "expected.npz").read_bytes()


def test_a_renamed_run_takes_the_place_of_its_former_self(path: Path) -> None:
    saved(path, a_scene({"a": 0.1, "b": 0.2, "d": 0.3}))
    scene = a_scene({"c": 0.1, "b": 0.5, "d": 0.3})
    check_scene(scene, path).accept("c")
    assert list(History.load(path)) == ["c", "b", "d"]
    assert [it.run for it in check_scene(scene, path).differences] == ["b"]


def test_accepting_a_run_that_is_only_in_the_baseline_takes_it_out(path: Path) -> None:
    saved(path, a_scene({"gone": 0.1, "b": 0.2}))
    scene = a_scene({"b": 0.5})
    check_scene(scene, path).accept("gone")
    assert list(History.load(path)) == ["b"]
    assert [it.run for it in check_scene(scene, path).differences] == ["b"]


def test_a_baseline_with_memories_keeps_them_when_a_run_is_accepted(path: Path) -> None:
    saved(path, a_scene(name="adam"), state=True)
    check_scene(a_scene({"a": 0.3, "b": 0.4}, "adam"), path).accept("a")
    loaded = History.load(path)
    assert loaded["a"].states.keys() == loaded["b"].states.keys() != set()


some_rates = st.dictionaries(
    st.sampled_from("abc"), st.sampled_from([0.1, 0.2, 0.5]), min_size=1, max_size=3
)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(some_rates, st.sampled_from("abc")), max_size=5), some_rates)
def test_whatever_is_accepted_is_loaded_and_touches_one_run(
    tmp_path_factory: pytest.TempPathFactory,
    accepted: list[tuple[dict[str, float], str]],
    last: dict[str, float],
) -> None:
    path = tmp_path_factory.mktemp("baselines") / "scene.npz"
    before: dict[str, bytes] = {}
    for rates, run in accepted:
        found = check_scene(a_scene(rates, steps=1), path)
        found.accept(run)
        after = arrays_in(path)
        now = {name: array.tobytes() for name, array in found.now.arrays.items()}
        assert of_run(run, after) == of_run(run, now)
        former = {difference.former for difference in found.differences if difference.run == run}
        for other in set("abc") - {run}:
            assert of_run(other, after) == ({} if other in former else of_run(other, before))
        before = after
    check_scene(a_scene(last, steps=1), path).accept()
    assert History.load(path).metadata["scene"] == a_scene(last, steps=1).canonical()
    found = check_scene(a_scene(last, steps=1), path)
    assert outcome(found) == "same"
    assert found.changes == []


# As JSON


def strict(found: Check) -> dict[str, Any]:
    """Return what a reader of strict JSON gets."""
    text = json.dumps(found.plain(), allow_nan=False)
    read: dict[str, Any] = json.loads(text, parse_constant=lambda name: pytest.fail(name))
    assert read == found.plain()
    return read


def test_what_is_found_is_plain_json(path: Path) -> None:
    edited(saved(path), "b/points", (3, 0, 1), 0.5)
    now = simulate(a_scene())["b"].points
    read = strict(check_scene(a_scene(), path))
    assert {name: read[name] for name in ("baseline", "outcome", "damage", "changes")} == {
        "baseline": str(path),
        "outcome": "different",
        "damage": None,
        "changes": [],
    }
    (difference,) = read["differences"]
    assert difference["run"] == "b"
    assert difference["kind"] == "numbers"
    assert difference["first"]["index"] == [0, 1]
    assert difference["first"]["step"] == 3
    assert difference["first"]["now"] == now[3, 0, 1]
    assert difference["first"]["baseline"] == now[3, 0, 1] + 0.5
    assert [place["step"] for place in difference["around"]] == [1, 2, 3, 4]
    assert difference["former"] is None


def test_numbers_that_json_has_not_are_words(path: Path) -> None:
    SavedArrays({"a": np.array([1.0, np.nan, np.inf])}).save(path)
    now = SavedArrays({"a": np.array([1.0, -np.inf, 2.0])})
    (difference,) = strict(check(Baseline.read(path), now, Tolerance()))["differences"]
    assert difference["first"]["baseline"] == "nan"
    assert difference["first"]["now"] == "-inf"
    assert [place["baseline"] for place in difference["around"]] == [1.0, "nan", "inf"]


@pytest.mark.parametrize(
    "dtype", ["?", "b", "h", "i", "l", "B", "H", "I", "Q", "e", "f", "d", "F", "D", "g", "G"]
)
def test_numbers_of_every_type_are_plain_json(path: Path, dtype: str) -> None:
    SavedArrays({"a": np.array([0, 1], dtype)}).save(path)
    found = check(Baseline.read(path), SavedArrays({"a": np.array([0, 0], dtype)}), Tolerance())
    (difference,) = strict(found)["differences"]
    assert difference["first"]["step"] == 1
    assert "step 1" in str(found)


def test_every_outcome_is_plain_json(path: Path) -> None:
    outcomes = [strict(check_scene(a_scene(), path))["outcome"]]
    saved(path, a_scene({"a": 0.1, "gone": 1.0}))
    outcomes.append(strict(check_scene(a_scene(), path))["outcome"])
    saved(path)
    outcomes.append(strict(check_scene(a_scene(), path))["outcome"])
    path.write_bytes(b"no arrays")
    read = strict(check_scene(a_scene(), path))
    assert [*outcomes, read["outcome"]] == ["new", "different", "same", "different"]
    assert "no saved arrays" in read["damage"]


def test_what_was_looked_at_alone_is_accepted_alone(path: Path) -> None:
    before = arrays_in(saved(path))
    check_scene(a_scene({"a": 0.3, "b": 0.4}), path, "a").accept()
    assert of_run("b", arrays_in(path)) == of_run("b", before)
    assert of_run("a", arrays_in(path)) != of_run("a", before)


def test_others_that_pass_keep_their_numbers_and_metadata_follow(path: Path) -> None:
    before = arrays_in(saved(path, a_scene({"a": 0.1, "b": 0.2})))
    scene = a_scene({"a": 0.3, "b": 0.2 + 1e-12}, tolerance={"rtol": 1e-6})
    check_scene(scene, path).accept("a")
    assert of_run("b", arrays_in(path)) == of_run("b", before)
    assert not check_scene(scene, path).changes
