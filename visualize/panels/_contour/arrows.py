"""Arrows at the heads of runs, as numbers: what the gradient asks, what the rule makes of it."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import BeforeValidator

from visualize.arrays import Array, length
from visualize.declare.settings import custom_error
from visualize.history.history import History
from visualize.history.trajectory import Trajectory
from visualize.objectives.objective import Objective, Ranges
from visualize.optimizers._carried import can_be_parted, parts_of_steps
from visualize.optimizers.optimizer import Optimizer
from visualize.panels._trails import MOST_TRAILS
from visualize.panels.panel import Surroundings
from visualize.text import shown


def _read_arrows(arrows: Any) -> Any:
    if isinstance(arrows, bool) or arrows == "parts":
        return arrows
    raise custom_error(f"must be true, false or parts (got {shown(arrows)})")


Arrows = Annotated[bool | Literal["parts"], BeforeValidator(_read_arrows)]
"""Whether there are arrows, or also the parts of each step."""
ASKED, STEP, CARRIED, HELD = range(4)
"""What the arrows of a run are, in its array; the last leads to where the gradient's begins."""
SHORTEST, LONGEST = 0.07, 0.7
"""Of an arrow, as parts of the axes' height."""
TYPICAL, USUAL = 0.22, 0.8
"""How long the arrow of a longish step is drawn where steps are too short to be seen as they are:
longer than this part of all."""
NOTHING = 0.02
"""Of the longish step: shorter ones shrink to a point, so that what rests has no arrow."""
THROWN = 1.5
"""Of the axes' height, from which on a step leads out of the picture."""
EDGE = 0.015
"""How far from the edge of the axes arrows end, as a part of the width and height."""


def arrows_of(
    objective: Objective, history: History, around: Surroundings, *, parts: bool
) -> dict[str, Array]:
    """Return for each run what its gradients ask, -η g, its steps, and the parts of these: what
    they carry over, and that with what decay adds.

    `(2 or 4, rows, starts, dimension)`; the step of the last row is that which would be next, 0
    where nobody knows. Of a run whose learning rate is not known it is the one at which both are
    as long, mostly. A run of many starts has none.
    """
    return {
        label: _vectors(objective, run, around.optimizers.get(label), parts=parts)
        for label, run in history.items()
        if run.points.shape[1] <= MOST_TRAILS and run.steps
    }


def _vectors(
    objective: Objective, run: Trajectory, optimizer: Optimizer[Any] | None, *, parts: bool
) -> Array:
    with np.errstate(all="ignore"):  # of a run that diverges
        steps = np.diff(run.points, axis=0)
        asked = -_rates(run, steps, optimizer) * run.gradients
    if optimizer is not None and optimizer.maximize:
        asked = -asked
    if optimizer is not None and can_be_parted(optimizer):
        found = parts_of_steps(optimizer, run, objective)
        made, carried, held = found.steps, found.carried, found.carried + found.decay
    else:  # nobody knows what would be next
        made = np.concatenate([steps, np.zeros_like(steps[:1])])
        carried = held = np.zeros_like(made)
    kinds = [asked, made, carried, held] if parts else [asked, made]
    return np.nan_to_num(np.stack(kinds), nan=0.0, posinf=0.0, neginf=0.0)


def _rates(run: Trajectory, steps: Array, optimizer: Optimizer[Any] | None) -> Array:
    """Return the learning rate at each row: `(rows, starts or 1, 1)`."""
    if optimizer is None:
        gone, slopes = length(steps), length(run.gradients[:-1])
        moving = np.isfinite(gone) & np.isfinite(slopes) & (slopes > 0) & (gone > 0)
        rate = np.median(gone[moving] / slopes[moving]) if moving.any() else 0.0
        return np.full((len(run.points), 1, 1), rate)
    rates = optimizer.learning_rates(run.steps)
    rates = rates.reshape(run.steps, -1, 1)
    return np.concatenate([rates, rates[-1:]])


def fitted(
    arrows: Mapping[str, Array], places: Mapping[str, Array], limits: Ranges, shape: float
) -> dict[str, Array]:
    """Return arrows that can be seen, and never leave the limits: `(kinds, rows, starts, 2)`.

    Steps are drawn as they are, or all lengths are multiplied by one factor where most would be too
    short. Single ones are cut, or drawn as long as an arrow is at least. `places` are where the
    heads are, and the axes are as wide as high times `shape`.
    """
    low, high = np.transpose(limits)
    unit = (high - low) / (shape, 1.0)
    lengths = [
        length(vectors[STEP] / unit)[_inside(places[label], low, high)]
        for label, vectors in arrows.items()
    ]
    factor = _factor(np.concatenate([np.empty(0), *lengths]))
    margin = EDGE * (high - low)
    return {
        label: _cut(vectors / unit * factor, places[label], low + margin, high - margin, unit)
        for label, vectors in arrows.items()
    }


def _inside(places: Array, low: Array, high: Array) -> Any:
    return ((places >= low) & (places <= high)).all(axis=-1)


def _factor(lengths: Array) -> float:
    """Return by what lengths are multiplied; those of what is thrown out say nothing."""
    lengths = lengths[lengths < THROWN]
    there = lengths[lengths > NOTHING * np.max(lengths, initial=0.0)]
    longish = float(np.quantile(there, USUAL)) if len(there) else 0.0
    if not longish or longish > SHORTEST:
        return 1.0
    return TYPICAL / longish


def _cut(vectors: Array, places: Array, low: Array, high: Array, unit: Array) -> Array:
    """Return vectors, in units, as they are drawn, in data."""
    lengths = length(vectors)
    lengths[STEP:] = lengths[STEP:].max(axis=0)  # the parts of a step grow or shrink with it
    drawn = np.maximum(
        np.minimum(lengths, LONGEST), SHORTEST * np.minimum(lengths / (NOTHING * TYPICAL), 1.0)
    )
    scales = np.divide(drawn, lengths, out=np.zeros_like(lengths), where=lengths > 0)
    vectors = vectors * scales[..., np.newaxis] * unit
    with np.errstate(all="ignore"):
        ways = np.where(vectors > 0, high - places, low - places) / vectors
    inside = np.clip(np.where(vectors == 0, 1.0, ways), 0.0, 1.0).min(axis=-1)
    inside[STEP:] = inside[STEP:].min(axis=0)
    inside *= _inside(places, low, high)
    cut: Array = np.nan_to_num(vectors * inside[..., np.newaxis])
    return cut
