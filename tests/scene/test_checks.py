"""Checks of several settings: each is run where what it looks at is sound, in whatever order."""

import inspect
from typing import Any

import pytest
from pydantic import ValidationError

from visualize import Scene
from visualize.scene.budget import Budget
from visualize.scene.checks import CHECKS

SOUND: dict[str, Any] = {
    "objective": "x**2 + y**2",
    "start": [1, 2],
    "steps": 5,
    "optimizers": [{"name": "sgd", "learning_rate": 0.1}],
    "panels": ["contour"],
    "frames": {"poster": 2},
    "formats": ["png"],
    "transparent": True,
}
WRONG: dict[str, tuple[Any, str]] = {
    "objective": ("x**2 + +", "objective.expression"),
    "start": ("here", "start"),
    "steps": (-1, "steps"),
    "optimizers": ([{"name": "sgd", "learning_rate": -1}], "optimizers.0.learning_rate"),
    "panels": ([{"kind": "contour", "samples": 0}], "panels.0.samples"),
    "frames": ({"fps": 0}, "frames.fps"),
    "formats": (["bmp"], "formats.0"),
    "transparent": ("maybe", "transparent"),
}
"""Of each setting a value that is wrong by itself, and where that is reported."""
MISFITS: dict[str, tuple[dict[str, Any], str]] = {
    "starts_fit_the_objective": ({"start": [1]}, "start"),
    "some_starts_have_a_value": (
        {
            "objective": {"expression": "log(x) + y", "domain": [[-2, -1], [0, 1]]},
            "start": {"random": 3},
        },
        "start",
    ),
    "runs_are_within_the_budget": ({"steps": 10**9}, "steps"),
    "panels_are_within_the_budget": (
        {
            "panels": [{"kind": "map", "samples": 512, "steps": 10_000}],
            "optimizers": [{"name": "linesearch"}],
        },
        "panels.0",
    ),
    "the_film_can_be_made": (
        {"frames": {"size": [8192, 8192], "count": 90_000}, "formats": ["apng"]},
        "frames.count",
    ),
    "learning_rates_are_rates": (
        {"optimizers": [{"name": "sgd", "learning_rate": "3 - t"}]},
        "optimizers.0.learning_rate",
    ),
    "hessians_are_there": (
        {
            "objective": {"expression": "x**2 + y**2", "gradient": "central_difference"},
            "optimizers": [{"name": "newton"}],
        },
        "optimizers.0.name",
    ),
    "labels_differ": (
        {"optimizers": [{"name": "sgd", "learning_rate": 1, "label": "a"}] * 2},
        "optimizers.1.label",
    ),
    "optimizers_have_values": ({"objective": {"variables": ["x", "y"]}}, "objective.expression"),
    "panels_can_show_it": ({"panels": ["curve"]}, "panels.0"),
    "panels_have_their_places": (
        {"panels": ["contour"], "layout": [["contour", "values"]]},
        "layout.0.1",
    ),
    "panels_for_each_are_there": (
        {"panels": [{"kind": "contour", "each": "rate"}]},
        "panels.0.each",
    ),
    "themes_are_there": ({"theme": ["light", "drak"]}, "theme.1"),
    "formats_can_be_transparent": ({"formats": ["gif"]}, "transparent"),
}
"""Of each check settings that do not fit each other, and where that is reported."""
OF_RECORDINGS = {"recordings_fit_each_other", "recordings_fit_the_objective"}
"""Those have files; tests/history/test_recording.py has them."""


def places(scene: dict[str, Any]) -> list[str]:
    with pytest.raises(ValidationError) as caught:
        Scene.model_validate(scene, context={"budget": Budget()})
    return [".".join(map(str, it["loc"])) for it in caught.value.errors()]


def test_every_check_is_tried() -> None:
    assert {check.__name__ for check in CHECKS} == MISFITS.keys() | OF_RECORDINGS


def test_the_scene_without_mistakes_is_one() -> None:
    assert Scene.model_validate(SOUND).steps == 5


@pytest.mark.parametrize("name", MISFITS)
def test_what_does_not_fit_is_reported_whatever_the_order_of_settings(name: str) -> None:
    changes, place = MISFITS[name]
    scene = SOUND | changes
    assert place in places(scene)
    assert places(dict(reversed(scene.items()))) == places(scene)


