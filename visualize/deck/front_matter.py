"""What stands before a post: our settings, among those of whatever else publishes it."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from visualize.deck.music import misfits
from visualize.deck.post import Post
from visualize.deck.settings import DeckSettings
from visualize.errors import SceneError
from visualize.looks.themes import THEMES
from visualize.scene.mistakes import mistakes_in
from visualize.scene.source import Document, Mark, document_of
from visualize.text import near_names, shown

if TYPE_CHECKING:
    from visualize.declare.settings import Place

OURS = "visualize"
"""The setting below which all others are ours."""
SHARED = frozenset({"theme", "transition", "size", "chapters"})
"""Settings that others have, too, with values of their own."""
OF_OTHERS = frozenset(
    {"authors", "dates", "titles", "themes", "chapter", "charter", "data"}
    | {"titled", "untitled", "times", "updated", "update", "datelines", "authored"}
)
"""Settings of others that look like ours, and are not misspelt."""
CHOICES = {"theme": tuple(THEMES), "transition": ("none", "fade")}
"""Settings that are one of few words: what is near none of them is somebody else's."""
UNCLOSED = re.compile(r"(---|\+\+\+)[ \t]*\n[ \t]*[\w-]+(?::[ \t\n]|[ \t]*=)")
"""The first setting below a line of dashes, or of plus signs."""
TOML_TABLE = re.compile(r"\s*\[\s*([\w.\"' -]+?)\s*\]\s*(?:#.*)?$")
TOML_KEY = re.compile(r"""\s*["']?([\w-]+)["']?\s*=\s*(.*?)\s*$""")
WORDS = frozenset({"title", "author", "date"})
"""Settings that are shown as they are."""


def read_front_matter(post: Post, *, allow_outside: bool = False) -> DeckSettings:
    """Return the settings of a post, those of others let be.

    What is wrong with them is noted with the post; a track of music lies in its folder, or with
    `allow_outside` anywhere.
    """
    front = post.front
    if front is None and (begun := UNCLOSED.match(post.text)):
        words = f"these settings are not closed; write {begun[1]} below the last of them"
        post.refuse(Mark(1, 1, 3), words)
    if front is None or not front["text"].strip():
        return DeckSettings()
    if front["fence"] == "+++":
        hugo = _toml(post, front["text"])
        return _checked(post, hugo, allow_outside) if hugo else DeckSettings()
    try:
        document = document_of("\n" + front["text"], str(post.path))
    except SceneError as error:
        if any(it.message != "empty scene" for it in error.mistakes):
            post.mistakes.extend(error.mistakes)
        return DeckSettings()
    if not isinstance(document.value, Mapping):
        return DeckSettings()
    return _checked(post, document, allow_outside)


def _toml(post: Post, text: str) -> Document | None:
    """Return what Hugo's front matter says, with the lines of its settings; or note its mistake."""
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message, _, where = f"{error}".partition(" (at ")
        at = re.match(r"line (\d+), column (\d+)", where)
        line, column = (int(at[1]), int(at[2])) if at else (max(text.count("\n"), 1), 1)
        words = f"is no TOML: {message[:1].lower()}{message[1:]}"
        post.refuse(Mark(line + 1, column, 1), f"what stands between the plus signs {words}")
        return None
    lines = ("", *text.split("\n"))
    values: dict[Place, Mark] = {}
    keys: dict[Place, Mark] = {}
    table: Place = ()
    for number, written in enumerate(lines, 1):
        if found := TOML_TABLE.match(written):
            table = tuple(it.strip("\"' ") for it in found[1].split("."))
            keys[table] = values[table] = Mark(number, 1, len(written.rstrip()))
        elif (found := TOML_KEY.match(written)) and (place := (*table, found[1])) not in values:
            keys[place] = Mark(number, 1 + found.start(1), len(found[1]))
            values[place] = Mark(number, 1 + found.start(2), max(len(found[2]), 1))
    for name in given:
        values.setdefault((name,), Mark(1, 1, 3))
    return Document(f"{post.path}", post.lines, given, values, keys)


def _checked(post: Post, document: Document, allow_outside: bool) -> DeckSettings:
    """Return the settings that are sound, and note what is wrong with the others."""
    known = DeckSettings.known()
    given: dict[str, Any] = {}
    for name, value in document.value.items():
        if name in known:
            given[name] = value
        elif name != OURS:
            _let_be(post, document, name)
    own = document.value.get(OURS)
    nested = own if isinstance(own, Mapping) else {}
    if own is not None and not isinstance(own, Mapping):
        words = "must be a mapping of settings; write visualize: {seconds_per_slide: 3}"
        post.mistakes.append(document.mistake((OURS,), words))
    for name in nested:
        if name not in known:
            words = DeckSettings.answer(name, nested[name])
            post.mistakes.append(document.mistake((OURS, name), words, of_key=True))
    foreign = {name for name in given if name in nested or _is_foreign(name, given[name])}
    for name in sorted(foreign - nested.keys()):
        words = f"is not for slides, and left out (got {shown(given[name])})"
        mark = document.values[name,]
        post.remark(mark, f"{name} {words}; for slides write visualize: {{{name}: ...}}")
    merged = {name: value for name, value in given.items() if name not in foreign}
    merged |= {name: value for name, value in nested.items() if name in known}
    merged = {name: _shown(name, it) for name, it in merged.items()}
    return _validated(post, document, merged, frozenset(nested), allow_outside)


