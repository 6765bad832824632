"""What numbers depend on, apart from the picture; and scenes that are written and read again."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from tests.conftest import SCENES
from visualize import Scene, read_scene, simulate

RACE: dict[str, Any] = {
    "objective": "x**2/20 + y**2",
    "start": [-7, 2],
    "steps": 5,
    "optimizers": [
        {"name": "adam", "learning_rate": 0.3},
        {"name": "sgd", "sweep": {"learning_rate": [0.1, 0.2]}},
    ],
}
PICTURE: dict[str, Any] = {
    "title": "Another",
    "theme": "dark",
    "panels": ["values"],
    "frames": {"size": [320, 180], "interval": 40, "frames_per_step": 2},
    "formats": ["mp4"],
    "font_size": 9,
    "counter": False,
    "tolerance": {"rtol": 0.5},
}


def colored(scene: dict[str, Any]) -> dict[str, Any]:
    first, *others = scene["optimizers"]
    return {**scene, "optimizers": [{**first, "label": "One", "color": "red"}, *others]}


def experiment(**changes: Any) -> Any:
    return Scene.model_validate(RACE | changes).experiment


@pytest.mark.parametrize("path", SCENES, ids=lambda path: path.stem)
def test_a_scene_that_is_written_and_read_again_is_the_same(path: Path) -> None:
    scene = read_scene(path)
    again = Scene.model_validate(json.loads(json.dumps(scene.canonical(), allow_nan=False)))
    assert again == scene
    assert (again.experiment, hash(again)) == (scene.experiment, hash(scene))
    assert again.canonical() == scene.canonical()


@pytest.mark.parametrize(
    "changes",
    [
        PICTURE,
        {"noise": {"standard_deviation": 0.1}, "seed": 3},
        {"objective": {"name": "himmelblau", "domain": [[-1, 1], [0, 2]]}, "start": {"random": 3}},
        {"objective": "saddle", "start": {"grid": [2, 3]}, "panels": [{"kind": "contour"}]},
        {"panels": [{"kind": "contour", "levels": [3, 1.5]}, {"kind": "contour", "levels": 4}]},
        {
            "panels": [
                {"kind": "state", "array": "mean"},
                {"kind": "contour", "limits": [[0, 1]] * 2},
            ]
        },
        {"frames": {"steps_per_frame": 2, "fps": 12.5, "poster": 1, "count": 2}},
        {"objective": {"expression": "w*b", "variables": ["w", "b"], "minima": [[0, 0]]}},
        {"optimizers": [{"name": "sgd", "learning_rate": "0.1*exp(-t)", "convention": "keras"}]},
        {"optimizers": [{"name": "asgd", "learning_rate": 0.1, "average": True}] * 2},
    ],
)
def test_whatever_is_said_is_there_when_it_is_read_again(changes: dict[str, Any]) -> None:
    scene = Scene.model_validate(RACE | changes)
    assert Scene.model_validate(json.loads(json.dumps(scene.canonical()))) == scene


def test_recorded_runs_are_read_again_from_where_the_scene_was_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "scenes").mkdir()
    np.savez(tmp_path / "scenes" / "two.npz", a=np.ones((3, 2)), b=np.zeros((4, 2)))
    text = (
        "trajectories: [{file: two.npz, run: b, color: red}, {file: two.npz, run: a, label: A}]\n"
    )
    (tmp_path / "scenes" / "scene.yaml").write_text(text, "utf-8")
    monkeypatch.chdir(tmp_path)
    scene = read_scene("scenes/scene.yaml")
    assert [run.label for run in scene.runs] == ["b", "A"]
    assert Scene.model_validate(scene.canonical()) == scene
    monkeypatch.chdir("scenes")
    assert read_scene("scene.yaml").portable() == scene.portable()
    np.savez("two.npz", a=np.ones((3, 2)), b=np.ones((4, 2)))
    with pytest.raises(ValidationError, match=r"trajectories\.0\.digest\n.*holds other numbers"):
        Scene.model_validate(scene.portable())


def test_labels_colours_and_the_picture_are_no_part_of_an_experiment() -> None:
    changed = Scene.model_validate(colored(RACE) | PICTURE)
    assert changed.experiment == experiment()
    assert hash(changed.experiment) == hash(experiment())
    assert changed.runs[0].label == "One"
    assert [run.color for run in changed.runs] == ["red", None, None]
    ours, theirs = simulate(changed), simulate(Scene.model_validate(RACE))
    assert list(ours.values()) == list(theirs.values())


@pytest.mark.parametrize(
    "changes",
    [
        {"objective": "x**2/20 + 2*y**2"},
        {"start": [-7, 3]},
        {"steps": 6},
        {"seed": 1},
        {"noise": {"standard_deviation": 1}},
        {"optimizers": [*RACE["optimizers"], {"name": "sgd", "learning_rate": 0.3}]},
        {"optimizers": RACE["optimizers"][::-1]},
    ],
)
def test_what_numbers_depend_on_is(changes: dict[str, Any]) -> None:
    assert experiment(**changes) != experiment()


def test_a_part_of_the_runs_keeps_its_labels() -> None:
    scene = Scene.model_validate(colored(RACE))
    part = scene.only(["sgd learning_rate=0.2", "One"])
    assert [run.label for run in part.runs] == ["One", "sgd learning_rate=0.2"]
    assert part.optimizers == (scene.optimizers[0], scene.optimizers[2])
    assert list(simulate(part)) == ["One", "sgd learning_rate=0.2"]
