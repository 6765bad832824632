"""The registry behind the four doors: a folder's files are its list, and others may register."""

import ast
import importlib
import importlib.metadata
import importlib.util
import inspect
import sys
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, Generic, TypeVar, cast

from visualize.declare.identity import identity_of
from visualize.declare.packages import in_short, module_of, package_of
from visualize.errors import PluginError
from visualize.text import near_names

Kind = TypeVar("Kind")
NO_NAME = "cannot be a name; use lower-case letters, digits and _"


class Catalogue(ABC, Generic[Kind]):
    """Kinds of something, each a class with a name."""

    @abstractmethod
    def names(self) -> tuple[str, ...]:
        """Every name, in alphabetical order."""

    @abstractmethod
    def load(self, name: str) -> type[Kind]:
        """Return the class of a name; `KeyError` where there is none."""

    @abstractmethod
    def summary(self, name: str) -> str:
        """Return the first line of what is said of one."""

    def not_named(self) -> Iterator[str]:
        """Yield what there is to say of what is offered under names that it cannot have."""
        yield from ()

    def __contains__(self, name: object) -> bool:
        return name in self.names()

    def hint(self, name: str) -> str:
        """Return what to say to somebody who asks for `name`, which there is not."""
        meant = " or ".join(f"'{known}'" for known in self.meant(name))
        return f"; did you mean {meant}?" if meant else f"; there are {', '.join(self.names())}"

    def meant(self, name: str) -> list[str]:
        """Return the names that somebody may mean who writes `name`, if that is sure."""
        for known in self.names():
            try:
                kind = self.load(known)
            except PluginError:
                continue
            if name.lower() in getattr(kind, "also_called", ()):
                return [known]
        return near_names(name, self.names())


class Table(Catalogue[Kind]):
    """Kinds that are small and stand together in one file."""

    def __init__(self, kinds: Mapping[str, type[Kind]]) -> None:
        self._kinds = dict(sorted(kinds.items()))

    def names(self) -> tuple[str, ...]:
        """Every name, in alphabetical order."""
        return tuple(self._kinds)

    def load(self, name: str) -> type[Kind]:
        """Return the class of a name; `KeyError` where there is none."""
        return self._kinds[name]

    def summary(self, name: str) -> str:
        """Return the first line of a class's docstring."""
        return (inspect.getdoc(self._kinds[name]) or "").partition("\n")[0]


