"""The pace of films that say nothing of time: what changes when, and what each picture shows."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from visualize import Film, Scene, compose, simulate

RACE = [
    {"name": "sgd", "learning_rate": 0.95},
    {"name": "sgd", "learning_rate": 0.1, "momentum": 0.9, "label": "momentum"},
    {"name": "adagrad", "learning_rate": 1.5},
    {"name": "adam", "learning_rate": 0.3},
]
SLOW = {
    "name": "adagrad",
    "learning_rate": 0.05,
    "epsilon": 1e-8,
    "epsilon_placement": "outside_sqrt",
}


def sgd(rate: float, **settings: Any) -> dict[str, Any]:
    return {"name": "sgd", "learning_rate": rate, "label": f"{rate:g}", **settings}


BOWL: dict[str, Any] = {"objective": "x**2/20 + y**2", "start": [-7, 2]}
TIMELESS: dict[str, dict[str, Any]] = {
    # those of which it was measured that they change in the first second, and then stand still
    "dark hero": {
        "objective": "beale",
        "start": [1, 1.5],
        "steps": 150,
        "theme": "dark",
        "optimizers": [sgd(0.01), {"name": "adam", "learning_rate": 0.1}],
        "panels": [{"kind": "contour", "filled": True}],
    },
    "adagrad in 1-D": {
        "objective": "x - x**3",
        "start": -1,
        "steps": 1000,
        "optimizers": [SLOW],
        "panels": [{"kind": "curve", "limits": [[-5, 5], [-5, 5]], "trail": False}],
    },
    "adagrad in 2-D": {
        "objective": "2*x**2 + 2*x*y + 2*y**2 - 6*x",
        "start": [1, 0],
        "steps": 1000,
        "optimizers": [SLOW],
    },
    "a swarm": {
        "objective": "himmelblau",
        "start": {"grid": [20, 20]},
        "steps": 80,
        "optimizers": [{"name": "adam", "learning_rate": 0.3}],
    },
    "a double well": {
        "objective": "x**4/4 - x**2 + 0.3*x",
        "steps": 120,
        "optimizers": [sgd(0.1)],
        "start": [[-2.2], [-1], [-0.1], [0.2], [1], [2.2]],
    },
    "a race": {**BOWL, "steps": 50, "optimizers": RACE},
    # of few steps and of many
    "one step": {**BOWL, "steps": 1, "optimizers": [sgd(0.9)]},
    "five steps": {**BOWL, "steps": 5, "optimizers": [sgd(0.9)]},
    "3000 steps": {**BOWL, "steps": 3000, "optimizers": RACE},
    "noise": {
        "objective": "x**2 + y**2",
        "start": [3, 2],
        "steps": 300,
        "optimizers": [sgd(0.1)],
        "noise": {"standard_deviation": 1},
    },
    "no movement": {**BOWL, "start": [0, 0], "steps": 40, "optimizers": [sgd(0.1)]},
    # of other views
    "values beside": {**BOWL, "steps": 400, "optimizers": RACE, "panels": ["contour", "values"]},
    "values alone": {
        **BOWL,
        "steps": 400,
        "optimizers": RACE,
        "panels": [{"kind": "values", "scale": "log"}],
    },
    "rates": {
        **BOWL,
        "steps": 200,
        "optimizers": RACE,
        "panels": [{"kind": "state", "array": "effective_learning_rate"}],
    },
    "a saddle": {
        "objective": "x**2 - y**2",
        "start": [-1.5, 0.001],
        "steps": 60,
        "optimizers": [sgd(0.1), {"name": "adam", "learning_rate": 0.1}],
    },
    "divergence": {"objective": "x**2", "start": 1, "steps": 30, "optimizers": [sgd(1.1)]},
    "a leap": {
        "objective": "log(1 + exp(-x))",
        "start": -3,
        "steps": 30,
        "optimizers": [sgd(1), {"name": "newton"}],
    },
    "an explosion": {
        "objective": "x**4 + y**2",
        "start": [4, 3],
        "steps": 100,
        "optimizers": [sgd(0.1), {"name": "adam", "learning_rate": 0.1}],
    },
    "a ravine": {
        "objective": "rosenbrock",
        "start": [-1.2, 1],
        "steps": 2000,
        "optimizers": RACE[3:],
    },
}


def film_of(**settings: Any) -> Film:
    frames = {"size": [160, 90], **settings.pop("frames", {})}
    scene = Scene.model_validate(settings | {"frames": frames})
    return compose(scene, simulate(scene))


class Measured(NamedTuple):
    """How the change in pixels is spread over a film."""

    at_first: float
    """The share of it in the first second."""
    at_first_motion: float
    """In the second after the start has been held."""
    nearly_done: float
    """The second by which 90 % of it are done."""
    longest_rest: float
    """Seconds for which nothing changes, before the end is reached."""
    length: float
    """Of the film, in seconds."""


def measured(film: Film) -> Measured:
    changes = changes_in(film)
    per_second = float(film.timeline.rate)
    gone = np.cumsum(changes) / (changes.sum() or 1)
    moving = np.flatnonzero(changes)
    first = int(moving[0]) if moving.size else 0
    second = round(per_second)
    rests = np.diff(np.flatnonzero(changes), prepend=0)
    return Measured(
        float(gone[second - 1]),
        float(gone[first + second - 1]),
        int(np.searchsorted(gone, 0.9)) / per_second,
        int(rests[1:].max(initial=0)) / per_second,
        float(film.timeline.end(film.frames)),
    )


def changes_in(film: Film) -> NDArray[np.float64]:
    """Return how much each picture differs from the one before: the sum over pixels."""
    changes = np.zeros(film.frames)
    before = film.picture(0).astype(int)
    for frame in range(1, film.frames):
        now = film.picture(frame).astype(int)
        changes[frame] = np.abs(now - before).sum()
        before = now
    return changes
