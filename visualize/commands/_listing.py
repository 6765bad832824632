"""The reference, made from the classes and the table: what `list` shows, and the JSON Schema."""

import inspect
import shutil
import sys
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple, get_args, get_origin

import numpy as np
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from visualize.commands._options import is_terminal
from visualize.declare.descriptions import describe_all
from visualize.declare.registry import Catalogue
from visualize.declare.settings import Settings, in_our_words
from visualize.errors import PluginError
from visualize.formats.format import FORMATS
from visualize.formulas.functions import CONSTANTS, FUNCTIONS
from visualize.formulas.spellings import of_function
from visualize.looks.themes import THEMES
from visualize.objectives._test_functions import TEST_FUNCTIONS, hint_for
from visualize.objectives.formula import Formula
from visualize.objectives.objective import OBJECTIVES
from visualize.optimizers._schedules import SCHEDULES
from visualize.optimizers.optimizer import EFFECTIVE_RATE, OPTIMIZERS, Optimizer
from visualize.panels.panel import PANELS
from visualize.scene._advice import belongs, settings_in
from visualize.scene.runs import Appearance
from visualize.scene.scene import Scene
from visualize.text import did_you_mean, in_yaml, shortened

WIDTH = min(shutil.get_terminal_size().columns, 100)
"""Of paragraphs."""


class Listed(NamedTuple):
    """A kind of thing, all there are of it, and what there is to say of one."""

    caption: str
    names: Callable[[], Sequence[str]]
    """Nothing is imported for them."""
    summaries: Callable[[], Mapping[str, str]]
    describe: Callable[[str], str]
    hint: Callable[[str], str]
    left_out: Callable[[], Iterator[str]] = lambda: iter(())
    """What there is to say of what others offer, and has no place in the list."""


def kinds() -> str:
    """Return what can be listed, with the first names of each."""
    rows = []
    for kind, listed in LISTS.items():
        names = listed.names()
        rows.append((kind, f"{len(names)}", f"{listed.caption}: {', '.join(names)}"))
    lines = (shortened(line, WIDTH) for line in _lines(rows))
    more = "'visualize list KIND' shows all of a kind, 'visualize list KIND NAME' all of one."
    return "\n".join([*lines, "", *textwrap.wrap(more, WIDTH)])


def _lines(rows: Sequence[tuple[str, str, str]]) -> Iterator[str]:
    first, second = (max(len(row[i]) for row in rows) + 2 for i in (0, 1))
    for name, value, words in rows:
        yield f"{name:{first}}{value:{second}}{words}".rstrip()


def hint_of_kind(kind: str) -> str:
    """Return what to say to somebody who asks for a list that there is not."""
    return did_you_mean(kind, LISTS) or f"; there are {', '.join(LISTS)}"


def is_known(kind: str, name: str) -> bool:
    """Whether there is something of that name; of settings also a group of them."""
    if kind == "settings":
        return bool(_rows_of(name)) or _elsewhere(name) is not None
    return name in LISTS[kind].names()


def left_out(kind: str) -> Iterator[str]:
    """Return what there is to say of what has no place in a list."""
    return LISTS[kind].left_out()


def hint(kind: str, name: str) -> str:
    """Return what to say to somebody who asks for `name`, which there is not."""
    return LISTS[kind].hint(name)


def overview(kind: str) -> str:
    """Return the summaries as a table, in a terminal no wider than it."""
    lines = LISTS[kind].summaries()
    first = max(map(len, lines)) + 2
    return "\n".join(_fitted(f"{name:{first}}{line}".rstrip()) for name, line in lines.items())


def _fitted(line: str) -> str:
    return shortened(line, WIDTH) if is_terminal(sys.stdout) else line


def description(kind: str, name: str) -> str:
    """Return all there is to say of one: its settings, defaults and formulas."""
    try:
        return LISTS[kind].describe(name)
    except PluginError as error:
        return f"{name}\n    {error}"


