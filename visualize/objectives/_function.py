"""An objective that is a function in Python: anybody's, of an array."""

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal, Self

import numpy as np
from pydantic import ConfigDict, Field, PrivateAttr

from visualize.arrays import Array
from visualize.declare.checks import Mistakes
from visualize.declare.identity import identity_of, note, were_one
from visualize.declare.settings import ListToTuple, Number, Range, Settings, mistake_at
from visualize.objectives._calls import Calls, name_of
from visualize.objectives._variables import variables_differ
from visualize.objectives.objective import Objective
from visualize.text import counted, listed

Differentiation = Literal["central_difference", "torch", "jax"]
Named = Literal["given", "central_difference", "torch", "jax"]
Point = Annotated[tuple[Number, ...], ListToTuple]


def _dimensions_agree(
    variables: tuple[str, ...], domain: Any = None, minima: Any = None
) -> Mistakes:
    """The domain, the minima and the variables have the same number of coordinates."""
    sizes = [len(it) for it in ([domain] if domain else []) + [*(minima or ())]]
    expected = len(variables) or next(iter(sizes), 0)
    if any(size != expected for size in sizes):
        words = f"the variables are {listed(variables)}" if variables else "one has"
        words += "" if variables else f" {counted(expected, 'coordinate')}"
        wrong = next(size for size in sizes if size != expected)
        yield mistake_at(f"{words}, another has {wrong}", "minima" if minima else "domain")


