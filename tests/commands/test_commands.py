"""The commands: what they print where, how they exit, and what they leave behind."""

import contextlib
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import numpy as np
import pytest
from PIL import Image

from tests.conftest import BAD, FRAMES, LEAVING, ROOT, SCENES, SMALL, TWO_RUNS, shrunk
from visualize import Scene, compose, read_scene, save, simulate
from visualize.commands._listing import overview
from visualize.commands.main import commands, main
from visualize.formats.format import FORMATS
from visualize.formulas.functions import CONSTANTS, NAMES
from visualize.looks.themes import THEMES
from visualize.objectives._test_functions import TEST_FUNCTIONS
from visualize.objectives.objective import OBJECTIVES
from visualize.optimizers.optimizer import OPTIMIZERS
from visualize.panels.panel import PANELS
from visualize.scene.frames import Frames
from visualize.version import __version__

Write = Callable[..., Path]

BOTH = f"{SMALL}formats: [gif, mp4]\n"
ENDLESS = """\
objective: x**2/20 + y**2
start: [-7, 2]
steps: 4000
optimizers: [{name: sgd, learning_rate: 0.0001}]
panels: [values]
frames: {size: [320, 180], frames_per_step: 20}
"""
HEAVY = {"matplotlib", "PIL", "imageio", "imageio_ffmpeg", "sympy"}
KINDS: dict[str, tuple[str, ...]] = {
    "optimizers": OPTIMIZERS.names(),
    "objectives": (*TEST_FUNCTIONS, *OBJECTIVES.names()),
    "functions": (*NAMES, *CONSTANTS),
    "themes": tuple(THEMES),
    "panels": PANELS.names(),
    "formats": FORMATS.names(),
}


@dataclass(frozen=True)
class Done:
    """What a command has printed, and its exit code."""

    code: int
    out: str
    err: str


Run = Callable[..., Done]


@pytest.fixture
def run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Run]:
    """Return a function that runs a command in this process, in the test's own folder."""
    monkeypatch.chdir(tmp_path)
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def run_here(*arguments: object) -> Done:
        monkeypatch.setattr(sys, "argv", ["visualize", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            main()
        told = capsys.readouterr()
        return Done(int(left.value.code or 0), told.out, told.err)

    yield run_here
    for number, handler in before.items():
        signal.signal(number, handler)


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "visualize", *map(str, arguments)]


def environment(**more: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), **more}


def run_apart(*arguments: object, cwd: Path, **more: Any) -> Done:
    """Run a command in a process of its own."""
    done = subprocess.run(
        command(*arguments),
        cwd=cwd,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
        **more,
    )
    return Done(done.returncode, done.stdout, done.stderr)


