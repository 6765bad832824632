"""The pytest plugin, as its users meet it: pytest runs in folders of its own."""

import importlib
import json
import re
import shlex
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import TWO_RUNS
from visualize import History
from visualize.optimizers.optimizer import OPTIMIZERS
from visualize.panels.panel import PANELS
from visualize.storage.npz import SavedArrays

# pytester takes out again what a run in this process loads; what draws cannot be loaded twice, so
# runs that draw have a process of their own.
LOADED = [
    importlib.import_module("visualize.baselines.verify"),
    *map(OPTIMIZERS.load, ("sgd", "adam")),
    *map(PANELS.load, PANELS.names()),
]

POINTS = """
import numpy as np

def test_points(trajectory_regression):
    steps = np.arange(10.0)
    trajectory_regression.check(np.stack([steps, steps**2], axis=-1))
"""
MOVED = POINTS.replace("steps**2", "steps**2 + 1e-3*(steps > 6)")
INI = """
[pytest]
trajectory_scenes = scenes/*.yaml
trajectory_baselines = saved
"""


@pytest.fixture(autouse=True)
def _plain(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let pytest run as on a developer's machine, and without a plugin that is slow to load."""
    del pytester  # it takes the options out of the environment first
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setenv("PYTEST_ADDOPTS", "-p no:hypothesispytest")


def messages(result: pytest.RunResult) -> str:
    return "\n".join(result.outlines)


def write_scene(pytester: pytest.Pytester, text: str = TWO_RUNS, name: str = "race") -> Path:
    path = pytester.path / "scenes" / f"{name}.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, "utf-8")
    return path


@pytest.fixture
def scenes(pytester: pytest.Pytester) -> pytest.Pytester:
    """Return a project with a scene whose two runs have baselines."""
    pytester.makeini(INI)
    write_scene(pytester)
    pytester.runpytest("--trajectory-update").assert_outcomes(passed=2)
    return pytester


@pytest.fixture
def points(pytester: pytest.Pytester) -> pytest.Pytester:
    """Return a project with a test that has its baseline."""
    pytester.makepyfile(POINTS)
    pytester.runpytest("--trajectory-update").assert_outcomes(passed=1)
    return pytester


def baseline(pytester: pytest.Pytester) -> Path:
    [path] = pytester.path.rglob("*.npz")
    return path


# The fixture


def test_a_missing_baseline_is_written_and_the_test_fails(pytester: pytest.Pytester) -> None:
    module = pytester.makepyfile(POINTS)
    result = pytester.runpytest()
    result.assert_outcomes(failed=1)
    assert baseline(pytester) == module.parent / module.stem / "test_points.npz"
    relative = baseline(pytester).relative_to(pytester.path)
    result.stdout.fnmatch_lines(
        [
            f"there was no baseline {relative}; now there is",
            "to accept: look at it, commit it, run again",
            "*trajectory baselines written*",
            str(relative),
        ]
    )
    pytester.runpytest().assert_outcomes(passed=1)


def test_a_baseline_holds_the_arrays_and_who_made_them(points: pytest.Pytester) -> None:
    saved = SavedArrays.load(baseline(points))
    assert saved.arrays["points"].tolist() == [[step, step**2] for step in range(10)]
    assert saved.metadata["versions"] == {"numpy": np.__version__}


def test_a_difference_is_told_with_its_step_and_how_to_accept_it(points: pytest.Pytester) -> None:
    module = points.makepyfile(MOVED)
    before = baseline(points).read_bytes()
    result = points.runpytest()
    result.assert_outcomes(failed=1)
    node = f"{module.name}::test_points"
    result.stdout.fnmatch_lines(
        [
            "points: differs from its baseline from step 7 on, in [[]1[]]",
            "*step*baseline*now*difference",
            "*> * 7 *49.0* 49.001* 0.001",
            "*largest difference 0.001 at step *",
            f"to accept: pytest {node} --trajectory-update",
        ]
    )
    assert "Traceback" not in messages(result)
    assert baseline(points).read_bytes() == before


def test_an_accepted_difference_is_the_baseline(points: pytest.Pytester) -> None:
    points.makepyfile(MOVED)
    result = points.runpytest("--trajectory-update")
    result.assert_outcomes(passed=1)
    assert str(baseline(points).relative_to(points.path)) in messages(result)
    points.runpytest().assert_outcomes(passed=1)
    points.makepyfile(POINTS)
    points.runpytest().assert_outcomes(failed=1)


def test_the_accepting_command_of_a_message_accepts(points: pytest.Pytester) -> None:
    points.makepyfile(MOVED)
    told = messages(points.runpytest())
    [command] = re.findall("to accept: pytest (.*)", told)
    points.runpytest(*shlex.split(command)).assert_outcomes(passed=1)
    points.runpytest().assert_outcomes(passed=1)


def test_an_update_leaves_alone_what_has_not_changed(points: pytest.Pytester) -> None:
    path = baseline(points)
    before = path.stat()
    result = points.runpytest("--trajectory-update")
    assert path.stat().st_mtime_ns == before.st_mtime_ns
    assert "written" not in messages(result)


@pytest.mark.parametrize("content", [b"", b"nothing", b"PK\x05\x06" + bytes(18)])
def test_a_damaged_baseline_fails_and_stays_until_it_is_accepted(
    points: pytest.Pytester, content: bytes
) -> None:
    path = baseline(points)
    path.write_bytes(content)
    result = points.runpytest()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*test_points.npz: these are no saved arrays*"])
    assert path.read_bytes() == content
    points.runpytest("--trajectory-update").assert_outcomes(passed=1)
    points.runpytest().assert_outcomes(passed=1)


def test_in_ci_no_baseline_is_made(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "true")
    pytester.makepyfile(POINTS)
    result = pytester.runpytest()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["there is no baseline *, and in CI none is made"])
    assert not list(pytester.path.rglob("*.npz"))


