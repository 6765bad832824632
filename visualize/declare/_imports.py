"""Which modules a piece of code imports, and in which files they are: none is imported for it."""

import dis
import functools
import importlib.util
import sys
import sysconfig
import warnings
from collections.abc import Iterator, Set
from importlib.machinery import PathFinder
from pathlib import Path
from types import CodeType
from typing import NamedTuple


class Place(NamedTuple):
    """Where a module is."""

    file: Path | None
    """None where there is none: of namespaces, and of what is not found."""
    folders: list[str]
    """Where a package has its modules."""


NOWHERE = Place(None, [])


def place_of(module: str) -> Place:
    """Return where a module is that is imported, or would be."""
    if (there := sys.modules.get(module)) is not None:
        file = Path(getattr(there, "__file__", None) or "")
        return Place(file if file.is_file() else None, [*getattr(there, "__path__", ())])
    package = module.rpartition(".")[0]
    folders = place_of(package).folders if package else None
    spec = None if folders == [] else PathFinder.find_spec(module, folders)
    if spec is None:
        return NOWHERE
    found = Path(spec.origin) if spec.origin and spec.has_location else None
    return Place(found, [*(spec.submodule_search_locations or ())])


def imported_by(code: CodeType, package: str) -> list[str]:
    """Return the modules that code imports, in functions too, with the packages they are in.

    What it takes `from` one may be a module as well.
    """
    return sorted(set(_imported(code, package)))


def _imported(code: CodeType, package: str) -> Iterator[str]:
    lines = [it for it in dis.get_instructions(code) if it.opname != "EXTENDED_ARG"]
    for index, line in enumerate(lines):
        if line.opname != "IMPORT_NAME":
            continue
        level, taken = lines[index - 2].argval, lines[index - 1].argval
        try:
            name = importlib.util.resolve_name("." * level + line.argval, package or None)
        except ImportError:  # beyond the top: it would fail there, too
            continue
        parts = name.split(".")
        yield from (".".join(parts[: end + 1]) for end in range(len(parts)))
        yield from (f"{name}.{it}" for it in taken or () if it != "*")
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _imported(inner, package)


def code_in(file: Path) -> CodeType | None:
    """Return what a file is compiled to; None where it is no Python that can be."""
    if file.suffix != ".py":
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return compile(file.read_bytes(), str(file), "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return None


def names_in(code: CodeType) -> Set[str]:
    """Return the names of globals, and of attributes, in code and in the functions inside it."""
    inner = (names_in(it) for it in code.co_consts if isinstance(it, CodeType))
    return {*code.co_names}.union(*inner)


@functools.cache
def is_of_a_package(module: str) -> bool:
    """Whether a module is Python's or of an installed package, and not somebody's own file."""
    top = module.partition(".")[0]
    if top == "__main__":  # whoever has started it: a shell or a notebook is of a package
        return False
    if top in sys.stdlib_module_names or top == __name__.partition(".")[0]:
        return True
    file = place_of(module).file or Path()
    folders = {sysconfig.get_path(name) for name in ("purelib", "platlib", "stdlib")}
    return bool({"site-packages", "dist-packages"} & {*file.parts}) or any(
        file.is_relative_to(folder) for folder in folders
    )
