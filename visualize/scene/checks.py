"""What is checked of several settings of a scene at once."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import ValidationError

from visualize.declare.checks import Check, Mistakes
from visualize.declare.settings import Place, collected, mistake_at
from visualize.formats.format import cannot_show
from visualize.history.recording import RecordedRun
from visualize.looks.themes import THEMES
from visualize.objectives.objective import Objective
from visualize.objectives.unknown import Unknown
from visualize.optimizers.optimizer import EFFECTIVE_RATE, Optimizer
from visualize.panels.panel import PANELS, Panel, Showable
from visualize.scene.budget import Budget, Cost, cost_of_film, cost_of_runs
from visualize.scene.frames import MOST_FRAMES, Frames
from visualize.scene.placing import Layout, mistakes_in_layout
from visualize.scene.runs import Entry, Run, makers_of
from visualize.scene.starts import Start, coordinates_of, count_of, misfits_of, points_of, unfit
from visualize.scene.sweeps import groups_of
from visualize.scene.themes import BASE, OWN_FORM, ThemeGiven, name_of
from visualize.text import counted, did_you_mean, listed, shown

MOST_TRIED = 1000
"""Starts up to which a scene is refused if none has a value."""
RATES_AT_ONCE = 2**16
"""Of how many steps the rates are looked at together, so that many steps take no memory."""
NOT_KNOWN = Unknown(variables=("x",))
"""An objective in place of one that has mistakes."""
MODEST_FRAMES = 250
MODEST_SIZE = (1280, 720)
"""What a scene costs with one of these in place of its own shows whether that is too large."""

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
def some_starts_have_a_value(start: Start, objective: Objective, seed: int) -> Mistakes:
    """Of a grid or of random starts some may lie where there is no value, but not all."""
    if isinstance(start, tuple) or not objective.is_known or count_of(start) > MOST_TRIED:
        return
    fits = not any(misfits_of(start, objective))
    if fits and not np.isfinite(objective.value(points_of(start, objective, seed))).any():
        yield mistake_at("the objective has no finite value at any of the starts", "start")


@check
def runs_are_within_the_budget(
    objective: Objective,
    steps: int,
    start: Start,
    entries: Sequence[Entry[Optimizer]],
    given: Collection[str],
    budget: Budget,
    panels: Sequence[Panel] = (),
) -> Mistakes:
    """A scene is refused that would take for ever, or all memory; told at what is too large."""
    if not (entries and objective.is_known):
        return
    starts = count_of(start)

    def cost(steps: int, starts: int, some: Sequence[Entry[Optimizer]]) -> Cost:
        return _cost(objective, steps, starts, some, panels)

    whole = cost(steps, starts, entries)
    if whole.excess(budget) <= 1:
        return
    smaller: dict[Place, float] = {
        ("epochs" if "epochs" in given else "steps",): cost(1, starts, entries).excess(budget),
        ("start",): cost(steps, 1, entries).excess(budget),
        **{place: cost(steps, starts, few).excess(budget) for place, few in _with_fewer(entries)},
        # A sweep is told before the list that it is in.
        ("optimizers",): 2 * cost(steps, starts, entries[:1]).excess(budget),
    }
    place = min((it for it in smaller if it[0] in given), key=lambda it: smaller[it])
    if cost(1, 1, entries[:1]).excess(budget) > 1:
        place = ("objective",)  # one update is too much
    asked = (
        f"{counted(steps, 'step')} x {counted(starts, 'start')} x "
        f"{counted(len(entries), 'optimizer')}"
    )
    yield mistake_at(f"{asked} {whole.in_words(budget)}", *place)


@check
def panels_are_within_the_budget(
    objective: Objective,
    steps: int,
    placed_panels: Sequence[tuple[Place, Any]],
    budget: Budget,
    runs: Sequence[Run[Any]],
) -> Mistakes:
    """A panel with runs of its own, as a map has, does not take for ever."""
    makers = makers_of(runs)
    for place, panel in placed_panels:
        simulated = [*panel.simulated(steps, makers, _groups(panel, runs))]
        if not (simulated and objective.is_known):
            continue
        costs = [cost_of_runs(objective, it.steps, it.runs, [it.optimizer], ()) for it in simulated]
        # They are computed some at a time: memory is no matter.
        seconds, updates = sum(it.seconds for it in costs), sum(it.updates for it in costs)
        cost = Cost(seconds, 0.0, updates)
        if cost.excess(budget) > 1:
            _, its_steps, its_runs, setting = simulated[0]
            asked = f"{counted(its_steps, 'step')} x {counted(its_runs, 'run')}"
            if len(simulated) > 1:
                asked += f" x {counted(len(simulated), 'panel')}"
            words = f"{asked} {cost.in_words(budget)}"
            yield mistake_at(words, *place, *([setting] if setting else []))


def _groups(panel: Panel, runs: Sequence[Run[Any]]) -> list[list[str]]:
    """Return the labels of the runs in each small multiple, where a panel has some."""
    if panel.each is None:
        return []
    with collected([]):  # a mistake is told elsewhere
        return [*groups_of(runs, panel.each).values()]
    return []


def _cost(
    objective: Objective,
    steps: int,
    starts: int,
    entries: Sequence[Entry[Optimizer]],
    panels: Sequence[Panel],
) -> Cost:
    states = [panel.needed_state for panel in panels if panel.needed_state]
    return cost_of_runs(objective, steps, starts, [entry.source for entry in entries], states)


def _with_fewer(
    entries: Sequence[Entry[Optimizer]],
) -> Iterator[tuple[Place, Sequence[Entry[Optimizer]]]]:
    """Yield the place of each sweep, and the runs there are with one of its own only."""
    for place in dict.fromkeys(entry.place for entry in entries if entry.swept):
        here = [entry for entry in entries if entry.place == place]
        others = [entry for entry in entries if entry.place != place]
        yield ("optimizers", *place, "sweep"), [*others, here[0]]


@check
def themes_are_there(theme: ThemeGiven | tuple[ThemeGiven, ...]) -> Mistakes:
    """A film is drawn in colours that there are, and each of several has its own name."""
    several = isinstance(theme, tuple)
    themes = theme if isinstance(theme, tuple) else (theme,)
    # Some disks do not tell capitals from other letters.
    names = Counter(name_of(it).casefold() for it in dict.fromkeys(themes))
    for index, one in enumerate(themes):
        place: Place = ("theme", index) if several else ("theme",)
        if isinstance(one, str) and one not in THEMES:
            known = f"; there are {', '.join(THEMES)}, and {OWN_FORM}"
            hint = did_you_mean(one, THEMES) or known
            yield mistake_at(f"unknown theme {shown(one)}{hint}", *place)
        elif names[name_of(one).casefold()] > 1:
            words = f"two themes are called '{name_of(one)}'"
            yield mistake_at(f"{words}; give one another name", *place)


@check
def the_film_can_be_made(
    frames: Frames,
    steps: int,
    formats: Sequence[str],
    given: Collection[str],
    budget: Budget,
    theme: ThemeGiven | tuple[ThemeGiven, ...] = BASE,
) -> Mistakes:
    """There are not too many pictures, the poster is among them, and they are within the budget.

    Where nothing is said of frames, a long history may still be simulated.
    """
    count = frames.count_for(steps)
    said = "frames" in given and frames != Frames.model_validate({})
    if said and count > MOST_FRAMES:
        whole = f"{frames.duration:g} seconds" if frames.duration else "the whole history"
        words = f"{whole} would be {count} pictures, {MOST_FRAMES} are the most"
        advice = "set fps" if frames.duration else "set count or steps_per_frame"
        yield mistake_at(f"{words}; {advice}", "frames")
        return
    if said and isinstance(frames.poster, int) and frames.poster >= count:
        words = f"the film has {counted(count, 'frame')}, from 0 to {count - 1}"
        yield mistake_at(f"{words} (got {shown(frames.poster)})", "frames", "poster")
    if said or budget.films:
        themes = len({*theme}) if isinstance(theme, tuple) else 1
        written = tuple(budget.formats or formats) * themes
        yield from _cost_of_the_film(frames, count, said, written, budget)


def _cost_of_the_film(
    frames: Frames, count: int, said: bool, formats: Sequence[str], budget: Budget
) -> Mistakes:
    """A film is refused that would take for ever, or whose pictures would take all memory."""
    cost = cost_of_film(formats, count, frames.size)
    if cost.excess(budget) <= 1:
        return
    words = f"{counted(count, 'picture')} of {frames.size[0]} x {frames.size[1]}"
    fewer = cost_of_film(formats, min(count, MODEST_FRAMES), frames.size).excess(budget)
    place: Place = ("frames", "size") if said else ("frames",)
    if fewer < cost_of_film(formats, count, MODEST_SIZE).excess(budget):
        place = ("frames", "count") if frames.count else ("frames",)
    yield mistake_at(f"{words} {cost.in_words(budget)}", *place)


@check
def learning_rates_are_rates(
    steps: int,
    entries: Sequence[Entry[Optimizer]],
    budget: Budget,
    objective: Objective = NOT_KNOWN,
    start: Start = ((0.0,),),
    panels: Sequence[Panel] = (),
) -> Mistakes:
    """A formula in t, or a schedule, is a rate at every step; 0 at some, as while warming up, is.

    Where the runs are too much, that alone is told: so would be to look at every step.
    """
    if _cost(objective, steps, count_of(start), entries, panels).excess(budget) > 1:
        return
    for entry in entries:
        if words := _no_rate(entry.source, steps):
            yield mistake_at(words, "optimizers", *entry.place_of("learning_rate"))


def _no_rate(optimizer: Optimizer, steps: int) -> str:
    """Return what is wrong with the learning rate of some step, or nothing."""
    strict, some = optimizer.divides_by_rate, steps <= 1
    for first in range(0, steps, RATES_AT_ONCE):
        rates = optimizer.learning_rates(steps, first, min(first + RATES_AT_ONCE, steps))
        bad = np.flatnonzero(~(np.isfinite(rates) & (rates > 0 if strict else rates >= 0)))
        if bad.size:
            least = f"greater than 0 for {optimizer.name}" if strict else "at least 0"
            it_is = f"it is {rates[bad[0]]:g} at t = {first + int(bad[0])}"
            return f"must stay finite and {least}; {it_is}"
        some = some or bool(rates.any())
    return "" if some else "must not be 0 at every step"


@check
def hessians_are_there(objective: Objective, entries: Sequence[Entry[Optimizer]]) -> Mistakes:
    """Who needs second derivatives has them."""
    for entry in entries:
        if entry.source.needs_hessian and not objective.has_hessian:
            words = f"{entry.source.name} needs second derivatives, {objective.without_hessian}"
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
        points = recorded.trajectory.points[:, 0]
        is_numbered = np.array_equal(points[0], np.arange(len(points[0])))
        lying = len(points) - is_numbered == objective.dimension
        hint = "; transposed?" if lying else _columns_too_many(columns, variables)
        return f"{_called(entry)} has {has}; the objective has {coordinates_of(objective)}{hint}"
    if {*columns} & {*variables} and columns != variables:
        return (
            f"the columns of {Path(recorded.file).name} are {listed(columns)}, "
            f"the objective's variables {listed(variables)}"
        )
    if objective.is_known and np.isnan(recorded.trajectory.values).all():
        starts = recorded.trajectory.points[0]
        without = np.flatnonzero(~np.isfinite(objective.value(starts)))
        if without.size:
            return f"{_called(entry)}: {unfit(tuple(starts[without[0]]), objective)}"
    return ""


def _columns_too_many(columns: Sequence[str], variables: Sequence[str]) -> str:
    """Return which columns of a table are no variables, where the variables are among them."""
    others = [name for name in columns if name not in variables]
    if not {*variables} <= {*columns} or not others:
        return ""
    are = "is none of these" if len(others) == 1 else "are none of these"
    what_to_do = "call the step and the value step and loss, leave out the rest"
    return f"; {listed(others)} {are}: {what_to_do}"


@check
def panels_can_show_it(
    objective: Objective,
    placed_panels: Sequence[tuple[Place, Any]],
    optimizers: Sequence[Optimizer] | None = None,
    trajectories: Sequence[RecordedRun] | None = None,
    start: Start = (),
    runs: Sequence[Run[Any]] = (),
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
    recorded = [run.trajectory for run in trajectories or ()]
    showable = Showable(
        objective,
        has_values=objective.is_known or not all(np.isnan(it.values).all() for it in recorded),
        states=states,
        has_gradients=objective.is_known
        or not all(np.isnan(it.gradients).all() for it in recorded),
        starts=max([count_of(start), *(it.points.shape[1] for it in recorded)]),
        optimizers=None if states is None else makers_of(runs),
    )
    for place, panel in placed_panels:
        if objective.dimension not in panel.shows:
            words = f"a {panel.kind} panel cannot show an objective with"
            can = f"; {able} can" if (able := _that_can(showable)) else ""
            yield mistake_at(f"{words} {coordinates_of(objective)}{can}", *place)
            continue
        for setting, words in panel.misfits(showable):
            able = _that_can(showable) if setting == "kind" else ""
            can = f"; {able} can be shown" if able else ""
            yield mistake_at(f"{words}{can}", *place, setting)


def _that_can(showable: Showable) -> str:
    """Return which kinds of panels can show a scene, as they are by default, in words."""
    able = []
    for kind in PANELS.sound():
        panel = PANELS.load(kind)
        try:
            fits = showable.objective.dimension in panel.shows and not any(
                panel.model_validate({"kind": kind}).misfits(showable)
            )
        except ValidationError:  # it has to be told something
            continue
        if fits:
            able.append(kind)
    return listed(able) if able else ""


@check
def panels_have_their_places(panels: Sequence[Panel], layout: Layout | None) -> Mistakes:
    """A layout has a place for every panel, and no other."""
    if layout is not None:
        yield from mistakes_in_layout(layout, panels)


@check
def panels_for_each_are_there(
    placed_panels: Sequence[tuple[Place, Any]], runs: Sequence[Run[Any]]
) -> Mistakes:
    """Small multiples are of something that the runs differ in, or at least have."""
    for place, panel in placed_panels:
        if panel.each is not None and runs:
            mistakes: list[Any] = []
            with collected(mistakes, *place, "each"):
                groups_of(runs, panel.each)
            yield from mistakes


@check
def formats_can_be_transparent(formats: Sequence[str], transparent: bool) -> Mistakes:
    """A film without background is saved as what can leave it out."""
    if words := cannot_show(formats, transparent=transparent):
        yield mistake_at(f"{words}: set formats", "transparent")


def _called(entry: Entry[RecordedRun]) -> str:
    return entry.appearance.label or entry.source.name