def test_in_ci_an_update_is_refused(
    points: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "1")
    points.makepyfile(MOVED)
    result = points.runpytest("--trajectory-update")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*--trajectory-update: in CI*"])


@pytest.mark.parametrize("value", ["", "0", "false", "False"])
def test_a_variable_that_says_no_is_no_ci(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("CI", value)
    pytester.makepyfile(POINTS)
    pytester.runpytest()
    assert baseline(pytester).is_file()


def test_each_parameter_and_each_class_has_its_own_baseline(pytester: pytest.Pytester) -> None:
    module = pytester.makepyfile(
        """
        import pytest

        @pytest.mark.parametrize("rate", [0.1, 0.2, "a/b", "a:b"])
        def test_runs(rate, trajectory_regression):
            trajectory_regression.check([1.0, len(str(rate))])

        class TestOne:
            def test_runs(self, trajectory_regression):
                trajectory_regression.check([1.0])

        class TestOther:
            def test_runs(self, trajectory_regression):
                trajectory_regression.check([2.0])
        """
    )
    pytester.runpytest().assert_outcomes(failed=6)
    pytester.runpytest().assert_outcomes(passed=6)
    names = {path.name for path in (module.parent / module.stem).iterdir()}
    assert len(names) == 6
    assert {"test_runs[0.1].npz", "TestOne.test_runs.npz", "TestOther.test_runs.npz"} <= names


def test_several_checks_in_a_test_have_names(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest

        def test_two(trajectory_regression):
            trajectory_regression.check([1.0], name="one")
            trajectory_regression.check([2.0], name="two")

        def test_one_name(trajectory_regression):
            trajectory_regression.check([1.0])
            with pytest.raises(ValueError, match="give each a name"):
                trajectory_regression.check([2.0])
        """
    )
    pytester.runpytest("--trajectory-update").assert_outcomes(passed=2)
    pytester.runpytest().assert_outcomes(passed=2)
    assert {path.name for path in pytester.path.rglob("*.npz")} == {
        "test_two.one.npz",
        "test_two.two.npz",
        "test_one_name.npz",
    }


TWINS = """
import pytest

@pytest.mark.parametrize("name", ["a", "A", "aB", "Ab"])
def test_runs(name, trajectory_regression):
    trajectory_regression.check([float(ord(name[0]) + ord(name[-1]))])
"""


def test_names_that_differ_in_capitals_alone_are_different_files(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(TWINS.replace("ord(name[-1])", "len(name)"))
    pytester.runpytest("--trajectory-update").assert_outcomes(passed=4)
    files = {path.name for path in pytester.path.rglob("*.npz")}
    assert len({name.lower() for name in files}) == 4
    assert {name for name in files if "-" not in name} == {"test_runs[a].npz"}
    pytester.runpytest().assert_outcomes(passed=4)
    # Whichever is run alone, it finds its own.
    module = f"{pytester.path / 'test_names_that_differ_in_capitals_alone_are_different_files.py'}"
    for name in ("a", "A", "aB", "Ab"):
        pytester.runpytest(f"{module}::test_runs[{name}]").assert_outcomes(passed=1)


def test_a_new_test_leaves_the_file_to_the_one_that_has_it(pytester: pytest.Pytester) -> None:
    module = pytester.makepyfile(TWINS)
    pytester.runpytest(f"{module}::test_runs[A]").assert_outcomes(failed=1)
    pytester.runpytest(f"{module}::test_runs[a]").assert_outcomes(failed=1)
    files = {path.name for path in pytester.path.rglob("*.npz")}
    assert len({name.lower() for name in files}) == 2
    assert "test_runs[A].npz" in files
    pytester.runpytest(str(module), "-k", "a or A").assert_outcomes(passed=2, failed=2)


def test_committed_baselines_keep_their_names(pytester: pytest.Pytester) -> None:
    module = pytester.makepyfile(TWINS)
    pytester.runpytest("--trajectory-update")
    for path in pytester.path.rglob("*.npz"):  # as before names were told apart
        path.rename(path.with_name(re.sub("-[0-9a-f]{8}", "", path.name)))
    before = sorted(pytester.path.rglob("*.npz"))
    assert {path.stem for path in before} == {f"test_runs[{it}]" for it in ("A", "Ab", "a", "aB")}
    pytester.runpytest(str(module)).assert_outcomes(passed=4)
    assert sorted(pytester.path.rglob("*.npz")) == before


def test_checks_of_one_test_may_differ_in_capitals_alone(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        def test_it(trajectory_regression):
            trajectory_regression.check([1.0], name="a")
            trajectory_regression.check([2.0], name="A")
        """
    )
    pytester.runpytest("--trajectory-update").assert_outcomes(passed=1)
    assert len({path.name.lower() for path in pytester.path.rglob("*.npz")}) == 2
    pytester.runpytest().assert_outcomes(passed=1)


def test_a_baseline_that_gains_an_array_is_not_written_unasked(pytester: pytest.Pytester) -> None:
    both = "def test_it(trajectory_regression): trajectory_regression.check({'a': [1.0], 'b': [2]})"
    pytester.makepyfile(both.replace(", 'b': [2]", ""))
    pytester.runpytest().assert_outcomes(failed=1)
    pytester.runpytest().assert_outcomes(passed=1)
    before = baseline(pytester).read_bytes()
    pytester.makepyfile(both)
    for _ in range(2):
        result = pytester.runpytest()
        result.assert_outcomes(failed=1)
        assert "b: has no baseline" in messages(result)
        assert "there was no baseline" not in messages(result)
        result.stdout.fnmatch_lines(["to accept: pytest *::test_it --trajectory-update"])
        assert baseline(pytester).read_bytes() == before
    pytester.runpytest("--trajectory-update").assert_outcomes(passed=1)
    pytester.runpytest().assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("dtype", "apart", "tolerance", "outcome"),
    [
        ("float64", 1e-10, "", "passed"),
        ("float64", 1e-8, "", "failed"),
        ("float32", 1e-5, "", "passed"),
        ("float32", 1e-4, "", "failed"),
        ("float32", 1e-5, ", rtol=1e-6", "failed"),
        ("float32", 1e-4, ", rtol=1e-3", "passed"),
        ("float16", 5e-3, "", "passed"),
        ("float16", 5e-2, "", "failed"),
        ("complex64", 1e-5, "", "passed"),
        ("complex64", 1e-4, "", "failed"),
        ("int64", 0.0, "", "passed"),
        ("int64", 0.1, "", "failed"),
    ],
)
def test_numbers_have_the_tolerance_of_their_type(
    pytester: pytest.Pytester, dtype: str, apart: float, tolerance: str, outcome: str
) -> None:
    test = (
        "import numpy as np\n"
        "def test_it(trajectory_regression):\n"
        "    array = np.array([0.0, 10, 20]) * (1 + %r*np.array([0, 1, 0]))\n"
        f"    trajectory_regression.check((array % 20).astype({dtype!r}){tolerance})"
    )
    pytester.makepyfile(test.replace("%r", "0"))
    pytester.runpytest("--trajectory-update").assert_outcomes(passed=1)
    pytester.makepyfile(test.replace("%r", f"{apart}"))
    pytester.runpytest().assert_outcomes(**{outcome: 1})


