"""How values and mistakes are put into words."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from visualize.document import Document
from visualize.errors import Mistake, did_you_mean

IN_OUR_WORDS = {
    "missing": "is missing",
    "float_type": "must be a number",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "string_type": "must be text",
    "bool_type": "must be true or false",
    "tuple_type": "must be a list",
    "dict_type": "must be a mapping of settings",
    "model_type": "must be a mapping of settings",
    "model_attributes_type": "must be a mapping of settings",
    "finite_number": "must be a finite number",
    "greater_than": "must be greater than {gt:g}",
    "greater_than_equal": "must be at least {ge:g}",
    "less_than": "must be less than {lt:g}",
    "less_than_equal": "must be at most {le:g}",
    "too_short": "needs at least {min_length} of them",
    "too_long": "has room for {max_length}",
    "string_too_long": "must have {max_length} characters at most",
    "string_too_short": "must not be empty",
    "literal_error": "must be {expected}",
}
"""pydantic's errors, as people say them. The rest keep pydantic's words."""


def mistakes_in(document: Document, error: ValidationError) -> Iterator[Mistake]:
    """Yield what was found, each once, at its place in the file."""
    seen = set()
    for found in error.errors(include_url=False):
        kind, place = found["type"], found["loc"]
        if kind == "default_factory_not_called":
            continue
        context = found.get("ctx", {})
        if kind == "told":
            words = found["msg"]
        else:
            words = IN_OUR_WORDS[kind].format_map(context) if kind in IN_OUR_WORDS else found["msg"]
            if kind == "literal_error" and isinstance(found["input"], str):
                words += did_you_mean(found["input"], re.findall("'(.*?)'", context["expected"]))
            if kind != "missing":
                words += f" (got {shown(found['input'])})"
        if (place, words) not in seen:
            seen.add((place, words))
            within = (context["column"], context["length"]) if "column" in context else None
            unknown = kind == "told" and words.startswith("unknown setting")
            yield document.mistake(
                place, words, of_key=unknown, missing=kind == "missing", within=within
            )


def shown(value: Any) -> str:
    """Return a value of a scene as its author would write it, shortened."""
    match value:
        case None:
            return "nothing"
        case bool():
            return str(value).lower()
        case str():
            return repr(shortened(value, 40))
        case list() | tuple():
            return "a list"
        case Mapping():
            return "a mapping"
        case int() if abs(value) >= 10**20:
            return f"a number of {len(str(abs(value)))} digits"
        case _:
            return f"{value}"


def counted(number: int, thing: str) -> str:
    """Return how many there are of a thing: "1 step", "2 steps"."""
    told_short = f"{number}" if number < 10**15 else "over 10^15"
    return f"{told_short} {thing}" if number == 1 else f"{told_short} {thing}s"


def shortened(text: str, longest: int) -> str:
    """Return a text of so many letters at most; what is cut off is an ellipsis."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