def names_in(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


# Rendering


@pytest.mark.parametrize("own", [None, "2"])
def test_small_matrices_get_no_threads_unless_somebody_wants_them(
    own: str | None, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", own or "")
    if own is None:
        monkeypatch.delenv("OPENBLAS_NUM_THREADS")
    run("--version")
    assert os.environ["OPENBLAS_NUM_THREADS"] == (own or "1")


def test_films_in_several_themes_are_written_and_told(run: Run, write_scene: Write) -> None:
    write_scene(f"{SMALL}theme: [light, dark]\n", "a.yaml")
    write_scene(SMALL, "b.yaml")
    done = run("render", ".", "-j", "2")
    assert done.code == 0
    names = ["output/a-dark.gif", "output/a-light.gif", "output/b.gif"]
    assert sorted(done.out.split()) == names
    assert run("render", ".").out == ""
    assert run("simulate", "a.yaml").out == "output/a.npz\n"


def test_a_theme_that_is_a_scene_already_clashes(run: Run, write_scene: Write) -> None:
    write_scene(f"{SMALL}theme: [light, dark]\n", "a.yaml")
    write_scene(SMALL, "a-dark.yaml")
    write_scene(SMALL, "b.yaml")
    done = run("render", ".")
    assert (done.code, done.out) == (2, "output/b.gif\n")
    assert done.err.count("output/a-dark.gif would be written by a-dark.yaml and by a.yaml") == 1


def test_the_paths_written_go_to_stdout_and_all_else_to_stderr(
    run: Run, write_scene: Write
) -> None:
    write_scene(BOTH, "b.yaml")
    write_scene(SMALL, "a.yaml")
    done = run("render", "b.yaml", "a.yaml")
    assert done.code == 0
    assert done.out == "output/b.gif\noutput/b.mp4\noutput/a.gif\n"
    lines = done.err.splitlines()
    assert [line.partition(":")[0] for line in lines[:2]] == ["b.yaml", "a.yaml"]
    assert [line.split()[0] for line in lines[2:-1]] == ["scene", "b.yaml", "a.yaml"]
    assert all(Path(path).stat().st_size > 0 for path in done.out.split())


def test_it_runs_as_a_module_of_python(tmp_path: Path, write_scene: Write) -> None:
    write_scene(SMALL)
    done = run_apart("render", "scene.yaml", "-o", "films", cwd=tmp_path)
    assert (done.code, done.out) == (0, "films/scene.gif\n")
    assert "Traceback" not in done.err


def test_a_folder_is_rendered_without_its_subfolders(
    run: Run, tmp_path: Path, write_scene: Write
) -> None:
    (tmp_path / "scenes" / "sub").mkdir(parents=True)
    for name in ("scenes/b.yaml", "scenes/a.yaml", "scenes/sub/c.yaml"):
        write_scene(SMALL, name)
    assert run("render", "scenes", "-o", "films").out == "films/a.gif\nfilms/b.gif\n"


def test_nothing_but_the_formats_asked_for_is_written(
    run: Run, tmp_path: Path, write_scene: Write
) -> None:
    write_scene(BOTH)
    run("render", "scene.yaml", "-o", "deep/er", "--format", "gif")
    assert names_in(tmp_path) == ["deep", "scene.yaml"]
    assert names_in(tmp_path / "deep" / "er") == ["scene.gif"]


def test_the_film_is_the_one_that_python_makes(
    run: Run, tmp_path: Path, write_scene: Write
) -> None:
    scene = read_scene(write_scene(BOTH))
    run("render", "scene.yaml")
    film = compose(scene, simulate(scene))
    for name in ("gif", "mp4"):
        own = save(film, tmp_path / f"own.{name}").read_bytes()
        assert (tmp_path / "output" / f"scene.{name}").read_bytes() == own


@pytest.mark.parametrize(
    "formats", ["mp4", "MP4", "gif,mp4", "mp4,gif", "gif, mp4", "gif,gif", "png,webm"], ids=ascii
)
def test_formats_can_be_chosen(formats: str, run: Run, write_scene: Write) -> None:
    write_scene(SMALL)
    names = list(dict.fromkeys(name.strip().lower() for name in formats.split(",")))
    done = run("render", "scene.yaml", "--format", formats)
    assert done.out.split() == [f"output/scene.{name}" for name in names]


@pytest.mark.parametrize(
    ("formats", "words"),
    [
        ("giff", "did you mean 'gif'?"),
        ("mp4,avi", "did you mean 'mp4'?"),
        ("", "there are apng"),
    ],
)
def test_an_unknown_format_is_told_before_anything_is_done(
    formats: str, words: str, run: Run, tmp_path: Path, write_scene: Write
) -> None:
    write_scene(SMALL)
    done = run("render", "scene.yaml", "--format", formats)
    assert (done.code, done.out) == (2, "")
    assert words in done.err
    assert names_in(tmp_path) == ["scene.yaml"]


def test_a_second_run_renders_nothing(run: Run, tmp_path: Path, write_scene: Write) -> None:
    write_scene(BOTH)
    run("render", "scene.yaml")
    before = {file: file.stat().st_mtime_ns for file in (tmp_path / "output").iterdir()}
    done = run("render", "scene.yaml")
    assert (done.code, done.out) == (0, "")
    assert "current" in done.err
    assert {file: file.stat().st_mtime_ns for file in before} == before


def test_force_renders_again_to_the_same_bytes(
    run: Run, tmp_path: Path, write_scene: Write
) -> None:
    write_scene(BOTH)
    run("render", "scene.yaml")
    before = {file: file.read_bytes() for file in (tmp_path / "output").iterdir()}
    done = run("render", "scene.yaml", "--force")
    assert done.out == "output/scene.gif\noutput/scene.mp4\n"
    assert {file: file.read_bytes() for file in before} == before


def test_a_scene_that_is_named_twice_is_rendered_once(
    run: Run, tmp_path: Path, write_scene: Write
) -> None:
    write_scene(SMALL)
    done = run("render", "scene.yaml", tmp_path / "scene.yaml", ".", "--force")
    assert (done.code, done.out) == (0, "output/scene.gif\n")


@pytest.mark.parametrize("verb", ["render", "simulate"])
def test_two_scenes_with_one_output_are_refused_up_front(
    verb: str, run: Run, tmp_path: Path, write_scene: Write
) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        write_scene(SMALL, f"{name}/scene.yaml")
    done = run(verb, "one", "two")
    assert (done.code, done.out) == (2, "")
    assert "one/scene.yaml" in done.err
    assert "two/scene.yaml" in done.err
    assert not (tmp_path / "output").exists()


@pytest.mark.parametrize("jobs", ["0", "-1", "many", "1.5", ""])
def test_a_number_of_jobs_that_is_none_is_told(jobs: str, run: Run, write_scene: Write) -> None:
    write_scene(SMALL)
    done = run("render", "scene.yaml", "-j", jobs)
    assert done.code == 2
    assert "--jobs" in done.err


def test_jobs_can_be_as_many_as_there_are_processors(run: Run, write_scene: Write) -> None:
    write_scene(SMALL)
    assert run("render", "scene.yaml", "-j", "auto").code == 0


def test_on_a_terminal_there_is_a_bar_on_stderr_alone(tmp_path: Path, write_scene: Write) -> None:
    write_scene(SMALL.replace("steps: 5", "steps: 100"))
    terminal, end = os.openpty()
    try:
        done = subprocess.run(
            command("render", "scene.yaml"),
            cwd=tmp_path,
            env=environment(TERM="xterm"),
            stdout=subprocess.PIPE,
            stderr=end,
            check=False,
        )
        os.set_blocking(terminal, False)
        told = b""
        with contextlib.suppress(BlockingIOError):
            while part := os.read(terminal, 65_536):
                told += part
    finally:
        os.close(terminal)
        os.close(end)
    assert (done.returncode, done.stdout) == (0, b"output/scene.gif\n")
    assert b"scene.gif" in told
    assert b"%" in told
    assert b"rendered to gif" in told
    assert b"Traceback" not in told


# What goes wrong


def test_a_bad_scene_does_not_keep_the_good_ones_from_being_rendered(
    run: Run, write_scene: Write
) -> None:
    for name, text in (("a.yaml", SMALL), ("b.yaml", BAD), ("c.yaml", SMALL)):
        write_scene(text, name)
    done = run("render", ".")
    assert done.code == 2
    assert done.out.split() == ["output/a.gif", "output/c.gif"]
    assert "b.yaml:4:1: optimizer: unknown setting; did you mean 'optimizers'?" in done.err


def test_all_mistakes_of_a_scene_are_told_in_the_order_of_its_lines(
    run: Run, write_scene: Write
) -> None:
    write_scene("""\
objective: x**2 + q
start: 1
stepps: 5
optimizers:
  - name: sgd
    learning_rate: -0.1
    lr: 3
frames: {fps: fast}
""")
    done = run("check", "scene.yaml")
    assert done.code == 2
    told = [line for line in done.err.splitlines() if line.startswith("scene.yaml:")]
    assert [int(line.split(":")[1]) for line in told] == [1, 3, 6, 7, 8]
    assert done.out == ""


def test_a_link_to_what_is_not_there_is_told_as_that(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").symlink_to("none.yaml")
    done = run("render", "a.yaml")
    assert done.code == 2
    assert "a.yaml: no such file or directory: it is a link to what is not there" in done.err


@pytest.mark.parametrize("verb", ["render", "simulate", "check"])
def test_a_missing_file_is_told_with_its_path(verb: str, run: Run, write_scene: Write) -> None:
    write_scene(SMALL)
    done = run(verb, "nowhere/else.yaml", "scene.yaml")
    assert done.code == 2
    assert "nowhere/else.yaml" in done.err
    assert "Traceback" not in done.err
    assert verb == "check" or done.out.startswith("output/scene.")


@pytest.mark.parametrize("verb", ["render", "simulate", "check"])
def test_an_empty_folder_is_told(verb: str, run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = run(verb, "empty")
    assert (done.code, done.out) == (2, "")
    assert "empty: no *.yaml in this folder" in done.err


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["rendr"],
        ["render"],
        ["render", "--no-such-option", "scene.yaml"],
        ["simulate"],
        ["check"],
        ["list", "optimisers"],
        ["list", "optimizers", "adgrad"],
        ["new"],
        ["schema", "too much"],
        ["render", "scene.yaml", "--budget", "0"],
    ],
    ids=" ".join,
)
def test_wrong_usage_is_told(arguments: list[str], run: Run, write_scene: Write) -> None:
    write_scene(SMALL)
    done = run(*arguments)
    assert done.code == (2 if arguments else done.code)
    assert done.err or not arguments
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["list", "optimizers", "adgrad"], "did you mean 'adagrad'?"),
        (["list", "optimizers", "zzz"], "there are adabelief, adabound"),
        (["list", "objectives", "zzz"], "there are sphere, elongated_bowl"),
        (["list", "objectives", "banana"], "did you mean 'rosenbrock'?"),
        (["list", "themes", "drak"], "did you mean 'dark'?"),
        (["list", "functions", "square"], "square(a) is written a**2"),
        (["list", "functions", "zzz"], "there are sin, cos"),
        (["list", "settings", "fps"], "write frames: {fps: ...}"),
        (["list", "settings", "learning_rate"], "it is a setting of an optimizer"),
        (["list", "settings", "titel"], "did you mean 'title'?"),
        (["list", "optimizer"], "did you mean 'optimizers'?"),
        (["list", "zzz"], "there are optimizers, schedules, objectives, functions"),
        (["rende"], "did you mean 'render'?"),
        (["zzz"], "there are cache, check, import, list"),
        (["help"], "write visualize --help"),
        (["scene.yaml"], "write visualize render scene.yaml"),
        (["scene.yml"], "write visualize render scene.yml"),
        (["."], "write visualize render ."),
        (["render"], "which scenes? write their files or a folder: visualize render scene.yaml"),
        (["check"], "visualize check scene.yaml"),
        (["render", ""], "an empty name is no scene"),
        (["render", "scene.yaml", "--fromat", "gif"], "--format"),
        (["render", "scene.yaml", "--format", "gif,mp5"], "there are apng, frames, gif"),
        (["render", "scene.yaml", "--format", "jpg"], "did you mean 'png'?"),
        (["render", "scene.yaml", "-o", "out.gif"], "a folder is wanted"),
        (["render", "scene.yaml", "-o", "films/out.mp4"], "write -o films"),
        (["simulate", "scene.yaml", "-o", "out.npz"], "a folder is wanted"),
        (["render", "scene.yaml", "-o", "scene.yaml/x"], "scene.yaml is a file"),
        (["render", "scne.yaml"], "did you mean 'scene.yaml'?"),
        (["render", "scene"], "did you mean 'scene.yaml'?"),
        (["render", "scene.yml"], "did you mean 'scene.yaml'?"),
        (["check", "program.py"], "program.py: no scene file, but a program"),
        (["check", "run.npy"], "visualize import"),
        (["check", "film.gif"], "no scene file, but a picture or a film"),
        (["check", "empty"], "no *.yaml in this folder"),
        (["check", "above"], "there are some in above/inside"),
    ],
    ids=lambda it: " ".join(it) if isinstance(it, list) else "",
)
def test_wrong_usage_is_answered_with_what_to_write(
    arguments: list[str], words: str, run: Run, write_scene: Write, tmp_path: Path
) -> None:
    write_scene(SMALL)
    for name in ("program.py", "run.npy", "film.gif"):
        (tmp_path / name).write_bytes(b"x = 1\n")
    (tmp_path / "empty").mkdir()
    (tmp_path / "above" / "inside").mkdir(parents=True)
    (tmp_path / "above" / "inside" / "scene.yaml").write_text(SMALL)
    done = run(*arguments)
    assert (done.code, done.out) == (2, "")
    assert words in done.err
    assert "Traceback" not in done.err