def test_arrays_of_any_kind_are_taken(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import numpy as np
        from visualize import Scene, simulate

        SCENE = {"objective": "x**2", "start": 1, "steps": 3,
                 "optimizers": [{"name": "sgd", "learning_rate": 0.1}]}

        def test_history(trajectory_regression):
            trajectory_regression.check(simulate(Scene.model_validate(SCENE)))

        def test_mapping(trajectory_regression):
            runs = {"adam": {"points": np.zeros((3, 1, 2)), "losses": [1, 2, 3]}, "sgd": [[1.5]]}
            trajectory_regression.check(runs)

        def test_float32(trajectory_regression):
            trajectory_regression.check(np.linspace(0, 1, 5, dtype=np.float32))

        def test_complex(trajectory_regression):
            trajectory_regression.check([1j, 2])
        """
    )
    pytester.runpytest("--trajectory-update").assert_outcomes(passed=4)
    pytester.runpytest().assert_outcomes(passed=4)
    folder = pytester.path / "test_arrays_of_any_kind_are_taken"
    assert History.load(folder / "test_history.npz")["sgd"].points.shape == (4, 1, 1)
    arrays = SavedArrays.load(folder / "test_mapping.npz").arrays
    assert list(arrays) == ["adam/points", "adam/losses", "sgd"]
    assert SavedArrays.load(folder / "test_float32.npz").arrays["points"].dtype == np.float32


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("['a']", "TypeError: an array: text in row 0, not a number"),
        ("{'a': np.array(['a'])}", "TypeError: a holds no numbers but <U1"),
        ("[[1, 2], [2, 3, 4]]", "ValueError: an array: row 1 has 3 numbers, row 0 has 2"),
        ("{'a': [[1, 2], [2, None]]}", "TypeError: a: nothing in row 1, column 1, not a number"),
        ("[[1, 2], 3]", "ValueError: an array: a number in row 1, where others are lists"),
        ("[np.ones(2), np.ones(3)]", "ValueError: an array: row 1 has 3 numbers, row 0 has 2"),
        ("{'a': object()}", "TypeError: a holds no numbers but object"),
        ("{'labels': [1.0]}", "ValueError: no array can be called 'labels' here"),
        ("{'metadata': [1.0]}", "ValueError: no array can be called 'metadata' here"),
    ],
)
def test_what_is_no_array_is_refused(pytester: pytest.Pytester, given: str, words: str) -> None:
    pytester.makepyfile(
        "import numpy as np\n"
        f"def test_it(trajectory_regression): trajectory_regression.check({given})"
    )
    result = pytester.runpytest()
    result.assert_outcomes(failed=1)
    assert words in messages(result)
    assert not list(pytester.path.rglob("*.npz"))


@pytest.mark.parametrize(
    ("tolerance", "outcome"),
    [
        ("", "failed"),
        ("rtol=1e-3", "passed"),
        ("rtol=1e-6", "failed"),
        ("atol=2e-3", "passed"),
        ("until=6", "passed"),
        ("until=7", "failed"),
    ],
)
def test_a_check_has_its_own_tolerance(
    points: pytest.Pytester, tolerance: str, outcome: str
) -> None:
    points.makepyfile(MOVED.replace("axis=-1)", f"axis=-1), {tolerance}"))
    points.runpytest().assert_outcomes(**{outcome: 1})


@pytest.mark.parametrize(
    ("settings", "own", "outcome"),
    [
        ("trajectory_rtol = 1e-3", "", "passed"),
        ("trajectory_atol = 2e-3", "", "passed"),
        ("trajectory_rtol = 1e-3", "rtol=1e-9", "failed"),
        ("trajectory_atol = 1e-9", "atol=2e-3", "passed"),
    ],
)
def test_pytests_settings_have_a_tolerance_for_all(
    points: pytest.Pytester, settings: str, own: str, outcome: str
) -> None:
    points.makeini(f"[pytest]\n{settings}\n")
    points.makepyfile(MOVED.replace("axis=-1)", f"axis=-1), {own}"))
    points.runpytest().assert_outcomes(**{outcome: 1})


def test_a_tolerance_that_is_no_number_is_told(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\ntrajectory_rtol = tiny\n")
    result = pytester.runpytest()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*trajectory_rtol: 'tiny' is no number"])


def test_a_picture_is_drawn_where_it_is_asked_for(points: pytest.Pytester) -> None:
    points.makepyfile(MOVED)
    assert "picture:" not in messages(points.runpytest())
    result = points.runpytest_subprocess("--trajectory-picture")
    [picture] = re.findall("picture: (.*)", messages(result))
    assert (points.path / picture).read_bytes().startswith(b"\x89PNG")
    assert Path(picture).parts[0] == ".pytest_cache"


def test_nothing_heavy_is_loaded_before_it_is_used(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import sys

        def test_modules():
            assert "visualize.baselines.plugin" in sys.modules
            for name in ("matplotlib", "numpy", "pydantic", "visualize.scene.scene"):
                assert name not in sys.modules, name
        """
    )
    pytester.runpytest_subprocess().assert_outcomes(passed=1)


