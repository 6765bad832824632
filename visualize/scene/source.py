"""YAML text -> plain values, with the line and column of every key and value.

YAML 1.2's core schema: `1e-8` is a number, `no` is text, `010` is 10, a date is text. Built on
ruamel's event stream, never its composer, so that depth and size are bounded while reading and
hostile files cost nothing.
"""

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedSeq
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)
from ruamel.yaml.reader import ReaderError
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from visualize.declare.settings import Place
from visualize.errors import Mistake, SceneError
from visualize.formats.format import FORMATS
from visualize.scene._syntax import Mark as Mark
from visualize.scene._syntax import told
from visualize.text import near_names

LARGEST_FILE = 2**20
DEEPEST = 40
WIDEST = 2**16
"""Columns of a text that is written: lines are not broken."""
LONGEST_LIST = 200
"""Letters of a list that is written in one line."""
MOST_VALUES = 20_000
MOST_DIGITS = 250
"""Of a whole number; with more it is read as a float, which may be infinite."""

SUFFIXES = (".yaml", ".yml")
"""What scene files end with in a folder."""
POST_SUFFIXES = (".md", ".markdown", ".qmd", ".rmd")
"""What posts end with that hold scenes."""
MERGE = "<<"
NULL = re.compile(r"~|null|Null|NULL|")
BOOLEAN = re.compile(r"true|True|TRUE|false|False|FALSE")
INTEGER = re.compile(r"[-+]?[0-9]+")
OCTAL_OR_HEXADECIMAL = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
INFINITE = re.compile(r"([-+]?)\.(inf|Inf|INF)")
NOT_A_NUMBER = re.compile(r"\.(nan|NaN|NAN)")

LINE_END = re.compile(r"\r\n|\r|\n")
"""What ruamel counts as the end of a line."""
NODES = (ScalarEvent, MappingStartEvent, SequenceStartEvent, AliasEvent)


@dataclass(frozen=True)
class Document:
    """The values of a YAML file, and the place of each in the text."""

    path: str
    lines: tuple[str, ...]
    value: Any
    values: dict[Place, Mark]
    keys: dict[Place, Mark]
    empty: tuple[Place, ...] = ()
    """Where a setting has a name, and nothing behind it."""

    def mistake(
        self,
        place: Place,
        message: str,
        *,
        of_key: bool = False,
        missing: bool = False,
        within: tuple[int, int] | None = None,
    ) -> Mistake:
        """Return a mistake at the value at `place`, or at the nearest one around it.

        `of_key` marks the setting's name and not its value; `missing` says that `place` itself
        is not there; `within` is the column and length of a part of a one-line text.
        """
        known = place
        while known and known not in self.values:
            known = known[:-1]
        mark = (self.keys if of_key and known == place else self.values).get(known, Mark(1, 1, 1))
        if within:
            mark = self._part(mark, known, *within)
        return self.at(mark, message, setting(place if missing else known))

    def value_at(self, place: Place) -> Any:
        """Return the value at a place, or nothing where there is none."""
        value: Any = self.value
        for part in place:
            try:
                value = value[part]
            except (LookupError, TypeError):
                return None
        return value

    def _part(self, mark: Mark, place: Place, column: int, length: int) -> Mark:
        """Return where a part of a text stands; the text may go over several lines.

        Lines are joined and indented in several ways, but all that changes is white space. Where
        the text does not stand there, as behind an alias, it is the mark of the whole.
        """
        text = self.value_at(place)
        if not isinstance(text, str):
            return mark
        wanted = iter("".join(text[: column + 1].split()))
        letter = next(wanted, None)
        line, at = mark.line - 1, mark.column - 1
        if self.lines[line][at] in "|>":
            line, at = line + 1, 0
        elif self.lines[line][at] in "\"'":
            at += 1
        if letter is None:
            return replace(mark, length=1)
        for row in range(line, len(self.lines)):
            for index in range(at if row == line else 0, len(self.lines[row])):
                if self.lines[row][index].isspace():
                    continue
                if self.lines[row][index] != letter:
                    return mark
                if (letter := next(wanted, None)) is None:
                    return Mark(row + 1, index + 1, min(length, len(self.lines[row]) - index))
        return mark

    def at(self, mark: Mark, message: str, setting: str = "") -> Mistake:
        """Return a mistake at a place in the text."""
        source = self.lines[mark.line - 1] if mark.line <= len(self.lines) else ""
        return Mistake(self.path, mark.line, mark.column, setting, message, source, mark.length)


def setting(place: Place) -> str:
    """Return a place as people write it: `optimizers[1].learning_rate`."""
    return "".join(
        f"[{part}]" if isinstance(part, int) else f".{part}" if index else part
        for index, part in enumerate(place)
    )


def read_document(path: Path) -> Document:
    """Return the values of the YAML file at `path`, each with its place.

    Raises `SceneError` for a file that cannot be read or is not sound YAML: the first mistake
    in its syntax, or all keys that stand twice.
    """
    return document_of(text_in(path), str(path))


