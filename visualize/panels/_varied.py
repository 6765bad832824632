"""Runs of one optimizer with all combinations of two of its settings, or from all starts."""

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any

import numpy as np
from pydantic import ValidationError

from visualize.arrays import Array
from visualize.declare.settings import Range
from visualize.optimizers.optimizer import Optimizer

APPEARANCE = ("name", "convention")
"""What no map is over, though optimizers have it."""


def number_settings(optimizer: Optimizer[Any]) -> list[str]:
    """Return the settings of an optimizer that may be any number of some range."""
    trial = {name: _accepts(optimizer, name) for name in type(optimizer).model_fields}
    return [name for name, accepts in trial.items() if accepts]


def _accepts(optimizer: Optimizer[Any], name: str) -> bool:
    if name in APPEARANCE:
        return False
    for number in (0.5, 0.001, 1.5):
        try:
            return isinstance(getattr(_with(optimizer, {name: number}), name), float)
        except ValidationError:
            continue
    return False


def refusal(optimizer: Optimizer[Any], ends: Sequence[tuple[str, Range]]) -> tuple[str, str] | None:
    """Return the setting that an optimizer does not take at the ends of its range, and why."""
    names = [name for name, _ in ends]
    for corner in product(*(range_ for _, range_ in ends)):
        given = dict(zip(names, corner, strict=True))
        try:
            _with(optimizer, given)
        except ValidationError as error:
            found = error.errors()[0]
            name = next((str(it) for it in found["loc"] if it in names), names[0])
            return name, f"{found['msg']} (got {given[name]:g})"
    return None


def _with(optimizer: Optimizer[Any], settings: dict[str, float]) -> Optimizer[Any]:
    """Return the optimizer with other settings, checked."""
    return type(optimizer).model_validate({**dict(optimizer), **settings})


def middles(range_: Range, count: int, *, logarithmic: bool) -> Array:
    """Return the middles of so many cells that fill a range, evenly spaced on its scale."""
    shares = (np.arange(count) + 0.5) / count
    low, high = range_
    if logarithmic:
        return np.asarray(low * (high / low) ** shares)
    return np.asarray(low + (high - low) * shares)


def places_of(
    optimizers: "dict[str, Optimizer[Any]]", of: str, names: Sequence[str]
) -> Iterator[tuple[str, list[float]]]:
    """Yield the runs that differ in some settings only from one of them, and their numbers."""
    own = optimizers[of]
    for label, other in optimizers.items():
        if type(other) is not type(own):
            continue
        fields = [it for it in type(own).model_fields if it not in {*names, "convention"}]
        alike = all(getattr(own, it) == getattr(other, it) for it in fields)
        numbers = [getattr(other, name) for name in names]
        if alike and all(isinstance(it, float) for it in numbers):
            yield label, numbers
