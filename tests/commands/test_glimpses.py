"""`visualize render` with --draft, --still and --sheet."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.commands.test_commands import Run, names_in, run
from tests.conftest import SMALL
from visualize import compose, read_scene, simulate

Write = Callable[..., Path]
WIDE = SMALL.replace("[48, 32]", "[960, 540]")
OUT = Path("output")
__all__ = ["run"]
pytestmark = pytest.mark.usefixtures("run")


def test_a_draft_is_small_and_stands_beside_the_film(run: Run, write_scene: Write) -> None:
    write_scene(WIDE)
    assert run("render", "scene.yaml", "--draft").code == 0
    assert names_in(OUT) == ["scene-draft.gif"]
    with Image.open(OUT / "scene-draft.gif") as draft:
        assert draft.size == (480, 270)
    again = run("render", "scene.yaml", "--draft", "--why")
    assert "current: nothing has changed" in again.err


def test_a_draft_is_never_taken_for_the_film(run: Run, write_scene: Write) -> None:
    write_scene(SMALL)
    run("render", "scene.yaml", "--draft")
    (OUT / "scene-draft.gif").rename(OUT / "scene.gif")
    assert "scene.gif: made" in run("render", "scene.yaml", "--why").err


@pytest.mark.parametrize(("still", "frame"), [("first", 0), ("last", 5), ("3", 3)])
def test_a_still_is_one_picture_of_the_film(
    still: str, frame: int, run: Run, write_scene: Write
) -> None:
    scene = read_scene(write_scene(SMALL))
    assert run("render", "scene.yaml", "--still", still).out == "output/scene.png\n"
    wanted = compose(scene, simulate(scene)).picture(frame)
    with Image.open(OUT / "scene.png") as png:
        assert np.array_equal(np.asarray(png.convert("RGB")), wanted)


def test_of_several_themes_there_are_several(run: Run, write_scene: Write) -> None:
    write_scene(f"{SMALL}theme: [light, paper]\n")
    [told] = json.loads(run("render", "scene.yaml", "--sheet", "--json").out)
    assert [Path(film["path"]).name for film in told["films"]] == names_in(OUT)[:2]
    assert names_in(OUT) == ["scene-light-sheet.png", "scene-paper-sheet.png"]
    run("render", "scene.yaml", "--draft", "--still", 5)
    assert {"scene-light-draft.png", "scene-paper-draft.png"} < {*names_in(OUT)}
    run("render", "scene.yaml", "--draft", "--format", "gif,png")
    assert {"scene-light-draft.gif", "scene-paper-draft.png"} < {*names_in(OUT)}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--still", "6"], "the film has 6 frames, from 0 to 5"),
        (["--still", "lst"], "must be first, last or a number from 0 (got lst); did you mean"),
        (["--still", "-1"], "must be first, last or a number from 0 (got -1)"),
        (["--still", "1", "--sheet"], "leave --still or --sheet out"),
        (["--sheet", "--format", "gif"], "a sheet is a PNG; leave --format out"),
        (["--still", "1", "--format", "mp4"], "a still is a PNG; leave --format out"),
    ],
)
def test_what_there_is_not_is_told(
    arguments: list[str], words: str, run: Run, write_scene: Write
) -> None:
    write_scene(SMALL)
    done = run("render", "scene.yaml", *arguments)
    assert done.code == 2
    assert words in done.err
    assert not OUT.exists()


def test_what_was_given_up_for_a_size_is_told(run: Run, write_scene: Write) -> None:
    text = SMALL.replace("[48, 32]", "[320, 200], max_size: 4 KB")
    write_scene(text)
    done = run("render", "scene.yaml")
    assert done.code == 0
    assert "warning: scene.gif: " in done.err
    assert "colours" in done.err
    assert (OUT / "scene.gif").stat().st_size <= 4000
    write_scene(text.replace("4 KB", "100"))
    small = run("render", "scene.yaml")
    assert small.code == 1
    assert "scene.gif: cannot be as small as 0.1 KB; the smallest is " in small.err


def test_a_draft_keeps_no_size(run: Run, write_scene: Write) -> None:
    write_scene(SMALL.replace("[48, 32]", "[48, 32], max_size: 1"))
    assert run("render", "scene.yaml", "--draft").code == 0
