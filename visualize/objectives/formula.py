"""An objective given by a formula, or by the name of a test function."""

import keyword
import re
from functools import cached_property
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from pydantic import AfterValidator, Field, model_validator

from visualize.arrays import Array
from visualize.declare.checks import Mistakes
from visualize.declare.settings import (
    ListToTuple,
    Number,
    Positive,
    Range,
    Settings,
    Synonyms,
    custom_error,
    error_at,
    mistake_at,
    told,
)
from visualize.errors import ExpressionError
from visualize.formulas.expression import Expression
from visualize.formulas.functions import CONSTANTS, NAMES
from visualize.formulas.reading import read_expression
from visualize.formulas.spellings import in_our_characters
from visualize.objectives._test_functions import TEST_FUNCTIONS, hint_for
from visualize.objectives._variables import variables_differ
from visualize.objectives.objective import Objective, seconds_of
from visualize.text import counted, in_yaml, listed, shown


def _check_name(name: str) -> str:
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,30}", name) or keyword.iskeyword(name):
        raise custom_error(
            f"a name is a letter, with letters, digits or _ behind it (got {shown(name)})"
        )
    if name in NAMES or name in CONSTANTS:
        raise custom_error(f"'{name}' has a meaning in formulas; choose another name")
    return name


class _Constants(dict[str, float]):
    """Numbers by name, as fixed as every setting."""

    def __hash__(self) -> int:  # type: ignore[override]  # as frozen settings are hashed
        return hash(frozenset(self.items()))


NAME = re.compile(r"\b[A-Za-z_]\w*")
Name = Annotated[str, AfterValidator(_check_name)]
Point = Annotated[tuple[Number, ...], ListToTuple]


def _is_a_formula(
    expression: str, variables: tuple[str, ...], constants: dict[str, float] | None
) -> Mistakes:
    """The expression is a formula in the variables, and needs at least one of them."""
    try:
        constant = read_expression(expression, variables or None, constants).is_constant
    except ExpressionError as error:
        words, place = error.message, {"column": error.column, "length": error.length}
        known = {*variables, *(constants or {})} if variables else {*(constants or {})}
        if (named := expression[error.column :][: error.length]) in {*TEST_FUNCTIONS} - known:
            words = f"'{named}' is a test function, which cannot be a part of a formula"
            words += f"; write out what it is: {TEST_FUNCTIONS[named].expression}"
        yield {"type": custom_error(words, **place), "loc": ("expression",), "input": None}
        return
    if constant:
        words = "a constant has nothing to minimise; use a variable: x, y, z, x1, ..."
        yield mistake_at(words, "expression")


def _constants_are_no_variables(
    variables: tuple[str, ...], constants: dict[str, float] | None
) -> Mistakes:
    """A name is that of a variable or of a number."""
    for name in (constants or {}).keys() & {*variables}:
        yield mistake_at(f"'{name}' is a variable", "constants", name)


def _constants_are_used(
    expression: str, variables: tuple[str, ...], constants: dict[str, float] | None
) -> Mistakes:
    """Every number is in the formula: what is not there is a slip of the hand, there or here."""
    try:
        read_expression(expression, variables or None, constants)
    except ExpressionError:
        return  # of what stands there otherwise, that alone is told
    plain, _ = in_our_characters(expression)
    for name in sorted({*(constants or {})} - {*variables, *NAME.findall(plain)}):
        yield mistake_at(f"'{name}' is not in the formula; leave it out", "constants", name)


def _dimensions_fit(variables: tuple[str, ...], domain: Any = None, minima: Any = None) -> Mistakes:
    """The domain has a range for each variable, and every minimum a coordinate."""
    for name, points in (("domain", [domain] if domain else []), ("minima", minima or [])):
        for point in points if variables else ():
            if len(point) != len(variables):
                words = f"needs one entry for each of {listed(variables)} (got {len(point)})"
                yield mistake_at(words, name)
                break


def _renamed(name: str, expression: str, variables: Any) -> str:
    """Return a test function's expression in variables of other names, in the same order."""
    if not isinstance(variables, list | tuple) or not all(isinstance(it, str) for it in variables):
        return expression
    own = read_expression(expression).variables
    if len(own) != len(variables):
        words = f"{name} has {counted(len(own), 'variable')}, {', '.join(own)}"
        raise error_at(f"{words} (got {len(variables)})", "variables")
    names = dict(zip(own, variables, strict=True))
    return NAME.sub(lambda found: names.get(found[0], found[0]), expression)


