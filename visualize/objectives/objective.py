"""What is minimised: a function of a point, with its derivatives and what is known of it.

To add a kind, add a file here with one public class of settings that is an `Objective`, or
register one from outside: the kind's name is then one in scenes, `objective: {kind: {settings}}`.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Container, Mapping
from pathlib import Path
from typing import Any, ClassVar, cast

from pydantic import ValidationError

from visualize.arrays import Array
from visualize.declare.registry import Registry
from visualize.declare.settings import (
    Range,
    Settings,
    custom_error,
    error_at,
    error_of,
    mistakes_of,
    unknown_setting,
)
from visualize.errors import PluginError
from visualize.formulas.functions import NAMES
from visualize.objectives._draws import Draws
from visualize.objectives._test_functions import TEST_FUNCTIONS
from visualize.storage.delimited import TABLES
from visualize.text import shown

Ranges = tuple[Range, ...]
"""The lowest and highest value of each coordinate."""
Blocks = Mapping[str, tuple[int, ...]]
"""Named arrays that the coordinates of a point make up, in their order, and their shapes."""


class Objective(ABC):
    """A function to be minimised, for arrays of points of shape `(..., dimension)`."""

    variables: tuple[str, ...]
    """The names of the coordinates, as many as the dimension."""
    domain: Ranges | None
    """Where it is usually looked at."""
    minima: tuple[tuple[float, ...], ...] | None
    """Where its minima are, if that is known; `find_minima` searches for others."""
    is_known: ClassVar[bool] = True
    """Whether it has values at all."""

    @property
    def value_name(self) -> str:
        """What its value is called beside an axis."""
        return "value"

    @property
    def has_hessian(self) -> bool:
        """Whether optimizers may ask for second derivatives."""
        return True

    @property
    def without_hessian(self) -> str:
        """Why they may not, where that is so, and what to do about it."""
        return "which this objective does not have; take bfgs, which finds them on its way"

    @property
    @abstractmethod
    def formula(self) -> str:
        """The function as a person writes it."""

    @property
    def dimension(self) -> int:
        """The number of coordinates of a point."""
        return len(self.variables)

    @property
    def steps_per_value(self) -> int:
        """Steps from one value that a history keeps to the next; the last row always has one."""
        return 1

    @property
    def steps_per_epoch(self) -> int:
        """In how many steps optimizers see all data once; 0 where there are none."""
        return 0

    @property
    def drawn(self) -> Mapping[str, Array]:
        """What was drawn for a step, by the names that a history keeps it under: nothing.

        Of what `at` returns these are numbers of one shape at every step; of the objective itself
        that many NaN.
        """
        return {}

    @property
    def blocks(self) -> Blocks:
        """The named arrays that a point is made of, such as weights and a bias: one vector.

        Optimizers that work on matrices find them here; their sizes add up to the dimension.
        """
        return {"point": (self.dimension,)}

    def at(self, step: int, draws: Draws) -> "Objective":
        """Return what optimizers see at a step, counted from 0: the function itself.

        Where that is a part of the data, or noisy, what is random comes from `draws`, so that all
        optimizers of a scene see the same.
        """
        del step, draws
        return self

    def initial(self, seed: int) -> Array | None:
        """Return where runs begin where the scene does not say; None: it has to."""
        del seed
        return None

    @property
    def files(self) -> tuple[Path, ...]:
        """The files that it was read from, beside the scene."""
        return ()

    def seconds(self, points: int) -> float:
        """Return how long value and gradient at so many points take, about, and rather too much.

        A scene that would take for ever is refused by this.
        """
        return seconds_of(len(self.formula), self.dimension, points)

    @abstractmethod
    def value(self, points: Array) -> Array:
        """Return the value at each point: shape `(...)`; infinity or NaN where there is none."""

    @abstractmethod
    def gradient(self, points: Array) -> Array:
        """Return the gradient at each point: shape `(..., dimension)`."""

    def value_and_gradient(self, points: Array) -> tuple[Array, Array]:
        """Return both at each point, at once where that is less work; the numbers are the same."""
        return self.value(points), self.gradient(points)

    @abstractmethod
    def hessian(self, points: Array) -> Array:
        """Return the second derivatives at each point: shape `(..., dimension, dimension)`."""


NAMED = re.compile(r"(?P<name>\w+)\s*(?:\([\w\s,]*\)|\s[Ff]unction)")
"""A test function, with its variables or the word behind it."""
PYTHON = "python"
"""What stands in a canonical scene in place of what was given in Python: its name."""
OBJECTIVES: Registry[Objective] = Registry("visualize.objectives", Objective, Settings)


def read_objective(value: Any, context: Mapping[str, Any] | None = None) -> Objective:
    """Return the objective that a scene declares.

    That is a formula or the name of a test function as text, a mapping of a formula's settings, or
    the name of a kind with its settings, `{kind: {settings}}`, which may be left out where all of
    them have defaults. The context is what kinds that read files are told: `folder`,
    `allow_outside`, `room`. Raises pydantic's errors, placed below the value.

    >>> read_objective("x**2 + y**2").dimension
    2
    >>> read_objective("rosenbrock").minima
    ((1.0, 1.0),)
    """
    if isinstance(value, Objective):
        return value
    if callable(value):
        return _called(value)
    if isinstance(value, Mapping) and PYTHON in value:
        words = f"the function {value[PYTHON]} was given in Python, which no file holds"
        raise custom_error(f"{words}; read the scene with a formula, then replace its objective")
    if isinstance(value, int | float) and not isinstance(value, bool):
        raise custom_error("a constant has nothing to minimise; use a variable: x, y, z, x1, ...")
    formula: Any = OBJECTIVES.load("formula")
    unknown: Any = OBJECTIVES.load("unknown")
    if isinstance(value, str):
        name = value.strip()
        if called := NAMED.fullmatch(name):
            known = called["name"].casefold()
            if known in {*TEST_FUNCTIONS} - {*NAMES}:
                words = f"a test function is given by its name alone (got {shown(value)})"
                raise custom_error(f"{words}; write objective: {known}")
        if name.endswith(TABLES):
            words = f"a table needs a model (got {shown(value)})"
            raise custom_error(f"{words}; write objective: {{regression: {{data: {name}}}}}")
        # A whole word is meant as a name: `rosenbrok` wants a suggestion, `x` is a formula.
        is_name = name in TEST_FUNCTIONS or (len(name) > 3 and name.isidentifier())
        if is_name and name not in TEST_FUNCTIONS and name in OBJECTIVES:
            value = {name: {}}
        else:
            value = {"name": name} if is_name else {"expression": value}
    if isinstance(value, list | tuple):
        raise custom_error(
            f"must be one formula, a name, or a mapping of settings (got {shown(value)}); "
            "write for example objective: x**2/20 + y**2"
        )
    if isinstance(value, Mapping) and len(value) > 1:
        _refuse_what_stands_beside_a_kind(value, {*formula.known(), "formula", "unknown"})
    if isinstance(value, Mapping) and value.keys() == {"variables"}:
        return cast("Objective", unknown.model_validate(value))
    if isinstance(value, Mapping) and len(value) == 1:
        [(kind, settings)] = value.items()
        is_typo = kind == "formula" and not isinstance(settings, Mapping)  # of `expression`
        if kind not in formula.known() and kind in OBJECTIVES and not is_typo:
            return _declared(kind, settings, context)
    return cast("Objective", formula.model_validate(value))


def _called(value: Any) -> Objective:
    """Return the objective that a function in Python is."""
    from visualize.objectives._function import Function

    if isinstance(value, type):
        raise custom_error(f"must be an objective or a function, not the class {value.__name__}")
    return Function(value)


def _refuse_what_stands_beside_a_kind(value: Mapping[str, Any], others: Container[str]) -> None:
    kinds = [name for name in value if name in OBJECTIVES and name not in others]
    if kinds:
        beside = [str(name) for name in value if name != kinds[0]]
        words = f"unknown setting; those of {kinds[0]} stand in it"
        words += ", those of a scene beside its objective"
        raise error_of([unknown_setting(words, name) for name in beside])


def seconds_of(operations: int, dimension: int, points: int) -> float:
    """Return how long so many operations on arrays take, with their derivatives."""
    return operations * (3e-6 + 1e-7 * dimension + 8e-9 * points * min(dimension, 8))


def declaration(objective: Objective, settings: Any) -> Any:
    """Return how a scene declares an objective with these settings: `read_objective` reads it."""
    kind = OBJECTIVES.name_of(type(objective))
    return settings if kind in {None, "formula", "unknown"} else {kind: settings}


def _declared(kind: str, settings: Any, context: Mapping[str, Any] | None) -> Objective:
    if not isinstance(settings, Mapping):
        raise error_at(f"must be a mapping of settings (got {shown(settings)})", kind)
    try:
        declared: Any = OBJECTIVES.load(kind)
        return cast("Objective", declared.model_validate(dict(settings), context=context))
    except PluginError as error:
        raise error_at(str(error), kind) from error
    except ValidationError as error:
        raise error_of(mistakes_of(error, kind)) from None
