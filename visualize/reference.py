"""The reference, made from the classes and the table: what `list` shows, and the JSON Schema."""

import inspect
import shutil
import textwrap
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, get_args, get_origin

from pydantic_core import PydanticUndefined

from visualize.catalogue import Catalogue
from visualize.formats import FORMATS
from visualize.objectives.table import TEST_FUNCTIONS
from visualize.optimizers import OPTIMIZERS
from visualize.panels import PANELS
from visualize.scene import MOST_PANELS, Scene
from visualize.themes import THEMES

WIDTH = min(shutil.get_terminal_size().columns, 100)


def entries(kind: str) -> Mapping[str, Callable[[], str]]:
    """Return what there is of a kind, by name, each with what writes its description."""
    if kind == "objectives":
        return {name: partial(_objective, name) for name in TEST_FUNCTIONS}
    if kind == "formats":
        return {name: partial(_format, name) for name in FORMATS.names()}
    catalogue: Catalogue[Any] = OPTIMIZERS if kind == "optimizers" else PANELS
    return {name: partial(_settings, name, catalogue) for name in catalogue.names()}


def scene_schema() -> dict[str, Any]:
    """Return the JSON Schema of scene files, for editors that complete and check while typing."""
    schema = Scene.model_json_schema()
    properties = schema["properties"]
    # A name brings its expression.
    del schema["$defs"]["Formula"]["required"]
    schema["$defs"]["Formula"]["anyOf"] = [{"required": ["expression"]}, {"required": ["name"]}]
    optimizers = _declarations(OPTIMIZERS, "name", schema["$defs"])
    for one in optimizers:
        one["properties"]["sweep"] = {"type": "object", "minProperties": 1}
        one["required"] = ["name"]  # all others may stand in the sweep
    panels = _declarations(PANELS, "kind", schema["$defs"])
    properties["optimizers"] |= {"minItems": 1, "items": {"anyOf": optimizers}}
    named = {"enum": list(PANELS.names())}
    properties["panels"] |= {
        "minItems": 1,
        "maxItems": MOST_PANELS,
        "items": {"anyOf": [*panels, named]},
    }
    properties["theme"]["enum"] = list(THEMES)
    properties["formats"]["items"]["enum"] = list(FORMATS.names())
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _declarations(
    catalogue: Catalogue[Any], key: str, definitions: dict[str, Any]
) -> list[dict[str, Any]]:
    """Return the schema of each class in a folder; what they share goes to `definitions`."""
    schemas = []
    for settings in map(catalogue.load, catalogue.names()):
        one = settings.model_json_schema()
        definitions.update(one.pop("$defs", {}))
        one["required"] = [key, *one.get("required", ())]
        schemas.append(one)
    return schemas


def _settings(name: str, catalogue: Catalogue[Any]) -> str:
    declared = catalogue.load(name)
    text = inspect.getdoc(declared) or ""
    rows = []
    for field_name, field in declared.model_fields.items():
        if field_name in {"name", "kind"}:
            continue
        default = "required" if field.is_required() else _shown(field.default)
        rows.append((field_name, default, f"{field.description or ''}{_choices(field.annotation)}"))
    return f"{name}\n{textwrap.indent(text, '    ')}\n\n{_table(rows)}"


def _objective(name: str) -> str:
    entry = TEST_FUNCTIONS[name]
    domain = " x ".join(f"[{low:.5g}, {high:.5g}]" for low, high in entry.domain)
    rows = [("domain", domain, "")]
    if entry.minima:
        points = ("(" + ", ".join(f"{x:.6g}" for x in point) + ")" for point in entry.minima)
        rows.append(("minima" if len(entry.minima) > 1 else "minimum", ", ".join(points), ""))
    if entry.note:
        rows.append(("note", entry.note, ""))
    formula = textwrap.fill(
        entry.expression, WIDTH, initial_indent="    ", subsequent_indent="        "
    )
    return f"{name}\n{formula}\n{_table(rows)}"


def _format(name: str) -> str:
    return f"{name}\n    {FORMATS.summary(name)}"


def _table(rows: list[tuple[str, str, str]]) -> str:
    first = max(len(row[0]) for row in rows) + 2
    second = max((len(row[1]) for row in rows if row[2]), default=0) + 2
    lines = []
    for name, value, words in rows:
        start = f"    {name:{first}}{value:{second}}" if words else f"    {name:{first}}{value}"
        lines.append(
            textwrap.fill(words, WIDTH, initial_indent=start, subsequent_indent=" " * len(start))
            if words
            else start
        )
    return "\n".join(lines)


def _shown(value: Any) -> str:
    match value:
        case None:
            return "-"
        case bool():
            return str(value).lower()
        case _ if value is PydanticUndefined:
            return "required"
        case _:
            return f"{value}"


def _choices(annotation: Any) -> str:
    if str(get_origin(annotation)) == "typing.Literal":
        return f" ({', '.join(map(str, get_args(annotation)))})"
    options = [_choices(option) for option in get_args(annotation)]
    return next((words for words in options if words), "")
