"""What is said of folders of scenes: its programs and commands run, its numbers are the code's."""

import re
import shlex
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from tests.commands.test_commands import Run, run
from tests.conftest import ROOT, SMALL
from visualize.commands._results import IN_WORDS
from visualize.storage.cache import FOLDER, LARGEST

TEXT = (ROOT / "docs" / "batch.md").read_text("utf-8")
CI = (ROOT / "docs" / "ci.md").read_text("utf-8")
PROGRAMS = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
__all__ = ["run"]


@pytest.fixture
def scenes(tmp_path: Path) -> Path:
    """A folder with scenes, and a file beside it, as the page has them."""
    for name in ("scenes/one.yaml", "extra/race.yaml"):
        path = tmp_path / name
        path.parent.mkdir()
        path.write_text(SMALL)
    return tmp_path


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_program_runs(program: str, scenes: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(scenes)
    names: dict[str, object] = {}
    exec(program, names)  # noqa: S102  # it is ours, and this is how a reader runs it
    outcomes = names["outcomes"]
    assert isinstance(outcomes, list)
    assert [outcome.file for outcome in outcomes] == [Path("scenes/one.yaml")]
    assert (scenes / "output" / "one.gif").exists()


@pytest.mark.usefixtures("scenes")
def test_the_commands_run(run: Run) -> None:
    lines = re.findall(r"^(visualize [^#\n]*)", TEXT, re.MULTILINE)
    assert len(lines) >= 6
    for line in lines:
        assert run(*shlex.split(line)[1:]).code == 0, line


def test_its_numbers_and_names_are_those_of_the_code() -> None:
    assert f"holds {LARGEST // 10**9} GB at most" in TEXT
    assert f"`{FOLDER}`" in TEXT
    for state, words in IN_WORDS.items():
        assert f"`{state}`" in TEXT
        assert f"`{words}`" in TEXT


@pytest.mark.usefixtures("scenes")
def test_the_workflow_is_one_and_its_commands_run(run: Run) -> None:
    [text] = re.findall(r"```yaml\n(.*?)```", CI, re.DOTALL)
    workflow = YAML(typ="safe").load(text)
    [job] = workflow["jobs"].values()
    assert {*job["env"]} == {FOLDER}
    lines = [step["run"] for step in job["steps"] if "visualize " in step.get("run", "")]
    assert len(lines) == 2
    for line in lines:
        assert run(*shlex.split(line)[1:]).code == 0, line
    assert Path("films/one.gif").exists()
