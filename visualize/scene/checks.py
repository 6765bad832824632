"""What is checked of several settings of a scene at once."""

from collections import Counter
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from visualize.declare.checks import Check, Mistakes
from visualize.declare.settings import mistake_at
from visualize.formats.format import cannot_show
from visualize.history.recording import RecordedRun
from visualize.objectives.objective import Objective
from visualize.optimizers.optimizer import EFFECTIVE_RATE, Optimizer
from visualize.panels.panel import Showable
from visualize.scene.frames import MOST_FRAMES, Frames
from visualize.scene.runs import Entry
from visualize.scene.starts import Start, coordinates_of, count_of, misfits_of, unfit
from visualize.text import counted, shown

BUDGET = 5_000_000
"""How many updates (steps x starts x optimizers) a scene may ask for by default."""

CHECKS: list[Check] = []


def check(function: Check) -> Check:
    """Add a check of scenes."""
    CHECKS.append(function)
    return function


@check
def starts_fit_the_objective(start: Start, objective: Objective) -> Mistakes:
    """Every start has the objective's coordinates, and a value there."""
    if not objective.is_known:
        return
    for place, words in misfits_of(start, objective):
        yield mistake_at(words, "start", *place)


@check
def updates_are_within_the_budget(
    steps: int, start: Start, entries: Sequence[Entry[Optimizer]], budget: int
) -> Mistakes:
    """A scene is refused that would take for ever."""
    if _updates(steps, start, entries) > budget:
        yield mistake_at(
            f"{counted(steps, 'step')} x {counted(count_of(start), 'start')} x "
            f"{counted(len(entries), 'optimizer')} are more than the budget of "
            f"{budget} updates; --budget raises it",
            "optimizers",
        )


@check
def learning_rates_are_rates(
    steps: int, start: Start, entries: Sequence[Entry[Optimizer]], budget: int
) -> Mistakes:
    """A formula in t is a rate at every step; 0 at some, as while warming up, is one."""
    for entry in entries if _updates(steps, start, entries) <= budget else ():
        rates = entry.source.learning_rates(steps)
        bad = np.flatnonzero(~(np.isfinite(rates) & (rates >= 0)))
        words = ""
        if bad.size:
            t = int(bad[0])
            words = f"must stay finite and at least 0; it is {rates[t]:g} at t = {t}"
        elif steps > 1 and not rates.any():
            words = "must not be 0 at every step"
        if words:
            yield mistake_at(words, "optimizers", *entry.place_of("learning_rate"))


@check
def hessians_are_there(objective: Objective, entries: Sequence[Entry[Optimizer]]) -> Mistakes:
    """Who needs second derivatives has them."""
    for entry in entries:
        if entry.source.needs_hessian and not objective.has_hessian:
            words = (
                f"{entry.source.name} needs second derivatives, which a gradient by "
                "central_difference does not have; use gradient: analytic"
            )
            yield mistake_at(words, "optimizers", *entry.place_of("name"))


@check
def labels_differ(
    entries: Sequence[Entry[Any]] = (), recordings: Sequence[Entry[Any]] = ()
) -> Mistakes:
    """No two runs have the same label."""
    for setting, several in (("optimizers", entries), ("trajectories", recordings)):
        labels = Counter(entry.appearance.label for entry in several)
        for entry in several:
            label = entry.appearance.label
            if label is not None and labels[label] > 1:
                words = f"two runs are called '{label}'"
                yield mistake_at(words, setting, *entry.place_of("label"))


@check
def optimizers_have_values(objective: Objective, entries: Sequence[Entry[Optimizer]]) -> Mistakes:
    """Optimizers minimise something; of recorded points the variables alone may be known."""
    if entries and not objective.is_known:
        yield {"type": "missing", "loc": ("objective", "expression"), "input": None}


@check
def recordings_fit_each_other(recordings: Sequence[Entry[RecordedRun]]) -> Mistakes:
    """All runs have the same number of coordinates."""
    dimensions = {entry.source.dimension: _called(entry) for entry in recordings}
    if len(dimensions) > 1:
        words = (f"{label} has {size}" for size, label in sorted(dimensions.items()))
        yield mistake_at(
            f"the runs differ in their number of coordinates: {', '.join(words)}", "trajectories"
        )


