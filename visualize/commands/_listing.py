"""The reference, made from the classes and the table: what `list` shows, and the JSON Schema."""

import inspect
import shutil
import textwrap
from collections.abc import Mapping
from typing import Any, get_args, get_origin

import numpy as np
from pydantic_core import PydanticUndefined

from visualize.declare.descriptions import describe_all
from visualize.declare.registry import Registry
from visualize.formats.format import FORMATS
from visualize.objectives._test_functions import TEST_FUNCTIONS
from visualize.optimizers.optimizer import EFFECTIVE_RATE, OPTIMIZERS, Optimizer
from visualize.panels.panel import PANELS
from visualize.scene.runs import Appearance
from visualize.text import did_you_mean

WIDTH = min(shutil.get_terminal_size().columns, 100)


CATALOGUES: Mapping[str, Registry[Any]] = {
    "optimizers": OPTIMIZERS,
    "panels": PANELS,
    "formats": FORMATS,
}


def summaries(kind: str) -> Mapping[str, str]:
    """Return what there is of a kind, by name, each in a line."""
    if kind == "objectives":
        return {name: entry.expression for name, entry in TEST_FUNCTIONS.items()}
    return {name: CATALOGUES[kind].summary(name) for name in CATALOGUES[kind].names()}


def hint(kind: str, name: str) -> str:
    """Return what to say to somebody who asks for `name`, which there is not."""
    return (
        did_you_mean(name, summaries(kind)) if kind == "objectives" else CATALOGUES[kind].hint(name)
    )


def overview(kind: str) -> str:
    """Return the summaries as a table, no wider than the terminal."""
    lines = summaries(kind)
    first = max(map(len, lines)) + 2
    room = WIDTH - first
    return "\n".join(
        f"{name:{first}}{line if len(line) <= room else line[: room - 1] + '…'}"
        for name, line in lines.items()
    )


def description(kind: str, name: str) -> str:
    """Return all there is to say of one: its settings, defaults and formulas."""
    if kind == "objectives":
        return _objective(name)
    if kind == "formats":
        return f"{name}\n    {FORMATS.summary(name)}"
    return _settings(name, CATALOGUES[kind])


def _settings(name: str, catalogue: Registry[Any]) -> str:
    declared = catalogue.load(name)
    text = _filled(inspect.getdoc(declared) or "")
    rows = []
    describe_all()
    fields = dict(declared.model_fields)
    if issubclass(declared, Optimizer):
        own = {"name", "learning_rate", *(set(fields) - set(Optimizer.model_fields))}
        shared = {name: fields.pop(name) for name in list(fields) if name not in own}
        fields |= {**Appearance.model_fields, **shared}
    for field_name, field in fields.items():
        if field_name in {"name", "kind"}:
            continue
        default = "required" if field.is_required() else _shown(field.default)
        rows.append((field_name, default, f"{field.description or ''}{_choices(field.annotation)}"))
    parts = [f"{name}\n{textwrap.indent(text, '    ')}", _table(rows)]
    if issubclass(declared, Optimizer):
        parts.append(_conventions(declared))
        optimizer = declared.model_validate({"learning_rate": 1.0})
        state = optimizer.remembered(optimizer.init(np.zeros((1, 2)), {"point": (2,)}))
        parts.append(f"    remembers: {', '.join([*state, EFFECTIVE_RATE])}")
    return "\n\n".join(parts)


def _filled(text: str) -> str:
    """Return a docstring's paragraphs, no wider than the terminal."""
    paragraphs = (" ".join(paragraph.split()) for paragraph in text.split("\n\n"))
    return "\n\n".join(textwrap.fill(paragraph, WIDTH - 4) for paragraph in paragraphs)


def _conventions(declared: type[Optimizer]) -> str:
    """Return each formula that there is, with the conventions that follow it, and how."""
    following: dict[str, list[str]] = {}
    for number, (convention, values) in enumerate(declared.conventions.items()):
        formula = declared.model_validate({"learning_rate": 1.0, "convention": convention}).formula
        given = ", ".join(f"{name} {_shown(value)}" for name, value in values.items())
        line = f"convention: {convention}{'' if number else ' (the rule without any)'}"
        following.setdefault(formula, []).append(f"{line}: {given}" if given else line)
    lines = []
    for formula, conventions in following.items():
        lines += ["", *(f"    {step}" for step in formula.splitlines())]
        for convention in conventions:
            lines += textwrap.wrap(
                convention, WIDTH, initial_indent=" " * 8, subsequent_indent=" " * 10
            )
    return "\n".join(lines[1:])


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
