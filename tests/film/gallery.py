"""Scenes to look at: what people make films of, beside those that come along."""

from functools import cache
from typing import Any

from tests.conftest import ROOT
from visualize import Film, Scene, compose, read_scene, simulate


def sgd(rate: float, **settings: Any) -> dict[str, Any]:
    return {"name": "sgd", "learning_rate": rate, **settings}


RACERS = [sgd(0.9, label="SGD"), {"name": "adagrad", "learning_rate": 1.5, "label": "AdaGrad"}]
BOWL = {"objective": "x**2/20 + y**2", "start": [-7, 2], "steps": 60}

GALLERY: dict[str, dict[str, Any]] = {
    "four lines": {"objective": "x**2", "start": 3, "steps": 20, "optimizers": [sgd(0.1)]},
    "saddle": {
        "objective": "x**2 - y**2",
        "start": [-1.5, 0.001],
        "steps": 60,
        "optimizers": [
            sgd(0.05),
            sgd(0.05, momentum=0.9, label="momentum"),
            {"name": "adam", "learning_rate": 0.1},
        ],
    },
    "beale": {
        "objective": "beale",
        "start": [1, 1.5],
        "steps": 200,
        "optimizers": [
            sgd(0.01),
            sgd(0.01, momentum=0.9, label="momentum"),
            sgd(0.01, momentum=0.9, nesterov=True, label="nesterov"),
            {"name": "adagrad", "learning_rate": 0.5},
            {"name": "adadelta"},
            {"name": "rmsprop", "learning_rate": 0.02},
            {"name": "adam", "learning_rate": 0.1},
        ],
    },
    "noise": {
        "objective": "x**2 + y**2",
        "start": [4, 3],
        "noise": {"standard_deviation": 1},
        "steps": 100,
        "optimizers": [sgd(0.4 / number, label=f"rate {number}") for number in range(1, 5)],
    },
    "double well": {
        "objective": "x**4/4 - x**2 + 0.3*x",
        "start": [[-2.2], [-1.2], [-0.3], [0.4], [1.2], [2.2]],
        "steps": 40,
        "optimizers": [sgd(0.1)],
    },
    "nearly diverging": {
        "objective": "x**2 + 10*y**2",
        "start": [-5, 1],
        "steps": 40,
        "optimizers": [sgd(rate, label=str(rate)) for rate in (0.09, 0.0999, 0.11)],
    },
    "swarm": {
        "objective": "himmelblau",
        "start": {"grid": [20, 20]},
        "steps": 60,
        "optimizers": [{"name": "adam", "learning_rate": 0.1}],
        "panels": [{"kind": "contour", "filled": True}],
    },
    "ackley": {
        "objective": "-20*exp(-0.2*sqrt(0.5*(x**2 + y**2))) - exp(0.5*(cos(2*pi*x) + "
        "cos(2*pi*y))) + e + 20",
        "start": [3.3, -2.6],
        "steps": 60,
        "optimizers": [sgd(0.1), {"name": "adam", "learning_rate": 0.3}],
    },
    "growing": {"objective": "x**2", "start": 1, "steps": 30, "optimizers": [sgd(1.1)]},
    "newton": {
        "objective": "log(1 + exp(-x))",
        "start": -3,
        "steps": 30,
        "optimizers": [sgd(1.0), {"name": "newton"}],
    },
    "a ravine": {
        "objective": "x**2/1000000 + y**2",
        "start": [5000, 2],
        "steps": 30,
        "optimizers": [sgd(0.9)],
    },
    "rates": {
        **BOWL,
        "optimizers": [{"name": "adagrad", "learning_rate": 0.9}],
        "panels": ["contour", "values", {"kind": "state"}],
    },
    "four panels": {
        **BOWL,
        "optimizers": RACERS,
        "panels": [
            {"kind": "contour", "filled": True},
            "values",
            {"kind": "state"},
            {"kind": "values", "measure": "gradient_norm"},
        ],
    },
    "eight rates": {
        **BOWL,
        "optimizers": [sgd(number / 10, label=f"rate 0.{number}") for number in range(1, 9)],
        "panels": ["contour", "values"],
    },
    "ten variables": {
        "objective": " + ".join(
            f"100*(x{i + 1} - x{i}**2)**2 + (1 - x{i})**2" for i in range(1, 10)
        ),
        "start": [-0.5] * 10,
        "steps": 100,
        "optimizers": [{"name": "adam", "learning_rate": 0.05}],
    },
    "a surface": {
        "objective": "himmelblau",
        "start": [0, -1],
        "steps": 60,
        "optimizers": [
            sgd(0.01),
            sgd(0.01, momentum=0.9, label="momentum"),
            {"name": "adam", "learning_rate": 0.2},
        ],
        "panels": ["surface"],
    },
    "a surface that turns": {
        **BOWL,
        "optimizers": RACERS,
        "panels": [{"kind": "surface", "turn": 40}],
    },
    "hops": {
        "objective": "x**2",
        "start": -3,
        "steps": 20,
        "optimizers": [sgd(rate, label=str(rate)) for rate in (0.1, 0.5, 0.95, 1.02)],
        "panels": [{"kind": "curve", "tangent": True, "minimum": "star"}],
    },
    "two wells": {
        "objective": "x**4/4 - x**2 + 0.3*x",
        "start": [[-2.2], [2.2]],
        "steps": 20,
        "optimizers": [sgd(0.1)],
        "panels": [{"kind": "curve", "minimum": "star", "minimum_values": True}],
    },
    "arrows": {
        **BOWL,
        "optimizers": RACERS,
        "panels": [{"kind": "contour", "arrows": True, "minimum_values": True}],
    },
    "everything marked": {
        "objective": "six_hump_camel",
        "start": [[-1.9, -0.9], [1.5, 0.8], [0.3, 0.2]],
        "steps": 60,
        "optimizers": [{"name": "adam", "learning_rate": 0.1}],
        "panels": [
            {
                "kind": "contour",
                "color_by": "minimum",
                "minimum_values": True,
                "saddles": True,
                "colorbar": True,
            }
        ],
    },
    "nearer": {
        **BOWL,
        "optimizers": RACERS,
        "panels": [{"kind": "contour", "camera": {"zoom": [[0, 1], [60, 20]]}}],
    },
    "a map of rates": {
        **BOWL,
        "optimizers": [sgd(0.9), sgd(0.1, momentum=0.9, label="heavy ball")],
        "panels": [
            "contour",
            {"kind": "map", "over": {"learning_rate": [0.01, 9], "momentum": [0, 0.99]}},
        ],
    },
    "a map of starts": {
        "objective": "himmelblau",
        "start": [-3, 0],
        "steps": 40,
        "optimizers": [sgd(0.01, momentum=0.8)],
        "panels": [{"kind": "map", "shows": "value"}],
    },
    "rates and steps": {**BOWL, "optimizers": RACERS, "panels": ["learning_rates", "steps"]},
    "a histogram": {
        "objective": "himmelblau",
        "start": {"random": 100},
        "steps": 40,
        "optimizers": [sgd(0.01), {"name": "adam", "learning_rate": 0.1}],
        "panels": ["contour", {"kind": "histogram", "measure": "x"}],
    },
    "evaluations": {
        **BOWL,
        "optimizers": [{"name": "bfgs"}, {"name": "linesearch"}, sgd(0.5)],
        "panels": ["values", {"kind": "values", "over": "evaluations"}],
    },
    "dark hero": {
        **BOWL,
        "theme": "dark",
        "optimizers": RACERS,
        "panels": [{"kind": "contour", "filled": True}],
    },
}
SHIPPED = sorted(path.stem for path in (ROOT / "scenes").glob("*.yaml"))


@cache
def film_of(name: str, size: tuple[int, int]) -> Film:
    """Return the film of a scene of the gallery, or of one that comes along, of a size."""
    if name in GALLERY:
        scene = Scene.model_validate(GALLERY[name])
    else:
        scene = read_scene(ROOT / "scenes" / f"{name}.yaml")
    frames = scene.frames.model_copy(update={"size": size})
    scene = scene.model_copy(update={"frames": frames, "font_size": None})
    return compose(scene, simulate(scene))
