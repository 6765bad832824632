"""The list of optimizers in a scene."""

from collections.abc import Mapping
from typing import Any

from pydantic_core import InitErrorDetails

from visualize.declare.settings import (
    LONGEST_FORM,
    collected,
    declared_in,
    error_at,
    error_of,
    in_our_words,
    mistake_at,
)
from visualize.history.history import MOST_RUNS
from visualize.objectives.objective import PYTHON
from visualize.optimizers._foreign import as_optimizer
from visualize.optimizers.optimizer import OPTIMIZERS, Optimizer
from visualize.scene.runs import Appearance, Entries, Entry, Run, given_appearance
from visualize.scene.sweeps import variants
from visualize.text import in_yaml, listed

AN_OPTIMIZER = (
    "one is an object with init and update, or of torch, optax or Keras, which are imported before"
)
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


def _beside_an_object(entry: Any) -> list[InitErrorDetails]:
    """Return the mistakes in `{"optimizer": object, ...}`: its settings are the object's own."""
    if not (isinstance(entry, Mapping) and _is_object(entry.get("optimizer"))):
        return []
    others = entry.keys() - {"optimizer", *Appearance.model_fields}
    words = f"beside an object stand only {listed([*Appearance.model_fields])}"
    words = f"{words}; all else is the object's own"
    return [mistake_at(words, name) for name in entry if name in others]


def _is_object(value: Any) -> bool:
    """Whether something is of Python: a function, a class, or what has one half of a rule."""
    halves = hasattr(value, "init") or hasattr(value, "update")
    return callable(value) or (halves and not isinstance(value, Mapping | Optimizer))


def _read(settings: Any) -> Optimizer:
    """Return the optimizer that an entry declares, without its label."""
    given = _in_python(settings)
    if (own := as_optimizer(given)) is not None:
        return own
    if _is_object(given):
        name = getattr(given, "__name__", type(given).__name__)
        raise error_at(f"{name} is no optimizer; {AN_OPTIMIZER}")
    return declared_in(OPTIMIZERS, Optimizer, "name", settings)


def read_optimizers(value: Any, sweep_label: str = "") -> Entries[Optimizer]:
    """Return the runs that `optimizers` in a scene declares; a sweep is several."""
    entries: Entries[Optimizer] = Entries()
    # An optimizer of optax is a tuple too, of functions.
    if not isinstance(value, list | tuple) or not value or hasattr(value, "update"):
        words = f"must be a list of optimizers, each with its name{_as_list(value)}"
        entries.mistakes.append(mistake_at(words))
        return entries
    several = len(value) > 1
    for index, entry in enumerate(value):
        if isinstance(entry, Run) and isinstance(entry.source, Optimizer):
            entries.sound.append(Entry(entry.source, entry.appearance, (index,)))
            continue
        if mistakes := _beside_an_object(entry):
            with collected(entries.mistakes, index):
                raise error_of(mistakes)
            continue
        with collected(entries.mistakes, index):
            for variant, swept in variants(entry, sweep_label, is_named=several):
                settings, given = given_appearance(variant)
                look = Appearance()
                with collected(entries.mistakes, index, into=swept):
                    look = Appearance.model_validate(given)
                with collected(entries.mistakes, index, into=swept):
                    entries.sound.append(Entry(_read(settings), look, (index,), swept))
            if len(entries.sound) > MOST_RUNS:
                raise error_at(f"with these there are more than {MOST_RUNS} runs")
        if len(entries.sound) > MOST_RUNS:
            break
    return entries