class Function(Settings, Objective):
    """An objective that is a function of a point: an array `(dimension,)` in, a number out.

    `gradient` is a function of a point too, or how the gradient is found: by central difference
    (the default), or by "torch" or "jax", whose arrays the function is then given, float64.
    With `vectorized` functions take many points at once, `(points, dimension)`, and return
    `(points,)` numbers, or as many gradients.

    Second derivatives are exact by torch and JAX, differences of a gradient that is given (about
    ten digits), and not offered to optimizers where the gradient is a difference itself.

    Where the function has no finite value, or raises an `ArithmeticError`, there is none: a run
    that comes there ends. What else it raises is told with its traceback. `identity` tells this
    function from others, for what is current and what is saved; by default it comes from the code.

    >>> bowl = Function(lambda x: x[0] ** 2 + 3 * x[1] ** 2, variables=("x", "y"))
    >>> bowl.value(np.array([[1.0, 2.0]])), bowl.gradient(np.array([[1.0, 2.0]])).round(6)
    (array([13.]), array([[ 2., 12.]]))
    """

    model_config = ConfigDict(defer_build=True)  # no scene file has it

    checks = (variables_differ, _dimensions_agree)
    is_known: ClassVar[bool] = True

    python: str
    """What the function is called."""
    identity: str = Field(min_length=1)
    """What tells it from others."""
    variables: Annotated[tuple[str, ...], ListToTuple] = ()
    """The names of the coordinates; default: as many as the start has."""
    differentiation: Named = Field("central_difference", alias="gradient")
    """Where the gradient comes from."""
    vectorized: bool = False
    """Whether the function takes many points at once."""
    domain: Annotated[tuple[Range, ...], ListToTuple] | None = None
    """The lowest and highest value of each coordinate that is looked at."""
    minima: Annotated[tuple[Point, ...], ListToTuple] | None = None
    """Where the minima are; default: they are searched for."""
    _usual_names: bool = PrivateAttr(default=False)
    """Whether nobody has given the coordinates their names."""
    _functions: tuple[Any, Any] = PrivateAttr()
    """The function, and the one that is its gradient or None."""

    def __init__(
        self,
        function: Callable[..., Any],
        gradient: Callable[..., Any] | Differentiation | None = None,
        *,
        variables: Sequence[str] = (),
        domain: Sequence[Sequence[float]] | Array | None = None,
        minima: Sequence[Sequence[float]] | Array | None = None,
        vectorized: bool = False,
        identity: str | None = None,
    ) -> None:
        if not callable(function):
            raise TypeError(f"an objective needs a function of a point (got {function!r})")
        given = callable(gradient)
        functions = function, gradient if given else None
        if identity is None:
            identity = identity_of(functions)
            note(identity, function)
        settings: dict[str, Any] = {
            "python": name_of(function),
            "identity": identity,
            "variables": tuple(variables),
            "gradient": "given" if given else gradient or "central_difference",
            "vectorized": vectorized,
            "domain": _as_lists(domain),
            "minima": _as_lists(minima),
        }
        super().__init__(**settings)
        self._functions = functions

    def __eq__(self, other: object) -> bool:
        """Whether the other is this function too: its identity says so, and its settings."""
        return isinstance(other, Function) and self.model_dump() == other.model_dump()

    def __hash__(self) -> int:
        return hash(self.identity)

    def of(self, dimension: int, names: Sequence[str] = ()) -> Self:
        """Return the function with names for its coordinates, if none were given.

        As many as were given otherwise, by the domain or a minimum, or else `dimension`; the usual
        names, or those given here.
        """
        if self.variables and not self._usual_names:
            return self
        known = self.domain or next(iter(self.minima or ()), ())
        size = len(known) or dimension
        if len(names) != size:
            names = "xy"[:size] if size <= 2 else [f"x{i + 1}" for i in range(size)]
        named = self.model_copy(update={"variables": tuple(names)})
        named._usual_names = True  # noqa: SLF001  # its own class's
        return named

    @property
    def formula(self) -> str:
        """What the function is called; one without a name is f."""
        if self.python.isidentifier():
            return self.python
        return f"f({', '.join(self.variables)})" if self.dimension <= 3 else "f(x)"

    @property
    def has_hessian(self) -> bool:
        """Whether there are derivatives to go by: differences of differences are none."""
        return self.differentiation != "central_difference"

    @property
    def without_hessian(self) -> str:
        """What brings second derivatives."""
        words = "which differences of a function do not have; give Function(f, gradient=...)"
        return f'{words} another function, "torch" or "jax", or take bfgs'

    def seconds(self, points: int) -> float:
        """Return how long value and gradient at so many points take, if a call is a short one."""
        if self.vectorized:
            return 1e-4 + 1e-6 * points * (1 + 2 * self.dimension)
        match self.differentiation:
            case "torch":
                return 3e-4 * points
            case "jax":
                return 5e-4 + 1e-5 * points
            case "given":
                return 2e-5 * points
            case _:
                return 1e-5 * points * (1 + 2 * self.dimension)

    @functools.cached_property
    def _calls(self) -> Calls:
        function, derivative = self._functions
        match self.differentiation:
            case "torch":
                from visualize.objectives._by_torch import TorchCalls

                return TorchCalls(function, vectorized=self.vectorized)
            case "jax":
                from visualize.objectives._by_jax import JaxCalls

                return JaxCalls(function, vectorized=self.vectorized)
            case _:
                from visualize.objectives._by_difference import DifferenceCalls

                return DifferenceCalls(function, derivative, vectorized=self.vectorized)

    def value(self, points: Array) -> Array:
        """Return the value at each point: shape `(...)`."""
        return self._calls.values(_rows(points)).reshape(points.shape[:-1])

    def gradient(self, points: Array) -> Array:
        """Return the gradient at each point."""
        return self._calls.gradients(_rows(points)).reshape(points.shape)

    def value_and_gradient(self, points: Array) -> tuple[Array, Array]:
        """Return both at each point, in one call where the gradient is torch's or JAX's."""
        values, gradients = self._calls.both(_rows(points))
        return values.reshape(points.shape[:-1]), gradients.reshape(points.shape)

    def hessian(self, points: Array) -> Array:
        """Return the second derivatives at each point."""
        return self._calls.hessians(_rows(points)).reshape(*points.shape, points.shape[-1])


def declare_the_same(one: Any, other: Any) -> bool:
    """Whether two declarations are of one objective, as it is or as it was before it was called."""
    if one == other or not (isinstance(one, Mapping) and isinstance(other, Mapping)):
        return bool(one == other)
    known = were_one(str(one.get("identity")), str(other.get("identity")))
    return known and {**one, "identity": ""} == {**other, "identity": ""}


def _rows(points: Array) -> Array:
    """Return the points one by one, as a copy: nobody knows what a function does to them."""
    return np.array(points, dtype=float).reshape(-1, points.shape[-1])


def _as_lists(numbers: Any) -> Any:
    """Return an array, or what a sequence holds of them, as lists."""
    if numbers is None:
        return None
    return [it.tolist() if isinstance(it, np.ndarray) else it for it in [*numbers]]
