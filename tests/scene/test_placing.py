"""Where panels stand, small multiples, and what is said of places and texts."""

from typing import Any

import pytest

from tests.scene.conftest import Refuse
from visualize import Scene

RULES = [
    {"name": "sgd", "learning_rate": 0.9},
    {"name": "adagrad", "learning_rate": 0.9},
]
HEAD = """\
objective: x**2/20 + y**2
start: [-7, 2]
optimizers: [{name: sgd, learning_rate: 0.9}]
"""


def a_scene(**settings: Any) -> Scene:
    return Scene.model_validate(
        {"objective": "x**2/20 + y**2", "start": [-7, 2], "optimizers": RULES} | settings
    )


def test_a_layout_alone_says_which_panels_there_are() -> None:
    scene = a_scene(layout=[["contour", "values"], ["contour", "state"]])
    assert [panel.kind for panel in scene.panels] == ["contour", "values", "state"]  # type: ignore[attr-defined]
    assert Scene.model_validate(scene.canonical()) == scene


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("layout: [[contour, valus]]", (0, 1), "'valus'"),
        (
            "panels: [contour, values]\nlayout: [[contour, state]]",
            (0, 1),
            "no panel is called 'state'; there are contour, values",
        ),
        ("panels: [contour, values]\nlayout: [[contour]]", (), "no place for the panel 'values'"),
        (
            "layout: [[contour, values], [values, contour]]",
            (),
            "the cells of 'contour' are no rectangle",
        ),
        ("layout: [[contour, values], [state]]", (), "have 2, 1; a dot is an empty one"),
        ("layout: 2", (), "must be rows of panels (got 2)"),
        ("layout: []", (), "must be rows of panels"),
        ("panels: [values, values]\nlayout: [[values], [values]]", (0, 0), "'values 1'"),
    ],
)
def test_a_wrong_layout_is_told_at_its_place(
    refuse: Refuse, text: str, place: tuple[int, ...], words: str
) -> None:
    mistakes = refuse(HEAD + text)
    wanted = "".join(f"[{it}]" for it in place)
    assert any(it.setting.endswith(f"layout{wanted}") and words in it.message for it in mistakes), (
        mistakes
    )


def test_panels_of_one_kind_are_numbered() -> None:
    scene = a_scene(
        panels=["values", {"kind": "values", "measure": "distance"}],
        layout=[["values 2", "values 1"]],
    )
    assert len(scene.panels) == 2


def test_small_multiples_of_the_default_panel() -> None:
    scene = a_scene(panels={"each": "optimizer"})
    [panel] = scene.panels
    assert (panel.kind, panel.each) == ("contour", "optimizer")  # type: ignore[attr-defined]
    assert Scene.model_validate(scene.canonical()) == scene


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("panels: {each: learning_rat}", "did you mean 'learning_rate'"),
        ("panels: {each: colour}", "sgd has no setting 'colour'; write each: optimizer"),
        ("panels: [{kind: contour, each: 3}]", "must be text"),
    ],
)
def test_what_small_multiples_cannot_be_of(refuse: Refuse, text: str, words: str) -> None:
    [mistake] = refuse(HEAD + text)
    assert words in mistake.message
    assert mistake.setting.endswith("each")


def test_too_many_small_multiples_are_refused(refuse: Refuse) -> None:
    rates = list(range(1, 18))
    sweep = f"optimizers: [{{name: sgd, sweep: {{learning_rate: {rates}}}}}]"
    text = HEAD.replace("optimizers: [{name: sgd, learning_rate: 0.9}]", sweep)
    [mistake] = refuse(text + "panels: {each: learning_rate}")
    assert mistake.message == "there would be 17 panels; 16 are the most"


@pytest.mark.parametrize(
    ("text", "setting", "words"),
    [
        ("{at: [1, 2, 3], text: here}", "at", "write at: [0, 0]"),
        ("{at: here, text: here}", "at", "write at: [0, 0]"),
        ("{at: [0, 0]}", "text", "missing"),
        ("{at: [0, 0], text: a, from_step: 9, until_step: 3}", "until_step", "before from_step, 9"),
        ("{xy: [0, 0], text: a}", "xy", "'at'"),
        ("{at: [0, 0], text: a, untill_step: 3}", "untill_step", "'until_step'"),
    ],
)
def test_a_wrong_annotation_is_told_at_its_place(
    refuse: Refuse, text: str, setting: str, words: str
) -> None:
    mistakes = refuse(f"{HEAD}annotations: [{text}]")
    told = [f"{it.setting}: {it.message}" for it in mistakes]
    assert any(it.startswith(f"annotations[0].{setting}") and words in it for it in told), told
