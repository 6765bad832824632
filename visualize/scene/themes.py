"""The colours that a scene asks for: themes by name, as a mapping, or in a file of their own."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from visualize.declare.settings import collected, custom_error, error_at, error_of, mistake_at
from visualize.errors import Mistake, SceneError
from visualize.looks.themes import THEMES, Theme
from visualize.scene.mistakes import mistakes_in
from visualize.scene.source import LARGEST_FILE, SUFFIXES, Document, document_of, text_in
from visualize.storage.files import is_inside, safe_name
from visualize.text import did_you_mean, in_yaml, shown

if TYPE_CHECKING:
    from pydantic_core import InitErrorDetails

BASE = "light"
"""The theme that one's own goes on from, if it does not say."""
OWN = "own"
"""What a theme is called that has no name."""
MOST = 20
FORM = "{base: dark, background: '#101820'}"
OWN_FORM = f"your own: theme: {FORM}, or theme: mine.yaml"

OF_SCENES = frozenset({"objective", "trajectories", "optimizers", "start", "steps", "panels"})
"""Settings by one of which a scene is known."""
SETTING = re.compile(r"^(\w+)\s*:", re.MULTILINE)
"""The name of a setting that stands in no other."""

ThemeGiven = str | Theme
"""One of ours by its name, or somebody's."""


def name_of(theme: ThemeGiven) -> str:
    """Return what a theme is called."""
    return theme.name if isinstance(theme, Theme) else theme


def is_a_theme(names: Collection[str]) -> bool:
    """Whether a file with settings of these names is a theme, and no scene."""
    own = {"base", *Theme.known()} - {"name"}
    return bool({*names} & own) and not {*names} & OF_SCENES


def themes_among(files: Iterable[Path]) -> Iterator[Path]:
    """Yield those of some files that are themes, as their lines tell."""
    for file in files:
        try:
            with file.open("rb") as opened:
                text = opened.read(LARGEST_FILE).decode("utf-8", "replace")
        except OSError:
            continue
        if is_a_theme(SETTING.findall(text)):
            yield file


@dataclass
class ThemeReader:
    """Reads the themes of a scene, and notes the files that they stand in."""

    folder: Path
    anywhere: bool
    """Whether files outside of the folder may be read."""
    files: list[Path] = field(default_factory=list)

    def read(self, value: Any) -> ThemeGiven | tuple[ThemeGiven, ...]:
        """Return the theme, or several of them. Raises with all mistakes, each at its place."""
        if isinstance(value, str):
            _refuse_several_in_one(value)
        if isinstance(value, str | Mapping | Theme):
            return self._one(value, OWN)
        if not isinstance(value, list | tuple):
            raise custom_error(f"must be text (got {shown(value)}); write theme: dark")
        if not (value and all(isinstance(it, str | Mapping | Theme) for it in value)):
            raise custom_error(f"must be a list of themes; write theme: {in_yaml([*THEMES][:2])}")
        if len(value) > MOST:
            raise custom_error(f"may have at most {MOST} themes (got {len(value)})")
        return self._several(value)

    def _several(self, value: Any) -> tuple[ThemeGiven, ...]:
        mistakes: list[InitErrorDetails] = []
        themes: list[ThemeGiven] = []
        unnamed = 0
        for index, entry in enumerate(value):
            with collected(mistakes, index):
                if isinstance(entry, Mapping) and "name" not in entry:
                    unnamed += 1
                called = OWN if unnamed < 2 else f"{OWN}-{unnamed}"
                themes.append(self._one(entry, called))
        if mistakes:
            raise error_of(mistakes)
        return tuple(themes)

    def _one(self, entry: Any, called: str) -> ThemeGiven:
        if isinstance(entry, Theme):
            return entry
        if isinstance(entry, Mapping):
            return own_theme(entry, called)
        if Path(entry).suffix in SUFFIXES:
            return self._in_file(entry)
        return str(entry)

    def _in_file(self, name: str) -> Theme:
        path = self.folder / name
        if not self.anywhere and not is_inside(path, self.folder):
            raise custom_error("lies outside the scene's folder; --allow-outside reads it")
        self.files.append(path)
        try:
            text = text_in(path, "a theme")
            if not text.strip():
                raise custom_error(f"{name}: empty; a theme is a mapping of settings: {FORM}")
            document = document_of(text, str(path))
            if not isinstance(document.value, Mapping):
                words = f"a theme is a mapping of settings: {FORM}"
                raise SceneError([document.mistake((), words)])
            return _theme_in(document)
        except SceneError as error:
            raise error_of([_elsewhere(name, it) for it in error.mistakes]) from None


def own_theme(given: Mapping[str, Any], called: str) -> Theme:
    """Return somebody's theme: what is given over the theme that it goes on from."""
    settings = {"name": called, **given}
    base = settings.pop("base", BASE)
    if not isinstance(base, str) or base not in THEMES:
        hint = did_you_mean(base, THEMES) if isinstance(base, str) else ""
        words = f"must be one of {', '.join(THEMES)} (got {shown(base)}){hint}"
        raise error_at(words, "base")
    theme = Theme.model_validate({**THEMES[base].model_dump(), **settings})
    if not safe_name(theme.name):
        words = "cannot be in a file's name; use letters, digits, - and _"
        raise error_at(f"'{theme.name}' {words}", "name")
    return theme


def _theme_in(document: Document) -> Theme:
    called = Path(document.path).stem
    try:
        theme = own_theme(document.value, called)
    except ValidationError as error:
        raise SceneError(mistakes_in(document, error, Theme)) from None
    if document.empty:
        raise SceneError(mistakes_in(document, error_of([]), Theme))
    return theme


def _elsewhere(name: str, mistake: Mistake) -> "InitErrorDetails":
    """Return the mistake of a file that a scene names, as it is raised for the scene."""
    if not mistake.line:  # the file as a whole
        return mistake_at(f"{name}: {mistake.message}")
    words = ": ".join(filter(None, (mistake.setting, mistake.message)))
    told = f"{mistake.path}:{mistake.line}:{mistake.column}: {words}"
    error = custom_error(told, elsewhere=mistake)
    return {"type": error, "loc": (), "input": None}


def _refuse_several_in_one(value: str) -> None:
    names = re.findall(r"\w+", value)
    if len(names) > 1 and {*names} <= {*THEMES}:
        words = f"several themes are a list (got {shown(value)})"
        raise custom_error(f"{words}; write theme: {in_yaml(names)}")
