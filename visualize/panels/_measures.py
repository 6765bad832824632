"""What is measured of runs at every row: the value, the gradient's length, how far it is to go."""

from collections.abc import Iterator
from typing import Literal

import numpy as np

from visualize.arrays import Array, joined, length
from visualize.errors import ArraysError
from visualize.history.history import History
from visualize.landscapes.lowest import lowest_minima, may_have_minima
from visualize.objectives.objective import Objective
from visualize.panels.panel import Showable

Measure = Literal["value", "gradient_norm", "distance"]
NAMES = {"gradient_norm": "gradient norm", "distance": "distance to the minimum"}
"""What stands beside the axis."""


def measure_misfits(measure: str, showable: Showable) -> Iterator[tuple[str, str]]:
    """Yield that there is nothing to measure."""
    objective = showable.objective
    if measure == "value" and not showable.has_values:
        yield "kind", "the recorded runs have no values; record them, or give the objective"
    if measure == "gradient_norm" and not showable.has_gradients:
        words = "the recorded runs have no gradients; record them, or give the objective"
        yield "measure", words
    if measure == "distance":
        if not (objective.is_known or objective.minima):
            yield "measure", "without an objective there is no minimum to be far from"
        elif not may_have_minima(objective):
            words = "the objective's minimum is not known; give objective: {minima: [[...]]}"
            yield "measure", words


def measured(measure: str, objective: Objective, history: History) -> dict[str, Array]:
    """Return what is measured of each run at its rows: `(rows, starts)` by label.

    Raises `ArraysError` where a distance is asked for and no minimum is found.
    """
    if measure == "value":
        return {label: joined(run.values, run.evaluate_every) for label, run in history.items()}
    if measure == "gradient_norm":
        return {label: length(run.gradients) for label, run in history.items()}
    minima = lowest_minima(objective, history)
    if not len(minima):
        raise ArraysError(
            "no minimum is found that a distance could be shown to; "
            "give objective: {minima: [[...]]}"
        )
    return {
        label: np.min([length(run.points - minimum) for minimum in minima], axis=0)
        for label, run in history.items()
    }


def measure_name(measure: str, objective: Objective) -> str:
    """Return what stands beside the axis of what is measured."""
    return objective.value_name if measure == "value" else NAMES[measure]
