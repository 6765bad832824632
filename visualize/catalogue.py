"""A folder whose files are the list: each holds one class, and its name is the file's."""

import ast
import importlib
import inspect
from collections.abc import Iterable
from pathlib import Path
from typing import Generic, TypeVar, cast

from visualize.errors import did_you_mean

Kind = TypeVar("Kind")


class Catalogue(Generic[Kind]):
    """The classes in a package's folder, one a file, by the file's name.

    Adding a file adds a name: there is no second list. Names and summaries are read without
    importing anything, so that listing stays fast.
    """

    def __init__(self, package: str, folders: Iterable[str]) -> None:
        self._package = package
        self._files = {
            file.stem: file
            for folder in folders
            for file in sorted(Path(folder).glob("*.py"))
            if not file.stem.startswith("_")
        }

    def names(self) -> tuple[str, ...]:
        """Every name, in alphabetical order."""
        return tuple(self._files)

    def hint(self, name: str) -> str:
        """Return what to say to somebody who asks for `name`, which there is not."""
        for known in self.names():
            if name.lower() in getattr(self.load(known), "also_called", ()):
                return f"; did you mean '{known}'?"
        return did_you_mean(name, self.names()) or f"; there are {', '.join(self.names())}"

    def summary(self, name: str) -> str:
        """Return the first line of the file's docstring."""
        text = ast.get_docstring(ast.parse(self._files[name].read_text("utf-8"))) or ""
        return text.partition("\n")[0]

    def load(self, name: str) -> type[Kind]:
        """Import the file `name` and return its one public class."""
        module = importlib.import_module(f"{self._package}.{name}")
        own = [
            member
            for key, member in vars(module).items()
            if inspect.isclass(member) and member.__module__ == module.__name__ and key[0] != "_"
        ]
        if len(own) != 1:
            raise TypeError(f"{module.__name__} must hold one public class; it has {len(own)}")
        return cast("type[Kind]", own[0])
