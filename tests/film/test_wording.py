"""What pictures say of themselves where the scene leaves it open."""

from typing import Any

import pytest

from tests.film.films import LINE, RACE, a_film, a_scene
from tests.film.test_annotations import texts_of
from visualize.film.wording import names_of, title_of

SWEPT = [{"name": "sgd", "sweep": {"learning_rate": [0.1, 0.9]}}]
LONG_NAMES = {"expression": "2*my_rate**2 + 3*bias", "variables": ["my_rate", "bias"]}


@pytest.mark.parametrize(
    ("settings", "title"),
    [
        ({}, "sgd on x²/20 + y²"),
        (LINE, "sgd on x \N{MINUS SIGN} x³"),
        ({"objective": "x**12 + y*x"}, "sgd on x¹² + y·x"),
        ({"objective": "2*x**2 + 0.5*(x + y)**4"}, "sgd on 2x² + 0.5(x + y)⁴"),
        ({"objective": "elongated_bowl"}, "sgd on elongated bowl"),
        ({"objective": "2*sin(x1) + 3*x1*x2"}, "sgd on 2sin(x1) + 3x1·x2"),
        ({"objective": "1e-9*x + 1e3*y"}, "sgd on 1e\N{MINUS SIGN}9·x + 1e3·y"),
        ({"objective": LONG_NAMES}, "sgd on 2·my_rate² + 3·bias"),
        ({"objective": "cos(2*pi*x) + pi*y"}, "sgd on cos(2πx) + πy"),
        ({"objective": "x/pi*y + pi**2"}, "sgd on x/π·y + π²"),
        ({"objective": "2**0.5*x + x/2*y"}, "sgd on 2^0.5·x + x/2·y"),
        ({"objective": "2**pi*x + y"}, "sgd on 2^π·x + y"),
        ({"optimizers": RACE}, "x²/20 + y²"),
        ({"optimizers": SWEPT}, "sgd on x²/20 + y²"),
        ({"optimizers": [*SWEPT, RACE[2]]}, "sgd, adagrad on x²/20 + y²"),
        ({"optimizers": RACE[1:3]}, "momentum, adagrad on x²/20 + y²"),
        ({"title": "Mine"}, "Mine"),
        ({"title": ""}, ""),
    ],
)
def test_the_title_is_the_scenes_or_says_who_runs_on_what(
    settings: dict[str, Any], title: str
) -> None:
    assert title in texts_of(a_film((640, 360), **settings))


@pytest.mark.parametrize("power", ["x**0.5", "2**x", "x**(1/3)", "x**-2", "2*x**2**3", "x**x"])
def test_a_power_in_the_default_title_never_looks_like_a_product(power: str) -> None:
    film = a_film(objective=power, start=1.0, steps=1)
    assert not [text for text in texts_of(film) if "··" in text]


@pytest.mark.parametrize(
    ("optimizers", "names"),
    [
        (RACE[2:], ["adagrad", "adam"]),
        (SWEPT, ["learning rate 0.1", "learning rate 0.9"]),
        ([SWEPT[0] | {"label": "GD"}], ["learning rate 0.1", "learning rate 0.9"]),
        (
            [
                {
                    "name": "sgd",
                    "learning_rate": 0.1,
                    "sweep": {"momentum": [0, 0.9], "nesterov": [False]},
                }
            ],
            ["momentum 0, nesterov false", "momentum 0.9, nesterov false"],
        ),
        ([*SWEPT, RACE[3]], ["sgd learning_rate=0.1", "sgd learning_rate=0.9", "adam"]),
        ([RACE[0] | {"label": f"a x={x}"} for x in (1, 2)], ["a x=1", "a x=2"]),
    ],
)
def test_runs_of_a_sweep_are_called_by_what_they_differ_in(
    optimizers: list[dict[str, Any]], names: list[str]
) -> None:
    scene = a_scene(optimizers=optimizers)
    assert names_of(scene.runs) == dict(zip((run.label for run in scene.runs), names, strict=True))


def test_groups_are_in_a_title_where_runs_are_too_many_for_it() -> None:
    sgd = {"name": "sgd", "learning_rate": 0.1}
    few = a_scene(optimizers=[{**sgd, "label": it, "group": "old"} for it in ("a", "b")] + [sgd])
    assert title_of(few).startswith("a, b, sgd on ")
    sweep = {"learning_rate": [0.1, 0.2, 0.3]}
    many = [{"name": name, "sweep": sweep} for name in ("sgd", "adagrad")]
    called = a_scene(optimizers=many, sweep_label="{learning_rate}")
    assert title_of(called).startswith("sgd, adagrad on ")
