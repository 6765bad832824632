"""An optimizer with a sweep is several: one run for each combination of its values."""

import itertools
import math
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from visualize.declare.settings import (
    LONGEST_LABEL,
    Place,
    Settings,
    custom_error,
    error_at,
    error_of,
    is_label,
    mistake_at,
    unknown_setting,
)
from visualize.optimizers.optimizer import OPTIMIZERS
from visualize.scene.runs import Appearance, Run
from visualize.text import counted, did_you_mean, listed, shown

MOST_RUNS = 200
MOST_MULTIPLES = 16
OPTIMIZER = "optimizer"
"""What small multiples are of, where it is no setting."""
PLACEHOLDER = re.compile(r"\{\s*(\w+)\s*\}")
"""In a label: the value of a setting that is swept."""
AN_EXAMPLE = "write optimizers: [{name: sgd, sweep: {learning_rate: [0.1, 0.4]}}]"


def sweeps_in(entries: Sequence[Any]) -> list[Collection[str]]:
    """Return which settings each entry sweeps, of those that do."""
    mappings = (it for it in entries if isinstance(it, Mapping))
    return [it["sweep"].keys() for it in mappings if isinstance(it.get("sweep"), Mapping)]


def check_template(template: str, swept: Sequence[Collection[str]]) -> str:
    """Return a `sweep_label`; raise where it has a setting that no optimizer sweeps."""
    known = list(dict.fromkeys(name for names in swept for name in names))
    if not known:
        raise custom_error(f"names the runs of a sweep, and there is none; {AN_EXAMPLE}")
    for found in PLACEHOLDER.finditer(template):
        if found[1] not in known:
            hint = did_you_mean(found[1], known) or f"; there are {listed(known)}"
            words = f"no optimizer sweeps {shown(found[1])}{hint}"
            raise custom_error(words, column=found.start(1), length=len(found[1]))
    if odd := re.search(r"[{}]", PLACEHOLDER.sub(lambda it: " " * len(it[0]), template)):
        words = f"in braces stands the name of a setting: {{{known[0]}}}"
        raise custom_error(words, column=odd.start(), length=1)
    if not PLACEHOLDER.search(template):
        words = f"all runs would be called alike; write sweep_label: '{known[0]} = {{{known[0]}}}'"
        raise custom_error(words)
    return template


def variants(
    entry: Any, template: str = "", *, is_named: bool = False
) -> Iterator[tuple[Any, Mapping[str, Place]]]:
    """Yield an optimizer's settings for each combination of its sweep, and where each stands.

    A `template`, as "rate {learning_rate}", makes the labels of sweeps that have all its settings;
    whose they are comes before that where it `is_named`.
    """
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
        elif name in {"name", *Appearance.model_fields}:
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
        called = f"{own or entry.get('name')}"
        label = f"{called} {values_in_words}"
        if template and {*PLACEHOLDER.findall(template)} <= variant.keys():
            label = _filled(template, values)
            label = f"{called} {label}" if is_named else label
        label = label.replace("/", "\u2215")
        if len(label) > LONGEST_LABEL:
            label = f"{label[: LONGEST_LABEL - 6]}… {number}"
        named = {"label": label} if own is None or isinstance(own, str) else {}
        together = {"group": called} if is_label(called) else {}
        yield (
            together | fixed | values | named,
            {name: ("sweep", name, index) for name, (index, _) in variant.items()},
        )


def groups_of(runs: Sequence[Run[Any]], each: str) -> dict[str, list[str]]:
    """Return the labels of the runs that one of several panels shows, by what it is called.

    There is one for `each` optimizer (the runs of a sweep are together), or for each value of one
    of their settings. Raises where a run has no such setting.

    >>> from visualize import Scene
    >>> sgd = {"name": "sgd", "label": "a", "learning_rate": 0.1}
    >>> groups_of(Scene(objective="x**2", start=1, optimizers=[sgd]).runs, "learning_rate")
    {'learning rate 0.1': ['a']}
    """
    groups: dict[str, list[str]] = {}
    for run in runs:
        if each == OPTIMIZER:
            title = run.group
        else:
            settings = type(run.source).model_fields if isinstance(run.source, Settings) else {}
            if each not in settings:
                hint = did_you_mean(each, [OPTIMIZER, *settings])
                words = f"{run.label} has no setting {shown(each)}"
                raise custom_error(f"{words}{hint or '; write each: optimizer'}")
            title = f"{each.replace('_', ' ')} {_in_label(getattr(run.source, each))}"
        groups.setdefault(title, []).append(run.label)
    if len(groups) > MOST_MULTIPLES:
        words = f"there would be {counted(len(groups), 'panel')}; {MOST_MULTIPLES} are the most"
        raise custom_error(words)
    return groups


def _filled(template: str, values: Mapping[str, Any]) -> str:
    return PLACEHOLDER.sub(lambda found: _in_label(values[found[1]]), template)


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