class Registry(Catalogue[Kind]):
    """The kinds in a package's folder, one a file, by the file's name; and those from outside.

    Adding a file adds a name: there is no second list. Files that begin with an underscore, and
    that of the contract itself, hold what kinds share. Names and summaries are read without
    importing anything, so that listing stays fast.

    From outside a kind comes by `register`, or by an entry point of an installed package, in the
    group that is called as this package: `visualize.optimizers`. The folder's own names cannot be
    taken: a scene means the same wherever it is read. It is imported when it is used, once, and
    checked as ours are: a class of the contract, and of `others`, that lacks nothing and says of
    itself, in the field `key`, that it is called so.
    """

    def __init__(self, package: str, contract: type, *others: type, key: str = "") -> None:
        self._package = package
        self._contract = contract
        self._others = others
        self._key = key
        self._registered: dict[str, type[Kind]] = {}
        self._outcomes: dict[str, type[Kind] | PluginError] = {}

    def names(self) -> tuple[str, ...]:
        """Every name, in alphabetical order."""
        return tuple(sorted({*self._files, *self._registered, *self._installed}))

    def __contains__(self, name: object) -> bool:
        # Asking installed packages takes milliseconds, so they are asked last.
        places = ("_files", "_registered", "_installed")
        return isinstance(name, str) and any(name in getattr(self, place) for place in places)

    def summary(self, name: str) -> str:
        """Return the first line of the docstring: the file's, or the class's from outside.

        Of an installed package that cannot be loaded it says that, and why.
        """
        if name in self._files:
            text = ast.get_docstring(ast.parse(self._files[name].read_text("utf-8")))
        else:
            try:
                text = inspect.cleandoc(self.load(name).__doc__ or "")
            except PluginError as error:
                text = str(error)
        return (text or "").partition("\n")[0]

    def load(self, name: str) -> type[Kind]:
        """Return the class of a name; its file, or its package, is imported now.

        Raises `PluginError` where an installed package cannot be loaded, and `KeyError` where
        there is no such name.
        """
        if name in self._files:
            return self._only_class_in(name)
        if name in self._registered:
            return self._registered[name]
        return self._loaded(name, self._installed[name])

    def name_of(self, kind: type) -> str | None:
        """Return the name of a class, if it has one here."""
        package, _, name = kind.__module__.rpartition(".")
        if package == self._package and name in self._files:
            return name
        others = (*self._registered, *filter(self._is_imported, self._installed))
        return next((name for name in others if self._is(name, kind)), None)

    def package_of(self, kind: type) -> str:
        """Return the installed package that offers a class, and its version, or nothing."""
        if kind.__module__.partition(".")[0] == self._package.partition(".")[0]:
            return ""
        points = self._installed.get(self.name_of(kind) or "", ())
        return next((f"{it.dist.name} {it.dist.version}" for it in points if it.dist), "")

    def maker_of(self, kind: type) -> str:
        """Return what tells a class of somebody else from what it was before; nothing of ours.

        That is its package and version, and its code where it is in no installed package.
        """
        if kind.__module__.partition(".")[0] == self._package.partition(".")[0]:
            return ""
        return f"{self.package_of(kind)} {identity_of(kind)}".strip()

    def is_everywhere(self, kind: type) -> bool:
        """Whether other processes find a class, too: it is ours, or an installed package's."""
        return not self.maker_of(kind) or bool(self.package_of(kind))

    def sound(self) -> tuple[str, ...]:
        """Return the names of what can be used; all are imported now."""
        broken = {name for name, _ in self.broken()}
        return tuple(name for name in self.names() if name not in broken)

    def not_named(self) -> Iterator[str]:
        """Yield what there is to say of what packages offer under names that it cannot have."""
        for name, points in self._offered.items():
            packages = " and ".join(sorted(map(package_of, points)))
            if not _is_name(name):
                yield f"'{name}' of {packages} {NO_NAME}"
            elif name in self._files:
                yield f"'{name}' of {packages} is the name of one of ours"

    def broken(self) -> Iterator[tuple[str, PluginError]]:
        """Yield the names of what is installed and cannot be used, and why; it is imported now."""
        for name in self.names():
            try:
                if name not in self._files:
                    self.load(name)
            except PluginError as error:
                yield name, error

    def register(self, name: str, kind: type[Kind]) -> None:
        """Add a kind from outside for this process, under a name that is free.

        Raises `ValueError` for a name that is taken or cannot be one, `TypeError` for a class of
        another kind.
        """
        if not _is_name(name):
            raise ValueError(f"'{name}' {NO_NAME}")
        if not self._fits(kind):
            raise TypeError(f"'{name}' must be a class of {self._contract.__name__}: {kind!r}")
        if lack := self._lack(name, kind):
            raise TypeError(f"'{name}' {lack}")
        if name in self and self._registered.get(name) is not kind:
            raise ValueError(f"'{name}' is taken")
        self._registered[name] = kind

    @cached_property
    def _files(self) -> dict[str, Path]:
        contract = self._contract.__module__.rpartition(".")[2]
        specification = importlib.util.find_spec(self._package)
        folders = specification.submodule_search_locations if specification else None
        return {
            file.stem: file
            for folder in folders or ()
            for file in sorted(Path(folder).glob("*.py"))
            if not file.stem.startswith("_") and file.stem != contract
        }

    @cached_property
    def _installed(self) -> dict[str, list[importlib.metadata.EntryPoint]]:
        """The entry points of each name: more than one where packages take the same name."""
        return {name: points for name, points in self._offered.items() if _is_name(name)}

    @cached_property
    def _offered(self) -> dict[str, list[importlib.metadata.EntryPoint]]:
        found: dict[str, list[importlib.metadata.EntryPoint]] = {}
        for point in importlib.metadata.entry_points(group=self._package):
            found.setdefault(point.name, []).append(point)
        return found

    def _loaded(self, name: str, points: list[importlib.metadata.EntryPoint]) -> type[Kind]:
        if name not in self._outcomes:
            try:
                self._outcomes[name] = self._imported(name, points)
            except PluginError as error:
                self._outcomes[name] = error
        outcome = self._outcomes[name]
        if isinstance(outcome, PluginError):
            raise outcome
        return outcome

    def _imported(self, name: str, points: list[importlib.metadata.EntryPoint]) -> type[Kind]:
        packages = " and ".join(sorted(map(package_of, points)))
        if len(points) > 1:
            raise PluginError(f"'{name}' is offered by {packages}; only one may be installed")
        try:
            kind = points[0].load()
        except (Exception, SystemExit) as error:  # whatever its import runs into
            words = f"'{name}' of {packages} cannot be loaded: {in_short(error)}"
            raise PluginError(words) from error
        if not self._fits(kind):
            wanted = self._contract.__name__
            raise PluginError(f"'{name}' of {packages} is no class of {wanted}: {kind!r}")
        if lack := self._lack(name, kind):
            raise PluginError(f"'{name}' of {packages} {lack}")
        return cast("type[Kind]", kind)

    def _lack(self, name: str, kind: type[Any]) -> str:
        """Return what a class of the contract does not do that ours do, or nothing."""
        for other in self._others:
            if not issubclass(kind, other):
                return f"must be a class of {other.__name__} too: {kind!r}"
        if missing := sorted(getattr(kind, "__abstractmethods__", ())):
            return f"lacks {', '.join(missing)}"
        if self._key:
            field = kind.model_fields.get(self._key)
            if field is None or field.default != name:
                return f"must have the field {self._key}: Literal['{name}'] = '{name}'"
        return ""

    def _is_imported(self, name: str) -> bool:
        return any(module_of(point) in sys.modules for point in self._installed[name])

    def _is(self, name: str, kind: type) -> bool:
        try:
            return self.load(name) is kind
        except PluginError:
            return False

    def _fits(self, kind: Any) -> bool:
        return inspect.isclass(kind) and issubclass(kind, self._contract)

    def _only_class_in(self, name: str) -> type[Kind]:
        module = importlib.import_module(f"{self._package}.{name}")
        own = [
            member
            for key, member in vars(module).items()
            if inspect.isclass(member) and member.__module__ == module.__name__ and key[0] != "_"
        ]
        if len(own) != 1:
            raise TypeError(f"{module.__name__} must hold one public class; it has {len(own)}")
        return cast("type[Kind]", own[0])


def _is_name(name: str) -> bool:
    return name.isidentifier() and name.isascii() and name == name.lower() and name[0] != "_"
