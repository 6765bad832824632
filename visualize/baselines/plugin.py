"""The pytest plugin: trajectories, ours or anybody's, held against their baselines.

Importing this loads pytest alone; everything else is fetched when a test asks for it.
"""

import glob
import hashlib
import os
import shlex
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

if TYPE_CHECKING:
    from visualize.baselines.verify import Check
    from visualize.history.comparison import Tolerance
    from visualize.objectives.objective import Objective
    from visualize.scene.scene import Scene
    from visualize.storage.npz import SavedArrays

LIBRARIES = ("numpy", "torch", "jax", "jaxlib", "optax", "flax", "tensorflow", "keras", "scipy")
"""Those that may have made somebody's arrays: baselines say which version did."""
ACCEPTED = "trajectory_accepted"
WRITTEN = "trajectory_baseline"
"""What a test says to the one process that writes and reports, which may not be its own."""
SCENES = pytest.StashKey[list[Path]]()
"""The scene files that are tests; they are looked for once."""
STEMS = pytest.StashKey[defaultdict[tuple[Path, str], set[str]]]()
"""What the tests of each module are called, by those names without capitals."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options and settings."""
    group = parser.getgroup("trajectories", "trajectories and their baselines (visualize)")
    group.addoption(
        "--trajectory-update",
        action="store_true",
        help="Make trajectories that are new or differ the baselines.",
    )
    group.addoption(
        "--trajectory-picture",
        action="store_true",
        help="Draw each trajectory that differs beside its baseline.",
    )
    parser.addini("trajectory_scenes", "Scene files whose runs are tests: scenes/*.yaml", "args")
    parser.addini("trajectory_baselines", "The folder of their baselines.", default="baselines")
    parser.addini("trajectory_rtol", "Relative tolerance; default: 1e-9.", default="")
    parser.addini("trajectory_atol", "Absolute tolerance; default: 1e-12.", default="")


def pytest_configure(config: pytest.Config) -> None:
    """Let scenes be found, and baselines be written by one process only."""
    if config.getoption("trajectory_update") and _in_ci():
        raise pytest.UsageError("--trajectory-update: in CI (the variable CI is set) none is made")
    _ini_tolerance(config)
    config.stash[SCENES] = _scenes(config)
    if config.args_source is pytest.Config.ArgsSource.TESTPATHS:
        known = [Path(argument).resolve() for argument in config.args]
        config.args += [
            str(path) for path in config.stash[SCENES] if not any(map(path.is_relative_to, known))
        ]
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(_Scribe(config), "trajectory_scribe")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> "SceneFile | None":
    """Take the scene files that are asked for as tests."""
    if file_path not in parent.config.stash[SCENES]:
        return None
    from visualize.scene.source import SUFFIXES

    if file_path.suffix not in SUFFIXES:
        return None
    return SceneFile.from_parent(parent, path=file_path)


@pytest.fixture
def trajectory_regression(request: pytest.FixtureRequest) -> "TrajectoryRegression":
    """Hold arrays against the baseline beside this test: `trajectory_regression.check(points)`."""
    return TrajectoryRegression(request.node)


class TrajectoryRegression:
    """The baselines of one test, `<module>/<test>.npz` beside its module."""

    def __init__(self, test: pytest.Item) -> None:
        """Nothing is read yet."""
        self._test = test
        self._checked: set[Path] = set()

    def check(
        self,
        trajectories: Any,
        *,
        name: str | None = None,
        rtol: float | None = None,
        atol: float | None = None,
        until: int | None = None,
    ) -> None:
        """Fail where arrays are not as in their baseline, and say where they part.

        `trajectories` is a history of ours, an array, or a mapping of arrays by name; the first
        axis is the step. `name` tells several checks in a test apart; `until` is the last step
        that is compared. Numbers may differ by `atol` + `rtol` · |baseline|.
        """
        __tracebackhide__ = True
        from visualize.baselines.verify import Baseline, check

        path = self._path(name)
        if path in self._checked:
            raise ValueError(f"a second check of {path.name}; give each a name")
        self._checked.add(path)
        now, objective = _saved(trajectories)
        given = {"rtol": rtol, "atol": atol, "until": until}
        tolerance = _tolerance(self._test.config, given)
        found = check(Baseline.read(path), now, tolerance, objective)
        if found.passed:
            return
        # A baseline that is there is never written unasked, not even where it lacks an array.
        new = found.baseline.is_missing
        if (new and not _in_ci()) or self._test.config.getoption("trajectory_update"):
            found.accept()
            self._test.user_properties.append((WRITTEN, str(path)))
        _judge(self._test, found, new)

    def _path(self, name: str | None) -> Path:
        module = self._test.path
        folder = module.parent / module.stem
        stem = _stem(self._test) + (f".{name}" if name else "")
        return folder / f"{_file_stem(self._test, folder, stem)}.npz"