def _validated(
    post: Post,
    document: Document,
    given: dict[str, Any],
    nested: frozenset[str],
    allow_outside: bool,
) -> DeckSettings:
    marked = _flat(document, nested)
    for place in document.empty:  # a setting with nothing behind it is as if it were not there
        given.pop(str(place[-1]), None)
    try:
        settings = DeckSettings.model_validate(given)
    except ValidationError as error:
        post.mistakes.extend(mistakes_in(marked, error, DeckSettings))
        wrong = {str(it["loc"][0]) for it in error.errors() if it["loc"]}
        settings = DeckSettings.model_validate(
            {name: value for name, value in given.items() if name not in wrong}
        )
    if settings.music is not None:
        folder = post.path.parent
        for setting, words in misfits(settings.music, folder, allow_outside=allow_outside):
            post.mistakes.append(marked.mistake(("music", setting), words))
    return settings


def _flat(document: Document, nested: frozenset[str]) -> Document:
    """Return the document in which the settings below ours stand beside the others."""
    moved = {**document.values}, {**document.keys}
    for marks in moved:
        for place, mark in (*marks.items(),):
            if len(place) > 1 and place[0] == OURS and place[1] in nested:
                marks[place[1:]] = mark
    value = {**document.value, **(document.value.get(OURS) or {})}
    return replace(document, value=value, values=moved[0], keys=moved[1], empty=())


def _let_be(post: Post, document: Document, name: str) -> None:
    """Note it where the name of somebody else's setting looks like a misspelt one of ours."""
    if near := misspelt(name):
        words = " or ".join(f"'{it}'" for it in near)
        words = f"unknown setting; did you mean {words}?"
        post.mistakes.append(document.mistake((name,), words, of_key=True))


def misspelt(name: str) -> list[str]:
    """Return which settings of ours a name is another way to write, or a slip away from.

    >>> misspelt("Seconds-per-slide"), misspelt("transitions"), misspelt("authors")
    (['seconds_per_slide'], ['transition'], [])
    """
    known = (*DeckSettings.known(), OURS)
    folded = name.casefold().replace("-", "_").replace(" ", "_")
    if folded in OF_OTHERS:
        return []
    if folded in known or folded.removesuffix("s") in known:
        return [folded if folded in known else folded.removesuffix("s")]
    if len(folded) < 4:
        return []
    near = near_names(name, known)
    begun = any(it.startswith(folded) and len(it) > len(folded) + 2 for it in near)
    return [] if begun or any(folded.startswith(it) for it in near) else near


def _is_foreign(name: str, value: Any) -> bool:
    """Whether a value is one that other tools have, and we do not."""
    if name not in SHARED:
        return False
    try:
        DeckSettings.model_validate({name: value})
    except ValidationError:
        pass
    else:
        return False
    if name in CHOICES:
        return not (isinstance(value, str) and near_names(value, CHOICES[name]))
    if name == "size":  # Marp's are 16:9 and 4:3
        return isinstance(value, str) and not re.search("[0-9]{3}", value)
    return name == "chapters" and isinstance(value, list | Mapping)


DAY = re.compile(r"(\d{4}-\d{1,2}-\d{1,2})[T ].*")
OF_THE_DAY = ("today", "now", "last-modified")
"""Dates of Quarto: the same post would be another video tomorrow."""


def _shown(name: str, value: Any) -> Any:
    """Return a setting as it is shown, of those that are: of a date only the day."""
    if name not in WORDS:
        return value
    words = in_words(value)
    if name != "date":
        return words
    return "" if words in OF_THE_DAY else DAY.sub(r"\1", words)


def in_words(value: Any) -> str:
    """Return an author, several, or a date, however it is written, as words."""
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case list():
            return ", ".join(filter(None, map(in_words, value)))
        case Mapping():
            named = value.get("name", value.get("given", ""))
            if isinstance(named, Mapping):
                named = " ".join(str(it) for it in named.values() if it)
            family = value.get("family")
            return f"{in_words(named)} {family}" if isinstance(family, str) else in_words(named)
        case _:
            return " ".join(str(value).split())