def test_a_folder_that_cannot_be_made_is_told_before_anything_is_drawn(
    run: Run, write_scene: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    write_scene(SMALL)
    monkeypatch.setattr(Path, "mkdir", refuse)
    done = run("render", "scene.yaml", "-o", "a/b")
    assert (done.code, done.out) == (1, "")
    assert done.err == "a/b cannot be made: permission denied\n"


def test_formats_may_be_given_one_by_one(run: Run, write_scene: Write) -> None:
    write_scene(SMALL)
    done = run("render", "scene.yaml", "--format", "gif", "--format", "png,gif")
    assert done.out.split() == ["output/scene.gif", "output/scene.png"]


def test_both_endings_of_scenes_are_rendered_from_a_folder(run: Run, write_scene: Write) -> None:
    write_scene(SMALL, "a.yaml")
    write_scene(SMALL, "b.yml")
    assert run("render", ".").out.split() == ["output/a.gif", "output/b.gif"]
    write_scene(SMALL, "a.yml")
    assert "would be written by a.yaml and by a.yml" in run("render", ".").err


@pytest.mark.parametrize("name", sorted(commands.list_commands(click.Context(commands))))
def test_the_help_of_every_command_has_an_example(name: str, run: Run) -> None:
    done = run(name, "--help")
    assert done.code == 0
    assert f"\n  visualize {name}" in done.out


def test_list_alone_shows_all_kinds(run: Run) -> None:
    done = run("list")
    assert (done.code, done.err) == (0, "")
    for kind in (*KINDS, "settings"):
        assert f"\n{kind} " in f"\n{done.out}"


def test_every_setting_of_a_scene_is_listed_with_an_example(run: Run) -> None:
    done = run("list", "settings")
    names = [line.split()[0] for line in done.out.splitlines()]
    assert {*Scene.known()} <= {*names}
    assert {f"frames.{name}" for name in Frames.known()} <= {*names}
    assert "Example: [1280, 720]" in " ".join(run("list", "settings", "frames.size").out.split())
    assert run("list", "settings", "optimizers.adam").out == run("list", "optimizers", "adam").out


def test_more_updates_than_the_budget_are_refused_and_an_option_raises_it(
    run: Run, write_scene: Write
) -> None:
    write_scene(SMALL)
    refused = run("render", "scene.yaml", "--budget", "4")
    assert (refused.code, refused.out) == (2, "")
    assert "--budget" in refused.err
    assert run("render", "scene.yaml", "--budget", "5").code == 0


def test_the_budget_of_time_and_memory_is_raised_by_options(run: Run, write_scene: Write) -> None:
    write_scene(SMALL)
    for command in ("render", "simulate", "check"):
        for option, few, many in (
            ("--max-seconds", "1e-6", "100"),
            ("--max-memory", "1e-9", "1"),
        ):
            refused = run(command, "scene.yaml", option, few)
            assert (refused.code, refused.out) == (2, "")
            assert "scene.yaml:3:8: steps: " in refused.err or "frames" in refused.err
            assert f"{option} raises it" in refused.err
            assert run(command, "scene.yaml", option, many).code == 0


def test_a_film_that_takes_too_long_is_refused_where_it_would_be_made(
    run: Run, write_scene: Write
) -> None:
    write_scene(SMALL.replace("steps: 5", "steps: 900").replace(FRAMES, ""))
    assert run("simulate", "scene.yaml", "--max-seconds", "1").code == 0
    refused = run("render", "scene.yaml", "--max-seconds", "1")
    assert refused.code == 2
    assert "145 pictures of 1280 x 720 would take about" in refused.err


def test_a_film_costs_what_it_is_rendered_as(run: Run, write_scene: Write) -> None:
    write_scene(SMALL.replace(FRAMES, "frames: {size: [480, 320], count: 200}"))
    refused = run("render", "scene.yaml", "--max-seconds", "1")
    assert (refused.code, refused.out) == (2, "")
    assert "200 pictures of 480 x 320 would take about" in refused.err
    assert run("render", "scene.yaml", "--max-seconds", "1", "--format", "png").code == 0


def test_more_formats_cost_more(run: Run, write_scene: Write) -> None:
    write_scene(SMALL)
    asked = ("render", "scene.yaml", "--max-seconds", "0.07")
    refused = run(*asked, "--format", "gif,apng,webp")
    assert (refused.code, refused.out) == (2, "")
    assert "6 pictures of 48 x 32 would take about" in refused.err
    assert run(*asked, "--format", "gif,gif").code == 0


def test_a_run_that_is_growing_is_a_warning(run: Run, write_scene: Write) -> None:
    write_scene(SMALL.replace("0.9", "1.1").replace("steps: 5", "steps: 30"))
    done = run("simulate", "scene.yaml")
    assert done.code == 0
    assert "scene.yaml: warning: sgd is still growing at step 30" in done.err
    assert "sgd: step 30, x = " in done.err
    assert run("simulate", "scene.yaml", "--strict").code == 1


def test_starts_that_leave_are_told_in_one_line(run: Run, write_scene: Write) -> None:
    text = SMALL.replace("x**2/20 + y**2", "x - log(x) + y**2").replace(
        "sgd, learning_rate: 0.9", "newton"
    )
    write_scene(text.replace("[-7, 2]", "[[5, 1], [6, 1], [0.5, 1]]"))
    done = run("simulate", "scene.yaml")
    assert done.err.count("warning") == 1
    assert "warning: newton: 2 of 3 starts left the domain at step 1" in done.err
    assert done.err.count("newton: step 5") == 1


def test_where_a_run_stopped_is_told(run: Run, write_scene: Write) -> None:
    write_scene(
        f"{SMALL}stop: {{gradient: 1e-3}}\n".replace("0.9", "0.5").replace("[-7, 2]", "[0.001, 2]")
    )
    done = run("simulate", "scene.yaml", "--strict")
    assert done.code == 0
    assert "sgd: stopped at step 1 (gradient at most 0.001), x = " in done.err


def test_divergence_is_a_warning_and_with_strict_a_failure(run: Run, write_scene: Write) -> None:
    write_scene(LEAVING)
    done = run("render", "scene.yaml")
    assert (done.code, done.out) == (0, "output/scene.gif\n")
    assert "scene.yaml: warning: sgd grew beyond all bounds at step 1" in done.err
    strict = run("render", "scene.yaml", "--strict", "--force")
    assert (strict.code, strict.out) == (1, "output/scene.gif\n")


def test_strict_fails_again_where_the_film_is_current(run: Run, write_scene: Write) -> None:
    write_scene(LEAVING)
    assert run("render", "scene.yaml", "--strict").code == 1
    assert run("render", "scene.yaml", "--strict").code == 1


def test_what_a_format_cannot_do_is_told_before_anything_is_drawn(
    run: Run, write_scene: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    def draw(*_: object) -> None:
        raise AssertionError

    write_scene(SMALL.replace("48, 32]", "48, 32], fps: 60"))
    fast = run("render", "scene.yaml")
    assert (fast.code, fast.out) == (0, "output/scene.gif\n")
    assert fast.err.startswith("scene.yaml: warning: gif shows 50 of 60 pictures a second at most")
    assert run("render", "scene.yaml", "--strict").code == 1
    monkeypatch.setattr("visualize.film.compose.compose", draw)
    write_scene(f"{SMALL}formats: [png]\ntransparent: true\n")
    clear = run("render", "scene.yaml", "--format", "png,mp4,gif")
    assert (clear.code, clear.out) == (2, "")
    assert "mp4, gif cannot have a transparent background; apng, frames, png, webm" in clear.err


def test_a_scene_that_a_format_cannot_show_leaves_the_others(run: Run, write_scene: Write) -> None:
    write_scene(f"{SMALL}formats: [png]\ntransparent: true\n", "clear.yaml")
    write_scene(SMALL, "solid.yaml")
    done = run("render", "clear.yaml", "solid.yaml", "--format", "gif,gif")
    assert (done.code, done.out) == (2, "output/solid.gif\n")
    assert done.err.startswith("clear.yaml: gif cannot have a transparent background")


def test_a_scene_may_not_ask_for_a_transparent_gif(run: Run, write_scene: Write) -> None:
    write_scene(f"{SMALL}formats: [gif, png, mp4]\ntransparent: true\n")
    done = run("check", "scene.yaml")
    assert done.code == 2
    assert "transparent: gif, mp4 cannot have a transparent background" in done.err


def test_strict_says_nothing_of_runs_that_stay(run: Run, write_scene: Write) -> None:
    write_scene(SMALL)
    assert run("render", "scene.yaml", "--strict").code == 0
    assert run("simulate", "scene.yaml", "--strict").code == 0


@pytest.mark.parametrize("verb", ["render", "simulate", "new"])
@pytest.mark.parametrize("output", ["file", "file/sub"])
def test_an_output_folder_that_is_a_file_is_a_message(
    verb: str, output: str, run: Run, tmp_path: Path, write_scene: Write
) -> None:
    write_scene(SMALL)
    (tmp_path / "file").write_text("mine", "utf-8")
    done = run(verb, "scene.yaml", "-o", output)
    assert done.code in (1, 2)
    assert done.out == ""
    assert "file" in done.err
    assert "Traceback" not in done.err
    assert (tmp_path / "file").read_text("utf-8") == "mine"
    assert names_in(tmp_path) == ["file", "scene.yaml"]


@pytest.mark.parametrize(("verb", "suffix"), [("render", "gif"), ("simulate", "npz")])
def test_an_output_that_is_a_folder_is_a_message(
    verb: str, suffix: str, run: Run, tmp_path: Path, write_scene: Write
) -> None:
    write_scene(SMALL)
    write_scene(SMALL, "zother.yaml")
    (tmp_path / "output" / f"scene.{suffix}").mkdir(parents=True)
    done = run(verb, ".")
    assert done.code == 1
    assert done.out == f"output/zother.{suffix}\n"
    assert f"output/scene.{suffix}: cannot be written: it is a folder" in done.err


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write into any folder")
@pytest.mark.parametrize("verb", ["render", "simulate"])
def test_an_output_folder_that_is_read_only_is_a_message(
    verb: str, run: Run, tmp_path: Path, write_scene: Write
) -> None:
    write_scene(SMALL)
    (tmp_path / "output").mkdir(mode=0o555)
    done = run(verb, "scene.yaml")
    assert (done.code, done.out) == (1, "")
    assert "cannot be written: permission denied" in done.err


# Simulating and checking


def test_simulating_saves_the_arrays_and_tells_the_ends(run: Run, write_scene: Write) -> None:
    scene = read_scene(write_scene(SMALL))
    done = run("simulate", "scene.yaml", "-o", "arrays")
    assert (done.code, done.out) == (0, "arrays/scene.npz\n")
    run_of_sgd = simulate(scene)["sgd"]
    x, y = run_of_sgd.points[-1, 0]
    assert f"scene.yaml: sgd: step 5, x = {x:.12g}, y = {y:.12g}, value" in done.err
    with np.load("arrays/scene.npz", allow_pickle=False) as arrays:
        assert list(arrays["labels"]) == ["sgd"]
        np.testing.assert_array_equal(arrays["sgd/points"], run_of_sgd.points)
    assert names_in(Path("arrays")) == ["scene.npz"]


def test_simulating_keeps_what_the_optimizers_remember_where_asked_to(
    run: Run, write_scene: Write
) -> None:
    write_scene(SMALL.replace("{name: sgd, ", "{name: adam, "))
    run("simulate", "scene.yaml")
    with np.load("output/scene.npz", allow_pickle=False) as arrays:
        assert not [name for name in arrays.files if "/state/" in name]
    run("simulate", "scene.yaml", "--state")
    with np.load("output/scene.npz", allow_pickle=False) as arrays:
        assert [name for name in arrays.files if name.startswith("adam/state/")]


def test_simulating_tells_divergence_and_strict_makes_it_a_failure(
    run: Run, write_scene: Write
) -> None:
    write_scene(LEAVING)
    done = run("simulate", "scene.yaml")
    assert done.code == 0
    assert "warning: sgd grew beyond all bounds at step 1" in done.err
    strict = run("simulate", "scene.yaml", "--strict")
    assert (strict.code, strict.out) == (1, "output/scene.npz\n")


def test_simulating_twice_gives_the_same_bytes(run: Run, write_scene: Write) -> None:
    write_scene(SMALL)
    run("simulate", "scene.yaml", "-o", "one")
    run("simulate", "scene.yaml", "-o", "two")
    assert Path("one/scene.npz").read_bytes() == Path("two/scene.npz").read_bytes()


def test_checking_writes_nothing(run: Run, tmp_path: Path, write_scene: Write) -> None:
    write_scene(SMALL, "a.yaml")
    write_scene(BAD, "b.yaml")
    done = run("check", "a.yaml", "b.yaml")
    assert (done.code, done.out) == (2, "")
    assert "a.yaml: ok" in done.err
    assert names_in(tmp_path) == ["a.yaml", "b.yaml"]
    assert run("check", "a.yaml").code == 0


@pytest.mark.parametrize("file", SCENES, ids=lambda file: file.stem)
def test_every_scene_that_comes_along_is_sound(file: Path, run: Run) -> None:
    assert run("check", file).code == 0


@pytest.mark.parametrize(("options", "hint"), [([], False), (["--state"], True)])
def test_arrays_that_memory_cannot_hold_are_told(
    options: list[str], hint: bool, run: Run, write_scene: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    def simulate(*_: Any, **__: Any) -> None:
        raise MemoryError

    monkeypatch.setattr("visualize.simulation.simulate.simulate", simulate)
    done = run("simulate", *options, write_scene(SMALL))
    assert (done.code, done.out) == (1, "")
    assert "not enough memory for the arrays; take fewer steps or starts" in done.err
    assert ("--state" in done.err) == hint


# Verifying


@pytest.fixture
def verified(run: Run, write_scene: Write) -> Path:
    """Return a scene of two runs whose baselines are in `saved`."""
    path = write_scene(TWO_RUNS)
    assert run("verify", path, "--baselines", "saved", "--update").code == 0
    return path


def test_what_is_as_its_baseline_passes(run: Run, verified: Path) -> None:
    done = run("verify", verified, "--baselines", "saved")
    assert (done.code, done.out) == (0, "")
    assert done.err == f"{verified}: as in its baseline\n"


def test_the_arrays_of_simulate_are_baselines(run: Run, verified: Path) -> None:
    for state in ((), ("--state",)):
        run("simulate", verified, "-o", "mine", *state)
        assert run("verify", verified, "--baselines", "mine").code == 0


def test_a_step_that_moved_is_told_with_what_changed_and_how_to_accept_it(
    run: Run, verified: Path
) -> None:
    before = Path("saved/scene.npz").read_bytes()
    verified.write_text(TWO_RUNS.replace("0.3", "0.31"), "utf-8")
    done = run("verify", verified, "--baselines", "saved")
    assert (done.code, done.out) == (1, "")
    for words in (
        f"{verified}: not as in its baseline {Path('saved/scene.npz')}",
        "adam: differs from its baseline from step 1 on, in points[x]",
        "largest difference",
        "scene.optimizers[adam].learning_rate: 0.3 -> 0.31",
    ):
        assert words in done.err
    assert "sgd" not in done.err
    accept = done.err.splitlines()[-1]
    assert accept == f"to accept: visualize verify {verified} --baselines saved --update"
    assert Path("saved/scene.npz").read_bytes() == before
    assert run(*accept.split()[3:]).code == 0
    assert run("verify", verified, "--baselines", "saved").code == 0


def test_an_update_lists_what_is_new_and_changed_and_leaves_the_rest(
    run: Run, verified: Path, write_scene: Write
) -> None:
    other = write_scene(TWO_RUNS, "other.yaml")
    same = Path("saved/scene.npz")
    before = same.stat().st_mtime_ns
    done = run("verify", verified.parent, "--baselines", "saved", "--update")
    assert (done.code, done.out) == (0, f"{Path('saved/other.npz')}\n")
    assert f"{other}: the baseline is new" in done.err
    assert f"{verified}: as in its baseline" in done.err
    assert same.stat().st_mtime_ns == before
    other.write_text(TWO_RUNS.replace("0.3", "0.31"), "utf-8")
    done = run("verify", verified.parent, "--baselines", "saved", "--update")
    assert (done.code, done.out) == (0, f"{Path('saved/other.npz')}\n")
    assert f"{other}: the baseline is changed" in done.err


def test_a_missing_baseline_is_a_failure(run: Run, verified: Path, write_scene: Write) -> None:
    other = write_scene(TWO_RUNS, "other.yaml")
    done = run("verify", verified, other, "--baselines", "saved")
    assert done.code == 1
    assert f"{other}: there is no baseline {Path('saved/other.npz')} yet" in done.err
    assert not Path("saved/other.npz").exists()


def test_a_missing_folder_of_baselines_is_wrong_usage(run: Run, write_scene: Write) -> None:
    done = run("verify", write_scene(TWO_RUNS), "--baselines", "nowhere")
    assert done.code == 2
    assert "there is no folder nowhere" in done.err


def test_a_damaged_baseline_is_a_failure_and_stays(run: Run, verified: Path) -> None:
    Path("saved/scene.npz").write_bytes(b"nothing")
    done = run("verify", verified, "--baselines", "saved")
    assert done.code == 1
    assert "scene.npz: these are no saved arrays" in done.err
    assert Path("saved/scene.npz").read_bytes() == b"nothing"


def test_a_bad_scene_does_not_keep_the_others_from_being_verified(
    run: Run, verified: Path, write_scene: Write
) -> None:
    bad = write_scene(BAD, "bad.yaml")
    done = run("verify", bad, verified, "--baselines", "saved")
    assert done.code == 2
    assert f"{verified}: as in its baseline" in done.err


def test_two_scenes_with_one_baseline_are_refused(run: Run, verified: Path) -> None:
    twin = verified.parent / "twin" / verified.name
    twin.parent.mkdir()
    twin.write_text(TWO_RUNS, "utf-8")
    done = run("verify", verified, twin, "--baselines", "saved")
    assert done.code == 2
    assert "would be written by" in done.err


def test_a_picture_shows_what_moved(run: Run, verified: Path) -> None:
    verified.write_text(TWO_RUNS.replace("0.3", "0.31"), "utf-8")
    done = run("verify", verified, "--baselines", "saved", "--picture", "-o", "pictures")
    picture = Path("pictures/scene.adam.png")
    assert (done.code, done.out) == (1, f"{picture}\n")
    with Image.open(picture) as image:
        assert image.size == (1280, 720)
    assert names_in(Path("pictures")) == ["scene.adam.png"]


def test_json_tells_all_of_it_on_stdout(run: Run, verified: Path) -> None:
    [found] = json.loads(run("verify", verified, "--baselines", "saved", "--json").out)
    assert (found["scene"], found["outcome"], found["differences"]) == (str(verified), "same", [])
    verified.write_text(TWO_RUNS.replace("0.3", "0.31"), "utf-8")
    done = run("verify", verified, "--baselines", "saved", "--json", "--picture")
    [found] = json.loads(done.out)
    [difference] = found["differences"]
    assert done.code == 1
    assert found["outcome"] == "different"
    assert found["pictures"] == [str(Path("output/scene.adam.png"))]
    assert found["changes"] == ["scene.optimizers[adam].learning_rate: 0.3 -> 0.31"]
    assert (difference["run"], difference["kind"]) == ("adam", "numbers")
    first = difference["first"]
    assert (first["array"], first["step"], first["index"]) == ("points", 1, [0, 0])
    assert first["baseline"] == pytest.approx(-6.7)
    assert first["now"] == pytest.approx(-6.69)


# Importing


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    path = tmp_path / "run.npy"
    np.save(path, np.array([[-7, 2], [-6, 1], [-5, 0.5]]))
    return path


def test_an_imported_run_becomes_a_scene_that_renders(run: Run, recording: Path) -> None:
    done = run("import", recording.name, "--objective", "x**2/20 + y**2")
    assert (done.code, done.out, done.err) == (0, "run.yaml\n", "")
    assert simulate(read_scene("run.yaml"))["run"].values[0, 0] == pytest.approx(6.45)
    assert run("render", "run.yaml", "--format", "png").code == 0


def test_an_imported_run_needs_no_objective(run: Run, recording: Path) -> None:
    assert run("import", recording.name).code == 0
    assert run("render", "run.yaml", "--format", "png").code == 0


def test_an_imported_run_is_found_from_where_the_scene_is(run: Run, recording: Path) -> None:
    Path("data").mkdir()
    recording.rename("data/run.npy")
    done = run("import", "data/run.npy", "-o", "scenes", "--title", "a: b # c", "--name", "mine")
    assert done.out == f"{Path('scenes/mine.yaml')}\n"
    assert "give --allow-outside to render it" in done.err
    done = run("check", "scenes/mine.yaml")
    assert done.code == 2
    assert "lies outside the scene's folder; --allow-outside reads it" in done.err
    assert run("check", "scenes/mine.yaml", "--allow-outside").code == 0
    scene = read_scene("scenes/mine.yaml", allow_outside=True)
    assert (scene.title, scene.trajectories[0].file) == ("a: b # c", "scenes/../data/run.npy")


def test_several_runs_become_one_scene(run: Run, recording: Path) -> None:
    Path("other.csv").write_text("x,y,loss\n1,2,3\n2,3,4\n", "utf-8")
    assert run("import", recording.name, "other.csv").code == 0
    assert list(simulate(read_scene("run.yaml"))) == ["run", "other"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["run.npy", "--objective", "x**2 + k"], "unknown name 'k'"),
        (["run.npy", "--objective", "x**2"], "run has 2 coordinates; the objective has 1"),
        (["wrong.csv"], "line 2, column 2: no number"),
        (["nowhere.npy"], "does not exist"),
        (["run.npy", "--name", "../out"], "cannot be a file's name everywhere"),
        ([], "Missing argument"),
    ],
)
def test_what_cannot_be_imported_is_told_and_leaves_nothing(
    arguments: list[str], words: str, run: Run, recording: Path
) -> None:
    Path("wrong.csv").write_text("1,2\na,b\n".replace("a,", "1,"), "utf-8")
    done = run("import", *arguments)
    assert done.code == 2
    assert words in done.err
    assert names_in(recording.parent) == ["run.npy", "wrong.csv"]


def test_what_is_wrong_in_an_import_is_told_of_its_files_and_options(
    run: Run, recording: Path
) -> None:
    Path("words.csv").write_text("x,y,converged\n1,2,no\n", "utf-8")
    done = run("import", "words.csv", recording.name, "--objective", "x**2 + k")
    told = done.err.splitlines()
    assert "words.yaml" not in done.err
    assert any(it.startswith("words.csv: these are no recorded points (line 2") for it in told)
    assert any(it.startswith("--objective: unknown name 'k'") for it in told)


def test_an_import_has_the_budget_of_a_scene(run: Run, recording: Path) -> None:
    done = run("import", recording.name, "--max-memory", "1e-9")
    assert done.code == 2
    assert done.err.startswith("run.npy: to read it takes more than is left of")
    assert done.err.endswith("--max-memory raises that\n")
    assert run("import", recording.name, "--max-memory", "1").code == 0


def test_an_import_writes_over_a_scene_only_if_forced(run: Run, recording: Path) -> None:
    run("import", recording.name)
    before = Path("run.yaml").read_bytes()
    done = run("import", recording.name, "--objective", "x**2 + y**2")
    assert (done.code, Path("run.yaml").read_bytes()) == (2, before)
    assert run("import", recording.name, "--objective", "x**2 + y**2", "--force").code == 0
    assert Path("run.yaml").read_bytes() != before


# Telling what there is


@pytest.mark.parametrize("kind", KINDS)
def test_listing_names_everything_there_is(kind: str, run: Run) -> None:
    done = run("list", kind)
    assert (done.code, done.err) == (0, "")
    lines = done.out.splitlines()
    assert [line.split()[0] for line in lines] == list(KINDS[kind])
    assert all(len(line.split()) > 1 and "…" not in line for line in lines)


def test_a_list_on_a_terminal_is_no_wider_than_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    for kind in KINDS:
        assert all(len(line) <= 80 for line in overview(kind).splitlines())


@pytest.mark.parametrize("kind", KINDS)
def test_listing_one_shows_that_one(kind: str, run: Run) -> None:
    name = KINDS[kind][-1]
    done = run("list", kind, name)
    assert done.code == 0
    assert done.out.splitlines()[0] == name
    assert len(done.out.splitlines()) > 1


def test_several_are_shown_in_the_order_asked_for(run: Run) -> None:
    shown = run("list", "optimizers", "lion", "adam").out
    assert (
        shown
        == run("list", "optimizers", "lion").out + "\n" + run("list", "optimizers", "adam").out
    )


def test_an_optimizer_is_shown_with_the_formula_of_each_convention(run: Run) -> None:
    shown = run("list", "optimizers", "adagrad").out
    below = shown.index("x ← x - η g / √(s + ε)")
    assert shown.index("convention: torch (the rule without any)") < below
    assert shown.index("convention: paper: epsilon 0") < below
    assert shown.index("convention: keras: learning_rate 0.001, epsilon 1e-07") > below
    assert shown.index("convention: optax") > below


@pytest.mark.parametrize("name", OPTIMIZERS.names())
def test_every_convention_is_listed(name: str, run: Run) -> None:
    shown = run("list", "optimizers", name).out
    for convention in OPTIMIZERS.load(name).conventions:
        assert f"convention: {convention}" in shown


@pytest.mark.parametrize("name", OPTIMIZERS.names())
def test_listing_an_optimizer_shows_every_setting(name: str, run: Run) -> None:
    shown = run("list", "optimizers", name).out
    for setting in OPTIMIZERS.load(name).model_fields.keys() - {"name"}:
        assert f" {setting} " in shown


def test_the_schema_is_the_one_that_is_committed(run: Run) -> None:
    done = run("schema")
    assert (done.code, done.err) == (0, "")
    committed = (ROOT / "visualize" / "scene.schema.json").read_text("utf-8")
    assert json.loads(done.out) == json.loads(committed)


def test_the_version_is_told(run: Run) -> None:
    done = run("--version")
    assert done.code == 0
    assert __version__ in done.out


@pytest.mark.parametrize("verb", ["", *commands.commands], ids=lambda it: it or "-")
def test_help_is_given_for_every_command(verb: str, run: Run) -> None:
    for option in ("--help", "-h"):
        done = run(*([verb] if verb else []), option)
        assert (done.code, done.err) == (0, "")
        assert done.out.startswith("Usage: visualize")


MODULES = """\
import contextlib, os, sys
from visualize.commands.main import main
for line in sys.argv[1:]:
    sys.argv = ["visualize", *line.split()]
    with contextlib.suppress(SystemExit), open(os.devnull, "w") as nothing:
        with contextlib.redirect_stdout(nothing):
            main()
print(*sys.modules)
"""


def modules_after(*lines: str, folder: Path) -> set[str]:
    """Return what a fresh process has imported after some commands."""
    done = subprocess.run(
        [sys.executable, "-c", MODULES, *lines],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.split())


@pytest.mark.parametrize("jobs", [1, 2])
def test_somebodys_own_settings_of_matplotlib_neither_break_nor_change_a_picture(
    jobs: int, tmp_path: Path, write_scene: Write
) -> None:
    scenes = [write_scene(SMALL, "a.yaml"), write_scene(SMALL, "b.yaml")][:jobs]
    ordinary = save(
        compose(read_scene(scenes[0]), simulate(read_scene(scenes[0]))), tmp_path / "a.png"
    )
    theirs = tmp_path / "matplotlibrc.theirs"
    theirs.write_bytes(b"text.usetex: true\nfont.size: 90\nnonsense\nbackend: foo\n\xff\n")
    done = subprocess.run(
        command("render", *scenes, "--format", "png", "-j", jobs),
        cwd=tmp_path,
        env=environment(MPLBACKEND="foo", MATPLOTLIBRC=str(theirs)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "matplotlib" not in done.stderr
    assert (tmp_path / "output" / "a.png").read_bytes() == ordinary.read_bytes()


def test_what_draws_nothing_loads_nothing_that_draws(tmp_path: Path) -> None:
    loaded = modules_after(
        f"check {SCENES[0]}",
        f"simulate {SCENES[1]} -o arrays",
        f"verify {SCENES[1]} --baselines arrays --update",
        "schema",
        *(f"list {kind}" for kind in KINDS),
        folder=tmp_path,
    )
    assert {"visualize.commands.main", "visualize.simulation.simulate"} <= loaded
    assert not loaded & HEAVY


def test_help_loads_nothing_heavy(tmp_path: Path) -> None:
    loaded = modules_after("--help", "render --help", folder=tmp_path)
    assert "visualize.commands.render" in loaded
    assert not loaded & (HEAVY | {"numpy", "pydantic", "ruamel", "rich"})


# New scenes


def test_a_new_scene_is_sound_and_makes_a_film(run: Run, tmp_path: Path) -> None:
    done = run("new", "race")
    assert (done.code, done.out) == (0, "race.yaml\n")
    assert run("check", "race.yaml").code == 0
    scene = shrunk(read_scene("race.yaml"))
    path = save(compose(scene, simulate(scene)), tmp_path / "race.gif")
    with Image.open(path) as image:
        assert image.size == scene.frames.size


def test_a_new_scene_explains_itself(run: Run) -> None:
    run("new", "race")
    assert Path("race.yaml").read_text("utf-8").count("#") >= 5


@pytest.mark.parametrize("origin", [file.stem for file in SCENES])
def test_a_new_scene_can_be_a_copy_of_one_that_comes_along(origin: str, run: Run) -> None:
    done = run("new", "mine", "--from", origin, "-o", "my/scenes")
    assert (done.code, done.out.split()[0]) == (0, "my/scenes/mine.yaml")
    copied = Path("my/scenes/mine.yaml").read_bytes()
    assert copied == (ROOT / "scenes" / f"{origin}.yaml").read_bytes()


def test_a_copy_brings_its_recording_along(run: Run, tmp_path: Path) -> None:
    done = run("new", "mine", "--from", "torch-network", "-o", "there")
    assert done.code == 0
    assert done.out.split() == [str(Path("there/mine.yaml")), str(Path("there/torch-network.npz"))]
    assert read_scene("there/mine.yaml").trajectories
    Path("there/mine.yaml").unlink()
    done = run("new", "mine", "--from", "torch-network", "-o", "there")
    assert done.code == 2
    assert "torch-network.npz is there already" in done.err
    assert names_in(tmp_path / "there") == ["torch-network.npz"]


def test_an_unknown_scene_to_copy_gets_a_suggestion(run: Run, tmp_path: Path) -> None:
    done = run("new", "mine", "--from", "adagrad1d")
    assert done.code == 2
    assert "did you mean 'adagrad-1d'?" in done.err
    assert names_in(tmp_path) == []


def test_a_file_that_is_there_is_not_written_over_unless_forced(run: Run) -> None:
    Path("race.yaml").write_text("mine", "utf-8")
    done = run("new", "race")
    assert (done.code, done.out) == (2, "")
    assert "race.yaml is there already" in done.err
    assert Path("race.yaml").read_text("utf-8") == "mine"
    assert run("new", "race.yaml", "--force").code == 0
    assert Path("race.yaml").read_text("utf-8") != "mine"


@pytest.mark.parametrize(
    "name",
    [
        *("../x", "/x", "a/b", "a\\b", ".", "..", ".hidden", "", " ", "a:b", "a\nb", "nul\0"),
        *("CON", "con.yaml", "nul", "COM1", "lpt9.yaml", "x" * 300, "-", "a*"),
    ],
    ids=lambda name: ascii(name[:12]),
)
def test_a_name_that_is_no_files_name_everywhere_is_refused(
    name: str, run: Run, tmp_path: Path
) -> None:
    done = run("new", "--", name)
    assert (done.code, done.out) == (2, "")
    assert done.err
    assert "Traceback" not in done.err
    assert names_in(tmp_path) == []


@pytest.mark.parametrize("name", ["a", "race-2", "my race", "naïve", "v1.2", "x" * 100])
def test_an_ordinary_name_is_taken(name: str, run: Run, tmp_path: Path) -> None:
    assert run("new", name).out == f"{name}.yaml\n"
    assert names_in(tmp_path) == [f"{name}.yaml"]


# Interrupts

HOOK = """\
import os, sys

def report(event, arguments):
    name = str(arguments[0]) if arguments else ""
    writes = event == "open" and ".visualize-" in name and arguments[1] == "w"
    reads = event == "open" and name.endswith("scene.yaml")
    encodes = event == "subprocess.Popen" and "ffmpeg" in name
    if {"films": writes or encodes, "scene": reads}[os.environ["VISUALIZE_AWAITED"]]:
        pipe = os.open(os.environ["VISUALIZE_PIPE"], os.O_WRONLY)
        os.write(pipe, b".")
        os.close(pipe)

sys.addaudithook(report)
"""
"""Run by every Python process of a command: it reports when a film, or a scene, is opened."""


@contextlib.contextmanager
def interruptible(
    *arguments: object, cwd: Path, count: int = 1, awaited: str = "films"
) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """Start a command in a process group of its own, and wait until so many films are begun.

    Its processes carry a mark. Signals are as in a terminal, whatever this process ignores.
    """
    mark, site, pipe = uuid.uuid4().hex, cwd / "site", cwd / "pipe"
    site.mkdir()
    (site / "sitecustomize.py").write_text(HOOK, "utf-8")
    os.mkfifo(pipe)
    reports = os.open(pipe, os.O_RDWR)
    process = subprocess.Popen(
        command(*arguments),
        cwd=cwd,
        env=environment(
            VISUALIZE_TEST=mark,
            VISUALIZE_AWAITED=awaited,
            VISUALIZE_PIPE=str(pipe),
            PYTHONPATH=os.pathsep.join([str(site), str(ROOT)]),
        ),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=signals_as_in_a_terminal,
    )
    try:
        for _ in range(count):
            assert select.select([reports], [], [], 60)[0], "it took too long"
            os.read(reports, 1)
        yield process, mark
    finally:
        for left in marked(mark):
            with contextlib.suppress(ProcessLookupError):
                os.kill(left, signal.SIGKILL)
        process.communicate()
        os.close(reports)
        pipe.unlink()
        shutil.rmtree(site)


def signals_as_in_a_terminal() -> None:
    for sent in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(sent, signal.SIG_DFL)


def gone(mark: str) -> bool:
    """Whether all processes that carry a mark end soon."""
    for process in marked(mark):
        with contextlib.suppress(ProcessLookupError):
            end = os.pidfd_open(process)
            ended = select.select([end], [], [], 10)[0]
            os.close(end)
            if not ended:
                return False
    return True


def marked(mark: str) -> list[int]:
    """Return the processes that carry a mark, however they were started."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if f"VISUALIZE_TEST={mark}".encode() in (folder / "environ").read_bytes():
                found.append(int(folder.name))
    return found


INTERRUPTS = [
    (signal.SIGINT, 130, "gif", 2),
    (signal.SIGTERM, 143, "mp4", 1),
]


@pytest.mark.parametrize(("sent", "code", "name", "jobs"), INTERRUPTS)
def test_an_interrupt_leaves_the_old_films_and_no_process(
    sent: signal.Signals, code: int, name: str, jobs: int, tmp_path: Path, write_scene: Write
) -> None:
    scenes = [write_scene(ENDLESS, f"scene-{i}.yaml") for i in range(jobs)]
    films = tmp_path / "films"
    films.mkdir()
    for scene in scenes:
        (films / f"{scene.stem}.{name}").write_bytes(b"old")
    options = ("-o", films, "--format", name, "-j", jobs)
    with interruptible("render", *scenes, *options, cwd=tmp_path, count=jobs) as (process, mark):
        if sent == signal.SIGINT:
            os.killpg(process.pid, sent)  # as a terminal does it
        else:
            process.send_signal(sent)
        out, err = process.communicate(timeout=30)
        assert process.returncode == code
        assert out == ""
        assert "Traceback" not in err
        assert "Exception ignored" not in err
        assert gone(mark)
    assert names_in(films) == sorted(f"{scene.stem}.{name}" for scene in scenes)
    assert {(films / film).read_bytes() for film in names_in(films)} == {b"old"}


def test_an_interrupt_ends_a_simulation_too(tmp_path: Path, write_scene: Write) -> None:
    write_scene(ENDLESS.replace("4000", "2000000").replace("180]", "180], count: 2"))
    arguments = ("simulate", "scene.yaml")
    with interruptible(*arguments, cwd=tmp_path, awaited="scene") as (process, mark):
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
        assert process.returncode == 130
        assert (out, err.strip()) == ("", "interrupted")
        assert gone(mark)
    assert names_in(tmp_path) == ["scene.yaml"]


@pytest.mark.parametrize(("name", "jobs"), [("mp4", 1)])
def test_what_a_killed_command_leaves_behind_is_removed_by_the_next(
    name: str, jobs: int, tmp_path: Path, write_scene: Write
) -> None:
    scenes = [write_scene(ENDLESS, f"scene-{i}.yaml") for i in range(jobs)]
    films = tmp_path / "films"
    options = ("-o", films, "--format", name, "-j", jobs)
    with interruptible("render", *scenes, *options, cwd=tmp_path, count=jobs) as (process, mark):
        process.kill()
        process.wait()
        assert gone(mark)
    for scene in scenes:
        write_scene(SMALL, scene.name)
    assert run_apart("render", ".", "-o", films, "--format", name, cwd=tmp_path).code == 0
    assert names_in(films) == [f"{scene.stem}.{name}" for scene in scenes]


@pytest.mark.parametrize("verb", ["list objectives", "schema", "list optimizers"])
def test_a_reader_that_has_read_enough_is_no_error(verb: str, tmp_path: Path) -> None:
    line = f"{' '.join(command(*verb.split()))} | head -c 10"
    done = subprocess.run(
        ["bash", "-c", line], cwd=tmp_path, env=environment(), capture_output=True, check=False
    )
    assert done.returncode == 0
    assert len(done.stdout) == 10
    assert done.stderr == b""


def test_a_closed_stdout_leaves_a_whole_film(tmp_path: Path, write_scene: Write) -> None:
    write_scene(SMALL)
    line = f"{' '.join(command('render', 'scene.yaml'))} | true"
    done = subprocess.run(
        ["bash", "-c", line], cwd=tmp_path, env=environment(), capture_output=True, check=False
    )
    assert b"Traceback" not in done.stderr
    assert b"Exception ignored" not in done.stderr
    assert names_in(tmp_path / "output") == ["scene.gif"]
    with Image.open(tmp_path / "output" / "scene.gif") as image:
        image.load()


def test_a_format_of_somebody_else_is_no_folder_and_no_scene(
    run: Run, write_scene: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FORMATS, "_registered", {"flipbook": FORMATS.load("gif")})
    write_scene(SMALL)
    (tmp_path / "film.flipbook").write_text("")
    for arguments, words in (
        (["render", "scene.yaml", "-o", "out.flipbook"], "a folder is wanted"),
        (["check", "film.flipbook"], "no scene file, but a picture or a film"),
    ):
        done = run(*arguments)
        assert done.code == 2
        assert words in done.err
