"""Which library's optimizer something is: by its type, without importing any library."""

import functools
import inspect
import sys
from typing import Any

from visualize.declare.settings import custom_error

CALLED = {
    "optax": "write what it returns, {name}(0.1)",
    "scipy": "write the method, from_scipy('BFGS')",
}
"""What to write in place of a library's function."""


def adapted(value: Any) -> Any:
    """Return a rule with `init` and `update` for another library's optimizer; None for others.

    Of torch that is a class of `torch.optim.Optimizer`, one with settings as `functools.partial`,
    or a function from parameters to an optimizer: one that has its parameters already cannot begin
    anew. Whose library has not been imported is none of its optimizers. Raises pydantic's error for
    what is called before it is an optimizer.
    """
    if isinstance(value, _kind("optax", "GradientTransformation")):
        from visualize.optimizers.adapters.optax import from_optax

        return from_optax(value)
    keras = _kind("keras", "optimizers.Optimizer")
    if isinstance(value, keras) or _is_class_of(value, keras):
        from visualize.optimizers.adapters.keras import from_keras

        return from_keras(value)
    torch = _kind("torch", "optim.Optimizer")
    if isinstance(value, torch):
        name = type(value).__name__
        words = f"this {name} has parameters already, and every start needs its own"
        raise custom_error(f"{words}; write functools.partial(torch.optim.{name}, lr=0.1)")
    made_by = value.func if isinstance(value, functools.partial) else value
    if inspect.isroutine(made_by):
        library = str(getattr(made_by, "__module__", "")).partition(".")[0]
        if library in CALLED:
            name = f"{library}.{made_by.__name__}"
            raise custom_error(f"{name} is a function; {CALLED[library].format(name=name)}")
    if _is_class_of(made_by, torch) or (torch and inspect.isroutine(made_by)):
        from visualize.optimizers.adapters.torch import from_torch

        return from_torch(value)
    return None


def _kind(library: str, path: str) -> type | tuple[()]:
    """Return a class of a library; of one that nobody has imported nothing is an instance."""
    found: Any = sys.modules.get(library)
    for name in path.split("."):
        found = getattr(found, name, None)
    return found if isinstance(found, type) else ()


def _is_class_of(value: Any, kind: type | tuple[()]) -> bool:
    return inspect.isclass(value) and issubclass(value, kind)
