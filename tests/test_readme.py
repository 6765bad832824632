import json
import os
import re
import runpy
import shlex
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from tests.conftest import ROOT, SCENES
from visualize import Scene, read_scene, simulate
from visualize.commands.main import commands

RECORDING = json.loads((ROOT / "tests" / "golden" / "recording.json").read_text("utf-8"))
README = (ROOT / "README.md").read_text("utf-8")
TEXT = re.sub(r"^```.*?^```$", "", README, flags=re.MULTILINE | re.DOTALL)
"""What is no code."""


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


SHELL = [line for block in blocks("sh") for line in block.splitlines()]
PROGRAM = [line for line in SHELL if line.startswith("visualize ")]


def visualize(*arguments: str) -> Result:
    return CliRunner().invoke(commands, arguments, catch_exceptions=False)


def watch(*arguments: str, folder: Path) -> None:
    """Watch until a still is drawn; no browser is opened."""
    command = [sys.executable, "-m", "visualize", "watch", *arguments]
    with subprocess.Popen(
        command,
        cwd=folder,
        env={**os.environ, "BROWSER": "true"},
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        told = []
        for line in process.stderr:
            told.append(line)
            if line.startswith("race.yaml: "):
                break
        process.send_signal(signal.SIGINT)
        told += process.stderr
    assert process.returncode == 130, told
    assert told[0].startswith("the page: http://127.0.0.1:")


@pytest.mark.parametrize("text", blocks("yaml"))
def test_every_scene_of_the_readme_runs(text: str, tmp_path: Path) -> None:
    path = tmp_path / "scene.yaml"
    path.write_text(text, "utf-8")
    shutil.copy(ROOT / "scenes" / "flats.csv", tmp_path)
    assert simulate(read_scene(path))


def test_the_commands_of_the_readme_make_what_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "race.yaml").write_text(blocks("yaml")[0], "utf-8")
    (tmp_path / "post.md").write_text(blocks("markdown")[0], "utf-8")
    np.save(tmp_path / "adam.npy", RECORDING["points"])
    assert PROGRAM
    for line in PROGRAM:
        words = shlex.split(line, comments=True)[1:]
        if words[0] == "watch":
            watch(*words[1:], folder=tmp_path)
            continue
        done = visualize(*words)
        assert done.exit_code == 0, done.stderr
    assert (tmp_path / "found" / "race.yaml").is_file()
    assert (tmp_path / "output" / "race.gif").is_file()
    assert (tmp_path / "output" / "mine.gif").is_file()
    assert {it.suffix for it in (tmp_path / "output").glob("post.*")} == {
        ".mp4",
        ".pdf",
        ".png",
        ".vtt",
    }
    assert (tmp_path / "output" / "adam.gif").is_file()
    assert (tmp_path / "baselines" / "race.npz").is_file()


def test_the_recorded_points_are_those_of_the_readmes_program() -> None:
    # torch is no dependency of the tests; tests/golden/record.py has run the program.
    [program] = [code for code in blocks("python") if "torch" in code]
    assert program == RECORDING["program"]


def test_the_recorded_run_is_the_one_that_the_same_optimizer_makes_here() -> None:
    scene = {
        "objective": "x**2/20 + y**2",
        "start": [-7, 2],
        "steps": 60,
        "optimizers": [{"name": "adam", "convention": "torch", "learning_rate": 0.3}],
    }
    points = simulate(Scene.model_validate(scene))["adam"].points[:, 0]
    np.testing.assert_allclose(RECORDING["points"], points, atol=1e-5)  # torch ran in float32


@pytest.mark.parametrize("code", [code for code in blocks("python") if "torch" not in code])
def test_every_program_of_the_readme_runs(
    code: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "scenes").symlink_to(ROOT / "scenes")
    (tmp_path / "program.py").write_text(code, "utf-8")
    runpy.run_path("program.py", run_name="__main__")
    printed = capsys.readouterr().out
    for expected in re.findall(r"print\(.*#  ?(\[\[.*)", code):
        assert printed.strip() == expected


def test_the_mistakes_of_the_readme_are_told_like_that(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "scenes").mkdir()
    lines = ["objective: x**2", "start: 1", "", "optimizers:", "  - name: adam"]
    lines += ["    learning_rate: 1", "  - name: sgd", "    learning_rate: -0.1"]
    lines += ["    learning_rat: 0.1"]
    (tmp_path / "scenes" / "race.yaml").write_text("\n".join(lines), "utf-8")
    done = visualize("check", "scenes/race.yaml")
    [shown] = [block for block in blocks("text") if block.startswith("scenes/")]
    assert done.exit_code == 2
    assert done.stderr.startswith(shown)


def test_the_test_of_the_readme_tells_what_it_says(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CI", raising=False)
    [code] = [code for code in blocks("python") if "trajectory_regression" in code]
    [shown] = [block for block in blocks("text") if block.startswith("points:")]
    pytester.makepyfile(test_descent=code)
    pytester.runpytest().assert_outcomes(failed=1)
    assert (pytester.path / "test_descent" / "test_descent.npz").is_file()
    pytester.runpytest().assert_outcomes(passed=1)
    pytester.makepyfile(test_descent=code.replace("0.9 ", "0.901 "))
    result = pytester.runpytest()
    result.assert_outcomes(failed=1)
    assert shown in "\n".join(result.outlines)


def test_the_settings_of_the_readme_are_pytests(pytester: pytest.Pytester) -> None:
    [settings] = blocks("toml")
    (pytester.path / "pyproject.toml").write_text(settings, "utf-8")
    (pytester.path / "scenes").symlink_to(ROOT / "scenes")
    (pytester.path / "tests").symlink_to(ROOT / "tests")
    result = pytester.runpytest_subprocess("scenes", "-v")
    result.stdout.fnmatch_lines(["scenes/race.yaml::Adam PASSED*"])
    assert result.ret == 0


def test_the_scene_about_recorded_runs_plays_its_files(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "arrays.md").read_text("utf-8")
    [scene] = re.findall(r"^```yaml\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    np.save(tmp_path / "adam.npy", RECORDING["points"])
    (tmp_path / "table.csv").write_text("step,x,y\n0,-7,2\n1,-6,1\n", "utf-8")
    (tmp_path / "scene.yaml").write_text(scene, "utf-8")
    assert list(simulate(read_scene(tmp_path / "scene.yaml"))) == ["torch's Adam", "as printed"]


def test_the_two_commands_are_single_lines_that_ci_runs_as_they_stand() -> None:
    assert len([line for line in SHELL if line.startswith("python3 -m venv")]) == 2
    script = (ROOT / ".ci" / "run").read_text("utf-8")
    assert "README.md" in script
    assert "-m pytest" not in script


def test_every_command_and_scene_is_named() -> None:
    for name in commands.commands:
        assert f"`visualize {name}" in README
    for scene in SCENES:
        assert f"scenes/{scene.name}" in README or f"output/{scene.stem}.gif" in README


def test_pictures_and_links_are_there() -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)\)", TEXT)
    assert targets
    for target in targets:
        assert (ROOT / target).exists(), target


def test_pictures_are_small() -> None:
    for picture in re.findall(r"!\[[^]]*\]\(([^)]+)\)", TEXT):
        assert (ROOT / picture).stat().st_size < 400_000
