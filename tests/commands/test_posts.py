"""A post counts as a scene file: its scenes are checked, computed and drawn."""

from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from tests.conftest import SMALL
from visualize.commands.main import commands

POST = f"# A\n\n![b](alone.yaml)\n\n```visualize\n{SMALL}```\n"


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(commands, arguments)
    return done.exit_code, done.output


@pytest.fixture
def post(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "alone.yaml").write_text(SMALL, "utf-8")
    (tmp_path / "post.md").write_text(POST, "utf-8")
    return Path("post.md")


def test_a_sound_post_is_told_so(post: Path) -> None:
    code, output = run("check", str(post))
    assert code == 0
    assert "post.md: ok" in output


def test_all_that_is_wrong_with_a_post_is_told(post: Path) -> None:
    post.write_text(POST.replace("learning_rate", "learning_rat") + "\n$\\foo$\n", "utf-8")
    code, output = run("check", str(post))
    assert code == 2
    assert "did you mean 'learning_rate'?" in output
    assert "post.md:14:2: a formula that cannot be set: \\foo is not known" in output


def test_arrays_of_its_scenes_are_those_that_they_have_alone(post: Path) -> None:
    code, _ = run("simulate", str(post), "-o", "ours")
    assert code == 0
    run("simulate", "alone.yaml", "-o", "theirs")
    names = sorted(it.name for it in Path("ours").iterdir())
    assert names == ["alone.npz", "post-1.npz"]
    assert Path("ours/alone.npz").read_bytes() == Path("theirs/alone.npz").read_bytes()
    points = []
    for name in names:
        with np.load(Path("ours") / name) as arrays:
            points.append(arrays["sgd/points"])
    assert np.array_equal(*points)


def test_films_of_its_scenes_are_those_that_they_have_alone(post: Path) -> None:
    code, output = run("render", str(post), "alone.yaml", "--format", "png", "-o", "films")
    assert code == 0
    assert sorted(it.name for it in Path("films").iterdir()) == ["alone.png", "post-1.png"]
    assert output.count("rendered to png") == output.count("png from the cache") == 1
    assert "current" in run("render", "alone.yaml", "--format", "png", "-o", "films")[1]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("post.md",), "write visualize slides post.md"),
        (("slides", "alone.yaml"), "a scene; `visualize render` makes films of scenes"),
        (("slides", "pots.md"), "did you mean 'post.md'?"),
    ],
)
def test_who_takes_one_for_the_other_is_told(
    post: Path, arguments: tuple[str, ...], says: str
) -> None:
    del post
    code, output = run(*arguments)
    assert code == 2
    assert says in output