def test_a_check_does_not_load_matplotlib(points: pytest.Pytester) -> None:
    points.makepyfile(POINTS + "\n    import sys\n    assert 'matplotlib' not in sys.modules\n")
    points.runpytest_subprocess().assert_outcomes(passed=1)


def test_the_fixture_works_in_several_processes(points: pytest.Pytester) -> None:
    points.makepyfile(
        POINTS + "\ndef test_new(trajectory_regression): trajectory_regression.check([1.0])\n"
    )
    result = points.runpytest_subprocess("-n2")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*trajectory baselines written*", "*test_new.npz"])
    points.runpytest().assert_outcomes(passed=2)


# Scenes


def test_without_the_setting_scenes_are_no_tests(pytester: pytest.Pytester) -> None:
    write_scene(pytester)
    assert pytester.runpytest().ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_each_run_of_a_scene_is_a_test(scenes: pytest.Pytester) -> None:
    result = scenes.runpytest("-v")
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["scenes/race.yaml::sgd PASSED*", "scenes/race.yaml::adam PASSED*"])
    assert list(History.load(scenes.path / "saved" / "race.npz")) == ["sgd", "adam"]


def test_scenes_may_end_with_yml_and_other_files_are_none(pytester: pytest.Pytester) -> None:
    pytester.makeini(INI.replace("*.yaml", "*"))
    write_scene(pytester).rename(pytester.path / "scenes" / "race.yml")
    (pytester.path / "scenes" / "notes.txt").write_text("of the race")
    pytester.runpytest("--trajectory-update").assert_outcomes(passed=2)
    pytester.runpytest("scenes/race.yml::adam").assert_outcomes(passed=1)


