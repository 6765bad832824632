"""Runs of one optimizer with all combinations of two of its settings, or from all starts."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any, Literal

import numpy as np
from pydantic import ValidationError

from visualize.arrays import Array
from visualize.declare.settings import Range, custom_error
from visualize.landscapes.limits import LARGEST, narrowest
from visualize.optimizers.optimizer import Optimizer

APPEARANCE = ("name", "convention")
"""What no map is over, though optimizers have it."""
RARE = ("clip_norm",)
"""What is not proposed: most do without."""
RATES, SHARES = (0.001, 1.0), (0.0, 0.99)
"""Ranges of settings that are proposed."""
MOST_SAMPLES = 512
FORM = "write over: {learning_rate: [0.001, 1], momentum: [0, 0.99]}, or over: starts"
Over = Literal["starts"] | tuple[tuple[str, Range], tuple[str, Range]]


def read_over(over: Any) -> Any:
    """Return what a map is over: `starts`, or two settings with their ranges."""
    if isinstance(over, str):
        if over != "starts":
            raise custom_error(f"must be starts, or two settings with their ranges; {FORM}")
        return over
    pairs: Sequence[Any] = ()
    if isinstance(over, Mapping):
        pairs = tuple(over.items())
    elif isinstance(over, list | tuple):
        pairs = tuple(_pair(it) for it in over)
    if len(pairs) != 2 or not all(isinstance(it, tuple) for it in pairs):
        raise custom_error(f"must be starts, or two settings with their ranges; {FORM}")
    for name, range_ in pairs:
        if not _is_range(range_):
            words = "must have a range, two numbers of which the first is lower: [0.001, 1]"
            raise custom_error(f"{name} {words}")
    return tuple((str(name), (float(low), float(high))) for name, (low, high) in pairs)


def _is_range(value: Any) -> bool:
    match value:
        case [int() | float() as low, int() | float() as high]:
            are_numbers = (
                not {type(low), type(high)} & {bool} and max(abs(low), abs(high)) <= LARGEST
            )
            return are_numbers and high - low >= narrowest((low, high))
    return False


def check_samples(samples: Any) -> int | tuple[int, int]:
    """Return how many cells there are, in both directions or in each."""
    match samples:
        case int() if _is_count(samples):
            return samples
        case [one, other] if _is_count(one) and _is_count(other):
            return one, other
    words = f"must be 2 to {MOST_SAMPLES} cells, in both directions or in each: 64, or [64, 48]"
    raise custom_error(words)


def _is_count(value: Any) -> bool:
    return type(value) is int and 2 <= value <= MOST_SAMPLES


def _pair(entry: Any) -> Any:
    if isinstance(entry, Mapping) and len(entry) == 1:
        return next(iter(entry.items()))
    return tuple(entry) if isinstance(entry, list | tuple) and len(entry) == 2 else None


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


def proposal(optimizer: Optimizer[Any]) -> str:
    """Return what two settings of an optimizer may be written; nothing where it has none."""
    written = []
    for name in number_settings(optimizer):
        known = (RATES,) if name == "learning_rate" else (SHARES, RATES)
        allowed = [it for it in known if refusal(optimizer, [(name, it)]) is None]
        if allowed and name not in RARE:
            written.append(f"{name}: [{allowed[0][0]:g}, {allowed[0][1]:g}]")
    return f"write over: {{{', '.join(written[:2])}}}" if len(written) > 1 else ""


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
        return np.asarray(np.exp(np.log(low) + shares * (np.log(high) - np.log(low))))
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