def _stem(test: pytest.Item) -> str:
    """Return what the baselines of a test are called, as far as files can be."""
    parent = test.getparent(pytest.Class)
    return f"{parent.name}.{test.name}" if parent else test.name


def _file_stem(test: pytest.Item, folder: Path, stem: str) -> str:
    """Return a name for the file of a test that no other's file has, whatever its capitals.

    On macOS and Windows names that differ in capitals alone are one file: there a test has a
    checksum in the name of its baseline. A file that is there is used under the name that it has.
    """
    from visualize.storage.files import safe_stem

    plain = safe_stem(stem)
    there = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    if plain != stem or f"{plain}.npz" in there:
        return plain
    apart = f"{plain}-{hashlib.sha256(stem.encode()).hexdigest()[:8]}"
    taken = {file.casefold() for file in there}
    shared = plain != plain.lower() and _differs_in_capitals(test)
    if shared or f"{apart}.npz" in there or f"{plain}.npz".casefold() in taken:
        return apart
    return plain


def _differs_in_capitals(test: pytest.Item) -> bool:
    """Whether another test of this module has the same name but for capitals."""
    stash = test.config.stash
    if STEMS not in stash:
        stems: defaultdict[tuple[Path, str], set[str]] = defaultdict(set)
        for item in test.session.items:
            stems[item.path, _stem(item).casefold()].add(_stem(item))
        stash[STEMS] = stems
    return len(stash[STEMS][test.path, _stem(test).casefold()]) > 1


class SceneFile(pytest.File):
    """A scene file: each of its runs is a test."""

    def collect(self) -> Iterator["SceneRun"]:
        """Yield a test for each run, and for each that is only in the baseline."""
        from visualize.baselines.verify import Baseline
        from visualize.errors import SceneError
        from visualize.history.comparison import run_of

        try:
            scene = _read(self.path)
        except SceneError as error:
            raise self.CollectError(str(error)) from None
        saved = map(run_of, Baseline.read(_baseline_of(self.config, self.path)).arrays)
        for label in dict.fromkeys([*(run.label for run in scene.runs), *saved]):
            yield SceneRun.from_parent(self, name=label, scene=scene)


class SceneRun(pytest.Item):
    """One run of a scene, held against its baseline."""

    def __init__(self, *, scene: "Scene", **settings: Any) -> None:
        """Nothing is computed yet."""
        super().__init__(**settings)
        self._scene = scene

    def runtest(self) -> None:
        """Simulate the run and compare."""
        found = _check_run(self.config, self._scene, self.path, self.name)
        if found.passed:
            return
        if (found.is_new and not _in_ci()) or self.config.getoption("trajectory_update"):
            self.user_properties.append((ACCEPTED, [str(self.path), self.name]))
        _judge(self, found, found.is_new)

    def reportinfo(self) -> tuple[Path, None, str]:
        """Return where it stands, and its name."""
        return self.path, None, self.name