def test_one_run_can_be_chosen(scenes: pytest.Pytester) -> None:
    scenes.runpytest("scenes/race.yaml::adam").assert_outcomes(passed=1)


def test_scenes_are_found_beside_the_folders_of_tests(pytester: pytest.Pytester) -> None:
    pytester.makeini(INI + "testpaths = tests\n")
    write_scene(pytester)
    (pytester.path / "tests").mkdir()
    (pytester.path / "tests" / "test_it.py").write_text("def test_it(): pass")
    pytester.runpytest("--trajectory-update").assert_outcomes(passed=3)
    pytester.runpytest("tests").assert_outcomes(passed=1)


def test_missing_baselines_of_scenes_are_written_and_the_tests_fail(
    pytester: pytest.Pytester,
) -> None:
    pytester.makeini(INI)
    write_scene(pytester)
    result = pytester.runpytest()
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(["there was no baseline saved/race.npz; now there is"])
    pytester.runpytest().assert_outcomes(passed=2)


def test_only_the_chosen_run_gets_a_baseline(pytester: pytest.Pytester) -> None:
    pytester.makeini(INI)
    write_scene(pytester)
    pytester.runpytest("scenes/race.yaml::adam").assert_outcomes(failed=1)
    assert list(History.load(pytester.path / "saved" / "race.npz")) == ["adam"]
    pytester.runpytest().assert_outcomes(passed=1, failed=1)
    pytester.runpytest().assert_outcomes(passed=2)


