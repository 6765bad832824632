"""An optimizer with a sweep is several: one run for each combination of its values."""

import itertools
import math
from collections.abc import Iterator, Mapping
from typing import Any

from visualize.declare.settings import (
    LONGEST_LABEL,
    Place,
    error_at,
    error_of,
    mistake_at,
    unknown_setting,
)
from visualize.optimizers.optimizer import OPTIMIZERS
from visualize.text import counted, shown

MOST_RUNS = 200


def variants(entry: Any) -> Iterator[tuple[Any, Mapping[str, Place]]]:
    """Yield an optimizer's settings for each combination of its sweep, and where each stands."""
    if not isinstance(entry, Mapping) or "sweep" not in entry:
        yield entry, {}
        return
    sweep = entry["sweep"]
    if not isinstance(sweep, Mapping) or not sweep:
        raise error_at("must be a mapping from settings to lists of values", "sweep")
    known = entry.get("name") in OPTIMIZERS.names()
    mistakes = []
    for name, values in sweep.items():
        if not isinstance(values, list | tuple) or not values:
            mistakes.append(mistake_at("must be a list of values", "sweep", name))
        elif name in {"name", "label", "color"}:
            mistakes.append(mistake_at(f"{name} cannot be swept", "sweep", name))
        elif name in entry:
            mistakes.append(mistake_at(f"{name} has a value already", "sweep", name))
        elif known and (words := OPTIMIZERS.load(entry["name"]).answer(name)):
            mistakes.append(unknown_setting(words, "sweep", name))
    if mistakes:
        raise error_of(mistakes)
    if (count := math.prod(map(len, sweep.values()))) > MOST_RUNS:
        raise error_at(f"would make {counted(count, 'run')}; {MOST_RUNS} are the most", "sweep")
    fixed = {name: value for name, value in entry.items() if name != "sweep"}
    combinations = itertools.product(*(enumerate(values) for values in sweep.values()))
    for number, chosen in enumerate(combinations, 1):
        variant = dict(zip(sweep, chosen, strict=True))
        values = {name: value for name, (_, value) in variant.items()}
        values_in_words = ", ".join(f"{name}={_in_label(value)}" for name, value in values.items())
        own = entry.get("label")
        label = f"{own or entry.get('name')} {values_in_words}".replace("/", "\u2215")
        if len(label) > LONGEST_LABEL:
            label = f"{label[: LONGEST_LABEL - 6]}… {number}"
        yield (
            fixed | values | ({"label": label} if own is None or isinstance(own, str) else {}),
            {name: ("sweep", name, index) for name, (index, _) in variant.items()},
        )


def _in_label(value: Any) -> str:
    match value:
        case str():
            return value
        case list() | tuple():
            return f"[{', '.join(map(_in_label, value))}]"
        case {"schedule": str(schedule), **settings}:
            given = (f"{name}={_in_label(it)}" for name, it in settings.items())
            return f"{schedule}({', '.join(given)})"
        case None:
            return "none"
        case _:
            return shown(value)
