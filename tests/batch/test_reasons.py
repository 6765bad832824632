"""Why a film is made anew: what has changed, in the words of the scene."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.batch.test_task import WITH_DATA
from tests.conftest import SMALL, TWO_RUNS
from visualize import Scene, compose, read_scene, save, simulate
from visualize.batch.reasons import reason_for

Write = Callable[..., Path]
BOTH = f"{TWO_RUNS}frames: {{size: [48, 32], pace: even}}\npanels: [values]\n"


def film(scene: Scene, path: Path, *, metadata: bool = True) -> Path:
    return save(compose(scene, simulate(scene)), path, metadata=metadata)


@pytest.fixture
def race(tmp_path: Path, write_scene: Write) -> Path:
    """A film of `BOTH`."""
    return film(read_scene(write_scene(BOTH)), tmp_path / "race.gif")


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ("0.5", "0.6", "sgd: learning_rate was 0.5, is 0.6"),
        ("steps: 6", "steps: 7", "steps was 6, is 7"),
        ("[-7, 2]", "[-7, 1]", "start[0] was [-7.0, 2.0], is [-7.0, 1.0]"),
        ("panels", "title: Two\npanels", "title is Two"),
        ("y**2", "y**4", "objective.expression was x**2/20 + y**2, is x**2/20 + y**4"),
        ("[values]", "[contour]", "panels[0].kind was values, is contour"),
        ("panels", "theme: dark\npanels", "theme was light, is dark"),
        ("name: adam", "label: Adam, name: adam", "'Adam' is new; 'adam' is gone"),
    ],
)
def test_a_change_is_told_where_it_stands(
    before: str, after: str, reason: str, race: Path, write_scene: Write
) -> None:
    changed = read_scene(write_scene(BOTH.replace(before, after)))
    assert reason in reason_for(race, changed)


def test_another_order_of_the_runs_is_told_as_that(race: Path, write_scene: Write) -> None:
    sgd, adam = BOTH.splitlines()[4:6]
    turned = BOTH.replace(f"{sgd}\n{adam}", f"{adam}\n{sgd}")
    assert reason_for(race, read_scene(write_scene(turned))) == "the runs have another order"


def test_other_data_are_told_as_that(tmp_path: Path, write_scene: Write) -> None:
    rows = tmp_path / "rows.csv"
    rows.write_text("a,b\n1,2\n2,3\n3,5\n")
    path = film(read_scene(write_scene(WITH_DATA)), tmp_path / "fit.png")
    rows.write_text("a,b\n1,2\n2,3\n3,6\n")
    reason = reason_for(path, read_scene(write_scene(WITH_DATA)))
    assert "objective.regression: the file holds other numbers" in reason


def test_of_many_changes_there_are_the_first_and_their_number(
    race: Path, write_scene: Write
) -> None:
    other = SMALL.replace("[-7, 2]", "[1, 2]").replace("size: [48, 32]", "size: [50, 32], hold: 1")
    reason = reason_for(race, read_scene(write_scene(other)))
    assert reason.count(";") == 3
    assert "more changes" in reason


def test_a_film_that_is_not_there_or_is_none_is_told(race: Path, write_scene: Write) -> None:
    scene = read_scene(write_scene(BOTH))
    assert reason_for(race.with_name("other.gif"), scene) == "it was not there"
    race.write_bytes(race.read_bytes()[:-40])
    assert reason_for(race, scene) == "it is cut off, or was not made here"


def test_other_libraries_are_told(
    race: Path, write_scene: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    import matplotlib

    now = matplotlib.__version__
    monkeypatch.setattr(matplotlib, "__version__", "99.0")
    reason = reason_for(race, read_scene(write_scene(BOTH)))
    assert reason == f"matplotlib was {now}, is 99.0"


def test_what_anybody_has_put_into_a_film_does_not_reach_the_terminal_as_it_is(
    tmp_path: Path, write_scene: Write
) -> None:
    scene = read_scene(write_scene(BOTH))
    path = film(scene.replaced(title="\x1b]0;owned\x07"), tmp_path / "race.png")
    reason = reason_for(path, scene)
    assert "title was" in reason
    assert "\x1b" not in reason


@pytest.mark.parametrize("metadata", [True, False])
def test_a_film_that_is_to_carry_its_scene_or_not_is_told(
    tmp_path: Path, write_scene: Write, metadata: bool
) -> None:
    scene = read_scene(write_scene(BOTH))
    path = film(scene, tmp_path / "race.gif", metadata=metadata)
    wanted = "it is to carry no scene" if metadata else "it is to carry its scene"
    assert reason_for(path, scene, metadata=not metadata) == wanted


def test_of_a_film_that_carries_no_scene_there_is_little_to_say(
    tmp_path: Path, write_scene: Write
) -> None:
    path = film(read_scene(write_scene(BOTH)), tmp_path / "race.gif", metadata=False)
    changed = read_scene(write_scene(BOTH.replace("0.5", "0.6")))
    assert "carries no scene" in reason_for(path, changed, metadata=False)