class _Scribe:
    """Writes the baselines of scenes, several runs in a file, and tells all that were written."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._lines: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        from visualize.errors import VisualizeError

        if report.when != "call":
            return
        for name, value in report.user_properties:
            if name == WRITTEN:
                self._lines.append(_near(self._config, Path(str(value))))
            elif name == ACCEPTED and isinstance(value, list):
                scene, run = value
                try:
                    path = _check_run(self._config, _read(Path(scene)), Path(scene)).accept(run)
                    self._lines.append(f"{_near(self._config, path)} ({run})")
                except VisualizeError as error:
                    self._lines.append(str(error))

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        if self._lines:
            terminalreporter.section("trajectory baselines written")
            for line in self._lines:
                terminalreporter.write_line(line)


def _judge(test: pytest.Item, found: "Check", new: bool) -> None:
    """Let a test fail that is not as its baseline or has none, unless that has been accepted."""
    __tracebackhide__ = True
    config = test.config
    if config.getoption("trajectory_update"):
        return
    path = _near(config, found.baseline.path)
    again = f"pytest {shlex.quote(test.nodeid)}"
    if new and _in_ci():
        _fail(f"there is no baseline {path}, and in CI none is made", f"{again}, and commit it")
    if new:
        _fail(f"there was no baseline {path}; now there is", "look at it, commit it, run again")
    lines = [str(found)]
    if config.getoption("trajectory_picture"):
        lines += [f"picture: {_near(config, picture)}" for picture in _pictures(test, found)]
    _fail("\n".join(lines), f"{again} --trajectory-update")


def _fail(message: str, accept: str) -> NoReturn:
    __tracebackhide__ = True
    pytest.fail(f"{message}\nto accept: {accept}", pytrace=False)


def _pictures(test: pytest.Item, found: "Check") -> Iterator[Path]:
    from visualize.baselines.picture import draw_parting
    from visualize.storage.files import safe_stem

    cache = getattr(test.config, "cache", None)
    folder = cache.mkdir("trajectories") if cache else Path(tempfile.mkdtemp("-trajectories"))
    for difference in found.differences:
        name = safe_stem(f"{test.nodeid.replace('/', '.').replace('::', '.')}.{difference.run}")
        if path := draw_parting(found, difference, folder / f"{name}.png"):
            yield path


def _check_run(
    config: pytest.Config, scene: "Scene", path: Path, run: str | None = None
) -> "Check":
    from visualize.baselines.verify import check_scene

    given = scene.tolerance.model_dump(exclude_unset=True)
    baseline = _baseline_of(config, path)
    return check_scene(scene, baseline, run, tolerance=_tolerance(config, given))


def _read(path: Path) -> "Scene":
    from visualize.scene.scene import read_scene

    return read_scene(os.path.relpath(path), allow_outside=True)  # tests may read what they like


def _scenes(config: pytest.Config) -> list[Path]:
    """Return the scene files that are tests."""
    return [
        config.rootpath / found
        for pattern in config.getini("trajectory_scenes")
        for found in sorted(glob.glob(pattern, root_dir=config.rootpath, recursive=True))  # noqa: PTH207  # it takes absolute patterns too
    ]


def _baseline_of(config: pytest.Config, scene: Path) -> Path:
    folder: Path = config.rootpath / config.getini("trajectory_baselines")
    return folder / f"{scene.stem}.npz"


def _ini_tolerance(config: pytest.Config) -> dict[str, float]:
    """Return the tolerances in pytest's settings."""
    numbers: dict[str, float] = {}
    for name in ("rtol", "atol"):
        text = config.getini(f"trajectory_{name}")
        try:
            numbers |= {name: float(text)} if text else {}
        except ValueError:
            raise pytest.UsageError(f"trajectory_{name}: {text!r} is no number") from None
    return numbers


def _tolerance(config: pytest.Config, given: Mapping[str, Any]) -> "Tolerance":
    """Return what is given here and, where nothing is, what pytest's settings say."""
    from visualize.history.comparison import Tolerance

    own = {name: value for name, value in given.items() if value is not None}
    return Tolerance.model_validate(_ini_tolerance(config) | own)


def _saved(trajectories: Any) -> "tuple[SavedArrays, Objective | None]":
    """Return what a baseline keeps of arrays, and whose points they are if that is known."""
    from visualize.history.history import LABELS, History
    from visualize.storage.npz import METADATA, SavedArrays

    if isinstance(trajectories, History):
        return trajectories.saved, _objective_of(trajectories.metadata)
    arrays = dict(_named(trajectories))
    if taken := {LABELS, METADATA} & arrays.keys():
        raise ValueError(f"no array can be called '{taken.pop()}' here")
    return SavedArrays(arrays, {"versions": _versions()}), None


def _objective_of(metadata: Mapping[str, Any]) -> "Objective | None":
    """Return the objective that a history's metadata describe, if they do."""
    from visualize.objectives.formula import Formula

    try:
        return Formula.model_validate(metadata["scene"]["objective"])
    except (LookupError, TypeError, ValueError):
        return None


def _named(given: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Yield arrays by name, those in mappings as `<run>/<array>`."""
    from visualize.history.listed import as_array

    if isinstance(given, Mapping):
        for key, inner in given.items():
            yield from _named(inner, f"{name}/{key}" if name else str(key))
        return
    yield name or "points", as_array(given, name or "an array", kinds="fciub")


def _versions() -> dict[str, str]:
    return {
        name: str(getattr(sys.modules[name], "__version__", "unknown"))
        for name in LIBRARIES
        if name in sys.modules
    }


def _in_ci() -> bool:
    return os.environ.get("CI", "").lower() not in {"", "0", "false"}


def _near(config: pytest.Config, path: Path) -> str:
    """Return a path as it is seen from where pytest was started."""
    return os.path.relpath(path, config.invocation_params.dir)
