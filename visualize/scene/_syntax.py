"""What is wrong with a text that is not YAML, as people say it.

ruamel's parser says what it wanted; what its user wants is seen in the lines themselves.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from ruamel.yaml.error import MarkedYAMLError

from visualize.text import in_yaml, shortened


@dataclass(frozen=True)
class Mark:
    """Where something stands: line and column from 1, and how many columns it takes."""

    line: int
    column: int
    length: int


BEGINNING = re.compile(
    r"(?P<indent>\s*)(?P<dashes>(?:-\s+)*)(?P<name>\w+)(?P<sign>\s*[:=]?)\s*(?P<value>.*)"
)
"""A line that sets something: `  - name: sgd`."""


class Fault(NamedTuple):
    """Where the parser stopped, and where what it could not end began."""

    words: re.Match[str]
    here: Mark
    before: Mark
    lines: Sequence[str]


def told(error: MarkedYAMLError, lines: Sequence[str]) -> tuple[Mark, str]:
    """Return where a text stops being YAML, and what to say of it."""
    problem = str(error.problem or error.context)
    here = _mark_of(error.problem_mark or error.context_mark)
    before = _mark_of(error.context_mark or error.problem_mark)
    for theirs, ours in IN_OUR_WORDS.items():
        if found := re.search(theirs, problem):
            if isinstance(ours, str):
                return here, found.expand(ours)
            return ours(Fault(found, here, before, lines))
    return here, "this is not YAML"


def _mark_of(mark: Any) -> Mark:
    return Mark(mark.line + 1, mark.column + 1, 1) if mark else Mark(1, 1, 1)


def _second_colon(fault: Fault) -> tuple[Mark, str]:
    """`title: Adam: the movie`, or a setting that stands too far to the right."""
    line = fault.lines[fault.here.line - 1]
    setting = BEGINNING.match(line)
    if setting and ":" in setting["sign"] and setting.start("value") < fault.here.column - 1:
        value = setting["value"].strip()
        mark = Mark(fault.here.line, setting.start("value") + 1, len(value))
        words = "a text with a ':' in it needs quotes"
        name = shortened(setting["name"], 100)
        return mark, f"{words}; write {name}: {in_yaml(shortened(value, 100))}"
    above = next((it for it in reversed(fault.lines[: fault.here.line - 1]) if it.strip()), "")
    setting = BEGINNING.fullmatch(above)
    if setting and setting["dashes"] and not setting["sign"] and not setting["value"]:
        name = shortened(setting["name"], 100)
        words = f"write '{setting['dashes'].strip()} name: {name}' above"
        return fault.here, f"a ':' may not stand here; {words}"
    return (
        fault.here,
        f"a ':' may not stand here; look at the indentation{_columns(fault.here, fault.lines)}",
    )


def _not_in_line(fault: Fault) -> tuple[Mark, str]:
    """A line that begins where none before it did, or something behind a closing quote."""
    line = fault.lines[fault.here.line - 1]
    if line[: fault.here.column - 1].strip():
        if line[: fault.here.column - 1].rstrip()[-1] in "\"'":
            return fault.here, "nothing may follow a closing quote; quote the whole text once"
        return fault.here, "this does not go on with what stands before it"
    words = "this does not go on with what stands above; look at the indentation"
    return fault.here, f"{words}{_columns(fault.here, fault.lines)}"


def _columns(here: Mark, lines: Sequence[str]) -> str:
    """Return where a line begins, and where those above it do that it could go on with."""
    line = lines[here.line - 1]
    column = len(line) - len(line.lstrip())
    above = [found for found in map(BEGINNING.match, lines[: here.line - 1]) if found]
    if not above:
        return ""
    last = above[-1]
    wanted = len(last["indent"]) + len(last["dashes"])
    if wanted == column:
        return ""
    return f": this line begins at column {column + 1}, the setting above at {wanted + 1}"


def _no_colon(fault: Fault) -> tuple[Mark, str]:
    """`steps 100`, `steps:100` and `steps = 100` lack a colon with a space behind it."""
    line = fault.lines[fault.before.line - 1]
    setting = BEGINNING.match(line)
    mark = Mark(
        fault.before.line, fault.before.column, max(len(line.rstrip()) - fault.before.column + 1, 1)
    )
    words = "a ': ' is missing after a setting's name"
    if setting and (value := setting["value"].strip()):
        words += f"; write {shortened(setting['name'], 100)}: {shortened(value, 100)}"
    return mark, words


def _not_closed(fault: Fault) -> tuple[Mark, str]:
    """`[1, 2` goes on to the next line."""
    opening = fault.lines[fault.before.line - 1][fault.before.column - 1 : fault.before.column]
    if fault.here.line > fault.before.line and opening in ("[", "{"):
        return fault.before, f"this '{opening}' is not closed"
    return fault.here, f"a {fault.words[1]} is missing"


def _open_quote(fault: Fault) -> tuple[Mark, str]:
    return fault.before, "this quote is not closed"


def _bar(fault: Fault) -> tuple[Mark, str]:
    line = fault.lines[fault.here.line - 1]
    column = line.rfind(line[fault.here.column - 2], 0, fault.here.column - 1) + 1
    words = f"a value may not begin with '{line[column - 1]}'; put it in quotes"
    if re.search(r"\|[^|]+\|", line):
        words += ", or write abs(x) for |x|"
    return Mark(fault.here.line, column, 1), words


IN_OUR_WORDS: dict[str, str | Callable[[Fault], tuple[Mark, str]]] = {
    r"'\\t'": "a tab may not stand here; use spaces",
    r"expected (',' or '.')": _not_closed,
    r"mapping values are not allowed": _second_colon,
    r"expected <block end>": _not_in_line,
    r"could not find expected ':'": _no_colon,
    r"character (.*) that cannot start": r"a value may not begin with \1; put it in quotes",
    r"unexpected end of stream": _open_quote,
    r"expected chomping or indentation": _bar,
    r"unknown escape character (.*)": r"\1 may not stand behind a backslash; use single quotes",
}
"""ruamel's words for what is wrong (a part of them), and ours."""
