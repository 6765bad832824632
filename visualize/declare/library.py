"""Libraries that are used where they are installed, and never needed."""

import importlib
from typing import Any


def library(name: str, install: str, wanted_for: str) -> Any:
    """Return a library's module, or a part of it, imported now.

    Raises `ImportError` with the line that installs it, and what it is wanted for.
    """
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        # Of an installed library that lacks something its own words say more.
        if error.name is None or name.split(".")[0] != error.name.split(".")[0]:
            raise
        words = f"{wanted_for} needs {install}, which is not installed: pip install {install}"
        raise ImportError(words, name=error.name) from error
