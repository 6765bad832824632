"""Checks of several settings at once, each in a function of its own.

A check asks for the settings that it looks at by the names of its parameters, and yields a
mistake, with its place, for each that does not fit. It is run where all of them are sound: what
is wrong with one by itself is reported already. A parameter with a default may be missing.
"""

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydantic_core import InitErrorDetails

Mistakes = Iterator["InitErrorDetails"]
Check = Callable[..., Mistakes]


def mistakes_between(checks: Sequence[Check], sound: Mapping[str, Any]) -> Mistakes:
    """Yield the mistakes that checks find in the sound settings."""
    for check in checks:
        parameters = inspect.signature(check).parameters.values()
        if all(it.name in sound for it in parameters if it.default is it.empty):
            yield from check(**{it.name: sound[it.name] for it in parameters if it.name in sound})
