"""The list of optimizers in a scene."""

from collections.abc import Mapping
from typing import Any

from visualize.declare.settings import (
    LONGEST_FORM,
    collected,
    declared_in,
    error_at,
    in_our_words,
    mistake_at,
)
from visualize.history.history import MOST_RUNS
from visualize.objectives.objective import PYTHON
from visualize.optimizers._foreign import as_optimizer
from visualize.optimizers.optimizer import OPTIMIZERS, Optimizer
from visualize.scene.runs import Appearance, Entries, Entry, Run, given_appearance
from visualize.scene.sweeps import variants
from visualize.text import in_yaml

EXAMPLE = {"name": "adam", "learning_rate": 0.1}


def _as_list(value: Any) -> str:
    """Return how somebody writes a list who has written `optimizers: adam`."""
    written = in_yaml([in_our_words(OPTIMIZERS, "name", value) or EXAMPLE])
    if len(written) > LONGEST_FORM:
        written = in_yaml([EXAMPLE])
    return f"; write optimizers: {written}"


def _in_python(settings: Any) -> Any:
    """Return the object in `{"optimizer": object}`, which stands so beside a label and a colour."""
    if not isinstance(settings, Mapping):
        return settings
    if settings.get(PYTHON):
        words = f"{settings.get('name')} was given in Python, which no file holds"
        raise error_at(f"{words}; give it again, or write one that has a name here")
    given = settings.get("optimizer")
    return given if len(settings) == 1 and not isinstance(given, str | Mapping) else settings


def read_optimizers(value: Any) -> Entries[Optimizer]:
    """Return the runs that `optimizers` in a scene declares; a sweep is several."""
    entries: Entries[Optimizer] = Entries()
    # An optimizer of optax is a tuple too, of functions.
    if not isinstance(value, list | tuple) or not value or hasattr(value, "update"):
        words = f"must be a list of optimizers, each with its name{_as_list(value)}"
        entries.mistakes.append(mistake_at(words))
        return entries
    for index, entry in enumerate(value):
        if isinstance(entry, Run) and isinstance(entry.source, Optimizer):
            look = Appearance(label=entry.label, color=entry.color)
            entries.sound.append(Entry(entry.source, look, (index,)))
            continue
        with collected(entries.mistakes, index):
            for variant, swept in variants(entry):
                settings, given = given_appearance(variant)
                look = Appearance()
                with collected(entries.mistakes, index, into=swept):
                    look = Appearance.model_validate(given)
                with collected(entries.mistakes, index, into=swept):
                    own = as_optimizer(_in_python(settings))
                    optimizer = own or declared_in(OPTIMIZERS, Optimizer, "name", settings)
                    entries.sound.append(Entry(optimizer, look, (index,), swept))
            if len(entries.sound) > MOST_RUNS:
                raise error_at(f"with these there are more than {MOST_RUNS} runs")
        if len(entries.sound) > MOST_RUNS:
            break
    return entries