def document_of(text: str, path: str) -> Document:
    """Return the values of a YAML text that stands in a file; raises as `read_document`."""
    reader = _Reader(path, text)
    document = reader.read()
    if reader.mistakes:
        raise SceneError(reader.mistakes)
    return document


def text_of(value: Mapping[str, Any]) -> str:
    """Return the text of a YAML file that holds plain values."""
    yaml, stream = YAML(), io.StringIO()
    yaml.width = WIDEST
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.dump(_laid_out(value), stream)
    return stream.getvalue()


def _laid_out(value: Any) -> Any:
    """Return values as they are to be written: short lists in one line, as people write points."""
    if isinstance(value, Mapping):
        return {_laid_out(name): _laid_out(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        listed = CommentedSeq(map(_laid_out, value))
        if not _holds_mappings(value) and len(str(value)) <= LONGEST_LIST:
            listed.fa.set_flow_style()
        return listed
    # ruamel would write .5e3, which is no number to it, and ?x in a list without quotes.
    is_plain = not isinstance(value, str) or (value[:1].isalpha() or value[:1] == "(")
    return value if is_plain and "\x85" not in str(value) else DoubleQuotedScalarString(value)


def _holds_mappings(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return any(map(_holds_mappings, value))
    return isinstance(value, Mapping)


NO_SCENES = {
    **dict.fromkeys((".npy", ".npz"), "recorded points; `visualize import` plays them"),
    **dict.fromkeys(
        (".csv", ".tsv", ".dat"),
        "a table; `visualize import` plays recorded points, and data to fit are named in a scene: "
        "objective: {regression: {data: ...}}",
    ),
    **dict.fromkeys((".py", ".ipynb", ".m", ".jl"), "a program"),
    ".toml": "TOML; scenes are YAML, `visualize new NAME` writes one",
}
"""What somebody may give as a scene by mistake, by the ending of its name; beside films."""


def _no_scene(ending: str, suffixes: tuple[str, ...]) -> str:
    """Return what a file is that is no scene, by the ending of its name; nothing if it may be."""
    if ending in suffixes:
        return ""
    if ending in SUFFIXES:
        return "a scene; `visualize render` makes films of scenes"
    if ending in POST_SUFFIXES:
        return "a Markdown post; `visualize slides` makes a video of it"
    if ending.removeprefix(".") in FORMATS:
        return "a picture or a film"
    return NO_SCENES.get(ending, "")


def _near(path: Path, suffixes: tuple[str, ...]) -> str:
    """Return the files beside one that is not there whose names are near."""
    try:
        if path.is_symlink():
            return ": it is a link to what is not there"
        names = [it.name for it in path.parent.iterdir() if it.suffix in suffixes]
    except OSError:
        return ""
    stems = {Path(name).stem: name for name in names}
    meant = near_names(path.stem if path.suffix in suffixes else path.name, stems)
    near = " or ".join(f"'{path.parent / stems[it]}'" for it in meant)
    return f"; did you mean {near}?" if near else ""


def text_in(path: Path, called: str = "a scene file") -> str:
    """Return the text of a scene file or a post; raises `SceneError` where it cannot be read."""
    suffixes = POST_SUFFIXES if called == "a post" else SUFFIXES

    def refuse(message: str, line: int = 0, column: int = 0) -> SceneError:
        return SceneError([Mistake(str(path), line, column, "", message)])

    try:
        if path.exists() and not path.is_file():
            raise refuse("not a file")
        if path.is_file() and (is_a := _no_scene(path.suffix.lower(), suffixes)):
            raise refuse(f"no {called.removeprefix('a ')}, but {is_a}")
        if path.is_file() and path.stat().st_size > LARGEST_FILE:
            raise refuse(f"{called} may have 1 MiB at most")
        content = path.read_bytes()
    except ValueError:  # a NUL in the name
        raise refuse("no such file") from None
    except OSError as error:
        raise refuse(
            f"{(error.strerror or 'cannot be read').lower()}{_near(path, suffixes)}"
        ) from None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        broken = content[error.start]
        before = content[content.rfind(b"\n", 0, error.start) + 1 : error.start]
        column = len(before.decode("utf-8", "replace")) + 1
        words = f"not UTF-8 (byte 0x{broken:02x} at offset {error.start})"
        raise refuse(words, line, column) from None


class _Reader:
    """One reading of one text."""

    def __init__(self, path: str, text: str) -> None:
        self.text = text
        self.document = Document(path, tuple(LINE_END.split(text)), None, {}, {})
        self.mistakes: list[Mistake] = []
        self.empty: list[Place] = []
        self.anchors: dict[str, tuple[Any, int]] = {}
        """By name: the value, and how many values it holds."""
        self.count = 0

    def read(self) -> Document:
        try:
            return self._read()
        except MarkedYAMLError as error:
            raise self._refuse(*told(error, self.document.lines)) from None
        except ReaderError as error:
            *before, line = LINE_END.split(self.text[: error.position])
            raise self._refuse(
                Mark(len(before) + 1, len(line) + 1, 1),
                "this character may not stand in a YAML file",
            ) from None
        except (ValueError, OverflowError):  # ruamel on numbers no escape or directive can have
            raise self._refuse(Mark(1, 1, 1), "this is not YAML") from None

    def _read(self) -> Document:
        events = YAML(typ="safe", pure=True).parse(self.text)
        value, started = None, False
        for event in events:
            if isinstance(event, DocumentStartEvent):
                if started:
                    raise self._refuse(_mark(event), "a scene file holds one document, not two")
                started = True
            elif isinstance(event, StreamEndEvent):
                break
            elif isinstance(event, NODES):
                value = self._value(event, events, ())
        if value is None:
            raise self._refuse(Mark(1, 1, 1), "empty scene")
        return replace(self.document, value=value, empty=tuple(self.empty))

    def _value(self, event: Any, events: Iterator[Event], place: Place) -> Any:
        self.document.values[place] = mark = _mark(event)
        if len(place) > DEEPEST:
            raise self._refuse(mark, f"nested more than {DEEPEST} deep")
        if isinstance(event, AliasEvent):
            return self._alias(event)
        self._count(1, mark)
        if event.tag is not None and not (isinstance(event, ScalarEvent) and event.tag == "!"):
            raise self._refuse(mark, f"tags are not allowed here ({event.tag})")
        before = self.count
        value: Any
        if isinstance(event, ScalarEvent):
            value = self._scalar(event, place)
        elif isinstance(event, SequenceStartEvent):
            value = self._sequence(events, place)
        else:
            value = self._mapping(events, place)
        if event.anchor:
            self.anchors[event.anchor] = (value, self.count - before + 1)
        return value

    def _sequence(self, events: Iterator[Event], place: Place) -> list[Any]:
        values: list[Any] = []
        for event in events:
            if isinstance(event, SequenceEndEvent):
                break
            values.append(self._value(event, events, (*place, len(values))))
        return values

    def _mapping(self, events: Iterator[Event], place: Place) -> dict[str, Any]:
        values: dict[str, Any] = {}
        merged: list[tuple[Mark, Any]] = []
        for event in events:
            if isinstance(event, MappingEndEvent):
                break
            mark = _mark(event)
            if not isinstance(event, ScalarEvent) or event.tag is not None:
                raise self._refuse(mark, "a setting's name must be plain text")
            key = str(event.value)
            if key == MERGE and event.implicit[0]:
                merged.append((mark, self._value(next(events), events, (*place, key))))
                continue
            if key in values:
                first = self.document.keys[*place, key].line
                message = f"'{key}' is set twice; the first is on line {first}"
                self.mistakes.append(self.document.at(mark, message, setting((*place, key))))
            else:
                self.document.keys[*place, key] = mark
            values[key] = self._value(next(events), events, (*place, key))
        for mark, value in merged:
            values |= self._merged(mark, value, place, values)
        return values

    def _merged(
        self, mark: Mark, value: Any, place: Place, own: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Return what `<<: *other` adds to the settings of a mapping: those that it has not."""
        others = value if isinstance(value, list) else [value]
        if not all(isinstance(other, dict) for other in others):
            words = "'<<' takes the settings of others; write <<: *a, where &a marks them"
            raise self._refuse(mark, words)
        added = {name: it for other in reversed(others) for name, it in other.items()}
        added = {name: it for name, it in added.items() if name not in own}
        for name in added:
            self.document.keys[*place, name] = self.document.values[*place, name] = mark
        return added

    def _alias(self, event: AliasEvent) -> Any:
        mark = _mark(event)
        if event.anchor not in self.anchors:
            raise self._refuse(mark, f"an alias of nothing that stands before it (*{event.anchor})")
        value, size = self.anchors[event.anchor]
        self._count(size, mark)
        return value

    def _scalar(self, event: ScalarEvent, place: Place) -> Any:
        text = str(event.value)
        if not text.isascii() and any("\ud800" <= letter <= "\udfff" for letter in text):
            raise self._refuse(_mark(event), "half a character (a lone surrogate) is no text")
        if not event.implicit[0]:
            return text
        if NULL.fullmatch(text):
            if place and not text and not event.anchor:
                self.empty.append(place)
            return None
        if BOOLEAN.fullmatch(text):
            return text.lower() == "true"
        if INTEGER.fullmatch(text) and len(text) <= MOST_DIGITS:
            return int(text)
        if OCTAL_OR_HEXADECIMAL.fullmatch(text) and len(text) <= MOST_DIGITS:
            return int(text, 0)
        if FLOAT.fullmatch(text):
            return float(text)
        if found := INFINITE.fullmatch(text):
            return float(found[1] + "inf")
        return float("nan") if NOT_A_NUMBER.fullmatch(text) else text

    def _count(self, more: int, mark: Mark) -> None:
        self.count += more
        if self.count > MOST_VALUES:
            raise self._refuse(mark, f"more than {MOST_VALUES} values, aliases resolved")

    def _refuse(self, mark: Mark, message: str) -> SceneError:
        return SceneError([*self.mistakes, self.document.at(mark, message)])


def _mark(event: Event) -> Mark:
    start, end = event.start_mark, event.end_mark
    same_line = start.line == end.line
    return Mark(
        start.line + 1, start.column + 1, max(end.column - start.column, 1) if same_line else 1
    )
