"""What runs of a sweep are called, how each looks, and which belong together."""

from typing import Any

import pytest
from pydantic import ValidationError

from visualize import Scene


def a_scene(*optimizers: dict[str, Any], **settings: Any) -> Scene:
    return Scene.model_validate(
        {"objective": "x**2", "start": 1, "optimizers": list(optimizers)} | settings
    )


def labels(scene: Scene) -> list[str]:
    return [run.label for run in scene.runs]


SWEPT = {"name": "sgd", "sweep": {"learning_rate": [0.1, 0.4]}}


def test_a_sweep_is_called_as_the_scene_says() -> None:
    scene = a_scene(SWEPT, sweep_label="η = {learning_rate}")
    assert labels(scene) == ["η = 0.1", "η = 0.4"]
    assert Scene.model_validate(scene.canonical()) == scene


def test_of_several_sweeps_each_says_whose_it_is() -> None:
    adam = {"name": "adam", "label": "Adam", "sweep": {"learning_rate": [0.1]}}
    scene = a_scene(SWEPT, adam, sweep_label="rate { learning_rate }")
    assert labels(scene) == ["sgd rate 0.1", "sgd rate 0.4", "Adam rate 0.1"]


def test_what_a_label_names_is_swept_by_somebody() -> None:
    momenta = {"name": "sgd", "learning_rate": 0.1, "sweep": {"momentum": [0, 0.9]}}
    scene = a_scene(SWEPT, {**momenta, "label": "m"}, sweep_label="η = {learning_rate}")
    assert labels(scene) == ["sgd η = 0.1", "sgd η = 0.4", "m momentum=0", "m momentum=0.9"]


@pytest.mark.parametrize(
    ("label", "words"),
    [
        ("η = {learning_rat}", "did you mean 'learning_rate'"),
        ("η = {beta_1}", "no optimizer sweeps 'beta_1'; there are learning_rate"),
        ("η", "all runs would be called alike; write sweep_label: 'learning_rate"),
    ],
)
def test_a_label_that_tells_no_runs_apart_is_refused(label: str, words: str) -> None:
    with pytest.raises(ValidationError, match="sweep_label") as caught:
        a_scene(SWEPT, sweep_label=label)
    assert words in str(caught.value)


def test_a_label_of_sweeps_without_a_sweep_is_refused() -> None:
    with pytest.raises(ValidationError, match="there is none"):
        a_scene({"name": "sgd", "learning_rate": 0.1}, sweep_label="η = {learning_rate}")


def test_runs_of_a_sweep_belong_together() -> None:
    scene = a_scene(SWEPT, {"name": "adam", "learning_rate": 0.1}, sweep_label="{learning_rate}")
    assert [run.group for run in scene.runs] == ["sgd", "sgd", "adam"]
    again = Scene.model_validate(scene.canonical())
    assert [run.group for run in again.runs] == ["sgd", "sgd", "adam"]


def test_matplotlib_s_signs_of_lines_and_markers_are_known() -> None:
    sgd = {"name": "sgd", "learning_rate": 0.1}
    one = a_scene({**sgd, "line": "--", "marker": "s", "width": 2})
    other = a_scene({**sgd, "line": "dashed", "marker": "square", "width": 2.0})
    assert one == other
    with pytest.raises(ValidationError, match="dashed"):
        a_scene({**sgd, "line": "dashd"})


def test_a_label_that_is_wrong_is_all_that_is_told() -> None:
    with pytest.raises(ValidationError) as caught:
        a_scene(SWEPT, sweep_label="η = {learning_rate")
    assert [error["loc"] for error in caught.value.errors()] == [("sweep_label",)]
    assert "in braces stands the name of a setting: {learning_rate}" in str(caught.value)
