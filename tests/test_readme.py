import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT, SCENES
from visualize import read_scene, simulate
from visualize.cli import commands

README = (ROOT / "README.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


SHELL = [line for block in blocks("sh") for line in block.splitlines()]
PROGRAM = [line for line in SHELL if line.startswith("visualize ")]


def visualize(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "visualize", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("text", blocks("yaml"))
def test_every_scene_of_the_readme_runs(text: str, tmp_path: Path) -> None:
    path = tmp_path / "scene.yaml"
    path.write_text(text, "utf-8")
    assert simulate(read_scene(path))


def test_the_commands_of_the_readme_make_what_it_says(tmp_path: Path) -> None:
    (tmp_path / "race.yaml").write_text(blocks("yaml")[0], "utf-8")
    assert PROGRAM
    for line in PROGRAM:
        done = visualize(*shlex.split(line)[1:], folder=tmp_path)
        assert done.returncode == 0, done.stderr
    assert (tmp_path / "output" / "race.gif").is_file()
    assert (tmp_path / "output" / "mine.gif").is_file()


@pytest.mark.parametrize("code", blocks("python"))
def test_every_program_of_the_readme_runs(code: str, tmp_path: Path) -> None:
    (tmp_path / "scenes").symlink_to(ROOT / "scenes")
    command = [sys.executable, "-W", "error", "-c", code]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    for expected in re.findall(r"print\(.*#  ?(\[\[.*)", code):
        assert done.stdout.strip() == expected


def test_the_mistakes_of_the_readme_are_told_like_that(tmp_path: Path) -> None:
    (tmp_path / "scenes").mkdir()
    lines = ["objective: x**2", "start: 1", "", "optimizers:", "  - name: adam"]
    lines += ["    learning_rate: 1", "  - name: sgd", "    learning_rate: -0.1"]
    lines += ["    learning_rat: 0.1"]
    (tmp_path / "scenes" / "race.yaml").write_text("\n".join(lines), "utf-8")
    done = visualize("check", "scenes/race.yaml", folder=tmp_path)
    [shown] = blocks("text")
    assert done.returncode == 2
    assert done.stderr.startswith(shown)


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
    targets = re.findall(r"\]\((?!https?:)([^)#]+)\)", README)
    assert targets
    for target in targets:
        assert (ROOT / target).exists(), target


def test_pictures_are_small() -> None:
    for picture in re.findall(r"!\[[^]]*\]\(([^)]+)\)", README):
        assert (ROOT / picture).stat().st_size < 400_000
