"""What the page shows: the scenes that are watched, with their pictures and mistakes."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from visualize.errors import Mistake
from visualize.scene.source import LARGEST_FILE
from visualize.watching import news as kinds
from visualize.watching.news import News

PICTURES = {
    ".png": "image/png",
    ".gif": "image/gif",
    ".apng": "image/apng",
    ".webp": "image/webp",
    ".mp4": "video/mp4",
    ".webm": "video/webm",
}
"""What a browser can show."""
STILL = ".png"


@dataclass
class _Shown:
    """A scene, as it is known last."""

    key: int
    file: Path
    status: str = "drawing"
    """`drawing` (the still is to come), `rendering` (films are), `ready`, `mistaken`, `failed`."""
    mistakes: tuple[Mistake, ...] = ()
    words: list[str] = field(default_factory=list)
    """What could not be done."""
    warnings: list[str] = field(default_factory=list)
    pictures: dict[str, tuple[Path, int]] = field(default_factory=dict)
    """By name: where, and in which version of everything it was new. The last is the newest."""
    changed: int = 0
    saved: int = 0
    """In which version of everything it was saved last."""


class Shown:
    """All scenes that are watched: taken from the news by one thread, asked for by others."""

    def __init__(self, places: Sequence[Path]) -> None:
        self._places = places
        self._scenes: dict[Path, _Shown] = {}
        self._missing: dict[Path, str] = {}
        self._progress: dict[int, tuple[str, int, int]] = {}
        self._version = 0
        self._pulse = 0
        self._keys = 0
        self._is_over = False
        self._changed = threading.Condition()

    def take(self, news: News) -> None:
        """Let news be shown."""
        with self._changed:
            if isinstance(news, kinds.Progressed):
                shown = self._of(news.file)
                self._progress[shown.key] = (news.name, news.done, news.total)
            else:
                self._version += 1
                self._take(news)
            self._pulse += 1
            self._changed.notify_all()

    def _take(self, news: News) -> None:
        match news:
            case kinds.Gone(place):
                gone = self._scenes.pop(place, None)
                if gone is None:
                    self._missing[place] = news.words
                    for file in [it for it in self._scenes if it.parent == place]:
                        del self._scenes[file]
                return
            case kinds.Back(place):
                self._missing.pop(place, None)
                return
            case kinds.Deaf() | kinds.Progressed():
                return
        shown = self._of(news.file)
        shown.changed = self._version
        self._progress.pop(shown.key, None)
        match news:
            case kinds.Changed() | kinds.Mistaken():
                is_sound = isinstance(news, kinds.Changed)
                shown.status = "drawing" if is_sound else "mistaken"
                shown.mistakes = () if isinstance(news, kinds.Changed) else news.error.mistakes
                shown.words, shown.warnings = [], []
                shown.saved = self._version
            case kinds.Failed():
                shown.words.append(news.words)
                shown.status = "failed"
            case kinds.Made():
                for output in news.outcome.outputs:
                    name, is_new = output.path.name, output.state in ("made", "kept")
                    if output.state != "failed" and (is_new or name not in shown.pictures):
                        shown.pictures.pop(name, None)
                        shown.pictures[name] = (output.path, self._version)
                shown.warnings += news.outcome.warnings
                if shown.status != "failed":
                    shown.status = "ready" if news.is_last else "rendering"

    def _of(self, file: Path) -> _Shown:
        if file not in self._scenes:
            self._scenes[file] = _Shown(self._keys, file)
            self._keys += 1
        return self._scenes[file]

    def end(self) -> None:
        """Let nobody wait any more."""
        with self._changed:
            self._is_over = True
            self._changed.notify_all()

    def wait(self, pulse: int, seconds: float) -> dict[str, Any] | None:
        """Return what is newer than a pulse, waiting for it; None where there will be nothing."""
        with self._changed:
            self._changed.wait_for(lambda: self._is_over or self._pulse != pulse, seconds)
            if self._is_over:
                return None
            return {
                "pulse": self._pulse,
                "version": self._version,
                "progress": {key: list(it) for key, it in self._progress.items()},
            }

    def overview(self) -> dict[str, Any]:
        """Return all scenes in short, as JSON has it."""
        with self._changed:
            return {
                "version": self._version,
                "places": [str(place) for place in self._places],
                "missing": [str(place) for place in self._missing],
                "scenes": [
                    {
                        "key": it.key,
                        "name": it.file.name,
                        "status": it.status,
                        "mistakes": len(it.mistakes),
                        "still": next((p["url"] for p in _pictures(it) if p["is_still"]), None),
                        "changed": it.changed,
                        "saved": it.saved,
                    }
                    for it in sorted(self._scenes.values(), key=lambda it: str(it.file))
                ],
            }

    def scene(self, key: int) -> dict[str, Any] | None:
        """Return one scene, with its text as it is on the disk; None where there is none."""
        with self._changed:
            shown = self._with(key)
            if shown is None:
                return None
            told = {
                "key": shown.key,
                "name": shown.file.name,
                "status": shown.status,
                "mistakes": [_plain(it, shown.file) for it in shown.mistakes],
                "words": list(shown.words),
                "warnings": list(shown.warnings),
                "pictures": _pictures(shown),
                "changed": shown.changed,
            }
            file = shown.file
        return {**told, "text": _text_of(file)}

    def picture(self, key: int, name: str) -> Path | None:
        """Return where a picture of a scene is; None where it has none of that name."""
        with self._changed:
            shown = self._with(key)
            found = None if shown is None else shown.pictures.get(name)
            return None if found is None else found[0]

    def _with(self, key: int) -> _Shown | None:
        return next((it for it in self._scenes.values() if it.key == key), None)


def _pictures(shown: _Shown) -> list[dict[str, Any]]:
    """Return the pictures that a browser can show, the newest at the end."""
    return [
        {
            "name": name,
            "url": f"/file/{shown.key}/{quote(name, safe='')}?v={version}",
            "is_film": PICTURES[path.suffix].startswith("video/"),
            "is_still": path.suffix == STILL,
            "version": version,
        }
        for name, (path, version) in shown.pictures.items()
        if path.suffix in PICTURES
    ]


def _plain(mistake: Mistake, file: Path) -> dict[str, Any]:
    """Return a mistake as JSON has it; its line only where that is one of the file's."""
    is_here = mistake.path == str(file)
    return {
        "file": "" if is_here else mistake.path,
        "line": mistake.line if is_here else 0,
        "column": mistake.column,
        "length": mistake.length,
        "setting": mistake.setting,
        "message": mistake.message,
    }


def _text_of(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            return opened.read(LARGEST_FILE).decode("utf-8", "replace")
    except OSError:
        return ""
