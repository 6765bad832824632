"""Packages of others: what they offer, and which of them is to blame for an error."""

import importlib.metadata
from collections.abc import Iterator
from contextlib import contextmanager

from visualize.errors import PluginError, VisualizeError

DOORS = ("optimizers", "objectives", "panels", "formats")
"""What a package may offer: its entry points are in the groups visualize.optimizers and so on."""
US = "visualize"


@contextmanager
def blamed() -> Iterator[None]:
    """Turn what a package of others raises while it is used into an error that names it.

    What is raised by anybody else stays as it is: a bug of ours keeps its traceback.
    """
    try:
        yield
    except VisualizeError:
        raise
    except Exception as error:  # whatever somebody's rule runs into
        if words := _blame(error):
            raise PluginError(words) from error
        raise


def module_of(point: importlib.metadata.EntryPoint) -> str:
    """Return the module that an entry point names, be it well formed or not."""
    return point.value.partition(":")[0].strip()


def package_of(point: importlib.metadata.EntryPoint) -> str:
    """Return the name of the package that offers something."""
    return point.dist.name if point.dist else "a package without a name"


def in_short(error: BaseException) -> str:
    """Return the kind of an error and the first line of what it says."""
    words = next(filter(None, map(str.strip, str(error).splitlines())), "")
    return f"{type(error).__name__}: {words}" if words else type(error).__name__


def _blame(error: Exception) -> str:
    """Return whose error it is, if it was raised in a package of others or in what that called."""
    import traceback

    owners = {
        module_of(point).partition(".")[0]: package_of(point)
        for door in DOORS
        for point in importlib.metadata.entry_points(group=f"{US}.{door}")
    }
    frames = [
        (frame.f_globals.get("__name__", "").partition(".")[0], frame.f_code, line)
        for frame, line in traceback.walk_tb(error.__traceback__)
    ]
    ours = [it for it in frames if it[0] == US or it[0] in owners]
    if not ours or ours[-1][0] not in owners:
        return ""
    package, code, line = ours[-1]
    place = f"{code.co_filename}, line {line}, in {code.co_name}"
    return f"{owners[package]}: {in_short(error)} ({place})"
