"""Numbers over steps: the axis reaches as far as runs do that end well."""

from typing import Any

import numpy as np
import pytest

from tests.film.films import a_scene
from tests.panels.test_panels import seen

RACES: dict[str, dict[str, Any]] = {
    "short steps soon": {
        "objective": "himmelblau",
        "start": [0.2, -0.4],
        "optimizers": [
            {"name": "sgd", "learning_rate": 0.01},
            {"name": "sgd", "learning_rate": 0.01, "momentum": 0.7, "label": "heavy"},
            {"name": "adam", "learning_rate": 0.2},
        ],
    },
    "a long way first": {
        "objective": "beale",
        "start": [1, 1.5],
        "optimizers": [
            {"name": "sgd", "learning_rate": 0.001, "momentum": 0.9},
            {"name": "adam", "learning_rate": 0.1},
            {"name": "adagrad", "learning_rate": 0.3},
        ],
    },
    "one that is thrown": {
        "objective": "x**2 + y**2",
        "start": [3, 1],
        "optimizers": [
            {"name": "sgd", "learning_rate": 0.999},
            {"name": "sgd", "learning_rate": 1e-4, "label": "slow"},
        ],
    },
}


@pytest.mark.parametrize("steps", [3, 30, 100])
@pytest.mark.parametrize("race", RACES)
def test_every_head_of_a_run_that_ends_well_is_within_the_axis(race: str, steps: int) -> None:
    measures = [{"kind": "values", "measure": it} for it in ("value", "gradient_norm")]
    panels = ["steps", *measures]
    for view in seen(a_scene(**RACES[race], steps=steps, panels=panels)):
        low, high = view.limits[1]
        for places in view.series.values():
            lengths = places[..., 1][np.isfinite(places[..., 1])]
            assert lengths.max() <= high
            assert lengths.min() >= low or view.scales[1] == "log"