def test_in_ci_no_baselines_of_scenes_are_made(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "true")
    pytester.makeini(INI)
    write_scene(pytester)
    result = pytester.runpytest()
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(["there is no baseline saved/race.npz, and in CI none is made"])
    assert not (pytester.path / "saved").exists()


def test_a_run_that_moved_is_told_and_the_others_pass(scenes: pytest.Pytester) -> None:
    write_scene(scenes, TWO_RUNS.replace("0.3", "0.31"))
    result = scenes.runpytest()
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        [
            "adam: differs from its baseline from step 1 on, in points[[]x[]]",
            "*scene.optimizers[[]adam[]].learning_rate: 0.3 -> 0.31",
            "to accept: pytest scenes/race.yaml::adam --trajectory-update",
        ]
    )


def test_one_run_is_accepted_without_the_others(scenes: pytest.Pytester) -> None:
    write_scene(scenes, TWO_RUNS.replace("0.3", "0.31").replace("0.5", "0.51"))
    scenes.runpytest("scenes/race.yaml::adam", "--trajectory-update").assert_outcomes(passed=1)
    result = scenes.runpytest()
    result.assert_outcomes(passed=1, failed=1)
    # What was changed for the other run is still told.
    result.stdout.fnmatch_lines(["*scene.optimizers[[]sgd[]].learning_rate: 0.5 -> 0.51"])
    scenes.runpytest("--trajectory-update").assert_outcomes(passed=2)
    saved = History.load(scenes.path / "saved" / "race.npz")
    assert list(saved) == ["sgd", "adam"]
    assert [each["learning_rate"] for each in saved.metadata["scene"]["optimizers"]] == [0.51, 0.31]


def test_a_run_that_is_gone_is_told_and_can_be_forgotten(scenes: pytest.Pytester) -> None:
    write_scene(scenes, TWO_RUNS.replace("  - {name: sgd, learning_rate: 0.5}\n", ""))
    result = scenes.runpytest()
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["sgd: is only in the baseline"])
    scenes.runpytest("--trajectory-update").assert_outcomes(passed=2)
    scenes.runpytest().assert_outcomes(passed=1)
    assert list(History.load(scenes.path / "saved" / "race.npz")) == ["adam"]


def test_a_run_that_was_renamed_is_told_so(scenes: pytest.Pytester) -> None:
    write_scene(scenes, TWO_RUNS.replace("name: sgd,", "name: sgd, label: descent,"))
    result = scenes.runpytest()
    result.assert_outcomes(passed=1, failed=2)
    result.stdout.fnmatch_lines(["descent: is called 'sgd' in the baseline"])
    scenes.runpytest("--trajectory-update").assert_outcomes(passed=3)
    scenes.runpytest().assert_outcomes(passed=2)


