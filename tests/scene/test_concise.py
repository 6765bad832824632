"""Scenes as somebody would write them: shorter, and the same."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import SCENES
from visualize import Scene, read_scene
from visualize.scene.concise import concise
from visualize.scene.scene import scene_of
from visualize.scene.source import document_of, text_of

SGD = {"name": "sgd", "learning_rate": 0.1}


def read(settings: dict[str, Any]) -> Scene:
    """Return the scene of a file with these settings."""
    return scene_of(document_of(text_of(settings), "scene.yaml"), SCENES[0].parent)


def written(scene: Scene) -> dict[str, Any]:
    return concise(scene, read)


def told(scene: Scene) -> str:
    return json.dumps(scene.portable(), sort_keys=True)


def a_scene(**settings: Any) -> Scene:
    return Scene.model_validate({"objective": "x**2", "start": 3, "optimizers": [SGD], **settings})


@pytest.mark.parametrize(
    ("settings", "left"),
    [
        ({}, {}),
        ({"start": [3.0], "seed": 0, "panels": ["curve"], "frames": {"size": [1280, 720]}}, {}),
        ({"objective": {"expression": "x**2"}, "optimizers": [SGD | {"momentum": 0}]}, {}),
        ({"optimizers": [SGD | {"label": "sgd"}]}, {}),
        ({"seed": 3, "theme": "dark", "counter": False}, {}),
        ({"title": "A bowl"}, {}),
        ({"start": [1, 2], "objective": "rosenbrock"}, {}),
        ({"start": [1, 2], "objective": {"name": "rosenbrock", "variables": ["a", "b"]}}, {}),
        ({"panels": [{"kind": "values", "measure": "value"}]}, {"panels": ["values"]}),
        ({"frames": {"pace": "even"}}, {}),
        ({"frames": {"fps": 25, "hold": 1}}, {"frames": {"hold": 1}}),
        ({"optimizers": [SGD, SGD | {"label": "two", "color": "red"}]}, {}),
        ({"noise": {"standard_deviation": 0.5}}, None),
        ({"start": [[1, 2], [3, 4]], "objective": "x**2 + y**4"}, {}),
    ],
)
def test_what_goes_without_saying_is_not_said(
    settings: dict[str, Any], left: dict[str, Any] | None
) -> None:
    scene = a_scene(**settings)
    short = written(scene)
    assert told(a_scene(**short)) == told(scene)
    if left is None:
        return
    assert short.keys() <= {"objective", "start", "optimizers", *settings}
    assert {name: short[name] for name in left} == left
    assert len(text_of(short)) <= len(text_of(scene.portable())) / 3


def test_people_begin_with_the_title() -> None:
    assert list(written(a_scene(title="A bowl"))) == ["title", "objective", "start", "optimizers"]


@pytest.mark.parametrize("file", SCENES, ids=lambda file: file.stem)
def test_every_scene_that_comes_along_is_the_same_and_not_much_longer(file: Path) -> None:
    scene = read_scene(file)

    short = written(scene)
    assert told(read(short)) == told(scene)
    assert len(text_of(short)) < 1.5 * len(file.read_text("utf-8")) + 300


numbers = st.floats(-3, 3, allow_nan=False)
optimizers = st.builds(
    lambda name, rate, look: {"name": name, "learning_rate": rate, **look},
    st.sampled_from(["sgd", "adam", "adagrad", "rmsprop"]),
    st.floats(0.001, 1) | st.sampled_from(["0.1*exp(-0.1*t)", 1]),
    st.fixed_dictionaries(
        {}, optional={"label": st.text(min_size=1, max_size=5), "color": st.just("red")}
    ),
)
panels = st.sampled_from(["contour", "values", {"kind": "contour", "filled": False, "samples": 31}])
frames = st.fixed_dictionaries(
    {},
    optional={
        "size": st.sampled_from([[32, 24], [1280, 720]]),
        "fps": st.integers(1, 50) | st.floats(1, 50),
        "pace": st.just("even"),
        "count": st.integers(1, 5),
        "hold": st.integers(0, 2),
        "loop": st.integers(0, 2),
        "poster": st.sampled_from(["first", "last", 0]),
    },
)
scenes = st.fixed_dictionaries(
    {
        "objective": st.sampled_from(["x**2 + 3*y**2", "himmelblau", {"expression": "x*y + y**4"}]),
        "start": st.lists(numbers, min_size=2, max_size=2)
        | st.just({"random": 3})
        | st.just({"grid": [2, 2], "domain": [[-1, 1], [0, 1]]}),
        "optimizers": st.lists(optimizers, min_size=1, max_size=3),
    },
    optional={
        "title": st.text(max_size=20),
        "steps": st.integers(0, 9),
        "seed": st.integers(0, 2**40),
        "noise": st.builds(lambda it: {"standard_deviation": it}, st.floats(0.1, 1)),
        "panels": st.lists(panels, min_size=1, max_size=2),
        "frames": frames,
        "theme": st.sampled_from(["light", "dark", ["dark", "light"]]),
        "font_size": st.integers(4, 20),
        "formats": st.lists(st.sampled_from(["gif", "png", "mp4"]), min_size=1, unique=True),
        "legend": st.sampled_from(["ends", "top", "none"]),
    },
)


@settings(deadline=None, derandomize=True, max_examples=40)
@given(scenes)
def test_whatever_the_scene_what_is_written_of_it_is_the_same(given: dict[str, Any]) -> None:
    try:
        scene = Scene.model_validate(given)
    except ValueError:
        return
    short = read(written(scene))
    assert told(short) == told(scene)
    assert short == scene