def _of(catalogue: Catalogue[Any], caption: str, describe: Callable[[str], str]) -> Listed:
    def summaries() -> Mapping[str, str]:
        return {name: catalogue.summary(name) for name in catalogue.names()}

    not_named = catalogue.not_named
    return Listed(caption, catalogue.names, summaries, describe, catalogue.hint, not_named)


def _objectives() -> Mapping[str, str]:
    functions = {name: entry.expression for name, entry in TEST_FUNCTIONS.items()}
    return functions | {name: OBJECTIVES.summary(name) for name in OBJECTIVES.names()}


def _describe_objective(name: str) -> str:
    return _objective(name) if name in TEST_FUNCTIONS else _settings(name, OBJECTIVES)


def _functions() -> Mapping[str, str]:
    functions = {name: function.meaning for name, function in FUNCTIONS.items()}
    return functions | {name: f"{value!r}" for name, value in CONSTANTS.items()}


def _themes() -> Mapping[str, str]:
    return {
        name: f"ink {theme.ink} on {theme.background}, "
        f"runs {', '.join(dict.fromkeys(theme.series))}"
        for name, theme in THEMES.items()
    }


def _describe_theme(name: str) -> str:
    theme, rows = THEMES[name].model_dump(exclude={"name"}), []
    for part, value in theme.items():
        several = ", ".join(value) if isinstance(value, tuple) else ""
        rows.append((part, several or (value if isinstance(value, str) else in_yaml(value)), ""))
    own = f"theme: {{base: {name}, background: '{theme['background']}'}}"
    return f"{name}\n{_table(rows)}\n\n    One of your own that goes on from it: {own}"


def _scene_settings() -> Iterator[tuple[str, FieldInfo]]:
    """Yield the settings of a scene, those within others by their dotted names."""
    describe_all()
    for name in Scene.known():
        field = _field(Scene, name)
        yield name, field
        if inner := settings_in(field.annotation):
            yield from ((f"{name}.{it}", _field(inner, it)) for it in inner.known())
        if name == "objective":
            yield from ((f"{name}.{it}", _field(Formula, it)) for it in Formula.known())


def _field(kind: type[Settings], name: str) -> FieldInfo:
    fields = kind.model_fields.items()
    return next(field for key, field in fields if (field.alias or key) == name)


def _rows_of(name: str) -> list[tuple[str, str, str]]:
    """Return what there is to say of a setting and of those within it."""
    return [
        (setting, _default(field), _with_example(field))
        for setting, field in _scene_settings()
        if name in ("", setting) or setting.startswith(f"{name}.")
    ]


def _default(field: FieldInfo) -> str:
    if field.is_required() or isinstance(field.default, BaseModel):
        return ""
    return "" if field.default in (None, ()) else in_yaml(field.default)


def _with_example(field: FieldInfo) -> str:
    words = " ".join((field.description or "").split()) + _choices(field.annotation)
    return f"{words} Example: {in_yaml(field.examples[0])}" if field.examples else words


def _elsewhere(name: str) -> str | None:
    """Return what is said of `optimizers.adam` or `panels.contour`."""
    kind, _, one = name.partition(".")
    if kind in LISTS and one and one in LISTS[kind].names():
        return description(kind, one)
    return None


def _describe_setting(name: str) -> str:
    words = _elsewhere(name)
    return words if words is not None else f"{name}\n{_table(_rows_of(name))}"


def _setting_hint(name: str) -> str:
    if whose := belongs(Scene, name, None):
        return f"; {whose}"
    if answer := Scene.answer(name).removeprefix("unknown setting"):
        return answer
    return ""


