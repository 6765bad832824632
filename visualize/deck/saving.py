"""From a deck to files: its video, and what goes beside one."""

import hashlib
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from visualize.deck.captions import captions_of, webvtt
from visualize.deck.chapters import FEWEST, SHORTEST, chapter_list, chapters_of, listed_chapters
from visualize.deck.clip import DeckClip
from visualize.deck.music import sound_of
from visualize.deck.pdf import pdf_is_of, write_pdf
from visualize.deck.sheet import write_sheet
from visualize.deck.slide import Deck
from visualize.film.fingerprint import comment_for
from visualize.film.save import Progress, save
from visualize.formats._png import comment_of, is_whole
from visualize.formats._png import write as write_png
from visualize.formats._tracks import Sound, Tracks
from visualize.formats.format import FORMATS, Format, Picture
from visualize.formats.png import Png
from visualize.storage.cache import Store
from visualize.storage.files import written_whole

EFFORT = 3
"""zlib's, for pictures that are kept for a moment."""


@dataclass(frozen=True)
class Outputs:
    """Where everything goes that a post becomes."""

    video: Path
    captions: Path
    chapters: Path
    pages: Path
    sheet: Path

    @classmethod
    def of(cls, deck: Deck, folder: Path, kind: str) -> "Outputs":
        """Return the files of a deck in a folder; `kind` is the suffix of the video."""
        suffixes = (kind, "vtt", "chapters.txt", "pdf", "sheet.png")
        return cls(*(folder / f"{deck.path.stem}.{suffix}" for suffix in suffixes))


@dataclass(frozen=True)
class Saved:
    """What has been written, and what there is to say of it."""

    written: tuple[Path, ...]
    remarks: tuple[str, ...]
    """What is not shown as the post has it."""
    notes: tuple[str, ...] = ()
    """What there is none of, and why."""


def save_deck(
    deck: Deck,
    folder: Path,
    *,
    kind: str = "mp4",
    silent: bool = False,
    force: bool = False,
    store: Store | None = None,
    progress: Progress | None = None,
) -> Saved:
    """Write the video of a deck, and captions, chapters, pages and contact sheet beside it.

    Each is whole or as it was before, and what is current is not written again, unless `force`
    says so. With `silent` a video without music has a track of silence. Runs that a `store` has are
    not computed again. Raises `OutputError`
    where one cannot be written.
    """
    outputs = Outputs.of(deck, folder, kind)
    notes: list[str] = []
    written = []
    tracks = tracks_of(deck, silent=silent)
    taker = FORMATS.load(kind)
    if tracks.sound is not None and not taker.has_tracks:
        notes.append(f"{kind} has no sound: the music is left out")
    if not taker.has_tracks:
        tracks = Tracks()
    with ExitStack() as resources:
        posters = _Posters(resources, len(deck.slides))
        clip = DeckClip(deck, posters.take, store)
        if force or not _is_current(outputs.video, deck, taker, tracks):
            save(
                clip,
                outputs.video,
                sound=tracks.sound,
                chapters=tracks.chapters,
                captions=tracks.captions,
                progress=progress,
            )
            clip.forget()
            written.append(outputs.video)
        if force or not pdf_is_of(outputs.pages, deck):
            write_pdf(deck, posters.all(clip), outputs.pages)
            written.append(outputs.pages)
        comment = comment_for(deck.fingerprint, Png)
        if force or not _is_of(outputs.sheet, comment):
            write_sheet(deck, posters.all(clip), outputs.sheet, comment)
            written.append(outputs.sheet)
    texts = {outputs.captions: webvtt(captions_of(deck))}
    listed = listed_chapters(deck) if deck.settings.chapters else ()
    if listed:
        texts[outputs.chapters] = chapter_list(listed)
    else:  # one of an earlier time would be wrong
        outputs.chapters.unlink(missing_ok=True)
    if deck.settings.chapters and not listed:
        notes.append(f"no list of chapters: {_why_none(clip)}")
    for path, text in texts.items():
        if force or not path.is_file() or path.read_bytes() != text.encode():
            with written_whole(path) as temporary:
                temporary.write_text(text, encoding="utf-8", newline="\n")
            written.append(path)
    return Saved(tuple(written), tuple(clip.remarks), tuple(notes))


def _why_none(clip: DeckClip) -> str:
    """Return why there is no list of chapters."""
    if clip.timeline.end(clip.frames) < FEWEST * SHORTEST:
        return f"video sites take none of a video under {FEWEST * SHORTEST} s"
    return f"video sites want {FEWEST} of {SHORTEST} s or more, and slides do not part so"


def save_slide(
    deck: Deck, number: int, folder: Path, kind: str = "", store: Store | None = None
) -> Saved:
    """Write one slide (from 1) alone, as it looks in the end, or as a clip where it moves."""
    alone = part_of(deck, number, number)
    kind = kind or ("mp4" if alone.slides[0].timelines else "png")
    clip = DeckClip(alone, store=store)
    path = save(clip, folder / f"{alone.path.stem}.{kind}")
    return Saved((path,), tuple(clip.remarks))


def part_of(deck: Deck, first: int, last: int) -> Deck:
    """Return some slides of a deck (from 1) as one of its own, whose files have other names."""
    # Scenes in a post are called post-1 and so on.
    name = f"slide-{first}" if first == last else f"slides-{first}-{last}"
    told = f"{deck.fingerprint} {name}"
    return replace(
        deck,
        path=deck.path.with_name(f"{deck.path.stem}-{name}{deck.path.suffix}"),
        slides=deck.slides[first - 1 : last],
        fingerprint=hashlib.sha256(told.encode()).hexdigest()[:32],
    )


def tracks_of(deck: Deck, *, silent: bool = False) -> Tracks:
    """Return what goes with the pictures of a deck's video."""
    music, sound = deck.settings.music, Sound() if silent else None
    if music is not None:
        sound = sound_of(music, deck.path.parent)
    chapters = chapters_of(deck) if deck.settings.chapters else ()
    return Tracks(sound, chapters, captions_of(deck))


def _is_current(path: Path, deck: Deck, kind: type[Format], tracks: Tracks) -> bool:
    try:
        whole = kind.comment_in(path) if path.is_file() else ""
    except OSError:
        return False
    return whole == comment_for(deck.fingerprint, kind, tracks)


def _is_of(sheet: Path, comment: str) -> bool:
    return sheet.is_file() and is_whole(sheet) and comment_of(sheet) == comment


class _Posters:
    """The posters of a deck's slides: files that are kept for a moment."""

    def __init__(self, resources: ExitStack, count: int) -> None:
        self._folder = Path(resources.enter_context(tempfile.TemporaryDirectory()))
        self._count = count

    def take(self, number: int, picture: Picture) -> None:
        write_png(self._path(number), picture, "", EFFORT)

    def all(self, clip: DeckClip) -> Sequence[Path]:
        """Return all of them; those that were not seen yet are drawn."""
        paths = [self._path(number) for number in range(self._count)]
        for number, path in enumerate(paths):
            if not path.exists():
                clip.show_poster(number)
        return paths

    def _path(self, number: int) -> Path:
        return self._folder / f"{number:05}.png"
