"""What tells one piece of Python from another: functions, classes and objects by what they do.

It is the same in another process and on another day, so that films and saved arrays can tell
whether they are of the same thing; an address such as `<function at 0x7f..>` would not be.
"""

import contextlib
import functools
import hashlib
import pickle
import secrets
import sys
import types
import weakref
from collections.abc import Mapping, Sequence, Set
from typing import TYPE_CHECKING, Any

import numpy as np

from visualize.declare._imports import (
    NOWHERE,
    code_in,
    imported_by,
    is_of_a_package,
    names_in,
    place_of,
)

if TYPE_CHECKING:
    from pathlib import Path

LENGTH = 32
"""Letters of an identity."""
PLAIN = (type(None), type(...), bool, int, float, complex, str, bytes, range)
NOT_ITS_OWN = {
    *("__dict__", "__weakref__", "__module__", "__doc__", "__firstlineno__"),
    *("__static_attributes__", "__slotnames__", "_abc_impl"),
}
"""What Python adds to a class by itself, and what changes nothing."""


def identity_of(thing: object) -> str:
    """Return a checksum of what something is made of.

    Of a function that is its code, constants and defaults, and what it takes from around it: the
    values in its closure and the globals that it names; of modules the file, and those of the
    modules that it imports. Of an object it is its class and its attributes, of something from an
    installed package its name and the package's version. What cannot be looked into differs every
    time: it is then never taken for what it may not be.

    >>> identity_of(lambda x: 2 * x) == identity_of(lambda x: 2 * x)
    True
    >>> identity_of(lambda x: 2 * x) == identity_of(lambda x: 3 * x)
    False
    """
    return _Reader().checksum(thing)


_TAKEN: weakref.WeakValueDictionary[str, object] = weakref.WeakValueDictionary()
"""Which function had an identity when that was taken, as long as it is there."""


def note(identity: str, thing: object) -> None:
    """Note whose an identity is: that of a function may change by being called."""
    with contextlib.suppress(TypeError):  # what cannot be referred to is not noted
        _TAKEN[identity] = getattr(thing, "__self__", thing)


def were_one(identity: str, other: str) -> bool:
    """Whether two identities are of one thing, at two times.

    >>> count = functools.partial([].append)
    >>> before = identity_of(count); note(before, count); count(1)
    >>> after = identity_of(count); note(after, count)
    >>> before == after, were_one(before, after)
    (False, True)
    """
    one = _TAKEN.get(identity)
    return identity == other or (one is not None and one is _TAKEN.get(other))