class Formula(Settings, Objective):
    """A function written as a formula, `x**2/20 + y**2`, or named, `rosenbrock`."""

    synonyms: ClassVar[Synonyms] = {
        **dict.fromkeys(("formula", "function", "func", "f", "expr", "equation"), ("expression",)),
        **dict.fromkeys(("kind", "type", "function_name", "test_function"), ("name",)),
        **dict.fromkeys(("bounds", "limits", "range", "ranges", "xlim", "box"), ("domain",)),
        **dict.fromkeys(("minimum", "optimum", "optima", "x_min", "xmin", "solution"), ("minima",)),
        **dict.fromkeys(("vars", "parameters", "params", "symbols", "args"), ("variables",)),
        **dict.fromkeys(("grad", "derivative", "jac", "jacobian"), ("gradient",)),
        **dict.fromkeys(("h", "eps", "epsilon", "finite_difference_step"), ("difference_step",)),
        **told(
            "data dataset file csv features target rows batch_size standardise",
            "it is a setting of a regression; write objective: {regression: {data: points.csv}}",
        ),
    }

    checks = (
        variables_differ,
        _is_a_formula,
        _constants_are_no_variables,
        _constants_are_used,
        _dimensions_fit,
    )

    name: str | None = None
    """A test function: it brings its expression, domain and minima."""
    variables: Annotated[
        tuple[Name, ...],
        ListToTuple,
        Field(min_length=1, json_schema_extra={"minItems": 1}, examples=[["w", "b"]]),
    ] = ()
    """The coordinates in their order; default: the variables found, in natural order."""
    expression: str = Field(examples=["x**2/20 + y**2"])
    """The formula, of + - * / **, functions (sin, exp, sqrt, abs, max, ...), pi and e."""
    constants: Annotated[dict[Name, Number], AfterValidator(_Constants)] | None = None
    """Names of numbers in the formula, beside pi and e: {a: 1, b: 100}."""
    differentiation: Literal["analytic", "central_difference"] = Field("analytic", alias="gradient")
    """How the gradient is computed."""
    difference_step: Positive = 1e-4
    """h in (f(x + h) - f(x - h)) / 2h, for the central difference."""
    domain: Annotated[tuple[Range, ...], ListToTuple] | None = Field(
        None, examples=[[[-5, 5], [-5, 5]]]
    )
    """The lowest and highest value of each coordinate that is looked at."""
    minima: Annotated[tuple[Point, ...], ListToTuple] | None = Field(None, examples=[[[0, 0]]])
    """Where the minima are; default: they are searched for."""

    @model_validator(mode="before")
    @classmethod
    def _complete(cls, settings: Any) -> Any:
        if not isinstance(settings, dict):
            return settings
        if "name" in settings:
            name = settings["name"]
            if not isinstance(name, str) or name not in TEST_FUNCTIONS:
                raise error_at(
                    f"unknown test function {shown(str(name))}{hint_for(str(name))}", "name"
                )
            entry = TEST_FUNCTIONS[name]
            expression = _renamed(name, entry.expression, settings.get("variables"))
            if settings.get("expression", expression) != expression:
                raise custom_error("give a name or an expression, not both")
            if settings.get("constants"):
                words = f"{name} has no constants; write a formula with them in place of its name"
                raise error_at(f"{words}: expression: {in_yaml(expression)}", "constants")
            known = {"expression": expression, "domain": entry.domain, "minima": entry.minima}
            settings = known | settings
        if "variables" not in settings and isinstance(settings.get("expression"), str):
            try:
                # Bounds of sums may be among them: how many variables there are hangs on those.
                given = dict(settings.get("constants") or {})
                constants = {
                    name: it if isinstance(it, int | float) else 1.0 for name, it in given.items()
                }
                found = read_expression(settings["expression"], constants=constants).variables
            except (ExpressionError, TypeError, ValueError):
                return settings  # the check of the expression says what is wrong
            settings = {"variables": found, **settings} if found else settings
        return settings

    @property
    def formula(self) -> str:
        """The function as the scene writes it."""
        return self.name or self.expression

    def seconds(self, points: int) -> float:
        """Return how long value and gradient at so many points take: sums are written out."""
        return seconds_of(self._compiled.parts, self.dimension, points)

    @property
    def has_hessian(self) -> bool:
        """Whether derivatives are exact: differences of differences are none to go by."""
        return self.differentiation == "analytic"

    @property
    def without_hessian(self) -> str:
        """What brings second derivatives."""
        words = "which a gradient by central_difference does not have"
        return f"{words}; use gradient: analytic"

    @cached_property
    def _compiled(self) -> Expression:
        return read_expression(self.expression, self.variables, self.constants)

    def value(self, points: Array) -> Array:
        """Return the value at each point: shape `(...)`."""
        return self._compiled.value(points)

    def gradient(self, points: Array) -> Array:
        """Return the gradient at each point, exact or by central difference."""
        if self.differentiation == "analytic":
            return self._compiled.gradient(points)
        gradients = np.empty(points.shape)
        with np.errstate(all="ignore"):
            for index, step in enumerate(np.eye(self.dimension) * self.difference_step):
                difference = self.value(points + step) - self.value(points - step)
                gradients[..., index] = difference / (2 * self.difference_step)
        return gradients

    def value_and_gradient(self, points: Array) -> tuple[Array, Array]:
        """Return both at each point, from one walk of the formula where derivatives are exact."""
        if self.differentiation == "analytic":
            return self._compiled.value_and_gradient(points)
        return self.value(points), self.gradient(points)

    def hessian(self, points: Array) -> Array:
        """Return the second derivatives at each point, always exact."""
        return self._compiled.hessian(points)