@check
def recordings_fit_the_objective(
    recordings: Sequence[Entry[RecordedRun]], objective: Objective
) -> Mistakes:
    """A recorded run has the objective's coordinates, in its order, and a value at its start."""
    for entry in recordings:
        if words := _misfit(entry, objective):
            yield mistake_at(words, "objective")
            return


def _misfit(entry: Entry[RecordedRun], objective: Objective) -> str:
    recorded = entry.source
    columns, variables = recorded.columns or (), objective.variables
    if recorded.dimension != objective.dimension:
        has = counted(recorded.dimension, "coordinate")
        return f"{_called(entry)} has {has}; the objective has {coordinates_of(objective)}"
    if {*columns} & {*variables} and columns != variables:
        return (
            f"the columns of {Path(recorded.file).name} are {', '.join(columns)}, "
            f"the objective's variables {', '.join(variables)}"
        )
    if objective.is_known and np.isnan(recorded.trajectory.values).all():
        for start in recorded.trajectory.points[0]:
            if words := unfit(tuple(start), objective):
                return f"{_called(entry)}: {words}"
    return ""


@check
def panels_can_show_it(
    objective: Objective,
    placed_panels: Sequence[tuple[int, Any]],
    optimizers: Sequence[Optimizer] | None = None,
    trajectories: Sequence[RecordedRun] | None = None,
) -> Mistakes:
    """Every panel finds what it is to show."""
    if not (objective.is_known or trajectories):
        return
    states: dict[str, tuple[int, ...]] | None = None
    if optimizers is not None and trajectories is not None:
        one = np.zeros((1, objective.dimension))
        states = {}
        for optimizer in optimizers:
            state = optimizer.init(one, objective.blocks)
            arrays = {EFFECTIVE_RATE: one, **optimizer.remembered(state)}
            states |= {name: array.shape[1:] for name, array in arrays.items()}
        for run in trajectories:
            states |= {name: array.shape[2:] for name, array in run.trajectory.states.items()}
    recorded = [run.trajectory.values for run in trajectories or ()]
    has_values = objective.is_known or not all(np.isnan(values).all() for values in recorded)
    showable = Showable(objective, has_values, states)
    for index, panel in placed_panels:
        if objective.dimension not in panel.shows:
            yield mistake_at(
                f"a {panel.kind} panel cannot show an objective with {coordinates_of(objective)}",
                "panels",
                index,
            )
        for setting, words in panel.misfits(showable):
            yield mistake_at(words, "panels", index, setting)


@check
def the_whole_history_is_not_too_long(
    frames: Frames, steps: int, given: Collection[str]
) -> Mistakes:
    """There are not too many pictures, and the poster is among them.

    Where nothing is said of frames, a long history may still be simulated.
    """
    count = frames.count_for(steps)
    if "frames" not in given or frames == Frames.model_validate({}):
        return
    if count > MOST_FRAMES:
        yield mistake_at(
            f"the whole history would be {count} pictures, {MOST_FRAMES} are the most; "
            "set count or steps_per_frame",
            "frames",
        )
    elif isinstance(frames.poster, int) and frames.poster >= count:
        words = f"the film has {counted(count, 'frame')}, from 0 to {count - 1}"
        yield mistake_at(f"{words} (got {shown(frames.poster)})", "frames", "poster")


@check
def formats_can_be_transparent(formats: Sequence[str], transparent: bool) -> Mistakes:
    """A film without background is saved as what can leave it out."""
    if words := cannot_show(formats, transparent=transparent):
        yield mistake_at(f"{words}: set formats", "transparent")


def _updates(steps: int, start: Start, entries: Sequence[Entry[Optimizer]]) -> int:
    return max(steps, 1) * count_of(start) * len(entries)


def _called(entry: Entry[RecordedRun]) -> str:
    return entry.appearance.label or entry.source.name
