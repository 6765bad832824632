"""What stands around panels and has no room: it is given up, and told; nothing lies on panels."""

import itertools
from typing import Any

import numpy as np
import pytest
from matplotlib.transforms import Bbox

from tests.film.films import LEAVING, RACE, a_film

MANY_RUNS = {"sweep": {"learning_rate": [round(0.01 * it, 2) for it in range(1, 41)]}}
MUCH: dict[str, Any] = {
    "optimizers": RACE[:2],
    "title": "A title",
    "subtitle": "What there is beside it",
    "caption": "It says what is to be seen. " * 30,
    "formula": True,
}
LITTLE_ROOM: dict[str, tuple[tuple[int, int], dict[str, Any]]] = {
    "forty runs": ((640, 360), {"optimizers": [{"name": "sgd"} | MANY_RUNS]}),
    "five panels": (
        (1280, 720),
        {
            "optimizers": RACE[:2],
            "panels": ["contour", "surface", "steps", "learning_rates", "values"],
        },
    ),
    "one step": (
        (1280, 720),
        {
            "optimizers": RACE[:2],
            "steps": 1,
            "panels": ["contour", "surface", "steps", "learning_rates", "values"],
        },
    ),
    "much around": ((640, 360), MUCH),
    "much around two": ((480, 360), MUCH | {"panels": ["contour", "values"]}),
    "much around five": (
        (1280, 720),
        MUCH | {"panels": ["values", "contour", "surface", "steps", "learning_rates"]},
    ),
    "wide": ((1500, 300), MUCH | {"panels": ["contour", "values", "surface"]}),
    "high": ((420, 800), MUCH | {"panels": ["values", "steps", "learning_rates"]}),
    "divergence": ((640, 360), MUCH | {"optimizers": LEAVING, "panels": ["contour", "values"]}),
    "large letters": ((640, 360), {"font_size": 24, "panels": ["contour", "values", "steps"]}),
    "parts": (
        (640, 360),
        {
            "optimizers": RACE,
            "panels": [{"kind": "contour", "arrows": "parts", "colorbar": True}, "values"],
        },
    ),
}


@pytest.mark.parametrize("kind", LITTLE_ROOM)
def test_where_there_is_little_room_no_text_lies_on_a_panel_of_others(kind: str) -> None:
    size, settings = LITTLE_ROOM[kind]
    film = a_film(size, **{"steps": 4} | settings)
    film.draw(film.frames - 1)
    figure = film.figure
    around = {text.get_text()[:20]: text for text in figure.texts if text.get_text()}
    around.pop(f"step {film.scene.steps}")  # it may stand near the runs
    boxes = {name: text.get_window_extent() for name, text in around.items()}
    boxes |= {f"legend {i}": it.get_window_extent() for i, it in enumerate(figure.legends)}
    panels = {f"axes {number}": axes for number, axes in enumerate(figure.axes)}
    outer = {name: axes.get_tightbbox() or Bbox.null() for name, axes in panels.items()}
    for name, box in (boxes | outer).items():
        assert min(box.x0, box.y0) >= -1, name
        assert (box.max <= np.array(size) + 1).all(), name
    pairs = [*itertools.product(boxes.items(), outer.items())]
    pairs += [
        ((name, box), (other, axes.bbox))
        for (name, box), (other, axes) in itertools.product(outer.items(), panels.items())
        if name != other
    ]
    for (name, box), (other, its) in pairs:
        common = np.minimum(box.max, its.max) - np.maximum(box.min, its.min)
        assert common.min() <= 1, f"{name} lies on {other} by {common}"


def test_a_legend_of_many_names_says_how_many_more_there_are() -> None:
    size, settings = LITTLE_ROOM["forty runs"]
    film = a_film(size, **settings, steps=4)
    [legend] = film.figure.legends
    names = [text.get_text() for text in legend.get_texts()]
    left_out = 41 - (len(names) - 1)
    assert names[-1] == f"and {left_out} more"
    assert "minimum" in names
    assert film.remarks == (f"there is no room in the legend for {left_out} of its names",)


def test_what_is_given_up_for_panels_is_told() -> None:
    film = a_film((640, 360), **MUCH, panels=["contour", "values"])
    told = " ".join(film.remarks)
    assert "there is no room for the formulas" in told
    assert "the caption is cut" in told
    assert min(axes.get_position().height for axes in film.figure.axes) > 0.25
    [caption] = [text for text in film.figure.texts if "It says" in text.get_text()]
    assert caption.get_text().endswith("\N{HORIZONTAL ELLIPSIS}")


def test_a_caption_is_read_however_long_it_is() -> None:
    film = a_film((640, 360), caption="It says what is to be seen. " * 35, steps=2)
    [caption] = [text for text in film.figure.texts if "It says" in text.get_text()]
    [axes] = film.figure.axes
    number = axes.get_xticklabels()[0]
    assert float(caption.get_fontsize()) >= 0.75 * float(number.get_fontsize())


def test_where_letters_are_too_large_for_numbers_beside_panels_it_is_told() -> None:
    film = a_film((640, 360), font_size=24, steps=2, panels=["contour", "values", "steps"])
    assert [remark for remark in film.remarks if "beside all panels" in remark]
    assert min(axes.get_position().height for axes in film.figure.axes) > 0.1
