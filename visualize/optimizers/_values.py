"""The settings of an optimizer by the letters that its rule has for them: η = 0.1, β₁ = 0.9.

Which letter a setting has is the first word of what is said of it: `μ: how much is kept`.
"""

import re
from collections.abc import Iterator
from typing import Any

from visualize.declare.descriptions import describe
from visualize.formulas.rules import letters_in, rule_in_mathematics
from visualize.formulas.typesetting import in_mathematics
from visualize.optimizers._schedules import Schedule
from visualize.optimizers.optimizer import Optimizer

LETTER = re.compile(r"(?P<letter>\S{1,6}):\s")
DIGITS = 6
"""So many digits of a number are told."""


def values_in_mathematics(optimizer: Optimizer[Any]) -> str:
    r"""Return the settings that a rule names, with their letters, as mathtext between dollar signs.

    >>> values_in_mathematics(OPTIMIZERS.load("adagrad")(learning_rate=0.5, epsilon=1e-7))
    '$\\eta = 0.5$, $\\varepsilon = 10^{-7}$'
    """
    letters = letters_in(optimizer.formula)
    lettered = ((it, value) for it, value in _lettered(optimizer) if it in letters)
    return ", ".join(told for letter, value in lettered for told in _told(letter, value))


def _lettered(optimizer: Optimizer[Any]) -> Iterator[tuple[str, Any]]:
    """Yield the settings that have a letter: the learning rate, and those of its own."""
    kind = type(optimizer)
    describe(kind)
    shared = Optimizer.model_fields.keys() - {"learning_rate"}
    for name, field in kind.model_fields.items():
        found = LETTER.match(field.description or "")
        if found and name not in shared:
            yield found["letter"], getattr(optimizer, name)


def _told(letter: str, value: Any) -> Iterator[str]:
    match value:
        case bool():
            return
        case int() | float():
            yield rule_in_mathematics(f"{letter} = {value:.{DIGITS}g}")
        case str():  # in t, which is 0 at the first update here, and 1 in rules
            yield f"{rule_in_mathematics(f'{letter} =')[:-1]} {in_mathematics(value)}$"
        case Schedule():
            yield f"{letter} by schedule {value.schedule.replace('_', ' ')}"