def test_a_damaged_baseline_of_a_scene_fails_and_is_made_anew(scenes: pytest.Pytester) -> None:
    path = scenes.path / "saved" / "race.npz"
    whole = path.read_bytes()
    path.write_bytes(whole[:-100])
    result = scenes.runpytest()
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(["*race.npz: these are no saved arrays*"])
    scenes.runpytest("--trajectory-update").assert_outcomes(passed=2)
    assert path.read_bytes() == whole


def test_a_scene_has_its_own_tolerance(scenes: pytest.Pytester) -> None:
    moved = TWO_RUNS.replace("0.3", "'0.3 + 1e-6*max(t - 3, 0)'")
    write_scene(scenes, moved)
    scenes.runpytest().assert_outcomes(passed=1, failed=1)
    for tolerance in ("until: 4", "atol: 1e-3", "rtol: 1e-3"):
        write_scene(scenes, f"{moved}\ntolerance: {{{tolerance}}}\n")
        scenes.runpytest().assert_outcomes(passed=2)


def test_a_scene_with_mistakes_is_an_error_and_shows_them(scenes: pytest.Pytester) -> None:
    write_scene(scenes, TWO_RUNS.replace("sgd", "sdg"), "wrong")
    result = scenes.runpytest()
    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines(["*scenes/wrong.yaml:*unknown name 'sdg'; did you mean 'sgd'?"])
    assert "Traceback" not in messages(result)


def test_the_picture_of_a_run_is_named_in_the_message_and_needs_no_cache(
    scenes: pytest.Pytester,
) -> None:
    write_scene(scenes, TWO_RUNS.replace("0.3", "0.31"))
    result = scenes.runpytest_subprocess("--trajectory-picture", "-p", "no:cacheprovider")
    [picture] = re.findall("picture: (.*)", messages(result))
    assert "adam" in picture
    assert (scenes.path / picture).is_file()
    shutil.rmtree((scenes.path / picture).parent)


def test_scenes_work_in_several_processes(pytester: pytest.Pytester) -> None:
    pytester.makeini(INI)
    for name in ("race", "run"):
        write_scene(pytester, name=name)
    pytester.makeini(INI + "testpaths = tests\n")
    pytester.mkdir("tests")  # scenes are found beside it, by every process
    pytester.runpytest().assert_outcomes(failed=4)
    write_scene(pytester, TWO_RUNS.replace("0.3", "0.31").replace("0.5", "0.51"))
    pytester.runpytest().assert_outcomes(passed=2, failed=2)
    result = pytester.runpytest_subprocess("-n2", "--trajectory-update")
    result.assert_outcomes(passed=4)
    result.stdout.fnmatch_lines(["saved/race.npz (*"])
    pytester.runpytest().assert_outcomes(passed=4)


def test_a_baseline_that_cannot_be_written_is_told(scenes: pytest.Pytester) -> None:
    shutil.rmtree(scenes.path / "saved")
    (scenes.path / "saved").write_text("no folder")
    result = scenes.runpytest()
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(["*race.npz: cannot be written*"])
    assert "INTERNALERROR" not in messages(result)


def test_the_report_of_a_machine_names_what_was_written(points: pytest.Pytester) -> None:
    points.makepyfile(MOVED)
    points.runpytest("--trajectory-update", "--junit-xml=report.xml")
    assert baseline(points).name in (points.path / "report.xml").read_text("utf-8")


def test_verify_and_the_plugin_read_the_same_baselines(scenes: pytest.Pytester) -> None:
    command = ("visualize", "verify", "scenes", "--baselines", "saved", "--json")
    done = scenes.run(sys.executable, "-m", *command)
    assert done.ret == 0
    assert [one["outcome"] for one in json.loads("\n".join(done.outlines))] == ["same"]
