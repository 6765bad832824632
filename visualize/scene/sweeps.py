"""From the entries of a scene's list to its runs: a sweep is several, and each has a label."""

import itertools
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import ValidationError, ValidationInfo

from visualize.declare.settings import (
    LONGEST_LABEL,
    declared_in,
    error_at,
    error_of,
    mistake_at,
    mistakes_of,
    told,
)
from visualize.optimizers._foreign import as_optimizer
from visualize.optimizers.optimizer import OPTIMIZERS, Optimizer
from visualize.scene.source import Place
from visualize.scene.starts import count_of
from visualize.text import counted, shown

if TYPE_CHECKING:
    from pydantic_core import InitErrorDetails

BUDGET = 5_000_000
"""How many updates (steps x starts x optimizers) a scene may ask for, unless told otherwise."""
MOST_RUNS = 200


def read_optimizers(value: Any, info: ValidationInfo) -> tuple[Optimizer, ...]:
    """Return the runs that `optimizers` in a scene declares, each with a label of its own."""
    if not isinstance(value, list | tuple) or not value:
        raise told("must be a list of optimizers, each with its name")
    read: list[tuple[Optimizer, int, Place]] = []
    mistakes: list[InitErrorDetails] = []
    for index, entry in enumerate(value):
        try:
            for variant, swept in _variants(entry):
                try:
                    own = as_optimizer(variant)
                    optimizer = own or declared_in(OPTIMIZERS, Optimizer, "name", variant)
                except ValidationError as error:
                    mistakes += mistakes_of(error, index, into=swept)
                else:
                    read.append((optimizer, index, swept.get("learning_rate", ("learning_rate",))))
        except ValidationError as error:
            mistakes += mistakes_of(error, index)
    steps, starts = info.data.get("steps", 0), count_of(info.data.get("start", ((),)))
    budget = (info.context or {}).get("budget", BUDGET)
    if max(steps, 1) * starts * len(read) > budget:
        raise told(
            f"{counted(steps, 'step')} x {counted(starts, 'start')} x "
            f"{counted(len(read), 'optimizer')} are more than the budget of "
            f"{budget} updates; --budget raises it"
        )
    for optimizer, index, place in read:
        rates = optimizer.learning_rates(steps)
        bad = np.flatnonzero(~(np.isfinite(rates) & (rates > 0)))
        if bad.size:
            t = int(bad[0])
            words = f"must stay finite and greater than 0; it is {rates[t]:g} at t = {t}"
            mistakes.append(mistake_at(words, index, *place))
    objective = info.data.get("objective")
    if objective is not None and not objective.has_hessian:
        for optimizer, index, _ in read:
            if optimizer.needs_hessian:
                words = (
                    f"{optimizer.name} needs second derivatives, which a gradient by "
                    "central_difference does not have; use gradient: analytic"
                )
                mistakes.append(mistake_at(words, index, "name"))
    labels = Counter(optimizer.label for optimizer, *_ in read)
    for optimizer, index, _ in read:
        if optimizer.label is not None and labels[optimizer.label] > 1:
            words = f"two runs are called '{optimizer.label}'"
            mistakes.append(mistake_at(words, index, "label"))
    if mistakes:
        raise error_of(mistakes)
    return _labelled([optimizer for optimizer, *_ in read])


def _variants(entry: Any) -> Iterator[tuple[Any, Mapping[str, Place]]]:
    """Yield an optimizer's settings for each combination of its sweep, and where each stands."""
    if not isinstance(entry, Mapping) or "sweep" not in entry:
        yield entry, {}
        return
    sweep = entry["sweep"]
    if not isinstance(sweep, Mapping) or not sweep:
        raise error_at("must be a mapping from settings to lists of values", "sweep")
    for name, values in sweep.items():
        if not isinstance(values, list | tuple) or not values:
            raise error_at("must be a list of values", "sweep", name)
        if name in {"name", "label", "color"}:
            raise error_at(f"{name} cannot be swept", "sweep", name)
        if name in entry:
            raise error_at(f"{name} has a value already", "sweep", name)
        known = entry.get("name") in OPTIMIZERS.names()
        if known and (words := OPTIMIZERS.load(entry["name"]).answer(name)):
            raise error_at(words, "sweep", name)
    if (count := math.prod(map(len, sweep.values()))) > MOST_RUNS:
        raise error_at(f"would make {counted(count, 'run')}; {MOST_RUNS} are the most", "sweep")
    fixed = {name: value for name, value in entry.items() if name != "sweep"}
    combinations = itertools.product(*(enumerate(values) for values in sweep.values()))
    for number, chosen in enumerate(combinations, 1):
        variant = dict(zip(sweep, chosen, strict=True))
        values = {name: value for name, (_, value) in variant.items()}
        told_apart = ", ".join(f"{name}={_in_label(value)}" for name, value in values.items())
        own = entry.get("label")
        label = f"{own or entry.get('name')} {told_apart}".replace("/", "\u2215")
        if len(label) > LONGEST_LABEL:
            label = f"{label[: LONGEST_LABEL - 6]}… {number}"
        yield (
            fixed | values | ({"label": label} if own is None or isinstance(own, str) else {}),
            {name: ("sweep", name, index) for name, (index, _) in variant.items()},
        )


def _labelled(optimizers: Sequence[Optimizer]) -> tuple[Optimizer, ...]:
    """Return the optimizers, each with a label: its name, numbered where two are alike."""
    taken = {optimizer.label for optimizer in optimizers}
    names = Counter(optimizer.name for optimizer in optimizers if optimizer.label is None)
    labelled = []
    for optimizer in optimizers:
        label, number = optimizer.label or optimizer.name, 1
        while optimizer.label is None and (label in taken or names[label] > 1):
            label, number = f"{optimizer.name} {number}", number + 1
        taken.add(label)
        labelled.append(optimizer.model_copy(update={"label": label}))
    return tuple(labelled)


def _in_label(value: Any) -> str:
    match value:
        case str():
            return value
        case list() | tuple():
            return f"[{', '.join(map(_in_label, value))}]"
        case None:
            return "none"
        case _:
            return shown(value)
