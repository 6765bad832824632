"""The objective and the rules of the optimizers as mathematics, below the title."""

from typing import Any

import pytest
from matplotlib.text import Text

from tests.film.films import RACE, a_film
from visualize import Film

SIZE = (640, 360)
ADAGRAD = {"name": "adagrad", "learning_rate": 1}
SGD = {"name": "sgd", "learning_rate": 0.1}


def formulas_in(film: Film) -> list[str]:
    texts = film.figure.texts
    return [it.get_text() for it in texts if it.get_math_fontfamily() == "stix" and it.get_text()]


def test_objective_and_rules_stand_below_the_title() -> None:
    film = a_film(SIZE, formula=True, optimizers=[SGD, ADAGRAD])
    objective, term, sgd, rate, memory, adagrad, values = formulas_in(film)
    assert (objective, term) == (r"$f(x, y) = \dfrac{x^2}{20}$", "${} + y^2$")
    assert (sgd, rate) == (r"$x \leftarrow x - \eta\,g$", r"$\eta = 0.1$")
    assert memory == r"$s \leftarrow s + g^2$"
    assert r"\dfrac{\eta\,g}{\sqrt{s} + \epsilon}" in adagrad.replace("varepsilon", "epsilon")
    assert values == r"$\eta = 1$, $\varepsilon = 10^{-10}$"
    assert [it.get_text() for it in film.figure.texts if it.get_text() in {"sgd", "adagrad"}]
    # The title need not say it again.
    assert "20" not in film.figure.texts[0].get_text()


def test_a_rule_of_several_runs_stands_there_once() -> None:
    sweep = {"name": "sgd", "sweep": {"learning_rate": [0.1, 0.2, 0.3]}}
    # Without the rate, which differs.
    assert formulas_in(a_film(SIZE, formula=True, optimizers=[sweep]))[2:] == [
        r"$x \leftarrow x - \eta\,g$"
    ]


def test_nothing_lies_over_anything_else() -> None:
    rules = [SGD, {"name": "adam", "learning_rate": 0.1}, {**ADAGRAD, "epsilon": 0.1}]
    film = a_film(SIZE, formula=True, optimizers=rules, subtitle="below")
    # The step counter may stand in the panel.
    texts: list[Text] = [it for it in film.figure.texts if type(it) is Text and it.get_text()]
    boxes = [it.get_window_extent() for it in texts]
    for index, box in enumerate(boxes):
        assert not any(box.padded(-1).overlaps(it) for it in boxes[index + 1 :])
        assert not any(box.overlaps(axes.bbox) for axes in film.figure.axes)
        assert box.x0 >= 0
        assert box.x1 <= SIZE[0]


def test_where_there_is_no_room_it_is_told() -> None:
    names = ("adam", "nadam", "radam", "adabound", "adan")
    rules: list[dict[str, Any]] = [{"name": name, "learning_rate": 0.1} for name in names]
    film = a_film(SIZE, formula=True, optimizers=rules)
    assert formulas_in(film) == []
    assert any("there is no room for the formulas" in remark for remark in film.remarks)


@pytest.mark.parametrize("size", [(640, 360), (480, 360), (1280, 720)])
def test_formulas_of_two_rules_take_a_third_of_the_height_at_most(size: tuple[int, int]) -> None:
    rules = [RACE[1], RACE[3]]
    film = a_film(size, formula=True, optimizers=rules, steps=2, panels=["contour", "values"])
    formulas = [it.get_window_extent() for it in film.figure.texts if "$" in it.get_text()]
    assert len(formulas) > 5
    height = max(box.y1 for box in formulas) - min(box.y0 for box in formulas)
    assert height <= size[1] / 3