class _Reader:
    """Goes through what something is made of, each part once."""

    def __init__(self) -> None:
        self._digest = hashlib.sha256()
        self._met: dict[int, int] = {}
        self._files: set[Path] = set()
        self._missing: set[str] = set()
        self._kept: list[object] = []  # an address is one thing's only as long as that is there

    def checksum(self, thing: object) -> str:
        """Return the checksum of a thing and all that it is made of."""
        try:
            self._read(thing)
        except Exception:  # whatever an object has against being looked into
            self._say(secrets.token_bytes(LENGTH))
        return self._digest.hexdigest()[:LENGTH]

    def _say(self, *words: object) -> None:
        for word in words:
            content = word if isinstance(word, bytes) else str(word).encode(errors="replace")
            self._digest.update(b"%d:" % len(content) + content)

    def _read(self, thing: Any) -> None:
        if isinstance(thing, PLAIN) and type(thing) in PLAIN:
            self._say(type(thing).__name__, repr(thing))
        elif id(thing) in self._met:
            self._say("again", self._met[id(thing)])
        else:
            self._met[id(thing)] = len(self._met)
            self._kept.append(thing)
            self._look_into(thing)

    def _look_into(self, thing: Any) -> None:
        match thing:
            case types.ModuleType():
                self._read_module(thing)
            case type():
                self._read_class(thing)
            case types.CodeType():
                self._read_code(thing)
            case types.FunctionType():
                self._read_function(thing)
            case types.MethodType():
                self._say("method")
                self._read_all(thing.__func__, thing.__self__)
            case types.BuiltinFunctionType() | np.ufunc():
                self._say("builtin", getattr(thing, "__module__", ""), _name(thing))
                owner = getattr(thing, "__self__", None)
                self._read(None if isinstance(owner, types.ModuleType) else owner)
            case staticmethod() | classmethod():
                self._say(type(thing).__name__)
                self._read(thing.__func__)
            case property():
                self._say("property")
                self._read_all(thing.fget, thing.fset, thing.fdel)
            case functools.partial():
                self._say("partial")
                self._read_all(thing.func, thing.args, thing.keywords)
            case np.ndarray() | np.generic():
                self._read_array(np.asarray(thing))
            case _:
                self._read_object(thing)

    def _read_all(self, *things: object) -> None:
        for thing in things:
            self._read(thing)

    def _read_object(self, thing: Any) -> None:
        kind = type(thing)
        array = _as_array(thing)
        self._say("object")
        self._read(kind)
        if array is not None:
            self._read_array(array)
            return
        if isinstance(thing, Mapping):
            self._say(len(thing))
            self._read_all(*(it for pair in thing.items() for it in pair))
        elif isinstance(thing, Set):
            # Their order is another in every process.
            self._say(len(thing), *sorted(identity_of(it) for it in thing))
        elif isinstance(thing, Sequence) and not isinstance(thing, str | bytes):
            self._say(len(thing))
            self._read_all(*thing)
        if "__wrapped__" in (attributes := _attributes(thing)):
            self._read(attributes["__wrapped__"])
        elif attributes:
            self._read_all(*(it for pair in attributes.items() for it in pair))
        elif not (
            hasattr(thing, "__dict__")
            or kind.__module__ == "builtins"
            or isinstance(thing, Mapping | Set | Sequence)
        ):
            self._say(_pickled(thing))
        elif isinstance(thing, str | bytes | int | float | complex):
            self._say(repr(thing))

    def _read_array(self, array: Any) -> None:
        self._say("array", array.dtype.str, array.shape)
        if array.dtype.hasobject:
            self._read(array.tolist())
        else:
            self._say(np.ascontiguousarray(array).tobytes())

    def _read_function(self, function: types.FunctionType) -> None:
        self._say("function")
        named = self._is_installed(function) and "<" not in function.__qualname__
        names, around = names_in(function.__code__), function.__globals__
        for cell in function.__closure__ or ():  # what a package's function was made with, too
            try:
                self._read_used(cell.cell_contents, names)
            except ValueError:  # nothing has been put into it yet
                self._say("empty")
        if named:
            return
        self._read_all(function.__code__, function.__defaults__, function.__kwdefaults__)
        for name in sorted(names & around.keys()):
            self._say(name)
            self._read_used(around[name], names)
        package = str(around.get("__package__") or "")
        for module in imported_by(function.__code__, package):
            self._read_file(module, names)

    def _read_used(self, thing: Any, names: Set[str]) -> None:
        """Read a thing that a function uses; of a module also what is taken from it by name."""
        self._read(thing)
        if isinstance(thing, types.ModuleType):
            self._read_attributes(thing, names)

    def _read_code(self, code: types.CodeType) -> None:
        self._say("code", code.co_code, code.co_argcount, code.co_kwonlyargcount, code.co_flags)
        self._say(*code.co_names, "|", *code.co_varnames, "|", *code.co_freevars)
        self._read_all(*code.co_consts)

    def _read_class(self, kind: type) -> None:
        self._say("class")
        if self._is_installed(kind):
            return
        self._say(kind.__qualname__)
        self._read_all(*kind.__bases__)
        for name, member in vars(kind).items():
            if name not in NOT_ITS_OWN and not name.startswith("__pydantic"):
                self._say(name)
                self._read(member)

    def _read_module(self, module: types.ModuleType) -> None:
        self._say("module", module.__name__)
        if is_of_a_package(module.__name__):
            self._say(_version(module.__name__))
        else:
            self._read_file(module.__name__, frozenset())

    def _read_attributes(self, module: types.ModuleType, names: Set[str]) -> None:
        """Read the numbers that are taken from a module, and the files of modules in it.

        They may be others than its file says. Its functions are in the file.
        """
        if is_of_a_package(module.__name__):
            return
        for name in sorted(names & vars(module).keys()):
            if isinstance(value := vars(module)[name], (*PLAIN, np.ndarray)):
                self._say(name)
                self._read(value)
        self._read_modules_in(module.__name__, names)

    def _read_modules_in(self, package: str, names: Set[str]) -> None:
        if not place_of(package).folders:
            return
        for module in sorted({f"{package}.{name}" for name in names} - self._missing):
            if place_of(module) == NOWHERE:
                self._missing.add(module)
            else:
                self._read_file(module, names)

    def _read_file(self, module: str, names: Set[str]) -> None:
        """Read the file of anybody's own module, and those of the modules that it imports."""
        if is_of_a_package(module):
            return
        self._read_modules_in(module, names)
        file, folders = place_of(module)
        if file is None or file in self._files:
            return
        self._files.add(file)
        self._say(module, file.read_bytes())
        if code := code_in(file):
            package = module if folders else module.rpartition(".")[0]
            for imported in imported_by(code, package):
                self._read_file(imported, names_in(code))

    def _is_installed(self, thing: Any) -> bool:
        """Say what a thing of an installed package is called; False for anybody's own."""
        module = thing.__module__ or ""
        if not is_of_a_package(module):
            return False
        self._say(module, _name(thing), _version(module))
        return True


def _name(thing: Any) -> str:
    return str(getattr(thing, "__qualname__", None) or getattr(thing, "__name__", ""))


def _attributes(thing: Any) -> dict[str, Any]:
    """Return the attributes that an object has of its own."""
    slots = (name for kind in type(thing).__mro__ for name in _listed(vars(kind).get("__slots__")))
    found = {name: getattr(thing, name) for name in slots if hasattr(thing, name)}
    found.pop("__dict__", None)
    found.pop("__weakref__", None)
    return found | getattr(thing, "__dict__", {})


def _listed(slots: Any) -> tuple[str, ...]:
    return (slots,) if isinstance(slots, str) else tuple(slots or ())


def _as_array(thing: Any) -> Any:
    """Return the numbers of a library's array or tensor; None for anything else."""
    if not (hasattr(thing, "__array__") and hasattr(thing, "shape")):
        return None
    try:
        detached = thing.detach().cpu() if hasattr(thing, "detach") else thing
        return np.asarray(detached)
    except Exception:  # whatever a library has against it; then it is an object like others
        return None


def _pickled(thing: Any) -> bytes:
    """Return an object that cannot be looked into as pickle writes it, or what never is again."""
    try:
        return pickle.dumps(thing, protocol=4)
    except Exception:  # whatever stands against it
        return secrets.token_bytes(LENGTH)


def _version(module: str) -> str:
    top = module.partition(".")[0]
    return str(getattr(sys.modules.get(top), "__version__", ""))
