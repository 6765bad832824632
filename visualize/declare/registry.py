"""The registry behind the four doors: a folder's files are its list, and others may register."""

import ast
import importlib
import importlib.metadata
import importlib.util
import inspect
from functools import cached_property
from pathlib import Path
from typing import Any, Generic, TypeVar, cast

from visualize.text import did_you_mean

Kind = TypeVar("Kind")


class Registry(Generic[Kind]):
    """The kinds in a package's folder, one a file, by the file's name; and those from outside.

    Adding a file adds a name: there is no second list. Files that begin with an underscore, and
    that of the contract itself, hold what kinds share. Names and summaries are read without
    importing anything, so that listing stays fast.
    """

    def __init__(self, package: str, contract: type) -> None:
        self._package = package
        self._contract = contract.__module__.rpartition(".")[2]
        self._registered: dict[str, type[Kind]] = {}

    def names(self) -> tuple[str, ...]:
        """Every name, in alphabetical order."""
        return tuple(sorted({*self._files, *self._registered, *self._entry_points}))

    def hint(self, name: str) -> str:
        """Return what to say to somebody who asks for `name`, which there is not."""
        for known in self.names():
            if name.lower() in getattr(self.load(known), "also_called", ()):
                return f"; did you mean '{known}'?"
        return did_you_mean(name, self.names()) or f"; there are {', '.join(self.names())}"

    def summary(self, name: str) -> str:
        """Return the first line of the docstring: the file's, or the class's from outside."""
        if name in self._files:
            text = ast.get_docstring(ast.parse(self._files[name].read_text("utf-8")))
        else:
            text = inspect.getdoc(self.load(name))
        return (text or "").partition("\n")[0]

    def load(self, name: str) -> type[Kind]:
        """Return the class of a name; its file, or its package, is imported now."""
        if name in self._registered:
            return self._registered[name]
        if name in self._files:
            return self._only_class_in(name)
        return cast("type[Kind]", self._entry_points[name].load())

    def register(self, name: str, kind: type[Kind]) -> None:
        """Add a kind from outside, under a name that is free.

        A package that others install does the same by an entry point in the group of this
        package's name, such as `visualize.optimizers`.
        """
        if not name.isidentifier() or name != name.lower():
            raise ValueError(f"'{name}' cannot be a name here; use lower-case letters and _")
        if name in self.names() and self._registered.get(name) is not kind:
            raise ValueError(f"there is a '{name}' already")
        self._registered[name] = kind

    @cached_property
    def _files(self) -> dict[str, Path]:
        specification = importlib.util.find_spec(self._package)
        folders = specification.submodule_search_locations if specification else None
        return {
            file.stem: file
            for folder in folders or ()
            for file in sorted(Path(folder).glob("*.py"))
            if not file.stem.startswith("_") and file.stem != self._contract
        }

    @cached_property
    def _entry_points(self) -> dict[str, Any]:
        return {point.name: point for point in importlib.metadata.entry_points(group=self._package)}

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
