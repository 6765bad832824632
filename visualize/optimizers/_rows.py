"""Many settings of one optimizer as one optimizer: every number is a row for each start."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from visualize.optimizers.optimizer import Optimizer


def stacked(optimizers: Sequence[Optimizer[Any]], starts: int) -> Optimizer[Any]:
    """Return one optimizer for the starts of all those given, which come one after the other.

    Numbers that differ become arrays `(len(optimizers) * starts, 1)`. Raises `ValueError` where
    the optimizers are of different kinds, or a setting that is no number differs.
    """
    kind = type(optimizers[0])
    if {type(optimizer) for optimizer in optimizers} != {kind}:
        raise ValueError("only optimizers of one kind are computed at once")
    settings = {}
    for name in kind.model_fields:
        values = [getattr(optimizer, name) for optimizer in optimizers]
        # A convention only names the others.
        same = name == "convention" or all(value == values[0] for value in values)
        settings[name] = values[0] if same else _row(name, values, starts)
    return kind.model_construct(**settings)


def _row(name: str, values: Sequence[Any], starts: int) -> Any:
    if all(isinstance(value, float) for value in values):
        return np.repeat(values, starts)[:, np.newaxis]
    if all(isinstance(value, tuple) and len(value) == len(values[0]) for value in values):
        return tuple(_row(name, column, starts) for column in zip(*values, strict=True))
    raise ValueError(f"runs whose {name} differs cannot be computed at once")
