"""What the tests of films share: scenes in small, their films, and settings of somebody else."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import matplotlib

from visualize import Film, Scene, compose, simulate

BOWL: dict[str, Any] = {
    "objective": "x**2/20 + y**2",
    "start": [-7, 2],
    "steps": 8,
    "optimizers": [{"name": "sgd", "learning_rate": 0.9}],
}


RACE = [
    {"name": "sgd", "learning_rate": 0.9, "label": "plain"},
    {"name": "sgd", "learning_rate": 0.1, "momentum": 0.9, "label": "momentum"},
    {"name": "adagrad", "learning_rate": 1.5},
    {"name": "adam", "learning_rate": 0.3},
]


LINE: dict[str, Any] = {
    "objective": "x - x**3",
    "start": -1,
    "optimizers": [{"name": "sgd", "learning_rate": 0.1}],
}


LEAVING = [{"name": "sgd", "learning_rate": 1e150}, {"name": "adagrad", "learning_rate": 1.0}]


def a_scene(size: tuple[int, int] = (160, 100), **settings: Any) -> Scene:
    """Return a scene on a bowl, a picture a step, unless the settings say otherwise."""
    frames = {"size": list(size), "pace": "even", **settings.pop("frames", {})}
    return Scene.model_validate(BOWL | settings | {"frames": frames})


def film_of(scene: Scene) -> Film:
    return compose(scene, simulate(scene))


def a_film(size: tuple[int, int] = (160, 100), **settings: Any) -> Film:
    return film_of(a_scene(size, **settings))


def ends_of(film: Film) -> list[int]:
    return sorted({0, film.frames // 2, film.frames - 1})


NOT_EVERYWHERE = "log(x) + y**2 - 5*exp(-(x - 3)**2)"


KINDS: dict[str, dict[str, Any]] = {
    "contour lines": {},
    "filled contours": {"panels": [{"kind": "contour", "filled": True}]},
    "a curve": LINE,
    "a curve with limits": LINE | {"panels": [{"kind": "curve", "limits": [[-2, 2], [-2, 2]]}]},
    "arcs and tangents": {
        "objective": "x**2",
        "start": [[-3], [2]],
        "optimizers": [{"name": "sgd", "learning_rate": 0.9}],
        "panels": [{"kind": "curve", "tangent": True, "minimum": "star", "minimum_values": True}],
    },
    "a surface": {"panels": ["surface"]},
    "a surface that turns": {
        "optimizers": RACE[:2],
        "steps": 3,
        "panels": [{"kind": "surface", "turn": 100}],
    },
    "values": {"panels": ["values"]},
    "three panels": {"panels": ["contour", "values", {"kind": "contour", "filled": True}]},
    "a legend": {"optimizers": RACE, "panels": ["contour", "values"]},
    "names at heads": {"optimizers": RACE, "panels": ["contour", "values"], "legend": "ends"},
    "fading trails": {
        "optimizers": RACE,
        "steps": 12,
        "panels": [{"kind": "contour", "filled": True, "trail": {"fade": 2}}],
    },
    "divergence": {"optimizers": LEAVING},
    "the dark theme": {"optimizers": RACE, "theme": "dark"},
    "the theme for paper": {"optimizers": RACE, "theme": "paper", "panels": ["contour", "values"]},
    "the theme of articles": {"optimizers": RACE, "theme": "article"},
    "another font": {"optimizers": RACE[:2], "font": "serif", "title": "$x^2$ in letters"},
    "several starts": {"start": [[-7, 2], [-6, -2], [5, 1]]},
    "many starts": {
        "objective": "himmelblau",
        "start": {"grid": [6, 5]},
        "optimizers": [{"name": "adam", "learning_rate": 0.3}],
    },
    "smooth motion": {"frames": {"frames_per_step": 3}},
    "fast motion": {"frames": {"steps_per_frame": 3}},
    "a map": {
        "optimizers": RACE,
        "panels": [
            {"kind": "map", "samples": 9, "over": {"learning_rate": [0.1, 9], "momentum": [0, 1]}}
        ],
    },
    "a map of starts": {
        "panels": ["contour", {"kind": "map", "samples": [5, 4], "shows": "value"}]
    },
    "rates and steps": {"optimizers": RACE[2:], "panels": ["learning_rates", "steps"]},
    "evaluations": {
        "optimizers": [{"name": "bfgs"}, {"name": "linesearch"}],
        "panels": [{"kind": "values", "over": "evaluations"}],
    },
    "a histogram": {
        "objective": "himmelblau",
        "start": {"grid": [6, 5]},
        "optimizers": RACE,
        "panels": [{"kind": "histogram", "measure": "distance"}],
    },
    "markers": {"panels": [{"kind": "contour", "marker": "+", "aspect": "equal"}]},
    "holes": {"objective": NOT_EVERYWHERE, "start": [4, 1]},
    "small multiples": {"optimizers": RACE, "panels": {"each": "optimizer"}},
    "a layout": {"layout": [["contour", "values"], ["contour", "state"]]},
    "formulas": {"formula": True, "optimizers": RACE[2:]},
    "texts": {
        "subtitle": "below",
        "caption": "under",
        "annotations": [{"at": [-2, 0], "text": "here", "from_step": 3, "until_step": 5}],
    },
    "lines of their own": {
        "optimizers": [
            RACE[0] | {"line": "dashed", "marker": "square", "width": 2},
            RACE[2] | {"line": "dotted", "marker": "star"},
        ]
    },
    "arrows": {
        "optimizers": RACE[1:3],
        "panels": [{"kind": "contour", "arrows": True, "colorbar": True, "field": True}],
    },
    "parts of steps": {
        "optimizers": RACE[1:2],
        "panels": [{"kind": "contour", "arrows": "parts"}],
        "theme": "dark",
    },
    "starts by their minima": {
        "objective": "himmelblau",
        "start": {"grid": [6, 5]},
        "optimizers": [{"name": "adam", "learning_rate": 0.3}],
        "panels": [{"kind": "contour", "color_by": "minimum", "saddles": True, "basins": True}],
    },
    "an inset": {"optimizers": RACE[:2], "panels": [{"kind": "contour", "inset": {"zoom": 4}}]},
    "a camera that follows": {
        "optimizers": RACE[:2],
        "panels": [{"kind": "contour", "camera": "follow", "minimum_values": True}],
    },
    "a camera that comes nearer": {
        "optimizers": RACE[:2],
        "panels": [
            {"kind": "contour", "arrows": True, "camera": {"zoom": [[0, 1], [8, 6]]}},
            "values",
        ],
        "title": "Above",
    },
    "three variables": {"objective": "x**2 + y**2 + z**4", "start": [1, 2, 1]},
}


@cache
def shared_film(kind: str) -> Film:
    """Return a film that many tests draw; drawing changes nothing that another would see."""
    return a_film(**KINDS[kind])


RC_GROUPS: dict[str, dict[str, Any]] = {
    "text": {
        "font.size": 31,
        "font.family": ["serif"],
        "text.color": "red",
        "text.antialiased": False,
        "axes.unicode_minus": False,
        "xtick.labelsize": 3,
    },
    "drawing": {
        "path.simplify": False,
        "lines.antialiased": False,
        "agg.path.chunksize": 10,
        "path.sketch": (3, 10, 1),
        "contour.negative_linestyle": "dotted",
        "image.cmap": "gray",
    },
    "axes": {
        "axes.facecolor": "red",
        "axes.grid": True,
        "axes.xmargin": 0.4,
        "axes.spines.top": False,
        "axes.autolimit_mode": "round_numbers",
        "xtick.direction": "in",
        "legend.frameon": True,
        "legend.loc": "center",
    },
    "figure": {
        "figure.facecolor": "blue",
        "figure.dpi": 217,
        "figure.autolayout": True,
        "figure.subplot.left": 0.4,
    },
    "saving": {
        "figure.constrained_layout.use": True,
        "savefig.dpi": 41,
        "savefig.bbox": "tight",
        "savefig.transparent": True,
        "savefig.facecolor": "green",
        "animation.writer": "imagemagick",
    },
}


RC = {name: value for group in RC_GROUPS.values() for name, value in group.items()}


@contextmanager
def rc(settings: dict[str, Any]) -> Iterator[None]:
    known: Any = settings
    with matplotlib.rc_context(known):
        yield


@contextmanager
def no_file_larger_than(limit: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