def _settings(name: str, catalogue: Catalogue[Any]) -> str:
    declared = catalogue.load(name)
    text = _filled(inspect.getdoc(declared) or "")
    rows = []
    describe_all()
    fields = {name: it for name, it in declared.model_fields.items() if not it.exclude}
    if issubclass(declared, Optimizer):
        own = {"name", "learning_rate", *(set(fields) - set(Optimizer.model_fields))}
        shared = {name: fields.pop(name) for name in list(fields) if name not in own}
        fields |= {**Appearance.model_fields, **shared}
    for field_name, field in fields.items():
        if field_name in {"name", "kind", "schedule"}:
            continue
        default = "required" if field.is_required() else _shown(field.default)
        rows.append(
            (
                field.alias or field_name,
                default,
                f"{field.description or ''}{_choices(field.annotation)}",
            )
        )
    parts = [f"{name}\n{textwrap.indent(text, '    ')}", *([_table(rows)] if rows else [])]
    if issubclass(declared, Optimizer):
        needed = {**in_our_words(OPTIMIZERS, "name", name), "learning_rate": 1.0}
        with suppress(ValidationError):  # one from outside may need what has no example
            optimizer = declared.model_validate(needed)
            parts.append(_conventions(declared, needed))
            state = optimizer.remembered(optimizer.init(np.zeros((1, 2)), {"point": (2,)}))
            parts.append(f"    remembers: {', '.join([*state, EFFECTIVE_RATE])}")
    return "\n\n".join(parts)


def _filled(text: str) -> str:
    """Return a docstring's paragraphs, no wider than the terminal."""
    paragraphs = (" ".join(paragraph.split()) for paragraph in text.split("\n\n"))
    return "\n\n".join(textwrap.fill(paragraph, WIDTH - 4) for paragraph in paragraphs)


def _schedule(name: str) -> str:
    return f"learning_rate: {in_yaml(in_our_words(SCHEDULES, 'schedule', name))}"


def _conventions(declared: type[Optimizer], needed: Mapping[str, Any]) -> str:
    """Return each formula that there is, with the conventions that follow it, and how."""
    momentum = declared.model_fields.get("momentum")
    if momentum is not None and momentum.default == 0:
        needed = {**needed, "momentum": 0.9}  # a rule that may have one is shown with it
    following: dict[str, list[str]] = {}
    if not declared.conventions:
        following[declared.model_validate(needed).formula] = []
    for number, (convention, values) in enumerate(declared.conventions.items()):
        formula = declared.model_validate({**needed, "convention": convention}).formula
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


LISTS: Mapping[str, Listed] = {
    "optimizers": _of(OPTIMIZERS, "how steps are chosen", lambda name: _settings(name, OPTIMIZERS)),
    "schedules": _of(
        SCHEDULES,
        "how learning rates change",
        lambda name: f"{_settings(name, SCHEDULES)}\n\n    Example: {_schedule(name)}",
    ),
    "objectives": Listed(
        "what is minimised",
        lambda: (*TEST_FUNCTIONS, *OBJECTIVES.names()),
        _objectives,
        _describe_objective,
        hint_for,
        OBJECTIVES.not_named,
    ),
    "functions": Listed(
        "what formulas may contain",
        lambda: (*FUNCTIONS, *CONSTANTS),
        _functions,
        lambda name: f"{name}\n    {_functions()[name]}",
        lambda name: of_function(name, []) or f"; there are {', '.join(_functions())}",
    ),
    "settings": Listed(
        "what a scene may say",
        lambda: [name for name, _ in _scene_settings()],
        lambda: {name: words for name, _, words in _rows_of("")},
        _describe_setting,
        _setting_hint,
    ),
    "panels": _of(PANELS, "what is shown", lambda name: _settings(name, PANELS)),
    "themes": Listed(
        "colours",
        lambda: tuple(THEMES),
        _themes,
        _describe_theme,
        lambda name: did_you_mean(name, THEMES) or f"; there are {', '.join(THEMES)}",
    ),
    "formats": _of(FORMATS, "what is written", lambda name: f"{name}\n    {FORMATS.summary(name)}"),
}