@pytest.mark.parametrize("name", MISFITS)
def test_a_check_is_run_beside_mistakes_that_do_not_concern_it(name: str) -> None:
    changes, place = MISFITS[name]
    [check] = [it for it in CHECKS if it.__name__ == name]
    named = {"entries": "optimizers", "runs": "optimizers", "placed_panels": "panels"}
    parameters = inspect.signature(check).parameters
    concerned = {named.get(it, it) for it in parameters} | changes.keys()
    for setting in WRONG.keys() - concerned:
        value, wrong = WRONG[setting]
        assert {place, wrong} <= {*places(SOUND | changes | {setting: value})}, setting


@pytest.mark.parametrize("setting", WRONG)
def test_a_setting_that_is_wrong_by_itself_is_reported_alone(setting: str) -> None:
    value, place = WRONG[setting]
    assert places(SOUND | {setting: value}) == [place]


def test_a_sound_optimizer_is_checked_beside_one_that_is_not() -> None:
    entries = [{"name": "sgd"}, {"name": "sgd", "learning_rate": "1 - t"}, {"name": "sdg"}]
    assert sorted(places(SOUND | {"optimizers": entries})) == [
        "optimizers.0.learning_rate",
        "optimizers.1.learning_rate",
        "optimizers.2.name",
    ]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"objective": {"variables": ["x", "y"]}}, ["objective.expression"]),
        ({"objective": {"variables": ["x", "x"]}}, ["objective.variables"]),
        ({"objective": {"variables": []}}, ["objective.variables"]),
        ({"objective": {"unknown": 5}}, ["objective.unknown"]),
        ({"start": {}}, ["start"]),
        (
            {"optimizers": [{"name": "sgd", "sweep": {"learning_rate": 1, "lr": [1], "foo": [2]}}]},
            [f"optimizers.0.sweep.{name}" for name in ("learning_rate", "lr", "foo")],
        ),
        ({"optimizers": [{5: 3, "name": "sgd", "learning_rate": 1}]}, ["optimizers.0.5"]),
    ],
)
def test_each_mistake_is_reported_once_and_none_that_is_not_there(
    changes: dict[str, Any], expected: list[str]
) -> None:
    assert places(SOUND | changes) == expected


def test_runs_of_the_other_kind_are_refused() -> None:
    runs = Scene.model_validate(SOUND).runs
    with pytest.raises(ValidationError, match=r"trajectories\.0"):
        Scene.model_validate({"trajectories": runs})


@pytest.mark.parametrize("frames", [{"fps": None}, {"interval": None, "fps": 3}])
def test_a_time_that_is_not_given_is_the_default(frames: dict[str, Any]) -> None:
    scene = Scene.model_validate(SOUND | {"frames": frames})
    assert scene.frames.fps == (frames["fps"] or 25.0)
    assert Scene.model_validate(scene.canonical()) == scene


def test_a_poster_and_the_cost_of_a_film_are_told_together() -> None:
    frames = {"size": [8192, 8192], "count": 90_000, "poster": 90_001}
    scene = SOUND | {"frames": frames, "formats": ["apng"]}
    assert places(scene) == ["frames.poster", "frames.count"]
    assert places(SOUND | {"frames": {"poster": 900}}) == ["frames.poster"]


def test_a_long_history_without_a_word_about_frames_is_read_again() -> None:
    scene = Scene.model_validate(SOUND | {"frames": {}, "steps": 200_000})
    assert Scene.model_validate(scene.canonical()) == scene


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"panels": ["curve"]},
            "a curve panel cannot show an objective with 2 coordinates (x, y); contour, ",
        ),
        ({"panels": ["histogram"]}, "write start: {random: 200}; contour, "),
        ({"panels": ["fit"]}, "objective: {regression: ...}; contour, "),
    ],
)
def test_a_panel_that_cannot_show_a_scene_says_which_can(
    changes: dict[str, Any], words: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        Scene.model_validate(SOUND | changes)
    [found] = caught.value.errors()
    assert words in found["msg"]
    for kind in ("contour", "map", "state", "steps", "values"):
        Scene.model_validate(SOUND | {"panels": [kind]})
        assert kind in found["msg"].rpartition(";")[2]
