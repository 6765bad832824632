"""What pydantic finds wrong, as mistakes at their places in a scene file."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pydantic import ValidationError

from visualize.declare.settings import (
    KNOWN_ARE,
    MISSING_SETTING,
    NATIVE_ERRORS,
    UNKNOWN_SETTING,
    Place,
    Settings,
)
from visualize.errors import Mistake
from visualize.scene import _advice as advice
from visualize.scene.source import Document
from visualize.text import did_you_mean, in_yaml, shown

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

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


WITH_EXAMPLE = frozenset(kind for kind in IN_OUR_WORDS if kind.endswith("_type")) | {
    "missing",
    "too_short",
    "too_long",
    "int_from_float",
}
"""Errors of somebody who may not know what it looks like."""
TRUE_OR_FALSE = {"yes": True, "on": True, "no": False, "off": False, "1": True, "0": False}


def mistakes_in(
    document: Document, error: ValidationError, scene: type[Settings]
) -> Iterator[Mistake]:
    """Yield what was found, each once, at its place in the file."""
    seen = set()
    for place in document.empty:
        yield _empty(document, place, scene)
    told = {("objective",)} if advice.with_its_settings(document.value) else set()
    for found in error.errors(include_url=False):
        kind, place = found["type"], found["loc"]
        if place in document.empty or place[:1] in told:
            continue
        context = found.get("ctx", {})
        if elsewhere := context.get("elsewhere"):  # in a file that the scene names
            yield elsewhere
            continue
        words = _words(document, found, scene)
        if (place, words) not in seen:
            seen.add((place, words))
            within = (context["column"], context["length"]) if "column" in context else None
            of_key = kind == UNKNOWN_SETTING
            missing = kind in {"missing", MISSING_SETTING}
            yield document.mistake(place, words, of_key=of_key, missing=missing, within=within)


def _words(document: Document, found: "ErrorDetails", scene: type[Settings]) -> str:
    kind, place, given = found["type"], found["loc"], found["input"]
    context = found.get("ctx", {})
    if kind == UNKNOWN_SETTING and KNOWN_ARE in found["msg"]:
        name, value = str(place[-1]), document.value_at(place)
        whose = advice.belongs(scene, name, value, document.value)
        return f"unknown setting; {whose}" if whose else found["msg"]
    meant = scene.meant(str(place[0])) if kind == UNKNOWN_SETTING and len(place) == 1 else ()
    if len(meant) == 1:
        return found["msg"] + advice.under_its_name(scene, meant[0], document.value_at(place))
    if kind not in NATIVE_ERRORS:
        return found["msg"]
    words = IN_OUR_WORDS[kind].format_map(context) if kind in IN_OUR_WORDS else found["msg"]
    if kind == "literal_error" and isinstance(given, str):
        words += did_you_mean(given, re.findall("'(.*?)'", context["expected"]))
    if kind != "missing":
        words += f" (got {shown(given)})"
    return f"{words}{_form(document, found, scene)}"


def _form(document: Document, found: "ErrorDetails", scene: type[Settings]) -> str:
    """Return how what was given is written rightly, where that is of use."""
    kind, place, given = found["type"], found["loc"], found["input"]
    before = f"{place[-1]}: " if place and isinstance(place[-1], str) else ""
    if kind == "bool_type" and str(given).lower() in TRUE_OR_FALSE:
        return f"; write {before}{in_yaml(TRUE_OR_FALSE[str(given).lower()])}"
    if kind in {"int_type", "float_type"} and isinstance(given, str) and NUMBER.fullmatch(given):
        return f"; write {before}{given.strip()}, without quotes"
    if kind == "string_type" and isinstance(given, int | float):
        return f"; write {before}'{in_yaml(given)}', in quotes"
    example = advice.example_of(scene, place, document.value) if kind in WITH_EXAMPLE else ""
    if example and kind == "missing" and isinstance(name := document.value_at(place[:-1]), str):
        return f"; write {{name: {name}, {example}}}"
    return f"; write {example}" if example else ""


def _empty(document: Document, place: Place, scene: type[Settings]) -> Mistake:
    """Return the mistake of a setting with a name and nothing behind it."""
    mark = document.keys.get(place) or document.values[place]
    rest = document.lines[mark.line - 1][mark.column - 1 + mark.length :]
    if str(place[-1]).isdigit():
        words = "there is no value; decimals stand behind a point, not a comma: 1.5"
        return document.mistake(place, words, of_key=True)
    comment = re.match(r"\s*:\s+#(\S*)", rest)
    words = "there is no value"
    if comment and comment[1]:
        words += f"; what stands behind # is a comment: write {place[-1]}: '#{comment[1]}'"
    else:
        example = advice.example_of(scene, place, document.value)
        words += f"; write {example or 'one'}"
        if place[-1] not in NEEDED:
            words += ", or leave it out"
    return document.mistake(place, words, of_key=True)


NEEDED = ("objective", "start", "optimizers", "name", "learning_rate")
"""Settings that cannot be left out of where they stand."""
NUMBER = re.compile(r"\s*[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?\s*")
