"""The programs of docs/python.md run, and print what they say."""

import importlib.util
import os
import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from tests.conftest import ROOT

TEXT = (ROOT / "docs" / "python.md").read_text("utf-8")
PROGRAMS = re.findall(r"^```python\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
LIBRARIES = ("torch", "optax", "keras", "scipy")
USES = {"scipy": "from_scipy("} | {name: f"import {name}" for name in LIBRARIES[:3]}
[TESTED] = [program for program in PROGRAMS if "trajectory_regression" in program]
PLAIN = [it for it in PROGRAMS if it != TESTED and not any(use in it for use in USES.values())]


def run_apart(program: str, folder: Path) -> None:
    """Run a program in a process of its own: its library may not be loaded here."""
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder,
        env={**os.environ, "KERAS_BACKEND": "torch"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    prints_what_it_says(program, done.stdout)


def prints_what_it_says(program: str, printed: str) -> None:
    for expected in re.findall(r"print\(.*#  ?(\[.*)", program):
        assert printed.strip() == expected


@pytest.mark.parametrize("program", PLAIN)
def test_a_program_runs(
    program: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "scenes").symlink_to(ROOT / "scenes")
    (tmp_path / "program.py").write_text(program, "utf-8")
    runpy.run_path("program.py", run_name="__main__")
    prints_what_it_says(program, capsys.readouterr().out)
    for name in re.findall(r'"(output/.*?)"', program):
        with Image.open(tmp_path / name) as image:
            assert image.size >= (320, 240)


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_program_with_another_library_runs(library: str, tmp_path: Path) -> None:
    programs = [program for program in PROGRAMS if USES[library] in program]
    assert programs
    if importlib.util.find_spec(library) is None:
        pytest.skip(f'{library} is not installed: pip install ".[oracle]"')
    for index, program in enumerate(programs):
        folder = tmp_path / str(index)
        folder.mkdir()
        run_apart(program, folder)


def test_every_program_is_run_and_is_short() -> None:
    counted = [sum(bool(line.strip()) for line in program.splitlines()) for program in PROGRAMS]
    assert max(counted) <= 16
    used = sum(any(use in program for use in USES.values()) for program in PROGRAMS)
    assert len(PLAIN) + used + 1 == len(PROGRAMS)


def test_the_test_is_one(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    pytester.makepyfile(test_mine=TESTED)
    pytester.runpytest().assert_outcomes(failed=1)
    pytester.runpytest().assert_outcomes(passed=1)
