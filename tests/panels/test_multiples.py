"""Small multiples: what each of them draws is of its own runs only."""

from typing import Any

import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex

from tests.conftest import ROOT
from tests.film.films import a_film, a_scene
from visualize.panels.panel import PANELS

COLORS = ["#fe0102", "#02fe01", "#0102fe"]
FLATS = ROOT / "scenes" / "flats.csv"
RUNS = [
    {"name": "sgd", "learning_rate": 0.01, "color": COLORS[0]},
    {"name": "sgd", "learning_rate": 0.01, "momentum": 0.5, "label": "heavy", "color": COLORS[1]},
    {"name": "adam", "learning_rate": 0.1, "color": COLORS[2]},
]
SWARM: dict[str, Any] = {"objective": "himmelblau", "start": {"grid": [2, 2]}}
OTHERS: dict[str, dict[str, Any]] = {
    "curve": {"objective": "x**2/2 + sin(3*x)", "start": [[-3], [2]]},
    "fit": {
        "objective": {"regression": {"data": str(FLATS), "features": ["area"]}},
        "start": [0, 0],
    },
}
SHOWN: list[dict[str, Any]] = [
    *({"kind": kind} for kind in PANELS.names() if kind != "map"),
    {"kind": "contour", "arrows": True},
    {"kind": "contour", "inset": True},
    {"kind": "state", "array": "velocity"},
]


def colors_in(axes: Axes) -> set[str]:
    """Return the colours of runs that something in axes has."""
    found = set()
    for artist in axes.findobj():
        for name in ("color", "facecolor", "edgecolor"):
            color = getattr(artist, f"get_{name}", lambda: None)()
            if isinstance(color, str | tuple):
                found.add(to_hex(color))
    return found & {*COLORS}


@pytest.mark.parametrize("panel", SHOWN, ids=lambda it: " ".join(map(str, it.values())))
def test_a_multiple_draws_its_own_runs(panel: dict[str, Any]) -> None:
    objective = OTHERS.get(panel["kind"], SWARM)
    shown = {**panel, "each": "optimizer"}
    film = a_film(**objective, steps=2, optimizers=RUNS, panels=[shown])
    film.draw(2)
    multiples = [axes for axes in film.figure.axes if axes.get_title(loc="left")]
    assert len(multiples) == 3
    own = [{color} for color in COLORS]
    if "array" in panel:  # adam has no velocity
        own[2] = set()
    assert [colors_in(axes) for axes in multiples] == own


def test_a_map_is_of_one_optimizer() -> None:
    with pytest.raises(ValueError, match="a map is of one optimizer; list several maps, each with"):
        a_scene(optimizers=RUNS, panels=[{"kind": "map", "each": "optimizer"}])
