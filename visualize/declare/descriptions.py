"""What settings are for: the sentence below each field, read from the sources when it is wanted.

pydantic reads them whenever a class is made (`use_attribute_docstrings`), which was a twentieth of
the time of a small film; only the reference and the JSON Schema want them.
"""

import ast
import inspect
import textwrap
from functools import cache
from itertools import pairwise

from visualize.declare.settings import Settings


def describe_all() -> None:
    """Let the fields of all settings that have been imported say what they are for."""
    for kind in Settings.kinds:
        describe(kind)


def describe(kind: type[Settings]) -> None:
    """Let the fields of one kind of settings say what they are for."""
    sentences: dict[str, str] = {}
    for base in reversed(kind.__mro__):
        if issubclass(base, Settings):
            sentences |= _sentences(base)
    for name, field in kind.model_fields.items():
        if field.description is None:
            field.description = sentences.get(name)


def describe_schemas() -> None:
    """Let their JSON Schemas say it too, which pydantic makes of a class as it was defined."""
    describe_all()
    for kind in Settings.kinds:  # what a kind is made of was defined before it
        kind.model_rebuild(force=True)


@cache
def _sentences(kind: type[Settings]) -> dict[str, str]:
    try:
        source = inspect.getsource(kind)
    except OSError:  # there is none, as of a class that is made while the program runs
        return {}
    definition = ast.parse(textwrap.dedent(source)).body[0]
    found = {}
    for field, below in pairwise(getattr(definition, "body", ())):
        match field, below:
            case (
                ast.AnnAssign(target=ast.Name(id=name)),
                ast.Expr(value=ast.Constant(value=str(sentence))),
            ):
                found[name] = inspect.cleandoc(sentence)
    return found
