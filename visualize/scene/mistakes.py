"""What pydantic finds wrong, as mistakes at their places in a scene file."""

import re
from collections.abc import Iterator

from pydantic import ValidationError

from visualize.declare.settings import NATIVE_ERRORS, UNKNOWN_SETTING
from visualize.errors import Mistake
from visualize.scene.source import Document
from visualize.text import did_you_mean, shown

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
    "too_short": "must have at least {min_length} item(s)",
    "too_long": "may have at most {max_length} items",
    "string_too_long": "may have at most {max_length} characters",
    "string_too_short": "must not be empty",
    "literal_error": "must be {expected}",
}
"""pydantic's errors, as people say them. The rest keep pydantic's words."""


def mistakes_in(document: Document, error: ValidationError) -> Iterator[Mistake]:
    """Yield what was found, each once, at its place in the file."""
    seen = set()
    for found in error.errors(include_url=False):
        kind, place = found["type"], found["loc"]
        context = found.get("ctx", {})
        if kind not in NATIVE_ERRORS:
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
            of_key = kind == UNKNOWN_SETTING
            yield document.mistake(
                place, words, of_key=of_key, missing=kind == "missing", within=within
            )
